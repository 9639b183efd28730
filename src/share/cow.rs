//! Text that is borrowed as long as nothing about it changes.
//!
//! ```text
//!                      unchanged so far         first change at 13
//!                +-----------------------------+v
//!   text         | c o n t e n t - t y p e :   | J S O N |
//!                +-----------------------------+---------+
//!   no change    borrowed: no byte was copied
//!   a change     | copied in one piece         | mapped  |
//! ```
//!
//! What has been looked at is not looked at again. Up to 32 bytes are tested without a branch in
//! between, a loop that compilers turn into vector instructions; no intrinsics, no `unsafe`.

#![forbid(unsafe_code)]

use alloc::{borrow::Cow, borrow::ToOwned, string::String};
use core::iter;

use super::Pattern;

/// Bytes that are tested without a branch in between.
const BLOCK: usize = 32;
const HALF: usize = BLOCK / 2;

/// `str`'s methods that return a `String`, without the `String` when nothing changes.
///
/// For text that is nearly always in the wanted form already: header names, host names, keys, text
/// to be escaped. The result equals std's for every text, and is [`Cow::Borrowed`] exactly when it
/// equals the input. Take std's method if the text nearly always changes: a change costs what it
/// costs there plus a look at what stands before it.
///
/// # Allocation
///
/// Never allocates while nothing changes; otherwise once, for `self.len()` bytes. A result that is
/// longer than the text may grow it from there, as in std.
///
/// # Examples
///
/// ```
/// use std::borrow::Cow;
/// use thrifty::share::CowExt;
///
/// fn host(given: &str) -> Cow<'_, str> {
///     given.cow_to_ascii_lowercase()
/// }
///
/// assert!(matches!(host("api.example.com"), Cow::Borrowed(_)));
/// assert_eq!(host("API.example.com"), "api.example.com");
/// ```
pub trait CowExt {
    /// What [`str::to_lowercase`] returns, borrowed if that is this text.
    ///
    /// The mapping is Unicode's, the final sigma included. Take
    /// [`cow_to_ascii_lowercase`](Self::cow_to_ascii_lowercase) for what is ASCII by definition.
    ///
    /// # Allocation
    ///
    /// Never allocates while every character is its own lowercase; otherwise once, for `self.len()`
    /// bytes. The few characters whose lowercase takes more bytes may make it grow.
    ///
    /// # Cost
    ///
    /// O(n).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use thrifty::share::CowExt;
    ///
    /// assert!(matches!("straße".cow_to_lowercase(), Cow::Borrowed("straße")));
    /// assert_eq!("ΟΔΥΣΣΕΥΣ".cow_to_lowercase(), "οδυσσευς");
    /// ```
    fn cow_to_lowercase(&self) -> Cow<'_, str>;

    /// What [`str::to_uppercase`] returns, borrowed if that is this text.
    ///
    /// # Allocation
    ///
    /// Never allocates while every character is its own uppercase; otherwise once, for `self.len()`
    /// bytes. Characters whose uppercase takes more bytes may make it grow.
    ///
    /// # Cost
    ///
    /// O(n).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use thrifty::share::CowExt;
    ///
    /// assert!(matches!("EUR".cow_to_uppercase(), Cow::Borrowed("EUR")));
    /// assert_eq!("Maß".cow_to_uppercase(), "MASS");
    /// ```
    fn cow_to_uppercase(&self) -> Cow<'_, str>;

    /// What [`str::to_ascii_lowercase`] returns, borrowed if that is this text.
    ///
    /// To compare only, [`str::eq_ignore_ascii_case`] needs no second text at all.
    ///
    /// # Allocation
    ///
    /// Never allocates while no byte is in `A..=Z`; otherwise once, for `self.len()` bytes.
    ///
    /// # Cost
    ///
    /// O(n).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use thrifty::share::CowExt;
    ///
    /// assert!(matches!("content-type".cow_to_ascii_lowercase(), Cow::Borrowed(_)));
    /// assert_eq!("Content-Type".cow_to_ascii_lowercase(), "content-type");
    /// ```
    fn cow_to_ascii_lowercase(&self) -> Cow<'_, str>;

