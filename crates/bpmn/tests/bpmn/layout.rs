//! A drawing that can be read: nothing on top of anything else, no line through a shape.

use super::{any_diagram, samples};
use bpmn::{Bounds, Diagram, Point, connect, lay_out};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn apart(a: &Bounds, b: &Bounds) -> bool {
    a.right() < b.x || b.right() < a.x || a.bottom() < b.y || b.bottom() < a.y
}

fn within(inner: &Bounds, outer: &Bounds) -> bool {
    inner.x >= outer.x && inner.y >= outer.y && inner.right() <= outer.right() && inner.bottom() <= outer.bottom()
}

fn complaints(d: &Diagram) -> Vec<String> {
    let mut found = Vec::new();
    if !d.is_drawn() {
        found.push("something has no place".to_owned());
    }
    let shape = |id: &str| d.shapes[id];
    for (at, a) in d.nodes.iter().enumerate() {
        for b in d.nodes.iter().skip(at + 1).filter(|b| !apart(&shape(&a.id), &shape(&b.id))) {
            found.push(format!("{} lies on {}", a.id, b.id));
        }
    }
    for lane in &d.lanes {
        let outside = lane.nodes.iter().filter(|node| !within(&shape(node), &shape(&lane.id)));
        found.extend(outside.map(|node| format!("{node} is not in {}", lane.id)));
        let pool = d.pool.as_ref().map(|pool| shape(&pool.id));
        if pool.is_none_or(|pool| !within(&shape(&lane.id), &pool)) {
            found.push(format!("{} is not in its pool", lane.id));
        }
    }
    for flow in &d.flows {
        let line = &d.edges[&flow.id];
        let (from, to) = (shape(&flow.from), shape(&flow.to));
        let ends = (Point { x: from.right(), y: from.y + from.height / 2 }, Point { x: to.x, y: to.y + to.height / 2 });
        if (line[0], line[line.len() - 1]) != ends {
            found.push(format!("{} does not begin and end at its nodes", flow.id));
        }
        for pair in line.windows(2) {
            if (pair[0].x == pair[1].x) == (pair[0].y == pair[1].y) {
                found.push(format!("{} is neither level nor upright", flow.id));
            }
            for node in &d.nodes {
                if crosses(pair, &shape(&node.id)) {
                    found.push(format!("{} runs through {}", flow.id, node.id));
                }
            }
        }
    }
    found
}

/// Whether a piece of a line enters a shape; touching its border is where lines begin and end.
fn crosses(pair: &[Point], place: &Bounds) -> bool {
    let (left, right) = (pair[0].x.min(pair[1].x), pair[0].x.max(pair[1].x));
    let (top, bottom) = (pair[0].y.min(pair[1].y), pair[0].y.max(pair[1].y));
    right > place.x && left < place.right() && bottom > place.y && top < place.bottom()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_lies_on_anything_else(mut d in any_diagram()) {
        lay_out(&mut d);
        prop_assert_eq!(complaints(&d), Vec::<String>::new());
        let first = d.clone();
        lay_out(&mut d);
        prop_assert_eq!(d, first, "laid out twice, it is the same");
    }
}

#[test]
fn samples_are_drawn_to_be_read() {
    for (name, mut d) in samples::all() {
        lay_out(&mut d);
        assert_eq!(complaints(&d), Vec::<String>::new(), "{name}");
        // A name beside a line or a shape lies on no shape and on no other name.
        let flows = d.flows.iter().filter(|flow| !flow.name.is_empty()).map(|flow| &flow.id);
        assert!(flows.clone().all(|flow| d.labels.contains_key(flow)), "{name}");
        for (id, label) in &d.labels {
            let names: Vec<_> = d.labels.iter().filter(|(other, place)| *other != id && !apart(place, label)).collect();
            assert!(names.is_empty(), "{name}: the name of {id} lies on {names:?}");
            let on: Vec<_> =
                d.nodes.iter().filter(|node| !apart(&d.shapes[&node.id], label)).map(|node| &node.id).collect();
            assert!(on.is_empty(), "{name}: the name of {id} lies on {on:?}");
        }
    }
}

