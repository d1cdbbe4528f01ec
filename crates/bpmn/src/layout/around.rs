//! Lines and lanes around nodes that somebody has placed by hand.

use super::routes::{corners, overlap};
use super::{BACK, BACK_NAMED, CORNER, NAME, STRIP, lay_out, name_below, name_height};
use crate::model::{Bounds, Diagram, Point, Pool};
use std::collections::{BTreeMap, HashMap};

/// Above the highest node of a lane, and below its lowest: names stand there.
const ABOVE: i32 = 25;
const BELOW: i32 = 45;
/// Height of a lane that nothing stands in.
const EMPTY: i32 = 80;
/// From a node to where its line turns, and from the outermost nodes to the ends of the lanes.
const TURN: i32 = 20;
const ASIDE: i32 = 60;
/// Heights tried for a line that has shapes in its way.
const TRIED: usize = 24;

/// Lines, names of flows, lanes and the pool anew, around nodes as they stand. Lanes lie below each other in their order, so the nodes of a
/// lane are moved up or down together; nothing is moved sideways. Where a node has no place, everything is laid out.
///
/// A line takes the way through the fewest shapes; where nodes are put close together that may be through one.
pub fn connect(diagram: &mut Diagram) {
    if diagram.nodes.iter().any(|node| !diagram.shapes.contains_key(&node.id)) || diagram.nodes.is_empty() {
        return lay_out(diagram);
    }
    if diagram.pool.is_none() && !diagram.lanes.is_empty() {
        let id = diagram.fresh("pool");
        diagram.pool = Some(Pool { id, name: diagram.name.clone() });
    }
    let backs = lanes(diagram);
    let places: Vec<Bounds> = diagram.nodes.iter().map(|node| diagram.shapes[&node.id]).collect();
    let known: BTreeMap<&str, Bounds> =
        diagram.nodes.iter().map(|node| node.id.as_str()).zip(places.iter().copied()).collect();
    diagram.edges.clear();
    let below = diagram
        .nodes
        .iter()
        .filter_map(|node| Some((node.id.clone(), name_below(node, known.get(node.id.as_str())?)?)));
    diagram.labels = below.collect();
    let mut names: Vec<Bounds> = diagram.labels.values().copied().collect();
    for flow in &diagram.flows {
        let (Some(from), Some(to)) = (known.get(flow.from.as_str()), known.get(flow.to.as_str())) else { continue };
        // Lines that part do it at once, so that each has a piece of its own for its name; others run together late.
        let parts = diagram.flows.iter().filter(|other| other.from == flow.from).count() > 1;
        let line = line(from, to, backs.get(&flow.id).copied(), parts, &places);
        if !flow.name.is_empty() {
            let place = name(&line, name_height(&flow.name), &names, &places);
            names.push(place);
            diagram.labels.insert(flow.id.clone(), place);
        }
        diagram.edges.insert(flow.id.clone(), line);
    }
}

/// Whether a flow has to turn round to reach its node.
fn turns(from: &Bounds, to: &Bounds) -> bool {
    to.x < from.right() + TURN
}

/// Puts the lanes below each other; the height of each way back, by its flow.
fn lanes(d: &mut Diagram) -> HashMap<String, i32> {
    let mut lane: HashMap<&str, usize> = HashMap::new();
    for (at, one) in d.lanes.iter().enumerate() {
        for node in &one.nodes {
            lane.entry(node).or_insert(at);
        }
    }
    // What lies in no lane stands below them, as a lane that is not drawn.
    let lane: HashMap<String, usize> = d
        .nodes
        .iter()
        .map(|node| (node.id.clone(), lane.get(node.id.as_str()).copied().unwrap_or(d.lanes.len())))
        .collect();
    let all: Vec<Bounds> = d.nodes.iter().map(|node| d.shapes[&node.id]).collect();
    let left = all.iter().map(|place| place.x).min().unwrap_or(CORNER) - ASIDE;
    let right = all.iter().map(|place| place.right()).max().unwrap_or(CORNER) + ASIDE;
    let mut backs = HashMap::new();
    let (mut y, mut top) = (None, CORNER);
    let mut places = Vec::new();
    for at in 0..=d.lanes.len() {
        let within: Vec<&String> = d.nodes.iter().map(|node| &node.id).filter(|id| lane[*id] == at).collect();
        if within.is_empty() && at == d.lanes.len() {
            break;
        }
        let highest = within.iter().map(|id| d.shapes[*id].y).min();
        let lowest = within.iter().map(|id| d.shapes[*id].bottom()).max();
        let begin = *y.get_or_insert_with(|| highest.map_or(CORNER, |highest| highest - ABOVE));
        if at == 0 {
            top = begin;
        }
        // Without lanes nothing is moved at all.
        let down = highest.map_or(0, |highest| begin + ABOVE - highest);
        for id in within {
            if let Some(place) = d.shapes.get_mut(id) {
                place.y += down;
            }
        }
        let mut end = lowest.map_or(begin + EMPTY, |lowest| lowest + down + BELOW);
        for flow in &d.flows {
            let (Some(a), Some(b)) = (lane.get(&flow.from), lane.get(&flow.to)) else { continue };
            if *a.max(b) == at && turns(&d.shapes[&flow.from], &d.shapes[&flow.to]) {
                end += if flow.name.is_empty() { BACK } else { BACK_NAMED };
                backs.insert(flow.id.clone(), end - BACK);
            }
        }
        places.push((begin, end - begin));
        y = Some(end);
    }
    for (one, (y, height)) in d.lanes.iter().zip(&places) {
        d.shapes.insert(one.id.clone(), Bounds { x: left, y: *y, width: right - left, height: *height });
    }
    if let Some(pool) = &d.pool {
        let count = if d.lanes.is_empty() { places.len() } else { d.lanes.len() };
        let height = places.iter().take(count).map(|(_, height)| height).sum();
        let x = left - STRIP;
        d.shapes.insert(pool.id.clone(), Bounds { x, y: top, width: right - x, height });
    }
    backs
}

