//! A process as a picture on a page: the drawing of its diagram, as SVG. Who does not see it has the same as a table.

use bpmn::{Bounds, Diagram, Kind};
use std::fmt::Write as _;

/// Letters of a line of a step's name, and how many lines there are room for.
const LETTERS: usize = 20;
const LINES: usize = 4;

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The words of a name in lines; what has no room ends in `…`.
fn lines(name: &str, letters: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= letters) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

fn text(svg: &mut String, name: &str, (x, y): (i32, i32), letters: usize, most: usize) {
    let lines = lines(name, letters, most);
    let top = y - (lines.len() as i32 - 1) * 8;
    for (n, line) in lines.iter().enumerate() {
        let y = top + n as i32 * 16;
        let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\">{}</text>", escaped(line));
    }
}

fn rect(svg: &mut String, class: &str, at: &Bounds, round: i32) {
    let Bounds { x, y, width, height } = at;
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
    );
}

fn middle(at: &Bounds) -> (i32, i32) {
    (at.x + at.width / 2, at.y + at.height / 2)
}

/// The picture; `title` says what it is of.
pub fn svg(d: &Diagram, title: &str) -> String {
    let whole = |of: fn(&Bounds) -> i32| d.shapes.values().map(of);
    let (right, bottom) = (whole(Bounds::right).max().unwrap_or(0), whole(Bounds::bottom).max().unwrap_or(0));
    // What stands beyond the corner of the paper is shown all the same.
    let (left, top) =
        (whole(|at| at.x).min().unwrap_or(0).min(20) - 20, whole(|at| at.y).min().unwrap_or(0).min(20) - 20);
    let (width, height) = (right + 20 - left, bottom + 20 - top);
    let mut svg = format!(
        "<svg class=\"process\" role=\"img\" viewBox=\"{left} {top} {width} {height}\" width=\"{width}\" xmlns=\"http://www.w3.org/2000/svg\"><title>{}</title>\
         <defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
         <path d=\"M0 0 10 5 0 10z\"/></marker></defs>",
        escaped(title)
    );
    for lane in &d.lanes {
        let Some(at) = d.shapes.get(&lane.id) else { continue };
        rect(&mut svg, "lane", at, 0);
        let (x, y) = (at.x + 18, at.y + at.height / 2);
        let name = lines(&lane.name, at.height.unsigned_abs() as usize / 8, 1).concat();
        let _ = write!(
            svg,
            "<text class=\"lane-name\" transform=\"rotate(-90 {x} {y})\" x=\"{x}\" y=\"{y}\">{}</text>",
            escaped(&name)
        );
    }
    for flow in &d.flows {
        let Some(line) = d.edges.get(&flow.id) else { continue };
        let points: Vec<String> = line.iter().map(|point| format!("{},{}", point.x, point.y)).collect();
        let (from, to) = (escaped(&flow.from), escaped(&flow.to));
        let _ = write!(
            svg,
            "<polyline class=\"way\" data-from=\"{from}\" data-to=\"{to}\" points=\"{}\" marker-end=\"url(#arrow)\"/>",
            points.join(" ")
        );
        if let Some(at) = d.labels.get(&flow.id).filter(|_| !flow.name.is_empty()) {
            let (x, y) = middle(at);
            text(&mut svg, &flow.name, (x, y + 4), LETTERS, 2);
        }
    }
    for node in &d.nodes {
        let Some(at) = d.shapes.get(&node.id) else { continue };
        let (x, y) = middle(at);
        // What a script needs to move it, and to draw a way from one step of the process to another.
        let ways = matches!(node.kind, Kind::Step) && !node.says.contains_key("beside");
        let _ = write!(
            svg,
            "<g class=\"node\" data-node=\"{}\" data-x=\"{}\" data-y=\"{}\" data-width=\"{}\" data-name=\"{}\"{}>",
            escaped(&node.id),
            at.x,
            at.y,
            at.width,
            escaped(&node.name),
            if ways { " data-ways=\"\"" } else { "" }
        );
        match node.kind {
            Kind::Step | Kind::Call(_) => {
                let class = if node.says.contains_key("beside") { "step beside" } else { "step" };
                rect(&mut svg, class, at, 8);
                text(&mut svg, &node.name, (x, y + 4), LETTERS, LINES);
            }
            Kind::Start | Kind::End => {
                let class = if node.kind == Kind::End { "end" } else { "start" };
                let _ = write!(svg, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{}\"/>", at.width / 2);
            }
            Kind::Choice | Kind::Merge | Kind::Fork | Kind::Join => {
                let (right, bottom) = (at.right(), at.bottom());
                let _ = write!(
                    svg,
                    "<polygon class=\"gate\" points=\"{x},{} {right},{y} {x},{bottom} {},{y}\"/>",
                    at.y, at.x
                );
                let sign = if matches!(node.kind, Kind::Fork | Kind::Join) { "+" } else { "×" };
                let _ = write!(svg, "<text class=\"sign\" x=\"{x}\" y=\"{}\">{sign}</text>", y + 7);
            }
        }
        svg.push_str("</g>");
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::StepUnit;

    #[test]
    fn every_step_of_every_shipped_process_stands_in_its_picture_and_no_name_breaks_out_of_it() {
        for version in crate::shipped::versions().unwrap() {
            let drawn = svg(&crate::drawn::diagram(&version, StepUnit::word), "Quy trình <x>");
            assert_eq!(drawn.matches("class=\"step\"").count(), version.process.len(), "{}", version.code);
            assert!(drawn.contains("Quy trình &lt;x&gt;"));
        }
        let mut version = crate::shipped::versions().unwrap().remove(0);
        version.process[0].name = "<script>alert(1)</script> & \"x\"".to_owned();
        let drawn = svg(&crate::drawn::diagram(&version, StepUnit::word), "x");
        assert!(!drawn.contains("<script") && drawn.contains("&lt;script"), "{drawn}");
    }

    #[test]
    fn a_long_name_is_broken_between_words_and_cut_with_a_sign() {
        assert_eq!(lines("Thẩm định hồ sơ địa chính", 10, 4), ["Thẩm định", "hồ sơ địa", "chính"]);
        assert_eq!(lines("a b c d e f", 1, 2), ["a", "b…"]);
        assert_eq!(lines("", 5, 2), [] as [&str; 0]);
    }
}
