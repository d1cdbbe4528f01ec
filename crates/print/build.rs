//! Fetches the typeface of printed forms from npm (`npm/package-lock.json` pins it) and leaves its four faces in `OUT_DIR`, from
//! where `src/press.rs` embeds them.
//!
//! Nothing is written into the source tree. `MOTCUA_NODE_MODULES=/path/to/node_modules` replaces the download.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Folder within node_modules.
const TYPEFACE: &str = "@expo-google-fonts/tinos";
/// Folder of a face and its file.
const FACES: [(&str, &str); 4] = [
    ("400Regular", "Tinos_400Regular.ttf"),
    ("400Regular_Italic", "Tinos_400Regular_Italic.ttf"),
    ("700Bold", "Tinos_700Bold.ttf"),
    ("700Bold_Italic", "Tinos_700Bold_Italic.ttf"),
];

fn main() {
    if let Err(error) = run() {
        // A build script has no other way to fail; the text is what the person at the console reads.
        eprintln!(
            "\nThe typeface of printed forms could not be prepared: {error}\n\
             It comes from npm: install Node.js with npm and let `npm ci` reach its registry,\n\
             or set MOTCUA_NODE_MODULES to a node_modules directory holding what web/package.json and\n\
             crates/print/npm/package.json name.\n"
        );
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let npm = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("npm");
    for watched in [npm.join("package-lock.json"), PathBuf::from("build.rs")] {
        println!("cargo:rerun-if-changed={}", watched.display());
    }
    println!("cargo:rerun-if-env-changed=MOTCUA_NODE_MODULES");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let modules = match env::var_os("MOTCUA_NODE_MODULES") {
        Some(given) => PathBuf::from(given),
        None => npm_ci(&npm, &out.join("npm"))?,
    };
    for (folder, file) in FACES {
        let from = modules.join(TYPEFACE).join(folder).join(file);
        fs::copy(&from, out.join(file)).map_err(|e| format!("{}: {e}", from.display()))?;
    }
    Ok(())
}

/// Installs what the lock file names into a directory of the build, and returns its node_modules.
fn npm_ci(from: &Path, into: &Path) -> Result<PathBuf, Box<dyn Error>> {
    fs::create_dir_all(into)?;
    for name in ["package.json", "package-lock.json"] {
        let file = from.join(name);
        fs::copy(&file, into.join(name)).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let done = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"])
        .current_dir(into)
        .output()
        .map_err(|e| format!("npm does not start ({e})"))?;
    if !done.status.success() {
        return Err(format!("npm ci failed:\n{}", String::from_utf8_lossy(&done.stderr)).into());
    }
    Ok(into.join("node_modules"))
}
