//! Makes calendar objects and cards such as people have, in every spelling that the standards allow.
//!
//! `tests/` use this file, too, by its path: it needs nothing but proptest.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Words, accents, everything that must be escaped, other scripts, line breaks.
pub fn words() -> BoxedStrategy<String> {
    let part = prop_oneof![
        4 => "[a-zA-Z0-9 ]{1,20}",
        2 => select(vec!["é", "Fête de l’été", "« A »", "漢字", "🎉", "ß", "œuvre", "\u{a0}", "e\u{301}"]).prop_map(str::to_owned),
        2 => select(vec![",", ";", "\\", "\n", ":", "\"", "\\n", "\\,", "\\\\", "=", "\t", "^n", "<b>x</b>", "BEGIN:VEVENT", "END:VCARD"]).prop_map(str::to_owned),
        1 => "\\PC{0,10}",
    ];
    vec(part, 1..8).prop_map(|parts| parts.concat()).boxed()
}

/// A text as a value.
pub fn escaped(text: &str) -> String {
    let mut value = String::new();
    for char in text.chars() {
        match char {
            '\\' | ';' | ',' => value.extend(['\\', char]),
            '\n' => value.push_str("\\n"),
            char => value.push(char),
        }
    }
    value
}

/// Parameters: unusual ones, quoted ones, with the escapes of RFC 6868.
fn params() -> BoxedStrategy<String> {
    let param = prop_oneof![
        "[a-z]{2}(-[A-Z]{2})?".prop_map(|lang| format!(";LANGUAGE={lang}")),
        "[A-Za-z0-9 àé'._-]{1,15}".prop_map(|value| format!(";X-PARAM={value}")),
        "[A-Za-z0-9 ;:,é^.']{1,30}"
            .prop_map(|value| format!(";X-QUOTED=\"{}\"", value.replace('^', "^^"))),
        Just(";X-LIST=a,\"b;c\",d".to_owned()),
    ];
    let different = |params: Vec<String>| {
        let mut seen = Vec::new();
        let fresh = |param: &String| {
            let name = param.split('=').next().unwrap_or_default().to_owned();
            let is_new = !seen.contains(&name);
            seen.push(name);
            is_new
        };
        params.into_iter().filter(fresh).collect::<String>()
    };
    prop_oneof![3 => Just(String::new()), 1 => vec(param, 1..3).prop_map(different)].boxed()
}

/// A property that nobody has heard of.
fn unknown() -> BoxedStrategy<String> {
    ("X-[A-Z]{1,8}(-[A-Z0-9]{1,6})?", params(), words())
        .prop_map(|(name, params, words)| format!("{name}{params}:{}", escaped(&words)))
        .boxed()
}

/// Puts the properties of a component in any order, each name at most as often as it is given.
fn shuffled(lines: impl Strategy<Value = Vec<String>> + 'static) -> BoxedStrategy<Vec<String>> {
    lines.prop_shuffle().boxed()
}

/// How lines are folded: after how many characters, and with what.
#[derive(Debug, Clone, Copy)]
pub struct Folding {
    width: usize,
    with: &'static str,
}

fn folding() -> impl Strategy<Value = Folding> {
    (
        prop_oneof![Just(70_usize), 3_usize..70],
        select(vec!["\r\n ", "\r\n\t"]),
    )
        .prop_map(|(width, with)| Folding { width, with })
}

/// Folded lines with their ends.
fn written(lines: &[String], folding: Folding) -> String {
    let mut text = String::new();
    for line in lines {
        for (number, char) in line.chars().enumerate() {
            if number > 0 && number % folding.width == 0 {
                text.push_str(folding.with);
            }
            text.push(char);
        }
        text.push_str("\r\n");
    }
    text
}

const ZONES: [&str; 9] = [
    "Europe/Paris",
    "Europe/Dublin",
    "America/New_York",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Romance Standard Time",
    "W. Europe Standard Time",
];

