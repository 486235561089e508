//! What the server says when it says no, in the very forms of Sabre (`DAV\Server::start`) and OCS.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};

/// The language of the account; errors are told in it, so nobody may match on their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    French,
}

pub const XML: &str = "application/xml; charset=utf-8";
pub const HTML: &str = "text/html; charset=UTF-8";
pub const JSON: &str = "application/json; charset=utf-8";

/// What `Allow` names, also where it is not so.
pub const ALLOW: &str =
    "OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, MOVE, REPORT, LOCK, UNLOCK";

/// An exception on a DAV route.
#[derive(Debug, Clone)]
pub struct DavError {
    pub status: StatusCode,
    exception: String,
    message: String,
    /// More XML within `d:error`.
    more: String,
    headers: Vec<(HeaderName, String)>,
}

pub type DavResult<T> = Result<T, DavError>;

impl DavError {
    fn new(status: StatusCode, exception: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            exception: exception.to_owned(),
            message: message.into(),
            more: String::new(),
            headers: Vec::new(),
        }
    }

    fn sabre(status: StatusCode, name: &str, message: impl Into<String>) -> Self {
        Self::new(status, &format!("Sabre\\DAV\\Exception\\{name}"), message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::sabre(StatusCode::NOT_FOUND, "NotFound", message)
    }

    /// For a path below the home, without a slash in front.
    pub fn no_file(path: &str) -> Self {
        Self::not_found(format!("File with name /{path} could not be located"))
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::sabre(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::sabre(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// For a `Destination` on another server, or outside of WebDAV.
    pub fn out_of_base(destination: &str) -> Self {
        let path = super::gate::strip_host(destination);
        Self::forbidden(format!(
            "Requested uri ({path}) is out of base uri (/remote.php/dav/)"
        ))
    }

    pub fn cannot_create(name: &str) -> Self {
        Self::forbidden(format!(
            "Permission denied to create file (filename {name})"
        ))
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::sabre(StatusCode::CONFLICT, "Conflict", message)
    }

    pub fn method_not_allowed(message: impl Into<String>) -> Self {
        let mut error = Self::sabre(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message);
        error.headers.push((header::ALLOW, ALLOW.to_owned()));
        error
    }

    pub fn precondition(header: &str, message: &str) -> Self {
        let mut error = Self::sabre(
            StatusCode::PRECONDITION_FAILED,
            "PreconditionFailed",
            message,
        );
        error.more = format!("  <s:header>{header}</s:header>\n");
        error
    }

    pub fn destination_exists() -> Self {
        Self::precondition(
            "Overwrite",
            "The destination node already exists, and the overwrite header is set to false",
        )
    }

    pub fn unsupported_media(message: &str) -> Self {
        Self::sabre(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            message,
        )
    }

    pub fn report_not_supported() -> Self {
        let mut error = Self::sabre(StatusCode::UNSUPPORTED_MEDIA_TYPE, "ReportNotSupported", "");
        error.more = "  <d:supported-report/>\n".to_owned();
        error
    }

    pub fn not_implemented(method: &str) -> Self {
        Self::sabre(
            StatusCode::NOT_IMPLEMENTED,
            "NotImplemented",
            format!(
                "There was no plugin in the system that was willing to handle this {method} method."
            ),
        )
    }

    pub fn range(start: u64, size: u64) -> Self {
        Self::sabre(
            StatusCode::RANGE_NOT_SATISFIABLE,
            "RequestedRangeNotSatisfiable",
            format!("The start offset ({start}) exceeded the size of the entity ({size})"),
        )
    }

    pub fn insufficient_storage(path: &str, folder: bool) -> Self {
        let more = if folder {
            ". Cannot create directory"
        } else {
            ""
        };
        Self::sabre(
            StatusCode::INSUFFICIENT_STORAGE,
            "InsufficientStorage",
            format!("Insufficient space in {path}{more}"),
        )
    }

    pub fn entity_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "OCA\\DAV\\Connector\\Sabre\\Exception\\EntityTooLarge",
            "",
        )
    }

    pub fn locked(path: &str) -> Self {
        Self::new(
            StatusCode::LOCKED,
            "OCA\\DAV\\Connector\\Sabre\\Exception\\FileLocked",
            format!("\"{path}\" is locked"),
        )
    }

    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::sabre(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            message,
        )
    }

    pub fn maintenance() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "OCA\\DAV\\Exception\\ServerMaintenanceMode",
            "System is in maintenance mode.",
        )
    }

    pub fn too_many_requests() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "OCA\\DAV\\Connector\\Sabre\\Exception\\TooManyRequests",
            "",
        )
    }

    pub fn not_authenticated(with_credentials: bool) -> Self {
        let basic = if with_credentials {
            "Username or password was incorrect"
        } else {
            "No 'Authorization: Basic' header found. Either the client didn't send one, or the server is misconfigured"
        };
        let mut error = Self::sabre(
            StatusCode::UNAUTHORIZED,
            "NotAuthenticated",
            format!(
                "No public access to this resource., AppAPIAuth has not passed, This request is not for a federated calendar, {basic}, No 'Authorization: Bearer' header found. Either the client didn't send one, or the server is mis-configured, {basic}"
            ),
        );
        error.headers.push((
            header::WWW_AUTHENTICATE,
            "Basic realm=\"Nextcloud\", charset=\"UTF-8\"".to_owned(),
        ));
        error
    }

    pub fn invalid_path(reason: &str) -> Self {
        let mut error = Self::new(
            StatusCode::BAD_REQUEST,
            "OCA\\DAV\\Connector\\Sabre\\Exception\\InvalidPath",
            reason,
        );
        let reason = escape_text(reason);
        error.more = format!(
            "  <o:retry xmlns:o=\"o:\">false</o:retry>\n  <o:reason xmlns:o=\"o:\">{reason}</o:reason>\n"
        );
        error
    }

    /// A name that the storage refuses behind the back of the checks: `.htaccess`.
    pub fn forbidden_name(path: &str) -> Self {
        Self::internal(
            "OCP\\Files\\ForbiddenException",
            &format!("Invalid path: files/{path}"),
        )
    }

    pub fn internal(exception: &str, message: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, exception, message)
    }

    pub fn type_error() -> Self {
        Self::internal(
            "TypeError",
            "A type error occurred. For more details, please refer to the logs, which provide additional context about the type error.",
        )
    }

    pub fn invalid_argument(message: &str) -> Self {
        Self::internal("InvalidArgumentException", message)
    }

    pub fn unknown_hash(function: &str) -> Self {
        Self::internal(
            "ValueError",
            &format!("{function}(): Argument #1 ($algo) must be a valid hashing algorithm"),
        )
    }

    /// Any other class, with more XML within `d:error`.
    pub fn other(status: StatusCode, exception: &str, message: &str, more: &str) -> Self {
        let mut error = Self::new(status, exception, message);
        if !more.is_empty() {
            error.more = format!("  {more}\n");
        }
        error
    }

    /// SQLite under parallel writes.
    pub fn database_locked() -> Self {
        Self::internal(
            "Doctrine\\DBAL\\Exception\\LockWaitTimeoutException",
            "An exception occurred while executing a query: SQLSTATE[HY000]: General error: 5 database is locked",
        )
    }

    /// What the storage says when it fails itself.
    pub fn disk(error: &std::io::Error) -> Self {
        Self::internal("Sabre\\DAV\\Exception", &error.to_string())
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn response(&self) -> Response {
        let spaces = if self.exception.ends_with("InvalidPath") {
            " xmlns:o=\"http://owncloud.org/ns\""
        } else {
            ""
        };
        let message = if self.message.is_empty() {
            "<s:message/>".to_owned()
        } else {
            format!("<s:message>{}</s:message>", escape_text(&self.message))
        };
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<d:error xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\"{spaces}>\n  <s:exception>{}</s:exception>\n  {message}\n{}</d:error>\n",
            escape(&self.exception),
            self.more,
        );
        let mut response = with_type(self.status, XML, body);
        for (name, value) in &self.headers {
            put_header(&mut response, name.clone(), value);
        }
        response
    }
}

impl From<std::io::Error> for DavError {
    fn from(error: std::io::Error) -> Self {
        Self::disk(&error)
    }
}

/// An answer without a body, of the type that PHP gives those.
pub fn empty(status: StatusCode) -> Response {
    with_type(status, HTML, "")
}

pub fn with_type(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Body>,
) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Adds a header; one that HTTP cannot carry is left out.
pub fn put_header(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Text for XML as PHP's DOM writes it: with its quotes.
fn escape_text(text: &str) -> String {
    escape(text).replace("&quot;", "\"")
}

/// Text for XML, as PHP's XMLWriter writes it.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Not allowed in XML 1.0 at all.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
