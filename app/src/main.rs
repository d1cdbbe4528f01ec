//! The one binary.

use clap::Parser;
use motcua::cli::{Cli, run};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// A page is many small strings made by one thread and let go by it: a quarter of its time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// For threads still at work when everything else has ended.
const LAST_WAIT: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    // Before anything else: a process that reads foreign bytes knows no settings, no database and no log.
    if let Some(code) = sandbox::serve_if_asked() {
        return code;
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("motcua: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(run(cli));
    // A thread that still hashes or reads is not waited for for ever: what it does is not yet promised to anybody.
    runtime.shutdown_timeout(LAST_WAIT);
    match ended {
        Ok((last_line, well)) => {
            if let Some(line) = last_line {
                // A reader that went away early (head, a closed pipe) is no failure of the command.
                let _ = writeln!(std::io::stdout(), "{line}");
            }
            if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(fault) => {
            // The words of a problem are in the catalogue of words; its code and arguments say enough on a terminal.
            eprintln!("motcua: {fault}");
            for problem in fault.problems() {
                eprintln!("  {} {:?}", problem.code, problem.args);
            }
            println!("{}", serde_json::json!({ "error": fault.to_string() }));
            ExitCode::from(2)
        }
    }
}
