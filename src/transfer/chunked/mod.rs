//! Large files: chunked upload v2, several chunks at once, resumed after a crash by what the server still
//! holds and the ledger knows.

mod flow;
mod held;
pub(super) mod size;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinError;

use self::flow::Sent;
use super::content::Arrived;
use super::folders::target_verdict;
use super::{Mover, Trouble};
use crate::hash::BothHasher;
use crate::ledger::{Job, SavedChunk, SavedUpload, UploadPhase};
use crate::model::Digests;
use crate::net::Verdict;
use crate::target::{Put, Stored, TargetError, UploadId};

const MIB: u64 = 1 << 20;
/// Attempts without one more chunk arriving, before the whole upload is put back.
const CHUNK_ATTEMPTS: u32 = 4;
/// More at once than this only makes the server's processes wait for each other.
const CHUNKS_AT_ONCE: usize = 4;

/// An upload in the making.
struct Sending {
    upload: UploadId,
    /// The number of the next chunk, from 1.
    next: u32,
    /// Bytes.
    sent: u64,
    hasher: BothHasher,
    /// What a request costs beside its bytes.
    beside: Duration,
}

impl Mover {
    /// `None`: only with `may_go_whole`, after the first chunk has shown a line so fast that chunks cost more
    /// time than they can save; nothing is left of them.
    pub(super) async fn send_chunked(
        &self,
        job: &Job,
        total: u64,
        replace: Option<&str>,
        may_go_whole: bool,
    ) -> Result<Option<Arrived>, Trouble> {
        let (mut failures, mut furthest) = (0, 0);
        loop {
            let sending = match self.saved(job, total).await? {
                Saved::None => self.begin(job, total).await?,
                Saved::Sending(sending) => *sending,
                Saved::Assembling(upload, digests) => {
                    let arrived = self.assemble(job, &upload, total, digests, replace).await?;
                    return Ok(Some(arrived));
                }
            };
            if sending.sent > furthest {
                (failures, furthest) = (0, sending.sent);
            }
            let upload = sending.upload.clone();
            match self.send_rest(job, sending, total, may_go_whole).await {
                Ok(Sent::Whole(digests)) => {
                    let arrived = self.sent(job, &upload, total, digests, replace).await?;
                    return Ok(Some(arrived));
                }
                Ok(Sent::BetterWhole) => {
                    self.forget(job, &upload).await?;
                    return Ok(None);
                }
                Ok(Sent::Misstated(content)) => {
                    self.forget(job, &upload).await?;
                    let arrived = self.send_unknown_length(job, content, replace).await?;
                    return Ok(Some(arrived));
                }
                Err(Trouble::TooLong) => {}
                Err(trouble) => {
                    failures += 1;
                    if !trouble.mends_by_itself() || failures >= CHUNK_ATTEMPTS {
                        return Err(trouble);
                    }
                    tracing::debug!(item = job.n, %trouble, "a chunk did not arrive");
                    tokio::time::sleep(Duration::from_millis(300 * u64::from(failures))).await;
                }
            }
        }
    }

