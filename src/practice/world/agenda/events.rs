use super::super::super::content::mix;
use super::super::{PEOPLE, person, sentence};
use super::{Entry, PARIS, component, object, uid};

/// One event for each trap. `me` is the account's own address; `cloud` the address of the Nextcloud that
/// the attachments lie on.
pub fn event_traps(me: &str, cloud: &str) -> Vec<Entry> {
    let mut all = times();
    all.extend(series());
    all.extend(people(me));
    all.extend(oddities(cloud));
    all
}

fn single(name: &str, lines: &[&str]) -> Entry {
    let uid = format!("{name}@canard-bleu.example");
    let uid_line = format!("UID:{uid}");
    let mut all = vec![
        uid_line.as_str(),
        "DTSTAMP:20240105T091500Z",
        "CREATED:20240105T091500Z",
        "LAST-MODIFIED:20240106T101500Z",
    ];
    all.extend_from_slice(lines);
    let zone = if lines.iter().any(|line| line.contains("TZID=Europe/Paris")) {
        PARIS
    } else {
        ""
    };
    let event = component("VEVENT", &all);
    Entry::new(
        &format!("{name}.ics"),
        &uid,
        object(&format!("{zone}{event}")),
    )
}

fn times() -> Vec<Entry> {
    vec![
        single(
            "zoned",
            &[
                "SUMMARY:Réunion du bureau",
                "DTSTART;TZID=Europe/Paris:20310612T183000",
                "DTEND;TZID=Europe/Paris:20310612T203000",
                "LOCATION:Chez Noémie\\, 3 rue des Lilas",
            ],
        ),
        single(
            "utc",
            &[
                "SUMMARY:Appel avec la ferme",
                "DTSTART:20310613T070000Z",
                "DURATION:PT45M",
            ],
        ),
        single(
            "all-day",
            &[
                "SUMMARY:Portes ouvertes de la ferme",
                "DTSTART;VALUE=DATE:20310504",
                "DTEND;VALUE=DATE:20310505",
                "TRANSP:TRANSPARENT",
            ],
        ),
        single(
            "several-days",
            &[
                "SUMMARY:Week-end à la ferme",
                "DTSTART;VALUE=DATE:20310510",
                "DTEND;VALUE=DATE:20310513",
            ],
        ),
        single(
            "floating",
            &[
                "SUMMARY:Café du matin\\, où que l'on soit",
                "DTSTART:20310601T080000",
                "DTEND:20310601T083000",
            ],
        ),
        single(
            "no-end",
            &["SUMMARY:Rappel sans durée", "DTSTART:20310602T080000Z"],
        ),
        single(
            "long-ago",
            &[
                "SUMMARY:Naissance de la fondatrice",
                "DTSTART;VALUE=DATE:19281123",
            ],
        ),
        single(
            "windows-zone",
            &[
                "SUMMARY:Invitation venue d'Outlook",
                "DTSTART;TZID=\"Romance Standard Time\":20310603T140000",
                "DTEND;TZID=\"Romance Standard Time\":20310603T150000",
            ],
        ),
    ]
}

