//! `If`, `If-Match` and `If-None-Match` (Sabre's `checkPreconditions`), for requests that change something.

use http::header;

use super::super::answer::{DavError, DavResult};
use super::super::gate::{Call, strip_host};
use super::super::login::Who;
use super::super::names::DavPath;

/// What an `If` header says of one resource: one of the tokens must hold.
#[derive(Debug, PartialEq, Eq)]
struct Condition {
    /// As it stands in the header; `None`: the request's own.
    uri: Option<String>,
    tokens: Vec<Token>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Token {
    negated: bool,
    /// A lock token. There are no locks that have one here, so it never holds.
    lock: String,
    /// With its quotes.
    etag: String,
}

/// `existing` is the etag of what the request is about, when that is there.
///
/// # Errors
/// 412, or 404 for an `If` about something that is not there.
pub fn check(call: &Call, who: &Who, existing: Option<&str>) -> DavResult<()> {
    check_match(call, existing)?;
    for condition in parse(call.header("if").unwrap_or_default()) {
        if !holds(call, who, existing, &condition)? {
            let uri = condition.uri.unwrap_or_default();
            return Err(DavError::precondition(
                "If",
                &format!("Failed to find a valid token/etag combination for {uri}"),
            ));
        }
    }
    Ok(())
}

pub fn check_match(call: &Call, existing: Option<&str>) -> DavResult<()> {
    let names_it = |list: &str| {
        list.split(',')
            .map(|etag| etag.trim().trim_start_matches("W/").trim_matches('"'))
            .any(|etag| etag == "*" || existing == Some(etag))
    };
    if let Some(list) = call.header("if-match") {
        let Some(etag) = existing else {
            return Err(DavError::precondition(
                "If-Match",
                "An If-Match header was specified and the resource did not exist",
            ));
        };
        if !names_it(list) {
            let error = DavError::precondition(
                "If-Match",
                "An If-Match header was specified, but none of the specified ETags matched.",
            );
            return Err(error.with_header(header::ETAG, format!("\"{etag}\"")));
        }
    }
    match call.header("if-none-match") {
        Some(list) if existing.is_some() && names_it(list) => Err(DavError::precondition(
            "If-None-Match",
            "An If-None-Match header was specified, but the ETag matched (or * was specified).",
        )),
        _ => Ok(()),
    }
}

fn holds(call: &Call, who: &Who, existing: Option<&str>, condition: &Condition) -> DavResult<bool> {
    for token in &condition.tokens {
        let etag_holds = match (&condition.uri, token.etag.as_str()) {
            (_, "") => true,
            _ if !token.lock.is_empty() => false,
            (None, etag) => existing == Some(etag.trim_matches('"')),
            (Some(uri), etag) => {
                etag_of(call, who, uri)?.as_deref() == Some(etag.trim_matches('"'))
            }
        };
        if (token.lock.is_empty() && etag_holds) != token.negated {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Of a file of the account; folders have none here.
fn etag_of(call: &Call, who: &Who, uri: &str) -> DavResult<Option<String>> {
    let path = DavPath::decode(strip_host(uri));
    let is_own = matches!(
        path.stored.get(..4),
        Some([remote, dav, files, user])
            if remote == "remote.php" && dav == "dav" && files == "files" && *user == who.id
    );
    let path = path.below(4);
    let found = call
        .shared
        .view(&who.id)
        .filter(|_| is_own)
        .and_then(|view| view.find(&path.stored));
    let entry = found.ok_or_else(|| DavError::no_file(&path.text()))?;
    Ok((!entry.folder).then_some(entry.etag))
}

/// RFC 4918, section 10.4, as far as Sabre's `getIfConditions` reads it.
fn parse(text: &str) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('(') {
        let (before, list) = rest.split_at(open);
        let Some((list, after)) = list.trim_start_matches('(').split_once(')') else {
            break;
        };
        rest = after;
        let uri = between(before, '<', '>');
        let (negated, list) = match list.trim().strip_prefix("Not ") {
            Some(list) => (true, list),
            None => (false, list),
        };
        let token = Token {
            negated,
            lock: between(list, '<', '>').unwrap_or_default(),
            etag: between(list, '[', ']').unwrap_or_default(),
        };
        match (uri, conditions.last_mut()) {
            (None, Some(last)) => last.tokens.push(token),
            (uri, _) => conditions.push(Condition {
                uri,
                tokens: vec![token],
            }),
        }
    }
    conditions
}

fn between(text: &str, open: char, close: char) -> Option<String> {
    let (_, text) = text.split_once(open)?;
    let (text, _) = text.split_once(close)?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_if_header() {
        let etag = |etag: &str| Token {
            etag: etag.to_owned(),
            ..Token::default()
        };
        assert_eq!(parse(""), []);
        assert_eq!(
            parse("<http://h/a%20b> ([\"x\"]) (Not <opaque:1>)"),
            [Condition {
                uri: Some("http://h/a%20b".to_owned()),
                tokens: vec![
                    etag("\"x\""),
                    Token {
                        negated: true,
                        lock: "opaque:1".to_owned(),
                        etag: String::new(),
                    }
                ],
            }]
        );
        assert_eq!(
            parse("([\"x\"])"),
            [Condition {
                uri: None,
                tokens: vec![etag("\"x\"")],
            }]
        );
    }
}
