//! Fetches the style sheet, the script and the font from npm (`web/package-lock.json` pins them), trims the style
//! sheet, compresses the texts and leaves all of it in `OUT_DIR/assets`, from where `src/assets.rs` embeds it.
//!
//! Nothing is written into the source tree. `MOTCUA_NODE_MODULES=/path/to/node_modules` replaces the download.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const TABLER: &str = "@tabler/core/dist/css/tabler.min.css";
const HTMX: &str = "htmx.org/dist/htmx.min.js";
const FONT: &str = "@fontsource/be-vietnam-pro";
const WEIGHTS: [u16; 4] = [400, 500, 600, 700];

fn main() {
    if let Err(error) = run() {
        // A build script has no other way to fail; the text is what the person at the console reads.
        eprintln!(
            "\nThe screen assets could not be prepared: {error}\n\
             They come from npm: install Node.js with npm and let `npm ci` reach its registry,\n\
             or set MOTCUA_NODE_MODULES to a node_modules directory holding what web/package.json names.\n"
        );
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let web = here.join("../../web");
    let own = here.join("assets");
    for watched in [
        web.join("package-lock.json"),
        here.join("build.rs"),
        own.join("app.css"),
        own.join("app.js"),
        own.join("process.js"),
    ] {
        println!("cargo:rerun-if-changed={}", watched.display());
    }
    println!("cargo:rerun-if-env-changed=MOTCUA_NODE_MODULES");

    let out = PathBuf::from(env::var("OUT_DIR")?);
    let modules = match env::var_os("MOTCUA_NODE_MODULES") {
        Some(given) => PathBuf::from(given),
        None => npm_ci(&web, &out.join("npm"))?,
    };
    let assets = out.join("assets");
    if assets.exists() {
        fs::remove_dir_all(&assets)?;
    }
    fs::create_dir_all(&assets)?;

    let mut names = Vec::new();
    let mut put = |name: &str, bytes: &[u8]| -> Result<(), Box<dyn Error>> {
        fs::write(assets.join(name), bytes)?;
        if !name.ends_with(".woff2") {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            gzip.write_all(bytes)?;
            fs::write(assets.join(format!("{name}.gz")), gzip.finish()?)?;
        }
        names.push(name.to_owned());
        Ok(())
    };

    put("tabler.css", trim(&text(&modules.join(TABLER))?).as_bytes())?;
    put("htmx.js", text(&modules.join(HTMX))?.as_bytes())?;
    let faces = font_faces(&modules.join(FONT), &mut put)?;
    put("app.css", (faces + &text(&own.join("app.css"))?).as_bytes())?;
    put("app.js", text(&own.join("app.js"))?.as_bytes())?;
    put("process.js", text(&own.join("process.js"))?.as_bytes())?;

    // One mark for the whole set: style sheets name the fonts beside them.
    let mut hash = <sha2::Sha256 as sha2::Digest>::new();
    for name in &names {
        sha2::Digest::update(&mut hash, name.as_bytes());
        sha2::Digest::update(&mut hash, fs::read(assets.join(name))?);
    }
    let mark: String = sha2::Digest::finalize(hash).iter().take(6).map(|b| format!("{b:02x}")).collect();
    println!("cargo:rustc-env=MOTCUA_ASSETS_MARK={mark}");
    Ok(())
}

fn text(path: &Path) -> Result<String, Box<dyn Error>> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()).into())
}

/// Installs what the lock file names into a directory of the build, and returns its node_modules.
fn npm_ci(web: &Path, into: &Path) -> Result<PathBuf, Box<dyn Error>> {
    fs::create_dir_all(into)?;
    for name in ["package.json", "package-lock.json"] {
        let from = web.join(name);
        fs::copy(&from, into.join(name)).map_err(|e| format!("{}: {e}", from.display()))?;
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

type Put<'a> = dyn FnMut(&str, &[u8]) -> Result<(), Box<dyn Error>> + 'a;

/// The @font-face rules of the four weights, reduced to the WOFF2 files, which are put beside them.
fn font_faces(font: &Path, put: &mut Put<'_>) -> Result<String, Box<dyn Error>> {
    let mut faces = String::new();
    for weight in WEIGHTS {
        let css = text(&font.join(format!("{weight}.css")))?;
        for block in css.split("@font-face").skip(1) {
            let range = between(block, "unicode-range:", ";").ok_or("a font face without its range")?;
            let file = between(block, "url(./files/", ")").ok_or("a font face without its file")?;
            put(file, &fs::read(font.join("files").join(file))?)?;
            faces.push_str(&format!(
                "@font-face{{font-family:\"Be Vietnam Pro\";font-style:normal;font-display:swap;font-weight:{weight};\
                 src:url({file}) format(\"woff2\");unicode-range:{}}}\n",
                range.trim()
            ));
        }
    }
    Ok(faces)
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let start = text.find(from)? + from.len();
    let end = text[start..].find(to)? + start;
    Some(&text[start..end])
}

/// Parts of Tabler that need its JavaScript or that no page of ours has. Leaving them out saves an old office
/// computer a third of the style sheet.
const UNUSED: [&str; 40] = [
    ".carousel",
    ".offcanvas",
    ".modal",
    ".toast",
    ".tooltip",
    ".popover",
    ".markdown",
    ".otp",
    ".ribbon",
    ".signal",
    ".apexcharts",
    ".ts-",
    ".jvm-",
    ".litepicker",
    ".noUi",
    ".plyr",
    ".dropzone",
    ".tox",
    ".fslightbox",
    ".mention",
    ".vc-",
    "[data-vc",
    ".bg-pattern",
    ".avatar-upload",
    ".calendar",
    ".strength",
    ".sortable",
    ".chip",
    ".payment",
    ".bg-gradient",
    ".btn-facebook",
    ".color-picker",
    "[data-bs-theme=dark",
    ".theme-dark",
    ".placeholder-glow",
    ".placeholder-wave",
    ".coloris",
    ".clr-",
    ".hs-",
    ".bs-",
];

/// Drops the rules none of our pages can match; keeps everything else byte for byte.
fn trim(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(open) = rest.find('{') {
        let head = &rest[..open];
        let Some(length) = block_length(&rest[open..]) else { break };
        let body = &rest[open + 1..open + length - 1];
        // A statement such as @charset stands before the next rule's selector.
        let (before, selector) = match head.rfind([';', '/']) {
            Some(at) if head.starts_with('@') || head[..at].contains("/*") => head.split_at(at + 1),
            _ => ("", head),
        };
        if !before.starts_with("@charset") {
            out.push_str(before);
        }
        if selector.trim_start().starts_with("@media") || selector.trim_start().starts_with("@supports") {
            let inner = trim(body);
            if !inner.trim().is_empty() {
                out.push_str(&format!("{selector}{{{inner}}}"));
            }
        } else if selector.trim_start().starts_with('@') {
            out.push_str(&format!("{selector}{{{body}}}"));
        } else {
            let kept: Vec<&str> =
                selectors(selector).into_iter().filter(|s| !UNUSED.iter().any(|unused| s.contains(unused))).collect();
            if !kept.is_empty() {
                out.push_str(&format!("{}{{{body}}}", kept.join(",")));
            }
        }
        rest = &rest[open + length..];
    }
    out
}

/// Bytes from the opening brace to its closing one, both included.
fn block_length(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The selectors of a list, cut at its outer commas only (`:not(a,b)` stays whole).
fn selectors(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts
}
