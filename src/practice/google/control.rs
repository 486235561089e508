//! What a test does to the practice Google while it runs: edits by other people, expired tokens, and so on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::content::Content;
use super::super::faults::Faults;
use super::super::world::Native;
use super::drive::{Corpora, Search};
use super::node::{Digests, Node, NodeKind};
use super::oauth::AutoConsent;
use super::query::Expr;
use super::service::Service;
use super::state::Shared;
use super::traps::SharedDrive;

/// The hands behind a running server; its copies act on the same one.
#[derive(Clone)]
pub struct Control(pub(super) Arc<Shared>);

/// The edits tell whether there is such an item.
impl Control {
    /// The id of one of the traps, by its label (`"twin-1"`, `"shortcut-dangling"`).
    pub fn labelled(&self, label: &str) -> Option<String> {
        self.0.drive().labelled(label).map(str::to_owned)
    }

    /// An item, also of those that no list shows, and whether it is trashed, by itself or with its folder.
    pub fn item(&self, id: &str) -> Option<(Node, bool)> {
        self.0.drive().find(id)
    }

    /// Everything that a list shows, with whether it is trashed: My Drive, what is shared with me, and
    /// the shared drives, but nothing of what lies in folders that are shared with me. Never all at once.
    pub fn items(&self) -> impl Iterator<Item = (Node, bool)> {
        let shared = self.0.clone();
        let mut next = Some(0);
        std::iter::from_fn(move || {
            let from = next?;
            let search = Search {
                expr: None,
                corpora: Corpora::AllDrives,
                all_drives: true,
            };
            let page = shared.drive().page(&search, from, 1_000);
            next = page.next;
            Some(page.items)
        })
        .flatten()
    }

    /// What lies in a folder and is not trashed.
    pub fn children(&self, folder: &str) -> Vec<Node> {
        let drive = self.0.drive();
        let folder = if folder == "root" {
            drive.root()
        } else {
            folder
        };
        let search = Search {
            expr: Some(Expr::Parent(folder.to_owned())),
            corpora: Corpora::User,
            all_drives: true,
        };
        let mut found = Vec::new();
        let mut next = Some(0);
        while let Some(from) = next {
            let page = drive.page(&search, from, 1_000);
            found.extend(page.items.into_iter().filter(|(_, trashed)| !trashed));
            next = page.next;
        }
        found.into_iter().map(|(node, _)| node).collect()
    }

    pub fn drives(&self) -> Vec<SharedDrive> {
        self.0.drive().drives().to_vec()
    }

    fn edit(&self, id: &str, change: impl FnOnce(&mut Node)) -> bool {
        self.0.change(|drive, now| drive.edit(id, now, change))
    }

    /// Puts new bytes into a file, or new text into a document, and dates it now.
    pub fn rewrite(&self, id: &str, bytes: Content) -> bool {
        let now = self.0.now();
        self.edit(id, |node| {
            node.modified = now;
            if let NodeKind::File { content, .. } = &mut node.kind {
                *content = bytes;
            }
        })
    }

    pub fn rename(&self, id: &str, name: &str) -> bool {
        self.edit(id, |node| name.clone_into(&mut node.name))
    }

    pub fn move_to(&self, id: &str, folder: &str) -> bool {
        let folder = match self.item(folder) {
            Some((node, _)) => node.id,
            None => return false,
        };
        self.edit(id, |node| node.parent = Some(folder))
    }

    pub fn star(&self, id: &str, starred: bool) -> bool {
        self.edit(id, |node| node.starred = starred)
    }

    pub fn trash(&self, id: &str) -> bool {
        self.edit(id, |node| node.trashed = true)
    }

    pub fn restore(&self, id: &str) -> bool {
        self.edit(id, |node| node.trashed = false)
    }

    /// For good, with all that lies in it; for something shared, that it is shared no more.
    pub fn delete(&self, id: &str) -> bool {
        self.0.change(|drive, now| drive.delete(id, now))
    }

    /// Any other change.
    pub fn alter(&self, id: &str, change: impl FnOnce(&mut Node)) -> bool {
        self.edit(id, change)
    }

