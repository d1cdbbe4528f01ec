//! `plan read FILE` prints a plan as JSON; `plan explain FILE` the numbers left out; `plan score LABELS_DIR TEXTS_DIR [--show-misses]` scores.

use planreader::score::{Labels, Score, score_document};
use std::{env, fs, path::Path};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["read", file] => {
            println!("{}", serde_json::to_string_pretty(&planreader::read_plan(&fs::read_to_string(file)?))?)
        }
        ["explain", file] => {
            for left in planreader::explain_plan(&fs::read_to_string(file)?).1 {
                println!("{}\t{}\t{}\t{}", left.offset, left.quote, left.rule, left.reason);
            }
        }
        ["score", labels, texts, rest @ ..] => {
            let mut files: Vec<_> = fs::read_dir(labels)?.filter_map(Result::ok).map(|f| f.path()).collect();
            files.sort();
            let mut documents = Vec::new();
            for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "json")) {
                let labels: Labels = serde_json::from_str(&fs::read_to_string(file)?)?;
                let text = fs::read_to_string(Path::new(texts).join(&labels.file))?;
                documents.push(score_document(&text, &planreader::read_plan(&text), &labels));
            }
            let score = Score::of(documents);
            if rest.contains(&"--show-misses") {
                score.documents.iter().flat_map(|d| &d.misses).for_each(|m| eprintln!("{m}"));
            }
            eprint!("{}", score.table());
            println!("{}", serde_json::to_string(&score)?);
        }
        _ => eprintln!("plan read FILE | plan explain FILE | plan score LABELS_DIR TEXTS_DIR [--show-misses]"),
    }
    Ok(())
}
