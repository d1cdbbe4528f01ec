//! What follows from an event: state and facts, as a pure function.

use crate::petition::{COLUMNS, Event, Petition, Placed, Sent, State, dues, links, number};
use facts::{Fact, Measure};
use files::Seal;
use records::{Approval, Column, DoesNotFollow, Due, Found, Link, Moment, News, Number, Subject};

/// Taken up and sorted: one more to be answered.
pub static RECEIVED: Measure = Measure::once("feedback_received");
/// Not taken up.
pub static REFUSED: Measure = Measure::once("feedback_refused");
/// Handed to the track of complaints or denunciations.
pub static HANDED_OVER: Measure = Measure::once("feedback_handed_over");
/// Answered, on time or late; again after it was reopened.
pub static ANSWERED: Measure = Measure::again("feedback_answered").with(flag::ON_TIME, flag::NAMES);
/// Rated by the sender.
pub static RATED: Measure = Measure::again("feedback_rated").with(flag::SATISFIED, flag::NAMES);
/// Reopened by the sender.
pub static REOPENED: Measure = Measure::again("feedback_reopened");

/// Everything petitions are counted by.
pub const MEASURES: &[&Measure] = &[&RECEIVED, &REFUSED, &HANDED_OVER, &ANSWERED, &RATED, &REOPENED];

/// What may be true of what is counted here. The values are those of all registers: they are part of the records.
pub(crate) mod flag {
    /// Answered, or kept, by the due date.
    pub const ON_TIME: i64 = 16;
    /// Rated satisfied or very satisfied.
    pub const SATISFIED: i64 = 2048;

    /// By the names that definitions use.
    pub const NAMES: &[(&str, i64)] = &[("ON_TIME", ON_TIME), ("SATISFIED", SATISFIED)];
}

fn fact(p: &Petition, moment: &Moment, measure: &'static Measure, flags: i64) -> Fact {
    Fact {
        field: p.topic.clone(),
        channel: p.channel_number(),
        flags,
        ..Fact::one(measure, moment.at.date(), (p.unit, p.at_level()), moment.subject)
    }
}

impl Subject for Petition {
    const KIND: &'static str = "petition";
    const TABLE: &'static str = "petition";
    /// 2: a draft goes up a chain. 3: one that turns out to complain of a unit is raised past it.
    const V: i64 = 3;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        if let Event::Send(sent) | Event::Take(sent) = event {
            return match before {
                None => Ok((begun(sent, moment), Vec::new())),
                Some(_) => Err(DoesNotFollow("sent twice")),
            };
        }
        let mut p = before.cloned().ok_or(DoesNotFollow("nothing was sent"))?;
        let facts = next(&mut p, moment, event)?;
        Ok((p, facts))
    }

    fn dues(&self) -> Vec<Due> {
        dues(self)
    }

    fn links(&self) -> Vec<Link> {
        links(self)
    }

    fn number(&self) -> Option<Number> {
        number(self)
    }

    /// One that complains of a unit is found where it lies and where its head is, and nowhere else.
    fn found(&self) -> Found {
        let intake = Some(self.intake).filter(|_| self.concerned.is_none());
        let units = [Some(self.unit), intake, self.approver].into_iter().flatten().collect();
        let texts = vec![crate::rules::topic_name(&self.topic, base::Lang::Vi)];
        Found { words: &["text", "place", "name", "phone", "answer"], texts, units, ..Found::default() }
    }

    /// Whoever sent it is told what becomes of it; not of what they did themselves.
    fn news(&self, _: &Moment, event: &Event) -> Option<News> {
        let kind = match event {
            Event::Send(_) | Event::Take(_) => "received",
            Event::Ask { .. } => "asked",
            Event::Approve { .. } | Event::AnswerWith { .. } => "answered",
            Event::Publish => "published",
            Event::Keep => "kept",
            Event::Refuse => "refused",
            Event::HandOver { .. } => "handed-over",
            _ => return None,
        };
        Some(News { kind, account: self.account })
    }

    fn seals(event: &Event) -> &[Seal] {
        match event {
            Event::Send(sent) | Event::Take(sent) => &sent.pictures,
            Event::Supply { pictures, .. } => pictures,
            _ => &[],
        }
    }
}

fn begun(sent: &Sent, moment: &Moment) -> Petition {
    Petition {
        state: State::New,
        channel: sent.channel.clone(),
        topic: sent.topic.clone(),
        area: sent.area,
        concerned: sent.concerned,
        dossier: sent.dossier,
        intake: sent.intake,
        unit: sent.intake,
        account: sent.account,
        key_hash: sent.key_hash.clone(),
        year: sent.year,
        n: sent.n,
        sent_at: moment.at,
        sort_due_at: sent.sort_due_at,
        ..Petition::default()
    }
}

/// Lays it with a unit; whoever had it in their hands has it no more.
fn place(p: &mut Petition, placed: &Placed) {
    p.state = State::Handling;
    p.unit = placed.unit;
    p.level = placed.level.as_str().to_owned();
    p.ask_until = Some(placed.ask_until);
    p.answer_due_at = Some(placed.answer_due_at);
    p.answer_basis.clone_from(&placed.answer_basis);
    p.handler = None;
    p.approver = None;
    p.drafted_by = None;
    p.approval = None;
    p.lead = None;
}

