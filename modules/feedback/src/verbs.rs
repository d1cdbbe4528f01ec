//! The state machine, as one table; the rule of each act below it, next to its source.

use crate::petition::{CLASSES, Event, Petition, Placed, State, TRACKS};
use crate::publishing::without_people;
use crate::rights::{ANSWER_FEEDBACK, ENDORSE_FEEDBACK, HANDLE_FEEDBACK, READ_FEEDBACK, RECEIVE_FEEDBACK};
use crate::rules::{House, Topic, clock, topic};
use crate::together;
use ::store::BoxFuture;
use base::calendar::{DueDate, PausePolicy};
use base::{Fault, Id, Instant, Problem};
use records::{Ask, Asker, Decided, Field, Given, Held, Machine, Office, Verb, Who};
use web::Ctx;

/// Longest text that people write, in letters: two pages.
pub const TEXT_MAX: usize = 4_000;
/// Longest reason or question.
pub const REASON_MAX: usize = 1_000;
/// Pictures and papers of one sending.
pub const PICTURES_MAX: usize = 5;
/// How often a sender may say that it is not settled.
const REOPENED_MAX: i64 = 2;
/// The index counts these clocks.
const INDEX: &str = "QĐ 766/QĐ-TTg";

use State::{Answered, Asked, Drafted, HandedOver, Handling, Joined, Kept, New, Published, Refused, Withdrawn};

pub(crate) type Does = Result<Decided<Petition>, Fault>;
pub(crate) type On<'a> = Office<'a, Petition>;

fn at_unit(p: &Petition) -> Id {
    p.unit
}

/// The agency whose head answers; before one is known, the unit itself.
fn at_head(p: &Petition) -> Id {
    p.approver.unwrap_or(p.unit)
}

const DESK: &[Who<Petition>] = &[Who::At(RECEIVE_FEEDBACK, at_unit), Who::At(ANSWER_FEEDBACK, at_unit)];
const HANDLER: &[Who<Petition>] = &[Who::At(HANDLE_FEEDBACK, at_unit)];
/// Whoever works on it, and the head who answers.
const HANDLER_OR_HEAD: &[Who<Petition>] = &[Who::At(HANDLE_FEEDBACK, at_unit), Who::At(ANSWER_FEEDBACK, at_unit)];
const HEAD: &[Who<Petition>] = &[Who::At(ANSWER_FEEDBACK, at_head)];
const OWN: &[Who<Petition>] = &[Who::Own];

/// What a sender is asked for, on the portal and at the desk.
pub const SENDING: &[Field] = &[
    Field::lines("text", TEXT_MAX),
    Field::choice("topic", Ask::Word),
    Field::choice("area", Ask::Unit).optional(),
    Field::line("place", 200).optional(),
    Field::choice("concerned", Ask::Unit).optional(),
    Field::line("dossier", 40).optional(),
    Field::line("name", 100).optional(),
    Field::line("phone", 30).optional(),
    Field::line("email", 120).optional(),
    Field::files("pictures", PICTURES_MAX),
];

/// How an official took it in, and the rest.
pub const TAKING: &[Field] = &[
    Field::choice("channel", Ask::OneOf(&["counter", "post", "phone", "press"])),
    SENDING[0],
    SENDING[1],
    SENDING[2],
    SENDING[3],
    SENDING[4],
    SENDING[5],
    SENDING[6],
    SENDING[7],
    SENDING[8],
    SENDING[9],
];

const REASON: Field = Field::lines("reason", REASON_MAX);

