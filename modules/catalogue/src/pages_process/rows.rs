//! The rows of the designer's tables: what a form says of a process, and what a button does to it.

use base::{Limit, Problem, Role};
use web::FormMap;

use crate::drawn;
use crate::rules;
use crate::version::process::free_id;
use crate::version::{ACTIONS, BranchStep, Places, Side, Step, StepUnit, Version, Way};

/// Hours or working days: what a clerk counts in.
pub(super) fn norm_shown(norm: Limit) -> (String, String) {
    match norm {
        Limit::WorkingDays(n) => (n.to_string(), "wd".to_owned()),
        Limit::Hours(n) => (n.to_string(), "h".to_owned()),
        other => (rules::working_hours(other).to_string(), "h".to_owned()),
    }
}

fn norm_read(form: &FormMap, start: &str) -> Result<Limit, Problem> {
    let text = format!("{}{}", form.text(&format!("{start}norm")).trim(), form.text(&format!("{start}norm_of")));
    text.parse::<Limit>().map_err(|problem| problem.field(format!("{start}norm")))
}

/// Most rows of a table that are read.
pub(super) const ROWS_MAX: usize = 60;

/// What the form says.
pub(super) struct Rows {
    pub(super) version: Version,
    /// Where each row of what others are asked stands.
    pub(super) sides: Vec<SideAt>,
    /// What is wrong with a row: then nothing is done but to show the rows as they were typed.
    pub(super) problems: Vec<Problem>,
}

/// A row of what others are asked: its step, its place beside it, and which step of its branch it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SideAt {
    step: usize,
    side: usize,
    at: usize,
}

pub(super) fn typed(form: &FormMap, before: &Version) -> Rows {
    let (mut version, mut problems, mut sides) = (before.clone(), Vec::new(), Vec::new());
    (version.process, version.ways) = (Vec::new(), Vec::new());
    let is_there = |name: String| form.get(&name).is_some();
    for (row, table) in [("s", "process"), ("w", "ways"), ("b", "sides")] {
        let name = if row == "s" {
            "name"
        } else if row == "w" {
            "from"
        } else {
            "step"
        };
        if is_there(format!("{row}{ROWS_MAX}_{name}")) {
            problems.push(Problem::new("catalogue-too-many").field(table).arg("max", ROWS_MAX));
        }
    }
    for n in (0..ROWS_MAX).take_while(|n| is_there(format!("s{n}_name"))) {
        let start = format!("s{n}_");
        let text = |name: &str| form.text(&format!("{start}{name}")).trim().to_owned();
        let norm = norm_read(form, &start).unwrap_or_else(|problem| {
            problems.push(problem);
            Limit::Hours(1)
        });
        let unit = StepUnit::read(&text("unit")).unwrap_or_else(|| {
            problems.push(Problem::new("catalogue-step-unit").field(format!("{start}unit")));
            StepUnit::Leader
        });
        let allowed = ACTIONS.iter().filter(|word| form.get(&format!("{start}{word}")).is_some());
        let taken = |id: &String| version.process.iter().any(|step: &Step| step.id == *id);
        let id = match text("id") {
            id if rules::is_slug(&id) && !taken(&id) => id,
            _ => {
                let wanted = rules::slug(&text("name"));
                free_id(if wanted.is_empty() { "buoc" } else { &wanted }, &version.process, &[])
            }
        };
        version.process.push(Step {
            id,
            name: text("name"),
            role: text("role").parse().unwrap_or(Role::Officer),
            unit,
            norm,
            allowed: allowed.map(|word| (*word).to_owned()).collect(),
            asks: Vec::new(),
        });
    }
    for n in (0..ROWS_MAX).take_while(|n| is_there(format!("w{n}_from"))) {
        let text = |name: &str| form.text(&format!("w{n}_{name}")).trim().to_owned();
        version.ways.push(Way { from: text("from"), to: text("to"), when: text("when"), name: text("name") });
    }
    for n in (0..ROWS_MAX).take_while(|n| is_there(format!("b{n}_step"))) {
        let start = format!("b{n}_");
        let text = |name: &str| form.text(&format!("{start}{name}")).trim().to_owned();
        let norm = norm_read(form, &start);
        let (id, name, role) = (text("id"), text("name"), text("role").parse::<Role>().ok());
        let behind = sides.last().copied().filter(|_| text("then") == "1");
        let at = match behind {
            Some(SideAt { step, .. }) => Some(step),
            None => version.process.iter().position(|step| step.id == text("step")),
        };
        match (at.and_then(|at| Some((at, version.process.get_mut(at)?))), StepUnit::read(&text("unit")), norm) {
            (Some((at, step)), Some(unit), Ok(norm)) => match (behind, step.asks.last_mut()) {
                (Some(before), Some(side)) => {
                    sides.push(SideAt { at: before.at + 1, ..before });
                    side.then.push(BranchStep { id, name, unit, role: role.unwrap_or(Role::Officer), norm });
                }
                _ => {
                    sides.push(SideAt { step: at, side: step.asks.len(), at: 0 });
                    step.asks.push(Side { id, role, ..Side::of(name, unit, norm) });
                }
            },
            (_, _, Err(problem)) => problems.push(problem),
            _ => problems.push(Problem::new("catalogue-side-row").field(format!("{start}step"))),
        }
    }
    named(&mut version);
    match places(form.text("places")) {
        Some(places) => version.places = places,
        None => problems.push(Problem::new("catalogue-place-far").field("places").arg("max", drawn::FAR)),
    }
    Rows { version, sides, problems }
}

