//! A diagram of BPMN: no panic, and what was read and is written comes back the same, drawn anew too.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| bpmn::testing::holds(bytes));