    /// Every chunk is there. What is not what the source has is not put together.
    async fn sent(
        &self,
        job: &Job,
        upload: &UploadId,
        total: u64,
        digests: Digests,
        replace: Option<&str>,
    ) -> Result<Arrived, Trouble> {
        if let Err(mismatch) = self.compare_with_source(job, &digests) {
            // Nothing of it is worth keeping.
            self.forget(job, upload).await?;
            return Err(mismatch);
        }
        self.assemble(job, upload, total, digests, replace).await
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
            && saved.algorithms == Self::algorithms(job);
        let there = self.0.target.chunks(&upload).await?;
        if let (true, UploadPhase::Assembling(digests)) = (fits, &saved.phase) {
            return Ok(if there.is_some() {
                Saved::Assembling(upload, digests.clone())
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
        let Some(sending) = resume(&saved, &there) else {
            self.forget(job, &upload).await?;
            return Ok(Saved::None);
        };
        // The next ones need not be of the size of those that were on their way.
        for &number in there.keys().filter(|&&number| number >= sending.next) {
            self.0.target.remove_chunk(&upload, number).await?;
        }
        Ok(Saved::Sending(Box::new(sending)))
    }

    async fn begin(&self, job: &Job, total: u64) -> Result<Sending, Trouble> {
        let upload = UploadId(format!("transhumance-{}", uuid::Uuid::new_v4()));
        // Written down first, so that it is thrown away even if we are killed right after making it.
        let saved = SavedUpload {
            upload_id: upload.0.clone(),
            total,
            algorithms: Self::algorithms(job),
            source_version: job.item.version.clone(),
            target_path: job.decision.target_path.clone(),
            phase: UploadPhase::Sending,
            chunks: Vec::new(),
        };
        self.0.ledger.save_upload(job.n, saved).await?;
        let path = &job.decision.target_path;
        // The server takes no chunk for a place in a folder that is missing.
        if let Some((parent, _)) = path.rsplit_once('/') {
            self.folder_with_parents(parent).await?;
        }
        let began = Instant::now();
        self.0.target.begin_upload(&upload, path).await?;
        Ok(Sending {
            upload,
            next: 1,
            sent: 0,
            hasher: BothHasher::new(Self::algorithms(job)),
            beside: began.elapsed(),
        })
    }

    fn chunks_at_once(&self) -> usize {
        let offered = self.0.info.chunked;
        offered.map_or(1, |chunked| chunked.max_parallel.clamp(1, CHUNKS_AT_ONCE))
    }

    async fn acknowledged(&self, job: &Job, chunk: SavedChunk) -> Result<(), Trouble> {
        self.succeeded();
        Ok(self.0.ledger.chunk_acknowledged(job.n, chunk).await?)
    }

    /// What it means that a chunk of `bytes` was not taken.
    async fn chunk_trouble(&self, job: &Job, bytes: u64, error: TargetError) -> Trouble {
        match error {
            TargetError::TooLarge if self.send_less_at_once(bytes) => Trouble::TooLong,
            TargetError::UploadGone | TargetError::NotFound => {
                match self.0.ledger.forget_upload(job.n).await {
                    Ok(()) => Trouble::UploadLost,
                    Err(error) => error.into(),
                }
            }
            error => error.into(),
        }
    }

    async fn assemble(
        &self,
        job: &Job,
        upload: &UploadId,
        total: u64,
        digests: Digests,
        replace: Option<&str>,
    ) -> Result<Arrived, Trouble> {
        self.0.ledger.assembling(job.n, digests.clone()).await?;
        let put = Put {
            path: &job.decision.target_path,
            modified: job.item.modified,
            created: job.item.created,
            hash: digests.target.algorithm,
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
                streamed: digests,
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

    /// Waits for the memory that `bytes` take.
    async fn memory(
        &self,
        of: &Arc<Semaphore>,
        bytes: usize,
    ) -> Result<OwnedSemaphorePermit, Trouble> {
        let kibibytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        of.clone()
            .acquire_many_owned(kibibytes)
            .await
            .map_err(|_| Trouble::Ledger(crate::ledger::LedgerError::Closed))
    }
}

enum Saved {
    None,
    Sending(Box<Sending>),
    Assembling(UploadId, Digests),
}

/// The longest beginning of the upload that both sides agree on.
fn resume(saved: &SavedUpload, there: &BTreeMap<u32, u64>) -> Option<Sending> {
    let mut sent = 0;
    let mut last: Option<&SavedChunk> = None;
    for (expected, chunk) in (1..).zip(&saved.chunks) {
        if chunk.number != expected
            || sent + chunk.size > saved.total
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
        next: last.number + 1,
        sent,
        hasher: BothHasher::restore(saved.algorithms, &last.hash_state).ok()?,
        beside: Duration::ZERO,
    })
}

fn joined(ended: Result<Result<(), Trouble>, JoinError>) -> Result<(), Trouble> {
    ended.unwrap_or(Err(Trouble::UploadLost))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::digests;
    use crate::model::{Algorithms, HashAlgorithm};

    const CONTENT: &[u8] = b"ten bytes.ten bytes.and five";

    /// Chunks of [`CONTENT`].
    fn saved(sizes: &[u64], total: u64) -> SavedUpload {
        let algorithms = Algorithms::comparing(Some(HashAlgorithm::Dropbox));
        let mut hasher = BothHasher::new(algorithms);
        let mut content = CONTENT;
        let chunks = (1..)
            .zip(sizes)
            .map(|(number, &size)| {
                let (chunk, rest) = content.split_at((size as usize).min(content.len()));
                content = rest;
                hasher.update(chunk);
                SavedChunk {
                    number,
                    size,
                    hash_state: hasher.save(),
                }
            })
            .collect();
        SavedUpload {
            upload_id: "u".into(),
            total,
            algorithms,
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
        let both = digests(
            Algorithms::comparing(Some(HashAlgorithm::Dropbox)),
            &CONTENT[..20],
        );
        assert_eq!(sending.hasher.finish(), both);
        let sending = resume(&saved(&[10, 10, 5], 25), &there).unwrap();
        assert_eq!((sending.next, sending.sent), (4, 25));
        let sending = resume(&saved(&[10, 10, 5], 24), &there).unwrap();
        assert_eq!((sending.next, sending.sent), (3, 20));
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
