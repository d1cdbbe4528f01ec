//! The roster of a desk: who is on duty at which counter on which half-day, who is there, who is missed, how steady the counters are.

use crate::counter::Counter;
use crate::counters_page::title;
use crate::duty::{Duty, Half, State, stability};
use crate::duty_acts::{self, ASSIGNING};
use crate::house::House;
use crate::rights::{KEEP_DESK, SERVE_COUNTER};
use crate::store;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::time::{date_of_day, day_number};
use base::{Date, Fault, Id, Problem, vn_date, vn_time};
use i18n::L;
use records::{Asker, Field, Held, Shown, Typed, shown};
use std::collections::HashMap;
use web::table::query_value;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// Days on one page: a week.
const DAYS: i64 = 7;

/// A half-day at a counter.
struct Cell {
    code: String,
    holder: String,
    substitute: String,
    state: String,
    colour: &'static str,
    /// It is the reader's, today, and nobody is there yet.
    mine: bool,
    missed: bool,
    may_drop: bool,
}

/// A counter's half-day of every day shown.
struct Line {
    counter: String,
    half: String,
    cells: Vec<Option<Cell>>,
}

#[derive(Template)]
#[template(path = "roster.html")]
struct Page {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    code: String,
    name: String,
    days: Vec<String>,
    lines: Vec<Line>,
    missed: usize,
    before: String,
    after: String,
    /// How steady the counters were this quarter, in words.
    steady: String,
    steady_percent: i64,
    keeps: bool,
    fields: Vec<Shown>,
}

/// The first and last day of the quarter of a day.
fn quarter(day: Date) -> (i64, i64) {
    let first = (day.month() - 1) / 3 * 3 + 1;
    let begin = Date::new(day.year(), first, 1).unwrap_or(day);
    let (year, month) = if first == 10 { (day.year() + 1, 1) } else { (day.year(), first + 3) };
    let next = Date::new(year, month, 1).map_or_else(|_| day_number(day) + 1, day_number);
    (day_number(begin), next - 1)
}

struct Read {
    counters: Vec<Held<Counter>>,
    duties: Vec<Held<Duty>>,
    names: HashMap<Id, String>,
    people: Vec<(Id, String)>,
    stood: Vec<(Id, Id, i64)>,
}

async fn page(ctx: &Ctx, code: &str, typed: Option<&FormMap>, problems: Vec<Problem>) -> Result<Response, Fault> {
    let (l, house, now, actor) = (ctx.l, House::of(ctx).await?, ctx.now, ctx.actor()?);
    let desk = house.desk(code).cloned().ok_or(Fault::NotFound("desk-none"))?;
    if !actor.may_at(crate::rights::READ_DESK, &desk.path) {
        return Err(Fault::NotFound("desk-none"));
    }
    let from = query_value(&ctx.uri, "from").parse::<Date>().unwrap_or(now.date());
    let (first, keeps) = (day_number(from), actor.may_at(KEEP_DESK, &desk.path));
    let (unit, path, days, quarter) = (desk.id, desk.path.clone(), (first, first + DAYS - 1), quarter(now.date()));
    let read = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let duties = store::duties(tx, unit, days).await?;
                let mut ids: Vec<Id> =
                    duties.iter().flat_map(|held| [held.state.holder, held.state.substitute]).collect();
                ids.extend(duties.iter().filter_map(|held| held.state.present));
                ids.sort_unstable();
                ids.dedup();
                Ok::<_, Fault>(Read {
                    counters: store::counters(tx, unit).await?,
                    names: identity::names(tx, &ids).await?,
                    people: identity::people_who(tx, SERVE_COUNTER, &path, None, now).await?,
                    stood: store::stood(tx, unit, quarter).await?,
                    duties,
                })
            })
        })
        .await?;
    let cell = |held: &Held<Duty>| {
        let (duty, missed) = (&held.state, held.state.is_missed(now));
        let name = |id: Id| read.names.get(&id).cloned().unwrap_or_default();
        let word = if missed { "missed" } else { duty.state.as_str() };
        let state = l.t(format!("duty-state-{word}"));
        Cell {
            code: held.code.clone(),
            holder: name(duty.holder),
            substitute: name(duty.substitute),
            state: match (duty.present, duty.present_at) {
                (Some(person), Some(at)) => format!("{state}: {}, {}", name(person), vn_time(at)),
                _ => state,
            },
            colour: match (missed, duty.state) {
                (true, _) | (_, State::Absent) => "late",
                (_, State::Present) => "ontime",
                _ => "new",
            },
            mine: duty.state == State::Planned
                && duty.opens_at.date() == now.date()
                && [duty.holder, duty.substitute].contains(&actor.account)
                && duty.is_open(&house.org.calendar, now),
            missed: missed && keeps,
            may_drop: keeps && duty.state == State::Planned && !missed,
        }
    };
    let line = |counter: &Held<Counter>, half: Half| Line {
        counter: title(l, &counter.state),
        half: l.t(format!("duty-half-{}", half.as_str())),
        cells: (days.0..=days.1)
            .map(|day| {
                let of = |held: &&Held<Duty>| {
                    let duty = &held.state;
                    (duty.counter, duty.day, duty.half) == (counter.id, day, half) && duty.state != State::Dropped
                };
                read.duties.iter().find(of).map(cell)
            })
            .collect(),
    };
    let steady = stability(&read.stood);
    let percent = steady.map_or(0, |(most, all)| most * 100 / all);
    let likely = |field: &Field| match (typed, field.name) {
        (Some(form), name) => form.text(name).to_owned(),
        (None, "from" | "until") => vn_date(now.date()),
        (None, "half") => "both".to_owned(),
        _ => String::new(),
    };
    let choices = |field: &Field| match field.name {
        "counter" => read.counters.iter().map(|held| Choice::new(&held.code, title(l, &held.state))).collect(),
        _ => read.people.iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect::<Vec<_>>(),
    };
    let wrong = !problems.is_empty();
    let at = |day: i64| format!("/desks/{code}/roster?from={}", date_of_day(day));
    let body = Page {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t("counter-title"), "/counters"), Breadcrumb::new(l.t("duty-title"), "")],
        problems,
        name: house.name(desk.id),
        days: (days.0..=days.1).map(|day| vn_date(date_of_day(day))).collect(),
        lines: read.counters.iter().flat_map(|counter| Half::ALL.map(|half| line(counter, half))).collect(),
        missed: read.duties.iter().filter(|held| held.state.is_missed(now)).count(),
        before: at(first - DAYS),
        after: at(first + DAYS),
        steady: steady.map_or_else(
            || l.t("duty-steady-none"),
            |(most, all)| {
                l.tr(
                    "duty-steady",
                    [("n", most.to_string()), ("all", all.to_string()), ("percent", percent.to_string())],
                )
            },
        ),
        steady_percent: percent,
        keeps,
        fields: shown(l, "duty", ASSIGNING, likely, choices),
        code: code.to_owned(),
    };
    let title = l.t("duty-title");
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// GET /desks/{desk}/roster?from=
pub(crate) async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    Ok(page(&ctx, &code, None, Vec::new()).await?)
}

