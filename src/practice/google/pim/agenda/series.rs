//! Series, with the occurrences that are moved, changed and left out.

use super::super::super::super::world::{ACCOUNT, person};
use super::super::event::{Attachment, EventKind, Visibility};
use super::super::moment::Moment;
use super::{Files, Maker};

/// Every Thursday at 18:00 by the wall clock, for years, across all changes of the clock.
pub(super) fn weekly(maker: &mut Maker, files: &Files) {
    maker
        .add("weekly", "Distribution des paniers", "2019-09-05T18:00", 90)
        .at("Salle des fêtes")
        .about("Deux bénévoles, s'il vous plaît.")
        .every("FREQ=WEEKLY;BYDAY=TH");
    maker.cancel("2025-12-25T18:00");
    maker.cancel("2026-01-01T18:00");
    maker
        .except("2026-05-14T18:00")
        .moved_to("2026-05-13T17:30");
    let changed = maker.except("2026-06-25T18:00");
    changed.summary = Some("Distribution des paniers : dernier jeudi, on fête !".into());
    changed.at("Ferme des Trois Chênes");
    changed.remind(&[(true, 2_880), (false, 15)]);
    // In the week of each change of the clock.
    maker
        .except("2026-03-26T18:00")
        .moved_to("2026-03-29T10:00");
    maker
        .except("2026-10-29T18:00")
        .moved_to("2026-10-25T10:00");
    let attached = maker.except("2026-09-03T18:00");
    attached.attachments.push(Attachment {
        file: Some(files.pdf.0.clone()),
        address: files.pdf.1.clone(),
        title: "Budget.pdf".into(),
        media_type: "application/pdf".into(),
    });
    // So far that it comes after the occurrence that follows it.
    maker
        .except("2026-07-02T18:00")
        .moved_to("2026-07-10T18:00");
}

pub(super) fn rules(maker: &mut Maker) {
    maker
        .add("daily", "Arrosage de la serre", "2026-06-01T07:00", 20)
        .every("FREQ=DAILY;COUNT=45");
    maker
        .add(
            "every-other",
            "Permanence téléphonique",
            "2026-01-05T14:00",
            180,
        )
        .every("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,SU");
    maker
        .add("last-friday", "Apéro", "2026-01-30T19:00", 120)
        .every("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261030T180000Z");
    maker
        .add("last-workday", "Relevé de caisse", "2026-01-30T17:00", 30)
        .every("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1");
    maker
        .add("day-31", "Loyer", "2026-01-31", 1)
        .every("FREQ=MONTHLY;BYMONTHDAY=31");
    maker
        .add("leap-day", "Jour de rab", "2024-02-29", 1)
        .every("FREQ=YEARLY");
    maker
        .add("yearly", "Assemblée générale", "2021-03-20T14:00", 240)
        .every("FREQ=YEARLY;BYMONTH=3;BYDAY=3SA");
    maker.cancel("2023-03-18T14:00");
    maker
        .except("2026-03-21T14:00")
        .moved_to("2026-03-28T14:00");
    let season = maker.add("day-series", "Semaine du bio", "2026-06-01", 7);
    season.every("FREQ=MONTHLY;INTERVAL=3;COUNT=4");
    maker.cancel("2026-09-01");
    maker.except("2026-12-01").moved_to("2026-12-08");
    maker.add("twice-a-year", "Grand ménage", "2026-03-29T02:30", 30);
    maker.last().every("FREQ=DAILY;COUNT=3");
    maker
        .add("many-cancelled", "Garde du potager", "2026-01-01T08:00", 60)
        .every("FREQ=DAILY;UNTIL=20260430T215959Z");
    for day in 1..=28 {
        maker.cancel(&format!("2026-02-{day:02}T08:00"));
    }
}

pub(super) fn meetings(maker: &mut Maker) {
    maker
        .add("bureau", "Réunion du bureau", "2025-09-02T20:30", 90)
        .every("FREQ=MONTHLY;BYDAY=1TU")
        .invite(person(0), "accepted")
        .invite(person(1), "needsAction")
        .invite(ACCOUNT, "accepted");
    let answered = maker.except("2026-02-03T20:30");
    if let Some(guest) = answered.guests.get_mut(1) {
        guest.answer = "declined".into();
    }
    maker.cancel("2026-08-04T20:30");
    // Changed from one day on: a series of its own, whose identifiers tell of it.
    let cut = maker.add("cut", "Conseil d'administration", "2025-10-06T19:00", 120);
    cut.every("FREQ=MONTHLY;BYDAY=1MO;UNTIL=20260301T225959Z");
    let first = cut.clone();
    let rest = maker.add(
        "cut-rest",
        "Conseil d'administration élargi",
        "2026-03-02T19:30",
        150,
    );
    rest.every("FREQ=MONTHLY;BYDAY=1MO");
    rest.id = format!("{}_R20260302T180000", first.id);
    rest.uid = format!("{}@google.com", rest.id);
    maker.cancel("2026-08-03T19:30");
}

