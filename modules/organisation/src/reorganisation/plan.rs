//! What a decision means for the tree: which agencies and parts of them end, which are opened, and where the work of each goes. Pure, so that
//! the rehearsal and the act say the same.

use super::line::{Does, Line, Makes};
use crate::agency::Agency;
use crate::tree::Tree;
use base::{AgencyCode, Date, Id, Problem, System};
use std::collections::{BTreeMap, BTreeSet};

/// A unit that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub line: i64,
    pub id: Id,
    /// Whoever gets its open work comes first.
    pub successors: Vec<Id>,
}

/// What a decision means.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    pub ends: Vec<End>,
    /// Those above before those below.
    pub opens: Vec<(i64, Agency)>,
    /// Where the open work of each unit that ends goes.
    pub units: BTreeMap<Id, Id>,
    /// The agencies a line makes, in its order.
    pub made: BTreeMap<i64, Vec<Id>>,
}

/// What the lines mean for a tree on a day; and everything that stands against them, each at its line (`line-3`).
pub fn plan(tree: &Tree, lines: &[Line], day: Date, decision: &str) -> (Plan, Vec<Problem>) {
    let tops: Vec<Id> = lines.iter().flat_map(|line| line.ends.iter().copied()).collect();
    let ending: BTreeSet<Id> = tops.iter().flat_map(|top| tree.subtree(*top)).map(|unit| unit.id).collect();
    let standing = tree.all().iter().filter(|agency| agency.valid_to.is_none() && !ending.contains(&agency.id));
    let codes = standing.map(|agency| agency.code.clone()).collect();
    let next = tree.all().iter().map(|agency| agency.id.0).max().unwrap_or_default();
    let mut maker =
        Maker { tree, day, decision, ending, codes, next, line: 0, plan: Plan::default(), wrong: Vec::new() };
    for line in lines {
        maker.line = line.n;
        maker.line(line, &tops);
    }
    (maker.plan, maker.wrong)
}

struct Maker<'a> {
    tree: &'a Tree,
    day: Date,
    decision: &'a str,
    ending: BTreeSet<Id>,
    /// Identifiers of what stands afterwards.
    codes: BTreeSet<String>,
    /// The last id given out.
    next: i64,
    /// The line being read.
    line: i64,
    plan: Plan,
    wrong: Vec<Problem>,
}

impl<'a> Maker<'a> {
    fn refuse(&mut self, code: &'static str, name: impl ToString) {
        self.wrong.push(Problem::new(code).field(format!("line-{}", self.line)).arg("name", name.to_string()));
    }

    fn line(&mut self, line: &Line, tops: &[Id]) {
        let before = self.wrong.len();
        let ends: Vec<&'a Agency> = line.ends.iter().filter_map(|id| self.standing(*id, tops)).collect();
        let Some(first) = ends.first().copied() else { return };
        for one in &ends {
            if one.parent != first.parent {
                self.refuse("reorganisation-parents", &one.name);
            } else if (one.level, one.kind) != (first.level, first.kind) {
                self.refuse("reorganisation-levels", &one.name);
            }
            let below = self.tree.subtree(one.id);
            let other = below.iter().find(|unit| unit.id != one.id && unit.house().is_some());
            if let Some(other) = other {
                self.refuse("reorganisation-child-kind", &other.name);
            }
        }
        let into = line.into.and_then(|id| self.takes_over(line.does, id, first));
        if self.wrong.len() > before || (line.into.is_some() && into.is_none()) {
            return;
        }
        let made: Vec<Id> = line.makes.iter().map(|makes| self.make(makes, first)).collect();
        let mut follow: Vec<Id> = into.into_iter().chain(made.iter().copied()).collect();
        let Some(receiver) = follow.get(if into.is_some() { 0 } else { line.receiver }).copied() else {
            return self.refuse("reorganisation-nobody", &first.name);
        };
        self.plan.made.insert(line.n, made);
        follow.retain(|id| *id != receiver);
        follow.insert(0, receiver);
        for one in ends {
            self.end(one, follow.clone());
            self.parts(one, &follow);
        }
    }

