//! Many calendar objects in one stream: an export, a Takeout, a `.ics` of any size.

use std::collections::HashMap;
use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::info::{Kind, ObjectInfo, info};
use crate::pim::line::{BYTE_ORDER_MARK, Line, begins_with, contains, with_line_feeds};
use crate::pim::reader::{LineReader, MAX_OBJECT, Place};

/// One calendar object resource: all components of one kind and one UID, with the time zones that they
/// name (RFC 4791, section 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarObject {
    /// Whole iCalendar: the very bytes of the components, of the time zones that they name, and of the
    /// properties of the calendar but those that say something of it as a collection.
    pub text: Vec<u8>,
    pub info: ObjectInfo,
}

/// What an iCalendar stream says of the calendar as a whole (RFC 7986, section 5, and what was used before).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// `NAME` or `X-WR-CALNAME`
    pub name: Option<String>,
    /// `DESCRIPTION` or `X-WR-CALDESC`
    pub description: Option<String>,
    /// `COLOR` (a CSS3 name) or `X-APPLE-CALENDAR-COLOR` (`#rrggbb`), as written
    pub colour: Option<String>,
    /// `X-WR-TIMEZONE` or `TIMEZONE-ID`
    pub time_zone: Option<String>,
    pub method: Option<String>,
    pub product: Option<String>,
}

/// The index of a stream of calendar objects: where what lies. It holds about eighty bytes an object,
/// never the objects.
#[derive(Debug, Default)]
pub struct CalendarFile {
    calendars: Vec<Calendar>,
    objects: Vec<Object>,
    parts: Vec<Part>,
    macintosh: bool,
}

/// One VCALENDAR, or several that say the same.
#[derive(Debug, Default, PartialEq)]
struct Calendar {
    header: Header,
    /// The lines that every object gets.
    properties: Vec<u8>,
    /// Bytes of each VTIMEZONE by its TZID.
    zones: HashMap<String, Arc<[u8]>>,
}

#[derive(Debug)]
struct Object {
    calendar: u32,
    kind: Option<Kind>,
    /// A digest of the UID; 0 where there is none.
    uid: u64,
    /// Its first and its last component in `parts`, which are linked.
    first: u32,
    last: u32,
}

/// One component: a series, or one of its exceptions.
#[derive(Debug)]
struct Part {
    offset: u64,
    length: u32,
    next: u32,
}

/// The end of a chain of parts.
const NONE: u32 = u32::MAX;

/// Properties of a VCALENDAR that say something of the calendar that it was exported from, not of an
/// object that lies in it.
const OF_THE_COLLECTION: [&str; 17] = [
    "METHOD",
    "NAME",
    "DESCRIPTION",
    "COLOR",
    "UID",
    "URL",
    "SOURCE",
    "IMAGE",
    "CATEGORIES",
    "LAST-MODIFIED",
    "REFRESH-INTERVAL",
    "TIMEZONE-ID",
    "X-PUBLISHED-TTL",
    "X-APPLE-CALENDAR-COLOR",
    "X-ORIGINAL-URL",
    "X-OWNER",
    "X-PRIMARY-CALENDAR",
];

/// Zones and properties of one calendar that are kept in memory; bytes. Real ones need a few hundred
/// kilobytes at most.
const MAX_SHARED: usize = 16 << 20;

impl CalendarFile {
    /// Reads a stream once, from its start, and remembers where its objects are.
    ///
    /// Anything outside of BEGIN:VCALENDAR and END:VCALENDAR is passed over. A component that is cut off
    /// is an object, too, which [`super::prepare`] will refuse.
    ///
    /// # Errors
    /// Those of the stream; [`io::ErrorKind::InvalidData`] for a line that is longer than any object may be.
    pub fn read(file: impl BufRead) -> io::Result<Self> {
        Scan::new(LineReader::new(file)).run()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// What the first calendar of the stream says of itself.
    pub fn header(&self) -> Option<&Header> {
        self.calendars.first().map(|calendar| &calendar.header)
    }

    /// The kinds of objects that there are.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        let has = |kind| self.objects.iter().any(|object| object.kind == Some(kind));
        Kind::ALL.into_iter().filter(move |kind| has(*kind))
    }

    /// The objects that have this UID: usually one, more where a UID stands for an event and a task, or
    /// where a series was exported twice. Digests are compared: check the UID of what you read.
    pub fn find(&self, uid: &str) -> impl Iterator<Item = usize> {
        let digest = digest(uid);
        self.objects
            .iter()
            .enumerate()
            .filter(move |(_, object)| object.uid == digest)
            .map(|(number, _)| number)
    }

