//! The pieces that every register shares: subjects that live by events.
//!
//! A *register* keeps subjects of one kind (petitions) in a table of its own. What it says of itself is two small traits:
//! [`Subject`] (what a subject is: columns, events, a pure `apply`, what it owes) and [`Machine`] (what can be done with it: a
//! table of [`Verb`]s). The rest is functions, read top to bottom:
//!
//! - [`begin`] and [`happen`] write one event and all that follows from it, in the caller's transaction;
//! - [`open`] is the only way to read one: whoever may not, is told that there is none;
//! - [`act`] does what a page or a program asks for, by the row of the verb;
//! - [`begin_all`] begins many at once, [`adopt`] takes over the rows of a register that had lived otherwise before;
//! - [`prove`] replays every subject of every [`Kind`] and compares rows, dues, links, numbers, papers and words.
//!
//! What is owed stands in one table for all kinds; [`work`] and its page at `/due` show it. `/find` looks for words and codes in all. Why in this shape: decision 0017.

mod act;
pub mod api;
mod approval;
mod aside;
pub mod columns;
mod field;
mod form;
pub mod frame;
mod happen;
mod ics;
mod kind;
mod links;
mod many;
mod picture;
mod prove;
mod search_page;
mod side;
mod subject;
mod tell;
mod verb;
pub mod words;
pub mod work;
mod work_page;

pub use act::{Seen, act, forms, open, some};
pub use approval::{Approval, Rung, had_a_hand};
pub use aside::{Aside, asides, asides_of, latest};
pub use field::{Ask, Field, Given, Typed, read as read_fields};
pub use form::{FormPage, Shown, shown};
pub use happen::{begin, happen};
pub use ics::{CalendarEntry, calendar};
pub use kind::{
    Card, Cards, DueKind, Eyes, Hits, Kind, Kinds, Searched, Seek, Sees, cards_of, cards_seen, measures, units_of,
};
pub use links::{Ends, LinkKind, Linked, links_part};
pub use many::{ADOPT, Adopted, Adoption, Begun, adopt, begin_all};
pub use picture::{Drawn, draw, mermaid};
pub use prove::{Listener, Proved, Prover, SUBJECTS_BETWEEN, Tidings, prove};
pub use side::{
    CLEAR_DUE, INSERT_DUE, INSERT_LINK, SELECT_DUES, SELECT_LINKS, clear_dues, code_of, link, next_number, owe,
    owed_by_name,
};
pub use subject::{
    By, Column, DoesNotFollow, Due, Held, Link, Moment, News, Number, Subject, cell, list, list_value, word,
};
pub use tell::{TELL_JOB, Telling, tell, telling_key};
pub use verb::{Asker, Decided, House, Machine, Office, Standing, Verb, Who, may};
pub use words::{EVERYBODY, Found, find, reword};
pub use work_page::show as due_list;

use web::{Access, Module, NavItem, Routes};

/// The tables this crate owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "records",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_words", include_str!("../migrations/0002_words.sql")),
        ("0003_parts", include_str!("../migrations/0003_parts.sql")),
    ],
};

/// Its words.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "records", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// The lists of this crate.
pub fn lists() -> Vec<::lists::Declared> {
    vec![work_page::LIST.declared()]
}

/// Where the search box of the header leads officials.
pub const SEARCH_BOX: web::SearchBox = web::SearchBox { needs: None, one: "", list: "/find?q=" };

/// How much falls due by the end of the day, beside the menu's entry.
pub fn nav_counts() -> web::NavCounts {
    web::NavCounts(Box::new(|ctx| {
        Box::pin(async move { Ok(vec![web::NavCount { href: "/due", waiting: work_page::waiting(&ctx).await? }]) })
    }))
}

/// The page of what is owed, for all kinds.
pub fn module() -> Module {
    let work = Access::Official;
    Module {
        name: "records",
        routes: Routes::new()
            // What waits for the signed-in person and their units; the same as a calendar file.
            .get("/due", work, work_page::show)
            .get("/due.ics", work, work_page::file)
            // Whatever the reader may open, of every kind; each kind's own rule is asked.
            .get("/find", work, search_page::show),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: &[],
        homes: &[],
        nav: vec![NavItem { key: "records-nav-due", href: "/due", icon: "clock", access: work, order: 8 }],
    }
}
