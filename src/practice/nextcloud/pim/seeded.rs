//! An account whose calendars and address books are those of the association, with every trap, to move
//! away from.

use std::io;

use super::super::super::world::agenda;
use super::super::server::now;
use super::super::store::{Inner, Store};
use super::super::{Agenda, Config, User};
use super::birthday_event;
use super::samples::{CONTACTS, PERSONAL, birthdays, make};
use super::shelf::{Kind, PimOp, Props, Share};

/// What marks an account as having its agenda already.
fn mark(user: &str) -> String {
    format!("agenda of {user}")
}

/// Fills the account once, and what others share with it.
pub fn fill_seeded(config: &Config, store: &Store, user: &User) -> io::Result<()> {
    let Some(agenda) = &user.agenda else {
        return Ok(());
    };
    let mut inner = store.lock();
    if inner.state.pim.is_filled(&mark(&user.id)) {
        return Ok(());
    }
    let mut maker = Maker {
        store,
        inner: &mut inner,
        user,
        agenda: *agenda,
    };
    maker.calendars()?;
    maker.address_books()?;
    if let Some(other) = config.users.iter().find(|other| other.id != user.id) {
        maker.received(other)?;
    }
    let op = PimOp::Filled {
        user: mark(&user.id),
    };
    store.commit_in(&mut inner, op.into())
}

struct Maker<'a> {
    store: &'a Store,
    inner: &'a mut Inner,
    user: &'a User,
    agenda: Agenda,
}

fn props(name: &str, colour: &str, order: i64, components: &[&str]) -> Props {
    Props {
        name: Some(name.to_owned()),
        colour: Some(colour.to_owned()),
        order,
        components: components.iter().map(|&one| one.to_owned()).collect(),
        ..Props::default()
    }
}

