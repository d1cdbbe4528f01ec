//! Giving a file out.

use crate::disk::Store;
use crate::rows::{self, File};
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use base::{Fault, Id};
use futures_util::StreamExt as _;
use sheets::paper::Kind;
use std::io::{self, SeekFrom};
use store::Db;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use web::{Asked, Ctx, Part};

/// Read and sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// [`give`] to who sent this request.
pub async fn download(
    ctx: &Ctx,
    id: Id,
    may: impl FnOnce(&File) -> Result<(), Fault>,
) -> Result<Response<Body>, Fault> {
    give(ctx.db(), &Store::new(&ctx.app.data_dir), id, &ctx.asked, may).await
}

/// The answer that hands a file over under its own media type, never to be guessed at: as an attachment, or (PDF and
/// pictures, when asked for with `?view=1`) to be looked at in a sandbox that runs and loads nothing. Parts, known copies and
/// lengths as RFC 9110 has them; the entity tag is the hash of the bytes. `may` decides with the file's row whether this
/// caller gets it; its fault is the answer if not. Faults: 404 for no such file.
pub async fn give(
    db: &Db,
    store: &Store,
    id: Id,
    asked: &Asked,
    may: impl FnOnce(&File) -> Result<(), Fault>,
) -> Result<Response<Body>, Fault> {
    let found = db.read(move |tx| Box::pin(async move { rows::file(tx, id).await })).await?;
    let file = found.ok_or(Fault::NotFound("files-not-found"))?;
    may(&file)?;
    let size = u64::try_from(file.size_bytes).map_err(Fault::internal)?;
    let tag = format!("\"{}\"", file.sha256);
    let part = asked.part(&tag, size);
    let (first, length) = part.span(size);
    let body = if length == 0 { Body::empty() } else { bytes(store, &file, size, first, length).await? };

    let mut response = Response::new(body);
    *response.status_mut() = part.status();
    let shown = asked.view && Kind::is_looked_at(&file.media_type);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&file.media_type).map_err(Fault::internal)?);
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(Fault::internal)?);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = HeaderValue::from_static(web::safety::PAPER_SECURITY_POLICY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    let disposition = if shown { web::table::inline(&file.name) } else { web::table::attachment(&file.name) };
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    if shown {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    if part != Part::Unchanged {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    if let Some(range) = part.content_range(size) {
        headers.insert(header::CONTENT_RANGE, range);
    }
    Ok(response)
}

/// `length` bytes of a file from `first` on, read as they are sent.
async fn bytes(store: &Store, file: &File, size: u64, first: u64, length: u64) -> Result<Body, Fault> {
    let mut open = tokio::fs::File::open(store.path_of(&file.sha256)).await.map_err(Fault::internal)?;
    if open.metadata().await.map_err(Fault::internal)?.len() != size {
        // Better no file than one that breaks off: the promised length could not be kept.
        return Err(Fault::internal(io::Error::other("a kept file has another size than its row says")));
    }
    open.seek(SeekFrom::Start(first)).await.map_err(Fault::internal)?;
    let chunks = futures_util::stream::unfold(open.take(length), |mut open| async move {
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
    // Whoever sends it may ask once more after the end, which an unfolded stream answers with a panic.
    Ok(Body::from_stream(chunks.fuse()))
}
