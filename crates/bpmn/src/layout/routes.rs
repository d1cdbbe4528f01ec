//! The lines: from the right of a node to the left of the next, up and down in channels only.

use super::{BACK_NAMED, NAME, NAME_LETTERS, Sheet, name_height};
use crate::model::{Bounds, Diagram, Point};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// From a column to the first line of the channel behind it, between lines, and from the last to the next column.
const BEFORE: i32 = 28;
const BETWEEN: i32 = 14;
const AFTER: i32 = 26;
/// A channel without lines.
const CHANNEL: i32 = 56;
/// Before the first column and behind the last.
const MARGIN: i32 = 20;

/// A line in a channel: where it comes in on the left, and where it goes on, on the right or below.
struct Run {
    arc: usize,
    left: Vec<i32>,
    right: Vec<i32>,
    group: Group,
}

/// Lines of one node lie on each other until they part, or from where they meet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    From(usize),
    To(usize),
}

/// Channel `c` lies before column `c`. Every arc has one run where it leaves and, unless that is the same, one where it arrives.
fn runs(sheet: &Sheet<'_>) -> BTreeMap<usize, Vec<Run>> {
    let mut runs: BTreeMap<usize, Vec<Run>> = BTreeMap::new();
    let mut out: HashMap<usize, usize> = HashMap::new();
    sheet.graph.arcs.iter().for_each(|arc| *out.entry(arc.from).or_default() += 1);
    for (at, arc) in sheet.graph.arcs.iter().enumerate() {
        let (leaves, arrives) = (sheet.ranks.rank[arc.from] + 1, sheet.ranks.rank[arc.to]);
        let (begin, end) = (sheet.y(arc.from), sheet.y(arc.to));
        let mut add = |channel: usize, left: Vec<i32>, right: Vec<i32>, group| {
            runs.entry(channel).or_default().push(Run { arc: at, left, right, group });
        };
        match between(sheet, at) {
            _ if sheet.backs.contains_key(&at) => {
                let below = sheet.backs[&at];
                add(leaves, vec![begin, below], vec![], Group::From(arc.from));
                add(arrives, vec![], vec![below, end], Group::To(arc.to));
            }
            Some(row) => {
                add(leaves, vec![begin], vec![row], Group::From(arc.from));
                add(arrives, vec![row], vec![end], Group::To(arc.to));
            }
            None if out[&arc.from] > 1 => add(leaves, vec![begin], vec![end], Group::From(arc.from)),
            None => add(leaves, vec![begin], vec![end], Group::To(arc.to)),
        }
    }
    runs
}

/// The y at which an arc passes columns.
fn between(sheet: &Sheet<'_>, arc: usize) -> Option<i32> {
    sheet.rows.arc.get(&arc).and_then(|place| sheet.middles.get(place)).copied()
}

/// Gives every channel its lines and every column its place.
pub(super) fn widths(sheet: &mut Sheet<'_>) {
    let runs = runs(sheet);
    let columns = sheet.ranks.columns;
    let mut x = sheet.left;
    for channel in 0..=columns {
        let none = Vec::new();
        let here = runs.get(&channel).unwrap_or(&none);
        let order = order(here);
        let first = x + if channel == 0 { MARGIN } else { BEFORE };
        let place = |at: usize| first + BETWEEN * i32::try_from(at).unwrap_or(0);
        for run in here {
            if let Some(at) = order.iter().position(|group| *group == run.group) {
                sheet.tracks.insert((channel, run.arc), place(at));
            }
        }
        let last = if order.is_empty() { x } else { place(order.len() - 1) };
        sheet.names.push(last + 6);
        let named = here.iter().any(|run| {
            let arc = &sheet.graph.arcs[run.arc];
            arc.named && sheet.ranks.rank[arc.from] + 1 == channel && !sheet.backs.contains_key(&run.arc)
        });
        let after = if named { NAME + 16 } else { AFTER };
        let edge = channel == 0 || channel == columns;
        let wide = match (order.is_empty(), edge) {
            (true, true) => MARGIN,
            (true, false) => CHANNEL,
            (false, true) => last - x + AFTER,
            (false, false) => (last - x + after).max(CHANNEL),
        };
        x += wide;
        if channel < columns {
            let within = (0..sheet.graph.nodes.len()).filter(|node| sheet.ranks.rank[*node] == channel);
            let width = within.map(|node| sheet.graph.nodes[node].width).max().unwrap_or(0);
            sheet.columns.push((x, width));
            x += width;
        }
    }
    sheet.right = x.max(sheet.left + CHANNEL);
}

