//! The officials' list.

use super::{clipped, house, state_colour, state_word, topics, unit_name};
use crate::office::{self, COUNT_MAX, Wanted, due_of};
use crate::petition::{Petition, State};
use crate::rules::{House, topic_name};
use crate::store as sql;
use ::store::{BoxFuture, Tx};
use askama::Template;
use base::{Actor, Fault, Id, Instant};
use i18n::L;
use lists::{Ask, Asked, Batch, Cell, Column, Count, Filter, Key, Kind, List, On, Shape, Sort, Source};
use organisation::{Kind as AgencyKind, Tree};
use records::{Asker, Held, Machine, Subject};
use web::{Answer, Choice, Ctx};

/// Letters of what was written, in a row.
const SHOWN: usize = 140;
/// With more units than these the divisions are left out of the choice.
const UNITS_SHOWN_MAX: usize = 60;

/// States of the tabs, in their order.
const STATES: [&[State]; 5] = [
    &[State::New],
    &[State::Handling, State::Asked, State::Joined],
    &[State::Drafted],
    &[State::Answered],
    &[State::Published, State::Kept, State::Refused, State::HandedOver, State::Withdrawn],
];
/// The tab of what is over: nothing falls due there.
const DONE: usize = 4;

/// A petition as the list shows it.
pub struct Row {
    held: Held<Petition>,
    text: String,
    topic: String,
    unit: String,
    area: String,
    channel: String,
    due: Option<Instant>,
    late: Option<String>,
    state: String,
}

