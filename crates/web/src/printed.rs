//! A printed form on its way to the browser.

use crate::{safety, table};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;

/// A PDF that this program made for the one who asks: shown in the browser, to be printed or saved from there under its name, kept by
/// nobody on the way.
pub fn pdf(name: &str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    headers.insert(header::CONTENT_DISPOSITION, table::inline(name));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(safety::PAPER_SECURITY_POLICY));
    response
}
