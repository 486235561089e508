use futures::stream::{self, StreamExt as _};

use super::super::error::DavError;
use super::super::multistatus::Multistatus;
use super::super::xml::escape;
use super::objects::Listed;
use super::record::ObjectRecord;
use super::{PimClient, PimError, PimStream, document, prop};

/// What has happened in a collection since a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// New, or changed.
    There(Listed),
    Gone(String),
    /// The last: where to go on the next time.
    Token(String),
}

/// What has changed, as it arrives.
pub type Changes = PimStream<Change>;

impl PimClient {
    /// What has changed since `token` (RFC 6578); without one, everything is new. The last is always
    /// [`Change::Token`], so without it the list is not whole.
    ///
    /// # Errors
    /// [`PimError::InvalidSyncToken`]: list everything anew.
    pub async fn changes(
        &self,
        collection: &str,
        token: Option<&str>,
    ) -> Result<Changes, PimError> {
        let answers = self.changes_from(collection, token, None).await?;
        let changes = stream::try_unfold(Some(answers), |answers| async move {
            let Some(mut answers) = answers else {
                return Ok(None);
            };
            while let Some(answer) = answers.next().await? {
                let record = answer.entry;
                let change = match answer.status {
                    Some(404) => Change::Gone(record.path),
                    // More than the server likes to tell at once.
                    Some(507) => {
                        return Err(DavError::protocol("a part of the changes only").into());
                    }
                    Some(300..) => continue,
                    _ => match record.etag {
                        Some(etag) => Change::There(Listed {
                            path: record.path,
                            etag,
                            size: record.size,
                        }),
                        None => continue,
                    },
                };
                return Ok(Some((change, Some(answers))));
            }
            match answers.sync_token() {
                Some(token) => Ok(Some((Change::Token(token.to_owned()), None))),
                None => Err(DavError::protocol("changes without a token").into()),
            }
        });
        Ok(changes.boxed())
    }

    /// The bare answer of `sync-collection`, of at most `limit` members where the server knows limits.
    pub(super) async fn changes_from(
        &self,
        collection: &str,
        token: Option<&str>,
        limit: Option<usize>,
    ) -> Result<
        Multistatus<impl tokio::io::AsyncBufRead + Unpin + Send + use<>, ObjectRecord>,
        PimError,
    > {
        let limit = limit.map_or(String::new(), |limit| {
            format!("<d:limit><d:nresults>{limit}</d:nresults></d:limit>")
        });
        let content = format!(
            "<d:sync-token>{}</d:sync-token><d:sync-level>1</d:sync-level>{limit}{}",
            escape(token.unwrap_or_default()),
            prop(&["d:getetag", "d:getcontentlength"])
        );
        let body = document("d:sync-collection", &content);
        // RFC 6578, section 3.2: `Depth: 0`, which every server takes for granted.
        self.multistatus::<ObjectRecord>("REPORT", collection, None, body)
            .await
    }
}
