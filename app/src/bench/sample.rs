//! Made-up input for the benchmarks: an office to act for and filings to take in.

use base::{Actor, Channel, Fault, Grant, Id, Instant, Level, Role};
use catalogue::Version;
use dossiers::{ComponentState, CounterIntake, Handed, House};
use organisation::Kind;
use simulate::people::People;
use std::sync::Arc;
use store::Db;

/// Everything in memory that actions look things up in.
pub async fn house(db: &Db) -> Result<House, Fault> {
    db.read(|tx| {
        Box::pin(async move {
            Ok::<_, Fault>(House {
                tree: Arc::new(organisation::load_tree(tx).await?),
                shelf: Arc::new(catalogue::load_shelf(tx).await?),
                calendar: organisation::load_calendar(tx).await?,
            })
        })
    })
    .await
}

/// The agencies and the procedure of a benchmark: the communes take turns.
pub struct Counter {
    pub communes: Vec<(Id, String)>,
    pub version: Arc<Version>,
}

/// A procedure every commune receives, with papers and a process of several steps.
pub fn counter(house: &House, now: Instant) -> Result<Counter, Fault> {
    let communes = house
        .tree
        .communes()
        .iter()
        .filter_map(|commune| house.tree.desk_of(commune.id).map(|desk| (commune.id, desk.path.clone())))
        .collect();
    let version = house
        .shelf
        .all(now.date())
        .into_iter()
        .filter(|version| version.can_be_received() && version.levels.contains(&Level::Commune))
        .filter(|version| version.route == catalogue::Route::Provincial)
        .max_by_key(|version| (version.process.len(), version.components.len()))
        .ok_or_else(|| Fault::internal("no procedure can be received"))?;
    Ok(Counter { communes, version })
}

/// Somebody with a role over a path; need not have an account.
pub fn actor(account: i64, role: Role, agency: Id, path: &str) -> Actor {
    Actor {
        account: Id(account),
        name: "bench".to_owned(),
        grants: vec![Grant::new(role, agency, path.to_owned())],
        citizen_number: None,
    }
}

impl Counter {
    /// The `n`th filing.
    pub fn intake(&self, people: &mut People, n: usize, now: Instant) -> Result<(Actor, CounterIntake), Fault> {
        let (commune, path) =
            self.communes.get(n % self.communes.len().max(1)).ok_or_else(|| Fault::internal("no commune"))?;
        let person = people.adult(now.date()).map_err(|error| Fault::internal(error.to_string()))?;
        let components = self
            .version
            .components
            .iter()
            .map(|component| (component.code.clone(), ComponentState::Paper.into()))
            .collect();
        let handed = Handed {
            owner_name: person.name,
            owner_number: person.citizen.to_string(),
            owner_phone: person.phone.to_string(),
            components,
            ..Handed::default()
        };
        let intake = CounterIntake {
            procedure: self.version.code.clone(),
            channel: Channel::Counter,
            intake: *commune,
            competent: *commune,
            return_to: *commune,
            handed,
            paid: false,
            post: dossiers::decide::PostTyped::default(),
            linked: None,
        };
        Ok((actor(1, Role::Clerk, *commune, path), intake))
    }

    /// The desk, division or leader that works at a commune's step, as one person.
    pub fn holder(house: &House, unit: Id, role: Role) -> Actor {
        let agency = house.tree.get(unit);
        let path = agency.map_or("/", |agency| agency.path.as_str());
        let role = if agency.is_some_and(|agency| agency.kind == Kind::Division) { role } else { Role::Leader };
        actor(2, role, unit, path)
    }
}
