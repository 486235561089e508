//! One version of vCard into the other, as `VCardConverter.php` does it when a card is asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Component, Node, Property};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Three,
    Four,
}

/// The card in the version that is asked for, as it is when it has that one already.
pub fn convert(text: &[u8], wanted: Version) -> Vec<u8> {
    let Ok(card) = super::parse(text) else {
        return text.to_vec();
    };
    let has = match card.text("VERSION").as_deref() {
        Some("4.0") => Version::Four,
        _ => Version::Three,
    };
    if has == wanted || card.name != "VCARD" {
        return text.to_vec();
    }
    let version = match wanted {
        Version::Three => "3.0",
        Version::Four => "4.0",
    };
    let mut made = Component {
        name: "VCARD".to_owned(),
        children: Vec::new(),
    };
    made.add(Property::new("VERSION", version));
    made.add(Property::new("PRODID", "-//Sabre//Sabre VObject 4.5.6//EN"));
    for child in &card.children {
        let Node::Property(property) = child else {
            continue;
        };
        if matches!(property.name.as_str(), "VERSION" | "PRODID") {
            continue;
        }
        let converted = match wanted {
            Version::Three => to_three(property),
            Version::Four => to_four(property),
        };
        made.children
            .extend(converted.into_iter().map(Node::Property));
    }
    made.serialize()
}

fn to_three(property: &Property) -> Vec<Property> {
    let mut made = property.clone();
    let value = property.text().into_owned();
    match property.name.as_str() {
        "KIND" => match value.to_ascii_lowercase().as_str() {
            "org" => made = Property::new("X-ABSHOWAS", "COMPANY"),
            "individual" => return Vec::new(),
            "group" => made = Property::new("X-ADDRESSBOOKSERVER-KIND", "GROUP"),
            _ => {}
        },
        "MEMBER" => made = Property::new("X-ADDRESSBOOKSERVER-MEMBER", value),
        "PHOTO" | "LOGO" | "SOUND" => {
            if let Some((kind, data)) = value
                .strip_prefix("data:")
                .and_then(|data| data.split_once(";base64,"))
            {
                made.value = data.as_bytes().to_vec();
                made.params
                    .insert(0, ("ENCODING".to_owned(), vec!["b".to_owned()]));
                made.remove_param("VALUE");
                if let Some(short @ ("jpeg" | "png" | "gif")) = kind.strip_prefix("image/") {
                    made.set_param("TYPE", &short.to_ascii_uppercase());
                }
            }
        }
        "BDAY" | "ANNIVERSARY" => {
            if let Some(rest) = value.strip_prefix("--") {
                let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
                if let (Some(month), Some(day)) = (digits.get(..2), digits.get(2..4)) {
                    made.value = format!("1604-{month}-{day}").into_bytes();
                    made.set_param("X-APPLE-OMIT-YEAR", "1604");
                }
            }
            if made.name == "ANNIVERSARY" {
                made.name = "X-ANNIVERSARY".to_owned();
                return vec![
                    grouped("ITEM1", "X-ABDATE", &made.text()),
                    grouped("ITEM1", "X-ABLABEL", "_$!<Anniversary>!$_"),
                    made,
                ];
            }
        }
        _ => {}
    }
    if made.param("PREF") == Some("1") {
        made.params
            .push(("TYPE".to_owned(), vec!["PREF".to_owned()]));
    }
    made.remove_param("PREF");
    made.group.clone_from(&property.group);
    vec![made]
}

fn grouped(group: &str, name: &str, value: &str) -> Property {
    Property {
        group: Some(group.to_owned()),
        ..Property::new(name, value)
    }
}

fn to_four(property: &Property) -> Vec<Property> {
    let mut made = property.clone();
    let value = property.text().into_owned();
    match property.name.as_str() {
        "NAME" | "MAILER" | "LABEL" | "CLASS" => return Vec::new(),
        "X-ABLABEL" if value == "_$!<Anniversary>!$_" => return Vec::new(),
        "X-ABSHOWAS" if value.eq_ignore_ascii_case("company") => {
            made = Property::new("KIND", "ORG")
        }
        "X-ADDRESSBOOKSERVER-KIND" if value.eq_ignore_ascii_case("group") => {
            made = Property::new("KIND", "GROUP");
        }
        "X-ADDRESSBOOKSERVER-MEMBER" => made = Property::new("MEMBER", value),
        "X-ANNIVERSARY" => made.name = "ANNIVERSARY".to_owned(),
        "BDAY" if property.param("X-APPLE-OMIT-YEAR").is_some() => {
            if let Some(year) = property.param("X-APPLE-OMIT-YEAR")
                && let Some(rest) = value.strip_prefix(year)
            {
                let rest = rest.trim_start_matches('-');
                made.value = format!("--{rest}").into_bytes();
            }
            made.remove_param("X-APPLE-OMIT-YEAR");
        }
        _ if is_binary(property) => {
            let kind = made
                .params
                .iter()
                .find(|(name, _)| name == "TYPE")
                .and_then(|(_, kinds)| kinds.first())
                .map(|kind| kind.to_ascii_lowercase())
                .filter(|kind| matches!(kind.as_str(), "jpeg" | "png" | "gif"));
            let media = match &kind {
                Some(kind) => format!("image/{kind}"),
                None => "application/octet-stream".to_owned(),
            };
            if kind.is_some() {
                made.remove_param("TYPE");
            }
            // Decoded and encoded again, as there.
            let bytes = STANDARD.decode(value.trim()).unwrap_or_default();
            made.value = format!("data:{media};base64,{}", STANDARD.encode(bytes)).into_bytes();
        }
        _ => {}
    }
    let mut params = Vec::new();
    for (name, values) in &made.params {
        match name.as_str() {
            "ENCODING" | "CHARSET" => {}
            "TYPE" => {
                let (pref, kept): (Vec<_>, Vec<_>) = values
                    .iter()
                    .cloned()
                    .partition(|value| value.eq_ignore_ascii_case("pref"));
                if !pref.is_empty() {
                    params.push(("PREF".to_owned(), vec!["1".to_owned()]));
                }
                if !kept.is_empty() {
                    params.push((name.clone(), kept));
                }
            }
            _ => params.push((name.clone(), values.clone())),
        }
    }
    made.params = params;
    made.group.clone_from(&property.group);
    vec![made]
}

fn is_binary(property: &Property) -> bool {
    property
        .param("ENCODING")
        .is_some_and(|encoding| matches!(encoding.to_ascii_uppercase().as_str(), "B" | "BASE64"))
}
