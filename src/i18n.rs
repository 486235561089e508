//! What people read: sentences in French and English, and numbers the way each language writes them.
//!
//! Everything that the program says to a person is a message in `i18n/`; the language can change while
//! the program runs, by making new [`Texts`].

use std::time::Duration;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale_core::{Locale, locale};
use unic_langid::LanguageIdentifier;

use crate::model::{FolderNames, SourceConfig, Timestamp};

/// The languages that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    Fr,
    En,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The two-letter code of ISO 639-1, as `--lang` takes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Takes a language code or a system's locale name: `fr`, `fr-CA`, `fr_FR.UTF-8`.
    pub fn from_code(code: &str) -> Option<Self> {
        let language = code.split(['-', '_', '.', '@']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|lang| lang.code().eq_ignore_ascii_case(language))
    }

    /// The first of the languages the system is set to that we speak; English otherwise.
    pub fn of_the_system() -> Self {
        sys_locale::get_locales()
            .find_map(|name| Self::from_code(&name))
            .unwrap_or(Self::En)
    }

    const fn sources(self) -> &'static [&'static str] {
        macro_rules! sources {
            ($lang:literal) => {
                &[
                    include_str!(concat!("../i18n/", $lang, "/cli.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/errors.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/dropbox.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/microsoft.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/pim-text.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/pim.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/progress.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/reasons.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/results.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/troubles.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/units.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-welcome.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-source.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-google.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-microsoft.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-dropbox.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-target.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-choose.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-preview.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-moving.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-report.ftl")),
                    include_str!(concat!("../i18n/", $lang, "/window-settings.ftl")),
                ]
            };
        }
        match self {
            Self::Fr => sources!("fr"),
            Self::En => sources!("en"),
        }
    }
}

/// What fills a message's `{ $variable }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    Text(std::borrow::Cow<'a, str>),
    /// A count: it chooses between singular and plural and is shown with its thousands grouped.
    Count(u64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.as_str().into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for Value<'_> {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

/// Where sentences are read. Some are worded otherwise in the window, where there are no commands to type:
/// their message has an attribute `.window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Terminal,
    Window,
}

/// The name of the attribute with a message's wording in the window.
const WINDOW: &str = "window";

/// All sentences of one language.
pub struct Texts {
    lang: Lang,
    /// Which of a message's wordings is wanted.
    face: Face,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Texts").field(&self.lang).finish()
    }
}

impl Texts {
    /// Worded for a terminal.
    pub fn new(lang: Lang) -> Self {
        Self::of(lang, Face::Terminal)
    }

    /// Worded for the window.
    pub fn for_window(lang: Lang) -> Self {
        Self::of(lang, Face::Window)
    }

