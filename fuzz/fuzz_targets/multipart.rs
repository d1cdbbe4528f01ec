//! A form with files: no panic, no empty file, no name that leads out of its folder.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let read = web::upload::read_bytes("multipart/form-data; boundary=x", bytes.to_vec(), folder.path());
    if let Ok(read) = runtime.block_on(read) {
        for file in &read.upload.files {
            assert!(file.size_bytes > 0 && !file.name.contains(['/', '\\']) && !file.name.is_empty());
        }
    }
});
