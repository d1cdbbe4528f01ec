//! What waits for a second person among what is owed by whom by when ([`records::work`]): a request lies with the whole province and with
//! the agency it touches, whose confirmers find it in their list; a role of the province's own with the province alone.

use crate::requests::{REQUEST_KEPT_MS, Request, UNDECIDED, Wish};
use crate::rights::{CONFIRM_GRANTS, NAME_SUBSTITUTES};
use crate::substitutes::{self, Substitution};
use crate::{actions, handover, requests};
use ::store::{BoxFuture, StoreError, Tx, Value, params};
use base::{Date, Fault, Id, Instant};
use records::{Card, Due, DueKind, Kind};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use web::Ctx;

/// Of the whole province.
const WHOLE: &str = "account-confirm";
/// Of the agency below it.
const HERE: &str = "account-confirm-here";
/// A role of the province's own.
const ROLE: &str = "own-role-confirm";
/// The yes of a substitute.
const SUBSTITUTE: &str = "substitute-accept";
/// Requests let go in one transaction.
const LAPSED_AT_ONCE: i64 = 200;

store::statements! {
    /// Where somebody was first granted anything, before something was asked: it never changes.
    pub FIRST_PATH = "SELECT agency_path FROM account_grant WHERE account_id = $1 AND id < $2 ORDER BY id LIMIT 1";
    /// Roles that wait for a second person.
    pub ROLES_WAITING = "SELECT id, asked_by, asked_at FROM own_role WHERE outcome IS NULL ORDER BY id LIMIT 1000";
    /// What lists show of some requests, decided or not.
    pub REQUEST_CARDS = sqlite "SELECT id, kind, agency_id, asked_by FROM account_request WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT id, kind, agency_id, asked_by FROM account_request WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// … of some roles.
    pub ROLE_CARDS = sqlite "SELECT id, name_vi, name_en, asked_by FROM own_role WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT id, name_vi, name_en, asked_by FROM own_role WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// … of some absences.
    pub SUBSTITUTE_CARDS = sqlite "SELECT id, valid_from, valid_to FROM substitution WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT id, valid_from, valid_to FROM substitution WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// Nobody decided in time: over, by nobody.
    pub REQUEST_LAPSE = "UPDATE account_request SET decided_at = $2, outcome = 'withdrawn' WHERE id = $1 AND decided_at IS NULL";
}

const fn due(name: &'static str, word: &'static str) -> DueKind {
    DueKind { name, word, right: CONFIRM_GRANTS, served: false }
}

const SUBSTITUTE_DUE: &[DueKind] =
    &[DueKind { name: SUBSTITUTE, word: "identity-due-substitute", right: NAME_SUBSTITUTES, served: false }];

/// Substitutes who have not said yes: it is in their hands, and the unit's head sees it wait.
pub const SUBSTITUTES: Kind = Kind::elsewhere("substitution", SUBSTITUTE_DUE, NAME_SUBSTITUTES, substitute_cards);

/// Requests among the kinds of the program; [`crate::PROOF`] compares what they owe.
pub const REQUESTS: Kind = Kind::elsewhere(
    "account-request",
    &[due(WHOLE, "identity-due-confirm"), due(HERE, "identity-due-confirm-here")],
    CONFIRM_GRANTS,
    request_cards,
);

/// Roles of the province's own, likewise.
pub const ROLES: Kind =
    Kind::elsewhere("own-role", &[due(ROLE, "identity-due-confirm-role")], CONFIRM_GRANTS, role_cards);

/// A short code of something that has none: nothing follows from it.
fn code(id: Id) -> String {
    format!("TK{:06}", id.low() % 1_000_000)
}

/// Whether the reader asked for it, in words.
fn state(ctx: &Ctx, asked_by: Id) -> String {
    let own = ctx.actor.as_ref().is_some_and(|actor| actor.account == asked_by);
    ctx.l.t(if own { "identity-due-own" } else { "identity-due-waits" })
}

/// What is asked; nothing that names a person.
fn request_cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let mut cards = HashMap::new();
        for row in tx.query(REQUEST_CARDS, &[Value::ids(&ids)]).await? {
            let (id, kind): (Id, String) = (row.get("id")?, row.get("kind")?);
            let title = if kind == "grant" { "identity-due-grant".to_owned() } else { format!("identity-wish-{kind}") };
            let card = Card {
                code: code(id),
                title: ctx.l.t(title),
                href: "/accounts/requests".to_owned(),
                state: state(ctx, row.get("asked_by")?),
                unit: row.get("agency_id")?,
                ..Card::default()
            };
            cards.insert(id, card);
        }
        Ok(cards)
    })
}

