//! Issuing a decision: what it says is done to the catalogue in the same transaction, all of it or nothing.

use crate::announcement::{Announcement, Done, Event, State};
use crate::days::{ANNOUNCE_BEFORE, POST_WITHIN, working_day_before};
use crate::house::Rooms;
use crate::line::{Does, Line};
use crate::rights::ISSUE_ANNOUNCEMENTS;
use crate::store;
use crate::verbs::ISSUING;
use ::store::Tx;
use base::{Fault, Id, Problem};
use catalogue::{Act, Decision, Refused, Sort, Version};
use files::Seal;
use records::{Asker, By, Held, Typed};
use std::collections::HashMap;

/// Versions of the lines, by the event beside which each was written.
///
/// # Errors
/// The database's; a body that is none, which only a changed row can be.
pub(crate) async fn bodies(tx: &Tx, id: Id) -> Result<HashMap<i64, Version>, Fault> {
    let beside = records::asides(tx, id).await?;
    let versions = beside.into_iter().filter(|(_, name, _)| name == "version");
    let read = |(n, _, text): (i64, String, String)| Ok((n, serde_json::from_str(&text).map_err(Fault::internal)?));
    versions.map(read).collect()
}

/// What a line does to the version that stands, which was read under the catalogue's lock.
fn act(a: &Announcement, line: &Line, stands: Option<&Version>, bodies: &HashMap<i64, Version>) -> Result<Act, Fault> {
    let version = || {
        let version = bodies.get(&line.written).cloned();
        version.map(Box::new).ok_or_else(|| Fault::internal("a line without its version"))
    };
    if let Some((to, from)) = stands.and_then(|stands| Some((line.follows_from(stands, &a.law)?, stands.id))) {
        return Ok(Act::Change { to: Box::new(to), from });
    }
    Ok(match line.does {
        Does::New => Act::New(version()?),
        Does::Change if line.written > 0 => Act::Change { to: version()?, from: line.base.unwrap_or_default() },
        // What does not stand any more cannot be carried on: the catalogue refuses the line by that rule.
        Does::Change | Does::Delegate | Does::End => Act::End { code: line.code.clone() },
    })
}

/// What is wrong with lines, as somebody at the page reads it: the line first, then its rules.
fn told(lines: &[Line], wrong: Vec<(usize, Problem)>) -> Vec<Problem> {
    let (mut problems, mut last) = (Vec::new(), None);
    for (place, problem) in wrong {
        let Some(line) = lines.get(place) else { continue };
        let field = format!("line-{}", line.n);
        if last != Some(place) {
            let named = Problem::new("control-line-refused").field(field.clone());
            problems.push(named.arg("line", line.n).arg("code", &line.code).arg("name", &line.name));
            last = Some(place);
        }
        problems.push(problem.field(field));
    }
    problems
}

/// Issues the decision of that code: the versions it makes, changes and ends stand in the catalogue with it, or nothing does.
///
/// # Errors
/// As [`records::act`]; `Forbidden` with `control-issue-own` for whoever prepared, wrote or submitted any of it; `Invalid` at `number`
/// (`control-number-taken`), at `signed_on` (`control-signed-later`, `control-signed-before`), and at each line that a rule of the catalogue refuses.
pub async fn issue(
    tx: &Tx,
    rooms: &Rooms,
    asker: &Asker<'_>,
    code: &str,
    typed: &Typed,
) -> Result<Held<Announcement>, Fault> {
    let seen = records::open::<Announcement>(tx, rooms, asker, code).await?;
    let (held, a, today) = (seen.held(), seen.state(), asker.now.date());
    if a.state != State::Submitted {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    let standing = asker.standing(ISSUE_ANNOUNCEMENTS, rooms.house.tree.path(a.office));
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let actor = asker.actor.map(|actor| actor.account);
    if a.is_by(actor) {
        return Err(Fault::Forbidden(Problem::new("control-issue-own")));
    }
    let given = records::read_fields(ISSUING, typed)?;
    let (number, signed_on) = (given.text("number").to_owned(), given.day("signed_on").filter(|day| *day <= today));
    let late = || Fault::invalid(Problem::new("control-signed-later").field("signed_on"));
    let signed_on = signed_on.ok_or_else(late)?;
    if let Some(submitted) = a.submitted_on.filter(|day| signed_on < *day) {
        let before = Problem::new("control-signed-before").field("signed_on");
        return Err(Fault::invalid(before.arg("day", base::vn_date(submitted))));
    }
    if let Some(other) = store::of_number(tx, &number, signed_on.year()).await? {
        let taken = Problem::new("control-number-taken").field("number");
        return Err(Fault::invalid(taken.arg("code", other.code)));
    }
    let mut papers = Vec::with_capacity(typed.files.len());
    for staged in &typed.files {
        let id = files::keep(tx, staged, held.id, actor, asker.now).await?;
        let file = files::file(tx, id).await?.ok_or_else(|| Fault::internal("a file without its row"))?;
        papers.push(Seal::of(&file));
    }

    // The catalogue, by its own rules.
    let bodies = bodies(tx, held.id).await?;
    let by = By { actor, agency: standing.agency, now: asker.now };
    let codes: Vec<&str> = a.lines.iter().map(|line| line.code.as_str()).collect();
    let stand = catalogue::standing(tx, &codes).await?;
    let acts = a.lines.iter().map(|line| act(a, line, stand.get(&line.code), &bodies));
    let acts = acts.collect::<Result<Vec<_>, _>>()?;
    let decision = Decision { number: number.clone(), from: a.effective_from, act: held.id };
    let made = match catalogue::decide(tx, by, &decision, acts).await {
        Ok(made) => made,
        Err(Refused::Lines(wrong)) => return Err(Fault::Invalid(told(&a.lines, wrong))),
        Err(Refused::Fault(fault)) => return Err(fault),
    };

    // And the decision itself.
    let done = |(line, (procedure, version)): (&Line, (Id, Option<Version>))| {
        let missing = version.as_ref().map(catalogue::parts::missing).unwrap_or_default();
        let missing = missing.into_iter().map(|part| part.as_str().to_owned()).collect();
        Done { n: line.n, procedure, version: version.map(|version| version.id), missing }
    };
    let calendar = &rooms.house.calendar;
    let event = Event::Issue {
        number,
        signed_on,
        announce_by: a.law_from.map(|day| working_day_before(calendar, day, ANNOUNCE_BEFORE)),
        // What is the Party's is not posted for everybody.
        post_by: (a.sort != Sort::Party).then(|| calendar.nth_working_day_after(signed_on, POST_WITHIN)),
        done: a.lines.iter().zip(made).map(done).collect(),
        papers,
    };
    records::happen(tx, by, held, &event, &[]).await
}
