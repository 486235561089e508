//! Large files: chunked upload v2, several chunks at once, resumed after a crash by what the server still
//! holds and the ledger knows.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;

use super::content::{Arrived, work};
use super::folders::target_verdict;
use super::progress::ItemProgress;
use super::stream::{paced_body, verdict};
use super::{CHUNK_MEMORY, Mover, Trouble};
use crate::hash::StreamHasher;
use crate::ledger::{Job, SavedChunk, SavedUpload, UploadPhase};
use crate::model::HashValue;
use crate::net::{Permit, Verdict};
use crate::source::{Content, SourceError};
use crate::target::{Put, Stored, TargetError, UploadId};

const MIB: u64 = 1 << 20;
/// Large enough that the server's cost of a request does not count, small enough that several fit into
/// memory. The server takes 5 MiB to 5 GiB, and 10,000 chunks at the most.
const CHUNK: u64 = 24 * MIB;
const MOST_CHUNKS: u64 = 10_000;
/// A file of fewer chunks is not begun anew in one request.
const WORTH_CHUNKS: u64 = 4;
/// An export up to this size is sent in one request.
const SMALL_EXPORT: u64 = 8 * MIB;
/// Attempts at one chunk, whose bytes are at hand, before the whole upload is put back.
const CHUNK_ATTEMPTS: u32 = 4;

/// An upload in the making.
struct Sending {
    upload: UploadId,
    chunk_size: u64,
    /// Known for files, not for exports.
    total: Option<u64>,
    next: u32,
    sent: u64,
    hasher: StreamHasher,
}

/// Where the bytes come from, with the place at the source's host that they take.
struct Incoming {
    stream: BoxStream<'static, Result<Bytes, SourceError>>,
    permit: Option<Permit>,
    /// What was read beyond the end of a chunk.
    rest: Bytes,
}

/// How a chunked upload ended.
pub(super) enum Chunked {
    Arrived(Arrived),
    /// It was thrown away after its first chunk: one request is the better way.
    BetterWhole,
}

impl Mover {
    /// `may_go_whole`: whether to stop after the first chunk where it shows a line so fast that chunks only
    /// cost time.
    pub(super) async fn send_chunked(
        &self,
        job: &Job,
        total: u64,
        replace: Option<&str>,
        may_go_whole: bool,
    ) -> Result<Chunked, Trouble> {
        let sending = match self.saved(job, total).await? {
            Saved::None => self.begin(job, total).await?,
            Saved::Sending(sending) => sending,
            Saved::Assembling(upload, hash) => {
                let arrived = self.assemble(job, &upload, total, hash, replace).await?;
                return Ok(Chunked::Arrived(arrived));
            }
        };
        if sending.sent == total {
            let (upload, hash) = (sending.upload, sending.hasher.finish());
            let arrived = self.assemble(job, &upload, total, hash, replace).await?;
            return Ok(Chunked::Arrived(arrived));
        }
        let permit = self.0.source_pressure.acquire().await;
        let content = match self.0.source.read(&job.item, sending.sent).await {
            Ok(content) => content,
            Err(error) => {
                permit.done(verdict(&error));
                return Err(error.into());
            }
        };
        let incoming = Incoming {
            stream: content.stream,
            permit: Some(permit),
            rest: Bytes::new(),
        };
        let upload = sending.upload.clone();
        let probe = may_go_whole && sending.sent == 0;
        let Some((sent, hash)) = self.send_chunks(job, sending, incoming, probe).await? else {
            self.forget(job, &upload).await?;
            return Ok(Chunked::BetterWhole);
        };
        if sent != total {
            // Too few: the connection broke; too many: it is another file by now.
            return Err(if sent < total {
                SourceError::temporary(format!("the source sent {sent} of {total} bytes")).into()
            } else {
                Trouble::Source(SourceError::Changed)
            });
        }
        if let Some(expected) = &job.item.hash
            && *expected != hash
        {
            // Nothing of it is worth keeping.
            self.forget(job, &upload).await?;
            return Err(Trouble::SourceMismatch {
                expected: expected.clone(),
                streamed: hash,
            });
        }
        let arrived = self.assemble(job, &upload, total, hash, replace).await?;
        Ok(Chunked::Arrived(arrived))
    }

