//! Calendars, subscriptions and address books are made before what lies in them.

use super::{Mover, Trouble};
use crate::dav::pim::{
    Component as WireComponent, Components, Made, NewAddressBook, NewCalendar, NewSubscription,
    PimError, Settings,
};
use crate::ledger::{Arrival, Finished, Job, Task};
use crate::model::{
    Access, Collection, Component, ItemKind, Outcome, OutcomeKind, Proof, Reason, Standing, Step,
    TargetCollection, Timestamp,
};
use crate::net::Verdict;
use crate::pim::zones;

/// Years around today for which a time zone that a calendar names is written out: its meetings lie there.
const YEARS_BEFORE: i16 = 10;
const YEARS_AFTER: i16 = 10;

impl Mover {
    /// Makes the collection of a job, or finds it made by an attempt whose answer was lost.
    pub(super) async fn make_collection(&self, job: &Job) -> Result<Finished, Trouble> {
        let path = &job.decision.target_path;
        let name = match &job.decision.step {
            Step::MakeCollection { name } => name.as_str(),
            _ => job.item.name.as_str(),
        };
        let told = job.item.collection.clone().unwrap_or_default();
        let components = self.components_of(job, &told).await?;
        let permit = self.0.target_pressure.acquire().await;
        let made = self.ask_to_make(job, name, &told, &components).await;
        // That only so many calendars may be made in an hour says nothing of how busy the server is.
        permit.done(match &made {
            Ok(_) => Verdict::Fine { units: 1.0 },
            Err(_) => Verdict::Neutral,
        });
        let made = made.map_err(|error| limit_or(job, error))?;
        self.0.progress.set_waiting(None);
        let kind = match made {
            Made::Created => OutcomeKind::Moved,
            Made::Existed => self.whose_is_it(job).await?,
        };
        let mut detail = None;
        if told.enabled == Some(false) && kind == OutcomeKind::Moved {
            let hidden = Settings {
                enabled: Some(false),
                ..Settings::default()
            };
            if let Err(error) = self.0.target.set_collection(path, &hidden).await {
                detail = Some(format!("it is shown, unlike at the source: {error}"));
            }
        }
        let there = TargetCollection {
            path: path.clone(),
            kind: job.item.kind,
            name: name.to_owned(),
            components,
            standing: Standing::Own,
            subscribed_to: match told.access {
                Access::Subscribed { url } => Some(url),
                _ => None,
            },
        };
        Ok(Finished {
            n: job.n,
            task: Task::Collection,
            outcome: Outcome {
                proof: Some(Proof::Acknowledged),
                source_version: Some(job.item.version.clone()),
                detail,
                ..Outcome::settled(kind, job.decision.reason)
            },
            entry: Some(Arrival::Collection(there)),
            properties: false,
        })
    }

    async fn ask_to_make(
        &self,
        job: &Job,
        name: &str,
        told: &Collection,
        components: &[Component],
    ) -> Result<Made, PimError> {
        let (target, path) = (&self.0.target, &job.decision.target_path);
        let name = name.to_owned();
        match (job.item.kind, &told.access) {
            (ItemKind::AddressBook, _) => {
                let new = NewAddressBook {
                    name,
                    description: told.description.clone(),
                };
                target.make_address_book(path, &new).await
            }
            (ItemKind::Subscription, Access::Subscribed { url }) => {
                let new = NewSubscription {
                    name,
                    url: url.clone(),
                    colour: told.colour.clone(),
                    order: told.order,
                };
                target.subscribe(path, &new).await
            }
            _ => {
                let new = NewCalendar {
                    name,
                    description: told.description.clone(),
                    colour: told.colour.clone(),
                    order: told.order,
                    components: on_the_wire(components),
                    time_zone: told.time_zone.as_deref().and_then(time_zone),
                    transparent: told.transparent,
                };
                target.make_calendar(path, &new).await
            }
        }
    }

    /// What the calendar must take: what it takes at the source, and what it holds.
    async fn components_of(&self, job: &Job, told: &Collection) -> Result<Vec<Component>, Trouble> {
        if job.item.kind != ItemKind::Calendar {
            return Ok(Vec::new());
        }
        if told.components.is_empty() {
            return Ok(Component::ALL.to_vec());
        }
        let held = self.0.ledger.kinds_in(&job.item.id).await?;
        let taken = |component: &Component| {
            told.components.contains(component) || held.contains(&component.item_kind())
        };
        Ok(Component::ALL.into_iter().filter(taken).collect())
    }

    /// Something is at the place already: made by an attempt of ours, or by somebody since the preview.
    async fn whose_is_it(&self, job: &Job) -> Result<OutcomeKind, Trouble> {
        let path = &job.decision.target_path;
        let own = match job.item.kind {
            ItemKind::AddressBook => {
                let books = self
                    .0
                    .target
                    .address_books()
                    .await
                    .map_err(Trouble::of_pim)?;
                books
                    .into_iter()
                    .any(|book| book.path == *path && book.writable)
            }
            _ => {
                use crate::dav::pim::Access::{Own, Subscribed};
                let calendars = self.0.target.calendars().await.map_err(Trouble::of_pim)?;
                calendars.into_iter().any(|calendar| {
                    calendar.path == *path && matches!(calendar.access, Own | Subscribed { .. })
                })
            }
        };
        match (own, job.interrupted) {
            (true, true) => Ok(OutcomeKind::Moved),
            (true, false) => Ok(OutcomeKind::Kept),
            // In the trash, which keeps its address taken.
            (false, _) => Err(Trouble::Foreign),
        }
    }
}

fn limit_or(job: &Job, error: PimError) -> Trouble {
    match error {
        PimError::LimitReached { detail } => Trouble::Limit {
            reason: match job.item.kind {
                ItemKind::AddressBook => Reason::TooManyAddressBooks,
                _ => Reason::TooManyCalendars,
            },
            detail,
        },
        error => Trouble::of_pim(error),
    }
}

fn on_the_wire(components: &[Component]) -> Components {
    components
        .iter()
        .map(|component| match component {
            Component::Event => WireComponent::Event,
            Component::Todo => WireComponent::Task,
            Component::Journal => WireComponent::Journal,
        })
        .collect()
}

/// As `calendar-timezone` wants it (RFC 4791, section 5.2.2): an iCalendar object with one VTIMEZONE.
fn time_zone(told: &str) -> Option<String> {
    if told.trim_start().starts_with("BEGIN:") {
        return Some(told.to_owned());
    }
    let iana = zones::iana(told)?;
    let year = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year();
    let years = year.saturating_sub(YEARS_BEFORE)..=year.saturating_add(YEARS_AFTER);
    let zone = zones::vtimezone(&iana, &iana, years)?;
    Some(format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Transhumance//EN\r\n{}\r\nEND:VCALENDAR\r\n",
        zone.trim_end()
    ))
}
