//! Who acts for somebody who is away: for named days, named by the person or by the head, and never without the substitute's own yes.
//!
//! A substitute holds the absent person's grants, as far as their permissions pass on ([`Permission::passes_on`]), beside the own ones; what is
//! done by them says for whom. It does not pass on again: whoever stands in for somebody who stands in for a third has nothing of the third's.
//! A post that is empty for longer is given to somebody ([`crate::requests`]). [Decision 0042](../../docs/decisions/0042-who-is-away-is-stood-in-for.md).

use crate::accounts::{BASIS_CHARS_MAX, Held, Kind, State};
use crate::actions::{self, record};
use crate::roles::{self, apart, of_role};
use crate::{dues, new_id, people, rights, store as sql};
use base::{Actor, Date, Fault, Id, Instant, Permission, Problem, Role, closed_list};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Row, StoreError, Tx, params};

mod statements;

use statements::*;

/// Longest absence that a substitute covers; who is away longer gives the post to somebody.
pub const DAYS_MAX: i64 = 90;
/// What a page shows of one person.
const SHOWN: i64 = 100;

/// Why somebody is away. No words of one's own: an illness is nobody's to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Đi công tác.
    Travel,
    /// Nghỉ phép, nghỉ ốm, nghỉ việc riêng.
    Leave,
    /// Đào tạo, bồi dưỡng.
    Training,
    /// Lý do khác.
    Other,
}
closed_list!(Reason, "identity-away", { Travel => "travel", Leave => "leave", Training => "training", Other => "other" });

/// Somebody is away, and somebody else is to act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitution {
    pub id: Id,
    /// Who is away.
    pub account: Id,
    pub substitute: Id,
    /// First and last day.
    pub days: (Date, Date),
    pub reason: Reason,
    /// Number and day of the paper; may be empty.
    pub basis: String,
    pub named_by: Id,
    pub accepted_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

/// How it stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// The substitute has not said yes.
    Waits,
    /// From a later day on.
    ToCome,
    Now,
    Over,
}

impl Substitution {
    /// How it stands on a day: what nobody said yes to is over with its last day too.
    pub fn on(&self, day: Date) -> Stands {
        match self.accepted_at {
            _ if self.ended_at.is_some() || self.days.1 < day => Stands::Over,
            None => Stands::Waits,
            Some(_) if self.days.0 > day => Stands::ToCome,
            Some(_) => Stands::Now,
        }
    }

    fn read(row: &Row) -> Result<Substitution, StoreError> {
        Ok(Substitution {
            id: row.get("id")?,
            account: row.get("account_id")?,
            substitute: row.get("substitute_id")?,
            days: (row.get("valid_from")?, row.get("valid_to")?),
            reason: Reason::read(&row.get::<String>("reason")?).unwrap_or(Reason::Other),
            basis: row.get("basis")?,
            named_by: row.get("named_by")?,
            accepted_at: row.get("accepted_at")?,
            ended_at: row.get("ended_at")?,
        })
    }
}

/// What somebody wants to name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    /// Who is away; none: whoever names.
    pub account: Option<Id>,
    pub substitute: Option<Id>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub reason: Option<Reason>,
    pub basis: String,
}

/// The path of the whole agency that a unit belongs to: what stands directly below a root, with everything in it. A root has all of its tree.
pub fn agency_of(path: &str) -> &str {
    // The trees of other systems have the system's word at the head.
    let head = usize::from(!path.trim_start_matches('/').starts_with(|c: char| c.is_ascii_digit()));
    let ends = path.match_indices('/').map(|(at, _)| at + 1).nth(2 + head);
    ends.and_then(|end| path.get(..end)).unwrap_or(path)
}

/// Whether somebody with a post at one path may stand in for a post at another: both in one agency.
pub fn is_near(post: &str, of: &str) -> bool {
    post.starts_with(agency_of(of))
}

