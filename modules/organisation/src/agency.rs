//! An agency: what it is over its life, what can happen to it, and how it stands in its table.

use ::store::{BoxFuture, StoreError, Tx, params};
use audit::Kept;
use base::{Date, Fault, Id, Level, System};
use facts::Fact;
use records::{
    Adopted, Card, Column, DoesNotFollow, EVERYBODY, Found, Held, Link, LinkKind, Moment, Subject, cell, column,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use web::Ctx;

/// What an agency is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Ủy ban nhân dân of a province or (until 30/06/2025) a district.
    PeoplesCommittee,
    /// Sở and the bodies of equal rank.
    Department,
    /// Phòng, chi cục, văn phòng inside a department or a commune.
    #[default]
    Division,
    /// Trung tâm Phục vụ hành chính công: the one-stop desk.
    ServiceCentre,
    /// Ủy ban nhân dân of a commune, ward or special zone.
    CommuneCommittee,
    /// A body of another system than the state administration: police, tax, the Party's committee, the Front.
    Body,
}
base::closed_list!(Kind, {
    PeoplesCommittee => "peoples-committee",
    Department => "department",
    Division => "division",
    ServiceCentre => "service-centre",
    CommuneCommittee => "commune-committee",
    Body => "body",
});

impl Kind {
    /// The words of what may be opened below another.
    pub const BELOW: &'static [&'static str] =
        &["department", "division", "service-centre", "commune-committee", "body"];

    /// Whether such an agency stands in the trees of a system.
    pub fn stands_in(self, system: System) -> bool {
        match self {
            Kind::Division => true,
            Kind::Body => system != System::State,
            _ => system == System::State,
        }
    }
}

/// One agency over its life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    pub id: Id,
    /// Its electronic identifier (`H13.31`, QĐ 20/2020/QĐ-TTg). One code may have belonged to several agencies, one after the other.
    pub code: String,
    /// The identifier in the form used before 2020 (`000.00.00.H13`), when it had one.
    pub old_code: Option<String>,
    pub name: String,
    pub short_name: String,
    pub kind: Kind,
    /// What a division works on (`justice`, `economy`, `office`, …); `desk` for a service centre.
    pub duty: Option<String>,
    pub level: Level,
    pub parent: Option<Id>,
    /// The ids from the root to this agency: `/1/2031/`; with the system's word at the head outside the state's tree: `/vertical/7001/`.
    pub path: String,
    /// The code of the administrative unit it serves, on its own dates.
    pub unit_code: Option<String>,
    /// `None`: from before these records begin.
    pub valid_from: Option<Date>,
    /// The last day; `None` while it stands.
    pub valid_to: Option<Date>,
    /// The decision that made it or last changed it.
    pub decision: Option<String>,
    /// Orders it among its like.
    pub place: i64,
    /// What it was called before, oldest first.
    pub former_names: Vec<FormerName>,
    /// The agencies that followed it.
    pub successors: Vec<Id>,
}

/// What an agency was called until a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerName {
    /// The last day of the name.
    pub until: Date,
    pub name: String,
    pub short_name: String,
    /// The decision that had given it.
    pub decision: Option<String>,
}

impl Agency {
    /// Did it stand on this day?
    pub fn stands_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    /// Where it is shown: on its last day, if it has ended.
    pub(crate) fn href(&self) -> String {
        format!("/units/{}{}", self.id, self.valid_to.map(|last| format!("?on={last}")).unwrap_or_default())
    }

    /// Itself when it is a committee, a department or a body of its own, not a part of one.
    pub fn house(&self) -> Option<&Agency> {
        (!matches!(self.kind, Kind::Division | Kind::ServiceCentre)).then_some(self)
    }

    /// The system whose tree it stands in.
    pub fn system(&self) -> System {
        System::of_path(&self.path)
    }

    /// What it was called on this day.
    pub fn name_on(&self, day: Date) -> &str {
        self.former_names.iter().find(|former| day <= former.until).map_or(self.name.as_str(), |former| &former.name)
    }

    /// The ids on its path, root first, itself last.
    pub fn lineage(&self) -> Vec<Id> {
        self.path.split('/').filter_map(|id| id.parse::<i64>().ok()).map(Id).collect()
    }
}

/// What can happen to an agency; the name of each is the word of its verb.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    /// Came with the program.
    Ship {
        agency: Agency,
    },
    /// Was there before agencies lived on the shared pieces.
    Adopt {
        agency: Agency,
    },
    Open {
        agency: Agency,
    },
    /// A root of another system.
    Establish {
        agency: Agency,
    },
    Rename {
        name: String,
        short_name: String,
        decision: String,
        day: Date,
    },
    End {
        successor: Id,
        /// What follows it beside the one that gets its open work.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<Id>,
        decision: String,
        day: Date,
    },
}

/// Every column.
const COLUMNS: &[Column<Agency>] = &[
    column!("code", code),
    column!("old_code", old_code),
    column!("name", name),
    column!("short_name", short_name),
    column!("kind", word kind),
    column!("duty", duty),
    column!("level", word level),
    column!("parent_id", parent),
    Column {
        name: "path",
        get: |a| (&a.path).into(),
        set: |a, row| cell(&mut a.id, row, "id").and_then(|()| cell(&mut a.path, row, "path")),
    },
    column!("unit_code", unit_code),
    column!("valid_from", valid_from),
    column!("valid_to", valid_to),
    column!("decision", decision),
    column!("place", place),
    column!("former_names", list former_names),
    column!("successors", list successors),
];