    /// Adds to a folder (`"root"` is the top); gives the new id, or nothing where there is no such folder.
    pub fn add(&self, folder: &str, name: &str, kind: NodeKind) -> Option<String> {
        self.0
            .change(|drive, now| drive.add(folder, name, kind, now))
    }

    pub fn add_file(&self, folder: &str, name: &str, content: Content) -> Option<String> {
        let kind = NodeKind::File {
            content,
            media_type: "application/octet-stream".to_owned(),
            digests: Digests::All,
        };
        self.add(folder, name, kind)
    }

    pub fn add_folder(&self, folder: &str, name: &str) -> Option<String> {
        self.add(folder, name, NodeKind::Folder)
    }

    pub fn add_document(&self, folder: &str, name: &str, native: Native) -> Option<String> {
        let kind = NodeKind::Document {
            native,
            seed: 1,
            stable: true,
            ballast: 0,
        };
        self.add(folder, name, kind)
    }

    /// All access tokens end now; they can be refreshed.
    pub fn expire_access_tokens(&self) {
        self.0.sign(|oauth, _| oauth.expire_access());
    }

    /// The user takes back every permission.
    pub fn revoke_all(&self) {
        self.0.sign(|oauth, _| oauth.revoke_all());
    }

    /// What every grant covers from now on, as if other boxes had been ticked.
    pub fn set_scopes(&self, scopes: &[&str]) {
        let scopes: Vec<String> = scopes.iter().map(|&s| s.to_owned()).collect();
        self.0.sign(|oauth, _| oauth.set_scopes(&scopes));
    }

    /// How long access tokens live that are given from now on, to the second.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX / 1_000);
        self.0
            .sign(|oauth, _| oauth.settings.token_lifetime = seconds);
    }

    /// The app's publishing status is "Testing": grants made from now on die after seven days.
    pub fn set_testing(&self, testing: bool) {
        self.0.sign(|oauth, _| oauth.settings.testing = testing);
    }

    /// Every token request is refused so (`"deleted_client"`, `"admin_policy_enforced"`, `"org_internal"`).
    pub fn set_token_refusal(&self, refusal: Option<(&str, &str)>) {
        let refusal = refusal.map(|(code, text)| (code.to_owned(), text.to_owned()));
        self.0.sign(|oauth, _| oauth.settings.refusal = refusal);
    }

    /// Answers the consent page by itself.
    pub fn set_auto_consent(&self, consent: Option<AutoConsent>) {
        self.0
            .sign(|oauth, _| oauth.settings.auto_consent = consent);
    }

    /// Whether the Drive API is enabled in the client's project.
    pub fn set_api_enabled(&self, enabled: bool) {
        self.set_service_enabled(Service::Drive, enabled);
    }

    /// Whether an API is enabled in the client's project.
    pub fn set_service_enabled(&self, service: Service, enabled: bool) {
        if enabled {
            self.0.disabled().remove(&service);
        } else {
            self.0.disabled().insert(service);
        }
    }

    /// The project's requests of the day are used up: `dailyLimitExceeded`, until further notice.
    pub fn set_exhausted(&self, exhausted: bool) {
        self.0.exhausted.store(exhausted, Ordering::Relaxed);
    }

    /// Puts the server's clock forward: tokens age.
    pub fn advance(&self, by: Duration) {
        self.0.advance(i64::try_from(by.as_millis()).unwrap_or(0));
    }

    pub fn set_faults(&self, faults: Faults) {
        *self.0.faults() = faults;
    }

    /// How often each operation was asked for (`files.list`, `files.media`, `token`), hits of bad weather
    /// counted too. What would have changed something is under `write`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.0.counts().operations.clone()
    }

    /// How often this path was asked for; of very many different paths only the first are counted.
    pub fn requests_of(&self, path: &str) -> u64 {
        self.0.counts().paths.get(path).copied().unwrap_or(0)
    }

    pub fn forget_requests(&self) {
        *self.0.counts() = super::state::Counts::default();
    }
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("requests", &self.requests())
            .finish_non_exhaustive()
    }
}
