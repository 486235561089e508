use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, BoxStream, Stream, StreamExt as _};
use tokio::time::Instant;

use crate::dav::BoxError;

/// What is sent: exactly `length` bytes.
pub struct Body {
    /// Bytes.
    pub length: u64,
    pub stream: BoxStream<'static, Result<Bytes, BoxError>>,
}

impl Body {
    pub fn from_bytes(bytes: Bytes) -> Self {
        Self {
            length: bytes.len() as u64,
            stream: stream::iter([Ok(bytes)]).boxed(),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::from_bytes(bytes)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// The source gave another number of bytes than it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongLength {
    #[error("{missing} bytes of {length} are missing")]
    Short { length: u64, missing: u64 },
    #[error("more than {length} bytes")]
    Long { length: u64 },
}

/// How a body fares on its way, seen from the request that sends it.
#[derive(Debug, Clone)]
pub(super) struct Watch(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    failure: Option<BoxError>,
    /// The last time that the wire took or wanted something.
    moved: Instant,
    /// It is the source that we wait for, which watches over itself.
    at_source: bool,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            failure: None,
            moved: Instant::now(),
            at_source: false,
        })))
    }

    fn set(&self, at_source: bool) {
        let mut state = self.lock();
        state.moved = Instant::now();
        state.at_source = at_source;
    }

    fn fail(&self, failure: BoxError) {
        let mut state = self.lock();
        state.at_source = false;
        state.failure = Some(failure);
    }

    /// Why the body could not be read, if that is what happened.
    pub(super) fn failure(&self) -> Option<BoxError> {
        self.lock().failure.take()
    }

    /// Returns when the target has neither taken nor answered anything for as long as `limit`.
    pub(super) async fn stalled(&self, limit: Duration) {
        loop {
            let until = {
                let state = self.lock();
                let from = if state.at_source {
                    Instant::now()
                } else {
                    state.moved
                };
                from + limit
            };
            if until <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes on exactly as many bytes as were promised. Whoever sends a body with a `Content-Length` stops
/// reading at that length, so the last piece is held back until the end is seen: content that has grown
/// must not arrive cut, and as a success.
pub(super) struct Counted {
    inner: Option<BoxStream<'static, Result<Bytes, BoxError>>>,
    length: u64,
    left: u64,
    held: Option<Bytes>,
    watch: Watch,
}

impl Counted {
    pub(super) fn new(body: Body, watch: Watch) -> Self {
        Self {
            inner: Some(body.stream),
            length: body.length,
            left: body.length,
            held: None,
            watch,
        }
    }

    fn fail(&mut self, failure: BoxError) -> Poll<Option<Result<Bytes, std::io::Error>>> {
        self.inner = None;
        self.held = None;
        self.watch.fail(failure);
        Poll::Ready(Some(Err(std::io::Error::other("the content broke off"))))
    }
}

impl Stream for Counted {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            let Some(inner) = &mut this.inner else {
                return Poll::Ready(None);
            };
            this.watch.set(true);
            let Poll::Ready(next) = inner.poll_next_unpin(cx) else {
                return Poll::Pending;
            };
            this.watch.set(false);
            match next {
                None if this.left > 0 => {
                    let (length, missing) = (this.length, this.left);
                    return this.fail(WrongLength::Short { length, missing }.into());
                }
                None => {
                    this.inner = None;
                    return Poll::Ready(this.held.take().map(Ok));
                }
                Some(Err(failure)) => return this.fail(failure),
                Some(Ok(piece)) if piece.is_empty() => {}
                Some(Ok(piece)) => match this.left.checked_sub(piece.len() as u64) {
                    None => {
                        let length = this.length;
                        return this.fail(WrongLength::Long { length }.into());
                    }
                    Some(0) => {
                        this.left = 0;
                        this.held = Some(piece);
                    }
                    Some(left) => {
                        this.left = left;
                        return Poll::Ready(Some(Ok(piece)));
                    }
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(length: u64, pieces: Vec<Result<&'static str, &'static str>>) -> Body {
        let pieces = pieces
            .into_iter()
            .map(|piece| piece.map(Bytes::from).map_err(BoxError::from));
        Body {
            length,
            stream: stream::iter(pieces.collect::<Vec<_>>()).boxed(),
        }
    }

    async fn read(body: Body) -> Result<Vec<u8>, String> {
        let watch = Watch::new();
        let mut counted = Counted::new(body, watch.clone());
        let mut read = Vec::new();
        while let Some(piece) = counted.next().await {
            match piece {
                Ok(piece) => read.extend_from_slice(&piece),
                Err(_) => return Err(watch.failure().expect("a failure").to_string()),
            }
        }
        assert!(watch.failure().is_none());
        Ok(read)
    }

    #[tokio::test]
    async fn lets_pass_what_was_promised_and_nothing_else() {
        assert_eq!(read(body(0, vec![])).await.unwrap(), b"");
        assert_eq!(read(body(0, vec![Ok("")])).await.unwrap(), b"");
        assert_eq!(
            read(body(4, vec![Ok("ab"), Ok(""), Ok("cd"), Ok("")]))
                .await
                .unwrap(),
            b"abcd"
        );
        for (length, pieces) in [
            (5, vec![Ok("ab"), Ok("cd")]),
            (1, vec![]),
            (3, vec![Ok("ab"), Ok("cd")]),
            (4, vec![Ok("ab"), Ok("cd"), Ok("e")]),
            (0, vec![Ok("a")]),
            (4, vec![Ok("ab"), Err("torn")]),
            (4, vec![Ok("abcd"), Err("torn")]),
        ] {
            assert!(
                read(body(length, pieces.clone())).await.is_err(),
                "{length} {pieces:?}"
            );
        }
    }

    #[tokio::test]
    async fn keeps_the_source_s_own_error() {
        let error = read(body(4, vec![Ok("ab"), Err("torn")]))
            .await
            .unwrap_err();
        assert_eq!(error, "torn");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_source_is_no_stall_of_the_target() {
        let watch = Watch::new();
        let pieces = stream::once(async {
            tokio::time::sleep(Duration::from_secs(600)).await;
            Ok(Bytes::from_static(b"ab"))
        });
        let body = Body {
            length: 2,
            stream: pieces.boxed(),
        };
        let mut counted = Counted::new(body, watch.clone());
        let limit = Duration::from_secs(60);
        tokio::select! {
            piece = counted.next() => assert_eq!(piece.unwrap().unwrap(), "ab"),
            () = watch.stalled(limit) => panic!("the source was waited for"),
        }
        // Nobody takes or answers anything any more.
        let before = Instant::now();
        watch.stalled(limit).await;
        assert!(before.elapsed() >= limit);
    }
}
