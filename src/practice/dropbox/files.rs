//! The routes of `files` that answer in JSON.

use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::faults::mix_text;
use super::call::{Arg, Call};
use super::error::{Answer, Refusal, reply};
use super::node::{Access, Key, Node, NodeKind};
use super::state::Shared;
use super::store::{Listing, Store};

const MOST: usize = 2_000;

/// What a cursor holds; nobody but the server reads it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Cursor {
    top: u64,
    root: u64,
    recursive: bool,
    mounted: bool,
    documents: bool,
    limit: usize,
    epoch: u64,
    /// Changes that were made before the listing began.
    since: usize,
    /// Where the listing goes on; `None`: it is over, and changes are told.
    from: Option<u64>,
    /// Where the changes go on.
    skip: usize,
    /// Changes that this list of changes is about.
    until: Option<usize>,
    /// The next page is empty: the real ones are, now and then.
    pause: bool,
}

impl Cursor {
    fn write(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        let sealed = format!("{text}\n{:016x}", mix_text(0xc0, &text));
        format!("AAE{}", URL_SAFE_NO_PAD.encode(sealed))
    }

    fn read(text: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(text.strip_prefix("AAE")?).ok()?;
        let sealed = String::from_utf8(sealed).ok()?;
        let (text, seal) = sealed.split_once('\n')?;
        (format!("{:016x}", mix_text(0xc0, text)) == seal).then_some(())?;
        serde_json::from_str(text).ok()
    }

    fn listing(&self) -> Listing {
        Listing {
            top: Key(self.top),
            root: Key(self.root),
            recursive: self.recursive,
            mounted: self.mounted,
            documents: self.documents,
        }
    }
}

const LIST_FIELDS: [&str; 11] = [
    "path",
    "recursive",
    "include_media_info",
    "include_deleted",
    "include_has_explicit_shared_members",
    "include_mounted_folders",
    "limit",
    "shared_link",
    "include_property_groups",
    "include_non_downloadable_files",
    "include_restorable_info",
];

/// `files/list_folder`
pub(super) fn list_folder(call: &Call) -> Answer {
    let cursor = begin(call)?;
    page(&call.shared, cursor)
}

/// `files/list_folder/get_latest_cursor`
pub(super) fn get_latest_cursor(call: &Call) -> Answer {
    let mut cursor = begin(call)?;
    cursor.from = None;
    Ok(reply(&json!({"cursor": cursor.write()})))
}

fn begin(call: &Call) -> Result<Cursor, Refusal> {
    let arg = call.rpc(&LIST_FIELDS)?;
    let root = call.root()?;
    let path = arg.needed("path")?;
    if path == "/" {
        return Err(
            arg.bad_path("Specify the root folder as an empty string rather than as \"/\".")
        );
    }
    if arg.has("shared_link") {
        return Err(arg.bad_path("shared links are not served here"));
    }
    let store = call.shared.store();
    let (top, root) = if path.is_empty() {
        (root, root)
    } else {
        let node = find(&store, root, &arg, path)?;
        match node.kind {
            NodeKind::Folder {
                access: Access::None,
                ..
            } => return Err(Refusal::endpoint(&["path", "restricted_content"])),
            NodeKind::Folder { .. } => {}
            _ => return Err(Refusal::endpoint(&["path", "not_folder"])),
        }
        // Paths in a namespace that was named in the path are relative to it.
        let root = if path.starts_with("ns:") {
            node.key
        } else {
            root
        };
        (node.key, root)
    };
    let recursive = arg.flag("recursive", false)?;
    Ok(Cursor {
        top: top.0,
        root: root.0,
        recursive,
        mounted: arg.flag("include_mounted_folders", true)?,
        documents: arg.flag("include_non_downloadable_files", true)?,
        limit: arg.limit("limit", MOST)?,
        epoch: call.shared.epoch.load(Ordering::Relaxed),
        since: store.changes_made(),
        from: Some(0),
        skip: 0,
        until: None,
        pause: false,
    })
}

