use std::time::{Duration, SystemTime};

use bytes::BytesMut;
use futures::StreamExt as _;
use http::{HeaderMap, StatusCode, header};
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use super::error::{DavError, NotNextcloud};
use crate::net::{redact_url, retry_after};

/// Bytes of an error's body that are read; what matters stands at its beginning.
const MAX_BODY: usize = 64 * 1024;
/// Characters of the server's words that are kept.
const MAX_WORDS: usize = 300;
/// How long the rest of an error may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer that is not a success, with all that tells why.
#[derive(Debug)]
pub struct Refusal {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// `s:exception` of a DAV error: the PHP class.
    pub exception: String,
    /// `s:message`, in the account's language.
    pub message: String,
    /// Up to 64 KiB.
    pub body: Vec<u8>,
    location: Option<String>,
}

impl Refusal {
    /// The response itself when it is a success.
    ///
    /// # Errors
    /// The refusal otherwise. A body that cannot be read is taken as empty: the status says enough.
    pub async fn check(response: reqwest::Response) -> Result<reqwest::Response, Self> {
        if response.status().is_success() {
            return Ok(response);
        }
        Err(Self::read(response).await)
    }

    pub(super) async fn read(response: reqwest::Response) -> Self {
        let status = response.status();
        let headers = response.headers().clone();
        let location = headers
            .get(header::LOCATION)
            .and_then(|to| to.to_str().ok())
            .and_then(|to| response.url().join(to).ok())
            .map(|to| redact_url(&to));
        let body = read_some(response).await;
        let (exception, message) = parse_error(&body).unwrap_or_default();
        Self {
            status,
            headers,
            exception,
            message,
            body,
            location,
        }
    }

    /// Whether the exception's class is one of `names`, whatever its namespace.
    pub fn is_exception(&self, names: &[&str]) -> bool {
        let class = self.exception.rsplit('\\').next().unwrap_or_default();
        names.contains(&class)
    }

    /// Whether the body names this precondition (RFC 4918, section 16), whatever its namespace.
    pub fn names_condition(&self, condition: &str) -> bool {
        conditions(&self.body).any(|known| known == condition)
    }

    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers, SystemTime::now())
    }

    /// For an outcome's detail: status, class and words.
    pub fn describe(&self) -> String {
        let class = self.exception.rsplit('\\').next().unwrap_or_default();
        let mut text = self.status.as_u16().to_string();
        for part in [class, self.message.as_str()] {
            if !part.is_empty() {
                text.push(' ');
                text.push_str(part);
            }
        }
        text
    }

    /// The parsed body, where it is JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// For this one item, now and later.
    pub fn into_refused(self) -> DavError {
        DavError::Refused {
            status: self.status.as_u16(),
            exception: self.exception,
            detail: self.message,
        }
    }

    /// What it means where the request has no meaning of its own for the status.
    pub fn into_error(self) -> DavError {
        match self.status.as_u16() {
            300..=399 => DavError::Redirected {
                to: self.location.unwrap_or_default(),
            },
            400 if self.is_untrusted_domain() => DavError::UntrustedDomain,
            401 if self.is_exception(&["PasswordLoginForbidden"]) => {
                DavError::PasswordLoginForbidden
            }
            401 => DavError::Unauthorized,
            404 => DavError::NotFound,
            408 | 425 => DavError::temporary(self.describe()),
            412 if self.exception.is_empty() => DavError::protocol(self.describe()),
            412 => DavError::Changed,
            // The server's own check of the quota; without a class, it is a proxy's limit.
            413 if !self.exception.is_empty() => DavError::Full {
                detail: self.describe(),
            },
            413 => DavError::TooLarge,
            423 => DavError::Locked,
            429 => self.too_many(),
            // No retry makes these pass, although the server calls them its own error.
            500 if self.is_exception(&["ForbiddenException", "Forbidden", "InvalidPath"]) => {
                self.into_refused()
            }
            501 => self.into_refused(),
            503 => self.unavailable(),
            507 => DavError::Full {
                detail: self.describe(),
            },
            500..=599 => DavError::temporary(self.describe()),
            _ if self.status.is_success() => DavError::NotNextcloud {
                what: self.what_else(),
            },
            _ => self.into_refused(),
        }
    }

    fn is_untrusted_domain(&self) -> bool {
        // {"error": "Trusted domain error.", "code": 15}, or a page when asked for one.
        let code = self.json().and_then(|json| json.get("code")?.as_i64());
        code == Some(15) && self.exception.is_empty()
    }

    /// A limit with a time is a pause; the one for failed logins has none and holds for everything.
    fn too_many(self) -> DavError {
        let retry_after = self.retry_after();
        let ocs = self
            .json()
            .and_then(|json| json.pointer("/ocs/meta/statuscode")?.as_i64());
        let throttler = self.is_exception(&["TooManyRequests"]) || ocs == Some(429);
        if throttler && retry_after.is_none() {
            return DavError::BruteForced;
        }
        DavError::Throttled { retry_after }
    }

    fn unavailable(self) -> DavError {
        let retry_after = self.retry_after();
        let marked = self.headers.contains_key("x-nextcloud-maintenance-mode");
        if marked || self.is_exception(&["ServerMaintenanceMode"]) {
            return DavError::Maintenance { retry_after };
        }
        // Sabre wraps it: the class stands at the beginning of the words.
        let disabled = "DisabledUserException";
        if self.is_exception(&[disabled]) || self.message.contains(disabled) {
            return DavError::AccountDisabled;
        }
        if retry_after.is_some() {
            return DavError::Throttled { retry_after };
        }
        DavError::temporary(self.describe())
    }

    /// What a success looks like that is not the answer to what was asked.
    pub(super) fn what_else(&self) -> NotNextcloud {
        what_is(&self.headers, &self.body, self.status)
    }
}

