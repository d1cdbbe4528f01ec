//! The pages of wordings: what holds today, the versions, a form for the next one with a look at it, and one version with what can be done to it.

use super::preview;
use super::shipped::{Current, current_of, version_of};
use super::store;
use super::template::{self, Proposal, Stage, Template};
use super::{OF_FORMS, OF_RESULTS, Paper, Pieces};
use crate::rights::{KEEP_WORDINGS, READ_WORDINGS};
use crate::{House, pages};
use ::store::{BoxFuture, Tx};
use askama::Template as _;
use axum::extract::Path;
use base::{Date, Fault, Id, Problem, vn_date, vn_date_time};
use i18n::L;
use lists::{Asked, Batch, Cell, Column, Key, Kind, List, Shape, Source};
use records::frame::Pages;
use records::{Asker, Field, Held, Machine, Seen, Shown, Verb, shown};
use web::table::query_value;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

impl Pages for Template {
    const WORD: &'static str = "wording";
    const PATH: &'static str = "/wordings";
    const PROSE: &'static [&'static str] = &[];

    fn colour(stage: Stage) -> &'static str {
        match stage {
            Stage::Proposed => "near",
            Stage::InForce => "done",
            Stage::Refused | Stage::Withdrawn => "paused",
        }
    }

    fn head(ctx: &Ctx, _: &House, seen: &Seen<Template>) -> (String, String) {
        let one = seen.state();
        (format!("{} · {}", ctx.l.t(one.paper.key()), one.name), seen.held().code.clone())
    }

    fn facts(ctx: &Ctx, house: &House, seen: &Seen<Template>) -> Vec<(String, String)> {
        let (l, one) = (ctx.l, seen.state());
        let procedure = house.shelf.by_code(&one.procedure, ctx.now.date());
        let procedure =
            procedure.map_or(one.procedure.clone(), |version| format!("{} · {}", version.code, version.name));
        [
            ("valid_from", vn_date(one.valid_from)),
            ("procedure", procedure),
            ("basis", one.basis.clone()),
            ("proposed", vn_date_time(one.proposed_at)),
            ("decided", one.decided_at.map(vn_date_time).unwrap_or_default()),
        ]
        .map(|(label, value)| (l.t(format!("wording-field-{label}")), value))
        .into()
    }

    fn choices(_: &Ctx, _: &House, _: &Field) -> Vec<Choice> {
        Vec::new()
    }

    /// Nobody announces what they proposed themselves, and nobody else takes it back.
    fn offered(seen: &Seen<Template>, house: &House, asker: &Asker<'_>) -> Vec<&'static Verb<Template>> {
        let own = Template::is_own(seen.held(), asker);
        let mut acts = records::forms(seen, house, asker);
        acts.retain(|verb| own == (verb.word == "withdraw"));
        acts
    }

    fn facts_read<'t>(
        tx: &'t Tx,
        ctx: &'t Ctx,
        seen: &'t Seen<Template>,
    ) -> BoxFuture<'t, Result<Vec<(String, String)>, Fault>> {
        Box::pin(async move {
            let one = seen.state();
            let people: Vec<Id> = std::iter::once(one.proposed_by).chain(one.decided_by).collect();
            let names = identity::names(tx, &people).await?;
            let name = |id: Id| names.get(&id).cloned().unwrap_or_default();
            let decided = one.decided_by.map(name).unwrap_or_default();
            let by = [("proposed_by", name(one.proposed_by)), ("decided_by", decided)];
            Ok(by.map(|(label, value)| (ctx.l.t(format!("wording-field-{label}")), value)).into())
        })
    }

    fn body<'t>(ctx: &'t Ctx, _: &'t House, seen: &'t Seen<Template>) -> BoxFuture<'t, Result<String, Fault>> {
        let (one, code) = (seen.state(), seen.held().code.clone());
        let pieces = one.pieces();
        let of = if one.paper.is_result() { &OF_RESULTS[..] } else { &OF_FORMS[..] };
        let said = of.iter().filter(|(name, _)| !pieces.get(name).is_empty());
        let said = said.map(|(name, _)| (ctx.l.t(format!("wording-field-{name}")), pieces.get(name).to_owned()));
        let body = Body { l: ctx.l, code, pieces: said.collect() };
        Box::pin(async move { body.render().map_err(Fault::internal) })
    }
}

