//! The press: what all printing shares, and printing itself.

use crate::letters::Letters;
use crate::sheet::{DATA_BYTES_MAX, Sheet};
use crate::template::Template;
use crate::world::{Job, id};
use base::Fault;
use serde::Serialize;
use std::fmt;
use std::sync::LazyLock;
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::sync::Semaphore;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Smart};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// Longest document, in pages: a register of two thousand rows has about two hundred.
pub const PAGES_MAX: usize = 500;
/// How long a request waits for its turn before it is told to come again.
const WAIT: Duration = Duration::from_secs(10);
/// Printings after which what was remembered of a printing is forgotten. What all share is asked for by each and stays.
const REMEMBERED: usize = 2;
/// Vietnam is ahead of UTC by so many minutes, all year.
const AHEAD_MIN: i32 = 420;

const FACES: [&[u8]; 4] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/Tinos_400Regular.ttf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/Tinos_400Regular_Italic.ttf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/Tinos_700Bold.ttf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/Tinos_700Bold_Italic.ttf")),
];

/// What all printing shares.
pub(crate) struct Press {
    pub(crate) library: LazyHash<Library>,
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
    pub(crate) look: Source,
    pub(crate) data: FileId,
    standards: PdfStandards,
}

/// Built when the first form is printed.
static PRESS: LazyLock<Result<Press, String>> = LazyLock::new(Press::set_up);
/// Printing takes a processor for as long as it lasts; half of them stay for everybody else.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, |n| n.get() / 2).max(1)));
/// Data above which a paper is long, in bytes: a register takes seconds, and nobody at a counter waits behind it.
const LONG_BYTES: usize = 128 * 1024;
/// Long papers, one at a time.
static LONG: Semaphore = Semaphore::const_new(1);

impl Press {
    fn set_up() -> Result<Press, String> {
        let font = |bytes: &'static [u8]| Font::new(Bytes::new(bytes), 0).ok_or("a face cannot be read".to_owned());
        let fonts = FACES.into_iter().map(font).collect::<Result<Vec<_>, _>>()?;
        let path = |path: &str| id(path).map_err(|error| error.to_string());
        let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]);
        Ok(Press {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            look: Source::new(path("/look.typ")?, include_str!("look/look.typ").to_owned()),
            data: path("/data.json")?,
            standards: standards.map_err(|error| error.message().to_string())?,
        })
    }
}

/// A printed form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdf {
    pub bytes: Vec<u8>,
    pub pages: usize,
    /// What the compiler found fault with, though it printed. None of them is expected: a build for tests fails on any.
    pub warnings: Vec<String>,
}

/// Why a form was not printed. Nobody outside can cause one but by size.
#[derive(Debug)]
pub enum Failed {
    /// The press could not be set up.
    Press(&'static str),
    /// The data is no JSON.
    Data(serde_json::Error),
    /// More data than [`DATA_BYTES_MAX`].
    TooMuch { bytes: usize },
    /// More pages than [`PAGES_MAX`].
    TooLong { pages: usize },
    /// The template is wrong, or does not fit its data.
    Template { name: &'static str, said: Vec<String> },
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Press(why) => write!(f, "nothing can be printed: {why}"),
            Failed::Data(error) => write!(f, "data to be printed: {error}"),
            Failed::TooMuch { bytes } => write!(f, "{bytes} bytes of data to be printed, more than {DATA_BYTES_MAX}"),
            Failed::TooLong { pages } => write!(f, "{pages} printed pages, more than {PAGES_MAX}"),
            Failed::Template { name, said } => write!(f, "form {name}: {}", said.join("; ")),
        }
    }
}

impl std::error::Error for Failed {}

/// What the compiler says and where in which text; never what was printed.
fn said(job: &Job<'_>, diagnostics: &[SourceDiagnostic]) -> Vec<String> {
    let line = |one: &SourceDiagnostic| {
        let at = job.range(one.span).map(|range| {
            let before = job.main.text().get(..range.start).unwrap_or_default();
            format!(" (near line {})", before.lines().count().max(1))
        });
        format!("{}{}", one.message, at.unwrap_or_default())
    };
    diagnostics.iter().map(line).collect()
}

