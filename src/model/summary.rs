use serde::{Deserialize, Serialize};

use super::{Action, OutcomeKind};

/// What a survey found. The last line of `survey --json`.
///
/// All counts are of the source; bytes are of files whose size the source knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename = "survey.done")]
pub struct SurveyDone {
    pub folders: u64,
    /// Files, native documents, web pages, shortcuts, special files.
    pub files: u64,
    pub bytes: u64,
    /// Task lists and subscriptions, too.
    pub calendars: u64,
    /// Journal entries, too.
    pub events: u64,
    pub tasks: u64,
    pub address_books: u64,
    pub contacts: u64,
}

/// What a plan decided. The last line of `preview --json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename = "preview.done")]
pub struct PreviewDone {
    pub items: u64,
    /// Bytes that the plan adds at the target; an estimate for exported documents and link files.
    pub bytes: u64,
    #[serde(rename = "move")]
    pub moves: u64,
    pub convert: u64,
    pub link: u64,
    pub keep: u64,
    pub skip: u64,
    pub conflict: u64,
    pub block: u64,
    /// Items that get another name at the target.
    pub renamed: u64,
    /// Whether everything that is to be moved has room at the target.
    pub fits: bool,
    /// Bytes; `None` (JSON `null`) where the target sets no limit or is not known yet.
    pub target_free: Option<u64>,
}

impl PreviewDone {
    /// The count of one kind of decision.
    pub const fn count(&self, action: Action) -> u64 {
        match action {
            Action::Move => self.moves,
            Action::Convert => self.convert,
            Action::Link => self.link,
            Action::Keep => self.keep,
            Action::Skip => self.skip,
            Action::Conflict => self.conflict,
            Action::Block => self.block,
        }
    }

    pub const fn set_count(&mut self, action: Action, count: u64) {
        match action {
            Action::Move => self.moves = count,
            Action::Convert => self.convert = count,
            Action::Link => self.link = count,
            Action::Keep => self.keep = count,
            Action::Skip => self.skip = count,
            Action::Conflict => self.conflict = count,
            Action::Block => self.block = count,
        }
    }
}

/// How every surveyed item ended. The last line of `move --json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename = "move.done")]
pub struct MoveDone {
    /// Items that the survey found.
    pub items: u64,
    pub moved: u64,
    pub converted: u64,
    pub linked: u64,
    pub kept: u64,
    pub skipped: u64,
    pub failed: u64,
    /// Whether [`Self::items`] is the sum of the outcomes.
    pub balanced: bool,
    /// Bytes that this run put at the target.
    pub bytes: u64,
    /// How long this run took.
    pub seconds: f64,
}

impl MoveDone {
    /// The count of one kind of outcome.
    pub const fn count(&self, kind: OutcomeKind) -> u64 {
        match kind {
            OutcomeKind::Moved => self.moved,
            OutcomeKind::Converted => self.converted,
            OutcomeKind::Linked => self.linked,
            OutcomeKind::Kept => self.kept,
            OutcomeKind::Skipped => self.skipped,
            OutcomeKind::Failed => self.failed,
        }
    }

    pub const fn set_count(&mut self, kind: OutcomeKind, count: u64) {
        match kind {
            OutcomeKind::Moved => self.moved = count,
            OutcomeKind::Converted => self.converted = count,
            OutcomeKind::Linked => self.linked = count,
            OutcomeKind::Kept => self.kept = count,
            OutcomeKind::Skipped => self.skipped = count,
            OutcomeKind::Failed => self.failed = count,
        }
    }

    /// All outcomes together; [`Self::items`] when nothing was lost on the way.
    pub fn settled(&self) -> u64 {
        OutcomeKind::ALL
            .into_iter()
            .map(|kind| self.count(kind))
            .sum()
    }
}

/// What a second look at the target proved. The last line of `verify --json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename = "verify.done")]
pub struct VerifyDone {
    /// Items that should be at the target.
    pub items: u64,
    /// Digests are the same from end to end.
    pub proved: u64,
    /// There with the right size, but no digest to compare.
    pub weak: u64,
    pub mismatched: u64,
    pub missing: u64,
}

