//! One file: read, sent, proved.

use std::sync::PoisonError;
use std::time::Instant;

use super::folders::target_verdict;
use super::stream::{paced_body, read_whole, verdict, watched_body};
use super::{Mover, Trouble, entry_of};
use crate::hash::{BothHasher, digests};
use crate::ledger::{Finished, Job, Task, UploadPhase};
use crate::model::{
    Algorithms, Digests, DocumentFormat, HashValue, ItemKind, Outcome, OutcomeKind, Proof, Reason,
    Step, TargetEntry,
};
use crate::net::Verdict;
use crate::source::{Content, SourceError, link_file};
use crate::target::{Put, Stored, TargetError};

/// Larger files go up in chunks, which can be resumed, as long as nobody knows how fast the server is.
const LARGEST_PUT: u64 = 16 << 20;
/// Larger files go up one by one.
const LARGEST_BULK_FILE: u64 = 512 << 10;
const BULK_FILES: usize = 100;
const BULK_BYTES: u64 = 4 << 20;

/// What arrived, and what it is proved by.
#[derive(Debug, Clone)]
pub(super) struct Arrived {
    pub(super) bytes: u64,
    pub(super) streamed: Digests,
    pub(super) stored: Stored,
}

impl Mover {
    /// Groups small files that may go up in bulk; everything else goes alone.
    pub(super) fn content_units(&self, jobs: Vec<super::Job>) -> Vec<Vec<Job>> {
        let mut units = Vec::new();
        let mut batch: Vec<Job> = Vec::new();
        let mut batch_bytes = 0;
        for job in jobs {
            if !self.may_go_in_bulk(&job) {
                units.push(vec![job]);
                continue;
            }
            let bytes = job.item.size.unwrap_or(0);
            if batch.len() >= BULK_FILES || batch_bytes + bytes > BULK_BYTES {
                units.push(std::mem::take(&mut batch));
                batch_bytes = 0;
            }
            batch_bytes += bytes;
            batch.push(job);
        }
        if !batch.is_empty() {
            units.push(batch);
        }
        units
    }

    /// The bulk endpoint overwrites silently, so only a first attempt at a free place goes there.
    fn may_go_in_bulk(&self, job: &Job) -> bool {
        self.bulk_is_possible()
            && job.item.kind == ItemKind::File
            && job.item.size.is_some_and(|size| size <= LARGEST_BULK_FILE)
            && !job.interrupted
            && job.attempts == 0
            && matches!(job.decision.step, Step::Upload { replace: None })
    }

    /// Sends one file, whatever it takes.
    pub(super) async fn send(&self, job: &Job) -> Result<Finished, Trouble> {
        let replace = match &job.decision.step {
            Step::Upload { replace }
            | Step::Export { replace, .. }
            | Step::WriteLink { replace } => replace.clone(),
            Step::Nothing
            | Step::MakeFolder
            | Step::MakeCollection { .. }
            | Step::PutObject { .. } => None,
        };
        let mut replace = replace;
        if job.interrupted {
            match self
                .what_an_earlier_attempt_left(job, replace.as_deref())
                .await?
            {
                Left::Nothing => {}
                Left::All(arrived) => return Ok(finished(job, arrived)),
                Left::Part { etag } => replace = Some(etag),
            }
        }
        let sent = self.send_content(job, replace.as_deref()).await;
        let sent = match sent {
            Err(Trouble::Target(TargetError::ParentMissing { .. })) => {
                if let Some((parent, _)) = job.decision.target_path.rsplit_once('/') {
                    self.folder_with_parents(parent).await?;
                }
                self.send_content(job, replace.as_deref()).await
            }
            sent => sent,
        };
        match sent {
            Ok(arrived) => self.prove(job, arrived).await,
            // Taken although the plan saw a free place: ours, if an answer got lost on the way.
            Err(Trouble::Target(error @ TargetError::Taken { .. })) => {
                match self.what_an_earlier_attempt_left(job, None).await? {
                    Left::All(arrived) => Ok(finished(job, arrived)),
                    Left::Part { .. } | Left::Nothing => {
                        Err(TargetError::temporary(error.to_string()).into())
                    }
                }
            }
            Err(Trouble::Target(TargetError::Changed { .. })) => Err(Trouble::TargetChanged),
            Err(trouble) => Err(self.source_changed(job, trouble).await),
        }
    }

