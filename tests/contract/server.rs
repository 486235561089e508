//! The servers that the contracts run on, and what tests ask of them.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt as _;
use http::Method;
use reqwest::{RequestBuilder, Response};
use secrecy::SecretString;
use transhumance::dav::{DavClient, DavEntry, DavPath, Depth, Lane, Prop, Refusal};
use transhumance::hash::digest;
use transhumance::model::{HashAlgorithm, Timestamp};
use transhumance::practice::nextcloud as practice;
use transhumance::target::{Body, BulkFile, Nextcloud, Patience, Put};
use url::Url;

/// A folder of its own on one of the servers.
#[derive(Debug, Clone)]
pub struct Bench {
    pub nextcloud: Nextcloud,
    pub dav: DavClient,
    pub url: Url,
    pub user_id: String,
    /// Relative to the account's files.
    pub folder: String,
    /// Somebody else on the same server, who has a mail address; on a real one only with
    /// `TRANSHUMANCE_TEST_NEXTCLOUD_OTHER_USER` and `_OTHER_PASSWORD`.
    pub other: Option<DavClient>,
}

struct Server {
    url: Url,
    user: String,
    password: SecretString,
    /// Name and password.
    other: Option<(String, SecretString)>,
}

fn real() -> Option<Server> {
    let variable = |name: &str| std::env::var(format!("TRANSHUMANCE_TEST_NEXTCLOUD_{name}")).ok();
    Some(Server {
        url: Url::parse(&variable("URL")?).expect("TRANSHUMANCE_TEST_NEXTCLOUD_URL"),
        user: variable("USER").expect("TRANSHUMANCE_TEST_NEXTCLOUD_USER"),
        password: variable("PASSWORD")
            .expect("TRANSHUMANCE_TEST_NEXTCLOUD_PASSWORD")
            .into(),
        other: variable("OTHER_USER").map(|user| {
            let password = variable("OTHER_PASSWORD");
            let password = password.expect("TRANSHUMANCE_TEST_NEXTCLOUD_OTHER_PASSWORD");
            (user, password.into())
        }),
    })
}

/// The practice Nextcloud's account: the name it logs in with is not its id.
pub const LOGIN: &str = "alice@example.org";
pub const PASSWORD: &str = "correct horse battery staple";

/// Runs the contract on every server, each time in a fresh folder.
pub async fn on_every_server<F, T>(contract: F)
where
    F: Fn(Bench) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let practice = Practice::start(|_| {}).await;
    run(&practice.login(), &contract).await;
    practice.server.stop().await;
    if let Some(real) = real() {
        run(&real, &contract).await;
    }
}

/// A practice Nextcloud that can be put into states that a real one is not asked for.
pub struct Practice {
    pub server: practice::Server,
    storage: tempfile::TempDir,
}

impl Practice {
    pub async fn start(change: impl FnOnce(&mut practice::Config)) -> Self {
        Self::on(tempfile::tempdir().unwrap(), change).await
    }

    async fn on(storage: tempfile::TempDir, change: impl FnOnce(&mut practice::Config)) -> Self {
        let mut alice = practice::User::new("alice", PASSWORD);
        alice.login_name = LOGIN.to_owned();
        let mut bob = practice::User::new("bob", PASSWORD);
        bob.mail = Some("bob@example.org".to_owned());
        let mut config = practice::Config::new(storage.path(), vec![alice, bob]);
        change(&mut config);
        Self {
            server: practice::Server::start(config).await.unwrap(),
            storage,
        }
    }

    /// Stops the server and starts another one on what it left.
    pub async fn again(self) -> Self {
        self.server.stop().await;
        Self::on(self.storage, |_| {}).await
    }

    fn login(&self) -> Server {
        Server {
            url: self.server.url(),
            user: LOGIN.to_owned(),
            password: PASSWORD.to_owned().into(),
            other: Some(("bob".to_owned(), PASSWORD.to_owned().into())),
        }
    }

    pub async fn bench(&self) -> Bench {
        open(&self.login()).await
    }

    /// With a password of one's own, and little patience.
    pub fn nextcloud(&self, password: &str) -> Nextcloud {
        let password = password.to_owned().into();
        Nextcloud::new(&self.server.url(), LOGIN, password)
            .unwrap()
            .with_patience(HASTE)
    }
}

/// The practice server does in milliseconds what takes a real one minutes.
pub const HASTE: Patience = Patience {
    stall: Duration::from_secs(20),
    first_look: Duration::from_millis(20),
    between_looks: Duration::from_millis(100),
    looking: Duration::from_secs(20),
    first_retry: Duration::from_millis(5),
};

async fn run<F, T>(server: &Server, contract: &F)
where
    F: Fn(Bench) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let bench = open(server).await;
    // As a task, so that the folder goes whatever becomes of the contract.
    let result = tokio::spawn(contract(bench.clone())).await;
    bench.remove().await;
    if let Err(error) = result {
        std::panic::resume_unwind(error.into_panic());
    }
}

