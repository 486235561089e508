//! Reading the calendars and address books of another Nextcloud: of a practice one, and of a real one where
//! `TRANSHUMANCE_TEST_NEXTCLOUD_URL`, `_USER` and `_PASSWORD` (an app password) name it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use common::Target;
use common::pim::{card, event, journal, new_calendar, object, task};
use futures::StreamExt as _;
use transhumance::dav::pim::NewCalendar;
use transhumance::model::{
    Access, Component, Item, ItemId, ItemKind, Scope, Space, SpaceId, SpaceKind,
};
use transhumance::practice::faults::{Faults, Kind};
use transhumance::practice::nextcloud;
use transhumance::source::nextcloud::NextcloudSource;
use transhumance::source::{Source, SourceError, SurveySink};

/// What surveys tell, one after the other.
#[derive(Debug, Default)]
struct Found {
    spaces: BTreeMap<String, Space>,
    items: BTreeMap<String, Item>,
    /// Told of by the last survey.
    told: BTreeSet<String>,
    unchanged: BTreeSet<String>,
}

#[async_trait]
impl SurveySink for Found {
    async fn space(&mut self, space: Space) -> Result<(), SourceError> {
        self.spaces.insert(space.id.0.clone(), space);
        Ok(())
    }

    async fn items(&mut self, items: Vec<Item>) -> Result<(), SourceError> {
        assert!(items.len() <= 500, "page by page");
        for item in items {
            self.told.insert(item.id.0.clone());
            self.items.insert(item.id.0.clone(), item);
        }
        Ok(())
    }

    async fn gone(&mut self, ids: Vec<ItemId>) -> Result<(), SourceError> {
        for id in ids {
            self.items
                .retain(|_, item| item.id != id && item.parent.as_ref() != Some(&id));
        }
        Ok(())
    }

    async fn gone_at(&mut self, _: &SpaceId, _: &str) -> Result<(), SourceError> {
        Ok(())
    }

    async fn listed_afresh(&mut self, _: &SpaceId) -> Result<(), SourceError> {
        Ok(())
    }

    async fn known_at(&mut self, _: &SpaceId, _: &str) -> Result<Option<Item>, SourceError> {
        Ok(None)
    }

    async fn unchanged_unless_told(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.unchanged.insert(space.0.clone());
        Ok(())
    }

    async fn known(&mut self, id: &ItemId) -> Result<Option<Item>, SourceError> {
        Ok(self.items.get(id.as_str()).cloned())
    }

    async fn dangling_shortcuts(
        &mut self,
        _: Option<&ItemId>,
        _: usize,
    ) -> Result<Vec<Item>, SourceError> {
        Ok(Vec::new())
    }

    async fn without_parent(
        &mut self,
        _: &SpaceId,
        _: Option<&ItemId>,
        _: usize,
    ) -> Result<Vec<Item>, SourceError> {
        Ok(Vec::new())
    }
}

impl Found {
    async fn survey(&mut self, source: &NextcloudSource) {
        self.told.clear();
        self.unchanged.clear();
        let since: Vec<Space> = self.spaces.values().cloned().collect();
        source.survey(&since, self).await.unwrap();
    }

    fn named(&self, name: &str) -> &Item {
        let mut named = self.items.values().filter(|item| item.name == name);
        let item = named.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(named.next().is_none(), "two {name}");
        item
    }

    /// How many objects of these collections the last survey told of.
    fn told_in(&self, collections: &[&Item]) -> usize {
        let told = self.told.iter().filter_map(|id| self.items.get(id));
        told.filter(|item| {
            let parent = item.parent.as_ref();
            collections.iter().any(|one| parent == Some(&one.id))
        })
        .count()
    }

    /// Names of what lies in a collection.
    fn inside(&self, collection: &Item) -> BTreeSet<&str> {
        self.items
            .values()
            .filter(|item| item.parent.as_ref() == Some(&collection.id))
            .map(|item| item.name.as_str())
            .collect()
    }
}

fn source(target: &Target, scope: &Scope) -> NextcloudSource {
    let password = target.password.clone().into();
    NextcloudSource::new(&target.url, &target.user, &password, "", scope).unwrap()
}

async fn on_every_server<F: Future<Output = ()>>(test: impl Fn(Target) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let user = nextcloud::User::new("camille", "Canard-bleu-2026");
    let config = nextcloud::Config::new(folder.path(), vec![user]);
    let server = nextcloud::Server::start(config).await.unwrap();
    test(Target {
        url: server.url(),
        user: "camille".into(),
        password: "Canard-bleu-2026".into(),
    })
    .await;
    if let Some(real) = Target::real() {
        test(real).await;
    }
}

