//! Notices: what happened told to whom it concerns, in the portal's box always, by e-mail and short message where somebody asked for it
//! and the office has set it up.
//!
//! An act orders one job in its own transaction ([`records::tell`]). The job puts the notice into the box and orders one job for each
//! channel ([`deliver`]); those are tried with growing waits and then wait for a person ([`sending`]).

pub mod channels;
pub mod contact;
pub mod inbox;
pub mod mail;
pub mod message;
mod pages;
pub mod reminders;
pub mod rights;
pub mod sending;
pub mod sms;
mod store;
mod tell;
mod topic;
pub mod wish;

pub use channels::{Channel, Channels};
pub use sending::send;
pub use tell::{ASSIGNED, Told, deliver, order, wants_assigned};
pub use topic::{DIGEST, REMINDER, Reader, Topic, Topics, topic};

use audit::{Kept, Proof, Table};
use web::{Access, Module, NavItem, Routes};

/// The tables this crate owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "notices",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_reminders", include_str!("../migrations/0002_reminders.sql")),
        ("0003_lists", include_str!("../migrations/0003_lists.sql")),
        ("0004_parts", include_str!("../migrations/0004_parts.sql")),
    ],
};

/// Its words.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "notices", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// Addresses, and rules of reminders, are as their last event left them. A row is sealed with chance in it, so that a digest leads back to nothing.
pub(crate) static KEPT: Kept = Kept {
    name: "notices",
    version: 1,
    tables: &[
        Table { without: &["code_sealed", "code_until", "tries"], ..Table::whole("contact", "id", "id") },
        Table::whole("reminder_rule", "id", "id"),
    ],
};

/// See [`audit::Proof`].
pub const PROOF: Proof = Proof { kept: &KEPT, derived: None };

/// What the channels' jobs need of the application: which are set up, and what opens addresses.
pub fn outside(app: &web::App) -> (Channels, identity::Vault) {
    (Channels::of(app), channels::vault(app))
}

/// The lists of this crate.
pub fn lists() -> Vec<::lists::Declared> {
    vec![pages::SENDINGS.declared()]
}

/// How much has not been seen, beside the menu's entry.
pub fn nav_counts() -> web::NavCounts {
    web::NavCounts(Box::new(|ctx| {
        Box::pin(async move {
            let Some(account) = ctx.actor.as_ref().map(|actor| actor.account) else { return Ok(Vec::new()) };
            let unread = ctx.db().read(move |tx| Box::pin(async move { inbox::unread(tx, account).await })).await?;
            Ok(vec![web::NavCount { href: "/notices", waiting: unread }])
        })
    }))
}

/// Routes, words, tables and menu.
pub fn module() -> Module {
    let keeps = Access::Needs(rights::KEEP_CHANNELS);
    Module {
        name: "notices",
        routes: Routes::new()
            // One's own box, and where one is reached: whoever has an account, about themselves alone.
            .get("/notices", Access::SignedIn, pages::inbox)
            .post("/notices/seen", Access::SignedIn, pages::seen)
            .get("/notices/channels", Access::SignedIn, pages::channels)
            .post("/notices/channels/wishes", Access::SignedIn, pages::wishes)
            .post("/notices/channels/{channel}", Access::SignedIn, pages::give)
            .post("/notices/channels/{channel}/confirm", Access::SignedIn, pages::confirm)
            .post("/notices/channels/{channel}/remove", Access::SignedIn, pages::remove)
            // When whom is reminded: read by whoever keeps units, kept by whoever keeps the province.
            .get("/notices/reminders", Access::Needs(rights::KEEP_REMINDERS), pages::reminders)
            .post("/notices/reminders", Access::Needs(rights::KEEP_REMINDERS), pages::add_reminder)
            // What went out, for whoever runs the system.
            .get("/sendings", keeps, pages::sendings)
            .post("/sendings/again", keeps, pages::again_all)
            .post("/sendings/{id}/again", keeps, pages::again),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: rights::ALL,
        homes: &[],
        nav: vec![
            NavItem { key: "notices-nav", href: "/notices", icon: "bell", access: Access::SignedIn, order: 25 },
            NavItem {
                key: "notices-rules-title",
                href: "/notices/reminders",
                icon: "clock",
                access: Access::Needs(rights::KEEP_REMINDERS),
                order: 94,
            },
            NavItem { key: "notices-sendings-title", href: "/sendings", icon: "send", access: keeps, order: 95 },
        ],
    }
}
