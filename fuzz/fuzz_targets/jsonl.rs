//! The catalogue's records, one a line: no panic, and every line is a record or a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.jsonl");
    std::fs::write(&file, bytes).expect("a file");
    let _ = catalogue::rehearse(&file);
});
