//! What a test, or other people, do to calendars, contacts and tasks while the server runs.

use std::sync::atomic::Ordering;

use super::super::Control;
use super::calendar::{Calendar, event_of};
use super::contact::{Contact, Group};
use super::event::{Event, Series, Status};
use super::moment::Moment;
use super::task::{Task, TaskList};

/// The edits tell whether there is such a thing.
impl Control {
    /// The list of calendars, hidden and shared ones included.
    pub fn calendars(&self) -> Vec<Calendar> {
        self.0.pim().calendars().entries().all().collect()
    }

    /// The calendar that is called so.
    pub fn calendar(&self, name: &str) -> Option<Calendar> {
        self.calendars()
            .into_iter()
            .find(|calendar| calendar.summary == name)
    }

    /// Everything in a calendar, deleted series included.
    pub fn series(&self, calendar: &str) -> Vec<Series> {
        let pim = self.0.pim();
        let shelf = pim.calendars().events(calendar);
        shelf.map(|shelf| shelf.all().collect()).unwrap_or_default()
    }

    /// The series or single event with this name.
    pub fn named(&self, calendar: &str, summary: &str) -> Option<Series> {
        let named = |event: &Event| event.summary.as_deref() == Some(summary);
        self.series(calendar)
            .into_iter()
            .find(|series| series.events.iter().any(named))
    }

    /// Changes one event, by its own id, and dates it now.
    pub fn edit_event(&self, calendar: &str, id: &str, change: impl FnOnce(&mut Event)) -> bool {
        self.0.change_pim(|pim, now| {
            let Some(shelf) = pim.calendars.events_mut(calendar) else {
                return false;
            };
            let Some((series, _)) = event_of(shelf, id) else {
                return false;
            };
            let series = series.id().to_owned();
            shelf.edit(&series, |series, number| {
                if let Some(event) = series.events.iter_mut().find(|event| event.id == id) {
                    change(event);
                    event.updated = now;
                    event.revision += 1;
                    event.changed = number;
                }
                let single = series
                    .master()
                    .is_some_and(|master| master.recurrence.is_empty());
                for exception in series.events.iter_mut().skip(1).filter(|_| single) {
                    // With the rule go the occurrences that differ from it.
                    exception.status = Status::Cancelled;
                    exception.revision += 1;
                    exception.changed = number;
                }
            })
        })
    }

    /// Deletes an event or a whole series.
    pub fn delete_event(&self, calendar: &str, id: &str) -> bool {
        self.edit_event(calendar, id, |event| event.status = Status::Cancelled)
    }

    /// Takes one occurrence out of a series, or changes it.
    pub fn except(
        &self,
        calendar: &str,
        series: &str,
        original: &Moment,
        change: impl FnOnce(&mut Event),
    ) -> bool {
        self.0.change_pim(|pim, now| {
            let Some(shelf) = pim.calendars.events_mut(calendar) else {
                return false;
            };
            shelf.edit(series, |series, number| {
                let Some(master) = series.master() else {
                    return;
                };
                let mut event = super::calendar::cancelled(master, original);
                event.status = Status::Confirmed;
                change(&mut event);
                event.updated = now;
                event.changed = number;
                series.events.retain(|known| known.id != event.id);
                series.events.push(event);
            })
        })
    }

    /// Adds a copy of a series under another id; gives that id.
    pub fn add_series(&self, calendar: &str, series: &Series, id: &str) -> Option<String> {
        self.0.change_pim(|pim, now| {
            let shelf = pim.calendars.events_mut(calendar)?;
            let of = series.id().to_owned();
            let mut series = series.clone();
            Some(shelf.add(|number| {
                for event in &mut series.events {
                    event.id = event.id.replacen(&of, id, 1);
                    event.uid = format!("{id}@google.com");
                    event.created = now;
                    event.updated = now;
                    event.changed = number;
                }
                series
            }))
        })
    }

    pub fn edit_calendar(&self, id: &str, change: impl FnOnce(&mut Calendar)) -> bool {
        self.0.change_pim(|pim, _| {
            pim.calendars.entries_mut().edit(id, |calendar, number| {
                change(calendar);
                calendar.revision += 1;
                calendar.changed = number;
            })
        })
    }

    /// Adds an empty calendar.
    pub fn add_calendar(&self, calendar: Calendar) -> String {
        self.0.change_pim(|pim, _| pim.calendars.add(calendar))
    }

    /// Pages of events and people hold no more than this, whatever is asked for: Google promises nothing
    /// else.
    pub fn set_page_limit(&self, limit: usize) {
        self.0.page_limit.store(limit.max(1), Ordering::Relaxed);
    }

    /// All tokens for changes, of calendars and contacts, are forgotten: everything has to be listed again.
    pub fn expire_sync_tokens(&self) {
        self.0.change_pim(|pim, _| pim.sync_epoch += 1);
    }

    /// Every contact, deleted ones included.
    pub fn contacts(&self) -> Vec<Contact> {
        self.0
            .pim()
            .contacts()
            .own()
            .all()
            .map(|contact| contact.it)
            .collect()
    }

    pub fn other_contacts(&self) -> Vec<Contact> {
        self.0
            .pim()
            .contacts()
            .others()
            .all()
            .map(|contact| contact.it)
            .collect()
    }

    pub fn groups(&self) -> Vec<Group> {
        self.0.pim().contacts().groups().to_vec()
    }

    /// Changes a contact, by its resource name, and dates it now.
    pub fn edit_contact(&self, name: &str, change: impl FnOnce(&mut Contact)) -> bool {
        self.0.change_pim(|pim, now| {
            pim.contacts.own_mut().edit(name, |contact, number| {
                change(&mut contact.it);
                contact.it.updated = now;
                contact.it.revision += 1;
                contact.it.changed = number;
            })
        })
    }

    pub fn delete_contact(&self, name: &str) -> bool {
        self.edit_contact(name, |contact| contact.deleted = true)
    }

    /// Adds a contact; gives its resource name.
    pub fn add_contact(&self, contact: Contact) -> String {
        self.0.change_pim(|pim, now| {
            pim.contacts.own_mut().add(|changed| {
                Contact {
                    changed,
                    updated: now,
                    ..contact
                }
                .into()
            })
        })
    }

    pub fn edit_group(&self, id: &str, change: impl FnOnce(&mut Group)) -> bool {
        self.0
            .change_pim(|pim, _| pim.contacts.edit_group(id, change))
    }

    pub fn task_lists(&self) -> Vec<TaskList> {
        self.0.pim().tasks().to_vec()
    }

    /// Changes a task and dates it now.
    pub fn edit_task(&self, list: &str, task: &str, change: impl FnOnce(&mut Task)) -> bool {
        self.0.change_pim(|pim, now| {
            let list = pim.tasks.iter_mut().find(|known| known.id == list);
            let Some(list) = list else { return false };
            list.updated = now;
            list.revision += 1;
            let found = list.tasks.iter_mut().find(|known| known.id == task);
            let Some(task) = found else { return false };
            change(task);
            task.updated = now;
            task.revision += 1;
            true
        })
    }

    /// When an event of a calendar takes place between two instants: identifier of the series, start, end.
    pub fn occurrences(
        &self,
        calendar: &str,
        from: jiff::Timestamp,
        to: jiff::Timestamp,
    ) -> Vec<(String, Moment, Moment)> {
        let mut all = Vec::new();
        for series in self.series(calendar) {
            let uid = series.uid().to_owned();
            let of_series = series.occurrences(from, to);
            all.extend(
                of_series
                    .into_iter()
                    .map(|one| (uid.clone(), one.start, one.end)),
            );
        }
        all
    }
}
