//! A string whose first `N` bytes need no heap.
//!
//! ```text
//! SmallString<N>   Inline  [ length: u32 | text, up to N bytes | unused ]
//!                  Heap    [ capacity | pointer ]--> text      [ length ]   a String
//! ```
//!
//! A `String` in here always has room for more than `N` bytes, so `spilled`, `capacity` and what
//! fits without an allocation never contradict each other: whatever fits inline is put there
//! instead, also a `String` that is handed in. Only shrinking to fit leads back.

mod chars;
mod compare;
mod convert;
mod drain;
#[cfg(feature = "serde")]
mod serde;

use alloc::boxed::Box;
use alloc::collections::TryReserveError;
use alloc::string::{FromUtf8Error, FromUtf16Error, String};
use alloc::vec::Vec;
use core::char::{REPLACEMENT_CHARACTER, decode_utf16};
use core::fmt;
use core::ops::{Bound, Range, RangeBounds};

use arrayvec::ArrayString;

pub use drain::Drain;

/// A `String` that needs no heap for its first `N` bytes.
///
/// For text that is built, used and dropped: keys, labels, headers, numbers in words. It has
/// `String`'s methods under `String`'s names, and [`into_string`](Self::into_string) hands the block
/// of a text that has spilled on without copying it. Take `String::with_capacity` if the text mostly
/// exceeds `N`, [`ArrayString`](crate::inline::ArrayString) if it never does, and `Box<str>` or a
/// string of 24 bytes such as `compact_str`'s if many are stored for long.
///
/// [`small_concat!`](crate::small_concat) and [`small_format!`](crate::small_format) make one in a
/// single step.
///
/// # Allocation
///
/// Never allocates while the text has at most `N` bytes; otherwise once, for
/// `max(2 * N, text.len())` bytes. From there it grows like a `String`. It stays on the heap when it
/// becomes shorter, until [`shrink_to_fit`](Self::shrink_to_fit).
///
/// # Size
///
/// That of the larger of `N + 4` and 24 bytes, with a word for which of them it is: 24 bytes for `N`
/// up to 12, 40 for `N = 32`, 64 for `N = 56` on 64-bit targets. A move copies all of it.
///
/// # Examples
///
/// ```
/// use thrifty::inline::SmallString;
///
/// let mut path: SmallString<16> = SmallString::from("/users/");
/// path.push_str("4711");
/// assert_eq!((path.as_str(), path.spilled()), ("/users/4711", false));
///
/// path += "/invoices";
/// assert_eq!((path.len(), path.capacity(), path.spilled()), (20, 32, true));
///
/// path.truncate(7);
/// assert!(path.spilled());
/// path.shrink_to_fit();
/// assert!(!path.spilled());
/// ```
///
/// # Measured
///
/// ```text
#[doc = include_str!("../../tests/ledger/small_string.txt")]
/// ```
pub struct SmallString<const N: usize>(Text<N>);

enum Text<const N: usize> {
    Inline(ArrayString<N>),
    /// Has room for more than `N` bytes.
    Heap(String),
}

use Text::{Heap, Inline};

impl<const N: usize> SmallString<N> {
    /// The bytes that need no heap: `N`.
    pub const INLINE: usize = N;

