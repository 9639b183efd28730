//! Bodies: in without a copy where the connection allows it, out of pooled buffers.
//!
//! hyper hands a body on in the pieces that came from the socket, each a slice of its own read
//! buffer. A body that came with its head is one piece, and stays where it is; only what came in
//! several pieces is put together, in a buffer of the pool.

use std::future::poll_fn;
use std::ops::Deref;
use std::pin::pin;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, header};
use http_body::Body as _;
use serde::{Deserialize, Serialize};
use thrifty::pool::{BufferPool, PoolConfig, PooledBuf, StaticBufferPool, with_scratch};

use crate::refusal::Refusal;

/// The longest body that is accepted, as axum's own extractors have it.
pub(crate) const MAX_BODY: usize = 2 << 20;

/// The buffers of all requests and responses; at most 64 MiB of them are kept.
pub(crate) static POOL: StaticBufferPool =
    BufferPool::new_static(PoolConfig::new().max_bytes(64 << 20));

/// A request's body.
#[derive(Debug)]
pub(crate) enum Payload {
    /// It came in one piece.
    Whole(Bytes),
    /// It was put together.
    Gathered(PooledBuf),
}

impl Payload {
    /// Reads a body to its end.
    pub(crate) async fn read(body: Body) -> Result<Self, Refusal> {
        let mut body = pin!(body);
        let mut payload = Self::Whole(Bytes::new());
        while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
            let frame = frame.map_err(|_| Refusal::BodyIncomplete)?;
            // Trailers are nothing to this service.
            let Ok(piece) = frame.into_data() else { continue };
            if payload.len() + piece.len() > MAX_BODY {
                return Err(Refusal::BodyTooLarge);
            }
            payload.append(piece);
            if body.is_end_stream() {
                break;
            }
        }
        Ok(payload)
    }

    fn append(&mut self, piece: Bytes) {
        match self {
            Self::Whole(bytes) if bytes.is_empty() => *bytes = piece,
            Self::Whole(first) => {
                let mut gathered = POOL.get(first.len() + piece.len());
                gathered.extend_from_slice(first);
                gathered.extend_from_slice(&piece);
                *self = Self::Gathered(gathered);
            }
            Self::Gathered(gathered) => gathered.extend_from_slice(&piece),
        }
    }

    /// The body as bytes to slice.
    pub(crate) fn into_bytes(self) -> Bytes {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Gathered(buffer) => buffer.into_bytes(),
        }
    }
}

impl Deref for Payload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Gathered(buffer) => buffer,
        }
    }
}

/// Parses a body that is JSON.
///
/// One check for UTF-8 over all of it is cheaper than one for each string in it, which is what
/// `from_slice` does. What that would accept all the same (in a field that nobody reads) it gets.
pub(crate) fn from_json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> serde_json::Result<T> {
    match str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(body),
    }
}

/// A response's body in a buffer of the pool: it goes back when the last byte is sent.
#[derive(Debug)]
pub(crate) struct Pooled {
    buffer: PooledBuf,
    content_type: HeaderValue,
}

impl Pooled {
    /// A response of bytes that are written already.
    pub(crate) fn new(buffer: PooledBuf, content_type: &'static str) -> Self {
        Self { buffer, content_type: HeaderValue::from_static(content_type) }
    }

    /// A response in JSON.
    ///
    /// JSON is written in hundreds of pieces of a few bytes, and each asks whether there is room. In a
    /// plain vector that is the cheapest question, so the text is put together in the thread's scratch
    /// vector, and goes into the buffer that travels in one copy.
    pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<Self> {
        with_scratch(|json| {
            serde_json::to_writer(&mut *json, value)?;
            let mut buffer = POOL.get(json.len());
            buffer.extend_from_slice(json);
            Ok(Self::new(buffer, "application/json"))
        })
    }
}

impl IntoResponse for Pooled {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.buffer.into_bytes()));
        response.headers_mut().insert(header::CONTENT_TYPE, self.content_type);
        response
    }
}
