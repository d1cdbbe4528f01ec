//! What a keeper of the organisation does: open, rename and end an agency. Each is a decision with a number, a reason and a day; each is
//! one transaction with its audit event and the scopes of the figures.

use crate::proof::AGENCIES;
use crate::store as sql;
use crate::tree::{Agency, Kind};
use audit::NewEvent;
use base::{Actor, AgencyCode, Date, Fault, Id, Instant, Level, Permission, Problem};
use serde_json::json;
use store::{BoxFuture, StoreError, Tx, params};

/// Longest name, in letters; the longest real one has about 90.
pub const NAME_MAX: usize = 200;
/// Longest decision number, in letters.
pub const DECISION_MAX: usize = 100;
/// Longest reason, in letters.
pub const REASON_MAX: usize = 1_000;

/// What every change rests on.
#[derive(Clone, Debug, Default)]
pub struct Basis {
    /// Number of the decision, `12/QĐ-UBND`.
    pub decision: String,
    pub reason: String,
    /// The day it takes effect (for an end: the last day). Not in the future.
    pub day: Option<Date>,
}

/// A new agency below another.
#[derive(Clone, Debug)]
pub struct Opening {
    pub parent: Id,
    pub code: String,
    pub name: String,
    pub short_name: String,
    pub kind: Option<Kind>,
    pub duty: String,
    pub basis: Basis,
}

pub(crate) fn text(
    problems: &mut Vec<Problem>,
    field: &'static str,
    value: &str,
    max: usize,
    required: bool,
) -> String {
    let value = value.trim();
    if value.is_empty() && required {
        problems.push(Problem::new("organisation-required").field(field));
    } else if value.chars().count() > max {
        problems.push(Problem::new("organisation-too-long").field(field).arg("max", max));
    }
    value.to_owned()
}

/// Checks the basis; the day comes back when it can be used.
fn check(problems: &mut Vec<Problem>, basis: &Basis, now: Instant) -> Date {
    text(problems, "decision", &basis.decision, DECISION_MAX, true);
    text(problems, "reason", &basis.reason, REASON_MAX, true);
    match basis.day {
        None => problems.push(Problem::new("organisation-day").field("day")),
        // A change is written down when it has taken effect: the tree knows one present.
        Some(day) if day > now.date() => problems.push(Problem::new("organisation-day-future").field("day")),
        Some(_) => {}
    }
    basis.day.unwrap_or_else(|| now.date())
}

pub(crate) fn refuse(problems: Vec<Problem>) -> Result<(), Fault> {
    if problems.is_empty() { Ok(()) } else { Err(Fault::Invalid(problems)) }
}

/// The standing agency, if this person may keep it.
async fn kept(tx: &Tx, actor: &Actor, id: Id) -> Result<Agency, Fault> {
    let agency = sql::agency(tx, id).await?.ok_or(Fault::NotFound("organisation-no-unit"))?;
    if !actor.may_at(crate::rights::KEEP_ORGANISATION, &agency.path) {
        return Err(Fault::Forbidden(Problem::new("organisation-not-yours")));
    }
    if agency.valid_to.is_some() {
        return Err(Fault::Conflict(Problem::new("organisation-ended")));
    }
    Ok(agency)
}

/// An event of an agency, in the name of the post that keeps `path`.
pub(crate) async fn record(
    tx: &Tx,
    (actor, path): (&Actor, &str),
    now: Instant,
    id: Id,
    kind: &'static str,
    data: serde_json::Value,
) -> Result<(), Fault> {
    let agency = actor.grant_for(crate::rights::KEEP_ORGANISATION, path).map(|grant| grant.agency);
    audit::append_kept(tx, &AGENCIES, id, NewEvent { kind, at: now, actor: Some(actor.account), agency, data }).await?;
    tx.execute(sql::BUMP, params![]).await?;
    Ok(())
}

