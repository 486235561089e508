//! What reports and surveys want to know of a calendar object.

use jiff::Timestamp;

use crate::pim::line::Line;
use crate::pim::moment;

/// What a calendar object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Event,
    Task,
    Journal,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Event, Self::Task, Self::Journal];

    /// Its name in iCalendar (RFC 5545, section 3.6).
    pub const fn component(self) -> &'static str {
        match self {
            Self::Event => "VEVENT",
            Self::Task => "VTODO",
            Self::Journal => "VJOURNAL",
        }
    }

    pub fn from_component(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.component().eq_ignore_ascii_case(name))
    }
}

/// What can be told of a calendar object at a glance. Of a series, it is the series' own, not its
/// exceptions'.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectInfo {
    pub uid: Option<String>,
    /// `None` for what is neither event nor task nor journal (VFREEBUSY, for one): no calendar takes it.
    pub kind: Option<Kind>,
    /// SUMMARY, for people; may be empty.
    pub summary: String,
    /// Has a rule, or more dates than one.
    pub recurring: bool,
    /// Components with a RECURRENCE-ID.
    pub exceptions: u32,
    pub last_modified: Option<Timestamp>,
    pub sequence: u32,
    /// STATUS:CANCELLED
    pub cancelled: bool,
}

/// Looks at a calendar object. Never fails: of a broken one, less is known.
pub fn info(text: &[u8]) -> ObjectInfo {
    let mut info = ObjectInfo::default();
    let mut depth = 0_usize;
    let mut current = ObjectInfo::default();
    let mut is_exception = false;
    let mut has_master = false;
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = Line::take(rest);
        rest = after;
        if let Some(name) = line.begins() {
            depth += 1;
            if depth == 2 {
                current = ObjectInfo {
                    kind: Kind::from_component(name),
                    ..ObjectInfo::default()
                };
                is_exception = false;
            }
        } else if line.ends().is_some() {
            if depth == 2 && current.kind.is_some() {
                let exceptions = info.exceptions + u32::from(is_exception);
                if info.kind.is_none() || (!has_master && !is_exception) {
                    info = current.clone();
                }
                has_master |= !is_exception;
                info.exceptions = exceptions;
            }
            depth = depth.saturating_sub(1);
        } else if depth == 2 {
            is_exception |= line.is("RECURRENCE-ID");
            current.read(&line);
        }
    }
    if info.kind.is_none() {
        // Cut off.
        return current;
    }
    info
}

impl ObjectInfo {
    fn read(&mut self, line: &Line<'_>) {
        match line.name().to_ascii_uppercase().as_str() {
            "UID" if self.uid.is_none() => {
                self.uid = Some(line.text()).filter(|uid| !uid.trim().is_empty());
            }
            "SUMMARY" if self.summary.is_empty() => self.summary = line.text(),
            "RRULE" | "RDATE" => self.recurring = true,
            "LAST-MODIFIED" => self.last_modified = moment::utc(&line.value_str()),
            "SEQUENCE" => self.sequence = line.value_str().trim().parse().unwrap_or(0),
            "STATUS" => self.cancelled = line.value().eq_ignore_ascii_case(b"CANCELLED"),
            _ => {}
        }
    }
}