#[test]
fn ways_back_run_below_the_rows_of_their_lane_and_lines_on_lead_to_the_right() {
    for (name, mut d) in samples::all() {
        lay_out(&mut d);
        for flow in &d.flows {
            let (from, to, line) = (d.shapes[&flow.from], d.shapes[&flow.to], &d.edges[&flow.id]);
            let lowest = line.iter().map(|point| point.y).max().unwrap_or_default();
            if to.x > from.x {
                assert!(line.windows(2).all(|pair| pair[0].x <= pair[1].x), "{name}: {} turns round", flow.id);
                continue;
            }
            let lane = |id: &String| d.lanes.iter().position(|lane| lane.nodes.contains(id));
            let beside: BTreeSet<_> = [lane(&flow.from), lane(&flow.to)].into();
            let rows =
                d.nodes.iter().filter(|node| beside.contains(&lane(&node.id))).map(|node| d.shapes[&node.id].bottom());
            assert!(rows.max().is_some_and(|bottom| lowest > bottom), "{name}: {} does not run below", flow.id);
            let last = beside.into_iter().max().flatten().map(|lane| d.shapes[&d.lanes[lane].id]);
            assert!(last.is_none_or(|lane| lowest < lane.bottom()), "{name}: {} leaves its lane", flow.id);
        }
    }
}

#[test]
fn two_thousand_nodes_are_laid_out_in_a_moment() {
    let mut d = samples::Draft::new("p", "").0;
    for at in 0..2_000 {
        let says = Default::default();
        d.nodes.push(bpmn::Node { id: at.to_string(), name: String::new(), kind: bpmn::Kind::Choice, says });
    }
    for at in 0..4_000usize {
        let (from, to) = ((at * 7 % 2_000).to_string(), (at * 13 % 2_000).to_string());
        d.flows.push(bpmn::Flow { id: format!("f{at}"), from, to, ..Default::default() });
    }
    let begun = std::time::Instant::now();
    lay_out(&mut d);
    assert!(d.is_drawn());
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn lines_are_drawn_anew_around_nodes_that_were_moved() {
    for (name, mut d) in samples::all() {
        lay_out(&mut d);
        let steps: Vec<String> = d.nodes.iter().map(|node| node.id.clone()).collect();
        // Every third node some way down, every fifth to the left, all apart from each other.
        for (at, id) in steps.iter().enumerate() {
            let place = d.shapes.get_mut(id).expect("a place");
            place.y += if at % 3 == 0 { 37 } else { 0 };
            place.x -= if at % 5 == 0 { 11 } else { 0 };
        }
        let moved = d.shapes.clone();
        connect(&mut d);
        assert_eq!(complaints(&d), Vec::<String>::new(), "{name}");
        assert!(steps.iter().all(|id| d.shapes[id].x == moved[id].x), "{name}");
        if d.lanes.is_empty() {
            assert!(steps.iter().all(|id| d.shapes[id] == moved[id]), "{name}");
        }
        let lanes = d.lanes.iter().map(|lane| d.shapes[&lane.id]).collect::<Vec<_>>();
        assert!(lanes.windows(2).all(|pair| pair[0].bottom() == pair[1].y), "{name}");
        let once = d.clone();
        connect(&mut d);
        assert_eq!(d, once, "{name}: drawn twice, it is the same");
    }
}

#[test]
fn what_has_no_places_is_laid_out_instead() {
    for (_, mut d) in samples::all() {
        let mut other = d.clone();
        lay_out(&mut d);
        connect(&mut other);
        assert_eq!(d, other);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn nodes_may_be_put_anywhere(mut d in any_diagram(), by in proptest::collection::vec((-400i32..400, -400i32..400), 24)) {
        lay_out(&mut d);
        for (node, (x, y)) in d.nodes.iter().zip(by) {
            let place = d.shapes.get_mut(&node.id).expect("a place");
            (place.x, place.y) = (place.x + x, place.y + y);
        }
        connect(&mut d);
        // Nodes may now lie on each other, and lines on them; everything else holds.
        let mut found = complaints(&d);
        found.retain(|complaint| !complaint.contains(" lies on ") && !complaint.contains(" runs through "));
        prop_assert_eq!(found, Vec::<String>::new());
        let once = d.clone();
        connect(&mut d);
        prop_assert_eq!(d, once);
    }
}