    /// An empty string.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Mutex;
    /// use thrifty::inline::SmallString;
    ///
    /// static LAST: Mutex<SmallString<24>> = Mutex::new(SmallString::new());
    /// assert!(LAST.lock().unwrap().is_empty());
    /// ```
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self(Inline(ArrayString::new_const()))
    }

    /// An empty string with room for `capacity` bytes: on the heap from the start if that is above `N`.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is at most `N`; otherwise once, for `capacity` bytes.
    ///
    /// # Panics
    ///
    /// If `capacity` exceeds `isize::MAX` bytes.
    #[inline]
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        if capacity <= N { Self::new() } else { Self(Heap(String::with_capacity(capacity))) }
    }

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

    /// The texts one after the other.
    ///
    /// What [`small_concat!`](crate::small_concat) calls, which takes numbers and chars too.
    ///
    /// # Allocation
    ///
    /// Never allocates while all of them have at most `N` bytes; otherwise once, for the sum of their
    /// bytes.
    ///
    /// # Panics
    ///
    /// If their lengths add up to more than `isize::MAX` bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallString;
    ///
    /// assert_eq!(SmallString::<16>::concat(["/users/", "4711"]), "/users/4711");
    /// ```
    #[inline]
    #[must_use]
    pub fn concat<const K: usize>(texts: [&str; K]) -> Self {
        let mut inline = ArrayString::new();
        for text in texts {
            if inline.try_push_str(text).is_err() {
                return Self::concat_on_the_heap(&texts);
            }
        }
        Self(Inline(inline))
    }

    #[cold]
    #[inline(never)]
    fn concat_on_the_heap(texts: &[&str]) -> Self {
        // Too much for a `usize` is too much for `String` as well.
        let len = texts.iter().fold(0, |sum: usize, text| sum.saturating_add(text.len()));
        let mut heap = String::with_capacity(len);
        for text in texts {
            heap.push_str(text);
        }
        Self(Heap(heap))
    }

    /// What the arguments of `format_args!` say.
    ///
    /// What [`small_format!`](crate::small_format) calls. A text without arguments is copied, and no
    /// formatting machinery runs.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes, or more often if the text grows beyond that piece by piece.
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
    #[inline]
    #[must_use]
    pub fn from_fmt(args: fmt::Arguments<'_>) -> Self {
        match args.as_str() {
            Some(text) => Self::from(text),
            None => Self::format(args),
        }
    }

    fn format(args: fmt::Arguments<'_>) -> Self {
        let mut text = Self::new();
        let written = fmt::write(&mut text, args);
        written.expect(
            "a `Display` returned an error, although writing to a `SmallString` never fails",
        );
        text
    }

    /// Whether the text is on the heap.
    ///
    /// Then `capacity` is above `N`, otherwise it is `N`.
    #[inline]
    #[must_use]
    pub const fn spilled(&self) -> bool {
        matches!(self.0, Heap(_))
    }

    /// The text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Inline(text) => text,
            Heap(text) => text,
        }
    }

    /// The text, to be changed where it stands.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn as_mut_str(&mut self) -> &mut str {
        match &mut self.0 {
            Inline(text) => text,
            Heap(text) => text,
        }
    }

    /// The bytes of the text.
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.as_str().as_bytes()
    }

    /// The length in bytes.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        match &self.0 {
            Inline(text) => text.len(),
            Heap(text) => text.len(),
        }
    }

    /// Whether there is no text.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes that there is room for: `N`, or more once it has spilled.
    #[inline]
    #[must_use]
    pub const fn capacity(&self) -> usize {
        match &self.0 {
            Inline(_) => N,
            Heap(text) => text.capacity(),
        }
    }

    /// Appends a char.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes, and from there as a `String` grows.
    #[inline]
    pub fn push(&mut self, ch: char) {
        match &mut self.0 {
            Inline(text) => {
                if text.try_push(ch).is_err() {
                    self.spill(ch.encode_utf8(&mut [0; 4]));
                }
            }
            Heap(text) => text.push(ch),
        }
    }

    /// Appends a text.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes, and from there as a `String` grows.
    #[inline]
    pub fn push_str(&mut self, string: &str) {
        match &mut self.0 {
            Inline(text) => {
                if text.try_push_str(string).is_err() {
                    self.spill(string);
                }
            }
            Heap(text) => text.push_str(string),
        }
    }

    /// Appends a part of the text to it.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes, and from there as a `String` grows.
    ///
    /// # Panics
    ///
    /// If the range is not within the text, or begins or ends inside a char.
    pub fn extend_from_within<R: RangeBounds<usize>>(&mut self, src: R) {
        match &mut self.0 {
            Inline(text) => {
                let from = *text;
                self.push_str(&from[resolve(&from, &src)]);
            }
            Heap(text) => text.extend_from_within(src),
        }
    }

    /// Removes the last char.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn pop(&mut self) -> Option<char> {
        match &mut self.0 {
            Inline(text) => text.pop(),
            Heap(text) => text.pop(),
        }
    }

    /// Removes the char that begins at byte `idx`; the rest moves up.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// If no char begins there.
    ///
    /// # Cost
    ///
    /// Moves what is behind it.
    #[track_caller]
    pub fn remove(&mut self, idx: usize) -> char {
        match &mut self.0 {
            Inline(text) => text.remove(idx),
            Heap(text) => text.remove(idx),
        }
    }

    /// Inserts a char before byte `idx`.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes, and from there as a `String` grows.
    ///
    /// # Panics
    ///
    /// If `idx` is beyond the end or inside a char.
    ///
    /// # Cost
    ///
    /// Moves what is behind it.
    #[track_caller]
    pub fn insert(&mut self, idx: usize, ch: char) {
        self.insert_str(idx, ch.encode_utf8(&mut [0; 4]));
    }

    /// Inserts a text before byte `idx`.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes, and from there as a `String` grows.
    ///
    /// # Panics
    ///
    /// If `idx` is beyond the end or inside a char.
    ///
    /// # Cost
    ///
    /// Moves what is behind it.
    #[track_caller]
    pub fn insert_str(&mut self, idx: usize, string: &str) {
        match &mut self.0 {
            Inline(text) => {
                assert!(text.is_char_boundary(idx), "byte {idx} is no char boundary of {text:?}");
                self.splice(idx..idx, string);
            }
            Heap(text) => text.insert_str(idx, string),
        }
    }

    /// Puts a text in place of a part.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes, and from there as a `String` grows.
    ///
    /// # Panics
    ///
    /// If the range is not within the text, or begins or ends inside a char.
    ///
    /// # Cost
    ///
    /// Moves what is behind it.
    #[track_caller]
    pub fn replace_range<R: RangeBounds<usize>>(&mut self, range: R, replace_with: &str) {
        match &mut self.0 {
            Inline(text) => {
                let range = resolve(text, &range);
                self.splice(range, replace_with);
            }
            Heap(text) => text.replace_range(range, replace_with),
        }
    }

    /// Shortens the text to `new_len` bytes; has no effect on a shorter one.
    ///
    /// # Allocation
    ///
    /// Never allocates. What has spilled stays on the heap.
    ///
    /// # Panics
    ///
    /// If `new_len` is inside a char.
    #[inline]
    #[track_caller]
    pub fn truncate(&mut self, new_len: usize) {
        match &mut self.0 {
            Inline(text) => text.truncate(new_len),
            Heap(text) => text.truncate(new_len),
        }
    }

    /// Removes all text and keeps the room.
    ///
    /// # Allocation
    ///
    /// Never allocates. What has spilled stays on the heap.
    #[inline]
    pub fn clear(&mut self) {
        match &mut self.0 {
            Inline(text) => text.clear(),
            Heap(text) => text.clear(),
        }
    }

    /// Keeps the chars for which `f` is true.
    ///
    /// If `f` panics, the text is what it had kept until then, as with `String`.
    ///
    /// # Allocation
    ///
    /// Allocates whatever `f` allocates, and nothing else.
    pub fn retain<F: FnMut(char) -> bool>(&mut self, mut f: F) {
        /// Puts in what was kept, also when `f` panics.
        struct Kept<'a, const N: usize>(&'a mut ArrayString<N>, ArrayString<N>);

        impl<const N: usize> Drop for Kept<'_, N> {
            fn drop(&mut self) {
                *self.0 = self.1;
            }
        }

        match &mut self.0 {
            Inline(text) => {
                let whole = *text;
                let mut kept = Kept(text, ArrayString::new());
                for ch in whole.chars().filter(|&ch| f(ch)) {
                    kept.1.push(ch);
                }
            }
            Heap(text) => text.retain(f),
        }
    }

    /// Removes a part and hands out its chars.
    ///
    /// The part is gone when the iterator is dropped, also if it was not used up. If it is leaked,
    /// the text stays as it was.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// If the range is not within the text, or begins or ends inside a char.
    #[track_caller]
    pub fn drain<R: RangeBounds<usize>>(&mut self, range: R) -> Drain<'_, N> {
        let range = resolve(self, &range);
        Drain::new(self, range)
    }

    /// Cuts the text in two: what begins at byte `at` is returned.
    ///
    /// # Allocation
    ///
    /// Never allocates while the second part has at most `N` bytes; otherwise once, for its bytes.
    ///
    /// # Panics
    ///
    /// If `at` is beyond the end or inside a char.
    #[must_use = "use `.truncate()` if you don't need the other half"]
    #[track_caller]
    pub fn split_off(&mut self, at: usize) -> Self {
        let other = Self::from(&self[at..]);
        self.truncate(at);
        other
    }

    /// Makes room for `additional` bytes, and more so that repeated calls are cheap.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is enough; otherwise once, for
    /// `max(2 * capacity, len + additional)` bytes.
    ///
    /// # Panics
    ///
    /// If the room would exceed `isize::MAX` bytes.
    #[inline]
    pub fn reserve(&mut self, additional: usize) {
        match &mut self.0 {
            Inline(text) => {
                if additional > text.remaining_capacity() {
                    let room = amortised::<N>(text.len(), additional);
                    self.move_out(String::with_capacity(room));
                }
            }
            Heap(text) => text.reserve(additional),
        }
    }

    /// Makes room for `additional` bytes and not for more.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is enough; otherwise once, for `len + additional` bytes.
    ///
    /// # Panics
    ///
    /// If the room would exceed `isize::MAX` bytes.
    pub fn reserve_exact(&mut self, additional: usize) {
        match &mut self.0 {
            Inline(text) => {
                if additional > text.remaining_capacity() {
                    let room = text.len().saturating_add(additional);
                    self.move_out(String::with_capacity(room));
                }
            }
            Heap(text) => text.reserve_exact(additional),
        }
    }

    /// [`reserve`](Self::reserve) that returns an error instead of ending the program.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is enough; otherwise once, for
    /// `max(2 * capacity, len + additional)` bytes.
    ///
    /// # Errors
    ///
    /// If there is no memory, or the room would exceed `isize::MAX` bytes. The text is as it was.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        match &mut self.0 {
            Inline(text) => {
                if additional > text.remaining_capacity() {
                    let mut heap = String::new();
                    heap.try_reserve_exact(amortised::<N>(text.len(), additional))?;
                    self.move_out(heap);
                }
                Ok(())
            }
            Heap(text) => text.try_reserve(additional),
        }
    }

    /// [`reserve_exact`](Self::reserve_exact) that returns an error instead of ending the program.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is enough; otherwise once, for `len + additional` bytes.
    ///
    /// # Errors
    ///
    /// If there is no memory, or the room would exceed `isize::MAX` bytes. The text is as it was.
    pub fn try_reserve_exact(&mut self, additional: usize) -> Result<(), TryReserveError> {
        match &mut self.0 {
            Inline(text) => {
                if additional > text.remaining_capacity() {
                    let mut heap = String::new();
                    heap.try_reserve_exact(text.len().saturating_add(additional))?;
                    self.move_out(heap);
                }
                Ok(())
            }
            Heap(text) => text.try_reserve_exact(additional),
        }
    }

    /// Gives up all room that is not needed; a text of at most `N` bytes comes back inline.
    ///
    /// # Allocation
    ///
    /// Frees the block if the text fits inline; never allocates. A longer text keeps its block, which
    /// is resized.
    #[inline]
    pub fn shrink_to_fit(&mut self) {
        self.shrink_to(0);
    }

    /// Gives up room that is not needed, but keeps at least `min_capacity` bytes.
    ///
    /// # Allocation
    ///
    /// Frees the block if the text and `min_capacity` fit inline; never allocates. Otherwise the text
    /// keeps its block, which is resized.
    pub fn shrink_to(&mut self, min_capacity: usize) {
        let Heap(text) = &mut self.0 else { return };
        if min_capacity > N {
            text.shrink_to(min_capacity);
        } else if let Ok(inline) = ArrayString::from(text) {
            self.0 = Inline(inline);
        } else {
            text.shrink_to_fit();
        }
    }

    /// The text as a `String`.
    ///
    /// # Allocation
    ///
    /// Never allocates while it has spilled: the block is handed on; otherwise once, for `len` bytes.
    #[inline]
    #[must_use]
    pub fn into_string(self) -> String {
        match self.0 {
            Inline(text) => String::from(&*text),
            Heap(text) => text,
        }
    }

    /// The text as bytes.
    ///
    /// # Allocation
    ///
    /// Never allocates while it has spilled: the block is handed on; otherwise once, for `len` bytes.
    #[inline]
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.into_string().into_bytes()
    }

    /// The text as a `Box<str>`.
    ///
    /// # Allocation
    ///
    /// Never allocates while it has spilled: the block is resized; otherwise once, for `len` bytes.
    #[inline]
    #[must_use]
    pub fn into_boxed_str(self) -> Box<str> {
        match self.0 {
            Inline(text) => Box::from(&*text),
            Heap(text) => text.into_boxed_str(),
        }
    }

    /// The text, on the heap until the program ends.
    ///
    /// # Allocation
    ///
    /// Never allocates while it has spilled: the block is handed on; otherwise once, for `len` bytes.
    #[inline]
    pub fn leak<'a>(self) -> &'a mut str {
        self.into_string().leak()
    }

    /// Moves an inline text to the heap and appends what did not fit.
    #[cold]
    #[inline(never)]
    fn spill(&mut self, string: &str) {
        self.move_out(String::with_capacity(amortised::<N>(self.len(), string.len())));
        self.push_str(string);
    }

    /// Continues in `heap`, which is empty and has room for more than `N` bytes.
    fn move_out(&mut self, mut heap: String) {
        heap.push_str(self);
        self.0 = Heap(heap);
    }

    /// `replace_range` of an inline text; the range has been checked.
    fn splice(&mut self, range: Range<usize>, string: &str) {
        let Inline(text) = &mut self.0 else { return };
        let whole = *text;
        let tail = &whole[range.end..];
        text.truncate(range.start);
        self.push_str(string);
        self.push_str(tail);
    }
}

/// The room after a spill: as a `String` of `N` bytes would grow.
const fn amortised<const N: usize>(len: usize, additional: usize) -> usize {
    let (needed, doubled) = (len.saturating_add(additional), N.saturating_mul(2));
    if needed > doubled { needed } else { doubled }
}

/// The bytes that a range names.
///
/// # Panics
///
/// As an index by that range does.
#[track_caller]
fn resolve(text: &str, range: &impl RangeBounds<usize>) -> Range<usize> {
    let bounds = (range.start_bound().cloned(), range.end_bound().cloned());
    let part = &text[bounds];
    let start = match bounds.0 {
        Bound::Included(start) => start,
        Bound::Excluded(before) => before + 1,
        Bound::Unbounded => 0,
    };
    start..start + part.len()
}