    async fn send_content(&self, job: &Job, replace: Option<&str>) -> Result<Arrived, Trouble> {
        match &job.decision.step {
            Step::Export { format, .. } => self.send_export(job, *format, replace).await,
            Step::WriteLink { .. } => self.send_link(job, replace).await,
            _ => {
                let size = job.item.size.unwrap_or(0);
                if self.0.info.chunked.is_some() {
                    self.send_sized(job, size, replace).await
                } else {
                    self.send_whole(job, size, replace).await
                }
            }
        }
    }

    /// In one request where that takes seconds and nothing has gone wrong with it yet; else in chunks.
    async fn send_sized(
        &self,
        job: &Job,
        size: u64,
        replace: Option<&str>,
    ) -> Result<Arrived, Trouble> {
        let first_attempt = job.attempts == 0 && !job.interrupted;
        let whole = size <= LARGEST_PUT.min(self.largest_chunk())
            || first_attempt && self.0.swift.suits(size) == Some(true);
        if !whole
            && let Some(arrived) = self.send_chunked(job, size, replace, first_attempt).await?
        {
            return Ok(arrived);
        }
        match self.send_whole(job, size, replace).await {
            Err(Trouble::Target(TargetError::TooLarge)) if self.send_less_at_once(size) => {}
            sent => return sent,
        }
        let arrived = self.send_chunked(job, size, replace, false).await?;
        arrived.ok_or(Trouble::UploadLost)
    }

    fn put<'a>(job: &'a Job, replace: Option<&'a str>) -> Put<'a> {
        Put {
            path: &job.decision.target_path,
            modified: job.item.modified,
            created: job.item.created,
            hash: Self::algorithms(job).target,
            replace,
        }
    }

    /// In one request, read and sent at the same time.
    async fn send_whole(
        &self,
        job: &Job,
        size: u64,
        replace: Option<&str>,
    ) -> Result<Arrived, Trouble> {
        let progress = self.begin_progress(job);
        let source_permit = self.0.source_pressure.acquire().await;
        let content = match self.0.source.read(&job.item, 0).await {
            Ok(content) => content,
            Err(error) => {
                source_permit.done(verdict(&error));
                return Err(error.into());
            }
        };
        if self.is_misstated(job, size, &content) {
            source_permit.done(Verdict::Fine { units: 1.0 });
            return self.send_unknown_length(job, content, replace).await;
        }
        let (body, watched) = watched_body(
            content,
            size,
            Self::algorithms(job),
            source_permit,
            self.0.bandwidth.clone(),
            progress.clone(),
        );
        let permit = self.0.target_pressure.acquire().await;
        let began = Instant::now();
        let stored = self.0.target.put(&Self::put(job, replace), body).await;
        permit.done(target_verdict(&stored, work(size)));
        let stored = match stored {
            Ok(stored) => {
                self.0.swift.sent(size, began.elapsed());
                stored
            }
            Err(error) => {
                return Err(match watched.take_trouble() {
                    Some(trouble) => trouble.into(),
                    None => error.into(),
                });
            }
        };
        progress.keep();
        Ok(Arrived {
            bytes: size,
            streamed: watched.digests(),
            stored,
        })
    }

