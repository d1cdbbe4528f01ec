//! The internal process as a graph: ways from step to step, the conditions under which one is taken, and what other units do beside a step.
//!
//! A process without ways is a line. A condition is a CEL expression over what is known of the dossier ([`Known`]), bounded in length, in depth and in
//! what it may call. At most one way of a step has none; it is taken where no other is. There are no circles: what is wrong goes back by an act of a person.

use crate::version::{BRANCH_STEPS_MAX, FieldKind, Side, Step, StepUnit, Version, Way};
use base::{Channel, Problem, Role};
use cel::{Context, Program, Value};
use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Most ways of one process.
pub const WAYS_MAX: usize = 60;
/// Longest condition, in letters.
pub const CONDITION_MAX: usize = 300;
/// How deep brackets may lie in a condition: its reader climbs down as deep.
const DEPTH_MAX: usize = 16;

/// What a condition may look at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Answers to the form: a JSON object of field → text.
    pub answers: &'a str,
    /// Fees and charges due, in đồng.
    pub fee: i64,
    pub channel: Option<Channel>,
    /// How many other units agreed, and how many did not.
    pub agree: i64,
    pub disagree: i64,
}

/// The names that conditions may use.
pub const NAMES: [&str; 5] = ["answers", "fee", "channel", "agree", "disagree"];

/// Reads a condition; what is wrong with it, in the words of its reader.
fn read(text: &str) -> Result<Program, String> {
    if text.chars().count() > CONDITION_MAX {
        return Err(format!("> {CONDITION_MAX}"));
    }
    let (mut depth, mut signs) = (0_usize, 0_usize);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        signs = if matches!(c, '!' | '-') { signs + 1 } else { 0 };
        if depth > DEPTH_MAX || signs > DEPTH_MAX {
            return Err(format!("> {DEPTH_MAX} ( )"));
        }
    }
    if let Some(name) = called(text).find(|name| !FUNCTIONS.contains(name)) {
        return Err(format!("{name}()"));
    }
    on_a_deep_stack(|| Program::compile(text).map_err(|error| error.to_string()))
}

/// What conditions may call. None of it goes through lists: with those that do, few letters would be work without an end.
const FUNCTIONS: [&str; 6] = ["size", "startsWith", "endsWith", "contains", "int", "string"];

/// The names before brackets: calls, and such as only look like them within quotes.
fn called(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('(').filter_map(|(at, _)| {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let start =
            before.rfind(|c: char| !is_part(c)).map_or(0, |n| n + before[n..].chars().next().map_or(1, char::len_utf8));
        before.get(start..).filter(|name| !name.is_empty() && *name != "in")
    })
}

/// Its reader climbs down with every bracket, in large steps: the stack of a request is too short for what is allowed above.
fn on_a_deep_stack<T>(work: impl FnOnce() -> T) -> T {
    const STACK_BYTES: usize = 32 * 1024 * 1024;
    stacker::grow(STACK_BYTES, work)
}

/// What conditions look at.
type Looked = Context<'static, 'static>;

/// What is known, in CEL's values. A question that was not answered is empty, or 0 where it asks for a number.
fn context(version: &Version, known: &Known<'_>) -> Looked {
    let given: BTreeMap<String, String> = serde_json::from_str(known.answers).unwrap_or_default();
    let answers = version.form.fields().map(|field| {
        let text = given.get(&field.name).map_or("", |text| text.trim());
        let value = match field.kind {
            FieldKind::Number => Value::Int(text.replace(['.', ' '], "").parse().unwrap_or(0)),
            _ => Value::String(Arc::new(text.to_owned())),
        };
        (field.name.clone(), value)
    });
    let answers: HashMap<String, Value> = answers.collect();
    let channel = known.channel.map_or("", Channel::as_str);
    let mut context = Context::default();
    context.add_variable_from_value("answers", answers);
    context.add_variable_from_value("fee", known.fee);
    context.add_variable_from_value("channel", channel.to_owned());
    context.add_variable_from_value("agree", known.agree);
    context.add_variable_from_value("disagree", known.disagree);
    context
}

/// Whether a condition holds; one that cannot be told does not.
fn holds(text: &str, context: &Looked) -> bool {
    read(text).is_ok_and(|program| on_a_deep_stack(|| matches!(program.execute(context), Ok(Value::Bool(true)))))
}

/// What is wrong with a condition: it cannot be read, looks at what there is not, or says neither yes nor no.
fn wrong(text: &str, version: &Version) -> Option<String> {
    let program = match read(text) {
        Ok(program) => program,
        Err(why) => return Some(why),
    };
    let unknown = program.references().variables().into_iter().find(|name| !NAMES.contains(name)).map(str::to_owned);
    if unknown.is_some() {
        return unknown;
    }
    // Questions that the form does not ask are told by trying: nothing is known, and still it must come to yes or no.
    match on_a_deep_stack(|| program.execute(&context(version, &Known::default()))) {
        Ok(Value::Bool(_)) => None,
        Ok(other) => Some(format!("{:?}", other.type_of())),
        Err(error) => Some(error.to_string()),
    }
}

