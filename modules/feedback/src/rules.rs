//! The rules that are data: how long each step may take, what petitions are about, and where one goes.

use crate::petition::Petition;
use base::calendar::{Calendar, Limit};
use base::{Date, Fault, Id, Instant, Lang, Problem};
use organisation::{Agency, Kind, Tree};
use records::Held;
use serde::Deserialize;
use std::sync::{Arc, LazyLock};

/// How long each step may take, from a day on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    pub since: Date,
    pub sort: Limit,
    pub ask: Limit,
    pub answer: Limit,
    pub publish: Limit,
    pub supply: Limit,
    pub reopen: Limit,
    /// The law.
    pub source: String,
}

/// What a petition may be about.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    pub id: String,
    vi: String,
    en: String,
    /// Duty of the division that works on it in a commune.
    commune: String,
    /// … in the province.
    province: String,
    /// It is about how people of a unit behave: it never comes before that unit.
    #[serde(default)]
    pub people: bool,
    /// Its last day.
    until: Option<Date>,
}

impl Topic {
    /// In the reader's language.
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clocks {
    clock: Vec<Clock>,
}

/// Which subjects must be sent with a name, from a day on; all others may be sent without one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    since: Date,
    subjects: Vec<String>,
    /// Whose policy it is.
    source: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Topics {
    subject: Vec<Topic>,
    named: Vec<Named>,
}

fn read_topics(text: &str) -> Result<Topics, toml::de::Error> {
    let mut topics = toml::from_str::<Topics>(text)?;
    topics.named.sort_by_key(|named| named.since);
    Ok(topics)
}

fn read_clocks(text: &str) -> Result<Vec<Clock>, toml::de::Error> {
    let mut clocks = toml::from_str::<Clocks>(text)?.clock;
    clocks.sort_by_key(|clock| clock.since);
    Ok(clocks)
}

/// The shipped clocks; a test reads the file, so it is well-formed.
static CLOCKS: LazyLock<Vec<Clock>> =
    LazyLock::new(|| read_clocks(include_str!("../../../data/feedback/clocks.toml")).unwrap_or_default());

static TOPICS: LazyLock<Topics> =
    LazyLock::new(|| read_topics(include_str!("../../../data/feedback/subjects.toml")).unwrap_or_default());

/// The policy of a day: subjects that must be sent with a name, and whose policy it is.
fn named_on(topics: &Topics, on: Date) -> Option<&Named> {
    topics.named.iter().rev().find(|named| named.since <= on)
}

/// Subjects that nobody may send without a name on a day.
pub fn named(on: Date) -> impl Iterator<Item = &'static Topic> {
    topics(on).filter(move |topic| must_be_named(&TOPICS, &topic.id, on).is_some())
}

/// Whose policy it is that a subject is sent with a name on a day; none where it may be sent without.
fn must_be_named<'a>(topics: &'a Topics, topic: &str, on: Date) -> Option<&'a str> {
    let named = named_on(topics, on)?;
    named.subjects.iter().any(|subject| subject == topic).then_some(named.source.as_str())
}

/// Holds what is sent without name and account to the policy of the day.
///
/// # Errors
/// `feedback-name-needed` at `name`, with whose policy it is.
pub fn may_stay_unnamed(topic: &Topic, on: Date) -> Result<(), Fault> {
    match must_be_named(&TOPICS, &topic.id, on) {
        Some(source) => Err(Fault::invalid(Problem::new("feedback-name-needed").field("name").rule(source))),
        None => Ok(()),
    }
}

/// The clock of petitions sent on a day.
///
/// # Errors
/// `Internal`: the shipped file has none.
pub fn clock(sent: Date) -> Result<&'static Clock, Fault> {
    let clock = CLOCKS.iter().rev().find(|clock| clock.since <= sent).or_else(|| CLOCKS.first());
    clock.ok_or_else(|| Fault::internal("no clock of petitions"))
}

