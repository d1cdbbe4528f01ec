//! What the catalogue keeper does: announce a version, end a procedure. Each is one transaction with
//! its audit event and its facts.

use base::{Actor, Date, Fault, Id, Instant, Limit, Problem};
use records::{By, Field, Given, Held, Typed};
use store::Tx;

use crate::procedure::{self, ANNOUNCING, ENDING, Event, Procedure, STANDARD, Written};
use crate::store as sql;
use crate::version::{ChannelTerms, Origin, Sort, UNSAID, UnclearTerms, Version};
use crate::{rules, stock};

/// Opens the register with the shipped procedures. A procedure already there is left alone, so it may
/// be called at every start; one that an import brought first gets its shipped version from today, for
/// that has the internal process and the form an imported one lacks. Returns how many were added.
///
/// # Errors
/// A broken data file (a test prevents it) or the database's.
pub async fn seed(tx: &Tx, now: Instant) -> Result<usize, Fault> {
    tx.lock("catalogue").await?;
    let mut added = 0;
    let shipped = crate::shipped::versions().map_err(Fault::internal)?;
    let (by, today) = (procedure::by(None, now), now.date());
    let mut new = Vec::new();
    for versions in shipped.chunk_by(|one, next| one.code == next.code) {
        let Some(first) = versions.first() else { continue };
        let known = sql::procedure(tx, &first.code).await?;
        // The province has a version of its own, or has ended it.
        let own = |p: &Procedure| p.open().is_none() || p.editions.iter().any(|one| one.origin != Origin::Imported);
        if known.as_ref().is_some_and(|known| own(&known.state)) {
            continue;
        }
        let from = if known.is_some() { today } else { first.effective_from };
        let id = known.as_ref().map_or_else(|| Id::next(now), |known| known.id);
        let mut written = Vec::new();
        for version in versions.iter().filter(|version| version.effective_to.is_none_or(|end| end > from)) {
            let effective_from = version.effective_from.max(from);
            let version = Version { id: Id::next(now), procedure_id: id, effective_from, ..version.clone() };
            written.push(Written::of(&version, by)?);
        }
        match &known {
            None => new.push((id, first.code.clone(), written)),
            Some(known) => {
                let editions = written.iter().map(|written| written.edition.clone()).collect();
                let event = Event::ShipOver { editions };
                procedure::happen(tx, by, Some(known), (id, &first.code), event, &written).await?;
            }
        }
        added += 1;
    }
    procedure::ship(tx, by, new).await?;
    if added > 0 {
        sql::bump(tx).await?;
    }
    stock::count(tx).await?;
    Ok(added)
}

