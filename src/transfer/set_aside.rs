//! The texts of what could not be moved, kept for people to look at.

use std::path::PathBuf;

use super::{Mover, Trouble};
use crate::ledger::Job;
use crate::model::ItemKind;
use crate::pim::Broken;

impl Mover {
    /// Keeps the text that is beyond the rules.
    pub(super) async fn broken(&self, job: &Job, text: &[u8], broken: Broken) -> Trouble {
        self.set_aside(job, text, broken.reason.code(), broken.detail)
            .await
    }

    /// Keeps the text, and says why it was not moved.
    pub(super) async fn set_aside(
        &self,
        job: &Job,
        text: &[u8],
        defect: &'static str,
        detail: String,
    ) -> Trouble {
        Trouble::Broken {
            defect,
            detail,
            saved: self.save(job, text).await,
        }
    }

    /// Where the text was kept, or why it was not; for an outcome's detail.
    pub(super) async fn save(&self, job: &Job, text: &[u8]) -> String {
        let path = self.place_aside(job);
        match write(path.clone(), text.to_vec()).await {
            Ok(()) => format!("saved as {}", path.display()),
            Err(error) => format!("could not be saved as {}: {error}", path.display()),
        }
    }

    /// The same item has the same place in every run.
    fn place_aside(&self, job: &Job) -> PathBuf {
        let ending = match job.item.kind {
            ItemKind::Contact => "vcf",
            _ => "ics",
        };
        let name: String = job
            .item
            .name
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .take(40)
            .collect();
        self.0.set_aside.join(format!("{}-{name}.{ending}", job.n))
    }
}

async fn write(path: PathBuf, text: Vec<u8>) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    tokio::fs::write(path, text).await
}
