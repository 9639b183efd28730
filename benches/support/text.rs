//! A string of the request: borrowed where it stands there as it is, owned where it has to be
//! unescaped.
//!
//! `Cow<'a, str>` is the same idea, but serde borrows into it only as the direct type of a field
//! with `#[serde(borrow)]`: an `Option<Cow<str>>` or a `Vec<Cow<str>>` compiles, and copies
//! every string. `&'a str` never copies, and refuses a string with an escape.

use core::cmp::Ordering;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// A string that is copied into an `S` only if it had an escape.
#[derive(Clone, Debug)]
pub enum Text<'a, S> {
    /// A part of the request.
    Borrowed(&'a str),
    /// The unescaped string.
    Owned(S),
}

impl<S: AsRef<str>> Deref for Text<'_, S> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text.as_ref(),
        }
    }
}

impl<S: AsRef<str>> PartialEq for Text<'_, S> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<S: AsRef<str>> Eq for Text<'_, S> {}

impl<S: AsRef<str>> PartialOrd for Text<'_, S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S: AsRef<str>> Ord for Text<'_, S> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<S: AsRef<str>> Serialize for Text<'_, S> {
    fn serialize<Ser: Serializer>(&self, serializer: Ser) -> Result<Ser::Ok, Ser::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de: 'a, 'a, S: for<'s> From<&'s str>> Deserialize<'de> for Text<'a, S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

struct TextVisitor<S>(PhantomData<S>);

impl<'de, S: for<'s> From<&'s str>> Visitor<'de> for TextVisitor<S> {
    type Value = Text<'de, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text::Borrowed(text))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text::Owned(S::from(text)))
    }
}
