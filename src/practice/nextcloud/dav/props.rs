//! Properties and how they look in a multistatus.

use super::super::answer::escape;
use super::super::gate::Call;
use super::super::names::encode;
use super::super::view::Entry;
use super::xml::{DAV, NEXTCLOUD, Name, OWNCLOUD};

/// What is the same for all entries of one answer.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// `None`: all that Sabre gives unasked.
    names: Option<Vec<Name>>,
    /// Leave out what is not there (`Prefer: return=minimal`).
    minimal: bool,
    instance: String,
    user: String,
    display_name: String,
    /// Bytes; `None`: no limit.
    free: Option<u64>,
}

impl Wanted {
    pub fn new(call: &Call, user: &str, names: Option<Vec<Name>>) -> Self {
        let display_name = call
            .shared
            .user(user)
            .map_or_else(|| user.to_owned(), |user| user.display_name.clone());
        let minimal = call.header("brief") == Some("t")
            || call
                .header("prefer")
                .is_some_and(|prefer| prefer.contains("return=minimal"));
        Self {
            names,
            minimal,
            instance: call.shared.instance(),
            user: user.to_owned(),
            display_name,
            free: call.shared.free(user),
        }
    }

    /// One `d:response`.
    pub fn response(&self, path: &[String], entry: &Entry) -> String {
        let mut href = encode(path.iter().map(String::as_str));
        if entry.folder {
            href.push('/');
        }
        self.response_at(&href, entry)
    }

    pub fn response_at(&self, href: &str, entry: &Entry) -> String {
        let unasked;
        let names = match &self.names {
            Some(names) => names,
            None => {
                unasked = all_props();
                &unasked
            }
        };
        let (mut found, mut missing) = (String::new(), String::new());
        for name in names {
            match self.value(entry, name) {
                Some(value) => found.push_str(&value),
                None if self.names.is_some() => missing.push_str(&name.empty_element()),
                None => {}
            }
        }
        let mut out = format!("<d:response><d:href>{href}</d:href>");
        if names.is_empty() {
            out.push_str(
                "<d:propstat><d:prop/><d:status>HTTP/1.1 418 I'm a teapot</d:status></d:propstat>",
            );
        }
        if !found.is_empty() {
            out.push_str(&propstat(&found, "200 OK"));
        }
        if !missing.is_empty() && !self.minimal {
            out.push_str(&propstat(&missing, "404 Not Found"));
        }
        out.push_str("</d:response>");
        out
    }

    fn value(&self, entry: &Entry, name: &Name) -> Option<String> {
        let text = |text: String| Some(name.element(&escape(&text)));
        let raw = |xml: &str| {
            Some(if xml.is_empty() {
                name.empty_element()
            } else {
                name.element(xml)
            })
        };
        let (file, folder) = (!entry.folder, entry.folder);
        let (owner, owner_name) = entry
            .owner
            .unwrap_or((self.user.as_str(), self.display_name.as_str()));
        match (name.namespace.as_str(), name.local.as_str()) {
            (DAV, "resourcetype") => raw(if folder { "<d:collection/>" } else { "" }),
            (DAV, "displayname") => text(entry.name.clone()),
            (DAV, "current-user-principal") => raw(&super::propfind::principal(&self.user).1),
            (DAV, "getlastmodified") => text(http_date(entry.mtime)),
            (DAV, "getcontentlength") if file => text(entry.size.to_string()),
            (DAV, "getcontenttype") if file => text(mime(&entry.name).to_owned()),
            (DAV, "getetag") => text(format!("\"{}\"", entry.etag)),
            (DAV, "creationdate") => text(iso_date(entry.created)),
            (DAV, "quota-available-bytes") if folder => match self.free {
                Some(free) => text(free.to_string()),
                None => text("-3".to_owned()),
            },
            (DAV, "quota-used-bytes") if folder => text(entry.size.to_string()),
            (OWNCLOUD, "fileid") => text(entry.id.to_string()),
            (OWNCLOUD, "id") => text(format!("{:08}{}", entry.id, self.instance)),
            (OWNCLOUD, "size") => text(entry.size.to_string()),
            (OWNCLOUD, "permissions") => text(entry.permissions.to_owned()),
            (OWNCLOUD, "favorite") => text(u8::from(entry.favourite).to_string()),
            (OWNCLOUD, "checksums") if !entry.checksum.is_empty() => {
                let each = entry
                    .checksum
                    .split(' ')
                    .map(|checksum| Name::new(OWNCLOUD, "checksum").element(&escape(checksum)));
                raw(&each.collect::<String>())
            }
            (OWNCLOUD, "tags") => {
                let each = entry
                    .tags
                    .iter()
                    .map(|tag| Name::new(OWNCLOUD, "tag").element(&escape(tag)));
                raw(&each.collect::<String>())
            }
            (OWNCLOUD, "share-types") | (NEXTCLOUD, "system-tags" | "sharees") => raw(""),
            (OWNCLOUD, "owner-id") => text(owner.to_owned()),
            (OWNCLOUD, "owner-display-name") => text(owner_name.to_owned()),
            (OWNCLOUD, "comments-count" | "comments-unread") => text("0".to_owned()),
            (OWNCLOUD, "downloadURL") if file => text(String::new()),
            (OWNCLOUD, "data-fingerprint") | (NEXTCLOUD, "lock") => text(String::new()),
            (NEXTCLOUD, "creation_time") => text(entry.created.to_string()),
            (NEXTCLOUD, "upload_time") if file => text(entry.uploaded.to_string()),
            (NEXTCLOUD, "mount-type") => text(entry.mount.to_owned()),
            (NEXTCLOUD, "is-mount-root") => text(entry.mount_root.to_string()),
            (NEXTCLOUD, "has-preview") => {
                let mime = mime(&entry.name);
                let shown = file && (mime.starts_with("image/") || mime.starts_with("text/"));
                text(shown.to_string())
            }
            (NEXTCLOUD, "hidden") => text("false".to_owned()),
            (NEXTCLOUD, "rich-workspace") if folder => text(String::new()),
            (NEXTCLOUD, "contained-file-count") if folder => text(entry.holds.0.to_string()),
            (NEXTCLOUD, "contained-folder-count") if folder => text(entry.holds.1.to_string()),
            (NEXTCLOUD, "share-attributes") => text("[]".to_owned()),
            _ => text(entry.props.get(&name.clark())?.clone()),
        }
    }
}

