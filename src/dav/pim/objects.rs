use futures::stream::{self, StreamExt as _};

use super::super::error::DavError;
use super::super::multistatus::Answer;
use super::super::props::Depth;
use super::super::xml::escape;
use super::collections::Component;
use super::fetch::{Object, data_prop};
use super::record::ObjectRecord;
use super::{Kind, PimClient, PimError, PimStream, document, prop, propfind};

/// Cards in a page of a list.
const PAGE: usize = 500;

/// An object as a list tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub path: String,
    /// Without its quotes. Nextcloud's is the MD5 of the bytes that it stores.
    pub etag: String,
    /// Bytes.
    pub size: Option<u64>,
}

/// A calendar object in the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trashed {
    /// `calendars/alice/trashbin/objects/12.ics`
    pub path: String,
    /// Of the calendar that it was in; `None` where that one is gone, too.
    pub calendar: Option<String>,
    /// Empty where it cannot be read.
    pub uid: String,
}

impl PimClient {
    /// What lies in a collection, without its content.
    ///
    /// A Nextcloud that is asked for a whole address book reads all of its cards into its memory, pictures
    /// and all, and fails where that is too small. So it is asked for pages.
    ///
    /// # Errors
    /// [`super::super::DavError::NotFound`] when there is no such collection. The stream's own: the list
    /// broke off.
    pub async fn list(&self, kind: Kind, collection: &str) -> Result<PimStream<Listed>, PimError> {
        if kind == Kind::AddressBook && self.is_nextcloud() {
            match self.list_pages(collection).await {
                // Not offered here: then in one.
                Err(PimError::InvalidSyncToken | PimError::Unsupported { .. }) => {}
                Err(PimError::Dav(DavError::Full { .. } | DavError::Refused { .. })) => {}
                other => return other,
            }
        }
        const PROPS: &[&str] = &["d:resourcetype", "d:getetag", "d:getcontentlength"];
        let answers = self
            .multistatus::<ObjectRecord>("PROPFIND", collection, Some(Depth::One), propfind(PROPS))
            .await?;
        let place = collection.to_owned();
        let listed = stream::try_unfold(answers, move |mut answers| {
            let place = place.clone();
            async move {
                while let Some(answer) = answers.next().await? {
                    if let Some(listed) = listed(answer, &place) {
                        return Ok(Some((listed, answers)));
                    }
                }
                Ok(None)
            }
        });
        Ok(listed.boxed())
    }

    /// The first list of `sync-collection` in pages (RFC 6578, section 3.6).
    async fn list_pages(&self, collection: &str) -> Result<PimStream<Listed>, PimError> {
        let answers = self.changes_from(collection, None, Some(PAGE)).await?;
        let state = (answers, false, self.clone(), collection.to_owned());
        let listed = stream::try_unfold(
            state,
            |(mut answers, mut more, client, collection)| async move {
                loop {
                    while let Some(answer) = answers.next().await? {
                        if answer.status == Some(507) {
                            more = true;
                        } else if let Some(listed) = listed(answer, &collection) {
                            return Ok(Some((listed, (answers, more, client, collection))));
                        }
                    }
                    if !more {
                        return Ok(None);
                    }
                    let token = answers.sync_token().map(str::to_owned);
                    let token =
                        token.ok_or_else(|| DavError::protocol("a page without a token"))?;
                    answers = client
                        .changes_from(&collection, Some(&token), Some(PAGE))
                        .await?;
                    more = false;
                }
            },
        );
        Ok(listed.boxed())
    }

