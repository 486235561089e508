//! What a calendar object links to: attachments and conferences.

use super::prepare::mains;
use crate::pim::change::Change;
use crate::pim::line::{Line, Param};
use crate::pim::mend::{Blocks, Sheet};

use super::Kind;

/// A file that an object links to (ATTACH with a URI, RFC 5545, section 3.8.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub uri: String,
    pub name: Option<String>,
    pub media_type: Option<String>,
}

/// Parameters that programs write a file's name into.
const NAMES: [&str; 5] = [
    "FILENAME",
    "X-FILENAME",
    "X-LABEL",
    "LABEL",
    "X-ORACLE-FILENAME",
];

/// The files that an object links to, each once. What it holds itself (VALUE=BINARY) is not among them, nor
/// are the sounds of its alarms.
pub fn attachments(text: &[u8]) -> Vec<Attachment> {
    let (sheet, numbers) = linked(text);
    let mut found: Vec<Attachment> = Vec::new();
    for line in numbers.iter().filter_map(|number| sheet.line(*number)) {
        let uri = line.value_str().trim().to_owned();
        if !uri.is_empty() && found.iter().all(|known| known.uri != uri) {
            found.push(Attachment {
                name: NAMES.iter().find_map(|name| line.param(name)),
                media_type: line.param("FMTTYPE"),
                uri,
            });
        }
    }
    found
}

/// Where a file that was linked to is now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewLink {
    pub uri: String,
    /// The number that the new Nextcloud knows it by.
    pub file_id: Option<String>,
    /// Its path in the new Nextcloud, with a `/` at the start.
    pub path: Option<String>,
}

/// Puts other addresses in the place of those for which `new` has one; returns how many there were.
///
/// What a Nextcloud notes beside an address follows: its number and path are the new ones where they were
/// noted, and what only the old server knows (who shares the file, MANAGED-ID of RFC 8607) is left out.
/// Nothing else changes.
pub fn relink(text: &[u8], mut new: impl FnMut(&str) -> Option<NewLink>) -> (Vec<u8>, u32) {
    let (mut sheet, numbers) = linked(text);
    let mut replaced = 0;
    for number in numbers {
        let Some(line) = sheet.line(number) else {
            continue;
        };
        let uri = line.value_str();
        let link = new(uri.trim()).filter(|link| !link.uri.contains(char::is_control));
        let Some(link) = link else {
            continue;
        };
        let given = line.params();
        let params: Vec<Param> = given
            .iter()
            .filter_map(|param| moved(param, &link))
            .collect();
        let line = if params == given {
            line.with_value(link.uri.as_bytes())
        } else {
            line.with_params(&params).with_value(link.uri.as_bytes())
        };
        sheet.replace(number, line, Change::Stray);
        replaced += 1;
    }
    (sheet.finish().text, replaced)
}

/// A parameter of a link to a file that moved; `None` for one that is true of the old place only.
fn moved(param: &Param, link: &NewLink) -> Option<Param> {
    let is_path = param.values.iter().any(|value| value.starts_with('/'));
    match param.name.to_ascii_uppercase().as_str() {
        "X-NC-SHARED-TYPES" | "MANAGED-ID" => None,
        "X-NC-FILE-ID" => {
            let id = link.file_id.as_ref()?;
            Some(Param::new(param.name.clone(), id.clone()))
        }
        "FILENAME" if is_path => Some(match &link.path {
            Some(path) => Param::new(param.name.clone(), path.clone()),
            None => param.clone(),
        }),
        _ => Some(param.clone()),
    }
}

/// Properties that lead to a conference: RFC 7986, section 5.11, and what Google and Microsoft wrote before
/// and write still.
const CONFERENCES: [&str; 5] = [
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
    "URL",
];

/// Where an object's conferences, or its page, are; each once.
pub fn conference_links(text: &[u8]) -> Vec<String> {
    let (sheet, blocks) = structured(text);
    let mut links: Vec<String> = Vec::new();
    for main in Kind::ALL.into_iter().flat_map(|kind| mains(&blocks, kind)) {
        let own = blocks.own(main);
        for name in CONFERENCES {
            for number in sheet.named(&own, name) {
                let link = sheet
                    .line(number)
                    .map(|line| line.value_str().trim().to_owned());
                links.extend(link.filter(|link| !link.is_empty() && !links.contains(link)));
            }
        }
    }
    links
}

/// A sheet of an object, and the numbers of the lines in it that link to files.
fn linked(text: &[u8]) -> (Sheet<'_>, Vec<usize>) {
    let (sheet, blocks) = structured(text);
    let numbers = Kind::ALL
        .into_iter()
        .flat_map(|kind| mains(&blocks, kind))
        .flat_map(|main| sheet.named(&blocks.own(main), "ATTACH"))
        .filter(|number| sheet.line(*number).is_some_and(is_link))
        .collect();
    (sheet, numbers)
}

