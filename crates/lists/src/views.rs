//! Saved views: a person's own named addresses of a list, perhaps shared with the people of a unit.

use crate::declare::{Declared, Lists};
use crate::rights::SHARE_VIEWS;
use base::{Actor, Fault, Id, Instant, Problem};
use serde_json::Value as Json;
use store::{Row, StoreError, Tx, Value, params};
use web::Ctx;
use web::table::{encode, query_pairs};

/// Views a person keeps of one list.
const VIEWS_MAX: i64 = 30;
/// Letters of a name.
pub(crate) const NAME_MAX: usize = 60;
/// Bytes of what a view keeps of an address.
const QUERY_MAX: usize = 2_000;

store::statements! {
    /// One's own views of a list, and those shared with one's units.
    pub VIEWS_SEEN = sqlite "SELECT id, account_id, list, name, query, shared_unit_id FROM list_view WHERE account_id = $1 AND list = $2 UNION SELECT id, account_id, list, name, query, shared_unit_id FROM list_view WHERE shared_unit_id IN (SELECT value FROM json_each($3)) AND list = $2 ORDER BY name, id LIMIT 200",
        postgres "SELECT id, account_id, list, name, query, shared_unit_id FROM list_view WHERE account_id = $1 AND list = $2 UNION SELECT id, account_id, list, name, query, shared_unit_id FROM list_view WHERE shared_unit_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($3) AS ids (one)) AND list = $2 ORDER BY name, id LIMIT 200";
    /// All of one's own.
    pub VIEWS_OWN = "SELECT id, account_id, list, name, query, shared_unit_id FROM list_view WHERE account_id = $1 ORDER BY list, name, id LIMIT 1000";
    /// One of them, whosever.
    pub VIEW = "SELECT id, account_id, list, name, query, shared_unit_id FROM list_view WHERE id = $1";
    pub VIEW_INSERT = "INSERT INTO list_view (id, account_id, list, name, query, shared_unit_id, made_at) VALUES ($1, $2, $3, $4, $5, NULL, $6)";
    pub VIEW_RENAME = "UPDATE list_view SET name = $2 WHERE id = $1";
    pub VIEW_SHARE = "UPDATE list_view SET shared_unit_id = $2 WHERE id = $1";
    pub VIEW_DELETE = "DELETE FROM list_view WHERE id = $1";
    pub VIEW_NAMED = "SELECT id FROM list_view WHERE account_id = $1 AND list = $2 AND name = $3";
    pub VIEWS_COUNT = "SELECT COUNT(*) AS n FROM list_view WHERE account_id = $1 AND list = $2";
    /// Everybody's default that a view is.
    pub DEFAULT_OF_VIEW_DELETE = "DELETE FROM list_default WHERE view_id = $1";
    /// The same, but for its owner's.
    pub DEFAULT_OF_OTHERS_DELETE = "DELETE FROM list_default WHERE view_id = $1 AND account_id <> $2";
    pub DEFAULTS_OF = "SELECT list, view_id FROM list_default WHERE account_id = $1 ORDER BY list LIMIT 200";
    pub DEFAULT_DELETE = "DELETE FROM list_default WHERE account_id = $1 AND list = $2";
    pub DEFAULT_INSERT = "INSERT INTO list_default (account_id, list, view_id) VALUES ($1, $2, $3)";
    /// Of an account that ended.
    pub DEFAULTS_FORGET = "DELETE FROM list_default WHERE account_id = $1 OR view_id IN (SELECT id FROM list_view WHERE account_id = $1)";
    pub VIEWS_FORGET = "DELETE FROM list_view WHERE account_id = $1";
}

/// A kept view, as one person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub id: Id,
    pub list: String,
    pub name: String,
    /// What stands after the `?`.
    pub query: String,
    /// Whether it is the reader's own.
    pub own: bool,
    /// The unit it is shared with.
    pub shared: Option<Id>,
    /// Whether the reader's list opens with it.
    pub default: bool,
}

impl View {
    fn read(row: &Row, reader: &Reader) -> Result<View, StoreError> {
        let account: Id = row.get("account_id")?;
        Ok(View {
            id: row.get("id")?,
            list: row.get("list")?,
            name: row.get("name")?,
            query: row.get("query")?,
            own: account == reader.account,
            shared: row.get("shared_unit_id")?,
            default: false,
        })
    }

    /// Where it leads: the list with its filters, and the view's name for nobody to be led on from there.
    pub fn address(&self, path: &str) -> String {
        let and = if self.query.is_empty() { "" } else { "&" };
        format!("{path}?{}{and}view={}", self.query, self.id)
    }
}

