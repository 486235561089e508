use super::super::error::DavError;
use super::super::props::Depth;
use super::record::CollectionRecord;
use super::{PimClient, PimError, propfind};

/// Where an account has its calendars and address books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Homes {
    /// `principals/users/alice`
    pub principal: String,
    /// `calendars/alice`; `None` where the server has no calendars.
    pub calendars: Option<String>,
    /// `addressbooks/users/alice`; `None` where the server has no address books.
    pub address_books: Option<String>,
    /// What the account is invited as: `mailto:…` and the like.
    pub addresses: Vec<String>,
    /// Where invitations arrive.
    pub default_calendar: Option<String>,
}

impl PimClient {
    /// Asks who is signed in (RFC 5397) and where that one's homes are (RFC 4791, section 6.2.1; RFC 6352,
    /// section 7.1.1).
    ///
    /// # Errors
    /// Those that a request can meet; [`DavError::Protocol`] when the server does not tell.
    pub async fn homes(&self) -> Result<Homes, PimError> {
        const HOMES: &[&str] = &[
            "cal:calendar-home-set",
            "card:addressbook-home-set",
            "cal:calendar-user-address-set",
            "cal:schedule-default-calendar-URL",
        ];
        let asked = self.look("", &["d:current-user-principal"]).await?;
        let principal = asked
            .principal
            .ok_or_else(|| DavError::protocol("the server does not say who is signed in"))?;
        let found = self.look(&principal, HOMES).await?;
        Ok(Homes {
            principal,
            calendars: found.calendar_home,
            address_books: found.address_book_home,
            addresses: found.addresses,
            default_calendar: found.default_calendar,
        })
    }

    async fn look(&self, path: &str, props: &[&str]) -> Result<CollectionRecord, PimError> {
        let mut answers = self
            .multistatus::<CollectionRecord>("PROPFIND", path, Some(Depth::Zero), propfind(props))
            .await?;
        let answer = answers.next().await?;
        let answer = answer.ok_or_else(|| DavError::protocol("an empty answer"))?;
        Ok(answer.entry)
    }
}