/// Whether the days are such that they may be named on that day.
///
/// # Errors
/// Every problem, at its field.
fn days(naming: &Naming, today: Date) -> Result<(Date, Date), Vec<Problem>> {
    let missing = |field| Problem::new("identity-substitute-day").field(field);
    let (from, to) = match (naming.from, naming.to) {
        (Some(from), Some(to)) => (from, to),
        (from, to) => {
            let from = from.is_none().then(|| missing("from"));
            return Err(from.into_iter().chain(to.is_none().then(|| missing("to"))).collect());
        }
    };
    if from < today {
        return Err(vec![Problem::new("identity-substitute-past").field("from")]);
    }
    if to < from {
        return Err(vec![Problem::new("identity-grant-ends-before-start").field("to")]);
    }
    if base::time::day_number(to) - base::time::day_number(from) >= DAYS_MAX {
        return Err(vec![Problem::new("identity-substitute-long").field("to").arg("max", DAYS_MAX)]);
    }
    Ok((from, to))
}

/// The grants of an account in force on a day that a substitute could have.
async fn posts(tx: &Tx, account: Id, day: Date) -> Result<Vec<Held>, StoreError> {
    let held = sql::grants(tx, account).await?;
    Ok(held.into_iter().filter(|held| held.holds_on(day) && held.role.is_official()).collect())
}

/// Whether somebody may name a substitute for the holder of these posts: the person itself, or whoever heads all of them.
fn may_name(by: &Actor, account: Id, posts: &[Held]) -> bool {
    let heads = |held: &Held| by.may_at(rights::NAME_SUBSTITUTES, &held.agency_path);
    by.account == account || !posts.is_empty() && posts.iter().all(heads)
}

/// Somebody names a substitute. It gives nothing before [`accept`].
///
/// # Errors
/// `Forbidden` for somebody else's absence who does not head all of the posts; `Invalid` naming the field and the rule; `Conflict` where the absence
/// has a substitute already.
pub async fn name(tx: &Tx, by: &Actor, naming: &Naming, known: &[Permission], now: Instant) -> Result<Id, Fault> {
    let (today, account) = (now.date(), naming.account.unwrap_or(by.account));
    let held = posts(tx, account, today).await?;
    if !may_name(by, account, &held) {
        return Err(Fault::Forbidden(Problem::new("identity-substitute-not-yours").field("account")));
    }
    let mut problems = Vec::new();
    let named = days(naming, today).map_err(|wrong| problems.extend(wrong)).ok();
    if naming.reason.is_none() {
        problems.push(Problem::new("identity-substitute-reason").field("reason"));
    }
    let basis = naming.basis.trim();
    // A head hands over powers that are somebody's by law: that is done on paper. An officer's colleague needs none.
    let of_a_head = held.iter().any(|held| !matches!(held.role, Role::Clerk | Role::Officer));
    if basis.chars().count() > BASIS_CHARS_MAX || of_a_head && basis.is_empty() {
        let problem = Problem::new("identity-substitute-basis").field("basis").arg("max", BASIS_CHARS_MAX);
        problems.push(problem);
    }
    match naming.substitute {
        None => problems.push(Problem::new("identity-substitute-who").field("substitute")),
        Some(other) if other == account => {
            problems.push(Problem::new("identity-substitute-self").field("substitute"));
        }
        // Whoever names for somebody else does not take those powers.
        Some(other) if other == by.account => {
            problems.push(Problem::new("identity-substitute-namer").field("substitute"));
        }
        Some(other) => problems.extend(unfit(tx, other, &held, known, today).await?),
    }
    let (Some(substitute), Some((from, to)), Some(reason), true) =
        (naming.substitute, named, naming.reason, problems.is_empty())
    else {
        return Err(Fault::Invalid(problems));
    };
    if let Some(row) = tx.query_opt(AWAY_IN, params![account, from, to]).await? {
        let other = Substitution::read(&row)?;
        let days = format!("{} – {}", base::vn_date(other.days.0), base::vn_date(other.days.1));
        return Err(Fault::Conflict(Problem::new("identity-substitute-twice").field("from").arg("days", days)));
    }
    if let Some(row) = tx.query_opt(AWAY_IN, params![substitute, from, to]).await? {
        let away = Substitution::read(&row)?;
        let days = format!("{} – {}", base::vn_date(away.days.0), base::vn_date(away.days.1));
        return Err(Fault::invalid(Problem::new("identity-substitute-away").field("substitute").arg("days", days)));
    }
    let id = new_id(now);
    let values = params![id, account, substitute, from, to, reason.as_str(), basis, by.account, now];
    tx.execute(INSERT, values).await?;
    let data = json!({
        "substitution": id.to_string(), "substitute": substitute.to_string(), "from": from.to_string(), "to": to.to_string(),
        "reason": reason.as_str(),
    });
    told(tx, "substitute-named", (by, &held), (account, substitute), data, now).await?;
    dues::substitute_waits(tx, &one(tx, id).await?).await?;
    Ok(id)
}

