use super::super::super::content::mix;
use super::super::sentence;
use super::{Entry, component, object, uid};

fn todo(name: &str, lines: &[&str]) -> Entry {
    let uid = format!("{name}@canard-bleu.example");
    let uid_line = format!("UID:{uid}");
    let mut all = vec![uid_line.as_str(), "DTSTAMP:20240105T091500Z"];
    all.extend_from_slice(lines);
    Entry::new(
        &format!("{name}.ics"),
        &uid,
        object(&component("VTODO", &all)),
    )
}

/// One task for each trap.
pub fn task_traps() -> Vec<Entry> {
    let alarm = component(
        "VALARM",
        &[
            "ACTION:DISPLAY",
            "TRIGGER;RELATED=END:-PT1H",
            "DESCRIPTION:Rappel",
        ],
    );
    let with_alarm = todo(
        "task-alarm",
        &["SUMMARY:Appeler la mairie", "DUE:20310710T160000Z"],
    );
    let text = String::from_utf8_lossy(&with_alarm.text)
        .replace("END:VTODO\r\n", &format!("{alarm}END:VTODO\r\n"));
    vec![
        todo(
            "task-parent",
            &[
                "SUMMARY:Préparer la fête",
                "DUE;VALUE=DATE:20310621",
                "PRIORITY:1",
                "STATUS:IN-PROCESS",
                "PERCENT-COMPLETE:40",
                "CATEGORIES:Fête",
                "X-APPLE-SORT-ORDER:100",
            ],
        ),
        todo(
            "task-child",
            &[
                "SUMMARY:Réserver la salle",
                "RELATED-TO;RELTYPE=PARENT:task-parent@canard-bleu.example",
                "DUE:20310601T120000Z",
                "X-APPLE-SORT-ORDER:200",
            ],
        ),
        todo(
            "task-grandchild",
            &[
                "SUMMARY:Trouver la clé",
                "RELATED-TO:task-child@canard-bleu.example",
            ],
        ),
        todo(
            "task-done",
            &[
                "SUMMARY:Envoyer la convocation",
                "STATUS:COMPLETED",
                "PERCENT-COMPLETE:100",
                "COMPLETED:20240201T080000Z",
            ],
        ),
        todo(
            "task-repeats",
            &[
                "SUMMARY:Sortir les poubelles",
                "DTSTART;VALUE=DATE:20310101",
                "DUE;VALUE=DATE:20310102",
                "RRULE:FREQ=WEEKLY;BYDAY=TU",
            ],
        ),
        Entry {
            text: text.into_bytes(),
            ..with_alarm
        },
        todo("task-bare", &["SUMMARY:Sans date"]),
    ]
}

/// A plain task.
pub fn task(seed: u64, number: u64) -> Entry {
    let random = mix(seed ^ 0x746f, number);
    let uid = uid(seed, 0x746f, number);
    let mut lines = vec![
        format!("UID:{uid}"),
        "DTSTAMP:20240105T091500Z".to_owned(),
        format!("SUMMARY:{}", sentence(random).replace(',', "\\,")),
    ];
    if random.is_multiple_of(2) {
        lines.push(format!(
            "DUE;VALUE=DATE:2031{:02}{:02}",
            1 + random % 12,
            1 + (random >> 8) % 28
        ));
    }
    if random.is_multiple_of(3) {
        lines.push("STATUS:COMPLETED".to_owned());
        lines.push("COMPLETED:20240301T100000Z".to_owned());
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    Entry::new(
        &format!("{}.ics", uid.to_uppercase()),
        &uid,
        object(&component("VTODO", &lines)),
    )
}

/// A page of a diary.
pub fn journal(seed: u64, number: u64) -> Entry {
    let random = mix(seed ^ 0x6a6f, number);
    let uid = uid(seed, 0x6a6f, number);
    let text = component(
        "VJOURNAL",
        &[
            &format!("UID:{uid}"),
            "DTSTAMP:20240105T091500Z",
            &format!(
                "DTSTART;VALUE=DATE:2024{:02}{:02}",
                1 + random % 12,
                1 + (random >> 8) % 28
            ),
            "SUMMARY:Journal de bord",
            &format!("DESCRIPTION:{}", sentence(random >> 4).replace(',', "\\,")),
        ],
    );
    Entry::new(&format!("{uid}.ics"), &uid, object(&text))
}
