//! What dossiers are counted by.

use facts::Measure;
use flag::*;

/// What may be true of a dossier when it is counted; stored as a sum, so values never change meaning.
pub mod flag {
    pub use catalogue::stock::flag::{FEE, FULL_SERVICE, PAYABLE_ONLINE};

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

    /// The applicant was given a later date, with an apology.
    pub const PUT_OFF: i64 = 2_097_152;
    /// Settled by the later date, and not by the one promised before: put off with an apology, or moved by an emergency decision.
    pub const BY_LATER_DATE: i64 = 4_194_304;

    /// Papers were lost or damaged; else the result was wrong.
    pub const LOST: i64 = 8_388_608;
    /// An emergency decision moved what was promised.
    pub const DATE_MOVED: i64 = 67_108_864;

    /// By the names that definitions use.
    pub const NAMES: &[(&str, i64)] = &[
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
        ("SUPPLEMENTED_AGAIN", SUPPLEMENTED_AGAIN),
        ("REFUSED", REFUSED),
        ("UNDECIDED", UNDECIDED),
        ("BETWEEN", BETWEEN),
        ("BETWEEN_ELECTRONIC", BETWEEN_ELECTRONIC),
        ("PUT_OFF", PUT_OFF),
        ("BY_LATER_DATE", BY_LATER_DATE),
        ("LOST", LOST),
        ("DATE_MOVED", DATE_MOVED),
    ];
}

/// Flags of a filing that every later fact of the dossier repeats.
pub(crate) const LASTING: i64 = FULL_SERVICE | FEE | PAYABLE_ONLINE | HAS_COMPONENTS | REUSED;
/// What may be true of a settled case.
const SETTLING: i64 = LASTING
    | ON_TIME
    | EARLY
    | PASSED
    | ELECTRONIC
    | BETWEEN
    | BETWEEN_ELECTRONIC
    | SUPPLEMENTED
    | SUPPLEMENTED_AGAIN
    | PUT_OFF
    | BY_LATER_DATE
    | DATE_MOVED
    | UNDECIDED
    | REFUSED
    | HAS_RESULT
    | DIGITISED;

/// Received: the clock runs.
pub static RECEIVED: Measure = Measure::once("received").with(LASTING, NAMES).cut(true, true);
/// Not received, for a reason.
pub static REFUSED_INTAKE: Measure = Measure::once("refused_intake").cut(true, true);
/// Handed over, within the agency or beyond it.
pub static HANDED_ON: Measure = Measure::again("passed").with(ELECTRONIC, NAMES).cut(true, true);
/// What another agency handed over was taken: in time, or later.
pub static TAKEN_OVER: Measure = Measure::again("taken_over").with(ON_TIME, NAMES).cut(true, true);
/// What was handed over was given back as misrouted.
pub static HANDED_BACK: Measure = Measure::again("handed_back").cut(true, true);
/// An opinion that another unit was asked for: given in time, or given later, or kept back until whoever asked went on without it. It
/// counts for the agency that was asked.
pub static OPINION: Measure = Measure::again("opinion").with(ON_TIME, NAMES).cut(true, true);
/// A supplement was asked for.
pub static ASKED: Measure = Measure::again("supplement_requested").with(SUPPLEMENTED_AGAIN, NAMES).cut(true, true);
/// A result was promised for a later day, with an apology.
pub static LATER: Measure = Measure::once("put_off").with(LASTING, NAMES).cut(true, true);
/// Fees were paid, once more.
pub static PAID: Measure = Measure::again("paid").with(LASTING | PAID_ONLINE, NAMES).cut(true, true);
/// A procedure was paid for online for the first time.
pub static PAID_ONLINE_FIRST: Measure =
    Measure::once("procedure_paid_online").with(FEE | PAID_ONLINE, NAMES).cut(true, false);
/// Decided, or ended late without a decision.
pub static SETTLED: Measure = Measure::once("settled").with(SETTLING, NAMES).cut(true, true);
/// Taken back by the applicant.
pub static WITHDRAWN: Measure = Measure::once("withdrawn").cut(true, false);
/// Stopped by the office.
pub static STOPPED: Measure = Measure::once("stopped").cut(true, true);
/// The result was handed out.
pub static RETURNED: Measure = Measure::once("returned").with(DIGITISED, NAMES).cut(true, true);
/// Rated by the applicant: nobody's but the agency's (decision 0016).
pub static RATED: Measure = Measure::once("rated").with(SATISFIED, NAMES);
/// An open case goes from an agency that ends (−1) to the one that takes its work on (+1): received, less settled, withdrawn and stopped, plus
/// carried is what is open (decision 0037).
pub static CARRIED: Measure = Measure::again("carried").with(LASTING, NAMES).cut(true, false);
/// Fees and charges due by the terms a dossier was received under, in đồng, and what a later request changed of them.
pub static FEE_DUE: Measure = Measure::dong("fee_due").with(LASTING, NAMES).cut(true, true);
/// Fees and charges received at the desk, in đồng.
pub static FEE_PAID: Measure = Measure::dong("fee_paid").with(LASTING, NAMES).cut(true, true);

/// Something went wrong by the office's own doing, as it says itself; some of it turns out to be nothing.
pub static MISHAP: Measure = Measure::again("mishap").with(LOST, NAMES).cut(true, false);
/// It was mended: by the day that was named, or later.
pub static MENDED: Measure = Measure::again("mended").with(LOST | ON_TIME, NAMES).cut(true, false);
/// Nothing was wrong after all.
pub static MISHAP_DISMISSED: Measure = Measure::again("mishap_dismissed").with(LOST, NAMES).cut(true, false);

/// Everything dossiers are counted by.
pub const MEASURES: &[&Measure] = &[
    &RECEIVED,
    &REFUSED_INTAKE,
    &HANDED_ON,
    &TAKEN_OVER,
    &HANDED_BACK,
    &OPINION,
    &ASKED,
    &LATER,
    &PAID,
    &PAID_ONLINE_FIRST,
    &SETTLED,
    &WITHDRAWN,
    &STOPPED,
    &RETURNED,
    &RATED,
    &CARRIED,
    &MISHAP,
    &MENDED,
    &MISHAP_DISMISSED,
    &FEE_DUE,
    &FEE_PAID,
];
