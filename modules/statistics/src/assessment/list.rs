//! The list of assessments, and what is their own on their pages.

use crate::assessment::criteria::{Criteria, Index, Scope};
use crate::assessment::subject::{Assessment, State, Verdict};
use crate::assessment::written::points_text;
use crate::assessment::{Rooms, store, verbs};
use crate::period::Period;
use crate::rights::{ASSESS_UNITS, READ_STATISTICS};
use ::store::{BoxFuture, Tx};
use askama::Template;
use base::{Actor, Fault, Id, Instant, vn_date_time};
use i18n::L;
use lists::{Asked, Batch, Cell, Column, Key, Kind, List, Shape, Source};
use records::frame::Pages;
use records::{Asker, Card, Field, Held, Machine, Seen, Typed};
use std::collections::HashMap;
use web::{Answer, Choice, Ctx};

/// The unit, the set and the period, in words.
fn title(ctx: &Ctx, rooms: &Rooms, a: &Assessment) -> String {
    let period = Period::parse(&a.period, ctx.now.date()).map(|period| period.name(ctx.l)).unwrap_or_default();
    let unit = rooms.house.tree.get(a.unit).map(|unit| unit.short_name.clone()).unwrap_or_default();
    ctx.l.tr("assessment-of", [("unit", unit), ("period", period)])
}

fn set_name(ctx: &Ctx, rooms: &Rooms, a: &Assessment) -> String {
    rooms.sets.get(&a.criteria).map(|set| set.title.of(ctx.l.0).to_owned()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "assessment_kept.html")]
struct Kept {
    l: L,
    explained: Vec<Explained>,
    /// Number, name, points of an index.
    rows: Vec<(String, String, String)>,
    sum: String,
    published: String,
    live_href: String,
}

struct Explained {
    index: String,
    text: String,
    verdict: String,
    colour: &'static str,
    answer: String,
}