    /// An agency of a line that stands, is no root, and ends by this line alone.
    fn standing(&mut self, id: Id, tops: &[Id]) -> Option<&'a Agency> {
        let tree = self.tree;
        let Some(agency) = tree.get(id).filter(|agency| agency.valid_to.is_none()) else {
            self.refuse("reorganisation-not-standing", tree.name(id));
            return None;
        };
        let last = self.day.yesterday().ok();
        if agency.parent.is_none() {
            self.refuse("reorganisation-root", &agency.name);
        } else if agency.system() != System::State {
            // Other systems reorganise their own bodies.
            self.refuse("reorganisation-not-ours", &agency.name);
        } else if tops.iter().filter(|top| **top == id).count() > 1
            || tree.ancestors(id).iter().any(|above| above.id != id && tops.contains(&above.id))
        {
            self.refuse("reorganisation-twice", &agency.name);
        } else if agency.valid_from.is_some_and(|from| last.is_none_or(|last| last < from)) {
            self.refuse("reorganisation-day-before-start", &agency.name);
        } else {
            return Some(agency);
        }
        None
    }

    /// The agency that takes over: it stands, and goes on standing.
    fn takes_over(&mut self, does: Does, id: Id, first: &Agency) -> Option<Id> {
        let tree = self.tree;
        let stands = tree.get(id).filter(|agency| agency.valid_to.is_none() && !self.ending.contains(&agency.id));
        let Some(agency) = stands else {
            self.refuse("reorganisation-into-ends", tree.name(id));
            return None;
        };
        if does == Does::Merge && (agency.parent, agency.level) != (first.parent, first.level) {
            self.refuse("reorganisation-parents", &agency.name);
            return None;
        }
        // Who works in a part gets no say over the whole, and in a body none over another kind of body.
        if (agency.level, agency.kind) != (first.level, first.kind) || tree.is_within(first.id, agency.id) {
            self.refuse("reorganisation-levels", &agency.name);
            return None;
        }
        if agency.system() != first.system() {
            self.refuse("reorganisation-system", &agency.name);
            return None;
        }
        Some(id)
    }

    fn end(&mut self, unit: &Agency, successors: Vec<Id>) {
        if let Some(receiver) = successors.first() {
            self.plan.units.insert(unit.id, *receiver);
        }
        self.plan.ends.push(End { line: self.line, id: unit.id, successors });
    }

    /// A new agency, as the line says, beside what ends.
    fn make(&mut self, makes: &Makes, first: &Agency) -> Id {
        let code = match makes.code.parse::<AgencyCode>() {
            Ok(code) => code.as_str().to_owned(),
            Err(problem) => {
                self.wrong.push(problem.field(format!("line-{}", self.line)));
                makes.code.clone()
            }
        };
        if !self.codes.insert(code.clone()) {
            self.refuse("reorganisation-code-taken", &code);
        }
        let kind = makes.kind.unwrap_or(first.kind);
        if !kind.stands_in(first.system()) {
            self.refuse("reorganisation-kind", &makes.name);
        }
        let above = first.parent.and_then(|parent| self.tree.get(parent)).map_or("/", |above| above.path.as_str());
        let duty = if kind == first.kind { first.duty.clone() } else { None };
        self.open(Agency {
            code,
            name: makes.name.clone(),
            short_name: makes.short_name.clone(),
            kind,
            duty,
            level: first.level,
            parent: first.parent,
            path: above.to_owned(),
            unit_code: makes.unit_code.clone().or_else(|| first.unit_code.clone()),
            ..Agency::default()
        })
    }

    /// One more agency, below the path it holds.
    fn open(&mut self, agency: Agency) -> Id {
        self.next += 1;
        let id = Id(self.next);
        let path = format!("{}{id}/", agency.path);
        let (valid_from, decision) = (Some(self.day), Some(self.decision.to_owned()));
        self.plan.opens.push((self.line, Agency { id, path, valid_from, decision, place: id.0, ..agency }));
        id
    }

    /// One that stands or is opened.
    fn known(&self, id: Id) -> Option<&Agency> {
        let opened = self.plan.opens.iter().map(|(_, agency)| agency).find(|agency| agency.id == id);
        opened.or_else(|| self.tree.get(id))
    }

    /// The parts of what ends go with it, to the part of the same duty of each that follows; one that has none there is opened anew below
    /// what follows. So each has its own counterpart, and who works in a part gets no say over the whole.
    fn parts(&mut self, old: &'a Agency, follow: &[Id]) {
        for part in self.tree.children(old.id) {
            let mut successors: Vec<Id> = Vec::with_capacity(follow.len());
            for above in follow {
                let found = self.counterpart(part, *above);
                successors.push(found.unwrap_or_else(|| self.anew(old, part, *above)));
            }
            self.end(part, successors.clone());
            self.parts(part, &successors);
        }
    }

    /// The part of an agency with the same duty, or without one the same name.
    fn counterpart(&self, part: &Agency, above: Id) -> Option<Id> {
        let like = |other: &&Agency| {
            let same = match &part.duty {
                Some(duty) => other.duty.as_ref() == Some(duty),
                None => other.duty.is_none() && base::fold(&other.name) == base::fold(&part.name),
            };
            other.kind == part.kind && same && !self.ending.contains(&other.id)
        };
        let standing = self.tree.children(above).into_iter();
        let opened = self.plan.opens.iter().map(|(_, agency)| agency).filter(|agency| agency.parent == Some(above));
        standing.chain(opened).find(like).map(|other| other.id)
    }

    /// The part as it is, below what follows.
    fn anew(&mut self, old: &Agency, part: &Agency, above: Id) -> Id {
        let Some(over) = self.known(above).cloned() else { return above };
        let (was, is) = (place_in(&old.name), place_in(&over.name));
        let named = |name: &str| match name.strip_suffix(was).filter(|_| !was.is_empty()) {
            Some(stem) => format!("{stem}{is}"),
            None => name.to_owned(),
        };
        let tail = part.code.strip_prefix(old.code.as_str()).and_then(|rest| rest.strip_prefix('.'));
        let codes = tail.map(str::to_owned).into_iter().chain((1..).map(|n| format!("{n:02}")));
        let mut codes = codes.map(|tail| format!("{}.{tail}", over.code));
        let code = codes.find(|code| !self.codes.contains(code)).unwrap_or_default();
        if let Err(problem) = code.parse::<AgencyCode>() {
            self.wrong.push(problem.field(format!("line-{}", self.line)));
        }
        self.codes.insert(code.clone());
        self.open(Agency {
            code,
            name: named(&part.name),
            short_name: named(&part.short_name),
            kind: part.kind,
            duty: part.duty.clone(),
            level: part.level,
            parent: Some(above),
            path: over.path.clone(),
            unit_code: over.unit_code.clone(),
            ..Agency::default()
        })
    }
}

/// What a committee's parts are named with: "xã An Ninh" of "Ủy ban nhân dân xã An Ninh"; empty where it is no committee.
fn place_in(name: &str) -> &str {
    name.strip_prefix("Ủy ban nhân dân ").unwrap_or_default()
}

#[cfg(test)]
mod tests;
