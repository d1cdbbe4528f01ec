//! Measures of an invented register.

use facts::{Measure, Measures};

pub mod flag {
    pub const ONLINE: i64 = 1;
    pub const FEE: i64 = 4;
    pub const ON_TIME: i64 = 16;
    pub const DIGITISED: i64 = 128;
    pub const HAS_RESULT: i64 = 256;
    pub const PAID_ONLINE: i64 = 1024;
    pub const SATISFIED: i64 = 2048;
    pub const SUPPLEMENTED_AGAIN: i64 = 65_536;

    pub const NAMES: &[(&str, i64)] = &[
        ("ONLINE", ONLINE),
        ("FEE", FEE),
        ("ON_TIME", ON_TIME),
        ("DIGITISED", DIGITISED),
        ("HAS_RESULT", HAS_RESULT),
        ("PAID_ONLINE", PAID_ONLINE),
        ("SATISFIED", SATISFIED),
        ("SUPPLEMENTED_AGAIN", SUPPLEMENTED_AGAIN),
    ];
}

use flag::*;

pub static RECEIVED: Measure = Measure::once("received").cut(true, true);
pub static SETTLED: Measure =
    Measure::once("settled").with(ON_TIME | SUPPLEMENTED_AGAIN | HAS_RESULT | DIGITISED, NAMES).cut(true, true);
pub static OFFERED: Measure = Measure::once("offered").with(ONLINE | FEE, NAMES).cut(true, false);
pub static PAID: Measure = Measure::again("paid").with(PAID_ONLINE, NAMES).cut(true, true);
pub static RATED: Measure = Measure::once("rated").with(SATISFIED, NAMES);
pub static FEE_DUE: Measure = Measure::dong("fee_due").cut(true, true);
pub static FEE_PAID: Measure = Measure::dong("fee_paid").cut(true, true);

pub fn known() -> Measures {
    Measures::of([&RECEIVED, &SETTLED, &OFFERED, &PAID, &RATED, &FEE_DUE, &FEE_PAID]).unwrap()
}
