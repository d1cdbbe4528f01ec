//! What was heard in a week, by unit: as a list, as files, and on paper.

use super::office::{unit_choices, units_of};
use super::{house, state_word, unit_name};
use crate::heard::{self, Heard, Line, PRINTED_MAX, Printed, Week};
use crate::rules::House;
use ::store::{BoxFuture, Tx};
use askama::Template;
use base::{Actor, Date, Fault, Id, Problem, vn_date};
use i18n::L;
use lists::{Ask, Asked, Batch, Cell, Column, Filter, Key, Kind, List, On, Shape, Source};
use records::Asker;
use std::collections::HashMap;
use web::{Answer, Choice, Ctx};

/// Something heard, in words.
pub struct Row {
    code: String,
    href: String,
    day: Date,
    how: String,
    request: String,
    answer: String,
    answered: Option<Date>,
    /// The unit that heard it.
    taken: String,
    /// The unit that answers.
    unit: String,
    state: String,
}

/// What was heard in a week.
pub static HEARD: List<Row> = List {
    key: "petitions-heard",
    path: "/petitions/heard",
    title: "feedback-heard-title",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[
        Filter::new("week", "feedback-heard-week", Ask::Choice),
        Filter::new("unit", "feedback-heard-unit", Ask::Choice),
    ],
    columns: &[
        Column::new("day", "feedback-heard-day", Kind::Day, |row: &Row| Cell::day(Some(row.day))),
        Column::new("code", "feedback-code", Kind::Word, |row: &Row| {
            Cell::code(&row.code).to(&row.href).under(&row.how)
        }),
        Column::new("how", "feedback-field-channel", Kind::Word, |row: &Row| Cell::text(&row.how)).on(On::File),
        Column::new("request", "feedback-heard-request", Kind::Text, |row: &Row| Cell::text(&row.request)),
        Column::new("answer", "feedback-heard-answer", Kind::Text, |row: &Row| Cell::text(&row.answer)),
        Column::new("answered", "feedback-heard-answered", Kind::Day, |row: &Row| Cell::day(row.answered)),
        Column::new("at", "feedback-heard-at", Kind::Word, |row: &Row| Cell::text(&row.taken)),
        Column::new("by", "feedback-heard-by", Kind::Word, |row: &Row| Cell::text(&row.unit)),
        Column::new("state", "feedback-column-state", Kind::Word, |row: &Row| Cell::text(&row.state)),
    ],
    order: ("day", false),
    shape: Shape::ID,
    empty: ("feedback-heard-none", "feedback-heard-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "heard.html")]
struct Page {
    l: L,
    lead: String,
    print: String,
    list: String,
}

/// Whose week is looked at, by whom.
struct Book {
    ctx: Ctx,
    house: House,
    actor: Actor,
    week: Week,
    /// The unit it is narrowed to.
    unit: Option<Id>,
    /// Units read; none for all.
    units: Option<Vec<Id>>,
}

impl Book {
    async fn of(ctx: &Ctx) -> Result<(Book, Asked), Fault> {
        let actor = ctx.require(crate::rights::READ_FEEDBACK)?.clone();
        let house = house(&ctx.app).await?;
        let own = units_of(&house.tree, &actor);
        let today = ctx.now.date();
        let weeks = Week::until(today).map(|week| Choice::new(week.0.to_string(), days(week))).collect();
        let choices = vec![("week", weeks), ("unit", unit_choices(&house.tree, own.as_deref()))];
        let mut asked = Asked::read(&HEARD, &ctx.uri, 0, choices);
        // A week is always looked at: this one, where none is named.
        if asked.given("week").is_none() {
            asked.set("week", Week::of(today).0.to_string());
        }
        let week = asked.given("week").and_then(|day| day.parse().ok()).map_or_else(|| Week::of(today), Week);
        let unit: Option<Id> = asked.given("unit").and_then(|unit| unit.parse().ok());
        let below = unit.map(|unit| house.tree.subtree(unit).iter().map(|agency| agency.id).collect::<Vec<_>>());
        let units = match (below, own) {
            (Some(below), Some(own)) => Some(below.into_iter().filter(|unit| own.contains(unit)).collect()),
            (below, own) => below.or(own),
        };
        Ok((Book { ctx: ctx.clone(), house, actor, week, unit, units }, asked))
    }

    /// The next of the week that the reader may read, after an id.
    async fn next(&self, tx: &Tx, after: Option<Id>, limit: usize) -> Result<Batch<Row>, Fault> {
        let (begin, end) = self.week.ids();
        let found = heard::read(tx, self.units.as_deref(), (after.unwrap_or(begin), end), limit + 1).await?;
        let batch = Batch::cut(found, limit, |one| Key::id(one.id()));
        let asker = Asker::actor(&self.actor, self.ctx.now);
        let batch = batch.map(|one| Some(one).filter(|one| one.may_read(&self.house, &asker)));
        let ids: Vec<Id> = batch.rows.iter().map(Heard::id).collect();
        let mut words = HashMap::new();
        for name in ["text", "answer", "public-answer"] {
            words.insert(name, records::asides_of(tx, &ids, name).await?);
        }
        Ok(batch.map(|one| Some(self.row(&one, &words))))
    }

    fn row(&self, one: &Heard, words: &HashMap<&str, HashMap<Id, String>>) -> Row {
        let (l, id, (asked, told)) = (self.ctx.l, one.id(), one.words());
        let word = |name: &str| words.get(name).and_then(|all| all.get(&id)).cloned().unwrap_or_default();
        // A draft is nobody's answer yet.
        let answer = if one.answered().is_some() { word(told) } else { String::new() };
        let (code, href, how, taken, unit, state) = match one {
            Heard::Petition(held) => (
                &held.code,
                format!("/petitions/{}", held.code),
                l.t(format!("feedback-channel-{}", held.state.channel)),
                held.state.intake,
                held.state.unit,
                state_word(l, held.state.state),
            ),
            Heard::Question(held) => (
                &held.code,
                format!("/sitting-items/{}", held.code),
                l.t("feedback-channel-dialogue"),
                held.state.agency,
                held.state.unit,
                l.t(format!("dialogue-item-state-{}", held.state.state.as_str())),
            ),
        };
        Row {
            code: code.clone(),
            href,
            day: id.instant().date(),
            how,
            request: word(asked),
            answer,
            answered: one.answered().map(base::Instant::date),
            taken: unit_name(&self.house, Some(taken)),
            unit: unit_name(&self.house, Some(unit)),
            state,
        }
    }

    /// Whose book it is: the unit it is narrowed to, or those where the reader works, the topmost of each branch.
    fn whose(&self) -> Vec<Id> {
        if let Some(unit) = self.unit {
            return vec![unit];
        }
        let tops = self.actor.scopes(crate::rights::READ_FEEDBACK);
        let own = self.actor.grants.iter().filter(|grant| tops.contains(&grant.agency_path.as_str()));
        let mut units: Vec<Id> = own.map(|grant| grant.agency).collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// Its name.
    fn name(&self) -> String {
        let names = self.whose().into_iter().map(|unit| unit_name(&self.house, Some(unit)));
        names.collect::<Vec<_>>().join("; ")
    }
}

impl Source for Book {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move { self.next(tx, after.map(|key| Id(key.number(0))), limit).await })
    }
}

/// `23/11/2026 – 29/11/2026`.
fn days(week: Week) -> String {
    format!("{} – {}", vn_date(week.0), vn_date(week.last()))
}

/// GET /petitions/heard?week=&unit=
pub async fn heard(ctx: Ctx) -> Answer {
    let (book, asked) = Book::of(&ctx).await?;
    let lead = ctx.l.tr("feedback-heard-lead", [("week", days(book.week)), ("unit", book.name())]);
    let unit = book.unit.map(|unit| format!("&unit={unit}")).unwrap_or_default();
    let print = format!("/petitions/heard/print?week={}{unit}", book.week.0);
    let opened = lists::open(&ctx, &HEARD, asked, book).await?;
    opened.page(&ctx, &ctx.l.t(HEARD.title), |list| Page { l: ctx.l, lead, print, list })
}

/// GET /petitions/heard/print?week=&unit=
pub async fn heard_print(ctx: Ctx) -> Answer {
    let (book, _) = Book::of(&ctx).await?;
    let (week, whose, unit) = (book.week, book.whose(), book.name());
    let (house, now) = (book.house.clone(), ctx.now);
    let batch = ctx.db().read(move |tx| Box::pin(async move { book.next(tx, None, PRINTED_MAX).await })).await?;
    if batch.next.is_some() {
        return Err(Fault::Conflict(Problem::new("feedback-heard-many").arg("max", PRINTED_MAX)).into());
    }
    // Of several units none stands above the book, and it is signed where the first of them is.
    let agency = whose.first().and_then(|id| house.tree.get(*id)).filter(|_| whose.len() == 1);
    let above = agency.and_then(|agency| agency.parent).and_then(|id| house.tree.get(id));
    let line = |row: &Row| Line {
        day: vn_date(row.day),
        code: row.code.clone(),
        how: row.how.clone(),
        request: row.request.clone(),
        answer: row.answer.clone(),
        answered: row.answered.map(vn_date).unwrap_or_default(),
        state: row.state.clone(),
        unit: row.unit.clone(),
    };
    let printed = Printed {
        above: above.map(|agency| agency.name.clone()).unwrap_or_default(),
        unit,
        place: whose.first().map(|id| house.tree.place_of(*id)).unwrap_or_default(),
        day: base::vn_date_words(now.date()),
        week: days(week),
        answered: batch.rows.iter().filter(|row| row.answered.is_some()).count(),
        lines: batch.rows.iter().map(line).collect(),
    };
    let pdf = heard::printed(&printed, now).await?;
    let mut response = web::pdf(&format!("lang-nghe-{}.pdf", week.0), pdf.bytes);
    // Written into the record of access, as the same lines in a file are.
    response.extensions_mut().insert(web::ExportedRows(i64::try_from(printed.lines.len()).unwrap_or(i64::MAX)));
    Ok(response)
}