fn role_cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let mut cards = HashMap::new();
        for row in tx.query(ROLE_CARDS, &[Value::ids(&ids)]).await? {
            let id: Id = row.get("id")?;
            let name = if ctx.lang == base::Lang::Vi { "name_vi" } else { "name_en" };
            let card = Card {
                code: code(id),
                title: row.get(name)?,
                href: "/accounts/roles".to_owned(),
                state: state(ctx, row.get("asked_by")?),
                ..Card::default()
            };
            cards.insert(id, card);
        }
        Ok(cards)
    })
}

fn substitute_cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let mut cards = HashMap::new();
        for row in tx.query(SUBSTITUTE_CARDS, &[Value::ids(&ids)]).await? {
            let (id, from, to): (Id, Date, Date) = (row.get("id")?, row.get("valid_from")?, row.get("valid_to")?);
            let days = [("from", base::vn_date(from)), ("to", base::vn_date(to))];
            let card = Card {
                code: code(id),
                title: ctx.l.tr("identity-due-substitute-days", days),
                href: "/substitutes".to_owned(),
                state: ctx.l.t("identity-substitute-waits"),
                ..Card::default()
            };
            cards.insert(id, card);
        }
        Ok(cards)
    })
}

/// The agencies of a path, the topmost first.
fn lineage(path: &str) -> Vec<Id> {
    path.split('/').filter_map(|id| id.parse().ok()).collect()
}

async fn first_path(tx: &Tx, account: Id, before: Id) -> Result<Option<String>, StoreError> {
    tx.query_opt(FIRST_PATH, params![account, before]).await?.map(|row| row.get("agency_path")).transpose()
}

/// What a request owes while it waits: the agency of the role; else where the account's owner works; where that is nowhere, the province of
/// whoever asked. It follows from rows that never change.
async fn owed(tx: &Tx, request: &Request) -> Result<Vec<Due>, StoreError> {
    let path = match &request.wish {
        Wish::Grant { agency_path, .. } => Some(agency_path.clone()),
        _ => first_path(tx, request.account, request.id).await?,
    };
    let path = match path {
        Some(path) => lineage(&path),
        None => root_of(tx, request.asked_by, request.id).await?.into_iter().collect(),
    };
    let at = request.asked_at.plus_ms(REQUEST_KEPT_MS);
    let names = [WHOLE, HERE].into_iter().zip(path);
    Ok(names.map(|(name, unit)| Due { name, unit, holder: None, at, part: 0 }).collect())
}

/// The topmost agency above where somebody was first granted anything.
async fn root_of(tx: &Tx, account: Id, before: Id) -> Result<Option<Id>, StoreError> {
    let path = first_path(tx, account, before).await?;
    Ok(path.and_then(|path| lineage(&path).first().copied()))
}

/// A request waits from now on.
pub(crate) async fn waits(tx: &Tx, request: &Request) -> Result<(), StoreError> {
    records::owe(tx, request.id, &[], &owed(tx, request).await?).await
}

/// It waits no more.
pub(crate) async fn over(tx: &Tx, id: Id) -> Result<(), StoreError> {
    let past =
        [WHOLE, HERE, ROLE, SUBSTITUTE].map(|name| Due { name, unit: Id(0), holder: None, at: Instant(0), part: 0 });
    records::owe(tx, id, &past, &[]).await
}

/// A role of the province's own waits from now on.
pub(crate) async fn role_waits(tx: &Tx, id: Id, asked_by: Id, asked_at: Instant) -> Result<(), StoreError> {
    records::owe(tx, id, &[], &role_owed(tx, id, asked_by, asked_at).await?).await
}

async fn role_owed(tx: &Tx, id: Id, asked_by: Id, asked_at: Instant) -> Result<Vec<Due>, StoreError> {
    let at = asked_at.plus_ms(REQUEST_KEPT_MS);
    let root = root_of(tx, asked_by, id).await?;
    Ok(root.map(|unit| Due { name: ROLE, unit, holder: None, at, part: 0 }).into_iter().collect())
}

/// A substitute is to say yes from now on: before the first day, or on it.
pub(crate) async fn substitute_waits(tx: &Tx, one: &Substitution) -> Result<(), StoreError> {
    records::owe(tx, one.id, &[], &substitute_owed(tx, one).await?).await
}