/// How an object tells its times.
#[derive(Debug, Clone, Copy)]
enum Clock {
    Utc,
    Floating,
    Day,
    Zone(&'static str),
}

impl Clock {
    fn property(
        self,
        name: &str,
        (year, month, day): (u16, u8, u8),
        (hour, minute): (u8, u8),
    ) -> String {
        let date = format!("{year:04}{month:02}{day:02}");
        let time = format!("{date}T{hour:02}{minute:02}00");
        match self {
            Self::Utc => format!("{name}:{time}Z"),
            Self::Floating => format!("{name}:{time}"),
            Self::Day => format!("{name};VALUE=DATE:{date}"),
            Self::Zone(zone) => format!("{name};TZID={zone}:{time}"),
        }
    }
}

fn clock() -> impl Strategy<Value = Clock> {
    prop_oneof![
        2 => Just(Clock::Utc),
        1 => Just(Clock::Floating),
        2 => Just(Clock::Day),
        5 => select(ZONES.to_vec()).prop_map(Clock::Zone),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    let part = select(vec![
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,WE;WKST=MO",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYDAY=2TU",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1",
        "freq=weekly;interval=2",
    ]);
    let end = select(vec![
        "",
        ";COUNT=12",
        ";UNTIL=20271231",
        ";INTERVAL=3;COUNT=5",
    ]);
    (part, end).prop_map(|(part, end)| {
        let end = if part.contains("interval") {
            end.trim_start_matches(";INTERVAL=3")
        } else {
            end
        };
        format!("RRULE:{part}{end}")
    })
}

/// Lines that an event, or a task, may have, each at most once.
fn details(is_task: bool) -> BoxedStrategy<Vec<String>> {
    let text = |name: &'static str| {
        option::of(
            (params(), words())
                .prop_map(move |(params, words)| format!("{name}{params}:{}", escaped(&words))),
        )
    };
    let word = |name: &'static str, words: Vec<&'static str>| {
        option::of(select(words).prop_map(move |word| format!("{name}:{word}")))
    };
    let single = (
        text("SUMMARY"),
        text("DESCRIPTION"),
        text("LOCATION"),
        word("CLASS", vec!["PUBLIC", "PRIVATE", "CONFIDENTIAL", "x-own"]),
        word("PRIORITY", vec!["0", "5", "9"]),
        word("URL", vec!["https://example.org/?a=b;c,d&e#f", "urn:x:y"]),
        word(
            "STATUS",
            if is_task {
                vec!["NEEDS-ACTION", "IN-PROCESS"]
            } else {
                vec!["CONFIRMED", "TENTATIVE", "CANCELLED"]
            },
        ),
        word("GEO", vec!["48.85;2.35", "-1;-2.5"]),
        word("SEQUENCE", vec!["0", "7"]),
        word(
            "LAST-MODIFIED",
            vec!["20240101T000000Z", "20241231T235959Z"],
        ),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i, j)| {
            [a, b, c, d, e, f, g, h, i, j]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
        });
    let many = vec(
        prop_oneof![
            unknown(),
            vec("[A-Za-zé ,;]{1,10}", 1..4).prop_map(|items| {
                let items: Vec<String> = items.iter().map(|item| escaped(item)).collect();
                format!("CATEGORIES:{}", items.join(","))
            }),
            ("[A-Za-z é;:,]{1,20}", select(vec!["ACCEPTED", "DECLINED", "NEEDS-ACTION"]), "[a-z]{1,8}")
                .prop_map(|(name, answer, who)| format!("ATTENDEE;CN=\"{name}\";PARTSTAT={answer};X-NUM-GUESTS=0:mailto:{who}@example.org")),
            Just("ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:TG9yZW0gaXBzdW0=".to_owned()),
            "[a-z0-9]{1,10}".prop_map(|id| format!("ATTACH;FILENAME=\"a, b.pdf\":https://drive.google.com/open?id={id}")),
            Just("CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://meet.example.org/x".to_owned()),
            words().prop_map(|words| format!("COMMENT:{}", escaped(&words))),
        ],
        0..5,
    );
    shuffled((single, many).prop_map(|(single, many)| [single, many].concat()))
}

fn alarm() -> BoxedStrategy<Vec<String>> {
    (
        select(vec!["-PT15M", "PT0S", "-P1D", "P1DT2H"]),
        words(),
        option::of(unknown()),
    )
        .prop_map(|(trigger, words, unknown)| {
            let mut lines = vec![
                "BEGIN:VALARM".to_owned(),
                "ACTION:DISPLAY".to_owned(),
                format!("DESCRIPTION:{}", escaped(&words)),
                format!("TRIGGER:{trigger}"),
            ];
            lines.extend(unknown);
            lines.push("END:VALARM".to_owned());
            lines
        })
        .boxed()
}

fn day() -> impl Strategy<Value = (u16, u8, u8)> {
    (1995_u16..2030, 1_u8..=12, 1_u8..=28)
}

fn component(
    name: &str,
    uid: &str,
    times: Vec<String>,
    details: Vec<String>,
    alarms: Vec<Vec<String>>,
) -> Vec<String> {
    let mut lines = vec![
        format!("BEGIN:{name}"),
        format!("UID:{}", escaped(uid)),
        "DTSTAMP:20240101T000000Z".to_owned(),
    ];
    lines.extend(times);
    lines.extend(details);
    lines.extend(alarms.into_iter().flatten());
    lines.push(format!("END:{name}"));
    lines
}

