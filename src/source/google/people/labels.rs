use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::wire::{ContactGroups, Person};
use crate::source::SourceError;
use crate::source::google::client::{Api, Client};

/// The account's labels, by their resource names.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Labels {
    /// As the API gave them.
    all: Vec<Value>,
}

impl Labels {
    pub(in super::super) async fn list(client: &Client) -> Result<Self, SourceError> {
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let mut query = vec![
                ("pageSize", "1000"),
                ("groupFields", "groupType,metadata,name"),
            ];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: ContactGroups = client.ask(Api::People, &["contactGroups"], &query).await?;
            all.extend(page.contact_groups);
            token = page.next_page_token;
            if token.is_none() {
                return Ok(Self { all });
            }
        }
    }

    #[cfg(test)]
    pub(super) fn of(all: Vec<Value>) -> Self {
        Self { all }
    }

    pub(super) fn as_json(&self) -> &[Value] {
        &self.all
    }

    /// Of all names.
    pub(super) fn digest(&self) -> String {
        let mut names: Vec<(&str, &str)> = self
            .all
            .iter()
            .map(|group| (resource(group), name(group)))
            .collect();
        names.sort_unstable();
        digest(names)
    }

    /// Of the names of a person's labels; empty where it has none that tell anything.
    pub(super) fn digest_of(&self, person: &Person) -> String {
        let mut names: Vec<(&str, &str)> = person
            .groups()
            .filter_map(|group| {
                let label = self.all.iter().find(|label| resource(label) == group)?;
                Some((group, name(label)))
            })
            // Everybody has this one.
            .filter(|(group, _)| *group != "contactGroups/myContacts")
            .collect();
        names.sort_unstable();
        if names.is_empty() {
            return String::new();
        }
        digest(names)
    }
}

fn resource(group: &Value) -> &str {
    text(group, "resourceName")
}

fn name(group: &Value) -> &str {
    text(group, "name")
}

fn text<'a>(group: &'a Value, name: &str) -> &'a str {
    group.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn digest(names: Vec<(&str, &str)>) -> String {
    let mut digest = Sha256::new();
    for (resource, name) in names {
        digest.update(resource);
        digest.update([0]);
        digest.update(name);
        digest.update([0]);
    }
    let digest = digest.finalize();
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
