//! The refusals that only calendars and address books know.

use http::StatusCode;

use super::super::super::answer::DavError;

pub fn no_node(name: &str) -> DavError {
    DavError::not_found(format!("Node with name '{name}' could not be found"))
}

pub fn no_collection(book: bool, uri: &str) -> DavError {
    let what = if book { "Addressbook" } else { "Calendar" };
    DavError::not_found(format!("{what} with name '{uri}' could not be found"))
}

pub fn no_object(book: bool) -> DavError {
    DavError::not_found(if book {
        "Card not found"
    } else {
        "Calendar object not found"
    })
}

pub fn access_denied() -> DavError {
    DavError::forbidden("Access denied")
}

pub fn exists() -> DavError {
    DavError::method_not_allowed("The resource you tried to create already exists")
}

pub fn wrong_resource_type(book: bool) -> DavError {
    DavError::other(
        StatusCode::FORBIDDEN,
        "Sabre\\DAV\\Exception\\InvalidResourceType",
        if book {
            "Unknown resourceType for this collection"
        } else {
            "You can only create calendars and subscriptions in this collection"
        },
        "<d:valid-resourcetype/>",
    )
}

pub fn wrong_component(supported: &[String]) -> DavError {
    DavError::other(
        StatusCode::FORBIDDEN,
        "Sabre\\CalDAV\\Exception\\InvalidComponentType",
        &format!(
            "iCalendar objects must at least have a component of type {}",
            supported.join(", ")
        ),
        "<cal:supported-calendar-component xmlns:cal=\"urn:ietf:params:xml:ns:caldav\"/>",
    )
}

pub fn too_many(book: bool) -> DavError {
    DavError::other(
        StatusCode::TOO_MANY_REQUESTS,
        "OCA\\DAV\\Connector\\Sabre\\Exception\\TooManyRequests",
        if book {
            "Too many addressbooks created"
        } else {
            "Too many calendars created"
        },
        "",
    )
}

pub fn limit_reached(book: bool) -> DavError {
    DavError::forbidden(if book {
        "AddressBook limit reached"
    } else {
        "Calendar limit reached"
    })
}

pub fn uid_exists(book: bool) -> DavError {
    DavError::bad_request(if book {
        "VCard object with uid already exists in this addressbook collection."
    } else {
        "Calendar object with uid already exists in this calendar collection."
    })
}

/// What the database says of a UID that lies in the trash: Nextcloud looks for it there, deletes it once
/// more, and then cannot store (createCalendarObject in CalDavBackend.php).
pub fn unique(calendar: u64, uid: &str) -> DavError {
    DavError::internal(
        "OC\\DB\\Exceptions\\DbalException",
        &format!(
            "An exception occurred while executing a query: SQLSTATE[23505]: Unique violation: 7 ERROR:  duplicate key value violates unique constraint \"calobjects_by_uid_index\"\nDETAIL:  Key (calendarid, calendartype, uid)=({calendar}, 0, {uid}) already exists."
        ),
    )
}

pub fn invalid_sync_token() -> DavError {
    DavError::other(
        StatusCode::FORBIDDEN,
        "Sabre\\DAV\\Exception\\InvalidSyncToken",
        "Invalid or unknown sync token",
        "<d:valid-sync-token/>",
    )
}

pub fn no_limit_at_first() -> DavError {
    DavError::other(
        StatusCode::INSUFFICIENT_STORAGE,
        "OCA\\DAV\\Exception\\UnsupportedLimitOnInitialSyncException",
        "",
        "<d:number-of-matches-within-limits/>",
    )
}
