//! A drawing for a process that has none.
//!
//! Columns from left to right by the longest way from the start; in each lane rows, so that every node has a cell of its own and a line
//! that passes columns has the cells it passes. Between the columns lie channels: all that runs up or down runs there, so no line
//! crosses a shape. Ways back run below the rows of their lane.

mod around;
mod ranks;
mod routes;
mod rows;

pub use around::connect;

use crate::model::{Bounds, Diagram, Kind, Node};
use ranks::Ranks;
use rows::Rows;
use std::collections::{BTreeMap, HashMap};

/// Corner of the drawing, in pixels.
const CORNER: i32 = 40;
/// The strip of a pool or lane that holds its name.
const STRIP: i32 = 30;
/// Height of a row that holds nodes: the highest shape, and room for names under gateways and over lines.
const ROW: i32 = 130;
/// Height of a row that only lines pass.
const THIN: i32 = 36;
/// Above the first row of a lane, and below its last.
const PAD: i32 = 12;
/// Between ways back below a lane, and of one that bears a name.
const BACK: i32 = 18;
const BACK_NAMED: i32 = 46;

/// What a name beside a shape or a line takes: readers break it at this width.
const NAME: i32 = 90;
/// Height of one line of a name, and about how many letters it has.
const NAME_LINE: i32 = 14;
const NAME_LETTERS: usize = 15;

fn name_height(name: &str) -> i32 {
    NAME_LINE * i32::try_from(name.chars().count().div_ceil(NAME_LETTERS)).unwrap_or(1).clamp(1, 4)
}

/// Where the name of a node stands that is too small to hold it.
fn name_below(node: &Node, place: &Bounds) -> Option<Bounds> {
    let outside = !node.name.is_empty() && !matches!(node.kind, Kind::Step | Kind::Call(_));
    let x = place.x + (place.width - NAME) / 2;
    outside.then(|| Bounds { x, y: place.bottom() + 6, width: NAME, height: name_height(&node.name) })
}

/// Places for everything, instead of those there are. Lanes get a pool where there is none; a node in no lane stands below them.
pub fn lay_out(diagram: &mut Diagram) {
    if diagram.pool.is_none() && !diagram.lanes.is_empty() {
        let id = diagram.fresh("pool");
        diagram.pool = Some(crate::model::Pool { id, name: diagram.name.clone() });
    }
    diagram.shapes.clear();
    diagram.edges.clear();
    diagram.labels.clear();
    let graph = Graph::of(diagram);
    let ranks = Ranks::of(&graph);
    let rows = Rows::of(&graph, &ranks);
    Sheet::of(&graph, &ranks, &rows).draw(diagram);
}

/// Nodes and flows by their places in the diagram's lists.
struct Graph {
    nodes: Vec<Cell>,
    arcs: Vec<Arc>,
    lanes: usize,
    /// How many of the lanes are drawn: one that only holds what lies in none is not.
    drawn: usize,
}

struct Cell {
    lane: usize,
    width: i32,
    height: i32,
    start: bool,
}

struct Arc {
    /// Its place in `Diagram::flows`; those from or to nowhere are not drawn.
    flow: usize,
    from: usize,
    to: usize,
    back: bool,
    named: bool,
}

impl Graph {
    fn of(d: &Diagram) -> Graph {
        let mut lanes: HashMap<&str, usize> = HashMap::new();
        for (at, lane) in d.lanes.iter().enumerate() {
            for node in &lane.nodes {
                lanes.entry(node).or_insert(at);
            }
        }
        let places: HashMap<&str, usize> =
            d.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        let cell = |node: &Node| {
            let (width, height) = node.kind.size();
            let lane = lanes.get(node.id.as_str()).copied().unwrap_or(d.lanes.len());
            Cell { lane, width, height, start: node.kind == Kind::Start }
        };
        let arcs = d.flows.iter().enumerate().filter_map(|(flow, one)| {
            let (from, to) = (*places.get(one.from.as_str())?, *places.get(one.to.as_str())?);
            Some(Arc { flow, from, to, back: one.times > 0 || from == to, named: !one.name.is_empty() })
        });
        let nodes: Vec<Cell> = d.nodes.iter().map(cell).collect();
        let lanes = d.lanes.len() + usize::from(nodes.iter().any(|node| node.lane == d.lanes.len()));
        Graph { nodes, arcs: arcs.collect(), lanes: lanes.max(1), drawn: d.lanes.len() }
    }
}

