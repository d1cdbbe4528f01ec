//! What comes out of the press, read again by the reader of handed-in papers.

use base::Instant;
use print::{Failed, Pdf, Sheet, Template, render};
use serde_json::{Value, json};

const AT: Instant = Instant(1_795_572_000_000);

const PLAIN: &str =
    "#import \"/look.typ\": *\n#show: sheet\n#heading(level: 1)[BIỂU MẪU]\n#field(\"Họ tên\", d.name)\n#d.more";

fn form(source: &'static str) -> Template {
    Template { name: "trial", source }
}

fn sheet(data: &Value) -> Sheet<'_, Value> {
    Sheet { title: "Biểu mẫu thử", subject: "H13.31-261125-0001", at: AT, data }
}

fn printed(source: &'static str, data: &Value) -> Pdf {
    render(form(source), sheet(data)).unwrap_or_else(|failed| panic!("{failed}"))
}

fn said(pdf: &Pdf) -> String {
    let text = sheets::read_document(&pdf.bytes, Some("trial.pdf")).expect("a PDF with text").text;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(source: &'static str, data: &Value) -> String {
    match render(form(source), sheet(data)) {
        Err(Failed::Template { said, .. }) => said.join("; "),
        other => panic!("not refused: {other:?}"),
    }
}

fn has(pdf: &Pdf, bytes: &str) -> bool {
    pdf.bytes.windows(bytes.len()).any(|window| window == bytes.as_bytes())
}

#[test]
fn every_vietnamese_letter_comes_back_as_it_was() {
    let letters: String =
        ('\u{1EA0}'..='\u{1EF9}').chain("ĂăÂâĐđÊêÔôƠơƯưÀÁÃÈÉÌÍĨÒÓÕÙÚŨÝàáãèéìíĩòóõùúũý₫".chars()).collect();
    let words: Vec<String> =
        letters.chars().collect::<Vec<_>>().chunks(8).map(|chunk| chunk.iter().collect::<String>()).collect();
    let data = json!({ "name": words.join(" "), "more": "Nguyễn Thị Mỹ Ngoặc ở thôn Đường Vỹ, xã Hỏa Tiến" });
    let pdf = printed(PLAIN, &data);
    let text = said(&pdf);
    assert!(text.contains(&words.join(" ")), "{text}");
    assert!(text.contains("Nguyễn Thị Mỹ Ngoặc ở thôn Đường Vỹ, xã Hỏa Tiến"), "{text}");
    assert_eq!((pdf.pages, pdf.warnings.len()), (1, 0));
}

#[test]
fn a_name_of_two_hundred_letters_and_one_without_a_space_stay_on_the_paper() {
    let name = "Nguyễn Phúc Ưng Hoàng Đặng ".repeat(8);
    let run = "Ngoằn".repeat(40);
    let pdf = printed(PLAIN, &json!({ "name": name, "more": run }));
    let text = said(&pdf);
    assert!(text.contains(name.trim_end()), "{text}");
    // Broken into lines and whole when read together.
    assert!(text.replace(' ', "").contains(&run), "{text}");
    assert!(!text.contains(&run), "all of it in one line cannot be on the paper");
}

#[test]
fn what_somebody_typed_is_printed_and_never_obeyed() {
    let typed = r##"#panic("x") *đậm* _nghiêng_ $ x^2 $ ] } #read("/data.json") <label> @ref \u{41} // không // "nháy" `mã` = tựa"##;
    let pdf = printed(PLAIN, &json!({ "name": typed, "more": "#import \"/etc/passwd\": *" }));
    let text = said(&pdf);
    assert!(text.contains(typed) && text.contains("#import \"/etc/passwd\": *"), "{text}");
}

#[test]
fn a_template_sees_nothing_but_the_look_and_its_data() {
    let nothing = json!({ "name": "", "more": "" });
    for source in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../../../etc/hostname\")",
        "#image(\"/logo.png\")",
        "#import \"@preview/cetz:0.3.0\": canvas",
        "#import \"/forms/other.typ\": *",
        "#plugin(\"/x.wasm\")",
    ] {
        refused(source, &nothing);
    }
}

#[test]
fn letters_the_typeface_lacks_stand_as_boxes_and_are_counted() {
    let pdf = printed(
        PLAIN,
        &json!({ "name": "李 Lan 🙂\u{e000}", "more": "\u{f001}Lan\u{202e}\u{200d}\tMai\u{2028}dòng hai" }),
    );
    let text = said(&pdf);
    assert!(text.contains("□ Lan □□") && text.contains("Có 4 chữ không có trong bộ chữ in"), "{text}");
    assert!(text.contains("Lan Mai") && text.contains("dòng hai"), "{text}");
    assert!(!said(&printed(PLAIN, &json!({ "name": "Lan", "more": "" }))).contains("bộ chữ in"));
}