/// Names that no other test has on a real server.
fn tagged(name: &str, tag: &str) -> String {
    format!("{name} {tag}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tells_of_all_collections_and_of_what_has_changed() {
    on_every_server(|server| async move {
        let tag = uuid::Uuid::new_v4().simple().to_string();
        let pim = server.pim().await;
        let bureau = NewCalendar {
            description: Some("Réunions & co".into()),
            colour: Some("#336699".into()),
            order: Some(7),
            ..new_calendar(&tagged("Bureau", &tag))
        };
        let bureau = pim.make_calendar(&format!("bureau-{tag}"), &bureau).await;
        pim.put(&format!("{bureau}/a.ics"), &event("uid-a", "Conseil", 3))
            .await;
        pim.put(&format!("{bureau}/b.ics"), &task("uid-b", "Clés"))
            .await;
        pim.put(&format!("{bureau}/c.ics"), &journal("uid-c", "Carnet"))
            .await;
        pim.hide(&bureau).await;
        let address = format!("https://vacances.example/{tag}.ics");
        let vacances = tagged("Vacances", &tag);
        pim.subscribe(&format!("vacances-{tag}"), &vacances, &address)
            .await;
        let book = tagged("Adhérent·es", &tag);
        let book = pim.make_book(&format!("adherents-{tag}"), &book).await;
        pim.put(&format!("{book}/x.vcf"), &card("3.0", "uid-x", "Zoé"))
            .await;
        pim.put(&format!("{book}/y.vcf"), &card("4.0", "uid-y", "Yann"))
            .await;

        let source = source(&server, &Scope::default());
        let mut found = Found::default();
        found.survey(&source).await;
        let kinds: BTreeSet<&str> = found.spaces.values().map(|one| one.kind.code()).collect();
        for kind in [SpaceKind::Calendars, SpaceKind::AddressBooks] {
            assert!(kinds.contains(kind.code()));
        }
        let calendar = found.named(&tagged("Bureau", &tag));
        let properties = calendar.collection.as_ref().unwrap();
        assert_eq!(calendar.kind, ItemKind::Calendar);
        assert_eq!(properties.colour.as_deref(), Some("#336699"));
        assert_eq!(properties.description.as_deref(), Some("Réunions & co"));
        assert_eq!(properties.order, Some(7));
        assert_eq!(properties.components, Component::ALL);
        assert_eq!(properties.enabled, Some(false));
        assert_eq!(
            found.inside(calendar),
            BTreeSet::from(["Conseil", "Clés", "Carnet"])
        );
        let calendar = calendar.clone();
        for (name, kind) in [
            ("Conseil", ItemKind::Event),
            ("Clés", ItemKind::Task),
            ("Carnet", ItemKind::Journal),
        ] {
            let mut named = found
                .items
                .values()
                .filter(|item| item.name == name && item.parent.as_ref() == Some(&calendar.id));
            let item = named.next().unwrap();
            assert_eq!(item.kind, kind);
            assert!(item.uid.as_ref().unwrap().starts_with("uid-"));
            assert!(!item.version.is_empty() && item.size > Some(100));
        }
        let subscription = found.named(&vacances);
        assert_eq!(subscription.kind, ItemKind::Subscription);
        assert_eq!(
            subscription.collection.as_ref().unwrap().access,
            Access::Subscribed { url: address }
        );
        let contacts = found.named(&tagged("Adhérent·es", &tag)).clone();
        assert_eq!(contacts.kind, ItemKind::AddressBook);
        assert_eq!(found.inside(&contacts), BTreeSet::from(["Zoé", "Yann"]));

        // Nothing has changed: nothing but the collections is told.
        found.survey(&source).await;
        for space in ["nextcloud-calendars", "nextcloud-address-books"] {
            assert!(found.unchanged.contains(space), "{:?}", found.unchanged);
        }
        assert_eq!(found.told_in(&[&calendar, &contacts]), 0);

        pim.put(&format!("{bureau}/a.ics"), &event("uid-a", "Conseil 2", 3))
            .await;
        pim.put(&format!("{bureau}/d.ics"), &event("uid-d", "Fête", 4))
            .await;
        pim.delete(&format!("{bureau}/b.ics")).await;
        pim.purge(&book).await;
        found.survey(&source).await;
        assert_eq!(
            found.inside(&calendar),
            BTreeSet::from(["Conseil 2", "Fête", "Carnet"])
        );
        assert!(found.inside(&contacts).is_empty());
        assert!(!found.items.contains_key(contacts.id.as_str()));
        assert_eq!(found.told_in(&[&calendar]), 2);

        pim.purge(&bureau).await;
        pim.purge(&pim.calendar_path(&format!("vacances-{tag}")))
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gives_every_text_byte_for_byte() {
    on_every_server(|server| async move {
        let tag = uuid::Uuid::new_v4().simple().to_string();
        let pim = server.pim().await;
        let calendar = new_calendar(&tagged("Agenda", &tag));
        let calendar = pim.make_calendar(&format!("agenda-{tag}"), &calendar).await;
        let book = pim
            .make_book(&format!("livre-{tag}"), &tagged("Livre", &tag))
            .await;
        let mut texts = BTreeMap::new();
        for n in 1..=60 {
            let text = object(
                "VEVENT",
                &format!("uid-{n}"),
                &format!("Réunion n° {n}"),
                &["DTSTART:20310105T100000Z", "RRULE:FREQ=WEEKLY;COUNT=5"],
            );
            texts.insert(format!("{calendar}/{n} é.ics"), text);
        }
        // Whatever the server would make of it by itself.
        texts.insert(format!("{book}/v3.vcf"), card("3.0", "uid-3", "Trois"));
        texts.insert(
            format!("{book}/v4.vcf"),
            card("4.0", "uid-4", "Quatre").replace("X-CANARD", "KIND:org\r\nX-CANARD"),
        );
        for (path, text) in &texts {
            pim.put(path, text).await;
        }
        let source = source(&server, &Scope::default());
        let mut found = Found::default();
        found.survey(&source).await;
        for name in ["Agenda", "Livre"] {
            let collection = found.named(&tagged(name, &tag)).clone();
            let mut wanted: Vec<Item> = found
                .items
                .values()
                .filter(|item| item.parent.as_ref() == Some(&collection.id))
                .cloned()
                .collect();
            let mut gone = wanted[0].clone();
            gone.id = ItemId::new(format!("{}/gone.ics", collection.id));
            wanted.push(gone.clone());
            let answers: Vec<_> = source.objects(&collection, &wanted).collect().await;
            assert_eq!(answers.len(), wanted.len());
            for (id, answer) in answers {
                if id == gone.id {
                    assert!(matches!(answer, Err(SourceError::NotFound)));
                    continue;
                }
                let object = answer.unwrap();
                let expected = texts.remove(id.as_str()).unwrap();
                assert_eq!(String::from_utf8(object.text.to_vec()).unwrap(), expected);
                assert_eq!(object.version, found.items[id.as_str()].version);
                assert!(!object.converted && object.lost == 0);
            }
        }
        assert!(texts.is_empty(), "{texts:?}");
        pim.purge(&calendar).await;
        pim.purge(&book).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_weather_loses_nothing() {
    let kinds = [
        Kind::TooManyRequests,
        Kind::Unavailable,
        Kind::ServerError,
        Kind::ResetBefore,
        Kind::ShortBody,
        Kind::CloseAfter,
    ];
    let agenda = nextcloud::Agenda {
        seed: 3,
        events: 120,
        tasks: 20,
        contacts: 60,
    };
    let folder = tempfile::tempdir().unwrap();
    let survey = async |faults: Faults| {
        let user = nextcloud::User {
            agenda: Some(agenda),
            ..nextcloud::User::new("camille", "Canard-bleu-2026")
        };
        let config = nextcloud::Config {
            faults,
            ..nextcloud::Config::new(folder.path(), vec![user])
        };
        let server = nextcloud::Server::start(config).await.unwrap();
        let target = Target {
            url: server.url(),
            user: "camille".into(),
            password: "Canard-bleu-2026".into(),
        };
        let mut found = Found::default();
        found.survey(&source(&target, &Scope::default())).await;
        let hits = server.control().faults().hits();
        server.stop().await;
        let items = found.items.into_iter().map(|(id, item)| (id, item.version));
        (items.collect::<BTreeSet<_>>(), hits)
    };
    let (expected, _) = survey(Faults::none()).await;
    assert!(expected.len() > 200, "{}", expected.len());
    for seed in 0..2 {
        let (found, hits) = survey(Faults::seeded_only(seed, 0.6, kinds)).await;
        let differing: Vec<_> = found.symmetric_difference(&expected).collect();
        assert!(differing.is_empty(), "seed {seed}: {differing:?}");
        assert!(hits > 4, "seed {seed}: {hits}");
    }
}