/// POST /desks/{desk}/roster
pub(crate) async fn assign(ctx: Ctx, Path(code): Path<String>, form: FormMap) -> Answer {
    let (house, actor, now) = (House::of(&ctx).await?, ctx.actor()?.clone(), ctx.now);
    let desk = house.desk(&code).cloned().ok_or(Fault::NotFound("desk-none"))?;
    let typed = Typed::of_form(ASSIGNING, &form);
    let made = ctx
        .db()
        .write(move |tx| Box::pin(async move { duty_acts::assign(tx, &house, &actor, now, (&desk, &typed)).await }));
    match made.await {
        Ok(_) => Ok(ctx.flash(format!("/desks/{code}/roster"), "duty-assigned")),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, &code, Some(&form), problems).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// POST /duties/{code}/{verb}: there, missed, taken off.
pub(crate) async fn act(ctx: Ctx, Path((code, verb)): Path<(String, String)>, form: FormMap) -> Answer {
    let (house, actor, now) = (House::of(&ctx).await?, ctx.actor()?.clone(), ctx.now);
    let typed = Typed::default().with("reason", form.text("reason"));
    let looked = house.clone();
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            if verb == "here" {
                return duty_acts::here(tx, &looked, &actor, now, &code).await;
            }
            let asker = Asker::actor(&actor, now);
            records::act::<Duty>(tx, &looked, &asker, (&code, &verb), &typed).await
        })
    });
    let held = match done.await {
        Ok(held) => held,
        // The roster again, where it was pressed, with what is wrong.
        Err(Fault::Invalid(problems)) if form.get("desk").is_some() => {
            return Ok(page(&ctx, form.text("desk"), None, problems).await?);
        }
        Err(fault) => return Err(fault.into()),
    };
    let word = format!("duty-done-{}", held.state.state.as_str());
    Ok(ctx.flash(format!("/desks/{}/roster", house.code(held.state.unit)), &word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_runs_from_its_first_day_to_its_last() {
        let of = |text: &str| {
            let (first, last) = quarter(text.parse().expect("a day"));
            (date_of_day(first).to_string(), date_of_day(last).to_string())
        };
        assert_eq!(of("2026-11-30"), ("2026-10-01".to_owned(), "2026-12-31".to_owned()));
        assert_eq!(of("2026-03-31"), ("2026-01-01".to_owned(), "2026-03-31".to_owned()));
    }
}
