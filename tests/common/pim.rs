//! Calendars and address books of an account, as another client sees them.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::TryStreamExt as _;
use transhumance::dav::DavClient;
use transhumance::dav::pim::{
    Calendar, Components, Condition, Fetched, Homes, Kind, Made, NewAddressBook, NewCalendar,
    NewSubscription, PimClient, Settings,
};

use super::Target;

/// What a person's own client does with calendars and address books.
#[derive(Debug, Clone)]
pub struct Pim {
    pub wire: PimClient,
    pub homes: Homes,
}

impl Target {
    pub async fn pim(&self) -> Pim {
        let dav = DavClient::new(&self.url, &self.user, &self.password.clone().into()).unwrap();
        let wire = PimClient::nextcloud(dav);
        let homes = wire.homes().await.unwrap();
        Pim { wire, homes }
    }
}

pub fn new_calendar(name: &str) -> NewCalendar {
    NewCalendar {
        name: name.into(),
        description: None,
        colour: None,
        order: None,
        components: Components::ALL,
        time_zone: None,
        transparent: false,
    }
}

impl Pim {
    pub fn calendar_path(&self, uri: &str) -> String {
        format!("{}/{uri}", self.homes.calendars.as_ref().unwrap())
    }

    pub fn book_path(&self, uri: &str) -> String {
        format!("{}/{uri}", self.homes.address_books.as_ref().unwrap())
    }

    pub async fn make_calendar(&self, uri: &str, new: &NewCalendar) -> String {
        let path = self.calendar_path(uri);
        let made = self.wire.make_calendar(&path, new).await.unwrap();
        assert_eq!(made, Made::Created);
        path
    }

    pub async fn subscribe(&self, uri: &str, name: &str, url: &str) {
        let new = NewSubscription {
            name: name.into(),
            url: url.into(),
            colour: None,
            order: None,
        };
        let path = self.calendar_path(uri);
        self.wire.subscribe(&path, &new).await.unwrap();
    }

    pub async fn make_book(&self, uri: &str, name: &str) -> String {
        let path = self.book_path(uri);
        let new = NewAddressBook {
            name: name.into(),
            description: None,
        };
        self.wire.make_address_book(&path, &new).await.unwrap();
        path
    }

    pub async fn hide(&self, path: &str) {
        let hidden = Settings {
            enabled: Some(false),
            ..Settings::default()
        };
        self.wire.set(path, &hidden).await.unwrap();
    }

    /// Makes or replaces an object, whatever is there.
    pub async fn put(&self, path: &str, text: &str) {
        let kind = kind_of(path);
        let there = self.wire.get(kind, path).await.unwrap();
        let condition = match &there {
            Some(object) => Condition::Is(&object.etag),
            None => Condition::New,
        };
        let text = Bytes::from(text.to_owned());
        self.wire.put(kind, path, text, condition).await.unwrap();
    }

    /// Into the trash.
    pub async fn delete(&self, path: &str) {
        self.wire.delete(path, None).await.unwrap();
    }

    /// For good; also a whole collection.
    pub async fn purge(&self, path: &str) {
        self.wire.purge(path).await.unwrap();
    }

    pub async fn calendars(&self) -> Vec<Calendar> {
        let home = self.homes.calendars.as_ref().unwrap();
        self.wire.calendars(home).await.unwrap()
    }

    pub async fn calendar_named(&self, name: &str) -> Calendar {
        let found = self.calendars().await;
        let mut named = found
            .into_iter()
            .filter(|one| one.name.as_deref() == Some(name));
        let found = named.next().unwrap_or_else(|| panic!("no calendar {name}"));
        assert!(named.next().is_none(), "two calendars {name}");
        found
    }

    pub async fn book_named(&self, name: &str) -> String {
        let home = self.homes.address_books.as_ref().unwrap();
        let found = self.wire.address_books(home).await.unwrap();
        let mut named = found
            .into_iter()
            .filter(|one| one.name.as_deref() == Some(name));
        let found = named.next();
        found.unwrap_or_else(|| panic!("no book {name}")).path
    }

    /// The texts of a collection's objects, by UID.
    pub async fn texts(&self, collection: &str) -> BTreeMap<String, String> {
        let listed: Vec<_> = self
            .wire
            .list(kind_of(collection), collection)
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        let mut texts = BTreeMap::new();
        for page in listed.chunks(100) {
            let paths: Vec<String> = page.iter().map(|one| one.path.clone()).collect();
            let fetched = self.wire.multiget(kind_of(collection), collection, &paths);
            let fetched: Vec<Fetched> = fetched.await.unwrap().try_collect().await.unwrap();
            for one in fetched {
                let Fetched::Found(object) = one else {
                    panic!("listed, and not there");
                };
                assert!(object.exact, "{}", object.path);
                let text = String::from_utf8(object.text.to_vec()).unwrap();
                let uid = line(&text, "UID:").unwrap_or_default().to_owned();
                assert!(texts.insert(uid, text).is_none(), "a UID twice");
            }
        }
        texts
    }
}

fn kind_of(path: &str) -> Kind {
    if path.starts_with("addressbooks/") {
        Kind::AddressBook
    } else {
        Kind::Calendar
    }
}

/// The rest of the first line that begins so.
pub fn line<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(start))
}

/// An event at 10:00 UTC on a day of January 2031.
pub fn event(uid: &str, summary: &str, day: u32) -> String {
    object(
        "VEVENT",
        uid,
        summary,
        &[
            &format!("DTSTART:203101{day:02}T100000Z"),
            &format!("DTEND:203101{day:02}T110000Z"),
        ],
    )
}

pub fn task(uid: &str, summary: &str) -> String {
    object(
        "VTODO",
        uid,
        summary,
        &["STATUS:NEEDS-ACTION", "PRIORITY:5"],
    )
}

pub fn journal(uid: &str, summary: &str) -> String {
    object("VJOURNAL", uid, summary, &["DTSTART;VALUE=DATE:20310102"])
}

/// An object with these lines more.
pub fn object(component: &str, uid: &str, summary: &str, lines: &[&str]) -> String {
    let mut all = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".into(),
        "PRODID:-//Canard bleu//Tests//FR".into(),
        format!("BEGIN:{component}"),
        format!("UID:{uid}"),
        "DTSTAMP:20260101T000000Z".into(),
        format!("SUMMARY:{summary}"),
        "X-CANARD;X-COULEUR=bleu:vole".into(),
    ];
    all.extend(lines.iter().map(|line| (*line).to_owned()));
    all.extend([format!("END:{component}"), "END:VCALENDAR".into()]);
    all.join("\r\n") + "\r\n"
}

/// A card of a version.
pub fn card(version: &str, uid: &str, name: &str) -> String {
    [
        "BEGIN:VCARD",
        &format!("VERSION:{version}"),
        "PRODID:-//Canard bleu//Tests//FR",
        &format!("UID:{uid}"),
        &format!("FN:{name}"),
        &format!("N:{name};;;;"),
        "EMAIL;TYPE=home:quelqu.un@example.org",
        "X-CANARD:vole",
        "END:VCARD",
        "",
    ]
    .join("\r\n")
}
