//! Who hears of a change in a calendar: `ITip\Broker` of VObject as Nextcloud uses it (TipBroker.php,
//! Schedule/Plugin.php, IMipPlugin.php, ReminderService.php).

use std::collections::BTreeMap;

use super::super::vobject::{Component, Node, Property, duration, last_occurrence, parse_time};
use super::mail::{Mail, MailKind};

/// What happens to an object.
pub struct Occasion<'a> {
    /// The account that owns the calendar.
    pub account: &'a str,
    /// What that account is invited as: `mailto:…` in lower case, and its principal.
    pub addresses: &'a [String],
    /// `None`: it is new.
    pub old: Option<&'a Component>,
    /// `None`: it is deleted.
    pub new: Option<&'a Component>,
    /// Seconds since 1970.
    pub now: i64,
}

/// Something that must arrive in the calendar of somebody else on this server, if the address is theirs.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Without `mailto:`.
    pub to: String,
    pub method: &'static str,
    pub object: Component,
}

/// What is to be done about an occasion.
#[derive(Debug, Default)]
pub struct Schedule {
    pub mails: Vec<Mail>,
    pub deliveries: Vec<Delivery>,
    /// The object as it is stored: with what became of the messages. `None`: as it came.
    pub object: Option<Component>,
}

#[derive(Debug, Clone)]
struct Attendee {
    scheduled_by_client: bool,
    /// By recurrence, `""` for the series.
    answers: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
struct Info {
    uid: String,
    organizer: Option<String>,
    organizer_by_client: bool,
    attendees: BTreeMap<String, Attendee>,
    cancelled: bool,
}

/// `mailto:` addresses are the same whatever their case.
fn normalized(address: &str) -> String {
    match address.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto") => {
            format!("mailto:{}", rest.to_lowercase())
        }
        _ => address.to_owned(),
    }
}

fn by_client(property: &Property) -> bool {
    property
        .param("SCHEDULE-AGENT")
        .is_some_and(|agent| agent.eq_ignore_ascii_case("CLIENT"))
}

fn events(object: &Component) -> impl Iterator<Item = &Component> {
    object.components().filter(|c| c.name == "VEVENT")
}

fn info(object: &Component) -> Info {
    let mut info = Info::default();
    for event in events(object) {
        info.uid = event.text("UID").unwrap_or_default();
        if let Some(organizer) = event.property("ORGANIZER") {
            info.organizer
                .get_or_insert_with(|| normalized(&organizer.text()));
            info.organizer_by_client = by_client(organizer);
        }
        let recurrence = event.text("RECURRENCE-ID").unwrap_or_default();
        let status = event.text("STATUS").unwrap_or_default();
        if recurrence.is_empty() {
            info.cancelled = status.eq_ignore_ascii_case("CANCELLED");
        }
        for attendee in event.properties("ATTENDEE") {
            let answer = attendee.param("PARTSTAT").unwrap_or("NEEDS-ACTION");
            info.attendees
                .entry(normalized(&attendee.text()))
                .or_insert(Attendee {
                    scheduled_by_client: by_client(attendee),
                    answers: BTreeMap::new(),
                })
                .answers
                .insert(recurrence.clone(), answer.to_ascii_uppercase());
        }
    }
    info.attendees
        .retain(|_, attendee| !attendee.scheduled_by_client);
    info
}

/// Which mails go out, and what arrives elsewhere on this server.
pub fn on_change(occasion: &Occasion<'_>) -> Schedule {
    let old = occasion.old.map(info).unwrap_or_default();
    let new = occasion.new.map(info).unwrap_or_default();
    let organizer = new.organizer.clone().or_else(|| old.organizer.clone());
    let Some(organizer) = organizer else {
        return Schedule::default();
    };
    if old.attendees.is_empty() && new.attendees.is_empty() {
        return Schedule::default();
    }
    let messages = if occasion.addresses.contains(&organizer) {
        of_organizer(occasion, &organizer, &old, &new)
    } else {
        of_attendee(occasion, &organizer, &old, &new)
    };
    if messages.is_empty() {
        return Schedule::default();
    }
    carry_out(occasion, &organizer, messages)
}

struct Message {
    to: String,
    kind: MailKind,
    method: &'static str,
}

fn of_organizer(occasion: &Occasion<'_>, organizer: &str, old: &Info, new: &Info) -> Vec<Message> {
    let was_cancelled = old.cancelled || !new.cancelled;
    let mut messages = Vec::new();
    let known = new.attendees.keys().chain(old.attendees.keys());
    let mut seen: Vec<&String> = Vec::new();
    for address in known {
        if address == organizer || seen.contains(&address) {
            continue;
        }
        seen.push(address);
        let stays = occasion.new.is_some() && new.attendees.contains_key(address);
        let (kind, method) = if stays && was_cancelled {
            (MailKind::Invitation, "REQUEST")
        } else {
            (MailKind::Cancellation, "CANCEL")
        };
        messages.push(Message {
            to: address.clone(),
            kind,
            method,
        });
    }
    messages
}

