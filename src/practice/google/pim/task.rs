//! The task lists of the practice account.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::super::content::mix;
use super::super::super::world::sentence;
use super::super::node::time;

/// 2024-05-06T07:08:09.123Z in milliseconds since 1970.
const BASE: i64 = 1_714_979_289_123;
const DAY: i64 = 86_400_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskList {
    pub id: String,
    pub title: String,
    /// Milliseconds since 1970.
    pub updated: i64,
    pub tasks: Vec<Task>,
    pub revision: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: String,
    pub title: String,
    pub notes: Option<String>,
    /// `2026-03-12`
    pub due: Option<String>,
    /// Milliseconds since 1970.
    pub completed: Option<i64>,
    /// Completed, and cleared away since.
    pub hidden: bool,
    pub deleted: bool,
    pub parent: Option<String>,
    /// Sorts a task among those of the same parent.
    pub position: String,
    /// Milliseconds since 1970.
    pub updated: i64,
    /// Kind, description and address.
    pub links: Vec<(String, String, String)>,
    /// The document in Drive that it was assigned in.
    pub assigned_in: Option<String>,
    pub revision: u64,
}

impl TaskList {
    pub(super) fn json(&self) -> Value {
        json!({
            "kind": "tasks#taskList", "id": self.id, "etag": etag(&self.id, self.revision),
            "title": self.title, "updated": time(self.updated),
            "selfLink": format!("https://www.googleapis.com/tasks/v1/users/@me/lists/{}", self.id),
        })
    }

    /// The tasks in the order in which Google gives them: the newest change first, whatever their place.
    pub(super) fn listed(&self) -> Vec<&Task> {
        let mut all: Vec<&Task> = self.tasks.iter().collect();
        all.sort_by_key(|task| (std::cmp::Reverse(task.updated), &task.id));
        all
    }
}

impl Task {
    pub(super) fn json(&self, list: &str) -> Value {
        let id = &self.id;
        let mut task = json!({
            "kind": "tasks#task", "id": id, "etag": etag(id, self.revision), "title": self.title,
            "updated": time(self.updated), "position": self.position,
            "status": if self.completed.is_some() { "completed" } else { "needsAction" },
            "links": self.links.iter().map(|(kind, description, link)| json!({
                "type": kind, "description": description, "link": link,
            })).collect::<Vec<_>>(),
            "webViewLink": format!("https://tasks.google.com/task/{id}?sa=6"),
            "selfLink": format!("https://www.googleapis.com/tasks/v1/lists/{list}/tasks/{id}"),
        });
        let Some(fields) = task.as_object_mut() else {
            return task;
        };
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        };
        put("notes", self.notes.as_deref().map(Value::from));
        put("parent", self.parent.as_deref().map(Value::from));
        put(
            "due",
            self.due
                .as_ref()
                .map(|day| format!("{day}T00:00:00.000Z").into()),
        );
        put("completed", self.completed.map(time));
        put("hidden", self.hidden.then_some(Value::Bool(true)));
        put("deleted", self.deleted.then_some(Value::Bool(true)));
        put(
            "assignmentInfo",
            self.assigned_in.as_ref().map(|file| {
                json!({
                    "linkToTask": format!("https://docs.google.com/document/d/{file}/edit?disco=1"),
                    "surfaceType": "DOCUMENT", "driveResourceInfo": {"driveFileId": file},
                })
            }),
        );
        task
    }
}

fn etag(id: &str, revision: u64) -> String {
    let code = super::super::super::faults::mix_text(revision, id);
    format!("\"{code:016x}\"")
}

