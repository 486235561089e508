//! The list of all that a drive holds, and of what changes in it
//! (<https://learn.microsoft.com/graph/api/driveitem-delta>).

use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::api::{Answer, Depth, Request};
use super::error::{ApiError, ok};
use super::node::{Listing, Node, NodeKind, deleted};
use super::store::Row;
use super::traps::Drive;

/// Where a list goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At a place of all that there is, with the changes that there were when it began.
    All { place: u64, began: u64 },
    /// After that many changes.
    Changes { since: u64, skip: u64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Token {
    epoch: u64,
    place: Place,
}

impl Token {
    fn to_text(self) -> String {
        let text = match self.place {
            Place::All { place, began } => format!("a {} {place} {began}", self.epoch),
            Place::Changes { since, skip } => format!("c {} {since} {skip}", self.epoch),
        };
        URL_SAFE_NO_PAD.encode(text)
    }

    fn read(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut words = text.split(' ');
        let kind = words.next()?;
        let mut number = || words.next()?.parse::<u64>().ok();
        let (epoch, first, second) = (number()?, number()?, number()?);
        let place = match kind {
            "a" => Place::All {
                place: first,
                began: second,
            },
            "c" => Place::Changes {
                since: first,
                skip: second,
            },
            _ => return None,
        };
        Some(Self { epoch, place })
    }
}

/// `GET …/delta`, of a drive or, where it is personal, of a folder.
pub(super) fn delta(
    request: &Request<'_>,
    drive: &Drive,
    folder: &Node,
    argument: Option<&str>,
) -> Answer {
    if folder.id != drive.root && drive.drive_type != "personal" {
        let message = "Delta is only supported on the root of a drive.";
        return Err(ApiError::new(400, "invalidRequest", message));
    }
    let epoch = request.shared.epoch.load(Ordering::Relaxed);
    let began = request.shared.store().change_number();
    let beginning = Token {
        epoch,
        place: Place::All { place: 0, began },
    };
    let list = List {
        request,
        drive,
        folder,
        epoch,
    };
    let text = argument.or(request.params.get("token").map(String::as_str));
    let token = match text {
        None | Some("") => beginning,
        Some("latest") => {
            let link = list.link("@odata.deltaLink", changes(epoch, began, 0));
            return Ok(ok(&json!({"value": [], link.0: link.1})));
        }
        Some(text) => Token::read(text).ok_or_else(ApiError::bad_token)?,
    };
    if token.epoch != epoch {
        let (_, link) = list.link("", beginning);
        return Err(ApiError::resync(&link));
    }
    match token.place {
        Place::All { place, began } => Ok(list.everything(place, began)),
        Place::Changes { since, skip } => list.since(since, skip),
    }
}

const fn changes(epoch: u64, since: u64, skip: u64) -> Token {
    Token {
        epoch,
        place: Place::Changes { since, skip },
    }
}

struct List<'a> {
    request: &'a Request<'a>,
    drive: &'a Drive,
    folder: &'a Node,
    epoch: u64,
}

impl List<'_> {
    fn everything(&self, place: u64, began: u64) -> axum::response::Response {
        let store = self.request.shared.store();
        let (nodes, next) = store.page(self.drive, &self.folder.id, place, self.request.top());
        let now = store.change_number();
        drop(store);
        let mut rows = Vec::with_capacity(nodes.len());
        for node in nodes {
            if node.listing == Listing::Twice {
                // What it was called before.
                let before = Node {
                    name: "ancien nom.txt".to_owned(),
                    ..node
                };
                rows.extend(self.row(&before));
            } else {
                rows.extend(self.row(&node));
            }
        }
        let link = match next {
            Some(place) => {
                let place = Place::All { place, began };
                let epoch = self.epoch;
                self.link("@odata.nextLink", Token { epoch, place })
            }
            None => {
                rows.extend(self.last_words());
                // What changed meanwhile comes after all the rest.
                let name = match now > began {
                    true => "@odata.nextLink",
                    false => "@odata.deltaLink",
                };
                self.link(name, changes(self.epoch, began, 0))
            }
        };
        page(rows, link)
    }

    /// The second rows of what is told twice.
    fn last_words(&self) -> Vec<Value> {
        let store = self.request.shared.store();
        // They are among the traps, which come first.
        let (nodes, _) = store.page(self.drive, &self.folder.id, 0, 500);
        drop(store);
        let twice = nodes.iter().filter(|node| node.listing == Listing::Twice);
        twice.filter_map(|node| self.row(node)).collect()
    }

    fn since(&self, since: u64, skip: u64) -> Answer {
        let store = self.request.shared.store();
        let found = store
            .changes(self.drive, since)
            .ok_or_else(ApiError::bad_token)?;
        let now = store.change_number();
        drop(store);
        let first = usize::try_from(skip).unwrap_or(usize::MAX);
        let top = self.request.top();
        let rows = found
            .iter()
            .skip(first)
            .take(top)
            .filter_map(|row| match row {
                Row::There(node) => self.row(node),
                Row::Gone(node) => Some(deleted(node, self.drive.drive_type)),
            });
        let rows = rows.collect();
        let next = first.saturating_add(top);
        let link = match next < found.len() {
            true => {
                let token = changes(self.epoch, since, next as u64);
                self.link("@odata.nextLink", token)
            }
            false => self.link("@odata.deltaLink", changes(self.epoch, now, 0)),
        };
        Ok(page(rows, link))
    }

    /// `None`: whoever does not ask for shared folders gets none.
    fn row(&self, node: &Node) -> Option<Value> {
        let prefers = self.request.headers.get_all("prefer").iter();
        let wanted = prefers
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.contains("Include-Feature=AddToOneDrive"));
        if matches!(node.kind, NodeKind::Remote(_)) && !wanted {
            return None;
        }
        let row = self.request.describe(self.drive, node, Depth::Changes);
        Some(self.request.selected(row))
    }

    fn link(&self, name: &'static str, token: Token) -> (&'static str, String) {
        let path = match self.folder.id == self.drive.root {
            true => format!("drives/{}/root/delta", self.drive.id),
            false => format!("drives/{}/items/{}/delta", self.drive.id, self.folder.id),
        };
        let mut query = vec![("token", token.to_text())];
        for kept in ["$select", "$top"] {
            if let Some(value) = self.request.params.get(kept) {
                query.push((kept, value.clone()));
            }
        }
        (name, self.request.link(&path, &query))
    }
}

fn page(rows: Vec<Value>, (name, link): (&'static str, String)) -> axum::response::Response {
    let context = "https://graph.microsoft.com/v1.0/$metadata#Collection(driveItem)";
    ok(&json!({"@odata.context": context, "value": rows, name: link}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_as_they_were_written() {
        for place in [
            Place::All { place: 7, began: 3 },
            Place::Changes { since: 9, skip: 2 },
        ] {
            let token = Token { epoch: 1, place };
            assert_eq!(Token::read(&token.to_text()), Some(token));
        }
        for odd in ["", "x", "aGVsbG8", "latest"] {
            assert_eq!(Token::read(odd), None, "{odd}");
        }
    }
}
