//! Google Drive, read through its API v3 with the user's own client id.

mod changes;
mod client;
mod content;
mod error;
mod item;
mod listing;
mod shared;
mod shortcuts;
mod survey;
mod token;
mod wire;

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use url::Url;

pub use error::{GoogleError, google_error};

use self::client::Client;
use self::error::Failure;
use self::item::{Locator, version_of};
use self::survey::Survey;
use self::wire::About;
use super::{Content, Source, SourceAccount, SourceError, SurveySink};
use crate::auth::oauth::TokenSource;
use crate::model::{DocumentFormat, Item, ItemKind, Scope, Space};
use crate::net::NetError;

/// One Google account's Drive: My Drive, the shared drives, what others shared with it.
#[derive(Debug)]
pub struct GoogleDrive {
    client: Client,
    shared_with_me: bool,
    shared_drives: bool,
}

impl GoogleDrive {
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
            shared_with_me: scope.shared_with_me,
            shared_drives: scope.shared_drives,
        })
    }
}

#[async_trait]
impl Source for GoogleDrive {
    async fn check(&self) -> Result<SourceAccount, SourceError> {
        let query = [("fields", "user(displayName,emailAddress)")];
        // Somebody waits for the answer.
        let about: About = self
            .client
            .get_patiently(2, &["about"], &query, &[])
            .await?;
        let user = about.user;
        let name = if user.email_address.is_empty() {
            user.display_name
        } else {
            user.email_address
        };
        Ok(SourceAccount { name })
    }

    async fn survey(&self, since: &[Space], sink: &mut dyn SurveySink) -> Result<(), SourceError> {
        let root = self.client.root().await?;
        let mut survey = Survey {
            client: &self.client,
            sink,
            shared_with_me: self.shared_with_me,
            shared_drives: self.shared_drives,
            root,
            by_changes: false,
            spaces: BTreeMap::new(),
            resolved: HashMap::new(),
        };
        survey.run(since).await
    }

    async fn read(&self, item: &Item, from: u64) -> Result<Content, SourceError> {
        content::read(&self.client, item, from).await
    }

    async fn export(&self, item: &Item, format: DocumentFormat) -> Result<Content, SourceError> {
        content::export(&self.client, item, format).await
    }

    async fn version_now(&self, item: &Item) -> Result<Option<String>, SourceError> {
        let locator = match item.kind {
            // Its locator is that of its target.
            ItemKind::Shortcut => Locator::new(survey::drive_id(&item.id), None),
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
