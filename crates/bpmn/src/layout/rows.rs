//! Which row of its lane each node stands in, and which row a line takes through the columns it passes.

use super::{Graph, Ranks};
use std::collections::{BTreeMap, HashMap, HashSet};

pub(super) struct Rows {
    /// Row by node. Rows count from 0 downwards and upwards.
    pub node: Vec<i32>,
    /// Lane and row by arc, of those that pass columns.
    pub arc: HashMap<usize, (usize, i32)>,
    lanes: Vec<Lane>,
}

/// Cells that are taken, by row and column, and whether a node is among them.
#[derive(Default)]
struct Lane {
    rows: BTreeMap<i32, (Vec<bool>, bool)>,
    /// Those that lines pass.
    lines: HashSet<(i32, usize)>,
}

impl Lane {
    fn free(&self, row: i32, columns: &std::ops::Range<usize>) -> bool {
        self.rows
            .get(&row)
            .is_none_or(|(taken, _)| columns.clone().all(|column| !taken.get(column).is_some_and(|t| *t)))
    }

    /// The same for a line that passes: where one ends and another begins in the same channel, they would lie on each other.
    fn clear(&self, row: i32, columns: &std::ops::Range<usize>) -> bool {
        let beside = [columns.start.wrapping_sub(1), columns.end];
        self.free(row, columns) && beside.iter().all(|column| !self.lines.contains(&(row, *column)))
    }

    /// The nearest row to the wanted one that is right, below before above.
    fn nearest(&self, wanted: i32, right: impl Fn(i32) -> bool) -> i32 {
        let around = (0..).flat_map(|off| [wanted + off, wanted - off]);
        around.take(4 * (self.rows.len() + 2)).find(|row| right(*row)).unwrap_or_else(|| self.below())
    }

    /// A row that nothing stands in.
    fn below(&self) -> i32 {
        self.rows.keys().next_back().map_or(0, |row| row + 1)
    }

    fn take(&mut self, row: i32, columns: &std::ops::Range<usize>, node: bool) {
        let (taken, full) = self.rows.entry(row).or_default();
        if taken.len() < columns.end {
            taken.resize(columns.end, false);
        }
        columns.clone().for_each(|column| taken[column] = true);
        *full |= node;
        if !node {
            self.lines.extend(columns.clone().map(|column| (row, column)));
        }
    }
}

impl Rows {
    pub(super) fn of(graph: &Graph, ranks: &Ranks) -> Rows {
        let lanes = (0..graph.lanes).map(|_| Lane::default()).collect();
        let mut rows = Rows { node: vec![0; graph.nodes.len()], arc: HashMap::new(), lanes };
        rows.nodes(graph, ranks);
        rows.passing(graph, ranks);
        rows
    }

    /// Column by column, each node in the row it is reached from, where that is free.
    fn nodes(&mut self, graph: &Graph, ranks: &Ranks) {
        let mut into: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
        for (at, arc) in graph.arcs.iter().enumerate().filter(|(at, _)| !ranks.is_back(*at)) {
            into[arc.to].push(at);
        }
        let mut order: Vec<usize> = (0..graph.nodes.len()).collect();
        // Within a column in the order of the flows that lead there.
        order.sort_by_key(|node| (ranks.rank[*node], into[*node].first().copied(), *node));
        for node in order {
            let lane = graph.nodes[node].lane;
            let before = into[node].iter().map(|at| graph.arcs[*at].from).find(|from| graph.nodes[*from].lane == lane);
            let column = ranks.rank[node]..ranks.rank[node] + 1;
            let wanted = before.map_or(0, |from| self.node[from]);
            let row = self.lanes[lane].nearest(wanted, |row| self.lanes[lane].free(row, &column));
            self.lanes[lane].take(row, &column, true);
            self.node[node] = row;
        }
    }

    /// Lines over more than one column, the shortest first, through free cells of the lane they lead to or come from.
    fn passing(&mut self, graph: &Graph, ranks: &Ranks) {
        let forward = graph.arcs.iter().enumerate().filter(|(at, _)| !ranks.is_back(*at));
        let mut long: Vec<_> = forward.filter(|(_, arc)| ranks.span(arc) > 1).collect();
        long.sort_by_key(|(at, arc)| (ranks.span(arc), *at));
        for (at, arc) in long {
            let columns = ranks.rank[arc.from] + 1..ranks.rank[arc.to];
            let (from, to) = (graph.nodes[arc.from].lane, graph.nodes[arc.to].lane);
            let (begin, end) = (self.node[arc.from], self.node[arc.to]);
            let clear = |lane: usize, row: i32| self.lanes[lane].clear(row, &columns);
            let nearest = |row: i32| self.lanes[to].nearest(row, |row| clear(to, row));
            let (lane, row) = if from == to {
                // The least way up and down, counted from both ends.
                let way = |row: &i32| (row - begin).abs() + (row - end).abs();
                let (low, high) = (begin.min(end), begin.max(end));
                let between = (low..=high).find(|row| clear(to, *row));
                let around = [nearest(high), nearest(low)];
                (to, between.unwrap_or_else(|| around.into_iter().min_by_key(way).unwrap_or(end)))
            } else if clear(to, end) {
                (to, end)
            } else if clear(from, begin) {
                (from, begin)
            } else {
                (to, nearest(end))
            };
            self.lanes[lane].take(row, &columns, false);
            self.arc.insert(at, (lane, row));
        }
    }

    /// The rows of a lane from above, and whether nodes stand in them. A lane without any has one.
    pub(super) fn of_lane(&self, lane: usize) -> Vec<(i32, bool)> {
        self.lanes[lane].rows.iter().map(|(row, (_, full))| (*row, *full)).collect()
    }
}
