//! What a dossier owes, beside what other kinds owe (`records::work`): one thing at a time, of whoever has to do it next. While the
//! applicant is waited for, nothing is owed.

use crate::dossier::{Dossier, Status};
use crate::report::case_lines;
use ::store::{BoxFuture, Tx};
use base::{Fault, Id, Instant};
use records::{Card, Due, DueKind, Kind};
use std::collections::HashMap;
use web::Ctx;

/// To be received or refused.
const RECEIVE: &str = "dossier-receive";
/// To be worked on and decided.
const SETTLE: &str = "dossier-settle";
/// To be handed out.
const RETURN: &str = "dossier-return";

/// What a dossier owes in a state.
pub fn dues(d: &Dossier) -> Vec<Due> {
    let one = |name, unit, holder, at: Option<Instant>| {
        at.map(|at| Due { name, unit, holder, at }).into_iter().collect::<Vec<_>>()
    };
    match d.status {
        Status::Filed => one(RECEIVE, d.intake, None, d.answer_due_at),
        Status::Received | Status::Processing => one(SETTLE, d.unit, d.handler, d.due_at),
        Status::Decided => one(RETURN, d.return_to, None, d.due_at),
        _ => Vec::new(),
    }
}

/// Dossiers among the kinds of the program; their own proof compares what they owe ([`crate::verify`]).
pub const KIND: Kind = Kind::elsewhere(
    "dossier",
    &[
        DueKind { name: RECEIVE, word: "dossier-due-receive", right: crate::rights::RECEIVE_DOSSIER, served: true },
        DueKind { name: SETTLE, word: "dossier-due-settle", right: crate::rights::READ_DOSSIERS, served: false },
        DueKind { name: RETURN, word: "dossier-due-return", right: crate::rights::RETURN_RESULT, served: true },
    ],
    crate::rights::READ_DOSSIERS,
    cards,
)
.counting(crate::MEASURES)
.drawn(crate::verbs::picture, crate::row::statements);

/// Procedure and state; nothing that names a person.
fn cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let (shelf, calendar) = (catalogue::shelf(&ctx.app), organisation::calendar_of(&ctx.app));
        let lines = case_lines(tx, &ids).await?.into_iter().map(|(id, line)| {
            let version = shelf.version(line.version);
            let card = Card {
                title: version.map(|version| version.name.clone()).unwrap_or_default(),
                href: format!("/dossiers/{}", line.code),
                state: ctx.l.t(line.state_key()),
                unit: Some(line.competent),
                due: line.due_at,
                late_ms: line.late_ms(&calendar, ctx.now),
                code: line.code,
            };
            (id, card)
        });
        Ok(lines.collect())
    })
}
