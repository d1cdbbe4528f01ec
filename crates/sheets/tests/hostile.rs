//! Files built to harm, made here byte by byte. Each ends in a clear refusal, within the memory and the time of the reading
//! process, and the process that asked is none the worse.

#![allow(clippy::unwrap_used)]

mod made;

use sheets::paper::Unfit;
use sheets::{Refusal, judge_apart, read_apart};
use std::time::{Duration, Instant};

sandbox::test_entry!();

/// What a person waits at most, with room for a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(sandbox::WALL_SECONDS_MAX + 20);

fn rule(bytes: &[u8], name: &str) -> &'static str {
    let begun = Instant::now();
    let refusal = read_apart(bytes, Some(name)).err().map_or("read", |refusal| refusal.rule());
    assert!(begun.elapsed() < PATIENCE, "{name} took {:?}", begun.elapsed());
    refusal
}

#[test]
fn a_form_that_draws_itself_is_refused_as_endless() {
    assert_eq!(rule(&made::form_that_draws_itself(), "ve.pdf"), "nesting");
}

#[test]
fn forms_that_draw_each_other_many_times_are_stopped() {
    let rule = rule(&made::forms_that_multiply(12, 12), "nhan.pdf");
    assert!(["seconds", "memory"].contains(&rule), "{rule}");
}

#[test]
fn streams_of_a_million_operators_are_stopped() {
    let bytes = made::operators(4, 1_500_000);
    assert!(bytes.len() < 300_000, "{}", bytes.len());
    let rule = rule(&bytes, "lenh.pdf");
    assert!(["seconds", "memory", "text_bytes"].contains(&rule), "{rule}");
}

#[test]
fn a_tree_of_pages_that_bites_its_tail_and_a_stream_cut_short_are_refused() {
    for (bytes, name) in [
        (made::pages_in_a_circle(), "vong.pdf"),
        (made::one_page(b"BT /F1 12 Tf (Toi thieu 80% ho so) Tj ET")[..330].to_vec(), "cut.pdf"),
    ] {
        let rule = rule(&bytes, name);
        assert!(["broken", "text_layer", "nesting", "memory", "seconds"].contains(&rule), "{name}: {rule}");
    }
}

#[test]
fn packages_that_unpack_without_end_or_nest_without_end_are_refused() {
    let bomb = made::package(&[("word/document.xml", &vec![b' '; 140 * 1024 * 1024])]);
    assert!(bomb.len() < 1024 * 1024);
    let rule_of_bomb = rule(&bomb, "bom.docx");
    assert!(["unpacked_bytes", "memory"].contains(&rule_of_bomb), "{rule_of_bomb}");
    let deep = [b"<w:document>".to_vec(), b"<w:p>".repeat(200_000)].concat();
    assert_eq!(rule(&made::package(&[("word/document.xml", &deep)]), "sau.docx"), "xml_depth");
    let names: Vec<String> = (0..30_000).map(|n| format!("xl/worksheets/sheet{n}.xml")).collect();
    let sheets: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"<x/>".as_slice())).collect();
    assert_eq!(rule(&made::package(&sheets), "to.xlsx"), "entries");
    assert!(matches!(judge_apart(&made::package(&sheets), "to.xlsx"), Err(Unfit::Kind { .. })));
}

#[test]
fn a_text_of_nothing_but_marks_is_read_or_refused_in_time() {
    let pieces = ["|", "1.", "- ", "khoản 1, ", "80% ", "(", "\u{301}", "ngày 1/1/2021 ", "a\n\n"];
    for piece in pieces {
        let text = piece.repeat(3 * 1024 * 1024 / piece.len());
        let begun = Instant::now();
        let _ = read_apart(text.as_bytes(), Some("a.txt"));
        assert!(begun.elapsed() < PATIENCE, "{piece:?} took {:?}", begun.elapsed());
    }
}

#[test]
fn a_picture_that_promises_endless_points_is_refused() {
    let png = made::png_head(60_000, 60_000);
    assert!(matches!(judge_apart(&png, "to.png"), Err(Unfit::Pixels { .. })));
    let jpeg = made::jpeg_head(65_000, 65_000);
    let refused = judge_apart(&jpeg, "to.jpg").unwrap_err();
    assert!(matches!(refused, Unfit::Pixels { .. } | Unfit::Broken), "{refused:?}");
}

#[test]
fn a_paper_that_hides_its_objects_behind_endless_packing_is_refused() {
    let bytes = made::object_stream(&vec![b' '; 100 * 1024 * 1024]);
    assert_eq!(judge_apart(&bytes, "a.pdf"), Err(Unfit::Active { found: "ObjStm".to_owned() }));
}

#[test]
fn what_follows_a_hostile_file_is_read_as_ever() {
    assert_eq!(read_apart(&made::form_that_draws_itself(), Some("a.pdf")), Err(Refusal::Endless));
    let read = read_apart(&made::one_page(b"BT /F1 12 Tf 72 720 Td (Toi thieu 80% ho so truc tuyen) Tj ET"), None);
    assert!(read.unwrap().text.contains("80% ho so"));
}
