//! Every parser of bytes from outside on thousands of changed seeds: the entry functions and the corpus of `fuzz/`, without its
//! compiler. The changes come from a die with a fixed number, so each run tries the same inputs as far as its time goes.

use std::io::{Cursor, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use sheets::Refusal;

/// For one target; all of them together stay under a minute.
const TIME: Duration = Duration::from_secs(6);
/// Inputs of one target, when time allows.
const INPUTS: usize = 4_000;
/// Changed seeds tried however slow the machine is.
const AT_LEAST: usize = 20;
/// Longest input, in bytes.
const INPUT_BYTES_MAX: usize = 64 * 1024;

/// Always throws the same (xorshift64*).
struct Die(u64);

impl Die {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides.max(1)
    }
}

/// The seeds of a target, in the order of their names.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("a corpus").map(|file| file.expect("a file").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{target} has no seed");
    files.iter().map(|file| std::fs::read(file).expect("a seed")).collect()
}

/// One seed changed a few times; `words` are pieces that mean something to the parser.
fn changed(seeds: &[Vec<u8>], words: &[&[u8]], die: &mut Die) -> Vec<u8> {
    let mut bytes = seeds[die.throw(seeds.len())].clone();
    for _ in 0..=die.throw(6) {
        let at = die.throw(bytes.len() + 1);
        let to = (at + die.throw(40)).min(bytes.len());
        match die.throw(8) {
            0 => drop(bytes.drain(at..to)),
            1 => bytes.truncate(at.max(bytes.len() / 2)),
            2 => {
                let piece = bytes[at..to].to_vec();
                let again = piece.repeat(1 + die.throw(60));
                bytes.splice(at..at, again);
            }
            3 => {
                let other = &seeds[die.throw(seeds.len())];
                let from = die.throw(other.len() + 1);
                bytes.splice(at..at, other[from..(from + 200).min(other.len())].iter().copied());
            }
            4 if at < bytes.len() => bytes[at] ^= 1 << die.throw(8),
            5 if at < bytes.len() => bytes[at] = die.throw(256) as u8,
            _ => {
                let word = words[die.throw(words.len())];
                bytes.splice(at..to, word.iter().copied());
            }
        }
        bytes.truncate(INPUT_BYTES_MAX);
    }
    bytes
}

/// Gives the target its seeds and then changed ones; a panic names the input it came from.
fn try_all(target: &str, words: &[&[u8]], mut read: impl FnMut(&[u8])) {
    let (seeds, begun, mut die) = (seeds(target), Instant::now(), Die(0x6d6f_7463_7561_0001));
    let mut tried = 0;
    while tried < INPUTS && (tried < seeds.len() + AT_LEAST || begun.elapsed() < TIME) {
        let bytes = seeds.get(tried).cloned().unwrap_or_else(|| changed(&seeds, words, &mut die));
        if catch_unwind(AssertUnwindSafe(|| read(&bytes))).is_err() {
            let shown: String =
                bytes.iter().flat_map(|byte| std::ascii::escape_default(*byte)).map(char::from).collect();
            panic!("{target} broke on input {tried}: {shown}");
        }
        tried += 1;
    }
}

#[test]
fn word_packages_never_break_their_reader() {
    let words: [&[u8]; 10] = [
        b"<w:tbl>",
        b"</w:tbl>",
        b"<w:tr><w:tc>",
        b"<w:vMerge/>",
        b"<w:gridSpan w:val=\"9\"/>",
        b"<w:gridSpan w:val=\"-1\"/>",
        b"<w:del>",
        b"&#x0;",
        b"<!DOCTYPE x>",
        b"<w:t>",
    ];
    let mut inner = Die(7);
    try_all("docx", &words, |bytes| {
        let _ = sheets::read_document(bytes, Some("a.docx"));
        let _ = sheets::paper::judge(bytes, "a.docx");
        // Changes of a packed body rarely get through its checksum: the same for the body itself.
        if let Some(body) = body_of(bytes) {
            let body = changed(&[body], &words, &mut inner);
            let _ = sheets::read_document(&package("word/document.xml", &body), Some("a.docx"));
        }
    });
}

/// The main part of a package that is whole.
fn body_of(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let n = (0..package.len()).find(|n| {
        package.name_for_index(*n).is_some_and(|name| name.is_ok_and(|name| name.starts_with("word/document")))
    })?;
    let mut body = Vec::new();
    package.by_index(n).ok()?.take(INPUT_BYTES_MAX as u64).read_to_end(&mut body).ok()?;
    Some(body)
}

fn package(name: &str, content: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
    zip.write_all(content).expect("a part");
    zip.finish().expect("a package").into_inner()
}

const PDF_WORDS: [&[u8]; 10] = [
    b"3 0 R",
    b"/Kids [2 0 R]",
    b"/X Do ",
    b"<<",
    b"[",
    b"stream\n",
    b"endstream",
    b"/Filter [/FlateDecode /FlateDecode]",
    b"/Length 99999999999999999999",
    b"(\\377\\",
];

