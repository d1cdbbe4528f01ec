//! Dialogues (đối thoại) of an agency's head with people: announced with a day and a place, asked beforehand from the portal or at the
//! sitting, each question routed to a unit with a due date, what is promised owed like anything else, the minutes public. Two registers
//! on the shared pieces: the sitting ([`Dialogue`]) and what is asked and promised at it ([`Item`]).

pub mod actions;
pub mod api;
pub(crate) mod item;
pub(crate) mod item_verbs;
pub(crate) mod minutes;
pub(crate) mod session;
pub(crate) mod session_verbs;
pub mod store;

pub use item::{ITEM_MEASURES, Item};
pub use session::Dialogue;

use crate::rights::{ANSWER_FEEDBACK, HANDLE_FEEDBACK, READ_FEEDBACK};
use crate::rules::House;
use ::store::{BoxFuture, Tx};
use base::{Fault, Id};
use notices::{Reader, Topic};
use records::{Card, DueKind, Kind, LinkKind};
use std::collections::HashMap;
use web::Ctx;

const fn owed(name: &'static str, word: &'static str, right: base::Permission) -> DueKind {
    DueKind { name, word, right, served: false }
}

/// Sittings among the kinds of the program.
pub const DIALOGUES: Kind = Kind::of::<Dialogue>(
    &[],
    &[
        owed(session::due::HOLD, "dialogue-due-hold", ANSWER_FEEDBACK),
        owed(session::due::MINUTES, "dialogue-due-minutes", ANSWER_FEEDBACK),
    ],
    READ_FEEDBACK,
    session_cards,
)
.searched("dialogue-nav-sittings", "");

/// Questions and commitments.
pub const ITEMS: Kind = Kind::of::<Item>(
    ITEM_MEASURES,
    &[
        owed(item::due::ROUTE, "dialogue-due-route", ANSWER_FEEDBACK),
        owed(item::due::ANSWER, "dialogue-due-answer", HANDLE_FEEDBACK),
        owed(item::due::FULFIL, "dialogue-due-fulfil", HANDLE_FEEDBACK),
    ],
    READ_FEEDBACK,
    item_cards,
)
.searched("dialogue-found-items", "")
.linking(&[LinkKind { name: "of", word: "dialogue-link-of", back: "dialogue-link-items" }]);

/// What whoever asked is told about.
pub const TOPIC: Topic = Topic {
    word: "dialogue-item",
    about: "dialogue-notice-about",
    event: "dialogue-told-",
    next: "dialogue-next-",
    href: |reader, code| match reader {
        Reader::Office => format!("/sitting-items/{code}"),
        // The sitting's page shows what was answered.
        Reader::Own | Reader::Anybody => format!("/dialogues/{}", code.split('.').next().unwrap_or(code)),
    },
    reader: Reader::Own,
};

fn session_cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let titles = records::asides_of(tx, &ids, "title").await?;
        let found = store::sessions(tx, &ids).await?.into_iter().map(|held| {
            let card = Card {
                title: titles.get(&held.id).cloned().unwrap_or_default(),
                href: format!("/sittings/{}", held.code),
                state: ctx.l.t(format!("dialogue-state-{}", held.state.state.as_str())),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        });
        Ok(found.collect())
    })
}

/// What other lists show of an item: its class and state, nothing that was said.
fn item_cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let found = store::items(tx, &ids).await?.into_iter().map(|held| {
            let card = Card {
                title: ctx.l.t(format!("dialogue-class-{}", held.state.class)),
                href: format!("/sitting-items/{}", held.code),
                state: ctx.l.t(format!("dialogue-item-state-{}", held.state.state.as_str())),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        });
        Ok(found.collect())
    })
}

/// Working days after the sitting within which the minutes are made public (unverified: the province's own rule).
const MINUTES_DAYS: i32 = 5;
/// Working days within which a question is routed to a unit (unverified: the province's own rule).
const ROUTE_DAYS: i32 = 2;

fn in_days(house: &House, from: base::Instant, days: i32) -> base::Instant {
    house.due(from, base::calendar::Limit::WorkingDays(days)).due_at
}