/// Who looks at views: an official, and the units whose shared views are theirs to see.
#[derive(Clone, Debug)]
pub struct Reader {
    pub account: Id,
    units: Vec<Id>,
}

impl Reader {
    /// None for whoever is no official.
    pub fn of(ctx: &Ctx) -> Option<Reader> {
        ctx.official().ok().map(Reader::actor)
    }

    /// Units of a person: those of the grants, and those above them.
    pub fn actor(actor: &Actor) -> Reader {
        let paths = actor.grants.iter().filter(|grant| grant.role.is_official()).map(|grant| &grant.agency_path);
        let mut units: Vec<Id> = paths.flat_map(|path| path.split('/')).filter_map(|id| id.parse().ok()).collect();
        units.sort_unstable();
        units.dedup();
        Reader { account: actor.account, units }
    }
}

/// The views of a list that a person sees, their default among them.
///
/// # Errors
/// The database's.
pub async fn seen(tx: &Tx, reader: &Reader, list: &str) -> Result<Vec<View>, StoreError> {
    let units = Value::Json(reader.units.iter().map(|unit| Json::from(unit.0)).collect());
    let rows = tx.query(VIEWS_SEEN, &[Value::from(reader.account), Value::from(list), units]).await?;
    let mut views = rows.iter().map(|row| View::read(row, reader)).collect::<Result<Vec<_>, _>>()?;
    if views.is_empty() {
        return Ok(views);
    }
    mark_defaults(tx, reader, &mut views).await?;
    Ok(views)
}

async fn mark_defaults(tx: &Tx, reader: &Reader, views: &mut [View]) -> Result<(), StoreError> {
    for row in tx.query(DEFAULTS_OF, params![reader.account]).await? {
        let id: Id = row.get("view_id")?;
        for view in views.iter_mut().filter(|view| view.id == id) {
            view.default = true;
        }
    }
    Ok(())
}

/// All of one's own views.
///
/// # Errors
/// The database's.
pub async fn own(tx: &Tx, reader: &Reader) -> Result<Vec<View>, StoreError> {
    let rows = tx.query(VIEWS_OWN, params![reader.account]).await?;
    let mut views = rows.iter().map(|row| View::read(row, reader)).collect::<Result<Vec<_>, _>>()?;
    mark_defaults(tx, reader, &mut views).await?;
    Ok(views)
}

/// A view that the reader may open: their own, or one shared with a unit of theirs. Anybody else's is not there.
///
/// # Errors
/// 404.
pub async fn one(tx: &Tx, reader: &Reader, id: Id) -> Result<View, Fault> {
    let none = || Fault::NotFound("lists-no-view");
    let view = View::read(&tx.query_opt(VIEW, params![id]).await?.ok_or_else(none)?, reader)?;
    if view.own || view.shared.is_some_and(|unit| reader.units.contains(&unit)) { Ok(view) } else { Err(none()) }
}

/// What of an address a view keeps: the list's own names, each once.
///
/// # Errors
/// 422 for more than fits.
pub fn query_of(list: &Declared, typed: &str) -> Result<String, Problem> {
    let pairs = query_pairs(&format!("/?{}", typed.trim_start_matches('?')));
    let mut kept: Vec<(String, String)> = Vec::new();
    for (name, value) in pairs {
        let known = list.names.contains(&name.as_str()) && !value.is_empty();
        if known && !kept.iter().any(|(there, _)| *there == name) {
            kept.push((name, value));
        }
    }
    let query: Vec<String> = kept.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let query = query.join("&");
    if query.len() > QUERY_MAX { Err(Problem::new("lists-view-long").field("query")) } else { Ok(query) }
}

fn name_of(typed: &str) -> Result<String, Problem> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(Problem::new("lists-view-name-missing").field("name")),
        n if n > NAME_MAX => Err(Problem::too_long(NAME_MAX).field("name")),
        _ => Ok(name),
    }
}

/// What somebody wants kept.
#[derive(Clone, Debug, Default)]
pub struct New {
    pub list: String,
    pub name: String,
    pub query: String,
    pub default: bool,
}

