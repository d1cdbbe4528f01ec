use super::*;
use crate::version::{Field, Form, Group, Side, Way};
use base::{Limit, Role};
use proptest::prelude::*;

fn step(id: &str, hours: i32, allowed: &[&str]) -> Step {
    Step {
        id: id.into(),
        name: id.into(),
        role: Role::Officer,
        unit: StepUnit::Leader,
        norm: Limit::Hours(hours),
        allowed: allowed.iter().map(|word| (*word).to_owned()).collect(),
        asks: Vec::new(),
    }
}

fn way(from: &str, to: &str, when: &str) -> Way {
    Way { from: from.into(), to: to.into(), when: when.into(), name: String::new() }
}

fn asks(name: &str, kind: FieldKind) -> Field {
    Field { name: name.into(), label: name.into(), kind, ..Field::default() }
}

/// check → (big: inspect → sign, else sign).
fn version() -> Version {
    let fields = vec![asks("area", FieldKind::Number), asks("kind", FieldKind::Text)];
    Version {
        process: vec![
            step("check", 2, &["forward"]),
            step("inspect", 8, &["forward", "return"]),
            step("sign", 4, &["approve", "return"]),
        ],
        ways: vec![
            way("check", "sign", ""),
            way("check", "inspect", "answers.area > 500 || answers.kind == 'Nhà máy'"),
            way("inspect", "sign", ""),
        ],
        form: Form { groups: vec![Group { title: "x".into(), fields }] },
        ..Version::default()
    }
}

fn problems(version: &Version) -> Vec<&'static str> {
    let mut found = Vec::new();
    check(version, &mut found);
    found.into_iter().map(|problem| problem.code).collect()
}

fn answers(text: &str) -> Known<'_> {
    Known { answers: text, ..Known::default() }
}

