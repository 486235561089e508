//! The user's preferences: one small file in the data directory. Whatever in it is missing or makes no
//! sense falls back to what it would be without the file.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::i18n::Lang;
use crate::model::parse_rate;

const FILE: &str = "settings.toml";
/// In percent.
pub const ZOOMS: [u16; 9] = [75, 90, 100, 110, 125, 150, 175, 200, 250];
const ZOOM: u16 = 100;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Appearance {
    /// As the system is set.
    #[default]
    System,
    Light,
    Dark,
}

impl Appearance {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub const fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `None`: as the system is set.
    pub language: Option<Lang>,
    pub appearance: Appearance,
    /// The size of everything, in percent; one of [`ZOOMS`].
    pub zoom: u16,
    /// For new migrations, such as `5 MB/s`; `None`: no limit.
    pub bandwidth: Option<String>,
    /// The page that is only shown the first time has been read.
    pub welcomed: bool,
    /// The computer is kept awake while something moves.
    pub keep_awake: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: None,
            appearance: Appearance::System,
            zoom: ZOOM,
            bandwidth: None,
            welcomed: false,
            keep_awake: true,
        }
    }
}

impl Settings {
    /// Those of a data directory.
    pub fn read(data_dir: &Path) -> Self {
        let text = std::fs::read_to_string(path(data_dir)).unwrap_or_default();
        Self::parse(&text)
    }

    fn parse(text: &str) -> Self {
        let table: Table = text.parse().unwrap_or_default();
        let word = |key: &str| table.get(key).and_then(Value::as_str);
        let appearance = |code: &str| {
            Appearance::ALL
                .into_iter()
                .find(|appearance| appearance.code() == code)
        };
        let zoom = table.get("zoom").and_then(Value::as_integer);
        Self {
            language: word("language").and_then(Lang::from_code),
            appearance: word("appearance").and_then(appearance).unwrap_or_default(),
            zoom: zoom
                .and_then(|zoom| u16::try_from(zoom).ok())
                .filter(|zoom| ZOOMS.contains(zoom))
                .unwrap_or(ZOOM),
            bandwidth: word("bandwidth")
                .filter(|rate| parse_rate(rate).is_some())
                .map(str::to_owned),
            welcomed: table
                .get("welcomed")
                .and_then(Value::as_bool)
                .unwrap_or_default(),
            keep_awake: table
                .get("keep_awake")
                .and_then(Value::as_bool)
                .unwrap_or(true),
        }
    }

    fn to_toml(&self) -> String {
        let mut table = Table::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                table.insert(key.to_owned(), value);
            }
        };
        put("language", self.language.map(|lang| lang.code().into()));
        put("appearance", Some(self.appearance.code().into()));
        put("zoom", Some(i64::from(self.zoom).into()));
        put("bandwidth", self.bandwidth.clone().map(Value::String));
        put("welcomed", Some(self.welcomed.into()));
        put("keep_awake", Some(self.keep_awake.into()));
        table.to_string()
    }

    /// Writes them, all of them or nothing.
    ///
    /// # Errors
    /// When the data directory cannot be written to.
    pub fn write(&self, data_dir: &Path) -> std::io::Result<()> {
        let path = path(data_dir);
        let part = path.with_extension("part");
        std::fs::write(&part, self.to_toml())?;
        std::fs::rename(&part, &path)
    }

    /// The language to speak.
    pub fn lang(&self) -> Lang {
        self.language.unwrap_or_else(Lang::of_the_system)
    }

    /// The next larger or smaller size there is.
    pub fn zoomed(&self, larger: bool) -> u16 {
        let mut sizes = ZOOMS.into_iter();
        match larger {
            true => sizes.find(|size| *size > self.zoom),
            false => sizes.rev().find(|size| *size < self.zoom),
        }
        .unwrap_or(self.zoom)
    }
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Settings::read(folder.path()), Settings::default());
        let settings = Settings {
            language: Some(Lang::Fr),
            appearance: Appearance::Dark,
            zoom: 150,
            bandwidth: Some("5 MB/s".into()),
            welcomed: true,
            keep_awake: false,
        };
        settings.write(folder.path()).unwrap();
        assert_eq!(Settings::read(folder.path()), settings);
    }

    #[test]
    fn what_makes_no_sense_falls_back_alone() {
        let text = "language = \"xx\"\nappearance = 7\nzoom = 151\nbandwidth = \"fast\"\nwelcomed = true\nnew = []";
        let expected = Settings {
            welcomed: true,
            ..Settings::default()
        };
        assert_eq!(Settings::parse(text), expected);
        assert_eq!(Settings::parse("= nonsense"), Settings::default());
    }

    #[test]
    fn zooms_in_steps() {
        let mut settings = Settings::default();
        assert_eq!(settings.zoomed(true), 110);
        settings.zoom = 250;
        assert_eq!(settings.zoomed(true), 250);
        settings.zoom = 75;
        assert_eq!(settings.zoomed(false), 75);
    }
}