/// What stands against somebody as a substitute for the holder of some posts.
async fn unfit(
    tx: &Tx,
    other: Id,
    of: &[Held],
    known: &[Permission],
    today: Date,
) -> Result<Option<Problem>, StoreError> {
    let problem = |code| Ok(Some(Problem::new(code).field("substitute")));
    let Some(row) = tx.query_opt(sql::ACCOUNT_GET, params![other]).await? else {
        return problem("identity-substitute-who");
    };
    let account = sql::account(&row)?;
    if account.kind != Kind::Official || account.machine || account.state != State::Active {
        return problem("identity-substitute-unfit");
    }
    let own = posts(tx, other, today).await?;
    let near: Vec<&Held> =
        of.iter().filter(|of| own.iter().any(|own| is_near(&own.agency_path, &of.agency_path))).collect();
    if near.is_empty() {
        return problem("identity-substitute-far");
    }
    let standing = roles::standing(tx).await?;
    let carried = |held: &Held| {
        let own = held.own.and_then(|id| standing.get(&id)).map(Arc::as_ref);
        of_role(held.role, own, known)
    };
    let passing = near.iter().flat_map(|held| carried(held)).filter(|permission| permission.passes_on);
    let all: Vec<Permission> = own.iter().flat_map(carried).chain(passing).collect();
    Ok(apart(&all).map(|(one, two)| {
        Problem::new("identity-grant-apart").field("substitute").arg("one", one.name).arg("other", two.name)
    }))
}

/// Both learn of it: the same event in the chain of each. What is kept of it is held to the absent person's.
async fn told(
    tx: &Tx,
    kind: &'static str,
    (by, posts): (&Actor, &[Held]),
    (account, substitute): (Id, Id),
    data: serde_json::Value,
    now: Instant,
) -> Result<(), Fault> {
    let paths = posts.iter().map(|held| held.agency_path.as_str());
    let own = by.home().map(|home| home.agency);
    let post = match by.account == account || by.account == substitute {
        true => own,
        false => actions::post(by, rights::NAME_SUBSTITUTES, paths).or(own),
    };
    record(tx, account, kind, (Some(by.account), post), data.clone(), now).await?;
    record(tx, substitute, kind, (Some(by.account), post), data, now).await
}

async fn one(tx: &Tx, id: Id) -> Result<Substitution, Fault> {
    let row = tx.query_opt(GET, params![id]).await?.ok_or(Fault::NotFound("identity-substitute-unknown"))?;
    Ok(Substitution::read(&row)?)
}

/// The substitute says yes; from then on, on the named days, it holds.
///
/// # Errors
/// `NotFound`; `Forbidden` for anybody else; `Conflict` where it waits no more; `Invalid` where the person has become unfit meanwhile.
pub async fn accept(tx: &Tx, by: &Actor, id: Id, known: &[Permission], now: Instant) -> Result<(), Fault> {
    let found = one(tx, id).await?;
    if found.substitute != by.account {
        return Err(Fault::Forbidden(Problem::new("identity-substitute-not-yours")));
    }
    if found.on(now.date()) != Stands::Waits {
        return Err(Fault::Conflict(Problem::new("identity-substitute-decided")));
    }
    let held = posts(tx, found.account, now.date()).await?;
    if let Some(problem) = unfit(tx, by.account, &held, known, now.date()).await? {
        return Err(Fault::invalid(problem));
    }
    if tx.execute(ACCEPT, params![id, now]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("identity-substitute-decided")));
    }
    dues::over(tx, id).await?;
    let data = json!({ "substitution": id.to_string() });
    told(tx, "substitute-accepted", (by, &held), (found.account, found.substitute), data, now).await
}