impl Pages for Assessment {
    const WORD: &'static str = "assessment";
    const PATH: &'static str = "/assessments";
    // Both stand with the explanation they belong to.
    const PROSE: &'static [&'static str] = &[];
    const HEAD: &'static [&'static str] = &["text", "reason"];
    const BEGINS: &'static str = "open";

    fn colour(state: State) -> &'static str {
        match state {
            State::Open => "new",
            State::Published => "done",
        }
    }

    fn head(ctx: &Ctx, rooms: &Rooms, seen: &Seen<Self>) -> (String, String) {
        (title(ctx, rooms, seen.state()), seen.held().code.clone())
    }

    fn facts(ctx: &Ctx, rooms: &Rooms, seen: &Seen<Assessment>) -> Vec<(String, String)> {
        let a = seen.state();
        let at = |at: Option<Instant>| at.map(vn_date_time).unwrap_or_default();
        [
            ("unit", rooms.house.name(a.unit)),
            ("criteria", set_name(ctx, rooms, a)),
            ("assessor", rooms.house.name(a.assessor)),
            ("opened", vn_date_time(a.opened_at)),
            ("explain-by", vn_date_time(a.explain_by)),
            ("agreed", at(a.agreed_at)),
            ("published", at(a.published_at)),
        ]
        .map(|(label, value)| (ctx.l.t(format!("assessment-field-{label}")), value))
        .into()
    }

    fn choices(ctx: &Ctx, rooms: &Rooms, field: &Field) -> Vec<Choice> {
        let today = ctx.now.date();
        match field.name {
            "unit" => {
                let Some(actor) = &ctx.actor else { return Vec::new() };
                let units = rooms.house.tree.all().iter().filter(|unit| {
                    unit.valid_to.is_none() && unit.house().is_some() && actor.may_at(ASSESS_UNITS, &unit.path)
                });
                units.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone())).collect()
            }
            "criteria" => {
                let sets = rooms.sets.0.iter().filter(|set| set.holds_on(today));
                sets.map(|set| Choice::new(set.id.clone(), set.title.of(ctx.l.0))).collect()
            }
            "period" => {
                let over = Period::assessed(today).into_iter().filter(|period| period.to < today);
                over.map(|period| Choice::new(period.word.clone(), period.name(ctx.l))).collect()
            }
            // Of every set: which one an assessment is by, its page says.
            "index" => {
                let indices = rooms.sets.0.iter().flat_map(|set| {
                    let each = set.on(today, Scope::Agency).into_iter();
                    each.map(move |index| (set, index))
                });
                let name = |(set, index): (&Criteria, &Index)| {
                    let said = format!("{}: {} · {}", set.source, index.number, index.name.of(ctx.l.0));
                    Choice::new(index.id.clone(), said)
                };
                indices.map(name).collect()
            }
            _ => Vec::new(),
        }
    }

    fn likely(seen: &Seen<Self>, _: &'static records::Verb<Self>, field: &Field) -> String {
        match field.name {
            "explanation" => seen.state().unanswered().next().map(|one| one.n.to_string()).unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn offered(seen: &Seen<Self>, rooms: &Rooms, asker: &Asker<'_>) -> Vec<&'static records::Verb<Self>> {
        let a = seen.state();
        let (explains, waits) = (a.agreed_at.is_none() && asker.now <= a.explain_by, a.unanswered().next().is_some());
        let mut acts = records::forms(seen, rooms, asker);
        acts.retain(|verb| match verb.word {
            "explain" | "agree" => explains,
            "accept" | "decline" => waits,
            "publish" => !waits && !explains,
            _ => true,
        });
        acts
    }

    fn body<'t>(ctx: &'t Ctx, rooms: &'t Rooms, seen: &'t Seen<Assessment>) -> BoxFuture<'t, Result<String, Fault>> {
        Box::pin(async move {
            let (l, a, id) = (ctx.l, seen.state(), seen.held().id);
            let words = ctx.db().read(move |tx| Box::pin(async move { records::asides(tx, id).await })).await?;
            let said = |n: Option<i64>, name: &str| {
                let found = words.iter().find(|(at, known, _)| Some(*at) == n && known == name);
                found.map(|(_, _, text)| text.clone()).unwrap_or_default()
            };
            let day = verbs::period(a, ctx.now.date())?.to;
            let set = rooms.sets.get(&a.criteria);
            let indices = set.map(|set| set.on(day, Scope::Agency)).unwrap_or_default();
            let named = |id: &str| {
                let index = indices.iter().find(|index| index.id == id);
                index.map(|index| (index.number.clone(), index.name.of(l.0).to_owned())).unwrap_or_default()
            };
            let explained = a.explained.iter().map(|one| {
                let (number, name) = named(&one.index);
                let (verdict, colour) = match one.verdict {
                    None => ("waits", "near"),
                    Some(Verdict::Accepted) => ("accepted", "done"),
                    Some(Verdict::Declined) => ("declined", "paused"),
                };
                Explained {
                    index: format!("{}. {number} {name}", one.n),
                    text: said(Some(one.said), "text"),
                    verdict: l.t(format!("assessment-verdict-{verdict}")),
                    colour,
                    answer: said(one.answered, "reason"),
                }
            });
            let decimals = set.map_or(2, |set| set.decimals);
            let points = |points: Option<i64>| points.map_or_else(|| "–".to_owned(), |n| points_text(l, n, decimals));
            let sum = a.figures.iter().filter_map(|one| one.points).sum::<i64>();
            let kept = Kept {
                l,
                explained: explained.collect(),
                rows: a
                    .figures
                    .iter()
                    .map(|one| {
                        let (number, name) = named(&one.index);
                        (number, name, points(one.points))
                    })
                    .collect(),
                sum: points(Some(sum)),
                published: a.published_at.map(vn_date_time).unwrap_or_default(),
                live_href: format!("/assessment?unit={}&period={}&criteria={}", a.unit, a.period, a.criteria),
            };
            kept.render().map_err(Fault::internal)
        })
    }

    fn begin<'t>(
        tx: &'t Tx,
        rooms: &'t Rooms,
        actor: &'t Actor,
        now: Instant,
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(verbs::open(tx, rooms, actor, now, typed))
    }

    fn perform<'t>(
        tx: &'t Tx,
        rooms: &'t Rooms,
        asker: &'t Asker<'t>,
        (code, word): (&'t str, &'t str),
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        match word {
            "publish" => Box::pin(verbs::publish(tx, rooms, asker, code)),
            _ => Box::pin(records::act::<Self>(tx, rooms, asker, (code, word), typed)),
        }
    }
}