    /// Bytes that are all there.
    pub(super) async fn send_bytes(
        &self,
        job: &Job,
        bytes: bytes::Bytes,
        replace: Option<&str>,
    ) -> Result<Arrived, Trouble> {
        let progress = self.begin_progress(job);
        let streamed = digests(Self::algorithms(job), &bytes);
        let size = bytes.len() as u64;
        let permit = self.0.target_pressure.acquire().await;
        let put = Self::put(job, replace);
        let body = paced_body(bytes, self.0.bandwidth.clone(), progress.clone());
        let stored = self.0.target.put(&put, body).await;
        permit.done(target_verdict(&stored, 1.0));
        let stored = stored?;
        progress.already(size);
        progress.keep();
        Ok(Arrived {
            bytes: size,
            streamed,
            stored,
        })
    }

    async fn send_link(&self, job: &Job, replace: Option<&str>) -> Result<Arrived, Trouble> {
        let address = job.item.web_link.clone().unwrap_or_default();
        self.send_bytes(job, link_file(&address).into(), replace)
            .await
    }

    async fn send_export(
        &self,
        job: &Job,
        format: DocumentFormat,
        replace: Option<&str>,
    ) -> Result<Arrived, Trouble> {
        // The source takes its time to convert: what it is busy with is shown already.
        let _shown = self.begin_progress(job);
        let permit = self.0.source_pressure.acquire().await;
        let content = self.0.source.export(&job.item, format).await;
        permit.done(match &content {
            Ok(_) => Verdict::Fine { units: 1.0 },
            Err(error) => verdict(error),
        });
        self.send_unknown_length(job, content?, replace).await
    }

    /// The digests must agree, all of them, before anything counts as moved.
    async fn prove(&self, job: &Job, mut arrived: Arrived) -> Result<Finished, Trouble> {
        let received = match arrived.stored.hash.take() {
            Some(hash) if hash.algorithm == arrived.streamed.target.algorithm => hash,
            // Storage that does not hash what it receives (object storage): read it back.
            _ => self.recalculated(job, &arrived.streamed.target).await?,
        };
        if received != arrived.streamed.target {
            let streamed = arrived.streamed.target;
            let mismatch = Trouble::TargetMismatch { streamed, received };
            return self.undo(job, mismatch).await;
        }
        if let Err(mismatch) = self.compare_with_source(job, &arrived.streamed) {
            return self.undo(job, mismatch).await;
        }
        Ok(finished(job, arrived))
    }

    /// What the source sent must be what it says that it has; where its word does not count for so much,
    /// what it sent twice alike.
    pub(super) fn compare_with_source(&self, job: &Job, streamed: &Digests) -> Result<(), Trouble> {
        let Some(expected) = published_hash(job).filter(|hash| *hash != streamed.at_source())
        else {
            return Ok(());
        };
        if !self.0.source.vouches_for(&job.item) {
            let mut seen = self.0.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.insert(job.n, streamed.target.clone()).as_ref() == Some(&streamed.target) {
                seen.remove(&job.n);
                return Ok(());
            }
        }
        Err(Trouble::SourceMismatch {
            expected: expected.clone(),
            streamed: streamed.at_source().clone(),
        })
    }

    /// Whether the source hands out another number of bytes than it states, and may.
    pub(super) fn is_misstated(&self, job: &Job, stated: u64, content: &Content) -> bool {
        content.length != Some(stated) && !self.0.source.vouches_for(&job.item)
    }

    async fn recalculated(&self, job: &Job, like: &HashValue) -> Result<HashValue, Trouble> {
        let path = &job.decision.target_path;
        Ok(self.0.target.recalculate_hash(path, like.algorithm).await?)
    }

    /// What arrived damaged does not stay: it goes into the target's trash. Where that fails too, the next
    /// attempt replaces it.
    async fn undo(&self, job: &Job, trouble: Trouble) -> Result<Finished, Trouble> {
        if matches!(job.decision.step, Step::Upload { replace: None })
            && let Err(error) = self.0.target.delete(&job.decision.target_path).await
        {
            tracing::warn!(item = job.n, %error, "a damaged file could not be removed");
        }
        Err(self.source_changed(job, trouble).await)
    }