fn of_attendee(occasion: &Occasion<'_>, organizer: &str, old: &Info, new: &Info) -> Vec<Message> {
    let known = if occasion.new.is_some() { new } else { old };
    if known.organizer_by_client || known.cancelled {
        return Vec::new();
    }
    let me = known
        .attendees
        .iter()
        .find(|(address, _)| occasion.addresses.contains(address));
    let Some((address, attendee)) = me else {
        return Vec::new();
    };
    let before = old.attendees.get(address);
    let changed = match (occasion.new, before) {
        // Deleting is declining.
        (None, _) => attendee.answers.values().any(|answer| answer != "DECLINED"),
        (Some(_), None) => attendee
            .answers
            .values()
            .any(|answer| answer != "NEEDS-ACTION"),
        (Some(_), Some(before)) => before.answers != attendee.answers,
    };
    if !changed {
        return Vec::new();
    }
    vec![Message {
        to: organizer.to_owned(),
        kind: MailKind::Reply,
        method: "REPLY",
    }]
}

fn carry_out(occasion: &Occasion<'_>, organizer: &str, messages: Vec<Message>) -> Schedule {
    let mut schedule = Schedule::default();
    let Some(object) = occasion.new.or(occasion.old) else {
        return schedule;
    };
    let uid = info(object).uid;
    // Nobody is mailed about what is over.
    let is_over = !matches!(last_occurrence(object), Ok(Some(last)) if last >= occasion.now);
    let is_same = occasion
        .old
        .zip(occasion.new)
        .is_some_and(|(old, new)| !differ(old, new));
    for message in &messages {
        let Some(to) = message.to.strip_prefix("mailto:") else {
            continue;
        };
        if !is_over && !is_same && to.contains('@') {
            schedule
                .mails
                .push(Mail::new(message.kind, occasion.account, to, &uid));
        }
        schedule.deliveries.push(Delivery {
            to: to.to_owned(),
            method: message.method,
            object: object.clone(),
        });
    }
    if let Some(new) = occasion.new {
        let mut marked = new.clone();
        for event in marked.components_mut().filter(|c| c.name == "VEVENT") {
            for child in &mut event.children {
                if let Node::Property(property) = child
                    && matches!(property.name.as_str(), "ATTENDEE" | "ORGANIZER")
                    && messages
                        .iter()
                        .any(|m| m.to == normalized(&property.text()))
                    && (property.name == "ORGANIZER") == (normalized(&property.text()) == organizer)
                {
                    property.set_param("SCHEDULE-STATUS", "1.1");
                }
            }
        }
        schedule.object = Some(marked);
    }
    schedule
}

/// Whether an event differs in what counts as a change worth a mail (EventComparisonService.php).
fn differ(old: &Component, new: &Component) -> bool {
    const SIGNS: [&str; 4] = ["RECURRENCE-ID", "RRULE", "SEQUENCE", "LAST-MODIFIED"];
    let signs = |event: &Component| SIGNS.map(|sign| event.text(sign));
    let before: Vec<_> = events(old).map(signs).collect();
    events(new).any(|event| !before.contains(&signs(event)))
}

/// The mails that the alarms of an event will send when their time comes, with when that is.
pub fn alarms(object: &Component, occasion: &Occasion<'_>) -> Vec<Mail> {
    let is_organizer = info(object)
        .organizer
        .is_some_and(|organizer| occasion.addresses.contains(&organizer));
    let mut mails = Vec::new();
    for event in events(object) {
        for alarm in event.components().filter(|c| c.name == "VALARM") {
            let by_mail = alarm.text("ACTION").is_some_and(|action| action == "EMAIL");
            let Some(due) = due(event, alarm) else {
                continue;
            };
            let repeats = event.has("RRULE") || event.has("RDATE");
            let is_over = due < occasion.now
                && !(repeats
                    && matches!(last_occurrence(object), Ok(Some(last)) if last >= occasion.now));
            if !by_mail || is_over {
                continue;
            }
            for to in recipients(event, occasion, is_organizer) {
                let uid = event.text("UID").unwrap_or_default();
                let mut mail = Mail::new(MailKind::Alarm, occasion.account, &to, &uid);
                mail.due = Some(due);
                mails.push(mail);
            }
        }
    }
    mails
}

/// The account itself and, when it is the organiser, every guest who has not declined.
fn recipients(event: &Component, occasion: &Occasion<'_>, is_organizer: bool) -> Vec<String> {
    let own = occasion
        .addresses
        .iter()
        .filter_map(|address| address.strip_prefix("mailto:"))
        .map(str::to_owned);
    let guests = event
        .properties("ATTENDEE")
        .filter(|_| is_organizer)
        .filter(|guest| {
            let is_thing = guest.param("CUTYPE").is_some_and(|kind| {
                matches!(
                    kind.to_ascii_uppercase().as_str(),
                    "RESOURCE" | "ROOM" | "UNKNOWN"
                )
            });
            !is_thing && guest.param("PARTSTAT") != Some("DECLINED")
        })
        .filter_map(|guest| {
            let address = normalized(&guest.text());
            Some(address.strip_prefix("mailto:")?.to_owned())
        });
    let mut all: Vec<String> = own.chain(guests).collect();
    all.sort();
    all.dedup();
    all
}

