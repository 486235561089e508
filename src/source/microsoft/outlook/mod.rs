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
    let may = |scope: &str| !missing.iter().any(|one| one == scope);
    if scope.calendars {
        match may(MICROSOFT_CALENDARS_SCOPE) {
            true => calendars::survey(client, scope, sink).await?,
            false => {
                tell_refused(
                    "Outlook",
                    SpaceKind::Calendars,
                    Some(Component::Event),
                    sink,
                )
                .await?
            }
        }
    }
    if scope.contacts {
        match may(MICROSOFT_CONTACTS_SCOPE) {
            true => contacts::survey(client, since, sink).await?,
            false => tell_refused("Outlook: contacts", SpaceKind::AddressBooks, None, sink).await?,
        }
    }
    if scope.tasks {
        match may(MICROSOFT_TASKS_SCOPE) {
            true => todo::survey(client, scope, sink).await?,
            false => {
                let name = "Microsoft To Do";
                tell_refused(name, SpaceKind::Calendars, Some(Component::Todo), sink).await?;
            }
        }
    }
    Ok(())
}

/// Tells of a part that the sign-in does not cover, so that the account of the migration names it.
async fn tell_refused(
    name: &str,
    space: SpaceKind,
    component: Option<Component>,
    sink: &mut dyn SurveySink,
) -> Result<(), SourceError> {
    let id = format!("not-granted:{name}");
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
    item.obstacle = Some(Reason::NotGranted);
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
