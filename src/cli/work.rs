//! The commands that work on a migration: each does its part and says what came of it.

use std::path::Path;
use std::sync::Mutex;

use tokio_util::sync::CancellationToken;

use super::Exit;
use super::console::Console;
use super::failure::Failure;
use super::progress::Progress;
use crate::engine::{Engine, EngineError};
use crate::i18n::Value;
use crate::ledger::ReportRow;
use crate::model::{
    Action, MoveDone, OutcomeKind, PreviewDone, ReportDone, ReportItem, StatusDone, VerifyDone,
    VerifyItem,
};
use crate::plan::creation_wait;
use crate::sentences::trouble::{self, Ends};
use crate::sentences::words;
use crate::verify::Verdict;

/// How many items a command names before it refers to the report.
const NAMED: usize = 20;
/// Items read from the ledger at a time.
const PAGE: u32 = 500;

/// One migration, and whom to tell.
#[derive(Debug)]
pub struct Work<'a> {
    pub engine: &'a Engine,
    pub console: &'a Console,
    /// What people type to name this migration.
    pub file: &'a str,
    /// Whether to say which command comes next.
    pub hints: bool,
    pub data_dir: &'a Path,
    pub ends: &'a Ends,
    pub cancel: &'a CancellationToken,
}

impl Work<'_> {
    fn file(&self) -> (&'static str, Value<'_>) {
        ("file", Value::from(self.file))
    }

    fn hint(&self, key: &str) {
        if self.hints {
            self.console.tell(key, &[self.file()]);
        }
    }

    fn failed(&self, error: &EngineError) -> Failure {
        trouble::engine(error, self.ends, &self.console.texts).into()
    }

    /// Runs `work` with the progress shown.
    async fn shown<T>(
        &self,
        command: &'static str,
        work: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        let progress = Progress::show(command, self.console, self.engine.snapshots());
        let done = work.await;
        progress.finish().await;
        done
    }

    pub async fn survey(&self) -> Result<Exit, Failure> {
        let done = self
            .shown("survey", self.engine.survey(self.cancel))
            .await
            .map_err(|error| self.failed(&error))?;
        let texts = &self.console.texts;
        let args = [
            ("folders", texts.folders(done.folders).into()),
            ("files", texts.files(done.files).into()),
            ("size", texts.bytes(done.bytes).into()),
        ];
        self.console.tell("survey-done", &args);
        if done.calendars > 0 {
            let args = [
                ("calendars", texts.calendars(done.calendars).into()),
                ("events", texts.events(done.events).into()),
                ("tasks", texts.tasks(done.tasks).into()),
            ];
            self.console.tell("survey-done-calendars", &args);
        }
        if done.address_books > 0 {
            let args = [
                ("books", texts.address_books(done.address_books).into()),
                ("contacts", texts.contacts(done.contacts).into()),
            ];
            self.console.tell("survey-done-contacts", &args);
        }
        self.hint("survey-next");
        self.console.event(&done);
        Ok(Exit::Done)
    }

    pub async fn preview(&self, offline: bool) -> Result<Exit, Failure> {
        let done = self
            .shown("preview", self.engine.preview(offline, self.cancel))
            .await
            .map_err(|error| self.failed(&error))?;
        self.say_preview(&done).await?;
        self.console.event(&done);
        Ok(Exit::Done)
    }

    async fn say_preview(&self, done: &PreviewDone) -> Result<(), Failure> {
        let (console, texts) = (self.console, &self.console.texts);
        console.tell("preview-head", &[("items", texts.items(done.items).into())]);
        console.table(&Action::ALL.map(|action| (done.count(action), words::action(action))));
        if done.renamed > 0 {
            console.tell("preview-renamed", &[("n", done.renamed.into())]);
        }
        self.say_reasons().await?;
        let size = ("size", Value::from(texts.bytes(done.bytes)));
        match done.target_free {
            Some(free) => {
                let free = ("free", Value::from(texts.bytes(free)));
                console.tell("preview-size", &[size, free]);
            }
            None => console.tell("preview-size-unlimited", &[size]),
        }
        if !done.fits {
            console.tell("preview-does-not-fit", &[]);
        } else if done.moves + done.convert + done.link + done.conflict == 0 {
            console.tell("preview-nothing", &[]);
        } else {
            self.hint("preview-next");
        }
        Ok(())
    }

    /// Why things stay behind, meet something or do not fit: each reason once, the frequent ones first.
    async fn say_reasons(&self) -> Result<(), Failure> {
        let totals = self.engine.plan_totals().await;
        let totals = totals.map_err(|error| self.failed(&error))?;
        let wait = creation_wait(totals.calendars_to_make, totals.address_books_to_make);
        if !wait.is_zero() {
            let time = self.console.texts.duration(wait);
            self.console
                .tell("preview-many-collections", &[("time", time.into())]);
        }
        let mut reasons: Vec<_> = totals
            .reasons
            .into_iter()
            .filter(|(action, _, _)| {
                matches!(action, Action::Skip | Action::Conflict | Action::Block)
            })
            .filter_map(|(_, reason, count)| Some((reason?, count)))
            .collect();
        reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
        let texts = &self.console.texts;
        for (reason, count) in reasons {
            let args = [
                ("items", Value::from(texts.items(count))),
                ("reason", texts.text(reason.message_key(), &[]).into()),
            ];
            self.console.tell("preview-reason", &args);
        }
        Ok(())
    }

    pub async fn move_items(&self) -> Result<Exit, Failure> {
        let moved = self
            .shown("move", self.engine.move_items(self.cancel))
            .await;
        let done = match moved {
            Ok(done) => done,
            Err(error) => {
                self.say_what_is_left().await;
                return Err(self.failed(&error));
            }
        };
        let texts = &self.console.texts;
        let time = std::time::Duration::try_from_secs_f64(done.seconds).unwrap_or_default();
        let args = [
            ("time", Value::from(texts.duration(time))),
            ("size", texts.bytes(done.bytes).into()),
        ];
        self.console.tell("move-done", &args);
        self.say_balance(&done, 0);
        self.say_failed().await?;
        self.hint("move-next");
        self.console.event(&done);
        Ok(exit_of(&done))
    }

    /// How a move ended that was done before.
    pub async fn outcome(&self) -> Result<Exit, Failure> {
        let (done, pending) = self.balance().await?;
        self.say_balance(&done, pending);
        self.console.event(&done);
        Ok(exit_of(&done))
    }

    /// After a move that was stopped. What stopped it is said anyway, so a second trouble is let pass.
    async fn say_what_is_left(&self) {
        if let Ok(balance) = self.engine.balance().await
            && balance.account.sum() > 0
            && balance.missing > 0
        {
            let items = self.console.texts.items(balance.missing);
            self.console
                .tell("move-stopped", &[("items", items.into())]);
        }
    }

    fn say_balance(&self, done: &MoveDone, pending: u64) {
        let (console, texts) = (self.console, &self.console.texts);
        console.tell("balance-head", &[("items", texts.items(done.items).into())]);
        let mut rows: Vec<(u64, &str)> = OutcomeKind::ALL
            .into_iter()
            .map(|kind| (done.count(kind), words::outcome(kind)))
            .collect();
        rows.push((pending, "balance-pending"));
        console.table(&rows);
        if done.balanced {
            console.tell("balance-even", &[]);
        } else if pending == 0 {
            let args = [
                ("found", texts.items(done.items).into()),
                ("settled", texts.number(done.settled()).into()),
                (
                    "logs",
                    self.data_dir.join("logs").display().to_string().into(),
                ),
            ];
            console.tell("balance-uneven", &args);
        }
    }

    async fn say_failed(&self) -> Result<(), Failure> {
        let failed = Some(OutcomeKind::Failed);
        let limit = u32::try_from(NAMED + 1).unwrap_or(u32::MAX);
        let rows = self.engine.report_rows(0, limit, failed).await;
        let rows = rows.map_err(|error| self.failed(&error))?;
        if !rows.is_empty() {
            self.console.tell("failed-head", &[]);
        }
        let texts = &self.console.texts;
        let why = |row: &ReportRow| (words::place(row), words::reason(row, texts));
        self.say_items(rows.iter().map(why).collect());
        Ok(())
    }

    /// Items and what there is to say of each; where there are too many, the first ones.
    fn say_items(&self, items: Vec<(String, String)>) {
        let more = items.len() > NAMED;
        for (path, reason) in items.into_iter().take(NAMED) {
            let args = [("path", path.into()), ("reason", reason.into())];
            self.console.tell("item-line", &args);
        }
        if more {
            self.console.tell("failed-more", &[self.file()]);
        }
    }

    pub async fn verify(&self) -> Result<Exit, Failure> {
        // Said when the progress bar is gone.
        let unproved = Mutex::new(Vec::new());
        let tell = |row: &ReportRow, verdict: &Verdict| {
            let weak = matches!(verdict, Verdict::Weak);
            if !(weak && self.console.quiet) {
                self.console.event(&verify_item(row, verdict));
            }
            if let Ok(mut unproved) = unproved.lock()
                && !weak
                && unproved.len() <= NAMED
            {
                let reason = words::verdict(verdict, &self.console.texts);
                unproved.push((words::place(row), reason));
            }
        };
        let done = self
            .shown("verify", self.engine.verify(self.cancel, &tell))
            .await
            .map_err(|error| self.failed(&error))?;
        let unproved = unproved.into_inner().unwrap_or_default();
        self.say_items(unproved);
        self.say_verify(&done);
        self.console.event(&done);
        Ok(if done.mismatched == 0 && done.missing == 0 {
            Exit::Done
        } else {
            Exit::SomeFailed
        })
    }

    fn say_verify(&self, done: &VerifyDone) {
        let items = self.console.texts.items(done.items);
        self.console.tell("verify-done", &[("items", items.into())]);
        self.console.table(&[
            (done.proved, "verify-proved"),
            (done.weak, "verify-weak"),
            (done.mismatched, "verify-mismatched"),
            (done.missing, "verify-missing"),
        ]);
        if done.mismatched == 0 && done.missing == 0 {
            self.console.tell("verify-good", &[]);
        } else {
            self.console.tell("verify-bad", &[self.file()]);
        }
    }

    /// Every item, then the balance.
    pub async fn report(&self) -> Result<Exit, Failure> {
        let mut after = 0;
        while !self.cancel.is_cancelled() {
            let rows = self.engine.report_rows(after, PAGE, None).await;
            let rows = rows.map_err(|error| self.failed(&error))?;
            let Some(last) = rows.last() else { break };
            after = last.n;
            let paths = self.engine.source_paths(&rows).await;
            let paths = paths.map_err(|error| self.failed(&error))?;
            for (row, path) in rows.iter().zip(paths) {
                let line = words::account_line(row, &path, &self.console.texts);
                self.console.event(&report_item(row, path));
                self.console.say(&line);
            }
        }
        let (done, pending) = self.balance().await?;
        self.say_balance(&done, pending);
        self.account_event(&done, pending);
        Ok(Exit::Done)
    }

    /// The line that ends an account, for scripts; people have read the balance.
    pub async fn account(&self) -> Result<(), Failure> {
        let (done, pending) = self.balance().await?;
        self.account_event(&done, pending);
        Ok(())
    }

    /// The account of all runs together, and how many items have no outcome yet.
    async fn balance(&self) -> Result<(MoveDone, u64), Failure> {
        let balance = self.engine.balance().await;
        let balance = balance.map_err(|error| self.failed(&error))?;
        let account = balance.account;
        let done = MoveDone {
            items: balance.items,
            moved: account.moved,
            converted: account.converted,
            linked: account.linked,
            kept: account.kept,
            skipped: account.skipped,
            failed: account.failed,
            balanced: balance.is_balanced(),
            bytes: balance.bytes,
            seconds: 0.0,
        };
        Ok((done, balance.missing))
    }

    fn account_event(&self, done: &MoveDone, pending: u64) {
        self.console.event(&ReportDone {
            items: done.items,
            moved: done.moved,
            converted: done.converted,
            linked: done.linked,
            kept: done.kept,
            skipped: done.skipped,
            failed: done.failed,
            pending,
            balanced: done.balanced,
        });
    }

    /// How far it has come.
    pub async fn state(&self) -> Result<StatusDone, Failure> {
        let state = self.engine.status().await;
        state.map_err(|error| self.failed(&error))
    }

    pub async fn status(&self) -> Result<Exit, Failure> {
        let done = self.state().await?;
        self.say_status(&done);
        self.console.event(&done);
        Ok(Exit::Done)
    }

    fn say_status(&self, done: &StatusDone) {
        let texts = &self.console.texts;
        let total = ("total", Value::from(texts.items(done.items)));
        if !done.surveyed {
            self.console.tell("status-not-surveyed", &[self.file()]);
        } else if !done.planned {
            let items = ("items", Value::from(texts.items(done.items)));
            self.console
                .tell("status-not-planned", &[items, self.file()]);
        } else if !done.complete {
            let settled = done.items.saturating_sub(done.pending);
            let args = [
                ("done", texts.number(settled).into()),
                total,
                ("size", texts.bytes(done.bytes_pending).into()),
                self.file(),
            ];
            self.console.tell("status-pending", &args);
        } else {
            self.console.tell("status-complete", &[total]);
        }
    }
}