/// Petitions within an official's scope.
pub static LIST: List<Row> = List {
    key: "petitions",
    path: "/petitions",
    title: "feedback-nav-petitions",
    tabs: &["new", "handling", "drafted", "answered", "done"],
    tab_word: "feedback-tab-",
    through: "q",
    filters: &[
        Filter::new("q", "feedback-search", Ask::Words),
        Filter::new("topic", "feedback-field-topic", Ask::Choice),
        Filter::new("unit", "feedback-lies-with", Ask::Choice),
        Filter::new("late", "feedback-late-only", Ask::Flag),
    ],
    columns: &[
        Column::new("code", "feedback-column-what", Kind::Word, |row: &Row| {
            let code = &row.held.code;
            Cell::code(code).to(format!("/petitions/{code}")).under(clipped(&row.text, SHOWN))
        })
        .sorted(Sort::Down)
        .on(On::Page)
        .unlabelled(),
        Column::new("number", "feedback-code", Kind::Word, |row: &Row| Cell::code(&row.held.code)).on(On::File),
        Column::new("text", "feedback-field-text", Kind::Text, |row: &Row| Cell::text(&row.text)).on(On::File),
        Column::new("sent", "feedback-column-sent", Kind::Moment, |row: &Row| {
            Cell::moment(Some(row.held.state.sent_at))
        })
        .on(On::File),
        Column::new("channel", "feedback-field-channel", Kind::Word, |row: &Row| Cell::text(&row.channel)).on(On::File),
        Column::new("area", "feedback-field-area", Kind::Word, |row: &Row| Cell::text(&row.area)).on(On::File),
        Column::new("topic", "feedback-field-topic", Kind::Word, |row: &Row| Cell::text(&row.topic)),
        Column::new("unit", "feedback-lies-with", Kind::Word, |row: &Row| Cell::text(&row.unit)),
        Column::new("due", "feedback-column-due", Kind::Moment, |row: &Row| {
            Cell::moment(row.due).mark(row.late.is_some(), "late", || row.late.clone().unwrap_or_default())
        })
        .sorted(Sort::Up),
        Column::new("state", "feedback-column-state", Kind::Word, |row: &Row| {
            Cell::badge(state_colour(row.held.state.state), &row.state)
        })
        .unlabelled(),
    ],
    order: ("code", true),
    shape: Shape::AT,
    empty: ("feedback-work-none", "feedback-work-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "work.html")]
struct Work {
    l: L,
    takes: bool,
    list: String,
}

/// Who looks at the list, and what for.
struct Petitions {
    ctx: Ctx,
    house: House,
    actor: Actor,
    asked: Asked,
    units: Option<Vec<Id>>,
}

/// The units of a person's scopes; none for who reads the whole province.
pub(super) fn units_of(tree: &Tree, actor: &Actor) -> Option<Vec<Id>> {
    let scopes = actor.scopes(crate::rights::READ_FEEDBACK);
    if tree.root().is_some_and(|root| scopes.contains(&root.path.as_str())) {
        return None;
    }
    let all = tree.all().iter().filter(|agency| scopes.iter().any(|scope| agency.path.starts_with(scope)));
    Some(all.map(|agency| agency.id).collect())
}

/// The units to narrow the list to, in the order of the tree.
pub(super) fn unit_choices(tree: &Tree, units: Option<&[Id]>) -> Vec<Choice> {
    let within = |id: Id| units.is_none_or(|units| units.contains(&id));
    let mut all: Vec<_> = tree.all().iter().filter(|agency| agency.valid_to.is_none() && within(agency.id)).collect();
    if all.len() > UNITS_SHOWN_MAX {
        all.retain(|agency| agency.kind != AgencyKind::Division);
    }
    all.into_iter().map(|agency| Choice::new(agency.id.to_string(), agency.short_name.clone())).collect()
}

/// The tab that a person's work begins with.
fn first_tab(actor: &Actor) -> usize {
    match actor {
        actor if actor.may(crate::rights::RECEIVE_FEEDBACK) => 0,
        actor if actor.may(crate::rights::ANSWER_FEEDBACK) => 2,
        _ => 1,
    }
}

impl Petitions {
    fn of(ctx: &Ctx, house: House, actor: Actor) -> Petitions {
        let units = units_of(&house.tree, &actor);
        let choices = vec![("topic", topics(ctx)), ("unit", unit_choices(&house.tree, units.as_deref()))];
        let mut asked = Asked::read(&LIST, &ctx.uri, first_tab(&actor), choices);
        // What is over falls due no more, and what is looked for is found the latest first.
        if asked.tab == DONE || asked.is("q") {
            asked.sort = LIST.order;
        }
        let narrowed = asked.given("unit").and_then(|unit| unit.parse().ok()).filter(|_| asked.problems.is_empty());
        let below = narrowed.map(|unit| house.tree.subtree(unit).iter().map(|agency| agency.id).collect::<Vec<_>>());
        let units = match (below, units) {
            (Some(below), Some(units)) => Some(below.into_iter().filter(|unit| units.contains(unit)).collect()),
            (below, units) => below.or(units),
        };
        Petitions { ctx: ctx.clone(), house, actor, asked, units }
    }

    fn by_due(&self) -> bool {
        self.asked.sort.0 == "due" || (self.asked.is("late") && !self.asked.is("q"))
    }

    fn row(&self, held: Held<Petition>, text: String) -> Row {
        let (p, l) = (&held.state, self.ctx.l);
        let due = crate::petition::dues(p).first().map(|due| due.at);
        Row {
            text,
            topic: topic_name(&p.topic, self.ctx.lang),
            unit: unit_name(&self.house, Some(p.unit)),
            area: unit_name(&self.house, p.area),
            channel: l.t(format!("feedback-channel-{}", p.channel)),
            due,
            late: due.filter(|due| *due < self.ctx.now).map(|_| l.t("feedback-late")),
            state: state_word(l, p.state),
            held,
        }
    }

    /// What is looked for in all tabs, narrowed like the tabs themselves.
    async fn found(&self, tx: &Tx, after: Option<Id>, limit: usize) -> Result<Batch<Held<Petition>>, Fault> {
        let ids =
            records::find(tx, Petition::KIND, self.asked.value("q"), self.units.as_deref(), after, limit as i64 + 1)
                .await?;
        let mut found = sql::some(tx, &ids).await?;
        found.sort_by_key(|held| std::cmp::Reverse(held.id));
        let batch = Batch::cut(found, limit, |held| Key::at(Instant(0), held.id));
        let fits = |held: &Held<Petition>| {
            let late = crate::petition::dues(&held.state).first().is_some_and(|due| due.at < self.ctx.now);
            self.asked.given("topic").is_none_or(|topic| held.state.topic == topic) && (late || !self.asked.is("late"))
        };
        Ok(batch.map(|held| Some(held).filter(fits)))
    }
}

impl Source for Petitions {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let place = after.map(|key| (Instant(key.number(0)), Id(key.number(1))));
            let batch = if self.asked.is("q") {
                self.found(tx, place.map(|(_, id)| id), limit).await?
            } else {
                let late = self.asked.is("late");
                let wanted = Wanted {
                    units: self.units.as_deref(),
                    // Nothing of what is over is late.
                    states: if late && self.asked.tab == DONE { &[] } else { STATES[self.asked.tab] },
                    topic: self.asked.value("topic"),
                    due_before: self.by_due().then_some(if late { self.ctx.now } else { Instant(i64::MAX) }),
                };
                let found = office::page(tx, &wanted, place, limit as i64 + 1).await?;
                Batch::cut(found, limit, |held| match self.by_due() {
                    true => Key::at(due_of(&held.state).unwrap_or_default(), held.id),
                    false => Key::at(Instant(0), held.id),
                })
            };
            // Those that complain of the reader's own unit are not there for them.
            let asker = Asker::actor(&self.actor, self.ctx.now);
            let batch = batch.map(|held| Some(held).filter(|held| Petition::may_read(held, &self.house, &asker)));
            let ids: Vec<Id> = batch.rows.iter().map(|held| held.id).collect();
            let mut texts = records::asides_of(tx, &ids, "text").await?;
            Ok(batch.map(|held| {
                let text = texts.remove(&held.id).unwrap_or_default();
                Some(self.row(held, text))
            }))
        })
    }

    /// Of what waits, by tab; what is over is not counted.
    fn counts<'t>(&'t self, tx: &'t Tx) -> BoxFuture<'t, Result<Vec<Count>, Fault>> {
        Box::pin(async move {
            let asker = Asker::actor(&self.actor, self.ctx.now);
            let units = units_of(&self.house.tree, &self.actor);
            let mut counts = Vec::new();
            for (tab, states) in STATES.iter().enumerate().filter(|(tab, _)| *tab != DONE) {
                let may = |held: &Held<Petition>| Petition::may_read(held, &self.house, &asker);
                let n = office::count(tx, units.as_deref(), states, may).await?;
                counts.push(Count::upto(tab, n, COUNT_MAX));
            }
            Ok(counts)
        })
    }
}

/// GET /petitions
pub async fn work(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::READ_FEEDBACK)?.clone();
    let takes = actor.may(crate::rights::RECEIVE_FEEDBACK);
    let source = Petitions::of(&ctx, house(&ctx.app).await?, actor);
    let opened = lists::open(&ctx, &LIST, source.asked.clone(), source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Work { l: ctx.l, takes, list })
}
