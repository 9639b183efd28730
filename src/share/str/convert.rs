//! What becomes a `Str`, and what a `Str` becomes.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{FromUtf8Error, String};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::str::{FromStr, Utf8Error};

use ::bytes::{Bytes, BytesMut};

#[cfg(feature = "pool")]
use super::Lender;
use super::repr::{INLINE, Repr};
use super::{NotUtf8, Str};

/// Copies the text.
impl From<&str> for Str {
    #[inline]
    fn from(text: &str) -> Self {
        if text.len() <= INLINE { Self(Repr::packed(text)) } else { Self(Repr::copy(text)) }
    }
}

/// Copies the text.
impl From<&mut str> for Str {
    fn from(text: &mut str) -> Self {
        Self::from(&*text)
    }
}

/// Copies the text.
impl From<&String> for Str {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<char> for Str {
    fn from(char: char) -> Self {
        Self::from(&*char.encode_utf8(&mut [0; 4]))
    }
}

/// Keeps the buffer, if the text is longer than 23 bytes.
impl From<String> for Str {
    #[inline]
    fn from(text: String) -> Self {
        Self(Repr::from_string(text))
    }
}

/// Keeps the buffer, if the text is longer than 23 bytes.
impl From<Box<str>> for Str {
    fn from(text: Box<str>) -> Self {
        Self::from(String::from(text))
    }
}

/// Copies the text if it is borrowed.
impl From<Cow<'_, str>> for Str {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::from(text),
            Cow::Owned(text) => Self::from(text),
        }
    }
}

/// Copies the text: an `Arc`'s count counts `Arc`s.
impl From<Arc<str>> for Str {
    fn from(text: Arc<str>) -> Self {
        Self::from(&*text)
    }
}

/// Keeps the bytes, if they are longer than 23.
impl TryFrom<Bytes> for Str {
    type Error = NotUtf8<Bytes>;

    fn try_from(bytes: Bytes) -> Result<Self, NotUtf8<Bytes>> {
        Repr::from_bytes(bytes).map(Self).map_err(|(bytes, error)| NotUtf8 { bytes, error })
    }
}

#[cfg(feature = "pool")]
impl Str {
    /// Keeps the owner of the bytes, if they are longer than 23.
    pub(crate) fn from_lender<O: Lender>(owner: O) -> Result<Self, NotUtf8<O>> {
        Repr::from_lender(owner).map(Self).map_err(|(bytes, error)| NotUtf8 { bytes, error })
    }
}

/// Keeps the bytes, if they are longer than 23.
///
/// What is refused comes back as the same block, or as a copy if a split-off part shares it.
impl TryFrom<BytesMut> for Str {
    type Error = NotUtf8<BytesMut>;

    fn try_from(bytes: BytesMut) -> Result<Self, NotUtf8<BytesMut>> {
        Self::try_from(bytes.freeze())
            .map_err(|NotUtf8 { bytes, error }| NotUtf8 { bytes: bytes.into(), error })
    }
}

/// Keeps the buffer, if the text is longer than 23 bytes.
impl TryFrom<Vec<u8>> for Str {
    type Error = NotUtf8<Vec<u8>>;

    fn try_from(bytes: Vec<u8>) -> Result<Self, NotUtf8<Vec<u8>>> {
        let refused = |refused: FromUtf8Error| {
            let error = refused.utf8_error();
            NotUtf8 { bytes: refused.into_bytes(), error }
        };
        String::from_utf8(bytes).map(Self::from).map_err(refused)
    }
}

/// Copies the text.
impl TryFrom<&[u8]> for Str {
    type Error = Utf8Error;

    #[inline]
    fn try_from(bytes: &[u8]) -> Result<Self, Utf8Error> {
        str::from_utf8(bytes).map(Self::from)
    }
}

/// Copies the text.
impl FromStr for Str {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl From<Str> for String {
    fn from(text: Str) -> Self {
        text.into_string()
    }
}

impl From<Str> for Bytes {
    fn from(text: Str) -> Self {
        text.into_bytes()
    }
}

impl From<Str> for Vec<u8> {
    fn from(text: Str) -> Self {
        text.into_string().into_bytes()
    }
}

impl From<Str> for Box<str> {
    fn from(text: Str) -> Self {
        text.into_string().into_boxed_str()
    }
}

/// Copies the text.
impl From<Str> for Arc<str> {
    fn from(text: Str) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Str> for Cow<'_, str> {
    fn from(text: Str) -> Self {
        Self::Owned(text.into_string())
    }
}

impl<'a> From<&'a Str> for Cow<'a, str> {
    fn from(text: &'a Str) -> Self {
        Self::Borrowed(text.as_str())
    }
}

/// Collects into a `String` first.
impl<T> FromIterator<T> for Str
where
    String: FromIterator<T>,
{
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::from(String::from_iter(items))
    }
}

impl Extend<Str> for String {
    fn extend<I: IntoIterator<Item = Str>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push_str(&text));
    }
}

impl FromIterator<Str> for String {
    fn from_iter<I: IntoIterator<Item = Str>>(texts: I) -> Self {
        let mut all = Self::new();
        all.extend(texts);
        all
    }
}
