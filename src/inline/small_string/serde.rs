//! A string to serde, as `String` is.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use ::serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use ::serde::ser::{Serialize, Serializer};

use super::SmallString;

impl<const N: usize> Serialize for SmallString<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// A text of at most `N` bytes is read without the heap, unless the format makes a `String` first.
impl<'de, const N: usize> Deserialize<'de> for SmallString<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not `deserialize_string`, which asks the format for a `String`.
        deserializer.deserialize_str(AnyText)
    }
}

struct AnyText<const N: usize>;

impl<const N: usize> Visitor<'_> for AnyText<N> {
    type Value = SmallString<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(text.into())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        match str::from_utf8(bytes) {
            Ok(text) => Ok(text.into()),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
        SmallString::from_utf8(bytes)
            .map_err(|error| E::invalid_value(Unexpected::Bytes(error.as_bytes()), &self))
    }
}
