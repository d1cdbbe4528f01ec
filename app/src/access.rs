//! What requests leave in the record of access: the edge tells of every answered one, and the dossiers module where a dossier
//! lies.

use access::{Entry, Places, Recorder, Request};
use base::{Date, Fault, Instant};
use jiff::ToSpan;
use organisation::Tree;
use serde::Deserialize;
use std::sync::Arc;
use store::Db;
use web::{AfterRequest, Answered, App};

/// Rows let go in one transaction, and transactions of it in a row.
const PRUNED_AT_ONCE: i64 = 5_000;
const PRUNINGS_IN_A_ROW: usize = 100;

/// Starts the recorder and has the edge tell it.
pub fn record(app: &App) {
    let recorder = Recorder::start(app.db.clone());
    app.put(recorder.clone());
    // Weak, for the closure lives in the application itself.
    let program = Arc::downgrade(&app.0);
    app.also(AfterRequest(Box::new(move |answered: Answered| {
        let recorder = recorder.clone();
        // Asked for at each request: another process may have changed the tree.
        let tree = program.upgrade().and_then(|inner| App(inner).get::<Tree>());
        Box::pin(async move {
            let query = web::table::query_pairs(&answered.uri);
            let path = answered.uri.split('?').next().unwrap_or_default();
            let request = Request {
                actor: &answered.actor,
                route: &answered.route,
                path,
                query: &query,
                reads: answered.reads,
                status: answered.status,
                rows: answered.rows,
                at: answered.now,
            };
            let Some((mut entry, waits)) = access::entry_of(request) else { return Ok(()) };
            entry.places = tree.and_then(|tree| places_of(&entry, tree));
            if waits {
                recorder.keep(entry).await
            } else {
                recorder.note(entry).await;
                Ok(())
            }
        })
    })));
}

/// Where a dossier lies, asked in the transaction of its row.
fn places_of(entry: &Entry, tree: Arc<Tree>) -> Option<Places> {
    let code: base::DossierCode = entry.subject.parse().ok()?;
    let code = code.to_string();
    Some(Arc::new(move |tx| {
        let (code, tree) = (code.clone(), tree.clone());
        Box::pin(async move { dossiers::places_of(tx, &tree, &code).await })
    }))
}

/// How long rows are kept, by the day from which the term holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    since: Date,
    months: i32,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    kept: Vec<Term>,
}

/// Before which instant rows go; none without a term that holds.
fn kept_since(text: &str, now: Instant) -> Result<Option<Instant>, Fault> {
    let terms = toml::from_str::<Terms>(text).map_err(Fault::internal)?.kept;
    let term = terms.iter().filter(|term| term.since <= now.date()).max_by_key(|term| term.since);
    let first = term.and_then(|term| now.date().checked_sub(term.months.months()).ok());
    Ok(first.map(|day| Instant::from_local(day.at(0, 0, 0, 0))))
}

/// Lets rows go whose term is over.
///
/// # Errors
/// Those of the database.
pub async fn prune(db: &Db, now: Instant) -> Result<(), Fault> {
    let Some(before) = kept_since(include_str!("../../data/access/retention.toml"), now)? else { return Ok(()) };
    for _ in 0..PRUNINGS_IN_A_ROW {
        let gone = db.write(move |tx| Box::pin(async move { access::prune(tx, before, PRUNED_AT_ONCE).await })).await?;
        if gone < PRUNED_AT_ONCE as u64 {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_two_years_later_and_a_later_term_replaces_an_earlier_one() {
        let now = Instant(1_795_572_000_000);
        let shipped = kept_since(include_str!("../../data/access/retention.toml"), now).expect("well-formed");
        assert_eq!(shipped.map(Instant::date), "2024-11-25".parse().ok());
        let two = "[[kept]]\nsince = \"2026-01-01\"\nmonths = 24\nsource = \"a\"\n\
                   [[kept]]\nsince = \"2026-11-01\"\nmonths = 36\nsource = \"b\"\n";
        assert_eq!(kept_since(two, now).expect("well-formed").map(Instant::date), "2023-11-25".parse().ok());
        assert_eq!(kept_since(two, Instant(0)).expect("well-formed"), None);
    }
}