/// Opens an agency below another and returns its id. Problems name their field: `code` (form, already standing), `name`, `kind`,
/// `decision`, `reason`, `day`.
pub async fn open(tx: &Tx, actor: &Actor, now: Instant, input: Opening) -> Result<Id, Fault> {
    // One keeper at a time: ids follow one another.
    tx.lock("organisation").await?;
    let parent = kept(tx, actor, input.parent).await?;
    let mut problems = Vec::new();
    let name = text(&mut problems, "name", &input.name, NAME_MAX, true);
    let mut short_name = text(&mut problems, "short_name", &input.short_name, NAME_MAX, false);
    let duty = text(&mut problems, "duty", &input.duty, 40, false);
    let day = check(&mut problems, &input.basis, now);
    if parent.valid_from.is_some_and(|from| day < from) {
        problems.push(Problem::new("organisation-day-before-parent").field("day"));
    }
    let code = match input.code.trim().parse::<AgencyCode>() {
        Ok(code) => code.as_str().to_owned(),
        Err(problem) => {
            problems.push(problem.field("code"));
            String::new()
        }
    };
    let kind = input.kind.unwrap_or(Kind::Division);
    if input.kind.is_none_or(|kind| matches!(kind, Kind::PeoplesCommittee)) {
        problems.push(Problem::new("organisation-kind-wrong").field("kind"));
    }
    if !code.is_empty() && tx.query_opt(sql::STANDING_BY_CODE, params![code.clone()]).await?.is_some() {
        problems.push(Problem::new("organisation-code-taken").field("code").rule("QĐ 20/2020/QĐ-TTg"));
    }
    refuse(problems)?;
    if short_name.is_empty() {
        short_name.clone_from(&name);
    }
    let last: i64 = tx.query_one(sql::LAST_AGENCY, params![]).await?.get("id")?;
    let id = Id(last + 1);
    let agency = Agency {
        id,
        code,
        old_code: None,
        name,
        short_name,
        kind,
        duty: if kind == Kind::ServiceCentre {
            Some("desk".into())
        } else {
            Some(duty).filter(|duty| !duty.is_empty())
        },
        level: if kind == Kind::CommuneCommittee { Level::Commune } else { parent.level },
        parent: Some(parent.id),
        path: format!("{}{id}/", parent.path),
        unit_code: parent.unit_code.clone(),
        valid_from: Some(day),
        valid_to: None,
        decision: Some(input.basis.decision.trim().to_owned()),
        former_names: Vec::new(),
    };
    sql::insert_agency(tx, &agency, id.0).await?;
    let mut nodes = agency.lineage();
    nodes.reverse();
    facts::set_scope(tx, id, &nodes).await?;
    let data = json!({"code": agency.code, "name": agency.name, "kind": kind.as_str(), "parent": parent.id, "day": day.to_string(),
        "decision": input.basis.decision.trim(), "reason": input.basis.reason.trim()});
    record(tx, (actor, &parent.path), now, id, "organisation-opened", data).await?;
    Ok(id)
}

/// Gives a standing agency a new name from a day on; the old one is kept until the day before.
pub async fn rename(
    tx: &Tx,
    actor: &Actor,
    now: Instant,
    id: Id,
    name: &str,
    short_name: &str,
    basis: &Basis,
) -> Result<(), Fault> {
    tx.lock("organisation").await?;
    let agency = kept(tx, actor, id).await?;
    let mut problems = Vec::new();
    let name = text(&mut problems, "name", name, NAME_MAX, true);
    let mut short = text(&mut problems, "short_name", short_name, NAME_MAX, false);
    let day = check(&mut problems, basis, now);
    if name == agency.name {
        problems.push(Problem::new("organisation-same-name").field("name"));
    }
    let until = day.yesterday().unwrap_or(day);
    if agency.valid_from.is_some_and(|from| until < from) {
        problems.push(Problem::new("organisation-day-before-start").field("day"));
    }
    refuse(problems)?;
    if short.is_empty() {
        short.clone_from(&name);
    }
    tx.execute(
        sql::INSERT_FORMER_NAME,
        params![id, until, agency.name.clone(), agency.short_name.clone(), agency.decision],
    )
    .await
    .map_err(|error| match error {
        store::StoreError::Unique { .. } => Fault::Conflict(Problem::new("organisation-renamed-that-day")),
        other => other.into(),
    })?;
    tx.execute(sql::RENAME_AGENCY, params![id, name.clone(), short, basis.decision.trim()]).await?;
    let data = json!({"from": agency.name, "to": name, "day": day.to_string(), "decision": basis.decision.trim(), "reason": basis.reason.trim()});
    record(tx, (actor, &agency.path), now, id, "organisation-renamed", data).await
}

