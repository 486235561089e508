//! Entries, page by page
//! (<https://www.dropbox.com/developers/documentation/http/documentation#files-list_folder>).

use super::client::{Client, Root};
use super::error::Failure;
use super::wire::{CursorArg, ListFolderArg, ListFolderResult, Metadata};

/// The most that one call gives, approximately; fewer may come, and only `has_more` tells of the end.
const PAGE: u32 = 2000;
/// A cursor is good for long. Who loses it more often than this has another trouble.
const MOST_RESTARTS: u8 = 5;
/// How often a page that the server cannot make is asked for again.
const PATIENCE: usize = 8;
/// The same, where it can be asked for less.
const LITTLE_PATIENCE: usize = 4;

/// Everything in a folder and below it.
#[derive(Debug)]
pub(super) struct Listing<'c> {
    client: &'c Client,
    root: Root,
    top: String,
    next: Next,
    restarts: u8,
    /// Nothing: all at once. Or else folder by folder: these are still to come.
    folders: Option<Vec<String>>,
}

#[derive(Debug)]
enum Next {
    Folder(String),
    Page(String),
    /// Where a later listing can go on from.
    End(Option<String>),
}

impl Client {
    pub(super) async fn list_folder(
        &self,
        root: &Root,
        path: &str,
        recursive: bool,
    ) -> Result<ListFolderResult, Failure> {
        let arg = ListFolderArg {
            path,
            recursive,
            include_mounted_folders: true,
            include_non_downloadable_files: true,
            limit: PAGE,
        };
        let times = if recursive { LITTLE_PATIENCE } else { PATIENCE };
        self.rpc_patiently(times, "files/list_folder", root, &arg)
            .await
    }

    pub(super) async fn list_on(
        &self,
        root: &Root,
        cursor: &str,
        recursive: bool,
    ) -> Result<ListFolderResult, Failure> {
        let arg = CursorArg { cursor };
        let times = if recursive { LITTLE_PATIENCE } else { PATIENCE };
        self.rpc_patiently(times, "files/list_folder/continue", root, &arg)
            .await
    }
}

/// Whether a cursor is good for nothing any more, whatever the reason.
pub(super) fn rejects_cursor(failure: &Failure) -> bool {
    failure.is(&["reset"]) || failure.is(&["path"]) || failure.has_status(400)
}

impl<'c> Listing<'c> {
    /// `top`: a path, `""` for all of the root.
    pub(super) fn new(client: &'c Client, root: &Root, top: &str) -> Self {
        Self {
            client,
            root: root.clone(),
            top: top.to_owned(),
            next: Next::Folder(top.to_owned()),
            restarts: 0,
            folders: None,
        }
    }

    /// The next page; `None` after the last. When the server no longer takes a cursor, or cannot list
    /// everything at once, the listing begins anew, so that entries may come twice.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Metadata>>, Failure> {
        loop {
            let at_once = self.folders.is_none();
            let page = match &self.next {
                Next::Folder(path) => self.client.list_folder(&self.root, path, at_once).await,
                Next::Page(cursor) => self.client.list_on(&self.root, cursor, at_once).await,
                Next::End(_) => return Ok(None),
            };
            let page = match page {
                Ok(page) => page,
                Err(failure) => {
                    self.recover(failure)?;
                    continue;
                }
            };
            if let Some(folders) = &mut self.folders {
                folders.extend(page.entries.iter().filter_map(way_into));
            }
            self.next = if page.has_more {
                Next::Page(page.cursor)
            } else {
                match &mut self.folders {
                    None => Next::End(Some(page.cursor)),
                    Some(folders) => folders.pop().map_or(Next::End(None), Next::Folder),
                }
            };
            return Ok(Some(page.entries));
        }
    }

    /// Finds another way on after a failure, or gives it back.
    fn recover(&mut self, failure: Failure) -> Result<(), Failure> {
        let cursor_ended = matches!(self.next, Next::Page(_)) && rejects_cursor(&failure);
        if cursor_ended && self.restarts < MOST_RESTARTS {
            tracing::info!("a cursor has ended; listing anew");
            self.restarts += 1;
            self.begin();
            return Ok(());
        }
        let at_top = matches!(&self.next, Next::Folder(path) if *path == self.top);
        match &mut self.folders {
            None if failure.is_overwhelmed() => {
                tracing::info!("the server cannot list everything at once; going folder by folder");
                self.folders = Some(Vec::new());
                self.begin();
                Ok(())
            }
            // Gone since its folder was listed.
            Some(folders) if is_gone(&failure) && !at_top => {
                self.next = folders.pop().map_or(Next::End(None), Next::Folder);
                Ok(())
            }
            _ => Err(failure),
        }
    }

    fn begin(&mut self) {
        self.next = Next::Folder(self.top.clone());
        if let Some(folders) = &mut self.folders {
            folders.clear();
        }
    }

    /// After the last page: where a later listing can go on from, if it can.
    pub(super) fn cursor(self) -> Option<String> {
        match self.next {
            Next::End(cursor) => cursor,
            _ => None,
        }
    }
}

fn is_gone(failure: &Failure) -> bool {
    failure.is(&["path", "not_found"]) || failure.is(&["path", "not_folder"])
}

/// How to list a folder that was listed itself.
fn way_into(entry: &Metadata) -> Option<String> {
    let Metadata::Folder(folder) = entry else {
        return None;
    };
    let path = folder.path_lower.as_ref().unwrap_or(&folder.id);
    (!folder.is_closed()).then(|| path.clone())
}

/// What lies directly in a root.
#[derive(Debug)]
pub(super) struct TopListing<'c> {
    client: &'c Client,
    root: Root,
    /// `None`: it has come to its end; else the cursor of the next page, if it is not the first.
    next: Option<Option<String>>,
}

impl<'c> TopListing<'c> {
    pub(super) fn new(client: &'c Client, root: &Root) -> Self {
        Self {
            client,
            root: root.clone(),
            next: Some(None),
        }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Vec<Metadata>>, Failure> {
        let page = match &self.next {
            None => return Ok(None),
            Some(None) => self.client.list_folder(&self.root, "", false).await?,
            Some(Some(cursor)) => self.client.list_on(&self.root, cursor, false).await?,
        };
        self.next = page.has_more.then_some(Some(page.cursor));
        Ok(Some(page.entries))
    }
}
