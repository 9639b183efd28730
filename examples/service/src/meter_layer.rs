//! The tower layer that knows what a request allocates.
//!
//! ```text
//! hyper -> Metering -> Router -> handler
//!             |   each poll: counted and timed, on whichever thread
//!             +-> Server-Timing: allocs;desc="25", bytes;desc="13242", poll;dur=0.061
//!             +-> span "request" with the same figures
//! ```
//!
//! It goes around the whole router, so that routing is in the figure and nothing is boxed for it. What
//! hyper does for the request, and what other threads do for it (`spawn_blocking`, a database's
//! connection), is not in it; the self-test counts the whole process.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use thrifty::inline::small_format;
use thrifty::meter::{self, MeterFutureExt, MeteredFuture, Usage};
use tower::{Layer, Service};
use tracing::field::Empty;
use tracing::{Span, info_span};

static SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Wraps a service in [`Metering`].
///
/// The program's allocator has to be [`Metered`](thrifty::meter::Metered).
#[derive(Clone, Copy, Debug, Default)]
pub struct MeterLayer;

impl<S> Layer<S> for MeterLayer {
    type Service = Metering<S>;

    fn layer(&self, inner: S) -> Metering<S> {
        Metering { inner }
    }
}

/// A service whose responses say what they cost.
#[derive(Clone, Debug)]
pub struct Metering<S> {
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Metering<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = MeteringFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let span = info_span!(
            "request",
            method = request.method().as_str(),
            path = request.uri().path(),
            status = Empty,
            allocs = Empty,
            bytes = Empty,
            poll_us = Empty,
        );
        let began = Instant::now();
        let (inner, call) = meter::measure(|| self.inner.call(request));
        MeteringFuture { inner: inner.metered(), call, polled: began.elapsed(), span }
    }
}

pin_project! {
    /// The response, and what it cost.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct MeteringFuture<F> {
        #[pin]
        inner: MeteredFuture<F>,
        // What making the future took, before its first poll.
        call: Usage,
        polled: Duration,
        span: Span,
    }
}

impl<F, R, E> Future for MeteringFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let entered = this.span.enter();
        let began = Instant::now();
        let poll = this.inner.poll(context);
        *this.polled += began.elapsed();
        let (result, polls) = ready!(poll);
        drop(entered);
        let cost = Cost {
            allocs: this.call.requests() + polls.requests(),
            bytes: this.call.bytes_allocated + polls.bytes_allocated,
            poll: *this.polled,
        };
        Poll::Ready(result.map(|mut response| {
            cost.record(this.span, &response);
            cost.announce(&mut response);
            response
        }))
    }
}

/// What a request cost so far.
#[derive(Clone, Copy, Debug)]
struct Cost {
    allocs: u64,
    bytes: u64,
    poll: Duration,
}

impl Cost {
    fn record<R>(self, span: &Span, response: &Response<R>) {
        span.record("status", response.status().as_u16());
        span.record("allocs", self.allocs);
        span.record("bytes", self.bytes);
        span.record("poll_us", u64::try_from(self.poll.as_micros()).unwrap_or(u64::MAX));
    }

    fn announce<R>(self, response: &mut Response<R>) {
        let Self { allocs, bytes, poll } = self;
        let ms = poll.as_secs_f64() * 1e3;
        let text = small_format!(
            96; r#"allocs;desc="{allocs}", bytes;desc="{bytes}", poll;dur={ms:.3}"#
        );
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(&SERVER_TIMING, value);
        }
    }
}
