//! Branches of several steps, and shapes that somebody has moved.

use super::tests::{drawn, version};
use super::*;
use crate::version::BranchStep;
use bpmn::Bounds;

/// The field's department drafts and its head signs, beside the inspection; the fire brigade answers by itself.
fn branching() -> Version {
    let mut version = version();
    let first = Side::of("Sở soạn ý kiến", StepUnit::Department, Limit::Hours(2));
    let (name, unit) = ("Giám đốc ký ý kiến".to_owned(), StepUnit::Leader);
    let signs = BranchStep { id: "sign-opinion".into(), name, unit, role: Role::Leader, norm: Limit::Hours(2) };
    version.process[1].asks[1] = Side { id: "draft".into(), role: Some(Role::Officer), then: vec![signs], ..first };
    version
}

fn by_file(d: &Diagram) -> Read {
    let (file, left_out) = bpmn::read(&bpmn::write(d)).unwrap();
    assert_eq!(left_out, []);
    read(&file)
}

#[test]
fn a_branch_is_a_chain_between_fork_and_join_and_comes_back_as_it_was() {
    let version = branching();
    let d = drawn(&version);
    let flows: Vec<(&str, &str)> = d.flows.iter().map(|flow| (flow.from.as_str(), flow.to.as_str())).collect();
    for way in [("inspect.fork", "draft"), ("draft", "sign-opinion"), ("sign-opinion", "inspect.join")] {
        assert!(flows.contains(&way), "{way:?} in {flows:?}");
    }
    for back in [read(&d), by_file(&d)] {
        assert_eq!((back.process, back.ways, back.problems), (version.process.clone(), version.ways.clone(), vec![]));
    }
}

/// As other tools draw it: `content` between a start and an end.
fn foreign(content: &str) -> Read {
    let model = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    let xml = format!(
        "<definitions xmlns=\"{model}\"><process id=\"p\"><startEvent id=\"s\"/><endEvent id=\"e\"/>\
         <parallelGateway id=\"fork\"/><parallelGateway id=\"join\"/>{content}</process></definitions>"
    );
    read(&bpmn::read(&xml).unwrap().0)
}

fn tasks(names: &[&str]) -> String {
    names.iter().map(|name| format!("<task id=\"{name}\" name=\"Việc {name}\"/>")).collect()
}

fn flows(ways: &[(&str, &str)]) -> String {
    let flow = |(n, (from, to)): (usize, &(&str, &str))| {
        format!("<sequenceFlow id=\"f{n}\" sourceRef=\"{from}\" targetRef=\"{to}\"/>")
    };
    ways.iter().enumerate().map(flow).collect()
}

#[test]
fn of_what_others_drew_the_branch_of_one_step_is_the_step_and_the_others_stand_beside_it() {
    let ways = [("s", "fork"), ("fork", "a"), ("a", "b"), ("b", "join"), ("fork", "c"), ("c", "join"), ("join", "e")];
    let found = foreign(&(tasks(&["a", "b", "c"]) + &flows(&ways)));
    assert_eq!(found.problems, []);
    assert_eq!(found.process.len(), 1);
    let step = &found.process[0];
    assert_eq!(step.name, "Việc c");
    let ids: Vec<&str> = step.asks[0].ids().collect();
    assert_eq!((ids, step.asks[0].role), (vec!["a", "b"], Some(Role::Officer)));
}

