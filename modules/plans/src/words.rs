//! How values, kinds and reasons are written.

use crate::document::{Body, Kind, State};
use crate::fields::{COMPARATORS, LEVELS, UNITS, word};
use i18n::L;
use planreader::{Level, Target, Value};
use web::Choice;
use web::chart::number;

/// "≥ 80 %", "25 – 35 ngày", "giảm 20 %".
pub(crate) fn goal(l: L, target: &Target) -> String {
    let value = match target.value {
        Value::One(value) => number(l, value),
        Value::Range(low, high) => format!("{} – {}", number(l, low), number(l, high)),
    };
    let amount = l.tr(format!("plan-amount-{}", word(target.unit)), [("value", value)]);
    l.tr(format!("plan-goal-{}", word(target.comparator)), [("amount", amount)])
}

pub(crate) fn level(l: L, level: Option<Level>) -> String {
    l.t(format!("plan-level-{}", level.map_or_else(|| "none".to_owned(), word)))
}

pub(crate) fn state(l: L, state: State) -> String {
    l.t(format!("plan-state-{}", state.as_str()))
}

pub(crate) fn kind(l: L, kind: Kind) -> String {
    l.t(format!("plan-kind-{}", kind.as_str()))
}

/// How sure the rules are, as a word beside the percent.
pub(crate) fn sureness(l: L, percent: i64) -> String {
    l.t(match percent {
        90.. => "plan-sure-high",
        75..=89 => "plan-sure-middle",
        _ => "plan-sure-low",
    })
}

/// The rules that made an item, in the reader's language where there are words for them.
pub(crate) fn reason(l: L, body: &Body) -> String {
    let words = body.reason().split("; ").map(|rule| {
        let slug: String =
            rule.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let key = format!("plan-rule-{slug}");
        if i18n::has(l.0, &key) { l.t(key) } else { rule.to_owned() }
    });
    words.collect::<Vec<_>>().join("; ")
}

pub(crate) fn comparators(l: L) -> Vec<Choice> {
    COMPARATORS.iter().map(|one| Choice::new(word(one), l.t(format!("plan-comparator-{}", word(one))))).collect()
}

pub(crate) fn units(l: L) -> Vec<Choice> {
    UNITS.iter().map(|one| Choice::new(word(one), l.t(format!("plan-unit-{}", word(one))))).collect()
}

pub(crate) fn levels(l: L) -> Vec<Choice> {
    LEVELS.iter().map(|one| Choice::new(word(one), level(l, Some(*one)))).collect()
}

pub(crate) fn kinds(l: L) -> Vec<Choice> {
    Kind::ALL.iter().map(|one| Choice::new(one.as_str(), kind(l, *one))).collect()
}

pub(crate) fn states(l: L) -> Vec<Choice> {
    State::ALL.iter().map(|one| Choice::new(one.as_str(), state(l, *one))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Lang;

    #[test]
    fn the_rules_behind_an_item_are_told_in_the_readers_language() {
        i18n::install(&[crate::LOCALES]);
        let text = "II. MỤC TIÊU\n1. Đến năm 2027, tối thiểu 80% hồ sơ trực tuyến; giảm 20% chi phí.\n2. PAR INDEX nằm trong nhóm 10 tỉnh.\nIII. TỔ CHỨC THỰC HIỆN\n1. Sở Nội vụ: Chủ trì tham mưu kế hoạch.";
        let bodies = crate::document::bodies(planreader::read_plan(text));
        assert!(bodies.len() >= 4);
        for body in &bodies {
            assert_ne!(reason(L(Lang::Vi), body), body.reason(), "{}", body.reason());
        }
        let Some(Body::Target(first)) = bodies.first() else { panic!() };
        assert_eq!((goal(L(Lang::Vi), first).as_str(), goal(L(Lang::En), first).as_str()), ("≥ 80 %", "≥ 80 %"));
    }
}