fn structured(text: &[u8]) -> (Sheet<'_>, Blocks) {
    let mut looked_at = Sheet::untouched(text);
    let blocks = looked_at.structure("VCALENDAR").unwrap_or_default();
    (Sheet::untouched(text), blocks)
}

fn is_link(line: &Line<'_>) -> bool {
    let is_binary = line
        .param("VALUE")
        .is_some_and(|value| value.eq_ignore_ascii_case("BINARY"));
    let scheme = line.value_str().trim().to_ascii_lowercase();
    !is_binary
        && line.param("ENCODING").is_none()
        && !scheme.starts_with("data:")
        && !scheme.starts_with("cid:")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n\
        ATTACH;FILENAME=\"Ordre, du jour\";FMTTYPE=application/pdf:https://drive.google.com/open?id=1\r\n  2,3;4\r\n\
        ATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA\r\nATTACH:CID:part\r\nCONFERENCE;VALUE=URI:https://meet/x\r\n\
        X-GOOGLE-CONFERENCE:https://meet/x\r\nURL:https://page\r\n\
        BEGIN:VALARM\r\nATTACH:https://sound\r\nEND:VALARM\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:1\r\nATTACH:https://other\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn links_are_found() {
        let found = attachments(TEXT.as_bytes());
        assert_eq!(
            found,
            [
                Attachment {
                    uri: "https://drive.google.com/open?id=1 2,3;4".to_owned(),
                    name: Some("Ordre, du jour".to_owned()),
                    media_type: Some("application/pdf".to_owned()),
                },
                Attachment {
                    uri: "https://other".to_owned(),
                    name: None,
                    media_type: None,
                },
            ]
        );
        assert_eq!(
            conference_links(TEXT.as_bytes()),
            ["https://meet/x", "https://page"]
        );
    }

    fn at(uri: &str) -> NewLink {
        NewLink {
            uri: uri.to_owned(),
            ..NewLink::default()
        }
    }

    #[test]
    fn links_are_changed_and_nothing_else() {
        let (text, replaced) = relink(TEXT.as_bytes(), |uri| {
            uri.starts_with("https://drive")
                .then(|| at("https://cloud/f/1"))
        });
        assert_eq!(replaced, 1);
        let expected = TEXT.replace(
            "https://drive.google.com/open?id=1\r\n  2,3;4",
            "https://cloud/f/1",
        );
        let unfolded = String::from_utf8(text).unwrap().replace("\r\n ", "");
        assert_eq!(unfolded, expected.replace("\r\n ", ""));
        let (same, replaced) = relink(TEXT.as_bytes(), |_| None);
        assert_eq!((same, replaced), (TEXT.as_bytes().to_vec(), 0));
        assert_eq!(
            relink(b"broken", |_| Some(at("x"))),
            (b"broken".to_vec(), 0)
        );
    }

    #[test]
    fn what_a_nextcloud_notes_of_a_file_follows_it() {
        let object = |attach: &str| {
            format!(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{attach}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            )
        };
        let before = object(
            "ATTACH;FMTTYPE=image/jpeg;FILENAME=/Photos/a.jpg;X-NC-FILE-ID=123;X-NC-HAS-\r\n PREVIEW=true;X-NC-SHARED-TYPES=3;MANAGED-ID=9:/f/123",
        );
        let link = NewLink {
            uri: "https://cloud/f/7".to_owned(),
            file_id: Some("7".to_owned()),
            path: Some("/Drive/Photos/a, b.jpg".to_owned()),
        };
        let (text, _) = relink(before.as_bytes(), |uri| {
            (uri == "/f/123").then(|| link.clone())
        });
        let unfolded = String::from_utf8(text).unwrap().replace("\r\n ", "");
        assert_eq!(
            unfolded,
            object(
                "ATTACH;FMTTYPE=image/jpeg;FILENAME=\"/Drive/Photos/a, b.jpg\";X-NC-FILE-ID=7;X-NC-HAS-PREVIEW=true:https://cloud/f/7"
            )
        );
        let (text, _) = relink(before.as_bytes(), |_| Some(at("https://x")));
        let unfolded = String::from_utf8(text).unwrap().replace("\r\n ", "");
        assert_eq!(
            unfolded,
            object(
                "ATTACH;FMTTYPE=image/jpeg;FILENAME=/Photos/a.jpg;X-NC-HAS-PREVIEW=true:https://x"
            )
        );
    }
}
