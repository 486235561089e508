//! Connections on loopback that can also be broken on purpose.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

/// The connection that a request came on; a request carries it as an extension.
#[derive(Debug, Clone, Default)]
pub struct Connection(CancellationToken);

impl Connection {
    /// Resets the connection (RST, not FIN): the client gets no answer, or no more of it. Never returns,
    /// so that a handler can end with it.
    pub async fn reset(&self) -> Response {
        self.0.cancel();
        std::future::pending().await
    }
}

/// A server on a loopback port.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    url: Url,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Listening {
    /// Listens on 127.0.0.1, on `port` or on any free one, and answers with `service`.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn start<S>(port: Option<u16>, service: S) -> std::io::Result<Self>
    where
        S: Service<Request<Incoming>, Response = Response, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let address = listener.local_addr()?;
        let url = Url::parse(&format!("http://{address}/")).map_err(std::io::Error::other)?;
        let listening = Self {
            address,
            url,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let (stop, tasks) = (listening.stop.clone(), listening.tasks.clone());
        listening.tasks.spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = stop.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                // A client that is gone before it is accepted, or too many open files: try the next one.
                let Ok((stream, _)) = accepted else {
                    tokio::task::yield_now().await;
                    continue;
                };
                tasks.spawn(connection(stream, service.clone(), stop.child_token()));
            }
        });
        Ok(listening)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT/`
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Ends all connections at once and waits until nothing runs any more.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn connection<S>(stream: TcpStream, service: S, stop: CancellationToken)
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    let _ = stream.set_nodelay(true);
    let reset = Connection::default();
    let token = reset.0.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(reset.clone());
        service.call(request)
    });
    let mut http = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = &mut http => {}
        () = stop.cancelled() => {}
        () = token.cancelled() => {
            let stream = http.into_parts().io.into_inner();
            // With no time to linger the system sends RST and forgets what was still to be sent.
            let _ = stream.set_zero_linger();
        }
    }
}

/// An answer whose body breaks off: after `kept` bytes the connection is reset.
pub fn cut_short(response: Response, connection: &Connection, kept: u64) -> Response {
    let connection = connection.clone();
    response.map(|body| {
        let mut left = kept;
        let head =
            body.into_data_stream()
                .map_err(std::io::Error::other)
                .scan((), move |(), item| {
                    let item = item.map(|mut bytes| {
                        bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                        left -= bytes.len() as u64;
                        bytes
                    });
                    let end = matches!(&item, Ok(bytes) if bytes.is_empty());
                    std::future::ready((!end).then_some(item))
                });
        let tail = stream::once(async move {
            // First let hyper hand over what it has, so that the client gets the beginning.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            connection.reset().await;
            Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
        });
        Body::from_stream(head.chain(tail))
    })
}

/// The same bytes, but the one at `at` has another value.
pub fn flip<S, E>(bytes: S, at: u64) -> impl Stream<Item = Result<Bytes, E>> + Send + 'static
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Send + 'static,
{
    let mut passed = 0;
    bytes.map_ok(move |bytes| {
        let here = at.checked_sub(passed).and_then(|i| usize::try_from(i).ok());
        passed += bytes.len() as u64;
        let mut bytes = bytes;
        if here.is_some_and(|here| here < bytes.len()) {
            let mut changed = bytes.to_vec();
            if let Some(byte) = here.and_then(|here| changed.get_mut(here)) {
                *byte ^= 0x20;
            }
            bytes = changed.into();
        }
        bytes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer(request: Request<Incoming>) -> Result<Response, Infallible> {
        let connection = request
            .extensions()
            .get::<Connection>()
            .cloned()
            .unwrap_or_default();
        Ok(match request.uri().path() {
            "/reset" => connection.reset().await,
            "/cut" => cut_short(
                Response::new(Body::from(vec![b'x'; 1000])),
                &connection,
                300,
            ),
            _ => Response::new(Body::from("hello")),
        })
    }

    fn is_reset(error: &reqwest::Error) -> bool {
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<std::io::Error>() {
                return error.kind() == std::io::ErrorKind::ConnectionReset;
            }
            cause = error.source();
        }
        false
    }

    #[tokio::test]
    async fn answers_resets_and_cuts() {
        let server = Listening::start(None, service_fn(answer)).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let get = |path: &str| client.get(server.url().join(path).unwrap()).send();
        assert_eq!(get("/").await.unwrap().text().await.unwrap(), "hello");
        let error = get("/reset").await.unwrap_err();
        assert!(is_reset(&error), "{error:?}");
        let mut cut = get("/cut").await.unwrap();
        assert_eq!(cut.content_length(), None);
        assert_eq!(cut.chunk().await.unwrap().unwrap().len(), 300);
        assert!(cut.chunk().await.is_err());
        server.stop().await;
    }

    #[tokio::test]
    async fn flips_one_byte() {
        let parts = ["ab", "cd", "ef"].map(|part| Ok::<_, Infallible>(Bytes::from(part)));
        let flipped: Vec<Bytes> = flip(stream::iter(parts), 3).try_collect().await.unwrap();
        assert_eq!(flipped.concat(), b"abcDef");
    }
}
