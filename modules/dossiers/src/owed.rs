//! What a dossier owes and points to, beside what other kinds owe (`records::work`): one thing at a time, of whoever has to do it next. While the
//! applicant is waited for, nothing is owed.

use crate::dossier::{Dossier, Status, mark};
use crate::happening::Happening;
use crate::pages::house;
use crate::report::case_lines;
use crate::worklist::{self, Asked, Narrow, Scope, Tab};
use ::store::{BoxFuture, Tx};
use base::page::Place;
use base::{Fault, Id, Instant};
use records::{Card, Due, DueKind, Eyes, Hits, Kind, Link, LinkKind};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use web::Ctx;

/// To be received or refused.
const RECEIVE: &str = "dossier-receive";
/// To be worked on and decided.
const SETTLE: &str = "dossier-settle";
/// To be handed out.
const RETURN: &str = "dossier-return";
/// Handed over by another agency, to be taken.
const TAKE: &str = "dossier-take";
/// An opinion that another unit is asked for.
const OPINION: &str = "dossier-opinion";
/// Something that went wrong, to be mended.
const MEND: &str = "dossier-mend";
/// Papers to be handed to another agency.
const PAPERS: &str = "dossier-hand-papers";

/// What a dossier owes in a state.
pub fn dues(d: &Dossier) -> Vec<Due> {
    // A result put off is owed anew: it is reminded of by its later date too.
    let part = i64::from(d.flags & mark::PUT_OFF != 0);
    let one = |name, unit, holder, at: Option<Instant>| {
        at.map(|at| Due { name, unit, holder, at, part }).into_iter().collect::<Vec<_>>()
    };
    let opinions = d.opinions.iter().filter(|opinion| opinion.is_open());
    let opinions = opinions.map(|asked| Due {
        name: OPINION,
        unit: asked.unit,
        holder: asked.handler,
        at: asked.next_due_at(),
        part: asked.n,
    });
    let next = match (d.status, d.take_by, d.sender) {
        (Status::Filed, ..) => one(RECEIVE, d.intake, None, d.answer_due_at),
        // Until another agency has taken it, whoever handed it over answers for it.
        (Status::Received | Status::Processing, Some(_), Some(sender)) => one(SETTLE, sender, None, d.due_at),
        (Status::Received | Status::Processing, ..) => one(SETTLE, d.unit, d.handler, d.due_at),
        (Status::Decided, ..) => one(RETURN, d.return_to, None, d.due_at),
        // What others are asked, and what is carried, goes on while the applicant is waited for.
        _ => Vec::new(),
    };
    // Within an agency a hand-over shows in its lists alone; between two it has a clock.
    let take = d.take_by.map(|at| Due { name: TAKE, unit: d.unit, holder: d.handler, at, part: 0 });
    let between = d.flags & mark::PAPERS_BETWEEN != 0;
    let papers = d.papers_from.zip(d.papers_by).filter(|_| between);
    let papers = papers.map(|(unit, at)| Due { name: PAPERS, unit, holder: None, at, part: 0 });
    // By whoever works on it; of what is decided or over, by the agency that settled it.
    let works = d.status.clock_runs() || d.status.waits_for_applicant();
    let (unit, holder) = if works { (d.unit, d.handler) } else { (d.competent, None) };
    let mend = d.mishap_until.map(|until| Due { holder, ..Due::by_evening(MEND, unit, until) });
    next.into_iter().chain(take).chain(papers).chain(mend).chain(opinions).collect()
}

/// The name by which a dossier points to one whose paper stands in for one of its own.
const REUSES: &str = "reuses";

/// What a dossier points to from its filing on: nothing that happens later changes it.
pub fn links(happening: &Happening) -> Vec<Link> {
    let (Happening::Filed { filing, .. } | Happening::Received { filing: Some(filing), .. }) = happening else {
        return Vec::new();
    };
    let others: BTreeSet<Id> =
        filing.papers.iter().filter_map(|paper| paper.source).map(|source| source.dossier).collect();
    others.into_iter().map(|other| Link { name: REUSES, other }).collect()
}

