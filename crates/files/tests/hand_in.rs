//! A file's life: staged, kept, given out, swept.

#![allow(clippy::unwrap_used)]

use base::{Fault, Id, Instant, Problem};
use files::{File, Store};
use http_body_util::BodyExt as _;
use store::Db;
use web::Asked;

sandbox::test_entry!();

const NOW: Instant = Instant(1_795_000_000_000);
const PDF: &[u8] = b"%PDF-1.7\nm\xe1\xbb\x99t trang";

async fn keep(db: &Db, staged: files::Staged) -> Id {
    db.write(move |tx| Box::pin(async move { files::keep(tx, &staged, Id(5), Some(Id(7)), NOW).await }))
        .await
        .expect("a row")
}

#[tokio::test]
async fn a_file_is_kept_under_its_hash_and_given_out_as_an_attachment() {
    for db in store::testing::databases().await {
        db.migrate(&[web::MIGRATIONS, files::MIGRATIONS]).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let files = Store::new(directory.path());
        let staged = files.stage_bytes(PDF.to_vec(), "Giấy chứng sinh.pdf").await.unwrap();
        let path = files.path_of(&staged.sha256);
        assert_eq!(std::fs::read(&path).unwrap(), PDF);
        assert!(path.ends_with(format!("uploads/{}/{}/{}", &staged.sha256[..2], &staged.sha256[2..4], staged.sha256)));

        let id = keep(&db, staged.clone()).await;
        let again = keep(&db, files.stage_bytes(PDF.to_vec(), "x.pdf").await.unwrap()).await;
        assert_ne!(id, again, "two hand-ins of the same bytes are two rows");
        let all = db.read(|tx| Box::pin(async move { files::files_of(tx, Id(5)).await })).await.unwrap();
        assert_eq!(all.len(), 2);

        let response = files::give(&db, &files, id, &Asked::default(), |f: &File| {
            assert_eq!((f.owner, f.by), (Id(5), Some(Id(7))));
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(response.headers()["content-type"], "application/pdf");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let disposition = response.headers()["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment; ") && disposition.contains("Gi%E1%BA%A5y"), "{disposition}");
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), PDF);

        let refused =
            files::give(&db, &files, id, &Asked::default(), |_| Err(Fault::Forbidden(Problem::new("x")))).await;
        assert!(matches!(refused, Err(Fault::Forbidden(_))));
        assert!(matches!(
            files::give(&db, &files, Id(1), &Asked::default(), |_| Ok(())).await,
            Err(Fault::NotFound(_))
        ));
        let moved = db.write(|tx| Box::pin(async move { files::hand_over(tx, Id(5), Id(6)).await })).await.unwrap();
        assert_eq!(moved, 2);
        let gone = db.write(move |tx| Box::pin(async move { files::forget(tx, id, Id(5)).await })).await.unwrap();
        assert!(!gone, "only its owner's file is taken back");
        assert!(db.write(move |tx| Box::pin(async move { files::forget(tx, id, Id(6)).await })).await.unwrap());
        assert!(store::testing::prepare_all(&db).await.is_empty());
    }
}