    /// A short read or a wrong digest often means that somebody edits the file right now.
    async fn source_changed(&self, job: &Job, trouble: Trouble) -> Trouble {
        let suspicious = matches!(
            trouble,
            Trouble::SourceMismatch { .. }
                | Trouble::Source(SourceError::Temporary { .. } | SourceError::Changed)
        );
        if !suspicious {
            return trouble;
        }
        match self.0.source.version_now(&job.item).await {
            Ok(Some(version)) if version == job.item.version => match trouble {
                // It was told as changed, but is not: a passing trouble.
                Trouble::Source(SourceError::Changed) => {
                    SourceError::temporary("read other bytes than expected").into()
                }
                trouble => trouble,
            },
            Ok(Some(_)) => Trouble::SourceChanged,
            Ok(None) => SourceError::NotFound.into(),
            Err(_) => trouble,
        }
    }

    /// Looks at the target path after an attempt that nobody knows the end of.
    async fn what_an_earlier_attempt_left(
        &self,
        job: &Job,
        replace: Option<&str>,
    ) -> Result<Left, Trouble> {
        let path = &job.decision.target_path;
        let Some(entry) = self.0.target.stat(path).await? else {
            return Ok(Left::Nothing);
        };
        if entry.is_folder {
            return Err(Trouble::Foreign);
        }
        if replace.is_some_and(|etag| etag == entry.etag) {
            return Ok(Left::Nothing);
        }
        let is_export = matches!(job.decision.step, Step::Export { .. });
        if !is_export && let Some(expected) = self.expected(job, &entry).await? {
            let received = self.recalculated(job, &expected.target).await?;
            if received == expected.target {
                return Ok(Left::All(Arrived {
                    bytes: entry.size,
                    streamed: expected,
                    stored: Stored {
                        etag: Some(entry.etag),
                        file_id: entry.file_id,
                        hash: Some(received),
                    },
                }));
            }
        }
        // Written by an attempt of ours, but not what it should be: its date is the one that we set.
        let wanted = job
            .item
            .modified
            .map(|time| crate::target::clamp_modified(time).0);
        let found = entry.modified.map(|time| time.as_second());
        if job.interrupted && wanted.is_some() && wanted == found {
            Ok(Left::Part { etag: entry.etag })
        } else if replace.is_some() {
            Err(Trouble::TargetChanged)
        } else {
            Err(Trouble::Foreign)
        }
    }

    /// The digests of what should be at the target, if what is there has the right size at all.
    async fn expected(&self, job: &Job, entry: &TargetEntry) -> Result<Option<Digests>, Trouble> {
        let algorithms = Self::algorithms(job);
        if let Step::WriteLink { .. } = job.decision.step {
            let address = job.item.web_link.clone().unwrap_or_default();
            return Ok(Some(digests(algorithms, &link_file(&address))));
        }
        if job.item.size != Some(entry.size) {
            return Ok(None);
        }
        if algorithms.source.is_none()
            && let Some(hash) = published_hash(job)
        {
            return Ok(Some(hash.clone().into()));
        }
        if let Some(streamed) = self.assembled(job, algorithms).await? {
            return Ok(Some(streamed));
        }
        let content = self.0.source.read(&job.item, 0).await?;
        let read = digests_of(content, algorithms).await?;
        let agrees = published_hash(job).is_none_or(|hash| hash == read.at_source());
        Ok(agrees.then_some(read))
    }

    /// The digests of an upload whose last step nobody knows the end of.
    async fn assembled(
        &self,
        job: &Job,
        algorithms: Algorithms,
    ) -> Result<Option<Digests>, Trouble> {
        let saved = self.0.ledger.saved_upload(job.n).await?;
        let fits = saved.filter(|saved| {
            saved.source_version == job.item.version
                && saved.target_path == job.decision.target_path
                && saved.algorithms == algorithms
        });
        Ok(match fits.map(|saved| saved.phase) {
            Some(UploadPhase::Assembling(streamed)) => Some(streamed),
            _ => None,
        })
    }

