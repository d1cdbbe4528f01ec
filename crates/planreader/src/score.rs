//! How well plans read by machine agree with plans labelled by hand.
//!
//! A target found counts when its value equals a label's and the quotes, or the sentences around
//! them, overlap; each label is used once. Labels marked `optional` count neither for nor against.

mod rows;

use crate::fold::folded;
use crate::plan::{Plan, Target, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which lists of a document were labelled in full; only those are scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Labelled {
    pub metadata: bool,
    pub targets: bool,
    pub tasks: bool,
    pub reports: bool,
}

/// One label of a target. Names that the reader does not know are kept as text and simply never agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelTarget {
    pub value: Value,
    #[serde(default)]
    pub unit: Option<String>,
    #[serde(default)]
    pub comparator: Option<String>,
    #[serde(default)]
    pub level: Option<String>,
    #[serde(default)]
    pub due: Option<String>,
    pub quote: String,
    #[serde(default)]
    pub offset: usize,
    #[serde(default)]
    pub optional: bool,
}

/// One label of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelTask {
    pub task: String,
    pub product: Option<String>,
    pub deadline: Option<String>,
    pub lead: Option<String>,
    pub coordinating: Option<String>,
    pub group: Option<String>,
    pub optional: bool,
}

/// One label of a duty to report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelReport {
    pub from: Option<String>,
    pub to: Option<String>,
    pub by: Option<String>,
    pub quote: String,
    pub offset: usize,
    pub optional: bool,
}

/// What was labelled by hand in one document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Labels {
    /// Name of the text file.
    pub file: String,
    pub labelled: Labelled,
    pub targets: Vec<LabelTarget>,
    pub tasks: Vec<LabelTask>,
    pub reports: Vec<LabelReport>,
}

/// Counts of one list; shares are worked out from them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    pub labels: usize,
    pub found: usize,
    pub matched: usize,
    /// Share of labels found, 1 when there are none.
    pub recall: f64,
    /// Share of what was found that is labelled, 1 when nothing was found.
    pub precision: f64,
    /// For each field, the share of matched pairs that agree.
    pub fields: BTreeMap<&'static str, f64>,
    #[serde(skip)]
    agreed: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn count(&mut self, field: &'static str, agrees: bool) {
        *self.agreed.entry(field).or_default() += usize::from(agrees);
    }

    fn add(&mut self, other: &Tally) {
        self.labels += other.labels;
        self.found += other.found;
        self.matched += other.matched;
        for (field, count) in &other.agreed {
            *self.agreed.entry(field).or_default() += count;
        }
        self.settle();
    }

    fn settle(&mut self) {
        let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        self.recall = share(self.matched, self.labels);
        self.precision = share(self.matched, self.found);
        let matched = self.matched;
        self.fields = self.agreed.iter().map(|(field, count)| (*field, share(*count, matched))).collect();
    }
}

/// The score of one document, with what disagrees.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DocumentScore {
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<Tally>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Tally>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports: Option<Tally>,
    /// One line for each label missed, record too many and field that differs.
    #[serde(skip)]
    pub misses: Vec<String>,
}

/// The score of all documents.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    pub targets: Tally,
    pub tasks: Tally,
    pub reports: Tally,
    pub documents: Vec<DocumentScore>,
}

impl Score {
    /// Adds up the scores of documents.
    pub fn of(documents: Vec<DocumentScore>) -> Score {
        let mut score = Score { documents, ..Score::default() };
        for document in &score.documents {
            for (total, part) in [
                (&mut score.targets, &document.targets),
                (&mut score.tasks, &document.tasks),
                (&mut score.reports, &document.reports),
            ] {
                if let Some(part) = part {
                    total.add(part);
                }
            }
        }
        for total in [&mut score.targets, &mut score.tasks, &mut score.reports] {
            total.settle();
        }
        score
    }

    /// The table for people: a line a document and one for the total.
    pub fn table(&self) -> String {
        let mut out = format!(
            "{:<28} {:>7} {:>6} {:>7} {:>7} {:>7}  {}\n",
            "văn bản / document", "labels", "found", "matched", "recall", "precis.", "fields"
        );
        let mut line = |name: &str, kind: &str, tally: &Tally| {
            let fields: Vec<String> = tally.fields.iter().map(|(f, s)| format!("{f} {s:.3}")).collect();
            out.push_str(&format!(
                "{:<20} {:<7} {:>7} {:>6} {:>7} {:>7.3} {:>7.3}  {}\n",
                name.chars().take(20).collect::<String>(),
                kind,
                tally.labels,
                tally.found,
                tally.matched,
                tally.recall,
                tally.precision,
                fields.join(", ")
            ));
        };
        for document in &self.documents {
            for (kind, tally) in
                [("targets", &document.targets), ("tasks", &document.tasks), ("reports", &document.reports)]
            {
                if let Some(tally) = tally {
                    line(&document.file, kind, tally);
                }
            }
        }
        for (kind, tally) in [("targets", &self.targets), ("tasks", &self.tasks), ("reports", &self.reports)] {
            line("tổng / total", kind, tally);
        }
        out
    }
}

/// Scores one document. `text` is the input the plan was read from.
pub fn score_document(text: &str, plan: &Plan, labels: &Labels) -> DocumentScore {
    let mut out = DocumentScore { file: labels.file.clone(), ..DocumentScore::default() };
    if labels.labelled.targets {
        out.targets = Some(targets(text, plan, labels, &mut out.misses));
    }
    if labels.labelled.tasks {
        out.tasks = Some(rows::tasks(plan, labels, &mut out.misses));
    }
    if labels.labelled.reports {
        out.reports = Some(rows::reports(plan, labels, &mut out.misses));
    }
    out
}

