//! A figure declared by a person for a target without a record behind it: a register. It counts once a second person has looked.

use crate::house::{House, decider, may_look, second_person, spent};
use crate::programme::{Placed, Programmes};
use crate::rights::{DECLARE_FIGURE, READ_STEERING, SIGN_PROGRAMMES};
use crate::view::{amount, goal_text, pick, subject_name};
use ::store::{BoxFuture, StoreError, Tx, Value, params};
use audit::Kept;
use base::{Date, Fault, Id, Instant, vn_date, vn_date_time};
use facts::Fact;
use files::Seal;
use i18n::L;
use records::frame::Pages;
use records::{
    Adopted, Asker, Card, Column, Decided, DoesNotFollow, Due, DueKind, Field, Found, Given, Held, Kind, Machine,
    Moment, Office, Seen, Subject, Verb, Who, column,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use web::{Choice, Ctx};

/// Longest note, in letters.
pub const NOTE_MAX: usize = 1_000;
/// To be looked at by a second person.
const CHECK: &str = "figure-check";

::store::statements! {
    /// All figures declared for an agency, oldest first: some hundreds in the life of a programme.
    pub FIGURES_OF = "SELECT * FROM declared_figure WHERE agency_id = $1 ORDER BY as_of, declared_at, id LIMIT 20000";
}

/// Where a declared figure stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// Nobody but its author has looked.
    #[default]
    Declared,
    /// A second person found it right.
    Checked,
    /// A second person sent it back.
    Returned,
}
base::closed_list!(Check, "reform-choose", { Declared => "declared", Checked => "checked", Returned => "returned" });

/// A figure a person declared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Declared {
    pub target: String,
    pub agency: Id,
    pub as_of: Date,
    pub numerator: Option<i64>,
    pub denominator: Option<i64>,
    pub value_hundredths: Option<i64>,
    pub note: String,
    pub evidence: Option<Id>,
    pub declared_by: Id,
    pub declared_at: Instant,
    /// Until when the second person is to look; none for figures declared before such looks were owed.
    pub check_by: Option<Instant>,
    pub check: Check,
    pub checked_by: Option<Id>,
    pub checked_at: Option<Instant>,
    pub check_note: Option<String>,
}

impl Declared {
    /// What it is a figure of, in the reader's language; the target's code where nobody knows it any more.
    pub(crate) fn named(&self, ctx: &Ctx, house: &House) -> String {
        let placed = house.programmes.target(&self.target);
        placed.map_or_else(|_| self.target.clone(), |placed| subject_name(ctx.l, placed))
    }

    /// Its value in the target's unit: percent of numerator over denominator, or the value itself.
    pub fn value(&self) -> Option<f64> {
        match (self.numerator, self.denominator, self.value_hundredths) {
            (Some(numerator), Some(denominator), _) if denominator != 0 => {
                Some(numerator as f64 * 100.0 / denominator as f64)
            }
            (_, _, Some(hundredths)) => Some(hundredths as f64 / 100.0),
            _ => None,
        }
    }

    /// The value in words, or the day on which a deadline's thing was done.
    pub(crate) fn text(&self, l: L, placed: Option<Placed<'_>>) -> String {
        let said = self.value().zip(placed).map(|(value, placed)| amount(l, placed.target.unit, value));
        said.unwrap_or_else(|| vn_date(self.as_of))
    }

    /// "92 / 103"; empty where it has no two sides.
    pub(crate) fn counts(&self, l: L) -> String {
        let sides = self.numerator.zip(self.denominator);
        sides.map(|(n, d)| format!("{} / {}", l.number(n), l.number(d))).unwrap_or_default()
    }

    /// The people who had to do with it.
    pub(crate) fn people(&self) -> impl Iterator<Item = Id> + use<> {
        [Some(self.declared_by), self.checked_by].into_iter().flatten()
    }

    /// "Trần Văn A, 22/11/2026 09:00" for who declared it and who looked; the second one empty before.
    pub(crate) fn who(&self, names: &HashMap<Id, String>) -> [String; 2] {
        let who = |id: &Id, at| format!("{}, {}", names.get(id).map_or("–", String::as_str), vn_date_time(at));
        let second = self.checked_by.zip(self.checked_at).map(|(id, at)| who(&id, at));
        [who(&self.declared_by, self.declared_at), second.unwrap_or_default()]
    }
}

/// All figures declared for an agency, oldest first.
pub async fn figures_of(tx: &Tx, agency: Id) -> Result<Vec<Held<Declared>>, StoreError> {
    Held::read_all(&tx.query(FIGURES_OF, params![agency]).await?)
}

