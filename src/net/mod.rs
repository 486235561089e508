//! One way out to the network: the clients that everything uses, what they say of themselves, and what
//! they refuse.

mod bandwidth;
mod pressure;

use std::time::{Duration, SystemTime};

use reqwest::redirect::Policy;
use url::Url;

pub use bandwidth::Bandwidth;
pub use pressure::{Permit, Pressure, Verdict};

/// What we call ourselves. Nextcloud shows it as the name of the app password that Login Flow v2 makes.
pub const PRODUCT: &str = "Transhumance";

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a server may stay silent in the middle of an answer. Never a limit on a whole transfer.
const READ_TIMEOUT: Duration = Duration::from_secs(120);

/// The clients of one host: cheap to clone.
#[derive(Debug, Clone)]
pub struct Net {
    /// For JSON and XML: compressed.
    pub api: reqwest::Client,
    /// For file content: never compressed, so that lengths, ranges and digests are those of the file.
    pub content: reqwest::Client,
    /// For requests whose body takes its time: the answer may begin at any time after the last byte, so
    /// whoever sends must watch for a stall by himself.
    pub upload: reqwest::Client,
}

#[derive(Debug, thiserror::Error)]
pub enum NetError {
    #[error("the network could not be set up: {0}")]
    Setup(#[source] reqwest::Error),
    #[error("{0} is not encrypted and not on this computer")]
    Insecure(String),
}

impl Net {
    /// Clients for `base`: `https://` only, but for this computer. They follow no redirect, keep no
    /// cookie and go through the system's proxy.
    ///
    /// # Errors
    /// When `base` is neither encrypted nor on this computer, or the TLS set-up fails.
    pub fn for_host(base: &Url) -> Result<Self, NetError> {
        let loopback = crate::model::is_loopback(base);
        if base.scheme() != "https" && !loopback {
            return Err(NetError::Insecure(redact_url(base)));
        }
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(PRODUCT)
                .connect_timeout(CONNECT_TIMEOUT)
                .redirect(Policy::none())
                .https_only(!loopback);
            // A proxy on the way to this computer itself makes no sense and breaks the practice world.
            if loopback {
                builder.no_proxy()
            } else {
                builder
            }
        };
        Ok(Self {
            api: builder()
                .read_timeout(READ_TIMEOUT)
                .build()
                .map_err(NetError::Setup)?,
            content: builder()
                .read_timeout(READ_TIMEOUT)
                .no_gzip()
                .build()
                .map_err(NetError::Setup)?,
            // `read_timeout` runs from the first byte sent to the first byte received: on a slow line it
            // would cut off every long upload.
            upload: builder().no_gzip().build().map_err(NetError::Setup)?,
        })
    }
}

/// The `Retry-After` of an answer (RFC 9110, section 10.2.3): seconds, or a date.
pub fn retry_after(headers: &http::HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers
        .get(http::header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

/// An address that may be shown or logged: without user, password, query and fragment.
pub fn redact_url(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

/// What went wrong with a request, without the address, which may hold a token.
pub fn describe(error: &reqwest::Error) -> String {
    use std::error::Error as _;
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = error.source();
    while let Some(error) = cause {
        text = error.to_string();
        cause = error.source();
    }
    if text.is_empty() {
        text = match () {
            () if error.is_timeout() => "timed out".into(),
            () if error.is_connect() => "no connection".into(),
            () if error.is_body() || error.is_decode() => "the answer broke off".into(),
            () => "the request failed".into(),
        };
    }
    text
}

/// Whether the failure is about the server's certificate.
pub fn is_certificate_error(error: &reqwest::Error) -> bool {
    let text = describe(error).to_ascii_lowercase();
    error.is_connect() && (text.contains("certificate") || text.contains("tls"))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn header(text: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::RETRY_AFTER, text.parse().unwrap());
        headers
    }

    #[test]
    fn reads_both_forms_of_retry_after() {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 10:00:00 GMT").unwrap();
        let read = |text: &str| retry_after(&header(text), now);
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("1.5"), Some(Duration::from_millis(1500)));
        assert_eq!(
            read("Sun, 22 Nov 2026 10:00:07 GMT"),
            Some(Duration::from_secs(7))
        );
        assert_eq!(read("Sun, 22 Nov 2026 09:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("soon"), None);
        assert_eq!(read("1e300"), None);
    }

    #[test]
    fn refuses_plain_http_to_elsewhere() {
        let url = Url::parse("http://canard.example").unwrap();
        assert!(matches!(Net::for_host(&url), Err(NetError::Insecure(_))));
        let url = Url::parse("http://127.0.0.1:8021").unwrap();
        assert!(Net::for_host(&url).is_ok());
    }

    #[test]
    fn shows_no_secret_of_an_address() {
        let url = Url::parse("https://a:b@c.example/x?token=secret#y").unwrap();
        assert_eq!(redact_url(&url), "https://c.example/x");
    }
}
