//! What changed since an earlier survey: the same cursor goes on telling
//! (<https://developers.dropbox.com/detecting-changes-guide>).

use super::item::Place;
use super::listing::rejects_cursor;
use super::survey::Survey;
use crate::model::Space;
use crate::source::SourceError;

impl Survey<'_> {
    /// Tells of what changed since `cursor` was given. Gives the cursor for the next time; `None`: the
    /// server no longer knows this one, and everything has to be listed.
    pub(super) async fn changes(
        &mut self,
        space: &Space,
        place: &Place,
        mut cursor: String,
    ) -> Result<Option<String>, SourceError> {
        let mut begun = false;
        loop {
            let page = match self.client.list_on(&place.root, &cursor, false).await {
                Ok(page) => page,
                Err(failure) if rejects_cursor(&failure) => {
                    tracing::info!(space = %space.id, "the cursor is no longer known; listing all");
                    return Ok(None);
                }
                Err(failure) => return Err(failure.into()),
            };
            if !begun {
                begun = true;
                self.begin();
                let told = Space {
                    change_token: Some(cursor),
                    ..space.clone()
                };
                self.sink.space(told).await?;
                self.sink.unchanged_unless_told(&space.id).await?;
            }
            self.apply(page.entries, place).await?;
            cursor = page.cursor;
            if !page.has_more {
                break;
            }
        }
        self.find_folders(place).await?;
        Ok(Some(cursor))
    }
}
