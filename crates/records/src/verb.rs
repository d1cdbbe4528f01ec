//! What can be done with a subject, as a table.

use crate::field::{Field, Given};
use crate::subject::{DoesNotFollow, Held, Subject};
use ::store::BoxFuture;
use base::{Actor, Date, Fault, Id, Instant, Permission};
use std::collections::BTreeMap;
use web::Ctx;

/// What acts look things up in; a register says what it needs.
pub trait House: Send + Sync {
    /// The path of a unit from the root, as grants have it; one that reaches nothing for an unknown unit.
    fn path(&self, unit: Id) -> &str;
}

/// What can be done with the subjects of a register, and who may read them.
pub trait Machine: Subject {
    /// Where a subject stands.
    type State: Copy + PartialEq + Send + Sync + 'static;
    type House: House + 'static;
    /// The state machine. Of several rows of a word the last one in force on the day of the act counts.
    const VERBS: &'static [Verb<Self>];

    /// What acts look things up in, as it stands now.
    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<Self::House, Fault>>;
    fn state(&self) -> Self::State;
    /// The word of a state in records, addresses and pictures.
    fn word(state: Self::State) -> &'static str;
    /// Whether somebody is shown the subject at all. Whoever is not, is answered as if there were none.
    fn may_read(held: &Held<Self>, house: &Self::House, asker: &Asker<'_>) -> bool;
    /// Whether rows of a time before the shared pieces are taken over ([`crate::adopt`]): its table has the row.
    fn adopts() -> bool {
        Self::VERBS.iter().any(|verb| verb.word == crate::many::ADOPT)
    }
    /// Whether the subject is the asker's own: filed by their account, or with the key they show; nobody's where only the
    /// office acts.
    fn is_own(_: &Held<Self>, _: &Asker<'_>) -> bool {
        false
    }
}

/// Who asks for something, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    pub actor: Option<&'a Actor>,
    /// What somebody without an account was given when they sent it in.
    pub key: Option<&'a str>,
    pub now: Instant,
}

impl<'a> Asker<'a> {
    /// Somebody signed in.
    pub fn actor(actor: &'a Actor, now: Instant) -> Self {
        Asker { actor: Some(actor), key: None, now }
    }

    /// In whose name somebody with that permission at a unit acts; none without it.
    pub fn standing(&self, right: Permission, path: &str) -> Option<Standing> {
        self.actor?.grant_for(right, path).map(|grant| Standing { agency: Some(grant.agency) })
    }
}

/// The ground on which somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The unit of the grant; none for whoever acts for themselves.
    pub agency: Option<Id>,
}

/// Who may.
pub enum Who<S> {
    /// Whoever holds the permission over the unit that the function names.
    At(Permission, fn(&S) -> Id),
    /// Whose own it is.
    Own,
}

impl<S> Who<S> {
    /// In words, for pictures and tables.
    pub fn text(&self) -> &'static str {
        match self {
            Who::At(right, _) => right.as_str(),
            Who::Own => "own",
        }
    }
}

/// One row of a state machine: rule, form, API and buttons.
pub struct Verb<S: Machine> {
    /// The word in addresses, in the API and in the event.
    pub word: &'static str,
    /// Where it is possible; nowhere: it makes a new subject, and is no act on one.
    pub from: &'static [S::State],
    /// Where it leads; more than one where the history decides, none where it stays where it is.
    pub to: &'static [S::State],
    /// The day from which the row holds; none: from the beginning. A rule that changes gets a row of its own.
    pub since: Option<Date>,
    pub who: &'static [Who<S>],
    /// What it asks for: the form of the page and the body of the API.
    pub asks: &'static [Field],
    /// The rule: an event, or why not.
    pub decide: fn(&Office<'_, S>, &Given) -> Result<Decided<S>, Fault>,
}

impl<S: Machine> Verb<S> {
    /// A row that holds from the beginning. One that came later: `Verb { since: Some(day), ..Verb::new(…) }`.
    pub const fn new(
        word: &'static str,
        from: &'static [S::State],
        to: &'static [S::State],
        who: &'static [Who<S>],
        asks: &'static [Field],
        decide: fn(&Office<'_, S>, &Given) -> Result<Decided<S>, Fault>,
    ) -> Verb<S> {
        Verb { word, from, to, since: None, who, asks, decide }
    }

    /// A row that makes new subjects by a function of the register's own, or of the program's: no act on one, so nothing decides.
    pub const fn beginning(
        word: &'static str,
        to: &'static [S::State],
        who: &'static [Who<S>],
        asks: &'static [Field],
    ) -> Verb<S> {
        Verb::new(word, &[], to, who, asks, |_, _| Err(Fault::NotFound("records-no-act")))
    }
}

/// What a decision looks at.
pub struct Office<'a, S: Machine> {
    pub house: &'a S::House,
    pub held: &'a Held<S>,
    pub asker: Asker<'a>,
    pub standing: Standing,
    /// The latest words beside the log, by name.
    pub words: &'a BTreeMap<String, String>,
}

impl<S: Machine> Office<'_, S> {
    pub fn state(&self) -> &S {
        &self.held.state
    }

    pub fn now(&self) -> Instant {
        self.asker.now
    }
}

/// What was decided: an event, and the words that belong to it.
pub struct Decided<S: Subject> {
    pub event: S::Event,
    pub words: Vec<crate::Aside>,
}

impl<S: Subject> Decided<S> {
    /// An event without words.
    pub fn event(event: S::Event) -> Result<Self, Fault> {
        Ok(Decided { event, words: Vec::new() })
    }

    /// With words beside it; empty ones are none.
    pub fn with(mut self, name: &'static str, text: &str) -> Self {
        if !text.is_empty() {
            self.words.push(crate::Aside { name, text: text.to_owned() });
        }
        self
    }
}

/// The row of a word in force on a day.
pub(crate) fn in_force<S: Machine>(word: &str, day: Date) -> Option<&'static Verb<S>> {
    S::VERBS.iter().rev().find(|verb| verb.word == word && verb.since.is_none_or(|since| since <= day))
}

/// Whether an act led from one state to another by the table of its day.
pub(crate) fn follows<S: Machine>(before: Option<&S>, word: &str, after: &S, day: Date) -> Result<(), DoesNotFollow> {
    let verb = in_force::<S>(word, day).ok_or(DoesNotFollow("no such act"))?;
    let from = match before {
        None => verb.from.is_empty(),
        Some(before) => verb.from.contains(&before.state()),
    };
    if !from {
        return Err(DoesNotFollow("not possible in that state"));
    }
    let leads = match before {
        Some(before) if verb.to.is_empty() => before.state() == after.state(),
        _ => verb.to.contains(&after.state()),
    };
    if leads { Ok(()) } else { Err(DoesNotFollow("does not lead there")) }
}

/// Whether somebody stands where a row wants them; what the row's own rule says of the matter is not asked.
pub fn may<S: Machine>(verb: &Verb<S>, held: &Held<S>, house: &S::House, asker: &Asker<'_>) -> bool {
    standing(verb, held, house, asker).is_some()
}

/// In whose name an asker may do it.
pub(crate) fn standing<S: Machine>(
    verb: &Verb<S>,
    held: &Held<S>,
    house: &S::House,
    asker: &Asker<'_>,
) -> Option<Standing> {
    verb.who.iter().find_map(|who| match who {
        Who::At(right, place) => asker.standing(*right, house.path(place(&held.state))),
        Who::Own => S::is_own(held, asker).then_some(Standing { agency: None }),
    })
}
