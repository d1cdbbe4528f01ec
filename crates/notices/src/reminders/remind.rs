//! Reminding: what is owed by anybody, against the rules in force; each thing once. And the weekly digest.

use crate::channels::{Channel, Channels, vault};
use crate::inbox::{self, Item};
use crate::reminders::rules::{Rule, Side, Whom, begins_the_week, has_come, in_force, monday_of, shipped};
use crate::reminders::store as sql;
use crate::tell::{Told, order};
use crate::topic::{DIGEST, REMINDER};
use crate::{contact, wish};
use ::store::{Db, Row, StoreError, Tx, params};
use base::calendar::Calendar;
use base::{Date, Fault, Id, Instant, Lang};
use records::work::{self, Desk, Waiting};
use records::{Card, Kinds};
use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use web::{App, Ctx};

/// What is owed, looked at in one transaction.
const PAGE: i64 = 500;
/// Officials, digested in one transaction.
const OFFICIALS: i64 = 50;
/// The digest's mark among what was told.
const WEEK: &str = "week";

fn rule(row: &Row) -> Result<Option<Rule>, StoreError> {
    let (side, whom): (String, String) = (row.get("side")?, row.get("whom")?);
    let span: String = row.get("span")?;
    // A word of a later version stands for nothing here.
    let (Some(side), Some(whom), Ok(span)) =
        (Side::read(&side), Whom::read(&whom), crate::reminders::rules::Span::read(&span))
    else {
        return Ok(None);
    };
    Ok(Some(Rule {
        id: Some(row.get("id")?),
        due: row.get("due_name")?,
        side,
        since: row.get("since")?,
        span,
        whom,
        active: row.get("active")?,
        basis: row.get("basis")?,
    }))
}

/// Every rule, shipped and kept.
///
/// # Errors
/// The database's.
pub async fn rules(tx: &Tx) -> Result<Vec<Rule>, StoreError> {
    let kept = tx.query(sql::RULES, params![]).await?;
    let kept = kept.iter().map(rule).collect::<Result<Vec<_>, _>>()?;
    Ok(shipped().iter().cloned().chain(kept.into_iter().flatten()).collect())
}

/// Something whose moment has come.
struct Hit {
    waiting: Waiting,
    side: Side,
    whom: Whom,
}

fn hits(rules: &[&Rule], calendar: &Calendar, page: &[Waiting], now: Instant) -> Vec<Hit> {
    let come = |waiting: &Waiting| -> Vec<Hit> {
        let mine = rules.iter().filter(|rule| rule.due == waiting.name);
        mine.filter(|rule| has_come(rule, calendar, waiting.due_at, now))
            .map(|rule| Hit { waiting: waiting.clone(), side: rule.side, whom: rule.whom })
            .collect()
    };
    page.iter().flat_map(come).collect()
}

/// What a reminder is about, in words of lists.
async fn cards(tx: &Tx, ctx: &Ctx, kinds: &Kinds, hits: &[Hit]) -> Result<HashMap<Id, Card>, Fault> {
    let mut found = HashMap::new();
    for kind in &kinds.all {
        let owes = |hit: &&Hit| kind.dues.iter().any(|due| due.name == hit.waiting.name);
        let ids: BTreeSet<Id> = hits.iter().filter(owes).map(|hit| hit.waiting.subject).collect();
        if !ids.is_empty() {
            found.extend((kind.cards)(tx, ctx, ids.into_iter().collect()).await?);
        }
    }
    Ok(found)
}

/// Who is reminded of a hit.
async fn whom(tx: &Tx, app: &App, hit: &Hit, now: Instant) -> Result<BTreeSet<Id>, StoreError> {
    let holder = hit.waiting.holder;
    let mut people: BTreeSet<Id> = holder.into_iter().filter(|_| hit.whom != Whom::Heads).collect();
    if hit.whom != Whom::Holder || holder.is_none() {
        let settings = app.get::<identity::Settings>();
        let agencies = settings.as_ref().and_then(|settings| settings.agencies.clone());
        if let Some(unit) = agencies.and_then(|agencies| agencies.by_id(hit.waiting.unit)) {
            people.extend(identity::heads_of(tx, &unit.path, now).await?);
        }
    }
    // Whoever acts for somebody who is away is told as well.
    let known: Vec<Id> = people.iter().copied().collect();
    people.extend(identity::substitutes::acting_for(tx, &known, now).await?.into_iter().map(|(_, other, ..)| other));
    Ok(people)
}

