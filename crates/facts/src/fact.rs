//! What one fact says.

use crate::measure::Measure;
use base::{Date, Id, Level};

/// One countable thing, or an amount. -1, or a negative amount, takes back an earlier fact (a correction, an expired version).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What is counted, as its module declares it.
    pub measure: &'static Measure,
    /// Local date it counts for.
    pub day: Date,
    /// The agency that answers for it.
    pub agency: Id,
    pub level: Level,
    /// Code of the field of the procedure.
    pub field: String,
    /// `Channel::code()`, or 0 where no channel applies.
    pub channel: i64,
    /// Sum of the measure's flags.
    pub flags: i64,
    /// 1 or -1, or đồng.
    pub qty: i64,
    /// The dossier (or procedure) behind it: what a drill-down opens.
    pub subject: Id,
    /// 0 where there is none.
    pub procedure: Id,
    /// The account of the official who acted, where the measure is cut by officials and the event is of rules that say so.
    pub official: Option<Id>,
}

impl Fact {
    /// One of a measure on a day, at an agency of a level, about a subject; without field, channel, flags, procedure or official.
    pub fn one(measure: &'static Measure, day: Date, (agency, level): (Id, Level), subject: Id) -> Fact {
        Fact {
            measure,
            day,
            agency,
            level,
            field: String::new(),
            channel: 0,
            flags: 0,
            qty: 1,
            subject,
            procedure: Id(0),
            official: None,
        }
    }
}
