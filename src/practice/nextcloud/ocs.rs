//! `status.php` and the OCS routes.

use axum::response::Response;
use http::{HeaderName, StatusCode, header};
use serde_json::{Value, json};

use super::Bulk;
use super::answer::{JSON, Language, XML, escape, put_header, with_type};
use super::gate::Call;
use super::login::{self, Denied, Who, authenticate};
use crate::hash::digest;
use crate::model::HashAlgorithm;

const UNAUTHORISED: u16 = 997;
const NOT_FOUND: u16 = 998;

pub(super) fn status(call: &Call) -> Response {
    let version = &call.shared.config.version;
    let body = json!({
        "installed": true,
        "maintenance": call.shared.weather().maintenance,
        "needsDbUpgrade": false,
        "version": format!("{version}.2"),
        "versionstring": version,
        "edition": "",
        "productname": "Nextcloud",
        "extendedSupport": false,
    });
    let mut response = with_type(StatusCode::OK, "application/json", php_json(&body));
    put_header(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response
}

/// `/ocs/v1.php/…` and `/ocs/v2.php/…`; `rest` is what follows.
pub(super) fn answer(call: &Call, v1: bool, rest: &[String]) -> Response {
    if call.shared.weather().maintenance {
        let mut response = failure(call, v1, 503, "Service unavailable");
        let name = HeaderName::from_static("x-nextcloud-maintenance-mode");
        put_header(&mut response, name, "1");
        return response;
    }
    if call.header("ocs-apirequest") != Some("true") {
        return json_response(
            StatusCode::PRECONDITION_FAILED,
            &json!({ "message": "CSRF check failed" }),
        );
    }
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let who = match authenticate(&call.shared, &call.headers) {
        Ok(who) => Some(who),
        Err(Denied::TooMany) => return failure(call, v1, 429, "Reached maximum delay"),
        Err(Denied::NoCredentials) => None,
        Err(Denied::Wrong | Denied::Disabled) => return not_logged_in(call, v1),
    };
    match (rest.as_slice(), who) {
        (["cloud", "capabilities"], who) => capabilities(call, v1, who.as_ref()),
        (["cloud", "user"], Some(who)) => success(call, v1, user(call, &who)),
        (["core", rest @ ..], Some(who)) => login::app_password(call, &who, rest, v1),
        (["cloud", "user"] | ["core", ..], None) => not_logged_in(call, v1),
        _ => unknown(call, v1),
    }
}

fn not_logged_in(call: &Call, v1: bool) -> Response {
    failure(call, v1, UNAUTHORISED, "Current user is not logged in")
}

pub(super) fn unknown(call: &Call, v1: bool) -> Response {
    failure(
        call,
        v1,
        NOT_FOUND,
        "Invalid query, please check the syntax. API specifications are here: http://www.freedesktop.org/wiki/Specifications/open-collaboration-services.\n",
    )
}

fn capabilities(call: &Call, v1: bool, who: Option<&Who>) -> Response {
    let config = &call.shared.config;
    let mut numbers = config
        .version
        .split('.')
        .map(|n| n.parse::<u32>().unwrap_or(0));
    let mut number = || numbers.next().unwrap_or(0);
    let version = json!({
        "major": number(),
        "minor": number(),
        "micro": number(),
        "string": config.version,
        "edition": "",
        "extendedSupport": false,
    });
    let failures = super::server::held(&call.shared.logins).failures();
    // 100 ms, doubled by each failure, at most 25 s (Throttler::calculateDelay).
    let delay = match failures {
        0 => 0,
        n => (100_u64 << n.min(10)).min(25_000),
    };
    let mut capabilities = json!({
        "bruteforce": { "delay": delay, "allow-listed": false },
        "app_api": { "version": config.version },
        "theming": {
            "name": "Nextcloud",
            "productName": "Nextcloud",
            "url": "https://nextcloud.com",
            "slogan": "a safe home for all your data",
            "color": "#00679e",
        },
    });
    if who.is_some()
        && let (Some(all), Value::Object(more)) = (capabilities.as_object_mut(), for_accounts(call))
    {
        all.extend(more);
    }
    let data = json!({ "version": version, "capabilities": capabilities });
    let etag = digest(HashAlgorithm::Md5, data.to_string().as_bytes()).hex;
    let etag = format!("\"{etag}\"");
    let mut response = if call.header("if-none-match") == Some(&etag) {
        super::answer::empty(StatusCode::NOT_MODIFIED)
    } else {
        success(call, v1, data)
    };
    put_header(&mut response, header::ETAG, &etag);
    response
}

fn for_accounts(call: &Call) -> Value {
    let config = &call.shared.config;
    let forbidden = &config.forbidden;
    let mut dav = json!({
        "chunking": "1.0",
        "public_shares_chunking": true,
        "search_supports_creation_time": true,
        "search_supports_upload_time": true,
        "search_supports_last_activity": true,
        "absence-supported": true,
        "absence-replacement": true,
    });
    if call.shared.weather().bulk != Bulk::Absent
        && let Some(dav) = dav.as_object_mut()
    {
        dav.insert("bulkupload".to_owned(), json!("1.0"));
    }
    json!({
        "core": {
            "pollinterval": 60,
            "webdav-root": "remote.php/webdav",
            "mod-rewrite-working": true,
            "user": { "language": language(call), "locale": "", "timezone": "UTC" },
            "can-create-app-token": true,
        },
        "dav": dav,
        "files": {
            "comments": true,
            "blacklisted_files": forbidden.names,
            "forbidden_filenames": forbidden.names,
            "forbidden_filename_basenames": forbidden.basenames,
            "forbidden_filename_characters": forbidden.characters,
            "forbidden_filename_extensions": forbidden.extensions,
            "bigfilechunking": true,
            "chunked_upload": {
                "max_size": config.max_chunk,
                "max_parallel_count": config.max_parallel,
            },
            "file_conversions": [],
            "windows_compatible_filenames": *forbidden == super::Forbidden::windows(),
            "undelete": true,
            "delete_from_trash": true,
            "versioning": false,
        },
        "files_sharing": {
            "api_enabled": false,
            "default_permissions": 31,
        },
    })
}

fn language(call: &Call) -> &'static str {
    match call.shared.config.language {
        Language::English => "en",
        Language::French => "fr",
    }
}