/// Dossiers among the kinds of the program; their own proof compares what they owe ([`crate::verify`]).
pub const KIND: Kind = Kind::elsewhere(
    "dossier",
    &[
        DueKind { name: RECEIVE, word: "dossier-due-receive", right: crate::rights::RECEIVE_DOSSIER, served: true },
        DueKind { name: SETTLE, word: "dossier-due-settle", right: crate::rights::READ_DOSSIERS, served: false },
        DueKind { name: RETURN, word: "dossier-due-return", right: crate::rights::RETURN_RESULT, served: true },
        DueKind { name: TAKE, word: "dossier-due-take", right: crate::rights::READ_DOSSIERS, served: false },
        DueKind { name: OPINION, word: "dossier-due-opinion", right: crate::rights::READ_DOSSIERS, served: false },
        DueKind { name: MEND, word: "dossier-due-mend", right: crate::rights::READ_DOSSIERS, served: false },
        DueKind { name: PAPERS, word: "dossier-due-papers", right: crate::rights::READ_DOSSIERS, served: false },
    ],
    crate::rights::READ_DOSSIERS,
    cards,
)
.seen_by(sees)
.seeking("dossier-found", "/work?tab=all&q=", seek)
.linking(&[LinkKind { name: REUSES, word: "dossier-link-reuses", back: "dossier-link-reused" }])
.counting(crate::MEASURES)
.drawn(crate::verbs::picture, crate::row::statements);

/// Those whose pages the reader may open at once, as an official.
fn sees(ctx: &Ctx) -> BoxFuture<'_, Result<Eyes, Fault>> {
    Box::pin(async move {
        let (actor, house, now) = (ctx.actor.clone(), house(&ctx.app)?, ctx.now);
        let eyes: Eyes = Arc::new(move |tx, ids| {
            let (actor, house) = (actor.clone(), house.clone());
            Box::pin(async move {
                let Some(actor) = actor else { return Ok(HashSet::new()) };
                crate::reading::those(tx, &house, &actor, ids, now).await
            })
        });
        Ok(eyes)
    })
}

/// Dossiers by words, codes, numbers and days, as the worklist finds them: within the reader's scope and fields.
fn seek<'t>(ctx: &'t Ctx, q: &'t str, most: usize) -> BoxFuture<'t, Result<Hits, Fault>> {
    Box::pin(async move {
        let (Some(actor), house) = (ctx.actor.clone(), house(&ctx.app)?) else { return Ok(Hits::default()) };
        if !actor.may(crate::rights::READ_DOSSIERS) {
            return Ok(Hits::default());
        }
        let (narrow, now, looking) = (Narrow { words: q.to_owned(), ..Narrow::default() }, ctx.now, house.clone());
        let found = ctx.db().read(move |tx| {
            Box::pin(async move {
                let (scope, limit) = (Scope::of(&actor, &looking), most as i64);
                let (tab, place) = (Tab::All, Place::START);
                let asked = Asked { scope: &scope, tab, narrow: &narrow, now, limit, place };
                worklist::lines(tx, &looking, &asked, &[]).await
            })
        });
        let (lines, total) = found.await?;
        let card = |line: worklist::Line| {
            let name = house.shelf.version(line.version).map(|version| version.name.clone()).unwrap_or_default();
            Card {
                title: format!("{} · {name}", line.owner_name),
                href: format!("/dossiers/{}", line.code),
                state: ctx.l.t(line.times.state_key()),
                code: line.code,
                ..Card::default()
            }
        };
        let (n, more) = (usize::try_from(total).unwrap_or_default(), total >= worklist::COUNT_MAX);
        Ok(Hits { cards: lines.into_iter().map(card).collect(), n, more })
    })
}

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