/// Something still open at an agency: work, powers, promises. It is named so that somebody can bring it to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Key of the words, with the number as `$n`.
    pub what: &'static str,
    pub count: i64,
    /// Where it is listed, for whoever holds that permission.
    pub href: String,
    pub needs: Permission,
}

/// What a module finds open at an agency on a day; modules above this one hand theirs in through [`crate::OpenWork`].
pub type OpenAt = for<'t> fn(&'t Tx, Id, Date) -> BoxFuture<'t, Result<Vec<Open>, StoreError>>;

/// Everything open at an agency: what every module names, without the empty ones.
///
/// # Errors
/// The database's.
pub async fn open_at(tx: &Tx, looks: &[OpenAt], id: Id, day: Date) -> Result<Vec<Open>, StoreError> {
    let mut all = Vec::new();
    for look in looks {
        all.extend(look(tx, id, day).await?.into_iter().filter(|open| open.count > 0));
    }
    Ok(all)
}

/// Ends an agency with the agency that follows it. Refused while agencies stand below it, or anything of `looks` is open
/// there: `organisation-open-work` with how much in all. Until work can be handed over in one act, it is brought to its end,
/// or passed on, first.
pub async fn end(
    tx: &Tx,
    actor: &Actor,
    now: Instant,
    id: Id,
    successor: Option<Id>,
    basis: &Basis,
    looks: &[OpenAt],
) -> Result<(), Fault> {
    tx.lock("organisation").await?;
    let agency = kept(tx, actor, id).await?;
    let mut problems = Vec::new();
    let day = check(&mut problems, basis, now);
    if agency.valid_from.is_some_and(|from| day < from) {
        problems.push(Problem::new("organisation-day-before-start").field("day"));
    }
    let follows = match successor {
        Some(next) if next != id => sql::agency(tx, next).await?.filter(|next| next.valid_to.is_none()),
        _ => None,
    };
    if follows.is_none() {
        problems.push(Problem::new("organisation-successor").field("successor"));
    }
    refuse(problems)?;
    if agency.parent.is_none() {
        return Err(Fault::Conflict(Problem::new("organisation-root")));
    }
    let below: i64 = tx.query_one(sql::STANDING_BELOW, params![id]).await?.get("n")?;
    if below > 0 {
        return Err(Fault::Conflict(Problem::new("organisation-has-units").arg("n", below)));
    }
    let open: i64 = open_at(tx, looks, id, now.date()).await?.iter().map(|open| open.count).sum();
    if open > 0 {
        return Err(Fault::Conflict(Problem::new("organisation-open-work").arg("n", open)));
    }
    tx.execute(sql::END_AGENCY, params![id, day, basis.decision.trim()]).await?;
    if let Some(next) = &follows {
        tx.execute(sql::INSERT_AGENCY_SUCCESSION, params![id, next.id]).await?;
    }
    let data = json!({"successor": follows.map(|next| next.id), "day": day.to_string(), "decision": basis.decision.trim(),
        "reason": basis.reason.trim()});
    record(tx, (actor, &agency.path), now, id, "organisation-ended", data).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tests::seeded;
    use base::{Grant, Role};
    use jiff::civil::date;

    fn keeper(path: &str) -> Actor {
        let grant = Grant::new(Role::Administrator, Id(1), path);
        Actor { account: Id(77), name: "Trần Thị Sáu".into(), grants: vec![grant], citizen_number: None }
    }

    fn basis(day: Date) -> Basis {
        Basis { decision: "12/QĐ-UBND".into(), reason: "Sắp xếp lại".into(), day: Some(day) }
    }

    fn now() -> Instant {
        Instant::from_local(date(2026, 11, 22).at(9, 0, 0, 0))
    }

    fn division(code: &str) -> Opening {
        Opening {
            parent: Id(102),
            code: code.into(),
            name: "Phòng Thi đua".into(),
            short_name: String::new(),
            kind: Some(Kind::Division),
            duty: "merit-awards".into(),
            basis: basis(date(2026, 11, 2)),
        }
    }

    fn fields(fault: Fault) -> Vec<String> {
        match fault {
            Fault::Invalid(problems) => problems.into_iter().filter_map(|problem| problem.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn an_agency_is_opened_renamed_and_ended_with_its_history() {
        for db in seeded().await {
            let actor = keeper("/1/");
            let id = db
                .write(move |tx| {
                    Box::pin(async move {
                        let id = open(tx, &actor, now(), division("H13.02.09")).await?;
                        let day = basis(date(2026, 11, 10));
                        rename(tx, &actor, now(), id, "Phòng Thi đua - Khen thưởng", "", &day).await?;
                        end(tx, &actor, now(), id, Some(Id(1021)), &basis(date(2026, 11, 20)), &[]).await?;
                        Ok::<_, Fault>(id)
                    })
                })
                .await
                .unwrap();
            let (tree, events) = db
                .read(move |tx| {
                    Box::pin(async move { Ok::<_, Fault>((crate::load_tree(tx).await?, audit::events(tx, id).await?)) })
                })
                .await
                .unwrap();
            let agency = tree.get(id).unwrap();
            assert_eq!(agency.name_on(date(2026, 11, 9)), "Phòng Thi đua");
            assert_eq!(agency.name_on(date(2026, 11, 10)), "Phòng Thi đua - Khen thưởng");
            assert!(agency.stands_on(date(2026, 11, 20)) && !agency.stands_on(date(2026, 11, 21)));
            assert_eq!(agency.path, format!("/1/102/{id}/"));
            assert_eq!(tree.successors(id)[0].id, Id(1021));
            let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
            assert_eq!(kinds, ["organisation-opened", "organisation-renamed", "organisation-ended"]);
        }
    }

    #[tokio::test]
    async fn a_keeper_changes_only_what_lies_below_his_own_agency() {
        for db in seeded().await {
            let actor = keeper("/1/103/");
            let fault = db
                .write(move |tx| Box::pin(async move { open(tx, &actor, now(), division("H13.02.09")).await }))
                .await
                .unwrap_err();
            assert!(matches!(fault, Fault::Forbidden(_)), "{fault:?}");
        }
    }

    #[tokio::test]
    async fn a_change_needs_a_free_code_a_decision_a_reason_and_a_day_that_has_come() {
        for db in seeded().await {
            let actor = keeper("/1/");
            let mut input = division("H13.02.01");
            input.basis = Basis { decision: " ".into(), reason: String::new(), day: Some(date(2026, 11, 23)) };
            let fault =
                db.write(move |tx| Box::pin(async move { open(tx, &actor, now(), input).await })).await.unwrap_err();
            assert_eq!(fields(fault), ["decision", "reason", "day", "code"]);
        }
    }

    #[tokio::test]
    async fn an_agency_with_units_below_or_without_a_successor_is_not_ended() {
        for db in seeded().await {
            let actor = keeper("/1/");
            let other = actor.clone();
            let day = date(2026, 11, 20);
            let fault = db
                .write(move |tx| {
                    Box::pin(async move { end(tx, &actor, now(), Id(102), Some(Id(103)), &basis(day), &[]).await })
                })
                .await
                .unwrap_err();
            assert!(
                matches!(&fault, Fault::Conflict(problem) if problem.code == "organisation-has-units"),
                "{fault:?}"
            );
            let fault = db
                .write(move |tx| {
                    Box::pin(async move { end(tx, &other, now(), Id(1021), None, &basis(day), &[]).await })
                })
                .await
                .unwrap_err();
            assert_eq!(fields(fault), ["successor"]);
        }
    }
}