/// A series and its exceptions are one object.
fn series() -> Vec<Entry> {
    let weekly = |recurrence: &[&str]| {
        let mut lines = vec![
            "UID:distributions@canard-bleu.example",
            "DTSTAMP:20240105T091500Z",
            "SEQUENCE:3",
        ];
        lines.extend_from_slice(recurrence);
        component("VEVENT", &lines)
    };
    let master = weekly(&[
        "SUMMARY:Distribution des paniers",
        "DTSTART;TZID=Europe/Paris:20240104T183000",
        "DTEND;TZID=Europe/Paris:20240104T200000",
        "RRULE:FREQ=WEEKLY;BYDAY=TH",
        "EXDATE;TZID=Europe/Paris:20240502T183000,20240815T183000",
        "RDATE;TZID=Europe/Paris:20241224T170000",
        "LOCATION:Local de l'AMAP",
        "CATEGORIES:AMAP,Distribution",
    ]);
    let moved = weekly(&[
        "RECURRENCE-ID;TZID=Europe/Paris:20240208T183000",
        "SUMMARY:Distribution des paniers (avancée)",
        "DTSTART;TZID=Europe/Paris:20240207T180000",
        "DTEND;TZID=Europe/Paris:20240207T193000",
        "LOCATION:Salle des fêtes",
    ]);
    let cancelled = weekly(&[
        "RECURRENCE-ID;TZID=Europe/Paris:20240215T183000",
        "SUMMARY:Distribution des paniers",
        "DTSTART;TZID=Europe/Paris:20240215T183000",
        "DTEND;TZID=Europe/Paris:20240215T200000",
        "STATUS:CANCELLED",
    ]);
    let whole = object(&format!("{PARIS}{master}{moved}{cancelled}"));
    vec![
        Entry::new(
            "distributions.ics",
            "distributions@canard-bleu.example",
            whole,
        ),
        single(
            "yearly",
            &[
                "SUMMARY:Assemblée générale",
                "DTSTART;VALUE=DATE:20240316",
                "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=3SA",
            ],
        ),
        single(
            "until",
            &[
                "SUMMARY:Atelier cuisine",
                "DTSTART;TZID=Europe/Paris:20260105T190000",
                "DTEND;TZID=Europe/Paris:20260105T210000",
                "RRULE:FREQ=MONTHLY;BYDAY=1MO;UNTIL=20261207T180000Z",
            ],
        ),
        // The rest of an invitation to one occurrence only.
        Entry::new(
            "orphan.ics",
            "orphan@ailleurs.example",
            object(&component(
                "VEVENT",
                &[
                    "UID:orphan@ailleurs.example",
                    "DTSTAMP:20240105T091500Z",
                    "RECURRENCE-ID:20310620T100000Z",
                    "SUMMARY:Une seule date d'une série",
                    "DTSTART:20310620T110000Z",
                    "DTEND:20310620T120000Z",
                ],
            )),
        ),
    ]
}

fn people(me: &str) -> Vec<Entry> {
    let organizer = format!("ORGANIZER;CN=Camille Béranger:mailto:{me}");
    let mine = format!("ATTENDEE;CN=Camille Béranger;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:{me}");
    let [noemie, yann, fatou, ..] = PEOPLE;
    let guest = |name: &str, mail: &str, answer: &str| {
        format!("ATTENDEE;CN={name};PARTSTAT={answer};RSVP=TRUE:mailto:{mail}")
    };
    let guests = [
        guest(noemie.name, noemie.mail, "ACCEPTED"),
        guest(yann.name, yann.mail, "DECLINED"),
        guest(fatou.name, fatou.mail, "NEEDS-ACTION"),
    ];
    let mut organised = vec![
        "SUMMARY:Conseil d'administration",
        "DTSTART;TZID=Europe/Paris:20311006T190000",
        "DTEND;TZID=Europe/Paris:20311006T213000",
        "SEQUENCE:2",
        organizer.as_str(),
        mine.as_str(),
    ];
    organised.extend(guests.iter().map(String::as_str));
    let of_others = format!("ORGANIZER;CN={}:mailto:{}", noemie.name, noemie.mail);
    let tentative = mine.replace("ACCEPTED;ROLE=CHAIR", "TENTATIVE");
    let alarm = |lines: &[&str]| component("VALARM", lines);
    let by_mail = alarm(&[
        "ACTION:EMAIL",
        "TRIGGER:-P1D",
        "SUMMARY:Rappel",
        "DESCRIPTION:C'est demain",
        &format!("ATTENDEE:mailto:{}", fatou.mail),
    ]);
    let shown = alarm(&["ACTION:DISPLAY", "TRIGGER:-PT15M", "DESCRIPTION:Rappel"]);
    let mut delivery = vec!["SUMMARY:Commission légumes"];
    delivery.extend(organised.iter().skip(1));
    let with_alarms = single("mail-alarm", &delivery);
    let text = String::from_utf8_lossy(&with_alarms.text)
        .replace("END:VEVENT\r\n", &format!("{by_mail}{shown}END:VEVENT\r\n"));
    vec![
        single("guests", &organised),
        single(
            "invited",
            &[
                "SUMMARY:Réunion à laquelle je suis invitée",
                "DTSTART;TZID=Europe/Paris:20311007T190000",
                "DTEND;TZID=Europe/Paris:20311007T200000",
                &of_others,
                &tentative,
            ],
        ),
        Entry {
            text: text.into_bytes(),
            ..with_alarms
        },
        single(
            "private",
            &[
                "SUMMARY:Rendez-vous médical",
                "DTSTART:20310701T090000Z",
                "DTEND:20310701T093000Z",
                "CLASS:PRIVATE",
            ],
        ),
        single(
            "confidential",
            &[
                "SUMMARY:Entretien",
                "DESCRIPTION:À ne montrer à personne",
                "DTSTART:20310702T090000Z",
                "DTEND:20310702T093000Z",
                "CLASS:CONFIDENTIAL",
            ],
        ),
    ]
}

