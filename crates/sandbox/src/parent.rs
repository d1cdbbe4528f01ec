//! Starts a reading process, hands it the bytes, waits so long and no longer, and says what became of it.

use crate::child::{ASKED, COMMAND, Head, MARK, PANICKED, UNKNOWN};
use crate::pool::POOL;
use crate::{MEMORY_BYTES_MAX, OUTPUT_BYTES_MAX, SECONDS_MAX, Stopped, WALL_SECONDS_MAX};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// What is kept of the words on its standard error, in bytes.
const WORDS_BYTES_MAX: u64 = 8 * 1024;

/// Gives `bytes` to a task in a process of its own and waits for the answer. It takes up to [`WALL_SECONDS_MAX`] and a wait for
/// its turn: not for a thread that answers requests.
///
/// # Errors
/// Why there is no answer. Everything but [`Stopped::Busy`] is logged here, once.
pub fn run(task: &str, argument: &str, bytes: &[u8]) -> Result<Vec<u8>, Stopped> {
    let Some(_turn) = POOL.turn() else { return Err(Stopped::Busy) };
    let answer = ask(task, argument, bytes);
    if let Err(stopped) = &answer {
        tracing::warn!(task, size_bytes = bytes.len(), reason = %stopped, "the reading of a foreign file was stopped");
    }
    answer
}

fn ask(task: &str, argument: &str, bytes: &[u8]) -> Result<Vec<u8>, Stopped> {
    let mut head = serde_json::to_vec(&Head { task: task.to_owned(), argument: argument.to_owned() })
        .map_err(|_| Stopped::NotStarted)?;
    head.push(b'\n');
    let mut child = start().map_err(|error| not_started(&error.to_string()))?;
    let (Some(mut input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(not_started("no pipes"));
    };
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that ended early does not take the rest; why it ended is told below.
            let _ = input.write_all(&head).and_then(|()| input.write_all(bytes));
        });
        let words = scope.spawn(move || some_of(errors, WORDS_BYTES_MAX));
        let (send, receive) = mpsc::channel();
        scope.spawn(move || {
            let most = OUTPUT_BYTES_MAX + WORDS_BYTES_MAX;
            let _ = send.send(some_of(output, most + 1));
        });
        let said = receive.recv_timeout(Duration::from_secs(WALL_SECONDS_MAX));
        let too_long = said.as_ref().is_ok_and(|said| said.len() as u64 > OUTPUT_BYTES_MAX);
        if said.is_err() || too_long {
            let _ = child.kill();
        }
        let status = child.wait().map_err(|error| not_started(&error.to_string()))?;
        let words = words.join().unwrap_or_default();
        match said {
            Err(_) => Err(Stopped::Time { max_seconds: WALL_SECONDS_MAX }),
            Ok(_) if too_long => Err(Stopped::Output { max_bytes: OUTPUT_BYTES_MAX }),
            Ok(said) => answer_of(said, status, &words),
        }
    })
}

/// This very program again, without environment, in a folder that says nothing.
fn start() -> io::Result<Child> {
    let mut command = Command::new(program()?);
    command.args([COMMAND, "--exact", "--nocapture"]);
    // The program's allocator would take a gigabyte beforehand, which no bound set later takes back: here it takes what is asked for.
    command.env_clear().env(ASKED, "1").env("MIMALLOC_ARENA_EAGER_COMMIT", "0").current_dir(if cfg!(unix) {
        "/"
    } else {
        "."
    });
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn()
}

/// The running program itself, also when its file was exchanged for a newer one meanwhile.
fn program() -> io::Result<PathBuf> {
    let itself = Path::new("/proc/self/exe");
    if itself.exists() { Ok(itself.to_owned()) } else { std::env::current_exe() }
}

/// Up to `most` bytes of a pipe. What comes after them stays unread.
fn some_of(pipe: impl Read, most: u64) -> Vec<u8> {
    let mut read = Vec::new();
    // What came before a failure is what there is.
    let _ = pipe.take(most).read_to_end(&mut read);
    read
}

fn answer_of(said: Vec<u8>, status: ExitStatus, words: &[u8]) -> Result<Vec<u8>, Stopped> {
    if status.success() {
        let mark = said.windows(MARK.len()).position(|window| window == MARK);
        let Some(at) = mark else {
            return Err(not_started("no answer: does the program serve the hidden command?"));
        };
        let mut said = said;
        said.drain(..at + MARK.len());
        return Ok(said);
    }
    let words = String::from_utf8_lossy(words);
    tracing::debug!(%status, %words, "words of a reading process");
    Err(if signal_of(status) == Some(OUT_OF_TIME) {
        Stopped::Time { max_seconds: SECONDS_MAX }
    } else if words.contains("memory allocation of") || signal_of(status) == Some(KILLED) {
        // Nobody of ours kills it here: the system does, when its own memory ends.
        Stopped::Memory { max_bytes: MEMORY_BYTES_MAX }
    } else if words.contains("overflowed its stack") {
        Stopped::Stack
    } else if status.code() == Some(i32::from(UNKNOWN)) {
        not_started("the task is not known to this program, or its limits cannot be set")
    } else if status.code().is_none_or(|code| code == i32::from(PANICKED)) {
        Stopped::Crashed
    } else {
        not_started(&format!("it ended with {status}"))
    })
}

/// `SIGXCPU`: its processor time is used up.
const OUT_OF_TIME: i32 = 24;
/// `SIGKILL`.
const KILLED: i32 = 9;

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal_of(_: ExitStatus) -> Option<i32> {
    None
}

fn not_started(why: &str) -> Stopped {
    tracing::warn!(why, "the reading process of foreign files does not work");
    Stopped::NotStarted
}
