//! The reading process: gives up what it does not need, reads, answers.

use crate::{ECHOING, MEMORY_BYTES_MAX, SECONDS_MAX, STACK_BYTES, TASKS, Task};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// The hidden command; also the name of the test that stands in for it in test programs.
pub(crate) const COMMAND: &str = "read_foreign";
/// Set for the reading process only, so that nobody meets the command by accident.
pub(crate) const ASKED: &str = "MOTCUA_READ_FOREIGN";
/// Stands before the answer; a test program prints words of its own before it.
pub(crate) const MARK: &[u8] = b"\n\x01motcua-answer\n";
/// The reader panicked. Rust's own code for it.
pub(crate) const PANICKED: u8 = 101;
/// The task is not known to this program, or its head cannot be read.
pub(crate) const UNKNOWN: u8 = 64;

/// What stands on the first line of standard input, before the bytes.
#[derive(Serialize, Deserialize)]
pub(crate) struct Head {
    pub task: String,
    pub argument: String,
}

/// Whether this process was started to read foreign bytes.
pub fn is_asked() -> bool {
    std::env::var_os(ASKED).is_some() && std::env::args().nth(1).is_some_and(|first| first == COMMAND)
}

/// Reads and answers when this process was started for it, and nothing else otherwise. In a test program it ends the process.
pub fn serve_if_asked() -> Option<ExitCode> {
    if !is_asked() {
        return None;
    }
    let code = serve();
    if std::env::args().any(|argument| argument == "--exact") && std::thread::current().name() == Some(COMMAND) {
        std::process::exit(i32::from(code));
    }
    Some(ExitCode::from(code))
}

fn serve() -> u8 {
    // The thread comes before the limits: one of them is that no file may be opened any more.
    let reading = std::thread::Builder::new().name("reading".to_owned()).stack_size(STACK_BYTES).spawn(|| {
        if limit().is_err() {
            return UNKNOWN;
        }
        let Some((task, argument, bytes)) = asked() else { return UNKNOWN };
        match catch_unwind(AssertUnwindSafe(|| (task.work)(&argument, bytes))) {
            Ok(answer) => u8::from(write(&answer).is_err()),
            Err(_) => PANICKED,
        }
    });
    reading.ok().and_then(|thread| thread.join().ok()).unwrap_or(PANICKED)
}

fn asked() -> Option<(&'static Task, String, Vec<u8>)> {
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line).ok()?;
    let head: Head = serde_json::from_slice(&line).ok()?;
    let task = TASKS.iter().chain([&ECHOING]).find(|task| task.name == head.task)?;
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).ok()?;
    Some((task, head.argument, bytes))
}

fn write(answer: &[u8]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(MARK)?;
    output.write_all(answer)?;
    output.flush()
}

/// Takes from this process what reading does not need. None of it can be taken back.
#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let at_most = |what, most: u64| setrlimit(what, Rlimit { current: Some(most), maximum: Some(most) });
    // No dump of what a person handed in, no file, no connection: only the three pipes that are open.
    at_most(Resource::Core, 0)?;
    at_most(Resource::Fsize, 0)?;
    at_most(Resource::Nofile, 3)?;
    // No other program either (the system does not hold an administrator to this one).
    at_most(Resource::Nproc, 0)?;
    // Told at the first bound, which ends it; ended at the second whatever it does.
    setrlimit(Resource::Cpu, Rlimit { current: Some(SECONDS_MAX), maximum: Some(SECONDS_MAX + 1) })?;
    at_most(Resource::Data, MEMORY_BYTES_MAX)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    Ok(())
}

/// Elsewhere the time is bounded by the parent, and nothing else is.
#[cfg(not(unix))]
fn limit() -> io::Result<()> {
    Ok(())
}
