use std::collections::BTreeSet;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use http::header;

use super::super::client::Lane;
use super::super::error::DavError;
use super::super::multistatus::unquote;
use super::super::path::encode_path;
use super::super::props::Depth;
use super::super::refusal::Refusal;
use super::super::xml::escape;
use super::record::ObjectRecord;
use super::{Kind, PimClient, PimError, PimStream, document};
use crate::hash::digest;
use crate::model::HashAlgorithm;

/// The content of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub path: String,
    /// Without its quotes; empty where the server says none.
    pub etag: String,
    pub text: Bytes,
    /// These are the very bytes that the server stores: their MD5 is the ETag. Otherwise the server has
    /// changed them on the way (line ends, another version of vCard), or makes its ETags differently.
    pub exact: bool,
}

/// One answer of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    Found(Object),
    /// It is not there (any more); Nextcloud says so by leaving it out.
    Missing(String),
}

/// What asks for the ETag and the content; of a card, in `version` or as the server likes.
pub(super) fn data_prop(kind: Kind, version: Option<&str>) -> String {
    let data = match (kind, version) {
        (Kind::Calendar, _) => "<cal:calendar-data/>".to_owned(),
        (Kind::AddressBook, None) => "<card:address-data/>".to_owned(),
        (Kind::AddressBook, Some(version)) => {
            format!(r#"<card:address-data content-type="text/vcard" version="{version}"/>"#)
        }
    };
    format!("<d:prop><d:getetag/>{data}</d:prop>")
}

impl PimClient {
    /// The content of these objects of one collection; at most a few hundred at once. What is not there is
    /// told at the end.
    ///
    /// A Nextcloud gives every card in one version, whatever it was stored in. So those that are not exact
    /// in the one are asked for in the other: what is stored is 3.0 or 4.0, and comes as it is when asked
    /// for so.
    ///
    /// # Errors
    /// [`DavError::NotFound`] when the collection is gone. The stream's own: the answer broke off.
    pub async fn multiget(
        &self,
        kind: Kind,
        collection: &str,
        paths: &[String],
    ) -> Result<PimStream<Fetched>, PimError> {
        let missing: BTreeSet<String> = paths.iter().cloned().collect();
        if missing.is_empty() {
            return Ok(stream::empty().boxed());
        }
        let version = (kind == Kind::AddressBook).then_some("4.0");
        let objects = self.multiget_in(kind, collection, paths, version).await?;
        let state = Batch {
            client: self.clone(),
            kind,
            collection: collection.to_owned(),
            missing,
            inexact: Vec::new(),
            objects: Some(objects),
            second: kind == Kind::Calendar,
        };
        Ok(stream::try_unfold(state, |mut state| async move {
            Ok(state.next().await?.map(|fetched| (fetched, state)))
        })
        .boxed())
    }

    async fn multiget_in(
        &self,
        kind: Kind,
        collection: &str,
        paths: &[String],
        version: Option<&str>,
    ) -> Result<PimStream<Object>, PimError> {
        let (root, mut content) = match kind {
            Kind::Calendar => ("cal:calendar-multiget", data_prop(kind, None)),
            Kind::AddressBook => ("card:addressbook-multiget", data_prop(kind, version)),
        };
        // The base may have a path of its own, which a href must have, too.
        let base = self.dav().base().path().trim_end_matches('/');
        for path in paths {
            let place = match self.entry {
                "" => encode_path(path)?,
                entry => format!("{entry}/{}", encode_path(path)?),
            };
            content.push_str(&format!("<d:href>{}/{place}</d:href>", escape(base)));
        }
        self.objects(kind, collection, document(root, &content))
            .await
    }

    /// The objects that a report answers with.
    pub(super) async fn objects(
        &self,
        kind: Kind,
        collection: &str,
        body: String,
    ) -> Result<PimStream<Object>, PimError> {
        let answers = self
            .multistatus::<ObjectRecord>("REPORT", collection, Some(Depth::One), body)
            .await?;
        let objects = stream::try_unfold(answers, move |mut answers| async move {
            while let Some(answer) = answers.next().await? {
                let record = answer.entry;
                let good = answer.status.is_none_or(|status| status < 300);
                if let (true, Some(data)) = (good, record.data) {
                    let etag = record.etag.unwrap_or_default();
                    let (text, exact) = restore(kind, data, &etag);
                    let object = Object {
                        path: record.path,
                        etag,
                        text,
                        exact,
                    };
                    return Ok(Some((object, answers)));
                }
            }
            Ok(None)
        });
        Ok(objects.boxed())
    }

    /// One object; `None` where it is not there.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn get(&self, kind: Kind, path: &str) -> Result<Option<Object>, PimError> {
        if kind == Kind::AddressBook {
            // GET turns every card into version 3.
            let collection = path
                .rsplit_once('/')
                .map_or("", |(collection, _)| collection);
            let wanted = [path.to_owned()];
            let mut fetched = self.multiget(kind, collection, &wanted).await?;
            return Ok(match fetched.next().await.transpose()? {
                Some(Fetched::Found(object)) => Some(object),
                _ => None,
            });
        }
        let place = self.place(path)?;
        let request = self
            .dav
            .request(Lane::Api, http::Method::GET, &place)
            .await?;
        let response = match Refusal::check(self.dav.send(request).await?).await {
            Ok(response) => response,
            Err(refusal) if refusal.status.as_u16() == 404 => return Ok(None),
            Err(refusal) => return Err(PimError::of(refusal)),
        };
        let etag = response
            .headers()
            .get(header::ETAG)
            .and_then(|etag| etag.to_str().ok())
            .map(|etag| unquote(etag).to_owned())
            .unwrap_or_default();
        let text = response.bytes().await.map_err(DavError::wire)?;
        Ok(Some(Object {
            exact: md5(&text) == etag,
            path: path.to_owned(),
            etag,
            text,
        }))
    }
}

