//! The contacts of the practice account, as the People API has them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::node::time;
use super::people;
use super::shelf::{Edits, Shelf, Thing};

/// A person that the account knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// What stands behind `people/c`.
    pub number: u64,
    /// The fields that a person filled in, as the People API names them, without `metadata`.
    pub fields: Map<String, Value>,
    /// The names of groups behind `contactGroups/`.
    pub groups: Vec<String>,
    pub photo: Photo,
    /// Milliseconds since 1970.
    pub updated: i64,
    pub deleted: bool,
    /// Made by Google of somebody who was written to.
    pub other: bool,
    pub revision: u64,
    pub changed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Photo {
    /// The letter on a coloured ground that Google draws.
    Drawn,
    /// Of a seed and so many pixels wide.
    Own { seed: u64, size: u32 },
    /// The profile's: it is not the account's own.
    Profile { seed: u64, size: u32 },
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What stands behind `contactGroups/`.
    pub id: String,
    pub name: String,
    /// As the account's language has it.
    pub formatted: String,
    pub system: bool,
    pub deleted: bool,
    pub revision: u64,
    pub changed: u64,
}

impl Contact {
    pub fn resource_name(&self) -> String {
        match self.other {
            true => format!("otherContacts/c{}", self.number),
            false => format!("people/c{}", self.number),
        }
    }

    /// The hexadecimal identifier of the contact itself, which CardDAV has, too.
    pub fn source_id(&self) -> String {
        format!("{:x}", self.number)
    }

    fn source_etag(&self) -> String {
        let code = super::super::super::content::mix(self.number, self.revision);
        format!("#{:011x}=", code >> 20)
    }

    fn source(&self) -> Value {
        let kind = if self.other {
            "OTHER_CONTACT"
        } else {
            "CONTACT"
        };
        json!({"type": kind, "id": self.source_id()})
    }

    /// As the People API gives it, with all fields.
    pub(super) fn json(&self, base: &str) -> Value {
        let mut source = self.source();
        if let Some(source) = source.as_object_mut() {
            source.insert("etag".into(), self.source_etag().into());
            source.insert("updateTime".into(), time(self.updated));
        }
        let mut metadata = json!({"sources": [source], "objectType": "PERSON"});
        if let (Photo::Profile { seed, .. }, Some(metadata)) =
            (self.photo, metadata.as_object_mut())
        {
            let profile = json!({
                "type": "PROFILE", "id": seed.to_string(), "etag": "#profile=",
                "profileMetadata": {"objectType": "PERSON", "userTypes": ["GOOGLE_USER"]},
            });
            if let Some(sources) = metadata.get_mut("sources").and_then(Value::as_array_mut) {
                sources.push(profile);
            }
        }
        // The ETag of the whole person says also which fields were asked for, so nobody can compare it.
        let mut person = json!({
            "resourceName": self.resource_name(),
            "etag": format!("%EgUBAj03LhoEAQIFByIM{}", self.source_etag()),
            "metadata": metadata,
        });
        let Some(all) = person.as_object_mut() else {
            return person;
        };
        if self.deleted {
            if let Some(metadata) = all.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.insert("deleted".into(), true.into());
            }
            return person;
        }
        for (name, values) in &self.fields {
            all.insert(name.clone(), self.with_metadata(values));
        }
        all.insert("photos".into(), json!([self.photo_json(base)]));
        if !self.groups.is_empty() {
            let memberships: Vec<Value> = self
                .groups
                .iter()
                .map(|group| {
                    json!({
                        "metadata": {"source": self.source()},
                        "contactGroupMembership": {
                            "contactGroupId": group,
                            "contactGroupResourceName": format!("contactGroups/{group}"),
                        },
                    })
                })
                .collect();
            all.insert("memberships".into(), memberships.into());
        }
        person
    }

    fn with_metadata(&self, values: &Value) -> Value {
        let Some(values) = values.as_array() else {
            return values.clone();
        };
        let numbered = values.iter().enumerate();
        numbered
            .map(|(number, value)| {
                let mut value = value.clone();
                if let Some(fields) = value.as_object_mut() {
                    let mut metadata = json!({"source": self.source()});
                    if let (0, Some(metadata)) = (number, metadata.as_object_mut()) {
                        metadata.insert("primary".into(), true.into());
                        metadata.insert("sourcePrimary".into(), true.into());
                    }
                    fields.insert("metadata".into(), metadata);
                }
                value
            })
            .collect()
    }

    fn photo_json(&self, base: &str) -> Value {
        match self.photo {
            Photo::Drawn => json!({
                "metadata": {"primary": true, "source": self.source()}, "default": true,
                "url": format!("{base}/cm/APNQLxDrawn{}=s100", self.source_id()),
            }),
            Photo::Own { seed, size } => json!({
                "metadata": {"primary": true, "source": self.source()},
                "url": format!("{base}/contacts/AG6tpz{seed:016x}-{size}=s100"),
            }),
            Photo::Profile { seed, size } => json!({
                "metadata": {"primary": true, "source": {"type": "PROFILE", "id": seed.to_string()}},
                "url": format!("{base}/a-/ALV-Uj{seed:016x}-{size}/s100/photo.jpg"),
            }),
        }
    }
}