#[test]
fn branches_that_no_single_step_has_or_that_end_elsewhere_are_refused_by_the_name_of_their_gateway() {
    let both_long = [
        ("s", "fork"),
        ("fork", "a"),
        ("a", "b"),
        ("b", "join"),
        ("fork", "c"),
        ("c", "d"),
        ("d", "join"),
        ("join", "e"),
    ];
    // A branch that is entered in the middle.
    let entered = [
        ("s", "x"),
        ("x", "fork"),
        ("fork", "a"),
        ("a", "b"),
        ("b", "join"),
        ("fork", "c"),
        ("c", "join"),
        ("join", "e"),
    ];
    let named = |content: String| {
        let found = foreign(&content).problems;
        found.into_iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(named(tasks(&["a", "b", "c", "d"]) + &flows(&both_long)), ["catalogue-drawn-fork"]);
    let mut d = bpmn::Diagram { id: "p".into(), ..bpmn::Diagram::default() };
    let node = |id: &str, kind: Kind| Node { id: id.into(), name: id.into(), kind, says: BTreeMap::new() };
    d.nodes = vec![node("s", Kind::Start), node("x", Kind::Step), node("fork", Kind::Fork), node("join", Kind::Join)];
    d.nodes.extend(["a", "b", "c"].map(|id| node(id, Kind::Step)));
    d.nodes.push(node("e", Kind::End));
    let flow = |(n, (from, to)): (usize, &(&str, &str))| {
        let (id, from, to) = (format!("f{n}"), (*from).to_owned(), (*to).to_owned());
        Flow { id, from, to, ..Flow::default() }
    };
    d.flows = entered.iter().enumerate().map(flow).collect();
    assert_eq!(read(&d).problems, []);
    d.flows.push(flow((99, &("x", "b"))));
    assert!(read(&d).problems.iter().any(|problem| problem.code == "catalogue-drawn-fork"));
}

#[test]
fn what_was_moved_is_drawn_where_it_stands_and_what_is_new_beside_it() {
    let mut version = branching();
    assert_eq!(places(&drawn(&version)).len(), drawn(&version).nodes.len());
    // As the program lays it out, with one shape far to the right.
    version.places = places(&drawn(&version));
    version.places.insert("sign".into(), (3_000, version.places["sign"].1));
    settle(&mut version);
    let d = drawn(&version);
    assert_eq!((d.shapes["sign"].x, places(&d)), (3_000, version.places.clone()), "drawn again where they were");
    assert!(d.is_drawn());
    let line = d.flows.iter().find(|flow| flow.to == "sign").unwrap();
    assert_eq!(d.edges[&line.id].last().map(|end| end.x), Some(3_000));
    // A new step finds a place that is nobody's.
    version.process.push(Step { id: "late".into(), ..version.process[2].clone() });
    version.ways.push(Way { from: "inspect".into(), to: "late".into(), when: "fee > 9".into(), name: String::new() });
    let d = drawn(&version);
    let meets = |a: &Bounds, b: &Bounds| a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
    let late = &d.shapes["late"];
    assert!(d.nodes.iter().filter(|node| node.id != "late").all(|node| !meets(&d.shapes[&node.id], late)));
    // What is gone has no place any more.
    version.process.truncate(3);
    version.ways.pop();
    version.places.insert("gone".into(), (1, 1));
    settle(&mut version);
    assert!(!version.places.contains_key("gone") && version.places["sign"].0 == 3_000);
}

#[test]
fn places_travel_in_the_file_and_those_of_others_are_moved_onto_the_paper() {
    let mut version = branching();
    version.places = places(&drawn(&version));
    version.places.insert("draft".into(), (900, 40));
    settle(&mut version);
    assert_eq!(by_file(&drawn(&version)).places, version.places);
    // Drawn to the left of the corner by another program: moved over, and nothing apart.
    let mut d = drawn(&version);
    let moved = |at: &mut Bounds| at.x -= 5_000;
    d.shapes.values_mut().for_each(moved);
    d.edges.values_mut().flatten().for_each(|point| point.x -= 5_000);
    let back = read(&d).places;
    assert!(back.values().all(|at| is_on_paper(*at)), "{back:?}");
    let apart = |places: &Places| places["draft"].0 - places["check"].0;
    assert_eq!(apart(&back), apart(&version.places));
    // A file without a drawing is laid out.
    d.shapes.clear();
    assert_eq!(read(&d).places, Places::new());
}

#[test]
fn no_shape_stands_off_the_paper() {
    for at in [(-1, 0), (0, -1), (FAR + 1, 0), (0, i32::MAX)] {
        assert!(!is_on_paper(at));
        let version = Version { places: [("sign".to_owned(), at)].into(), ..branching() };
        assert_eq!(places(&drawn(&version)), places(&drawn(&branching())), "as if nothing were said");
    }
}
