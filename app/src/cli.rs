//! The command line. Every command ends with one line of JSON on standard output; progress goes to standard error.

use crate::progress;
use crate::{Running, accounts, bench, data_dir, days, demo, listen, open, openapi, seed, serve};
use base::{Date, Fault, Instant};
use clap::{Parser, Subcommand};
use identity::{Cost, Settings};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use web::Clock;

/// One door: a province's electronic one-stop, portal, registries and reform steering in one binary.
#[derive(Parser, Debug)]
#[command(name = "motcua", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Where the records are.
#[derive(clap::Args, Debug)]
struct Database {
    /// `sqlite:PATH` or `postgres://…`; an empty database is migrated first.
    #[arg(long, env = "MOTCUA_DATABASE")]
    database: String,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Make a province in a folder, fill it with simulated dossiers, and serve it.
    Demo {
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        #[arg(long, default_value = "motcua-data")]
        data: PathBuf,
        /// No simulated dossiers.
        #[arg(long)]
        empty: bool,
        /// How many simulated dossiers.
        #[arg(long, default_value_t = demo::DOSSIERS)]
        dossiers: u64,
    },
    /// Serve a database.
    Serve {
        #[command(flatten)]
        database: Database,
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Folder of uploads; beside the SQLite file when not given.
        #[arg(long)]
        data: Option<PathBuf>,
        /// A proxy in front speaks HTTPS: cookies are marked Secure. Without one, see `--tls-cert`.
        #[arg(long, alias = "https")]
        behind_https: bool,
        /// Speak HTTPS ourselves: file of the certificate and those above it, PEM. Renewed ones are read at the next start.
        #[arg(long, requires = "tls_key")]
        tls_cert: Option<PathBuf>,
        /// File of the certificate's private key, PEM.
        #[arg(long, requires = "tls_cert")]
        tls_key: Option<PathBuf>,
        /// The site's address as people know it, `https://motcua.example`: printed on receipts and in their QR codes. Without it
        /// the address a visitor's browser names is taken.
        #[arg(long, env = "MOTCUA_PUBLIC_URL", value_parser = public_url)]
        public_url: Option<web::PublicUrl>,
        /// Behind a reverse proxy of ours: a visitor's address is the last one of `X-Forwarded-For`.
        #[arg(long)]
        behind_proxy: bool,
        /// Key of the one-time codes' secrets, made at the first start; `motcua.key` in the folder of uploads when not given.
        /// All processes of one database need the same.
        #[arg(long, env = "MOTCUA_KEY_FILE")]
        key_file: Option<PathBuf>,
        /// Officials must use one-time codes.
        #[arg(long)]
        require_totp: bool,
        /// Virus scanner asked about every file: clamd's `tcp:HOST:PORT` or `unix:/run/clamav/clamd.ctl`.
        #[arg(long, env = "MOTCUA_SCANNER")]
        scanner: Option<files::Scanner>,
        /// While the scanner does not answer, files are taken all the same, with a line in the log; else they are refused.
        #[arg(long, env = "MOTCUA_SCANNER_MAY_BE_AWAY", requires = "scanner")]
        scanner_may_be_away: bool,
        #[command(flatten)]
        outgoing: Box<crate::outgoing::Outgoing>,
    },
    /// Bring the tables up to date.
    Migrate {
        #[command(flatten)]
        database: Database,
    },
    /// Fill a database with simulated dossiers of the last 18 months.
    Simulate {
        #[command(flatten)]
        database: Database,
        #[arg(long)]
        dossiers: u64,
        #[arg(long, default_value_t = demo::SEED)]
        seed: u64,
        /// The simulated present, `2026-11-20`, at the end of office hours; now when not given.
        #[arg(long)]
        until: Option<String>,
    },
    /// Rebuild states, facts and figures from the events and compare. Exit code 1 when anything is wrong.
    Verify {
        #[command(flatten)]
        database: Database,
        /// Folder of uploads, whose bytes are read and compared too; beside the SQLite file when not given.
        #[arg(long)]
        data: Option<PathBuf>,
        /// A sealed day and its hash as an earlier run printed them (`sealed_day`, `sealed_hash`), `2026-11-20:9f…`; may be
        /// repeated. What a database says of itself, whoever rules the database can make it say.
        #[arg(long, value_parser = day_hash)]
        expect_day_hash: Vec<(Date, String)>,
    },
    /// Derive anew what follows from the events.
    Rebuild {
        #[command(subcommand)]
        command: RebuildCommand,
    },
    /// The chain of sealed days.
    Days {
        #[command(subcommand)]
        command: DaysCommand,
    },
    /// Measure: intake, step, worklist, search or dashboard.
    Bench {
        /// What to measure.
        name: String,
        #[command(flatten)]
        database: Database,
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        #[arg(long, default_value_t = 16)]
        clients: usize,
    },
    /// The catalogue of procedures.
    Catalogue {
        #[command(subcommand)]
        command: CatalogueCommand,
    },
    /// Programmes that come as documents.
    Plan {
        #[command(subcommand)]
        command: PlanCommand,
    },
    /// Put the agencies and procedures into a database and make an administrator. Make two: what one asks for, the other
    /// confirms. The password is read from standard input, one line, so that it stays out of the list of processes.
    Administrator {
        #[command(flatten)]
        database: Database,
        #[arg(long)]
        login: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// Identifier of the root that is kept, where it is not that of the state administration (`H13.901`).
        #[arg(long)]
        root: Option<String>,
    },
    /// Print the OpenAPI document.
    Openapi,
}

