//! Accounts of the demo province. The program calls this in demo mode only.

use base::{CitizenId, Fault, Id, Instant, Phone, Role};
use store::Tx;

use crate::accounts::{Login, NewAccount};
use crate::{Hashed, actions, store as sql};

/// The password of every demo account; printed at start and on the sign-in page of a demo.
pub const DEMO_PASSWORD: &str = "motcua-xem-thu";

/// One account to be made.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// Short login, `canbo.motcua`.
    pub login: String,
    /// The invented person's name.
    pub name: String,
    /// The role; [`Role::Citizen`] makes a citizen's account.
    pub role: Role,
    /// Agency of the grant; not looked at for citizens.
    pub agency: Id,
    /// Its path.
    pub path: String,
    /// Hash once, use for all.
    pub password: Hashed,
    /// For citizens: their number; the account counts as proven.
    pub citizen_number: Option<CitizenId>,
    /// For citizens: their phone.
    pub phone: Option<Phone>,
}

/// Makes the people of a demonstration, who sign in in a demonstration only; returns their ids in order.
///
/// # Errors
/// `Fault::Conflict` when one exists already.
pub async fn seed_demo(tx: &Tx, accounts: &[DemoAccount], now: Instant) -> Result<Vec<Id>, Fault> {
    seed(tx, accounts, true, now).await
}

/// The same for people who sign in anywhere: rehearsals and tests that settle a province of their own.
///
/// # Errors
/// `Fault::Conflict` when one exists already.
pub async fn seed_people(tx: &Tx, accounts: &[DemoAccount], now: Instant) -> Result<Vec<Id>, Fault> {
    seed(tx, accounts, false, now).await
}

/// How many invented people have a password: those who sign in in a demonstration and nowhere else.
///
/// # Errors
/// Those of the database.
pub async fn invented(tx: &Tx) -> Result<i64, Fault> {
    Ok(tx.query_one(sql::INVENTED_COUNT, &[]).await?.get("n")?)
}

async fn seed(tx: &Tx, accounts: &[DemoAccount], invented: bool, now: Instant) -> Result<Vec<Id>, Fault> {
    let mut ids = Vec::with_capacity(accounts.len());
    for demo in accounts {
        let login = Login::typed(&demo.login);
        let id = match (&demo.citizen_number, demo.role) {
            (Some(number), Role::Citizen) => {
                let citizen =
                    NewAccount::citizen(number.clone(), &demo.name, demo.phone.clone(), demo.password.clone());
                actions::create_account(tx, NewAccount { login, proven: true, invented, ..citizen }, now).await?
            }
            _ => {
                let official =
                    NewAccount { invented, ..NewAccount::official(login, &demo.name, demo.password.clone()) };
                let id = actions::create_account(tx, official, now).await?;
                actions::grant(tx, id, demo.role, demo.agency, &demo.path, now).await?;
                id
            }
        };
        ids.push(id);
    }
    Ok(ids)
}
