//! Where a target stands. One pure function; every rule of it has a test at the foot.

use crate::programme::Compare;
use base::Date;

/// Where a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// The goal is reached.
    Met,
    /// Not reached, not due, and at or above the straight path to the goal.
    OnTrack,
    /// Not reached, not due, and below the path.
    AtRisk,
    /// Due and not reached.
    Missed,
    /// Nothing measured, nothing declared.
    NoData,
}
base::closed_list!(State, {
    Met => "met",
    OnTrack => "on-track",
    AtRisk => "at-risk",
    Missed => "missed",
    NoData => "no-data",
});

impl State {
    /// The colour of its badge.
    pub fn colour(self) -> &'static str {
        match self {
            State::Met => "ontime",
            State::OnTrack => "new",
            State::AtRisk => "near",
            State::Missed => "late",
            State::NoData => "paused",
        }
    }
}

/// A value of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    pub day: Date,
    pub value: f64,
}

/// What a target asks, and what is known.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub compare: Compare,
    pub goal: f64,
    /// The upper goal of a range.
    pub goal_high: Option<f64>,
    /// Where a yearly increase may stop.
    pub cap: Option<f64>,
    pub due: Date,
    /// The day the value is of.
    pub as_of: Date,
    pub value: Option<f64>,
    /// The baseline or first known value: where the path begins.
    pub start: Option<Known>,
    /// The value a year before, for a yearly increase.
    pub previous: Option<f64>,
    /// For a deadline: the day it was done.
    pub done: Option<Date>,
}

/// A value may lie this far below its path and still be on it: half a unit, so that one case more or less does not turn the light.
const TOLERANCE: f64 = 0.5;

/// Where the straight path from the start to the goal is on a day; `None` before there is a path.
pub fn path_at(start: Option<Known>, due: Date, goal: f64, day: Date) -> Option<f64> {
    let start = start?;
    let whole = days(start.day, due);
    if whole <= 0.0 {
        return None;
    }
    let gone = days(start.day, day).clamp(0.0, whole);
    Some(start.value + (goal - start.value) * gone / whole)
}

fn days(from: Date, to: Date) -> f64 {
    from.until(to).map(|span| f64::from(span.get_days())).unwrap_or(0.0)
}

/// Where a target stands.
pub fn state(question: &Question) -> State {
    let late = question.as_of > question.due;
    if question.compare == Compare::ByDate {
        return match question.done {
            Some(done) if done <= question.due => State::Met,
            Some(_) => State::Missed,
            // Not declared is not the same as not done.
            None => State::NoData,
        };
    }
    let Some(value) = question.value else { return State::NoData };
    if question.compare == Compare::IncreaseYearly {
        return yearly(question, value, late);
    }
    if reached(question, value) {
        return State::Met;
    }
    if late {
        return State::Missed;
    }
    match path_at(question.start, question.due, question.goal, question.as_of) {
        Some(expected) if question.compare.lower_is_better() && value <= expected + TOLERANCE => State::OnTrack,
        Some(expected) if !question.compare.lower_is_better() && value >= expected - TOLERANCE => State::OnTrack,
        Some(_) => State::AtRisk,
        // The first value there is: the path begins with it.
        None => State::OnTrack,
    }
}

fn reached(question: &Question, value: f64) -> bool {
    let goal = question.goal;
    match question.compare {
        Compare::AtLeast | Compare::ReduceBy | Compare::IncreaseBy | Compare::IncreaseYearly | Compare::ClimbYearly => {
            value >= goal
        }
        Compare::MoreThan => value > goal,
        Compare::AtMost | Compare::RankWithin => value <= goal,
        Compare::Exactly => (value - goal).abs() < f64::EPSILON,
        Compare::Range => value >= goal && question.goal_high.is_none_or(|high| value <= high),
        Compare::ByDate => false,
    }
}