/// Subjects that can be chosen on a day.
pub fn topics(on: Date) -> impl Iterator<Item = &'static Topic> {
    TOPICS.subject.iter().filter(move |topic| topic.until.is_none_or(|until| on <= until))
}

/// One subject, also one that can be chosen no more.
pub fn topic(id: &str) -> Option<&'static Topic> {
    TOPICS.subject.iter().find(|topic| topic.id == id)
}

/// The name of a subject in the reader's language; its word where nobody knows it.
pub fn topic_name(id: &str, lang: Lang) -> String {
    topic(id).map_or_else(|| id.to_owned(), |topic| topic.name(lang).to_owned())
}

/// What acts look things up in.
#[derive(Clone)]
pub struct House {
    pub tree: Arc<Tree>,
    pub calendar: Calendar,
    /// What one act looked up before its rule was asked.
    pub looked: Looked,
}

/// What was looked up in the transaction of an act, so that its rule need not.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// People who may be given it, by name.
    pub people: Vec<(Id, String)>,
    /// Heads who may say yes to its draft; none where nobody looked.
    pub heads: Option<Vec<Id>>,
    /// The petition that was named.
    pub named: Option<Held<Petition>>,
    /// How many go with the one that is acted on; for joining, with the one named.
    pub joined: usize,
}

impl records::House for House {
    fn path(&self, unit: Id) -> &str {
        self.tree.path(unit)
    }
}

impl House {
    /// The province as it stands; nothing looked up yet.
    pub fn new(tree: Arc<Tree>, calendar: Calendar) -> House {
        House { tree, calendar, looked: Looked::default() }
    }

    /// The end of a limit that begins at a moment, and how it was counted.
    pub fn due(&self, from: Instant, limit: Limit) -> base::calendar::DueDate {
        self.calendar.due(from, limit, None)
    }

    /// Whether somebody holds a post at the unit a petition complains of, or below it.
    pub fn is_of_concerned(&self, p: &Petition, person: &base::Actor) -> bool {
        let Some(concerned) = p.concerned else { return false };
        let path = self.tree.path(concerned);
        person.grants.iter().any(|grant| grant.role.is_official() && grant.agency_path.starts_with(path))
    }

    /// The unit that a subject of a place belongs to: the division of its duty of the commune, or of the province's departments; the
    /// commune's or province's committee where none has the duty.
    pub fn unit_of(&self, topic: &str, area: Option<Id>) -> Option<Id> {
        let topic = topic_or_other(topic)?;
        match area {
            Some(area) => Some(self.tree.division(area, &topic.commune).map_or(area, |division| division.id)),
            None => {
                let root = self.tree.root()?;
                let division = self
                    .tree
                    .departments()
                    .into_iter()
                    .find_map(|department| self.tree.division(department.id, &topic.province));
                Some(division.map_or(root.id, |division| division.id))
            }
        }
    }

    /// The unit a petition complains of: the one that is named; where it is about people's conduct and none is, the commune it is about.
    ///
    /// # Errors
    /// `feedback-concerned-needed` at `concerned`: it is about people's conduct, and nothing says whose.
    pub fn complained_of(&self, topic: &Topic, area: Option<Id>, named: Option<Id>) -> Result<Option<Id>, Fault> {
        let concerned = named.or(area.filter(|_| topic.people));
        if topic.people && concerned.is_none() {
            return Err(Fault::invalid(Problem::new("feedback-concerned-needed").field("concerned")));
        }
        Ok(concerned)
    }

    /// Where a petition comes in: at the desk of the place; one that complains of a unit with the agency above that unit.
    ///
    /// # Errors
    /// `feedback-area`, `feedback-concerned` and `feedback-no-superior`, each at its field.
    pub fn intake(&self, area: Option<Id>, concerned: Option<Id>) -> Result<Id, Fault> {
        let place = match area {
            Some(area) => self
                .tree
                .get(area)
                .filter(|agency| agency.kind == Kind::CommuneCommittee && agency.valid_to.is_none())
                .ok_or_else(|| Fault::invalid(Problem::new("feedback-area").field("area")))?,
            None => self.tree.root().ok_or_else(|| Fault::internal("no root of the agencies"))?,
        };
        match concerned {
            Some(concerned) => self.above(concerned),
            None => Ok(self.tree.desk_of(place.id).map_or(place.id, |desk| desk.id)),
        }
    }

