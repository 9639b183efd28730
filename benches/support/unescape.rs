//! A text of a JSON body that allocates nothing, whatever is in it.
//!
//! `serde_json` makes a buffer of its own for each document that has a string with an escape: the one
//! allocation that `existing`, `shared` and `zero_copy_inline` are left with. It has no way to be lent
//! one. So a [`Text`] that may have an escape is asked for as it stands in the body (`RawValue`), and
//! one that really has goes to a parser of `serde_json` that each thread keeps, with the buffer that it
//! has by then. No escape is taken apart here.
//!
//! To ask for raw JSON costs a hundred instructions a string, so it is done only where the body has
//! a backslash within the next [`NEAR`] bytes; a body has few. Should a string with an escape come
//! after more than that of numbers, names and white space, the price is the allocation.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::ops::Deref;
use std::io::{self, Read};
use std::rc::Rc;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::de::IoRead;
use serde_json::value::RawValue;
use thrifty::pool::{PooledBuf, Reset, scratch};
use thrifty::share::Str;

use super::json::is_plain;
use super::own::Own;
use super::pooled::BUFFERS;

/// A text that owns itself: inline, a part of the request, or in a buffer from a pool.
#[derive(Debug)]
pub enum Text {
    /// Up to 23 bytes, or a part of the request.
    Str(Str),
    /// More than that, and it had an escape.
    Unescaped(PooledBuf),
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        match self {
            Self::Str(text) => text,
            Self::Unescaped(bytes) => str::from_utf8(bytes).expect("it was a str"),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if ESCAPES.with(Escapes::are_far) {
            return deserializer.deserialize_str(Plain);
        }
        let json = <&RawValue>::deserialize(deserializer)?.get();
        ESCAPES.with(|escapes| escapes.read(json));
        if !json.starts_with('"') {
            return Err(D::Error::custom("not a string"));
        }
        let text = &json[1..json.len() - 1];
        if !is_plain(text.as_bytes()) {
            return unescape(json).map_err(D::Error::custom);
        }
        part_of_source(text)
    }
}

/// A part of the request if it is long, else a copy.
fn part_of_source<E: Error>(text: &str) -> Result<Text, E> {
    Own::deserialize(BorrowedStrDeserializer::new(text)).map(|Own(text)| Text::Str(text))
}

/// A string without an escape.
struct Plain;

impl<'de> Visitor<'de> for Plain {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text, E> {
        ESCAPES.with(|escapes| escapes.read(text));
        part_of_source(text)
    }

    /// It had one all the same.
    #[cold]
    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Copied.visit_str(text)
    }
}

thread_local! {
    static ESCAPES: Escapes = const { Escapes::none() };
}

/// Where the backslashes of the body are that is being read, as addresses.
struct Escapes {
    /// Where it may be that the next string has one.
    from: Cell<usize>,
    /// From there to the last one.
    bytes: Cell<usize>,
    /// The end of what was read.
    read: Cell<usize>,
    /// Whether the body is read the ordinary way.
    ignored: Cell<bool>,
}

/// The most bytes between a string with an escape and the string before it.
const NEAR: usize = 256;

impl Escapes {
    /// None at all.
    const fn none() -> Self {
        Self {
            from: Cell::new(0),
            bytes: Cell::new(0),
            read: Cell::new(1),
            ignored: Cell::new(false),
        }
    }

    /// Looks for those of a body that is read next.
    fn find(&self, body: &str) {
        let start = body.as_ptr().addr();
        let (from, bytes) = match body.find('\\').zip(body.rfind('\\')) {
            Some((first, last)) => {
                let near = first.saturating_sub(NEAR);
                (start + near, last - near)
            }
            None => (0, 0),
        };
        self.from.set(from);
        self.bytes.set(bytes);
        self.read.set(start);
        self.ignored.set(false);
    }