#[derive(Subcommand, Debug)]
enum CatalogueCommand {
    /// Take in records in the shape of the national catalogue (JSON lines, the CSV table, or a folder of them).
    Import {
        file: PathBuf,
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Subcommand, Debug)]
enum RebuildCommand {
    /// All facts, from the events of all registers, and their roll-up: says which figures move (measure, day, unit, before and after).
    /// A look changes nothing; exit code 1 when something would move. While it is written, nobody else writes; readers go on.
    Facts {
        #[command(flatten)]
        database: Database,
        /// Write what moves, in one transaction, and an event that says so.
        #[arg(long)]
        apply: bool,
    },
}

#[derive(Subcommand, Debug)]
enum DaysCommand {
    /// Open sealed days from one on: they were sealed under a wrong clock, or records of the past are to be taken in. The log
    /// keeps that it was done and why; a running service seals them again. Hashes written down before hold no more.
    Open {
        /// The first day to open, `2026-11-20`.
        #[arg(long)]
        from: Date,
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        database: Database,
    },
    /// The last sealed days with their hashes, what is known of the time, and when the clock jumped or days were opened.
    Show {
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Subcommand, Debug)]
enum PlanCommand {
    /// Read a document's targets, tasks and reporting duties.
    Import { file: PathBuf },
    /// Score the reader against hand labels.
    Score {
        labels: PathBuf,
        texts: PathBuf,
        #[arg(long)]
        show_misses: bool,
    },
}

/// The address of `--public-url`.
fn public_url(text: &str) -> Result<web::PublicUrl, String> {
    web::PublicUrl::parse(text).ok_or_else(|| format!("{text}: not an address like https://motcua.example"))
}

/// `DATE:HASH` of `--expect-day-hash`.
fn day_hash(text: &str) -> Result<(Date, String), String> {
    let (day, hash) = text.split_once(':').ok_or("a day, a colon and a hash are wanted")?;
    let day = day.parse().map_err(|_| format!("{day}: not a date like 2026-11-20"))?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { Ok((day, hash.to_owned())) } else { Err(format!("{hash}: not 64 hexadecimal digits")) }
}