fn oddities(cloud: &str) -> Vec<Entry> {
    let long_uid = format!("{}@canard-bleu.example", "long-".repeat(60));
    let description = format!(
        "DESCRIPTION:{}",
        "Prévoir des œufs 🥚\\, du miel\\; et\\nde la patience. ".repeat(60)
    );
    let attachment =
        format!("ATTACH;FMTTYPE=application/pdf;FILENAME=/Comptes rendus/bureau.pdf:{cloud}/f/42");
    let lf = String::from_utf8_lossy(
        &single(
            "line-feeds",
            &["SUMMARY:Fins de ligne d'Unix", "DTSTART:20310703T090000Z"],
        )
        .text,
    )
    .replace("\r\n", "\n");
    vec![
        single(
            "video",
            &[
                "SUMMARY:Visioconférence",
                "DTSTART:20310704T180000Z",
                "DTEND:20310704T190000Z",
                "CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=Talk:https://talk.example/call/abc",
                "URL:https://talk.example/call/abc",
                "X-UNKNOWN;X-PARAM=\"a;b:c,d\":gardé\\, tel quel",
            ],
        ),
        single(
            "attachment",
            &[
                "SUMMARY:Avec une pièce jointe",
                "DTSTART:20310705T090000Z",
                &attachment,
            ],
        ),
        single(
            "long-description",
            &[
                "SUMMARY:Très long 🦆",
                "DTSTART:20310706T090000Z",
                &description,
            ],
        ),
        Entry::new(
            "long-uid.ics",
            &long_uid,
            object(&component(
                "VEVENT",
                &[
                    &format!("UID:{long_uid}"),
                    "DTSTAMP:20240105T091500Z",
                    "SUMMARY:Identifiant interminable",
                    "DTSTART:20310707T090000Z",
                ],
            )),
        ),
        Entry::new("line-feeds.ics", "line-feeds@canard-bleu.example", lf),
        // An address without an ending.
        Entry {
            name: "sans-extension".to_owned(),
            ..single(
                "no-ending",
                &["SUMMARY:Sans .ics", "DTSTART:20310708T090000Z"],
            )
        },
        // A name that addresses must encode.
        Entry {
            name: "été 100 %.ics".to_owned(),
            ..single(
                "odd-name",
                &["SUMMARY:Nom difficile", "DTSTART:20310709T090000Z"],
            )
        },
        single("no-summary", &["DTSTART:20310710T090000Z"]),
    ]
}

/// A plain event of the association: some of them series, some all day, some with a guest.
pub fn event(seed: u64, number: u64) -> Entry {
    let random = mix(seed ^ 0x6576, number);
    let uid = uid(seed, 0x6576, number);
    let (month, day) = (1 + random % 12, 1 + (random >> 8) % 28);
    let (year, hour) = (2022 + (random >> 16) % 6, 8 + (random >> 24) % 12);
    let date = format!("{year:04}{month:02}{day:02}");
    let mut lines = vec![
        format!("UID:{uid}"),
        format!("DTSTAMP:{date}T060000Z"),
        format!("SUMMARY:{}", sentence(random >> 3).replace(',', "\\,")),
    ];
    let zoned = !random.is_multiple_of(3);
    if zoned {
        lines.push(format!("DTSTART;TZID=Europe/Paris:{date}T{hour:02}0000"));
        lines.push(format!("DTEND;TZID=Europe/Paris:{date}T{hour:02}4500"));
    } else {
        lines.push(format!("DTSTART;VALUE=DATE:{date}"));
    }
    if random.is_multiple_of(5) {
        lines.push(format!("RRULE:FREQ=WEEKLY;COUNT={}", 2 + random % 40));
    }
    if random.is_multiple_of(7) {
        let guest = person(random >> 5);
        lines.push("ORGANIZER:mailto:elsewhere@ailleurs.example".to_owned());
        lines.push(format!("ATTENDEE;CN={}:mailto:{}", guest.name, guest.mail));
    }
    if random.is_multiple_of(4) {
        lines.push(format!(
            "DESCRIPTION:{}",
            sentence(random >> 9).replace(',', "\\,")
        ));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let zone = if zoned { PARIS } else { "" };
    let event = component("VEVENT", &lines);
    Entry::new(
        &format!("{}.ics", uid.to_uppercase()),
        &uid,
        object(&format!("{zone}{event}")),
    )
}