#[test]
fn no_letter_that_anybody_can_type_keeps_a_form_from_being_printed() {
    let ranges = [0x20..0x3000, 0xE000..0x1_0000, 0x1_F300..0x1_F700, 0xE_0000..0xE_0200, 0xF_FF00..0x11_0000];
    let letters: Vec<char> = ranges.into_iter().flatten().filter_map(char::from_u32).collect();
    let words: Vec<String> = letters.chunks(12).map(|word| word.iter().collect()).collect();
    let source =
        "#import \"/look.typ\": *\n#show: sheet\n= Tựa\n#d.all\n#emph(d.all) #strong(d.all) #strong(emph(d.all))";
    let pdf = printed(source, &json!({ "all": words.join(" ") }));
    assert!(pdf.pages > 3, "{}", pdf.pages);
}

#[test]
fn the_same_data_at_the_same_moment_is_the_same_paper() {
    let data = json!({ "name": "Lan", "more": "Mai" });
    let first = printed(PLAIN, &data);
    printed(PLAIN, &json!({ "name": "Khác", "more": "Hẳn" }));
    assert!(printed(PLAIN, &data) == first);
    let later = Sheet { at: AT.plus_ms(60_000), ..sheet(&data) };
    assert!(render(form(PLAIN), later).expect("printed").bytes != first.bytes, "the moment stands in its properties");
}

#[test]
fn the_paper_says_of_itself_what_an_archive_and_a_screen_reader_need() {
    let pdf = printed(PLAIN, &json!({ "name": "Lan", "more": "" }));
    for mark in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "/MarkInfo",
        "/StructTreeRoot",
        "/OutputIntents",
        "/Lang(vi-VN)",
        "/DisplayDocTitle true",
        "Biểu mẫu thử",
    ] {
        assert!(has(&pdf, mark), "`{mark}` is not in the file");
    }
    assert!(!has(&pdf, "/Encrypt") && !has(&pdf, "/JavaScript"));
}

#[test]
fn a_drawing_without_words_is_refused_and_one_with_words_is_drawn() {
    let data = json!({ "qr": print::qr("https://motcua.example/track?code=H13.31-261125-0001") });
    let drawn = printed(
        "#import \"/look.typ\": *\n#show: sheet\n= Tựa\n#qr-image(d.qr, \"Mã QR tra cứu\")\nMột dòng chữ",
        &data,
    );
    assert!(has(&drawn, "/Alt") || drawn.bytes.len() > 1_000);
    let why = refused("#import \"/look.typ\": *\n#show: sheet\n= Tựa\n#image(bytes(d.qr), format: \"svg\")", &data);
    assert!(why.contains("alt"), "{why}");
    assert_eq!(print::qr(&"x".repeat(print::QR_BYTES_MAX + 1)), "");
}

#[test]
fn a_warning_of_the_compiler_fails_a_test() {
    let data = json!({ "name": "", "more": "" });
    let why = refused("#import \"/look.typ\": *\n#show: sheet\n= Tựa\n#text(font: \"Comic Sans MS\")[chữ]", &data);
    assert!(why.contains("font"), "{why}");
}

#[test]
fn more_data_or_more_pages_than_the_bound_are_refused() {
    let long = json!({ "name": "x".repeat(print::DATA_BYTES_MAX), "more": "" });
    assert!(matches!(render(form(PLAIN), sheet(&long)), Err(Failed::TooMuch { .. })));
    let pages = "#import \"/look.typ\": *\n#show: sheet\n= Tựa\n#for n in range(600) { pagebreak() }";
    let failed = render(form(pages), sheet(&json!({})));
    assert!(matches!(failed, Err(Failed::TooLong { .. })), "{failed:?}");
}

#[test]
fn requests_wait_for_their_turn_and_all_are_served() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let data = json!({ "name": "Lan", "more": "" });
        let each = (0..6).map(|_| {
            let data = data.clone();
            tokio::spawn(async move { print::print(form(PLAIN), sheet(&data)).await.map(|pdf| pdf.pages) })
        });
        for one in each.collect::<Vec<_>>() {
            assert_eq!(one.await.expect("joined").expect("printed"), 1);
        }
    });
}
