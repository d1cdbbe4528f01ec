//! The embedded style sheets, script and fonts, served under `/assets/<mark>/<name>`.
//!
//! The mark changes with any byte of any file, so a browser may keep a file for a year.

use crate::failure::Failure;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use base::Fault;

#[derive(rust_embed::RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Assets;

/// The mark of this build's set of files.
pub const MARK: &str = env!("MOTCUA_ASSETS_MARK");

/// Address of an embedded file, for example `href("app.css")`.
pub fn href(name: &str) -> String {
    format!("/assets/{MARK}/{name}")
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Serves one file; texts go out as they were compressed at build time. An old mark still gets today's file, but
/// may not be kept.
pub(crate) async fn serve(
    Path((mark, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response<Body>, Failure> {
    let gzip_accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    let zipped = if gzip_accepted { Assets::get(&format!("{name}.gz")) } else { None };
    let is_zipped = zipped.is_some();
    if name.ends_with(".gz") {
        return Err(Fault::NotFound("web-not-found").into());
    }
    let file = zipped.or_else(|| Assets::get(&name)).ok_or(Fault::NotFound("web-not-found"))?;
    let body = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = Response::new(body);
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(&name)));
    head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    head.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let keep = if mark == MARK { "public, max-age=31536000, immutable" } else { "no-cache" };
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if is_zipped {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
