//! A province to try, made in one command.

use crate::accounts;
use crate::progress;
use crate::{Running, open, seed, serve};
use base::{Fault, Instant};
use identity::{Cost, DEMO_PASSWORD, Hasher, Password, Settings};
use std::net::SocketAddr;
use std::path::Path;
use web::Clock;

/// Dossiers of the demonstration, over 18 months.
pub const DOSSIERS: u64 = 20_000;
/// Share of the demonstration's ward, in thousandths: as many a day as a busy real one.
const FOCUS_PERMILLE: u64 = 450;
/// The seed of the demonstration: everybody sees the same province.
pub const SEED: u64 = 1_975;

store::statements! {
    /// Whether the demonstration has been made already.
    pub ANY_DOSSIER = "SELECT 1 AS yes FROM dossier LIMIT 1";
    /// Whether its accounts are there.
    pub ANY_DEMO_ACCOUNT = "SELECT 1 AS yes FROM account WHERE login = 'motcua'";
}

/// Makes the province if it is not there, then serves it.
pub async fn demo(data: &Path, listen: SocketAddr, empty: bool, dossiers: u64) -> Result<(), Fault> {
    let clock = Clock::system();
    let url = format!("sqlite:{}", data.join("motcua.sqlite").display());
    let db = open(&url, clock.now()).await?;
    let vault = identity::Vault::open(&db, &data.join(identity::KEY_FILE)).await?;
    let settings = Settings { vault, ..Settings::new(Cost::PRODUCTION)? };
    make(&db, &settings.hasher, clock.now(), if empty { 0 } else { dossiers }).await?;
    let running = Running {
        data_dir: data.to_path_buf(),
        demo: true,
        secure_cookies: false,
        behind_proxy: false,
        clock,
        settings,
        scanner: None,
        channels: notices::Channels::default(),
    };
    serve::serve(db, running, serve::Reached::default(), listen, |address| announce(address, data)).await
}

/// Agencies, procedures, accounts and, where there are none, dossiers.
pub async fn make(db: &store::Db, hasher: &Hasher, now: Instant, dossiers: u64) -> Result<(), Fault> {
    seed(db, now).await?;
    let (has_accounts, has_dossiers) = db
        .read(|tx| {
            Box::pin(async move {
                let accounts = tx.query_opt(ANY_DEMO_ACCOUNT, &[]).await?.is_some();
                Ok::<_, Fault>((accounts, tx.query_opt(ANY_DOSSIER, &[]).await?.is_some()))
            })
        })
        .await?;
    if !has_accounts {
        let password = hasher.hash(Password::of_demonstration()).await?;
        accounts::seed_demo(db, password, now).await?;
    }
    crate::demo_desk::set_up(db, now).await?;
    if dossiers > 0 && !has_dossiers {
        let focus = db
            .read(|tx| {
                Box::pin(async move {
                    let tree = organisation::load_tree(tx).await?;
                    Ok::<_, Fault>(accounts::demo_commune(&tree).map(|commune| (commune.id, FOCUS_PERMILLE)))
                })
            })
            .await?;
        let plan = simulate::Plan { dossiers, seed: SEED, until: now, focus };
        simulate::run(db, plan, progress::simulation(dossiers)).await?;
    }
    Ok(())
}

fn announce(address: SocketAddr, data: &Path) {
    let mut text = format!("\n  motcua is open at http://{address}\n  data: {}\n\n", data.display());
    text.push_str("  sign-in        role               what they do\n");
    for person in accounts::sign_ins() {
        text.push_str(&format!("  {:<14} {:<18} {}\n", person.login, person.role.as_str(), person.what));
    }
    text.push_str(&format!("\n  password of all of them: {DEMO_PASSWORD}\n  (a demonstration: everybody and everything in it is invented)\n"));
    eprintln!("{text}");
    println!("{}", serde_json::json!({ "address": format!("http://{address}"), "password": DEMO_PASSWORD }));
}
