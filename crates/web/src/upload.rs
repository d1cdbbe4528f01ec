//! Forms with files. Each file is written to a temporary file as it arrives, never held in memory whole.

use crate::app::App;
use crate::cleaning;
use crate::ctx::Ctx;
use crate::days;
use crate::failure::Failure;
use crate::form::{FormMap, check_token};
use crate::limits::{FORM_BYTES_MAX, FORM_FIELDS_MAX, UPLOAD_BYTES_MAX, UPLOAD_FILES_MAX, UPLOAD_REQUEST_BYTES_MAX};
use crate::params::IDEMPOTENCY_KEY;
use crate::{kept, once};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use base::{Fault, Problem};
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt as _;

/// The fields and files of a multipart form, its `_csrf` token checked.
pub struct Upload {
    pub fields: FormMap,
    pub files: Vec<Uploaded>,
}

/// One file as it came in. Its temporary copy goes away with this value unless somebody moves it.
pub struct Uploaded {
    /// Name of the form's field.
    pub field: String,
    /// File name as the visitor's computer gave it, without directories.
    pub name: String,
    pub size_bytes: u64,
    file: tempfile::TempPath,
}

impl Uploaded {
    /// Where the bytes are until this value goes away.
    pub fn path(&self) -> &Path {
        &self.file
    }
}

impl Upload {
    /// The files of one field, in the order they were chosen; none of them is empty.
    pub fn files_of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a Uploaded> + 'a {
        self.files.iter().filter(move |f| f.field == field)
    }
}

impl FromRequest<App> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let PatientUpload { upload, refused } = PatientUpload::from_request(request, app).await?;
        match refused.into_iter().next() {
            None => Ok(upload),
            Some(problem) if problem.code == TOO_LARGE => Err(Fault::TooLarge(problem).into()),
            Some(problem) => Err(Fault::invalid(problem).into()),
        }
    }
}

/// A file of no bytes: a scan that went wrong, never "no file".
const EMPTY: &str = "web-upload-empty";
/// Bytes whose name was not sent.
const NAMELESS: &str = "web-upload-nameless";

/// An [`Upload`] for a form somebody has typed in: a file that is too large or empty is read to its end, left out and named, so
/// that the form can be shown again with everything else in it.
pub struct PatientUpload {
    pub upload: Upload,
    /// One problem for each file left out and for each text that cannot be kept, at its field. A handler must not go on while
    /// there is any.
    pub refused: Vec<Problem>,
}

impl FromRequest<App> for PatientUpload {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let headers = request.headers().clone();
        let announced: Option<u64> =
            headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
        // The parts' own heads need a little room beside the files.
        if announced.is_some_and(|bytes| bytes > UPLOAD_REQUEST_BYTES_MAX + FORM_BYTES_MAX as u64) {
            return Err(Fault::TooLarge(too_large(UPLOAD_REQUEST_BYTES_MAX)).into());
        }
        let ctx = request.extensions().get::<Ctx>().cloned();
        let mut multipart = Multipart::from_request(request, app)
            .await
            .map_err(|_| Fault::UnsupportedType(Problem::new("web-upload-expected")))?;
        let directory = stage_directory(app).await?;
        let check = |token: Option<&str>| check_token(ctx.as_ref(), &headers, token);
        match read_parts(&mut multipart, &directory, check).await {
            Ok((read, once)) => {
                if let Some(ctx) = &ctx {
                    let words = read.upload.fields.0.iter();
                    let words =
                        words.flat_map(|(name, values)| values.iter().map(move |v| (name.as_str(), v.as_str())));
                    ctx.typed.note(words, !read.upload.files.is_empty());
                }
                begin_once(ctx.as_ref(), &headers, once, &read.upload).await?;
                Ok(read)
            }
            Err(Stop::Fault(fault)) => Err(fault.into()),
            Err(Stop::Token { fault, fields, token }) => {
                keep_words(ctx.as_ref(), &headers, fields, token, multipart).await;
                Err(fault.into())
            }
        }
    }
}

