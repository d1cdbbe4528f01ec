//! Which column each node stands in.

use super::{Arc, Graph};

pub(super) struct Ranks {
    /// Column by node.
    pub rank: Vec<usize>,
    pub columns: usize,
    /// Whether an arc runs below its lane instead of through columns.
    back: Vec<bool>,
}

impl Ranks {
    pub(super) fn of(graph: &Graph) -> Ranks {
        let mut out: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
        for (at, arc) in graph.arcs.iter().enumerate() {
            out[arc.from].push(at);
        }
        let mut back = backs(graph, &out);
        let mut into = vec![0usize; graph.nodes.len()];
        forward(graph, &back).for_each(|(_, arc)| into[arc.to] += 1);
        let mut ready: Vec<usize> = (0..graph.nodes.len()).filter(|node| into[*node] == 0).collect();
        let mut rank = vec![0usize; graph.nodes.len()];
        while let Some(node) = ready.pop() {
            for at in out[node].iter().filter(|at| !back[**at]) {
                let to = graph.arcs[*at].to;
                rank[to] = rank[to].max(rank[node] + 1);
                into[to] -= 1;
                if into[to] == 0 {
                    ready.push(to);
                }
            }
        }
        // What is called a way back and leads on all the same is drawn as what it is.
        for (at, arc) in graph.arcs.iter().enumerate() {
            back[at] &= rank[arc.to] <= rank[arc.from];
        }
        let columns = rank.iter().max().map_or(0, |last| last + 1);
        Ranks { rank, columns, back }
    }

    pub(super) fn is_back(&self, arc: usize) -> bool {
        self.back[arc]
    }

    pub(super) fn span(&self, arc: &Arc) -> usize {
        self.rank[arc.from].abs_diff(self.rank[arc.to])
    }
}

fn forward<'a>(graph: &'a Graph, back: &'a [bool]) -> impl Iterator<Item = (usize, &'a Arc)> {
    graph.arcs.iter().enumerate().filter(|(at, _)| !back[*at])
}

/// Arcs that close a circle: those that say so, and those that lead to a node they came from. Deep first from the starts, by a stack of
/// our own: a process may be two thousand nodes long.
fn backs(graph: &Graph, out: &[Vec<usize>]) -> Vec<bool> {
    let mut back: Vec<bool> = graph.arcs.iter().map(|arc| arc.back).collect();
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Within,
        Done,
    }
    let mut seen = vec![Seen::No; graph.nodes.len()];
    let into: std::collections::HashSet<usize> =
        graph.arcs.iter().filter(|arc| arc.from != arc.to).map(|arc| arc.to).collect();
    let nodes = 0..graph.nodes.len();
    let starts = nodes.clone().filter(|node| graph.nodes[*node].start);
    let heads = nodes.clone().filter(|node| !into.contains(node));
    for root in starts.chain(heads).chain(nodes.clone()) {
        let mut path = vec![(root, 0usize)];
        if seen[root] != Seen::No {
            continue;
        }
        seen[root] = Seen::Within;
        while let Some((node, next)) = path.last_mut() {
            let Some(at) = out[*node].get(*next).copied() else {
                seen[*node] = Seen::Done;
                path.pop();
                continue;
            };
            *next += 1;
            let to = graph.arcs[at].to;
            if back[at] {
                continue;
            }
            match seen[to] {
                Seen::Within => back[at] = true,
                Seen::Done => {}
                Seen::No => {
                    seen[to] = Seen::Within;
                    path.push((to, 0));
                }
            }
        }
    }
    back
}