    /// Content whose size is known only at its end: small ones in one request, others in chunks.
    pub(super) async fn send_unknown_length(
        &self,
        job: &Job,
        content: Content,
        replace: Option<&str>,
    ) -> Result<Arrived, Trouble> {
        let mut incoming = Incoming {
            stream: content.stream,
            permit: None,
            rest: Bytes::new(),
        };
        let memory = self.memory(SMALL_EXPORT).await?;
        let start = incoming.fill(SMALL_EXPORT).await?;
        if (start.len() as u64) < SMALL_EXPORT || self.0.info.chunked.is_none() {
            let whole = if self.0.info.chunked.is_none() {
                incoming.rest = start;
                incoming.fill(u64::MAX).await?
            } else {
                start
            };
            return self.send_bytes(job, whole, replace).await;
        }
        incoming.rest = start;
        drop(memory);
        // Two exports are not the same bytes: what an earlier attempt sent is of no use.
        if let Some(saved) = self.0.ledger.saved_upload(job.n).await? {
            self.forget(job, &UploadId(saved.upload_id)).await?;
        }
        let sending = self.begin(job, 0).await?;
        let sending = Sending {
            total: None,
            ..sending
        };
        let upload = sending.upload.clone();
        let sent = self.send_chunks(job, sending, incoming, false).await?;
        let Some((total, hash)) = sent else {
            return Err(Trouble::UploadLost);
        };
        self.assemble(job, &upload, total, hash, replace).await
    }

    /// What an earlier attempt left, as far as both the ledger and the server know of it.
    async fn saved(&self, job: &Job, total: u64) -> Result<Saved, Trouble> {
        let Some(saved) = self.0.ledger.saved_upload(job.n).await? else {
            return Ok(Saved::None);
        };
        let upload = UploadId(saved.upload_id.clone());
        let fits = saved.total == total
            && saved.source_version == job.item.version
            && saved.target_path == job.decision.target_path
            && saved.algorithm == Self::algorithm(job);
        let there = self.0.target.chunks(&upload).await?;
        if let (true, UploadPhase::Assembling(hash)) = (fits, &saved.phase) {
            return Ok(if there.is_some() {
                Saved::Assembling(upload, hash.clone())
            } else {
                // Either assembled, which a look at the target path has told before, or thrown away.
                self.0.ledger.forget_upload(job.n).await?;
                Saved::None
            });
        }
        let Some(there) = there.filter(|_| fits) else {
            self.forget(job, &upload).await?;
            return Ok(Saved::None);
        };
        let there: BTreeMap<u32, u64> = there
            .into_iter()
            .map(|chunk| (chunk.number, chunk.size))
            .collect();
        Ok(match resume(&saved, &there) {
            Some(sending) => Saved::Sending(sending),
            None => {
                self.forget(job, &upload).await?;
                Saved::None
            }
        })
    }

    async fn begin(&self, job: &Job, total: u64) -> Result<Sending, Trouble> {
        let most = self
            .0
            .info
            .chunked
            .map_or(u64::MAX, |chunked| chunked.max_chunk);
        let chunk_size = CHUNK
            .max(total.div_ceil(MOST_CHUNKS))
            .min(most.max(5 * MIB));
        let upload = UploadId(format!("transhumance-{}", uuid::Uuid::new_v4()));
        // Written down first, so that it is thrown away even if we are killed right after making it.
        let saved = SavedUpload {
            upload_id: upload.0.clone(),
            chunk_size,
            total,
            algorithm: Self::algorithm(job),
            source_version: job.item.version.clone(),
            target_path: job.decision.target_path.clone(),
            phase: UploadPhase::Sending,
            chunks: Vec::new(),
        };
        self.0.ledger.save_upload(job.n, saved).await?;
        let path = &job.decision.target_path;
        // The server answers a chunk for a place in a missing folder as if the upload itself were gone.
        if let Some((parent, _)) = path.rsplit_once('/') {
            self.folder_with_parents(parent).await?;
        }
        self.0.target.begin_upload(&upload, path).await?;
        Ok(Sending {
            upload,
            chunk_size,
            total: Some(total),
            next: 1,
            sent: 0,
            hasher: StreamHasher::new(Self::algorithm(job)),
        })
    }

