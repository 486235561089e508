use std::fmt::Write as _;

use http::HeaderMap;

use super::upload::clamp_modified;
use super::{Lane, Nextcloud, TargetError, text};
use crate::model::{HashAlgorithm, HashValue, Timestamp};

/// What can be set of a file or folder that is there; `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Properties {
    /// For folders only after everything in them: each write into a folder dates it anew.
    pub modified: Option<Timestamp>,
    pub created: Option<Timestamp>,
    pub favourite: Option<bool>,
}

impl Properties {
    fn request_body(self) -> Option<String> {
        let mut set = String::new();
        if let Some(modified) = self.modified {
            let seconds = clamp_modified(modified).0;
            // `getlastmodified` is protected; this is the one that can be set.
            let _ = write!(set, "<d:lastmodified>{seconds}</d:lastmodified>");
        }
        if let Some(created) = self.created.filter(|date| !clamp_modified(*date).1) {
            let seconds = created.as_second();
            let _ = write!(set, "<nc:creation_time>{seconds}</nc:creation_time>");
        }
        if let Some(favourite) = self.favourite {
            let _ = write!(set, "<oc:favorite>{}</oc:favorite>", u8::from(favourite));
        }
        (!set.is_empty()).then(|| {
            format!(
                concat!(
                    r#"<?xml version="1.0" encoding="utf-8"?>"#,
                    r#"<d:propertyupdate xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns""#,
                    r#" xmlns:nc="http://nextcloud.org/ns"><d:set><d:prop>{}</d:prop></d:set>"#,
                    r#"</d:propertyupdate>"#
                ),
                set
            )
        })
    }
}

impl Nextcloud {
    /// Sets dates and the favourite mark; all of them or, when one is refused, none.
    ///
    /// # Errors
    /// [`TargetError::NotFound`]; [`TargetError::Refused`] with the status of the one that was refused.
    pub async fn set_properties(&self, path: &str, p: &Properties) -> Result<(), TargetError> {
        let Some(body) = p.request_body() else {
            return Ok(());
        };
        let path = self.files(path).await?;
        self.retrying(|| self.dav.proppatch(&path, body.clone()))
            .await
    }

    /// The digest of what lies in the storage, read anew by the server, which also keeps it as the file's
    /// checksum.
    ///
    /// # Errors
    /// [`TargetError::NotFound`]; [`TargetError::HashMissing`] when the server gives none (it is too old
    /// for this, or the storage could not be read).
    pub async fn recalculate_hash(
        &self,
        path: &str,
        algorithm: HashAlgorithm,
    ) -> Result<HashValue, TargetError> {
        let asked = self.ask_for_hash(path, algorithm).await;
        match asked {
            // A large file may take the server longer than the connection lasts.
            Err(TargetError::Temporary { .. }) => {
                if let Some(hash) = self.wait_for_hash(path, algorithm).await? {
                    return Ok(hash);
                }
                self.retrying(|| self.ask_for_hash(path, algorithm)).await
            }
            Err(error) if error.is_passing() => {
                self.retrying(|| self.ask_for_hash(path, algorithm)).await
            }
            other => other,
        }
    }

    async fn ask_for_hash(
        &self,
        path: &str,
        algorithm: HashAlgorithm,
    ) -> Result<HashValue, TargetError> {
        let request = self
            .method(Lane::Api, "PATCH", path)
            .await?
            .header("X-Recalculate-Hash", algorithm.name());
        let response = self.dav.call(request).await?;
        stored_hash(response.headers(), algorithm).ok_or(TargetError::HashMissing)
    }

    /// Looks until the digest that was asked for appears among the stored ones. One that is there at the
    /// first look proves nothing: it may be what a client once sent.
    async fn wait_for_hash(
        &self,
        path: &str,
        algorithm: HashAlgorithm,
    ) -> Result<Option<HashValue>, TargetError> {
        let find = |entry: crate::model::TargetEntry| {
            let mut hashes = entry.checksums.into_iter();
            hashes.find(|hash| hash.algorithm == algorithm)
        };
        let Some(entry) = self.stat(path).await? else {
            return Err(TargetError::NotFound);
        };
        let (etag, size) = (entry.etag.clone(), entry.size);
        if find(entry).is_some() {
            return Ok(None);
        }
        // A file that is read in less time than one look takes was not why the connection broke.
        let mut looks = self.looks(if size < SLOW { 0 } else { size });
        while looks.next().await {
            match self.stat(path).await? {
                None => return Err(TargetError::NotFound),
                Some(now) if now.etag != etag => return Ok(None),
                Some(now) => {
                    if let Some(hash) = find(now) {
                        return Ok(Some(hash));
                    }
                }
            }
            if size < SLOW {
                return Ok(None);
            }
        }
        Ok(None)
    }
}

/// Bytes that no server needs a minute to read.
const SLOW: u64 = 1 << 30;

/// `OC-Checksum: SHA256:2d71…`
fn stored_hash(headers: &HeaderMap, algorithm: HashAlgorithm) -> Option<HashValue> {
    text(headers, "oc-checksum")?
        .split_ascii_whitespace()
        .filter_map(|one| one.parse::<HashValue>().ok())
        .find(|hash| hash.algorithm == algorithm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_only_what_is_given() {
        assert_eq!(Properties::default().request_body(), None);
        let at = |seconds| Timestamp::from_second(seconds).ok();
        let body = Properties {
            modified: at(5),
            created: at(-5),
            favourite: Some(false),
        }
        .request_body()
        .unwrap();
        assert!(
            body.contains("<d:lastmodified>86401</d:lastmodified><oc:favorite>0</oc:favorite>")
        );
    }
}