/// It ends now: by the person who is back, by the substitute, or by a head.
///
/// # Errors
/// `NotFound`; `Forbidden` for anybody else; `Conflict` where it is over.
pub async fn end(tx: &Tx, by: &Actor, id: Id, now: Instant) -> Result<(), Fault> {
    let found = one(tx, id).await?;
    let held = posts(tx, found.account, now.date()).await?;
    if by.account != found.substitute && by.account != found.named_by && !may_name(by, found.account, &held) {
        return Err(Fault::Forbidden(Problem::new("identity-substitute-not-yours")));
    }
    if found.on(now.date()) == Stands::Over || tx.execute(END, params![id, by.account, now]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("identity-substitute-decided")));
    }
    dues::over(tx, id).await?;
    let data = json!({ "substitution": id.to_string() });
    told(tx, "substitute-ended", (by, &held), (found.account, found.substitute), data, now).await
}

/// Those that wait for a yes and whose last day is before one, in the order they were named.
///
/// # Errors
/// The database's.
pub(crate) async fn waiting(tx: &Tx, before: Date, limit: i64) -> Result<Vec<Substitution>, StoreError> {
    tx.query(WAITING, params![before, limit]).await?.iter().map(Substitution::read).collect()
}

/// Nobody said yes while there was time: over, by nobody, and both are told.
///
/// # Errors
/// The database's.
pub(crate) async fn lapse(tx: &Tx, one: &Substitution, now: Instant) -> Result<bool, Fault> {
    if tx.execute(END, params![one.id, None::<Id>, now]).await? == 0 {
        return Ok(false);
    }
    dues::over(tx, one.id).await?;
    for chain in [one.account, one.substitute] {
        let data = json!({ "substitution": one.id.to_string(), "outcome": "lapsed" });
        record(tx, chain, "substitute-ended", (None, None), data, now).await?;
    }
    Ok(true)
}

/// What somebody has to do with, as the one who is away or as the substitute, the latest first.
///
/// # Errors
/// The database's.
pub async fn of(tx: &Tx, account: Id) -> Result<Vec<Substitution>, StoreError> {
    tx.query(OF, params![account, SHOWN]).await?.iter().map(Substitution::read).collect()
}

/// Those under way or to come that a head has to know of: of people with a post where the head may name substitutes.
///
/// # Errors
/// The database's.
pub async fn headed(tx: &Tx, by: &Actor, now: Instant) -> Result<Vec<Substitution>, StoreError> {
    let (mut all, mut known) = (Vec::new(), BTreeSet::new());
    for path in by.scopes(rights::NAME_SUBSTITUTES) {
        for row in tx.query(WITHIN, params![format!("{path}%"), now.date(), SHOWN]).await? {
            let one = Substitution::read(&row)?;
            if known.insert(one.id) {
                all.push(one);
            }
        }
    }
    Ok(all)
}

/// People one may choose from, by name: of the agencies of one's own posts.
///
/// # Errors
/// The database's.
pub async fn colleagues(tx: &Tx, by: &Actor, now: Instant) -> Result<Vec<(Id, String)>, StoreError> {
    let own = by.grants.iter().filter(|grant| grant.role.is_official() && grant.instead_of.is_none());
    let agencies: BTreeSet<&str> = own.map(|grant| agency_of(&grant.agency_path)).collect();
    with_posts_within(tx, agencies, now).await
}

/// Officials with a post within some paths today, by name, each once.
async fn with_posts_within<'p>(
    tx: &Tx,
    paths: impl IntoIterator<Item = &'p str>,
    now: Instant,
) -> Result<Vec<(Id, String)>, StoreError> {
    let mut people = BTreeSet::new();
    for path in paths {
        for row in tx.query(COLLEAGUES, params![format!("{path}%"), now.date()]).await? {
            people.insert((row.get::<String>("name")?, row.get::<Id>("id")?));
        }
    }
    Ok(people.into_iter().map(|(name, id)| (id, name)).collect())
}

/// People whose absence a head may name a substitute for, by name: those with a post where the head may, the head left out.
///
/// # Errors
/// The database's.
pub async fn staff(tx: &Tx, by: &Actor, now: Instant) -> Result<Vec<(Id, String)>, StoreError> {
    let mut people = with_posts_within(tx, by.scopes(rights::NAME_SUBSTITUTES), now).await?;
    people.retain(|(id, _)| *id != by.account);
    Ok(people)
}