/// Keeps a view; returns it.
///
/// # Errors
/// 422: an unknown list, no name, a name already there, more than [`VIEWS_MAX`].
pub async fn keep(tx: &Tx, lists: &Lists, reader: &Reader, new: &New, now: Instant) -> Result<View, Fault> {
    let list = lists.find(&new.list).ok_or_else(|| Fault::invalid(Problem::new("lists-unknown").field("list")))?;
    let name = name_of(&new.name).map_err(Fault::invalid)?;
    let query = query_of(list, &new.query).map_err(Fault::invalid)?;
    free(tx, reader, list.key, &name, None).await?;
    if tx.query_one(VIEWS_COUNT, params![reader.account, list.key]).await?.get::<i64>("n")? >= VIEWS_MAX {
        let max = VIEWS_MAX.to_string();
        return Err(Fault::invalid(Problem::new("lists-view-many").field("name").arg("max", max)));
    }
    let id = Id::next(now);
    tx.execute(VIEW_INSERT, params![id, reader.account, list.key, name.as_str(), query.as_str(), now]).await?;
    let view = View { id, list: list.key.to_owned(), name, query, own: true, shared: None, default: new.default };
    if new.default {
        set_default(tx, reader, &view, true).await?;
    }
    Ok(view)
}

async fn free(tx: &Tx, reader: &Reader, list: &str, name: &str, but: Option<Id>) -> Result<(), Fault> {
    let there = tx.query_opt(VIEW_NAMED, params![reader.account, list, name]).await?;
    match there.map(|row| row.get::<Id>("id")).transpose()? {
        Some(id) if Some(id) != but => Err(Fault::invalid(Problem::new("lists-view-there").field("name"))),
        _ => Ok(()),
    }
}

fn owned(view: &View) -> Result<(), Fault> {
    // Shared with the reader: it may be opened and made one's default, and is its owner's otherwise.
    if view.own { Ok(()) } else { Err(Fault::Forbidden(Problem::new("lists-view-not-own"))) }
}

/// Gives it another name.
///
/// # Errors
/// 404, 403 for another's, 422.
pub async fn rename(tx: &Tx, reader: &Reader, id: Id, typed: &str) -> Result<View, Fault> {
    let view = one(tx, reader, id).await?;
    owned(&view)?;
    let name = name_of(typed).map_err(Fault::invalid)?;
    free(tx, reader, &view.list, &name, Some(id)).await?;
    tx.execute(VIEW_RENAME, params![id, name.as_str()]).await?;
    Ok(View { name, ..view })
}

/// Lets it go, as everybody's default too.
///
/// # Errors
/// 404, 403 for another's.
pub async fn delete(tx: &Tx, reader: &Reader, id: Id) -> Result<(), Fault> {
    let view = one(tx, reader, id).await?;
    owned(&view)?;
    tx.execute(DEFAULT_OF_VIEW_DELETE, params![id]).await?;
    tx.execute(VIEW_DELETE, params![id]).await?;
    Ok(())
}

/// Makes it what the list opens with for this person, or lets the list open with everything again.
///
/// # Errors
/// The database's.
pub async fn set_default(tx: &Tx, reader: &Reader, view: &View, is: bool) -> Result<(), StoreError> {
    tx.execute(DEFAULT_DELETE, params![reader.account, view.list.as_str()]).await?;
    if is {
        tx.execute(DEFAULT_INSERT, params![reader.account, view.list.as_str(), view.id]).await?;
    }
    Ok(())
}

/// Shares it with the people of a unit that the person heads, or takes it back; then it is nobody else's default any more.
///
/// # Errors
/// 404, 403 for another's view or a unit that is not theirs to share with.
pub async fn share(tx: &Tx, actor: &Actor, id: Id, unit: Option<Id>) -> Result<(), Fault> {
    let reader = Reader::actor(actor);
    let view = one(tx, &reader, id).await?;
    owned(&view)?;
    if let Some(unit) = unit
        && !units_to_share(actor).contains(&unit)
    {
        return Err(Fault::Forbidden(Problem::new("lists-view-not-your-unit").field("unit")));
    }
    tx.execute(VIEW_SHARE, params![id, unit]).await?;
    if unit.is_none() {
        tx.execute(DEFAULT_OF_OTHERS_DELETE, params![id, reader.account]).await?;
    }
    Ok(())
}

/// The units whose people a person may share views with.
pub fn units_to_share(actor: &Actor) -> Vec<Id> {
    let mut units: Vec<Id> =
        actor.grants.iter().filter(|grant| grant.allows(SHARE_VIEWS)).map(|grant| grant.agency).collect();
    units.sort_unstable();
    units.dedup();
    units
}

/// Lets go of everything of an account that ended; what it shared goes with it.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &Tx, account: Id) -> Result<(), StoreError> {
    tx.execute(DEFAULTS_FORGET, params![account]).await?;
    tx.execute(VIEWS_FORGET, params![account]).await?;
    Ok(())
}