/// A yes on the way up.
fn say(p: &mut Petition, moment: &Moment, verb: &str) -> Result<(), DoesNotFollow> {
    match &mut p.approval {
        Some(approval) => approval.say(verb, moment),
        // A draft from before there were chains waits for the head alone.
        None if verb == "approve" => Ok(()),
        None => Err(DoesNotFollow("nobody was to say that")),
    }
}

/// Its answer is there.
fn answered(p: &mut Petition, moment: &Moment, reopen_until: base::Instant) -> Fact {
    p.answered_at = Some(moment.at);
    p.reopen_until = Some(reopen_until);
    let on_time = p.answer_due_at.is_none_or(|due| moment.at <= due);
    fact(p, moment, &ANSWERED, if on_time { flag::ON_TIME } else { 0 })
}

/// The state after an event on an existing petition. Which state it may follow on is the table's matter.
fn next(p: &mut Petition, moment: &Moment, event: &Event) -> Result<Vec<Fact>, DoesNotFollow> {
    match event {
        Event::Send(_) | Event::Take(_) => {}
        Event::Sort { class, topic, placed } => {
            p.class.clone_from(class);
            p.topic.clone_from(topic);
            place(p, placed);
            return Ok(vec![fact(p, moment, &RECEIVED, 0)]);
        }
        Event::Refuse => {
            p.state = State::Refused;
            return Ok(vec![fact(p, moment, &REFUSED, 0)]);
        }
        Event::Raise { concerned, unit } => {
            p.concerned = Some(*concerned);
            p.unit = *unit;
        }
        Event::HandOver { track } => {
            p.state = State::HandedOver;
            p.track.clone_from(track);
            return Ok(vec![fact(p, moment, &HANDED_OVER, 0)]);
        }
        Event::Forward { placed } => place(p, placed),
        Event::TakeOn => p.handler = moment.actor,
        Event::Assign { handler } => p.handler = Some(*handler),
        Event::Join { lead } => {
            p.state = State::Joined;
            p.lead = Some(*lead);
        }
        Event::Part => {
            p.state = State::Handling;
            p.lead = None;
        }
        // Each sender is answered by their own clock.
        Event::AnswerWith { reopen_until } => {
            p.state = State::Kept;
            p.approver = p.approver.or(moment.agency);
            return Ok(vec![answered(p, moment, *reopen_until)]);
        }
        Event::Ask { supply_until } => {
            p.state = State::Asked;
            p.asked_at = Some(moment.at);
            p.supply_until = Some(*supply_until);
        }
        Event::Supply { answer_due_at, answer_basis, .. } | Event::GoOn { answer_due_at, answer_basis } => {
            p.state = State::Handling;
            p.answer_due_at = Some(*answer_due_at);
            p.answer_basis.clone_from(answer_basis);
            p.asked_at = None;
            p.supply_until = None;
        }
        Event::Draft { approver, rungs } => {
            p.state = State::Drafted;
            p.approver = Some(*approver);
            p.drafted_by = moment.actor;
            p.approval =
                Some(rungs).filter(|rungs| !rungs.is_empty()).map(|rungs| Approval::sent_up(moment.actor, rungs));
        }
        Event::Endorse => say(p, moment, "endorse")?,
        Event::Return => {
            p.state = State::Handling;
            p.approval = None;
        }
        Event::Approve { publish_due_at, reopen_until, passed } => {
            if let Some(approval) = p.approval.as_mut().filter(|_| *passed) {
                approval.pass(moment)?;
            }
            say(p, moment, "approve")?;
            p.state = State::Answered;
            p.publish_due_at = Some(*publish_due_at);
            return Ok(vec![answered(p, moment, *reopen_until)]);
        }
        Event::Publish => {
            p.state = State::Published;
            p.published_at = Some(moment.at);
        }
        Event::Keep => p.state = State::Kept,
        Event::Rate { score } => {
            p.score = Some(*score);
            return Ok(vec![fact(p, moment, &RATED, if *score >= 4 { flag::SATISFIED } else { 0 })]);
        }
        Event::Reopen { placed } => {
            place(p, placed);
            p.reopened += 1;
            p.score = None;
            p.published_at = None;
            p.answered_at = None;
            p.publish_due_at = None;
            p.reopen_until = None;
            return Ok(vec![fact(p, moment, &REOPENED, 0)]);
        }
        Event::Withdraw => p.state = State::Withdrawn,
        Event::Follow { followed, above } => {
            let to = |unit: &mut Option<base::Id>| *unit = unit.map(|unit| followed.to(unit));
            to(&mut p.area);
            to(&mut p.concerned);
            to(&mut p.approver);
            p.intake = followed.to(p.intake);
            p.unit = above.unwrap_or_else(|| followed.to(p.unit));
            for rung in p.approval.iter_mut().flat_map(|approval| &mut approval.rungs).filter(|rung| rung.at.is_none())
            {
                rung.unit = followed.to(rung.unit);
            }
        }
    }
    Ok(Vec::new())
}