const fn verb(
    word: &'static str,
    from: &'static [State],
    to: &'static [State],
    who: &'static [Who<Petition>],
    asks: &'static [Field],
    decide: fn(&On<'_>, &Given) -> Does,
) -> Verb<Petition> {
    Verb { word, from, to, since: None, who, asks, decide }
}

/// The table.
pub const VERBS: &[Verb<Petition>] = &[
    verb("send", &[], &[New], OWN, SENDING, begins),
    verb("take", &[], &[New], &[Who::At(RECEIVE_FEEDBACK, at_unit)], TAKING, begins),
    verb(
        "sort",
        &[New],
        &[Handling],
        DESK,
        &[
            Field::choice("class", Ask::OneOf(CLASSES)),
            Field::choice("topic", Ask::Word),
            Field::choice("unit", Ask::Unit),
        ],
        sort,
    ),
    verb("refuse", &[New], &[Refused], DESK, &[REASON], refuse),
    verb("raise", &[New], &[], DESK, &[Field::choice("concerned", Ask::Unit)], raise),
    verb(
        "hand-over",
        &[New, Handling],
        &[HandedOver],
        &[Who::At(RECEIVE_FEEDBACK, at_unit), Who::At(HANDLE_FEEDBACK, at_unit), Who::At(ANSWER_FEEDBACK, at_unit)],
        &[Field::choice("track", Ask::OneOf(TRACKS)), REASON],
        hand_over,
    ),
    verb(
        "forward",
        &[Handling],
        &[],
        HANDLER_OR_HEAD,
        &[Field::choice("unit", Ask::Unit), Field::lines("note", REASON_MAX).optional()],
        forward,
    ),
    verb("take-on", &[Handling], &[], HANDLER, &[], take_on),
    verb(
        "assign",
        &[Handling, Joined],
        &[],
        &[Who::At(ENDORSE_FEEDBACK, at_unit), Who::At(ANSWER_FEEDBACK, at_unit)],
        &[Field::choice("person", Ask::Person)],
        assign,
    ),
    verb("join", &[Handling], &[Joined], HANDLER_OR_HEAD, &[Field::line("lead", 20)], together::join),
    verb("part", &[Joined], &[Handling], HANDLER_OR_HEAD, &[], together::part),
    // Follows from the approval of the one it goes with; nobody does it by hand.
    verb("answer-with", &[Joined], &[Kept], &[], &[], begins),
    verb("ask", &[Handling], &[Asked], HANDLER, &[Field::lines("text", REASON_MAX)], ask),
    verb(
        "supply",
        &[Asked],
        &[Handling],
        &[Who::Own, Who::At(HANDLE_FEEDBACK, at_unit)],
        &[Field::lines("text", TEXT_MAX), Field::files("pictures", PICTURES_MAX)],
        supply,
    ),
    verb("go-on", &[Asked], &[Handling], HANDLER, &[], go_on),
    verb("draft", &[Handling], &[Drafted], HANDLER, &[Field::lines("answer_text", TEXT_MAX)], draft),
    verb("endorse", &[Drafted], &[], &[Who::At(ENDORSE_FEEDBACK, at_unit)], &[], endorse),
    verb(
        "return",
        &[Drafted],
        &[Handling],
        &[Who::At(ANSWER_FEEDBACK, at_head), Who::At(ENDORSE_FEEDBACK, at_unit)],
        &[REASON],
        send_back,
    ),
    verb("approve", &[Drafted], &[Answered], HEAD, &[], approve),
    verb(
        "publish",
        &[Answered],
        &[Published],
        HEAD,
        &[
            Field::line("public_title", 200),
            Field::lines("answer_question", TEXT_MAX),
            Field::lines("answer_public", TEXT_MAX),
        ],
        publish,
    ),
    verb("keep", &[Answered], &[Kept], HEAD, &[REASON], keep),
    verb(
        "rate",
        &[Answered, Published, Kept],
        &[],
        OWN,
        &[Field::choice("score", Ask::OneOf(&["1", "2", "3", "4", "5"]))],
        rate,
    ),
    verb("reopen", &[Answered, Published, Kept], &[Handling], OWN, &[REASON], reopen),
    verb(
        "withdraw",
        &[New, Handling, Asked, Joined],
        &[Withdrawn],
        OWN,
        &[Field::lines("reason", REASON_MAX).optional()],
        withdraw,
    ),
    verb("follow", crate::petition::FOLLOWING, &[], &[], &[], begins),
];

impl Machine for Petition {
    type State = State;
    type House = House;
    const VERBS: &'static [Verb<Self>] = VERBS;

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(crate::pages::house(&ctx.app))
    }

    fn state(&self) -> State {
        self.state
    }

    fn word(state: State) -> &'static str {
        state.as_str()
    }

    /// Whoever reads petitions where it lies, where it came in, or where its head answers. Nobody who has a post at the unit it complains
    /// of, or below it, whatever other posts they have.
    fn may_read(held: &Held<Self>, house: &House, asker: &Asker<'_>) -> bool {
        let (p, Some(actor)) = (&held.state, asker.actor) else { return false };
        if house.is_of_concerned(p, actor) {
            return false;
        }
        let places = [Some(p.unit), Some(p.intake), p.approver];
        places.into_iter().flatten().any(|unit| actor.may_at(READ_FEEDBACK, house.tree.path(unit)))
    }

    fn is_own(held: &Held<Self>, asker: &Asker<'_>) -> bool {
        let account = asker.actor.map(|actor| actor.account);
        let by_account = account.is_some() && held.state.account == account;
        by_account || asker.key.is_some_and(|key| crate::key::hash(held.id, key) == held.state.key_hash)
    }
}

