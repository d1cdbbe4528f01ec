//! The people of the offices: who receives, works, heads and signs where. Those already there are used; where a unit has
//! nobody, somebody is made.

use crate::people::People;
use base::{Actor, Fault, Grant, Id, Instant, Role};
use identity::{Hashed, Login, NewAccount};
use organisation::{Agency, Kind, Tree};
use std::collections::HashMap;
use store::{Tx, params};

store::statements! {
    /// Every grant in force, with the name behind it.
    pub GRANTS = "SELECT a.id, a.name, g.role, g.agency_id, g.agency_path FROM account_grant g JOIN account a ON a.id = g.account_id WHERE g.revoked_at IS NULL AND a.state = 'active' AND a.kind <> 'citizen' ORDER BY a.id";
    /// Citizens who can file online.
    pub CITIZENS = "SELECT id, name FROM account WHERE kind = 'citizen' AND state = 'active' ORDER BY id LIMIT $1";
}

/// Officials made for each place.
const OFFICERS: usize = 2;
const CLERKS: usize = 2;
/// Citizens with an account, however many dossiers there are.
const CITIZENS_MAX: usize = 400;

/// Everybody who acts in the simulation.
pub struct Officials {
    by_place: HashMap<(Id, Role), Vec<Actor>>,
    pub citizens: Vec<Actor>,
}

impl Officials {
    /// Somebody with that role at that agency.
    pub fn at(&self, agency: Id, role: Role, turn: usize) -> Option<&Actor> {
        let people = self.by_place.get(&(agency, role))?;
        people.get(turn % people.len().max(1))
    }

    fn add(&mut self, account: Id, name: String, role: Role, agency: Id, agency_path: String) {
        let grant = Grant::new(role, agency, agency_path);
        let actor = Actor { account, name, grants: vec![grant], citizen_number: None };
        self.by_place.entry((agency, role)).or_default().push(actor);
    }

    /// Reads who is there and makes who is missing.
    pub async fn gather(tx: &Tx, tree: &Tree, seed: u64, now: Instant) -> Result<Self, Fault> {
        let mut all = Self { by_place: HashMap::new(), citizens: Vec::new() };
        for row in tx.query(GRANTS, params![]).await? {
            let role: String = row.get("role")?;
            if let Ok(role) = role.parse::<Role>() {
                all.add(row.get("id")?, row.get("name")?, role, row.get("agency_id")?, row.get("agency_path")?);
            }
        }
        let mut people = People::new(seed ^ 0x0ff1_c1a1).map_err(|error| Fault::internal(error.to_string()))?;
        // Bodies of other systems bring their own people.
        let here = |agency: &&Agency| agency.valid_to.is_none() && agency.system() == base::System::State;
        for agency in tree.all().iter().filter(here) {
            let wanted: &[(Role, usize)] = match agency.kind {
                Kind::ServiceCentre => &[(Role::Clerk, CLERKS)],
                Kind::Division => &[(Role::Officer, OFFICERS), (Role::DivisionHead, 1)],
                Kind::Department | Kind::CommuneCommittee | Kind::PeoplesCommittee => &[(Role::Leader, 1)],
                Kind::Body => &[],
            };
            for (role, count) in wanted {
                let there = all.by_place.get(&(agency.id, *role)).map_or(0, Vec::len);
                for turn in there..*count {
                    all.make(tx, agency, *role, turn, &mut people, now).await?;
                }
            }
        }
        all.gather_citizens(tx, &mut people, now).await?;
        Ok(all)
    }

    async fn make(
        &mut self,
        tx: &Tx,
        agency: &Agency,
        role: Role,
        turn: usize,
        people: &mut People,
        now: Instant,
    ) -> Result<(), Fault> {
        let sex = if turn.is_multiple_of(2) { base::Sex::Female } else { base::Sex::Male };
        let name = people.full_name(sex);
        let word = format!("sim.{}.{}.{turn}", agency.id, role.as_str());
        let login = Login::new(&word).map_err(Fault::invalid)?;
        let account = identity::create_account(
            tx,
            NewAccount { invented: true, ..NewAccount::official(login, &name, Hashed::none()) },
            now,
        )
        .await?;
        identity::grant(tx, account, role, agency.id, &agency.path, now).await?;
        self.add(account, name, role, agency.id, agency.path.clone());
        Ok(())
    }

    async fn gather_citizens(&mut self, tx: &Tx, people: &mut People, now: Instant) -> Result<(), Fault> {
        let grant = || Grant::new(Role::Citizen, Id(0), "/".to_owned());
        for row in tx.query(CITIZENS, params![CITIZENS_MAX as i64]).await? {
            self.citizens.push(Actor {
                account: row.get("id")?,
                name: row.get("name")?,
                grants: vec![grant()],
                citizen_number: None,
            });
        }
        let day = now.date();
        while self.citizens.len() < CITIZENS_MAX {
            let person = people.adult(day).map_err(|error| Fault::internal(error.to_string()))?;
            let new = NewAccount {
                invented: true,
                ..NewAccount::citizen(person.citizen, &person.name, None, Hashed::none())
            };
            match identity::create_account(tx, new, now).await {
                Ok(account) => self.citizens.push(Actor {
                    account,
                    name: person.name,
                    grants: vec![grant()],
                    citizen_number: None,
                }),
                // The number belongs to somebody who signed up before: take the next person.
                Err(Fault::Invalid(_) | Fault::Conflict(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }
}
