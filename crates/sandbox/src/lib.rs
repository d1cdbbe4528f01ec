//! Foreign bytes are read in a process of their own, with bounds of memory, time and stack, so that no file can end or
//! slow down the server. See the README for how a task is written and how tests have the same child.

mod child;
mod parent;
mod pool;

pub use child::{is_asked, serve_if_asked};
pub use parent::run;

#[doc(hidden)]
pub use linkme;

use thiserror::Error;

/// Memory of a reading process: heap, stacks and tables, in bytes. With the program itself it stays within 256 MB.
pub const MEMORY_BYTES_MAX: u64 = 224 * 1024 * 1024;
/// Processor time of a reading process, in seconds: what it takes on a quiet machine. Readers wait for nothing else.
pub const SECONDS_MAX: u64 = 8;
/// Longest life of a reading process by the clock on the wall, in seconds: whoever handed the file in has an answer within ten. A build
/// without optimisation is a developer's and is given more.
pub const WALL_SECONDS_MAX: u64 = if cfg!(debug_assertions) { 20 } else { 9 };
/// Stack of the reading thread, in bytes: readers go down into nested objects by recursion.
pub const STACK_BYTES: usize = 16 * 1024 * 1024;
/// Longest answer, in bytes.
pub const OUTPUT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A piece of work on foreign bytes: the argument is ours, the bytes are not.
pub struct Task {
    /// `crate.what`
    pub name: &'static str,
    pub work: fn(&str, Vec<u8>) -> Vec<u8>,
}

/// Every task of every crate that is linked in; filled by [`task!`].
#[linkme::distributed_slice]
pub static TASKS: [Task];

/// Names tasks and registers them.
#[macro_export]
macro_rules! task {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $label:literal, $work:expr;)*) => {$(
        $(#[$meta])* $vis const $name: &str = $label;
        const _: () = {
            #[$crate::linkme::distributed_slice($crate::TASKS)]
            #[linkme(crate = $crate::linkme)]
            static REGISTERED: $crate::Task = $crate::Task { name: $name, work: $work };
        };
    )*};
}

/// Makes the test program of a crate able to be its own reading process, as the product is. At the crate's root, once.
#[macro_export]
macro_rules! test_entry {
    () => {
        #[cfg(test)]
        #[test]
        fn read_foreign() {
            if $crate::is_asked() {
                // Does not come back: the answer is written and the process ends.
                $crate::serve_if_asked();
            }
            assert_eq!($crate::run($crate::ECHO, "", b"bytes").as_deref(), Ok(b"bytes".as_slice()));
        }
    };
}

/// Gives back what it was given: shows that a program can start its reading process.
pub const ECHO: &str = "sandbox.echo";
pub(crate) static ECHOING: Task = Task { name: ECHO, work: |_, bytes| bytes };

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Stopped {
    /// It wanted more memory than it may have.
    #[error("more memory than {max_bytes} bytes")]
    Memory { max_bytes: u64 },
    /// It took longer than it may.
    #[error("longer than {max_seconds} seconds")]
    Time { max_seconds: u64 },
    /// It is nested without end.
    #[error("nested deeper than the stack holds")]
    Stack,
    /// The answer is larger than it may be.
    #[error("an answer larger than {max_bytes} bytes")]
    Output { max_bytes: u64 },
    /// The reader broke down.
    #[error("the reader broke down")]
    Crashed,
    /// Too many are being read; trying again is right.
    #[error("too many are being read")]
    Busy,
    /// The reading process does not start or does not know the task: our own fault, not the file's.
    #[error("the reading process does not start")]
    NotStarted,
}
