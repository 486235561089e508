//! Calendars, address books and what lies in them, in one account of a Nextcloud.
//!
//! Paths here are the plan's: `/calendars/<uri>` and `/addressbooks/<uri>` for collections,
//! `/calendars/<uri>/<name>.ics` and `/addressbooks/<uri>/<name>.vcf` for objects, decoded, without a
//! final `/`.

use bytes::Bytes;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use super::Nextcloud;
use crate::dav::DavError;
use crate::dav::pim::{
    AddressBook, Calendar, Condition, Fetched, Homes, Kind, Listed, Made, NewAddressBook,
    NewCalendar, NewSubscription, Object, PimError, PimStream, Settings, Trashed, uid_of,
};
use crate::hash::digest;
use crate::model::HashAlgorithm;

const CALENDARS: &str = "/calendars/";
const ADDRESS_BOOKS: &str = "/addressbooks/";

/// The kind of what lies at a path of the plan; `None` for a file's.
pub fn kind_of(path: &str) -> Option<Kind> {
    if path.starts_with(CALENDARS) {
        Some(Kind::Calendar)
    } else if path.starts_with(ADDRESS_BOOKS) {
        Some(Kind::AddressBook)
    } else {
        None
    }
}

/// How an object arrived, and how we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Of what the server holds now: what may be replaced or removed by us later.
    pub etag: String,
    pub proof: ObjectProof,
    /// What the server found wrong with it, in its own words.
    pub warning: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectProof {
    /// The server's ETag is the MD5 of the bytes that were sent: it holds these and no others.
    Exact,
    /// The server holds something else than was sent, this: compare what it means.
    Rewritten(Bytes),
}

