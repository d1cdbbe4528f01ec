//! Forms that came in when their session was over. A form is kept for the account whose page it stood on, which its token
//! shows, and given back to that account only.

use base::{Fault, Id, Instant};
use store::{Tx, params};
use web::{FormProof, KEPT_FORM_MS_MAX, KeptForm};

use crate::sessions::{new_token, token_hash};
use crate::store as sql;

/// Whose page the form stood on: the session its cookie names, or an earlier one of the account signed in.
async fn owner(tx: &Tx, proof: &FormProof) -> Result<Option<Id>, Fault> {
    let made_for = |secret: &str| web::safety::form_token_matches(secret, &proof.csrf);
    if let Some(account) = proof.account {
        for row in tx.query(sql::SESSION_SECRETS, params![account]).await? {
            if made_for(&row.get::<String>("csrf")?) {
                return Ok(Some(account));
            }
        }
        return Ok(None);
    }
    let Some(token) = &proof.session_token else { return Ok(None) };
    let Some(row) = tx.query_opt(sql::SESSION_SECRET, params![token_hash(token)]).await? else { return Ok(None) };
    let shown = made_for(&row.get::<String>("csrf")?);
    Ok(if shown { Some(row.get("account_id")?) } else { None })
}

/// Keeps a form and returns its name for the cookie; none when nothing shows whose it is.
pub(crate) async fn keep(tx: &Tx, proof: &FormProof, form: &KeptForm, now: Instant) -> Result<Option<String>, Fault> {
    let Some(account) = owner(tx, proof).await? else { return Ok(None) };
    purge(tx, now).await?;
    tx.execute(sql::KEPT_REPLACE, params![account]).await?;
    let token = new_token();
    let words = serde_json::to_value(form).map_err(Fault::internal)?;
    tx.execute(sql::KEPT_INSERT, params![token_hash(&token), account, words, now]).await?;
    Ok(Some(token))
}

/// The form of a name, if it is this account's.
pub(crate) async fn find(tx: &Tx, hash: Vec<u8>, account: Id, now: Instant) -> Result<Option<KeptForm>, Fault> {
    let row = tx.query_opt(sql::KEPT_GET, params![hash, account, now.plus_ms(-KEPT_FORM_MS_MAX)]).await?;
    let Some(row) = row else { return Ok(None) };
    let words: serde_json::Value = row.get("words")?;
    Ok(serde_json::from_value(words).ok())
}

/// Lets go what nobody came back for.
pub(crate) async fn purge(tx: &Tx, now: Instant) -> Result<(), Fault> {
    tx.execute(sql::KEPT_PURGE, params![now.plus_ms(-KEPT_FORM_MS_MAX)]).await?;
    Ok(())
}
