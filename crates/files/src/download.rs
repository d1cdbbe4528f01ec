//! Giving a file out.

use crate::disk::Store;
use crate::rows::{self, File};
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use base::{Fault, Id};
use std::io;
use store::Db;
use tokio::io::AsyncReadExt as _;

/// Read and sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// The answer that hands a file over: always as an attachment under its own media type, never to be guessed at or
/// shown inside a page. `may` decides with the file's row whether this caller gets it; its fault is the answer if
/// not. Faults: 404 for no such file.
pub async fn download(
    db: &Db,
    store: &Store,
    id: Id,
    may: impl FnOnce(&File) -> Result<(), Fault>,
) -> Result<Response<Body>, Fault> {
    let found = db.read(move |tx| Box::pin(async move { rows::file(tx, id).await })).await?;
    let file = found.ok_or(Fault::NotFound("files-not-found"))?;
    may(&file)?;
    let open = tokio::fs::File::open(store.path_of(&file.sha256)).await.map_err(Fault::internal)?;
    let chunks = futures_util::stream::unfold(open, |mut open| async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        match open.read(&mut chunk).await {
            Ok(0) => None,
            Ok(n) => {
                chunk.truncate(n);
                Some((Ok::<_, io::Error>(chunk), open))
            }
            Err(error) => Some((Err(error), open)),
        }
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&file.media_type).map_err(Fault::internal)?;
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.size_bytes));
    headers.insert(header::CONTENT_DISPOSITION, web::table::attachment(&file.name));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    // Even opened directly, a file can neither run a script nor load anything.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}
