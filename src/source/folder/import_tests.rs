use std::collections::BTreeMap;

use futures::StreamExt as _;

use super::*;
use crate::source::testing::Collector;

struct Place {
    folder: tempfile::TempDir,
    source: FolderSource,
}

fn event(uid: &str, summary: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20310101T100000Z\r\n\
         SUMMARY:{summary}\r\nEND:VEVENT\r\n"
    )
}

fn calendar(header: &str, content: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//EN\r\n{header}{content}END:VCALENDAR\r\n"
    )
}

fn card(uid: &str, name: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nN:{name};;;;\r\nFN:{name}\r\nEND:VCARD\r\n")
}

impl Place {
    fn new(scope: &Scope) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = FolderSource::new(folder.path().to_owned()).importing(scope);
        Self { folder, source }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    async fn survey(&self) -> BTreeMap<String, Item> {
        let mut collector = Collector::default();
        self.source.survey(&[], &mut collector).await.unwrap();
        collector.items
    }
}

fn named<'a>(items: &'a BTreeMap<String, Item>, name: &str) -> &'a Item {
    let mut named = items.values().filter(|item| item.name == name);
    let item = named.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(named.next().is_none(), "two {name}");
    item
}

fn inside<'a>(items: &'a BTreeMap<String, Item>, collection: &Item) -> Vec<&'a str> {
    let mut names: Vec<&str> = items
        .values()
        .filter(|item| item.parent.as_ref() == Some(&collection.id))
        .map(|item| item.name.as_str())
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn files_become_calendars_and_address_books() {
    let place = Place::new(&Scope::default());
    let header = "X-WR-CALNAME:Bureau\r\nX-APPLE-CALENDAR-COLOR:#336699\r\n";
    let task = "BEGIN:VTODO\r\nUID:t\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Clés\r\nEND:VTODO\r\n";
    let content = event("a", "Conseil") + &event("b", "Fête") + task;
    place.write("Agendas/export.ics", calendar(header, &content));
    let two = event("c", "Un") + &event("d", "Deux");
    place.write("Agendas/Vacances.ICS", calendar("", &two));
    place.write("Invitations/un.ics", calendar("", &event("e", "Noces")));
    place.write("Invitations/deux.ics", calendar("", &event("f", "Bal")));
    place.write("adhérents.vcf", card("x", "Zoé") + &card("y", "Yann"));
    place.write("Fiches/noémie.vcf", card("z", "Noémie"));
    place.write("Fiches/fatou.vcf", card("w", "Fatou"));
    place.write("Fiches/rien.vcf", "nothing of the kind");
    place.write("vide.ics", calendar("", ""));

    let items = place.survey().await;
    let bureau = named(&items, "Bureau");
    assert_eq!(bureau.kind, ItemKind::Calendar);
    let properties = bureau.collection.as_ref().unwrap();
    assert_eq!(properties.colour.as_deref(), Some("#336699"));
    assert_eq!(inside(&items, bureau), ["Clés", "Conseil", "Fête"]);
    assert_eq!(named(&items, "Clés").kind, ItemKind::Task);
    assert_eq!(named(&items, "Conseil").uid.as_deref(), Some("a"));
    assert_eq!(inside(&items, named(&items, "Vacances")), ["Deux", "Un"]);
    // Single ones make one together, which has the name of their folder; the folder itself stays a folder.
    let of_kind = |kind: ItemKind| items.values().filter(move |item| item.kind == kind);
    let mut together = of_kind(ItemKind::Calendar).filter(|one| one.name == "Invitations");
    assert_eq!(inside(&items, together.next().unwrap()), ["Bal", "Noces"]);
    assert_eq!(inside(&items, named(&items, "adhérents")), ["Yann", "Zoé"]);
    let mut together = of_kind(ItemKind::AddressBook).filter(|one| one.name == "Fiches");
    assert_eq!(
        inside(&items, together.next().unwrap()),
        ["Fatou", "Noémie"]
    );
    let mut files: Vec<&str> = of_kind(ItemKind::File)
        .map(|file| file.name.as_str())
        .collect();
    files.sort_unstable();
    assert_eq!(files, ["rien.vcf", "vide.ics"]);
}

#[tokio::test]
async fn what_is_not_wanted_stays_a_file() {
    let scope = Scope {
        calendars: false,
        tasks: false,
        ..Scope::default()
    };
    let place = Place::new(&scope);
    place.write("a.ics", calendar("", &event("a", "A")));
    place.write("b.vcf", card("b", "B"));
    let items = place.survey().await;
    assert_eq!(named(&items, "a.ics").kind, ItemKind::File);
    assert_eq!(named(&items, "B").kind, ItemKind::Contact);
    let mut collector = Collector::default();
    let plain = FolderSource::new(place.folder.path().to_owned());
    plain.survey(&[], &mut collector).await.unwrap();
    assert!(
        collector
            .items
            .values()
            .all(|item| item.kind == ItemKind::File)
    );
    assert_eq!(collector.spaces.len(), 1);
}

#[tokio::test]
async fn texts_are_those_of_the_file_as_long_as_it_is_the_same() {
    let place = Place::new(&Scope::default());
    let many: String = (0..300)
        .map(|n| card(&format!("u{n}"), &format!("N{n}")))
        .collect();
    place.write("many.vcf", &many);
    let items = place.survey().await;
    let book = named(&items, "many").clone();
    let wanted: Vec<Item> = items
        .values()
        .filter(|item| item.kind == ItemKind::Contact)
        .cloned()
        .collect();
    assert_eq!(wanted.len(), 300);
    let answers: Vec<_> = place.source.objects(&book, &wanted).collect().await;
    assert_eq!(answers.len(), 300);
    for (id, answer) in answers {
        let item = &items[id.as_str()];
        let object = answer.unwrap();
        assert_eq!(object.version, item.version);
        let expected = card(item.uid.as_deref().unwrap(), &item.name);
        assert_eq!(String::from_utf8(object.text.to_vec()).unwrap(), expected);
    }

    // Cards are known again by their UIDs, wherever in the file they are.
    place.write(
        "many.vcf",
        card("new", "New") + &many.replace("FN:N7\r", "FN:N seven\r"),
    );
    let later = place.survey().await;
    let changed: Vec<&Item> = later
        .values()
        .filter(|item| items.get(item.id.as_str()).map(|old| &old.version) != Some(&item.version))
        .filter(|item| item.kind == ItemKind::Contact)
        .collect();
    let mut names: Vec<&str> = changed.iter().map(|item| item.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["N seven", "New"]);
    let stale: Vec<_> = place.source.objects(&book, &wanted[..1]).collect().await;
    assert!(matches!(stale[0].1, Err(SourceError::Changed)));
    fs::remove_file(place.folder.path().join("many.vcf")).unwrap();
    let gone: Vec<_> = place.source.objects(&book, &wanted[..1]).collect().await;
    assert!(matches!(gone[0].1, Err(SourceError::NotFound)));
}
