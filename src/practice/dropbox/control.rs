//! What a test does to the practice Dropbox while it runs: edits by other people, expired tokens, and so on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::content::Content;
use super::super::faults::Faults;
use super::node::{FOLDER, Key, Node, NodeKind};
use super::oauth::AutoConsent;
use super::state::Shared;

/// The hands behind a running server; its copies act on the same one.
#[derive(Clone)]
pub struct Control(pub(super) Arc<Shared>);

/// The edits tell whether there is such an item. Items are named by their `id:…`; `"home"` is the top of
/// the member's own folder.
impl Control {
    /// The id of one of the traps, by its label (`"paper"`, `"symlink"`).
    pub fn labelled(&self, label: &str) -> Option<String> {
        let store = self.0.store();
        Some(store.ids.id(store.labelled(label)?))
    }

    fn key(&self, id: &str) -> Option<Key> {
        match id {
            "home" => Some(Key::HOME),
            id => self.0.store().ids.key(id),
        }
    }

    pub fn item(&self, id: &str) -> Option<Node> {
        self.0.store().get(self.key(id)?)
    }

    /// An item of the member's own folder by its path; case does not count.
    pub fn at(&self, path: &str) -> Option<String> {
        let store = self.0.store();
        Some(store.ids.id(store.find(Key::HOME, path)?))
    }

    /// Relative to the member's own folder; `None` where it lies elsewhere.
    pub fn path(&self, id: &str) -> Option<String> {
        self.0.store().path(self.key(id)?, Key::HOME)
    }

    /// What lies in a folder.
    pub fn children(&self, id: &str) -> Vec<Node> {
        match self.key(id) {
            Some(key) => self.0.store().children(key),
            None => Vec::new(),
        }
    }

    fn edit(&self, id: &str, change: impl FnOnce(&mut Node, i64)) -> bool {
        let Some(key) = self.key(id) else {
            return false;
        };
        self.0
            .change(|store, now| store.edit(key, |node| change(node, now)))
    }

    /// Puts new bytes into a file, or new text into a document, and dates it now.
    pub fn rewrite(&self, id: &str, bytes: Content) -> bool {
        self.edit(id, |node, now| {
            (node.client_modified, node.server_modified) = (now, now);
            if let NodeKind::File { content } = &mut node.kind {
                *content = bytes;
            }
        })
    }

    pub fn rename(&self, id: &str, name: &str) -> bool {
        let Some(key) = self.key(id) else {
            return false;
        };
        self.0
            .change(|store, _| store.relocate(key, None, Some(name)))
    }

    pub fn move_to(&self, id: &str, folder: &str) -> bool {
        let (Some(key), Some(folder)) = (self.key(id), self.key(folder)) else {
            return false;
        };
        self.0
            .change(|store, _| store.relocate(key, Some(folder), None))
    }

    /// With all that lies in it.
    pub fn delete(&self, id: &str) -> bool {
        let Some(key) = self.key(id) else {
            return false;
        };
        self.0.change(|store, _| store.delete(key))
    }

    /// Puts another file, with an id of its own, where this item was; gives the new id.
    pub fn replace_by_file(&self, id: &str, content: Content) -> Option<String> {
        let key = self.key(id)?;
        let kind = NodeKind::File { content };
        self.0
            .change(|store, now| Some(store.ids.id(store.replace(key, kind, now)?)))
    }

    /// Adds to a folder; gives the new id.
    pub fn add(&self, folder: &str, name: &str, kind: NodeKind) -> Option<String> {
        let folder = self.key(folder)?;
        self.0
            .change(|store, now| Some(store.ids.id(store.add(folder, name, kind, now)?)))
    }

    pub fn add_file(&self, folder: &str, name: &str, content: Content) -> Option<String> {
        self.add(folder, name, NodeKind::File { content })
    }

    pub fn add_folder(&self, folder: &str, name: &str) -> Option<String> {
        self.add(folder, name, FOLDER)
    }

    /// Any other change.
    pub fn alter(&self, id: &str, change: impl FnOnce(&mut Node)) -> bool {
        self.edit(id, |node, _| change(node))
    }

    /// All cursors that were given out are good for nothing any more.
    pub fn reset_cursors(&self) {
        self.0.epoch.fetch_add(1, Ordering::Relaxed);
    }

    /// All access tokens end now; they can be refreshed.
    pub fn expire_access_tokens(&self) {
        self.0.oauth().expire_access();
    }

    /// The user takes back every permission.
    pub fn revoke_all(&self) {
        self.0.sign(|oauth, _| oauth.revoke_all());
    }

    /// How many sign-ins are alive.
    pub fn grants(&self) -> usize {
        self.0.oauth().grants()
    }

    /// What every sign-in covers from now on.
    pub fn set_scopes(&self, scopes: &[&str]) {
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self.0.sign(|oauth, _| oauth.set_scopes(&scopes));
    }

    /// What is ticked on the app's Permissions tab: later sign-ins cover no more.
    pub fn set_permissions(&self, scopes: &[&str]) {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self.0.oauth().settings.permissions = scopes;
    }

    /// How long access tokens live that are given from now on, to the second.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX / 1_000);
        self.0.oauth().settings.token_lifetime = seconds;
    }

    /// Answers the consent page by itself.
    pub fn set_auto_consent(&self, consent: Option<AutoConsent>) {
        self.0.oauth().settings.auto_consent = consent;
    }

    /// Every request is refused with this 401 (`"user_suspended"`, `"route_access_denied"`).
    pub fn set_auth_refusal(&self, tag: Option<&str>) {
        self.0.oauth().settings.refusal = tag.map(str::to_owned);
    }

    /// The team's administrator switches Paper off, or on again.
    pub fn set_paper_disabled(&self, disabled: bool) {
        self.0.oauth().settings.no_paper = disabled;
    }

    /// Puts the server's clock forward: tokens age.
    pub fn advance(&self, by: Duration) {
        self.0.advance(i64::try_from(by.as_millis()).unwrap_or(0));
    }

    pub fn set_faults(&self, faults: Faults) {
        *self.0.faults() = faults;
    }

    /// How often each route was asked for (`files/download`, `/oauth2/token`), hits of bad weather counted
    /// too.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.0.counts().clone()
    }

    pub fn forget_requests(&self) {
        self.0.counts().clear();
    }
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("requests", &self.requests())
            .finish_non_exhaustive()
    }
}