/// Why the reading of a form ended before its end.
enum Stop {
    Fault(Fault),
    /// The token is of another session: what stood before it, so that the words can be kept.
    Token {
        fault: Fault,
        fields: FormMap,
        token: String,
    },
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// Reads the bytes of a form as a handler would, for whoever tries the reader with any bytes; there is no session to check. The
/// files lie in `directory` while the answer lives.
///
/// # Errors
/// As [`PatientUpload`].
pub async fn read_bytes(content_type: &str, body: Vec<u8>, directory: &Path) -> Result<PatientUpload, Fault> {
    let request = Request::builder().header(header::CONTENT_TYPE, content_type).body(axum::body::Body::from(body));
    let request = request.map_err(|_| Fault::invalid(Problem::new("web-form-unreadable")))?;
    let expected = |_| Fault::UnsupportedType(Problem::new("web-upload-expected"));
    let mut multipart = Multipart::from_request(request, &()).await.map_err(expected)?;
    match read_parts(&mut multipart, directory, |_| Ok(())).await {
        Ok((read, _)) => Ok(read),
        Err(Stop::Fault(fault) | Stop::Token { fault, .. }) => Err(fault),
    }
}

/// The form, and its mark of once, which is looked at when everything else is known.
async fn read_parts(
    multipart: &mut Multipart,
    directory: &Path,
    check: impl Fn(Option<&str>) -> Result<(), Fault>,
) -> Result<(PatientUpload, Option<String>), Stop> {
    let mut upload = Upload { fields: FormMap::default(), files: Vec::new() };
    let mut refused = Vec::new();
    let mut sum_bytes = 0;
    let mut field_bytes = 0;
    let mut checked = false;
    let mut once = None;
    while let Some(mut part) = multipart.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(plain_name) {
            None => {
                let value = text(&mut part, &mut field_bytes).await?;
                if name == "_csrf" {
                    if let Err(fault) = check(Some(&value)) {
                        return Err(Stop::Token { fault, fields: upload.fields, token: value });
                    }
                    checked = true;
                } else if name == "_once" {
                    once = Some(value);
                } else {
                    let value = cleaning::value(&name, &value).unwrap_or_else(|problem| {
                        refused.push(problem);
                        cleaning::soft(&name, &value)
                    });
                    upload.fields.0.entry(name).or_default().push(value);
                }
                if upload.fields.0.len() > FORM_FIELDS_MAX {
                    let problem = Problem::new("web-form-too-many-fields").arg("max", FORM_FIELDS_MAX.to_string());
                    return Err(Fault::TooLarge(problem).into());
                }
            }
            // A file input left empty is sent as a nameless empty file; bytes without a name are never dropped unsaid.
            Some(file_name) if file_name.is_empty() => {
                let mut any = false;
                while let Some(chunk) = part.chunk().await.map_err(broken)? {
                    any |= !chunk.is_empty();
                }
                if any {
                    refused.push(Problem::new(NAMELESS).field(name));
                }
            }
            Some(file_name) => {
                // Not one byte is kept for a form whose token has not been seen: it stands first in our forms.
                if !checked {
                    check(None)?;
                }
                if upload.files.len() >= UPLOAD_FILES_MAX {
                    let problem = Problem::new("web-upload-too-many").field(name);
                    return Err(Fault::TooLarge(problem.arg("max", UPLOAD_FILES_MAX.to_string())).into());
                }
                match spool(&mut part, directory, &mut sum_bytes).await? {
                    Some((_, 0)) => refused.push(Problem::new(EMPTY).field(name).arg("name", file_name)),
                    Some((file, size_bytes)) => {
                        upload.files.push(Uploaded { field: name, name: file_name, size_bytes, file });
                    }
                    None => refused.push(too_large(UPLOAD_BYTES_MAX).field(name)),
                }
            }
        }
    }
    if !checked {
        check(None)?;
    }
    for field in upload.fields.0.remove(days::MARK).unwrap_or_default() {
        for value in upload.fields.0.get_mut(&field).into_iter().flatten() {
            *value = days::iso_day(value);
        }
    }
    Ok((PatientUpload { upload, refused }, once))
}

/// The same words and the same files, sent again, are the same form.
async fn begin_once(
    ctx: Option<&Ctx>,
    headers: &HeaderMap,
    key: Option<String>,
    upload: &Upload,
) -> Result<(), Failure> {
    if key.is_none() && !headers.contains_key(IDEMPOTENCY_KEY.name) {
        return Ok(());
    }
    let mut names: Vec<_> = upload.fields.0.iter().collect();
    names.sort();
    let pairs = names.iter().flat_map(|(name, values)| values.iter().map(move |v| (name.as_str(), v.as_str())));
    let Some(mut said) = once::said_in(pairs) else { return Ok(()) };
    for file in &upload.files {
        let bytes = tokio::fs::read(file.path()).await.map_err(Fault::internal)?;
        [file.field.as_bytes(), file.name.as_bytes(), &bytes].iter().for_each(|piece| said.add(piece));
    }
    once::begin(ctx, headers, key.as_deref(), Some(said)).await
}

/// The form came from a page of an earlier session: the words of the same person go back into it.
async fn keep_words(ctx: Option<&Ctx>, headers: &HeaderMap, before: FormMap, token: String, rest: Multipart) {
    let Some(ctx) = ctx.filter(|ctx| ctx.actor.is_some()) else { return };
    let Some((mut pairs, had_files)) = kept::words_of(rest).await else { return };
    pairs.push(("_csrf".to_owned(), token));
    pairs.extend(before.0.into_iter().flat_map(|(name, values)| values.into_iter().map(move |v| (name.clone(), v))));
    kept::keep(ctx, headers, &pairs, had_files).await;
}