/// What somebody may do now: the rows that are possible and theirs, without a yes that waits for another.
pub fn offered(seen: &records::Seen<Petition>, house: &House, asker: &Asker<'_>) -> Vec<&'static Verb<Petition>> {
    let mut verbs = records::forms(seen, house, asker);
    let p = seen.state();
    let account = asker.actor.map(|actor| actor.account);
    let says = |verb: &str| match &p.approval {
        Some(approval) => approval.may_say(verb, account).is_ok(),
        None => verb == "approve" && (p.drafted_by.is_none() || p.drafted_by != account),
    };
    let is_head = asker.standing(ANSWER_FEEDBACK, house.tree.path(p.approver.unwrap_or(p.unit))).is_some();
    verbs.retain(|verb| match verb.word {
        "endorse" => says("endorse"),
        "approve" => says("approve") || may_pass(p, house, account),
        "return" => is_head || says("endorse"),
        _ => true,
    });
    verbs
}

/// A new one is made by [`crate::actions`].
fn begins(_: &On<'_>, _: &Given) -> Does {
    Err(Fault::NotFound("records-no-act"))
}

/// Lays it with a unit, with a clock that begins now.
fn placed(on: &On<'_>, unit: Option<Id>, from: Instant) -> Result<Placed, Fault> {
    let p = on.state();
    let clock = clock(p.sent_at.date())?;
    let unit = on.house.workable(unit, p.concerned)?;
    let answer = on.house.due(from, clock.answer);
    Ok(Placed {
        unit: unit.id,
        level: unit.level,
        ask_until: on.house.due(from, clock.ask).due_at,
        answer_due_at: answer.due_at,
        answer_basis: answer.basis,
    })
}

/// A subject of the list.
fn known_topic(given: &Given, now: Instant) -> Result<&'static Topic, Fault> {
    let word = given.text("topic");
    let known = topic(word).filter(|_| crate::rules::topics(now.date()).any(|topic| topic.id == word));
    known.ok_or_else(|| Fault::invalid(Problem::new("feedback-topic").field("topic")))
}

/// What is about people's conduct is sorted by the agency above them: nobody calls it that and keeps it.
fn sort(on: &On<'_>, given: &Given) -> Does {
    let topic = known_topic(given, on.now())?;
    if on.state().concerned.is_none() {
        let field =
            if given.text("class") == "conduct" { Some("class") } else { Some("topic").filter(|_| topic.people) };
        if let Some(field) = field {
            return Err(Fault::invalid(Problem::new("feedback-raise-first").field(field)));
        }
    }
    let topic = topic.id.clone();
    let placed = placed(on, given.id("unit"), on.now())?;
    Decided::event(Event::Sort { class: given.text("class").to_owned(), topic, placed })
}

/// Past the unit it complains of, to be sorted by the head of the agency above it; the clock of sorting runs on.
fn raise(on: &On<'_>, given: &Given) -> Does {
    if on.state().concerned.is_some() {
        return Err(Fault::Conflict(Problem::new("feedback-raised-already")));
    }
    let none = || Fault::invalid(Problem::new("feedback-concerned").field("concerned"));
    let concerned = given.id("concerned").ok_or_else(none)?;
    Decided::event(Event::Raise { concerned, unit: on.house.above(concerned)? })
}

/// A petition about people's conduct that lies before the very unit it is about, from before such were sent past it: it is raised, and
/// nobody there ends it.
fn not_before_its_own(on: &On<'_>) -> Result<(), Fault> {
    let p = on.state();
    let people = p.concerned.is_none() && p.state == New && topic(&p.topic).is_some_and(|topic| topic.people);
    if people { Err(Fault::Conflict(Problem::new("feedback-raise-first"))) } else { Ok(()) }
}

fn refuse(on: &On<'_>, given: &Given) -> Does {
    not_before_its_own(on)?;
    Ok(Decided::event(Event::Refuse)?.with("reason", given.text("reason")))
}

/// What is a complaint or a denunciation is not answered here (NĐ 20/2008/NĐ-CP Điều 1): its own law says who, how and by when.
fn hand_over(on: &On<'_>, given: &Given) -> Does {
    not_before_its_own(on)?;
    let event = Event::HandOver { track: given.text("track").to_owned() };
    Ok(Decided::event(event)?.with("reason", given.text("reason")))
}

