//! A progress bar on standard error that tells the truth: it moves when work is done, and says how much is left.

use simulate::Stage;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, OnceLock};

const WIDTH: u64 = 30;

/// Shows `done` of `total` as it grows. On a terminal one line is redrawn; elsewhere a line is printed at each tenth.
pub struct Progress {
    what: &'static str,
    total: u64,
    terminal: bool,
    shown: Mutex<Option<u64>>,
}

impl Progress {
    pub fn new(what: &'static str, total: u64) -> Self {
        Self { what, total, terminal: std::io::stderr().is_terminal(), shown: Mutex::new(None) }
    }

    /// So much is done.
    pub fn at(&self, done: u64) {
        let percent = (done * 100).checked_div(self.total).unwrap_or(100).min(100);
        let mut shown = self.shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let step = if self.terminal { percent } else { percent / 10 * 10 };
        if *shown == Some(step) {
            return;
        }
        *shown = Some(step);
        let mut out = std::io::stderr().lock();
        // A closed terminal is no reason to stop the work.
        let _ = if self.terminal {
            let full = usize::try_from(percent * WIDTH / 100).unwrap_or(0);
            let bar = format!("{}{}", "█".repeat(full), "░".repeat(WIDTH as usize - full));
            let end = if percent == 100 { "\n" } else { "" };
            write!(out, "\r{} {bar} {percent:>3} % ({done}/{}){end}", self.what, self.total)
        } else {
            writeln!(out, "{}: {percent} % ({done}/{})", self.what, self.total)
        };
        let _ = out.flush();
    }
}

impl Drop for Progress {
    /// Work that ended before 100 % leaves the next line to others.
    fn drop(&mut self) {
        let shown = *self.shown.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.terminal && shown.is_some_and(|percent| percent < 100) {
            eprintln!();
        }
    }
}

/// Shows how a simulation comes along: the dossiers, then the days sealed, then the last look of the engine.
pub fn simulation(dossiers: u64) -> impl Fn(Stage) + Send + Sync {
    let written = Progress::new("simulating dossiers", dossiers);
    written.at(0);
    let written = Mutex::new(Some(written));
    let sealing: OnceLock<Progress> = OnceLock::new();
    move |stage| {
        let mut written = written.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match stage {
            Stage::Dossiers(done) => written.iter().for_each(|bar| bar.at(done)),
            Stage::Days { sealed, all } => {
                // Some filings come to nothing, so the bar may end before its last percent.
                drop(written.take());
                sealing.get_or_init(|| Progress::new("sealing days", all)).at(sealed);
            }
            Stage::Statistics => {
                let mut out = std::io::stderr().lock();
                let _ = writeln!(out, "counting rows for the query planner");
            }
        }
    }
}
