//! What a test does to the practice Microsoft while it runs: edits by other people, expired tokens, and so
//! on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::super::content::Content;
use super::super::faults::Faults;
use super::super::outlook::Mailbox;
use super::node::{Node, NodeKind, Stated};
use super::oauth::AutoConsent;
use super::state::{Rate, Shared};
use super::traps::{Drive, HOST, Site};

/// The hands behind a running server; its copies act on the same one.
#[derive(Clone)]
pub struct Control(pub(super) Arc<Shared>);

/// The edits tell whether there is such an item.
impl Control {
    /// The id of one of the traps, by its label (`"notebook"`, `"added-folder"`).
    pub fn labelled(&self, label: &str) -> Option<String> {
        self.0.store().labelled(label).map(str::to_owned)
    }

    pub fn item(&self, id: &str) -> Option<Node> {
        self.0.store().find(id)
    }

    /// All that a drive's list shows, whether or not it was added from elsewhere.
    pub fn items(&self, drive: &Drive) -> Vec<Node> {
        let store = self.0.store();
        let (mut found, mut next) = (Vec::new(), Some(0));
        while let Some(from) = next {
            let page = store.page(drive, &drive.root, from, 10_000);
            found.extend(page.0);
            next = page.1;
        }
        found
    }

    /// What lies in a folder (`"root"`: the account's own top).
    pub fn children(&self, folder: &str) -> Vec<Node> {
        let folder = self.folder(folder);
        let store = self.0.store();
        let folder = store.find(&folder);
        folder
            .map(|folder| store.children(&folder))
            .unwrap_or_default()
    }

    /// The account's own drive first.
    pub fn drives(&self) -> Vec<Drive> {
        self.0.store().drives().to_vec()
    }

    pub fn sites(&self) -> Vec<Site> {
        self.0.store().sites().to_vec()
    }

    /// The address of a site, as people see it.
    pub fn site_address(&self, path: &str) -> String {
        format!("https://{HOST}{path}")
    }

    fn folder(&self, id: &str) -> String {
        if id != "root" {
            return id.to_owned();
        }
        let store = self.0.store();
        store.own().map(|own| own.root.clone()).unwrap_or_default()
    }

    fn edit(&self, id: &str, change: impl FnOnce(&mut Node)) -> bool {
        self.0.change(|store, _| store.edit(id, change))
    }

