use std::fmt;
use std::str::FromStr;

/// The digests that sources publish; some of them a Nextcloud can compute of what it received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HashAlgorithm {
    Md5,
    Sha1,
    Sha256,
    /// Dropbox's `content_hash`.
    Dropbox,
    /// The one of OneDrive and SharePoint.
    QuickXor,
}

impl HashAlgorithm {
    pub const ALL: [Self; 5] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Dropbox,
        Self::QuickXor,
    ];

    /// The lower-case name, where Nextcloud knows it that of its `X-Hash` request header and of
    /// `OC-Checksum`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Dropbox => "dropbox",
            Self::QuickXor => "quickxor",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|one| one.name().eq_ignore_ascii_case(name))
    }

    /// Whether a Nextcloud computes it (`apps/dav/lib/Connector/Sabre/File.php`).
    pub const fn is_nextclouds(self) -> bool {
        match self {
            Self::Md5 | Self::Sha1 | Self::Sha256 => true,
            Self::Dropbox | Self::QuickXor => false,
        }
    }

    /// Hexadecimal digits of a value.
    const fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 | Self::QuickXor => 40,
            Self::Sha256 | Self::Dropbox => 64,
        }
    }
}

/// A digest: its algorithm and its value in lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HashValue {
    pub algorithm: HashAlgorithm,
    pub hex: String,
}

impl HashValue {
    pub fn new(algorithm: HashAlgorithm, hex: impl Into<String>) -> Self {
        Self {
            algorithm,
            hex: hex.into().to_ascii_lowercase(),
        }
    }
}

/// Text that is not `algorithm:hex` of an algorithm we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a known checksum: {0}")]
pub struct ParseHashError(pub String);

impl FromStr for HashValue {
    type Err = ParseHashError;

    /// Reads `SHA256:ab…`, the form of `OC-Checksum`, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || ParseHashError(text.chars().take(80).collect());
        let (name, hex) = text.trim().split_once(':').ok_or_else(unknown)?;
        let algorithm = HashAlgorithm::from_name(name).ok_or_else(unknown)?;
        if hex.len() != algorithm.digits() || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        Ok(Self::new(algorithm, hex))
    }
}

impl fmt::Display for HashValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex)
    }
}

impl fmt::Debug for HashValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_nextcloud_writes() {
        let text = format!("SHA1:{}", "Ab".repeat(20));
        let hash: HashValue = text.parse().expect("a checksum");
        assert_eq!(hash.to_string(), format!("sha1:{}", "ab".repeat(20)));
    }

    #[test]
    fn refuses_what_is_not_a_checksum() {
        for text in ["", "garbage <x>&", "SHA1:zz", "ADLER32:00000001", "md5:"] {
            assert!(text.parse::<HashValue>().is_err(), "{text}");
        }
    }
}
