//! Accounts of the demo province. The program calls this in demo mode only.

use base::{CitizenId, Fault, Id, Instant, Phone, Role};
use store::Tx;

use crate::accounts::{Login, NewAccount};
use crate::{Hashed, actions};

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

/// Makes the accounts and their grants; returns their ids in order.
///
/// # Errors
/// `Fault::Conflict` when one exists already.
pub async fn seed_demo(tx: &Tx, accounts: &[DemoAccount], now: Instant) -> Result<Vec<Id>, Fault> {
    let mut ids = Vec::with_capacity(accounts.len());
    for demo in accounts {
        let login = Login::typed(&demo.login);
        let id = match (&demo.citizen_number, demo.role) {
            (Some(number), Role::Citizen) => {
                let citizen =
                    NewAccount::citizen(number.clone(), &demo.name, demo.phone.clone(), demo.password.clone());
                actions::create_account(tx, NewAccount { login, proven: true, ..citizen }, now).await?
            }
            _ => {
                let official = NewAccount::official(login, &demo.name, demo.password.clone());
                let id = actions::create_account(tx, official, now).await?;
                actions::grant(tx, id, demo.role, demo.agency, &demo.path, now).await?;
                id
            }
        };
        ids.push(id);
    }
    Ok(ids)
}
