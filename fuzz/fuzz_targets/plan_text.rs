//! Any text may be read as a plan: no panic, and every quote stands at its offset.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (plan, left_out) = planreader::explain_plan(text);
    let at = |offset: usize, quote: &str| text.chars().skip(offset).take(quote.chars().count()).eq(quote.chars());
    assert!(plan.targets.iter().all(|t| at(t.offset, &t.quote)));
    assert!(plan.tasks.iter().all(|t| at(t.offset, &t.quote)));
    assert!(plan.reports.iter().all(|r| at(r.offset, &r.quote)));
    assert!(left_out.iter().all(|l| at(l.offset, &l.quote)));
});
