use super::folders::target_verdict;
use super::{Mover, Trouble, entry_of};
use crate::ledger::{Finished, Job, Task};
use crate::model::{ItemKind, Outcome, OutcomeKind};
use crate::target::Properties;

impl Mover {
    /// Sets what the content's own request could not: a folder's date, stars.
    pub(super) async fn set_properties(&self, job: &Job) -> Result<Finished, Trouble> {
        let is_folder = job.item.kind == ItemKind::Folder;
        let properties = Properties {
            modified: job.item.modified.filter(|_| is_folder),
            created: job.item.created.filter(|_| !is_folder),
            favourite: job.item.favourite.then_some(true),
        };
        let path = &job.decision.target_path;
        let permit = self.0.target_pressure.acquire().await;
        let set = self.0.target.set_properties(path, &properties).await;
        permit.done(target_verdict(&set, 1.0));
        set?;
        let mut finished = Finished {
            n: job.n,
            task: Task::Properties,
            outcome: Outcome::settled(OutcomeKind::Moved, None),
            entry: None,
            properties: false,
        };
        if !is_folder {
            // The next run must not take our own change for an edit.
            let entry = self.0.target.stat(path).await?;
            finished.entry =
                entry.map(|entry| entry_of(job, entry.size, Some(entry.etag), entry.file_id));
        }
        Ok(finished)
    }
}