#[derive(askama::Template)]
#[template(path = "wording_body.html")]
struct Body {
    l: L,
    code: String,
    pieces: Vec<(String, String)>,
}

/// A row of the list of versions.
pub struct Row {
    held: Held<Template>,
    paper: String,
}

/// Versions of wordings, by how far they have come.
pub static LIST: List<Row> = List {
    key: "wordings",
    path: "/wordings",
    title: "wording-title",
    tabs: &Stage::WORDS,
    tab_word: "wording-state-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("code", "wording-field-code", Kind::Word, |row: &Row| {
            Cell::code(&row.held.code).to(format!("/wordings/{}", row.held.code))
        })
        .unlabelled(),
        Column::new("paper", "wording-field-paper", Kind::Word, |row: &Row| Cell::text(&row.paper)),
        Column::new("name", "wording-field-name", Kind::Text, |row: &Row| Cell::text(&row.held.state.name)),
        Column::new("procedure", "wording-field-procedure", Kind::Word, |row: &Row| {
            Cell::text(&row.held.state.procedure)
        }),
        Column::new("valid_from", "wording-field-valid_from", Kind::Day, |row: &Row| {
            Cell::day(Some(row.held.state.valid_from))
        }),
    ],
    order: ("code", true),
    shape: Shape::ID,
    empty: ("wording-none", "wording-none-hint"),
    files: true,
};

struct Versions {
    l: L,
    stage: Stage,
}

impl Source for Versions {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let after = after.map_or(Id(i64::MAX), |key| Id(key.number(0)));
            let found = store::page(tx, self.stage.as_str(), after, limit + 1).await?;
            let batch = Batch::cut(found, limit, |held| Key::id(held.id));
            Ok(batch.map(|held| Some(Row { paper: self.l.t(held.state.paper.key()), held })))
        })
    }
}

/// A wording that holds today.
struct Holds {
    paper: String,
    name: String,
    procedure: String,
    since: String,
    version: String,
    /// Where the next version begins; empty for who proposes none.
    next: String,
}

#[derive(askama::Template)]
#[template(path = "wordings.html")]
struct ListPage {
    l: L,
    holds: Vec<Holds>,
    list: String,
}

fn holds(l: L, one: &Current, keeps: bool) -> Holds {
    let next = if one.code.is_empty() { format!("paper={}", one.paper.as_str()) } else { format!("from={}", one.code) };
    Holds {
        paper: l.t(one.paper.key()),
        name: one.name.clone(),
        procedure: one.procedure.clone(),
        since: one.valid_from.map(vn_date).unwrap_or_default(),
        version: match one.valid_from {
            Some(_) => one.code.clone(),
            None => l.t("wording-original"),
        },
        next: if keeps { format!("/wordings/new?{next}") } else { String::new() },
    }
}

/// Whether somebody proposes wordings of the whole province.
fn keeps(ctx: &Ctx, house: &House) -> bool {
    let root = house.tree.root().map(|root| root.path.as_str()).unwrap_or_default();
    ctx.actor.as_ref().is_some_and(|actor| actor.may_at(KEEP_WORDINGS, root))
}

/// GET /wordings
pub async fn list(ctx: Ctx) -> Answer {
    ctx.require(READ_WORDINGS)?;
    let (house, today) = (pages::house(&ctx.app)?, ctx.now.date());
    let current = ctx.db().read(move |tx| Box::pin(async move { current_of(tx, today).await })).await?;
    let silent = Paper::ALL.into_iter().filter(|paper| !current.iter().any(|one| one.paper == *paper));
    let silent: Vec<Current> = silent.map(|paper| Current { paper, ..Current::default() }).collect();
    let keeps = keeps(&ctx, &house);
    let all = current.iter().chain(&silent).map(|one| holds(ctx.l, one, keeps)).collect();
    let asked = Asked::read(&LIST, &ctx.uri, 1, Vec::new());
    let stage = Stage::ALL.get(asked.tab).copied().unwrap_or_default();
    let opened = lists::open(&ctx, &LIST, asked, Versions { l: ctx.l, stage }).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| ListPage { l: ctx.l, holds: all, list })
}