/// What an unexpected body is, for a sentence that helps.
pub(super) fn what_is(headers: &HeaderMap, body: &[u8], status: StatusCode) -> NotNextcloud {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|text| text.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let start: String = String::from_utf8_lossy(body)
        .trim_start()
        .chars()
        .take(4096)
        .collect::<String>()
        .to_ascii_lowercase();
    let html = content_type.contains("html") || start.starts_with("<!doctype html");
    if !html && !start.starts_with("<html") {
        return NotNextcloud::Other(format!("{} {content_type}", status.as_u16()));
    }
    let login = ["type=\"password\"", "type='password'", "login", "sign in"];
    if login.iter().any(|sign| start.contains(sign)) {
        NotNextcloud::LoginPage
    } else {
        NotNextcloud::Html
    }
}

async fn read_some(response: reqwest::Response) -> Vec<u8> {
    let mut body = BytesMut::new();
    let reading = async {
        let mut stream = response.bytes_stream();
        while let Some(Ok(piece)) = stream.next().await {
            let room = MAX_BODY.saturating_sub(body.len());
            body.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
            if body.len() >= MAX_BODY {
                break;
            }
        }
    };
    // A status that has come is worth more than the rest of its words.
    let _ = tokio::time::timeout(PATIENCE, reading).await;
    body.to_vec()
}

/// The names of the elements directly within `d:error`.
fn conditions(body: &[u8]) -> impl Iterator<Item = String> {
    let mut reader = NsReader::from_reader(body);
    let (mut depth, mut is_error) = (0_usize, false);
    std::iter::from_fn(move || {
        loop {
            let (tag, empty) = match reader.read_event().ok()? {
                Event::Start(tag) => (tag, false),
                Event::Empty(tag) => (tag, true),
                Event::End(_) => {
                    depth = depth.saturating_sub(1);
                    continue;
                }
                Event::Eof => return None,
                _ => continue,
            };
            let name = String::from_utf8_lossy(tag.local_name().into_inner()).into_owned();
            let at = depth;
            depth += usize::from(!empty);
            match at {
                0 => is_error = name == "error",
                1 if is_error => return Some(name),
                _ => {}
            }
        }
    })
}