/// Where columns, channels, rows and ways back lie, in pixels.
struct Sheet<'a> {
    graph: &'a Graph,
    ranks: &'a Ranks,
    rows: &'a Rows,
    /// Middle of each row, by lane and row.
    middles: HashMap<(usize, i32), i32>,
    /// Top and height of each lane.
    lanes: Vec<(i32, i32)>,
    /// The y of each way back, by its arc.
    backs: BTreeMap<usize, i32>,
    /// The left end and the width of each column.
    columns: Vec<(i32, i32)>,
    left: i32,
    right: i32,
    /// The x of what runs up and down, by channel and arc.
    tracks: HashMap<(usize, usize), i32>,
    /// Where names of flows begin in each channel.
    names: Vec<i32>,
}

impl<'a> Sheet<'a> {
    fn of(graph: &'a Graph, ranks: &'a Ranks, rows: &'a Rows) -> Sheet<'a> {
        let left = if graph.drawn > 0 { CORNER + 2 * STRIP } else { CORNER };
        let (middles, lanes, backs, columns) = Default::default();
        let (tracks, names) = Default::default();
        let mut sheet = Sheet { graph, ranks, rows, middles, lanes, backs, columns, left, right: left, tracks, names };
        sheet.heights();
        routes::widths(&mut sheet);
        sheet
    }

    /// Rows and, below them, ways back, lane by lane.
    fn heights(&mut self) {
        let mut y = CORNER;
        for lane in 0..self.graph.lanes {
            let top = y;
            y += PAD;
            for (row, full) in self.rows.of_lane(lane) {
                let height = if full { ROW } else { THIN };
                self.middles.insert((lane, row), y + height / 2);
                y += height;
            }
            // Those that lead to one node join on their way.
            let mut below: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (at, arc) in self.graph.arcs.iter().enumerate().filter(|(at, _)| self.ranks.is_back(*at)) {
                if self.graph.nodes[arc.from].lane.max(self.graph.nodes[arc.to].lane) == lane {
                    below.entry(arc.to).or_default().push(at);
                }
            }
            // The shortest run nearest, so that fewer cross.
            let mut below: Vec<Vec<usize>> = below.into_values().collect();
            let reach = |arcs: &Vec<usize>| arcs.iter().map(|at| self.ranks.span(&self.graph.arcs[*at])).max();
            below.sort_by_key(reach);
            for arcs in below {
                y += if arcs.iter().any(|at| self.graph.arcs[*at].named) { BACK_NAMED } else { BACK };
                self.backs.extend(arcs.into_iter().map(|at| (at, y)));
            }
            y = (y + PAD).max(top + ROW);
            self.lanes.push((top, y - top));
        }
    }

    fn y(&self, node: usize) -> i32 {
        self.middles.get(&(self.graph.nodes[node].lane, self.rows.node[node])).copied().unwrap_or(CORNER)
    }

    fn bounds(&self, node: usize) -> Bounds {
        let cell = &self.graph.nodes[node];
        let (x, width) = self.columns[self.ranks.rank[node]];
        let (width, height, middle) = (cell.width, cell.height, x + width / 2);
        Bounds { x: middle - width / 2, y: self.y(node) - height / 2, width, height }
    }

    fn draw(self, d: &mut Diagram) {
        for at in 0..self.graph.nodes.len() {
            let (node, place) = (&d.nodes[at], self.bounds(at));
            d.shapes.insert(node.id.clone(), place);
            if let Some(label) = name_below(node, &place) {
                d.labels.insert(node.id.clone(), label);
            }
        }
        routes::draw(&self, d);
        let (x, drawn) = (CORNER, self.graph.drawn);
        for (lane, (y, height)) in d.lanes.iter().zip(&self.lanes).take(drawn) {
            let place = Bounds { x: x + STRIP, y: *y, width: self.right - x - STRIP, height: *height };
            d.shapes.insert(lane.id.clone(), place);
        }
        if let Some(pool) = &d.pool {
            // Lanes fill their pool; what lies in none stands below it.
            let within = if drawn > 0 { &self.lanes[..drawn] } else { &self.lanes[..] };
            let height = within.iter().map(|(_, height)| height).sum();
            // Alone it has its name to the left of everything.
            let x = if drawn > 0 { x } else { x - STRIP };
            d.shapes.insert(pool.id.clone(), Bounds { x, y: CORNER, width: self.right - x, height });
        }
    }
}
