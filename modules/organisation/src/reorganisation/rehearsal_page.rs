//! The rehearsal: what a decision would do if it were executed now. Computed for the page and kept nowhere.

use super::execute::rehearse;
use super::line::Line;
use super::pages::{Named, colour, ends, follows};
use super::plan::{Plan, plan};
use super::verbs::Rooms;
use super::{Reorganisation, State};
use crate::verbs::Open;
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Problem, vn_date};
use i18n::L;
use records::frame::Pages;
use records::{Asker, Machine};
use web::{Answer, Breadcrumb, Ctx};

/// One agency that ends, with what it takes along.
struct Ending {
    name: String,
    /// In words, each with its list where the reader may follow.
    moves: Vec<(String, String)>,
    blocks: Vec<(String, String)>,
}

struct LineRow {
    n: i64,
    colour: &'static str,
    does: String,
    follows: Vec<Named>,
    endings: Vec<Ending>,
    /// Parts that are opened with it, and where the parts of what ends go.
    parts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "rehearsal.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    lead: String,
    problems: Vec<Problem>,
    lines: Vec<LineRow>,
    blocked: bool,
    /// Its day, where that has not come.
    early: String,
    back: String,
}

/// The units of a line that end with one of its agencies, itself first.
fn with_parts(rooms: &Rooms, plan: &Plan, top: Id) -> Vec<Id> {
    let units = rooms.house.tree.subtree(top).into_iter().map(|unit| unit.id);
    units.filter(|unit| plan.units.contains_key(unit)).collect()
}

/// Where the parts go, in words: name of the part, name of what takes it on.
fn parts(rooms: &Rooms, plan: &Plan, line: &Line) -> Vec<(String, String)> {
    let tree = &rooms.house.tree;
    let name = |id: Id| {
        let opened = plan.opens.iter().find(|(_, agency)| agency.id == id);
        opened.map_or_else(|| tree.name(id), |(_, agency)| agency.name.clone())
    };
    let of_line = plan.ends.iter().filter(|end| end.line == line.n && !line.ends.contains(&end.id));
    of_line
        .map(|end| (tree.name(end.id), end.successors.iter().map(|id| name(*id)).collect::<Vec<_>>().join("; ")))
        .collect()
}

/// GET /reorganisations/{code}/rehearsal
pub(crate) async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let (l, rooms, now) = (ctx.l, Reorganisation::house(&ctx).await?, ctx.now);
    let actor = ctx.actor()?.clone();
    let (known, of) = (rooms.clone(), code.clone());
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let seen = records::open::<Reorganisation>(tx, &known, &Asker::actor(&actor, now), &of).await?;
            let r = seen.state();
            if !matches!(r.state, State::Draft | State::Submitted) {
                return Err(Fault::NotFound("records-not-found"));
            }
            let (plan, problems) = plan(&known.house.tree, &r.lines, r.day, &r.number);
            let mut found = Vec::new();
            for line in &r.lines {
                for top in &line.ends {
                    let units = with_parts(&known, &plan, *top);
                    found.push((line.n, *top, rehearse(tx, &known.rooms, &units, now.date()).await?));
                }
            }
            Ok((seen, plan, problems, found))
        })
    });
    let (seen, plan, problems, found) = read.await?;
    let (r, tree, actor) = (seen.state(), &rooms.house.tree, ctx.actor()?);
    let words = |open: &Open| {
        let href = if actor.may(open.needs) { open.href.clone() } else { String::new() };
        (l.tr(open.what, [("n", l.number(open.count))]), href)
    };
    let row = |line: &Line| LineRow {
        n: line.n,
        colour: colour(line.does),
        does: l.t(format!("reorganisation-does-{}", line.does.as_str())),
        follows: follows(tree, line),
        endings: found
            .iter()
            .filter(|(n, ..)| *n == line.n)
            .zip(ends(tree, line))
            .map(|((_, _, rehearsed), named)| Ending {
                name: named.name,
                moves: rehearsed.moves.iter().map(words).collect(),
                blocks: rehearsed.blocks.iter().map(words).collect(),
            })
            .collect(),
        parts: parts(&rooms, &plan, line),
    };
    let back = format!("{}/{code}", Reorganisation::PATH);
    let title = l.t("reorganisation-rehearsal");
    let body = Page {
        l,
        trail: vec![
            Breadcrumb::new(l.t("reorganisation-title"), Reorganisation::PATH),
            Breadcrumb::new(code, back.clone()),
            Breadcrumb::new(title.clone(), ""),
        ],
        lead: seen.words.get("title").cloned().unwrap_or_default(),
        problems,
        blocked: found.iter().any(|(.., rehearsed)| !rehearsed.blocks.is_empty()),
        lines: r.lines.iter().map(row).collect(),
        early: if r.day > now.date() { vn_date(r.day) } else { String::new() },
        back,
    };
    Ok(ctx.page(&title, &body))
}
