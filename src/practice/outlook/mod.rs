//! What a Microsoft mailbox holds beside mail: calendars, contacts and To Do lists.

pub mod instances;
