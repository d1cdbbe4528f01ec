//! Steering of the administrative reform: programmes and their targets as data, live figures from the one-stop's records, declared ones
//! where there is no record, and where each target stands.

pub mod api;
mod cases_page;
mod dashboard;
pub mod declare;
mod declare_page;
pub mod declared;
pub mod definitions;
mod division;
mod documents;
mod draft_edit;
mod draft_form;
mod draft_forms;
#[cfg(test)]
mod draft_journeys;
mod draft_verbs;
pub mod drafts;
mod drafts_page;
#[cfg(test)]
mod figure_journeys;
mod figure_page;
mod house;
#[cfg(test)]
mod journeys;
mod kept;
mod listed;
pub mod live;
pub mod missing;
mod moving;
mod open_work;
pub mod period;
pub mod programme;
mod programme_page;
mod proof;
pub mod rights;
#[cfg(test)]
mod section_journeys;
pub mod standing;
pub mod state;
mod steered;
mod target_page;
#[cfg(test)]
mod testing;
mod units;
mod view;

#[cfg(test)]
sandbox::test_entry!();

pub use dashboard::dashboard_html;
pub use declared::{Declared, FIGURES};
pub use definitions::{Definition, KIND, shipped};
pub use documents::{DraftProgramme, save_draft_programme};
pub use drafts::{Draft, PROGRAMMES};
pub use house::House;
pub use moving::{move_to, programmes_open_at};
pub use open_work::open_at;
pub use programme::Programmes;
pub use proof::PROOF;

use records::frame;
use web::{Access, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "reform",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_programmes", include_str!("../migrations/0002_programmes.sql")),
        ("0003_definitions", include_str!("../migrations/0003_definitions.sql")),
        ("0004_subjects", include_str!("../migrations/0004_subjects.sql")),
    ],
};

/// The words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "reform", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// The lists of this module.
pub fn lists() -> Vec<::lists::Declared> {
    use listed::{FIGURES, MADE, PROGRAMMES};
    vec![FIGURES.declared(), MADE.declared(), PROGRAMMES.declared(), definitions::LIST.declared()]
}

/// Routes, tables, words and menu.
pub fn module() -> Module {
    let read = Access::Needs(crate::rights::READ_STEERING);
    let declare = Access::Needs(crate::rights::DECLARE_FIGURE);
    let keep = Access::Needs(crate::rights::KEEP_PROGRAMMES);
    let routes = Routes::new()
        // Looking.
        .get("/steering", read, dashboard::dashboard)
        .get("/steering/programmes", read, listed::programmes)
        .get("/steering/missing", read, missing::show)
        .get("/steering/programmes/{id}", read, programme_page::show)
        .get("/steering/drafts", read, listed::drafts)
        .get("/steering/drafts/{number}", read, drafts_page::show)
        // Programmes made on a form; each verb says who may.
        .get("/steering/programmes/new", keep, draft_forms::new)
        .post("/steering/programmes/new", keep, draft_forms::create)
        .get("/steering/drafts/{number}/head", keep, draft_forms::head)
        .post("/steering/drafts/{number}/head", keep, draft_forms::correct)
        .get("/steering/drafts/{number}/targets/{id}", keep, draft_forms::target)
        .post("/steering/drafts/{number}/targets/{id}", keep, draft_forms::put_target)
        .get("/steering/drafts/{number}/tasks/{id}", keep, draft_forms::task)
        .post("/steering/drafts/{number}/tasks/{id}", keep, draft_forms::put_task)
        .post("/steering/drafts/{number}/{verb}", read, draft_forms::act)
        .get("/steering/targets/{id}", read, target_page::show)
        .get("/steering/targets/{id}/cases", read, cases_page::show)
        // Declaring, and the second person's look (the verb asks for more than reading).
        .get("/steering/targets/{id}/declare", declare, declare_page::show)
        .post("/steering/targets/{id}/declare", declare, declare_page::send)
        .get("/steering/figures", read, listed::figures)
        .get("/steering/figures/{code}", read, frame::show::<Declared>)
        .post("/steering/figures/{code}/{verb}", read, frame::act::<Declared>)
        .get("/steering/figures/{code}/files/{file}", read, frame::download::<Declared>)
        // What is counted how, and who decided it.
        .get("/steering/indicators", read, definitions::list)
        .get("/steering/indicators/{id}", read, definitions::show)
        // Its figure, cut by procedure or by official (which asks for more), and the cases behind any part of it.
        .get("/steering/indicators/{id}/figure", read, figure_page::show)
        .get("/steering/indicators/{id}/cases", read, figure_page::cases)
        .post("/steering/indicators/{id}", keep, definitions::propose)
        .post("/steering/indicators/{id}/{code}/{verb}", read, definitions::act)
        // For programs.
        .asking("/api/v1/targets", read, api::QUERY, api::list)
        .asking("/api/v1/targets/{id}", read, api::QUERY, api::one);
    Module {
        name: "reform",
        routes: records::api::routes::<Declared>(routes, read, declare),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: crate::rights::ALL,
        // Nobody's single dossier is the first question of the day of whoever leads the whole province.
        homes: &[
            web::Home { rank: 0, needs: crate::rights::SIGN_PROGRAMMES, href: "/steering", whole: true },
            web::Home { rank: 30, needs: crate::rights::READ_STEERING, href: "/steering", whole: false },
        ],
        nav: vec![NavItem { key: "nav-steering", href: "/steering", icon: "target", access: read, order: 30 }],
    }
}