/// An object: the lines of its components.
#[derive(Debug, Clone)]
pub struct Object {
    pub uid: String,
    components: Vec<Vec<String>>,
    folding: Folding,
}

impl Object {
    /// Its iCalendar.
    pub fn text(&self) -> String {
        let mut lines = vec![
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Test//EN".to_owned(),
        ];
        lines.extend(self.components.iter().flatten().cloned());
        lines.push("END:VCALENDAR".to_owned());
        written(&lines, self.folding)
    }
}

/// Events: single ones, series, series with exceptions, on every clock.
pub fn event(uid: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Object> {
    let exceptions = vec((1_u8..=28, 0_u8..24, details(false)), 0..3);
    (
        uid,
        clock(),
        day(),
        (0_u8..24, 0_u8..60),
        option::of(rule()),
        details(false),
        vec(alarm(), 0..3),
        exceptions,
        folding(),
    )
        .prop_map(
            |(uid, clock, day, time, rule, lines, alarms, exceptions, folding)| {
                let mut times = vec![clock.property("DTSTART", day, time)];
                let is_series = rule.is_some();
                let has_start = matches!(clock, Clock::Day);
                times.push(if has_start {
                    "DURATION:P1D".to_owned()
                } else {
                    "DURATION:PT1H30M".to_owned()
                });
                times.extend(rule);
                if is_series {
                    times.push(clock.property("EXDATE", (day.0 + 1, day.1, 1), time));
                    times.push(clock.property("RDATE", (day.0 + 1, day.1, 2), time));
                }
                let mut components = vec![component("VEVENT", &uid, times, lines, alarms)];
                let mut taken = Vec::new();
                for (on, hour, lines) in exceptions {
                    if !is_series || taken.contains(&on) {
                        continue;
                    }
                    taken.push(on);
                    let times = vec![
                        clock.property("RECURRENCE-ID", (day.0 + 2, day.1, on), time),
                        clock.property("DTSTART", (day.0 + 2, day.1, on), (hour, 0)),
                    ];
                    components.push(component("VEVENT", &uid, times, lines, Vec::new()));
                }
                Object {
                    uid,
                    components,
                    folding,
                }
            },
        )
        .boxed()
}

/// Tasks.
pub fn task(uid: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Object> {
    (
        uid,
        clock(),
        day(),
        (0_u8..24, 0_u8..60),
        details(true),
        option::of(Just("RELATED-TO;RELTYPE=PARENT:other".to_owned())),
        folding(),
    )
        .prop_map(|(uid, clock, day, time, mut lines, parent, folding)| {
            lines.extend(parent);
            let times = vec![clock.property("DUE", day, time)];
            let components = vec![component("VTODO", &uid, times, lines, Vec::new())];
            Object {
                uid,
                components,
                folding,
            }
        })
        .boxed()
}

/// UIDs as they are met.
pub fn uid() -> BoxedStrategy<String> {
    prop_oneof![
        "[a-f0-9]{8}-[a-f0-9]{4}@google\\.com",
        "[A-Za-z0-9 ,;:é_.-]{1,40}".prop_map(|uid| format!("u{uid}")),
        "[A-F0-9]{60,120}",
    ]
    .boxed()
}

/// Objects with UIDs of their own, and one file with all of them: their components in any order, within
/// what a series and its exceptions need.
pub fn calendar_file() -> BoxedStrategy<(Vec<Object>, String)> {
    let object = prop_oneof![3 => event(uid()), 1 => task(uid())];
    (vec(object, 0..6), any::<bool>(), folding())
        .prop_map(|(mut objects, late, folding)| {
            for (number, object) in objects.iter_mut().enumerate() {
                let uid = format!("{number}-{}", object.uid);
                for line in object.components.iter_mut().flatten() {
                    if line.starts_with("UID:") {
                        *line = format!("UID:{}", escaped(&uid));
                    }
                }
                object.uid = uid;
            }
            let mut lines = vec![
                "BEGIN:VCALENDAR".to_owned(),
                "VERSION:2.0".to_owned(),
                "PRODID:-//Test//EN".to_owned(),
                "METHOD:PUBLISH".to_owned(),
                "X-WR-CALNAME:Tout".to_owned(),
            ];
            let mut exceptions = Vec::new();
            for object in &objects {
                for (number, component) in object.components.iter().enumerate() {
                    if number > 0 && late {
                        exceptions.extend(component.clone());
                    } else {
                        lines.extend(component.clone());
                    }
                }
            }
            lines.extend(exceptions);
            lines.push("END:VCALENDAR".to_owned());
            let text = written(&lines, folding);
            (objects, text)
        })
        .boxed()
}

/// Cards of version 3.0 and 4.0 that need no rule.
pub fn card() -> BoxedStrategy<String> {
    let reach = |name: &'static str, values: &'static str| {
        (
            select(vec![
                "",
                ";TYPE=HOME",
                ";TYPE=WORK,PREF",
                ";TYPE=\"home,cell\"",
            ]),
            values,
        )
            .prop_map(move |(types, value)| format!("{name}{types}:{value}"))
    };
    let many = vec(
        prop_oneof![
            unknown(),
            reach("TEL", "[+]?[0-9 ]{1,14}[0-9]"),
            reach("EMAIL", "[a-z]{1,10}@[a-z]{1,8}\\.org"),
            vec(words(), 7).prop_map(|parts| {
                let parts: Vec<String> = parts.iter().map(|part| escaped(part)).collect();
                format!("ADR;TYPE=HOME:{}", parts.join(";"))
            }),
            words().prop_map(|words| format!("NOTE:{}", escaped(&words))),
            vec("[A-Za-zé ,;]{1,10}", 1..4).prop_map(|items| {
                let items: Vec<String> = items.iter().map(|item| escaped(item)).collect();
                format!("CATEGORIES:{}", items.join(","))
            }),
            ("[A-Za-z é]{1,10}", "[A-Za-z é]{1,10}")
                .prop_map(|(name, unit)| format!("ORG:{name};{unit}")),
            Just("URL:https://example.org/?a=b;c,d".to_owned()),
            words().prop_map(|words| format!("item1.X-ABLabel:{}", escaped(&words))),
        ],
        0..8,
    );
    let photo = "[A-Za-z0-9+/]{40,200}".prop_map(|base64| {
        let whole = base64.len() / 4 * 4;
        base64.chars().take(whole).collect::<String>()
    });
    let birthday = select(vec![
        "BDAY:1985-04-12",
        "BDAY:19850412",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12",
        "BDAY:--0412",
    ]);
    (
        any::<bool>(),
        uid(),
        words(),
        vec(words(), 5),
        shuffled(many),
        option::of(photo),
        option::of(birthday),
        folding(),
    )
        .prop_map(
            |(is_v4, uid, name, parts, lines, photo, birthday, folding)| {
                let parts: Vec<String> = parts.iter().map(|part| escaped(part)).collect();
                let mut all = vec![
                    "BEGIN:VCARD".to_owned(),
                    format!("VERSION:{}", if is_v4 { "4.0" } else { "3.0" }),
                    format!("UID:{}", escaped(&uid)),
                    format!("FN:{}", escaped(&name)),
                    format!("N:{}", parts.join(";")),
                ];
                all.extend(lines);
                all.extend(birthday.map(str::to_owned));
                all.extend(photo.map(|photo| match is_v4 {
                    true => format!("PHOTO:data:image/png;base64,{photo}"),
                    false => format!("PHOTO;ENCODING=b;TYPE=PNG:{photo}"),
                }));
                all.push("END:VCARD".to_owned());
                written(&all, folding)
            },
        )
        .boxed()
}

/// What happens to texts on their way: nothing that they say is lost by it, but they need rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    ByteOrderMark,
    LineFeeds,
    CarriageReturns,
    TwoReturns,
    Utf16,
    BlankLines,
    LowerCase,
    Unended,
}

pub const MISHAPS: [Mishap; 8] = [
    Mishap::ByteOrderMark,
    Mishap::LineFeeds,
    Mishap::CarriageReturns,
    Mishap::TwoReturns,
    Mishap::Utf16,
    Mishap::BlankLines,
    Mishap::LowerCase,
    Mishap::Unended,
];

impl Mishap {
    pub fn happen(self, text: &str) -> Vec<u8> {
        match self {
            Self::ByteOrderMark => format!("\u{feff}{text}").into_bytes(),
            Self::LineFeeds => text.replace("\r\n", "\n").into_bytes(),
            Self::CarriageReturns => text.replace("\r\n", "\r").into_bytes(),
            Self::TwoReturns => text.replace("\r\n", "\r\r\n").into_bytes(),
            Self::Utf16 => format!("\u{feff}{text}")
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
            // Between blank lines, nobody can tell a folded space from an empty line.
            Self::BlankLines
                if text
                    .lines()
                    .any(|line| line.trim_matches([' ', '\t']).is_empty()) =>
            {
                text.into()
            }
            Self::BlankLines => text.replace("\r\n", "\r\n\r\n").into_bytes(),
            Self::LowerCase => text
                .replace("\r\nBEGIN:V", "\r\nbegin:V")
                .replace("\r\nSUMMARY", "\r\nsummary")
                .into_bytes(),
            Self::Unended => text.trim_end().as_bytes().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests;
