use super::client::Client;
use super::error::Failure;
use super::item::Locator;
use super::wire::{File, FileList, LIST_FIELDS};
use crate::source::SourceError;

/// The most that one call gives; fewer may come, and only a missing token means the end.
const PAGE: &str = "1000";
/// A page token is good for some hours. Who loses it more often than this has another trouble.
pub(super) const MOST_RESTARTS: u8 = 5;

/// Files, page by page.
#[derive(Debug)]
pub(super) struct Listing<'c> {
    client: &'c Client,
    query: Vec<(&'static str, String)>,
    key: Option<Locator>,
    next: Next,
    restarts: u8,
}

#[derive(Debug)]
enum Next {
    First,
    Page(String),
    End,
}

impl<'c> Listing<'c> {
    fn new(client: &'c Client, query: Vec<(&'static str, String)>, key: Option<Locator>) -> Self {
        Self {
            client,
            query,
            key,
            next: Next::First,
            restarts: 0,
        }
    }

    /// Everything of the account outside of shared drives, what others shared with it included.
    pub(super) fn of_account(client: &'c Client) -> Self {
        let query = vec![("q", "trashed=false".into()), ("corpora", "user".into())];
        Self::new(client, query, None)
    }

    pub(super) fn of_drive(client: &'c Client, drive: &str) -> Self {
        let mut query = vec![("q", "trashed=false".into())];
        query.extend(within(drive));
        Self::new(client, query, None)
    }

    /// What lies directly in a folder; `drive`: the shared drive that the folder is in.
    pub(super) fn of_folder(client: &'c Client, folder: &Locator, drive: Option<&str>) -> Self {
        let quoted = folder.id.replace('\\', "\\\\").replace('\'', "\\'");
        let mut query = vec![("q", format!("'{quoted}' in parents and trashed=false"))];
        match drive {
            Some(drive) => query.extend(within(drive)),
            None => query.push(("corpora", "user".into())),
        }
        Self::new(client, query, Some(folder.clone()))
    }

    /// The next page; `None` after the last. When the server no longer takes a page token the listing
    /// begins anew, so that files may come twice.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<File>>, SourceError> {
        loop {
            let token = match &self.next {
                Next::First => None,
                Next::Page(token) => Some(token.as_str()),
                Next::End => return Ok(None),
            };
            let mut query = vec![("fields", LIST_FIELDS), ("pageSize", PAGE)];
            query.extend(self.query.iter().map(|(name, text)| (*name, text.as_str())));
            query.extend(token.map(|token| ("pageToken", token)));
            let keys: Vec<&Locator> = self.key.iter().collect();
            let page: Result<FileList, Failure> = self.client.get(&["files"], &query, &keys).await;
            let page = match page {
                Ok(page) => page,
                Err(failure)
                    if token.is_some()
                        && self.restarts < MOST_RESTARTS
                        && failure.rejects_page_token() =>
                {
                    tracing::info!("a page token has ended; listing anew");
                    self.restarts += 1;
                    self.next = Next::First;
                    continue;
                }
                Err(failure) => return Err(failure.into()),
            };
            if page.incomplete_search {
                return Err(SourceError::temporary("Drive did not search everything"));
            }
            self.next = page.next_page_token.map_or(Next::End, Next::Page);
            return Ok(Some(page.files));
        }
    }
}

fn within(drive: &str) -> [(&'static str, String); 4] {
    [
        ("corpora", "drive".into()),
        ("driveId", drive.to_owned()),
        ("includeItemsFromAllDrives", "true".into()),
        ("supportsAllDrives", "true".into()),
    ]
}