    /// Reads one object out of the stream that was read before.
    ///
    /// # Errors
    /// Those of the file; [`io::ErrorKind::NotFound`] for a number that there is not, and
    /// [`io::ErrorKind::InvalidData`] for an object larger than 64 MiB, which concerns it alone.
    pub fn object(
        &self,
        number: usize,
        file: &mut (impl Read + Seek),
    ) -> io::Result<CalendarObject> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let object = self.objects.get(number).ok_or_else(missing)?;
        let mut components = Vec::new();
        let mut next = object.first;
        while let Some(part) = self.parts.get(next as usize) {
            copy(file, part, &mut components)?;
            next = part.next;
        }
        if self.macintosh {
            components = with_line_feeds(&components);
        }
        let text = self.assemble(object, &components);
        let info = info(&text);
        Ok(CalendarObject { text, info })
    }

    /// Reads all objects, in the order in which they begin. A failed read of one object is told in its
    /// place.
    pub fn objects<'a, R: Read + Seek + 'a>(
        &'a self,
        mut file: R,
    ) -> impl Iterator<Item = io::Result<CalendarObject>> + 'a {
        (0..self.len()).map(move |number| self.object(number, &mut file))
    }
}

/// Splits a text that is in memory as [`CalendarFile`] does.
pub fn split(text: &[u8]) -> Vec<CalendarObject> {
    let Ok(file) = CalendarFile::read(Cursor::new(text)) else {
        return Vec::new();
    };
    file.objects(Cursor::new(text))
        .filter_map(Result::ok)
        .collect()
}

/// Whether a file that starts with these bytes is iCalendar.
pub fn looks_like(start: &[u8]) -> bool {
    begins_with(start, "VCALENDAR")
}

impl CalendarFile {
    /// Leaves components that no calendar takes with the one object that there is beside them, if there is
    /// but one; among several, nobody can tell whose they are.
    fn gather_around_one(&mut self) {
        let mut known = self.objects.iter().filter(|object| object.kind.is_some());
        let (Some(one), None) = (known.next(), known.next()) else {
            return;
        };
        let (calendar, kind, uid) = (one.calendar, one.kind, one.uid);
        let last = count(self.parts.len().saturating_sub(1));
        for (next, part) in (1..=last).zip(&mut self.parts) {
            part.next = next;
        }
        self.objects = vec![Object {
            calendar,
            kind,
            uid,
            first: 0,
            last,
        }];
    }

    /// Puts the iCalendar of an object together.
    fn assemble(&self, object: &Object, components: &[u8]) -> Vec<u8> {
        let own = self.calendars.get(object.calendar as usize);
        let mut text = b"BEGIN:VCALENDAR\r\n".to_vec();
        text.extend_from_slice(own.map_or(&[], |calendar| &calendar.properties));
        for tzid in zones_named(components) {
            let zone = own
                .into_iter()
                .chain(&self.calendars)
                .find_map(|calendar| calendar.zones.get(&tzid));
            text.extend_from_slice(zone.map_or(&[], |zone| zone));
        }
        text.extend_from_slice(components);
        if !components.ends_with(b"\n") {
            text.extend_from_slice(b"\r\n");
        }
        text.extend_from_slice(b"END:VCALENDAR\r\n");
        text
    }
}

impl Calendar {
    /// Reads a property of the calendar; returns how many bytes it keeps of it.
    fn property(&mut self, line: &Line<'_>) -> usize {
        let header = &mut self.header;
        let name = line.name().to_ascii_uppercase();
        let place = match name.as_str() {
            "NAME" | "X-WR-CALNAME" => &mut header.name,
            "DESCRIPTION" | "X-WR-CALDESC" => &mut header.description,
            "COLOR" | "X-APPLE-CALENDAR-COLOR" => &mut header.colour,
            "X-WR-TIMEZONE" | "TIMEZONE-ID" => &mut header.time_zone,
            "METHOD" => &mut header.method,
            "PRODID" => &mut header.product,
            _ => &mut None,
        };
        if place.is_none() {
            *place = Some(line.text()).filter(|text| !text.trim().is_empty());
        }
        let is_shared = !OF_THE_COLLECTION.contains(&name.as_str()) && !name.starts_with("X-WR-");
        if !is_shared || line.is_blank() {
            return 0;
        }
        self.properties.extend_from_slice(line.raw());
        line.raw().len()
    }
}

