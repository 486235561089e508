//! `Tasks.json`: all task lists of an account in one document, read task by task.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Whether a JSON file that starts with these bytes holds task lists.
pub(super) fn looks_like(start: &[u8]) -> bool {
    let kind = b"\"tasks#task";
    start.trim_ascii_start().first() == Some(&b'{')
        && start.windows(kind.len()).any(|window| window == kind)
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) id: String,
    pub(super) title: String,
}

/// One task's place.
#[derive(Debug, Clone, Copy)]
struct Task {
    list: usize,
    at: u64,
    length: u32,
}

/// The lists, and where in a temporary file their tasks are.
#[derive(Debug)]
pub(super) struct TaskFile {
    pub(super) lists: Vec<List>,
    tasks: Vec<Task>,
    spool: File,
    /// Why it could not be read to its end.
    pub(super) damage: Option<String>,
}

impl TaskFile {
    /// Reads the document once. One that breaks off gives what came before.
    ///
    /// # Errors
    /// Those of the temporary file and of the stream.
    pub(super) fn read(document: impl Read) -> io::Result<Self> {
        let mut reading = Reading {
            lists: Vec::new(),
            tasks: Vec::new(),
            spool: BufWriter::new(tempfile::tempfile()?),
            end: 0,
            failed: None,
        };
        let mut json = serde_json::Deserializer::from_reader(BufReader::new(document));
        let read = Lists(&mut reading)
            .deserialize(&mut json)
            .and_then(|()| json.end());
        if let Some(error) = reading.failed.take() {
            return Err(error);
        }
        let damage = match read {
            Ok(()) => None,
            Err(error) if error.is_io() => return Err(error.into()),
            Err(error) => Some(error.to_string()),
        };
        Ok(Self {
            lists: reading.lists,
            tasks: reading.tasks,
            spool: reading.spool.into_inner().map_err(io::Error::from)?,
            damage,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// The number of its list, and the task as Google wrote it.
    pub(super) fn task(&mut self, number: usize) -> io::Result<(usize, Value)> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let task = self.tasks.get(number).copied().ok_or_else(missing)?;
        let mut text = vec![0; usize::try_from(task.length).unwrap_or(0)];
        self.spool.seek(SeekFrom::Start(task.at))?;
        self.spool.read_exact(&mut text)?;
        Ok((task.list, serde_json::from_slice(&text)?))
    }
}

struct Reading {
    lists: Vec<List>,
    tasks: Vec<Task>,
    spool: BufWriter<File>,
    end: u64,
    failed: Option<io::Error>,
}

impl Reading {
    fn keep(&mut self, list: usize, task: &Value) -> io::Result<()> {
        let text = serde_json::to_vec(task)?;
        let length = u32::try_from(text.len()).map_err(io::Error::other)?;
        self.spool.write_all(&text)?;
        self.tasks.push(Task {
            list,
            at: self.end,
            length,
        });
        self.end += u64::from(length);
        Ok(())
    }
}

/// The document: an object with `items`.
struct Lists<'a>(&'a mut Reading);
/// The lists.
struct Items<'a>(&'a mut Reading);
/// One list.
struct One<'a>(&'a mut Reading);
/// The tasks of the list of this number.
struct Tasks<'a>(&'a mut Reading, usize);

macro_rules! seed {
    ($name:ident, $how:ident) => {
        impl<'de> DeserializeSeed<'de> for $name<'_> {
            type Value = ();

            fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
                json.$how(self)
            }
        }
    };
}

seed!(Lists, deserialize_map);
seed!(Items, deserialize_seq);
seed!(One, deserialize_map);
seed!(Tasks, deserialize_seq);

impl<'de> Visitor<'de> for Lists<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("task lists")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "items" => map.next_value_seed(Items(self.0))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lists")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut lists: A) -> Result<(), A::Error> {
        while lists.next_element_seed(One(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> Visitor<'de> for One<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a task list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let number = self.0.lists.len();
        self.0.lists.push(List::default());
        while let Some(key) = map.next_key::<String>()? {
            // The title may come after the tasks.
            match key.as_str() {
                "id" | "title" => {
                    let said: Value = map.next_value()?;
                    let said = said.as_str().unwrap_or_default().to_owned();
                    match self.0.lists.get_mut(number) {
                        Some(list) if key == "id" => list.id = said,
                        Some(list) => list.title = said,
                        None => {}
                    }
                }
                "items" => map.next_value_seed(Tasks(self.0, number))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Tasks<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tasks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut tasks: A) -> Result<(), A::Error> {
        while let Some(task) = tasks.next_element::<Value>()? {
            if let Err(error) = self.0.keep(self.1, &task) {
                self.0.failed = Some(error);
                return Err(serde::de::Error::custom("the temporary file"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"{"kind":"tasks#taskLists","items":[
        {"kind":"tasks#taskList","items":[{"id":"a","title":"A"},{"id":"b"}],"title":"Une","id":"l1"},
        {"kind":"tasks#taskList","id":"l2","title":"Vide","updated":"2026-01-01T00:00:00Z"},
        {"id":"l3","title":"Deux","items":[{"id":"c"},7]}]}"#;

    #[test]
    fn reads_task_by_task() {
        assert!(looks_like(TWO.as_bytes()));
        assert!(!looks_like(br#"{"title":"a note"}"#));
        let mut file = TaskFile::read(TWO.as_bytes()).unwrap();
        let titles: Vec<_> = file.lists.iter().map(|list| list.title.as_str()).collect();
        assert_eq!(titles, ["Une", "Vide", "Deux"]);
        assert_eq!((file.len(), file.damage.is_none()), (4, true));
        let (list, task) = file.task(2).unwrap();
        assert_eq!((list, task["id"].as_str()), (2, Some("c")));
        assert_eq!(file.task(0).unwrap().1["title"], "A");
        assert!(file.task(3).unwrap().1.as_object().is_none());
        assert!(file.task(4).is_err());
    }

    #[test]
    fn one_that_breaks_off_gives_what_came_before() {
        let cut = TWO.find(r#",{"id":"b"}"#).unwrap();
        let mut file = TaskFile::read(&TWO.as_bytes()[..cut]).unwrap();
        assert!(file.damage.is_some());
        assert_eq!(file.len(), 1);
        assert_eq!(file.task(0).unwrap().1["id"], "a");
    }
}
