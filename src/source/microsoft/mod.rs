//! A Microsoft account, read through Microsoft Graph v1.0: OneDrive (personal, work and school), SharePoint
//! libraries and the files of teams; Outlook's calendars and contacts; To Do.

mod client;
mod content;
mod crawl;
mod error;
mod ids;
mod item;
mod listing;
mod outlook;
mod pace;
mod recount;
mod shared;
mod sites;
mod survey;
mod token;
mod wire;

use async_trait::async_trait;
use futures::stream::BoxStream;
use url::Url;

pub use error::{MicrosoftError, microsoft_error};
pub use sites::Site;

use self::client::Client;
use self::error::Failure;
use self::ids::{DriveRef, Locator};
use self::item::{Facet, facet, version_of, vouches_for};
use self::outlook::Kept;
use self::pace::Cost;
use self::survey::Survey;
use self::wire::{Drive, User};
use super::{Content, Source, SourceAccount, SourceError, SourceObject, SurveySink};
use crate::auth::oauth::TokenSource;
use crate::model::{Item, ItemId, ItemKind, Scope, Space};
use crate::net::NetError;

/// Whose account it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MicrosoftAccount {
    /// A mail address, or what else people recognise.
    pub name: String,
    /// Not an organisation's: without sites and teams.
    pub is_personal: bool,
}

/// One Microsoft account: its own OneDrive with the shared folders that were added to it, and the sites and
/// teams that were chosen; its calendars, contacts and tasks.
#[derive(Debug)]
pub struct MicrosoftFiles {
    client: Client,
    sites: Vec<String>,
    scope: Scope,
    kept: Kept,
}

impl MicrosoftFiles {
    /// `sites`: addresses, ids or names of the SharePoint sites and teams to read besides the account's own
    /// OneDrive. `endpoint`: a practice server on this computer, instead of Microsoft.
    ///
    /// # Errors
    /// When `endpoint` is not on this computer or the network cannot be set up; nothing is sent yet.
    pub fn new(
        endpoint: Option<&Url>,
        tokens: TokenSource,
        sites: &[String],
        scope: &Scope,
    ) -> Result<Self, NetError> {
        Ok(Self {
            client: Client::new(endpoint, tokens)?,
            sites: sites.to_vec(),
            scope: scope.clone(),
            kept: Kept::default(),
        })
    }

    /// Whose account it is, and of which kind.
    ///
    /// # Errors
    /// As [`Source::check`].
    pub async fn look(&self) -> Result<MicrosoftAccount, SourceError> {
        // Somebody waits for the answer.
        let times = 2;
        let address = self.client.address(&["me"], &[]);
        let user: User = self
            .client
            .get_patiently(times, &address, Cost::One)
            .await?;
        let drive = match self.scope.files {
            true => self.own_drive(times).await?,
            false => None,
        };
        let names = [user.mail, user.user_principal_name, user.display_name];
        let name = names
            .into_iter()
            .flatten()
            .find(|name| !name.is_empty())
            .unwrap_or_default();
        Ok(MicrosoftAccount {
            name,
            is_personal: drive.is_some_and(|drive| drive.drive_type == "personal"),
        })
    }

    /// The sites and teams that the account sees, to choose from.
    ///
    /// # Errors
    /// [`MicrosoftError::NoSites`] for a personal account; else what Microsoft says.
    pub async fn sites(&self) -> Result<Vec<Site>, SourceError> {
        let own = self.own_drive(2).await;
        if own.is_ok_and(|own| own.is_some_and(|own| own.drive_type == "personal")) {
            return Err(MicrosoftError::NoSites.into_source());
        }
        sites::all(&self.client).await
    }

    async fn survey_files(
        &self,
        since: &[Space],
        sink: &mut dyn SurveySink,
    ) -> Result<(), SourceError> {
        let own = self.own_drive(8).await?;
        let libraries = sites::libraries(&self.client, &self.sites).await?;
        let own = own.map(|drive| DriveRef::new(&drive.id, &drive.drive_type));
        let mut survey = Survey::new(&self.client, sink, self.scope.shared_with_me);
        survey.run(own, libraries, since).await
    }

    /// The account's own drive; `None` where it has none.
    async fn own_drive(&self, times: usize) -> Result<Option<Drive>, SourceError> {
        let address = self.client.address(&["me", "drive"], &[]);
        let drive = self.client.get_patiently(times, &address, Cost::One).await;
        match drive {
            Ok(drive) => Ok(Some(drive)),
            Err(failure) if has_no_drive(&failure) && !self.sites.is_empty() => Ok(None),
            Err(Failure::Api(error)) if has_no_drive(&Failure::Api(error.clone())) => {
                let message = error.message;
                Err(MicrosoftError::NoDrive { message }.into_source())
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

/// A drive that was never opened, or for which there is no licence.
fn has_no_drive(failure: &Failure) -> bool {
    let Failure::Api(error) = failure else {
        return false;
    };
    let message = error.message.to_ascii_lowercase();
    let said = ["mysite", "my site", "spo license", "license"]
        .iter()
        .any(|words| message.contains(words));
    match error.status {
        404 => true,
        400 | 403 => said,
        _ => false,
    }
}

#[async_trait]
impl Source for MicrosoftFiles {
    async fn check(&self) -> Result<SourceAccount, SourceError> {
        let account = self.look().await?;
        if account.is_personal && !self.sites.is_empty() {
            return Err(MicrosoftError::NoSites.into_source());
        }
        Ok(SourceAccount { name: account.name })
    }

    async fn survey(&self, since: &[Space], sink: &mut dyn SurveySink) -> Result<(), SourceError> {
        self.kept.forget().await;
        if self.scope.files {
            self.survey_files(since, sink).await?;
        }
        outlook::survey(&self.client, &self.scope, since, sink).await
    }

    fn objects<'a>(
        &'a self,
        collection: &'a Item,
        wanted: &'a [Item],
    ) -> BoxStream<'a, (ItemId, Result<SourceObject, SourceError>)> {
        outlook::read(&self.client, &self.kept, collection, wanted)
    }

    async fn read(&self, item: &Item, from: u64) -> Result<Content, SourceError> {
        content::read(&self.client, item, from).await
    }

    async fn version_now(&self, item: &Item) -> Result<Option<String>, SourceError> {
        if item.kind.is_object() {
            return outlook::version_now(&self.client, item).await;
        }
        if item.kind.is_collection() {
            // The survey of their properties is all that there is to know.
            return Ok(Some(item.version.clone()));
        }
        let Some(locator) = Locator::read(&item.locator) else {
            return Ok(None);
        };
        let now = match self.client.item(&locator).await {
            Ok(now) => now,
            Err(failure) if failure.status() == Some(404) => return Ok(None),
            Err(failure) => return Err(failure.into()),
        };
        Ok(match (facet(&now), item.kind) {
            (Facet::Deleted, _) => None,
            (Facet::File, ItemKind::File) => Some(version_of(&now)),
            // Of anything else only its being there counts.
            _ => Some(item.version.clone()),
        })
    }

    fn vouches_for(&self, item: &Item) -> bool {
        vouches_for(item)
    }
}

#[cfg(test)]
mod tests;