/// Pairs found records with labels, best overlap first, each used once.
fn pair(weights: Vec<(f64, usize, usize)>, found: usize, labels: usize) -> Vec<Option<usize>> {
    let mut weights = weights;
    weights.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut label_of = vec![None; found];
    let mut used = vec![false; labels];
    for (_, record, label) in weights {
        if label_of[record].is_none() && !used[label] {
            label_of[record] = Some(label);
            used[label] = true;
        }
    }
    label_of
}

fn targets(text: &str, plan: &Plan, labels: &Labels, misses: &mut Vec<String>) -> Tally {
    let chars: Vec<char> = text.chars().collect();
    let found: Vec<_> = plan.targets.iter().map(|t| span(&chars, t.offset, &t.quote)).collect();
    let labelled: Vec<_> = labels.targets.iter().map(|l| span(&chars, l.offset, &l.quote)).collect();
    let mut weights = Vec::new();
    for (i, target) in plan.targets.iter().enumerate() {
        for (j, label) in labels.targets.iter().enumerate() {
            if target.value == label.value
                && let Some(weight) = overlap(&chars, found[i], labelled[j])
            {
                weights.push((weight + same(target, label), i, j));
            }
        }
    }
    let label_of = pair(weights, plan.targets.len(), labels.targets.len());
    let mut tally = Tally { labels: labels.targets.iter().filter(|l| !l.optional).count(), ..Tally::default() };
    for field in ["unit", "comparator", "level", "due"] {
        tally.agreed.insert(field, 0);
    }
    for (target, label) in plan.targets.iter().zip(&label_of) {
        match label.map(|j| &labels.targets[j]) {
            Some(label) if label.optional => {}
            Some(label) => {
                tally.found += 1;
                tally.matched += 1;
                for (field, mine, theirs) in fields(target, label) {
                    tally.count(field, mine == theirs);
                    if mine != theirs {
                        misses.push(format!(
                            "{}: {field} {mine:?}, label {theirs:?}: {}",
                            labels.file,
                            one_line(&label.quote)
                        ));
                    }
                }
            }
            None => {
                tally.found += 1;
                misses.push(format!(
                    "{}: too many {:?} @{} [{}] {}",
                    labels.file,
                    target.value,
                    target.offset,
                    target.reason,
                    one_line(&target.quote)
                ));
            }
        }
    }
    for (j, label) in labels.targets.iter().enumerate() {
        if !label.optional && !label_of.contains(&Some(j)) {
            misses.push(format!(
                "{}: missed {:?} @{} {}",
                labels.file,
                label.value,
                label.offset,
                one_line(&label.quote)
            ));
        }
    }
    tally.settle();
    tally
}

/// Among equal overlaps, the label that says the same comes first.
fn same(target: &Target, label: &LabelTarget) -> f64 {
    fields(target, label).iter().filter(|(_, mine, theirs)| mine == theirs).count() as f64 * 0.01
}

fn fields(target: &Target, label: &LabelTarget) -> [(&'static str, Option<String>, Option<String>); 4] {
    [
        ("unit", name(&target.unit), label.unit.clone()),
        ("comparator", name(&target.comparator), label.comparator.clone()),
        ("level", target.level.as_ref().and_then(name), label.level.clone()),
        ("due", target.due.clone(), label.due.clone()),
    ]
}

fn name<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The range of a quote: at its offset, or where it is found first.
fn span(chars: &[char], offset: usize, quote: &str) -> (usize, usize) {
    let quote: Vec<char> = quote.chars().collect();
    if quote.is_empty() || chars.get(offset..offset + quote.len()).is_some_and(|at| at == quote.as_slice()) {
        return (offset, offset + quote.len());
    }
    let at = chars.windows(quote.len()).position(|w| w == quote.as_slice()).unwrap_or(offset);
    (at, at + quote.len())
}

/// More than 1 when quotes overlap, less when only their sentences do.
fn overlap(chars: &[char], a: (usize, usize), b: (usize, usize)) -> Option<f64> {
    let shared = |a: (usize, usize), b: (usize, usize)| a.1.min(b.1) as f64 - a.0.max(b.0) as f64;
    let quotes = shared(a, b);
    if quotes > 0.0 {
        return Some(1.0 + quotes / (a.1.max(b.1) - a.0.min(b.0)) as f64);
    }
    (shared(sentence(chars, a), sentence(chars, b)) > 0.0).then(|| 0.5 + quotes.max(-400.0) / 1000.0)
}

fn sentence(chars: &[char], (start, end): (usize, usize)) -> (usize, usize) {
    let stops = |i: usize| {
        chars[i] == '\n' && chars.get(i + 1).is_none_or(|c| *c == '\n' || "-+|".contains(*c))
            || chars[i] == '.' && chars.get(i + 1).is_none_or(|c| c.is_whitespace())
    };
    let start = start.min(chars.len());
    let end = end.min(chars.len());
    let first =
        (start.saturating_sub(600)..start).rev().find(|i| stops(*i)).map_or(start.saturating_sub(600), |i| i + 1);
    let last = (end..(end + 600).min(chars.len())).find(|i| stops(*i)).unwrap_or((end + 600).min(chars.len()));
    (first, last)
}

/// Two texts as sets of folded words: shared over all.
fn likeness(a: &str, b: &str) -> f64 {
    let words = |t: &str| -> Vec<String> {
        folded(t).split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let (a, mut b) = (words(a), words(b));
    let all = a.len() + b.len();
    let shared = a.iter().filter(|w| b.iter().position(|x| x == *w).map(|at| b.swap_remove(at)).is_some()).count();
    if all == 0 { 1.0 } else { 2.0 * shared as f64 / all as f64 }
}
