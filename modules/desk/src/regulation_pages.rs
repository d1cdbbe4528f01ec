//! The regulation: the version in force for everybody, all versions for officials.

use crate::house::House;
use crate::regulation::{ISSUING, Regulation, State, issue};
use crate::rights::ISSUE_REGULATION;
use crate::store;
use ::store::{BoxFuture, Tx};
use askama::Template;
use base::{Actor, Date, Fault, Id, Instant, vn_date};
use i18n::L;
use lists::{Asked, Cell, Column, Kind, List, Shape, Sort, Whole};
use records::frame::Pages;
use records::{Field, Held, Seen, Typed};
use web::{Answer, Choice, Ctx};

impl Pages for Regulation {
    const WORD: &'static str = "regulation";
    const PATH: &'static str = "/regulations";
    const PROSE: &'static [&'static str] = &["text"];
    const BEGINS: &'static str = "issue";

    fn colour(state: State) -> &'static str {
        if state == State::Issued { "ontime" } else { "paused" }
    }

    fn facts(ctx: &Ctx, _: &House, seen: &Seen<Regulation>) -> Vec<(String, String)> {
        let regulation = seen.state();
        let mut facts =
            vec![("decision", regulation.decision.clone()), ("effective_on", vn_date(regulation.effective_on))];
        facts.extend(numbers(regulation));
        facts.into_iter().map(|(label, value)| (ctx.l.t(format!("regulation-field-{label}")), value)).collect()
    }

    fn choices(_: &Ctx, _: &House, _: &Field) -> Vec<Choice> {
        Vec::new()
    }

    fn begin<'t>(
        tx: &'t Tx,
        house: &'t House,
        actor: &'t Actor,
        now: Instant,
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(issue(tx, house, actor, now, typed))
    }
}

/// The numbers a regulation says, by the name of their field.
fn numbers(regulation: &Regulation) -> Vec<(&'static str, String)> {
    let of = &regulation.numbers;
    let all = [of.short_wait_minutes, of.priority_in_a_row, of.absent_after_minutes, of.slot_places];
    let names = ISSUING.iter().skip(ISSUING.len() - all.len()).map(|field| field.name);
    names.zip(all).filter_map(|(name, n)| Some((name, n?.to_string()))).collect()
}

/// A version in the list.
#[derive(Clone)]
pub struct Line {
    id: Id,
    code: String,
    title: String,
    decision: String,
    effective_on: Date,
    state: String,
    colour: &'static str,
}

/// All versions, the latest first.
pub static LIST: List<Line> = List {
    key: "regulations",
    path: "/regulations",
    title: "regulation-title",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[],
    columns: &[
        Column::new("title", "regulation-field-title", Kind::Text, |line: &Line| {
            Cell::text(&line.title).to(format!("/regulations/{}", line.code))
        })
        .unlabelled(),
        Column::new("decision", "regulation-field-decision", Kind::Text, |line: &Line| Cell::text(&line.decision)),
        Column::new("effective", "regulation-field-effective_on", Kind::Day, |line: &Line| {
            Cell::day(Some(line.effective_on))
        })
        .sorted(Sort::Both),
        Column::new("state", "regulation-field-state", Kind::Word, |line: &Line| Cell::badge(line.colour, &line.state)),
    ],
    order: ("place", false),
    shape: Shape::AT,
    empty: ("regulation-none", "regulation-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "regulations.html")]
struct Page {
    l: L,
    may_issue: bool,
    list: String,
}

/// GET /regulations
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (l, today) = (ctx.l, ctx.now.date());
    let (all, mut titles, now) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let all = store::regulations(tx).await?;
                let ids: Vec<Id> = all.iter().map(|held| held.id).collect();
                let now = store::regulation_on(tx, today).await?.map(|held| held.id);
                Ok::<_, Fault>((all, records::asides_of(tx, &ids, "title").await?, now))
            })
        })
        .await?;
    let line = |held: Held<Regulation>| {
        let word = match held.state.state {
            _ if Some(held.id) == now => "in-force",
            State::Issued if held.state.effective_on > today => "ahead",
            State::Issued => "followed",
            State::Withdrawn => "withdrawn",
        };
        Line {
            id: held.id,
            title: titles.remove(&held.id).unwrap_or_default(),
            code: held.code,
            decision: held.state.decision,
            effective_on: held.state.effective_on,
            state: l.t(format!("regulation-stands-{word}")),
            colour: match word {
                "in-force" => "ontime",
                "ahead" => "new",
                _ => "paused",
            },
        }
    };
    let rows: Vec<Line> = all.into_iter().map(line).collect();
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let source = Whole::of(&LIST, &asked, rows, |line| line.id);
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    let root = House::of(&ctx).await?.org.tree.root().map(|root| root.path.clone()).unwrap_or_default();
    let may_issue = ctx.actor()?.may_at(ISSUE_REGULATION, &root);
    opened.page(&ctx, &l.t(LIST.title), |list| Page { l, may_issue, list })
}

#[derive(Template)]
#[template(path = "regulation.html")]
struct InForce {
    l: L,
    title: String,
    decision: String,
    effective_on: String,
    text: String,
    numbers: Vec<(String, String)>,
}

/// GET /regulation: the one in force, for everybody.
pub(crate) async fn in_force(ctx: Ctx) -> Answer {
    let (l, today) = (ctx.l, ctx.now.date());
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let Some(held) = store::regulation_on(tx, today).await? else { return Ok::<_, Fault>(None) };
            let words = records::latest(tx, held.id).await?;
            Ok(Some((held, words)))
        })
    });
    let found = read.await?;
    let word = |name: &str| found.as_ref().and_then(|(_, words)| words.get(name).cloned()).unwrap_or_default();
    let state = found.as_ref().map(|(held, _)| &held.state);
    let told = |(name, n): (&str, String)| (l.t(format!("regulation-field-{name}")), n);
    let body = InForce {
        l,
        title: word("title"),
        text: word("text"),
        decision: state.map(|regulation| regulation.decision.clone()).unwrap_or_default(),
        effective_on: state.map(|regulation| vn_date(regulation.effective_on)).unwrap_or_default(),
        numbers: state.map(|regulation| numbers(regulation).into_iter().map(told).collect()).unwrap_or_default(),
    };
    Ok(ctx.page(&l.t("regulation-now"), &body))
}