/// Announces a new version, as TOML, of the procedure `of`, or a new procedure: from its day of effect it takes the place of the one in force.
/// Dossiers already received keep theirs. The body of an announced version is never changed.
///
/// # Errors
/// `Forbidden` without the keeper's permission; `Invalid` at the fields of [`ANNOUNCING`], with every broken rule, and at `version` when it
/// would leave its catalogue (`catalogue-sort-fixed`); `Conflict` when a later version is already announced or one has an end that comes later.
pub async fn announce(tx: &Tx, actor: &Actor, now: Instant, of: Option<&str>, typed: &Typed) -> Result<Version, Fault> {
    let (by, given, from) = decided(actor, now, ANNOUNCING, typed)?;
    let mut version = from_toml(given.text("version")).map_err(Fault::invalid)?;
    // Ways of filing without a known limit get the one the keeper has found.
    if let Ok(days) = given.text("limit_days").parse() {
        for UnclearTerms { channel, limit_text, fee, fee_text } in std::mem::take(&mut version.unclear_channels) {
            if version.terms(channel).is_none() {
                let limit = Limit::WorkingDays(days);
                version.channels.push(ChannelTerms { channel, limit, limit_text, fee, fee_text });
            }
        }
    }
    if given.text("process") == STANDARD {
        version.process = crate::shipped::standard_process(&version).map_err(Fault::internal)?;
    }
    let mut problems = rules::check(&version);
    if let Some(code) = of.filter(|code| *code != version.code) {
        problems.push(Problem::new("catalogue-code-fixed").field("version").arg("code", code));
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    tx.lock("catalogue").await?;
    let known = sql::procedure(tx, &version.code).await?;
    make_room(known.as_ref(), from).map_err(Fault::Conflict)?;
    if let Some(last) = known.as_ref().and_then(|known| known.state.editions.last()) {
        let last = sql::version(tx, last.id).await?;
        keeps_sort(&version, Some(last.sort)).map_err(Fault::invalid)?;
    }
    version.id = Id::next(now);
    version.procedure_id = known.as_ref().map_or_else(|| Id::next(now), |known| known.id);
    (version.effective_from, version.effective_to) = (from, None);
    version.decision = given.text("decision").to_owned();
    put(tx, by, known.as_ref(), &mut version).await?;
    sql::bump(tx).await?;
    stock::count(tx).await?;
    Ok(version)
}

/// One version more of a procedure, known or new: its own from its first day on.
pub(crate) async fn put(tx: &Tx, by: By, known: Option<&Held<Procedure>>, version: &mut Version) -> Result<(), Fault> {
    (version.effective_to, version.origin) = (None, Origin::Announced);
    version.remarks.clear();
    let written = Written::of(version, by)?;
    let edition = written.edition.clone();
    let event = if known.is_some() { Event::Announce { edition } } else { Event::AnnounceNew { edition } };
    procedure::happen(tx, by, known, (version.procedure_id, &version.code), event, &[written]).await
}

/// Ends a procedure without a successor (bãi bỏ).
///
/// # Errors
/// `Forbidden`, `Invalid` at the fields of [`ENDING`], `NotFound` for an unknown code, `Conflict` when nothing of it is in force or
/// a later version is already announced.
pub async fn abolish(tx: &Tx, actor: &Actor, now: Instant, code: &str, typed: &Typed) -> Result<(), Fault> {
    let (by, given, from) = decided(actor, now, ENDING, typed)?;
    tx.lock("catalogue").await?;
    let known = sql::procedure(tx, code).await?.ok_or(Fault::NotFound("catalogue-procedure-unknown"))?;
    make_room(Some(&known), from).map_err(Fault::Conflict)?;
    if known.state.open().is_none() {
        return Err(Fault::Conflict(Problem::new("catalogue-nothing-open").arg("code", code)));
    }
    let event = Event::End { from, decision: given.text("decision").to_owned() };
    procedure::happen(tx, by, Some(&known), (known.id, code), event, &[]).await?;
    sql::bump(tx).await?;
    stock::count(tx).await?;
    Ok(())
}

/// In whose name, what was given, and its day of effect: what was cannot be changed any more.
fn decided(actor: &Actor, now: Instant, asks: &[Field], typed: &Typed) -> Result<(By, Given, Date), Fault> {
    if !actor.may(crate::rights::KEEP_CATALOGUE) {
        return Err(Fault::Forbidden(Problem::new("catalogue-keeper-only")));
    }
    let (given, today) = (records::read_fields(asks, typed)?, now.date());
    let Some(from) = given.day("effective_from").filter(|from| *from >= today) else {
        let past = Problem::new("catalogue-date-past").field("effective_from");
        return Err(Fault::invalid(past.arg("today", base::vn_date(today))));
    };
    Ok((procedure::by(Some(actor), now), given, from))
}

/// A version that begins on that very day or later stands in the way of another from it; so does one whose end is written and comes later.
pub(crate) fn make_room(known: Option<&Held<Procedure>>, from: Date) -> Result<(), Problem> {
    let editions = || known.into_iter().flat_map(|known| &known.state.editions);
    let told = |code, day: Date, decision: &str| {
        Problem::new(code).field("effective_from").arg("date", base::vn_date(day)).arg("decision", decision)
    };
    if let Some(later) = editions().find(|one| one.from >= from && one.to.is_none_or(|end| end > one.from)) {
        return Err(told("catalogue-later-version", later.from, &later.decision));
    }
    let ends = editions().find_map(|one| one.to.filter(|end| *end > from && one.from < from).map(|end| (one, end)));
    ends.map_or(Ok(()), |(one, end)| Err(told("catalogue-still-in-force", end, &one.decision)))
}

/// A procedure stays in its catalogue: what was the Party's is not shown to everybody by a version more.
pub(crate) fn keeps_sort(version: &Version, known: Option<Sort>) -> Result<(), Problem> {
    match known.filter(|known| *known != version.sort) {
        None => Ok(()),
        Some(_) => Err(Problem::new("catalogue-sort-fixed").field("version").arg("code", &version.code)),
    }
}

/// A version as the keeper edits it.
///
/// # Errors
/// None that a version can cause.
pub fn to_toml(version: &Version) -> Result<String, Fault> {
    let bare = Version { remarks: Vec::new(), ..version.clone() };
    toml::to_string_pretty(&bare).map_err(Fault::internal)
}

/// What the keeper wrote. A key that is none of a version's is refused, so that no slip goes unnoticed.
///
/// # Errors
/// `catalogue-toml-line` or `catalogue-toml-wrong` at the field `version`.
pub fn from_toml(text: &str) -> Result<Version, Problem> {
    let wrong = |why: String| Problem::new("catalogue-toml-wrong").field("version").arg("why", why);
    // The line says more to a keeper than the reader's own words.
    let at_line = |error: toml::de::Error| {
        let line = error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count());
        let found = line.and_then(|n| Some((n + 1, text.lines().nth(n)?.trim())));
        match found {
            None => wrong(error.message().to_owned()),
            Some((n, line)) => Problem::new("catalogue-toml-line")
                .field("version")
                .arg("line", n.to_string())
                .arg("text", line)
                .arg("why", error.message()),
        }
    };
    let table: toml::Table = toml::from_str(text).map_err(at_line)?;
    let known = serde_json::to_value(Version::default()).map_err(|error| wrong(error.to_string()))?;
    let is_known = |key: &str| known.get(key).is_some() || UNSAID.contains(&key);
    if let Some(key) = table.keys().find(|key| !is_known(key)) {
        return Err(wrong(format!("unknown key \"{key}\"")));
    }
    toml::from_str(text).map_err(at_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_keeper_is_given_reads_back_the_same() {
        for version in crate::shipped::versions().unwrap() {
            let read = from_toml(&to_toml(&version).unwrap()).unwrap();
            assert_eq!(
                crate::digest::of(&Version { decision: version.decision.clone(), ..read }),
                crate::digest::of(&version)
            );
        }
    }

    #[test]
    fn a_slip_in_a_key_is_told() {
        let problem = from_toml("nmae = \"x\"").unwrap_err();
        assert_eq!(problem.code, "catalogue-toml-wrong");
        assert!(problem.args[0].1.contains("nmae"));
        let at_line = from_toml("name = \"x\"\nlevels = [\"hamlet\"]").unwrap_err();
        assert_eq!((at_line.args[0].1.as_str(), at_line.args[1].1.as_str()), ("2", "levels = [\"hamlet\"]"));
        assert!(from_toml("name = ").is_err());
        assert!(from_toml("levels = [\"hamlet\"]").is_err());
    }
}
