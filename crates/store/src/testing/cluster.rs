//! A throw-away PostgreSQL cluster of this test process, and the directory that its SQLite files share.
//!
//! A shell stands guard: it reads from a pipe whose other end only this process holds, so when the process ends, in
//! whatever way, it stops the server and removes the directory.

use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// The server listens on a Unix socket in the directory only; this names the socket.
const PORT: u16 = 5432;

/// `$1` the directory, then the server's command line, or nothing.
const GUARD: &str = r#"
trap '' INT TERM HUP
dir=$1; shift
if [ $# -gt 0 ]; then "$@" </dev/null >"$dir/log" 2>&1 & server=$!; fi
cat >/dev/null
if [ $# -gt 0 ]; then kill -QUIT $server; wait $server; fi
rm -rf "$dir"
"#;

const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=400",
    "shared_buffers=64MB",
    "autovacuum=off",
    "max_wal_size=4GB",
];

pub(super) struct Scratch {
    pub(super) dir: PathBuf,
    /// The address of the throw-away server, without a database's name at its end.
    pub(super) server: Option<String>,
    /// Its pipe is closed when this process ends.
    _guard: Option<Child>,
}

/// The scratch place of this process, made at the first call.
pub(super) fn scratch() -> &'static Scratch {
    static SCRATCH: OnceLock<Scratch> = OnceLock::new();
    SCRATCH.get_or_init(|| make().unwrap_or_else(|error| panic!("no scratch directory for tests: {error}")))
}

fn make() -> io::Result<Scratch> {
    let dir = tempfile::Builder::new().prefix("motcua-test-").tempdir()?.keep();
    if std::env::var_os("MOTCUA_TEST_POSTGRES").is_some() {
        let guard = guard(&dir, None, &[])?;
        return Ok(Scratch { dir, server: None, _guard: Some(guard) });
    }
    let Some(bin) = binaries() else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "PostgreSQL's initdb and postgres are missing");
        eprintln!("note: PostgreSQL is not installed, only SQLite is tested");
        let guard = guard(&dir, None, &[])?;
        return Ok(Scratch { dir, server: None, _guard: Some(guard) });
    };
    let user = unprivileged()?;
    if let Some((uid, gid)) = user {
        chown(&dir, Some(uid), Some(gid))?;
    }
    let data = dir.join("data");
    init(&bin, &data, user)?;
    let mut server = vec![
        bin.join("postgres").display().to_string(),
        "-D".into(),
        data.display().to_string(),
        "-k".into(),
        dir.display().to_string(),
        "-p".into(),
        PORT.to_string(),
    ];
    server.extend(SETTINGS.iter().flat_map(|setting| ["-c".to_string(), (*setting).to_string()]));
    let guard = guard(&dir, user, &server)?;
    let address = format!("postgres://postgres@/DATABASE?host={}&port={PORT}", dir.display());
    Ok(Scratch { dir, server: Some(address), _guard: Some(guard) })
}

/// Debian keeps the server's programs off the path.
fn binaries() -> Option<PathBuf> {
    let mut places: Vec<PathBuf> = Vec::new();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.flatten().map(|version| version.path().join("bin")));
        places.sort_by_key(|place| {
            let version = place.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok());
            std::cmp::Reverse(version)
        });
    }
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    places.into_iter().find(|place| place.join("initdb").is_file() && place.join("postgres").is_file())
}

/// PostgreSQL refuses to run as root; the tests of a container do. `None` when this process is not root.
fn unprivileged() -> io::Result<Option<(u32, u32)>> {
    if std::fs::metadata("/proc/self").map(|me| me.uid()).unwrap_or(1) != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody")).map(Some).ok_or_else(|| io::Error::other("no user to run PostgreSQL as"))
}

fn command(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LANG", "C.UTF-8");
    command.current_dir("/");
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

/// A new cluster; where sixty programs of tests want one (`MOTCUA_TEST_INITDB` names a folder they share), a copy of the first.
fn init(bin: &Path, data: &Path, user: Option<(u32, u32)>) -> io::Result<()> {
    let Some(shared) = std::env::var_os("MOTCUA_TEST_INITDB").map(PathBuf::from) else {
        return init_anew(bin, data, user);
    };
    // Of one version: its files are nothing to another's server.
    let made = shared.join(bin.display().to_string().replace('/', "-"));
    let copy = |from: &Path, to: &Path| command(Path::new("cp"), user).arg("-a").args([from, to]).status();
    if made.is_dir() && copy(&made, data)?.success() {
        return Ok(());
    }
    // A copy that broke off.
    let _ = std::fs::remove_dir_all(data);
    init_anew(bin, data, user)?;
    // Two may have made it at once: the second finds the first's folder in its place.
    let mine = shared.join(std::process::id().to_string());
    if copy(data, &mine)?.success() && std::fs::rename(&mine, &made).is_err() {
        std::fs::remove_dir_all(&mine)?;
    }
    Ok(())
}

fn init_anew(bin: &Path, data: &Path, user: Option<(u32, u32)>) -> io::Result<()> {
    let output = command(&bin.join("initdb"), user)
        .arg("-D")
        .arg(data)
        .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("initdb: {}", String::from_utf8_lossy(&output.stderr))))
}

fn guard(dir: &Path, user: Option<(u32, u32)>, server: &[String]) -> io::Result<Child> {
    let mut sh = command(Path::new("/bin/sh"), user);
    sh.args(["-c", GUARD, "guard"]).arg(dir).args(server);
    // A group of its own: Ctrl-C at the terminal is for the tests, the guard cleans up after them.
    sh.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// What the server wrote last, for the message when it did not start.
pub(super) fn server_log(scratch: &Scratch) -> String {
    std::fs::read_to_string(scratch.dir.join("log")).unwrap_or_default()
}
