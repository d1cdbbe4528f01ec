//! What requests leave in the record of access: the edge tells of every answered one, the dossiers module where a dossier lies, and
//! the kinds of the program where any other subject does.

use access::{Entry, Places, Recorder, Request};
use base::{Fault, Instant, Terms};
use organisation::Tree;
use records::Kinds;
use std::sync::Arc;
use store::Db;
use web::{AfterRequest, Answered, App};

/// How long rows are kept, by the day from which the term holds.
const RETENTION: &str = include_str!("../../data/access/retention.toml");

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
        let known = program.upgrade().map(App).and_then(|app| Some((app.get::<Tree>()?, app.get::<Kinds>()?)));
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
            entry.places = known.and_then(|(tree, kinds)| places_of(&entry, tree, kinds));
            if waits {
                recorder.keep(entry).await
            } else {
                recorder.note(entry).await;
                Ok(())
            }
        })
    })));
}

/// Where a dossier or another subject lies, asked in the transaction of its row; nowhere for an account, and for nothing.
fn places_of(entry: &Entry, tree: Arc<Tree>, kinds: Arc<Kinds>) -> Option<Places> {
    let code = entry.subject.clone();
    if code.parse::<base::DossierCode>().is_ok() {
        return Some(Arc::new(move |tx| {
            let (code, tree) = (code.clone(), tree.clone());
            Box::pin(async move { dossiers::places_of(tx, &tree, &code).await })
        }));
    }
    if code.is_empty() || code.contains(':') {
        return None;
    }
    Some(Arc::new(move |tx| {
        let (code, tree, kinds) = (code.clone(), tree.clone(), kinds.clone());
        Box::pin(async move {
            let units = records::units_of(tx, &kinds, &code).await?;
            let path = |unit: base::Id| tree.get(unit).map(|agency| agency.path.clone());
            Ok(units.map(|units| units.into_iter().filter_map(path).collect()))
        })
    }))
}

/// Lets rows go whose term is over.
///
/// # Errors
/// Those of the database.
pub async fn prune(db: &Db, now: Instant) -> Result<(), Fault> {
    let Some(day) = Terms::read(RETENTION)?.kept_since(now.date()) else { return Ok(()) };
    let before = Instant::from_local(day.at(0, 0, 0, 0));
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
    fn the_shipped_rows_go_two_years_later() {
        let terms = Terms::read(RETENTION).expect("well-formed");
        assert_eq!(terms.kept_since("2026-11-25".parse().expect("a day")), "2024-11-25".parse().ok());
    }
}
