//! Against a server that says what each test has it say.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Mutex;

use axum::body::Body;
use axum::response::Response;
use futures::TryStreamExt as _;
use http::StatusCode;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;

use super::*;
use crate::model::{ItemId, ItemKind, Reason};
use crate::practice::wire::{Connection, Listening, cut_short};
use crate::source::testing::Collector;

/// A file or folder of the server.
#[derive(Clone)]
struct Thing {
    path: &'static str,
    /// 0: none.
    id: u32,
    /// `None`: a folder.
    content: Option<&'static str>,
    etag: &'static str,
    /// More properties, as XML.
    more: &'static str,
}

fn folder(path: &'static str, id: u32, more: &'static str) -> Thing {
    Thing {
        path,
        id,
        content: None,
        etag: "folder",
        more,
    }
}

fn file(path: &'static str, id: u32, content: &'static str, more: &'static str) -> Thing {
    Thing {
        path,
        id,
        content: Some(content),
        etag: "file",
        more,
    }
}

impl Thing {
    fn xml(&self) -> String {
        let Self { path, id, etag, .. } = self;
        let href = format!(
            "/remote.php/dav/{}",
            DavPath::files("camille", path).unwrap()
        )
        .replacen("/remote.php/dav/remote.php/dav/", "/remote.php/dav/", 1);
        let (slash, kind, size) = match self.content {
            None => ("/", "<d:collection/>", 0),
            Some(content) => ("", "", content.len()),
        };
        let file_id = match id {
            0 => String::new(),
            id => format!("<oc:fileid>{id}</oc:fileid>"),
        };
        let mut xml = format!("<d:response><d:href>{href}{slash}</d:href><d:propstat><d:prop>");
        let _ = write!(
            xml,
            "<d:resourcetype>{kind}</d:resourcetype><d:getetag>&quot;{etag}&quot;</d:getetag>\
             <d:getlastmodified>Sun, 13 Sep 2020 12:26:40 GMT</d:getlastmodified>\
             {file_id}<oc:size>{size}</oc:size>{}</d:prop>\
             <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>",
            self.more
        );
        xml
    }
}

type Weather = dyn Fn(&str, &str) -> Storm + Send + Sync;

/// What happens to a request.
enum Storm {
    None,
    Status(u16),
    /// The answer breaks off.
    Cut(u64),
}

/// A server, what it was asked, and a source that reads it.
struct World {
    source: NextcloudSource,
    asked: Arc<Mutex<Vec<String>>>,
    _listening: Listening,
}

impl World {
    async fn new(things: Vec<Thing>, scope: &Scope, folder: &str) -> Self {
        Self::in_weather(things, scope, folder, Box::new(|_, _| Storm::None)).await
    }

    /// `weather` gets `METHOD depth` and the path.
    async fn in_weather(
        things: Vec<Thing>,
        scope: &Scope,
        folder: &str,
        weather: Box<Weather>,
    ) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (things, weather, log) = (Arc::new(things), Arc::new(weather), Arc::clone(&asked));
        let service = service_fn(move |request: Request<Incoming>| {
            let (method, depth, path) = question(&request);
            log.lock().unwrap().push(format!("{method} {path}"));
            let connection = request.extensions().get::<Connection>().unwrap().clone();
            let answer = match weather(&method, &path) {
                Storm::None => answer(&things, &request, &depth, &path),
                Storm::Status(status) => response(status, String::new()),
                Storm::Cut(kept) => {
                    cut_short(answer(&things, &request, &depth, &path), &connection, kept)
                }
            };
            std::future::ready(Ok::<_, Infallible>(answer))
        });
        let listening = Listening::start(None, service).await.unwrap();
        let password = SecretString::from("app password");
        let url = listening.url();
        // This server has nothing but files.
        let scope = Scope {
            calendars: false,
            contacts: false,
            tasks: false,
            ..scope.clone()
        };
        let source = NextcloudSource::new(url, "camille@asso", &password, folder, &scope).unwrap();
        Self {
            source,
            asked,
            _listening: listening,
        }
    }

    async fn survey(&self) -> Collector {
        let mut collector = Collector::default();
        self.source.survey(&[], &mut collector).await.unwrap();
        collector
    }

    fn listings(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let is_listing = |line: &&String| line.starts_with("PROPFIND") && !line.contains(" 0 ");
        asked.iter().filter(is_listing).cloned().collect()
    }
}

fn question(request: &Request<Incoming>) -> (String, String, String) {
    let depth = request.headers().get("depth");
    let depth = depth.map_or("", |depth| depth.to_str().unwrap()).to_owned();
    let path = percent_encoding::percent_decode_str(request.uri().path())
        .decode_utf8()
        .unwrap()
        .trim_end_matches('/')
        .to_owned();
    let path = match path.strip_prefix("/remote.php/dav/files/camille") {
        Some(below) => below.trim_start_matches('/').to_owned(),
        None => path,
    };
    (format!("{} {depth}", request.method()), depth, path)
}

