//! What is written is read back.

use super::{any_diagram, samples};
use bpmn::{Diagram, Kind, lay_out, read, write};
use proptest::prelude::*;

/// Read without a word about anything left out.
#[track_caller]
fn again(d: &Diagram) -> Diagram {
    let text = write(d);
    match read(&text) {
        Ok((read, left_out)) => {
            assert_eq!(left_out, [], "{text}");
            read
        }
        Err(refusal) => panic!("{refusal}\n{text}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_the_same(mut d in any_diagram(), drawn in any::<bool>()) {
        if drawn {
            lay_out(&mut d);
        }
        prop_assert_eq!(again(&d), d);
    }
}

#[test]
fn samples_are_read_back_the_same() {
    for (name, mut d) in samples::all() {
        assert_eq!(again(&d), d, "{name}");
        assert!(!d.is_drawn());
        lay_out(&mut d);
        assert_eq!(again(&d), d, "{name}");
        assert!(d.is_drawn());
    }
}

#[test]
fn a_fork_that_two_flows_lead_to_has_a_merge_before_it_for_others_and_none_here() {
    let mut d = samples::Draft::new("p", "")
        .node("s", Kind::Start, "")
        .node("c", Kind::Choice, "")
        .node("a", Kind::Step, "")
        .node("b", Kind::Step, "")
        .node("f", Kind::Fork, "")
        .node("x", Kind::Step, "")
        .node("y", Kind::Step, "")
        .node("j", Kind::Join, "")
        .node("e", Kind::End, "")
        .chain("s > c > a > f > x > j > e")
        .chain("c > b > f > y > j")
        .lane("Một cửa", "s c a b f x y j e")
        .0;
    lay_out(&mut d);
    let mut read = again(&d);
    let merge = read.nodes.iter().find(|node| node.kind == Kind::Merge).expect("a merge");
    assert_eq!(read.flows.iter().filter(|flow| flow.to == merge.id).count(), 2);
    assert_eq!(read.flows.iter().filter(|flow| flow.to == "f").count(), 1);
    assert!(read.is_drawn());
    read.straighten();
    let ends = |d: &Diagram| {
        d.flows.iter().map(|flow| (flow.id.clone(), flow.from.clone(), flow.to.clone())).collect::<Vec<_>>()
    };
    assert_eq!((ends(&read), &read.nodes, &read.lanes), (ends(&d), &d.nodes, &d.lanes));
    lay_out(&mut read);
    assert_eq!(read, d);
}

#[test]
fn merges_in_a_circle_stay() {
    let mut d = samples::Draft::new("p", "")
        .node("m", Kind::Merge, "")
        .node("n", Kind::Merge, "")
        .node("o", Kind::Merge, "")
        .node("e", Kind::End, "")
        .chain("m > n > m")
        .chain("o > e")
        .0;
    d.straighten();
    let ids: Vec<&str> = d.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["m", "n", "e"]);
}

#[test]
fn the_largest_process_that_may_be_is_read_back() {
    let mut draft = samples::Draft::new("p", "Lớn").node("s", Kind::Start, "");
    for n in 0..28 {
        draft = draft.node(&format!("c{n}"), Kind::Choice, "Đúng?").node(&format!("t{n}"), Kind::Step, "Việc");
    }
    draft = draft.node("last", Kind::Step, "").node("e", Kind::End, "").chain("s > c0").chain("t27 > last > e");
    for n in 0..28 {
        draft = draft.flow(&format!("c{n}"), &format!("t{n}"), "Đúng", "answers.a == \"1\"");
        if n < 27 {
            draft = draft.flow(&format!("t{n}"), &format!("c{}", n + 1), "", "");
        }
        draft = draft.flow(&format!("c{n}"), "last", "Sai", "answers.a == \"2\"");
        draft = draft.flow(&format!("c{n}"), "s1", "", "");
    }
    let mut d = draft.0;
    d.flows.retain(|flow| flow.to != "s1");
    for (at, node) in ["c3", "c5", "c7", "c9"].into_iter().cycle().take(120 - d.flows.len()).enumerate() {
        let (id, to) = (format!("back{at}"), format!("t{}", at % 3));
        d.flows.push(bpmn::Flow { id, from: node.into(), to, times: 2, ..Default::default() });
    }
    assert_eq!((d.nodes.len(), d.flows.len()), (59, 120));
    lay_out(&mut d);
    assert_eq!(again(&d), d);
}