#[tokio::test]
async fn a_file_is_given_in_parts_or_not_again_and_its_stream_bears_to_be_asked_after_its_end() {
    let db = store::testing::sqlite().await;
    db.migrate(&[files::MIGRATIONS]).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let files = Store::new(directory.path());
    let staged = files.stage_bytes(PDF.to_vec(), "a.pdf").await.unwrap();
    let tag = format!("\"{}\"", staged.sha256);
    let id = keep(&db, staged.clone()).await;
    let ask = async |asked: Asked| files::give(&db, &files, id, &asked, |_| Ok(())).await.unwrap();

    let whole = ask(Asked::default()).await;
    assert_eq!((whole.status().as_u16(), whole.headers()["etag"].to_str().unwrap()), (200, tag.as_str()));
    assert_eq!(whole.headers()["content-length"], PDF.len().to_string().as_str());
    let mut body = std::pin::pin!(whole.into_body());
    let mut got = Vec::new();
    while let Some(frame) = body.frame().await {
        got.extend_from_slice(frame.unwrap().data_ref().unwrap());
    }
    assert_eq!(got, PDF);
    assert!(body.frame().await.is_none() && body.frame().await.is_none(), "asked again it is still at its end");

    let part = ask(Asked { range: Some("bytes=1-3".into()), ..Asked::default() }).await;
    assert_eq!(part.headers()["content-range"], format!("bytes 1-3/{}", PDF.len()).as_str());
    assert_eq!((part.status().as_u16(), part.headers()["content-length"].to_str().unwrap()), (206, "3"));
    assert_eq!(part.into_body().collect().await.unwrap().to_bytes(), &PDF[1..4]);
    assert_eq!(ask(Asked { range: Some("bytes=999-".into()), ..Asked::default() }).await.status().as_u16(), 416);
    assert_eq!(ask(Asked { if_none_match: Some(tag), ..Asked::default() }).await.status().as_u16(), 304);

    let view = ask(Asked { view: true, ..Asked::default() }).await;
    assert!(view.headers()["content-disposition"].to_str().unwrap().starts_with("inline; "));
    let policy = view.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("sandbox") && policy.contains("frame-ancestors 'self'"), "{policy}");

    std::fs::write(files.path_of(&staged.sha256), b"%PDF").unwrap();
    assert!(
        files::give(&db, &files, id, &Asked::default(), |_| Ok(())).await.is_err(),
        "no promise of a length not there"
    );
}

#[tokio::test]
async fn a_file_over_the_limit_is_413_and_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let files = Store::new(directory.path());
    let mut big = PDF.to_vec();
    big.resize(usize::try_from(files::FILE_BYTES_MAX).unwrap() + 1, b' ');
    assert!(matches!(files.stage_bytes(big.clone(), "a.pdf").await, Err(Fault::TooLarge(_))));
    let path = directory.path().join("big.pdf");
    std::fs::write(&path, &big).unwrap();
    assert!(matches!(files.stage(&path, "big.pdf").await, Err(Fault::TooLarge(_))));
    assert!(!directory.path().join("uploads").exists());
}

#[tokio::test]
async fn the_sweep_takes_only_old_bytes_that_no_row_names() {
    let db = store::testing::sqlite().await;
    db.migrate(&[files::MIGRATIONS]).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let files = Store::new(directory.path());
    let kept = files.stage_bytes(PDF.to_vec(), "a.pdf").await.unwrap();
    keep(&db, kept.clone()).await;
    let orphan = files.stage_bytes(b"%PDF-1.4 orphan".to_vec(), "b.pdf").await.unwrap();
    let written = std::fs::metadata(files.path_of(&orphan.sha256)).unwrap().modified().unwrap();
    let written = Instant(i64::try_from(written.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap());

    assert_eq!(files.sweep(&db, written.plus_ms(files::ORPHAN_MS - 1000)).await.unwrap(), 0);
    assert_eq!(files.sweep(&db, written.plus_ms(files::ORPHAN_MS + 60_000)).await.unwrap(), 1);
    assert!(files.path_of(&kept.sha256).exists() && !files.path_of(&orphan.sha256).exists());
    let nowhere = Store::new(directory.path().join("nowhere"));
    assert_eq!(nowhere.sweep(&db, NOW).await.unwrap(), 0);
}

#[test]
fn both_languages_are_complete() {
    assert_eq!(i18n::check(&[files::locales()]), Vec::<String>::new());
}

async fn refused(files: &Store, bytes: &[u8], name: &str) -> &'static str {
    match files.stage_bytes(bytes.to_vec(), name).await {
        Err(fault) => fault.problems().first().map_or("no problem", |problem| problem.code),
        Ok(staged) => panic!("{name} is taken as {}", staged.media_type),
    }
}

