//! A diagram of BPMN: no panic, and what was read and is written comes back the same, drawn anew too.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = bpmn::text(bytes) else { return };
    let Ok((mut diagram, _)) = bpmn::read(&text) else { return };
    for draw in [bpmn::connect, bpmn::lay_out] {
        match bpmn::read(&bpmn::write(&diagram)) {
            Ok(again) => assert_eq!(again, (diagram.clone(), vec![])),
            // What is written says more than it must.
            Err(refusal) => assert!(matches!(refusal.code(), "bpmn-too-many" | "bpmn-too-large"), "{refusal}"),
        }
        draw(&mut diagram);
        assert!(diagram.is_drawn());
    }
});
