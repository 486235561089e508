use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, ToSpan as _};
use serde_json::{Value, json};

use super::super::super::content::mix;
use super::super::super::world::{ACCOUNT, PEOPLE, Person, person, sentence};
use super::super::event::told;
use super::super::{Folder, Thing};
use super::{ZONES, foreign_id, global_id, id, millis, series, zone_of};

/// An event on the clock of a zone, with Graph's usual values.
pub(super) fn event(
    key: (u64, &str, u64),
    subject: &str,
    start: DateTime,
    minutes: i64,
    zone: &str,
) -> Thing {
    let (seed, kind, number) = key;
    let begin = zone_of(zone).to_timestamp(start).unwrap_or_default();
    let end = begin + SignedDuration::from_mins(minutes);
    let me = json!({"emailAddress": {"name": ACCOUNT.name, "address": ACCOUNT.mail}});
    let place = json!({"displayName": "", "locationType": "default", "uniqueIdType": "unknown",
        "address": {}, "coordinates": {}});
    let modified =
        millis("2025-11-01T08:00:00Z") + i64::try_from(mix(seed, number) % 86_400_000).unwrap_or(0);
    let value = json!({
        "createdDateTime": "2025-10-31T09:15:00.1234567Z", "categories": [], "transactionId": null,
        "originalStartTimeZone": zone, "originalEndTimeZone": zone,
        "iCalUId": global_id(seed ^ super::mix_text(0, kind), number),
        "reminderMinutesBeforeStart": 15, "isReminderOn": false, "hasAttachments": false,
        "subject": subject, "bodyPreview": "", "importance": "normal", "sensitivity": "normal",
        "isAllDay": false, "isCancelled": false, "isOrganizer": true, "responseRequested": true,
        "seriesMasterId": null, "showAs": "busy", "type": "singleInstance",
        "webLink": format!("https://outlook.office365.example/owa/?itemid={number}&path=/calendar/item"),
        "onlineMeetingUrl": null, "isOnlineMeeting": false, "onlineMeetingProvider": "unknown",
        "allowNewTimeProposals": true, "occurrenceId": null, "isDraft": false, "hideAttendees": false,
        "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
        "body": {"contentType": "html", "content": ""},
        "start": told(begin), "end": told(end), "location": place, "locations": [],
        "recurrence": null, "attendees": [], "organizer": me, "onlineMeeting": null,
    });
    Thing::new(id(seed, kind, number), value, modified)
}

/// An event of whole days.
pub(super) fn days(key: (u64, &str, u64), subject: &str, start: DateTime, count: i64) -> Thing {
    let mut thing = event(key, subject, start, count * 1_440, "UTC");
    thing.set("isAllDay", true);
    thing
}

pub(super) fn html(text: &str) -> Value {
    let content = format!(
        "<html><head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body><p>{text}</p></body></html>"
    );
    json!({"contentType": "html", "content": content})
}

fn guest(who: Person, kind: &str, response: &str) -> Value {
    let time = match response {
        "none" => "0001-01-01T00:00:00Z",
        _ => "2025-11-02T10:00:00Z",
    };
    json!({"type": kind, "status": {"response": response, "time": time},
        "emailAddress": {"name": who.name, "address": who.mail}})
}

fn calendar(seed: u64, number: u64, name: &str) -> Folder {
    let value = json!({
        "name": name, "color": "auto", "hexColor": "", "isDefaultCalendar": number == 0,
        "canShare": true, "canViewPrivateItems": true, "canEdit": true, "isRemovable": number != 0,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"], "isTallyingResponses": number == 0,
        "defaultOnlineMeetingProvider": "teamsForBusiness",
        "owner": {"name": ACCOUNT.name, "address": ACCOUNT.mail},
    });
    Folder::new(id(seed, "calendar", number), value)
}

fn with(mut folder: Folder, fields: Value, things: Vec<Thing>) -> Folder {
    if let (Some(known), Value::Object(fields)) = (folder.value.as_object_mut(), fields) {
        known.extend(fields);
    }
    folder.things = things;
    folder
}

