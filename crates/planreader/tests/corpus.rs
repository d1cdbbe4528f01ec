//! A small corpus of invented documents in the wording of officials, with what a careful reader takes
//! from each; the shares below are what the reader reaches, so that no later rule makes it worse unseen.
//!
//! A document stands in `corpus/` with its labels after a line `=== LABELS`:
//! `T value unit comparator level due | quote` a target (`T?` counts neither way), `W lead | deadline |
//! coordinating | task | product` a piece of work, `R from | to | by | quote` a duty to report; `-` is none.

#![allow(clippy::unwrap_used)]

use planreader::score::{LabelReport, LabelTarget, LabelTask, Labelled, Labels, Score, Tally, score_document};
use planreader::{Plan, Value, read_plan};
use std::fs;
use std::path::Path;

/// A document and its labels.
struct Document {
    text: String,
    labels: Labels,
}

fn value(text: &str) -> Value {
    match text.split_once("..") {
        Some((low, high)) => Value::Range(low.parse().unwrap(), high.parse().unwrap()),
        None => Value::One(text.parse().unwrap()),
    }
}

fn given(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|t| t != "-" && !t.is_empty())
}

fn target(line: &str, text: &str) -> LabelTarget {
    let (fields, quote) = line.split_once(" | ").unwrap();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let at = text.find(quote).unwrap_or_else(|| panic!("the text does not hold {quote}"));
    LabelTarget {
        value: value(fields[1]),
        unit: given(fields[2]),
        comparator: given(fields[3]),
        level: given(fields[4]),
        due: given(fields[5]),
        quote: quote.to_owned(),
        offset: text[..at].chars().count(),
        optional: fields[0] == "T?",
    }
}

fn document(name: &str, whole: &str) -> Document {
    let (text, lines) = whole.split_once("=== LABELS\n").unwrap();
    let mut labels = Labels {
        file: name.to_owned(),
        labelled: Labelled { metadata: false, targets: true, tasks: true, reports: true },
        ..Labels::default()
    };
    for line in lines.lines().filter(|l| !l.trim().is_empty()) {
        let (kind, rest) = line.split_once(' ').unwrap();
        let optional = kind.ends_with('?');
        let cells: Vec<&str> = rest.split(" | ").collect();
        match kind.trim_end_matches('?') {
            "T" => labels.targets.push(target(line, text)),
            "W" => labels.tasks.push(LabelTask {
                lead: given(cells[0]),
                deadline: given(cells[1]),
                coordinating: given(cells[2]),
                task: cells[3].to_owned(),
                product: cells.get(4).and_then(|p| given(p)),
                optional,
                ..LabelTask::default()
            }),
            "R" => labels.reports.push(LabelReport {
                from: given(cells[0]),
                to: given(cells[1]),
                by: given(cells[2]),
                quote: cells[3].to_owned(),
                optional,
                ..LabelReport::default()
            }),
            other => panic!("{name}: no kind of label {other}"),
        }
    }
    Document { text: text.to_owned(), labels }
}

fn corpus() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|file| document(file.file_name().unwrap().to_str().unwrap(), &fs::read_to_string(file).unwrap()))
        .collect()
}

/// What the reader must reach on one list: recall, precision and the agreement of each field.
#[track_caller]
fn reaches(name: &str, tally: &Tally, recall: f64, precision: f64, fields: &[(&str, f64)]) {
    assert!(tally.recall >= recall, "{name}: recall {} is below {recall}", tally.recall);
    assert!(tally.precision >= precision, "{name}: precision {} is below {precision}", tally.precision);
    for (field, share) in fields {
        assert!(tally.fields[field] >= *share, "{name}: {field} {} is below {share}", tally.fields[field]);
    }
}

#[test]
fn the_corpus_is_read_as_well_as_before() {
    let documents = corpus();
    let score = Score::of(documents.iter().map(|d| score_document(&d.text, &read_plan(&d.text), &d.labels)).collect());
    for miss in score.documents.iter().flat_map(|d| &d.misses) {
        println!("{miss}");
    }
    println!("{}", score.table());
    let all = 0.97;
    reaches("targets", &score.targets, all, all, &[("unit", all), ("comparator", all), ("level", all), ("due", all)]);
    reaches("tasks", &score.tasks, all, all, &[("lead", all), ("deadline", all), ("coordinating", all)]);
    reaches("reports", &score.reports, 0.95, 0.95, &[("from", 0.9), ("to", 0.9), ("by", 0.9)]);
}

/// What is read of a plan, without places.
fn read_of(plan: &Plan) -> (Vec<String>, Vec<String>) {
    let targets =
        plan.targets.iter().map(|t| format!("{:?} {:?} {:?} {:?} {:?}", t.value, t.unit, t.comparator, t.level, t.due));
    let tasks = plan.tasks.iter().map(|t| format!("{:?} {:?}", t.lead, t.deadline));
    (targets.collect(), tasks.collect())
}

/// The text as a printed page gives it: long lines of prose broken at words.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut length = 0;
        for word in line.split(' ') {
            let letters = word.chars().count();
            if length > 0 && length + 1 + letters > width && !line.starts_with('|') && !line.starts_with('#') {
                out.push('\n');
                length = 0;
            } else if length > 0 {
                out.push(' ');
                length += 1;
            }
            out.push_str(word);
            length += letters;
        }
        out.push('\n');
    }
    out
}

/// Pipe rows without the padding of their cells.
fn unpadded(text: &str) -> String {
    text.lines()
        .map(|line| {
            if !line.starts_with('|') {
                return line.to_owned();
            }
            line.split('|')
                .map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect::<Vec<_>>()
                .join("|")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// How much of what is read of a text is read of the same text in another dress.
fn kept(dress: impl Fn(&str) -> String) -> f64 {
    let (mut all, mut same) = (0, 0);
    for document in corpus() {
        let (targets, tasks) = read_of(&read_plan(&document.text));
        let (mut others, mut other_tasks) = read_of(&read_plan(&dress(&document.text)));
        for (own, other) in [(targets, &mut others), (tasks, &mut other_tasks)] {
            for record in &own {
                all += 1;
                match other.iter().position(|o| o == record) {
                    Some(at) => {
                        other.swap_remove(at);
                        same += 1;
                    }
                    None => println!("{}: {record} is lost", document.labels.file),
                }
            }
            other.iter().for_each(|o| println!("{}: {o} is new", document.labels.file));
        }
    }
    same as f64 / all as f64
}

#[test]
fn padding_of_cells_changes_nothing() {
    assert_eq!(kept(unpadded), 1.0);
}

#[test]
fn a_printed_page_changes_little() {
    let share = kept(|text| wrapped(text, 92));
    assert!(share >= 0.98, "{share}");
}
