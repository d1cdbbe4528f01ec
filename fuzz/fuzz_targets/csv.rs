//! The catalogue's table: no panic, and every row is a record or a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.csv");
    std::fs::write(&file, bytes).expect("a file");
    let _ = catalogue::rehearse(&file);
});
