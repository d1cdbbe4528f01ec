//! What the operator chooses, and what the application lends this crate.

use std::sync::Arc;

use base::Id;

use crate::passwords::{Cost, Hasher};
use crate::vault::Vault;

/// Put into the application's extensions: `app.put(identity::Settings::new(...))`.
#[derive(Clone)]
pub struct Settings {
    /// Hashes and verifies passwords.
    pub hasher: Hasher,
    /// Officials without one-time codes get nowhere but to the page that switches them on.
    pub officials_need_totp: bool,
    /// A demonstration: its invented people sign in. Nowhere else do they.
    pub demo: bool,
    /// Names of agencies for the pages about grants; without it the pages show ids and grant nothing.
    pub agencies: Option<Arc<dyn Agencies>>,
    /// Seals the secrets of one-time codes; without a key nobody can switch codes on.
    pub vault: Vault,
}

impl Settings {
    /// Settings with the given hashing cost; codes are not required, and there is no key for them yet.
    ///
    /// # Errors
    /// `Fault::Internal` when the cost is outside what Argon2 allows.
    pub fn new(cost: Cost) -> Result<Settings, base::Fault> {
        let hasher = Hasher::new(cost)?;
        Ok(Settings { hasher, officials_need_totp: false, demo: false, agencies: None, vault: Vault::closed() })
    }
}

/// An agency as the pages about grants need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyRef {
    /// Its id.
    pub id: Id,
    /// Its code, `H13.08`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its path, `/1/12/`.
    pub path: String,
}

/// The agencies of the province, lent by the application: this crate stands below the one that owns them.
pub trait Agencies: Send + Sync {
    /// The agency of an id.
    fn by_id(&self, id: Id) -> Option<AgencyRef>;
    /// The agency of a code.
    fn by_code(&self, code: &str) -> Option<AgencyRef>;
    /// Agencies at or below one of the paths, in tree order, at most `limit`.
    fn within(&self, paths: &[&str], limit: usize) -> Vec<AgencyRef>;
    /// The fields (lĩnh vực) of procedures that a grant may be limited to: code and name, by name.
    fn fields(&self) -> Vec<(String, String)>;
}
