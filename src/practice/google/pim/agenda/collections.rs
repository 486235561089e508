//! The list of calendars: own ones, and those of others.

use super::super::super::super::content::mix;
use super::super::super::super::world::{ACCOUNT, person};
use super::super::calendar::{Calendar, Role};
use super::super::event::{EventKind, Guest, Reminder, Series, Visibility};
use super::{HOME, Maker};

const POPUP_10: Reminder = Reminder {
    mail: false,
    minutes: 10,
};

fn calendar(id: impl Into<String>, summary: &str, role: Role) -> Calendar {
    Calendar {
        id: id.into(),
        summary: summary.to_owned(),
        summary_override: None,
        description: None,
        location: None,
        time_zone: HOME.to_owned(),
        color: 14,
        background: "#9fe1e7".to_owned(),
        role,
        primary: false,
        selected: true,
        hidden: false,
        deleted: false,
        default_reminders: Vec::new(),
        owner: (role == Role::Owner).then(|| ACCOUNT.mail.to_owned()),
        revision: 1,
        changed: 0,
    }
}

/// `c_…@group.calendar.google.com`, as new ones are called.
fn group(seed: u64, number: u64) -> String {
    let word = |n| mix(seed ^ 0x6209, number * 4 + n);
    format!(
        "c_{:016x}{:016x}{:016x}{:016x}@group.calendar.google.com",
        word(0),
        word(1),
        word(2),
        word(3)
    )
}

pub(super) fn own(seed: u64) -> [Calendar; 5] {
    [
        Calendar {
            primary: true,
            owner: None,
            default_reminders: vec![
                POPUP_10,
                Reminder {
                    mail: true,
                    minutes: 1_440,
                },
            ],
            ..calendar(ACCOUNT.mail, ACCOUNT.mail, Role::Owner)
        },
        Calendar {
            description: Some(
                "Les paniers, chaque jeudi.\nUne permanence = deux bénévoles.".into(),
            ),
            location: Some("Salle des fêtes, Saint-Ouen-l'Étang".into()),
            color: 8,
            background: "#16a765".into(),
            default_reminders: vec![Reminder {
                mail: false,
                minutes: 60,
            }],
            ..calendar(group(seed, 1), "Distributions", Role::Owner)
        },
        Calendar {
            summary_override: Some("Réunions, AG & CA / bureau".into()),
            color: 3,
            background: "#f83a22".into(),
            ..calendar(group(seed, 2), "Réunions", Role::Owner)
        },
        Calendar {
            // An old identifier, with signs that have to be written as percent-encoding.
            hidden: true,
            selected: false,
            background: "#ABCDEF".into(),
            ..calendar(
                "canard-bleu.example_v4t0+ménage/2012@group.calendar.google.com",
                "Ménage / tâches",
                Role::Owner,
            )
        },
        Calendar {
            time_zone: "America/Montreal".into(),
            color: 17,
            background: "#9a9cff".into(),
            ..calendar(group(seed, 4), "Jumelage Québec 🍁", Role::Owner)
        },
    ]
}

pub(super) fn of_others(seed: u64) -> Vec<(Calendar, Vec<Series>)> {
    let mut rooms = Maker::new(seed, 10, HOME);
    rooms
        .add("room", "Salle des fêtes : AMAP", "2026-04-16T17:30", 180)
        .called_by(person(4))
        .every("FREQ=WEEKLY;BYDAY=TH;UNTIL=20261217T163000Z");
    rooms.add(
        "room-private",
        "Conseil municipal à huis clos",
        "2026-05-11T20:00",
        150,
    );
    rooms.last().called_by(person(4)).visibility = Visibility::Private;

    let mut farm = Maker::new(seed, 11, HOME);
    farm.add("farm", "Portes ouvertes de la ferme", "2026-05-03", 1)
        .called_by(person(5));
    farm.add(
        "farm-private",
        "Rendez-vous à la banque",
        "2026-05-06T09:00",
        45,
    );
    farm.last().called_by(person(5)).visibility = Visibility::Private;
    farm.last().at("Crédit agricole");

    let mut busy = Maker::new(seed, 12, HOME);
    busy.add("busy", "Dentiste", "2026-06-02T08:30", 30)
        .called_by(person(1));
    busy.add("busy-series", "Cours de chant", "2026-01-06T19:00", 60)
        .called_by(person(1))
        .every("FREQ=WEEKLY;BYDAY=TU");

    let mut holidays = Maker::new(seed, 13, HOME);
    for (day, name) in [
        ("2026-01-01", "Jour de l'an"),
        ("2026-04-06", "Lundi de Pâques"),
        ("2026-05-01", "Fête du Travail"),
        ("2026-07-14", "Fête nationale"),
        ("2026-12-25", "Noël"),
    ] {
        let event = holidays.add("holiday", name, day, 1);
        event.transparent = true;
        event.visibility = Visibility::Public;
        event.about("Jour férié");
        event.organizer = Some(Guest {
            name: Some("Jours fériés et autres fêtes en France".into()),
            mail: HOLIDAYS.into(),
            ..Guest::new(ACCOUNT)
        });
    }
    let mut school = Maker::new(seed, 14, HOME);
    school
        .add("school", "Vacances de printemps, zone B", "2026-04-11", 16)
        .transparent = true;
    let mut contacts = Maker::new(seed, 15, HOME);
    let event = contacts.add(
        "contact-birthday",
        "Anniversaire de Noémie Lefèvre",
        "2026-11-02",
        1,
    );
    event.kind = EventKind::Birthday("people/c4611686018427387905".into());
    event.every("FREQ=YEARLY");

    let import = format!("{:026x}@import.calendar.google.com", mix(seed, 0x1a9));
    vec![
        (
            Calendar {
                owner: Some(person(4).mail.into()),
                default_reminders: vec![POPUP_10],
                ..calendar(group(seed, 10), "Mairie : salles", Role::Writer)
            },
            rooms.series,
        ),
        (
            Calendar {
                owner: Some(person(5).mail.into()),
                ..calendar(person(5).mail, "Ferme des Trois Chênes", Role::Reader)
            },
            farm.series,
        ),
        (
            calendar(person(1).mail, person(1).mail, Role::FreeBusyReader),
            busy.series,
        ),
        (
            Calendar {
                selected: false,
                ..calendar(
                    HOLIDAYS,
                    "Jours fériés et autres fêtes en France",
                    Role::Reader,
                )
            },
            holidays.series,
        ),
        (
            calendar(import, "Vacances scolaires", Role::Reader),
            school.series,
        ),
        (
            calendar(
                "addressbook#contacts@group.v.calendar.google.com",
                "Anniversaires",
                Role::Reader,
            ),
            contacts.series,
        ),
        (
            Calendar {
                deleted: true,
                ..calendar(group(seed, 16), "Vieux planning", Role::Reader)
            },
            Vec::new(),
        ),
    ]
}

const HOLIDAYS: &str = "fr.french#holiday@group.v.calendar.google.com";
