//! What holds for every input: quotes stand at their offsets, nothing panics, time grows with length.

use planreader::{explain_plan, read_plan};
use proptest::prelude::*;
use std::time::Instant;

fn at(text: &str, offset: usize, quote: &str) -> String {
    text.chars().skip(offset).take(quote.chars().count()).collect()
}

fn check(text: &str) {
    let (plan, left_out) = explain_plan(text);
    for target in &plan.targets {
        assert_eq!(at(text, target.offset, &target.quote), target.quote);
        assert!((0.0..=1.0).contains(&target.confidence) && !target.reason.is_empty());
    }
    for task in &plan.tasks {
        assert_eq!(at(text, task.offset, &task.quote), task.quote);
    }
    for report in &plan.reports {
        assert_eq!(at(text, report.offset, &report.quote), report.quote);
    }
    for left in &left_out {
        assert_eq!(at(text, left.offset, &left.quote), left.quote);
    }
    assert!(serde_json::to_string(&plan).is_ok());
}

/// Pieces that meet in real texts, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Đến năm 2025",
        "tối thiểu",
        "80%",
        "100 %",
        "hồ sơ",
        "cấp tỉnh",
        "cấp huyện",
        "cấp xã",
        "tương ứng là",
        "30%, 20%, 15%",
        "giảm",
        "tăng",
        "từ",
        "lên",
        "xuống còn",
        "đạt",
        "trong đó",
        "; ",
        ". ",
        ", ",
        "\n",
        "\n- ",
        "\n1. ",
        "\nII. MỤC TIÊU\n",
        "\n|\n",
        "| STT | Nhiệm vụ | Thời gian |\n",
        "STT\n|\nNhiệm vụ\n|\nChủ trì\n|\n",
        "(",
        ")",
        "**",
        "\\",
        "[1]",
        "<br>",
        "<sup>1</sup>",
        "1.2.3",
        "9001:2015",
        "Số: 12/KH-UBND",
        "QUYẾT ĐỊNH",
        "Kính gửi:",
        "V/v",
        "Sở Nội vụ: Chủ trì, phối hợp với",
        "báo cáo UBND tỉnh trước ngày 15/12",
        "nhóm 20 tỉnh",
        "25-35%",
        "5 triệu đồng",
        "đã",
        "hiện nay",
        "mỗi năm",
        "/10.000 dân",
        "\u{301}",
        "e\u{302}\u{301}",
        "🙂",
        "\u{feff}",
        "ß",
        "İ",
        "ﬁ",
        "\0",
    ]);
    prop::collection::vec(words, 0..60).prop_map(|w| w.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_quote_stands_at_its_offset_in_any_mixture(text in pieces()) {
        check(&text);
    }

    #[test]
    fn no_text_at_all_makes_it_panic(text in "\\PC{0,300}") {
        check(&text);
    }

    #[test]
    fn no_bytes_of_control_make_it_panic(text in "[\\x00-\\x7f%|.;:0-9]{0,200}") {
        check(&text);
    }
}

/// Seconds to read a text.
fn seconds(text: &str) -> f64 {
    let start = Instant::now();
    let plan = read_plan(text);
    assert!(plan.targets.len() < usize::MAX);
    start.elapsed().as_secs_f64()
}

/// Ten times the text takes about ten times as long (three times that is allowed for noise).
#[test]
fn time_grows_with_length_and_not_with_its_square() {
    for piece in [
        "đạt 80% và ",
        "từ 1% ",
        "Đến năm 2025, ",
        "(",
        "a ",
        "| 80% ",
        "phối hợp với Sở ",
        "báo cáo ",
        "mỗi năm ",
        "1\n",
        "\n|\n1",
        "tối thiểu ",
        "- x\n",
        "12.",
        "STT\nNhiệm vụ\nChủ trì\n",
    ] {
        let short = piece.repeat(3_000 / piece.len());
        let long = piece.repeat(30_000 / piece.len());
        let first = seconds(&short).max(0.02);
        let second = seconds(&long);
        assert!(second < first * 40.0 + 0.5, "{piece:?}: {first:.3}s then {second:.3}s");
    }
}