impl Subject for Agency {
    const KIND: &'static str = "agency";
    const TABLE: &'static str = "agency";
    const CODED: bool = false;
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let after = match (before, event) {
            (
                None,
                Event::Ship { agency } | Event::Adopt { agency } | Event::Open { agency } | Event::Establish { agency },
            ) => {
                let root = agency.path == format!("{}{}/", agency.system().head(), agency.id);
                if agency.id != moment.subject || agency.lineage().last() != Some(&agency.id) {
                    return Err(DoesNotFollow("of another agency"));
                }
                if root != agency.parent.is_none() || (matches!(event, Event::Establish { .. }) && !root) {
                    return Err(DoesNotFollow("a root has nothing above it, and nothing else has"));
                }
                agency.clone()
            }
            (Some(a), Event::Rename { name, short_name, decision, day }) => {
                let mut after = Agency { name: name.clone(), short_name: short_name.clone(), ..a.clone() };
                let until = day.yesterday().map_err(|_| DoesNotFollow("no day before"))?;
                let decision = after.decision.replace(decision.clone());
                let (name, short_name) = (a.name.clone(), a.short_name.clone());
                after.former_names.push(FormerName { until, name, short_name, decision });
                after.former_names.sort_by_key(|former| former.until);
                after
            }
            (Some(a), Event::End { successor, others, decision, day }) => {
                let mut after = Agency { valid_to: Some(*day), decision: Some(decision.clone()), ..a.clone() };
                after.successors.push(*successor);
                after.successors.extend(others);
                after
            }
            _ => return Err(DoesNotFollow("no such agency, or one already")),
        };
        Ok((after, Vec::new()))
    }

    /// By its identifier and its names, those of before too; the directory is everybody's.
    fn found(&self) -> Found {
        let former = self.former_names.iter().flat_map(|former| [&former.name, &former.short_name]);
        let texts = [&self.name, &self.short_name].into_iter().chain(former).cloned().collect();
        Found { code: self.code.clone(), texts, units: vec![EVERYBODY], ..Found::default() }
    }

    fn links(&self) -> Vec<Link> {
        self.successors.iter().map(|other| Link { name: "followed-by", other: *other }).collect()
    }
}

::store::statements! {
    /// Former names of a time when they stood in rows of their own.
    pub OLD_NAMES = "SELECT agency_id, valid_to, name, short_name, decision FROM agency_name WHERE agency_id = $1 ORDER BY valid_to";
    /// What followed, of the same time.
    pub OLD_SUCCESSORS = "SELECT after_id FROM agency_succession WHERE before_id = $1 ORDER BY after_id";
    /// They stand in the state from now on.
    pub CLEAR_NAMES = "DELETE FROM agency_name WHERE agency_id = $1";
    /// The same.
    pub CLEAR_SUCCESSORS = "DELETE FROM agency_succession WHERE before_id = $1";
}

impl Adopted for Agency {
    fn before() -> &'static Kept {
        &crate::proof::KEPT
    }

    fn adopted(tx: &Tx, row: Held<Self>) -> BoxFuture<'_, Result<Event, StoreError>> {
        Box::pin(async move {
            let mut agency = row.state;
            for row in tx.query(OLD_NAMES, params![agency.id]).await? {
                let (until, name) = (row.get("valid_to")?, row.get("name")?);
                let (short_name, decision) = (row.get("short_name")?, row.get("decision")?);
                agency.former_names.push(FormerName { until, name, short_name, decision });
            }
            for row in tx.query(OLD_SUCCESSORS, params![agency.id]).await? {
                agency.successors.push(row.get("after_id")?);
            }
            Ok(Event::Adopt { agency })
        })
    }

    fn clear(tx: &Tx, ids: Vec<Id>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            for id in ids {
                tx.execute(CLEAR_NAMES, params![id]).await?;
                tx.execute(CLEAR_SUCCESSORS, params![id]).await?;
            }
            Ok(())
        })
    }
}

/// Agencies among the kinds of the program.
pub const KIND: records::Kind = records::Kind::of::<Agency>(&[], &[], crate::rights::KEEP_ORGANISATION, cards)
    // The list of agencies holds those that stand alone; the search finds those that ended as well, and so shows all of them itself.
    .searched("organisation-found-units", "")
    .linking(&[LinkKind { name: "followed-by", word: "organisation-after", back: "organisation-before" }]);

/// What other lists show of an agency.
fn cards<'t>(_: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let tree = crate::tree_of(&ctx.app).await?;
        let card = |agency: &Agency| Card {
            code: agency.code.clone(),
            title: agency.name.clone(),
            href: agency.href(),
            state: ctx.l.t(if agency.valid_to.is_none() { "organisation-standing" } else { "organisation-ended" }),
            ..Card::default()
        };
        Ok(ids.into_iter().filter_map(|id| Some((id, card(tree.get(id)?)))).collect())
    })
}
