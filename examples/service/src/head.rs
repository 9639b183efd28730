//! What the order routes want of a request's head, and whether the caller may go on.
//!
//! [`Head::of`] borrows, for `existing` and `thrifty`; `naive` keeps `String`s of its own. Of several
//! lines with one name the first counts, and a value that is not visible ASCII counts as absent:
//! so `http`'s own `HeaderMap::get` and `to_str` have it.

use std::borrow::Cow;

use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};
use thrifty::share::CowExt;

use crate::support::Error;
use crate::support::rules::{App, Tenant};

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The headers that the service looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    /// What the body is.
    pub(crate) content_type: Option<&'a str>,
    /// Who calls.
    pub(crate) authorization: Option<&'a str>,
    /// The caller's name for the request, or else that of its trace.
    pub(crate) request_id: Option<&'a str>,
    /// The languages that the customer reads.
    pub(crate) language: Option<&'a str>,
    /// What is the same when the caller tries again.
    pub(crate) idempotency_key: Option<&'a str>,
}

/// A caller that passed all checks of the head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a, 'app> {
    /// The owner of the key.
    pub(crate) tenant: &'app Tenant,
    /// The request's name.
    pub(crate) request_id: &'a str,
}

impl<'a> Head<'a> {
    /// Picks the wanted headers.
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        let get = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            content_type: get(&CONTENT_TYPE),
            authorization: get(&AUTHORIZATION),
            request_id: get(&X_REQUEST_ID).or_else(|| trace_id(get(&TRACEPARENT)?)),
            language: get(&ACCEPT_LANGUAGE),
            idempotency_key: get(&IDEMPOTENCY_KEY),
        }
    }

    /// Checks all that an order route asks of a head.
    pub(crate) fn admit<'app>(
        &self,
        app: &'app App,
        media: &str,
    ) -> Result<Caller<'a, 'app>, Error> {
        let content_type = self.content_type.ok_or(Error::MissingHeader("content-type"))?;
        if !media_type(content_type).eq_ignore_ascii_case(media) {
            return Err(Error::UnsupportedMediaType);
        }
        let authorization = self.authorization.ok_or(Error::MissingHeader("authorization"))?;
        let tenant = authorization
            .strip_prefix("Bearer ")
            .and_then(|key| app.tenants.get(key))
            .ok_or(Error::Unauthorized)?;
        let request_id = self.request_id.ok_or(Error::MissingHeader("x-request-id"))?;
        Ok(Caller { tenant, request_id })
    }
}

/// A value of the query, borrowed from it unless it has an escape. Of several the last counts, as in
/// a map.
pub(crate) fn in_query<'a>(query: Option<&'a str>, wanted: &str) -> Option<Cow<'a, str>> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.filter(|(name, _)| name == wanted).last().map(|(_, value)| value)
}

/// The second part of `traceparent`.
pub(crate) fn trace_id(traceparent: &str) -> Option<&str> {
    traceparent.split('-').nth(1)
}

/// A content type without its parameters. A blank before the semicolon is refused, as axum does.
pub(crate) fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default()
}

/// Whether the body is said to be JSON, as axum's `Json` has it.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type(content_type.unwrap_or_default());
    let media_type = media_type.cow_to_ascii_lowercase();
    let subtype = media_type.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}