impl Version {
    fn at(&self, id: &str) -> Option<usize> {
        self.process.iter().position(|step| step.id == id)
    }

    /// The branch beside a step that has a step of this id, and its place there.
    pub fn branch_at(&self, id: &str) -> Option<(&Side, usize)> {
        let sides = self.process.iter().flat_map(|step| &step.asks).filter(|side| side.is_branch());
        sides.filter(|_| !id.is_empty()).find_map(|side| Some((side, side.ids().position(|own| own == id)?)))
    }

    /// The ways out of a step, in their order.
    fn ways_of(&self, step: usize) -> impl Iterator<Item = &Way> {
        let id = self.process.get(step).map_or("", |step| step.id.as_str());
        self.ways.iter().filter(move |way| way.from == id)
    }

    /// The step after `step`, whoever does it; none where it ends there.
    pub fn step_after(&self, step: usize, known: &Known<'_>) -> Option<usize> {
        self.after(step, &LazyCell::new(|| context(self, known)))
    }

    /// The same; what is known is looked up where a way asks for it, and once.
    fn after(&self, step: usize, known: &LazyCell<Looked, impl FnOnce() -> Looked>) -> Option<usize> {
        if self.ways.is_empty() {
            return (step + 1 < self.process.len()).then_some(step + 1);
        }
        // Those with a condition come first, wherever they stand.
        let (asking, plain): (Vec<&Way>, Vec<&Way>) = self.ways_of(step).partition(|way| !way.when.trim().is_empty());
        let taken = asking.into_iter().find(|way| holds(&way.when, known)).or(plain.first().copied());
        taken.and_then(|way| self.at(&way.to))
    }

    /// The steps a dossier goes through, from the first on, as things are known.
    pub fn path(&self, known: &Known<'_>) -> Vec<usize> {
        let known = LazyCell::new(|| context(self, known));
        let mut path = if self.process.is_empty() { Vec::new() } else { vec![0] };
        while let Some(next) = path.last().and_then(|step| self.after(*step, &known)) {
            // No circles: rules refuse them, and a text that was not judged by them ends here.
            if path.contains(&next) {
                break;
            }
            path.push(next);
        }
        path
    }

    /// The step before `step`: on the way that is taken as things are known, else the first that leads to it.
    pub fn step_before(&self, step: usize, known: &Known<'_>) -> Option<usize> {
        if self.ways.is_empty() {
            return step.checked_sub(1);
        }
        let path = self.path(known);
        let on_path = path.iter().position(|other| *other == step);
        match on_path {
            Some(at) => at.checked_sub(1).and_then(|before| path.get(before)).copied(),
            None => {
                let id = self.process.get(step).map_or("", |step| step.id.as_str());
                self.ways.iter().filter(|way| way.to == id).filter_map(|way| self.at(&way.from)).min()
            }
        }
    }

    /// The next steps of each step; of a process without ways, the one behind it.
    fn graph(&self) -> Vec<Vec<usize>> {
        let line = |step: usize| if step + 1 < self.process.len() { vec![step + 1] } else { Vec::new() };
        let steps = 0..self.process.len();
        if self.ways.is_empty() {
            return steps.map(line).collect();
        }
        steps.map(|step| self.ways_of(step).filter_map(|way| self.at(&way.to)).collect()).collect()
    }

    /// Working hours of the longest way through.
    pub(crate) fn longest_hours(&self) -> i64 {
        let graph = self.graph();
        let hours = |step: usize| self.process.get(step).map_or(0, |step| crate::rules::working_hours(step.norm));
        let mut longest: Vec<i64> = (0..graph.len()).map(hours).collect();
        // As often as there are steps: a circle, which rules refuse, ends here as well.
        for _ in 0..graph.len() {
            for (from, next) in graph.iter().enumerate() {
                for to in next {
                    let through = longest[from].saturating_add(hours(*to)).min(i64::from(i32::MAX));
                    if through > longest[*to] {
                        longest[*to] = through;
                    }
                }
            }
        }
        longest.into_iter().max().unwrap_or(0)
    }
}

fn allows(step: &Step, word: &str) -> bool {
    step.allowed.iter().any(|allowed| allowed == word)
}

