//! A diagram of BPMN: no panic, and what was read and is written comes back the same, drawn anew too.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = bpmn::text(bytes) else { return };
    let Ok((mut diagram, _)) = bpmn::read(&text) else { return };
    for _ in 0..2 {
        match bpmn::read(&bpmn::write(&diagram)) {
            Ok(again) => assert_eq!(again, (diagram.clone(), vec![])),
            // What is written says more than it must.
            Err(refusal) => assert!(matches!(refusal.code(), "bpmn-too-many" | "bpmn-too-large"), "{refusal}"),
        }
        bpmn::lay_out(&mut diagram);
        assert!(diagram.is_drawn());
    }
});