/// The values of all TZID parameters, in the order in which they come.
pub(super) fn zones_named(components: &[u8]) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    let mut rest = components;
    while !rest.is_empty() {
        let (line, after) = Line::take(rest);
        rest = after;
        if !contains(line.head(), b"TZID") {
            continue;
        }
        if let Some(tzid) = line.param("TZID").filter(|tzid| !named.contains(tzid)) {
            named.push(tzid);
        }
    }
    named
}

fn copy(file: &mut (impl Read + Seek), part: &Part, into: &mut Vec<u8>) -> io::Result<()> {
    if into.len() + part.length as usize > MAX_OBJECT {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a calendar object is larger than any may be",
        ));
    }
    file.seek(SeekFrom::Start(part.offset))?;
    let before = into.len();
    file.take(u64::from(part.length)).read_to_end(into)?;
    if into.len() - before < part.length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

/// Tells UIDs apart without keeping them; never 0.
fn digest(uid: &str) -> u64 {
    let digest = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, uid.as_bytes());
    (digest.as_u64_pair().0 ^ digest.as_u64_pair().1).max(1)
}

/// Goes through a stream.
struct Scan<R> {
    lines: LineReader<R>,
    file: CalendarFile,
    /// By kind and UID: the last series of that name, which the exceptions that follow belong to.
    series: HashMap<(Option<Kind>, u64), Series>,
    open: Option<Component>,
    in_calendar: bool,
    /// The first object of the calendar that is being read.
    first_object: usize,
    /// Bytes in memory that grow with calendars and zones, not with objects.
    shared: usize,
}

#[derive(Debug, Clone, Copy)]
struct Series {
    object: u32,
    has_master: bool,
}

/// A component of a calendar that has begun and not ended.
struct Component {
    name: String,
    depth: usize,
    start: u64,
    uid: Option<String>,
    is_exception: bool,
    /// The bytes of a VTIMEZONE, and its TZID.
    zone: Option<Vec<u8>>,
    tzid: Option<String>,
}

/// Components that stand in no other: where one begins inside of another, that one was cut off.
const TOP_LEVEL: [&str; 6] = [
    "VCALENDAR",
    "VEVENT",
    "VTODO",
    "VJOURNAL",
    "VFREEBUSY",
    "VTIMEZONE",
];

fn is_top_level(name: &str) -> bool {
    TOP_LEVEL.iter().any(|one| one.eq_ignore_ascii_case(name))
}

impl<R: BufRead> Scan<R> {
    fn new(lines: LineReader<R>) -> Self {
        Self {
            lines,
            file: CalendarFile::default(),
            series: HashMap::new(),
            open: None,
            in_calendar: false,
            first_object: 0,
            shared: 0,
        }
    }

    fn run(mut self) -> io::Result<CalendarFile> {
        let mut raw = Vec::new();
        let mut end = 0;
        while let Some(place) = self.lines.read(&mut raw)? {
            let bytes = match raw.strip_prefix(BYTE_ORDER_MARK) {
                Some(bytes) if place.offset == 0 => bytes,
                _ => &raw,
            };
            if self.open.is_some() {
                self.in_component(bytes, place);
            } else {
                self.between(&Line::take(bytes).0, place);
            }
            end = place.offset + place.length;
        }
        self.end_of_component(end);
        self.end_of_calendar();
        self.file.gather_around_one();
        self.file.macintosh = self.lines.is_macintosh();
        Ok(self.file)
    }

    /// A line that is in no component of a calendar.
    fn between(&mut self, line: &Line<'_>, place: Place) {
        if let Some(name) = line.begins() {
            self.begin(name, line.raw(), place);
        } else if line.ends().is_some() {
            self.end_of_calendar();
        } else if self.in_calendar
            && let Some(calendar) = self.file.calendars.last_mut()
            && self.shared + line.raw().len() < MAX_SHARED
        {
            self.shared += calendar.property(line);
        }
    }

    fn begin(&mut self, name: &str, raw: &[u8], place: Place) {
        if name.eq_ignore_ascii_case("VCALENDAR") {
            self.end_of_calendar();
            self.in_calendar = true;
            self.first_object = self.file.objects.len();
            self.file.calendars.push(Calendar::default());
        } else if self.in_calendar {
            let is_zone = name.eq_ignore_ascii_case("VTIMEZONE");
            self.open = Some(Component {
                name: name.to_ascii_uppercase(),
                depth: 1,
                start: place.offset,
                uid: None,
                is_exception: false,
                zone: is_zone.then(|| raw.to_vec()),
                tzid: None,
            });
        }
    }