async fn substitute_owed(tx: &Tx, one: &Substitution) -> Result<Vec<Due>, StoreError> {
    let path = first_path(tx, one.account, one.id).await?;
    let unit = path.and_then(|path| lineage(&path).last().copied());
    let due = |unit| Due { holder: Some(one.substitute), ..Due::by_evening(SUBSTITUTE, unit, one.days.0) };
    Ok(unit.map(due).into_iter().collect())
}

/// Requests that nobody decided in time are over, and the log says so; at most so many at once. How many there were.
///
/// # Errors
/// The database's.
pub async fn lapse(tx: &Tx, now: Instant) -> Result<u64, Fault> {
    let mut lapsed = 0;
    for row in tx.query(UNDECIDED, params![now.plus_ms(-REQUEST_KEPT_MS), LAPSED_AT_ONCE]).await? {
        let Some(request) = requests::read(&row)? else { continue };
        // Decided, or asked anew, in this very moment.
        if tx.execute(REQUEST_LAPSE, params![request.id, now]).await? == 0 {
            continue;
        }
        if matches!(request.wish, Wish::Password) {
            handover::drop_code(tx, request.account).await?;
        }
        over(tx, request.id).await?;
        let data = json!({
            "wish": request.wish.kind(), "outcome": "lapsed", "asked_by": request.asked_by.to_string(),
        });
        actions::record(tx, request.account, "request-decided", (None, None), data, now).await?;
        lapsed += 1;
    }
    for one in substitutes::waiting(tx, now.date(), LAPSED_AT_ONCE).await? {
        lapsed += u64::from(substitutes::lapse(tx, &one, now).await?);
    }
    Ok(lapsed)
}

/// A row of what is owed: name, whose, where, in whose hands, by when.
type Owed = (String, Id, Id, Option<Id>, Instant);

/// What waits, as the requests and roles themselves say.
async fn wanted(tx: &Tx) -> Result<BTreeSet<Owed>, StoreError> {
    let mut wanted = BTreeSet::new();
    for row in tx.query(UNDECIDED, params![Instant(i64::MAX), 100_000_i64]).await? {
        let Some(request) = requests::read(&row)? else { continue };
        let owed = owed(tx, &request).await?;
        wanted.extend(owed.into_iter().map(|due| (due.name.to_owned(), request.id, due.unit, due.holder, due.at)));
    }
    for row in tx.query(ROLES_WAITING, &[]).await? {
        let id = row.get("id")?;
        let owed = role_owed(tx, id, row.get("asked_by")?, row.get("asked_at")?).await?;
        wanted.extend(owed.into_iter().map(|due| (due.name.to_owned(), id, due.unit, due.holder, due.at)));
    }
    for one in substitutes::waiting(tx, Date::MAX, 100_000).await? {
        let owed = substitute_owed(tx, &one).await?;
        wanted.extend(owed.into_iter().map(|due| (due.name.to_owned(), one.id, due.unit, due.holder, due.at)));
    }
    Ok(wanted)
}

/// For what was asked before it was owed: every request that waits is owed from now on. How many there were.
///
/// # Errors
/// The database's.
pub async fn adopt(tx: &Tx) -> Result<u64, StoreError> {
    let mut taken = 0;
    for (name, subject, unit, holder, at) in wanted(tx).await? {
        let Some(name) = [WHOLE, HERE, ROLE, SUBSTITUTE].into_iter().find(|known| *known == name) else { continue };
        if !records::work::is_owed(tx, subject, name, 0).await? {
            records::owe(tx, subject, &[], &[Due { name, unit, holder, at, part: 0 }]).await?;
            taken += 1;
        }
    }
    Ok(taken)
}

/// What is owed by these names, against what waits.
pub(crate) fn compare(tx: &Tx) -> BoxFuture<'_, Result<Vec<String>, StoreError>> {
    Box::pin(async move {
        let (mut wanted, mut wrong) = (wanted(tx).await?, Vec::new());
        for name in [WHOLE, HERE, ROLE, SUBSTITUTE] {
            for (subject, due) in records::owed_by_name(tx, name).await? {
                let owed = (name.to_owned(), subject, due.unit, due.holder, due.at);
                if due.part != 0 || !wanted.remove(&owed) {
                    wrong.push(format!("due {subject} {name}: not what waits there"));
                }
            }
        }
        wrong.extend(wanted.into_iter().map(|(name, subject, ..)| format!("due {subject} {name}: missing")));
        Ok(wrong)
    })
}
