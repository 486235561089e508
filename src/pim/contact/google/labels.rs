//! What a value is for: a TYPE of vCard where there is one, else a label of its own.

use serde_json::Value;

use crate::pim::build::{Builder, Property};
use crate::pim::json::text;

/// The label of a value, as vCard knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Label {
    /// Values of TYPE.
    pub(super) types: Vec<&'static str>,
    /// What `X-ABLabel` says.
    pub(super) own: Option<String>,
}

impl Label {
    /// Reads `type`, or `formattedType` where that is missing. `other` says nothing.
    pub(super) fn of(value: &Value) -> Self {
        let kind = text(value, "type").or_else(|| text(value, "formattedType"));
        let types: &[&str] = match kind.unwrap_or("other") {
            "other" | "desk" => &[],
            "home" => &["HOME"],
            "work" => &["WORK"],
            "mobile" => &["CELL"],
            "homeFax" => &["HOME", "FAX"],
            "workFax" => &["WORK", "FAX"],
            "otherFax" => &["FAX"],
            "pager" => &["PAGER"],
            "workMobile" => &["WORK", "CELL"],
            "workPager" => &["WORK", "PAGER"],
            "main" => &["MAIN"],
            own => {
                return Self {
                    types: Vec::new(),
                    own: Some(apple(own).to_owned()),
                };
            }
        };
        Self {
            types: types.to_vec(),
            own: None,
        }
    }
}

/// The labels that Apple's and Google's programs translate.
fn apple(kind: &str) -> &str {
    match kind {
        "homePage" => "_$!<HomePage>!$_",
        "anniversary" => "_$!<Anniversary>!$_",
        "spouse" => "_$!<Spouse>!$_",
        "child" => "_$!<Child>!$_",
        "mother" => "_$!<Mother>!$_",
        "father" => "_$!<Father>!$_",
        "parent" => "_$!<Parent>!$_",
        "brother" => "_$!<Brother>!$_",
        "sister" => "_$!<Sister>!$_",
        "friend" => "_$!<Friend>!$_",
        "manager" => "_$!<Manager>!$_",
        "assistant" => "_$!<Assistant>!$_",
        "partner" => "_$!<Partner>!$_",
        own => own,
    }
}

/// Adds a property with its label: as TYPE, or in a group with an `X-ABLabel`.
pub(super) fn item(builder: &mut Builder, property: Property, value: &Value, label: Label) {
    let mut types = label.types;
    if is_primary(value) {
        types.push("PREF");
    }
    let property = property.with_list("TYPE", &types);
    match label.own {
        None => builder.add(property),
        Some(own) => {
            let group = builder.group();
            builder
                .add(property.grouped(group.clone()))
                .add(Property::text("X-ABLabel", &own).grouped(group))
        }
    };
}

/// As [`item`], for what is counted as an X- property.
pub(super) fn extra(builder: &mut Builder, property: Property, label: Option<&str>) {
    match label {
        None => builder.extend(property),
        Some(own) => {
            let group = builder.group();
            builder
                .extend(property.grouped(group.clone()))
                .add(Property::text("X-ABLabel", own).grouped(group))
        }
    };
}

/// Whether the person, or Google, prefers this value among its like.
fn is_primary(value: &Value) -> bool {
    let metadata = value.get("metadata");
    metadata
        .and_then(|metadata| metadata.get("primary"))
        .and_then(Value::as_bool)
        .unwrap_or(false)
}
