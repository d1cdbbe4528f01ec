//! What `motcua plan` does on the command line: read one document, score the reader against labels.

use crate::reading::{Unread, read_apart};
use planreader::score::{Labels, Score, score_document};
use serde_json::Value;
use std::fmt;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Why a command stopped.
#[derive(Debug)]
pub enum CliFault {
    /// A file could not be read.
    Read { path: PathBuf, source: std::io::Error },
    /// The document is not one the readers take.
    Refused { path: PathBuf, source: Unread },
    /// A label file is not in the shape of labels.
    Labels { path: PathBuf, source: serde_json::Error },
    /// The folder holds no label file.
    NoLabels { path: PathBuf },
    /// The answer cannot be written as JSON.
    Write(serde_json::Error),
}

impl fmt::Display for CliFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CliFault::Read { path, source } => {
                write!(f, "{}: không đọc được tệp / cannot read the file: {source}", path.display())
            }
            CliFault::Refused { path, source } => write!(f, "{}: {source} [{}]", path.display(), source.rule()),
            CliFault::Labels { path, source } => {
                write!(f, "{}: tệp nhãn sai / not a label file: {source}", path.display())
            }
            CliFault::NoLabels { path } => {
                write!(f, "{}: không có tệp nhãn .json / no .json label file", path.display())
            }
            CliFault::Write(source) => write!(f, "không ghi được JSON / cannot write JSON: {source}"),
        }
    }
}

impl CliFault {
    /// The rule that refuses a document; empty when something else is wrong.
    pub fn rule(&self) -> &'static str {
        match self {
            CliFault::Refused { source, .. } => source.rule(),
            _ => "",
        }
    }
}

impl std::error::Error for CliFault {}

fn bytes_of(path: &Path) -> Result<Vec<u8>, CliFault> {
    let read = |source| CliFault::Read { path: path.to_owned(), source };
    // A file without end (a device, a pipe) is refused at the bound as well.
    let mut bytes = Vec::new();
    let most = sheets::DOCUMENT_BYTES_MAX as u64 + 1;
    fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(read)?;
    Ok(bytes)
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn text_of(path: &Path) -> Result<String, CliFault> {
    let read = sheets::read_apart(&bytes_of(path)?, Some(name_of(path)));
    let refused = |source| CliFault::Refused { path: path.to_owned(), source: Unread::Refused(source) };
    Ok(read.map_err(refused)?.text)
}

/// `motcua plan import FILE`: the plan a document holds, in the JSON shape of the labels.
pub fn import(path: impl AsRef<Path>) -> Result<Value, CliFault> {
    let path = path.as_ref();
    let read = read_apart(&bytes_of(path)?, name_of(path));
    let read = read.map_err(|source| CliFault::Refused { path: path.to_owned(), source })?;
    serde_json::to_value(read.plan).map_err(CliFault::Write)
}

/// `motcua plan score LABELS_DIR TEXTS_DIR [--show-misses]`: prints the table (and what was missed)
/// to the error stream and gives the scores as JSON.
pub fn score(labels_dir: impl AsRef<Path>, texts_dir: impl AsRef<Path>, show_misses: bool) -> Result<Value, CliFault> {
    let (labels_dir, texts_dir) = (labels_dir.as_ref(), texts_dir.as_ref());
    let entries = fs::read_dir(labels_dir).map_err(|source| CliFault::Read { path: labels_dir.to_owned(), source })?;
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|e| e.path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "json"));
    files.sort();
    if files.is_empty() {
        return Err(CliFault::NoLabels { path: labels_dir.to_owned() });
    }
    let mut documents = Vec::with_capacity(files.len());
    for file in files {
        let content = fs::read_to_string(&file).map_err(|source| CliFault::Read { path: file.clone(), source })?;
        let mut labels: Labels =
            serde_json::from_str(&content).map_err(|source| CliFault::Labels { path: file.clone(), source })?;
        if labels.file.is_empty() {
            labels.file =
                file.with_extension("txt").file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        }
        let text = text_of(&texts_dir.join(&labels.file))?;
        documents.push(score_document(&text, &planreader::read_plan(&text), &labels));
    }
    let score = Score::of(documents);
    if show_misses {
        for miss in score.documents.iter().flat_map(|d| &d.misses) {
            eprintln!("{miss}");
        }
    }
    eprint!("{}", score.table());
    serde_json::to_value(&score).map_err(CliFault::Write)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("plans-cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn a_plan_is_imported_and_scored_from_files() {
        let dir = folder("score");
        let text = "MỤC TIÊU\n- Đến năm 2025, tối thiểu 80% hồ sơ được xử lý trực tuyến.";
        fs::write(dir.join("a.txt"), text).unwrap();
        fs::write(
            dir.join("a.json"),
            r#"{"file":"a.txt","labelled":{"targets":true},"targets":[{"value":80,"unit":"percent","comparator":"gte","level":null,"due":"2025","quote":"tối thiểu 80% hồ sơ","offset":0}]}"#,
        )
        .unwrap();
        let plan = import(dir.join("a.txt")).unwrap();
        assert_eq!(plan["targets"][0]["value"], 80);
        let score = score(&dir, &dir, true).unwrap();
        assert_eq!(score["targets"]["recall"], 1.0);
        assert_eq!(score["targets"]["fields"]["due"], 1.0);
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_document_that_is_refused_names_its_rule_in_words() {
        let dir = folder("refused");
        fs::write(dir.join("b.doc"), b"\xD0\xCF\x11\xE0").unwrap();
        assert!(import(dir.join("b.doc")).unwrap_err().to_string().contains("[kind]"));
        assert!(matches!(score(&dir, &dir, false), Err(CliFault::NoLabels { .. })));
        fs::remove_dir_all(dir).unwrap();
    }
}