/// Beside the uploads, so that keeping a file is a rename.
async fn stage_directory(app: &App) -> Result<PathBuf, Fault> {
    let directory = app.data_dir.join("uploads").join("stage");
    tokio::fs::create_dir_all(&directory).await.map_err(Fault::internal)?;
    Ok(directory)
}

async fn text(part: &mut Field<'_>, sum: &mut usize) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        *sum += chunk.len();
        if *sum > FORM_BYTES_MAX {
            return Err(Fault::TooLarge(
                Problem::new("web-body-too-large").arg("kilobytes", (FORM_BYTES_MAX / 1024).to_string()),
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Fault::invalid(Problem::new("web-form-unreadable")))
}

/// The file and its size; nothing when it is larger than one file may be. It is read to its end all the same, within what a
/// request may send: a browser that is still sending does not look at an answer.
async fn spool(
    part: &mut Field<'_>,
    directory: &Path,
    sum_bytes: &mut u64,
) -> Result<Option<(tempfile::TempPath, u64)>, Fault> {
    let (file, path) = tempfile::NamedTempFile::new_in(directory).map_err(Fault::internal)?.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut size_bytes = 0;
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        size_bytes += chunk.len() as u64;
        *sum_bytes += chunk.len() as u64;
        if *sum_bytes > UPLOAD_REQUEST_BYTES_MAX {
            return Err(Fault::TooLarge(too_large(UPLOAD_REQUEST_BYTES_MAX)));
        }
        if size_bytes > UPLOAD_BYTES_MAX {
            continue;
        }
        file.write_all(&chunk).await.map_err(Fault::internal)?;
    }
    file.flush().await.map_err(Fault::internal)?;
    Ok((size_bytes <= UPLOAD_BYTES_MAX).then_some((path, size_bytes)))
}

const TOO_LARGE: &str = "web-upload-too-large";

fn too_large(bytes: u64) -> Problem {
    Problem::new(TOO_LARGE).arg("megabytes", (bytes / 1024 / 1024).to_string())
}

fn broken(_: MultipartError) -> Fault {
    Fault::invalid(Problem::new("web-body-broken-off"))
}

/// Longest file name kept, in letters.
const NAME_LETTERS_MAX: usize = 200;
/// Longest ending that a name keeps when it is shortened, in letters with the dot: `.markdown`.
const ENDING_LETTERS_MAX: usize = 10;

/// A file name as it is kept and shown: its last part, without letters that are not seen or that turn others round (an override
/// makes `fdp.exe` out of `exe.pdf`), without dots and blanks at its end, and shortened before its ending.
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|c| !c.is_control()).collect();
    let seen = base::clean::soft_line(&seen);
    let seen = seen.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    if seen.is_empty() && !name.is_empty() {
        return "file".to_owned();
    }
    let letters = seen.chars().count();
    if letters <= NAME_LETTERS_MAX {
        return seen.to_owned();
    }
    let at = seen.rfind('.').filter(|at| seen[*at..].chars().count() <= ENDING_LETTERS_MAX);
    let (stem, ending) = seen.split_at(at.unwrap_or(seen.len()));
    let stem: String = stem.chars().take(NAME_LETTERS_MAX - ending.chars().count()).collect();
    format!("{}{ending}", stem.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_keeps_no_directory() {
        assert_eq!(plain_name("C:\\Users\\Lan\\giấy.pdf"), "giấy.pdf");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("a\r\nb.pdf"), "ab.pdf");
        assert_eq!(plain_name("giay\u{202e}fdp.exe\u{200b}"), "giayfdp.exe");
        assert_eq!(plain_name(&"x".repeat(500)).len(), 200);
    }

    #[test]
    fn a_long_file_name_is_shortened_before_its_ending() {
        let name = plain_name(&format!("{}.pdf", "giấy ".repeat(60)));
        assert!(name.chars().count() == 200 && name.ends_with(" g.pdf"), "{name}");
        assert_eq!(plain_name(&format!("{}.pdf", "a".repeat(205))), format!("{}.pdf", "a".repeat(196)));
        assert_eq!(plain_name(&format!("a.{}", "b".repeat(300))).chars().count(), 200);
    }

    #[test]
    fn a_file_name_shows_all_its_letters_in_their_order() {
        assert_eq!(plain_name("gi\u{202e}fdp.exe"), "gifdp.exe");
        assert_eq!(plain_name("\u{feff}gi\u{200b}ấy\u{2066}.pdf. . "), "giấy.pdf");
        assert_eq!(plain_name("\u{200b}\u{200f}"), "file");
        assert_eq!(plain_name(""), "");
    }
}
