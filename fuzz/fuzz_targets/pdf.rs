//! A PDF as text: no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = sheets::read_document(bytes, Some("a.pdf"));
});
