//! Made from bytes, UTF-16, format arguments and pieces.

use alloc::string::{FromUtf8Error, FromUtf16Error, String};
use alloc::vec::Vec;
use core::char::{REPLACEMENT_CHARACTER, decode_utf16};
use core::fmt;

use super::super::concat::{self, Piece};
use super::{Inline, SmallString};

impl<const N: usize> SmallString<N> {
    /// Takes over bytes if they are UTF-8; a vector with room for more than `N` stays as it is.
    ///
    /// For bytes that are borrowed write `SmallString::from(str::from_utf8(bytes)?)`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Errors
    ///
    /// If they are not UTF-8: the error has the position and gives the vector back.
    pub fn from_utf8(vec: Vec<u8>) -> Result<Self, FromUtf8Error> {
        String::from_utf8(vec).map(Self::from)
    }

    /// Copies bytes; what is not UTF-8 becomes U+FFFD.
    ///
    /// `String::from_utf8_lossy` returns a `Cow`, so as not to copy; here the copy is the point.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for `text.len()` bytes.
    #[must_use]
    pub fn from_utf8_lossy(bytes: &[u8]) -> Self {
        const REPLACEMENT: &str = "\u{FFFD}";
        let mended = |chunk: &str, broken: &[u8]| {
            chunk.len() + if broken.is_empty() { 0 } else { REPLACEMENT.len() }
        };
        let len = bytes.utf8_chunks().map(|chunk| mended(chunk.valid(), chunk.invalid())).sum();
        let mut text = Self::with_capacity(len);
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                text.push_str(REPLACEMENT);
            }
        }
        text
    }

    /// Decodes UTF-16.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for `text.len()` bytes.
    /// An error allocates too: only std can make it.
    ///
    /// # Errors
    ///
    /// If there is a surrogate without its other half.
    pub fn from_utf16(v: &[u16]) -> Result<Self, FromUtf16Error> {
        let chars = || decode_utf16(v.iter().copied());
        let Ok(len) = chars().map(|unit| unit.map(char::len_utf8)).sum() else {
            return String::from_utf16(v).map(Self::from);
        };
        let mut text = Self::with_capacity(len);
        text.extend(chars().flatten());
        Ok(text)
    }

    /// Decodes UTF-16; a surrogate without its other half becomes U+FFFD.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for `text.len()` bytes.
    #[must_use]
    pub fn from_utf16_lossy(v: &[u16]) -> Self {
        let chars =
            || decode_utf16(v.iter().copied()).map(|unit| unit.unwrap_or(REPLACEMENT_CHARACTER));
        let mut text = Self::with_capacity(chars().map(char::len_utf8).sum());
        text.extend(chars());
        text
    }

    /// The text of a piece: what `small_concat!` calls.
    #[doc(hidden)]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the caller's own place is filled")]
    #[must_use]
    pub fn concat(pieces: &impl Piece) -> Self {
        match concat::inline(pieces) {
            Some(text) => Self(Inline(text)),
            None => Self::from(concat::on_the_heap(pieces)),
        }
    }

    /// What the arguments of `format_args!` say.
    ///
    /// What [`small_format!`](crate::small_format) calls. A text without arguments is copied, and no
    /// formatting machinery runs.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes. While more is written they grow as a `String` does. A text
    /// without arguments has a block of its own length.
    ///
    /// # Panics
    ///
    /// If a `Display` returns an error of its own accord, as `format!` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallString;
    ///
    /// assert_eq!(SmallString::<16>::from_fmt(format_args!("{:>4}", 7)), "   7");
    /// ```
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `concat`")]
    #[must_use]
    pub fn from_fmt(args: fmt::Arguments<'_>) -> Self {
        match args.as_str() {
            Some(text) => Self::from(text),
            None => Self::format(args),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `concat`")]
    fn format(args: fmt::Arguments<'_>) -> Self {
        let mut text = Self::new();
        let written = fmt::write(&mut text, args);
        written.expect(
            "a `Display` returned an error, although writing to a `SmallString` never fails",
        );
        text
    }
}