impl Nextcloud {
    /// Where the account's calendars and address books are, and what it is invited as. Asked for once.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn homes(&self) -> Result<&Homes, PimError> {
        self.homes
            .get_or_try_init(|| async { self.retrying(|| self.pim.homes()).await })
            .await
    }

    /// Every calendar of the account, paths as the plan's.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn calendars(&self) -> Result<Vec<Calendar>, PimError> {
        let home = self.home_of(Kind::Calendar).await?;
        let mut found = self.retrying(|| self.pim.calendars(home)).await?;
        for calendar in &mut found {
            calendar.path = planned(Kind::Calendar, home, &calendar.path);
        }
        Ok(found)
    }

    /// Every address book of the account, paths as the plan's.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn address_books(&self) -> Result<Vec<AddressBook>, PimError> {
        let home = self.home_of(Kind::AddressBook).await?;
        let mut found = self.retrying(|| self.pim.address_books(home)).await?;
        for book in &mut found {
            book.path = planned(Kind::AddressBook, home, &book.path);
        }
        Ok(found)
    }

    /// What lies in a collection, without its content, as it arrives.
    pub fn objects(&self, collection: &str) -> PimStream<Listed> {
        let (nextcloud, collection) = (self.clone(), collection.to_owned());
        stream::once(async move {
            let (kind, home, place) = nextcloud.locate(&collection).await?;
            let home = home.to_owned();
            let listed = nextcloud
                .retrying(|| nextcloud.pim.list(kind, &place))
                .await?;
            Ok::<_, PimError>(listed.map_ok(move |mut one| {
                one.path = planned(kind, &home, &one.path);
                one
            }))
        })
        .try_flatten()
        .boxed()
    }

    /// The content of objects of one collection, at most a few hundred at once.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn fetch_objects(
        &self,
        collection: &str,
        paths: &[String],
    ) -> Result<PimStream<Fetched>, PimError> {
        let (kind, home, place) = self.locate(collection).await?;
        let mut places = Vec::with_capacity(paths.len());
        for path in paths {
            places.push(self.locate(path).await?.2);
        }
        let fetched = self
            .retrying(|| self.pim.multiget(kind, &place, &places))
            .await?;
        let home = home.to_owned();
        Ok(fetched
            .map_ok(move |one| match one {
                Fetched::Found(mut object) => {
                    object.path = planned(kind, &home, &object.path);
                    Fetched::Found(object)
                }
                Fetched::Missing(path) => Fetched::Missing(planned(kind, &home, &path)),
            })
            .boxed())
    }

    /// One object, in the very bytes that the server stores wherever it can be had so; `None` where there
    /// is none.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn object(&self, path: &str) -> Result<Option<Object>, PimError> {
        let (kind, _, place) = self.locate(path).await?;
        let found = self.retrying(|| self.pim.get(kind, &place)).await?;
        Ok(found.map(|object| Object {
            path: path.to_owned(),
            ..object
        }))
    }

    /// The objects of a collection that have this UID.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn find_uid(&self, collection: &str, uid: &str) -> Result<Vec<Listed>, PimError> {
        let (kind, home, place) = self.locate(collection).await?;
        let mut found = self
            .retrying(|| self.pim.find_uid(kind, &place, uid))
            .await?;
        for one in &mut found {
            one.path = planned(kind, home, &one.path);
        }
        Ok(found)
    }

    /// The calendar objects in the account's trash. [`Trashed::calendar`] is the `<uri>` of the plan's
    /// paths.
    pub fn trashed_objects(&self) -> PimStream<Trashed> {
        let nextcloud = self.clone();
        stream::once(async move {
            let home = nextcloud.home_of(Kind::Calendar).await?;
            nextcloud.retrying(|| nextcloud.pim.trashed(home)).await
        })
        .try_flatten()
        .boxed()
    }

    /// Makes a calendar at `/calendars/<uri>`. Asking again after a lost answer is fine: a calendar of
    /// ours that is there already is told as [`Made::Existed`]. So is one in the trash, which cannot be
    /// used: [`Self::calendars`] tells them apart.
    ///
    /// # Errors
    /// [`PimError::LimitReached`]; [`PimError::RateLimited`], after which it is worth trying again.
    pub async fn make_calendar(&self, path: &str, new: &NewCalendar) -> Result<Made, PimError> {
        let (_, _, place) = self.locate(path).await?;
        self.retrying(|| self.pim.make_calendar(&place, new)).await
    }

    /// Makes an address book at `/addressbooks/<uri>`, likewise.
    ///
    /// # Errors
    /// As [`Self::make_calendar`].
    pub async fn make_address_book(
        &self,
        path: &str,
        new: &NewAddressBook,
    ) -> Result<Made, PimError> {
        let (_, _, place) = self.locate(path).await?;
        self.retrying(|| self.pim.make_address_book(&place, new))
            .await
    }

    /// Subscribes to a calendar of elsewhere at `/calendars/<uri>`, likewise.
    ///
    /// # Errors
    /// As [`Self::make_calendar`].
    pub async fn subscribe(&self, path: &str, new: &NewSubscription) -> Result<Made, PimError> {
        let (_, _, place) = self.locate(path).await?;
        self.retrying(|| self.pim.subscribe(&place, new)).await
    }

    /// Sets properties of a collection; all of them or, when one is refused, none.
    ///
    /// # Errors
    /// [`DavError::NotFound`]; [`DavError::Refused`].
    pub async fn set_collection(&self, path: &str, settings: &Settings) -> Result<(), PimError> {
        let (_, _, place) = self.locate(path).await?;
        self.retrying(|| self.pim.set(&place, settings)).await
    }

    /// Stores one object, and finds out what the server made of it. Nobody gets a mail. Asking again after
    /// a crash or a lost answer is fine: an object with these very bytes that is there already counts as
    /// stored by this.
    ///
    /// # Errors
    /// [`DavError::Taken`] when another object is there and `replace` is `None`; [`DavError::Changed`]
    /// when what is there is no longer what `replace` (an ETag) names; [`PimError::UidInTrash`] only when
    /// the trash does hold the UID; each of [`PimError`]'s own.
    pub async fn put_object(
        &self,
        path: &str,
        text: &Bytes,
        replace: Option<&str>,
    ) -> Result<StoredObject, PimError> {
        let (kind, _, place) = self.locate(path).await?;
        let sent = digest(HashAlgorithm::Md5, text).hex;
        let condition = replace.map_or(Condition::New, Condition::Is);
        let stored = match self.pim.put(kind, &place, text.clone(), condition).await {
            Ok(stored) => stored,
            Err(error) => return self.after_refusal(path, text, error).await,
        };
        if stored.etag.as_deref() == Some(sent.as_str()) {
            return Ok(StoredObject {
                etag: sent,
                proof: ObjectProof::Exact,
                warning: stored.warning,
            });
        }
        let found = self.object(path).await?.ok_or(DavError::NotFound)?;
        Ok(proved(found, &sent, stored.warning))
    }

    /// Whether the object is there nevertheless; else the error, made as exact as the server allows.
    async fn after_refusal(
        &self,
        path: &str,
        text: &Bytes,
        error: PimError,
    ) -> Result<StoredObject, PimError> {
        let sent = digest(HashAlgorithm::Md5, text).hex;
        let may_be_there = error.may_have_happened()
            || matches!(error, PimError::Dav(DavError::Taken | DavError::Changed));
        if may_be_there
            && let Some(found) = self.object(path).await?
            && digest(HashAlgorithm::Md5, &found.text).hex == sent
        {
            return Ok(proved(found, &sent, None));
        }
        if let PimError::UidInTrash { detail } = error {
            return Err(if self.lies_in_trash(path, text).await? {
                PimError::UidInTrash { detail }
            } else {
                DavError::temporary(detail).into()
            });
        }
        Err(error)
    }

    /// Whether the trash of the calendar holds the UID of an object.
    async fn lies_in_trash(&self, path: &str, text: &[u8]) -> Result<bool, PimError> {
        let Some(uid) = uid_of(text) else {
            return Ok(false);
        };
        let calendar = path
            .trim_start_matches(CALENDARS)
            .split('/')
            .next()
            .unwrap_or_default();
        let mut trashed = self.trashed_objects();
        while let Some(one) = trashed.try_next().await? {
            if one.uid == uid && one.calendar.as_deref() == Some(calendar) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes an object, in a calendar into its trash; that it is gone already is fine. Nobody gets a
    /// mail.
    ///
    /// # Errors
    /// [`DavError::Changed`] when it is no longer the one that `etag` names.
    pub async fn delete_object(&self, path: &str, etag: Option<&str>) -> Result<(), PimError> {
        let (_, _, place) = self.locate(path).await?;
        self.pim.delete(&place, etag).await
    }

    async fn home_of(&self, kind: Kind) -> Result<&str, PimError> {
        let homes = self.homes().await?;
        let home = match kind {
            Kind::Calendar => &homes.calendars,
            Kind::AddressBook => &homes.address_books,
        };
        // Apps can be switched off.
        home.as_deref()
            .ok_or_else(|| DavError::protocol("the account has no such home").into())
    }

    /// The kind, the home and the wire's own path of what the plan calls `path`.
    async fn locate(&self, path: &str) -> Result<(Kind, &str, String), PimError> {
        let kind = kind_of(path).ok_or_else(|| DavError::protocol("not a path of a calendar"))?;
        let home = self.home_of(kind).await?;
        let below = path.trim_start_matches(root(kind));
        Ok((kind, home, format!("{home}/{below}")))
    }
}

const fn root(kind: Kind) -> &'static str {
    match kind {
        Kind::Calendar => CALENDARS,
        Kind::AddressBook => ADDRESS_BOOKS,
    }
}

/// A path of the wire as the plan's.
fn planned(kind: Kind, home: &str, path: &str) -> String {
    let below = path.strip_prefix(home).unwrap_or(path);
    format!("{}{}", root(kind), below.trim_matches('/'))
}

fn proved(found: Object, sent: &str, warning: Option<String>) -> StoredObject {
    let proof = if found.exact && found.etag == sent {
        ObjectProof::Exact
    } else {
        ObjectProof::Rewritten(found.text)
    };
    StoredObject {
        etag: found.etag,
        proof,
        warning,
    }
}