/// Tells of one hit, unless it was told before. Mark and notices are one transaction.
async fn tell(tx: &Tx, app: &App, hit: &Hit, code: &str, (slot, now): (Instant, Instant)) -> Result<(), Fault> {
    let Waiting { subject, name, part, due_at, .. } = &hit.waiting;
    let mark = params![*subject, name.as_str(), *part, hit.side.as_str(), *due_at];
    if tx.execute(sql::MARK, mark).await? == 0 {
        return Ok(());
    }
    for account in whom(tx, app, hit, now).await? {
        let item = Item {
            id: Id::next(now),
            account: Some(account),
            topic: REMINDER.to_owned(),
            subject: *subject,
            code: code.to_owned(),
            kind: name.clone(),
            said: json!({ "side": hit.side.as_str(), "due": due_at.0 }),
            at: slot,
            read: false,
        };
        inbox::put(tx, account, &item).await?;
    }
    Ok(())
}

/// Tells of the hits of one page.
async fn tell_all(tx: &Tx, app: &App, hits: &[Hit], (slot, now): (Instant, Instant)) -> Result<(), Fault> {
    let Some(kinds) = app.get::<Kinds>() else { return Ok(()) };
    let ctx = Ctx::without_request(app, None, Lang::Vi, "/", now);
    let cards = cards(tx, &ctx, &kinds, hits).await?;
    for hit in hits {
        let code = cards.get(&hit.waiting.subject).map(|card| card.code.as_str()).unwrap_or_default();
        tell(tx, app, hit, code, (slot, now)).await?;
    }
    Ok(())
}

/// Reminds of everything whose moment has come. Done again for the same slot it tells nothing twice and leaves nothing out.
///
/// # Errors
/// The database's.
pub async fn remind(app: &App, db: &Db, calendar: &Calendar, slot: Instant, now: Instant) -> Result<(), Fault> {
    if !calendar.is_working_time(now) {
        return Ok(());
    }
    let all = db.read(|tx| Box::pin(async move { Ok::<_, Fault>(rules(tx).await?) })).await?;
    let rules = in_force(&all, now.date());
    let mut after = (Id(i64::MIN), String::new(), 0);
    loop {
        let from = after.clone();
        let page = db
            .read(move |tx| {
                Box::pin(async move { Ok::<_, Fault>(work::every(tx, (from.0, &from.1, from.2), PAGE).await?) })
            })
            .await?;
        let full = page.len() as i64 == PAGE;
        if let Some(last) = page.last() {
            after = (last.subject, last.name.clone(), last.part);
        }
        // Almost nothing of what is owed is due just now: writing is for what is.
        let hits = Arc::new(hits(&rules, calendar, &page, now));
        if !hits.is_empty() {
            let app = app.clone();
            db.write(move |tx| {
                let (app, hits) = (app.clone(), hits.clone());
                Box::pin(async move { tell_all(tx, &app, &hits, (slot, now)).await })
            })
            .await?;
        }
        if !full {
            break;
        }
    }
    let app = app.clone();
    db.write(move |tx| {
        let app = app.clone();
        Box::pin(async move {
            forget(tx).await?;
            mail(tx, &app, slot, now).await
        })
    })
    .await
}

/// What is owed no more is forgotten: owed again, it is reminded of again.
async fn forget(tx: &Tx) -> Result<(), StoreError> {
    let mut after = (Id(i64::MIN), String::new(), 0);
    loop {
        let rows = tx.query(sql::MARKS, params![after.0, after.1.as_str(), after.2, PAGE]).await?;
        for row in &rows {
            let (subject, name, part): (Id, String, i64) =
                (row.get("subject_id")?, row.get("due_name")?, row.get("part")?);
            if name != DIGEST && !work::is_owed(tx, subject, &name, part).await? {
                tx.execute(sql::UNMARK, params![subject, name.as_str(), part]).await?;
            }
            after = (subject, name, part);
        }
        if (rows.len() as i64) < PAGE {
            return Ok(());
        }
    }
}