/// Prints a form, here and now. Takes a processor for some milliseconds a page; requests go through [`print`].
///
/// # Errors
/// See [`Failed`]. A build with debug assertions takes a warning of the compiler for an error.
pub fn render<T: Serialize>(template: Template, sheet: Sheet<'_, T>) -> Result<Pdf, Failed> {
    let press = press()?;
    run(press, template, sheet.subject, sheet.at, data(press, sheet)?)
}

fn press() -> Result<&'static Press, Failed> {
    PRESS.as_ref().map_err(|why| Failed::Press(why))
}

fn data<T: Serialize>(press: &Press, sheet: Sheet<'_, T>) -> Result<Vec<u8>, Failed> {
    let data = sheet.json(&Letters(&press.fonts)).map_err(Failed::Data)?;
    if data.len() > DATA_BYTES_MAX { Err(Failed::TooMuch { bytes: data.len() }) } else { Ok(data) }
}

fn run(press: &Press, template: Template, subject: &str, at: base::Instant, data: Vec<u8>) -> Result<Pdf, Failed> {
    let main = id(&format!("/forms/{}.typ", template.name)).map_err(|_| Failed::Press("a form without a name"))?;
    let local = at.local();
    let part = |n: i8| u8::try_from(n).unwrap_or_default();
    let (month, of_month) = (part(local.month()), part(local.day()));
    let year = i32::from(local.year());
    let moment =
        Datetime::from_ymd_hms(year, month, of_month, part(local.hour()), part(local.minute()), part(local.second()));
    let job = Job {
        press,
        main: Source::new(main, template.source.to_owned()),
        data: Bytes::new(data),
        day: Datetime::from_ymd(year, month, of_month),
    };
    let failed = |said: Vec<String>| Failed::Template { name: template.name, said };
    let Warned { output, warnings } = typst::compile::<PagedDocument>(&job);
    let done = output.map_err(|errors| failed(said(&job, &errors))).and_then(|document| {
        let pages = document.pages().len();
        if pages > PAGES_MAX {
            return Err(Failed::TooLong { pages });
        }
        let options = PdfOptions {
            ident: Smart::Custom(format!("motcua/{}/{subject}", template.name)),
            creator: Smart::Custom(Some("motcua".to_owned())),
            timestamp: moment.and_then(|moment| Timestamp::new_local(moment, AHEAD_MIN)),
            standards: press.standards.clone(),
            ..PdfOptions::default()
        };
        let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| failed(said(&job, &errors)))?;
        Ok(Pdf { bytes, pages, warnings: said(&job, &warnings) })
    });
    // The compiler remembers everything it saw until it is told to forget.
    typst::comemo::evict(REMEMBERED);
    match done {
        Ok(pdf) if cfg!(debug_assertions) && !pdf.warnings.is_empty() => Err(failed(pdf.warnings)),
        done => done,
    }
}

/// Prints a form for a request: on a thread of its own, few at a time, long ones one after the other.
///
/// # Errors
/// `Busy` when too many wait before it; everything else is our own fault ([`Failed`]).
pub async fn print<T: Serialize>(template: Template, sheet: Sheet<'_, T>) -> Result<Pdf, Fault> {
    // The first one sets the press up, some milliseconds of reading the typeface.
    let press = press().map_err(Fault::internal)?;
    let (subject, at) = (sheet.subject.to_owned(), sheet.at);
    let data = data(press, sheet).map_err(Fault::internal)?;
    let turns = if data.len() > LONG_BYTES { &LONG } else { &*TURNS };
    let turn = tokio::time::timeout(WAIT, turns.acquire()).await.map_err(|_| Fault::Busy)?.map_err(Fault::internal)?;
    // Whoever no longer waits does not stop the work: its turn ends with it.
    let work = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        run(press, template, &subject, at, data)
    });
    let pdf = work.await.map_err(Fault::internal)?.map_err(Fault::internal)?;
    for warning in &pdf.warnings {
        tracing::warn!(form = template.name, warning, "printed with a warning");
    }
    Ok(pdf)
}
