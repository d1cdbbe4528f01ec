//! What an account is: logins, kinds, states and what may become of them. No SQL, no HTTP.

use base::{CitizenId, Date, Id, Instant, Phone, Problem, Role};
use std::collections::BTreeSet;

use crate::passwords::Hashed;

/// Longest login, in characters.
pub const LOGIN_CHARS_MAX: usize = 60;
/// Longest name, in characters: the longest Vietnamese names on paper stay well under it.
pub const NAME_CHARS_MAX: usize = 120;
/// Longest basis of a grant (the decision's number, date and issuer), in characters.
pub const BASIS_CHARS_MAX: usize = 200;

/// Whose account it is. Officials get their powers by grants; a citizen's account files and reads its own dossiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person working for an agency.
    Official,
    /// A person, or the one acting for a business.
    Citizen,
}
base::closed_list!(Kind, { Official => "official", Citizen => "citizen" });

/// What may be done with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Signs in.
    Active,
    /// Does not sign in for now; an administrator can lift it.
    Suspended,
    /// Never signs in again; kept because events name it.
    Closed,
}
base::closed_list!(State, { Active => "active", Suspended => "suspended", Closed => "closed" });

impl State {
    /// The table of changes: an open account can rest and come back; a closed one stays closed.
    pub fn may_become(self, next: State) -> bool {
        matches!(
            (self, next),
            (State::Active, State::Suspended | State::Closed) | (State::Suspended, State::Active | State::Closed)
        )
    }
}

/// A login, normalised: lower case, without spaces. Phones in any of their spellings and citizen numbers with spaces
/// become the one spelling they are stored in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Login(String);

impl Login {
    /// Normalises what was typed. Never fails for a sign-in: a login nobody can have simply opens nothing.
    pub fn typed(text: &str) -> Login {
        let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).take(LOGIN_CHARS_MAX).collect();
        if let Ok(phone) = squeezed.parse::<Phone>() {
            return Login(phone.as_str().to_owned());
        }
        if let Ok(number) = squeezed.parse::<CitizenId>() {
            return Login(number.as_str().to_owned());
        }
        Login(squeezed.to_lowercase())
    }

    /// A login for a new official's account: 3 to 60 of a–z, 0–9, point, hyphen, underscore, @.
    ///
    /// # Errors
    /// `identity-login-malformed` on the field `login`.
    pub fn new(text: &str) -> Result<Login, Problem> {
        let login = text.trim().to_lowercase();
        let fine = (3..=LOGIN_CHARS_MAX).contains(&login.len())
            && login.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c))
            && login.chars().any(|c| c.is_ascii_lowercase());
        if fine { Ok(Login(login)) } else { Err(Problem::new("identity-login-malformed").field("login")) }
    }

    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&CitizenId> for Login {
    fn from(number: &CitizenId) -> Login {
        Login(number.as_str().to_owned())
    }
}

/// What a new account is made of.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// How the person signs in; a citizen's is the citizen number.
    pub login: Login,
    /// The person's name, trimmed and NFC.
    pub name: String,
    /// From [`crate::Hasher::hash`], or [`Hashed::none`].
    pub password: Hashed,
    /// Official or citizen.
    pub kind: Kind,
    /// A citizen's number.
    pub citizen_number: Option<CitizenId>,
    /// A second way to sign in for citizens, and where notices go.
    pub phone: Option<Phone>,
    /// Whether somebody has seen the person's paper: dossiers filed under a citizen number are shown to proven
    /// accounts only.
    pub proven: bool,
    /// The password was chosen by somebody else and opens nothing but the page to change it.
    pub must_change_password: bool,
    /// The administrator who made it; `None` for a citizen's own sign-up.
    pub created_by: Option<Id>,
    /// In the name of which agency's post; `None` for who signs up.
    pub created_for: Option<Id>,
    /// Nobody real: of a demonstration or a simulation. Signs in in a demonstration only.
    pub invented: bool,
    /// A program\'s account: no password, no pages.
    pub machine: bool,
}

impl NewAccount {
    /// An official's account with the usual defaults.
    pub fn official(login: Login, name: impl Into<String>, password: Hashed) -> NewAccount {
        NewAccount {
            login,
            name: name.into(),
            password,
            kind: Kind::Official,
            citizen_number: None,
            phone: None,
            proven: false,
            must_change_password: false,
            created_by: None,
            created_for: None,
            invented: false,
            machine: false,
        }
    }

    /// A citizen's account; the login is the citizen number.
    pub fn citizen(number: CitizenId, name: impl Into<String>, phone: Option<Phone>, password: Hashed) -> NewAccount {
        NewAccount {
            login: Login::from(&number),
            name: name.into(),
            password,
            kind: Kind::Citizen,
            citizen_number: Some(number),
            phone,
            proven: false,
            must_change_password: false,
            created_by: None,
            created_for: None,
            invented: false,
            machine: false,
        }
    }
}