#[tokio::test]
async fn each_refusal_names_its_rule() {
    let directory = tempfile::tempdir().unwrap();
    let files = Store::new(directory.path());
    let cases: [(&[u8], &str, &str); 12] = [
        (b"", "scan.pdf", "files-empty"),
        (b"chu thuong", "a.pdf", "files-type-refused"),
        (b"MZ\x90\0\x03", "anh.png", "files-kind-refused"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "IMG_0001.HEIC", "files-heic-refused"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1", "don.doc", "files-old-office-refused"),
        (b"<!DOCTYPE html><html>", "a.pdf", "files-web-page-refused"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "a.doc", "files-web-page-refused"),
        (b"%PDF-1.7", "a.png", "files-extension-disagrees"),
        (b"%PDF-1.7\ntrailer <</Encrypt 5 0 R>>", "khoa.pdf", "files-locked-refused"),
        (b"%PDF-1.7\n1 0 obj<</S/Launch>>endobj", "a.pdf", "files-active-refused"),
        (b"PK\x03\x04 word/document.xml", "a.docx", "files-broken"),
        (b"\x89PNG\r\n\x1a\n....", "a.png", "files-broken"),
    ];
    for (bytes, name, code) in cases {
        assert_eq!(refused(&files, bytes, name).await, code, "{name}");
    }
    assert!(!directory.path().join("uploads").exists(), "nothing of them is kept");
}

#[tokio::test]
async fn a_photo_is_kept_upright_as_jpeg_under_a_clean_name() {
    use image::ImageEncoder as _;
    let directory = tempfile::tempdir().unwrap();
    let files = Store::new(directory.path());
    let mut webp = Vec::new();
    image::codecs::webp::WebPEncoder::new_lossless(&mut webp)
        .write_image(&[90; 8 * 4 * 3], 8, 4, image::ExtendedColorType::Rgb8)
        .unwrap();
    let kept = files.stage_bytes(webp, "mặt\u{202e} trước.webp").await.unwrap();
    assert_eq!((kept.name.as_str(), kept.media_type.as_str()), ("mặt trước.jpg", "image/jpeg"));
    let bytes = std::fs::read(files.path_of(&kept.sha256)).unwrap();
    assert!(bytes.starts_with(b"\xff\xd8\xff") && bytes.len() as i64 == kept.size_bytes);
    // The same picture again is a JPEG that is fine: not one byte of it changes, whatever its ending.
    for name in ["a.jfif", "a.jpe", "a.JPG"] {
        assert_eq!(files.stage_bytes(bytes.clone(), name).await.unwrap().sha256, kept.sha256, "{name}");
    }
}

/// A stand-in for clamd: answers once with the line given and hands over what it was sent.
fn clamd(answer: &'static str) -> (String, std::thread::JoinHandle<Vec<u8>>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 10];
        stream.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"zINSTREAM\0");
        let mut bytes = Vec::new();
        loop {
            let mut length = [0; 4];
            stream.read_exact(&mut length).unwrap();
            let length = u32::from_be_bytes(length) as usize;
            if length == 0 {
                break;
            }
            let before = bytes.len();
            bytes.resize(before + length, 0);
            stream.read_exact(&mut bytes[before..]).unwrap();
        }
        stream.write_all(answer.as_bytes()).unwrap();
        bytes
    });
    (address, asked)
}

#[tokio::test]
async fn a_scanner_is_asked_about_the_whole_file_and_its_word_counts() {
    let directory = tempfile::tempdir().unwrap();
    let large = [PDF, &vec![b' '; 200_000], b"\n%%EOF\n"].concat();
    for (answer, code) in [("stream: OK\0", ""), ("stream: Win.Test.EICAR_HDB-1 FOUND\0", "files-virus-refused")] {
        let (address, asked) = clamd(answer);
        let files = Store::new(directory.path()).with(address.parse().unwrap());
        match files.stage_bytes(large.clone(), "a.pdf").await {
            Ok(_) => assert_eq!(code, ""),
            Err(fault) => assert_eq!(fault.problems()[0].code, code),
        }
        assert!(asked.join().unwrap() == large, "every byte was sent");
    }
}

#[tokio::test]
async fn while_the_scanner_is_away_a_file_is_refused_unless_the_installation_says_otherwise() {
    let directory = tempfile::tempdir().unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let scanner: files::Scanner = format!("tcp:{}", nobody.local_addr().unwrap()).parse().unwrap();
    drop(nobody);
    let files = Store::new(directory.path());
    assert_eq!(refused(&files.clone().with(scanner.clone()), PDF, "a.pdf").await, "files-scanner-away");
    let taking = scanner.when_away(files::WhenAway::Take);
    assert!(files.with(taking).stage_bytes(PDF.to_vec(), "a.pdf").await.is_ok());
}