/// `files/list_folder/continue`
pub(super) fn list_folder_continue(call: &Call) -> Answer {
    let arg = call.rpc(&["cursor"])?;
    let cursor = Cursor::read(arg.needed("cursor")?).ok_or_else(|| {
        Refusal::bad_request(
            &call.route,
            "request body: cursor: Invalid \"cursor\" parameter",
        )
    })?;
    if cursor.epoch != call.shared.epoch.load(Ordering::Relaxed) {
        return Err(Refusal::endpoint(&["reset"]));
    }
    page(&call.shared, cursor)
}

/// `files/list_folder/longpoll`: without a token, and here without the wait.
pub(super) fn longpoll(call: &Call) -> Answer {
    let arg = call.rpc(&["cursor", "timeout"])?;
    let cursor = Cursor::read(arg.needed("cursor")?).ok_or_else(|| {
        Refusal::bad_request(
            &call.route,
            "request body: cursor: Invalid \"cursor\" parameter",
        )
    })?;
    let changes = cursor.from.is_some() || cursor.since < call.shared.store().changes_made();
    Ok(reply(&json!({"changes": changes})))
}

fn page(shared: &Shared, mut cursor: Cursor) -> Answer {
    let store = shared.store();
    if std::mem::take(&mut cursor.pause) {
        return Ok(answer(&[], &cursor, true));
    }
    let listing = cursor.listing();
    let Some(from) = cursor.from else {
        return changes(&store, cursor, &listing);
    };
    let page = store.page(&listing, from, cursor.limit);
    cursor.pause = from == 0 && cursor.recursive && page.next.is_some();
    cursor.from = page.next;
    let more = page.next.is_some();
    Ok(answer(&page.entries, &cursor, more))
}

fn changes(store: &Store, mut cursor: Cursor, listing: &Listing) -> Answer {
    let until = *cursor.until.get_or_insert(store.changes_made());
    // A server that was started anew knows nothing of what was changed before.
    let entries = store
        .changes(listing, cursor.since)
        .ok_or_else(|| Refusal::endpoint(&["reset"]))?;
    let page: Vec<Value> = entries
        .iter()
        .skip(cursor.skip)
        .take(cursor.limit)
        .cloned()
        .collect();
    cursor.skip += page.len();
    let more = cursor.skip < entries.len();
    if !more {
        cursor.since = until;
        cursor.skip = 0;
        cursor.until = None;
    }
    Ok(answer(&page, &cursor, more))
}

fn answer(entries: &[Value], cursor: &Cursor, more: bool) -> axum::response::Response {
    reply(&json!({"entries": entries, "cursor": cursor.write(), "has_more": more}))
}

/// `files/get_metadata`
pub(super) fn get_metadata(call: &Call) -> Answer {
    let arg = call.rpc(&[
        "path",
        "include_media_info",
        "include_deleted",
        "include_has_explicit_shared_members",
        "include_property_groups",
    ])?;
    let root = call.root()?;
    let path = arg.needed("path")?;
    if path.is_empty() || path == "/" {
        return Err(arg.bad_path("The root folder is unsupported."));
    }
    let store = call.shared.store();
    let node = find(&store, root, &arg, path)?;
    Ok(reply(&store.describe(&node, root)))
}

/// The item at a `ReadPath`: `/a/b`, `id:…`, `rev:…`, `ns:1/a`.
pub(super) fn find(store: &Store, root: Key, arg: &Arg, path: &str) -> Result<Node, Refusal> {
    let found = if path.starts_with("id:") {
        store.ids.key(path).and_then(|key| store.get(key))
    } else if let Some(rev) = path.strip_prefix("rev:") {
        let hexadecimal = rev
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if rev.len() < 9 || !hexadecimal {
            return Err(arg.bad_path(&format!("'{path}' did not match pattern")));
        }
        store.revision(rev)
    } else if let Some(rest) = path.strip_prefix("ns:") {
        let (namespace, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let top = store.namespace_root(namespace);
        top.and_then(|top| store.find(top, rest))
            .and_then(|key| store.get(key))
    } else if path.starts_with('/') {
        store.find(root, path).and_then(|key| store.get(key))
    } else {
        return Err(arg.bad_path(&format!("'{path}' did not match pattern")));
    };
    found.ok_or_else(Refusal::not_found)
}