/// One `d:response` out of what is known, by name and as XML; `wanted` as for [`Wanted`].
pub fn chosen(href: &str, wanted: Option<&[Name]>, known: &[(Name, String)]) -> String {
    let element = |(name, value): &(Name, String)| match value.as_str() {
        "" => name.empty_element(),
        value => name.element(value),
    };
    let (found, missing): (String, String) = match wanted {
        None => (known.iter().map(element).collect(), String::new()),
        Some(names) => {
            let is_known = |name: &&Name| known.iter().any(|(known, _)| known == *name);
            let found = names
                .iter()
                .filter_map(|name| known.iter().find(|(known, _)| known == name));
            (
                found.map(element).collect(),
                names
                    .iter()
                    .filter(|name| !is_known(name))
                    .map(Name::empty_element)
                    .collect(),
            )
        }
    };
    let mut out = format!("<d:response><d:href>{href}</d:href>");
    for (props, status) in [(found, "200 OK"), (missing, "404 Not Found")] {
        if !props.is_empty() {
            out.push_str(&propstat(&props, status));
        }
    }
    out.push_str("</d:response>");
    out
}

pub fn propstat(props: &str, status: &str) -> String {
    format!(
        "<d:propstat><d:prop>{props}</d:prop><d:status>HTTP/1.1 {status}</d:status></d:propstat>"
    )
}

fn all_props() -> Vec<Name> {
    [
        "getlastmodified",
        "getcontentlength",
        "resourcetype",
        "quota-used-bytes",
        "quota-available-bytes",
        "getetag",
        "getcontenttype",
    ]
    .map(|local| Name::new(DAV, local))
    .into()
}

/// Seconds since 1970 as HTTP writes them.
pub fn http_date(seconds: i64) -> String {
    // What an HTTP date can hold: up to the end of the year 9999.
    let seconds = u64::try_from(seconds).unwrap_or(0).min(253_402_300_799);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds))
}

fn iso_date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string())
        .unwrap_or_default()
}

/// By the name's end, as Nextcloud does.
pub fn mime(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, end)| end.to_lowercase());
    match extension.as_deref() {
        Some("txt") => "text/plain",
        Some("md") => "text/markdown",
        Some("csv") => "text/csv",
        Some("html" | "htm") => "text/html",
        Some("json") => "application/json",
        Some("xml") => "application/xml",
        Some("pdf") => "application/pdf",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("svg") => "image/svg+xml",
        Some("mp3") => "audio/mpeg",
        Some("mp4") => "video/mp4",
        Some("zip") => "application/zip",
        Some("bin") => "application/x-bin",
        Some("odt") => "application/vnd.oasis.opendocument.text",
        Some("ods") => "application/vnd.oasis.opendocument.spreadsheet",
        Some("odp") => "application/vnd.oasis.opendocument.presentation",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("pptx") => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => "application/octet-stream",
    }
}