/// Within an agency the clock runs on; another agency has its own time from now (the index counts from the last forwarding).
fn forward(on: &On<'_>, given: &Given) -> Does {
    let p = on.state();
    let mut placed = placed(on, given.id("unit"), on.now())?;
    if placed.unit == p.unit {
        return Err(Fault::invalid(Problem::new("feedback-unit-same").field("unit")));
    }
    let house = |unit| on.house.tree.house_of(unit).map(|house| house.id);
    if house(placed.unit) == house(p.unit)
        && let (Some(ask_until), Some(due)) = (p.ask_until, p.answer_due_at)
    {
        placed = Placed { ask_until, answer_due_at: due, answer_basis: p.answer_basis.clone(), ..placed };
    }
    Ok(Decided::event(Event::Forward { placed })?.with("note", given.text("note")))
}

fn take_on(on: &On<'_>, _: &Given) -> Does {
    if on.state().handler.is_some() && on.state().handler == on.asker.actor.map(|actor| actor.account) {
        return Err(Fault::Conflict(Problem::new("feedback-yours-already")));
    }
    Decided::event(Event::TakeOn)
}

fn ask(on: &On<'_>, given: &Given) -> Does {
    let p = on.state();
    if p.ask_until.is_some_and(|until| on.now() > until) {
        let until = p.ask_until.map(base::vn_date_time).unwrap_or_default();
        return Err(Fault::Conflict(Problem::new("feedback-ask-late").rule(INDEX).arg("until", until)));
    }
    let supply = on.house.due(on.now(), clock(p.sent_at.date())?.supply);
    Ok(Decided::event(Event::Ask { supply_until: supply.due_at })?.with("asked", given.text("text")))
}

/// The clock stood still while the sender was asked: what is left of it runs from now.
fn resumed(on: &On<'_>) -> Result<DueDate, Fault> {
    let p = on.state();
    let (Some(due_at), Some(asked_at)) = (p.answer_due_at, p.asked_at) else {
        return Err(Fault::internal("asked without a clock"));
    };
    let limit = clock(p.sent_at.date())?.answer;
    let original = DueDate { due_at, started_at: p.sent_at, basis: p.answer_basis.clone() };
    Ok(on.house.calendar.due_after_pause(PausePolicy::Resume, &original, limit, asked_at, on.now(), None))
}

fn supply(on: &On<'_>, given: &Given) -> Does {
    let due = resumed(on)?;
    let event = Event::Supply { answer_due_at: due.due_at, answer_basis: due.basis, pictures: given.seals.clone() };
    Ok(Decided::event(event)?.with("supplied", given.text("text")))
}

fn go_on(on: &On<'_>, _: &Given) -> Does {
    if on.state().supply_until.is_some_and(|until| on.now() <= until) {
        return Err(Fault::Conflict(Problem::new("feedback-still-waiting")));
    }
    let due = resumed(on)?;
    Decided::event(Event::GoOn { answer_due_at: due.due_at, answer_basis: due.basis })
}

/// The head of the agency that the unit belongs to answers; before them the head of the division says yes, where there is one who did not
/// write it.
fn draft(on: &On<'_>, given: &Given) -> Does {
    let unit = on.state().unit;
    if on.house.looked.joined > 0 {
        for_everybody(given.text("answer_text"), on, "answer_text")?;
    }
    let approver = on.house.tree.house_of(unit).map_or(unit, |house| house.id);
    let author = on.asker.actor.map(|actor| actor.account);
    let author_is_head = on.asker.standing(ENDORSE_FEEDBACK, on.house.tree.path(unit)).is_some();
    let heads = on.house.looked.heads.iter().flatten();
    let other_head = heads.into_iter().any(|head| Some(*head) != author);
    let endorsed = Some(("endorse".to_owned(), unit)).filter(|_| unit != approver && !author_is_head && other_head);
    let rungs = endorsed.into_iter().chain([("approve".to_owned(), approver)]).collect();
    Ok(Decided::event(Event::Draft { approver, rungs })?.with("answer", given.text("answer_text")))
}

/// What goes to several senders says nothing of one of them.
fn for_everybody(answer: &str, on: &On<'_>, field: &str) -> Result<(), Fault> {
    let problems: Vec<Problem> = without_people(answer, on.words).map(|problem| problem.field(field)).collect();
    if problems.is_empty() { Ok(()) } else { Err(Fault::Invalid(problems)) }
}

/// Who is asking, when they say yes to what waits for them.
fn may_say(on: &On<'_>, verb: &str) -> Result<(), Fault> {
    let account = on.asker.actor.map(|actor| actor.account);
    match &on.state().approval {
        Some(approval) => approval.may_say(verb, account),
        None if verb == "approve" => Ok(()),
        None => Err(Fault::Conflict(Problem::new("records-approval-not-yet"))),
    }
}