    /// What [`str::to_ascii_uppercase`] returns, borrowed if that is this text.
    ///
    /// # Allocation
    ///
    /// Never allocates while no byte is in `a..=z`; otherwise once, for `self.len()` bytes.
    ///
    /// # Cost
    ///
    /// O(n).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use thrifty::share::CowExt;
    ///
    /// assert!(matches!("GET".cow_to_ascii_uppercase(), Cow::Borrowed("GET")));
    /// assert_eq!("get".cow_to_ascii_uppercase(), "GET");
    /// ```
    fn cow_to_ascii_uppercase(&self) -> Cow<'_, str>;

    /// What [`str::replace`] returns, borrowed if that is this text.
    ///
    /// `from` is what std takes: see [`Pattern`]. Each of several replacements in a row reads the
    /// text again; where nearly all of them find nothing, ask once for all: `text.contains(['&', '<'])`.
    ///
    /// # Allocation
    ///
    /// Never allocates while `from` does not occur, or equals `to`; otherwise once, for `self.len()`
    /// bytes. If `to` is longer than `from`, it may grow.
    ///
    /// # Cost
    ///
    /// O(n); O(n + m) for a `from` of m bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use thrifty::share::CowExt;
    ///
    /// assert!(matches!("plain text".cow_replace("&", "&amp;"), Cow::Borrowed(_)));
    /// assert_eq!("R&D".cow_replace("&", "&amp;"), "R&amp;D");
    /// assert_eq!("a/b".cow_replace('/', "\\"), "a\\b");
    /// ```
    fn cow_replace<K: ?Sized>(&self, from: impl Pattern<K>, to: &str) -> Cow<'_, str>;
}

impl CowExt for str {
    fn cow_to_lowercase(&self) -> Cow<'_, str> {
        let Some(clean) = clean_prefix(self, |byte| !byte.is_ascii() | byte.is_ascii_uppercase())
        else {
            return Cow::Borrowed(self);
        };
        if self[clean..].is_ascii() {
            return Cow::Owned(changed_from(self, clean, str::make_ascii_lowercase));
        }
        let Some(at) = first_change(self, clean, is_lowercase, char::to_lowercase) else {
            return Cow::Borrowed(self);
        };
        // Alone among all characters its lowercase depends on those around it, before it too.
        if self[at..].contains('Σ') {
            return Cow::Owned(self.to_lowercase());
        }
        Cow::Owned(mapped_from(self, at, is_lowercase, char::to_lowercase))
    }

    fn cow_to_uppercase(&self) -> Cow<'_, str> {
        let Some(clean) = clean_prefix(self, |byte| !byte.is_ascii() | byte.is_ascii_lowercase())
        else {
            return Cow::Borrowed(self);
        };
        if self[clean..].is_ascii() {
            return Cow::Owned(changed_from(self, clean, str::make_ascii_uppercase));
        }
        match first_change(self, clean, is_uppercase, char::to_uppercase) {
            None => Cow::Borrowed(self),
            Some(at) => Cow::Owned(mapped_from(self, at, is_uppercase, char::to_uppercase)),
        }
    }

    fn cow_to_ascii_lowercase(&self) -> Cow<'_, str> {
        match clean_prefix(self, |byte| byte.is_ascii_uppercase()) {
            None => Cow::Borrowed(self),
            Some(clean) => Cow::Owned(changed_from(self, clean, str::make_ascii_lowercase)),
        }
    }

    fn cow_to_ascii_uppercase(&self) -> Cow<'_, str> {
        match clean_prefix(self, |byte| byte.is_ascii_lowercase()) {
            None => Cow::Borrowed(self),
            Some(clean) => Cow::Owned(changed_from(self, clean, str::make_ascii_uppercase)),
        }
    }

    fn cow_replace<K: ?Sized>(&self, from: impl Pattern<K>, to: &str) -> Cow<'_, str> {
        let Some(byte) = from.one_byte() else {
            // What is replaced by itself is no change.
            return spliced(self, from.match_indices(self).filter(|&(_, part)| part != to), to);
        };
        match clean_prefix(self, |other| other == byte) {
            Some(clean) if [byte] != *to.as_bytes() => {
                let from = char::from(byte);
                if to.len() == 1 {
                    // std changes one byte for another in place.
                    return Cow::Owned(self.replace(from, to));
                }
                let found = self[clean..].match_indices(from);
                spliced(self, found.map(|(at, part)| (clean + at, part)), to)
            }
            _ => Cow::Borrowed(self),
        }
    }
}

