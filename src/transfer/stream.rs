//! The bytes on their way: counted, hashed, kept within the bandwidth.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::progress::ItemProgress;
use crate::hash::BothHasher;
use crate::model::{Algorithms, Digests};
use crate::net::{Bandwidth, Permit, Verdict};
use crate::source::{Content, SourceError};
use crate::target::Body;

/// What a stream saw, to be asked once it is over.
#[derive(Debug, Clone)]
pub(super) struct Watched(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    hasher: BothHasher,
    bytes: u64,
    trouble: Option<SourceError>,
}

impl Watched {
    fn new(algorithms: Algorithms) -> Self {
        Self(Arc::new(Mutex::new(State {
            hasher: BothHasher::new(algorithms),
            bytes: 0,
            trouble: None,
        })))
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The digests of the bytes that passed.
    pub(super) fn digests(&self) -> Digests {
        self.with(|state| state.hasher.clone().finish())
    }

    /// Why the source's stream broke off, if it did.
    pub(super) fn take_trouble(&self) -> Option<SourceError> {
        self.with(|state| state.trouble.take())
    }
}

/// The trouble is told through [`Watched::take_trouble`]; the request only has to break off.
#[derive(Debug, thiserror::Error)]
#[error("the source's stream broke off")]
struct BrokeOff;

/// A body of exactly `length` bytes that tells [`Watched`] what passed.
pub(super) fn watched_body(
    content: Content,
    length: u64,
    algorithms: Algorithms,
    permit: Permit,
    bandwidth: Bandwidth,
    progress: ItemProgress,
) -> (Body, Watched) {
    let watched = Watched::new(algorithms);
    let start = Pipe {
        stream: content.stream,
        watched: watched.clone(),
        permit: Some(permit),
        bandwidth,
        progress,
        length,
        over: false,
    };
    let stream = futures::stream::unfold(start, |mut pipe| async move {
        let piece = pipe.next().await?;
        Some((piece, pipe))
    });
    let body = Body {
        length,
        stream: stream.boxed(),
    };
    (body, watched)
}

struct Pipe {
    stream: BoxStream<'static, Result<Bytes, SourceError>>,
    watched: Watched,
    permit: Option<Permit>,
    bandwidth: Bandwidth,
    progress: ItemProgress,
    length: u64,
    over: bool,
}

pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Pipe {
    async fn next(&mut self) -> Option<Result<Bytes, BoxError>> {
        if self.over {
            return None;
        }
        let piece = match self.stream.next().await {
            Some(Ok(piece)) => piece,
            Some(Err(error)) => return Some(Err(self.break_off(error))),
            None => {
                self.over = true;
                let bytes = self.watched.with(|state| state.bytes);
                if bytes < self.length {
                    let error = SourceError::temporary(format!(
                        "the source sent {bytes} of {} bytes",
                        self.length
                    ));
                    return Some(Err(self.break_off(error)));
                }
                self.release(Verdict::Fine { units: 1.0 });
                return None;
            }
        };
        let bytes = self.watched.with(|state| {
            state.hasher.update(&piece);
            state.bytes += piece.len() as u64;
            state.bytes
        });
        if bytes > self.length {
            return Some(Err(self.break_off(SourceError::Changed)));
        }
        if bytes == self.length {
            self.release(Verdict::Fine { units: 1.0 });
        }
        self.bandwidth.pass(piece.len()).await;
        self.progress.add(piece.len());
        Some(Ok(piece))
    }

    fn break_off(&mut self, error: SourceError) -> BoxError {
        self.over = true;
        self.release(verdict(&error));
        self.watched.with(|state| state.trouble = Some(error));
        Box::new(BrokeOff)
    }

    fn release(&mut self, verdict: Verdict) {
        if let Some(permit) = self.permit.take() {
            permit.done(verdict);
        }
    }
}

/// What an error of the source says of its host.
pub(super) fn verdict(error: &SourceError) -> Verdict {
    match error {
        SourceError::Throttled { retry_after } => Verdict::TooMuch {
            pause: *retry_after,
        },
        _ => Verdict::Neutral,
    }
}

/// Bytes that are at hand, kept within the bandwidth and counted as they go out.
pub(super) fn paced_body(bytes: Bytes, bandwidth: Bandwidth, progress: ItemProgress) -> Body {
    const PIECE: usize = 64 << 10;
    let length = bytes.len() as u64;
    let start = (bytes, bandwidth, progress);
    let stream = futures::stream::unfold(start, |(mut rest, bandwidth, progress)| async move {
        if rest.is_empty() {
            return None;
        }
        let piece = rest.split_to(rest.len().min(PIECE));
        bandwidth.pass(piece.len()).await;
        progress.went_out(piece.len() as u64);
        Some((Ok::<Bytes, BoxError>(piece), (rest, bandwidth, progress)))
    });
    Body {
        length,
        stream: stream.boxed(),
    }
}

/// Reads a small content whole; `limit` bytes at the most.
pub(super) async fn read_whole(mut content: Content, limit: u64) -> Result<Bytes, SourceError> {
    let mut bytes = Vec::new();
    while let Some(piece) = content.stream.next().await {
        bytes.extend_from_slice(&piece?);
        if bytes.len() as u64 > limit {
            return Err(SourceError::Changed);
        }
    }
    Ok(bytes.into())
}