/// Identifiers that look like Google's.
fn id(code: u64) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut bytes = code.to_be_bytes().to_vec();
    bytes.extend(mix(code, 1).to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

struct Maker {
    seed: u64,
    list: TaskList,
}

impl Maker {
    fn new(seed: u64, number: u64, title: &str) -> Self {
        let seed = mix(seed ^ 0x7a5c, number);
        Self {
            seed,
            list: TaskList {
                id: id(seed),
                title: title.to_owned(),
                updated: BASE + i64::try_from(number).unwrap_or(0) * DAY,
                tasks: Vec::new(),
                revision: 1,
            },
        }
    }

    fn add(&mut self, title: &str, parent: Option<&str>) -> &mut Task {
        let number = self.list.tasks.len() as u64;
        let siblings = self
            .list
            .tasks
            .iter()
            .filter(|task| task.parent.as_deref() == parent);
        // Whoever comes later is put before the others.
        let position = 9_000_000_000 - siblings.count() * 7;
        let task = Task {
            id: id(mix(self.seed, number)),
            title: title.to_owned(),
            notes: None,
            due: None,
            completed: None,
            hidden: false,
            deleted: false,
            parent: parent.map(str::to_owned),
            position: format!("{position:020}"),
            updated: BASE
                + i64::try_from(mix(self.seed, number ^ 0xff) % 40_000_000_000).unwrap_or(0),
            links: Vec::new(),
            assigned_in: None,
            revision: 1,
        };
        self.list.tasks.push(task);
        // It was pushed a moment ago.
        #[allow(clippy::expect_used)]
        self.list.tasks.last_mut().expect("a task")
    }
}

/// `count`: how many seeded tasks there are, in a list of their own.
pub(super) fn lists(seed: u64, count: u64, document: &str) -> Vec<TaskList> {
    let mut lists = vec![first(seed, document), second(seed)];
    lists.push(Maker::new(seed, 2, "Vide").list);
    if count > 0 {
        let mut maker = Maker::new(seed, 3, "Tout ce qui reste à faire");
        for number in 0..count {
            let random = mix(seed ^ 0x7a, number);
            let above = maker
                .list
                .tasks
                .get(usize::try_from(number / 4 * 4).unwrap_or(0));
            let above = above
                .filter(|_| number % 4 == 3)
                .map(|task| task.id.clone());
            let task = maker.add(&format!("Tâche n° {}", number + 1), above.as_deref());
            task.notes = random
                .is_multiple_of(3)
                .then(|| sentence(random).to_owned());
            task.due = random.is_multiple_of(2).then(|| {
                format!(
                    "2026-{:02}-{:02}",
                    1 + mix(random, 1) % 12,
                    1 + mix(random, 2) % 28
                )
            });
            task.completed = random.is_multiple_of(5).then_some(task.updated);
            task.hidden = task.completed.is_some() && random.is_multiple_of(10);
        }
        lists.push(maker.list);
    }
    lists
}

fn first(seed: u64, document: &str) -> TaskList {
    let mut maker = Maker::new(seed, 0, "Mes tâches");
    maker.add("Appeler la mairie", None).due = Some("2026-11-30".into());
    let meeting = maker.add("Préparer l'assemblée générale", None);
    meeting.notes =
        Some("Penser à :\n- la salle\n- les chaises ; le micro, les piles\n\\ 🦆 \\".into());
    meeting.due = Some("2027-03-20".into());
    let meeting = meeting.id.clone();
    for (title, done) in [
        ("Réserver la salle", true),
        ("Convoquer les adhérent·es", false),
        ("Imprimer les pouvoirs", false),
    ] {
        let task = maker.add(title, Some(&meeting));
        task.completed = done.then_some(BASE + 5 * DAY);
    }
    let done = maker.add("Renouveler l'assurance", None);
    done.completed = Some(BASE + DAY);
    done.due = Some("2024-05-31".into());
    let hidden = maker.add("Acheter un cadenas", None);
    hidden.completed = Some(BASE - 30 * DAY);
    hidden.hidden = true;
    let hidden = hidden.id.clone();
    let under = maker.add("Le cadenas bleu", Some(&hidden));
    under.completed = Some(BASE - 31 * DAY);
    under.hidden = true;
    maker.add("Jetée", None).deleted = true;
    let mail = maker.add("Répondre à la ferme", None);
    mail.links.push((
        "email".into(),
        "Commande d'avril".into(),
        "https://mail.google.com/mail/#all/18f0a1b2c3d4e5f6".into(),
    ));
    let assigned = maker.add("Relire la charte", None);
    assigned.assigned_in = Some(document.to_owned());
    maker.list
}

fn second(seed: u64) -> TaskList {
    let mut maker = Maker::new(seed, 1, "Récolte / 2026 : « été » & automne ?");
    maker.add("", None).notes = Some("Sans titre, mais pas sans notes".into());
    maker.add(&"Une très longue tâche ; ".repeat(40), None);
    maker
        .add("Tomates <b>cœur</b>, \"noires\" & autres\\", None)
        .due = Some("1999-12-31".into());
    maker.add("Note sans fin", None).notes = Some(sentence(9).repeat(150));
    // The task above it is gone.
    maker.add("Orpheline", Some("cGFyZW50LWRpc3BhcnU"));
    maker.list
}
