//! Watching bytes go by: the connection's, a request's body, an answer's body.

use super::line::Line;
use axum::body::Body;
use axum::body::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep};

/// A body that is waited for longer than this, all waits together, must have come at the least pace.
const GRACE: Duration = Duration::from_secs(15);
/// Least pace of a body, bytes a second of waiting: a scan over the slowest line that loads a page at all.
const BYTES_PER_S_MIN: u64 = 1_024;

/// A connection whose reading and waiting to write are noted.
pub(super) struct Watched<S> {
    stream: S,
    line: Arc<Line>,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, line: Arc<Line>) -> Watched<S> {
        Watched { stream, line }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.line.heard();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.line.stalled(written.is_pending());
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.line.stalled(flushed.is_pending());
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.line.stalled(written.is_pending());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// A request's body that comes at the least pace or breaks off. Only the time in which it is asked for counts.
pub(super) struct Paced<B = Incoming> {
    body: B,
    bytes: u64,
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<B> Paced<B> {
    pub(super) fn new(body: B) -> Paced<B> {
        Paced { body, bytes: 0, waited: Duration::ZERO, waiting: None }
    }

    /// How long may be waited in all for what has come so far.
    fn patience(&self) -> Duration {
        GRACE.max(Duration::from_millis(self.bytes * 1_000 / BYTES_PER_S_MIN))
    }
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Paced<B>
where
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if frame.is_pending() {
            let left = self.patience().saturating_sub(self.waited);
            let (_, alarm) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(left))));
            ready!(alarm.as_mut().poll(cx));
            self.waiting = None;
            return Poll::Ready(Some(Err("the body came too slowly".into())));
        }
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        let frame = ready!(frame);
        if let Some(Ok(frame)) = &frame {
            self.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What of a request's body is taken to its end after an answer that did not ask for it, bytes, and for how long. A client that is
/// still sending would lose the answer together with the connection.
const REST_BYTES_MAX: u64 = 1024 * 1024;
const REST_MAX: Duration = Duration::from_secs(2);

/// A request's body lent to the router: what is left of it comes back.
pub(super) struct Lent<B: Unpin> {
    body: Option<B>,
    ended: bool,
    back: Option<oneshot::Sender<B>>,
}

impl<B: HttpBody<Data = Bytes> + Unpin> Lent<B> {
    /// The body, and where the rest of it will be.
    pub(super) fn new(body: B) -> (Lent<B>, oneshot::Receiver<B>) {
        let (back, rest) = oneshot::channel();
        let ended = body.is_end_stream();
        (Lent { body: Some(body), ended, back: Some(back) }, rest)
    }
}

impl<B: Unpin> Drop for Lent<B> {
    fn drop(&mut self) {
        if let (Some(body), Some(back), false) = (self.body.take(), self.back.take(), self.ended) {
            // Nobody waits for it when the connection is gone.
            let _ = back.send(body);
        }
    }
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Lent<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(body) = self.body.as_mut() else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(cx));
        self.ended |= !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

/// Takes what is left of a body that was answered early, within bounds.
pub(super) async fn finish<B: HttpBody<Data = Bytes> + Unpin>(mut rest: oneshot::Receiver<B>) {
    let Ok(mut body) = rest.try_recv() else { return };
    let mut taken = 0;
    let _ = tokio::time::timeout(REST_MAX, async {
        while let Some(Ok(frame)) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            taken += frame.data_ref().map_or(0, |data| data.len() as u64);
            if taken > REST_BYTES_MAX {
                break;
            }
        }
    })
    .await;
}

/// An answer's body; when the last of it is handed to the connection, the line is free for the next request.
pub(super) struct Answering {
    body: Body,
    line: Arc<Line>,
}

impl Answering {
    pub(super) fn new(body: Body, line: Arc<Line>) -> Answering {
        Answering { body, line }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.line.answered();
    }
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt as _;
    use http_body_util::{BodyExt as _, StreamBody};

    /// Pieces of a size, one after each pause.
    async fn arrives(pieces: usize, bytes: usize, pause: Duration) -> bool {
        let stream = futures_util::stream::iter(0..pieces).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, io::Error>(Frame::data(Bytes::from(vec![0; bytes])))
        });
        let all = Paced::new(StreamBody::new(Box::pin(stream))).collect().await;
        all.is_ok_and(|all| all.to_bytes().len() == pieces * bytes)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_be_slow_but_not_a_trickle() {
        assert!(arrives(300, 2_000, Duration::from_secs(1)).await, "two kilobytes a second, five minutes long");
        assert!(!arrives(100, 1, Duration::from_secs(1)).await, "a byte a second");
        assert!(!arrives(1, 100, Duration::from_secs(20)).await, "silence");
        assert!(arrives(1, 100, Duration::from_secs(10)).await, "a short silence");
    }
}