fn due(event: &Component, alarm: &Component) -> Option<i64> {
    let trigger = alarm.property("TRIGGER")?;
    let text = trigger.text();
    if trigger.param("VALUE") == Some("DATE-TIME") {
        return parse_time(&text, None);
    }
    let at_end = trigger.param("RELATED") == Some("END");
    let edge = match at_end {
        true => event.property("DTEND"),
        false => event.property("DTSTART"),
    }?;
    let edge = parse_time(&edge.text(), edge.param("TZID"))?;
    edge.checked_add(duration(&text)?)
}

#[cfg(test)]
mod tests {
    use super::super::super::vobject::parse;
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn event(lines: &str) -> Component {
        parse(
            format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20300101T100000Z\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
            )
            .as_bytes(),
        )
        .unwrap()
    }

    fn mails(old: Option<&Component>, new: Option<&Component>) -> Vec<(MailKind, String)> {
        let addresses = ["mailto:me@a.example".to_owned()];
        let occasion = Occasion {
            account: "me",
            addresses: &addresses,
            old,
            new,
            now: NOW,
        };
        let schedule = on_change(&occasion);
        schedule
            .mails
            .into_iter()
            .map(|mail| (mail.kind, mail.to))
            .collect()
    }

    const GUESTS: &str = "ORGANIZER:mailto:Me@a.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:me@a.example\r\nATTENDEE:mailto:b@b.example\r\nATTENDEE:mailto:c@c.example\r\n";

    #[test]
    fn an_organiser_mails_every_guest() {
        use MailKind::{Cancellation, Invitation};
        let new = event(GUESTS);
        let both = |kind| {
            vec![
                (kind, "b@b.example".to_owned()),
                (kind, "c@c.example".to_owned()),
            ]
        };
        assert_eq!(mails(None, Some(&new)), both(Invitation));
        assert_eq!(mails(Some(&new), None), both(Cancellation));
        assert_eq!(mails(Some(&new), Some(&new)), []);
        let later = event(&format!("{GUESTS}SEQUENCE:1\r\n"));
        assert_eq!(mails(Some(&new), Some(&later)), both(Invitation));
        let fewer = event(&GUESTS.replace("ATTENDEE:mailto:c@c.example\r\n", "SEQUENCE:1\r\n"));
        let found = mails(Some(&new), Some(&fewer));
        assert!(
            found.contains(&(Cancellation, "c@c.example".to_owned())),
            "{found:?}"
        );
    }

    #[test]
    fn a_guest_replies() {
        let mine =
            "ORGANIZER:mailto:b@b.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:me@a.example\r\n";
        let new = event(mine);
        let reply = [(MailKind::Reply, "b@b.example".to_owned())];
        assert_eq!(mails(None, Some(&new)), reply);
        assert_eq!(mails(Some(&new), None), reply);
        assert_eq!(
            mails(
                None,
                Some(&event(&mine.replace("ACCEPTED", "NEEDS-ACTION")))
            ),
            []
        );
    }

    #[test]
    fn what_concerns_nobody_is_not_told() {
        let of_others = GUESTS.replace("Me@a", "x@x").replace("me@a", "y@y");
        let by_client = GUESTS
            .replace("ORGANIZER", "ORGANIZER;SCHEDULE-AGENT=CLIENT")
            .replace("ATTENDEE", "ATTENDEE;SCHEDULE-AGENT=CLIENT");
        for lines in [
            "",
            "ORGANIZER:mailto:me@a.example\r\n",
            &of_others,
            &by_client,
        ] {
            assert_eq!(mails(None, Some(&event(lines))), [], "{lines}");
        }
        // Only CLIENT is honoured.
        let none = by_client.replace("CLIENT", "NONE");
        assert_eq!(mails(None, Some(&event(&none))).len(), 2);
        let over = event(GUESTS).serialize();
        let over = String::from_utf8(over)
            .unwrap()
            .replace("DTSTART:2030", "DTSTART:2020");
        assert_eq!(mails(None, Some(&parse(over.as_bytes()).unwrap())), []);
    }

    #[test]
    fn alarms_by_mail_are_mails_of_later() {
        let alarm = |action: &str| {
            format!("{GUESTS}BEGIN:VALARM\r\nACTION:{action}\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n")
        };
        let addresses = ["mailto:me@a.example".to_owned()];
        let occasion = Occasion {
            account: "me",
            addresses: &addresses,
            old: None,
            new: None,
            now: NOW,
        };
        assert_eq!(alarms(&event(&alarm("DISPLAY")), &occasion), []);
        let found = alarms(&event(&alarm("EMAIL")), &occasion);
        let to: Vec<&str> = found.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["b@b.example", "c@c.example", "me@a.example"]);
        assert_eq!(found[0].due, parse_time("20300101T094500Z", None));
    }
}
