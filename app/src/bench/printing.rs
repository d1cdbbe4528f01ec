//! Receipts as PDF: read from the database, put into words, printed.

use super::{Found, drive, reads, sample};
use base::{Fault, Instant};
use dossiers::forms::{self, Form, Words};
use std::sync::Arc;
use store::{Db, params};

store::statements! {
    /// Dossiers that have a receipt.
    pub SOME_RECEIVED = "SELECT code FROM dossier WHERE received_at IS NOT NULL ORDER BY id DESC LIMIT 200";
}

/// Prints the receipts of some dossiers in turn.
///
/// # Errors
/// Those of printing; a province without a received dossier.
pub(super) async fn receipts(db: &Db, seconds: u64, clients: usize, now: Instant) -> Result<Found, Fault> {
    reads::words();
    let house = sample::house(db).await?;
    let rows = db.read(|tx| Box::pin(async move { Ok::<_, Fault>(tx.query(SOME_RECEIVED, params![]).await?) })).await?;
    let codes = rows.iter().map(|row| Ok(row.get("code")?)).collect::<Result<Vec<String>, Fault>>()?;
    if codes.is_empty() {
        return Err(Fault::internal("nothing was received: simulate some dossiers first"));
    }
    let (codes, db) = (Arc::new(codes), db.clone());
    let one = move |n: usize| {
        let (codes, db, house) = (codes.clone(), db.clone(), house.clone());
        async move {
            let code = codes[n % codes.len()].clone();
            let read = db.read(move |tx| {
                Box::pin(async move {
                    let loaded =
                        dossiers::store::by_code(tx, &code).await?.ok_or(Fault::NotFound("dossier-not-found"))?;
                    forms::read(tx, loaded).await
                })
            });
            let words = Words::of_forms(&house, "https://motcua.example");
            let pdf = forms::printed(Form::Receipt, words, &read.await?, now).await?;
            if pdf.pages == 0 { Err(Fault::internal("an empty receipt")) } else { Ok(true) }
        }
    };
    // The first one sets the press up.
    one(0).await?;
    drive(seconds, clients, one).await
}
