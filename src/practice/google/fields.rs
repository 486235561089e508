//! Partial answers: the `fields` parameter, `nextPageToken,files(id,owners/emailAddress)`.

use serde_json::{Map, Value};

use super::error::ApiError;
use super::schema::{self, Field};

/// Which fields of a resource are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mask {
    All,
    Some(Vec<(String, Mask)>),
}

impl Mask {
    /// Reads a selection of fields of `resource`.
    ///
    /// # Errors
    /// A name that the resource does not have, or broken syntax, is an `invalidParameter`.
    pub(super) fn parse(text: &str, resource: &'static str) -> Result<Self, ApiError> {
        let mut parser = Parser { rest: text };
        let mask = parser.list(Field::Resource(resource), 0)?;
        if parser.rest.is_empty() {
            Ok(mask)
        } else {
            Err(ApiError::invalid_field(text))
        }
    }

    /// The selection of a request, or what the method gives when none is named.
    pub(super) fn of(
        asked: Option<&String>,
        default: &str,
        resource: &'static str,
    ) -> Result<Self, ApiError> {
        Self::parse(asked.map_or(default, String::as_str), resource)
    }

    /// What is wanted of a field, if anything.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::All => Some(&Self::All),
            Self::Some(fields) => fields
                .iter()
                .find_map(|(known, mask)| (known == name).then_some(mask)),
        }
    }

    /// The names of the wanted fields of `resource`.
    pub(super) fn names<'a>(&'a self, resource: &'static str) -> Vec<(&'a str, &'a Self)> {
        match self {
            Self::All => schema::names(resource)
                .map(|(name, _)| (name, &Self::All))
                .collect(),
            Self::Some(fields) => fields.iter().map(|(n, m)| (n.as_str(), m)).collect(),
        }
    }

    /// Leaves out of `value` what is not wanted.
    pub(super) fn prune(&self, value: Value) -> Value {
        let Self::Some(_) = self else {
            return value;
        };
        match value {
            Value::Object(fields) => Value::Object(
                fields
                    .into_iter()
                    .filter_map(|(name, value)| {
                        let mask = self.get(&name)?;
                        Some((name, mask.prune(value)))
                    })
                    .collect::<Map<_, _>>(),
            ),
            Value::Array(items) => items.into_iter().map(|item| self.prune(item)).collect(),
            other => other,
        }
    }

    fn add(&mut self, name: &str, mask: Self) {
        let Self::Some(fields) = self else { return };
        let Some((_, known)) = fields.iter_mut().find(|(n, _)| n == name) else {
            fields.push((name.to_owned(), mask));
            return;
        };
        match mask {
            Self::All => *known = Self::All,
            Self::Some(inner) => inner.into_iter().for_each(|(n, m)| known.add(&n, m)),
        }
    }
}

const DEEPEST: usize = 16;

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn list(&mut self, within: Field, depth: usize) -> Result<Mask, ApiError> {
        let mut mask = Mask::Some(Vec::new());
        loop {
            match self.item(within, depth)? {
                None => mask = Mask::All,
                Some((name, inner)) => mask.add(name, inner),
            }
            if !self.eat(',') {
                return Ok(mask);
            }
        }
    }

    /// One name with what is wanted inside of it; `None` for `*`.
    fn item(&mut self, within: Field, depth: usize) -> Result<Option<(&'a str, Mask)>, ApiError> {
        self.rest = self.rest.trim_start();
        let end = self
            .rest
            .find(|c: char| ",()/".contains(c) || c.is_whitespace())
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        if name == "*" {
            return Ok(None);
        }
        let inside = match within {
            Field::Resource(resource) => schema::field(resource, name),
            Field::Map => Some(Field::Value),
            Field::Value => None,
        };
        let inside = inside
            .filter(|_| !name.is_empty() && depth < DEEPEST)
            .ok_or_else(|| ApiError::invalid_field(name))?;
        if self.eat('/') {
            let inner = self.item(inside, depth + 1)?;
            let mask = inner.map_or(Mask::All, |one| Mask::Some(vec![(one.0.to_owned(), one.1)]));
            return Ok(Some((name, mask)));
        }
        if self.eat('(') {
            let mask = self.list(inside, depth + 1)?;
            if !self.eat(')') {
                return Err(ApiError::invalid_field(name));
            }
            return Ok(Some((name, mask)));
        }
        Ok(Some((name, Mask::All)))
    }

    fn eat(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn prune(fields: &str) -> Value {
        let value = json!({
            "kind": "drive#fileList", "nextPageToken": "x",
            "files": [{"id": "1", "name": "n", "owners": [{"emailAddress": "e", "me": true}]}],
        });
        Mask::parse(fields, "FileList").unwrap().prune(value)
    }

    #[test]
    fn selects_nested_fields() {
        assert_eq!(
            prune("nextPageToken, files(id,owners(emailAddress))"),
            json!({"nextPageToken": "x", "files": [{"id": "1", "owners": [{"emailAddress": "e"}]}]})
        );
        assert_eq!(
            prune("files/id,files/owners/me"),
            json!({"files": [{"id": "1", "owners": [{"me": true}]}]})
        );
        assert_eq!(
            prune("files/owners(*)")["files"][0]["owners"][0]["me"],
            true
        );
        assert_eq!(prune("*")["kind"], "drive#fileList");
        assert_eq!(prune("files(id),files")["files"][0]["name"], "n");
    }

    #[test]
    fn refuses_what_is_not_there() {
        for bad in [
            "",
            "files(",
            "files(id",
            "files(id))",
            "nonsense",
            "files(nonsense)",
            "id",
            "files/id/x",
            ",",
            "files(id),",
            "kind(x)",
        ] {
            assert!(Mask::parse(bad, "FileList").is_err(), "{bad}");
        }
        assert!(Mask::parse("files(exportLinks,appProperties/mine)", "FileList").is_ok());
        assert!(Mask::parse("exportFormats,storageQuota/limit,user", "About").is_ok());
        let deep = "files(".repeat(5_000);
        assert!(Mask::parse(&deep, "FileList").is_err());
    }
}