/// The line through the fewest shapes, of those the one with the fewest corners, of those the shortest.
fn line(from: &Bounds, to: &Bounds, below: Option<i32>, parts: bool, places: &[Bounds]) -> Vec<Point> {
    let (begin, end) = (from.y + from.height / 2, to.y + to.height / 2);
    let out = [from.right() + TURN, from.right() + TURN / 2, from.right() + 2 * TURN];
    let into = [to.x - TURN, to.x - TURN / 2, to.x - 2 * TURN];
    let by = |a: i32, y: i32, b: i32| {
        let points = [(from.right(), begin), (a, begin), (a, y), (b, y), (b, end), (to.x, end)];
        corners(points.map(|(x, y)| Point { x, y }).to_vec())
    };
    let mut lines = Vec::new();
    if let Some(below) = below {
        lines.extend(out.iter().flat_map(|a| into.iter().map(|b| by(*a, below, *b))));
    } else {
        let middle = (from.right() + to.x) / 2;
        let turns = if parts { [out[0], middle, into[0]] } else { [into[0], middle, out[0]] };
        lines.extend(turns.map(|x| by(x, end, x)));
        if lines.iter().all(|line| crossed(line, places) > 0) {
            // Over or under whatever stands between.
            let between = places.iter().filter(|place| place.x < to.x && place.right() > from.right());
            let mut heights: Vec<i32> = between.flat_map(|place| [place.y - TURN, place.bottom() + TURN]).collect();
            heights.sort_by_key(|y| (y - begin).abs() + (y - end).abs());
            heights.dedup();
            lines.extend(heights.into_iter().take(TRIED).map(|y| by(out[0], y, into[0])));
        }
    }
    let length = |line: &[Point]| {
        line.windows(2).map(|pair| (pair[0].x - pair[1].x).abs() + (pair[0].y - pair[1].y).abs()).sum::<i32>()
    };
    let best = lines.into_iter().min_by_key(|line| (crossed(line, places), line.len(), length(line)));
    best.unwrap_or_else(|| by(out[0], end, out[0]))
}

/// How many shapes a line runs through.
fn crossed(line: &[Point], places: &[Bounds]) -> usize {
    let through = |place: &&Bounds| {
        line.windows(2).any(|pair| {
            let (x, y) = (pair[0].x.min(pair[1].x), pair[0].y.min(pair[1].y));
            // At least a pixel, so that a line has something to overlap with.
            let width = (pair[0].x - pair[1].x).abs().max(1);
            let height = (pair[0].y - pair[1].y).abs().max(1);
            overlap(&Bounds { x, y, width, height }, place)
        })
    };
    places.iter().filter(through).count()
}

/// Over a level piece of the line, the longest first; where that is taken, below it.
fn name(line: &[Point], height: i32, names: &[Bounds], places: &[Bounds]) -> Bounds {
    let mut level: Vec<&[Point]> = line.windows(2).filter(|pair| pair[0].y == pair[1].y).collect();
    level.sort_by_key(|pair| -(pair[0].x - pair[1].x).abs());
    let tried = level.iter().flat_map(|pair| {
        let x = (pair[0].x + pair[1].x - NAME) / 2;
        [pair[0].y - height - 3, pair[0].y + 3].map(|y| Bounds { x, y, width: NAME, height })
    });
    let tried: Vec<Bounds> = tried.collect();
    let clear = |place: &&Bounds| !names.iter().chain(places).any(|other| overlap(place, other));
    tried.iter().find(clear).or(tried.first()).copied().unwrap_or_default()
}