pub(super) fn all(seed: u64, events: u64) -> Vec<Folder> {
    let [_, _, _, _, _, farm] = PEOPLE;
    let seen_only = json!({"canEdit": false, "canShare": false});
    let mut first = traps(seed);
    first.extend((0..events / 2).map(|number| plain(seed, "plain", number)));
    let second = (events / 2..events).map(|number| plain(seed, "plain", number));
    let farm_day = |number, subject: &str| {
        event(
            (seed, "farm", number),
            subject,
            date(2026, 5, 3).at(10, 0, 0, 0),
            240,
            "Romance Standard Time",
        )
    };
    let born = days(
        (seed, "birthday", 0),
        "Anniversaire de Noémie",
        date(2026, 3, 3).at(0, 0, 0, 0),
        1,
    );
    let holiday = days(
        (seed, "holiday", 0),
        "Fête du Travail",
        date(2026, 5, 1).at(0, 0, 0, 0),
        1,
    );
    vec![
        with(calendar(seed, 0, "Calendrier"), json!({}), first),
        with(
            calendar(seed, 1, "Récurrences"),
            json!({"color": "lightGreen", "hexColor": "#7bd148"}),
            series::all(seed),
        ),
        with(
            calendar(seed, 2, "Distributions"),
            json!({"color": "lightOrange", "hexColor": "#ff8c00"}),
            second.collect(),
        ),
        with(
            calendar(seed, 3, "Ferme des Trois Chênes"),
            json!({"canEdit": false, "canShare": false, "canViewPrivateItems": false,
                "owner": {"name": farm.name, "address": farm.mail}}),
            vec![farm_day(0, "Portes ouvertes"), farm_day(1, "Semis")],
        ),
        with(
            calendar(seed, 4, "Anniversaires"),
            seen_only.clone(),
            vec![born],
        ),
        with(
            calendar(seed, 5, "Jours fériés en France"),
            seen_only,
            vec![holiday],
        ),
    ]
}

/// One of each that needs care.
fn traps(seed: u64) -> Vec<Thing> {
    let key = |number| (seed, "trap", number);
    let paris = "Romance Standard Time";
    let at = |day: i8, hour: i8| date(2026, 4, day).at(hour, 0, 0, 0);
    let [noemie, yann, fatou, _, town, _] = PEOPLE;

    let mut meeting = event(key(0), "Conseil d'administration", at(2, 18), 90, paris);
    meeting.set("body", html("Ordre du jour &amp; budget : <b>à relire</b>"));
    meeting.set(
        "attendees",
        json!([
            guest(noemie, "required", "accepted"),
            guest(yann, "optional", "tentativelyAccepted"),
            guest(fatou, "required", "declined"),
            guest(town, "resource", "none"),
        ]),
    );
    meeting.set("isOnlineMeeting", true);
    meeting.set("onlineMeetingProvider", "teamsForBusiness");
    meeting.set(
        "onlineMeeting",
        json!({"joinUrl": "https://teams.example/l/meetup-join/1", "conferenceId": "4711"}),
    );
    meeting.set("location", json!({"displayName": "Salle des fêtes", "locationType": "default",
        "coordinates": {"latitude": 45.8992, "longitude": 6.1294}, "address": {"city": "Saint-Ouen-l'Étang"}}));
    meeting.set("isReminderOn", true);
    meeting.set("importance", "high");
    meeting.set("categories", json!(["Bureau, interne", "Rouge"]));

    let mut invited = event(
        key(1),
        "Réunion des AMAP du canton",
        at(3, 14),
        60,
        "Eastern Standard Time",
    );
    invited.set("iCalUId", foreign_id("reunion-2026@mairie.example"));
    invited.set(
        "organizer",
        json!({"emailAddress": {"name": town.name, "address": town.mail}}),
    );
    invited.set("isOrganizer", false);
    invited.set("attendees", json!([guest(ACCOUNT, "required", "accepted")]));
    invited.set(
        "responseStatus",
        json!({"response": "accepted", "time": "2025-11-03T10:00:00Z"}),
    );
    invited.set("showAs", "tentative");

    let fair = days(key(2), "Foire aux plants", at(11, 0), 2);
    let mut away = days(key(3), "Congés", at(20, 0), 5);
    away.set("showAs", "oof");
    away.set("sensitivity", "private");

    let mut attached = event(key(4), "Vote du budget", at(9, 19), 120, paris);
    attached.set("hasAttachments", true);
    attached.set("attachments", attachments());
    let mut custom = event(
        key(5),
        "Fuseau de la maison",
        at(12, 9),
        45,
        "tzone://Microsoft/Custom",
    );
    custom.set("sensitivity", "confidential");
    let mut text = event(key(6), "", at(13, 9), 0, "UTC");
    text.set(
        "body",
        json!({"contentType": "text", "content": "Ligne 1\r\nLigne 2 ; avec, tout"}),
    );
    text.set("showAs", "free");
    let mut called_off = event(
        key(7),
        "Annulé : atelier conserves",
        at(14, 15),
        60,
        "India Standard Time",
    );
    called_off.set("isCancelled", true);
    called_off.set("importance", "low");
    vec![
        meeting, invited, fair, away, attached, custom, text, called_off,
    ]
}