/// What can happen to one; the name of each is the word of its verb.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Declare {
        figure: Box<Declared>,
        papers: Vec<Seal>,
    },
    /// Was there before figures lived on the shared pieces.
    Adopt {
        figure: Box<Declared>,
        papers: Vec<Seal>,
    },
    Accept {
        note: String,
    },
    Return {
        note: String,
    },
}

impl Subject for Declared {
    const KIND: &'static str = "declared-figure";
    const TABLE: &'static str = "declared_figure";
    const CODED: bool = false;
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = &[
        column!("target_id", target),
        column!("agency_id", agency),
        column!("as_of", as_of),
        column!("numerator", numerator),
        column!("denominator", denominator),
        column!("value_hundredths", value_hundredths),
        column!("note", note),
        column!("evidence_id", evidence),
        column!("declared_by", declared_by),
        column!("declared_at", declared_at),
        column!("check_due_at", check_by),
        column!("state", word check),
        column!("checked_by", checked_by),
        column!("checked_at", checked_at),
        column!("check_note", check_note),
        // Names are the accounts' own.
        spent!("declared_name", "".into()),
        spent!("checked_name", Value::Null),
    ];
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let looked = |before: &Declared, check, note: &String| {
            let checked_by = decider(Some(before.declared_by), moment)?;
            let (checked_at, check_note) = (Some(moment.at), Some(note.clone()));
            Ok(Declared { check, checked_by, checked_at, check_note, ..before.clone() })
        };
        let after = match (before, event) {
            (None, Event::Adopt { figure, .. }) => (**figure).clone(),
            (None, Event::Declare { figure, papers }) => {
                let own = Some(figure.declared_by) == moment.actor && figure.declared_at == moment.at;
                let fresh = figure.check == Check::Declared && figure.checked_by.is_none();
                if !own || !fresh || figure.evidence != papers.first().map(|paper| paper.id) {
                    return Err(DoesNotFollow("not as it is declared"));
                }
                (**figure).clone()
            }
            (Some(before), Event::Accept { note }) => looked(before, Check::Checked, note)?,
            (Some(before), Event::Return { note }) => looked(before, Check::Returned, note)?,
            _ => return Err(DoesNotFollow("no such figure, or one already")),
        };
        Ok((after, Vec::new()))
    }

    fn dues(&self) -> Vec<Due> {
        let due = |at| Due { name: CHECK, unit: self.agency, holder: None, at, part: 0 };
        self.check_by.filter(|_| self.check == Check::Declared).map(due).into_iter().collect()
    }

    /// By the target it is a figure of, as far as that comes with the program, and what was noted.
    fn found(&self) -> Found {
        let placed = Programmes::shipped().target(&self.target).ok();
        let names = placed.map(|placed| [placed.subject.name_vi.clone(), placed.subject.name_en.clone()]);
        let texts = std::iter::once(self.note.clone()).chain(names.into_iter().flatten()).collect();
        Found { code: self.target.clone(), texts, units: vec![self.agency], ..Found::default() }
    }

    fn seals(event: &Event) -> &[Seal] {
        match event {
            Event::Declare { papers, .. } | Event::Adopt { papers, .. } => papers,
            _ => &[],
        }
    }
}

const DECLARES: Who<Declared> = Who::At(DECLARE_FIGURE, |figure| figure.agency);
const SECOND: &[Who<Declared>] = &[DECLARES, Who::At(SIGN_PROGRAMMES, |figure| figure.agency)];
const NOTE: Field = Field::lines("note", NOTE_MAX);

fn looks(office: &Office<'_, Declared>, event: Event) -> Result<Decided<Declared>, Fault> {
    second_person(Some(office.state().declared_by), &office.asker)?;
    Decided::event(event)
}

fn note(given: &Given) -> String {
    given.text("note").to_owned()
}

impl Machine for Declared {
    type State = Check;
    type House = House;
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning("declare", &[Check::Declared], &[DECLARES], &[]),
        Verb::beginning(records::ADOPT, &Check::ALL, &[], &[]),
        Verb::new("accept", &[Check::Declared], &[Check::Checked], SECOND, &[NOTE.optional()], |office, given| {
            looks(office, Event::Accept { note: note(given) })
        }),
        Verb::new("return", &[Check::Declared], &[Check::Returned], SECOND, &[NOTE], |office, given| {
            looks(office, Event::Return { note: note(given) })
        }),
    ];

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(House::of(ctx))
    }

    fn state(&self) -> Check {
        self.check
    }

    fn word(state: Check) -> &'static str {
        state.as_str()
    }

    fn may_read(held: &Held<Self>, house: &House, asker: &Asker<'_>) -> bool {
        let keeper = house.tree().get(held.state.agency);
        asker.actor.zip(keeper).is_some_and(|(actor, keeper)| may_look(actor, house.tree(), keeper))
    }
}