    /// Everything that lies in a collection, with its content, in one answer. A server may make all of
    /// that answer in its memory before it begins to send: for many or large objects, fetch batches.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn query(&self, kind: Kind, collection: &str) -> Result<PimStream<Object>, PimError> {
        let filter = match kind {
            Kind::Calendar => r#"<cal:filter><cal:comp-filter name="VCALENDAR"/></cal:filter>"#,
            Kind::AddressBook => r#"<card:filter><card:prop-filter name="FN"/></card:filter>"#,
        };
        self.objects(kind, collection, query_body(kind, filter))
            .await
    }

    /// The objects of a collection that have this UID: none or one, but for servers that let two be.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn find_uid(
        &self,
        kind: Kind,
        collection: &str,
        uid: &str,
    ) -> Result<Vec<Listed>, PimError> {
        let mut found = Vec::new();
        for filter in uid_filters(kind, uid) {
            let mut objects = self
                .objects(kind, collection, query_body(kind, &filter))
                .await?;
            while let Some(object) = objects.next().await {
                let object = object?;
                // The server's match is one of parts, or of whatever case.
                if uid_of(&object.text).as_deref() == Some(uid) {
                    found.push(Listed {
                        size: Some(object.text.len() as u64),
                        path: object.path,
                        etag: object.etag,
                    });
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// The calendar objects that lie in a Nextcloud's trash; `home` is that of the calendars. Other
    /// servers have none.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn trashed(&self, home: &str) -> Result<PimStream<Trashed>, PimError> {
        // Listing it is not implemented; asking is.
        const PROPS: &[&str] = &["x:calendar-uri", "cal:calendar-data"];
        let filter = r#"<cal:filter><cal:comp-filter name="VCALENDAR"/></cal:filter>"#;
        let body = document("cal:calendar-query", &format!("{}{filter}", prop(PROPS)));
        let place = format!("{home}/trashbin/objects");
        let answers = self
            .multistatus::<ObjectRecord>("REPORT", &place, Some(Depth::One), body)
            .await?;
        let trashed = stream::try_unfold(answers, |mut answers| async move {
            while let Some(answer) = answers.next().await? {
                if answer.status.is_some_and(|status| status >= 300) {
                    continue;
                }
                let record = answer.entry;
                let uid = record.data.as_deref().map(str::as_bytes).and_then(uid_of);
                let trashed = Trashed {
                    path: record.path,
                    calendar: record.trashed_from,
                    uid: uid.unwrap_or_default(),
                };
                return Ok(Some((trashed, answers)));
            }
            Ok(None)
        });
        Ok(trashed.boxed())
    }
}

/// `None` for the collection itself, and for what could not be read.
fn listed(answer: Answer<ObjectRecord>, collection: &str) -> Option<Listed> {
    let record = answer.entry;
    let good = answer.status.is_none_or(|status| status < 300);
    if !good || record.is_collection || record.path == collection {
        return None;
    }
    Some(Listed {
        path: record.path,
        etag: record.etag?,
        size: record.size,
    })
}

fn query_body(kind: Kind, filter: &str) -> String {
    let root = match kind {
        Kind::Calendar => "cal:calendar-query",
        Kind::AddressBook => "card:addressbook-query",
    };
    document(root, &format!("{}{filter}", data_prop(kind, None)))
}

fn uid_filters(kind: Kind, uid: &str) -> Vec<String> {
    let uid = escape(uid);
    match kind {
        Kind::Calendar => Component::ALL
            .map(|component| {
                format!(
                    concat!(
                        r#"<cal:filter><cal:comp-filter name="VCALENDAR"><cal:comp-filter name="{}">"#,
                        r#"<cal:prop-filter name="UID"><cal:text-match collation="i;octet">{}"#,
                        r#"</cal:text-match></cal:prop-filter></cal:comp-filter></cal:comp-filter></cal:filter>"#
                    ),
                    component.name(),
                    uid
                )
            })
            .into(),
        Kind::AddressBook => vec![format!(
            concat!(
                r#"<card:filter><card:prop-filter name="UID">"#,
                r#"<card:text-match collation="i;unicode-casemap" match-type="equals">{}</card:text-match>"#,
                r#"</card:prop-filter></card:filter>"#
            ),
            uid
        )],
    }
}

/// The UID of an object: that of its first component with one, as it stands there. What lies deeper (an
/// alarm has a UID of its own, RFC 9074) does not count.
pub fn uid_of(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let unfolded = text
        .replace("\r\n", "\n")
        .replace("\n ", "")
        .replace("\n\t", "");
    let mut open: Vec<&str> = Vec::new();
    for line in unfolded.lines() {
        let Some((head, value)) = line.split_once(':') else {
            continue;
        };
        let name = head.split(';').next().unwrap_or_default();
        let name = name.rsplit('.').next().unwrap_or_default();
        match name.to_ascii_uppercase().as_str() {
            "BEGIN" => open.push(value.trim()),
            "END" => {
                open.pop();
            }
            "UID" if holds_uid(&open) => return Some(value.trim().to_owned()),
            _ => {}
        }
    }
    None
}

fn holds_uid(open: &[&str]) -> bool {
    match open {
        [card] => card.eq_ignore_ascii_case("VCARD"),
        [_, component] => Component::from_name(component).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uid_is_that_of_the_object() {
        let event = "BEGIN:VCALENDAR\r\nUID:of-the-file\r\nBEGIN:VTIMEZONE\r\nUID:zone\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nBEGIN:VALARM\r\nUID:alarm\r\nEND:VALARM\r\nuid;X-A=b:long\r\n er\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(uid_of(event.as_bytes()).as_deref(), Some("longer"));
        let card = "BEGIN:VCARD\nVERSION:3.0\nitem1.UID:urn:uuid:1\nEND:VCARD\n";
        assert_eq!(uid_of(card.as_bytes()).as_deref(), Some("urn:uuid:1"));
        for none in ["", "UID:x", "BEGIN:VCARD\nFN:x\nEND:VCARD", "\u{0}\n:\n;;:"] {
            assert_eq!(uid_of(none.as_bytes()), None, "{none}");
        }
        assert_eq!(uid_of(&[0xff, b'\n', 0xfe]), None);
    }
}