/// `s:exception` and `s:message` of an error of Sabre's DAV server; `None` when it is not one.
pub(super) fn parse_error(body: &[u8]) -> Option<(String, String)> {
    const SABRE: &[u8] = b"http://sabredav.org/ns";
    let mut reader = NsReader::from_reader(body);
    let (mut exception, mut message) = (String::new(), String::new());
    let mut into: Option<bool> = None;
    let mut root = false;
    // What was read before the XML breaks off still counts.
    while let Ok((namespace, event)) = reader.read_resolved_event() {
        let sabre = matches!(namespace, ResolveResult::Bound(ns) if ns.into_inner() == SABRE);
        let mut text = |part: &str| match into {
            Some(true) => exception.push_str(part),
            Some(false) => message.push_str(part),
            None => {}
        };
        match event {
            Event::Start(tag) => {
                root |= tag.local_name().into_inner() == b"error";
                into = match tag.local_name().into_inner() {
                    b"exception" if sabre => Some(true),
                    b"message" if sabre => Some(false),
                    _ => None,
                };
            }
            Event::End(_) => into = None,
            Event::Text(part) => text(&part.xml10_content().unwrap_or_default()),
            Event::CData(part) => text(&part.decode().unwrap_or_default()),
            Event::GeneralRef(part) => match part.resolve_char_ref() {
                Ok(Some(character)) => text(character.encode_utf8(&mut [0; 4])),
                _ => {
                    let name = part.decode().unwrap_or_default();
                    text(quick_xml::escape::resolve_xml_entity(&name).unwrap_or_default());
                }
            },
            Event::Eof => break,
            _ => {}
        }
    }
    let message = message.trim().chars().take(MAX_WORDS).collect();
    (root && !exception.is_empty()).then(|| (exception.trim().to_owned(), message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, headers: &[(&'static str, &str)], body: &str) -> Refusal {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let (exception, message) = parse_error(body.as_bytes()).unwrap_or_default();
        Refusal {
            status: StatusCode::from_u16(status).unwrap(),
            headers: map,
            exception,
            message,
            body: body.into(),
            location: None,
        }
    }

    fn sabre(exception: &str, message: &str) -> String {
        format!(
            r#"<?xml version="1.0" encoding="utf-8"?>
<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">
  <s:exception>{exception}</s:exception>
  <s:message>{message}</s:message>
  <o:retry xmlns:o="o:">false</o:retry>
</d:error>"#
        )
    }

    #[test]
    fn reads_sabre_s_errors() {
        let body = sabre(
            r"OCA\DAV\Connector\Sabre\Exception\InvalidPath",
            "&quot;x&quot; &lt;trop long&gt;",
        );
        let (exception, message) = parse_error(body.as_bytes()).unwrap();
        assert_eq!(exception, r"OCA\DAV\Connector\Sabre\Exception\InvalidPath");
        assert_eq!(message, "\"x\" <trop long>");
        let cut = body.find("<o:retry").unwrap();
        assert!(parse_error(&body.as_bytes()[..cut]).is_some());
        for other in [
            "",
            "<html><error>x</error></html>",
            "{}",
            "<d:error/>",
            "\u{0}",
        ] {
            assert_eq!(parse_error(other.as_bytes()), None, "{other}");
        }
        assert_eq!(parse_error(&[0xff, 0xfe, b'<']), None);
    }

    #[test]
    fn reads_preconditions() {
        let names = |body: &str| conditions(body.as_bytes()).collect::<Vec<_>>();
        let body = "<?xml version='1.0'?><error xmlns=\"DAV:\"><valid-sync-token /></error>";
        assert_eq!(names(body), ["valid-sync-token"]);
        let body = r#"<d:error xmlns:d="DAV:" xmlns:c="urn:c"><s:exception>x</s:exception><c:no-uid-conflict><d:href>/a</d:href></c:no-uid-conflict><c:b/></d:error>"#;
        assert_eq!(names(body), ["exception", "no-uid-conflict", "b"]);
        for other in ["", "<html><error/></html>", "<a", "<d:error><x"] {
            assert_eq!(names(other), [""; 0], "{other}");
        }
    }

    #[test]
    fn sorts_by_status_and_class() {
        let case = |status, headers: &[(&'static str, &str)], exception: &str, message: &str| {
            let body = if exception.is_empty() {
                message.to_owned()
            } else {
                sabre(exception, message)
            };
            refusal(status, headers, &body).into_error()
        };
        let forbidden = r"OCA\DAV\Connector\Sabre\Exception\PasswordLoginForbidden";
        assert!(matches!(
            case(401, &[], forbidden, ""),
            DavError::PasswordLoginForbidden
        ));
        assert!(matches!(
            case(401, &[], r"Sabre\DAV\Exception\NotAuthenticated", ""),
            DavError::Unauthorized
        ));
        assert!(matches!(
            case(
                503,
                &[],
                r"Sabre\DAV\Exception\ServiceUnavailable",
                r"OC\User\DisabledUserException: Konto deaktiviert"
            ),
            DavError::AccountDisabled
        ));
        assert!(matches!(
            case(503, &[], r"OCA\DAV\Exception\ServerMaintenanceMode", "x"),
            DavError::Maintenance { .. }
        ));
        assert!(matches!(
            case(503, &[("x-nextcloud-maintenance-mode", "1")], "", "<html>"),
            DavError::Maintenance { .. }
        ));
        assert!(matches!(
            case(503, &[("retry-after", "7")], "", ""),
            DavError::Throttled { retry_after: Some(pause) } if pause.as_secs() == 7
        ));
        assert!(matches!(
            case(
                429,
                &[],
                r"OCA\DAV\Connector\Sabre\Exception\TooManyRequests",
                "x"
            ),
            DavError::BruteForced
        ));
        assert!(matches!(
            case(429, &[], "", r#"{"ocs":{"meta":{"statuscode":429}}}"#),
            DavError::BruteForced
        ));
        assert!(matches!(
            case(429, &[], "", ""),
            DavError::Throttled { retry_after: None }
        ));
        assert!(matches!(
            case(
                400,
                &[],
                "",
                r#"{"error": "Trusted domain error.", "code": 15}"#
            ),
            DavError::UntrustedDomain
        ));
        assert!(matches!(
            case(
                413,
                &[],
                r"OCA\DAV\Connector\Sabre\Exception\EntityTooLarge",
                "x"
            ),
            DavError::Full { .. }
        ));
        assert!(matches!(
            case(413, &[], "", "<html>nginx</html>"),
            DavError::TooLarge
        ));
        assert!(matches!(
            case(500, &[], r"OCP\Files\ForbiddenException", "x"),
            DavError::Refused { status: 500, .. }
        ));
        assert!(case(500, &[], "Exception", "database is locked").is_passing());
        assert!(case(502, &[], "", "<html>").is_passing());
        assert!(case(504, &[], "", "").is_passing());
        assert!(matches!(
            case(507, &[], r"Sabre\DAV\Exception\InsufficientStorage", "x"),
            DavError::Full { .. }
        ));
    }

    #[test]
    fn a_page_is_told_from_a_login_page() {
        let page = |body: &str| refusal(200, &[("content-type", "text/html")], body).into_error();
        assert!(matches!(
            page("<html><form><input type=\"password\"></form>"),
            DavError::NotNextcloud {
                what: NotNextcloud::LoginPage
            }
        ));
        assert!(matches!(
            page("<html><h1>Hello</h1>"),
            DavError::NotNextcloud {
                what: NotNextcloud::Html
            }
        ));
    }
}