/// Dates instead of a rule, or beside it.
pub(super) fn dates(maker: &mut Maker) {
    let imported = maker.add("rdate", "Ateliers de l'hiver", "2026-01-10T15:00", 60);
    imported.recurrence = vec![
        "RDATE;TZID=Europe/Paris:20260117T150000,20260207T150000".into(),
        "RDATE;TZID=Europe/Paris:20260418T150000".into(),
        "EXDATE;TZID=Europe/Paris:20260117T150000".into(),
    ];
    imported.uid = "RDATE-1@old-calendar.example".into();
    let both = maker.add("rule-and-dates", "Chorale", "2026-01-13T20:00", 90);
    both.recurrence = vec![
        "EXDATE;TZID=Europe/Paris:20260217T200000,20260224T200000".into(),
        "RRULE:FREQ=WEEKLY;UNTIL=20260630T215959Z;BYDAY=TU".into(),
        "RDATE;TZID=Europe/Paris:20260718T200000".into(),
        "EXDATE:20260505T180000Z".into(),
    ];
    let days = maker.add("rdate-days", "Jours de marché", "2026-05-02", 1);
    days.recurrence = vec![
        "RDATE;VALUE=DATE:20260509,20260523".into(),
        "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=SA".into(),
        "EXDATE;VALUE=DATE:20260516".into(),
    ];
}

/// Series seen from elsewhere: the clocks do not change on the same days.
pub(super) fn zones(maker: &mut Maker) {
    maker
        .add("montreal", "Appel du jumelage", "2026-01-08T12:00", 60)
        .every("FREQ=WEEKLY;BYDAY=TH");
    maker
        .except("2026-03-12T12:00")
        .moved_to("2026-03-13T09:00");
    // Moved and in another zone at once.
    let there = maker.except("2026-04-09T12:00");
    let start = Moment::new("2026-04-09T19:00", "Europe/Paris");
    there.end = super::later(&start, 60);
    there.start = start;
    maker
        .add_in(
            "paris",
            "Distribution (vue de Montréal)",
            "2026-01-08T18:00",
            90,
            "Europe/Paris",
        )
        .every("FREQ=WEEKLY;BYDAY=TH;COUNT=50");
    maker
        .add_in(
            "tokyo",
            "Semences du Japon",
            "2026-02-02T09:00",
            45,
            "Asia/Tokyo",
        )
        .every("FREQ=MONTHLY;BYMONTHDAY=2");
    maker
        .add_in(
            "auckland",
            "Veille des kiwis",
            "2026-01-05T08:00",
            30,
            "Pacific/Auckland",
        )
        .every("FREQ=WEEKLY;BYDAY=MO");
    maker
        .add_in(
            "reunion",
            "Vanille",
            "2026-01-20T10:00",
            30,
            "Indian/Reunion",
        )
        .every("FREQ=MONTHLY;COUNT=12");
    maker
        .add_in("utc", "Synchronisation", "2026-01-01T00:00", 15, "UTC")
        .every("FREQ=MONTHLY");
    maker
        .add_in(
            "london",
            "Swap shop",
            "2026-03-23T18:00",
            60,
            "Europe/London",
        )
        .every("FREQ=WEEKLY;COUNT=6");
}

/// Only some occurrences of other people's series.
pub(super) fn invited(maker: &mut Maker) {
    let only = maker.add(
        "only-occurrences",
        "Conseil de quartier",
        "2026-02-19T18:30",
        90,
    );
    only.called_by(person(4)).invite(ACCOUNT, "accepted");
    only.uid = "conseil-2026@saint-ouen-letang.example".into();
    let series = only.id.clone();
    let original = only.start.clone();
    only.id = format!("{series}_{}", original.stamp());
    only.original = Some(original);
    maker.except_orphan(&series, "2026-04-16T18:30");
}

pub(super) fn birthdays(maker: &mut Maker) {
    for (label, name, day, contact) in [
        (
            "birthday",
            "Anniversaire de Noémie Lefèvre",
            "1987-11-02",
            "people/c4611686018427387905",
        ),
        (
            "birthday-leap",
            "Anniversaire de Yann Le Goff",
            "1992-02-29",
            "people/c4611686018427387906",
        ),
    ] {
        let event = maker.add(label, name, day, 1);
        event.kind = EventKind::Birthday(contact.into());
        event.every("FREQ=YEARLY");
        event.transparent = true;
        event.visibility = Visibility::Private;
        event.remind(&[(false, 540)]);
    }
}

impl Maker {
    /// One more occurrence of a series that is not here itself.
    fn except_orphan(&mut self, series: &str, original: &str) {
        let original = Moment::new(original, super::HOME);
        if let Some(all) = self.series.last_mut()
            && let Some(first) = all.events.first()
        {
            let mut event = first.clone();
            event.id = format!("{series}_{}", original.stamp());
            event.end = original.shifted(&first.start, &first.end);
            event.start = original.clone();
            event.original = Some(original);
            all.events.push(event);
        }
    }
}
