//! From counts to points: pure.

use crate::assessment::criteria::{Criteria, Index, Scope, Way, Words};
use base::{Date, Level};
use facts::{Count, Cube, Filter};

/// What is counted of a unit, or of an official, over a period.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    pub cube: Cube,
    /// Of the province: flows of the period, and stocks at its end.
    pub province: Cube,
    /// What is open at the end, and how much of it is in time; none where that isn't known exactly.
    pub open: Option<(i64, i64)>,
    pub level: Option<Level>,
}

impl Counted {
    fn n(&self, count: &Count, province: bool) -> i64 {
        // Both are read over the days that count.
        let all = Filter { from: Date::MIN, to: Date::MAX, level: None, fields: None };
        if province { self.province.sum(count, &all) } else { self.cube.sum(count, &all) }
    }
}

/// A number behind an index, by its place among the way's counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    pub place: usize,
    pub n: i64,
}

/// Why an index has no points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// There is no record of it.
    Unrecorded(Words),
    /// Nothing happened that could be counted.
    Nothing,
    /// Too few answered: nobody's answer may be told from it.
    TooFew,
    /// How what is open stood can't be told exactly.
    Unknown,
}

/// What an index came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// In hundredths, rounded to the set's decimals; or why there are none.
    pub points: Result<i64, Left>,
    /// Every count, in the order of [`Way::counts`]; those that must not be shown are left out.
    pub sides: Vec<Side>,
    /// In basis points, where the way has one.
    pub rate: Option<i64>,
}

/// `numerator ÷ denominator` in hundredths, rounded half up to so many decimals.
fn rounded(numerator: i128, denominator: i128, decimals: u32) -> i64 {
    if denominator <= 0 {
        return 0;
    }
    let step = 10_i128.pow(2 - decimals.min(2));
    let scaled = (numerator * 2 + denominator * step).div_euclid(denominator * step * 2);
    i64::try_from(scaled * step).unwrap_or(i64::MAX)
}

fn basis_points(numerator: i64, denominator: i64) -> Option<i64> {
    (denominator > 0).then(|| rounded(i128::from(numerator) * 10_000, i128::from(denominator), 2))
}

/// Points of a share: all of them from `full` basis points on.
fn of_share(max: i64, (numerator, denominator): (i64, i64), full: i64, decimals: u32) -> i64 {
    let points = i128::from(max) * i128::from(numerator.max(0)) * 10_000;
    rounded(points, i128::from(denominator) * i128::from(full.max(1)), decimals).min(max)
}

/// What an index comes to.
pub fn score(index: &Index, counted: &Counted, decimals: u32) -> Score {
    let counts = index.way.counts();
    let sides = counts.iter().enumerate();
    let sides: Vec<Side> =
        sides.map(|(place, (count, province))| Side { place, n: counted.n(count, *province) }).collect();
    let n = |place: usize| sides.get(place).map_or(0, |side| side.n);
    let left = |why: Left, sides: Vec<Side>| Score { points: Err(why), sides, rate: None };
    match &index.way {
        Way::Missing { why } => left(Left::Unrecorded(why.clone()), Vec::new()),
        Way::Graded { grades, .. } => {
            if n(0) <= 0 {
                return left(Left::Nothing, sides);
            }
            let points =
                grades.iter().enumerate().map(|(place, grade)| i128::from(grade.points) * i128::from(n(place + 1)));
            let points = rounded(points.sum(), i128::from(n(0)), decimals);
            Score { points: Ok(points), rate: None, sides }
        }
        Way::Ladder { rates, counts: events, rungs, empty } => {
            let share = |place: usize| basis_points(n(place * 2), n(place * 2 + 1));
            let first = share(0);
            let met = |rung: &&crate::assessment::criteria::Rung| {
                rung.level.is_none_or(|level| counted.level == Some(level))
                    && rung.least.iter().all(|(rate, least)| {
                        // Exactly, not by the rounded share.
                        let (above, below) = (i128::from(n(rate * 2)), i128::from(n(rate * 2 + 1)));
                        below <= 0 || above * 10_000 >= i128::from(*least) * below
                    })
                    && rung.without.iter().all(|event| n(rates.len() * 2 + event) <= 0)
            };
            debug_assert!(events.len() + rates.len() * 2 == sides.len());
            let points = match (first, empty) {
                (None, None) => Err(Left::Nothing),
                (None, Some(points)) => Ok(*points),
                (Some(_), _) => Ok(rungs.iter().find(met).map_or(0, |rung| rung.points)),
            };
            Score { points, rate: first, sides }
        }
        Way::Share { minus, full, answers, least, .. } => {
            let answered = answers.as_ref().map(|_| n(2 + usize::from(minus.is_some())));
            // Of nobody asked nothing can be told, and nothing is missing either.
            if answered.is_some_and(|answered| answered < *least && (minus.is_none() || answered > 0)) {
                return left(Left::TooFew, Vec::new());
            }
            if n(1) <= 0 {
                return left(Left::Nothing, sides);
            }
            let above = n(0) - if minus.is_some() { n(2) } else { 0 };
            let points = of_share(index.max, (above, n(1)), *full, decimals);
            Score { points: Ok(points), rate: basis_points(above.max(0), n(1)), sides }
        }
        Way::Progress { .. } => {
            let Some((open, timely)) = counted.open else { return left(Left::Unknown, sides) };
            let (above, below) = (n(0) + timely, n(1) + open);
            if below <= 0 {
                return left(Left::Nothing, sides);
            }
            let points = of_share(index.max, (above, below), 10_000, decimals);
            Score { points: Ok(points), rate: basis_points(above, below), sides }
        }
    }
}

/// All indices of a set with what they came to, and their sum.
#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    pub scores: Vec<(&'a Index, Score)>,
    /// Of those that have points, in hundredths; none where none has.
    pub sum: Option<i64>,
    /// The most that those could have.
    pub within: i64,
}

/// The sheet of a set, by its definitions of a day.
pub fn sheet<'a>(set: &'a Criteria, day: Date, scope: Scope, counted: &Counted) -> Sheet<'a> {
    let scores: Vec<(&Index, Score)> =
        set.on(day, scope).into_iter().map(|index| (index, score(index, counted, set.decimals))).collect();
    let measured = || scores.iter().filter_map(|(index, score)| Some((index, score.points.as_ref().ok()?)));
    let sum = (measured().count() > 0).then(|| measured().map(|(_, points)| points).sum());
    let within = measured().map(|(index, _)| index.max).sum();
    Sheet { scores, sum, within }
}