/// The groups of a channel that run up or down, from left to right: what leaves a height to the left stands before what arrives at it from
/// the right, so that they do not lie on each other. Where each would have to stand before the other, one of them does.
fn order(runs: &[Run]) -> Vec<Group> {
    let mut heights: BTreeMap<Group, (BTreeSet<i32>, BTreeSet<i32>)> = BTreeMap::new();
    for run in runs {
        let (left, right) = heights.entry(run.group).or_default();
        left.extend(&run.left);
        right.extend(&run.right);
    }
    heights.retain(|_, (left, right)| left.union(right).count() > 1);
    let mut order = Vec::new();
    while !heights.is_empty() {
        let waits = |group: &Group| {
            let right = &heights[group].1;
            heights.iter().any(|(other, (left, _))| other != group && !left.is_disjoint(right))
        };
        let next = heights.keys().find(|group| !waits(group)).or_else(|| heights.keys().next()).copied();
        let Some(next) = next else { break };
        heights.remove(&next);
        order.push(next);
    }
    order
}

/// Lines and names of flows.
pub(super) fn draw(sheet: &Sheet<'_>, d: &mut Diagram) {
    for (at, arc) in sheet.graph.arcs.iter().enumerate() {
        let (from, to) = (sheet.bounds(arc.from), sheet.bounds(arc.to));
        let (leaves, arrives) = (sheet.ranks.rank[arc.from] + 1, sheet.ranks.rank[arc.to]);
        let (begin, end) = (sheet.y(arc.from), sheet.y(arc.to));
        let below = sheet.backs.get(&at).copied();
        let row = below.or(between(sheet, at)).unwrap_or(end);
        // A line that stays at its height turns nowhere.
        let x = |channel: usize| sheet.tracks.get(&(channel, at)).copied().unwrap_or(from.right());
        let mut line = vec![Point { x: from.right(), y: begin }];
        line.extend([Point { x: x(leaves), y: begin }, Point { x: x(leaves), y: row }]);
        if row != end || below.is_some() {
            line.extend([Point { x: x(arrives), y: row }, Point { x: x(arrives), y: end }]);
        }
        line.push(Point { x: to.x, y: end });
        let flow = &d.flows[arc.flow];
        if arc.named {
            let height = name_height(&flow.name);
            let above = |x: i32, y: i32| Bounds { x, y: y - height - 3, width: NAME, height };
            let beside = sheet.names[leaves];
            let places = match below {
                Some(below) => {
                    let x = x(leaves) - NAME - 6;
                    vec![Bounds { y: below - height.min(BACK_NAMED) - 3, ..above(x, below) }]
                }
                // Over its own piece of the line, or where it leaves, or below the piece: wherever no other name stands.
                None => {
                    // Readers set a name in the middle of its place.
                    let letters = i32::try_from(flow.name.chars().count().min(NAME_LETTERS)).unwrap_or(0);
                    let leaving = x(leaves) + 4 - (NAME - 6 * letters) / 2;
                    vec![above(beside, row), above(leaving, begin), Bounds { y: row + 3, ..above(beside, row) }]
                }
            };
            let clear = |place: &&Bounds| !d.labels.values().any(|other| overlap(place, other));
            let place = places.iter().find(clear).unwrap_or(&places[0]);
            d.labels.insert(flow.id.clone(), *place);
        }
        d.edges.insert(flow.id.clone(), corners(line));
    }
}

pub(super) fn overlap(a: &Bounds, b: &Bounds) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// Only the points where a line turns.
pub(super) fn corners(line: Vec<Point>) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::new();
    for point in line {
        if out.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = out[..]
            && (a.x == b.x && b.x == point.x || a.y == b.y && b.y == point.y)
        {
            out.pop();
        }
        out.push(point);
    }
    out
}
