//! Calendars and address books of their own on the servers that the contracts run on.

use std::future::Future;

use bytes::Bytes;
use futures::TryStreamExt as _;
use transhumance::dav::DavPath;
use transhumance::dav::pim::{
    Calendar, Components, Condition, Fetched, Kind, Listed, NewAddressBook, NewCalendar, Object,
    PimClient, PimError, Stored,
};
use transhumance::hash::digest;
use transhumance::model::HashAlgorithm;
use transhumance::target::Nextcloud;

use crate::server::{Answer, Bench, Practice, answer, on_every_server};

/// A collection of its own, which is gone afterwards, and so is what lay in its trash.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub bench: Bench,
    pub pim: PimClient,
    pub kind: Kind,
    pub home: String,
    /// On the wire.
    pub path: String,
    /// As the plan names it.
    pub planned: String,
}

/// Runs the contract on every server, each time with a fresh calendar that takes everything.
pub async fn with_calendar<F, T>(contract: F)
where
    F: Fn(Shelf) -> T + Clone + Send + Sync + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    with(Kind::Calendar, contract).await;
}

/// The same with a fresh address book.
pub async fn with_book<F, T>(contract: F)
where
    F: Fn(Shelf) -> T + Clone + Send + Sync + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    with(Kind::AddressBook, contract).await;
}

async fn with<F, T>(kind: Kind, contract: F)
where
    F: Fn(Shelf) -> T + Clone + Send + Sync + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    on_every_server(move |bench| {
        let contract = contract.clone();
        async move {
            let shelf = Shelf::make(bench, kind).await;
            let result = tokio::spawn(contract(shelf.clone())).await;
            shelf.pim.purge(&shelf.path).await.unwrap();
            if let Err(error) = result {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    })
    .await;
}

impl Shelf {
    pub async fn make(bench: Bench, kind: Kind) -> Self {
        let pim = PimClient::nextcloud(bench.dav.clone());
        let homes = pim.homes().await.unwrap();
        let uri = format!("contract-{}", uuid::Uuid::new_v4().simple());
        let (home, planned) = match kind {
            Kind::Calendar => (homes.calendars.unwrap(), format!("/calendars/{uri}")),
            Kind::AddressBook => (homes.address_books.unwrap(), format!("/addressbooks/{uri}")),
        };
        let shelf = Self {
            path: format!("{home}/{uri}"),
            planned,
            home,
            bench,
            pim,
            kind,
        };
        shelf.make_at(&shelf.path).await;
        shelf
    }

    pub async fn make_at(&self, path: &str) {
        match self.kind {
            Kind::Calendar => self.pim.make_calendar(path, &calendar("Contract")).await,
            Kind::AddressBook => self.pim.make_address_book(path, &book("Contract")).await,
        }
        .unwrap();
    }

    pub fn nextcloud(&self) -> &Nextcloud {
        &self.bench.nextcloud
    }

    pub fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    pub fn planned(&self, name: &str) -> String {
        format!("{}/{name}", self.planned)
    }

    pub async fn put(&self, name: &str, text: &str) -> Result<Stored, PimError> {
        let text = Bytes::copy_from_slice(text.as_bytes());
        self.pim
            .put(self.kind, &self.at(name), text, Condition::New)
            .await
    }

    pub async fn list(&self) -> Vec<Listed> {
        let mut listed: Vec<Listed> = self
            .pim
            .list(self.kind, &self.path)
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        listed
    }

    /// The last parts of the paths of what lies in it.
    pub async fn names(&self) -> Vec<String> {
        let listed = self.list().await.into_iter();
        listed
            .map(|one| one.path.rsplit('/').next().unwrap().to_owned())
            .collect()
    }

    pub async fn fetch(&self, names: &[&str]) -> Vec<Fetched> {
        let paths: Vec<String> = names.iter().map(|name| self.at(name)).collect();
        let fetched = self.pim.multiget(self.kind, &self.path, &paths).await;
        fetched.unwrap().try_collect().await.unwrap()
    }

    /// One object, as a batch gives it.
    pub async fn one(&self, name: &str) -> Object {
        match self.fetch(&[name]).await.pop() {
            Some(Fetched::Found(object)) => object,
            other => panic!("{name}: {other:?}"),
        }
    }

    /// The collection as a list of calendars tells of it.
    pub async fn seen(&self) -> Calendar {
        let all = self.pim.calendars(&self.home).await.unwrap();
        let found = all.into_iter().find(|one| one.path == self.path);
        found.expect("the calendar is listed")
    }

    /// A request without any of the client's own headers.
    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let path: DavPath = self.pim.place(path).unwrap();
        let mut request = self.bench.request(method, &path).await;
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request.body(body.to_owned())).await
    }
}

pub fn calendar(name: &str) -> NewCalendar {
    NewCalendar {
        name: name.to_owned(),
        description: None,
        colour: None,
        order: None,
        components: Components::ALL,
        time_zone: None,
        transparent: false,
    }
}

pub fn book(name: &str) -> NewAddressBook {
    NewAddressBook {
        name: name.to_owned(),
        description: None,
    }
}

pub fn event(uid: &str, lines: &str) -> String {
    object(
        "VEVENT",
        uid,
        &format!("DTSTART:20310101T100000Z\r\n{lines}"),
    )
}

pub fn object(component: &str, uid: &str, lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Transhumance//Test//EN\r\nBEGIN:{component}\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\n{lines}SUMMARY:Été 🦆\r\nEND:{component}\r\nEND:VCALENDAR\r\n"
    )
}

pub fn card(version: &str, uid: &str, lines: &str) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:{version}\r\nUID:{uid}\r\nFN:Zoé Été\r\nN:Été;Zoé;;;\r\n{lines}END:VCARD\r\n"
    )
}

pub fn md5(text: &str) -> String {
    digest(HashAlgorithm::Md5, text.as_bytes()).hex
}

/// A client whose waiting times suit a test.
pub async fn practice_shelf(practice: &Practice, kind: Kind) -> Shelf {
    Shelf::make(practice.bench().await, kind).await
}
