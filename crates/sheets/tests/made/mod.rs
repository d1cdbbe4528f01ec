//! Files made for the tests, byte by byte.

use flate2::{Compression, write::ZlibEncoder};
use std::io::{Cursor, Write as _};

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn stream(head: &str, content: &[u8]) -> Vec<u8> {
    let content = packed(content);
    let mut out = format!("<< {head} /Filter /FlateDecode /Length {} >>\nstream\n", content.len()).into_bytes();
    out.extend_from_slice(&content);
    out.extend_from_slice(b"\nendstream");
    out
}

/// A PDF of the objects given, numbered from 1; the first is the catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", n + 1).as_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let table = out.len();
    out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for place in places {
        out.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let trailer = format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    out.extend_from_slice(trailer.as_bytes());
    out
}

const CATALOGUE: &[u8] = b"<< /Type /Catalog /Pages 2 0 R >>";
const PAGES: &[u8] = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
const FONT: &[u8] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

/// One page with a font and the content given.
pub fn one_page(content: &[u8]) -> Vec<u8> {
    let page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>";
    pdf(&[CATALOGUE.to_vec(), PAGES.to_vec(), page.to_vec(), stream("", content), FONT.to_vec()])
}

pub fn form_that_draws_itself() -> Vec<u8> {
    let page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>";
    let form =
        stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>", b"/X Do");
    pdf(&[CATALOGUE.to_vec(), PAGES.to_vec(), page.to_vec(), stream("", b"/X Do"), form])
}

/// Forms that each draw the next one `times`: the last is drawn times^deep.
pub fn forms_that_multiply(deep: usize, times: usize) -> Vec<u8> {
    let page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>";
    let mut objects = vec![CATALOGUE.to_vec(), PAGES.to_vec(), page.to_vec(), stream("", b"/X Do")];
    for n in 0..deep {
        let resources =
            if n + 1 < deep { format!("<< /XObject << /X {} 0 R >> >>", n + 6) } else { "<< >>".to_owned() };
        let head = format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources {resources}");
        let draw = if n + 1 < deep { "/X Do ".repeat(times) } else { "q Q".to_owned() };
        objects.push(stream(&head, draw.as_bytes()));
    }
    pdf(&objects)
}

/// A page of `streams` contents with `count` text operators each.
pub fn operators(streams: usize, count: usize) -> Vec<u8> {
    let contents: Vec<String> = (0..streams).map(|n| format!("{} 0 R", n + 5)).collect();
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [{}] /Resources << /Font << /F1 4 0 R >> >> >>",
        contents.join(" ")
    );
    let mut objects = vec![CATALOGUE.to_vec(), PAGES.to_vec(), page.into_bytes(), FONT.to_vec()];
    let content = [b"BT /F1 12 Tf ".to_vec(), b"(a) Tj ".repeat(count), b"ET".to_vec()].concat();
    objects.extend((0..streams).map(|_| stream("", &content)));
    pdf(&objects)
}

pub fn pages_in_a_circle() -> Vec<u8> {
    let third = b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 2 >>";
    pdf(&[CATALOGUE.to_vec(), b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>".to_vec(), third.to_vec()])
}

/// A PDF whose objects stand in a packed stream.
pub fn object_stream(objects: &[u8]) -> Vec<u8> {
    let objects = stream("/Type /ObjStm /N 1 /First 4", objects);
    pdf(&[CATALOGUE.to_vec(), b"<< /Type /Pages /Kids [] /Count 0 >>".to_vec(), objects])
}

pub fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The head of a PNG and no more.
pub fn png_head(width: u32, height: u32) -> Vec<u8> {
    let sizes = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(), &sizes, b"\x08\x02\0\0\0"].concat()
}

/// A JPEG's frame of the size given, turned by the camera, and no points.
pub fn jpeg_head(width: u16, height: u16) -> Vec<u8> {
    let exif = b"\xff\xe1\0\x22Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let sizes = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let frame = [b"\xff\xc0\0\x11\x08".as_slice(), &sizes, b"\x03\x01\x11\0\x02\x11\0\x03\x11\0"].concat();
    [b"\xff\xd8".as_slice(), exif, &frame, b"\xff\xda\0\x0c\x03\x01\0\x02\0\x03\0\0\x3f\0\xff\xd9"].concat()
}