    /// Bytes sent and their digest; `None`: with `probe`, the first chunk showed that one request suits
    /// better.
    async fn send_chunks(
        &self,
        job: &Job,
        mut sending: Sending,
        mut incoming: Incoming,
        mut probe: bool,
    ) -> Result<Option<(u64, HashValue)>, Trouble> {
        let progress = self.0.progress.begin(job.n, &job.item.name);
        progress.add(usize::try_from(sending.sent).unwrap_or(usize::MAX));
        let parallel = self
            .0
            .info
            .chunked
            .map_or(1, |chunked| chunked.max_parallel.clamp(1, 4));
        let mut under_way: JoinSet<Result<(), Trouble>> = JoinSet::new();
        loop {
            let memory = self.memory(sending.chunk_size).await?;
            let bytes = incoming.fill(sending.chunk_size).await?;
            if bytes.is_empty() && sending.next > 1 {
                break;
            }
            let last = (bytes.len() as u64) < sending.chunk_size;
            sending.hasher.update(&bytes);
            sending.sent += bytes.len() as u64;
            if sending.total.is_some_and(|total| sending.sent > total) {
                return Err(SourceError::Changed.into());
            }
            let chunk = Chunk {
                number: sending.next,
                total: sending.total,
                hash_state: sending.hasher.save(),
                bytes,
                _memory: memory,
            };
            sending.next += 1;
            while under_way.len() >= parallel {
                joined(under_way.join_next().await)?;
            }
            let (mover, job, upload, progress) = (
                self.clone(),
                job.clone(),
                sending.upload.clone(),
                progress.clone(),
            );
            under_way.spawn(async move { mover.send_chunk(&job, &upload, chunk, &progress).await });
            if last {
                break;
            }
            if std::mem::take(&mut probe) {
                joined(under_way.join_next().await)?;
                let rest = sending.total.unwrap_or(0);
                if rest > WORTH_CHUNKS * sending.chunk_size
                    && self.0.swift.suits(rest) == Some(true)
                {
                    return Ok(None);
                }
            }
        }
        while let Some(ended) = under_way.join_next().await {
            joined(Some(ended))?;
        }
        progress.keep();
        Ok(Some((sending.sent, sending.hasher.finish())))
    }