/// How far a migration has come. The last line of `status --json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename = "status.done")]
pub struct StatusDone {
    pub surveyed: bool,
    pub planned: bool,
    /// Every item of the plan has its outcome.
    pub complete: bool,
    pub items: u64,
    /// Items without an outcome yet.
    pub pending: u64,
    pub moved: u64,
    pub converted: u64,
    pub linked: u64,
    pub kept: u64,
    pub skipped: u64,
    pub failed: u64,
    /// Bytes at the target by now, and bytes that the plan still has to move.
    pub bytes: u64,
    pub bytes_pending: u64,
}

impl StatusDone {
    /// Items with an outcome.
    pub const fn settled(&self) -> u64 {
        self.items.saturating_sub(self.pending)
    }
}

/// The account of every item. The last line of `report --json` and of `practice --json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename = "report.done")]
pub struct ReportDone {
    pub items: u64,
    pub moved: u64,
    pub converted: u64,
    pub linked: u64,
    pub kept: u64,
    pub skipped: u64,
    pub failed: u64,
    /// Items without an outcome yet.
    pub pending: u64,
    pub balanced: bool,
}

/// One item's account: a line of `report --json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename = "report.item")]
pub struct ReportItem {
    /// The source's own identifier.
    pub id: String,
    /// Where it lies at the source; a `/` inside of a name is shown as `∕`.
    pub path: String,
    /// [`super::ItemKind::code`]
    pub kind: String,
    /// Relative to the account's files at the target; empty where it has no place there.
    pub target_path: String,
    /// [`OutcomeKind::code`]
    pub outcome: String,
    /// [`super::Reason::code`]
    pub reason: Option<String>,
    /// [`super::NameChange::code`]
    pub renamed: Option<String>,
    /// Bytes that arrived.
    pub bytes: u64,
    /// [`super::Proof::code`]
    pub proof: Option<String>,
    /// The digest that the target computed, as `algorithm:hex`.
    pub hash: Option<String>,
    /// The digest that the source publishes, likewise, where it was found to be right; the same as `hash`
    /// where the target knows its algorithm.
    pub source_hash: Option<String>,
    /// For the technically minded; never a secret.
    pub detail: Option<String>,
}

/// An item that a second look did not prove: a line of `verify --json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename = "verify.item")]
pub struct VerifyItem {
    pub id: String,
    pub target_path: String,
    /// `weak`, `edited`, `mismatched`, `missing` or `unknown`.
    pub verdict: String,
    /// For the technically minded; never a secret.
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines are a contract: scripts read them, and people compare them by eye.
    #[test]
    fn summaries_are_the_lines_that_scripts_rely_on() {
        let line = |value: serde_json::Result<String>| value.unwrap();
        assert_eq!(
            line(serde_json::to_string(&SurveyDone::default())),
            r#"{"event":"survey.done","folders":0,"files":0,"bytes":0,"calendars":0,"events":0,"tasks":0,"address_books":0,"contacts":0}"#
        );
        let preview = PreviewDone {
            fits: true,
            target_free: Some(7),
            ..PreviewDone::default()
        };
        assert_eq!(
            line(serde_json::to_string(&preview)),
            r#"{"event":"preview.done","items":0,"bytes":0,"move":0,"convert":0,"link":0,"keep":0,"skip":0,"conflict":0,"block":0,"renamed":0,"fits":true,"target_free":7}"#
        );
        assert_eq!(
            line(serde_json::to_string(&MoveDone::default())),
            r#"{"event":"move.done","items":0,"moved":0,"converted":0,"linked":0,"kept":0,"skipped":0,"failed":0,"balanced":false,"bytes":0,"seconds":0.0}"#
        );
        assert_eq!(
            line(serde_json::to_string(&VerifyDone::default())),
            r#"{"event":"verify.done","items":0,"proved":0,"weak":0,"mismatched":0,"missing":0}"#
        );
    }

    #[test]
    fn counts_are_kept_apart() {
        let mut preview = PreviewDone::default();
        for (n, action) in (1..).zip(Action::ALL) {
            preview.set_count(action, n);
        }
        let counts: Vec<u64> = Action::ALL.iter().map(|a| preview.count(*a)).collect();
        assert_eq!(counts, [1, 2, 3, 4, 5, 6, 7]);
        let mut done = MoveDone::default();
        for (n, kind) in (1..).zip(OutcomeKind::ALL) {
            done.set_count(kind, n);
        }
        assert_eq!(done.settled(), 21);
    }
}