    /// Reads a file small enough to be held.
    pub(super) async fn read_small(&self, job: &Job) -> Result<bytes::Bytes, Trouble> {
        let size = job.item.size.unwrap_or(0);
        let permit = self.0.source_pressure.acquire().await;
        let read = async {
            let content = self.0.source.read(&job.item, 0).await?;
            let misstated = self.is_misstated(job, size, &content);
            let limit = match misstated {
                true => content.length.unwrap_or(LARGEST_PUT),
                false => size,
            };
            if misstated && limit > LARGEST_PUT {
                return Err(SourceError::temporary("far more bytes than stated"));
            }
            Ok((read_whole(content, limit).await?, misstated))
        }
        .await;
        permit.done(match &read {
            Ok(_) => Verdict::Fine { units: 1.0 },
            Err(error) => verdict(error),
        });
        let trouble = match read {
            Ok((bytes, misstated)) if misstated || bytes.len() as u64 == size => return Ok(bytes),
            Ok((bytes, _)) => {
                SourceError::temporary(format!("the source sent {} of {size} bytes", bytes.len()))
            }
            Err(error) => error,
        };
        Err(self.source_changed(job, trouble.into()).await)
    }
}

/// How much work `bytes` are to a server, counted in small files.
pub(super) fn work(bytes: u64) -> f64 {
    1.0 + bytes as f64 / f64::from(256 << 10)
}

enum Left {
    /// The place is as the plan saw it.
    Nothing,
    /// All of it, proved.
    All(Arrived),
    /// Something of ours that is not what it should be.
    Part { etag: String },
}

async fn digests_of(mut content: Content, algorithms: Algorithms) -> Result<Digests, SourceError> {
    use futures::StreamExt as _;
    let mut hasher = BothHasher::new(algorithms);
    while let Some(piece) = content.stream.next().await {
        hasher.update(&piece?);
    }
    Ok(hasher.finish())
}

/// The digest that the source publishes of what is sent; an export's bytes have none.
pub(super) fn published_hash(job: &Job) -> Option<&HashValue> {
    match job.decision.step {
        Step::Upload { .. } => job.item.hash.as_ref(),
        _ => None,
    }
}

/// The outcome of what arrived and is proved.
pub(super) fn finished(job: &Job, arrived: Arrived) -> Finished {
    let kind = match job.decision.step {
        Step::Export { .. } => OutcomeKind::Converted,
        Step::WriteLink { .. } => OutcomeKind::Linked,
        _ => OutcomeKind::Moved,
    };
    let misstated = published_hash(job)
        .filter(|hash| *hash != arrived.streamed.at_source())
        .map(|hash| misstatement(job, hash, &arrived));
    let (bytes, streamed) = (arrived.bytes, arrived.streamed);
    let proof = match published_hash(job) {
        Some(_) if misstated.is_none() => Proof::Full(streamed),
        _ => Proof::Streamed(streamed.target),
    };
    let reason = match misstated {
        Some(_) => Some(Reason::SourceMisstated),
        None => job.decision.reason,
    };
    let Stored { etag, file_id, .. } = arrived.stored;
    Finished {
        n: job.n,
        task: Task::Content,
        outcome: Outcome {
            proof: Some(proof),
            detail: misstated,
            bytes,
            source_version: Some(job.item.version.clone()),
            target_etag: etag.clone(),
            target_file_id: file_id.clone(),
            ..Outcome::settled(kind, reason)
        },
        entry: Some(entry_of(job, bytes, etag, file_id).into()),
        properties: job.item.favourite,
    }
}

/// What the source states, and what it handed out.
fn misstatement(job: &Job, stated: &HashValue, arrived: &Arrived) -> String {
    let size = job.item.size.unwrap_or_default();
    let (bytes, found) = (arrived.bytes, arrived.streamed.at_source());
    format!("the source states {size} bytes of {stated}; it handed out {bytes} bytes of {found}")
}
