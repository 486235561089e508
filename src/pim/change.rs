//! What rules did to a text, and why some texts are beyond them.

/// A text that the target takes as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub text: Vec<u8>,
    /// The rules that changed it, each once, in the order of [`Change::ALL`]; none where the text is byte
    /// for byte what came in.
    pub changes: Vec<Change>,
}

/// iCalendar or vCard made from a source's JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    pub text: Vec<u8>,
    pub uid: String,
    /// SUMMARY or FN, for reports; may be empty.
    pub name: String,
    /// The X- properties that hold what the format has no property for, each once.
    pub extended: Vec<String>,
    /// How many things not even an X- property could hold.
    pub lost: u32,
}

/// A text that no rule can mend. It is set aside; others go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", .reason.code())]
pub struct Broken {
    pub reason: Defect,
    /// For logs and developers, in English.
    pub detail: String,
}

impl Broken {
    pub(crate) fn new(reason: Defect, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }
}

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident = $prefix:literal { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code that the ledger and the reports keep.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// The message that says it to a person.
            pub const fn message_key(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($prefix, $code),)*
                }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}

codes! {
    /// One named rule that changed a text.
    Change = "change-" {
        /// A byte order mark at the start was taken away.
        ByteOrderMark = "byte-order-mark",
        /// Line ends other than CRLF became CRLF (RFC 5545 and RFC 6350, section 3.1).
        LineEnds = "line-ends",
        /// What was not UTF-8 became UTF-8: UTF-16, the CHARSET that a line names, or else Windows-1252, which
        /// is what Latin-1 usually means.
        Charset = "charset",
        /// Control characters that neither format allows were taken away.
        ControlCharacters = "control-characters",
        /// What stood before BEGIN or after END was taken away, and blank lines that tore a folded line apart.
        Stray = "stray",
        /// A final END that was missing was added.
        EndAdded = "end-added",
        /// A name with characters that names may not have was spelt with `-` instead.
        NameMended = "name-mended",
        /// METHOD was taken away (RFC 4791, section 4.1).
        MethodStripped = "method-stripped",
        /// An alarm by mail shows itself on the screen instead: Nextcloud would mail every guest.
        MailAlarm = "mail-alarm",
        /// An alarm without ACTION shows itself on the screen; one without TRIGGER is kept as an X- component.
        AlarmMended = "alarm-mended",
        /// A UID was made of the content, so that the same content always gets the same.
        UidAdded = "uid-added",
        /// A UID that databases have no room for (255 characters) was made shorter; the old one is kept.
        UidShortened = "uid-shortened",
        /// DTSTAMP was added (RFC 5545, section 3.6.1).
        StampAdded = "stamp-added",
        ProductAdded = "product-added",
        VersionAdded = "version-added",
        /// The definition of a time zone that the object names was added.
        ZoneAdded = "zone-added",
        /// A definition that disagreed with the time zone it names was replaced.
        ZoneMended = "zone-mended",
        /// A date without a time was marked as one (VALUE=DATE), or a time that did not belong was cut off.
        DateMended = "date-mended",
        /// A property that may stand only once stood again, with the same value: once is enough.
        DuplicateDropped = "duplicate-dropped",
        /// A property that may stand only once stood again, with another value: it is kept as an X- property.
        RepeatedKept = "repeated-kept",
        /// A value that the target refuses (a date that is none) is kept as an X- property.
        UnreadableKept = "unreadable-kept",
        /// A vCard 2.1 became a vCard 3.0.
        Version21 = "vcard-2-1",
        /// FN was made of the other names, the organisation or an address.
        NameAdded = "name-added",
        /// N was made of FN (vCard 3.0 needs it).
        StructuredNameAdded = "structured-name-added",
        /// N and ADR got the empty components that they must have.
        ComponentsAdded = "components-added",
        /// A spelling of another version (ENCODING=BASE64, ENCODING in a 4.0) was put right.
        EncodingMended = "encoding-mended",
        /// A photo was made smaller, so that the card fits.
        PhotoScaled = "photo-scaled",
    }
}

codes! {
    /// Why a text is beyond the rules.
    Defect = "defect-" {
        /// There is nothing.
        Empty = "empty",
        /// It is neither iCalendar nor a vCard.
        NotThis = "not-this-format",
        /// A line has no `:`.
        Line = "line",
        /// BEGIN and END do not match.
        Unbalanced = "unbalanced",
        /// Several objects in what must be one: it was not split.
        Several = "several",
        /// vCalendar 1.0, or another version.
        Version = "version",
        /// Neither event nor task nor journal.
        Component = "component",
        /// An event without a readable start.
        Start = "start",
        /// A recurrence rule that cannot be read.
        Rule = "rule",
        /// A card with nothing that could name it.
        Nameless = "nameless",
        /// Too large for the target, even with smaller photos.
        TooLarge = "too-large",
    }
}
