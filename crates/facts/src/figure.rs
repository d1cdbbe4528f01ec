//! Sums, and the figures made of them.

use crate::indicator::{Count, Indicator};
use base::{Date, Level};

/// Which facts a reading counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// First day, included.
    pub from: Date,
    /// Last day, included.
    pub to: Date,
    pub level: Option<Level>,
    /// Codes of fields; `None` counts all.
    pub fields: Option<Vec<String>>,
}

impl Filter {
    /// A whole year.
    pub fn year(year: i16) -> Self {
        Self { from: jiff::civil::date(year, 1, 1), to: jiff::civil::date(year, 12, 31), level: None, fields: None }
    }
}

/// A sum of facts alike in everything an indicator may ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub measure: String,
    pub level: String,
    pub field: String,
    pub channel: i64,
    pub flags: i64,
    pub n: i64,
}

/// All sums of one place and period: every indicator of that place and period is read from it without another query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cube {
    pub cells: Vec<Cell>,
}

impl Cube {
    /// Sum of the cells that `count` asks for. Cells are sums of the database, which refuses those no number can hold; what several
    /// of them make beyond it stands at the largest number.
    pub fn sum(&self, count: &Count, filter: &Filter) -> i64 {
        let cells = self.cells.iter().filter(|cell| count.takes(cell, filter));
        let sum: i128 = cells.map(|cell| i128::from(cell.n)).sum();
        i64::try_from(sum).unwrap_or(if sum > 0 { i64::MAX } else { i64::MIN })
    }

    /// An indicator's figure.
    pub fn figure(&self, indicator: &Indicator, filter: &Filter) -> Figure {
        Figure {
            numerator: self.sum(&indicator.numerator, filter),
            denominator: self.sum(&indicator.denominator, filter),
        }
    }
}

/// A ratio as two counts; the division is left to the last moment so that figures can be added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figure {
    pub numerator: i64,
    pub denominator: i64,
}

impl Figure {
    /// Percent, or `None` where there is nothing to divide by.
    pub fn percent(self) -> Option<f64> {
        (self.denominator != 0).then(|| self.numerator as f64 * 100.0 / self.denominator as f64)
    }

    /// Percent in hundredths, rounded half up: 74,66 % is 7466. `None` where there is nothing to divide by.
    pub fn basis_points(self) -> Option<i64> {
        let (numerator, denominator) = (i128::from(self.numerator), i128::from(self.denominator));
        (denominator > 0).then(|| ((numerator * 20_000 + denominator) / (denominator * 2)) as i64)
    }
}

impl std::ops::AddAssign for Figure {
    fn add_assign(&mut self, other: Self) {
        self.numerator = self.numerator.saturating_add(other.numerator);
        self.denominator = self.denominator.saturating_add(other.denominator);
    }
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn two_decimals_are_rounded_half_up_and_an_empty_denominator_has_no_value() {
        assert_eq!(Figure { numerator: 4_157, denominator: 4_169 }.basis_points(), Some(9_971));
        assert_eq!(Figure { numerator: 1, denominator: 3 }.basis_points(), Some(3_333));
        assert_eq!(Figure { numerator: 2, denominator: 3 }.basis_points(), Some(6_667));
        assert_eq!(Figure { numerator: 0, denominator: 0 }.basis_points(), None);
        assert_eq!(Figure { numerator: 0, denominator: 0 }.percent(), None);
    }
}
