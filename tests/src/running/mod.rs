//! The program itself, as a process on a port, spoken to as browsers speak: compressed, kept alive, in parts, by several at
//! once. What its log says counts: a panic or an error nobody expected fails the test.

mod bodies;
mod browser;
mod door;
mod headers;
mod trouble;
mod twice;

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::harness::{Person, run, settle_at};
use base::Role;
pub use browser::{Browser, Got};

/// Starting reads the catalogue; a loaded machine takes its time.
const START_MAX: Duration = Duration::from_secs(60);
/// Told to stop, the program ends within this, whatever clients do.
const STOP_MAX: Duration = Duration::from_secs(35);

/// A seeded database for programs of one's own.
pub struct Place {
    pub url: String,
    pub people: Vec<Person>,
    dir: tempfile::TempDir,
}

/// A fresh one on each engine.
pub async fn places() -> Vec<Place> {
    let mut urls = vec![store::testing::sqlite_url()];
    urls.extend(store::testing::postgres_url().await);
    let mut places = Vec::new();
    for url in urls {
        let now = web::Clock::system().now();
        let db = motcua::open(&url, now).await.expect("a database");
        let (people, _) = settle_at(&db, now).await;
        db.close().await;
        places.push(Place { url, people, dir: tempfile::tempdir().expect("a folder") });
    }
    places
}

/// Runs a journey against a program on every engine.
pub fn on_every_running<F, J>(journey: F)
where
    F: Fn(Place) -> J,
    J: Future<Output = ()>,
{
    run(async {
        for place in places().await {
            eprintln!("on {}", place.url.split(':').next().unwrap_or_default());
            journey(place).await;
        }
    });
}

impl Place {
    pub fn person(&self, role: Role) -> &Person {
        self.people.iter().find(|person| person.role == role).expect("a person of every role")
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Starts the program on this database.
    pub async fn start(&self) -> Program {
        self.start_with(&self.url, &[], None).await
    }

    /// The same with more arguments, another way to the database, or a bound of descriptors.
    pub async fn start_with(&self, url: &str, more: &[&str], descriptors: Option<u32>) -> Program {
        let data = self.dir.path().display().to_string();
        let mut args = vec!["serve", "--database", url, "--listen", "127.0.0.1:0", "--data", &data];
        args.extend(more);
        let mut command = match descriptors {
            Some(bound) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("ulimit -n {bound}; exec \"$@\""), "sh"]).arg(binary());
                shell
            }
            None => Command::new(binary()),
        };
        command.args(args).env("RUST_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        tokio::task::spawn_blocking(move || Program::start(command)).await.expect("started")
    }
}

/// The program, built once for this run.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(given) = std::env::var_os("MOTCUA_BINARY") {
            return PathBuf::from(given);
        }
        // TARGET/PROFILE/deps/tests-HASH
        let me = std::env::current_exe().expect("this test's own file");
        let profile = me.ancestors().nth(2).expect("the profile's folder");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["build", "--quiet", "-p", "motcua", "--bin", "motcua", "--target-dir"])
            .arg(profile.parent().expect("target"));
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let built = cargo.current_dir(crate::tidy::root()).status().expect("cargo");
        assert!(built.success(), "the program was not built");
        profile.join("motcua")
    })
}

/// The running program.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    log: Arc<Mutex<String>>,
    /// Pieces of error lines that this test brings about.
    expected: Mutex<Vec<&'static str>>,
}

impl Program {
    fn start(mut command: Command) -> Program {
        let began = Instant::now();
        let mut child = command.spawn().expect("the program");
        let log = Arc::new(Mutex::new(String::new()));
        let (mut errors, kept) = (child.stderr.take().expect("its log"), log.clone());
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(n @ 1..) = errors.read(&mut piece) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..n]));
            }
        });
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut first).expect("a first line");
        let told: serde_json::Value =
            serde_json::from_str(&first).unwrap_or_else(|error| panic!("{error}: {first}\n{}", log.lock().unwrap()));
        assert!(began.elapsed() < START_MAX);
        let address = told["address"].as_str().and_then(|a| a.split_once("://")).expect("an address").1;
        Program { child, address: address.parse().expect("an address"), log, expected: Mutex::default() }
    }

    /// Somebody at a browser.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// Somebody of the place, signed in.
    pub async fn signed_in(&self, place: &Place, role: Role) -> Browser {
        let mut browser = self.browser();
        browser.sign_in(&place.person(role).login).await;
        browser
    }

    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Error lines with this in them are meant to be there.
    pub fn expect_errors(&self, piece: &'static str) {
        self.expected.lock().unwrap().push(piece);
    }

    fn complaints(&self) -> Vec<String> {
        let expected = self.expected.lock().unwrap();
        let is_expected = |line: &str| expected.iter().any(|piece| line.contains(piece));
        let log = self.log();
        let bad =
            log.lines().filter(|line| line.contains("panicked") || (line.contains("ERROR") && !is_expected(line)));
        bad.map(str::to_owned).collect()
    }

    /// Tells the program to stop, and how long it took to. It must end well, and its log be clean.
    pub async fn stop(mut self) -> Duration {
        let began = Instant::now();
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().expect("kill");
        assert!(told.success());
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                break status;
            }
            assert!(began.elapsed() < STOP_MAX, "it does not stop:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert!(status.success(), "{status}:\n{}", self.log());
        assert_eq!(self.complaints(), Vec::<String>::new());
        began.elapsed()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            assert_eq!(self.complaints(), Vec::<String>::new());
        }
    }
}
