//! Petitions about the same matter: one is worked on, the others go with it and are answered with it, each sender by their own clock.

use crate::petition::{Event, Petition, State};
use crate::rules::{House, clock};
use crate::store as sql;
use crate::verbs::{Does, On};
use ::store::Tx;
use base::{Fault, Id, Problem};
use records::{Aside, Asker, By, Decided, Given, Held, Typed};
use std::collections::BTreeSet;

/// How many may go with one: all of them are answered in its transaction.
pub const JOINED_MAX: usize = 200;

/// Goes with the petition that was named: one that is being worked on, in the same agency, and goes with nobody itself. Whoever complains of
/// a unit is answered alone: what they wrote is not for those who answer others.
pub(crate) fn join(on: &On<'_>, _: &Given) -> Does {
    let refused = |code| Fault::invalid(Problem::new(code).field("lead"));
    let (p, looked) = (on.state(), &on.house.looked);
    let lead = looked.named.as_ref().ok_or_else(|| refused("feedback-lead-none"))?;
    let is_open = matches!(lead.state.state, State::Handling | State::Asked | State::Drafted);
    if lead.id == on.held.id || !is_open {
        return Err(refused("feedback-lead-not-open"));
    }
    if p.concerned.is_some() || lead.state.concerned.is_some() {
        return Err(refused("feedback-lead-concerned"));
    }
    let house = |unit: Id| on.house.tree.house_of(unit).map(|house| house.id);
    if house(p.unit) != house(lead.state.unit) {
        return Err(refused("feedback-lead-elsewhere"));
    }
    if looked.joined >= JOINED_MAX {
        return Err(Fault::invalid(Problem::new("feedback-lead-full").arg("max", JOINED_MAX).field("lead")));
    }
    Decided::event(Event::Join { lead: lead.id })
}

pub(crate) fn part(_: &On<'_>, _: &Given) -> Does {
    Decided::event(Event::Part)
}

/// The code that somebody named.
pub(crate) fn named(typed: &Typed) -> String {
    typed.fields.get("lead").map(|code| code.trim().to_uppercase()).unwrap_or_default()
}

/// What is held until the end of an act, so that nothing joins a petition that is just being answered or leaves, no two join each other,
/// and no more join than may: names of locks, always in the same order.
pub(crate) fn locked(verb: &str, code: &str, typed: &Typed) -> BTreeSet<String> {
    let codes = match verb {
        "approve" | "forward" | "hand-over" | "withdraw" | "part" => vec![code.to_owned()],
        "join" => vec![code.to_owned(), named(typed)],
        _ => Vec::new(),
    };
    codes.into_iter().map(|code| format!("petition/{code}")).collect()
}

/// What an act on one means for those that go with it: its approved answer is theirs, and they stand by themselves again once it goes
/// where they cannot follow.
///
/// # Errors
/// The database's.
pub(crate) async fn follow(
    tx: &Tx,
    house: &House,
    asker: &Asker<'_>,
    verb: &str,
    lead: &Held<Petition>,
) -> Result<(), Fault> {
    let answers = match verb {
        "approve" => true,
        "forward" | "hand-over" | "withdraw" | "join" => false,
        _ => return Ok(()),
    };
    let joined = sql::of_lead(tx, lead.id, State::Joined, JOINED_MAX as i64 + 1).await?;
    if joined.is_empty() {
        return Ok(());
    }
    let actor = asker.actor.filter(|actor| actor.citizen_number.is_none()).map(|actor| actor.account);
    let by = By { actor, agency: lead.state.approver.filter(|_| answers), now: asker.now };
    let answer = records::asides_of(tx, &[lead.id], "answer").await?.remove(&lead.id).unwrap_or_default();
    for held in &joined {
        if answers {
            let reopen = clock(held.state.sent_at.date())?.reopen;
            let event = Event::AnswerWith { reopen_until: house.due(asker.now, reopen).due_at };
            let words = [Aside { name: "answer", text: answer.clone() }];
            records::happen(tx, by, held, &event, &words).await?;
        } else {
            records::happen(tx, by, held, &Event::Part, &[]).await?;
        }
    }
    Ok(())
}
