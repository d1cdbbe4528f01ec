//! The bytes on disk: `DATA/uploads/ab/cd/<sha256>`.

use crate::scanner::Scanner;
use crate::{FILE_BYTES_MAX, ORPHAN_MS, fit, rows};
use base::{Fault, Instant, Problem};
use sha2::{Digest as _, Sha256};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Db;
use web::{App, Uploaded};

/// Read and hashed at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Where files are kept.
#[derive(Clone, Debug)]
pub struct Store {
    dir: PathBuf,
    /// Looks at every file before it is kept, where the installation has one.
    scanner: Option<Arc<Scanner>>,
}

/// Bytes safely on disk, not yet promised to anybody: give it to [`crate::keep`] inside the action's transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// Lower-case hexadecimal.
    pub sha256: String,
    pub size_bytes: i64,
    pub media_type: String,
    /// As handed in, without directories and invisible letters; with another ending when the file was turned into another kind.
    pub name: String,
}

/// What is wrong with a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// There is no file, or it cannot be opened.
    Missing,
    /// Other bytes than those handed in.
    Changed,
}
base::closed_list!(Damage, { Missing => "bytes missing", Changed => "bytes changed" });

impl Store {
    /// Beside the database: `data_dir/uploads`.
    pub fn new(data_dir: impl AsRef<Path>) -> Store {
        Store { dir: data_dir.as_ref().join("uploads"), scanner: None }
    }

    /// That of a running service, with its scanner: the one to hand files in by.
    pub fn of(app: &App) -> Store {
        Store { scanner: app.get::<Scanner>(), ..Store::new(&app.data_dir) }
    }

    /// Asks `scanner` about every file.
    pub fn with(self, scanner: Scanner) -> Store {
        Store { scanner: Some(Arc::new(scanner)), ..self }
    }

    /// Where the bytes of a hash lie.
    pub fn path_of(&self, sha256: &str) -> PathBuf {
        // Only hexadecimal digits make a path, whatever a damaged row may say.
        let safe: String = sha256.chars().filter(char::is_ascii_hexdigit).collect();
        let (a, b) = (safe.get(..2).unwrap_or("00"), safe.get(2..4).unwrap_or("00"));
        self.dir.join(a).join(b).join(&safe)
    }

    /// Takes a file of a form: staged, or why not, at the form's field.
    ///
    /// # Errors
    /// What is no fault of the file: the service is busy, or our own.
    pub async fn take(&self, file: &Uploaded) -> Result<Result<Staged, Vec<Problem>>, Fault> {
        match self.stage(file.path(), &file.name).await {
            Ok(staged) => Ok(Ok(staged)),
            Err(fault) => fit::at_field(fault, &file.field).map(Err),
        }
    }