/// Who acts today for some people, until which day, with the names of those who act.
///
/// # Errors
/// The database's.
pub async fn acting_for(tx: &Tx, accounts: &[Id], now: Instant) -> Result<Vec<(Id, Id, String, Date)>, StoreError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(ACTING, &[store::Value::ids(accounts), now.date().into()]).await?;
    let acting =
        |row: &Row| Ok::<_, StoreError>((row.get("account_id")?, row.get("substitute_id")?, row.get("valid_to")?));
    let all: Vec<(Id, Id, Date)> = rows.iter().map(acting).collect::<Result<_, _>>()?;
    let names = people::names(tx, &all.iter().map(|(_, other, _)| *other).collect::<Vec<_>>()).await?;
    let named = |(account, other, to): (Id, Id, Date)| {
        let name = names.get(&other).cloned().unwrap_or_default();
        (account, other, name, to)
    };
    Ok(all.into_iter().map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colleagues_work_in_one_agency_and_above_all_is_everybody() {
        for (path, agency) in [
            ("/1/", "/1/"),
            ("/1/12/", "/1/12/"),
            ("/1/12/40/", "/1/12/"),
            ("/1/12/40/7/", "/1/12/"),
            ("/vertical/7001/", "/vertical/7001/"),
            ("/vertical/7001/7002/7003/", "/vertical/7001/7002/"),
        ] {
            assert_eq!(agency_of(path), agency, "{path}");
        }
        assert!(is_near("/1/12/41/", "/1/12/40/") && is_near("/1/12/40/", "/1/12/"));
        assert!(!is_near("/1/13/", "/1/12/40/") && !is_near("/1/120/", "/1/12/"));
        assert!(is_near("/1/13/", "/1/"), "the province's leader may name the head of a department");
        assert!(!is_near("/1/", "/1/12/"), "and nobody of above stands in below without a post there");
        assert!(!is_near("/vertical/7001/", "/1/"));
    }

    #[test]
    fn days_lie_ahead_and_end_before_a_post_is_given_to_somebody() {
        let today: Date = "2026-11-30".parse().expect("a day");
        let asked = |from: &str, to: &str| {
            let naming = Naming { from: from.parse().ok(), to: to.parse().ok(), ..Naming::default() };
            let told = |problem: &Problem| (problem.code, problem.field.clone().unwrap_or_default().to_string());
            days(&naming, today).map(|_| ()).map_err(|wrong| wrong.iter().map(told).collect::<Vec<_>>())
        };
        assert!(asked("2026-11-30", "2026-11-30").is_ok());
        assert!(asked("2026-11-30", "2027-02-27").is_ok(), "90 days with both ends");
        for (from, to, code, field) in [
            ("2026-11-29", "2026-12-01", "identity-substitute-past", "from"),
            ("2026-12-02", "2026-12-01", "identity-grant-ends-before-start", "to"),
            ("2026-11-30", "2027-02-28", "identity-substitute-long", "to"),
            ("", "2026-12-01", "identity-substitute-day", "from"),
            ("2026-12-01", "31.12", "identity-substitute-day", "to"),
        ] {
            assert_eq!(asked(from, to), Err(vec![(code, field.to_owned())]), "{from} {to}");
        }
    }

    #[test]
    fn it_stands_from_its_first_to_its_last_day_once_said_yes_to_and_not_when_ended() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let mut one = Substitution {
            id: Id(1),
            account: Id(2),
            substitute: Id(3),
            days: (day("2026-12-01"), day("2026-12-04")),
            reason: Reason::Leave,
            basis: String::new(),
            named_by: Id(2),
            accepted_at: None,
            ended_at: None,
        };
        assert_eq!((one.on(day("2026-12-02")), one.on(day("2026-12-05"))), (Stands::Waits, Stands::Over));
        one.accepted_at = Some(Instant(1));
        let stands = ["2026-11-30", "2026-12-01", "2026-12-04", "2026-12-05"].map(|text| one.on(day(text)));
        assert_eq!(stands, [Stands::ToCome, Stands::Now, Stands::Now, Stands::Over]);
        one.ended_at = Some(Instant(2));
        assert_eq!(one.on(day("2026-12-02")), Stands::Over);
    }
}