impl Maker<'_> {
    fn make(&mut self, kind: Kind, uri: &str, props: Props) -> io::Result<u64> {
        make(self.store, self.inner, kind, &self.user.id, uri, props)
    }

    fn put(&mut self, collection: u64, entry: &agenda::Entry) -> io::Result<u64> {
        self.store
            .put_object(self.inner, collection, &entry.name, &entry.text)
    }

    fn own(&self, kind: Kind, uri: &str) -> u64 {
        let known = self.inner.state.pim.own(&self.user.id, &[kind], uri);
        known.map_or(0, |collection| collection.id)
    }

    fn dead(props: &mut Props, user: &str, name: &str, value: &str) {
        let dead = props.dead.entry(user.to_owned()).or_default();
        dead.insert(name.to_owned(), value.to_owned());
    }

    fn calendars(&mut self) -> io::Result<()> {
        let Agenda {
            seed,
            events,
            tasks,
            ..
        } = self.agenda;
        let personal = self.own(Kind::Calendar, PERSONAL);
        for number in 0..events / 4 {
            self.put(personal, &agenda::event(seed, number))?;
        }
        let mut amap = props("AMAP – distributions 🥕", "#3b7a57", 1, &["VEVENT"]);
        amap.description = Some("Les jeudis à 18 h 30 & quelques autres <dates>".to_owned());
        amap.time_zone = Some(format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{}END:VCALENDAR\r\n",
            agenda::PARIS
        ));
        let amap = self.make(Kind::Calendar, "amap-distributions", amap)?;
        let mail = self.user.mail().unwrap_or_default().to_owned();
        for entry in agenda::event_traps(&mail, "https://nuage.canard-bleu.example") {
            self.put(amap, &entry)?;
        }
        for number in events / 4..events {
            self.put(amap, &agenda::event(seed, number))?;
        }
        let list = self.make(
            Kind::Calendar,
            "taches",
            props("À faire", "#c9492f", 2, &["VTODO"]),
        )?;
        for entry in agenda::task_traps() {
            self.put(list, &entry)?;
        }
        for number in 0..tasks {
            self.put(list, &agenda::task(seed, number))?;
        }
        self.mixed(seed, events, tasks)?;
        self.trash(amap)
    }

    /// A calendar that takes everything, hidden; and a subscription.
    fn mixed(&mut self, seed: u64, events: u64, tasks: u64) -> io::Result<()> {
        let mut mixed = props("Bénévoles", "#6a3d9a", 3, &["VEVENT", "VTODO", "VJOURNAL"]);
        mixed.transparent = true;
        Self::dead(
            &mut mixed,
            &self.user.id,
            "{http://owncloud.org/ns}calendar-enabled",
            "0",
        );
        let mixed = self.make(Kind::Calendar, "benevoles", mixed)?;
        for number in 0..3 {
            self.put(mixed, &agenda::event(seed, events + number))?;
            self.put(mixed, &agenda::task(seed, tasks + number))?;
            self.put(mixed, &agenda::journal(seed, number))?;
        }
        let mut holidays = props("Vacances scolaires", "#ff9f1c", 9, &[]);
        holidays.source = Some("https://calendriers.example/zone-c.ics?a=1&b=2".to_owned());
        self.make(Kind::Subscription, "vacances", holidays)?;
        Ok(())
    }

    /// What was deleted and is not gone yet.
    fn trash(&mut self, calendar: u64) -> io::Result<()> {
        let gone = agenda::event(self.agenda.seed, 1 << 40);
        let object = self.put(calendar, &gone)?;
        let op = PimOp::Trash {
            collection: calendar,
            object,
            uri: gone.name.replace(".ics", "-deleted.ics"),
            at: now(),
        };
        self.store.commit_in(self.inner, op.into())?;
        let old = self.make(
            Kind::Calendar,
            "ancien",
            props("Ancien agenda", "#888888", 8, &["VEVENT"]),
        )?;
        self.put(old, &agenda::event(self.agenda.seed, (1 << 40) + 1))?;
        let op = PimOp::TrashCollection {
            collection: old,
            at: Some(now()),
        };
        self.store.commit_in(self.inner, op.into())
    }

    fn address_books(&mut self) -> io::Result<()> {
        let contacts = self.own(Kind::AddressBook, CONTACTS);
        let birthdays = birthdays(self.store, self.inner, &self.user.id)?;
        for entry in agenda::card_traps() {
            // The example card has that name already where there are examples.
            let taken = self.inner.state.pim.get(contacts);
            if taken.is_some_and(|book| book.object(&entry.name).is_some()) {
                continue;
            }
            self.put(contacts, &entry)?;
            if let Some(event) = birthday_event(&entry.text) {
                let uri = format!("{CONTACTS}-{}.ics", entry.name);
                self.store.put_object(self.inner, birthdays, &uri, &event)?;
            }
        }
        let members = Props {
            name: Some("Adhérent·es".to_owned()),
            description: Some("Saison en cours".to_owned()),
            ..Props::default()
        };
        let members = self.make(Kind::AddressBook, "adherents", members)?;
        for number in 0..self.agenda.contacts {
            self.put(members, &agenda::card(self.agenda.seed, number))?;
        }
        Ok(())
    }

    /// What somebody else shares: one calendar to read, one to write, one address book.
    fn received(&mut self, other: &User) -> io::Result<()> {
        let seed = self.agenda.seed ^ 0x006f_7468_6572;
        let share = |writable| Share {
            user: self.user.id.clone(),
            writable,
        };
        let shares = [
            (Kind::Calendar, "marche", "Marché", false),
            (Kind::Calendar, "bureau", "Bureau", true),
            (Kind::AddressBook, "presse", "Presse", false),
        ];
        for (kind, uri, name, writable) in shares {
            let components: &[&str] = match kind {
                Kind::Calendar => &["VEVENT", "VTODO"],
                _ => &[],
            };
            let id = make(
                self.store,
                self.inner,
                kind,
                &other.id,
                uri,
                props(name, "#1f78b4", 5, components),
            )?;
            for number in 0..3 {
                let entry = match kind {
                    Kind::AddressBook => agenda::card(seed, number),
                    _ => agenda::event(seed, number),
                };
                self.put(id, &entry)?;
            }
            if kind == Kind::Calendar {
                let traps = agenda::event_traps("", "");
                let hidden = traps.iter().filter(|entry| {
                    matches!(entry.name.as_str(), "confidential.ics" | "private.ics")
                });
                for entry in hidden {
                    self.put(id, entry)?;
                }
            }
            let op = PimOp::Shares {
                collection: id,
                shares: vec![share(writable)],
            };
            self.store.commit_in(self.inner, op.into())?;
        }
        Ok(())
    }
}