    /// Takes several files of a form (`upload.files_of("field")`), one after the other: those staged, and every problem of the
    /// others. A handler must not go on while there is any problem.
    ///
    /// # Errors
    /// As [`Store::take`].
    pub async fn take_all<'a>(
        &self,
        files: impl IntoIterator<Item = &'a Uploaded>,
    ) -> Result<(Vec<Staged>, Vec<Problem>), Fault> {
        let (mut staged, mut problems) = (Vec::new(), Vec::new());
        for file in files {
            match self.take(file).await? {
                Ok(one) => staged.push(one),
                Err(more) => problems.extend(more),
            }
        }
        Ok((staged, problems))
    }

    /// Takes a file (an upload's temporary copy) in. Faults: 413 over [`FILE_BYTES_MAX`], 415 for a kind or a content that is not
    /// taken, 422 for an empty file, 503 while too many are being judged.
    pub async fn stage(&self, from: &Path, name: &str) -> Result<Staged, Fault> {
        let size = tokio::fs::metadata(from).await.map_err(Fault::internal)?.len();
        if size > FILE_BYTES_MAX {
            return Err(too_large(name));
        }
        let bytes = tokio::fs::read(from).await.map_err(Fault::internal)?;
        self.stage_bytes(bytes, name).await
    }

    /// The same for bytes in memory.
    pub async fn stage_bytes(&self, bytes: Vec<u8>, name: &str) -> Result<Staged, Fault> {
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(too_large(name));
        }
        let (this, name) = (self.clone(), web::upload::plain_name(name));
        // Judging, hashing and fsync take their time: off the threads that answer requests.
        tokio::task::spawn_blocking(move || this.put(bytes, &name)).await.map_err(Fault::internal)?
    }

    /// Reads the bytes of a hash through and compares hash and size; `None` when they are as handed in. It takes the time
    /// it takes on the calling thread: for verification from the command line, not for a request.
    pub fn damage(&self, sha256: &str, size_bytes: i64) -> Option<Damage> {
        let Ok(mut open) = std::fs::File::open(self.path_of(sha256)) else { return Some(Damage::Missing) };
        let mut hasher = Sha256::new();
        let (mut chunk, mut size) = (vec![0; CHUNK_BYTES], 0_i64);
        loop {
            match open.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => {
                    hasher.update(&chunk[..n]);
                    size += n as i64;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return Some(Damage::Missing),
            }
        }
        (size != size_bytes || hex(&hasher.finalize()) != sha256).then_some(Damage::Changed)
    }

    fn put(&self, bytes: Vec<u8>, name: &str) -> Result<Staged, Fault> {
        if let Some(scanner) = self.scanner.as_ref().filter(|_| !bytes.is_empty()) {
            scanner.look(&bytes, name)?;
        }
        let (judged, instead) = sheets::judge_apart(&bytes, name).map_err(|unfit| fit::fault(unfit, name))?;
        let bytes = instead.unwrap_or(bytes);
        let sha256 = hex(&Sha256::digest(&bytes));
        let path = self.path_of(&sha256);
        self.write(&path, &bytes).map_err(Fault::internal)?;
        let size_bytes = i64::try_from(bytes.len()).map_err(Fault::internal)?;
        Ok(Staged { sha256, size_bytes, media_type: judged.kind.media_type().to_owned(), name: judged.name })
    }

    /// Written whole under another name, made durable, then renamed; the directories are made durable too. Bytes that
    /// are there already are written again, which also renews their age for the sweep.
    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let directory = path.parent().unwrap_or(&self.dir);
        std::fs::create_dir_all(directory)?;
        let mut temporary = tempfile::NamedTempFile::new_in(&self.dir)?;
        temporary.write_all(bytes)?;
        temporary.as_file().sync_all()?;
        temporary.persist(path).map_err(|e| e.error)?;
        let mut level = Some(directory);
        while let Some(this) = level.filter(|d| d.starts_with(&self.dir)) {
            sync_directory(this)?;
            level = this.parent();
        }
        Ok(())
    }

    /// Removes bytes that no row names and that are older than [`ORPHAN_MS`] at `now`, and forgotten temporary files.
    /// Returns how many.
    pub async fn sweep(&self, db: &Db, now: Instant) -> Result<u64, Fault> {
        let this = self.clone();
        let old = tokio::task::spawn_blocking(move || this.older_than(now.plus_ms(-ORPHAN_MS)))
            .await
            .map_err(Fault::internal)?
            .map_err(Fault::internal)?;
        let mut removed = 0;
        for path in old {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let is_hash = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
            let kept = is_hash && db.read(move |tx| Box::pin(async move { rows::is_kept(tx, &name).await })).await?;
            if !kept && tokio::fs::remove_file(&path).await.is_ok() {
                removed += 1;
            }
        }
        tracing::info!(removed, "swept files without an owner");
        Ok(removed)
    }

    /// Every file under the directory last written before the moment.
    fn older_than(&self, before: Instant) -> std::io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut open = vec![self.dir.clone()];
        while let Some(directory) = open.pop() {
            let entries = match std::fs::read_dir(&directory) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for entry in entries {
                let entry = entry?;
                let about = entry.metadata()?;
                if about.is_dir() {
                    open.push(entry.path());
                } else if about.is_file() && written_at(&about)? < before {
                    found.push(entry.path());
                }
            }
        }
        Ok(found)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn written_at(about: &std::fs::Metadata) -> std::io::Result<Instant> {
    let since = about.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(Instant(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}

/// A rename is only durable once its directory is. Windows has no such call and needs none.
fn sync_directory(directory: &Path) -> std::io::Result<()> {
    if cfg!(unix) { std::fs::File::open(directory)?.sync_all() } else { Ok(()) }
}

fn too_large(name: &str) -> Fault {
    let megabytes = FILE_BYTES_MAX / 1024 / 1024;
    Fault::TooLarge(Problem::new("files-too-large").arg("name", name).arg("megabytes", megabytes))
}