impl Pages for Declared {
    const WORD: &'static str = "reform-figure";
    const PATH: &'static str = "/steering/figures";
    const PROSE: &'static [&'static str] = &[];

    fn colour(state: Check) -> &'static str {
        match state {
            Check::Checked => "ontime",
            Check::Declared => "near",
            Check::Returned => "late",
        }
    }

    fn head(ctx: &Ctx, house: &House, seen: &Seen<Self>) -> (String, String) {
        (seen.state().named(ctx, house), seen.state().target.clone())
    }

    fn facts(ctx: &Ctx, house: &House, seen: &Seen<Self>) -> Vec<(String, String)> {
        let (l, figure) = (ctx.l, seen.state());
        let placed = house.programmes.target(&figure.target).ok();
        let goal = placed.map(|placed| goal_text(l, placed));
        [
            ("reform-unit", house.desk.name(figure.agency)),
            ("reform-column-goal", goal.unwrap_or_default()),
            ("reform-figure-day", vn_date(figure.as_of)),
            ("reform-column-value", figure.text(l, placed)),
            ("reform-figure-counts", figure.counts(l)),
            ("reform-note", figure.note.clone()),
            ("reform-figure-field-note", figure.check_note.clone().unwrap_or_default()),
        ]
        .map(|(label, value)| (l.t(label), value))
        .into()
    }

    fn facts_read<'t>(
        tx: &'t Tx,
        ctx: &'t Ctx,
        seen: &'t Seen<Self>,
    ) -> BoxFuture<'t, Result<Vec<(String, String)>, Fault>> {
        Box::pin(async move {
            let people: Vec<Id> = seen.state().people().collect();
            let [declared, checked] = seen.state().who(&identity::names(tx, &people).await?);
            Ok(vec![(ctx.l.t("reform-declared-by"), declared), (ctx.l.t("reform-checked-by"), checked)])
        })
    }

    fn choices(_: &Ctx, _: &House, _: &Field) -> Vec<Choice> {
        Vec::new()
    }

    /// Who declared it is offered nothing: a second person looks.
    fn offered(seen: &Seen<Self>, house: &House, asker: &Asker<'_>) -> Vec<&'static Verb<Self>> {
        let second = second_person(Some(seen.state().declared_by), asker).is_ok();
        if second { records::forms(seen, house, asker) } else { Vec::new() }
    }
}

impl Adopted for Declared {
    fn before() -> &'static Kept {
        &crate::proof::KEPT
    }

    fn adopted(tx: &Tx, row: Held<Self>) -> BoxFuture<'_, Result<Event, StoreError>> {
        Box::pin(async move {
            let mut figure = row.state;
            // What it owes stood in its event alone.
            let events = audit::events(tx, row.id).await?;
            let said = events.iter().find(|event| event.kind == "figure-declared");
            let said = said.and_then(|event| serde_json::from_str::<serde_json::Value>(&event.data).ok());
            figure.check_by = said.and_then(|said| said["check_by"].as_i64()).map(Instant);
            let papers = files::files_of(tx, row.id).await?.iter().map(Seal::of).collect();
            Ok(Event::Adopt { figure: Box::new(figure), papers })
        })
    }
}

/// Declared figures among the kinds of the program.
pub const FIGURES: Kind = Kind::of::<Declared>(
    &[],
    &[DueKind { name: CHECK, word: "reform-due-check", right: SIGN_PROGRAMMES, served: false }],
    READ_STEERING,
    cards,
)
.searched("reform-found-figures", "")
.of_house()
.for_programs::<Declared>();

/// A figure is known by its target.
fn cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let all = crate::steered::known(&ctx.app);
        let card = |held: Held<Declared>| {
            let subject = all.target(&held.state.target).map(|placed| placed.subject);
            let title = subject.map(|subject| pick(ctx.l, &subject.name_vi, &subject.name_en).to_owned());
            let card = Card {
                title: title.unwrap_or_default(),
                href: format!("{}/{}", Declared::PATH, held.code),
                state: ctx.l.t(format!("reform-figure-state-{}", held.state.check.as_str())),
                code: held.state.target,
                ..Card::default()
            };
            (held.id, card)
        };
        Ok(records::some::<Declared>(tx, &ids).await?.into_iter().map(card).collect())
    })
}
