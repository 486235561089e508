//! The mails that a real Nextcloud would have sent; here they only lie in an outbox.

use serde::{Deserialize, Serialize};

/// Why somebody gets a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// "… has invited you": to a guest of a new or a changed event.
    Invitation,
    /// "… has been cancelled": to a guest of an event that is gone, or that lost the guest.
    Cancellation,
    /// "… has accepted": to the organiser.
    Reply,
    /// An alarm by mail: not yet, but when its time comes.
    Alarm,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub kind: MailKind,
    /// The account on whose behalf it goes out.
    pub from: String,
    /// An address, without `mailto:`.
    pub to: String,
    pub uid: String,
    /// Of an alarm: seconds since 1970, when it goes out.
    #[serde(default)]
    pub due: Option<i64>,
    /// Of an alarm: its collection and its object.
    #[serde(default)]
    pub(super) object: Option<(u64, u64)>,
}

impl Mail {
    pub(super) fn new(kind: MailKind, from: &str, to: &str, uid: &str) -> Self {
        Self {
            kind,
            from: from.to_owned(),
            to: to.to_owned(),
            uid: uid.to_owned(),
            due: None,
            object: None,
        }
    }

    /// Whose alarm it is.
    pub(in super::super) fn belongs_to(&mut self, collection: u64, object: u64) {
        self.object = Some((collection, object));
    }

    pub(super) fn is_alarm_of(&self, collection: u64, object: Option<u64>) -> bool {
        self.object
            .is_some_and(|(c, o)| c == collection && object.is_none_or(|object| object == o))
    }
}
