//! The XML of CalDAV: what a request asks for, and a multistatus.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use quick_xml::NsReader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

type Name = (String, String);

/// What a `PROPFIND` or a `REPORT` asks for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The local name of the root.
    pub root: String,
    /// `None`: whatever there is.
    props: Option<Vec<Name>>,
    pub hrefs: Vec<String>,
    pub sync_token: Option<String>,
    pub range: Option<(Timestamp, Timestamp)>,
}

impl Asked {
    /// `None`: that is no XML.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut asked = Self::default();
        if body.iter().all(u8::is_ascii_whitespace) {
            return Some(asked);
        }
        let mut reader = NsReader::from_reader(body);
        let mut path: Vec<String> = Vec::new();
        let mut text = String::new();
        loop {
            match reader.read_resolved_event().ok()? {
                (namespace, Event::Start(start)) => {
                    asked.begin(&namespace, &start, &path);
                    path.push(local(&start));
                    text.clear();
                }
                (namespace, Event::Empty(start)) => asked.begin(&namespace, &start, &path),
                (_, Event::Text(part)) => text.push_str(&part.decode().ok()?),
                (_, Event::End(_)) => {
                    match path.pop()?.as_str() {
                        "href" => asked.hrefs.push(text.trim().to_owned()),
                        "sync-token" => asked.sync_token = Some(text.trim().to_owned()),
                        _ => {}
                    }
                    text.clear();
                }
                (_, Event::Eof) => return path.is_empty().then_some(asked),
                _ => {}
            }
        }
    }

    fn begin(&mut self, namespace: &ResolveResult<'_>, start: &BytesStart<'_>, path: &[String]) {
        let name = local(start);
        if path.is_empty() {
            self.root.clone_from(&name);
        }
        if path.len() == 2 && path.last().is_some_and(|above| above == "prop") {
            let namespace = match namespace {
                ResolveResult::Bound(namespace) => {
                    String::from_utf8_lossy(namespace.0).into_owned()
                }
                _ => String::new(),
            };
            self.props.get_or_insert_default().push((namespace, name));
        } else if name == "time-range" {
            let read = |which: &str| {
                let value = start.try_get_attribute(which).ok()??;
                let text = String::from_utf8(value.value.to_vec()).ok()?;
                let local = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
                TimeZone::UTC.to_timestamp(local).ok()
            };
            let from = read("start").unwrap_or(Timestamp::MIN);
            self.range = Some((from, read("end").unwrap_or_else(super::calendar_api::far)));
        }
    }

    pub(super) fn wants(&self, namespace: &str, name: &str) -> bool {
        let wanted = |props: &Vec<Name>| props.iter().any(|(n, l)| n == namespace && l == name);
        self.props.as_ref().is_none_or(wanted)
    }
}

fn local(start: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(start.local_name().as_ref()).into_owned()
}

/// The properties of a resource, each with its content as XML.
#[derive(Debug, Default)]
pub(super) struct Props(Vec<(&'static str, &'static str, String)>);

impl Props {
    pub(super) fn raw(&mut self, namespace: &'static str, name: &'static str, xml: &str) {
        self.0.push((namespace, name, xml.to_owned()));
    }

    pub(super) fn text(&mut self, namespace: &'static str, name: &'static str, text: &str) {
        self.raw(namespace, name, &escape(text));
    }

    pub(super) fn href(&mut self, namespace: &'static str, name: &'static str, href: &str) {
        self.raw(
            namespace,
            name,
            &format!("<D:href>{}</D:href>", escape(href)),
        );
    }
}

#[derive(Debug, Default)]
pub(super) struct Multistatus {
    text: String,
    sync_token: Option<String>,
}

/// As Google declares them.
const PREFIXES: [(&str, &str); 4] = [
    ("DAV:", "D"),
    ("urn:ietf:params:xml:ns:caldav", "caldav"),
    ("http://calendarserver.org/ns/", "cs"),
    ("http://apple.com/ns/ical/", "ical"),
];

impl Multistatus {
    pub(super) fn response(&mut self, href: &str, props: &Props, asked: &Asked) {
        let found: String = props
            .0
            .iter()
            .filter(|(namespace, name, _)| asked.wants(namespace, name))
            .map(|(namespace, name, xml)| element(namespace, name, xml))
            .collect();
        let known = |(namespace, name): &&Name| {
            !props
                .0
                .iter()
                .any(|(n, l, _)| *n == namespace.as_str() && *l == name.as_str())
        };
        let missing = asked.props.iter().flatten().filter(known);
        let missing: String = missing
            .map(|(namespace, name)| element(namespace, name, ""))
            .collect();
        self.text
            .push_str(&format!("<D:response><D:href>{}</D:href>", escape(href)));
        for (status, props) in [("200 OK", found), ("404 Not Found", missing)] {
            if !props.is_empty() {
                self.text.push_str(&format!(
                    "<D:propstat><D:status>HTTP/1.1 {status}</D:status><D:prop>{props}</D:prop></D:propstat>"
                ));
            }
        }
        self.text.push_str("</D:response>");
    }

    /// A resource that there is nothing to say of.
    pub(super) fn missing(&mut self, href: &str, status: u16) {
        let reason = match status {
            507 => "Insufficient Storage",
            _ => "Not Found",
        };
        self.text.push_str(&format!(
            "<D:response><D:href>{}</D:href><D:status>HTTP/1.1 {status} {reason}</D:status></D:response>",
            escape(href)
        ));
    }

    pub(super) fn sync_token(&mut self, token: &str) {
        self.sync_token = Some(token.to_owned());
    }
}

fn element(namespace: &str, name: &str, xml: &str) -> String {
    let known = PREFIXES.iter().find(|(known, _)| *known == namespace);
    match known {
        Some((_, prefix)) if xml.is_empty() => format!("<{prefix}:{name}/>"),
        Some((_, prefix)) => format!("<{prefix}:{name}>{xml}</{prefix}:{name}>"),
        None => format!("<{name} xmlns=\"{}\"/>", escape(namespace)),
    }
}

impl IntoResponse for Multistatus {
    fn into_response(self) -> Response {
        let declared: String = PREFIXES
            .iter()
            .map(|(namespace, prefix)| format!(" xmlns:{prefix}=\"{namespace}\""))
            .collect();
        let token = self.sync_token.map_or_else(String::new, |token| {
            format!("<D:sync-token>{}</D:sync-token>", escape(token.as_str()))
        });
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<D:multistatus{declared}>{}{token}</D:multistatus>",
            self.text
        );
        let mut answer = (StatusCode::MULTI_STATUS, text).into_response();
        let kind = HeaderValue::from_static("application/xml; charset=UTF-8");
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        answer
    }
}
