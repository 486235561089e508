//! What the target has of calendars and address books: all collections, and what lies in those that
//! something of the source may be put into.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use tokio_util::sync::CancellationToken;

use super::{PAGE, SurveyError};
use crate::dav::DavError;
use crate::dav::pim::{
    Access, AddressBook, Calendar, Component as WireComponent, Fetched, PimError,
};
use crate::ledger::Ledger;
use crate::model::{Component, ItemKind, Standing, TargetCollection, TargetObject};
use crate::pim;
use crate::plan::may_be_same_collection;
use crate::target::Nextcloud;

/// Objects whose texts are read at a time, for their UIDs.
const TEXTS: u32 = 100;

/// Lists what the target has, as far as the source's survey, which comes before, has anything that could
/// meet it.
///
/// # Errors
/// See [`SurveyError`].
pub async fn survey_target_collections(
    target: &Nextcloud,
    ledger: &Ledger,
    cancel: &CancellationToken,
) -> Result<(), SurveyError> {
    // Boxed: what waits for many things is large.
    let listed = Box::pin(async {
        let ours = ledger.collections().await?;
        if ours.is_empty() {
            return Ok(());
        }
        let there = collections(target).await.map_err(SurveyError::Pim)?;
        ledger.set_target_collections(there.clone()).await?;
        let listing = ledger.begin_object_listing().await?;
        for collection in &there {
            let meets = ours.iter().any(|one| {
                one.place.as_ref() == Some(&collection.path)
                    || may_be_same_collection(&one.item, collection)
            });
            if meets && collection.standing == Standing::Own {
                list(target, ledger, listing, &collection.path).await?;
            }
        }
        ledger.finish_object_listing(listing).await?;
        ledger
            .set_target_trash(trash(target).await.map_err(SurveyError::Pim)?)
            .await?;
        Ok(())
    });
    tokio::select! {
        () = cancel.cancelled() => Err(SurveyError::Cancelled),
        listed = listed => listed,
    }
}

async fn collections(target: &Nextcloud) -> Result<Vec<TargetCollection>, PimError> {
    let calendars = target.calendars().await?.into_iter().map(calendar);
    let books = target.address_books().await?.into_iter().map(address_book);
    Ok(calendars.chain(books).collect())
}

fn calendar(calendar: Calendar) -> TargetCollection {
    let wire = calendar.components;
    let name = calendar.name.clone();
    TargetCollection {
        name: name.unwrap_or_else(|| calendar.uri().to_owned()),
        kind: match calendar.access {
            Access::Subscribed { .. } => ItemKind::Subscription,
            _ => ItemKind::Calendar,
        },
        components: wire
            .iter()
            .map(|component| match component {
                WireComponent::Event => Component::Event,
                WireComponent::Task => Component::Todo,
                WireComponent::Journal => Component::Journal,
            })
            .collect(),
        standing: standing(&calendar.access, calendar.writable),
        subscribed_to: match calendar.access {
            Access::Subscribed { url } => Some(url),
            _ => None,
        },
        path: calendar.path,
    }
}

fn address_book(book: AddressBook) -> TargetCollection {
    let name = book.name.clone();
    TargetCollection {
        name: name.unwrap_or_else(|| book.uri().to_owned()),
        kind: ItemKind::AddressBook,
        components: Vec::new(),
        standing: standing(&book.access, book.writable),
        subscribed_to: None,
        path: book.path,
    }
}

const fn standing(access: &Access, writable: bool) -> Standing {
    match access {
        Access::Own if writable => Standing::Own,
        Access::Subscribed { .. } => Standing::Own,
        Access::Own | Access::Shared { .. } => Standing::Shared,
        Access::System(_) => Standing::Generated,
        Access::Deleted => Standing::Trashed,
    }
}

/// How often a list is begun anew when it breaks off.
const ATTEMPTS: u32 = 5;

/// Lists what lies in a collection, and reads the UIDs that are not known. What breaks off is begun anew:
/// what was written so far is written again.
async fn list(
    target: &Nextcloud,
    ledger: &Ledger,
    listing: i64,
    collection: &str,
) -> Result<(), SurveyError> {
    let mut attempt = 1;
    loop {
        let listed = async {
            list_once(target, ledger, listing, collection).await?;
            read_uids(target, ledger, collection).await
        };
        match listed.await {
            Err(SurveyError::Pim(error)) if error.is_passing() && attempt < ATTEMPTS => {
                tracing::debug!(%error, attempt, "a list of objects broke off");
                let pause = Duration::from_millis(300) * attempt;
                tokio::time::sleep(error.retry_after().unwrap_or(pause).max(pause)).await;
                attempt += 1;
            }
            listed => return listed,
        }
    }
}

async fn list_once(
    target: &Nextcloud,
    ledger: &Ledger,
    listing: i64,
    collection: &str,
) -> Result<(), SurveyError> {
    let mut pages = target.objects(collection).chunks(PAGE);
    while let Some(page) = pages.next().await {
        let mut objects = Vec::with_capacity(page.len());
        for listed in page {
            let listed = match listed {
                // Deleted since the list of collections.
                Err(PimError::Dav(DavError::NotFound)) => return Ok(()),
                listed => listed.map_err(SurveyError::Pim)?,
            };
            objects.push(TargetObject {
                path: listed.path,
                etag: listed.etag,
                uid: None,
            });
        }
        ledger.add_target_objects(listing, objects).await?;
    }
    Ok(())
}

/// No server tells the UIDs of what it has otherwise than with the texts; each is read once.
async fn read_uids(
    target: &Nextcloud,
    ledger: &Ledger,
    collection: &str,
) -> Result<(), SurveyError> {
    let mut after = String::new();
    loop {
        let paths = ledger
            .objects_without_uid(collection, after.clone(), TEXTS)
            .await?;
        let Some(last) = paths.last() else {
            return Ok(());
        };
        after.clone_from(last);
        let fetched = target.fetch_objects(collection, &paths).await;
        let mut fetched = fetched.map_err(SurveyError::Pim)?;
        let mut uids = Vec::with_capacity(paths.len());
        while let Some(one) = fetched.try_next().await.map_err(SurveyError::Pim)? {
            if let Fetched::Found(object) = one {
                uids.push((object.path, uid_of(collection, &object.text)));
            }
        }
        ledger.set_object_uids(uids).await?;
    }
}

fn uid_of(collection: &str, text: &[u8]) -> String {
    let uid = if collection.starts_with("/calendars/") {
        pim::calendar::info(text).uid
    } else {
        pim::contact::info(text).uid
    };
    uid.unwrap_or_default()
}

/// Collections and UIDs.
async fn trash(target: &Nextcloud) -> Result<Vec<(String, String)>, PimError> {
    let mut trashed = target.trashed_objects();
    let mut found = Vec::new();
    while let Some(one) = trashed.try_next().await? {
        if let Some(calendar) = one.calendar
            && !one.uid.is_empty()
        {
            found.push((format!("/calendars/{calendar}"), one.uid));
        }
    }
    Ok(found)
}