#[derive(askama::Template)]
#[template(path = "wording_new.html")]
struct NewPage {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    title: String,
    paper: &'static str,
    is_result: bool,
    fields: Vec<Shown>,
    places: String,
}

/// What is asked beside the pieces.
const ABOUT: [Field; 4] = [
    Field::line("name", template::NAME_MAX),
    Field::line("procedure", 40).optional(),
    Field::choice("valid_from", records::Ask::Day),
    Field::line("basis", template::WORDS_MAX),
];
/// The pieces of results and of forms, as fields.
pub(crate) const OF_A_RESULT: [Field; 7] = [
    Field::line("title", super::LINE_MAX),
    Field::line("about", super::LINE_MAX).optional(),
    Field::lines("bases", super::LIST_MAX).optional(),
    Field::lines("text", super::TEXT_MAX),
    Field::lines("receivers", super::LIST_MAX).optional(),
    Field::line("signer", super::LINE_MAX),
    Field::line("symbol", super::SYMBOL_MAX),
];
const OF_A_FORM: [Field; 3] = [
    Field::line("top", super::LINE_MAX).optional(),
    Field::lines("closing", super::LIST_MAX).optional(),
    Field::line("footer", super::LINE_MAX).optional(),
];

fn new_page(ctx: &Ctx, paper: Paper, typed: &dyn Fn(&str) -> String, problems: Vec<Problem>) -> NewPage {
    let l = ctx.l;
    let own = if paper.is_result() { &OF_A_RESULT[..] } else { &OF_A_FORM[..] };
    // A form of the law is one for all procedures.
    let about = ABOUT.iter().filter(|field| paper.is_result() || field.name != "procedure");
    let asks: Vec<Field> = about.chain(own).copied().collect();
    let title = l.tr("wording-new", [("paper", l.t(paper.key()))]);
    NewPage {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t("wording-title"), "/wordings"), Breadcrumb::new(title.clone(), "")],
        problems,
        title,
        paper: paper.as_str(),
        is_result: paper.is_result(),
        fields: shown(l, "wording", &asks, |field| typed(field.name), |_| Vec::new()),
        places: super::place::KNOWN.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(" "),
    }
}

fn unknown() -> Fault {
    Fault::NotFound("wording-unknown")
}

/// GET /wordings/new?from=&paper=
pub async fn new(ctx: Ctx) -> Answer {
    ctx.require(KEEP_WORDINGS)?;
    let (from, paper) = (query_value(&ctx.uri, "from"), query_value(&ctx.uri, "paper"));
    let begun = match from.is_empty() {
        true => Current { paper: Paper::read(&paper).ok_or_else(unknown)?, ..Current::default() },
        false => {
            let found = ctx.db().read(move |tx| Box::pin(async move { version_of(tx, &from).await }));
            found.await?.ok_or_else(unknown)?
        }
    };
    let typed = |name: &str| match name {
        "name" => begun.name.clone(),
        "procedure" => begun.procedure.clone(),
        name => begun.pieces.get(name).to_owned(),
    };
    let page = new_page(&ctx, begun.paper, &typed, Vec::new());
    Ok(ctx.page(&page.title.clone(), &page))
}

/// What was typed; a day that is none is no day to come.
fn proposal(given: &FormMap) -> Result<Proposal, Fault> {
    let paper = Paper::read(given.text("paper")).ok_or_else(unknown)?;
    let text = |name: &str| given.text(name).to_owned();
    Ok(Proposal {
        paper,
        procedure: text("procedure"),
        name: text("name"),
        valid_from: web::iso_day(given.text("valid_from")).parse::<Date>().unwrap_or_default(),
        basis: text("basis"),
        pieces: Pieces::typed(|name| given.text(name)),
    })
}

