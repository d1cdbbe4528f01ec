//! Work on the source tree itself. `cargo run -p xtask -- new-module tasks task CV` makes a new room of the smallest one.

mod room;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p xtask -- new-module NAMES NAME CODE\n\
    NAMES: the module, in the plural (tasks); NAME: one of them (task), both in lower-case letters;\n\
    CODE: two capital letters that the codes of its subjects begin with (CV).\n\
    Makes modules/NAMES of examples/errands and enters it where rooms are listed.";

fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let [command, many, one, code] = asked.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if command != "new-module" {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    match room::make(root, many, one, code) {
        Ok(written) => {
            for file in written {
                println!("{}", file.display());
            }
            println!("{}", next(many));
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// What is left to be done, in the order in which the suite asks for it.
fn next(many: &str) -> String {
    format!(
        "\nNext (docs/adding-a-module.md, steps 9 and 10, says why):\n\
        1. modules/{many}: its states, columns, words in both languages, permissions and README; its line in ARCHITECTURE.md\n\
        2. tests/src/lived.rs: one of its subjects, or tests/src/proof.rs finds its tables empty and fails\n\
        3. crates/access/src/request.rs: /{many} and /api/v1/{many} in PRIVATE, where people write about people\n\
        4. a journey in tests/src/journeys, its pages in tests/browser, rows of docs/capabilities.csv\n\
        5. cargo build --workspace --bins --tests && UPDATE=1 cargo test -p tests   (once: tests/authorisation.txt, docs/permissions.md and\n\
        \u{20}  docs/states are written; look at them), then ./scripts/test"
    )
}