fn user(call: &Call, who: &Who) -> Value {
    let shared = &call.shared;
    let used = shared.used(&who.id);
    let quota = match shared.quota(&who.id) {
        None => {
            json!({ "free": -3, "used": used, "total": -3, "relative": 0, "quota": -3 })
        }
        Some(total) => {
            #[allow(clippy::cast_precision_loss)]
            let relative = (used as f64 / total.max(1) as f64 * 10_000.0).round() / 100.0;
            json!({
                "free": total.saturating_sub(used),
                "used": used,
                "total": total,
                "relative": relative,
                "quota": total,
            })
        }
    };
    let account = shared.user(&who.id);
    let name = account.map_or(who.id.as_str(), |user| user.display_name.as_str());
    let email = account
        .map(|user| user.login_name.as_str())
        .filter(|login_name| login_name.contains('@'));
    json!({
        "enabled": true,
        "id": who.id,
        "backend": "Database",
        "subadmin": [],
        "quota": quota,
        "manager": "",
        "email": email,
        "additional_mail": [],
        "displayname": name,
        "display-name": name,
        "phone": "",
        "address": "",
        "website": "",
        "groups": [],
        "language": language(call),
        "locale": "",
        "timezone": "",
        "notify_email": null,
        "backendCapabilities": { "setDisplayName": true, "setPassword": true },
    })
}

pub(super) fn success(call: &Call, v1: bool, data: Value) -> Response {
    let code = if v1 { 100 } else { 200 };
    envelope(call, StatusCode::OK, "ok", code, "OK", data)
}

/// On v1 every failure is HTTP 200; on v2 the code becomes the status.
pub(super) fn failure(call: &Call, v1: bool, code: u16, message: &str) -> Response {
    let status = match code {
        // Not logged in is told by the status on both.
        UNAUTHORISED => StatusCode::UNAUTHORIZED,
        _ if v1 && code != 503 => StatusCode::OK,
        NOT_FOUND => StatusCode::NOT_FOUND,
        code => StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST),
    };
    envelope(call, status, "failure", code, message, json!([]))
}

fn envelope(
    call: &Call,
    status: StatusCode,
    word: &str,
    code: u16,
    message: &str,
    data: Value,
) -> Response {
    let accepts_json = call
        .header("accept")
        .is_some_and(|accept| accept.contains("application/json"));
    let format = call.query().get("format").cloned();
    let as_json = format.map_or(accepts_json, |format| format == "json");
    let body = json!({ "ocs": {
        "meta": { "status": word, "statuscode": code, "message": message },
        "data": data,
    }});
    if as_json {
        return json_response(status, &body);
    }
    let mut text = String::from("<?xml version=\"1.0\"?>\n");
    xml(&body, &mut text);
    with_type(status, XML, text)
}

pub(super) fn json_response(status: StatusCode, body: &Value) -> Response {
    with_type(status, JSON, php_json(body))
}

/// JSON as PHP writes it: slashes escaped, nothing beyond ASCII.
pub(super) fn php_json(value: &Value) -> String {
    use std::fmt::Write as _;
    let text = value.to_string();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '/' => out.push_str("\\/"),
            c if c.is_ascii() => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out
}

fn xml(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                element(name, value, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                element("element", item, out);
            }
        }
        Value::Null => {}
        Value::Bool(true) => out.push('1'),
        Value::Bool(false) => {}
        Value::String(text) => out.push_str(&escape(text)),
        Value::Number(number) => out.push_str(&number.to_string()),
    }
}

fn element(name: &str, value: &Value, out: &mut String) {
    out.push_str(&format!("<{name}>"));
    xml(value, out);
    out.push_str(&format!("</{name}>\n"));
}
