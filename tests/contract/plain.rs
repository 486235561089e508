//! What RFC 4791 and RFC 6352 alone promise. Runs on the practice Nextcloud, and with
//! `TRANSHUMANCE_TEST_RADICALE_URL` on a Radicale that lets everybody in.

use std::future::Future;

use bytes::Bytes;
use futures::TryStreamExt as _;
use transhumance::dav::pim::{
    Access, Change, Components, Condition, Fetched, Homes, Kind, Listed, Made, NewAddressBook,
    NewCalendar, Object, PimClient, PimError,
};
use transhumance::dav::{DavClient, DavError};
use url::Url;

use crate::pim::{book, calendar, card, event, object};
use crate::server::Practice;

#[derive(Debug, Clone)]
struct Plain {
    pim: PimClient,
    homes: Homes,
    kind: Kind,
    path: String,
}

async fn on_every_server<F, T>(kind: Kind, contract: F)
where
    F: Fn(Plain) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let practice = Practice::start(|_| {}).await;
    let dav = practice.bench().await.dav;
    run(PimClient::nextcloud(dav), kind, &contract).await;
    practice.server.stop().await;
    let Ok(url) = std::env::var("TRANSHUMANCE_TEST_RADICALE_URL") else {
        return;
    };
    let url: Url = url.parse().expect("TRANSHUMANCE_TEST_RADICALE_URL");
    let dav = DavClient::new(&url, "transhumance", &"anything".to_owned().into()).unwrap();
    run(PimClient::plain(dav), kind, &contract).await;
}

async fn run<F, T>(pim: PimClient, kind: Kind, contract: &F)
where
    F: Fn(Plain) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let homes = pim.homes().await.unwrap();
    let home = match kind {
        Kind::Calendar => homes.calendars.clone(),
        Kind::AddressBook => homes.address_books.clone(),
    };
    let path = format!("{}/plain-{}", home.unwrap(), uuid::Uuid::new_v4().simple());
    let made = match kind {
        Kind::Calendar => pim.make_calendar(&path, &calendar("Plain")).await,
        Kind::AddressBook => pim.make_address_book(&path, &book("Plain")).await,
    };
    assert_eq!(made.unwrap(), Made::Created);
    let plain = Plain {
        pim: pim.clone(),
        homes,
        kind,
        path: path.clone(),
    };
    let result = tokio::spawn(contract(plain)).await;
    pim.purge(&path).await.unwrap();
    if let Err(error) = result {
        std::panic::resume_unwind(error.into_panic());
    }
}

impl Plain {
    fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    async fn put(&self, name: &str, text: &str) -> Result<(), PimError> {
        let text = Bytes::copy_from_slice(text.as_bytes());
        let path = self.at(name);
        let put = self.pim.put(self.kind, &path, text, Condition::New);
        put.await.map(|_| ())
    }

    async fn list(&self) -> Vec<Listed> {
        let listed = self.pim.list(self.kind, &self.path).await.unwrap();
        let mut listed: Vec<Listed> = listed.try_collect().await.unwrap();
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        listed
    }
}

