//! What a reading process may not do, each tried for real in a process of its own.

use sandbox::{Stopped, run};
use std::time::{Duration, Instant};

/// As in the program: the bound of memory has to hold for what it allocates with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

sandbox::test_entry!();

sandbox::task! {
    HOARDER = "test.hoarder", |_, _| {
        let mut all: Vec<Vec<u8>> = Vec::new();
        loop {
            all.push(vec![7; 1024 * 1024]);
        }
    };
    SPINNER = "test.spinner", |_, bytes| loop {
        std::hint::black_box(&bytes);
    };
    SLEEPER = "test.sleeper", |_, _| loop {
        std::thread::sleep(Duration::from_secs(1));
    };
    DIGGER = "test.digger", |_, bytes| dig(bytes.len()).to_be_bytes().to_vec();
    TALKER = "test.talker", |_, _| vec![b'a'; usize::try_from(sandbox::OUTPUT_BYTES_MAX).unwrap_or_default() + 1];
    FUMBLER = "test.fumbler", |_, bytes| vec![bytes[usize::MAX]];
    LOOKER = "test.looker", |_, _| {
        let environment = std::env::vars().map(|(name, _)| name).collect::<Vec<_>>().join(" ");
        let file = std::fs::File::open("/etc/hostname").is_ok();
        let connection = std::net::TcpListener::bind("127.0.0.1:0").is_ok();
        format!("{environment}; file {file}; connection {connection}").into_bytes()
    };
}

fn dig(depth: usize) -> usize {
    let here = [depth; 64];
    if depth == usize::MAX { 0 } else { std::hint::black_box(here)[depth % 64].min(dig(depth + 1)) + 1 }
}

#[test]
fn memory_is_bounded() {
    assert_eq!(run(HOARDER, "", b""), Err(Stopped::Memory { max_bytes: sandbox::MEMORY_BYTES_MAX }));
}

#[test]
fn processor_time_is_bounded() {
    // On a machine with much other work the wall's clock comes first.
    let bounds =
        [sandbox::SECONDS_MAX, sandbox::WALL_SECONDS_MAX].map(|max_seconds| Err(Stopped::Time { max_seconds }));
    assert!(bounds.contains(&run(SPINNER, "", b"")));
}

#[test]
fn a_reader_that_waits_without_end_is_ended() {
    let begun = Instant::now();
    assert_eq!(run(SLEEPER, "", b""), Err(Stopped::Time { max_seconds: sandbox::WALL_SECONDS_MAX }));
    assert!(begun.elapsed() < Duration::from_secs(sandbox::WALL_SECONDS_MAX + 20), "{:?}", begun.elapsed());
}

#[test]
fn a_recursion_without_end_ends_the_child_alone() {
    assert_eq!(run(DIGGER, "", b""), Err(Stopped::Stack));
}

#[test]
fn an_answer_without_end_is_cut_off() {
    assert_eq!(run(TALKER, "", b""), Err(Stopped::Output { max_bytes: sandbox::OUTPUT_BYTES_MAX }));
}

#[test]
fn a_reader_that_panics_is_told_from_one_that_answers() {
    assert_eq!(run(FUMBLER, "", b"x"), Err(Stopped::Crashed));
}

#[test]
fn the_child_sees_no_environment_no_file_and_no_connection() {
    let seen = String::from_utf8(run(LOOKER, "", b"").unwrap()).unwrap();
    assert_eq!(seen, "MIMALLOC_ARENA_EAGER_COMMIT MOTCUA_READ_FOREIGN; file false; connection false");
}

#[test]
fn large_input_goes_there_and_back() {
    let large: Vec<u8> = (0..24 * 1024 * 1024_u32).map(|n| n as u8).collect();
    assert!(run(sandbox::ECHO, "", &large).unwrap() == large);
}

#[test]
fn a_task_nobody_knows_is_our_own_fault() {
    assert_eq!(run("nobody.knows", "", b""), Err(Stopped::NotStarted));
}
