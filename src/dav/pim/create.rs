use http::header;

use super::super::error::DavError;
use super::super::refusal::Refusal;
use super::super::xml::escape;
use super::collections::Components;
use super::record::CollectionRecord;
use super::{PimClient, PimError, XML, document};

/// Whether a collection had to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Created,
    /// Something has this place already, perhaps in the trash: look before using it.
    Existed,
}

/// A calendar to be made. What is `None` is left to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCalendar {
    pub name: String,
    pub description: Option<String>,
    /// `#rrggbb`
    pub colour: Option<String>,
    pub order: Option<i64>,
    pub components: Components,
    /// iCalendar with one `VTIMEZONE`.
    pub time_zone: Option<String>,
    /// Its events leave their time free.
    pub transparent: bool,
}

/// An address book to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAddressBook {
    pub name: String,
    pub description: Option<String>,
}

/// A calendar of elsewhere to be subscribed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    pub name: String,
    /// Where the calendar is fetched from.
    pub url: String,
    pub colour: Option<String>,
    pub order: Option<i64>,
}

/// What can be set of a collection that is there; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    pub name: Option<String>,
    pub description: Option<String>,
    pub colour: Option<String>,
    pub order: Option<i64>,
    /// Whether Nextcloud shows the calendar. It cannot be said when making one.
    pub enabled: Option<bool>,
}

impl PimClient {
    /// Makes a calendar.
    ///
    /// # Errors
    /// [`PimError::LimitReached`] and [`PimError::RateLimited`].
    pub async fn make_calendar(&self, path: &str, new: &NewCalendar) -> Result<Made, PimError> {
        let mut prop = text("d:displayname", &new.name);
        if let Some(description) = &new.description {
            prop += &text("cal:calendar-description", description);
        }
        prop += &looks(new.colour.as_deref(), new.order);
        prop += "<cal:supported-calendar-component-set>";
        for component in new.components.iter() {
            prop += &format!(r#"<cal:comp name="{}"/>"#, component.name());
        }
        prop += "</cal:supported-calendar-component-set>";
        if let Some(time_zone) = &new.time_zone {
            prop += &text("cal:calendar-timezone", time_zone);
        }
        if new.transparent {
            prop +=
                "<cal:schedule-calendar-transp><cal:transparent/></cal:schedule-calendar-transp>";
        }
        self.make("MKCALENDAR", "cal:mkcalendar", path, &prop).await
    }

    /// Makes an address book (RFC 5689).
    ///
    /// # Errors
    /// As [`Self::make_calendar`].
    pub async fn make_address_book(
        &self,
        path: &str,
        new: &NewAddressBook,
    ) -> Result<Made, PimError> {
        let mut prop =
            String::from("<d:resourcetype><d:collection/><card:addressbook/></d:resourcetype>");
        prop += &text("d:displayname", &new.name);
        if let Some(description) = &new.description {
            prop += &text("card:addressbook-description", description);
        }
        self.make("MKCOL", "d:mkcol", path, &prop).await
    }

    /// Subscribes to a calendar of elsewhere; Nextcloud's own way, which iCal shares.
    ///
    /// # Errors
    /// As [`Self::make_calendar`].
    pub async fn subscribe(&self, path: &str, new: &NewSubscription) -> Result<Made, PimError> {
        let mut prop =
            String::from("<d:resourcetype><d:collection/><cs:subscribed/></d:resourcetype>");
        prop += &text("d:displayname", &new.name);
        prop += &format!("<cs:source>{}</cs:source>", text("d:href", &new.url));
        prop += &looks(new.colour.as_deref(), new.order);
        self.make("MKCOL", "d:mkcol", path, &prop).await
    }

    async fn make(
        &self,
        method: &str,
        root: &str,
        path: &str,
        prop: &str,
    ) -> Result<Made, PimError> {
        let body = document(root, &format!("<d:set><d:prop>{prop}</d:prop></d:set>"));
        let request = self
            .request(method, path)
            .await?
            .header(header::CONTENT_TYPE, XML)
            .body(body);
        match Refusal::check(self.dav.send(request).await?).await {
            // A 207 says which property made it fail.
            Ok(response) if response.status().as_u16() == 207 => Err(DavError::Refused {
                status: 207,
                exception: String::new(),
                detail: "a property".into(),
            }
            .into()),
            Ok(_) => Ok(Made::Created),
            Err(refusal) => match PimError::of_creation(refusal) {
                PimError::Dav(DavError::Taken) => Ok(Made::Existed),
                error => Err(error),
            },
        }
    }

    /// Sets properties of a collection; all of them or, when one is refused, none.
    ///
    /// # Errors
    /// [`DavError::NotFound`]; [`DavError::Refused`] with the status of the one that was refused.
    pub async fn set(&self, path: &str, settings: &Settings) -> Result<(), PimError> {
        let mut prop = String::new();
        if let Some(name) = &settings.name {
            prop += &text("d:displayname", name);
        }
        if let Some(description) = &settings.description {
            prop += &text("cal:calendar-description", description);
        }
        prop += &looks(settings.colour.as_deref(), settings.order);
        if let Some(enabled) = settings.enabled {
            prop += &text("oc:calendar-enabled", if enabled { "1" } else { "0" });
        }
        if prop.is_empty() {
            return Ok(());
        }
        let body = document(
            "d:propertyupdate",
            &format!("<d:set><d:prop>{prop}</d:prop></d:set>"),
        );
        let mut answers = self
            .multistatus::<CollectionRecord>("PROPPATCH", path, None, body)
            .await?;
        while let Some(answer) = answers.next().await? {
            let refused = answer
                .status
                .into_iter()
                .chain(answer.worst)
                .find(|status| *status >= 300);
            if let Some(status) = refused {
                return Err(match status {
                    404 => DavError::NotFound,
                    500.. => DavError::temporary(format!("a property answered {status}")),
                    _ => DavError::Refused {
                        status,
                        exception: String::new(),
                        detail: "a property".into(),
                    },
                }
                .into());
            }
        }
        Ok(())
    }
}

fn text(name: &str, value: &str) -> String {
    format!("<{name}>{}</{name}>", escape(value))
}

fn looks(colour: Option<&str>, order: Option<i64>) -> String {
    let mut prop = String::new();
    if let Some(colour) = colour {
        prop += &text("ical:calendar-color", colour);
    }
    if let Some(order) = order {
        prop += &text("ical:calendar-order", &order.to_string());
    }
    prop
}