/// Cards of assessments in lists of many kinds.
pub(crate) fn cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let rooms = Rooms::of(ctx).await?;
        let card = |held: Held<Assessment>| {
            let card = Card {
                title: title(ctx, &rooms, &held.state),
                href: format!("/assessments/{}", held.code),
                state: ctx.l.t(format!("assessment-state-{}", held.state.state.as_str())),
                unit: Some(held.state.unit),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        };
        Ok(records::some::<Assessment>(tx, &ids).await?.into_iter().map(card).collect())
    })
}

/// A row of the list.
pub struct Row {
    held: Held<Assessment>,
    title: String,
    set: String,
    state: String,
}

/// Assessments of the units one reads.
pub static LIST: List<Row> = List {
    key: "assessments",
    path: "/assessments",
    title: "assessment-title",
    tabs: &["open", "published"],
    tab_word: "assessment-state-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("code", "assessment-field-code", Kind::Word, |row: &Row| {
            Cell::code(&row.held.code).to(format!("/assessments/{}", row.held.code))
        })
        .unlabelled(),
        Column::new("title", "assessment-field-unit", Kind::Text, |row: &Row| Cell::text(&row.title)).unlabelled(),
        Column::new("criteria", "assessment-field-criteria", Kind::Text, |row: &Row| Cell::text(&row.set)),
        Column::new("state", "assessment-field-state", Kind::Word, |row: &Row| {
            Cell::badge(Assessment::colour(row.held.state.state), &row.state)
        }),
        Column::new("explain", "assessment-field-explain-by", Kind::Moment, |row: &Row| {
            Cell::moment(Some(row.held.state.explain_by))
        }),
    ],
    order: ("code", true),
    shape: Shape::ID,
    empty: ("assessment-none", "assessment-none-hint"),
    files: true,
};

struct Assessments {
    ctx: Ctx,
    rooms: Rooms,
    state: State,
}

impl Source for Assessments {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let after = after.map_or(Id(i64::MAX), |key| Id(key.number(0)));
            let actor = self.ctx.actor()?;
            let found = store::page(tx, self.state, after, limit + 1).await?;
            let batch = Batch::cut(found, limit, |held| Key::id(held.id));
            Ok(batch.map(|held| {
                let may = Assessment::may_read(&held, &self.rooms, &Asker::actor(actor, self.ctx.now));
                may.then(|| Row {
                    title: title(&self.ctx, &self.rooms, &held.state),
                    set: set_name(&self.ctx, &self.rooms, &held.state),
                    state: self.ctx.l.t(format!("assessment-state-{}", held.state.state.as_str())),
                    held,
                })
            }))
        })
    }
}

#[derive(Template)]
#[template(path = "assessments.html")]
struct Page {
    l: L,
    opens: bool,
    list: String,
}

/// GET /assessments
pub(crate) async fn page(ctx: Ctx) -> Answer {
    let opens = ctx.require(READ_STATISTICS)?.may(ASSESS_UNITS);
    let rooms = Rooms::of(&ctx).await?;
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let state = State::ALL.get(asked.tab).copied().unwrap_or_default();
    let source = Assessments { ctx: ctx.clone(), rooms, state };
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, opens, list })
}