    /// Looks for none: what is read next may allocate.
    fn ignore(&self) {
        self.from.set(0);
        self.bytes.set(0);
        self.ignored.set(true);
    }

    /// Whether the next string has none, as far as can be seen.
    #[inline]
    fn are_far(&self) -> bool {
        self.read.get().wrapping_sub(self.from.get()) > self.bytes.get()
    }

    /// Notes how far the body was read.
    #[inline]
    fn read(&self, text: &str) {
        self.read.set(text.as_ptr().addr() + text.len());
    }
}

/// Deserialises a body that has `Text`s in it.
///
/// What is refused is read once more, the ordinary way: raw JSON is read to its end before it is
/// known not to be a string, so another of two faults would come first. That may allocate.
pub fn from_str<'de, T: Deserialize<'de>>(body: &'de str) -> Result<T, serde_json::Error> {
    ESCAPES.with(|escapes| escapes.find(body));
    serde_json::from_str(body).or_else(|_| {
        ESCAPES.with(Escapes::ignore);
        serde_json::from_str(body)
    })
}

/// A value that nobody asked for, as `IgnoredAny`. For that `serde_json` keeps the brackets that are
/// open in its buffer, an allocation for `{"a":[0]}`; here they are on the stack.
///
/// What is left: a string in there that has an escape, and a value that nobody asked for inside of a
/// struct that is derived, costs the allocation.
#[derive(Debug)]
pub struct Skip;

impl<'de> Deserialize<'de> for Skip {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if ESCAPES.with(|escapes| escapes.ignored.get()) {
            return IgnoredAny::deserialize(deserializer).map(|_| Self);
        }
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Skip {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<Text, Self>()?.is_some() {}
        Ok(self)
    }
}

scratch! {
    static PARSER: Box<Parser>, retain = 16 * 1024;
}

/// The bytes that this thread's parser holds, at most.
pub fn keeps() -> usize {
    PARSER.with(|parser| size_of::<Parser>() + parser.footprint())
}

/// The text of a JSON string, quotes included.
#[cold]
fn unescape(json: &str) -> Result<Text, serde_json::Error> {
    PARSER.with(|parser| parser.parse(json))
}

/// A parser that is kept, with its buffer, and gets one string after the other.
struct Parser {
    inner: serde_json::Deserializer<IoRead<Feed>>,
    feed: Feed,
    /// The most bytes that it has seen in one string.
    most: usize,
}

impl Default for Parser {
    fn default() -> Self {
        let feed = Feed::default();
        let inner = serde_json::Deserializer::from_reader(Feed(Rc::clone(&feed.0)));
        Self { inner, feed, most: 0 }
    }
}

impl Parser {
    fn parse(&mut self, json: &str) -> Result<Text, serde_json::Error> {
        self.most = self.most.max(json.len());
        let mut feed = self.feed.0.borrow_mut();
        feed.set_position(0);
        feed.get_mut().clear();
        feed.get_mut().extend_from_slice(json.as_bytes());
        drop(feed);
        let text = self.inner.deserialize_str(Copied);
        if text.is_err() {
            // It has stopped in the middle.
            *self = Self::default();
        }
        text
    }
}

impl Reset for Parser {
    /// What it was given it has read.
    fn reset(&mut self) {}

    fn footprint(&self) -> usize {
        // What is to be read, and what was; both at most doubled.
        4 * self.most
    }
}

/// What the parser reads from.
#[derive(Default)]
struct Feed(Rc<RefCell<io::Cursor<Vec<u8>>>>);

impl Read for Feed {
    #[inline]
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(to)
    }
}

/// A string that is copied out of the parser's buffer.
struct Copied;

impl Visitor<'_> for Copied {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        if text.len() <= Str::INLINE_CAPACITY {
            return Ok(Text::Str(text.into()));
        }
        let mut bytes = BUFFERS.get(text.len());
        bytes.extend_from_slice(text.as_bytes());
        Ok(Text::Unescaped(bytes))
    }
}
