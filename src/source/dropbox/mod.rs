//! Dropbox, of one person or of a member of a team, read through its API v2 with the user's own app key.

mod changes;
mod client;
mod content;
mod error;
mod item;
mod listing;
mod parents;
mod shared;
mod survey;
mod team;
mod wire;

use async_trait::async_trait;
use url::Url;

pub use error::{DropboxError, dropbox_error};

use self::client::Client;
use self::survey::Survey;
use super::{Content, Source, SourceAccount, SourceError, SurveySink};
use crate::auth::oauth::TokenSource;
use crate::model::{DocumentFormat, Item, Scope, Space};
use crate::net::NetError;

/// Whose account it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropboxAccount {
    /// A mail address, or what else people recognise.
    pub name: String,
    /// The team that it belongs to.
    pub team: Option<String>,
}

/// One account's Dropbox: its own files with the shared folders in them, the folders of its team, what
/// others shared and is not among its files.
#[derive(Debug)]
pub struct Dropbox {
    client: Client,
    shared_with_me: bool,
    shared_drives: bool,
}

impl Dropbox {
    /// `endpoint`: a practice server on this computer, instead of Dropbox.
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

    /// Whose account it is, and of which team.
    ///
    /// # Errors
    /// As [`Source::check`].
    pub async fn look(&self) -> Result<DropboxAccount, SourceError> {
        // Somebody waits for the answer.
        let account = self.client.account(2).await?;
        let name = if account.email.is_empty() {
            account.name.display_name
        } else {
            account.email
        };
        let team = account.team.map(|team| team.name);
        Ok(DropboxAccount { name, team })
    }

    async fn survey_once(
        &self,
        since: &[Space],
        sink: &mut dyn SurveySink,
    ) -> Result<(), SourceError> {
        let account = self.client.account(8).await?;
        let mut survey = Survey::new(&self.client, sink, account);
        survey.shared_with_me = self.shared_with_me;
        survey.shared_drives = self.shared_drives;
        survey.run(since).await
    }
}

#[async_trait]
impl Source for Dropbox {
    async fn check(&self) -> Result<SourceAccount, SourceError> {
        let DropboxAccount { name, .. } = self.look().await?;
        Ok(SourceAccount { name })
    }

    async fn survey(&self, since: &[Space], sink: &mut dyn SurveySink) -> Result<(), SourceError> {
        match self.survey_once(since, sink).await {
            Err(error) if matches!(dropbox_error(&error), Some(DropboxError::RootChanged)) => {
                tracing::info!("the account joined or left a team; surveying once more");
                self.survey_once(since, sink).await
            }
            surveyed => surveyed,
        }
    }

    async fn read(&self, item: &Item, from: u64) -> Result<Content, SourceError> {
        content::read(&self.client, item, from).await
    }

    async fn export(&self, item: &Item, format: DocumentFormat) -> Result<Content, SourceError> {
        content::export(&self.client, item, format).await
    }

    async fn version_now(&self, item: &Item) -> Result<Option<String>, SourceError> {
        let now = content::now(&self.client, item).await?;
        Ok(now.map(|now| now.version))
    }
}

#[cfg(test)]
mod tests;
