//! A `Str` in serde: a string.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use ::serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use ::serde::ser::{Serialize, Serializer};

use super::Str;

impl Serialize for Str {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// Text that the format has borrowed becomes a slice within `Str::with_source`, and else a copy; a
/// `String` that it has built becomes the text.
impl<'de> Deserialize<'de> for Str {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not `deserialize_string`: that asks for an owned buffer where a borrowed one exists.
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Str, E> {
        #[cfg(feature = "std")]
        return Ok(super::source::part_or_copy(text));
        #[cfg(not(feature = "std"))]
        Ok(Str::from(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Str, E> {
        Ok(Str::from(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Str, E> {
        Ok(Str::from(text))
    }

    fn visit_char<E: Error>(self, char: char) -> Result<Str, E> {
        Ok(Str::from(char))
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Str, E> {
        match str::from_utf8(bytes) {
            Ok(text) => self.visit_borrowed_str(text),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Str, E> {
        Str::try_from(bytes).map_err(|_| E::invalid_value(Unexpected::Bytes(bytes), &self))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Str, E> {
        Str::try_from(bytes)
            .map_err(|refused| E::invalid_value(Unexpected::Bytes(refused.bytes()), &self))
    }
}
