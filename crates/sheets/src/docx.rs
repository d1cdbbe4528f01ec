//! Word documents: paragraphs as lines, tables as rows between pipes.
//!
//! What counts is what a reader of the document sees: struck-through, hidden and deleted text is left
//! out, text of old Vietnamese fonts is turned into Unicode, marks of footnotes go. A cell merged over
//! rows is repeated in each of them, one merged over columns is followed by empty cells, so every row of a
//! table has all its columns. Tables of one or two columns and a few rows are page layout (the
//! letterhead, the signature) and come out as lines.

mod body;
mod fonts;
mod package;
mod styles;
mod table;

use crate::document::Refusal;
use quick_xml::events::BytesStart;
use styles::Styles;

/// The text of a Word document.
pub(crate) fn text(bytes: &[u8]) -> Result<String, Refusal> {
    let parts = package::parts(bytes)?;
    let styles = parts.styles.as_deref().map(Styles::read).unwrap_or_default();
    body::read(&parts.body, &styles)
}

/// The value of an attribute, whatever its prefix.
fn attribute(start: &BytesStart, name: &str) -> Option<String> {
    start.attributes().flatten().find(|a| a.key.local_name().as_ref() == name).map(|a| a.value.into_owned())
}

/// Whether a property that is either on or off is on: it is, unless its value says no.
fn is_on(start: &BytesStart) -> bool {
    !attribute(start, "val").is_some_and(|v| matches!(v.as_str(), "0" | "false" | "off" | "none"))
}

#[cfg(test)]
mod tests {
    use super::body::DEPTH_MAX;
    use super::package::BODY_BYTES_MAX;
    use super::table::CELL_BYTES_MAX;
    use super::*;
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    fn package_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn package(name: &str, content: &[u8]) -> Vec<u8> {
        package_of(&[(name, content)])
    }

    fn document(body: &str) -> String {
        format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>")
    }

    fn docx(body: &str) -> Result<String, Refusal> {
        text(&package("word/document.xml", document(body).as_bytes()))
    }

    /// A run with properties.
    fn r(properties: &str, text: &str) -> String {
        format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")
    }

