//! Chunks of a known length, sent while they are read: memory does not grow with their size.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::task::JoinSet;

use super::{Sending, joined, size};
use crate::ledger::{Job, SavedChunk};
use crate::model::Digests;
use crate::net::{Bandwidth, Permit, Verdict};
use crate::source::{Content, SourceError};
use crate::target::{Body, TargetError, UploadId};
use crate::transfer::content::work;
use crate::transfer::folders::target_verdict;
use crate::transfer::progress::ItemProgress;
use crate::transfer::stream::{BoxError, verdict};
use crate::transfer::{Mover, Trouble};

/// Where the bytes come from, with the place at the source's host that they take.
pub(super) struct Incoming {
    pub(super) stream: BoxStream<'static, Result<Bytes, SourceError>>,
    pub(super) permit: Option<Permit>,
    /// What was read beyond what was wanted.
    pub(super) rest: Bytes,
}

impl Incoming {
    /// The next bytes, `most` at the most; `None` at the end.
    pub(super) async fn next(&mut self, most: u64) -> Result<Option<Bytes>, SourceError> {
        while self.rest.is_empty() {
            match self.stream.next().await {
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(error)) => {
                    self.release(verdict(&error));
                    return Err(error);
                }
                None => {
                    self.release(Verdict::Fine { units: 1.0 });
                    return Ok(None);
                }
            }
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Ok(Some(self.rest.split_to(most.min(self.rest.len()))))
    }

    fn release(&mut self, verdict: Verdict) {
        if let Some(permit) = self.permit.take() {
            permit.done(verdict);
        }
    }
}

/// Bytes on their way from the source to a request, with the memory that they take.
struct Piece {
    bytes: Bytes,
    _memory: OwnedSemaphorePermit,
}

/// The end that is read into. Dropped before the body has its length, it breaks the request off.
struct Feeder {
    pieces: mpsc::UnboundedSender<Piece>,
    hash_state: oneshot::Sender<Vec<u8>>,
}

impl Feeder {
    /// `hash_state`: after the last byte.
    fn finish(self, hash_state: Vec<u8>) {
        // Nobody wants it when the request has come to its own end.
        let _ = self.hash_state.send(hash_state);
    }
}

/// The other end: a body of `length` bytes. How many of them wait is limited by the memory that each
/// piece brings along.
fn fed_body(
    length: u64,
    bandwidth: Bandwidth,
    progress: ItemProgress,
) -> (Feeder, Body, oneshot::Receiver<Vec<u8>>) {
    let (pieces, waiting) = mpsc::unbounded_channel::<Piece>();
    let (hash_state, after) = oneshot::channel();
    let start = (waiting, bandwidth, progress);
    let stream = futures::stream::unfold(start, |(mut waiting, bandwidth, progress)| async move {
        let piece = waiting.recv().await?;
        bandwidth.pass(piece.bytes.len()).await;
        progress.add(piece.bytes.len());
        Some((
            Ok::<Bytes, BoxError>(piece.bytes),
            (waiting, bandwidth, progress),
        ))
    });
    let body = Body {
        length,
        stream: stream.boxed(),
    };
    (Feeder { pieces, hash_state }, body, after)
}

/// A file that is not much larger than what was sent to find out is not begun anew in one request.
const WORTH_A_PROBE: u64 = 4 * size::PROBE;

/// How the reading of a chunk ended.
enum Fed {
    Whole,
    /// The first chunk has shown that one request suits the file better.
    BetterWhole,
    /// The request came to its end before its body did, and tells why by itself.
    Unwanted,
}

/// A file that goes up in chunks.
struct Flowing<'a> {
    job: &'a Job,
    total: u64,
    progress: &'a ItemProgress,
    /// Whether the first chunk is to show how fast the line is.
    probe: bool,
}

/// A chunk whose request is under way.
struct Chunk {
    number: u32,
    size: u64,
    total: u64,
    body: Body,
    permit: Permit,
    hash_state: oneshot::Receiver<Vec<u8>>,
    /// What its request costs beside its bytes.
    beside: Duration,
}

/// How the sending of what was missing ended.
pub(super) enum Sent {
    /// The digests of the whole.
    Whole(Digests),
    /// Only with `may_go_whole`: one request suits it better.
    BetterWhole,
    /// The source hands out another number of bytes than it states, and may: all of them.
    Misstated(Content),
}