/// What a button does to the rows.
pub(super) fn pressed(word: &str, version: &mut Version, sides: &[SideAt], drawn: Option<Way>) {
    let (act, n) = match word.rsplit_once('-') {
        Some((act, n)) if n.bytes().all(|b| b.is_ascii_digit()) => (act, n.parse::<usize>().unwrap_or(usize::MAX)),
        _ => (word, usize::MAX),
    };
    let steps = &mut version.process;
    match act {
        "add-step" if steps.len() < rules::STEPS_MAX => {
            let id = (1..).map(|n| format!("buoc-{n}")).find(|id| !steps.iter().any(|step| step.id == *id));
            let allowed = ["forward", "return", "request_supplement"].map(str::to_owned).to_vec();
            let unit = StepUnit::Division("chuyen-mon".to_owned());
            let (id, role, norm) = (id.unwrap_or_default(), Role::Officer, Limit::Hours(4));
            let at = steps.len().saturating_sub(1);
            steps.insert(at, Step { id, name: String::new(), role, unit, norm, allowed, asks: Vec::new() });
        }
        "drop-step" if n < steps.len() => {
            let gone = steps.remove(n);
            version.ways.retain(|way| way.from != gone.id && way.to != gone.id);
        }
        "up" if n > 0 && n < steps.len() => steps.swap(n, n - 1),
        "down" if n + 1 < steps.len() => steps.swap(n, n + 1),
        "add-way" | "draw-way" => {
            // The line as it is, so that a way more is one more and not the only one.
            if version.ways.is_empty() {
                let pair = |two: &[Step]| Way { from: two[0].id.clone(), to: two[1].id.clone(), ..Way::default() };
                version.ways = steps.windows(2).map(pair).collect();
            }
            // Drawn in the picture, it leads somewhere already.
            version.ways.push(drawn.filter(|_| act == "draw-way").unwrap_or_default());
        }
        "drop-way" if n < version.ways.len() => {
            version.ways.remove(n);
        }
        "add-side" => {
            if let Some(step) = steps.iter_mut().find(|step| step.unit != StepUnit::Desk) {
                let norm = step.norm;
                step.asks.push(Side::of("", StepUnit::Department, norm));
            }
        }
        "drop-side" => {
            let found = sides.get(n).and_then(|at| Some((steps.get_mut(at.step)?, at)));
            if let Some((step, SideAt { side, at, .. })) = found.filter(|(step, at)| at.side < step.asks.len()) {
                drop_side(&mut step.asks, *side, *at);
            }
        }
        // A step of a branch behind one: the head of the agency looks at what was drafted.
        "then" => {
            let found = sides.get(n).and_then(|at| Some((steps.get_mut(at.step)?.asks.get_mut(at.side)?, at.at)));
            if let Some((side, at)) = found.filter(|(side, at)| *at <= side.then.len()) {
                let (name, unit) = (String::new(), StepUnit::Leader);
                let norm = Limit::Hours(1);
                side.then.insert(at, BranchStep { id: String::new(), name, unit, role: Role::Leader, norm });
                side.role = side.role.or(Some(Role::Officer));
            }
        }
        "lay-out" => version.places.clear(),
        _ => {}
    }
    named(version);
}

/// Takes a step out of a branch; what is left of it is asked from its next step on.
fn drop_side(asks: &mut Vec<Side>, side: usize, at: usize) {
    let Some(branch) = asks.get_mut(side) else { return };
    match at.checked_sub(1) {
        Some(behind) if behind < branch.then.len() => {
            branch.then.remove(behind);
        }
        Some(_) => {}
        None if branch.then.is_empty() => {
            asks.remove(side);
        }
        None => {
            let BranchStep { id, name, unit, role, norm } = branch.then.remove(0);
            let then = std::mem::take(&mut branch.then);
            *branch = Side { id, role: Some(role), then, ..Side::of(name, unit, norm) };
        }
    }
}

/// Ids for the steps of branches; who answers by itself needs none.
fn named(version: &mut Version) {
    let mut taken: Vec<String> = version.process.iter().map(|step| step.id.clone()).collect();
    let mut name = |id: &mut String, name: &str| {
        if !rules::is_slug(id) || taken.contains(id) {
            let wanted = rules::slug(name);
            *id = free_id(if wanted.is_empty() { "nhanh" } else { &wanted }, &[], &taken);
        }
        taken.push(id.clone());
    };
    for side in version.process.iter_mut().flat_map(|step| &mut step.asks) {
        if side.is_branch() {
            name(&mut side.id, &side.name);
            side.role = side.role.or(Some(Role::Officer));
            side.then.iter_mut().for_each(|step| name(&mut step.id, &step.name));
        } else {
            (side.id, side.role) = (String::new(), None);
        }
    }
}

/// Longest text of places: one for each shape of the largest process.
const PLACES_CHARS_MAX: usize = 20_000;

/// Where shapes stand, as the picture tells it: `check:240,100 sign:480,90`; none where one stands nowhere on the paper.
fn places(text: &str) -> Option<Places> {
    if text.len() > PLACES_CHARS_MAX {
        return None;
    }
    let place = |word: &str| {
        let (id, at) = word.rsplit_once(':')?;
        let (x, y) = at.split_once(',')?;
        let at: (i32, i32) = (x.parse().ok()?, y.parse().ok()?);
        drawn::is_on_paper(at).then(|| (id.to_owned(), at))
    };
    text.split_whitespace().map(place).collect()
}

/// The same, for the form.
pub(super) fn places_shown(places: &Places) -> String {
    places.iter().map(|(id, (x, y))| format!("{id}:{x},{y}")).collect::<Vec<_>>().join(" ")
}