    /// The agency above a unit that is complained of.
    ///
    /// # Errors
    /// `feedback-concerned` for no standing unit and `feedback-no-superior` where there is none above it, at `concerned`.
    pub fn above(&self, concerned: Id) -> Result<Id, Fault> {
        let stands = self.tree.get(concerned).filter(|agency| agency.valid_to.is_none());
        let agency = stands.ok_or_else(|| Fault::invalid(Problem::new("feedback-concerned").field("concerned")))?;
        let above = self.superior(agency);
        above.ok_or_else(|| Fault::invalid(Problem::new("feedback-no-superior").field("concerned")))
    }

    /// The agency above a unit: that of a division or desk is its own committee or department, that of these the one above them.
    fn superior(&self, agency: &Agency) -> Option<Id> {
        let house = self.tree.house_of(agency.id)?;
        if house.id != agency.id {
            return Some(house.id);
        }
        self.tree.house_of(house.parent?).map(|above| above.id)
    }

    /// A unit that may work on a petition: one that stands, no desk, and neither the unit complained of nor one below it.
    ///
    /// # Errors
    /// `feedback-unit` and `feedback-unit-concerned` at `unit`.
    pub fn workable(&self, unit: Option<Id>, concerned: Option<Id>) -> Result<&Agency, Fault> {
        let agency = unit
            .and_then(|unit| self.tree.get(unit))
            .filter(|agency| agency.valid_to.is_none() && agency.kind != Kind::ServiceCentre)
            .ok_or_else(|| Fault::invalid(Problem::new("feedback-unit").field("unit")))?;
        if concerned.is_some_and(|concerned| self.tree.is_within(agency.id, concerned)) {
            return Err(Fault::invalid(Problem::new("feedback-unit-concerned").field("unit")));
        }
        Ok(agency)
    }
}

