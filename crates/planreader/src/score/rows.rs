//! Scoring of tasks and reporting duties, which are paired by their words.

use super::{Labels, Tally, likeness, one_line, pair};
use crate::plan::Plan;

/// Tasks are the same when this share of their words is.
const TASK_LIKENESS: f64 = 0.6;
/// Reports are the same when their quotes share this much, or one holds the other.
const REPORT_LIKENESS: f64 = 0.4;
/// Cells agree when this share of their words does (line breaks and stray marks aside).
const CELL_LIKENESS: f64 = 0.9;

fn agrees(mine: Option<&str>, theirs: Option<&str>) -> bool {
    match (mine.filter(|t| !t.is_empty()), theirs.filter(|t| !t.is_empty())) {
        (None, None) => true,
        (Some(a), Some(b)) => likeness(a, b) >= CELL_LIKENESS,
        _ => false,
    }
}

/// Scores tasks: task text pairs them, then each cell is held against its label.
pub(super) fn tasks(plan: &Plan, labels: &Labels, misses: &mut Vec<String>) -> Tally {
    let mut weights = Vec::new();
    for (i, task) in plan.tasks.iter().enumerate() {
        for (j, label) in labels.tasks.iter().enumerate() {
            let weight = likeness(&task.task, &label.task);
            if weight >= TASK_LIKENESS {
                weights.push((weight, i, j));
            }
        }
    }
    let label_of = pair(weights, plan.tasks.len(), labels.tasks.len());
    let mut tally = Tally { labels: labels.tasks.iter().filter(|l| !l.optional).count(), ..Tally::default() };
    for (task, label) in plan.tasks.iter().zip(&label_of) {
        let Some(label) = label.map(|j| &labels.tasks[j]) else {
            tally.found += 1;
            misses.push(format!("{}: task too many: {}", labels.file, one_line(&task.task)));
            continue;
        };
        if label.optional {
            continue;
        }
        tally.found += 1;
        tally.matched += 1;
        for (field, mine, theirs) in [
            ("product", &task.product, &label.product),
            ("deadline", &task.deadline, &label.deadline),
            ("lead", &task.lead, &label.lead),
            ("coordinating", &task.coordinating, &label.coordinating),
        ] {
            let agree = agrees(mine.as_deref(), theirs.as_deref());
            tally.count(field, agree);
            if !agree {
                misses.push(format!(
                    "{}: task {field} {mine:?}, label {theirs:?}: {}",
                    labels.file,
                    one_line(&label.task)
                ));
            }
        }
        if label.group.is_some() {
            tally.count("group", agrees(task.group.as_deref(), label.group.as_deref()));
        }
    }
    for (j, label) in labels.tasks.iter().enumerate() {
        if !label.optional && !label_of.contains(&Some(j)) {
            misses.push(format!("{}: task missed: {}", labels.file, one_line(&label.task)));
        }
    }
    tally.settle();
    tally
}

/// Scores reporting duties by their quotes.
pub(super) fn reports(plan: &Plan, labels: &Labels, misses: &mut Vec<String>) -> Tally {
    let mut weights = Vec::new();
    for (i, report) in plan.reports.iter().enumerate() {
        for (j, label) in labels.reports.iter().enumerate() {
            let (mine, theirs) = (one_line(&report.quote), one_line(&label.quote));
            let held = mine.contains(&theirs) || theirs.contains(&mine);
            let weight = likeness(&mine, &theirs) + if held { 0.5 } else { 0.0 };
            if weight >= REPORT_LIKENESS {
                weights.push((weight, i, j));
            }
        }
    }
    let label_of = pair(weights, plan.reports.len(), labels.reports.len());
    let mut tally = Tally { labels: labels.reports.iter().filter(|l| !l.optional).count(), ..Tally::default() };
    for (report, label) in plan.reports.iter().zip(&label_of) {
        let Some(label) = label.map(|j| &labels.reports[j]) else {
            tally.found += 1;
            misses.push(format!("{}: report too many: {}", labels.file, one_line(&report.quote)));
            continue;
        };
        if label.optional {
            continue;
        }
        tally.found += 1;
        tally.matched += 1;
        for (field, mine, theirs) in
            [("from", &report.from, &label.from), ("to", &report.to, &label.to), ("by", &report.by, &label.by)]
        {
            let agree = agrees(mine.as_deref(), theirs.as_deref());
            tally.count(field, agree);
            if !agree {
                misses.push(format!("{}: report {field} {mine:?}, label {theirs:?}", labels.file));
            }
        }
    }
    for (j, label) in labels.reports.iter().enumerate() {
        if !label.optional && !label_of.contains(&Some(j)) {
            misses.push(format!("{}: report missed: {}", labels.file, one_line(&label.quote)));
        }
    }
    tally.settle();
    tally
}

#[cfg(test)]
mod tests {
    use super::super::{LabelTarget, Labelled, Labels, Score, score_document};
    use crate::plan::Value;
    use crate::read_plan;

    fn label(value: f64, quote: &str, optional: bool) -> LabelTarget {
        LabelTarget {
            value: Value::One(value),
            unit: Some("percent".into()),
            comparator: Some("gte".into()),
            level: None,
            due: Some("2025".into()),
            quote: quote.into(),
            offset: 0,
            optional,
        }
    }

    #[test]
    fn each_label_is_used_once_and_optional_labels_count_neither_way() {
        let text = "Mục tiêu đến năm 2025:\n- Tối thiểu 80% hồ sơ trực tuyến.\n- Tối thiểu 90% người dân hài lòng.";
        let labels = Labels {
            labelled: Labelled { targets: true, ..Labelled::default() },
            targets: vec![
                label(80.0, "Tối thiểu 80% hồ sơ", false),
                label(90.0, "90% người dân", true),
                label(70.0, "không có", false),
            ],
            ..Labels::default()
        };
        let score = Score::of(vec![score_document(text, &read_plan(text), &labels)]);
        assert_eq!((score.targets.labels, score.targets.found, score.targets.matched), (2, 1, 1));
        assert_eq!(score.targets.fields["due"], 1.0);
        let json = serde_json::to_value(&score).unwrap();
        assert_eq!(json["targets"]["recall"], 0.5);
        assert!(score.documents[0].misses.iter().any(|m| m.contains("missed")));
    }
}
