//! The pages of `events.list`.

use jiff::Timestamp;
use serde_json::Value;

use super::calendar::listed;
use super::calendar_api::far;
use super::event::{Event, Series, Status};
use super::event_json::{self, View};
use super::shelf::Shelf;

/// What a listing wants of a calendar.
#[derive(Debug, Clone, Default)]
pub(super) struct Listing {
    /// Each time that a series takes place, instead of the series.
    pub single: bool,
    pub with_deleted: bool,
    pub by_start: bool,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    pub updated_since: Option<Timestamp>,
    pub uid: Option<String>,
    pub words: Option<String>,
    pub kinds: Vec<String>,
}

/// Where a page begins: a place in the order, and how many of that place's events were told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position(pub u64);

const AT_A_PLACE: u64 = 1_000;
/// Of so many places the changed occurrences come before everything else: nobody promised an order.
const EARLY: u64 = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    EarlyExceptions,
    Masters,
    Exceptions,
}

impl Listing {
    /// Whether the end of the listing comes with a token for the changes after it.
    pub(super) fn can_sync(&self) -> bool {
        let narrowed = self.by_start
            || self.from.is_some()
            || self.to.is_some()
            || self.updated_since.is_some()
            || self.uid.is_some()
            || self.words.is_some();
        !narrowed
    }

    /// At most `size` events from a position on, and where the next page begins.
    pub(super) fn page(
        &self,
        shelf: &Shelf<Series>,
        from: Position,
        size: usize,
        view: View<'_>,
    ) -> (Vec<Value>, Option<Position>) {
        if self.single {
            return self.single_page(shelf, from, size, view);
        }
        let passes = [
            (Pass::EarlyExceptions, shelf.len().min(EARLY)),
            (Pass::Masters, shelf.len()),
            (Pass::Exceptions, shelf.len()),
        ];
        let mut items = Vec::new();
        let (mut place, mut told) = (from.0 / AT_A_PLACE, from.0 % AT_A_PLACE);
        let mut before = 0;
        for (pass, length) in passes {
            while place < before + length {
                let events = match shelf.at(place - before) {
                    Some(series) => self.at(&series, pass, place - before),
                    None => Vec::new(),
                };
                let told_here = usize::try_from(std::mem::take(&mut told)).unwrap_or(0);
                for (number, event) in events.iter().enumerate().skip(told_here) {
                    if items.len() == size {
                        return (items, Some(Position(place * AT_A_PLACE + number as u64)));
                    }
                    items.push(event_json::event(event, view));
                }
                place += 1;
            }
            before += length;
        }
        (items, None)
    }

    fn at(&self, series: &Series, pass: Pass, place: u64) -> Vec<Event> {
        let early = place < EARLY && place.is_multiple_of(2);
        let all = listed(series, self.with_deleted);
        let all = all.into_iter().filter(|event| {
            let exception = event.original.is_some();
            match pass {
                Pass::Masters => !exception,
                Pass::EarlyExceptions => exception && early,
                Pass::Exceptions => exception && !early,
            }
        });
        all.filter(|event| self.wants(series, event)).collect()
    }

    fn wants(&self, series: &Series, event: &Event) -> bool {
        let kind = event_json::kind(&event.kind);
        let updated = Timestamp::from_millisecond(event.updated).unwrap_or_default();
        let range = || {
            let (from, to) = (
                self.from.unwrap_or(Timestamp::MIN),
                self.to.unwrap_or_else(far),
            );
            match event.original.is_some() {
                true => event.end.instant() > from && event.start.instant() < to,
                false => !series.occurrences(from, to).is_empty(),
            }
        };
        let words = |words: &String| {
            let texts = [&event.summary, &event.description, &event.location];
            let mut texts = texts.into_iter().flatten();
            texts.any(|text| text.to_lowercase().contains(words))
        };
        (self.kinds.is_empty() || self.kinds.iter().any(|one| one == kind))
            && self.uid.as_ref().is_none_or(|uid| event.uid == *uid)
            && self.updated_since.is_none_or(|since| updated >= since)
            && self.words.as_ref().is_none_or(words)
            && ((self.from.is_none() && self.to.is_none()) || range())
    }

    fn single_page(
        &self,
        shelf: &Shelf<Series>,
        from: Position,
        size: usize,
        view: View<'_>,
    ) -> (Vec<Value>, Option<Position>) {
        let range = (
            self.from.unwrap_or(Timestamp::MIN),
            self.to.unwrap_or_else(far),
        );
        let whole = Self {
            from: None,
            to: None,
            ..self.clone()
        };
        let mut all: Vec<(Timestamp, Value)> = Vec::new();
        for series in shelf.all() {
            let recurs = series
                .master()
                .is_none_or(|master| !master.recurrence.is_empty());
            for one in series.occurrences(range.0, range.1) {
                if whole.wants(&series, one.event) {
                    let told = event_json::occurrence(&one, recurs, view);
                    all.push((one.start.instant(), told));
                }
            }
        }
        if self.by_start {
            all.sort_by_key(|(start, _)| *start);
        }
        let from = usize::try_from(from.0).unwrap_or(usize::MAX);
        let next = from.saturating_add(size);
        let more = next < all.len();
        let items = all.into_iter().skip(from).take(size).map(|(_, told)| told);
        (items.collect(), more.then_some(Position(next as u64)))
    }

    /// What changed after a change, deleted events included.
    pub(super) fn changes(
        &self,
        shelf: &Shelf<Series>,
        since: u64,
        from: Position,
        size: usize,
        view: View<'_>,
    ) -> (Vec<Value>, Option<Position>) {
        let mut all: Vec<Event> = Vec::new();
        for series in shelf.changed_since(since) {
            let gone = series.is_deleted();
            let changed = series
                .events
                .into_iter()
                .filter(|event| event.changed > since);
            // Of a series that is gone only that is told.
            let told = changed.filter(|event| {
                !gone || event.original.is_none() || event.status == Status::Cancelled
            });
            all.extend(told);
        }
        all.sort_by_key(|event| event.changed);
        let kinds = |event: &Event| {
            let kind = event_json::kind(&event.kind);
            self.kinds.is_empty() || self.kinds.iter().any(|one| one == kind)
        };
        all.retain(kinds);
        let from = usize::try_from(from.0).unwrap_or(usize::MAX);
        let next = from.saturating_add(size);
        let more = next < all.len();
        let items = all
            .iter()
            .skip(from)
            .take(size)
            .map(|event| event_json::event(event, view));
        (items.collect(), more.then_some(Position(next as u64)))
    }
}