/// `text` with `to` in place of the parts at each of `changes`; nothing copied if there are none.
fn spliced<'a>(
    text: &'a str,
    mut changes: impl Iterator<Item = (usize, &'a str)>,
    to: &str,
) -> Cow<'a, str> {
    let Some(first) = changes.next() else { return Cow::Borrowed(text) };
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for (start, part) in iter::once(first).chain(changes) {
        result.push_str(&text[done..start]);
        result.push_str(to);
        done = start + part.len();
    }
    result.push_str(&text[done..]);
    Cow::Owned(result)
}

/// A copy of `text`, changed in place behind its `clean` front.
fn changed_from(text: &str, clean: usize, change: impl FnOnce(&mut str)) -> String {
    let mut result = text.to_owned();
    // Whole blocks, since what is left over is done byte by byte; `clean` bytes stay as they are.
    let blocks = (text.len() - clean).next_multiple_of(BLOCK);
    let start = text.floor_char_boundary(text.len().saturating_sub(blocks));
    change(&mut result[start..]);
    result
}

/// A copy of `text`, each character from `at` on replaced by what `map` gives.
fn mapped_from<M>(
    text: &str,
    at: usize,
    settled: impl Fn(char) -> bool,
    map: impl Fn(char) -> M,
) -> String
where
    M: Iterator<Item = char>,
{
    let mut result = String::with_capacity(text.len());
    let (kept, rest) = text.split_at(at);
    result.push_str(kept);
    for from in rest.chars() {
        if settled(from) {
            result.push(from);
        } else {
            result.extend(map(from));
        }
    }
    result
}

/// Where the first character stands, from `clean` on, that `map` changes.
///
/// What is `settled` is not looked up in `map`'s tables.
fn first_change<M>(
    text: &str,
    clean: usize,
    settled: impl Fn(char) -> bool,
    map: impl Fn(char) -> M,
) -> Option<usize>
where
    M: Iterator<Item = char>,
{
    let changes = |c: char| !settled(c) && !map(c).eq([c]);
    text[clean..].char_indices().find(|&(_, c)| changes(c)).map(|(at, _)| clean + at)
}

/// Whether the lowercase of `c` is `c`, for the most frequent of those characters.
///
/// The ranges here and below have no code point left to be assigned, so that no later version of
/// Unicode can change the answer.
#[inline]
fn is_lowercase(c: char) -> bool {
    matches!(c, '\0'..='@' | '['..='\u{7f}' | 'ß'..='ÿ' | 'ά'..='ώ' | 'а'..='џ') || is_caseless(c)
}

/// Whether the uppercase of `c` is `c`, for the most frequent of those characters.
#[inline]
fn is_uppercase(c: char) -> bool {
    matches!(c, '\0'..='`' | '{'..='\u{7f}' | 'À'..='Þ' | 'Α'..='Ρ' | 'Σ'..='Ϋ' | 'Ѐ'..='Я')
        || is_caseless(c)
}

/// Hebrew, Arabic, punctuation, kana, ideographs, Hangul.
#[inline]
fn is_caseless(c: char) -> bool {
    matches!(
        c,
        'א'..='ת' | 'ء'..='ي' | '\u{2010}'..='\u{2027}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='\u{9fff}' | '가'..='힣'
    )
}

/// How much of the front, up to a whole block, holds no byte that `stops` is true for; `None` if
/// that is all of it.
#[inline]
fn clean_prefix(text: &str, stops: impl Fn(u8) -> bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut clean = 0;
    while let Some(block) = bytes[clean..].first_chunk::<BLOCK>() {
        if any(block, &stops) {
            return Some(text.floor_char_boundary(clean));
        }
        clean += BLOCK;
    }
    // What is left over is tested by blocks too, which may overlap what was tested.
    let found = match bytes.len() {
        BLOCK.. => bytes.last_chunk::<BLOCK>().is_some_and(|block| any(block, &stops)),
        HALF.. => {
            bytes.first_chunk::<HALF>().is_some_and(|block| any(block, &stops))
                || bytes.last_chunk::<HALF>().is_some_and(|block| any(block, &stops))
        }
        _ => bytes.iter().any(|&byte| stops(byte)),
    };
    found.then(|| text.floor_char_boundary(clean))
}

/// Tests every byte, so that nothing depends on the one before.
#[inline]
fn any<const LEN: usize>(block: &[u8; LEN], stops: &impl Fn(u8) -> bool) -> bool {
    block.map(|byte| u8::from(stops(byte))).iter().fold(0, |found, stop| found | stop) != 0
}