/// An account as others may see it: nothing secret.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: Id,
    /// Normalised login.
    pub login: String,
    /// Official or citizen.
    pub kind: Kind,
    /// A program's.
    pub machine: bool,
    /// The person's name.
    pub name: String,
    /// Ten digits, when given.
    pub phone: Option<String>,
    /// Twelve digits, when given.
    pub citizen_number: Option<String>,
    /// When somebody saw the person's paper.
    pub proven_at: Option<Instant>,
    /// Active, suspended or closed.
    pub state: State,
    /// Signs in with a one-time code too.
    pub has_totp: bool,
    /// Opens nothing before a new password is set.
    pub must_change_password: bool,
    /// When it was made.
    pub created_at: Instant,
}

impl Account {
    /// Key of the state's word.
    pub(crate) fn state_key(&self) -> &'static str {
        match self.state {
            State::Active => "identity-state-active",
            State::Suspended => "identity-state-suspended",
            State::Closed => "identity-state-closed",
        }
    }

    /// Which badge the state wears.
    pub(crate) fn state_badge(&self) -> &'static str {
        match self.state {
            State::Active => "ontime",
            State::Suspended => "near",
            State::Closed => "paused",
        }
    }
}

/// A role held at an agency over a time.
#[derive(Clone, Debug)]
pub struct Held {
    /// Id of the grant.
    pub id: Id,
    /// The role.
    pub role: Role,
    /// Which of the province's own, for [`Role::Own`].
    pub own: Option<Id>,
    /// The fields it is limited to; none: all of them.
    pub fields: Option<BTreeSet<String>>,
    /// The agency and, through its path, everything below it.
    pub agency: Id,
    /// Path of that agency, `/1/12/`.
    pub agency_path: String,
    /// First day.
    pub valid_from: Date,
    /// Last day; open when absent.
    pub valid_to: Option<Date>,
    /// The decision it rests on.
    pub basis: String,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
}

impl Held {
    /// Whether it gives anything on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.revoked_at.is_none() && self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// A person's name as typed: trimmed, NFC, inner spaces single, letters and a few signs.
///
/// # Errors
/// `identity-name-needed`, `identity-name-malformed` on the field `name`.
pub fn parse_name(typed: &str) -> Result<String, Problem> {
    let name = base::clean::line(typed).map_err(|problem| problem.field("name"))?;
    if name.is_empty() {
        return Err(Problem::new("identity-name-needed").field("name"));
    }
    let fine = name.chars().count() <= NAME_CHARS_MAX
        && name.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || ".,-'’()&/".contains(c));
    if !fine {
        return Err(Problem::new("identity-name-malformed").field("name"));
    }
    // An organisation's account has digits in its name.
    match base::person::name_problem(&name, base::person::Named::Any) {
        None => Ok(name),
        Some(problem) => Err(problem.field("name")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_the_same_in_every_spelling() {
        assert_eq!(Login::typed(" Lan.Nguyen ").as_str(), "lan.nguyen");
        assert_eq!(Login::typed("092 090 000 123").as_str(), "092090000123");
        assert_eq!(Login::typed("+84 912 345 678").as_str(), Login::typed("0912345678").as_str());
    }

    #[test]
    fn a_new_login_is_plain_letters_and_never_a_bare_number() {
        assert_eq!(Login::new("Lan.Nguyen").map(|login| login.0).ok().as_deref(), Some("lan.nguyen"));
        for typed in ["", "ab", "lan nguyen", "lân", "0912345678", &"a".repeat(61)] {
            assert_eq!(Login::new(typed).expect_err("refused").code, "identity-login-malformed", "{typed}");
        }
    }

    #[test]
    fn a_closed_account_stays_closed() {
        assert!(State::Active.may_become(State::Suspended) && State::Suspended.may_become(State::Active));
        for next in [State::Active, State::Suspended, State::Closed] {
            assert!(!State::Closed.may_become(next));
        }
    }

    #[test]
    fn a_grant_holds_from_its_first_to_its_last_day_unless_revoked() {
        let day = |text: &str| text.parse::<Date>().expect("date");
        let mut held = Held {
            id: Id(1),
            role: Role::Clerk,
            own: None,
            fields: None,
            agency: Id(2),
            agency_path: "/1/2/".into(),
            valid_from: day("2026-01-05"),
            valid_to: Some(day("2026-01-09")),
            basis: "QĐ 12/QĐ-UBND".into(),
            revoked_at: None,
        };
        let holds: Vec<bool> = ["2026-01-04", "2026-01-05", "2026-01-09", "2026-01-10"]
            .iter()
            .map(|text| held.holds_on(day(text)))
            .collect();
        assert_eq!(holds, [false, true, true, false]);
        held.revoked_at = Some(Instant(0));
        assert!(!held.holds_on(day("2026-01-05")));
    }

    #[test]
    fn names_keep_their_marks_and_lose_their_doubled_spaces() {
        assert_eq!(parse_name("  Nguyễn  Thị   Đường ").ok().as_deref(), Some("Nguyễn Thị Đường"));
        assert_eq!(parse_name("H'Hen Niê").ok().as_deref(), Some("H'Hen Niê"));
        assert_eq!(parse_name("  ").expect_err("refused").code, "identity-name-needed");
        assert_eq!(parse_name("<b>").expect_err("refused").code, "identity-name-malformed");
    }
}