/// A rise against the year before: met at the cap or with the full rise; on the way, the part of the year gone asks for that part of the rise.
fn yearly(question: &Question, value: f64, late: bool) -> State {
    if question.cap.is_some_and(|cap| value >= cap) {
        return State::Met;
    }
    let Some(previous) = question.previous else { return State::NoData };
    let rise = value - previous;
    if rise >= question.goal {
        State::Met
    } else if late {
        State::Missed
    } else {
        let year = days(question.due.first_of_year(), question.due).max(1.0);
        let gone = days(question.due.first_of_year(), question.as_of).clamp(0.0, year);
        if rise >= question.goal * gone / year - TOLERANCE { State::OnTrack } else { State::AtRisk }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn ask(compare: Compare, goal: f64, value: Option<f64>) -> Question {
        Question {
            compare,
            goal,
            goal_high: None,
            cap: None,
            due: date(2030, 12, 31),
            as_of: date(2026, 11, 22),
            value,
            start: None,
            previous: None,
            done: None,
        }
    }

    fn start(year: i16, value: f64) -> Option<Known> {
        Some(Known { day: date(year, 1, 1), value })
    }

    #[test]
    fn at_least_is_met_by_the_goal_itself_and_more_than_is_not() {
        assert_eq!(state(&ask(Compare::AtLeast, 80.0, Some(80.0))), State::Met);
        assert_eq!(state(&ask(Compare::MoreThan, 90.0, Some(90.01))), State::Met);
        let due = Question { due: date(2025, 12, 31), ..ask(Compare::MoreThan, 90.0, Some(90.0)) };
        assert_eq!(state(&due), State::Missed);
    }

    #[test]
    fn nothing_known_is_no_data_whatever_the_day() {
        let past = Question { due: date(2021, 12, 31), ..ask(Compare::AtLeast, 80.0, None) };
        assert_eq!(state(&past), State::NoData);
        assert_eq!(state(&ask(Compare::RankWithin, 15.0, None)), State::NoData);
    }

    #[test]
    fn below_the_goal_the_straight_path_decides_until_the_due_day() {
        // From 40 at the start of 2022 to 80 at the end of 2030: about 61.7 on 22/11/2026.
        let on = |value| Question { start: start(2022, 40.0), ..ask(Compare::AtLeast, 80.0, Some(value)) };
        let expected = path_at(start(2022, 40.0), date(2030, 12, 31), 80.0, date(2026, 11, 22)).unwrap();
        assert!((61.6..61.9).contains(&expected), "{expected}");
        assert_eq!(state(&on(62.0)), State::OnTrack);
        assert_eq!(state(&on(61.4)), State::OnTrack);
        assert_eq!(state(&on(61.0)), State::AtRisk);
        assert_eq!(state(&Question { due: date(2026, 11, 21), ..on(79.9) }), State::Missed);
        assert_eq!(state(&Question { due: date(2026, 11, 22), ..on(79.9) }), State::OnTrack);
    }

    #[test]
    fn what_was_met_at_its_milestone_and_falls_afterwards_is_missed() {
        let after = |value| Question { due: date(2025, 12, 31), ..ask(Compare::AtLeast, 80.0, Some(value)) };
        assert_eq!(state(&after(80.0)), State::Met);
        assert_eq!(state(&after(79.9)), State::Missed);
    }

    #[test]
    fn the_first_value_there_is_begins_the_path() {
        assert_eq!(state(&ask(Compare::AtLeast, 80.0, Some(10.0))), State::OnTrack);
    }

    #[test]
    fn a_rank_and_a_ceiling_are_better_when_lower() {
        assert_eq!(state(&ask(Compare::RankWithin, 15.0, Some(15.0))), State::Met);
        let on = |value| Question { start: start(2022, 40.0), ..ask(Compare::RankWithin, 15.0, Some(value)) };
        assert_eq!(state(&on(20.0)), State::OnTrack);
        assert_eq!(state(&on(35.0)), State::AtRisk);
        assert_eq!(state(&ask(Compare::AtMost, 5.0, Some(4.0))), State::Met);
    }

    #[test]
    fn a_range_and_an_exact_goal_hold_from_both_sides() {
        let range = |value| Question {
            goal_high: Some(35.0),
            due: date(2025, 12, 31),
            ..ask(Compare::Range, 25.0, Some(value))
        };
        assert_eq!([state(&range(25.0)), state(&range(35.0))], [State::Met, State::Met]);
        assert_eq!([state(&range(24.9)), state(&range(35.1))], [State::Missed, State::Missed]);
        let exact = |value| Question { due: date(2025, 12, 31), ..ask(Compare::Exactly, 100.0, Some(value)) };
        assert_eq!([state(&exact(100.0)), state(&exact(99.0))], [State::Met, State::Missed]);
    }

    #[test]
    fn a_reduction_and_a_climb_are_met_by_what_they_ask() {
        assert_eq!(state(&ask(Compare::ReduceBy, 10.0, Some(10.0))), State::Met);
        assert_eq!(state(&ask(Compare::ClimbYearly, 1.0, Some(1.0))), State::Met);
        let past = Question { due: date(2026, 1, 1), ..ask(Compare::ClimbYearly, 1.0, Some(0.0)) };
        assert_eq!(state(&past), State::Missed);
    }

    #[test]
    fn a_yearly_rise_is_held_against_the_year_before_and_stops_at_the_cap() {
        let rise = |value, previous| Question {
            cap: Some(100.0),
            due: date(2025, 12, 31),
            as_of: date(2025, 12, 31),
            previous,
            ..ask(Compare::IncreaseYearly, 20.0, Some(value))
        };
        assert_eq!(state(&rise(55.0, Some(35.0))), State::Met);
        assert_eq!(state(&rise(100.0, Some(95.0))), State::Met);
        assert_eq!(state(&rise(54.0, None)), State::NoData);
        assert_eq!(state(&Question { as_of: date(2026, 1, 1), ..rise(54.0, Some(35.0)) }), State::Missed);
        // Half the year gone: ten points are asked.
        let july = |value| Question { as_of: date(2025, 7, 2), ..rise(value, Some(35.0)) };
        assert_eq!([state(&july(45.0)), state(&july(44.0))], [State::OnTrack, State::AtRisk]);
    }

    #[test]
    fn a_deadline_is_met_by_a_day_up_to_it() {
        let done = |day| Question { done: day, due: date(2021, 11, 9), ..ask(Compare::ByDate, 0.0, None) };
        assert_eq!(state(&done(Some(date(2021, 11, 9)))), State::Met);
        assert_eq!(state(&done(Some(date(2021, 11, 10)))), State::Missed);
        assert_eq!(state(&done(None)), State::NoData);
    }
}
