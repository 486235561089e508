use super::folders::target_verdict;
use super::{Mover, Trouble};
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
        // Neither stars nor creation times change a file's ETag, so the next run takes none of this for
        // an edit.
        Ok(Finished {
            n: job.n,
            task: Task::Properties,
            outcome: Outcome::settled(OutcomeKind::Moved, None),
            entry: None,
            properties: false,
        })
    }
}
