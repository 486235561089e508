//! The parts of the People API's answers that a survey reads
//! (<https://developers.google.com/people/api/rest/v1/people>).

use serde::Deserialize;

use crate::source::SourceError;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Connections {
    pub(super) connections: Vec<serde_json::Value>,
    pub(super) next_page_token: Option<String>,
    pub(super) next_sync_token: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct OtherContacts {
    pub(super) other_contacts: Vec<serde_json::Value>,
    pub(super) next_page_token: Option<String>,
    pub(super) next_sync_token: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Person {
    pub(super) resource_name: String,
    pub(super) etag: String,
    pub(super) metadata: Metadata,
    names: Vec<Name>,
    nicknames: Vec<Value>,
    organizations: Vec<Organization>,
    email_addresses: Vec<Value>,
    phone_numbers: Vec<Value>,
    memberships: Vec<Membership>,
    #[serde(skip)]
    raw: serde_json::Value,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Metadata {
    sources: Vec<Source>,
    deleted: bool,
    /// Names that this person had before, in a list of changes.
    pub(super) previous_resource_names: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Source {
    #[serde(rename = "type")]
    kind: String,
    pub(super) etag: String,
    pub(super) update_time: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Name {
    display_name: String,
    unstructured_name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Value {
    value: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Organization {
    name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Membership {
    contact_group_membership: GroupMembership,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct GroupMembership {
    contact_group_resource_name: String,
}

impl Person {
    pub(super) fn read(raw: serde_json::Value) -> Result<Self, SourceError> {
        let read = Self::deserialize(&raw);
        let read = read.map_err(|_| SourceError::protocol("a person that is none"))?;
        Ok(Self { raw, ..read })
    }

    /// The UID of its card.
    pub(super) fn uid(&self) -> String {
        crate::pim::contact::google::uid(&self.raw)
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.metadata.deleted
    }

    /// What people would call it: a name, else whatever tells it from others.
    pub(super) fn name(&self) -> &str {
        let names = self.names.iter();
        let names = names.flat_map(|name| [&name.display_name, &name.unstructured_name]);
        let nicknames = self.nicknames.iter().map(|nickname| &nickname.value);
        let organizations = self
            .organizations
            .iter()
            .map(|organization| &organization.name);
        let mails = self.email_addresses.iter().map(|mail| &mail.value);
        let phones = self.phone_numbers.iter().map(|phone| &phone.value);
        let all = names
            .chain(nicknames)
            .chain(organizations)
            .chain(mails)
            .chain(phones);
        let mut all = all.map(|text| text.trim()).filter(|text| !text.is_empty());
        all.next().unwrap_or_default()
    }

    /// The contact itself, of all that Google puts together about a person.
    pub(super) fn source(&self) -> Option<&Source> {
        let sources = &self.metadata.sources;
        sources
            .iter()
            .find(|source| matches!(source.kind.as_str(), "CONTACT" | "OTHER_CONTACT"))
    }

    /// The resource names of its labels.
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        let groups = self.memberships.iter();
        groups
            .map(|membership| {
                membership
                    .contact_group_membership
                    .contact_group_resource_name
                    .as_str()
            })
            .filter(|name| !name.is_empty())
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ContactGroups {
    pub(super) contact_groups: Vec<serde_json::Value>,
    pub(super) next_page_token: Option<String>,
}