    async fn send_chunk(
        &self,
        job: &Job,
        upload: &UploadId,
        chunk: Chunk,
        progress: &ItemProgress,
    ) -> Result<(), Trouble> {
        let path = &job.decision.target_path;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let permit = self.0.target_pressure.acquire().await;
            let body = paced_body(chunk.bytes.clone(), self.0.bandwidth.clone());
            let began = Instant::now();
            let sent = self
                .0
                .target
                .put_chunk(upload, chunk.number, path, chunk.total, body)
                .await;
            permit.done(target_verdict(&sent, work(chunk.bytes.len() as u64)));
            match sent {
                Ok(()) => {
                    let size = chunk.bytes.len() as u64;
                    self.0.swift.sent(size, began.elapsed());
                    break;
                }
                Err(TargetError::UploadGone | TargetError::NotFound) => {
                    self.0.ledger.forget_upload(job.n).await?;
                    return Err(Trouble::UploadLost);
                }
                Err(error)
                    if error.is_passing() && !error.concerns_all() && attempt < CHUNK_ATTEMPTS =>
                {
                    tokio::time::sleep(Duration::from_millis(300 * u64::from(attempt))).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
        progress.add(chunk.bytes.len());
        self.succeeded();
        let acknowledged = SavedChunk {
            number: chunk.number,
            size: chunk.bytes.len() as u64,
            hash_state: chunk.hash_state,
        };
        Ok(self
            .0
            .ledger
            .chunk_acknowledged(job.n, acknowledged)
            .await?)
    }

    async fn assemble(
        &self,
        job: &Job,
        upload: &UploadId,
        total: u64,
        hash: HashValue,
        replace: Option<&str>,
    ) -> Result<Arrived, Trouble> {
        self.0.ledger.assembling(job.n, hash.clone()).await?;
        let put = Put {
            path: &job.decision.target_path,
            modified: job.item.modified,
            created: job.item.created,
            hash: hash.algorithm,
            replace,
        };
        let permit = self.0.target_pressure.acquire().await;
        let stored: Result<Stored, TargetError> = self.0.target.assemble(upload, &put, total).await;
        permit.done(match &stored {
            // How long it takes says something of the file, not of the host.
            Ok(_) => Verdict::Neutral,
            stored => target_verdict(stored, 1.0),
        });
        match stored {
            Ok(stored) => Ok(Arrived {
                bytes: total,
                streamed: hash,
                stored,
            }),
            // The server's chunks do not add up, or are gone: begin again.
            Err(TargetError::UploadIncomplete { .. } | TargetError::UploadGone) => {
                self.forget(job, upload).await?;
                Err(Trouble::UploadLost)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Throws an upload away, here and at the server.
    async fn forget(&self, job: &Job, upload: &UploadId) -> Result<(), Trouble> {
        self.0.target.abort_upload(upload).await?;
        Ok(self.0.ledger.forget_upload(job.n).await?)
    }

    /// Waits for its share of the memory for chunks.
    async fn memory(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Trouble> {
        let wanted = usize::try_from(bytes.div_ceil(MIB)).unwrap_or(CHUNK_MEMORY);
        let wanted = u32::try_from(wanted.clamp(1, CHUNK_MEMORY)).unwrap_or(1);
        let memory = self.0.chunk_memory.clone();
        memory
            .acquire_many_owned(wanted)
            .await
            .map_err(|_| Trouble::Ledger(crate::ledger::LedgerError::Closed))
    }
}

struct Chunk {
    number: u32,
    total: Option<u64>,
    bytes: Bytes,
    hash_state: Vec<u8>,
    _memory: OwnedSemaphorePermit,
}

enum Saved {
    None,
    Sending(Sending),
    Assembling(UploadId, HashValue),
}

/// The longest beginning of the upload that both sides agree on.
fn resume(saved: &SavedUpload, there: &BTreeMap<u32, u64>) -> Option<Sending> {
    let mut sent = 0;
    let mut last: Option<&SavedChunk> = None;
    for (expected, chunk) in (1..).zip(&saved.chunks) {
        if chunk.number != expected
            || chunk.size != saved.chunk_size.min(saved.total.saturating_sub(sent))
            || there.get(&chunk.number) != Some(&chunk.size)
        {
            break;
        }
        sent += chunk.size;
        last = Some(chunk);
    }
    let last = last?;
    Some(Sending {
        upload: UploadId(saved.upload_id.clone()),
        chunk_size: saved.chunk_size,
        total: Some(saved.total),
        next: last.number + 1,
        sent,
        hasher: StreamHasher::restore(saved.algorithm, &last.hash_state).ok()?,
    })
}

fn joined(
    ended: Option<Result<Result<(), Trouble>, tokio::task::JoinError>>,
) -> Result<(), Trouble> {
    match ended {
        Some(Ok(result)) => result,
        None => Ok(()),
        Some(Err(_)) => Err(Trouble::UploadLost),
    }
}

impl Incoming {
    /// The next `size` bytes, fewer only at the end.
    async fn fill(&mut self, size: u64) -> Result<Bytes, SourceError> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let mut chunk = BytesMut::with_capacity(size.min(CHUNK as usize));
        loop {
            let missing = size - chunk.len();
            let piece = self.rest.split_to(missing.min(self.rest.len()));
            chunk.extend_from_slice(&piece);
            if chunk.len() == size {
                return Ok(chunk.freeze());
            }
            match self.stream.next().await {
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(error)) => {
                    self.release(verdict(&error));
                    return Err(error);
                }
                None => {
                    self.release(Verdict::Fine { units: 1.0 });
                    return Ok(chunk.freeze());
                }
            }
        }
    }

    fn release(&mut self, verdict: Verdict) {
        if let Some(permit) = self.permit.take() {
            permit.done(verdict);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HashAlgorithm;

    fn saved(sizes: &[u64], total: u64) -> SavedUpload {
        let chunks = (1..)
            .zip(sizes)
            .map(|(number, &size)| SavedChunk {
                number,
                size,
                hash_state: StreamHasher::new(HashAlgorithm::Md5).save(),
            })
            .collect();
        SavedUpload {
            upload_id: "u".into(),
            chunk_size: 10,
            total,
            algorithm: HashAlgorithm::Md5,
            source_version: "1".into(),
            target_path: "a".into(),
            phase: UploadPhase::Sending,
            chunks,
        }
    }

    #[test]
    fn goes_on_after_what_both_sides_have() {
        let there: BTreeMap<u32, u64> = [(1, 10), (2, 10), (3, 5)].into();
        let sending = resume(&saved(&[10, 10, 10], 100), &there).unwrap();
        assert_eq!((sending.next, sending.sent), (3, 20));
        let sending = resume(&saved(&[10, 10, 5], 25), &there).unwrap();
        assert_eq!((sending.next, sending.sent), (4, 25));
        assert!(resume(&saved(&[10], 100), &BTreeMap::new()).is_none());
        assert!(resume(&saved(&[], 100), &there).is_none());
    }

    #[test]
    fn a_gap_ends_what_can_be_used() {
        let mut upload = saved(&[10, 10, 10], 100);
        upload.chunks.remove(1);
        let there: BTreeMap<u32, u64> = [(1, 10), (2, 10), (3, 10)].into();
        assert_eq!(resume(&upload, &there).unwrap().sent, 10);
    }
}
