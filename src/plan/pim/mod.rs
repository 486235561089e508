//! Calendars, task lists, address books and what lies in them.
//!
//! 1. [`plan_collections`] decides on all collections of one family (calendars with task lists and
//!    subscriptions, or address books) at once: an account has some dozens.
//! 2. [`plan_objects`] decides on a page of the objects of one collection: each on its own, so that any
//!    number of them needs no memory.
//!
//! A collection of the source has one of the target for itself. Paths are `/calendars/<uri>` and
//! `/addressbooks/<uri>`, and below them `<name>.ics` and `<name>.vcf`; with the leading `/`, which no file
//! has, both kinds never meet.

mod collections;
mod names;
mod objects;

use crate::model::{Item, ItemKind, MAX_ADDRESS_BOOKS, MAX_CALENDARS, Options, Scope};

pub use collections::{
    CollectionCandidate, CollectionsView, Family, Holds, may_be_same_collection, plan_collections,
};
pub use objects::{
    LARGEST_CALENDAR_OBJECT, MovedObject, ObjectCandidate, ObjectsView, Twin, derived_uid,
    object_name, plan_objects,
};

/// What the user chose of calendars and contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PimOptions {
    pub calendars: bool,
    pub contacts: bool,
    pub tasks: bool,
    pub shared_calendars: bool,
    pub subscribed_calendars: bool,
    /// Calendars and subscriptions that the account may have.
    pub calendars_at_most: u32,
    pub address_books_at_most: u32,
}

impl PimOptions {
    pub fn new(options: &Options, scope: &Scope) -> Self {
        Self {
            calendars: scope.calendars,
            contacts: scope.contacts,
            tasks: scope.tasks,
            shared_calendars: scope.shared_calendars,
            subscribed_calendars: scope.subscribed_calendars,
            calendars_at_most: options.calendars_at_most.unwrap_or(MAX_CALENDARS),
            address_books_at_most: options.address_books_at_most.unwrap_or(MAX_ADDRESS_BOOKS),
        }
    }

    /// Whether objects of this kind are taken along.
    const fn wants(&self, kind: ItemKind) -> bool {
        match kind {
            ItemKind::Event | ItemKind::Journal => self.calendars,
            ItemKind::Task => self.tasks,
            ItemKind::Contact => self.contacts,
            _ => false,
        }
    }
}

/// Items in an order that the order of the survey does not change.
fn by_id<T>(all: &[T], item: impl Fn(&T) -> &Item) -> Vec<(usize, &T)> {
    let mut order: Vec<(usize, &T)> = all.iter().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| item(a).id.cmp(&item(b).id));
    order
}

#[cfg(test)]
mod tests;
