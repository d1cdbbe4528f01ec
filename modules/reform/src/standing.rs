//! Where every target stands, from what was read: live figures of the period, the closed months, declared figures.

use crate::declared::{Check, Declared};
use crate::live::{Figures, History};
use crate::period::Period;
use crate::programme::{Compare, Placed};
use crate::state::{Known, Question, State, path_at, state};
use base::Date;
use facts::Figure;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Counted from the one-stop's records.
    Record,
    /// Declared and checked by a second person.
    Declared,
    /// No record behind it, nothing declared.
    None,
}
base::closed_list!(Source, { Record => "record", Declared => "declared", None => "none" });

/// All that was read for a node and a period.
pub struct Readings<'a> {
    pub figures: &'a Figures,
    pub history: &'a History,
    pub declared: &'a [records::Held<Declared>],
    pub period: &'a Period,
    pub today: Date,
    pub indicators: &'a facts::Indicators,
}

/// A target with its value and where it stands.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    pub placed: Placed<'a>,
    /// Numerator and denominator, where the value is a ratio.
    pub figure: Option<Figure>,
    pub value: Option<f64>,
    /// For a deadline: the day it was done.
    pub done: Option<Date>,
    pub as_of: Date,
    pub source: Source,
    pub state: State,
    /// Where the path to the goal is on that day.
    pub expected: Option<f64>,
    pub start: Option<Known>,
    /// Figures declared and not yet checked.
    pub waiting: usize,
}

/// Where one target stands.
pub fn stand<'a>(placed: Placed<'a>, readings: &Readings<'_>) -> Standing<'a> {
    let target = placed.target;
    let mut question = Question {
        compare: target.compare,
        goal: target.value,
        goal_high: target.value_high,
        cap: target.cap,
        due: target.due_day(),
        as_of: readings.period.as_of(readings.today),
        value: None,
        start: None,
        previous: None,
        done: None,
    };
    let (mut figure, mut source, mut waiting) = (None, Source::None, 0);
    match &placed.subject.indicator {
        Some(indicator) => {
            figure = live(placed, indicator, readings, &mut question);
            source = Source::Record;
        }
        None => {
            let all = readings.declared.iter().map(|held| &held.state);
            let own: Vec<&Declared> = all.filter(|one| one.target == target.id).collect();
            waiting = own.iter().filter(|one| one.check == Check::Declared).count();
            if let Some((first, last)) = checked(&own, placed, question.as_of) {
                source = Source::Declared;
                figure = last.numerator.zip(last.denominator).map(|(n, d)| Figure { numerator: n, denominator: d });
                question.value = last.value();
                question.done = Some(last.as_of);
                let begins = first.value().filter(|_| first.as_of < last.as_of);
                question.start = begins.map(|value| Known { day: first.as_of, value });
                if target.compare == Compare::IncreaseYearly {
                    // What is declared is the increase itself.
                    question.compare = Compare::AtLeast;
                }
            }
        }
    }
    Standing {
        placed,
        figure,
        value: question.value,
        done: question.done.filter(|_| target.compare == Compare::ByDate),
        as_of: question.as_of,
        source,
        state: state(&question),
        expected: path_at(question.start, question.due, question.goal, question.as_of),
        start: question.start,
        waiting,
    }
}

/// The first and the last figure that count: checked, of a day that has come, and of the target's own year where it has one.
fn checked<'b>(own: &[&'b Declared], placed: Placed<'_>, as_of: Date) -> Option<(&'b Declared, &'b Declared)> {
    let target = placed.target;
    // A figure of one year belongs to that year, whatever period is looked at; so does a deadline.
    let bound = target.of_one_year() || target.compare == Compare::ByDate;
    let mut counting = own.iter().filter(|one| one.check == Check::Checked).filter(|one| {
        if bound && target.from.is_none() && target.compare != Compare::ByDate {
            one.as_of.year() == target.due
        } else {
            bound || one.as_of <= as_of
        }
    });
    let first = counting.next()?;
    let last = counting.next_back().unwrap_or(first);
    Some((first, last))
}

/// The figure of a target with a record behind it.
fn live(placed: Placed<'_>, indicator: &str, readings: &Readings<'_>, question: &mut Question) -> Option<Figure> {
    let target = placed.target;
    let level = target.level();
    let now = readings.figures.get(&(indicator.to_owned(), level)).copied().filter(|figure| figure.denominator > 0);
    let figure = if target.compare == Compare::IncreaseYearly {
        question.as_of = question.due.min(readings.today);
        question.previous = readings.history.year(indicator, level, target.due - 1).and_then(Figure::percent);
        if *readings.period == Period::year(target.due) {
            now
        } else {
            readings.history.year(indicator, level, target.due)
        }
    } else {
        now
    };
    // Few people's answers are nobody's to see.
    let definition = readings.indicators.get(indicator, readings.today);
    let figure = figure.filter(|figure| definition.is_none_or(|definition| definition.shown(*figure).is_some()));
    question.value = figure.and_then(Figure::percent);
    let first = readings.history.first(indicator, level).filter(|(day, _)| *day < question.as_of.first_of_month());
    question.start = first.map(|(day, value)| Known { day, value });
    figure
}

/// How many stand where, of those that count.
pub fn tally(standings: &[Standing<'_>]) -> [(State, usize); 5] {
    State::ALL.map(|wanted| {
        (wanted, standings.iter().filter(|one| one.state == wanted && one.placed.target.counts()).count())
    })
}
