//! The request head: what the service wants from it, and whether it may go on.
//!
//! [`Head::parse`] is the borrowed way: one pass over the header lines, nothing copied. The
//! variants that own their headers fill a [`Wanted`] from their own map instead and share
//! [`Wanted::admit`], the checks.

use core::mem::MaybeUninit;

use super::error::Error;
use super::rules::{App, Tenant};

/// The most header lines that are accepted.
pub const MAX_HEADERS: usize = 32;
/// The headers that are looked at.
pub const WANTED: usize = 7;

/// The headers that the service looks at. A value that is not UTF-8 counts as absent, and the
/// last of several lines with one name counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    pub content_type: Option<&'a str>,
    pub content_length: Option<&'a str>,
    pub authorization: Option<&'a str>,
    pub request_id: Option<&'a str>,
    pub traceparent: Option<&'a str>,
    pub accept_language: Option<&'a str>,
    pub idempotency_key: Option<&'a str>,
}

/// A caller that passed all checks of the head.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a, 'app> {
    pub tenant: &'app Tenant,
    pub request_id: &'a str,
}

/// A parsed head and the bytes after it, all borrowed from the request.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub headers: usize,
    pub wanted: Wanted<'a>,
    pub body: &'a [u8],
}

impl<'a> Head<'a> {
    /// Parses the head with the header lines on the stack.
    pub fn parse(request: &'a [u8]) -> Result<Self, Error> {
        // Not initialised: 32 empty headers would be 1 KiB of zeroes to write.
        let mut lines = [const { MaybeUninit::uninit() }; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut []);
        let body = match parsed.parse_with_uninit_headers(request, &mut lines)? {
            httparse::Status::Complete(end) => &request[end..],
            httparse::Status::Partial => return Err(Error::TruncatedHead),
        };
        Ok(Self {
            method: parsed.method.unwrap_or_default(),
            path: parsed.path.unwrap_or_default(),
            headers: parsed.headers.len(),
            wanted: Wanted::find(parsed.headers),
            body,
        })
    }
}

impl<'a> Wanted<'a> {
    /// Picks the wanted headers in one pass.
    pub fn find(headers: &[httparse::Header<'a>]) -> Self {
        let mut wanted = Self::default();
        for header in headers {
            if let Some(slot) = wanted.slot(header.name)
                && let Ok(value) = core::str::from_utf8(header.value)
            {
                *slot = Some(value);
            }
        }
        wanted
    }

    /// Picks the wanted headers among names and values that are text.
    pub fn find_text(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut wanted = Self::default();
        for (name, value) in headers {
            if let Some(slot) = wanted.slot(name) {
                *slot = Some(value);
            }
        }
        wanted
    }

    /// All values, in the order of the fields.
    pub fn values(&self) -> [Option<&'a str>; WANTED] {
        [
            self.content_type,
            self.content_length,
            self.authorization,
            self.request_id,
            self.traceparent,
            self.accept_language,
            self.idempotency_key,
        ]
    }

    /// The reverse of [`values`](Self::values).
    pub fn from_values(values: [Option<&'a str>; WANTED]) -> Self {
        let [
            content_type,
            content_length,
            authorization,
            request_id,
            traceparent,
            accept_language,
            idempotency_key,
        ] = values;
        Self {
            content_type,
            content_length,
            authorization,
            request_id,
            traceparent,
            accept_language,
            idempotency_key,
        }
    }

    /// The field for a header name. The length and the first letter sort out all others before
    /// the name is compared.
    fn slot(&mut self, name: &str) -> Option<&mut Option<&'a str>> {
        let (usual, slot) = match (name.len(), name.as_bytes()[0] | 0x20) {
            (11, b't') => ("Traceparent", &mut self.traceparent),
            (12, b'c') => ("Content-Type", &mut self.content_type),
            (12, b'x') => ("X-Request-Id", &mut self.request_id),
            (13, b'a') => ("Authorization", &mut self.authorization),
            (14, b'c') => ("Content-Length", &mut self.content_length),
            (15, b'a') => ("Accept-Language", &mut self.accept_language),
            (15, b'i') => ("Idempotency-Key", &mut self.idempotency_key),
            _ => return None,
        };
        // Nearly all senders write a name in the usual way, and equal bytes are found out at once.
        (name == usual || name.eq_ignore_ascii_case(usual)).then_some(slot)
    }

    /// Checks all that the order route asks of a head.
    pub fn admit<'app>(
        &self,
        app: &'app App,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<Caller<'a, 'app>, Error> {
        if method != "POST" || path.split('?').next() != Some("/v1/orders") {
            return Err(Error::NoSuchRoute);
        }
        let content_type = self.content_type.ok_or(Error::MissingHeader("content-type"))?;
        if !media_type(content_type).eq_ignore_ascii_case("application/json") {
            return Err(Error::UnsupportedMediaType);
        }
        let length = self.content_length.ok_or(Error::MissingHeader("content-length"))?;
        if length.parse() != Ok(body.len()) {
            return Err(Error::ContentLength);
        }
        let authorization = self.authorization.ok_or(Error::MissingHeader("authorization"))?;
        let tenant = authorization
            .strip_prefix("Bearer ")
            .and_then(|key| app.tenants.get(key))
            .ok_or(Error::Unauthorized)?;
        let request_id = self.request_id.or_else(|| self.trace_id());
        Ok(Caller { tenant, request_id: request_id.ok_or(Error::MissingHeader("x-request-id"))? })
    }

    /// The second part of `traceparent`.
    pub fn trace_id(&self) -> Option<&'a str> {
        self.traceparent?.split('-').nth(1)
    }

    /// Whether `content-type` announces JSON in any of its usual spellings.
    pub fn is_json(&self) -> bool {
        self.content_type.map(media_type).is_some_and(|media| {
            let suffix = media.rsplit(['/', '+']).next().unwrap_or_default();
            suffix.eq_ignore_ascii_case("json")
        })
    }
}

/// A content type without its parameters.
fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}
