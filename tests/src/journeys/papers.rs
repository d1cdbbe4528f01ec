//! Files that cannot be kept, wherever one can be handed in: refused at their field, in words that say how to mend it, with nothing
//! of the form lost and nothing done.

use base::Role;
use serde_json::json;

use super::one_stop::{act, asking};
use super::portal::{filed_online, newcomer};
use crate::harness::{Client, PDF, counter_form, on_every_engine};

/// A file, its name, and words of the refusal.
type Bad = (&'static [u8], &'static str, &'static str);

const BAD: [Bad; 9] = [
    (b"", "quét hỏng.pdf", "rỗng"),
    (b"%PDF-1.7\n5 0 obj<</V 5/R 6>>endobj\ntrailer <</Encrypt 5 0 R>>", "khoá.pdf", "mật khẩu"),
    (b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert)>>endobj", "tự chạy.pdf", "JavaScript"),
    (b"<!DOCTYPE html><html><p>x</p></html>", "trang.pdf", "trang web"),
    (b"PK\x03\x04 word/document.xml [Content_Types].xml", "giả.docx", "hỏng"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG_0001.HEIC", "Tương thích nhất"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "đơn.doc", "DOCX"),
    (b"MZ\x90\0\x03\0\0\0", "ảnh.jpg", "EXE"),
    (b"%PDF-1.4", "gi\u{202e}fdp.exe", "gifdp.exe"),
];

/// Hands every bad file in at one place; each answer names it and shows the form again.
async fn refuses(person: &mut Client, path: &str, fields: &[(&str, &str)], field: &str) {
    for (bytes, name, words) in BAD {
        let page = person.upload(path, fields, &[(field, name, bytes)]).await;
        assert!(matches!(page.status.as_u16(), 413 | 415 | 422), "{path} {name} answers {}", page.status);
        page.shows(words).shows("<form");
    }
}

#[test]
fn a_file_that_cannot_be_kept_is_refused_wherever_it_is_handed_in() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let fields = counter_form(&app, "Tệp Hỏng");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        refuses(&mut clerk, "/intake", &fields, "file_giay-chung-sinh").await;
        clerk.get("/work?tab=all&q=tep+hong").await.is(200).shows_not("Tệp Hỏng");

        let mut citizen = newcomer(&app, "094190100061").await;
        let code = filed_online(&app, &mut citizen).await;
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        let mut officer = app.signed_in(Role::Officer).await;
        act(&mut officer, &code, "request-supplement", asking("Ảnh chụp mờ, xin chụp lại")).await.is(200);
        refuses(&mut citizen, &format!("/my/{code}/supplement"), &[("note", "đã chụp lại")], "other").await;
        clerk.get(&format!("/dossiers/{code}")).await.is(200);
        refuses(&mut clerk, &format!("/dossiers/{code}/complete-supplement"), &[], "file").await;
        let kinds = app.event_kinds(&code).await;
        assert_eq!(kinds, ["filed", "received", "supplement-requested"], "nothing of it happened");

        let mut reform = app.signed_in(Role::ReformOfficer).await;
        reform.get("/plans/new").await.is(200);
        for (bytes, name, _) in BAD.iter().filter(|(_, name, _)| !name.ends_with(".exe")) {
            let page = reform.upload("/plans/new", &[], &[("document", name, bytes)]).await;
            assert!(matches!(page.status.as_u16(), 413 | 415 | 422), "{name} answers {}", page.status);
            page.shows("<form");
        }
    });
}

#[test]
fn a_result_of_no_bytes_is_never_a_result() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let fields = counter_form(&app, "Kết Quả Rỗng");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // Nothing chosen in one file field is no file, and the other one is kept.
        let files: [(&str, &str, &[u8]); 2] =
            [("file_giay-to-tuy-than", "", b""), ("file_giay-chung-sinh", "giay.pdf", PDF)];
        let page = clerk.upload("/intake", &fields, &files).await;
        page.is(303);
        let code = page.location.rsplit('/').next().expect("a code").split('?').next().expect("a code").to_owned();
        let mut officer = app.signed_in(Role::Officer).await;
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        let mut leader = app.signed_in(Role::Leader).await;
        leader.get(&format!("/dossiers/{code}")).await.is(200);
        refuses(&mut leader, &format!("/dossiers/{code}/approve"), &[], "result").await;
        assert_eq!(app.event_kinds(&code).await, ["received", "forwarded"]);
        leader.upload(&format!("/dossiers/{code}/approve"), &[], &[("result", "kq.pdf", PDF)]).await.is(303);
    });
}

#[test]
fn what_phones_and_scanners_make_is_taken_as_what_it_is() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let long = format!("{}.pdf", "giấy chứng sinh ".repeat(13));
        let marked = [b"\xEF\xBB\xBF\r\n".as_slice(), PDF].concat();
        let files: [(&[u8], &str); 3] = [(PDF, &long), (&marked, "có dấu.pdf"), (PDF, "GIẤY.PDF")];
        for (n, (bytes, name)) in files.into_iter().enumerate() {
            let owner = format!("Tệp Tốt {}", ["Một", "Hai", "Ba"][n]);
            let fields = counter_form(&app, &owner);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let page = clerk.upload("/intake", &fields, &[("file_giay-chung-sinh", name, bytes)]).await;
            page.is(303);
            let path = page.location.split('?').next().expect("a path").to_owned();
            let page = clerk.get(&path).await;
            let file = page.is(200).between("/files/", "\"").expect("a link to the paper").to_owned();
            let code = path.rsplit('/').next().expect("a code");
            let file = file.split('?').next().expect("a number");
            let answer = clerk.get(&format!("/dossiers/{code}/files/{file}")).await;
            let told = answer.is(200).headers["content-disposition"].to_str().expect("a name").to_lowercase();
            assert!(told.contains(".pdf"), "{told}");
        }
    });
}

#[test]
fn a_plan_built_to_harm_is_refused_and_the_next_one_is_read() {
    // A form that draws itself, as short as it can be said.
    const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>";
    const FORM: &str = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>/Length 5>>\nstream\n/X Do\nendstream";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        PAGE,
        "<</Length 5>>\nstream\n/X Do\nendstream",
        FORM,
    ];
    let (mut pdf, mut table) = ("%PDF-1.4\n".to_owned(), String::new());
    for (n, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
    }
    let at = pdf.len();
    pdf.push_str(&format!(
        "xref\n0 6\n0000000000 65535 f \n{table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n"
    ));
    on_every_engine(|app| {
        let pdf = pdf.clone();
        async move {
            let mut officer = app.signed_in(Role::ReformOfficer).await;
            officer.get("/plans/new").await.is(200);
            let page = officer.upload("/plans/new", &[], &[("document", "vẽ.pdf", pdf.as_bytes())]).await;
            page.is(415).shows("tự vẽ chính nó");
            let plan = "MỤC TIÊU\n1. Đến năm 2027, tối thiểu 80% hồ sơ được xử lý trực tuyến.\n";
            officer.upload("/plans/new", &[], &[("document", "a.txt", plan.as_bytes())]).await.is(303);
        }
    });
}
