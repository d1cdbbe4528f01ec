//! Who signs in, and what they may do where.
//!
//! Accounts of officials and citizens, sign-in with a password and a one-time code, sessions in the database, and
//! roles granted at an agency for a time. What a role allows is `base::actor`'s table; which route needs what is said
//! by each module's routes and held by the authorisation table test.
//!
//! Deliberately absent: agencies (a grant only carries an agency's id and path; names come through [`Agencies`]), and
//! reading the clock.

pub mod accounts;
pub mod actions;
mod demo;
pub mod devices;
pub mod dues;
pub mod handover;
pub mod kept;
mod lockout;
pub mod machines;
pub mod moving;
mod pages;
pub mod passwords;
mod people;
mod proof;
pub mod requests;
pub mod rights;
pub mod roles;
pub mod sessions;
mod settings;
pub mod signing_in;
mod store;
pub mod substitutes;
pub mod totp;
mod tries;
mod vault;

pub use accounts::{Account, Held, Kind, Login, NewAccount, State};
pub use actions::{NewGrant, account, create_account, grant, grants, revoke_by};
pub use demo::{DEMO_PASSWORD, DemoAccount, invented, seed_demo, seed_people};
pub use pages::{lists, module};
pub use passwords::{Cost, Hashed, Hasher, Password};
pub use people::{actor, administrators, heads_of, may_at, may_in, names, officials, people_who};
pub use proof::PROOF;
pub use sessions::SessionStore;
pub use settings::{Agencies, AgencyRef, Settings};
pub use signing_in::{Answer, SignUp, sign_in, sign_in_code, sign_out, sign_up};
pub use tries::Visit;
pub use vault::{KEY_FILE, Vault};

use base::{Id, Instant};

/// Tables of this crate.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "identity",
    steps: &[
        ("0001_accounts", include_str!("../migrations/0001_accounts.sql")),
        ("0002_devices", include_str!("../migrations/0002_devices.sql")),
        ("0003_second_person", include_str!("../migrations/0003_second_person.sql")),
        ("0004_salt", include_str!("../migrations/0004_salt.sql")),
        ("0005_roles", include_str!("../migrations/0005_roles.sql")),
        ("0006_substitutes", include_str!("../migrations/0006_substitutes.sql")),
    ],
};

/// A new id at an instant.
pub(crate) fn new_id(now: Instant) -> Id {
    Id::next(now)
}