fn response(status: u16, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

fn answer(things: &[Thing], request: &Request<Incoming>, depth: &str, path: &str) -> Response {
    if path.ends_with("cloud/user") {
        let body = r#"{"ocs":{"meta":{},"data":{"id":"camille","displayname":"Camille"}}}"#;
        return response(200, body);
    }
    let Some(thing) = things.iter().find(|thing| thing.path == path) else {
        return response(404, "");
    };
    if request.method() == http::Method::GET {
        return content(thing, request);
    }
    let below = |thing: &&Thing| match thing.path.strip_prefix(path) {
        Some(rest) if path.is_empty() => !rest.is_empty(),
        Some(rest) => rest.starts_with('/'),
        None => false,
    };
    let is_child = |thing: &&Thing| {
        let rest = thing.path.get(path.len()..).unwrap_or_default();
        !rest.trim_start_matches('/').contains('/')
    };
    let listed: Vec<&Thing> = match depth {
        "0" => Vec::new(),
        "1" => things.iter().filter(below).filter(is_child).collect(),
        _ => things.iter().filter(below).collect(),
    };
    let entries: String = std::iter::once(thing)
        .chain(listed)
        .map(Thing::xml)
        .collect();
    response(
        207,
        format!(
            "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\" \
             xmlns:oc=\"http://owncloud.org/ns\" xmlns:nc=\"http://nextcloud.org/ns\">\
             {entries}</d:multistatus>"
        ),
    )
}

fn content(thing: &Thing, request: &Request<Incoming>) -> Response {
    let header = |name: &str| Some(request.headers().get(name)?.to_str().unwrap().to_owned());
    if header("if-match") != Some(format!("\"{}\"", thing.etag)) {
        let error = "<d:error xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\">\
             <s:exception>Sabre\\DAV\\Exception\\PreconditionFailed</s:exception></d:error>";
        return response(412, error);
    }
    let whole = thing.content.unwrap();
    let Some(range) = header("range") else {
        return response(200, whole);
    };
    let from = range.strip_prefix("bytes=").unwrap().trim_end_matches('-');
    let from: usize = from.parse().unwrap();
    let mut part = response(206, whole.get(from..).unwrap());
    let range = format!("bytes {from}-{}/{}", whole.len() - 1, whole.len());
    part.headers_mut()
        .insert("content-range", range.parse().unwrap());
    part
}

const SHARED: &str = "<nc:mount-type>shared</nc:mount-type>";
const EXTERNAL: &str = "<nc:mount-type>external-session</nc:mount-type>";

fn an_account() -> Vec<Thing> {
    vec![
        folder("", 1, ""),
        folder("Réunions", 2, "<oc:favorite>1</oc:favorite>"),
        folder("Réunions/2024", 3, ""),
        file(
            "Réunions/2024/a b.txt",
            4,
            "minutes",
            "<nc:creation_time>1500000000</nc:creation_time>\
             <oc:checksums><oc:checksum>SHA1:a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 \
             MD5:098f6bcd4621d373cade4e832627b4f6</oc:checksum></oc:checksums>\
             <d:getcontenttype>text/plain</d:getcontenttype>",
        ),
        folder("From Dana", 5, SHARED),
        file("From Dana/theirs.txt", 6, "x", SHARED),
        file("theirs.txt", 6, "x", SHARED),
        folder("Old disk", 7, EXTERNAL),
        file("Old disk/x", 8, "x", EXTERNAL),
        folder("Team", 9, "<nc:mount-type>group</nc:mount-type>"),
        file("Team/y", 10, "y", "<nc:mount-type>group</nc:mount-type>"),
        folder("Secret", 11, "<nc:is-encrypted>1</nc:is-encrypted>"),
        file("Secret/cipher", 12, "?", ""),
        file("last.txt", 13, "", ""),
    ]
}

#[tokio::test]
async fn tells_of_all_that_is_the_accounts_own() {
    let world = World::new(an_account(), &Scope::default(), "").await;
    let found = world.survey().await;
    let seen: BTreeMap<&str, (&str, Option<Reason>)> = found
        .items
        .iter()
        .map(|(id, item)| (id.as_str(), (item.name.as_str(), item.obstacle)))
        .collect();
    let share = Some(Reason::ReceivedShare);
    assert_eq!(
        seen,
        BTreeMap::from([
            ("2", ("Réunions", None)),
            ("3", ("2024", None)),
            ("4", ("a b.txt", None)),
            ("5@5", ("From Dana", share)),
            ("6@6", ("theirs.txt", share)),
            ("7@7", ("Old disk", Some(Reason::ExternalStorage))),
            ("9", ("Team", None)),
            ("10", ("y", None)),
            ("11", ("Secret", Some(Reason::EndToEndEncrypted))),
            ("13", ("last.txt", None)),
        ])
    );
    let minutes = &found.items["4"];
    assert_eq!(minutes.parent, Some(ItemId::new("3")));
    assert_eq!((minutes.kind, minutes.size), (ItemKind::File, Some(7)));
    assert_eq!(minutes.modified.unwrap().as_second(), 1_600_000_000);
    assert_eq!(minutes.created.unwrap().as_second(), 1_500_000_000);
    assert_eq!(minutes.version, "file");
    assert_eq!(minutes.media_type.as_deref(), Some("text/plain"));
    // Unverified: only a hint for reading.
    assert_eq!(minutes.hash, None);
    let locator = Locator::of(minutes).unwrap();
    assert!(locator.stored.unwrap().starts_with("sha1:a94a"));
    assert!(found.items["2"].favourite && !minutes.favourite);
    assert_eq!(found.items["2"].parent, None);
    assert_eq!(world.listings(), ["PROPFIND infinity "]);
}

#[tokio::test]
async fn takes_along_what_others_own_when_asked_to() {
    let scope = Scope {
        received_shares: true,
        external_storage: true,
        ..Scope::default()
    };
    let found = World::new(an_account(), &scope, "").await.survey().await;
    let place = |id: &str| {
        let item = &found.items[id];
        (item.parent.as_ref().map(ItemId::as_str), item.obstacle)
    };
    assert_eq!(place("5@5"), (None, None));
    assert_eq!(place("6@5"), (Some("5@5"), None));
    // The same file, received twice: two items.
    assert_eq!(place("6@6"), (None, None));
    assert_eq!(place("8@7"), (Some("7@7"), None));
}

#[tokio::test]
async fn begins_at_a_folder() {
    let world = World::new(an_account(), &Scope::default(), "/Réunions/").await;
    let found = world.survey().await;
    let ids: Vec<&str> = found.items.keys().map(String::as_str).collect();
    assert_eq!(ids, ["3", "4"]);
    assert_eq!(found.items["3"].parent, None);
    let missing = World::new(an_account(), &Scope::default(), "Nowhere").await;
    let error = missing.source.survey(&[], &mut Collector::default()).await;
    assert!(matches!(error, Err(SourceError::NotFound)));
}

/// Listings of everything at once fail in all these ways; those of one folder do not.
#[tokio::test]
async fn goes_folder_by_folder_where_the_server_cannot_do_it_at_once() {
    // But for the address, which holds the port.
    let items = async |world: &World| {
        let mut items = world.survey().await.items;
        items.values_mut().for_each(|item| item.web_link = None);
        items
    };
    let expected = items(&World::new(an_account(), &Scope::default(), "").await).await;
    let storms: [fn() -> Storm; 4] = [
        || Storm::Status(403),
        || Storm::Status(504),
        || Storm::Cut(900),
        || Storm::Cut(0),
    ];
    for storm in storms {
        let weather = move |method: &str, path: &str| match method {
            "PROPFIND infinity" if path.is_empty() || path == "Réunions" => storm(),
            _ => Storm::None,
        };
        let scope = Scope::default();
        let world = World::in_weather(an_account(), &scope, "", Box::new(weather)).await;
        assert_eq!(items(&world).await, expected);
        let mut asked = world.listings();
        asked.sort();
        assert_eq!(
            asked,
            [
                "PROPFIND 1 ",
                "PROPFIND 1 Réunions",
                "PROPFIND infinity ",
                "PROPFIND infinity Réunions",
                "PROPFIND infinity Réunions/2024",
                "PROPFIND infinity Team",
            ]
        );
    }
}

#[tokio::test]
async fn a_folder_that_is_refused_stops_nothing_else() {
    let weather = |method: &str, path: &str| match (method, path) {
        ("PROPFIND infinity", "") => Storm::Status(500),
        (_, "Réunions") => Storm::Status(403),
        (_, "Team") => Storm::Status(404),
        _ => Storm::None,
    };
    let scope = Scope::default();
    let world = World::in_weather(an_account(), &scope, "", Box::new(weather)).await;
    let found = world.survey().await;
    assert_eq!(found.items["2"].obstacle, Some(Reason::Unreadable));
    assert_eq!(found.items["9"].obstacle, None);
    assert!(found.items.contains_key("13"));
}

#[tokio::test]
async fn a_survey_that_breaks_off_leaves_no_token() {
    let weather = |method: &str, _: &str| match method {
        "PROPFIND infinity" | "PROPFIND 1" => Storm::Status(401),
        _ => Storm::None,
    };
    let scope = Scope::default();
    let world = World::in_weather(an_account(), &scope, "", Box::new(weather)).await;
    let mut collector = Collector::default();
    let error = world.source.survey(&[], &mut collector).await.unwrap_err();
    assert!(matches!(error, SourceError::Unauthorized { .. }));
    assert!(matches!(
        nextcloud_error(&error),
        Some(DavError::Unauthorized)
    ));
    assert!(collector.spaces.iter().all(|s| s.change_token.is_none()));
    // Never a second time with a password that was refused.
    assert_eq!(world.listings().len(), 1);
}

#[tokio::test]
async fn an_unchanged_account_is_not_listed_again() {
    let world = World::new(an_account(), &Scope::default(), "").await;
    let first = world.survey().await;
    let space = first.spaces.last().unwrap().clone();
    assert!(space.change_token.is_some());
    let mut again = Collector::default();
    world
        .source
        .survey(std::slice::from_ref(&space), &mut again)
        .await
        .unwrap();
    assert_eq!(again.unchanged.as_slice(), std::slice::from_ref(&space.id));
    assert_eq!(again.spaces.last(), Some(&space));
    assert_eq!((again.items.len(), world.listings().len()), (0, 1));

    // Another choice of what is taken along is another question.
    let scope = Scope {
        received_shares: true,
        ..Scope::default()
    };
    let world = World::new(an_account(), &scope, "").await;
    let mut other = Collector::default();
    world.source.survey(&[space], &mut other).await.unwrap();
    assert_eq!(other.unchanged, []);
    assert!(other.items.contains_key("6@5"));
}

#[tokio::test]
async fn the_empty_home_of_somebody_else_is_not_taken_for_ours() {
    let world = World::new(vec![folder("", 0, "")], &Scope::default(), "").await;
    let missing = world.source.survey(&[], &mut Collector::default()).await;
    assert!(matches!(missing, Err(SourceError::Protocol { .. })));
}

#[tokio::test]
async fn reads_exactly_what_was_surveyed() {
    let world = World::new(an_account(), &Scope::default(), "").await;
    let found = world.survey().await;
    let mut item = found.items["4"].clone();
    let read = async |item: &Item, from| {
        let content = world.source.read(item, from).await?;
        let pieces: Vec<bytes::Bytes> = content.stream.try_collect().await?;
        let bytes = pieces.concat();
        assert_eq!(content.length, Some(bytes.len() as u64));
        Ok::<_, SourceError>(String::from_utf8(bytes).unwrap())
    };
    // The seeded checksum is wrong: read twice, then believed.
    assert!(read(&item, 0).await.unwrap_err().is_passing());
    assert_eq!(read(&item, 0).await.unwrap(), "minutes");
    assert_eq!(read(&item, 3).await.unwrap(), "utes");
    assert_eq!(read(&item, 7).await.unwrap(), "");
    assert_eq!(read(&found.items["13"], 0).await.unwrap(), "");
    assert!(matches!(read(&item, 8).await, Err(SourceError::Changed)));

    assert_eq!(
        world.source.version_now(&item).await.unwrap().as_deref(),
        Some("file")
    );
    item.version = "older".into();
    assert!(matches!(read(&item, 0).await, Err(SourceError::Changed)));
    item.version = "file".into();
    item.size = Some(6);
    assert!(read(&item, 0).await.unwrap_err().is_passing());
    item.locator = r#"{"path":"Réunions/gone"}"#.into();
    assert!(matches!(read(&item, 0).await, Err(SourceError::NotFound)));
    assert_eq!(world.source.version_now(&item).await.unwrap(), None);
}

#[tokio::test]
async fn a_download_that_is_not_allowed_says_so() {
    let weather = |method: &str, _: &str| match method.starts_with("GET") {
        true => Storm::Status(403),
        false => Storm::None,
    };
    let scope = Scope::default();
    let world = World::in_weather(an_account(), &scope, "", Box::new(weather)).await;
    // The account is asked for with GET, too.
    world.source.0.user_id.set("camille".into()).unwrap();
    let found = world.survey().await;
    let error = world.source.read(&found.items["4"], 0).await.unwrap_err();
    assert_eq!(error.reason(), Reason::DownloadForbidden);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error() {
    let weather = |_: &str, path: &str| match path {
        "last.txt" | "Réunions/2024/a b.txt" => Storm::Cut(3),
        _ => Storm::None,
    };
    let scope = Scope::default();
    let world = World::in_weather(an_account(), &scope, "", Box::new(weather)).await;
    let found = world.survey().await;
    let read = async {
        let content = world.source.read(&found.items["4"], 0).await?;
        content.stream.try_collect::<Vec<_>>().await
    };
    assert!(read.await.unwrap_err().is_passing());
}