    fn in_component(&mut self, raw: &[u8], place: Place) {
        let Some(open) = &mut self.open else { return };
        if may_be_structure(raw) {
            let (line, _) = Line::take(raw);
            if let Some(name) = line.begins() {
                if is_top_level(name) {
                    self.end_of_component(place.offset);
                    self.begin(name, raw, place);
                    return;
                }
                open.depth += 1;
            } else if let Some(name) = line.ends() {
                open.depth -= 1;
                if name.eq_ignore_ascii_case("VCALENDAR") {
                    self.end_of_component(place.offset);
                    self.end_of_calendar();
                    return;
                }
                if open.depth == 0 || (is_top_level(name) && name.eq_ignore_ascii_case(&open.name))
                {
                    open.zone
                        .iter_mut()
                        .for_each(|zone| zone.extend_from_slice(raw));
                    self.end_of_component(place.offset + place.length);
                    return;
                }
            } else if open.depth == 1 {
                open.property(&line);
            }
        }
        if let Some(zone) = &mut open.zone
            && self.shared + zone.len() + raw.len() < MAX_SHARED
        {
            zone.extend_from_slice(raw);
        }
    }

    /// Keeps the component that is open, which ends before this offset: with its END, or cut off.
    fn end_of_component(&mut self, end: u64) {
        let Some(component) = self.open.take() else {
            return;
        };
        if let Some(zone) = component.zone {
            self.keep_zone(component.tzid, zone);
            return;
        }
        let part = count(self.file.parts.len());
        self.file.parts.push(Part {
            offset: component.start,
            length: u32::try_from(end - component.start).unwrap_or(u32::MAX),
            next: NONE,
        });
        let kind = Kind::from_component(&component.name);
        let uid = component.uid.as_deref().map_or(0, digest);
        let known = self.series.get(&(kind, uid)).copied();
        let joined = known.filter(|series| component.is_exception || !series.has_master);
        let object = match joined {
            Some(series) => series.object,
            None => count(self.file.objects.len()),
        };
        if joined.is_some() {
            self.append(object, part);
        } else {
            self.file.objects.push(Object {
                calendar: count(self.file.calendars.len().saturating_sub(1)),
                kind,
                uid,
                first: part,
                last: part,
            });
        }
        if uid != 0 {
            let has_master =
                !component.is_exception || joined.is_some_and(|series| series.has_master);
            self.series
                .insert((kind, uid), Series { object, has_master });
        }
    }

    fn append(&mut self, object: u32, part: u32) {
        let Some(object) = self.file.objects.get_mut(object as usize) else {
            return;
        };
        if let Some(last) = self.file.parts.get_mut(object.last as usize) {
            last.next = part;
        }
        object.last = part;
    }

    fn keep_zone(&mut self, tzid: Option<String>, zone: Vec<u8>) {
        let Some(tzid) = tzid else { return };
        let known = self
            .file
            .calendars
            .iter()
            .rev()
            .skip(1)
            .find_map(|calendar| calendar.zones.get(&tzid))
            .filter(|known| ***known == zone);
        let shared = known.cloned();
        if shared.is_none() {
            self.shared += zone.len();
        }
        if let Some(calendar) = self.file.calendars.last_mut() {
            let zone = shared.unwrap_or_else(|| zone.into());
            calendar.zones.entry(tzid).or_insert(zone);
        }
    }

    /// Forgets a calendar that says the same as the one before it.
    fn end_of_calendar(&mut self) {
        if !std::mem::take(&mut self.in_calendar) {
            return;
        }
        let [.., before, last] = self.file.calendars.as_slice() else {
            return;
        };
        if before != last {
            return;
        }
        self.shared -= last.properties.len().min(self.shared);
        self.file.calendars.pop();
        let calendar = count(self.file.calendars.len().saturating_sub(1));
        for object in self.file.objects.iter_mut().skip(self.first_object) {
            object.calendar = calendar;
        }
    }
}

impl Component {
    fn property(&mut self, line: &Line<'_>) {
        if line.is("UID") && self.uid.is_none() {
            self.uid = Some(line.text()).filter(|uid| !uid.trim().is_empty());
        } else if line.is("RECURRENCE-ID") {
            self.is_exception = true;
        } else if line.is("TZID") {
            self.tzid = Some(line.text());
        }
    }
}

/// Whether a line may be one of those that tell objects apart. Most lines are not, and need not be read.
fn may_be_structure(raw: &[u8]) -> bool {
    let first = raw.first().map(u8::to_ascii_uppercase);
    matches!(first, Some(b'B' | b'E' | b'U' | b'R' | b'T'))
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

#[cfg(test)]
mod tests;
