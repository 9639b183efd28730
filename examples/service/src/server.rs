//! The accept loop, and how it ends.
//!
//! `axum::serve` would do, but for two things: hyper's own switches ([`Options::half_close`]) are out
//! of its reach, and the layer around the whole router costs no boxed future here.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use thrifty::meter;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::{select, time};
use tower::{Layer, Service};

use crate::meter_layer::MeterLayer;

/// How long requests under way may still take after the signal.
const GRACE: Duration = Duration::from_secs(10);

/// What can be chosen about a server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Let a peer close its side and still have its answer.
    ///
    /// Then hyper does not look for the end of the connection while a request is served, and saves the
    /// buffer that it would read into: two allocations and 8 KiB a request. The price: it notices
    /// later that a peer is gone. Behind a proxy that is no loss.
    pub half_close: bool,
}

/// A multi-thread runtime whose threads all count.
///
/// # Errors
///
/// If a thread cannot be started.
pub fn runtime(workers: usize) -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        // A thread is in the sum of the process once it has measured something.
        .on_thread_start(|| {
            if meter::is_installed() {
                meter::measure(|| ());
            }
        })
        .build()
}

/// Serves until `stop` is ready, then lets requests under way end.
///
/// # Errors
///
/// Those of the listener's address; a connection that fails is logged.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    options: Options,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    tracing::info!(address = %listener.local_addr()?, "listening");
    if meter::is_installed() {
        accept(listener, MeterLayer.layer(router), options, stop).await;
    } else {
        accept(listener, router, options, stop).await;
    }
    Ok(())
}

async fn accept<S>(
    listener: TcpListener,
    service: S,
    options: Options,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let http = options.http();
    let service = TowerToHyperService::new(service);
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let stream = select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Out of file descriptors, or the peer is gone already: others are not.
                Err(error) => {
                    tracing::warn!(%error, "accept");
                    time::sleep(Duration::from_millis(10)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        // Small answers go out at once; a socket that cannot do that works all the same.
        let _ = stream.set_nodelay(true);
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection");
            }
        });
    }
    drop(listener);
    tracing::info!("stopping");
    if time::timeout(GRACE, open.shutdown()).await.is_err() {
        tracing::warn!("some requests took longer than {GRACE:?} and were given up");
    }
}

/// Serves one connection that is open already, to its end, without the layer.
pub async fn connection(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    router: Router,
    options: Options,
) {
    let service = TowerToHyperService::new(router);
    if let Err(error) = options.http().serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "connection");
    }
}

impl Options {
    fn http(self) -> http1::Builder {
        let mut http = http1::Builder::new();
        // With a timer, a peer that never completes its head is not waited for for ever.
        http.timer(TokioTimer::new()).half_close(self.half_close);
        http
    }
}

/// Ready when the process is asked to stop, by ctrl-c or `SIGTERM`.
///
/// # Errors
///
/// If the handler cannot be installed.
pub fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