#[test]
fn a_way_is_taken_when_its_condition_holds_and_the_one_without_otherwise() {
    let version = version();
    assert_eq!(problems(&version), [] as [&str; 0]);
    assert_eq!(version.path(&answers(r#"{"area":"1.200"}"#)), [0, 1, 2]);
    assert_eq!(version.path(&answers(r#"{"area":"80","kind":"Nhà máy"}"#)), [0, 1, 2]);
    assert_eq!(version.path(&answers(r#"{"area":"80"}"#)), [0, 2]);
    // Nothing answered, and no object at all.
    assert_eq!(version.path(&answers("")), [0, 2]);
    assert_eq!(version.step_before(2, &answers(r#"{"area":"1200"}"#)), Some(1));
    assert_eq!(version.step_before(2, &answers("{}")), Some(0));
    // What was answered otherwise since: back by the first way that leads there.
    assert_eq!(version.step_before(1, &answers("{}")), Some(0));
    assert_eq!(version.step_before(0, &answers("{}")), None);
}

#[test]
fn fees_channels_and_what_others_said_are_looked_at_too() {
    let at = |when: &str, known: Known<'_>| {
        let ways = vec![way("check", "inspect", when), way("check", "sign", ""), way("inspect", "sign", "")];
        let version = Version { ways, ..version() };
        assert_eq!(problems(&version), [] as [&str; 0], "{when}");
        version.step_after(0, &known) == Some(1)
    };
    let known = Known { fee: 50_000, channel: Some(Channel::Post), agree: 1, disagree: 2, ..Known::default() };
    assert!(at("fee >= 50000", known) && !at("fee > 50000", known));
    assert!(at("channel == 'post'", known) && !at("channel == 'counter'", known));
    assert!(at("disagree > agree", known) && !at("disagree == 0", known));
}

#[test]
fn a_process_without_ways_is_a_line() {
    let version = Version { ways: Vec::new(), ..version() };
    assert_eq!(version.path(&Known::default()), [0, 1, 2]);
    assert_eq!((version.step_before(2, &Known::default()), version.step_before(0, &Known::default())), (Some(1), None));
    assert_eq!(version.longest_hours(), 14);
    assert_eq!(Version::default().path(&Known::default()), [] as [usize; 0]);
}

#[test]
fn the_longest_way_through_is_what_the_limit_is_held_against() {
    assert_eq!(version().longest_hours(), 14);
    let short = Version { ways: vec![way("check", "sign", "")], ..version() };
    // The step that is not reached has hours of its own, and is refused as that.
    assert_eq!(short.longest_hours(), 8);
    assert_eq!(problems(&short), ["catalogue-step-unreached"]);
}

#[test]
fn what_is_wrong_with_the_ways_is_named() {
    let with = |ways: Vec<Way>| problems(&Version { ways, ..version() });
    let base = || version().ways;
    let and = |one: Way| base().into_iter().chain([one]).collect::<Vec<_>>();
    assert_eq!(with(and(way("sign", "nowhere", ""))), ["catalogue-way-unknown", "catalogue-way-not-forward"]);
    assert_eq!(with(and(way("inspect", "sign", "fee > 0"))), ["catalogue-way-twice"]);
    let circle = with(and(way("sign", "check", "")));
    assert_eq!(circle.iter().filter(|code| **code == "catalogue-way-circle").count(), 3, "{circle:?}");
    let mut without = base();
    without.retain(|way| !(way.from == "check" && way.when.is_empty()));
    assert_eq!(with(without), ["catalogue-way-otherwise"]);
    for when in
        ["answers.area >", "answers.length > 1", "owner == 'An'", "answers.area", "'yes'", "1/0 == 1", "size(answers)"]
    {
        let ways = vec![way("check", "inspect", when), way("check", "sign", ""), way("inspect", "sign", "")];
        assert_eq!(with(ways), ["catalogue-way-condition"], "{when}");
    }
}

#[test]
fn the_desk_begins_and_ends_and_is_no_step_between_others() {
    let at = |units: &[StepUnit]| {
        let steps = units
            .iter()
            .enumerate()
            .map(|(n, unit)| Step { unit: unit.clone(), ..step(&format!("s{n}"), 1, &["forward", "approve"]) });
        problems(&Version { process: steps.collect(), ways: Vec::new(), ..version() })
    };
    let division = || StepUnit::Division("land".into());
    assert_eq!(at(&[StepUnit::Desk, division(), StepUnit::Leader, StepUnit::Desk]), [] as [&str; 0]);
    assert_eq!(at(&[StepUnit::Desk, division(), StepUnit::Desk, StepUnit::Leader]), ["catalogue-step-desk"]);
    assert_eq!(at(&[StepUnit::Desk, division(), StepUnit::Intake, StepUnit::Leader]), [] as [&str; 0]);
}

#[test]
fn a_condition_is_bounded_in_length_and_depth() {
    assert!(read(&format!("{}true{}", "(".repeat(15), ")".repeat(15))).is_ok());
    for text in ["(".repeat(200), format!("{}true", "!".repeat(200)), format!("true{}", " ".repeat(400))] {
        assert!(read(&text).is_err());
    }
}

/// Few letters that would go through lists within lists: never begun.
#[test]
fn what_goes_through_lists_is_refused_before_it_is_tried() {
    let list = "[0,0,0,0,0,0]";
    let nested = (0..12).fold("true".to_owned(), |inner, n| format!("{list}.all(a{n},{inner})"));
    for text in
        [nested.as_str(), "fee == 0 || [1].exists(x, x == fee)", "[1,2] . map (x, x).size() > 1", "has(answers.area)"]
    {
        assert!(read(text).is_err(), "{text}");
    }
    for text in
        ["size(answers.kind) > 3", "answers.kind.startsWith('Nhà') && !(fee in [1, 2])", "fee in (fee > 1 ? [1] : [2])"]
    {
        assert_eq!(read(text).map(|_| ()), Ok(()), "{text}");
    }
}

#[test]
fn what_is_done_beside_a_step_has_a_name_a_unit_of_its_own_and_no_more_time() {
    let side = |name: &str, unit: StepUnit, hours: i32| Side::of(name, unit, Limit::Hours(hours));
    let with = |asks: Vec<Side>| {
        let mut version = version();
        version.process[1].asks = asks;
        problems(&version)
    };
    let fire = || StepUnit::Agency("H13.05".into());
    assert_eq!(with(vec![side("Ý kiến về phòng cháy", fire(), 8)]), [] as [&str; 0]);
    assert_eq!(with(vec![side("", fire(), 8)]), ["catalogue-side-wrong"]);
    assert_eq!(with(vec![side("a", fire(), 8), side("b", fire(), 8)]), ["catalogue-side-wrong"]);
    assert_eq!(with(vec![side("a", StepUnit::Agency("?".into()), 8)]), ["catalogue-side-wrong"]);
    assert_eq!(with(vec![side("a", fire(), 9)]), ["catalogue-side-norm"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever ways there are, a path is found, holds no step twice, and is no longer than the process.
    #[test]
    fn a_path_always_ends(ways in proptest::collection::vec((0..5_usize, 0..5_usize, any::<bool>()), 0..12)) {
        let ids = ["a", "b", "c", "d", "e"];
        let process = ids.iter().map(|id| step(id, 1, &["forward", "approve"])).collect();
        let ways = ways.iter().map(|(from, to, on)| way(ids[*from], ids[*to], if *on { "fee == 0" } else { "" }));
        let version = Version { process, ways: ways.collect(), ..Version::default() };
        let path = version.path(&Known::default());
        let mut once = path.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), path.len());
        prop_assert!(version.longest_hours() > 0);
        check(&version, &mut Vec::new());
    }

    /// No text of a condition ends the program.
    #[test]
    fn any_text_is_read_or_refused(text in "[a-z0-9 .()\\[\\]{}!<>=&|'\"?:,+*/-]{0,80}") {
        let mut version = version();
        version.ways[1].when = text;
        check(&version, &mut Vec::new());
        version.path(&answers(r#"{"area":"1"}"#));
    }
}

#[test]
fn a_branch_beside_a_step_has_ids_of_its_own_somebody_for_every_step_and_no_more_time_together() {
    use crate::version::BranchStep;
    let then = |id: &str, role: Role, unit: StepUnit, hours: i32| BranchStep {
        id: id.into(),
        name: format!("Bước {id}"),
        unit,
        role,
        norm: Limit::Hours(hours),
    };
    let with = |behind: Vec<BranchStep>| {
        let mut version = version();
        let first = Side::of("Phòng soạn", StepUnit::Department, Limit::Hours(4));
        version.process[1].asks = vec![Side { id: "draft".into(), role: Some(Role::Officer), then: behind, ..first }];
        problems(&version)
    };
    let signs = || then("sign-opinion", Role::Leader, StepUnit::Leader, 4);
    assert_eq!(with(vec![signs()]), [] as [&str; 0]);
    // Together they may take as long as the step, and no longer.
    assert_eq!(with(vec![then("look", Role::DivisionHead, StepUnit::Leader, 1), signs()]), ["catalogue-side-norm"]);
    for taken in ["draft", "check", "", "Not a slug"] {
        assert!(
            with(vec![then(taken, Role::Leader, StepUnit::Leader, 1)]).contains(&"catalogue-branch-step"),
            "{taken}"
        );
    }
    assert_eq!(with(vec![then("a", Role::Clerk, StepUnit::Leader, 1)]), ["catalogue-branch-who"]);
    assert_eq!(with(vec![then("a", Role::Citizen, StepUnit::Leader, 1)]), ["catalogue-branch-who"]);
    assert_eq!(with(vec![then("a", Role::Officer, StepUnit::Desk, 1)]), ["catalogue-branch-who"]);
    assert_eq!(with(vec![then("a", Role::Officer, StepUnit::Agency("?".into()), 1)]), ["catalogue-side-wrong"]);
    let many = (0..9).map(|n| then(&format!("a{n}"), Role::Officer, StepUnit::Leader, 0)).collect();
    assert!(with(many).contains(&"catalogue-too-many"));
}

#[test]
fn what_answers_by_itself_is_written_as_it_always_was() {
    let mut version = version();
    version.process[1].asks = vec![Side::of("Phòng cháy", StepUnit::Agency("H13.05".into()), Limit::Hours(8))];
    let written = serde_json::to_string(&version.process[1].asks).unwrap();
    assert_eq!(written, r#"[{"name":"Phòng cháy","unit":{"agency":"H13.05"},"norm":"8h"}]"#);
    let body = serde_json::to_string(&version).unwrap();
    assert!(!body.contains("places"), "nothing is written where nothing was moved");
    let moved = Version { places: [("check".to_owned(), (40, 60))].into(), ..version.clone() };
    // A shape that stands elsewhere makes no other process.
    assert_eq!(crate::digest::of(&moved), crate::digest::of(&version));
    assert_ne!(moved, version);
}
