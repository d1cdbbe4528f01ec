//! What this room hands to the application.

use crate::petition::{Petition, due};
use crate::rights::{ANSWER_FEEDBACK, ENDORSE_FEEDBACK, HANDLE_FEEDBACK, READ_FEEDBACK, RECEIVE_FEEDBACK};
use crate::rules::topic_name;
use crate::{MEASURES, MIGRATIONS, api, dialogue, pages, store};
use ::store::{BoxFuture, Tx};
use base::{Fault, Id};
use notices::{Reader, Topic};
use records::{Card, DueKind, Kind, LinkKind};
use std::collections::HashMap;
use web::{Access, Ctx, Module, NavItem, Routes};

/// Words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "feedback", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

const fn owed(name: &'static str, word: &'static str, right: base::Permission) -> DueKind {
    DueKind { name, word, right, served: false }
}

/// Petitions among the kinds of the program.
pub const KIND: Kind = Kind::of::<Petition>(
    MEASURES,
    &[
        owed(due::SORT, "feedback-due-sort", RECEIVE_FEEDBACK),
        owed(due::SORT_BY_HEAD, "feedback-due-sort", ANSWER_FEEDBACK),
        owed(due::ANSWER, "feedback-due-answer", HANDLE_FEEDBACK),
        owed(due::FOLLOW_UP, "feedback-due-follow-up", HANDLE_FEEDBACK),
        owed(due::ENDORSE, "feedback-due-endorse", ENDORSE_FEEDBACK),
        owed(due::APPROVE, "feedback-due-approve", ANSWER_FEEDBACK),
        owed(due::PUBLISH, "feedback-due-publish", ANSWER_FEEDBACK),
    ],
    READ_FEEDBACK,
    cards,
)
.searched("feedback-nav-petitions", "/petitions?q=")
.linking(&[
    LinkKind { name: "concerns", word: "feedback-link-concerns", back: "feedback-link-concerned" },
    LinkKind { name: "goes-with", word: "feedback-link-with", back: "feedback-link-joined" },
    LinkKind { name: "about", word: "feedback-link-about", back: "feedback-link-petitions" },
]);

/// What other lists show: subject and state, nothing that was written.
fn cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let found = store::some(tx, &ids).await?.into_iter().map(|held| {
            let card = Card {
                title: topic_name(&held.state.topic, ctx.lang),
                href: format!("/petitions/{}", held.code),
                state: ctx.l.t(format!("feedback-state-{}", held.state.state.as_str())),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        });
        Ok(found.collect())
    })
}

/// What a sender is told about.
pub const TOPIC: Topic = Topic {
    word: "petition",
    about: "feedback-notice-about",
    event: "feedback-told-",
    next: "feedback-next-",
    href: |reader, code| match reader {
        Reader::Own => format!("/my/feedback/{code}"),
        Reader::Anybody => format!("/feedback/{code}"),
        Reader::Office => format!("/petitions/{code}"),
    },
    reader: Reader::Own,
};

/// Routes, words, tables and menu.
pub fn module() -> Module {
    let (reads, takes) = (Access::Needs(READ_FEEDBACK), Access::Needs(RECEIVE_FEEDBACK));
    Module {
        name: "feedback",
        routes: Routes::new()
            // Anybody: what was published, sending one, its status by the code.
            .get("/feedback", Access::Public, pages::list)
            .get("/feedback/new", Access::Public, pages::send_form)
            .post("/feedback/new", Access::Public, pages::send)
            .get("/feedback/find", Access::LookUp, pages::find)
            .get("/feedback/{code}", Access::LookUp, pages::one)
            // Whoever sent it, by code and key; both are posted, so that no address holds a key.
            .post("/feedback/mine", Access::LookUp, pages::mine)
            .post("/feedback/letter", Access::LookUp, pages::own_letter)
            .post("/feedback/mine/{verb}", Access::LookUp, pages::mine_act)
            // … or by the account it was sent from.
            .get("/my/feedback", Access::Needs(crate::rights::OWN_PETITIONS), pages::sent)
            .get("/my/feedback/{code}", Access::Needs(crate::rights::OWN_PETITIONS), pages::sent_one)
            // Officials.
            .get("/petitions", reads, pages::work)
            .get("/petitions/new", takes, pages::take_form)
            .post("/petitions/new", takes, pages::take)
            .get("/petitions/heard", reads, pages::heard)
            .get("/petitions/heard/print", reads, pages::heard_print)
            .get("/petitions/{code}", reads, pages::show)
            .post("/petitions/{code}/{verb}", reads, pages::act)
            .get("/petitions/{code}/files/{file}", reads, pages::download)
            .get("/petitions/{code}/letter", reads, pages::letter)
            // Dialogues: anybody reads what is announced, answered and promised, and asks beforehand.
            .get("/dialogues", Access::Public, pages::dialogues)
            .get("/dialogues/{code}", Access::LookUp, pages::dialogue)
            .get("/dialogues/{code}/minutes", Access::LookUp, pages::minutes)
            .post("/dialogues/{code}/ask", Access::LookUp, pages::ask_before)
            // … officials announce, enter, route, answer; each act asks for its own permission at its unit.
            .get("/sittings", reads, pages::sittings)
            .get("/sittings/new", reads, pages::sitting_form)
            .post("/sittings/new", reads, pages::sitting_new)
            .get("/sittings/{code}", reads, pages::sitting)
            .post("/sittings/{code}/{verb}", reads, pages::sitting_act)
            .get("/sitting-items/{code}", reads, pages::sitting_item)
            .post("/sitting-items/{code}/{verb}", reads, pages::sitting_item_act)
            // Programs.
            .asking("/api/v1/feedback", Access::Public, api::LIST, api::published)
            .get("/api/v1/feedback/{code}/status", Access::LookUp, api::status)
            .asking("/api/v1/dialogues", Access::Public, dialogue::api::LIST, dialogue::api::sittings)
            .get("/api/v1/dialogues/{code}", Access::LookUp, dialogue::api::sitting)
            .post("/api/v1/petitions", takes, api::take)
            .get("/api/v1/petitions/{code}", reads, api::get)
            .post("/api/v1/petitions/{code}/{verb}", reads, api::act),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: crate::rights::ALL,
        homes: &[web::Home { rank: 45, needs: crate::rights::READ_FEEDBACK, href: "/petitions", whole: false }],
        nav: vec![
            NavItem { key: "feedback-nav", href: "/feedback", icon: "info", access: Access::Public, order: 32 },
            NavItem {
                key: "feedback-sent-list",
                href: "/my/feedback",
                icon: "log",
                access: Access::Needs(crate::rights::OWN_PETITIONS),
                order: 33,
            },
            NavItem { key: "dialogue-nav-sittings", href: "/sittings", icon: "users", access: reads, order: 16 },
            NavItem { key: "feedback-nav-petitions", href: "/petitions", icon: "inbox", access: reads, order: 15 },
        ],
    }
}