impl Group {
    pub fn resource_name(&self) -> String {
        format!("contactGroups/{}", self.id)
    }

    pub(super) fn json(&self, members: usize) -> Value {
        let kind = if self.system {
            "SYSTEM_CONTACT_GROUP"
        } else {
            "USER_CONTACT_GROUP"
        };
        let mut group = json!({
            "resourceName": self.resource_name(), "groupType": kind, "name": self.name,
            "formattedName": self.formatted,
        });
        let Some(fields) = group.as_object_mut() else {
            return group;
        };
        if !self.system {
            let updated = json!({"updateTime": time(1_714_979_289_123), "deleted": self.deleted});
            fields.insert(
                "etag".into(),
                format!("g{}x{}=", self.id, self.revision).into(),
            );
            fields.insert("metadata".into(), updated);
        }
        // Nobody in it: then it is not told.
        if members > 0 {
            fields.insert("memberCount".into(), members.into());
        }
        group
    }
}

/// A shelf's things are known by a text: a contact with its resource name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Named<T> {
    pub name: String,
    pub it: T,
}

impl Thing for Named<Contact> {
    fn id(&self) -> &str {
        &self.name
    }

    fn changed(&self) -> u64 {
        self.it.changed
    }
}

impl From<Contact> for Named<Contact> {
    fn from(contact: Contact) -> Self {
        Self {
            name: contact.resource_name(),
            it: contact,
        }
    }
}

/// Contacts, those that Google collected, and labels.
pub(super) struct Contacts {
    own: Shelf<Named<Contact>>,
    others: Shelf<Named<Contact>>,
    groups: Vec<Group>,
    /// Counts the changes of labels.
    group_changes: u64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ContactEdits {
    own: Edits<Named<Contact>>,
    others: Edits<Named<Contact>>,
    groups: Option<Vec<Group>>,
    group_changes: u64,
}

#[derive(Serialize)]
pub(super) struct ContactEditsOf<'a> {
    own: &'a Edits<Named<Contact>>,
    others: &'a Edits<Named<Contact>>,
    groups: &'a [Group],
    group_changes: u64,
}

impl Contacts {
    /// `count`: how many seeded contacts there are.
    pub(super) fn new(seed: u64, count: u64, edits: ContactEdits) -> Self {
        let fixed: Vec<Named<Contact>> = people::fixed(seed).into_iter().map(Named::from).collect();
        let others: Vec<Named<Contact>> = people::others().into_iter().map(Named::from).collect();
        let first = fixed.len() as u64;
        let names: std::collections::HashMap<String, u64> = fixed
            .iter()
            .zip(0u64..)
            .map(|(contact, n)| (contact.name.clone(), n))
            .collect();
        let number = move |name: &str| match names.get(name) {
            Some(number) => Some(*number),
            None => {
                let number = name.strip_prefix("people/c")?.parse().ok()?;
                people::seeded_number(number).map(|n| first + n)
            }
        };
        let make = move |number: u64| match number.checked_sub(first) {
            None => fixed.get(usize::try_from(number).ok()?).cloned(),
            Some(number) => Some(people::seeded(seed, number).into()),
        };
        let other_names: Vec<String> = others.iter().map(|contact| contact.name.clone()).collect();
        let other_number = move |name: &str| {
            let place = other_names.iter().position(|known| known == name)?;
            u64::try_from(place).ok()
        };
        let length = others.len() as u64;
        let other = move |number: u64| others.get(usize::try_from(number).ok()?).cloned();
        Self {
            own: Shelf::new(first + count, make, number, edits.own),
            others: Shelf::new(length, other, other_number, edits.others),
            groups: edits.groups.unwrap_or_else(people::groups),
            group_changes: edits.group_changes,
        }
    }

    pub(super) fn edits(&self) -> ContactEditsOf<'_> {
        ContactEditsOf {
            own: self.own.edits(),
            others: self.others.edits(),
            groups: &self.groups,
            group_changes: self.group_changes,
        }
    }

    pub(super) fn own(&self) -> &Shelf<Named<Contact>> {
        &self.own
    }

    pub(super) fn own_mut(&mut self) -> &mut Shelf<Named<Contact>> {
        &mut self.own
    }

    pub(super) fn others(&self) -> &Shelf<Named<Contact>> {
        &self.others
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(super) fn group_changes(&self) -> u64 {
        self.group_changes
    }

    pub(super) fn edit_group(&mut self, id: &str, change: impl FnOnce(&mut Group)) -> bool {
        let Some(group) = self.groups.iter_mut().find(|group| group.id == id) else {
            return false;
        };
        self.group_changes += 1;
        change(group);
        group.revision += 1;
        group.changed = self.group_changes;
        true
    }

    /// How many contacts a label is on.
    pub(super) fn members(&self, group: &str) -> Vec<String> {
        let all = self.own.all().filter(|contact| !contact.it.deleted);
        let members = all.filter(|contact| contact.it.groups.iter().any(|one| one == group));
        members.map(|contact| contact.name).collect()
    }
}
