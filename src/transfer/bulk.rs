//! Small files, many in one request. An optimisation: whatever it does not do, PUT does.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::StreamExt as _;

use super::content::{Arrived, finished};
use super::folders::target_verdict;
use super::{Mover, Stop, Trouble, now};
use crate::hash::digests;
use crate::ledger::{Job, Task};
use crate::model::Digests;
use crate::net::Verdict;
use crate::target::{BulkFile, Depth, Stored, TargetError};

/// Files of one batch that are read at the same time.
const READERS: usize = 8;
/// A server that takes longer than this for a batch has stalled (nextcloud/desktop#6990 saw a minute of
/// silence for each hundred files).
const STALL: Duration = Duration::from_secs(40);
const STALL_PER_FILE: Duration = Duration::from_millis(800);
/// After so many batches that came to nothing the endpoint is not tried again in this run.
const FAILURES: u32 = 2;

impl Mover {
    /// Sends files together, each with its own end.
    pub(super) async fn send_bulk(&self, jobs: Vec<Job>) -> Result<(), Stop> {
        if !self.bulk_is_possible() {
            return self.one_by_one(jobs).await;
        }
        let (free, taken) = match self.free_places(jobs).await {
            Ok(split) => split,
            Err((jobs, error)) => {
                for job in jobs {
                    let trouble = Trouble::Target(TargetError::temporary(error.clone()));
                    self.troubled(Task::Content, &job, trouble).await?;
                }
                return Ok(());
            }
        };
        self.one_by_one(taken).await?;
        let (ready, files) = self.read_batch(free).await?;
        let (jobs, streamed): (Vec<Job>, Vec<Digests>) = ready.into_iter().unzip();
        if files.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = jobs.iter().map(|job| self.begin_progress(job)).collect();
        for (name, file) in names.iter().zip(&files) {
            self.0.bandwidth.pass(file.bytes.len()).await;
            name.add(file.bytes.len());
        }
        let permit = self.0.target_pressure.acquire().await;
        let limit =
            STALL + STALL_PER_FILE.saturating_mul(files.len().try_into().unwrap_or(u32::MAX));
        let answer = tokio::time::timeout(limit, self.0.target.bulk(&files)).await;
        match answer {
            Ok(Ok(results)) => {
                permit.done(Verdict::Fine {
                    units: files.len() as f64,
                });
                self.0.bulk_failures.store(0, Ordering::Relaxed);
                let mut done = Vec::with_capacity(jobs.len());
                let mut others = Vec::new();
                let sent = jobs.into_iter().zip(files).zip(streamed);
                for (((job, file), streamed), (result, name)) in
                    sent.zip(results.into_iter().zip(names))
                {
                    match result {
                        Ok(stored) => {
                            name.keep();
                            let bytes = file.bytes.len() as u64;
                            let finished = self.arrived_in_bulk(&job, bytes, streamed, stored);
                            done.push((finished, job.decision.bytes));
                        }
                        Err(error) => others.push((job, error)),
                    }
                }
                self.succeeded();
                self.finished(done).await?;
                for (job, error) in others {
                    self.not_in_bulk(&job, error).await?;
                }
                Ok(())
            }
            Ok(Err(error)) => {
                permit.done(target_verdict::<()>(&Err(error), 1.0));
                self.bulk_failed(jobs).await
            }
            Err(_) => {
                permit.done(Verdict::TooMuch { pause: None });
                self.bulk_failed(jobs).await
            }
        }
    }

    fn arrived_in_bulk(
        &self,
        job: &Job,
        bytes: u64,
        streamed: Digests,
        stored: Stored,
    ) -> crate::ledger::Finished {
        let arrived = Arrived {
            bytes,
            streamed,
            stored,
        };
        let mut finished = finished(job, arrived);
        // The endpoint takes no creation time (apps/dav/lib/BulkUpload).
        finished.properties |= job.item.created.is_some();
        finished
    }

    /// Nobody knows what became of these: they go on one by one, and each first looks at its place.
    async fn bulk_failed(&self, jobs: Vec<Job>) -> Result<(), Stop> {
        let failures = self.0.bulk_failures.fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= FAILURES {
            self.0.bulk_works.store(false, Ordering::Relaxed);
            tracing::info!("the bulk endpoint does not work here; files go up one by one");
        }
        for job in jobs {
            // Not the item's fault: it does not count as an attempt.
            self.0
                .ledger
                .put_back(Task::Content, job.n, job.attempts, now())
                .await?;
        }
        Ok(())
    }

    async fn not_in_bulk(&self, job: &Job, error: TargetError) -> Result<(), Stop> {
        match error {
            // PUT finds out why, and makes missing folders.
            TargetError::ParentMissing { .. } | TargetError::Refused { .. } => {
                self.0
                    .ledger
                    .put_back(Task::Content, job.n, job.attempts + 1, now())
                    .await?;
                Ok(())
            }
            error => self.troubled(Task::Content, job, error.into()).await,
        }
    }

    async fn one_by_one(&self, jobs: Vec<Job>) -> Result<(), Stop> {
        for job in jobs {
            let result = self.send(&job).await;
            self.settle(Task::Content, &job, result).await?;
        }
        Ok(())
    }

    /// Sets apart what is no longer free: the endpoint overwrites silently. A folder that this run made
    /// holds nothing but ours.
    async fn free_places(
        &self,
        jobs: Vec<Job>,
    ) -> Result<(Vec<Job>, Vec<Job>), (Vec<Job>, String)> {
        let parents: BTreeSet<String> = jobs
            .iter()
            .map(|job| parent(&job.decision.target_path).to_owned())
            .collect();
        let mut present = HashSet::new();
        for folder in parents {
            match self.0.ledger.made_by_this_run(folder.clone()).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => return Err((jobs, error.to_string())),
            }
            let mut entries = self.0.target.list(&folder, Depth::One);
            while let Some(entry) = entries.next().await {
                match entry {
                    Ok(entry) => {
                        present.insert(entry.path);
                    }
                    Err(error) => return Err((jobs, error.to_string())),
                }
            }
        }
        Ok(jobs
            .into_iter()
            .partition(|job| !present.contains(&job.decision.target_path)))
    }

    /// Reads the files of a batch; what cannot be read comes to its own end.
    async fn read_batch(
        &self,
        jobs: Vec<Job>,
    ) -> Result<(Vec<(Job, Digests)>, Vec<BulkFile>), Stop> {
        let mut read = futures::stream::iter(jobs)
            .map(|job| async move {
                let bytes = self.read_small(&job).await;
                (job, bytes)
            })
            .buffered(READERS);
        let mut ready = Vec::new();
        let mut files = Vec::new();
        while let Some((job, bytes)) = read.next().await {
            let checked = bytes.and_then(|bytes| {
                let streamed = digests(Self::algorithms(&job), &bytes);
                self.compare_with_source(&job, &streamed)?;
                Ok((bytes, streamed))
            });
            match checked {
                Ok((bytes, streamed)) => {
                    files.push(BulkFile {
                        path: job.decision.target_path.clone(),
                        modified: job.item.modified,
                        bytes,
                        hash: streamed.target.clone(),
                    });
                    ready.push((job, streamed));
                }
                Err(trouble) => self.troubled(Task::Content, &job, trouble).await?,
            }
        }
        Ok((ready, files))
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}
