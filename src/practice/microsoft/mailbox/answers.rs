//! The forms of answers, and where a list of changes goes on.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderValue, header};
use serde_json::{Value, json};

use super::super::super::outlook::Mailbox;
use super::super::api::Answer;
use super::super::error::{ApiError, ok};

pub(super) fn collection(path: &str, rows: Vec<Value>) -> Value {
    let context = format!("https://graph.microsoft.com/v1.0/$metadata#{path}");
    json!({"@odata.context": context, "value": rows})
}

/// `attachments`, `attachments/{id}` and `attachments/{id}/$value` of an event or a task.
pub(super) fn attachments(all: Option<&Value>, rest: &[&str], in_list: bool) -> Answer {
    let none = Vec::new();
    let all = all.and_then(Value::as_array).unwrap_or(&none);
    let find = |id: &str| {
        let mut all = all.iter();
        all.find(|one| one.get("id").and_then(Value::as_str) == Some(id))
            .ok_or_else(ApiError::no_such_thing)
    };
    match rest {
        [] => {
            let rows = all.iter().map(|one| match in_list {
                true => one.clone(),
                // To Do lists no bytes.
                false => super::without(one.clone(), &["contentBytes"]),
            });
            Ok(ok(&collection("attachments", rows.collect())))
        }
        [id] => Ok(ok(find(id)?)),
        [id, "$value"] => {
            let bytes = find(id)?.get("contentBytes").and_then(Value::as_str);
            let bytes = bytes.and_then(|text| STANDARD.decode(text).ok());
            let bytes = bytes.ok_or_else(|| ApiError::bad_query("$value"))?;
            Ok(raw(bytes, "application/octet-stream"))
        }
        _ => Err(ApiError::unknown_segment("attachments")),
    }
}

pub(super) fn raw(bytes: Vec<u8>, kind: &'static str) -> axum::response::Response {
    let mut answer = axum::response::Response::new(bytes.into());
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// Where a list of changes goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) epoch: u64,
    /// `None`: everything is listed.
    pub(super) since: Option<u64>,
    /// The changes that there were when it began.
    pub(super) began: u64,
    pub(super) skip: usize,
}

impl Place {
    pub(super) fn beginning(mailbox: &Mailbox) -> Self {
        Self {
            epoch: mailbox.epoch,
            since: None,
            began: mailbox.sequence,
            skip: 0,
        }
    }

    pub(super) fn further(self, by: usize) -> Self {
        Self {
            skip: self.skip.saturating_add(by),
            ..self
        }
    }

    /// For the next survey. What changed while this one was listed comes again.
    pub(super) fn after(self) -> Self {
        Self {
            since: Some(self.began),
            skip: 0,
            ..self
        }
    }

    pub(super) fn to_text(self) -> String {
        let since = self.since.map_or("-".to_owned(), |since| since.to_string());
        let text = format!("{} {since} {} {}", self.epoch, self.began, self.skip);
        URL_SAFE_NO_PAD.encode(text)
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut words = text.split(' ');
        let epoch = words.next()?.parse().ok()?;
        let since = match words.next()? {
            "-" => None,
            since => Some(since.parse().ok()?),
        };
        Some(Self {
            epoch,
            since,
            began: words.next()?.parse().ok()?,
            skip: words.next()?.parse().ok()?,
        })
    }
}