fn attachments() -> Value {
    json!([
        {"@odata.type": "#microsoft.graph.fileAttachment", "@odata.mediaContentType": "text/csv", "id": "AAkA-att-1",
            "lastModifiedDateTime": "2025-11-01T08:00:00Z", "name": "budget.csv", "contentType": "text/csv", "size": 31,
            "isInline": false, "contentId": null, "contentBytes": "cG9zdGU7ZXVyb3MKb2V1ZnM7MTIwCnBhaW47ODAK"},
        {"@odata.type": "#microsoft.graph.itemAttachment", "id": "AAkA-att-2", "lastModifiedDateTime": "2025-11-01T08:00:00Z",
            "name": "Courriel de la mairie", "contentType": null, "size": 5120, "isInline": false},
        {"@odata.type": "#microsoft.graph.fileAttachment", "@odata.mediaContentType": "image/png", "id": "AAkA-att-3",
            "lastModifiedDateTime": "2025-11-01T08:00:00Z", "name": "canard.png", "contentType": "image/png", "size": 5,
            "isInline": true, "contentId": "canard@01D", "contentBytes": "iVBORw0="},
    ])
}

const SUBJECTS: [&str; 8] = [
    "Permanence",
    "Livraison des œufs",
    "Réunion",
    "Atelier cuisine",
    "Covoiturage",
    "Chantier participatif",
    "Point trésorerie",
    "Accueil des nouveaux",
];

/// A number's event: one in eight is a series.
fn plain(seed: u64, kind: &str, number: u64) -> Thing {
    let random = mix(seed ^ 0x0071, number);
    let pick = |n: u64, most: u64| i64::try_from(mix(random, n) % most).unwrap_or(0);
    let day = date(2024, 1, 1).saturating_add(pick(1, 900).days());
    let subject = SUBJECTS
        .get(usize::try_from(pick(2, 8)).unwrap_or(0))
        .copied()
        .unwrap_or_default();
    let subject = format!("{subject} n° {}", number + 1);
    let key = (seed, kind, number);
    let (zone, _) = ZONES
        .get(usize::try_from(pick(3, 5)).unwrap_or(0))
        .copied()
        .unwrap_or(("UTC", ""));
    let hour = i8::try_from(8 + pick(4, 12)).unwrap_or(8);
    let mut thing = match random % 9 {
        0 => days(key, &subject, day.at(0, 0, 0, 0), 1 + pick(5, 3)),
        _ => event(
            key,
            &subject,
            day.at(hour, 30, 0, 0),
            30 + 15 * pick(5, 8),
            zone,
        ),
    };
    if random.is_multiple_of(3) {
        thing.set("body", html(sentence(mix(random, 6))));
    }
    if random.is_multiple_of(4) {
        thing.set(
            "attendees",
            json!([guest(person(random), "required", "notResponded")]),
        );
    }
    if number % 8 == 5 {
        series::repeat(&mut thing, day, random);
    }
    thing
}
