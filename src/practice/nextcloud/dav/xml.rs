//! The XML of requests, as small trees.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::super::answer::{DavError, DavResult};

pub const DAV: &str = "DAV:";
pub const OWNCLOUD: &str = "http://owncloud.org/ns";
pub const NEXTCLOUD: &str = "http://nextcloud.org/ns";
/// What Nextcloud's calendars and address books have of their own is under this name.
pub const NEXTCLOUD_COM: &str = "http://nextcloud.com/ns";
pub const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
pub const CARDDAV: &str = "urn:ietf:params:xml:ns:carddav";
pub const CALENDARSERVER: &str = "http://calendarserver.org/ns/";
pub const APPLE: &str = "http://apple.com/ns/ical/";
pub const SABRE: &str = "http://sabredav.org/ns";

/// The name of a property or an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub namespace: String,
    pub local: String,
}

impl Name {
    pub fn new(namespace: &str, local: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            local: local.to_owned(),
        }
    }

    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }

    /// `{namespace}name`
    pub fn clark(&self) -> String {
        format!("{{{}}}{}", self.namespace, self.local)
    }

    /// The tag, and the declaration that it needs.
    fn tag(&self) -> (String, String) {
        let prefix = match self.namespace.as_str() {
            DAV => "d",
            OWNCLOUD => "oc",
            NEXTCLOUD => "nc",
            CALDAV => "cal",
            CARDDAV => "card",
            CALENDARSERVER => "cs",
            SABRE => "s",
            "" => return (self.local.clone(), " xmlns=\"\"".to_owned()),
            other => {
                let declared = format!(" xmlns:x1=\"{}\"", super::super::answer::escape(other));
                return (format!("x1:{}", self.local), declared);
            }
        };
        (format!("{prefix}:{}", self.local), String::new())
    }

    /// The element with this content, which is XML.
    pub fn element(&self, content: &str) -> String {
        let (tag, declared) = self.tag();
        format!("<{tag}{declared}>{content}</{tag}>")
    }

    /// The element without content.
    pub fn empty_element(&self) -> String {
        let (tag, declared) = self.tag();
        format!("<{tag}{declared}/>")
    }
}

#[derive(Debug, Clone)]
pub struct Element {
    pub name: Name,
    /// Without a namespace, as all that count are.
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub fn child(&self, namespace: &str, local: &str) -> Option<&Element> {
        self.children
            .iter()
            .find(|child| child.name.is(namespace, local))
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    pub fn all<'a>(
        &'a self,
        namespace: &'a str,
        local: &'a str,
    ) -> impl Iterator<Item = &'a Element> {
        self.children
            .iter()
            .filter(move |child| child.name.is(namespace, local))
    }

    /// The names of the properties that `d:prop` asks for; `None` without one.
    pub fn props(&self) -> Option<Vec<Name>> {
        let prop = self.child(DAV, "prop")?;
        Some(
            prop.children
                .iter()
                .map(|child| child.name.clone())
                .collect(),
        )
    }
}

/// # Errors
/// 400 for what is not well-formed.
pub fn parse(text: &[u8]) -> DavResult<Element> {
    let bad = |_| DavError::bad_request("Extra content at the end of the document");
    let text = std::str::from_utf8(text).map_err(bad_utf8)?;
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(bad)?;
        match event {
            Event::Start(start) => open.push(element(&namespace, &start)),
            Event::Empty(start) => close(element(&namespace, &start), &mut open, &mut root),
            Event::End(_) => {
                if let Some(done) = open.pop() {
                    close(done, &mut open, &mut root);
                }
            }
            Event::Text(text) => {
                if let (Some(last), Ok(text)) = (open.last_mut(), text.decode()) {
                    last.text.push_str(&text);
                }
            }
            Event::CData(text) => {
                if let (Some(last), Ok(text)) = (open.last_mut(), text.decode()) {
                    last.text.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(last) = open.last_mut() {
                    if let Ok(Some(c)) = reference.resolve_char_ref() {
                        last.text.push(c);
                    } else if let Ok(name) = reference.decode() {
                        let known = quick_xml::escape::resolve_predefined_entity(&name);
                        last.text.push_str(known.unwrap_or_default());
                    }
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match root {
        Some(root) if open.is_empty() => Ok(root),
        _ => Err(DavError::bad_request(
            "Extra content at the end of the document",
        )),
    }
}

fn bad_utf8(_: std::str::Utf8Error) -> DavError {
    DavError::bad_request("Input is not proper UTF-8, indicate encoding !")
}

fn element(namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Element {
    let namespace = match namespace {
        ResolveResult::Bound(namespace) => String::from_utf8_lossy(namespace.as_ref()).into_owned(),
        _ => String::new(),
    };
    Element {
        name: Name {
            namespace,
            local: String::from_utf8_lossy(start.local_name().as_ref()).into_owned(),
        },
        attributes: start
            .attributes()
            .flatten()
            .filter_map(|attribute| {
                let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                let value = attribute
                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                    .ok()?;
                Some((name, value.into_owned()))
            })
            .collect(),
        text: String::new(),
        children: Vec::new(),
    }
}

fn close(done: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(done),
        None => *root = Some(done),
    }
}
