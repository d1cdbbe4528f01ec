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
            println!("\nNext: the words of modules/{many}/locales, its permissions and states; then");
            println!(
                "  cargo build --workspace --bins --tests && UPDATE=1 cargo test -p tests   (once, and look at what it writes)"
            );
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}