/// Runs a command; the value is its last line, the flag whether all is well.
pub async fn run(cli: Cli) -> Result<(Option<Value>, bool), Fault> {
    let now = Clock::system().now();
    match cli.command {
        Command::Demo { listen, data, empty, dossiers } => {
            demo::demo(&data, listen, empty, dossiers).await?;
            Ok((None, true))
        }
        Command::Serve {
            database,
            listen,
            data,
            behind_https,
            tls_cert,
            tls_key,
            public_url,
            behind_proxy,
            key_file,
            require_totp,
            scanner,
            scanner_may_be_away,
            outgoing,
        } => {
            let channels = outgoing.channels(public_url.as_ref())?;
            let tls = match (&tls_cert, &tls_key) {
                (Some(certificates), Some(key)) => Some(listen::tls::acceptor(certificates, key)?),
                _ => None,
            };
            let https = behind_https || tls.is_some() || public_url.as_ref().is_some_and(web::PublicUrl::is_https);
            let scheme = if tls.is_some() { "https" } else { "http" };
            let reached = serve::Reached { door: listen::Door { tls, behind_proxy, https }, public_url };
            let db = open(&database.database, now).await?;
            let data_dir = data.or_else(|| data_dir(&database.database)).unwrap_or_else(|| PathBuf::from("."));
            std::fs::create_dir_all(&data_dir).map_err(Fault::internal)?;
            let key_file = key_file.unwrap_or_else(|| data_dir.join(identity::KEY_FILE));
            let vault = identity::Vault::open(&db, &key_file).await?;
            let settings = Settings { officials_need_totp: require_totp, vault, ..Settings::new(Cost::PRODUCTION)? };
            let running = Running {
                data_dir,
                demo: false,
                secure_cookies: https,
                behind_proxy,
                clock: Clock::system(),
                settings,
                scanner: scanner.map(|scanner| match scanner_may_be_away {
                    true => scanner.when_away(files::WhenAway::Take),
                    false => scanner,
                }),
                channels,
            };
            serve::serve(db, running, reached, listen, |address| {
                println!("{}", json!({ "address": format!("{scheme}://{address}") }));
            })
            .await?;
            Ok((None, true))
        }
        Command::Migrate { database } => {
            let db = store::Db::open(&database.database).await?;
            let applied = db.migrate(&crate::migrations()).await?;
            crate::adopt_rows(&db, now).await?;
            Ok((Some(json!({ "engine": db.engine().as_str(), "applied": applied })), true))
        }
        Command::Simulate { database, dossiers, seed, until } => {
            simulate_into(&database.database, dossiers, seed, until, now).await
        }
        Command::Verify { database, data, expect_day_hash } => {
            let db = open(&database.database, now).await?;
            let uploads = data.or_else(|| data_dir(&database.database)).map(files::Store::new);
            let (proofs, kinds) = (crate::proofs(), crate::kinds());
            let outside =
                dossiers::verify::Outside { uploads, days: expect_day_hash, now, proofs, kinds, to_the_first: false };
            let report = dossiers::verify::verify(&db, outside, |done| {
                if done % 20_000 == 0 {
                    eprintln!("verified {done} dossiers");
                }
            })
            .await?;
            let well = report.is_well();
            Ok((Some(serde_json::to_value(report).map_err(Fault::internal)?), well))
        }
        Command::Rebuild { command: RebuildCommand::Facts { database, apply } } => {
            let db = open(&database.database, now).await?;
            let rebuilt = dossiers::verify::rebuild_facts(&db, crate::kinds(), apply, now, |done| {
                if done % 20_000 == 0 {
                    eprintln!("followed {done} dossiers");
                }
            })
            .await?;
            let well = rebuilt.is_well();
            Ok((Some(serde_json::to_value(rebuilt).map_err(Fault::internal)?), well))
        }
        Command::Days { command: DaysCommand::Open { from, reason, database } } => {
            Ok((Some(days::open(&open(&database.database, now).await?, from, &reason, now).await?), true))
        }
        Command::Days { command: DaysCommand::Show { database } } => {
            Ok((Some(days::show(&open(&database.database, now).await?).await?), true))
        }
        Command::Bench { name, database, seconds, clients } => {
            let db = open(&database.database, now).await?;
            Ok((Some(bench::run(&db, &name, seconds, clients, now).await?), true))
        }
        Command::Catalogue { command: CatalogueCommand::Import { file, database } } => {
            let db = open(&database.database, now).await?;
            let (report, read) = catalogue::cli_import(&db, &file, now).await?;
            Ok((Some(report), read))
        }
        Command::Plan { command: PlanCommand::Import { file } } => {
            Ok(match plans::cli::import(&file) {
                Ok(plan) => (Some(plan), true),
                // Not a failure of the program: the document is refused, by this rule.
                Err(error @ plans::cli::CliFault::Refused { .. }) => {
                    eprintln!("motcua: {error}");
                    (Some(json!({ "refused": error.rule(), "reason": error.to_string() })), false)
                }
                Err(error) => return Err(Fault::internal(error.to_string())),
            })
        }
        Command::Plan { command: PlanCommand::Score { labels, texts, show_misses } } => {
            let score =
                plans::cli::score(&labels, &texts, show_misses).map_err(|error| Fault::internal(error.to_string()))?;
            Ok((Some(score), true))
        }
        Command::Administrator { database, login, name, root } => {
            let mut password = String::new();
            std::io::stdin().read_line(&mut password).map_err(Fault::internal)?;
            let db = open(&database.database, now).await?;
            seed(&db, now).await?;
            let password = password.trim_end_matches(['\r', '\n']);
            let (account, administrators) = accounts::administrator(&db, (&login, &name, password), root, now).await?;
            if administrators == 1 {
                eprintln!(
                    "one administrator is there: make a second, who confirms what the first asks for and the other way round"
                );
            }
            let invented = db.read(|tx| Box::pin(async move { identity::invented(tx).await })).await?;
            if invented > 0 {
                eprintln!("{invented} demo accounts are in this database; they sign in in `motcua demo` only");
            }
            db.close().await;
            let made = json!({ "account": account.to_string(), "login": login, "administrators": administrators });
            Ok((Some(made), true))
        }
        Command::Openapi => Ok((Some(openapi::document()?), true)),
    }
}

async fn simulate_into(
    url: &str,
    dossiers: u64,
    seed_number: u64,
    until: Option<String>,
    now: Instant,
) -> Result<(Option<Value>, bool), Fault> {
    let until = match until {
        Some(day) => {
            let day: base::Date =
                day.parse().map_err(|_| Fault::internal(format!("--until {day}: not a date like 2026-11-20")))?;
            Instant::from_local(day.at(17, 0, 0, 0))
        }
        None => now,
    };
    let db = open(url, now).await?;
    seed(&db, now).await?;
    let started = std::time::Instant::now();
    let plan = simulate::Plan { dossiers, seed: seed_number, until, focus: None };
    let made = simulate::run(&db, plan, progress::simulation(dossiers)).await?;
    let seconds = (started.elapsed().as_secs_f64() * 1_000.0).round() / 1_000.0;
    let made = json!({ "dossiers": made.dossiers, "events": made.events, "facts": made.facts, "seconds": seconds });
    db.close().await;
    Ok((Some(made), true))
}
