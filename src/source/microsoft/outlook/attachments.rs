//! What is attached to events and tasks (<https://learn.microsoft.com/graph/api/resources/attachment>).

use serde_json::Value;
use url::Url;

use super::PREFER;
use super::todo::text;
use crate::source::microsoft::client::Client;
use crate::source::microsoft::error::Failure;

/// How much of files goes into one object; a Nextcloud takes objects of 10 MB, in which bytes are a third
/// longer.
const AT_MOST: u64 = 5 * 1024 * 1024;
/// What every kind of attachment tells of itself, without its bytes.
const BRIEFLY: [(&str, &str); 2] = [
    ("$select", "id,name,contentType,size,isInline"),
    ("$top", "100"),
];

/// Puts the attachments of an event or a task into it, with their bytes as far as there is room: what has
/// none keeps its name. `path` leads to the owner.
pub(super) async fn attach(
    client: &Client,
    owner: &mut Value,
    path: &[&str],
) -> Result<(), Failure> {
    if owner.get("hasAttachments").and_then(Value::as_bool) != Some(true) {
        return Ok(());
    }
    let of = |more: &[&str], query: &[(&str, &str)]| -> Url {
        let path: Vec<&str> = path
            .iter()
            .chain(&["attachments"])
            .chain(more)
            .copied()
            .collect();
        client.address(&path, query)
    };
    let brief: Vec<Value> = client.ask_all(&of(&[], &BRIEFLY), PREFER).await?;
    let mut room = AT_MOST;
    let mut all = Vec::with_capacity(brief.len());
    for attachment in brief {
        let size = attachment.get("size").and_then(Value::as_u64);
        let is_file = text(&attachment, "@odata.type").ends_with("ileAttachment");
        let fits = size.is_none_or(|size| size <= room);
        if !(is_file && fits) {
            all.push(attachment);
            continue;
        }
        let whole: Result<Value, Failure> = client
            .ask(&of(&[text(&attachment, "id")], &[]), PREFER)
            .await;
        match whole {
            Ok(whole) => {
                room = room.saturating_sub(size.unwrap_or(0));
                all.push(whole);
            }
            // It was taken away meanwhile, or Microsoft holds it back: its name stays.
            Err(failure) if matches!(failure.status(), Some(400 | 403 | 404)) => {
                all.push(attachment);
            }
            Err(failure) => return Err(failure),
        }
    }
    if let Some(fields) = owner.as_object_mut() {
        fields.insert("attachments".into(), Value::Array(all));
    }
    Ok(())
}