fn topic_or_other(id: &str) -> Option<&'static Topic> {
    topic(id).or_else(|| topic("other"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn house() -> House {
        House::new(Arc::new(organisation::demo_tree().unwrap()), Calendar::shipped().clone())
    }

    #[test]
    fn the_shipped_clocks_and_subjects_are_read_and_each_subject_stands_once() {
        let clock = clock(Date::constant(2026, 11, 25)).unwrap();
        let days = [clock.sort, clock.ask, clock.answer, clock.publish];
        assert_eq!(days, [2, 5, 15, 2].map(Limit::WorkingDays));
        assert!(clock.source.contains("766"));
        let ids: BTreeSet<_> = topics(Date::constant(2026, 11, 25)).map(|topic| topic.id.as_str()).collect();
        assert_eq!(ids.len(), TOPICS.subject.len());
        assert!(ids.contains("other") && topic("nothing").is_none());
        assert!(topic("conduct").unwrap().people && !topic("roads").unwrap().people);
        // The policy names subjects that there are.
        assert!(TOPICS.named.iter().all(|named| named.subjects.iter().all(|subject| ids.contains(subject.as_str()))));
    }

    #[test]
    fn what_must_be_sent_with_a_name_is_dated_data_of_each_subject() {
        let text = include_str!("../../../data/feedback/subjects.toml").to_owned();
        let later =
            "\n[[named]]\nsince = \"2027-03-01\"\nsubjects = [\"land\", \"roads\"]\nsource = \"QĐ 9/QĐ-UBND\"\n";
        let topics = read_topics(&(text + later)).unwrap();
        let asked = |topic, day| must_be_named(&topics, topic, day);
        let (before, after) = (Date::constant(2027, 2, 28), Date::constant(2027, 3, 1));
        assert_eq!((asked("land", before), asked("land", after)), (None, Some("QĐ 9/QĐ-UBND")));
        // The row of a later day stands instead of the earlier one.
        assert!(asked("procedures", before).is_some() && asked("procedures", after).is_none());
        assert!(asked("conduct", before).is_none() && asked("conduct", after).is_none());
        let refused = may_stay_unnamed(topic("procedures").unwrap(), before).unwrap_err();
        assert!(matches!(refused, Fault::Invalid(problems) if problems[0].code == "feedback-name-needed"));
        assert_eq!(named(before).map(|topic| topic.id.as_str()).collect::<Vec<_>>(), ["procedures"]);
    }

    #[test]
    fn what_is_about_conduct_complains_of_the_commune_it_is_about_unless_another_unit_is_named() {
        let house = house();
        let (one, other) = (house.tree.communes()[0].id, house.tree.communes()[1].id);
        let (conduct, roads) = (topic("conduct").unwrap(), topic("roads").unwrap());
        assert_eq!(house.complained_of(conduct, Some(one), None).unwrap(), Some(one));
        assert_eq!(house.complained_of(conduct, Some(one), Some(other)).unwrap(), Some(other));
        assert_eq!(house.complained_of(roads, Some(one), None).unwrap(), None);
        assert!(house.complained_of(conduct, None, None).is_err());
    }

    #[test]
    fn a_subject_goes_to_the_division_of_its_duty_in_the_commune_or_the_province() {
        let house = house();
        let commune = house.tree.communes()[0].clone();
        let duty = |unit: Option<Id>| house.tree.get(unit.unwrap()).unwrap().duty.clone().unwrap_or_default();
        assert_eq!(duty(house.unit_of("roads", Some(commune.id))), "economy");
        assert_eq!(duty(house.unit_of("civil-status", Some(commune.id))), "culture-society");
        assert_eq!(duty(house.unit_of("roads", None)), "transport");
        assert_eq!(duty(house.unit_of("conduct", None)), "inspection");
    }

    #[test]
    fn what_complains_of_a_unit_goes_to_the_one_above_it_and_never_below() {
        let house = house();
        let (root, commune) = (house.tree.root().unwrap().clone(), house.tree.communes()[0].clone());
        let division = house.tree.division(commune.id, "economy").unwrap().clone();
        let desk = house.tree.desk_of(commune.id).unwrap().clone();
        assert_eq!(house.intake(Some(commune.id), None).unwrap(), desk.id);
        assert_eq!(house.intake(Some(commune.id), Some(division.id)).unwrap(), commune.id);
        assert_eq!(house.intake(Some(commune.id), Some(desk.id)).unwrap(), commune.id);
        assert_eq!(house.intake(Some(commune.id), Some(commune.id)).unwrap(), root.id);
        let code = |fault: Fault| match fault {
            Fault::Invalid(problems) => (problems[0].code, problems[0].field.clone().unwrap_or_default()),
            other => panic!("{other:?}"),
        };
        let none = code(house.intake(None, Some(root.id)).unwrap_err());
        assert_eq!(none, ("feedback-no-superior", "concerned".to_owned()));
        for concerned in [None, Some(commune.id)] {
            assert_eq!(code(house.intake(Some(division.id), concerned).unwrap_err()).0, "feedback-area");
        }
        for unit in [commune.id, division.id] {
            let refused = code(house.workable(Some(unit), Some(commune.id)).unwrap_err());
            assert_eq!(refused, ("feedback-unit-concerned", "unit".to_owned()));
        }
        assert_eq!(house.workable(Some(division.id), None).unwrap().id, division.id);
        assert_eq!(code(house.workable(Some(desk.id), None).unwrap_err()).0, "feedback-unit");
        assert_eq!(code(house.workable(None, None).unwrap_err()).0, "feedback-unit");
    }
}
