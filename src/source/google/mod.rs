//! A Google account, read with the user's own client id: files through the Drive API v3, calendars through
//! the Calendar API v3 and CalDAV, contacts through the People API v1, tasks through the Tasks API v1.

mod calendars;
mod changes;
mod client;
mod content;
mod error;
mod item;
mod linked;
mod listing;
mod objects;
mod people;
mod shared;
mod shortcuts;
mod survey;
mod tasks;
mod token;
mod wire;

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use futures::stream::BoxStream;
use url::Url;

pub use error::{GoogleError, google_error};

use self::client::{Api, Client};
use self::error::Failure;
use self::item::{Locator, version_of};
use self::objects::Kept;
use self::survey::Survey;
use self::wire::About;
use super::{Content, Source, SourceAccount, SourceError, SourceObject, SurveySink};
use crate::auth::oauth::{
    GOOGLE_CALENDAR_SCOPE, GOOGLE_CONTACTS_SCOPE, GOOGLE_DRIVE_SCOPE, GOOGLE_OTHER_CONTACTS_SCOPE,
    GOOGLE_TASKS_SCOPE, TokenSource,
};
use crate::model::{DocumentFormat, Item, ItemId, ItemKind, Scope, Space};
use crate::net::NetError;

/// How often a request is repeated that somebody waits for.
const AT_THE_DOOR: usize = 2;

/// One Google account: My Drive, the shared drives, what others shared with it; its calendars, its contacts,
/// its tasks.
#[derive(Debug)]
pub struct GoogleSource {
    client: Client,
    scope: Scope,
    kept: Kept,
}

impl GoogleSource {
    /// `endpoint`: a practice server on this computer, instead of Google.
    ///
    /// # Errors
    /// When `endpoint` is not on this computer or the network cannot be set up; nothing is sent yet.
    pub fn new(
        endpoint: Option<&Url>,
        tokens: TokenSource,
        scope: &Scope,
    ) -> Result<Self, NetError> {
        Ok(Self {
            client: Client::new(endpoint, tokens)?,
            scope: scope.clone(),
            kept: Kept::default(),
        })
    }

    /// What of all that is wanted the user did not allow.
    async fn not_granted(&self) -> Result<Vec<String>, Failure> {
        self.client.not_granted().await
    }

    async fn survey_files(
        &self,
        since: &[Space],
        sink: &mut dyn SurveySink,
    ) -> Result<(), SourceError> {
        let root = self.client.root().await?;
        let mut survey = Survey {
            client: &self.client,
            sink,
            shared_with_me: self.scope.shared_with_me,
            shared_drives: self.scope.shared_drives,
            root,
            by_changes: false,
            spaces: BTreeMap::new(),
            resolved: HashMap::new(),
        };
        survey.run(since).await
    }
}

#[async_trait]
impl Source for GoogleSource {
    async fn check(&self) -> Result<SourceAccount, SourceError> {
        let missing = self.not_granted().await?;
        let may = |wanted: bool, scope: &str| wanted && !missing.iter().any(|one| one == scope);
        if may(self.scope.files, GOOGLE_DRIVE_SCOPE) {
            let query = [("fields", "user(displayName,emailAddress)")];
            let about: About = self
                .client
                .ask_patiently(AT_THE_DOOR, Api::Drive, &["about"], &query)
                .await?;
            let user = about.user;
            let name = if user.email_address.is_empty() {
                user.display_name
            } else {
                user.email_address
            };
            return Ok(SourceAccount { name });
        }
        // Nothing else says whose account it is, and asking for that would be one more box.
        let name = match may(self.scope.calendars, GOOGLE_CALENDAR_SCOPE) {
            true => calendars::account(&self.client, AT_THE_DOOR).await?,
            false => "Google".to_owned(),
        };
        Ok(SourceAccount { name })
    }

    async fn survey(&self, since: &[Space], sink: &mut dyn SurveySink) -> Result<(), SourceError> {
        self.kept.forget().await;
        let missing = self.not_granted().await?;
        let may = |scope: &str| !missing.iter().any(|one| one == scope);
        let (client, scope) = (&self.client, &self.scope);
        if scope.files {
            match may(GOOGLE_DRIVE_SCOPE) {
                true => self.survey_files(since, sink).await?,
                false => objects::tell_refused(objects::Part::Files, sink).await?,
            }
        }
        if scope.calendars {
            match may(GOOGLE_CALENDAR_SCOPE) {
                true => calendars::survey(client, scope, since, sink).await?,
                false => objects::tell_refused(objects::Part::Calendars, sink).await?,
            }
        }
        if scope.contacts {
            match may(GOOGLE_CONTACTS_SCOPE) {
                true => people::survey(client, since, sink).await?,
                false => objects::tell_refused(objects::Part::Contacts, sink).await?,
            }
        }
        if scope.contacts && scope.other_contacts {
            match may(GOOGLE_OTHER_CONTACTS_SCOPE) {
                true => people::survey_others(client, since, sink).await?,
                false => objects::tell_refused(objects::Part::OtherContacts, sink).await?,
            }
        }
        if scope.tasks {
            match may(GOOGLE_TASKS_SCOPE) {
                true => tasks::survey(client, sink).await?,
                false => objects::tell_refused(objects::Part::Tasks, sink).await?,
            }
        }
        Ok(())
    }

    async fn read(&self, item: &Item, from: u64) -> Result<Content, SourceError> {
        content::read(&self.client, item, from).await
    }

    async fn export(&self, item: &Item, format: DocumentFormat) -> Result<Content, SourceError> {
        content::export(&self.client, item, format).await
    }

    fn objects<'a>(
        &'a self,
        collection: &'a Item,
        wanted: &'a [Item],
    ) -> BoxStream<'a, (ItemId, Result<SourceObject, SourceError>)> {
        objects::read(&self.client, &self.kept, collection, wanted)
    }

    fn linked_item(&self, address: &str) -> Option<ItemId> {
        linked::file_of(address).map(ItemId::new)
    }

    async fn version_now(&self, item: &Item) -> Result<Option<String>, SourceError> {
        let locator = match item.kind {
            // Its locator is that of its target.
            ItemKind::Shortcut => Locator::new(survey::drive_id(&item.id), None),
            ItemKind::Event => return calendars::version_now(&self.client, item).await,
            ItemKind::Contact => return people::version_now(&self.client, item).await,
            ItemKind::Task => return tasks::version_now(&self.client, item).await,
            // The survey of their properties is all that there is to know.
            kind if kind.is_collection() => return Ok(Some(item.version.clone())),
            _ => Locator::read(&item.locator),
        };
        match self.client.file(&locator).await {
            Ok(file) if file.trashed => Ok(None),
            Ok(file) => Ok(Some(version_of(&file))),
            Err(Failure::Api(error)) if error.status == 404 => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }
}

#[cfg(test)]
mod tests;
