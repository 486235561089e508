//! What the responses of a multi-status say of collections and objects.

use super::super::multistatus::{Record, some, unquote};
use super::super::path::decode_href;
use super::super::xml::Tag;
use super::collections::Component;

/// Bytes that one object may have on the wire. Nextcloud takes 10 MB of iCalendar and 5 MB of vCard unless
/// its administrator raises that.
const MAX_OBJECT: usize = 64 * 1024 * 1024;

/// Everything that is asked of a calendar or an address book.
#[derive(Debug, Default)]
pub(super) struct CollectionRecord {
    pub path: String,
    /// The elements of `d:resourcetype`.
    pub types: Vec<Tag>,
    pub name: Option<String>,
    pub colour: Option<String>,
    pub order: Option<i64>,
    pub description: Option<String>,
    /// `None` where the server says nothing of them.
    pub components: Option<Vec<Component>>,
    pub time_zone: Option<String>,
    pub owner: Option<String>,
    pub owner_name: Option<String>,
    pub source: Option<String>,
    pub read_only: Option<bool>,
    /// The privileges of the one who asks; `None` where the server says nothing of them.
    pub privileges: Option<Vec<Tag>>,
    pub enabled: Option<bool>,
    pub transparent: Option<bool>,
    pub deleted: bool,
    pub ctag: Option<String>,
    pub sync_token: Option<String>,
    /// Of a principal.
    pub principal: Option<String>,
    pub calendar_home: Option<String>,
    pub address_book_home: Option<String>,
    pub addresses: Vec<String>,
    pub default_calendar: Option<String>,
}

impl Record for CollectionRecord {
    fn read(&mut self, around: Tag, tag: Tag, text: &str) {
        let trimmed = text.trim();
        match (around, tag) {
            (Tag::ResourceType, tag) => self.types.push(tag),
            (Tag::Prop, Tag::DisplayName) => self.name = some(trimmed),
            (Tag::Prop, Tag::Colour) => self.colour = some(trimmed),
            (Tag::Prop, Tag::Order) => self.order = trimmed.parse().ok(),
            (Tag::Prop, Tag::CalendarDescription | Tag::AddressBookDescription) => {
                self.description = some(text);
            }
            (Tag::Prop, Tag::CalendarTimezone) => self.time_zone = some(text),
            (Tag::Components, Tag::Component) => {
                let components = self.components.get_or_insert_default();
                components.extend(Component::from_name(text));
            }
            (Tag::Prop, Tag::Components) => {
                self.components.get_or_insert_default();
            }
            // The owner that Nextcloud itself tells counts more: it is the one who shares.
            (Tag::Owner, Tag::Href) if self.owner.is_none() => {
                self.owner = some(&decode_href(trimmed));
            }
            (Tag::Prop, Tag::OwnerPrincipal) => self.owner = some(trimmed.trim_matches('/')),
            (Tag::Prop, Tag::OwnerName) => self.owner_name = some(trimmed),
            (Tag::Source, Tag::Href) => self.source = some(trimmed),
            (Tag::Prop, Tag::ReadOnly) => self.read_only = Some(is_true(trimmed)),
            (Tag::Privilege, tag) => self.privileges.get_or_insert_default().push(tag),
            (Tag::Prop, Tag::CalendarEnabled) => self.enabled = Some(is_true(trimmed)),
            (Tag::Transparency, Tag::Transparent) => self.transparent = Some(true),
            (Tag::Prop, Tag::TrashedAt) => self.deleted = !trimmed.is_empty(),
            (Tag::Prop, Tag::Ctag) => self.ctag = some(trimmed),
            (Tag::Prop, Tag::SyncToken) => self.sync_token = some(trimmed),
            (Tag::Principal, Tag::Href) => self.principal = some(&decode_href(trimmed)),
            (Tag::CalendarHome, Tag::Href) => self.calendar_home = some(&decode_href(trimmed)),
            (Tag::AddressBookHome, Tag::Href) => {
                self.address_book_home = some(&decode_href(trimmed));
            }
            (Tag::CalendarUser, Tag::Href) => self.addresses.extend(some(trimmed)),
            (Tag::DefaultCalendar, Tag::Href) => {
                self.default_calendar = some(&decode_href(trimmed));
            }
            _ => {}
        }
    }

    fn take(&mut self, found: Self) {
        let path = std::mem::take(&mut self.path);
        if self.types.is_empty() {
            *self = found;
            self.path = path;
            return;
        }
        // A second group of properties that are there: servers that make several are few.
        macro_rules! fill {
            ($($field:ident)*) => { $(self.$field = found.$field.or(self.$field.take());)* };
        }
        fill!(name colour order description components time_zone owner owner_name source read_only
            privileges enabled transparent ctag sync_token principal calendar_home address_book_home
            default_calendar);
        self.types.extend(found.types);
        self.addresses.extend(found.addresses);
        self.deleted |= found.deleted;
        self.path = path;
    }

    fn place(&mut self, href: &str) {
        self.path = decode_href(href);
    }
}

fn is_true(text: &str) -> bool {
    matches!(text, "1" | "true")
}

/// What is asked of an object.
#[derive(Debug, Default)]
pub(super) struct ObjectRecord {
    pub path: String,
    pub is_collection: bool,
    pub etag: Option<String>,
    pub size: Option<u64>,
    /// The object itself.
    pub data: Option<String>,
    /// Of what lies in the trash: since when (as the server writes it), and the name of its calendar.
    pub trashed_at: Option<String>,
    pub trashed_from: Option<String>,
}

impl Record for ObjectRecord {
    const LIMIT: usize = MAX_OBJECT;

    fn read(&mut self, around: Tag, tag: Tag, text: &str) {
        match (around, tag) {
            (Tag::ResourceType, Tag::Collection) => self.is_collection = true,
            (Tag::Prop, Tag::Validator) => self.etag = some(unquote(text)),
            (Tag::Prop, Tag::ContentLength) => self.size = text.trim().parse().ok(),
            (Tag::Prop, Tag::CalendarData | Tag::AddressData) => self.data = Some(text.to_owned()),
            (Tag::Prop, Tag::TrashedAt) => self.trashed_at = some(text.trim()),
            (Tag::Prop, Tag::TrashedFrom) => self.trashed_from = some(text.trim()),
            _ => {}
        }
    }

    fn take(&mut self, found: Self) {
        self.is_collection |= found.is_collection;
        self.etag = found.etag.or(self.etag.take());
        self.size = found.size.or(self.size);
        self.data = found.data.or(self.data.take());
        self.trashed_at = found.trashed_at.or(self.trashed_at.take());
        self.trashed_from = found.trashed_from.or(self.trashed_from.take());
    }

    fn place(&mut self, href: &str) {
        self.path = decode_href(href);
    }
}
