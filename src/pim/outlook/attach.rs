//! Attachments: files inside the object, links, and what is neither.

use serde_json::Value;

use super::super::build::{Builder, Property};
use super::super::json::{is_true, list, plain, text};

/// How much of files goes into one object, in characters of Base64: a Nextcloud takes objects of 10 MB.
const AT_MOST: usize = 7 * 1024 * 1024;

/// Adds `attachments` of an event or a task. Those whose bytes are not there, or are too much, leave their
/// name and are counted as lost.
pub(super) fn attachments(builder: &mut Builder, owner: &Value) {
    let mut room = AT_MOST;
    for attachment in list(owner, "attachments") {
        let name = text(attachment, "name");
        let media = text(attachment, "contentType");
        let address = ["sourceUrl", "thumbnailUrl"]
            .into_iter()
            .find_map(|key| text(attachment, key));
        let bytes = text(attachment, "contentBytes").filter(|bytes| bytes.len() <= room);
        let property = match (bytes, address) {
            (Some(bytes), _) => {
                room -= bytes.len();
                Property::raw("ATTACH", bytes)
                    .with("VALUE", "BINARY")
                    .with("ENCODING", "BASE64")
            }
            (None, Some(address)) => Property::uri("ATTACH", address),
            (None, None) => {
                builder.lose();
                let shown = name.map_or_else(|| plain(attachment), str::to_owned);
                builder.extend(
                    Property::text("X-MICROSOFT-ATTACHMENT", &shown)
                        .with_some("X-TYPE", text(attachment, "@odata.type")),
                );
                continue;
            }
        };
        let mut property = property
            .with_some("FMTTYPE", media.filter(|media| media.contains('/')))
            .with_some("FILENAME", name);
        if is_true(attachment, "isInline") {
            property = property.with_some("X-CONTENT-ID", text(attachment, "contentId"));
        }
        builder.add(property);
    }
}