    /// Puts new bytes into a file, and dates it now.
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
        let folder = self.folder(folder);
        self.edit(id, |node| node.parent = Some(folder))
    }

    /// With all that lies in it.
    pub fn delete(&self, id: &str) -> bool {
        self.0.change(|store, _| store.delete(id))
    }

    /// Puts back what was deleted, with all that lay in it.
    pub fn restore(&self, id: &str) -> bool {
        self.0.change(|store, _| store.restore(id))
    }

    /// Any other change.
    pub fn alter(&self, id: &str, change: impl FnOnce(&mut Node)) -> bool {
        self.edit(id, change)
    }

    /// Adds to a folder (`"root"`: the account's own top); gives the new id, or nothing where there is no
    /// such folder.
    pub fn add(&self, folder: &str, name: &str, kind: NodeKind) -> Option<String> {
        let folder = self.folder(folder);
        self.0
            .change(|store, now| store.add(&folder, name, kind, now))
    }

    pub fn add_file(&self, folder: &str, name: &str, content: Content) -> Option<String> {
        let kind = NodeKind::File {
            content,
            media_type: "application/octet-stream".to_owned(),
            stated: Stated::Right,
        };
        self.add(folder, name, kind)
    }

    pub fn add_folder(&self, folder: &str, name: &str) -> Option<String> {
        self.add(folder, name, NodeKind::Folder)
    }

    /// All access tokens end now; they can be refreshed.
    pub fn expire_access_tokens(&self) {
        self.0.sign(|oauth, _| oauth.expire_access());
    }

    /// The user, or an administrator, takes back every permission.
    pub fn revoke_all(&self) {
        self.0.sign(|oauth, _| oauth.revoke_all());
    }

    /// What every grant covers from now on.
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

    /// A refresh token dies as soon as a newer one of the same sign-in was used.
    pub fn set_strict_rotation(&self, strict: bool) {
        self.0
            .sign(|oauth, _| oauth.settings.strict_rotation = strict);
    }

    /// Nobody but an administrator may consent (and none has yet).
    pub fn set_admin_only(&self, admin_only: bool) {
        self.0.sign(|oauth, _| {
            oauth.settings.admin_only = admin_only;
            oauth.settings.admin_consented = false;
        });
    }

    /// The app is registered as one of a server, which has a secret.
    pub fn set_not_public(&self, not_public: bool) {
        self.0
            .sign(|oauth, _| oauth.settings.not_public = not_public);
    }

    /// Every token request is refused so.
    pub fn set_token_refusal(&self, refusal: Option<(&str, &str)>) {
        let refusal = refusal.map(|(code, text)| (code.to_owned(), text.to_owned()));
        self.0.sign(|oauth, _| oauth.settings.refusal = refusal);
    }

    /// Answers the consent page by itself.
    pub fn set_auto_consent(&self, consent: Option<AutoConsent>) {
        self.0
            .sign(|oauth, _| oauth.settings.auto_consent = consent);
    }

    /// Enters a code for another device, as a person would; whether there is such a code.
    pub fn enter_device_code(&self, code: &str, allow: bool) -> bool {
        self.0.sign(|oauth, now| oauth.enter(code, allow, now))
    }

    /// All lists of changes must begin anew.
    pub fn forget_changes(&self) {
        self.0.epoch.fetch_add(1, Ordering::Relaxed);
    }

    /// All addresses of downloads that were given have ended.
    pub fn expire_links(&self) {
        self.0.links.fetch_add(1, Ordering::Relaxed);
    }

    /// Downloads take no notice of ranges.
    pub fn set_no_ranges(&self, no_ranges: bool) {
        self.0.no_ranges.store(no_ranges, Ordering::Relaxed);
    }

    /// The next listings of children, so many, leave the last one out.
    pub fn shorten_lists(&self, number: u64) {
        self.0.short_lists.store(number, Ordering::Relaxed);
    }

    /// Whole lists tell what a folder holds before the folder.
    pub fn children_first(&self) {
        self.0.change(|store, _| store.children_first = true);
    }

    /// The account never opened OneDrive.
    pub fn set_no_drive(&self, no_drive: bool) {
        self.0.no_drive.store(no_drive, Ordering::Relaxed);
    }

    /// The account has no mailbox that Graph reads.
    pub fn set_no_mailbox(&self, no_mailbox: bool) {
        self.0.no_mailbox.store(no_mailbox, Ordering::Relaxed);
    }

    /// There is no list of what others share any more.
    pub fn set_no_shared_list(&self, none: bool) {
        self.0.no_shared_list.store(none, Ordering::Relaxed);
    }

    /// How many resource units may be asked for within a window.
    pub fn set_rate_limit(&self, limit: Option<(u64, Duration)>) {
        *self.0.rate() = limit.map(|(limit, window)| Rate {
            limit,
            window,
            used: 0,
            began: Instant::now(),
        });
    }

    /// Requests to the download host that carried a token.
    pub fn leaked_tokens(&self) -> u64 {
        self.0.leaked.load(Ordering::Relaxed)
    }

    /// Puts the server's clock forward: tokens and addresses age.
    pub fn advance(&self, by: Duration) {
        self.0.advance(i64::try_from(by.as_millis()).unwrap_or(0));
    }

    /// What the mailbox holds.
    pub fn mailbox<T>(&self, look: impl FnOnce(&Mailbox) -> T) -> T {
        look(&self.0.mailbox())
    }

    /// Changes what the mailbox holds; `change` is given the time, in milliseconds since 1970.
    pub fn change_mailbox<T>(&self, change: impl FnOnce(&mut Mailbox, i64) -> T) -> T {
        self.0.change_mailbox(change)
    }

    /// Pages of the mailbox hold no more than this, whatever is asked for.
    pub fn set_page_limit(&self, limit: usize) {
        self.0.page_limit.store(limit, Ordering::Relaxed);
    }

    pub fn set_faults(&self, faults: Faults) {
        *self.0.faults() = faults;
    }

    /// How often each operation was asked for (`delta`, `children`, `content`, `download`, `token`), hits of
    /// bad weather counted too. What would have changed something is under `write`; what was refused for
    /// being too much under `limited`, more than four requests to the mailbox under `too many at once`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.0.counts().operations.clone()
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