/// A batch that is being fetched.
struct Batch {
    client: PimClient,
    kind: Kind,
    collection: String,
    missing: BTreeSet<String>,
    /// Cards that came changed.
    inexact: Vec<Object>,
    objects: Option<PimStream<Object>>,
    /// They are asked for the second time, or need not be.
    second: bool,
}

impl Batch {
    async fn next(&mut self) -> Result<Option<Fetched>, PimError> {
        loop {
            if let Some(objects) = &mut self.objects {
                match objects.next().await.transpose()? {
                    Some(object) => {
                        if let Some(fetched) = self.found(object) {
                            return Ok(Some(fetched));
                        }
                    }
                    None => self.objects = None,
                }
            } else if !self.second && !self.inexact.is_empty() {
                self.second = true;
                let paths: Vec<String> = self.inexact.iter().map(|one| one.path.clone()).collect();
                let again = self
                    .client
                    .multiget_in(self.kind, &self.collection, &paths, Some("3.0"))
                    .await?;
                self.objects = Some(again);
            } else if let Some(object) = self.inexact.pop() {
                return Ok(Some(Fetched::Found(object)));
            } else {
                return Ok(self.missing.pop_first().map(Fetched::Missing));
            }
        }
    }

    fn found(&mut self, object: Object) -> Option<Fetched> {
        self.missing.remove(&object.path);
        if self.second {
            if object.exact {
                self.inexact.retain(|one| one.path != object.path);
            } else if self.kind == Kind::AddressBook {
                // Exact in neither version: the first is the richer one.
                return None;
            }
            return Some(Fetched::Found(object));
        }
        if object.exact {
            return Some(Fetched::Found(object));
        }
        self.inexact.push(object);
        None
    }
}

/// The bytes as they are stored, and whether that is certain. Sabre takes the carriage returns out of
/// calendar data in a multi-status, and XML itself may make others of line ends.
fn restore(kind: Kind, data: String, etag: &str) -> (Bytes, bool) {
    if md5(data.as_bytes()) == etag {
        return (data.into(), true);
    }
    let restored = data.replace("\r\n", "\n").replace('\n', "\r\n");
    if md5(restored.as_bytes()) == etag {
        return (restored.into(), true);
    }
    match kind {
        // What both formats want.
        Kind::Calendar => (restored.into(), false),
        Kind::AddressBook => (data.into(), false),
    }
}

pub(super) fn md5(bytes: &[u8]) -> String {
    digest(HashAlgorithm::Md5, bytes).hex
}