#[test]
fn pdf_breaks_at_most_the_process_that_reads_it() {
    try_all("pdf", &PDF_WORDS, |bytes| {
        if let Err(refusal) = sheets::read_apart(bytes, Some("a.pdf")) {
            assert!(!matches!(refusal, Refusal::NotStarted | Refusal::Busy), "{refusal}");
        }
    });
}

#[test]
fn papers_never_break_their_judge_and_what_is_kept_instead_is_fine() {
    let words: [&[u8]; 8] = [
        b"\xFF\xD8\xFF",
        b"IHDR",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"/J#61vaScript",
        b"/ObjStm",
        b"\xff\xff\xff\xff",
        b"\0",
    ];
    try_all("paper", &words, |bytes| {
        for name in ["a.pdf", "a.jpg", "a.png", "a.docx", "a.xlsx"] {
            if let Ok((judged, Some(instead))) = sheets::paper::judge(bytes, name) {
                assert!(sheets::paper::judge(&instead, &judged.name).is_ok_and(|(_, again)| again.is_none()));
            }
        }
    });
}

/// Counts what an import would make of the bytes.
fn rehearse(folder: &Path, name: &str, bytes: &[u8]) {
    let file = folder.join(name);
    std::fs::write(&file, bytes).expect("a file");
    // A file that is no catalogue at all is refused as a whole.
    let _ = catalogue::rehearse(&file);
}

#[test]
fn tables_and_records_never_break_the_import() {
    let folder = tempfile::tempdir().expect("a folder");
    let table: [&[u8]; 7] = [b"\"", b",", b"\r\n", b";", b"\xEF\xBB\xBF", b"|", b"-99999999999999999999 Ng\xC3\xA0y"];
    try_all("csv", &table, |bytes| rehearse(folder.path(), "a.csv", bytes));
    let records: [&[u8]; 8] =
        [b"{", b"}", b"null", b"\"\\ud800\"", b"1e999", b"-1", b"[[[[", b"\"time_value\":-9223372036854775808,"];
    try_all("jsonl", &records, |bytes| rehearse(folder.path(), "a.jsonl", bytes));
}

#[test]
fn forms_with_files_never_break_their_reader_and_hold_no_empty_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let words: [&[u8]; 8] = [
        b"\r\n--x\r\n",
        b"--x--",
        b"; filename=\"\"",
        b"; filename=\"../../a.pdf\"",
        b"; name=\"_csrf\"",
        b"\0",
        b"Content-Disposition: form-data",
        b"\xFF\xFE",
    ];
    try_all("multipart", &words, |bytes| {
        let read = web::upload::read_bytes("multipart/form-data; boundary=x", bytes.to_vec(), folder.path());
        if let Ok(read) = runtime.block_on(read) {
            for file in &read.upload.files {
                assert!(
                    file.size_bytes > 0 && !file.name.is_empty() && !file.name.contains(['/', '\\']),
                    "{}",
                    file.name
                );
            }
        }
    });
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0, "files of forms are left behind");
}

#[test]
fn any_text_is_read_as_a_plan_with_quotes_that_stand_in_it() {
    let words: [&[u8]; 10] = [
        "80%".as_bytes(),
        "≥85%".as_bytes(),
        "khoản 1, 2, 3 Điều 5".as_bytes(),
        "| ".as_bytes(),
        "\n\n".as_bytes(),
        "a)".as_bytes(),
        "năm 2030".as_bytes(),
        "\u{301}".as_bytes(),
        "\u{202e}".as_bytes(),
        "9".as_bytes(),
    ];
    try_all("plan_text", &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let (plan, left_out) = planreader::explain_plan(&text);
        let at = |offset: usize, quote: &str| text.chars().skip(offset).take(quote.chars().count()).eq(quote.chars());
        assert!(plan.targets.iter().all(|target| at(target.offset, &target.quote)));
        assert!(plan.tasks.iter().all(|task| at(task.offset, &task.quote)));
        assert!(plan.reports.iter().all(|report| at(report.offset, &report.quote)));
        assert!(left_out.iter().all(|left| at(left.offset, &left.quote)));
    });
}

#[test]
fn diagrams_never_break_their_reader_and_come_back_as_they_were_read() {
    let words: [&[u8]; 12] = [
        b"<bpmn:task id=\"a\"/>",
        b"<bpmn:parallelGateway id=\"check\">",
        b"gatewayDirection=\"Diverging\"",
        b"<bpmn:sequenceFlow id=\"x\" sourceRef=\"check\" targetRef=\"sign\"/>",
        b"<motcua:step role=\"a&#9;b\" <=\"\"/>",
        b"<bpmn:extensionElements>",
        b"<bpmn:lane><bpmn:flowNodeRef>check</bpmn:flowNodeRef></bpmn:lane>",
        b"_x0041_",
        b"&#1;",
        b"-1e9",
        b"<!DOCTYPE x>",
        b"<![CDATA[",
    ];
    try_all("bpmn", &words, bpmn::testing::holds);
}
