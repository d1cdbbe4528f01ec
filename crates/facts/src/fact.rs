//! What one fact says.

use base::{Date, Id, Level};

/// One countable thing. `qty` is 1; -1 takes back an earlier fact (a correction, an expired procedure version).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What is counted, for example `received`, `settled`, `rated`, `procedure_offered`.
    pub measure: &'static str,
    /// Local date it counts for.
    pub day: Date,
    /// The agency that answers for it.
    pub agency: Id,
    pub level: Level,
    /// Code of the field of the procedure.
    pub field: String,
    /// `Channel::code()`, or 0 where no channel applies.
    pub channel: i64,
    /// Sum of [`flag`]s.
    pub flags: i64,
    pub qty: i64,
    /// The dossier (or procedure) behind it: what a drill-down opens.
    pub subject: Id,
    pub procedure: Id,
}

/// What may be true of the thing counted; stored as a sum, so values never change meaning.
pub mod flag {
    /// Offered online (stock of procedures).
    pub const ONLINE: i64 = 1;
    /// The service is online from end to end (toàn trình).
    pub const FULL_SERVICE: i64 = 2;
    /// Carries a fee or charge.
    pub const FEE: i64 = 4;
    /// That fee can be paid online.
    pub const PAYABLE_ONLINE: i64 = 8;
    /// Settled by the due date.
    pub const ON_TIME: i64 = 16;
    /// Settled on an earlier day than promised.
    pub const EARLY: i64 = 32;
    /// Every hand-over was electronic.
    pub const ELECTRONIC: i64 = 64;
    /// The result exists as an electronic file.
    pub const DIGITISED: i64 = 128;
    /// The procedure yields a paper.
    pub const HAS_RESULT: i64 = 256;
    /// At least one component was reused, not asked for again.
    pub const REUSED: i64 = 512;
    /// Paid online.
    pub const PAID_ONLINE: i64 = 1024;
    /// Rated satisfied or very satisfied.
    pub const SATISFIED: i64 = 2048;
    /// Handed over at least once, within the agency or beyond it.
    pub const PASSED: i64 = 4096;
    /// The procedure asks for components.
    pub const HAS_COMPONENTS: i64 = 8192;
    /// A supplement was requested.
    pub const SUPPLEMENTED: i64 = 16_384;
    /// Integrated with the national portal.
    pub const PORTAL: i64 = 32_768;
    /// A supplement was requested more than once: late for the index of QĐ 766/QĐ-TTg.
    pub const SUPPLEMENTED_AGAIN: i64 = 65_536;
    /// Ended in a refusal.
    pub const REFUSED: i64 = 131_072;
    /// Ended late without a decision: withdrawn or stopped after its due date.
    pub const UNDECIDED: i64 = 262_144;
    /// Handed over at least once from one agency to another.
    pub const BETWEEN: i64 = 524_288;
    /// Every hand-over from one agency to another was electronic, with no paper that had to follow.
    pub const BETWEEN_ELECTRONIC: i64 = 1_048_576;

    /// Flags by the name used in definition files.
    pub const NAMES: &[(&str, i64)] = &[
        ("ONLINE", ONLINE),
        ("FULL_SERVICE", FULL_SERVICE),
        ("FEE", FEE),
        ("PAYABLE_ONLINE", PAYABLE_ONLINE),
        ("ON_TIME", ON_TIME),
        ("EARLY", EARLY),
        ("ELECTRONIC", ELECTRONIC),
        ("DIGITISED", DIGITISED),
        ("HAS_RESULT", HAS_RESULT),
        ("REUSED", REUSED),
        ("PAID_ONLINE", PAID_ONLINE),
        ("SATISFIED", SATISFIED),
        ("PASSED", PASSED),
        ("HAS_COMPONENTS", HAS_COMPONENTS),
        ("SUPPLEMENTED", SUPPLEMENTED),
        ("PORTAL", PORTAL),
        ("SUPPLEMENTED_AGAIN", SUPPLEMENTED_AGAIN),
        ("REFUSED", REFUSED),
        ("UNDECIDED", UNDECIDED),
        ("BETWEEN", BETWEEN),
        ("BETWEEN_ELECTRONIC", BETWEEN_ELECTRONIC),
    ];

    /// The flag of that name.
    pub fn named(name: &str) -> Option<i64> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::flag;

    #[test]
    fn every_flag_is_a_bit_of_its_own() {
        let mut seen = 0;
        for (name, value) in flag::NAMES {
            assert_eq!(value.count_ones(), 1, "{name}");
            assert_eq!(seen & value, 0, "{name}");
            seen |= value;
            assert_eq!(flag::named(name), Some(*value));
        }
    }
}
