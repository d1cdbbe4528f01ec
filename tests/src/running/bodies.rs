//! What people receive, byte by byte.

use base::Role;

use super::{Browser, Place, on_every_running};

/// A paper of some hundred kilobytes, so that it goes out in several pieces.
fn paper(head: &[u8], kilobytes: usize) -> Vec<u8> {
    let mut bytes = head.to_vec();
    let mut n = 17_u32;
    while bytes.len() < kilobytes * 1024 {
        n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.push((n >> 24) as u8);
    }
    bytes
}

fn pdf() -> Vec<u8> {
    let mut bytes = paper(b"%PDF-1.4\n1 0 obj<</Length 307000>>stream\n", 300);
    bytes.extend_from_slice(b"\nendstream\nendobj\ntrailer<<>>\n%%EOF\n");
    bytes
}

/// A picture of one point.
const PNG: &[u8] =
    b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\x08\
    \x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\x0d\x49\x44\x41\x54\x78\xda\x63\x64\xf8\xcf\x50\x0f\x00\
    \x03\x86\x01\x80\x5a\x34\x7d\x6b\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

/// A dossier received at the counter with a scan, and the address of its scan.
pub(super) async fn received_with(clerk: &mut Browser, place: &Place, name: &str, bytes: &[u8]) -> (String, String) {
    let commune = place.person(Role::Leader).agency.to_string();
    let fields = [
        ("procedure", "1.001193"),
        ("intake", commune.as_str()),
        ("competent", commune.as_str()),
        ("return_to", commune.as_str()),
        ("owner_name", "Thạch Thị Sa Rết"),
        ("owner_number", "094190000123"),
        ("owner_phone", "0939111222"),
        ("component_giay-to-tuy-than", "paper"),
    ];
    clerk.get("/intake?procedure=1.001193").await.is(200);
    let sent = clerk.upload("/intake?procedure=1.001193", &fields, &[("file_giay-chung-sinh", name, bytes)]).await;
    sent.is(303);
    let page = clerk.get(sent.header("location")).await;
    page.is(200);
    let code = sent.header("location").trim_start_matches("/dossiers/").to_owned();
    let start = format!("/dossiers/{code}/files/");
    let file = page.between(&start, "?view=1\"").expect("a link to the scan");
    (code, format!("{start}{file}"))
}

#[test]
fn each_paper_comes_whole_in_parts_or_not_again_as_the_browser_asks() {
    on_every_running(|place| async move {
        let program = place.start().await;
        let mut clerk = program.signed_in(&place, Role::Clerk).await;
        let pdf = pdf();
        for (name, bytes, kind) in [("giấy.pdf", pdf.as_slice(), "application/pdf"), ("ảnh.png", PNG, "image/png")]
        {
            let (_, address) = received_with(&mut clerk, &place, name, bytes).await;
            let got = clerk.get(&address).await;
            got.is(200);
            assert_eq!((got.header("content-type"), got.header("content-encoding")), (kind, ""), "not packed again");
            assert_eq!(got.header("content-length"), bytes.len().to_string());
            assert!(got.bytes == bytes, "{name}: other bytes");
            assert!(got.header("content-disposition").starts_with("attachment; "));
            let tag = got.header("etag").to_owned();

            let head = clerk.send("HEAD", &address, &[], b"").await;
            assert_eq!((head.status, head.header("content-length")), (200, bytes.len().to_string().as_str()));
            let part = clerk.get_with(&address, &[("range", "bytes=4-19"), ("if-range", &tag)]).await;
            assert!(part.is(206).bytes == bytes[4..20]);
            assert_eq!(part.header("content-range"), format!("bytes 4-19/{}", bytes.len()));
            clerk.get_with(&address, &[("range", "bytes=99999999-")]).await.is(416);
            clerk.get_with(&address, &[("if-none-match", &tag)]).await.is(304);

            let view = clerk.get(&format!("{address}?view=1")).await;
            assert!(view.is(200).bytes == bytes && view.header("content-disposition").starts_with("inline; "));
            assert!(view.header("content-security-policy").contains("sandbox"));
            assert_eq!(view.header("x-frame-options"), "SAMEORIGIN");
        }
        assert!(clerk.connections < 4, "the connection is kept: {}", clerk.connections);
        program.stop().await;
    });
}

#[test]
fn exports_receipts_pages_and_json_come_whole_through_compression() {
    on_every_running(|place| async move {
        let program = place.start().await;
        let mut clerk = program.signed_in(&place, Role::Clerk).await;
        let (code, _) = received_with(&mut clerk, &place, "a.pdf", &pdf()).await;
        for (path, kind, packed) in [
            ("/work?tab=all&format=xlsx".to_owned(), "application/vnd.openxmlformats", false),
            ("/work?tab=all&format=csv".to_owned(), "text/csv", true),
            (format!("/dossiers/{code}/slip"), "text/html", true),
            ("/work?tab=all".to_owned(), "text/html", true),
            (format!("/api/v1/dossiers/{code}"), "application/json", true),
            (web::assets::href("app.css"), "text/css", true),
            (web::assets::href("be-vietnam-pro-vietnamese-400-normal.woff2"), "font/woff2", false),
        ] {
            let got = clerk.get(&path).await;
            got.is(200);
            assert!(got.header("content-type").starts_with(kind), "{path}: {}", got.header("content-type"));
            // A list of one row is too short to be worth packing.
            assert_eq!(got.header("content-encoding") == "gzip", packed && got.bytes.len() > 512, "{path}");
            let plain = clerk.get_with(&path, &[("accept-encoding", "identity")]).await;
            // Pages carry tokens of their own, workbooks their time.
            if kind.starts_with("text/csv") || kind.starts_with("application/json") {
                assert!(got.bytes == plain.bytes, "{path}");
            }
            let whole = match kind {
                "text/html" => got.text().trim_end().ends_with("</html>"),
                "application/vnd.openxmlformats" => {
                    got.bytes.starts_with(b"PK") && got.bytes.windows(4).any(|w| w == b"PK\x05\x06")
                }
                _ => !got.bytes.is_empty(),
            };
            assert!(whole, "{path} is cut off");
        }
        program.stop().await;
    });
}
