use super::{Mover, Trouble, entry_of};
use crate::ledger::{Finished, Job, Task};
use crate::model::{Action, Outcome, OutcomeKind, Proof, TargetEntry};
use crate::net::Verdict;
use crate::target::{FolderMade, TargetError};

impl Mover {
    /// Makes the folder of a job; one that is there already is as good.
    pub(super) async fn make_folder(&self, job: &Job) -> Result<Finished, Trouble> {
        let path = &job.decision.target_path;
        let made = self.folder_with_parents(path).await?;
        let (created, file_id) = match made {
            FolderMade::Created { file_id } => (true, file_id),
            FolderMade::Existed => (false, None),
        };
        // An interrupted job may have made it just before.
        let ours = created || job.interrupted && job.decision.action == Action::Move;
        let kind = if ours {
            OutcomeKind::Moved
        } else {
            OutcomeKind::Kept
        };
        let outcome = Outcome {
            proof: Some(Proof::Acknowledged),
            source_version: Some(job.item.version.clone()),
            ..Outcome::settled(kind, job.decision.reason)
        };
        let file_id = match file_id {
            None if ours => self
                .0
                .target
                .stat(path)
                .await?
                .and_then(|entry| entry.file_id),
            known => known,
        };
        let entry = TargetEntry {
            is_folder: true,
            checksums: Vec::new(),
            ..entry_of(job, 0, None, file_id)
        };
        Ok(Finished {
            n: job.n,
            task: Task::Folder,
            outcome,
            entry: ours.then(|| entry.into()),
            properties: false,
        })
    }

    /// Makes the folder at `path`, and those above it where they are missing.
    pub(super) async fn folder_with_parents(&self, path: &str) -> Result<FolderMade, Trouble> {
        let mut missing: Vec<&str> = vec![path];
        loop {
            let Some(next) = missing.last().copied() else {
                return Ok(FolderMade::Existed);
            };
            let permit = self.0.target_pressure.acquire().await;
            let made = self.0.target.make_folder(next).await;
            permit.done(target_verdict(&made, 1.0));
            match made {
                Ok(made) if next == path => return Ok(made),
                Ok(_) => {
                    missing.pop();
                }
                Err(TargetError::ParentMissing { .. }) => match next.rsplit_once('/') {
                    Some((parent, _)) if missing.len() < 200 => missing.push(parent),
                    _ => return Err(made.err().map_or(Trouble::Foreign, Trouble::Target)),
                },
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What an answer of the target says of its host.
pub(super) fn target_verdict<T>(result: &Result<T, TargetError>, units: f64) -> Verdict {
    match result {
        Ok(_) => Verdict::Fine { units },
        Err(error) => verdict_of(error),
    }
}

pub(super) fn verdict_of(error: &TargetError) -> Verdict {
    match error {
        TargetError::Throttled { retry_after } => Verdict::TooMuch {
            pause: *retry_after,
        },
        error if error.concerns_all() && error.is_passing() => Verdict::TooMuch {
            pause: error.retry_after(),
        },
        _ => Verdict::Neutral,
    }
}