async fn open(server: &Server) -> Bench {
    let nextcloud = Nextcloud::new(&server.url, &server.user, server.password.clone()).unwrap();
    let dav = DavClient::new(&server.url, &server.user, &server.password).unwrap();
    let folder = format!("contract-{}", uuid::Uuid::new_v4().simple());
    nextcloud.make_folder(&folder).await.unwrap();
    Bench {
        user_id: dav.account().await.unwrap().id,
        other: server
            .other
            .as_ref()
            .map(|(user, password)| DavClient::new(&server.url, user, password).unwrap()),
        nextcloud,
        dav,
        url: server.url.clone(),
        folder,
    }
}

impl Bench {
    /// Relative to the account's files.
    pub fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    pub fn path(&self, name: &str) -> DavPath {
        DavPath::files(&self.user_id, &self.at(name)).unwrap()
    }

    /// Not encoded by the client's own rules, for addresses that it would not build.
    pub async fn raw(&self, method: &str, encoded: &str) -> RequestBuilder {
        let path = DavPath::files(&self.user_id, &self.folder).unwrap();
        let mut request = self.request(method, &path).await.build().unwrap();
        let address = format!("{}/{encoded}", self.dav.address(&path));
        *request.url_mut() = Url::parse(&address).unwrap();
        RequestBuilder::from_parts(reqwest::Client::new(), request)
    }

    pub async fn request(&self, method: &str, path: &DavPath) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.dav.request(Lane::Upload, method, path).await.unwrap()
    }

    pub async fn on(&self, method: &str, name: &str) -> RequestBuilder {
        self.request(method, &self.path(name)).await
    }

    /// A plain PUT with these headers.
    pub async fn put_raw(&self, name: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = self.on("PUT", name).await.body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request).await
    }

    pub async fn entry(&self, name: &str) -> Option<DavEntry> {
        self.entry_at(&self.path(name)).await
    }

    pub async fn entry_at(&self, path: &DavPath) -> Option<DavEntry> {
        const PROPS: &[Prop] = &[
            Prop::ResourceType,
            Prop::FileId,
            Prop::ETag,
            Prop::Size,
            Prop::ContentLength,
            Prop::LastModified,
            Prop::Checksums,
            Prop::CreationTime,
            Prop::Favorite,
            Prop::Permissions,
            Prop::MountType,
            Prop::QuotaAvailable,
            Prop::QuotaUsed,
        ];
        match self.dav.propfind(path, Depth::Zero, PROPS).await {
            Ok(mut entries) => entries.try_next().await.unwrap(),
            Err(transhumance::dav::DavError::NotFound) => None,
            Err(error) => panic!("{path}: {error}"),
        }
    }

    pub async fn read(&self, name: &str) -> Option<Vec<u8>> {
        match self.dav.get(&self.path(name), 0, None).await {
            Ok(response) => Some(response.bytes().await.unwrap().to_vec()),
            Err(transhumance::dav::DavError::NotFound) => None,
            Err(error) => panic!("{name}: {error}"),
        }
    }

    async fn remove(&self) {
        let path = DavPath::files(&self.user_id, &self.folder).unwrap();
        let request = self
            .request("DELETE", &path)
            .await
            .header("X-NC-Skip-Trashbin", "true");
        assert_eq!(answer(request).await.status, 204, "{}", self.folder);
    }
}

/// An answer, taken apart.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    /// The class without its namespace; empty for a success.
    pub exception: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

pub async fn answer(request: RequestBuilder) -> Answer {
    take(request.send().await.unwrap()).await
}

pub async fn take(response: Response) -> Answer {
    match Refusal::check(response).await {
        Ok(response) => Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            exception: String::new(),
            body: response.text().await.unwrap(),
        },
        Err(refusal) => Answer {
            status: refusal.status.as_u16(),
            headers: refusal.headers,
            exception: refusal
                .exception
                .rsplit('\\')
                .next()
                .unwrap_or_default()
                .to_owned(),
            body: String::from_utf8_lossy(&refusal.body).into_owned(),
        },
    }
}

pub fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// To a free place, dated 2020-09-13.
pub fn put_to(path: &str) -> Put<'_> {
    Put {
        path,
        modified: Some(time(1_600_000_000)),
        created: None,
        hash: HashAlgorithm::Sha256,
        replace: None,
    }
}

pub fn body(text: &str) -> Body {
    Body::from_bytes(Bytes::copy_from_slice(text.as_bytes()))
}

pub fn bulk_file(path: String, bytes: impl Into<Bytes>) -> BulkFile {
    let bytes = bytes.into();
    BulkFile {
        path,
        modified: Some(time(1_600_000_000)),
        hash: digest(HashAlgorithm::Sha256, &bytes),
        bytes,
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    digest(HashAlgorithm::Sha256, bytes).hex
}
