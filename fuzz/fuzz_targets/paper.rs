//! Any file handed in: no panic, and what is kept instead is fine itself.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.pdf", "a.jpg", "a.png", "a.webp", "a.docx", "a.xlsx"] {
        if let Ok((judged, Some(instead))) = sheets::paper::judge(bytes, name) {
            assert!(sheets::paper::judge(&instead, &judged.name).is_ok_and(|(_, again)| again.is_none()));
        }
    }
});