const fn exit_of(done: &MoveDone) -> Exit {
    if done.failed == 0 && done.balanced {
        Exit::Done
    } else {
        Exit::SomeFailed
    }
}

fn report_item(row: &ReportRow, path: String) -> ReportItem {
    let hash = row.proof.as_ref().and_then(|proof| proof.hash());
    let source_hash = row.proof.as_ref().and_then(|proof| proof.source_hash());
    ReportItem {
        id: row.item.id.to_string(),
        path,
        kind: row.item.kind.code().to_owned(),
        target_path: row.target_path.clone(),
        outcome: row.kind.code().to_owned(),
        reason: row.reason.map(|reason| reason.code().to_owned()),
        renamed: row.renamed.map(|change| change.code().to_owned()),
        bytes: row.bytes,
        proof: row.proof.as_ref().map(|proof| proof.code().to_owned()),
        hash: hash.map(ToString::to_string),
        source_hash: source_hash.map(ToString::to_string),
        detail: row.detail.clone(),
    }
}

fn verify_item(row: &ReportRow, verdict: &Verdict) -> VerifyItem {
    let (code, detail) = match verdict {
        Verdict::Proved(_) => ("proved", None),
        Verdict::Weak => ("weak", None),
        Verdict::Edited => ("edited", None),
        Verdict::Missing => ("missing", None),
        Verdict::Mismatched {
            expected, found, ..
        } => ("mismatched", Some(format!("{expected} {found}"))),
        Verdict::Unknown(detail) => ("unknown", Some(detail.clone())),
    };
    VerifyItem {
        id: row.item.id.to_string(),
        target_path: row.target_path.clone(),
        verdict: code.to_owned(),
        detail,
    }
}