fn refused(ctx: &Ctx, paper: Paper, given: &FormMap, problems: Vec<Problem>) -> Answer {
    let page = new_page(ctx, paper, &|name| given.text(name).to_owned(), problems);
    Ok(ctx.invalid_page(&page.title.clone(), &page))
}

/// POST /wordings/new: a version is proposed.
pub async fn create(ctx: Ctx, given: FormMap) -> Answer {
    let (actor, house, now) = (ctx.require(KEEP_WORDINGS)?.clone(), pages::house(&ctx.app)?, ctx.now);
    let proposal = proposal(&given)?;
    let paper = proposal.paper;
    let made = ctx.db().write(move |tx| {
        Box::pin(async move { template::propose(tx, &house, &Asker::actor(&actor, now), &proposal).await })
    });
    match made.await {
        Ok(held) => Ok(ctx.flash(format!("/wordings/{}", held.code), "wording-done")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => refused(&ctx, paper, &given, problems),
        Err(Fault::Conflict(problem)) if !ctx.wants_json => refused(&ctx, paper, &given, vec![problem]),
        Err(fault) => Err(fault.into()),
    }
}

/// POST /wordings/preview: what is typed, as it would be printed of a sample; nothing of it is kept.
pub async fn preview_typed(ctx: Ctx, given: FormMap) -> Answer {
    ctx.require(KEEP_WORDINGS)?;
    let house = pages::house(&ctx.app)?;
    let proposal = proposal(&given)?;
    let mut problems = proposal.problems(&house, ctx.now);
    // Its day and its basis may still be missing.
    let pieces = OF_RESULTS.iter().chain(&OF_FORMS).map(|(name, _)| *name).chain(["procedure"]);
    let pieces: Vec<&str> = pieces.collect();
    problems.retain(|problem| problem.field.as_deref().is_some_and(|field| pieces.contains(&field)));
    if !problems.is_empty() {
        return refused(&ctx, proposal.paper, &given, problems);
    }
    let of = (proposal.paper, proposal.name.as_str(), "");
    let pdf = preview::print(&house, of, &proposal.pieces, ctx.now).await?;
    Ok(web::pdf(&format!("xem-truoc-{}.pdf", proposal.paper.as_str()), pdf.bytes))
}

/// GET /wordings/{code}/preview
pub async fn preview_kept(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let (actor, house, now) = (ctx.require(READ_WORDINGS)?.clone(), pages::house(&ctx.app)?, ctx.now);
    let (looking, of) = (house.clone(), code.clone());
    let seen = ctx.db().read(move |tx| {
        Box::pin(async move { records::open::<Template>(tx, &looking, &Asker::actor(&actor, now), &of).await })
    });
    let seen = seen.await?;
    let one = seen.state();
    let pdf = preview::print(&house, (one.paper, &one.name, &code), &one.pieces(), now).await?;
    Ok(web::pdf(&format!("xem-truoc-{code}.pdf"), pdf.bytes))
}

/// What other lists show of some.
pub(crate) fn cards<'t>(
    tx: &'t Tx,
    ctx: &'t Ctx,
    ids: Vec<Id>,
) -> BoxFuture<'t, Result<std::collections::HashMap<Id, records::Card>, Fault>> {
    Box::pin(async move {
        let card = |held: Held<Template>| {
            let card = records::Card {
                title: format!("{} · {}", ctx.l.t(held.state.paper.key()), held.state.name),
                href: format!("/wordings/{}", held.code),
                state: ctx.l.t(format!("wording-state-{}", held.state.stage.as_str())),
                code: held.code,
                ..records::Card::default()
            };
            (held.id, card)
        };
        Ok(records::some::<Template>(tx, &ids).await?.into_iter().map(card).collect())
    })
}