impl Mover {
    /// Sends what is missing of a file of `total` bytes.
    pub(super) async fn send_rest(
        &self,
        job: &Job,
        mut sending: Sending,
        total: u64,
        may_go_whole: bool,
    ) -> Result<Sent, Trouble> {
        let progress = self.begin_progress(job);
        progress.already(sending.sent);
        let (content, permit) = self.open(job, sending.sent).await?;
        if self.is_misstated(job, total - sending.sent, &content) {
            permit.done(Verdict::Fine { units: 1.0 });
            return Ok(Sent::Misstated(match sending.sent {
                0 => content,
                _ => self.0.source.read(&job.item, 0).await?,
            }));
        }
        let mut incoming = Incoming {
            stream: content.stream,
            permit: Some(permit),
            rest: Bytes::new(),
        };
        let mut under_way = JoinSet::new();
        let probe = may_go_whole
            && sending.sent == 0
            && total > WORTH_A_PROBE
            && self.0.swift.suits(total).is_none();
        let file = Flowing {
            job,
            total,
            progress: &progress,
            probe,
        };
        let fed = self
            .send_flowing(&file, &mut sending, &mut incoming, &mut under_way)
            .await;
        drop(incoming);
        // What has been read whole may arrive, whatever became of the others: it need not be sent again.
        let mut ended = Ok(());
        while let Some(one) = under_way.join_next().await {
            ended = ended.and(joined(one));
        }
        match fed? {
            Fed::Whole => ended?,
            Fed::BetterWhole => return Ok(Sent::BetterWhole),
            Fed::Unwanted => {
                ended?;
                return Err(TargetError::temporary("an answer before the chunk's end").into());
            }
        }
        progress.keep();
        Ok(Sent::Whole(sending.hasher.finish()))
    }

    async fn open(&self, job: &Job, from: u64) -> Result<(Content, Permit), Trouble> {
        let permit = self.0.source_pressure.acquire().await;
        match self.0.source.read(&job.item, from).await {
            Ok(content) => Ok((content, permit)),
            Err(error) => {
                permit.done(verdict(&error));
                Err(error.into())
            }
        }
    }

    async fn send_flowing(
        &self,
        file: &Flowing<'_>,
        sending: &mut Sending,
        incoming: &mut Incoming,
        under_way: &mut JoinSet<Result<(), Trouble>>,
    ) -> Result<Fed, Trouble> {
        let total = file.total;
        while sending.sent < total {
            while under_way.len() >= self.chunks_at_once() {
                match under_way.join_next().await {
                    Some(one) => joined(one)?,
                    None => break,
                }
            }
            // First a place at the server, then memory: what holds memory is always on its way.
            let permit = self.0.target_pressure.acquire().await;
            let most = self.largest_chunk();
            let size = match self.0.swift.rate() {
                None if file.probe => size::PROBE.min(most),
                rate => size::of_chunk(rate, total, most),
            };
            let size = size.min(total - sending.sent);
            let (feeder, body, hash_state) =
                fed_body(size, self.0.bandwidth.clone(), file.progress.clone());
            let chunk = Chunk {
                number: sending.next,
                size,
                total,
                body,
                permit,
                hash_state,
                beside: sending.beside,
            };
            let (mover, job, upload) = (self.clone(), file.job.clone(), sending.upload.clone());
            under_way.spawn(async move { mover.send_flowing_chunk(&job, &upload, chunk).await });
            if let Fed::Unwanted = self.feed(feeder, sending, incoming, size).await? {
                return Ok(Fed::Unwanted);
            }
            if file.probe && sending.next == 2 {
                while let Some(one) = under_way.join_next().await {
                    joined(one)?;
                }
                if self.0.swift.suits(total) == Some(true) {
                    return Ok(Fed::BetterWhole);
                }
            }
        }
        match incoming.next(1).await? {
            None => Ok(Fed::Whole),
            // More than it should be: it is another file by now.
            Some(_) => Err(SourceError::Changed.into()),
        }
    }

    async fn feed(
        &self,
        feeder: Feeder,
        sending: &mut Sending,
        incoming: &mut Incoming,
        size: u64,
    ) -> Result<Fed, Trouble> {
        let mut left = size;
        while left > 0 {
            let Some(bytes) = incoming.next(left).await? else {
                let short = format!("the source sent {left} bytes of a chunk too few");
                return Err(SourceError::temporary(short).into());
            };
            sending.hasher.update(&bytes);
            left -= bytes.len() as u64;
            let memory = self.memory(&self.0.flowing_memory, bytes.len()).await?;
            let piece = Piece {
                bytes,
                _memory: memory,
            };
            if feeder.pieces.send(piece).is_err() {
                return Ok(Fed::Unwanted);
            }
        }
        feeder.finish(sending.hasher.save());
        sending.sent += size;
        sending.next += 1;
        Ok(Fed::Whole)
    }

    async fn send_flowing_chunk(
        &self,
        job: &Job,
        upload: &UploadId,
        chunk: Chunk,
    ) -> Result<(), Trouble> {
        let began = Instant::now();
        let path = &job.decision.target_path;
        let total = Some(chunk.total);
        let sent = self
            .0
            .target
            .put_chunk(upload, chunk.number, path, total, chunk.body)
            .await;
        chunk.permit.done(target_verdict(&sent, work(chunk.size)));
        match sent {
            Ok(()) => {
                let took = began.elapsed();
                // At least a part of it must have been the bytes.
                let took = took.saturating_sub(chunk.beside).max(took / 3);
                self.0.swift.sent(chunk.size, took);
            }
            Err(error) => return Err(self.chunk_trouble(job, chunk.size, error).await),
        }
        let Ok(hash_state) = chunk.hash_state.await else {
            return Err(TargetError::temporary("an answer before the chunk's end").into());
        };
        let acknowledged = SavedChunk {
            number: chunk.number,
            size: chunk.size,
            hash_state,
        };
        self.acknowledged(job, acknowledged).await
    }
}
