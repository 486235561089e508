//! Names of drives and items, which come in several spellings.

use crate::model::ItemId;

/// How a drive came to be, which tells how much its sizes and digests are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DriveKind {
    /// A personal account's.
    Personal,
    /// Of an account of an organisation, or one of the newer personal ones: a SharePoint library that is
    /// somebody's OneDrive.
    Business,
    /// A SharePoint site's, or a team's.
    Library,
}

impl DriveKind {
    /// From `driveType` and the id; ids of drives in SharePoint begin with `b!`.
    pub(super) fn of(drive_type: &str, id: &str) -> Self {
        match drive_type {
            "documentLibrary" => Self::Library,
            "business" => Self::Business,
            _ if id.to_ascii_lowercase().starts_with("b!") => Self::Business,
            _ => Self::Personal,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Personal => "p",
            Self::Business => "b",
            Self::Library => "l",
        }
    }

    fn from_code(code: &str) -> Self {
        match code {
            "p" => Self::Personal,
            "b" => Self::Business,
            _ => Self::Library,
        }
    }
}

/// A drive, as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DriveRef {
    pub(super) id: String,
    pub(super) kind: DriveKind,
}

impl DriveRef {
    pub(super) fn new(id: &str, drive_type: &str) -> Self {
        Self {
            kind: DriveKind::of(drive_type, id),
            id: padded(id),
        }
    }

    /// The spelling to compare and to keep: drives are named in any case of letters.
    pub(super) fn key(&self) -> String {
        self.id.to_lowercase()
    }

    /// The one id, in this program, of an item of this drive.
    pub(super) fn item(&self, item: &str) -> ItemId {
        ItemId(format!("{}:{}", self.key(), item_key(item)))
    }
}

/// A personal drive's id is a number of 16 hexadecimal digits, which at times has lost a leading zero
/// (<https://github.com/abraunegg/onedrive/issues/3072>).
fn padded(id: &str) -> String {
    let lost = id.len() == 15 && id.bytes().all(|b| b.is_ascii_hexdigit());
    if lost {
        format!("0{id}")
    } else {
        id.to_owned()
    }
}

/// Items of personal drives have the drive's number before a `!`.
fn item_key(item: &str) -> String {
    match item.split_once('!') {
        Some((drive, rest)) => format!("{}!{rest}", padded(drive)).to_lowercase(),
        None => item.to_lowercase(),
    }
}

/// How an item is found again: [`crate::model::Item::locator`] as this source writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locator {
    pub(super) drive: DriveRef,
    pub(super) item: String,
}

impl Locator {
    pub(super) fn new(drive: &DriveRef, item: &str) -> Self {
        Self {
            drive: drive.clone(),
            item: item.to_owned(),
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (kind, drive, item) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            drive: DriveRef {
                id: drive.to_owned(),
                kind: DriveKind::from_code(kind),
            },
            item: item.to_owned(),
        })
    }

    pub(super) fn to_text(&self) -> String {
        format!("{} {} {}", self.drive.kind.code(), self.drive.id, self.item)
    }

    /// The id of the item that it leads to.
    pub(super) fn item_id(&self) -> ItemId {
        self.drive.item(&self.item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_item_has_one_id_however_it_is_spelt() {
        let ids = [
            ("024470056F5C3E43", "024470056F5C3E43!107"),
            ("24470056f5c3e43", "24470056F5C3E43!107"),
            ("024470056f5c3e43", "024470056f5c3e43!107"),
        ];
        for (drive, item) in ids {
            let drive = DriveRef::new(drive, "personal");
            assert_eq!(drive.id.len(), 16);
            assert_eq!(drive.item(item).0, "024470056f5c3e43:024470056f5c3e43!107");
        }
        let odd = DriveRef::new("b!abcdefghijklm", "personal");
        assert_eq!((odd.id.len(), odd.kind), (15, DriveKind::Business));
    }

    #[test]
    fn locators_are_read_as_they_were_written() {
        for drive_type in ["personal", "business", "documentLibrary"] {
            let drive = DriveRef::new("B!x-Y_z", drive_type);
            let locator = Locator::new(&drive, "01ABC");
            assert_eq!(Locator::read(&locator.to_text()), Some(locator));
        }
        assert_eq!(Locator::read("p x"), None);
        assert_eq!(Locator::read(""), None);
    }
}
