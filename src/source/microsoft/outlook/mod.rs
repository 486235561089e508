//! Calendars and contacts of Outlook, and To Do's lists.

mod attachments;
mod bodies;
mod calendars;
mod contacts;
mod todo;
mod wire;

use sha2::{Digest as _, Sha256};

use super::client::Client;
use super::error::Failure;
use crate::auth::oauth::{
    MICROSOFT_CALENDARS_SCOPE, MICROSOFT_CONTACTS_SCOPE, MICROSOFT_TASKS_SCOPE,
};
use crate::model::{
    Collection, Component, Item, ItemKind, Reason, Scope, Space, SpaceId, SpaceKind,
};
use crate::source::{SourceError, SurveySink};

pub(super) use self::bodies::{Kept, read};

/// How answers should be written. Ids that stay when something is moved have to be asked for with every
/// request (<https://learn.microsoft.com/graph/outlook-immutable-id>).
const PREFER: &str = "IdType=\"ImmutableId\", outlook.body-content-type=\"html\"";

/// Tells of all that is wanted and may be read.
pub(super) async fn survey(
    client: &Client,
    scope: &Scope,
    since: &[Space],
    sink: &mut dyn SurveySink,
) -> Result<(), SourceError> {
    if !(scope.calendars || scope.contacts || scope.tasks) {
        return Ok(());
    }
    let missing = client.not_granted().await?;
    let may = |scope: &str| match missing.iter().any(|one| one == scope) {
        true => Err(Stopped::Closed(Reason::NotGranted)),
        false => Ok(()),
    };
    if scope.calendars {
        let told = match may(MICROSOFT_CALENDARS_SCOPE) {
            Ok(()) => calendars::survey(client, scope, sink).await,
            refused => refused,
        };
        tell_of(told, CALENDARS, sink).await?;
    }
    if scope.contacts {
        let told = match may(MICROSOFT_CONTACTS_SCOPE) {
            Ok(()) => contacts::survey(client, since, sink).await,
            refused => refused,
        };
        tell_of(told, CONTACTS, sink).await?;
    }
    if scope.tasks {
        let told = match may(MICROSOFT_TASKS_SCOPE) {
            Ok(()) => todo::survey(client, scope, sink).await,
            refused => refused,
        };
        tell_of(told, TODO, sink).await?;
    }
    Ok(())
}

/// A part of the mailbox, as it is named where it stays closed.
type Part = (&'static str, SpaceKind, Option<Component>);

const CALENDARS: Part = ("Outlook", SpaceKind::Calendars, Some(Component::Event));
const CONTACTS: Part = ("Outlook: contacts", SpaceKind::AddressBooks, None);
const TODO: Part = (
    "Microsoft To Do",
    SpaceKind::Calendars,
    Some(Component::Todo),
);

/// Why something could not be surveyed.
enum Stopped {
    /// It cannot be opened; the rest of the account can.
    Closed(Reason),
    Failed(SourceError),
}

impl From<SourceError> for Stopped {
    fn from(error: SourceError) -> Self {
        Self::Failed(error)
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.into())
    }
}

/// Whether something can be opened at all, from the answer to the first request. Not every account has a
/// mailbox that Graph reads: an organisation may keep its own, or pay for none.
fn opened<T>(answer: Result<T, Failure>) -> Result<T, Stopped> {
    let failure = match answer {
        Ok(answer) => return Ok(answer),
        Err(failure) => failure,
    };
    let without = [
        "MailboxNotEnabledForRESTAPI",
        "MailboxNotSupportedForRESTAPI",
    ];
    Err(match &failure {
        Failure::Api(error) if without.iter().any(|code| error.has(code)) => {
            Stopped::Closed(Reason::SourceForbidden)
        }
        Failure::Api(error) if error.status == 403 => Stopped::Closed(Reason::NotGranted),
        Failure::Api(error) if error.status == 404 => Stopped::Closed(Reason::SourceForbidden),
        _ => failure.into(),
    })
}

/// Tells of a part that stays closed, so that the account of the migration names it.
async fn tell_of(
    told: Result<(), Stopped>,
    (name, space, component): Part,
    sink: &mut dyn SurveySink,
) -> Result<(), SourceError> {
    let reason = match told {
        Ok(()) => return Ok(()),
        Err(Stopped::Failed(error)) => return Err(error),
        Err(Stopped::Closed(reason)) => reason,
    };
    let id = format!("closed:{name}");
    sink.space(Space {
        id: SpaceId::new(&id),
        kind: space,
        name: name.to_owned(),
        change_token: None,
    })
    .await?;
    let kind = match space {
        SpaceKind::AddressBooks => ItemKind::AddressBook,
        _ => ItemKind::Calendar,
    };
    let mut item = Item::new(SpaceId::new(&id), &id, None, name, kind);
    item.obstacle = Some(reason);
    item.collection = Some(Collection {
        components: component.into_iter().collect(),
        ..Collection::default()
    });
    sink.items(vec![item]).await
}

/// What a version is now; `None`: it is gone.
pub(super) async fn version_now(
    client: &Client,
    item: &Item,
) -> Result<Option<String>, SourceError> {
    let now = match item.kind {
        ItemKind::Event => calendars::version_now(client, item).await,
        ItemKind::Contact => contacts::version_now(client, item).await,
        _ => todo::version_now(client, item).await,
    };
    match now {
        Ok(version) => Ok(version),
        Err(failure) if is_gone(&failure) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

fn is_gone(failure: &Failure) -> bool {
    matches!(failure.status(), Some(404 | 410))
}

/// Stands for several texts.
fn digest(texts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text);
        digest.update([0]);
    }
    let digest = digest.finalize();
    let digest = digest.iter().take(16);
    digest.map(|byte| format!("{byte:02x}")).collect()
}
