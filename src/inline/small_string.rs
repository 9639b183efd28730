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
mod make;
mod room;
#[cfg(feature = "serde")]
mod serde;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::{Bound, Range, RangeBounds};

use arrayvec::ArrayString;

pub use drain::StringDrain;

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
/// # Cost
///
/// | 21 to 22 bytes into 32 | instructions | `format!` or `String` |
/// |---|--:|--:|
/// | `small_concat!` of text, number, char, text | 110 | 934 |
/// | `small_format!` of the same | 472 | 934 |
/// | `small_format!` that spills | 669 | 1300 |
/// | `push` of 22 chars, from empty | 440 | 1226 |
///
/// In time `small_format!` takes 0.57 to 0.59 of `format!`'s. Nearly all of it is `core::fmt`: an
/// `ArrayString`, which cannot spill, takes 0.55. (callgrind, rustc 1.95, x86-64, glibc's malloc: `cargo run --release
/// --manifest-path benches/versus/Cargo.toml -- --room inline --all`.)
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
    /// `max(2 * N, text.len())` bytes. From there it
    /// grows as a `String` does.
    #[inline]
    pub fn push(&mut self, ch: char) {
        // Short, so that it is inlined where the length can stay in a register.
        if let Inline(text) = &mut self.0
            && text.try_push(ch).is_ok()
        {
            return;
        }
        self.push_on_the_heap(ch);
    }

    /// Appends a text.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes. From there it
    /// grows as a `String` does.
    #[inline]
    pub fn push_str(&mut self, string: &str) {
        if let Inline(text) = &mut self.0
            && text.try_push_str(string).is_ok()
        {
            return;
        }
        self.push_str_on_the_heap(string);
    }

    /// Appends a part of the text to it.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes. From there it
    /// grows as a `String` does.
    ///
    /// # Panics
    ///
    /// If the range is not within the text, or begins or ends inside a char.
    #[track_caller]
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
            Inline(text) => {
                assert!(
                    idx < text.len() && text.is_char_boundary(idx),
                    "cannot remove a char at byte {idx}: none begins there in {text:?}"
                );
                text.remove(idx)
            }
            Heap(text) => text.remove(idx),
        }
    }

    /// Inserts a char before byte `idx`.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most `N` bytes; otherwise once, for
    /// `max(2 * N, text.len())` bytes. From there it
    /// grows as a `String` does.
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
    /// `max(2 * N, text.len())` bytes. From there it
    /// grows as a `String` does.
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
                assert!(
                    text.is_char_boundary(idx),
                    "cannot insert at byte {idx}: it is beyond the end or inside a char of {text:?}"
                );
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
    /// `max(2 * N, text.len())` bytes. From there it
    /// grows as a `String` does.
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
            Inline(text) => {
                assert!(
                    new_len > text.len() || text.is_char_boundary(new_len),
                    "cannot truncate to {new_len} bytes: that is inside a char of {text:?}"
                );
                text.truncate(new_len);
            }
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
    pub fn drain<R: RangeBounds<usize>>(&mut self, range: R) -> StringDrain<'_, N> {
        let range = resolve(self, &range);
        StringDrain::new(self, range)
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
    #[must_use]
    pub fn leak<'a>(self) -> &'a mut str {
        self.into_string().leak()
    }

    /// `replace_range` of an inline text; the range has been checked.
    fn splice(&mut self, range: Range<usize>, string: &str) {
        let Inline(text) = &mut self.0 else { return };
        let whole = *text;
        let tail = &whole[range.end..];
        text.truncate(range.start);
        // For both at once: else the tail could need a second block.
        self.reserve(string.len() + tail.len());
        self.push_str(string);
        self.push_str(tail);
    }
}

/// The bytes that a range names.
///
/// # Panics
///
/// As an index by that range does.
#[track_caller]
fn resolve(text: &str, range: &impl RangeBounds<usize>) -> Range<usize> {
    // No text reaches to `usize::MAX`, so what saturates is out of bounds as well.
    let start = match range.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(last) => last.saturating_add(1),
        Bound::Excluded(&end) => end,
        Bound::Unbounded => text.len(),
    };
    start..start + text[start..end].len()
}
