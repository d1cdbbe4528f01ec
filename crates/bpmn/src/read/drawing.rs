//! Where everything stands.

use super::{Reading, last};
use crate::model::{Bounds, Point};
use crate::names::id_in;
use crate::refusal::Note;
use crate::tree::Element;

/// Farthest from the corner of the paper, in pixels.
const FAR: f64 = 1_000_000.0;

impl Reading {
    /// The first drawing of the file; places of what is left out are left out with it.
    pub(super) fn drawing(&mut self, root: &Element) {
        let mut drawings = root.drawn("BPMNDiagram");
        let planes: Vec<&Element> = drawings.next().iter().flat_map(|drawing| drawing.drawn("BPMNPlane")).collect();
        drawings.for_each(|other| self.leave(Note::Element, other));
        for shape in planes.iter().flat_map(|plane| plane.drawn("BPMNShape")) {
            self.shape(shape);
        }
        for edge in planes.iter().flat_map(|plane| plane.drawn("BPMNEdge")) {
            let flows = |id: &str| self.diagram.flows.iter().any(|flow| flow.id == id);
            let Some(id) = meant(edge, flows) else { continue };
            let points: Option<Vec<Point>> = edge.drawn("waypoint").map(point).collect();
            match points.filter(|points| points.len() >= 2) {
                Some(points) => {
                    self.label(&id, edge);
                    self.diagram.edges.insert(id, points);
                }
                None => self.leave(Note::Place, edge),
            }
        }
    }

    fn shape(&mut self, shape: &Element) {
        let d = &self.diagram;
        let lane =
            |id: &str| d.lanes.iter().any(|lane| lane.id == id) || d.pool.as_ref().is_some_and(|pool| pool.id == id);
        let Some(id) = meant(shape, |id| lane(id) || d.node(id).is_some()) else { return };
        if lane(&id) && matches!(shape.attribute("isHorizontal").trim(), "false" | "0") {
            self.leave(Note::Upright, shape);
            return;
        }
        match shape.drawn("Bounds").next().and_then(bounds) {
            Some(place) => {
                self.label(&id, shape);
                self.diagram.shapes.insert(id, place);
            }
            None => self.leave(Note::Place, shape),
        }
    }

    fn label(&mut self, id: &str, element: &Element) {
        let place = element.drawn("BPMNLabel").next().and_then(|label| label.drawn("Bounds").next()).and_then(bounds);
        if let Some(place) = place {
            self.diagram.labels.insert(id.to_owned(), place);
        }
    }
}

/// What an element of the drawing draws, if that is known.
fn meant(element: &Element, known: impl Fn(&str) -> bool) -> Option<String> {
    let named = element.attribute("bpmnElement");
    [id_in(named), id_in(last(named))].into_iter().find(|id| known(id))
}

fn number(element: &Element, name: &str) -> Option<i32> {
    let number: f64 = element.attribute(name).trim().parse().ok()?;
    // Within the bound it fits.
    (number.abs() <= FAR).then(|| number.round() as i32)
}

fn bounds(element: &Element) -> Option<Bounds> {
    let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| number(element, name));
    let place = Bounds { x: x?, y: y?, width: width?, height: height? };
    (place.width >= 0 && place.height >= 0).then_some(place)
}

fn point(element: &Element) -> Option<Point> {
    Some(Point { x: number(element, "x")?, y: number(element, "y")? })
}