    fn p(text: &str) -> String {
        format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    #[test]
    fn runs_of_a_paragraph_are_one_line_and_deleted_text_is_gone() {
        let read = docx("<w:p><w:r><w:t>Đạt tối </w:t></w:r><w:del><w:r><w:delText>tám</w:delText></w:r></w:del><w:r><w:t>thiểu 80% &amp; hơn</w:t></w:r></w:p>").unwrap();
        assert_eq!(read, "Đạt tối thiểu 80% & hơn\n\n");
    }

    #[test]
    fn merged_cells_keep_every_row_complete() {
        let head: String = ["STT", "Nhiệm vụ", "Chủ trì"].iter().map(|t| format!("<w:tc>{}</w:tc>", p(t))).collect();
        let group =
            format!("<w:tc>{}</w:tc><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>{}</w:tc>", p("I"), p("THỂ CHẾ"));
        let first = format!(
            "<w:tc>{}</w:tc><w:tc>{}</w:tc><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>{}</w:tc>",
            p("1"),
            p("Rà soát"),
            p("Sở Tư pháp")
        );
        let second = format!(
            "<w:tc>{}</w:tc><w:tc>{}</w:tc><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>",
            p("2"),
            p("Kiểm tra")
        );
        let rows: String = [head, group, first, second].iter().map(|r| format!("<w:tr>{r}</w:tr>")).collect();
        let read = docx(&format!("<w:tbl>{rows}</w:tbl>")).unwrap();
        assert_eq!(
            read,
            "| STT | Nhiệm vụ | Chủ trì |\n| I | THỂ CHẾ |  |\n| 1 | Rà soát | Sở Tư pháp |\n| 2 | Kiểm tra | Sở Tư pháp |\n\n"
        );
    }

    #[test]
    fn a_letterhead_table_comes_out_as_lines() {
        let row =
            format!("<w:tr><w:tc>{}{}</w:tc><w:tc>{}</w:tc></w:tr>", p("ỦY BAN NHÂN DÂN"), p("TỈNH X"), p("CỘNG HÒA"));
        assert_eq!(docx(&format!("<w:tbl>{row}</w:tbl>")).unwrap(), "ỦY BAN NHÂN DÂN\nTỈNH X\n\nCỘNG HÒA\n\n");
    }

    #[test]
    fn a_bomb_is_refused_while_it_unpacks() {
        let bomb = vec![b' '; BODY_BYTES_MAX + 2];
        let packed = package("word/document.xml", &bomb);
        assert!(packed.len() < 1024 * 1024);
        assert_eq!(text(&packed).unwrap_err().rule(), "unpacked_bytes");
    }

    #[test]
    fn deep_wide_and_endless_content_is_refused_by_rule() {
        assert_eq!(docx(&"<w:r>".repeat(DEPTH_MAX + 1)).unwrap_err().rule(), "xml_depth");
        let wide = format!("<w:tbl><w:tr><w:tc><w:gridSpan w:val=\"99999999\"/>{}</w:tc></w:tr></w:tbl>", p("a"));
        assert_eq!(docx(&wide).unwrap_err().rule(), "columns");
        let long = format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", p(&"a".repeat(CELL_BYTES_MAX + 1)));
        assert_eq!(docx(&long).unwrap_err().rule(), "cell_bytes");
        let entity = "<!DOCTYPE x [<!ENTITY a \"b\">]><w:document/>";
        assert_eq!(text(&package("word/document.xml", entity.as_bytes())).unwrap_err().rule(), "broken");
    }

    #[test]
    fn other_packages_and_broken_ones_are_refused() {
        assert_eq!(text(&package("xl/workbook.xml", b"<a/>")).unwrap_err().rule(), "kind");
        let whole = package("word/document.xml", b"<w:document/>");
        assert_eq!(text(&whole[..whole.len() / 2]).unwrap_err().rule(), "broken");
        assert_eq!(text(&package("word/document.xml", b"<w:p><w:t>\xFF</w:t></w:p>")).unwrap_err().rule(), "encoding");
    }

    #[test]
    fn struck_hidden_and_deleted_text_is_left_out_and_inserted_text_kept() {
        let body = [
            r("", "Tối thiểu "),
            r("<w:strike/>", "70% "),
            r("<w:dstrike w:val=\"true\"/>", "75% "),
            r("<w:vanish/>", "80% "),
            r("<w:strike w:val=\"0\"/>", "85% "),
            "<w:ins><w:r><w:t>hồ sơ</w:t></w:r></w:ins>".into(),
            "<w:r><w:rPr><w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange></w:rPr><w:t> trực tuyến</w:t></w:r>"
                .into(),
        ]
        .concat();
        // The look of the paragraph's mark is not that of its text.
        let mark = "<w:pPr><w:rPr><w:strike/><w:vanish/></w:rPr></w:pPr>";
        assert_eq!(docx(&format!("<w:p>{mark}{body}</w:p>")).unwrap(), "Tối thiểu 85% hồ sơ trực tuyến\n\n");
    }

    #[test]
    fn a_deleted_row_is_gone_and_a_deleted_mark_joins_paragraphs() {
        let cells = |a: &str, b: &str, c: &str| [a, b, c].map(|t| format!("<w:tc>{}</w:tc>", p(t))).concat();
        let rows = format!(
            "<w:tr>{}</w:tr><w:tr><w:trPr><w:del w:id=\"1\"/></w:trPr>{}</w:tr>",
            cells("TT", "Chỉ tiêu", "Mục tiêu"),
            cells("1", "cũ", "80%")
        );
        let body = format!(
            "<w:p><w:pPr><w:rPr><w:del w:id=\"1\"/></w:rPr></w:pPr><w:r><w:t>Đạt </w:t></w:r></w:p>{}<w:tbl>{rows}</w:tbl>",
            p("85%")
        );
        assert_eq!(docx(&body).unwrap(), "Đạt 85%\n\n| TT | Chỉ tiêu | Mục tiêu |\n\n");
    }

    #[test]
    fn marks_of_footnotes_go_and_powers_of_units_stay() {
        let up = "<w:vertAlign w:val=\"superscript\"/>";
        let body = [
            r("", "Tối thiểu 85"),
            r(up, "2"),
            r("", "% hồ sơ"),
            r(up, "(1)"),
            r("", "; 30 m"),
            r(up, "2"),
            r("", ", 5 km"),
            r(up, "2"),
        ];
        assert_eq!(docx(&format!("<w:p>{}</w:p>", body.concat())).unwrap(), "Tối thiểu 85% hồ sơ; 30 m², 5 km²\n\n");
    }

    #[test]
    fn signs_of_the_symbol_font_are_read() {
        let symbol = "<w:rFonts w:ascii=\"Symbol\" w:hAnsi=\"Symbol\"/>";
        let body = [
            r("", "đạt "),
            "<w:r><w:sym w:font=\"Symbol\" w:char=\"F0B3\"/></w:r>".into(),
            r("", " 85%, "),
            r(symbol, "\u{a3}"),
            r("", " 2%"),
        ];
        assert_eq!(docx(&format!("<w:p>{}</w:p>", body.concat())).unwrap(), "đạt ≥ 85%, ≤ 2%\n\n");
    }

    #[test]
    fn old_vietnamese_fonts_are_turned_into_unicode_wherever_they_are_set() {
        let tcvn3 = "<w:rFonts w:ascii=\".VnTime\" w:hAnsi=\".VnTime\"/>";
        let vni = "<w:rFonts w:ascii=\"VNI-Times\"/>";
        // A vowel and its mark may stand in two runs.
        let body = [r("", "KẾ HOẠCH: "), r(tcvn3, "tèi thiÓu 85% "), r(vni, "ho"), r(vni, "à sô")].concat();
        assert_eq!(docx(&format!("<w:p>{body}</w:p>")).unwrap(), "KẾ HOẠCH: tối thiểu 85% hồ sơ\n\n");
        let styles = format!(
            "<w:styles><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:rPr>{tcvn3}</w:rPr></w:style></w:styles>"
        );
        let styled = package_of(&[
            ("word/document.xml", document(&p("hå s¬")).as_bytes()),
            ("word/styles.xml", styles.as_bytes()),
        ]);
        assert_eq!(text(&styled).unwrap(), "hồ sơ\n\n");
        let unknown = docx(&format!("<w:p>{}</w:p>", r("<w:rFonts w:ascii=\"VPS Times\"/>", "K\u{ca} ho\u{ba}ch")));
        assert_eq!(unknown.unwrap_err().rule(), "font");
    }

    #[test]
    fn the_main_part_is_the_one_that_the_relations_name() {
        let relations = "<Relationships><Relationship Id=\"a\" Type=\"x/styles\" Target=\"x.xml\"/><Relationship Id=\"b\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"/word/document2.xml\"/></Relationships>";
        let online = package_of(&[
            ("_rels/.rels", relations.as_bytes()),
            ("word/document2.xml", document(&p("Kế hoạch")).as_bytes()),
        ]);
        assert_eq!(text(&online).unwrap(), "Kế hoạch\n\n");
        let sheet = relations.replace("/word/document2.xml", "xl/workbook.xml");
        let sheet = package_of(&[("_rels/.rels", sheet.as_bytes()), ("xl/workbook.xml", b"<workbook/>")]);
        assert_eq!(text(&sheet).unwrap_err().rule(), "kind");
    }

    #[test]
    fn columns_left_out_before_a_row_keep_its_cells_in_theirs() {
        let cells = |texts: &[&str]| texts.iter().map(|t| format!("<w:tc>{}</w:tc>", p(t))).collect::<String>();
        let rows = format!(
            "<w:tr>{}</w:tr><w:tr><w:trPr><w:gridBefore w:val=\"1\"/><w:gridAfter w:val=\"1\"/></w:trPr>{}</w:tr>",
            cells(&["TT", "Chỉ tiêu", "Năm 2026", "Ghi chú"]),
            cells(&["Hồ sơ trực tuyến", "85"])
        );
        assert_eq!(
            docx(&format!("<w:tbl>{rows}</w:tbl>")).unwrap(),
            "| TT | Chỉ tiêu | Năm 2026 | Ghi chú |\n|  | Hồ sơ trực tuyến | 85 |  |\n\n"
        );
    }
}