/// The lines, in whatever order and with whatever ends a server writes them.
fn lines(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8(text.to_vec()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn a_calendar_is_made_found_and_filled() {
    on_every_server(Kind::Calendar, |p| async move {
        let new = NewCalendar {
            name: "Fête d'été & <co>".into(),
            description: Some("Deux mots".into()),
            colour: Some("#3b7a57".into()),
            components: Components {
                events: true,
                tasks: true,
                journals: false,
            },
            ..calendar("")
        };
        let path = format!("{}-2", p.path);
        p.pim.make_calendar(&path, &new).await.unwrap();
        let home = p.homes.calendars.clone().unwrap();
        let all = p.pim.calendars(&home).await.unwrap();
        p.pim.purge(&path).await.unwrap();
        let made = all.iter().find(|one| one.path == path).unwrap();
        assert_eq!(made.name.as_deref(), Some("Fête d'été & <co>"));
        assert_eq!(made.description, new.description);
        assert_eq!(made.colour, new.colour);
        assert_eq!(made.components, new.components);
        assert_eq!(made.access, Access::Own);
        assert!(made.writable);
        assert!(all.iter().any(|one| one.path == p.path));
    })
    .await;
}

#[tokio::test]
async fn objects_come_and_go() {
    on_every_server(Kind::Calendar, |p| async move {
        let (one, two) = (event("one", ""), object("VTODO", "two", "PRIORITY:1\r\n"));
        p.put("one é 1.ics", &one).await.unwrap();
        p.put("two.ics", &two).await.unwrap();
        let taken = p.put("two.ics", &two).await;
        assert!(
            matches!(taken, Err(PimError::Dav(DavError::Taken))),
            "{taken:?}"
        );
        let listed = p.list().await;
        let paths: Vec<&str> = listed.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, [p.at("one é 1.ics"), p.at("two.ics")]);
        let wanted = [p.at("one é 1.ics"), p.at("gone.ics"), p.at("two.ics")];
        let fetched = p.pim.multiget(p.kind, &p.path, &wanted).await.unwrap();
        let fetched: Vec<Fetched> = fetched.try_collect().await.unwrap();
        assert_eq!(fetched.len(), 3);
        assert!(fetched.contains(&Fetched::Missing(p.at("gone.ics"))));
        for one_of in &fetched {
            if let Fetched::Found(object) = one_of {
                let sent = if object.path.contains("one") {
                    &one
                } else {
                    &two
                };
                assert_eq!(lines(&object.text), lines(sent.as_bytes()));
                assert!(listed.iter().any(|one| one.etag == object.etag));
            }
        }
        let all = p.pim.query(p.kind, &p.path).await.unwrap();
        let all: Vec<Object> = all.try_collect().await.unwrap();
        assert_eq!(all.len(), 2);
        let got = p.pim.get(p.kind, &p.at("two.ics")).await.unwrap().unwrap();
        assert_eq!(lines(&got.text), lines(two.as_bytes()));
        let found = p.pim.find_uid(p.kind, &p.path, "two").await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, p.at("two.ics"));
        assert_eq!(p.pim.find_uid(p.kind, &p.path, "tw").await.unwrap(), []);
        let text = Bytes::from(object("VTODO", "two", "PRIORITY:2\r\n"));
        let stale = Condition::Is("nothing");
        let stale = p
            .pim
            .put(p.kind, &p.at("two.ics"), text.clone(), stale)
            .await;
        assert!(
            matches!(stale, Err(PimError::Dav(DavError::Changed))),
            "{stale:?}"
        );
        let now = Condition::Is(&got.etag);
        p.pim
            .put(p.kind, &p.at("two.ics"), text, now)
            .await
            .unwrap();
        p.pim.delete(&p.at("two.ics"), None).await.unwrap();
        p.pim.delete(&p.at("two.ics"), None).await.unwrap();
        assert_eq!(p.pim.get(p.kind, &p.at("two.ics")).await.unwrap(), None);
        assert_eq!(p.list().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_token_tells_what_is_new() {
    for kind in [Kind::Calendar, Kind::AddressBook] {
        on_every_server(kind, move |p| async move {
            let text = |uid: &str| match kind {
                Kind::Calendar => event(uid, ""),
                Kind::AddressBook => card("3.0", uid, ""),
            };
            let changes = |token: Option<String>| {
                let p = p.clone();
                async move {
                    let all = p.pim.changes(&p.path, token.as_deref()).await?;
                    let mut all: Vec<Change> = all.try_collect().await?;
                    match all.pop() {
                        Some(Change::Token(token)) => Ok::<_, PimError>((all, token)),
                        other => panic!("{other:?}"),
                    }
                }
            };
            p.put("a", &text("a")).await.unwrap();
            let (all, token) = changes(None).await.unwrap();
            assert_eq!(all.len(), 1);
            p.put("b", &text("b")).await.unwrap();
            p.pim.delete(&p.at("a"), None).await.unwrap();
            let (all, _) = changes(Some(token)).await.unwrap();
            assert!(all.contains(&Change::Gone(p.at("a"))), "{all:?}");
            assert_eq!(all.len(), 2, "{all:?}");
            let garbage = changes(Some("garbage".into())).await;
            assert!(
                matches!(garbage, Err(PimError::InvalidSyncToken)),
                "{garbage:?}"
            );
        })
        .await;
    }
}

#[tokio::test]
async fn an_address_book_is_made_found_and_filled() {
    on_every_server(Kind::AddressBook, |p| async move {
        let new = NewAddressBook {
            name: "Adhérent·es".into(),
            description: Some("Saison".into()),
        };
        let path = format!("{}-2", p.path);
        p.pim.make_address_book(&path, &new).await.unwrap();
        let home = p.homes.address_books.clone().unwrap();
        let all = p.pim.address_books(&home).await.unwrap();
        p.pim.purge(&path).await.unwrap();
        let made = all.iter().find(|one| one.path == path).unwrap();
        assert_eq!(made.name.as_deref(), Some("Adhérent·es"));
        assert_eq!(made.description, new.description);
        assert_eq!(made.access, Access::Own);
        let three = card("3.0", "three", "NOTE:x\r\n");
        p.put("three.vcf", &three).await.unwrap();
        let got = p
            .pim
            .get(p.kind, &p.at("three.vcf"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(lines(&got.text), lines(three.as_bytes()));
        let found = p.pim.find_uid(p.kind, &p.path, "three").await.unwrap();
        assert_eq!(found.len(), 1);
        let all = p.pim.query(p.kind, &p.path).await.unwrap();
        assert_eq!(all.try_collect::<Vec<Object>>().await.unwrap().len(), 1);
        p.pim
            .delete(&p.at("three.vcf"), Some(&got.etag))
            .await
            .unwrap();
        assert_eq!(p.list().await, []);
    })
    .await;
}
