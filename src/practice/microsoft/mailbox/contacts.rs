use serde_json::{Value, json};

use super::super::super::outlook::{Folder, Part, Thing};
use super::super::super::world::portrait;
use super::super::Account;
use super::super::api::Answer;
use super::super::error::ApiError;
use super::{Asked, answers, without};

impl Asked<'_> {
    pub(super) fn contacts(&self, parts: &[&str]) -> Answer {
        match parts {
            ["contacts"] => self.contact_list(self.default_folder()?),
            ["contacts", id, rest @ ..] => self.contact(None, id, rest),
            // The default folder is not among them.
            ["contactFolders"] => self.folder_list("me/contactFolders", None),
            ["contactFolders", id] => self.one(folder_json(self.contact_folder(id)?)),
            ["contactFolders", id, "childFolders"] => {
                let path = format!("me/contactFolders/{id}/childFolders");
                self.folder_list(&path, Some(&self.contact_folder(id)?.id))
            }
            ["contactFolders", id, "contacts"] => self.contact_list(self.contact_folder(id)?),
            ["contactFolders", id, "contacts", "delta"] => {
                self.contact_changes(self.contact_folder(id)?)
            }
            ["contactFolders", folder, "contacts", id, rest @ ..] => {
                self.contact(Some(folder), id, rest)
            }
            _ => Err(ApiError::unknown_segment(parts.last().unwrap_or(&""))),
        }
    }

    fn default_folder(&self) -> Result<&Folder, ApiError> {
        let first = self.mailbox.folders(Part::Contacts).next();
        first.ok_or_else(ApiError::no_such_thing)
    }

    fn contact_folder(&self, id: &str) -> Result<&Folder, ApiError> {
        let mut folders = self.mailbox.folders(Part::Contacts);
        folders
            .find(|folder| folder.id == id)
            .ok_or_else(ApiError::no_such_thing)
    }

    fn folder_list(&self, path: &str, parent: Option<&str>) -> Answer {
        let own = self.default_folder()?.id.as_str();
        let folders = self.mailbox.folders(Part::Contacts);
        let rows = folders
            .filter(|folder| folder.id != own && folder.parent.as_deref() == parent)
            .map(|folder| self.selected(folder_json(folder)));
        self.page(path, rows.collect(), 10)
    }

    fn contact_json(&self, folder: &Folder, thing: &Thing) -> Value {
        let mut value = thing.told_now();
        if let Some(fields) = value.as_object_mut() {
            fields.insert("id".into(), self.shown_id(folder, &thing.id).into());
            fields.insert("parentFolderId".into(), folder.id.as_str().into());
        }
        value
    }

    fn contact_list(&self, folder: &Folder) -> Answer {
        let rows = folder
            .things()
            .map(|thing| self.selected(self.contact_json(folder, thing)));
        let path = format!("me/contactFolders/{}/contacts", folder.id);
        self.page(&path, rows.collect(), 10)
    }

    fn contact_changes(&self, folder: &Folder) -> Answer {
        let ids: Vec<String> = folder
            .things
            .iter()
            .map(|thing| self.shown_id(folder, &thing.id))
            .collect();
        let things = folder.things.iter().zip(&ids);
        let things: Vec<(&str, u64, bool)> = things
            .map(|(thing, id)| (id.as_str(), thing.changed, thing.deleted))
            .collect();
        let path = format!("me/contactFolders/{}/contacts/delta", folder.id);
        self.delta(&path, &things, |at| match folder.things.get(at) {
            Some(thing) => self.selected(self.contact_json(folder, thing)),
            None => Value::Null,
        })
    }

    fn contact(&self, folder: Option<&str>, id: &str, rest: &[&str]) -> Answer {
        let (folder, thing) = self.find(self.mailbox.part(Part::Contacts), folder, id)?;
        match rest {
            [] => self.one(self.contact_json(folder, thing)),
            ["photo", "$value"] => {
                // Only accounts of organisations have them in v1.0.
                if self.request.shared.client.account == Account::Personal {
                    return Err(ApiError::no_photo());
                }
                let (seed, size) = thing.picture.ok_or_else(ApiError::no_photo)?;
                Ok(answers::raw(portrait(seed, size), "image/png"))
            }
            _ => Err(ApiError::unknown_segment("contact")),
        }
    }
}

fn folder_json(folder: &Folder) -> Value {
    let mut value = without(folder.value.clone(), &[]);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("id".into(), folder.id.as_str().into());
        let parent = folder.parent.as_deref().unwrap_or("AAMkAGroot");
        fields.insert("parentFolderId".into(), json!(parent));
    }
    value
}