    fn of(lang: Lang, face: Face) -> Self {
        let locale: LanguageIdentifier = lang.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // The marks around placeables would show as boxes in terminals and break copied paths.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match lang {
            Lang::Fr => format_counts_fr,
            Lang::En => format_counts_en,
        }));
        for source in lang.sources() {
            // What is wrong with the embedded files is found by the tests; what is right of them counts.
            let resource = match FluentResource::try_new((*source).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { lang, face, bundle }
    }

    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The message of `key`, with its variables filled in. A message that does not exist shows as its key.
    pub fn text(&self, key: &str, args: &[(&str, Value<'_>)]) -> String {
        let mut errors = Vec::new();
        let text = self.format(key, args, &mut errors);
        debug_assert!(errors.is_empty(), "{key}: {errors:?}");
        text.unwrap_or_else(|| key.to_owned())
    }

    /// Whether there is a message of this key.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    fn format(
        &self,
        key: &str,
        args: &[(&str, Value<'_>)],
        errors: &mut Vec<FluentError>,
    ) -> Option<String> {
        let message = self.bundle.get_message(key)?;
        let pattern = match self.face {
            Face::Terminal => None,
            Face::Window => message.get_attribute(WINDOW).map(|worded| worded.value()),
        };
        let pattern = pattern.or(message.value())?;
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            values.set(
                *name,
                match value {
                    Value::Text(text) => FluentValue::from(text.as_ref()),
                    Value::Count(count) => FluentValue::from(*count),
                },
            );
        }
        let text = self.bundle.format_pattern(pattern, Some(&values), errors);
        Some(text.into_owned())
    }

    /// `1 234 567` or `1,234,567`.
    pub fn number(&self, number: u64) -> String {
        decimal(self.lang, &Decimal::from(number))
    }

    /// A size in everyday units of 1000: `1,5 Go` or `1.5 GB`.
    pub fn bytes(&self, bytes: u64) -> String {
        const UNITS: [&str; 5] = ["unit-b", "unit-kb", "unit-mb", "unit-gb", "unit-tb"];
        let round = |scale: u128| (u128::from(bytes) + scale / 2) / scale;
        // From 100 on nobody needs the decimal.
        let tenths_of = |scale: u128| match (u128::from(bytes) * 10 + scale / 2) / scale {
            tenths @ 0..1000 => tenths,
            _ => round(scale) * 10,
        };
        let mut scale = 1;
        let mut units = UNITS.into_iter().peekable();
        let mut unit = units.next().unwrap_or_default();
        while tenths_of(scale) >= 10_000 && units.peek().is_some() {
            scale *= 1000;
            unit = units.next().unwrap_or_default();
        }
        let mut number = Decimal::from(tenths_of(scale));
        number.multiply_pow10(-1);
        number.absolute.trim_end();
        let number = decimal(self.lang, &number);
        self.text(unit, &[("n", number.into())])
    }

    /// `12,3 Mo/s` or `12.3 MB/s`.
    pub fn rate(&self, bytes_per_second: u64) -> String {
        let size = self.bytes(bytes_per_second);
        self.text("unit-rate", &[("size", size.into())])
    }

    /// `42 %` or `42%`, rounded down: 100 % is only said when nothing is missing.
    pub fn percent(&self, done: u64, total: u64) -> String {
        let percent = match total {
            0 => 100,
            _ => u128::from(done.min(total)) * 100 / u128::from(total),
        };
        let percent = self.number(percent.try_into().unwrap_or(100));
        self.text("unit-percent", &[("n", percent.into())])
    }

    /// The two largest units of a duration: `3 h 20 min`.
    pub fn duration(&self, duration: Duration) -> String {
        let seconds = duration.as_secs();
        let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
        let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
        let number = |n: u64| Value::from(self.number(n));
        if days > 0 {
            let args = [("days", number(days)), ("hours", number(hours))];
            self.text("duration-days", &args)
        } else if hours > 0 {
            let args = [("hours", number(hours)), ("minutes", number(minutes))];
            self.text("duration-hours", &args)
        } else if minutes > 0 {
            let args = [("minutes", number(minutes)), ("seconds", number(rest))];
            self.text("duration-minutes", &args)
        } else {
            self.text("duration-seconds", &[("seconds", number(rest))])
        }
    }

    /// A day where this computer is: `3 mars 2026` or `3 March 2026`.
    pub fn day(&self, moment: Timestamp) -> String {
        let day = moment.to_zoned(jiff::tz::TimeZone::system()).date();
        let number = |n: i8| Value::Count(n.unsigned_abs().into());
        let args = [
            ("day", number(day.day())),
            ("month", number(day.month())),
            ("year", day.year().to_string().into()),
        ];
        self.text("date-day", &args)
    }

    pub fn items(&self, n: u64) -> String {
        self.text("count-items", &[("n", n.into())])
    }

    pub fn files(&self, n: u64) -> String {
        self.text("count-files", &[("n", n.into())])
    }

    pub fn folders(&self, n: u64) -> String {
        self.text("count-folders", &[("n", n.into())])
    }

    pub fn calendars(&self, n: u64) -> String {
        self.text("count-calendars", &[("n", n.into())])
    }

    pub fn events(&self, n: u64) -> String {
        self.text("count-events", &[("n", n.into())])
    }

    pub fn tasks(&self, n: u64) -> String {
        self.text("count-tasks", &[("n", n.into())])
    }

    pub fn address_books(&self, n: u64) -> String {
        self.text("count-address-books", &[("n", n.into())])
    }

    pub fn contacts(&self, n: u64) -> String {
        self.text("count-contacts", &[("n", n.into())])
    }

    /// What the folders are called that a migration from `source` makes by itself.
    pub fn folder_names_for(&self, source: &SourceConfig) -> FolderNames {
        let names = self.folder_names();
        match source {
            SourceConfig::Microsoft { .. } => FolderNames {
                shared_drives: self.text("folder-sites", &[]),
                ..names
            },
            _ => names,
        }
    }

    /// What the folders are called that the migration itself makes.
    pub fn folder_names(&self) -> FolderNames {
        FolderNames {
            shared_drives: self.text("folder-shared-drives", &[]),
            shared_with_me: self.text("folder-shared-with-me", &[]),
            orphans: self.text("folder-orphans", &[]),
        }
    }
}

thread_local! {
    // ICU's formatters cannot be shared between threads; they are cheap, their data is embedded.
    static FR: Option<DecimalFormatter> = new_formatter(&locale!("fr"));
    static EN: Option<DecimalFormatter> = new_formatter(&locale!("en"));
}

fn new_formatter(locale: &Locale) -> Option<DecimalFormatter> {
    DecimalFormatter::try_new(locale.into(), DecimalFormatterOptions::default()).ok()
}

/// Writes a number in a language; plainly, should ICU lack the language (it has both).
fn decimal(lang: Lang, number: &Decimal) -> String {
    let formatter = match lang {
        Lang::Fr => &FR,
        Lang::En => &EN,
    };
    formatter.with(|formatter| match formatter {
        Some(formatter) => formatter.format(number).to_string(),
        None => number.to_string(),
    })
}

fn format_counts(value: &FluentValue<'_>, lang: Lang) -> Option<String> {
    match value {
        // Counts are whole and not negative; Fluent keeps them as floating-point numbers.
        FluentValue::Number(number) => {
            Some(decimal(lang, &Decimal::from(number.value.max(0.0) as u64)))
        }
        _ => None,
    }
}

fn format_counts_fr<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    format_counts(value, Lang::Fr)
}

fn format_counts_en<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    format_counts(value, Lang::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_system_locales() {
        for name in ["fr", "fr-CA", "fr_FR.UTF-8", "FR@euro"] {
            assert_eq!(Lang::from_code(name), Some(Lang::Fr), "{name}");
        }
        assert_eq!(Lang::from_code("en_GB"), Some(Lang::En));
        for name in ["de-DE", "", "C", "frr"] {
            assert_eq!(Lang::from_code(name), None, "{name}");
        }
    }

    #[test]
    fn writes_numbers_as_each_language_does() {
        let (fr, en) = (Texts::new(Lang::Fr), Texts::new(Lang::En));
        assert_eq!(fr.number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(en.number(1_234_567), "1,234,567");
        let cases = [
            (0, "0\u{a0}o", "0\u{a0}B"),
            (999, "999\u{a0}o", "999\u{a0}B"),
            (1_000, "1\u{a0}ko", "1\u{a0}kB"),
            (1_549, "1,5\u{a0}ko", "1.5\u{a0}kB"),
            (99_940, "99,9\u{a0}ko", "99.9\u{a0}kB"),
            (99_960, "100\u{a0}ko", "100\u{a0}kB"),
            (123_456, "123\u{a0}ko", "123\u{a0}kB"),
            (999_499, "999\u{a0}ko", "999\u{a0}kB"),
            (999_999, "1\u{a0}Mo", "1\u{a0}MB"),
            (1_500_000_000, "1,5\u{a0}Go", "1.5\u{a0}GB"),
            (
                u64::MAX,
                "18\u{202f}446\u{202f}744\u{a0}To",
                "18,446,744\u{a0}TB",
            ),
        ];
        for (bytes, french, english) in cases {
            assert_eq!(fr.bytes(bytes), french, "{bytes}");
            assert_eq!(en.bytes(bytes), english, "{bytes}");
        }
        assert_eq!(fr.rate(12_300_000), "12,3\u{a0}Mo/s");
        assert_eq!(fr.percent(999, 1000), "99\u{a0}%");
        assert_eq!(en.percent(0, 0), "100%");
    }

    #[test]
    fn writes_durations_in_two_units() {
        let (fr, en) = (Texts::new(Lang::Fr), Texts::new(Lang::En));
        let cases = [
            (0, "0\u{a0}s", "0\u{a0}s"),
            (59, "59\u{a0}s", "59\u{a0}s"),
            (61, "1\u{a0}min 1\u{a0}s", "1\u{a0}min 1\u{a0}s"),
            (3_720, "1\u{a0}h 2\u{a0}min", "1\u{a0}h 2\u{a0}min"),
            (90_000, "1\u{a0}j 1\u{a0}h", "1\u{a0}d 1\u{a0}h"),
        ];
        for (seconds, french, english) in cases {
            let duration = Duration::from_secs(seconds);
            assert_eq!(fr.duration(duration), french);
            assert_eq!(en.duration(duration), english);
        }
    }

    #[test]
    fn writes_days_in_words() {
        let (fr, en) = (Texts::new(Lang::Fr), Texts::new(Lang::En));
        // Noon, so that it is the same day nearly everywhere.
        let day = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(fr.day(day("2026-03-01T12:00:00Z")), "1er mars 2026");
        assert_eq!(fr.day(day("2026-08-23T12:00:00Z")), "23 août 2026");
        assert_eq!(en.day(day("2026-12-31T12:00:00Z")), "31 December 2026");
    }

    #[test]
    fn the_window_words_some_things_otherwise() {
        let key = "engine-not-surveyed";
        let file = [("file", Value::from("a.toml"))];
        let terminal = Texts::new(Lang::En).text(key, &file);
        let window = Texts::for_window(Lang::En).text(key, &file);
        assert!(terminal.contains("transhumance survey"), "{terminal}");
        assert!(!window.contains("transhumance"), "{window}");
        let same = |texts: Texts| texts.text("detail-none", &[]);
        assert_eq!(
            same(Texts::new(Lang::Fr)),
            same(Texts::for_window(Lang::Fr))
        );
    }

    #[test]
    fn counts_choose_the_plural_and_are_grouped() {
        let fr = Texts::new(Lang::Fr);
        assert_eq!(fr.files(0), "0\u{a0}fichier");
        assert_eq!(fr.files(1), "1\u{a0}fichier");
        assert_eq!(fr.files(12_345), "12\u{202f}345\u{a0}fichiers");
    }

    #[test]
    fn a_missing_message_shows_its_key() {
        assert_eq!(Texts::new(Lang::En).text("no-such-key", &[]), "no-such-key");
    }
}