/// One mail for all that somebody was reminded of in a slot.
async fn mail(tx: &Tx, app: &App, slot: Instant, now: Instant) -> Result<(), Fault> {
    if !Channels::of(app).is_on(Channel::Mail) {
        return Ok(());
    }
    for row in tx.query(sql::REMINDED, params![slot]).await? {
        let account: Id = row.get("account_id")?;
        let said = json!({ "n": row.get::<i64>("n")? });
        periodic(tx, app, account, (REMINDER, said), (slot, now)).await?;
    }
    Ok(())
}

/// Sends what comes round to an account's confirmed e-mail address.
async fn periodic(
    tx: &Tx,
    app: &App,
    account: Id,
    (topic, said): (&str, Json),
    (slot, now): (Instant, Instant),
) -> Result<(), Fault> {
    let known = contact::one(tx, &vault(app), account, Channel::Mail).await?;
    if known.is_some_and(|contact| contact.is_used()) {
        let (topic, kind) = (topic.to_owned(), topic.to_owned());
        let told =
            Told { topic, subject: account, code: String::new(), kind, account: Some(account), n: 0, at: slot.0, said };
        order(tx, Channel::Mail, &told, now).await?;
    }
    Ok(())
}

/// The weekly digest, on the first working day of a week: to every official for whom anything is due or late, in the box; by e-mail to those
/// who confirmed an address and want it.
///
/// # Errors
/// The database's.
pub async fn digest(app: &App, db: &Db, calendar: &Calendar, now: Instant) -> Result<(), Fault> {
    let today = now.date();
    let Some(kinds) = app.get::<Kinds>().filter(|_| begins_the_week(calendar, today)) else { return Ok(()) };
    let monday = monday_of(today);
    let mut after = Id(i64::MIN);
    loop {
        let (app, kinds) = (app.clone(), kinds.clone());
        let accounts = db
            .read(move |tx| {
                Box::pin(async move { Ok::<_, Fault>(identity::officials(tx, after, OFFICIALS, now).await?) })
            })
            .await?;
        let full = accounts.len() as i64 == OFFICIALS;
        after = accounts.last().copied().unwrap_or(after);
        db.write(move |tx| {
            let (app, kinds, accounts) = (app.clone(), kinds.clone(), accounts.clone());
            Box::pin(async move {
                for account in accounts {
                    digest_of(tx, &app, &kinds, account, (monday, now)).await?;
                }
                Ok::<_, Fault>(())
            })
        })
        .await?;
        if !full {
            return Ok(());
        }
    }
}

async fn digest_of(
    tx: &Tx,
    app: &App,
    kinds: &Kinds,
    account: Id,
    (monday, now): (Date, Instant),
) -> Result<(), Fault> {
    let begins = Instant::start_of(monday);
    if tx.execute(sql::MARK_WEEK, params![account, DIGEST, WEEK, begins]).await? == 0 {
        return Ok(());
    }
    let Some(actor) = identity::actor(tx, account, now).await? else { return Ok(()) };
    let desk = Desk::of(app, kinds, &actor);
    let named = |found: Vec<(&'static records::DueKind, i64)>| {
        found.into_iter().map(|(due, n)| json!([due.name, n])).collect::<Vec<_>>()
    };
    let late = named(desk.by_name(tx, Instant(i64::MIN), now).await?);
    let week = named(desk.by_name(tx, now, begins.plus_ms(7 * 86_400_000)).await?);
    if late.is_empty() && week.is_empty() {
        return Ok(());
    }
    let said = json!({ "late": late, "week": week });
    let item = Item {
        id: Id::next(now),
        account: Some(account),
        topic: DIGEST.to_owned(),
        subject: account,
        code: String::new(),
        kind: DIGEST.to_owned(),
        said: said.clone(),
        at: now,
        read: false,
    };
    inbox::put(tx, account, &item).await?;
    if Channels::of(app).is_on(Channel::Mail) && wish::of(tx, account).await?.digest {
        periodic(tx, app, account, (DIGEST, said), (begins, now)).await?;
    }
    Ok(())
}
