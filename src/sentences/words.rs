//! The words for what the ledger keeps as codes.

use crate::auth::oauth::{
    GOOGLE_CALENDAR_SCOPE, GOOGLE_CONTACTS_SCOPE, GOOGLE_DRIVE_SCOPE, GOOGLE_OTHER_CONTACTS_SCOPE,
    GOOGLE_TASKS_SCOPE, MICROSOFT_CALENDARS_SCOPE, MICROSOFT_CONTACTS_SCOPE, MICROSOFT_TASKS_SCOPE,
};
use crate::i18n::{Texts, Value};
use crate::ledger::ReportRow;
use crate::model::{Action, OutcomeKind, Proof};
use crate::verify::Verdict;

/// What does not move because the sign-in does not cover it: the message that says so.
pub fn not_granted(scope: &str) -> &'static str {
    match scope {
        GOOGLE_DRIVE_SCOPE => "login-without-files",
        GOOGLE_CALENDAR_SCOPE | MICROSOFT_CALENDARS_SCOPE => "login-without-calendars",
        GOOGLE_CONTACTS_SCOPE | MICROSOFT_CONTACTS_SCOPE => "login-without-contacts",
        GOOGLE_OTHER_CONTACTS_SCOPE => "login-without-other-contacts",
        GOOGLE_TASKS_SCOPE | MICROSOFT_TASKS_SCOPE => "login-without-tasks",
        _ => "login-without-something",
    }
}

/// The message that says what will happen.
pub const fn action(action: Action) -> &'static str {
    match action {
        Action::Move => "preview-move",
        Action::Convert => "preview-convert",
        Action::Link => "preview-link",
        Action::Keep => "preview-keep",
        Action::Skip => "preview-skip",
        Action::Conflict => "preview-conflict",
        Action::Block => "preview-block",
    }
}

/// The message that says what will happen to one item.
pub const fn action_of_one(action: Action) -> &'static str {
    match action {
        Action::Move => "one-move",
        Action::Convert => "one-convert",
        Action::Link => "one-link",
        Action::Keep => "one-keep",
        Action::Skip => "one-skip",
        Action::Conflict => "one-conflict",
        Action::Block => "one-block",
    }
}

/// The message that says what happened, in a table of many.
pub const fn outcome(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Moved => "balance-moved",
        OutcomeKind::Converted => "balance-converted",
        OutcomeKind::Linked => "balance-linked",
        OutcomeKind::Kept => "balance-kept",
        OutcomeKind::Skipped => "balance-skipped",
        OutcomeKind::Failed => "balance-failed",
    }
}

/// The message that says what happened to one item.
pub const fn one_outcome(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Moved => "item-moved",
        OutcomeKind::Converted => "item-converted",
        OutcomeKind::Linked => "item-linked",
        OutcomeKind::Kept => "item-kept",
        OutcomeKind::Skipped => "item-skipped",
        OutcomeKind::Failed => "item-failed",
    }
}

const fn proof(proof: &Proof) -> &'static str {
    match proof {
        Proof::Full(_) => "proof-full",
        Proof::Streamed(_) => "proof-streamed",
        Proof::Meaning(_) => "proof-meaning",
        Proof::SizeAndDate => "proof-size-and-date",
        Proof::Acknowledged => "proof-acknowledged",
    }
}

/// A name may hold anything: what would move the cursor is made visible.
pub fn visible(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// How people find it: its place at the target, or its name at the source. The addresses of events and
/// contacts tell people nothing.
pub fn place(row: &ReportRow) -> String {
    let by_name =
        !row.item.name.is_empty() && (row.item.kind.is_object() || row.item.kind.is_collection());
    visible(match row.target_path.as_str() {
        "" => &row.item.name,
        _ if by_name => &row.item.name,
        path => path,
    })
}

/// Why an item ended as it did, with the technical detail.
pub fn reason(row: &ReportRow, texts: &Texts) -> String {
    let reason = match row.reason {
        Some(reason) => texts.text(reason.message_key(), &[]),
        None => texts.text("detail-none", &[]),
    };
    match &row.detail {
        Some(detail) => format!("{reason} [{}]", super::trouble::one_line(detail)),
        None => reason,
    }
}

/// What the second look says of an item.
pub fn verdict(verdict: &Verdict, texts: &Texts) -> String {
    match verdict {
        Verdict::Proved(kind) => texts.text(proof(kind), &[]),
        Verdict::Weak => texts.text("verdict-weak", &[]),
        Verdict::Edited => texts.text("verdict-edited", &[]),
        Verdict::Missing => texts.text("verdict-missing", &[]),
        Verdict::Mismatched { .. } => texts.text("verdict-mismatched", &[]),
        Verdict::Unknown(detail) => {
            texts.text("verdict-unknown", &[("detail", Value::from(detail))])
        }
    }
}

/// One item's account: where it was and is, how it ended, how we know, and why. `path`: at the source.
pub fn account_line(row: &ReportRow, path: &str, texts: &Texts) -> String {
    let mut parts = vec![texts.text(one_outcome(row.kind), &[])];
    if let Some(kind) = &row.proof {
        parts.push(texts.text(proof(kind), &[]));
    }
    let mut line = format!("{}  [{}]", visible(path), parts.join(", "));
    if !row.target_path.is_empty() {
        line.push_str("\n    → ");
        line.push_str(&visible(&row.target_path));
    }
    let change = row
        .renamed
        .map(|change| texts.text(change.message_key(), &[]));
    let reason = row
        .reason
        .map(|reason| texts.text(reason.message_key(), &[]));
    let detail = row.detail.as_deref().map(super::trouble::one_line);
    for more in [change, reason, detail].into_iter().flatten() {
        line.push_str("\n    ");
        line.push_str(&more);
    }
    line
}
