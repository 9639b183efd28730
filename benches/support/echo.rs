//! The answer to a request that is no order: the facts of its head, and its JSON sent back.
//!
//! All variants send the same bytes: the keys of an object sorted, of two equal keys the last.
//! That is what `serde_json::Value` does by itself. [`Json`] does it without a `String` for each
//! string and a tree node for each object: one vector a container, strings borrowed.

use core::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::error::Error;
use super::head::{Head, Wanted};
use super::text::Text;

/// What is sent back. `J` is how the variant holds generic JSON.
#[derive(Debug, serde::Serialize)]
pub struct Echo<'a, J> {
    method: &'a str,
    path: &'a str,
    headers: usize,
    content_type: Option<&'a str>,
    request_id: Option<&'a str>,
    trace_id: Option<&'a str>,
    language: Option<&'a str>,
    idempotency_key: Option<&'a str>,
    authorization: bool,
    body_bytes: usize,
    body: Option<J>,
}

impl<'a, J> Echo<'a, J> {
    pub fn new(
        method: &'a str,
        path: &'a str,
        headers: usize,
        wanted: &Wanted<'a>,
        body: &[u8],
        json: Option<J>,
    ) -> Self {
        Self {
            method,
            path,
            headers,
            content_type: wanted.content_type,
            request_id: wanted.request_id,
            trace_id: wanted.trace_id(),
            language: wanted.accept_language,
            idempotency_key: wanted.idempotency_key,
            authorization: wanted.authorization.is_some(),
            body_bytes: body.len(),
            body: json,
        }
    }
}

/// The body as text if `content-type` says that it is JSON. A body that ends before
/// `content-length` is an error; what a captured file has after it is not.
pub fn json<'a>(wanted: &Wanted<'_>, body: &'a [u8]) -> Result<Option<&'a str>, Error> {
    if body.is_empty() || !wanted.is_json() {
        return Ok(None);
    }
    let body = match wanted.content_length.map(str::parse) {
        None => body,
        Some(Ok(length)) => body.get(..length).ok_or(Error::ContentLength)?,
        Some(Err(_)) => return Err(Error::ContentLength),
    };
    Ok(Some(str::from_utf8(body)?))
}

/// Parses, looks up, decodes and sends back, with everything borrowed from `request`.
pub fn borrowed<S>(request: &[u8], out: &mut Vec<u8>) -> Result<(), Error>
where
    S: AsRef<str> + for<'s> From<&'s str>,
{
    let head = Head::parse(request)?;
    let json: Option<Json<'_, S>> =
        json(&head.wanted, head.body)?.map(serde_json::from_str).transpose()?;
    let echo = Echo::new(head.method, head.path, head.headers, &head.wanted, head.body, json);
    out.clear();
    Ok(serde_json::to_writer(out, &echo)?)
}

/// Any JSON value, borrowed where it can be.
#[derive(Debug)]
pub enum Json<'a, S> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    String(Text<'a, S>),
    Array(Vec<Json<'a, S>>),
    /// Sorted by key, each key once.
    Object(Vec<(Text<'a, S>, Json<'a, S>)>),
}

impl<S: AsRef<str>> Serialize for Json<'_, S> {
    fn serialize<Ser: Serializer>(&self, serializer: Ser) -> Result<Ser::Ok, Ser::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Unsigned(value) => serializer.serialize_u64(*value),
            Self::Signed(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(values) => serializer.collect_seq(values),
            Self::Object(entries) => serializer.collect_map(entries.iter().map(|(k, v)| (k, v))),
        }
    }
}

impl<'de: 'a, 'a, S> Deserialize<'de> for Json<'a, S>
where
    S: AsRef<str> + for<'s> From<&'s str>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor(core::marker::PhantomData))
    }
}

struct JsonVisitor<S>(core::marker::PhantomData<S>);

impl<'de, S> Visitor<'de> for JsonVisitor<S>
where
    S: AsRef<str> + for<'s> From<&'s str>,
{
    type Value = Json<'de, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Unsigned(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Signed(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Json::Float(value))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Json::String(Text::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Json::String(Text::Owned(S::from(text))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries: Vec<(Text<'de, S>, Json<'de, S>)> = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                core::mem::swap(later, kept);
            }
            same
        });
        Ok(Json::Object(entries))
    }
}