/// What is wrong with the ways of a process, and with what is done beside its steps.
pub(crate) fn check(version: &Version, problems: &mut Vec<Problem>) {
    let at_step = |code, name: &str| Problem::new(code).field("process").arg("step", name);
    for step in &version.process {
        check_sides(version, step, problems);
        if let StepUnit::Agency(code) = &step.unit
            && code.parse::<base::AgencyCode>().is_err()
        {
            problems.push(at_step("catalogue-step-agency", &step.name).arg("code", code));
        }
    }
    let graph = version.graph();
    // Of each step, those that come after it.
    let after: Vec<Vec<bool>> = graph.iter().map(|next| reached(&graph, next)).collect();
    let elsewhere: Vec<bool> = version.process.iter().map(|step| step.unit != StepUnit::Desk).collect();
    for (n, step) in version.process.iter().enumerate().filter(|(n, _)| !elsewhere[*n]) {
        // What comes to the desk is handed out there; nobody passes it on.
        let came = (0..graph.len()).any(|from| elsewhere[from] && after[from][n]);
        if came && (0..graph.len()).any(|to| elsewhere[to] && after[n][to]) {
            problems.push(at_step("catalogue-step-desk", &step.name));
        }
    }
    if version.ways.is_empty() {
        return;
    }
    if version.ways.len() > WAYS_MAX {
        problems.push(Problem::new("catalogue-too-many").field("ways").arg("max", WAYS_MAX));
        return;
    }
    let mut seen = Vec::new();
    for way in &version.ways {
        let named = |code| Problem::new(code).field("ways").arg("from", &way.from).arg("to", &way.to);
        if version.at(&way.from).is_none() || version.at(&way.to).is_none() || way.from == way.to {
            problems.push(named("catalogue-way-unknown"));
        }
        if seen.contains(&(&way.from, &way.to)) {
            problems.push(named("catalogue-way-twice"));
        }
        seen.push((&way.from, &way.to));
        if let Some(why) = Some(way.when.trim()).filter(|when| !when.is_empty()).and_then(|when| wrong(when, version)) {
            problems.push(named("catalogue-way-condition").arg("why", why));
        }
    }
    let reached = reached(&graph, &[0]);
    for (n, step) in version.process.iter().enumerate() {
        let ways: Vec<_> = version.ways_of(n).collect();
        let without = ways.iter().filter(|way| way.when.trim().is_empty()).count();
        if !ways.is_empty() && without != 1 {
            problems.push(at_step("catalogue-way-otherwise", &step.name));
        }
        if !ways.is_empty() && !allows(step, "forward") {
            problems.push(at_step("catalogue-way-not-forward", &step.name));
        }
        if !reached[n] {
            problems.push(at_step("catalogue-step-unreached", &step.name));
        }
        if after[n][n] {
            problems.push(at_step("catalogue-way-circle", &step.name));
        }
    }
}

/// Who may do a step of a branch: somebody who speaks for a unit. A desk only takes in and hands out.
const OF_A_BRANCH: [Role; 3] = [Role::Officer, Role::DivisionHead, Role::Leader];

/// Several steps that lead to one answer.
fn check_branch(version: &Version, side: &Side, named: &dyn Fn(&'static str) -> Problem, problems: &mut Vec<Problem>) {
    if side.then.len() >= BRANCH_STEPS_MAX {
        problems.push(Problem::new("catalogue-too-many").field("process").arg("max", BRANCH_STEPS_MAX));
    }
    for one in (0..=side.then.len()).filter_map(|n| side.step(n)) {
        let named = |code| named(code).arg("of", &one.name);
        let same = crate::version::process::ids(&version.process).filter(|id| *id == one.id).count();
        if !crate::rules::is_slug(&one.id) || same != 1 || one.name.trim().is_empty() {
            problems.push(named("catalogue-branch-step"));
        }
        if !OF_A_BRANCH.contains(&one.role) || matches!(one.unit, StepUnit::Desk | StepUnit::Intake) {
            problems.push(named("catalogue-branch-who"));
        }
        if matches!(&one.unit, StepUnit::Agency(code) if code.parse::<base::AgencyCode>().is_err()) {
            problems.push(named("catalogue-side-wrong"));
        }
    }
}

fn check_sides(version: &Version, step: &Step, problems: &mut Vec<Problem>) {
    let named = |code| Problem::new(code).field("process").arg("step", &step.name);
    if step.asks.len() > crate::version::SIDES_MAX {
        problems.push(Problem::new("catalogue-too-many").field("process").arg("max", crate::version::SIDES_MAX));
    }
    for (n, side) in step.asks.iter().enumerate() {
        let named = |code| named(code).arg("side", &side.name);
        if side.name.trim().is_empty() || step.asks.iter().take(n).any(|other| other.unit == side.unit) {
            problems.push(named("catalogue-side-wrong"));
        }
        if side.is_branch() {
            check_branch(version, side, &named, problems);
        } else if matches!(&side.unit, StepUnit::Agency(code) if code.parse::<base::AgencyCode>().is_err()) {
            problems.push(named("catalogue-side-wrong"));
        }
        // They work at the same time: nobody waits longer for them than the step itself takes.
        let hours: i64 = side.norms().map(crate::rules::working_hours).sum();
        if hours > crate::rules::working_hours(step.norm) {
            problems.push(named("catalogue-side-norm"));
        }
    }
}

/// The steps reached from some, over whatever others; those themselves only where a way leads back to them.
fn reached(graph: &[Vec<usize>], start: &[usize]) -> Vec<bool> {
    let mut reached = vec![false; graph.len()];
    let mut open = start.to_vec();
    while let Some(step) = open.pop() {
        if let Some(place) = reached.get_mut(step).filter(|place| !**place) {
            *place = true;
            open.extend(&graph[step]);
        }
    }
    reached
}

#[cfg(test)]
mod tests;