/// Whether the head of the agency may go past the yes of the division, since nobody else is left who could say it.
fn may_pass(p: &Petition, house: &House, account: Option<Id>) -> bool {
    let waits = p.approval.as_ref().and_then(|approval| approval.waits());
    let none_left = |heads: &Vec<Id>| !heads.iter().any(|head| Some(*head) != account && Some(*head) != p.drafted_by);
    waits.is_some_and(|rung| rung.verb == "endorse") && house.looked.heads.as_ref().is_some_and(none_left)
}

fn endorse(on: &On<'_>, _: &Given) -> Does {
    may_say(on, "endorse")?;
    Decided::event(Event::Endorse)
}

/// Back to whoever wrote it. The head of the division only as long as it waits for them.
fn send_back(on: &On<'_>, given: &Given) -> Does {
    let p = on.state();
    let head = p.approver.unwrap_or(p.unit);
    if on.asker.standing(ANSWER_FEEDBACK, on.house.tree.path(head)).is_none() {
        may_say(on, "endorse")?;
    }
    Ok(Decided::event(Event::Return)?.with("returned", given.text("reason")))
}

/// The head of the unit gives it to somebody who works there.
fn assign(on: &On<'_>, given: &Given) -> Does {
    let handler = given.id("person").filter(|person| on.house.looked.people.iter().any(|(known, _)| known == person));
    let handler = handler.ok_or_else(|| Fault::invalid(Problem::new("feedback-person").field("person")))?;
    if on.state().handler == Some(handler) {
        return Err(Fault::Conflict(Problem::new("feedback-theirs-already")));
    }
    Decided::event(Event::Assign { handler })
}

/// Nobody approves what they wrote themselves.
fn approve(on: &On<'_>, _: &Given) -> Does {
    let p = on.state();
    if p.drafted_by.is_some() && p.drafted_by == on.asker.actor.map(|actor| actor.account) {
        return Err(Fault::Forbidden(Problem::new("feedback-own-draft")));
    }
    // Where nobody is left who could say the yes below, the head goes past it.
    let account = on.asker.actor.map(|actor| actor.account);
    let passed = may_pass(p, on.house, account);
    if !passed {
        may_say(on, "approve")?;
    }
    if on.house.looked.joined > 0 {
        let answer = on.words.get("answer").map_or("", String::as_str);
        if without_people(answer, on.words).next().is_some() {
            return Err(Fault::Conflict(Problem::new("feedback-answer-names")));
        }
    }
    let clock = clock(p.sent_at.date())?;
    let publish_due_at = on.house.due(on.now(), clock.publish).due_at;
    let reopen_until = on.house.due(on.now(), clock.reopen).due_at;
    Decided::event(Event::Approve { publish_due_at, reopen_until, passed })
}

/// What everybody reads names nobody: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15.
fn publish(on: &On<'_>, given: &Given) -> Does {
    const FIELDS: [(&str, &str); 3] =
        [("public_title", "public-title"), ("answer_question", "public-question"), ("answer_public", "public-answer")];
    let problems: Vec<Problem> = FIELDS
        .iter()
        .flat_map(|(field, _)| without_people(given.text(field), on.words).map(|problem| problem.field(*field)))
        .collect();
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let decided = Decided::event(Event::Publish)?;
    Ok(FIELDS.iter().fold(decided, |decided, (field, name)| decided.with(name, given.text(field))))
}

fn keep(_: &On<'_>, given: &Given) -> Does {
    Ok(Decided::event(Event::Keep)?.with("kept", given.text("reason")))
}

fn rate(on: &On<'_>, given: &Given) -> Does {
    if on.state().score.is_some() {
        return Err(Fault::Conflict(Problem::new("feedback-rated")));
    }
    Decided::event(Event::Rate { score: given.text("score").parse().unwrap_or_default() })
}

/// It goes back to the agency that answered, with a clock of its own.
fn reopen(on: &On<'_>, given: &Given) -> Does {
    let p = on.state();
    if p.reopen_until.is_some_and(|until| on.now() > until) || p.reopened >= REOPENED_MAX {
        return Err(Fault::Conflict(Problem::new("feedback-reopen-late").arg("max", REOPENED_MAX)));
    }
    let placed = placed(on, Some(p.unit), on.now())?;
    Ok(Decided::event(Event::Reopen { placed })?.with("reopened", given.text("reason")))
}

fn withdraw(_: &On<'_>, given: &Given) -> Does {
    Ok(Decided::event(Event::Withdraw)?.with("withdrawn", given.text("reason")))
}
