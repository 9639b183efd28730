//! Immutable text in 24 bytes: short inline, long shared. `str/repr.rs` has the layout.

mod compare;
mod convert;
mod count;
mod cuts;
mod error;
mod pattern;
mod repr;
#[cfg(feature = "serde")]
mod serde;
mod slicer;
mod slices;
#[cfg(all(feature = "serde", feature = "std"))]
mod source;

use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use ::bytes::{Buf, Bytes};

pub use self::error::NotUtf8;
pub use self::pattern::Pattern;
pub use self::slicer::Slicer;

#[cfg(feature = "pool")]
pub(crate) use self::repr::Lender;
use self::repr::{INLINE, Repr, Source};

/// Immutable text that is cheap to clone and to slice: 24 bytes.
///
/// Up to [23 bytes](Self::INLINE_CAPACITY) lie in the value itself. Longer text lies in a `'static`,
/// in the buffer of the `String` it came from, or in a [`Bytes`], and clones and slices share it by
/// a count. It derefs to `str`; methods that cut (`trim`, `split`, `lines`, ...) have the names of
/// `str`'s and return `Str`s, and `as_str()` leads to `str`'s own.
///
/// ```
/// use thrifty::share::Str;
///
/// let line = Str::from(String::from("user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:142.0)"));
/// let (name, value) = line.split_once(": ").unwrap();
/// // The name is short: a copy that keeps nothing alive. The value shares the line's buffer.
/// assert!(name.is_inline());
/// assert_eq!((value.len(), value.is_inline()), (41, false));
/// assert_eq!(value.retained(), line.retained());
///
/// assert_eq!((size_of::<Str>(), size_of::<Option<Str>>()), (24, 24));
/// ```
///
/// # Take something else when
///
/// - **it is read and dropped at once:** `&str`.
/// - **it is cloned seldom and shorter than some hundred bytes:** `String`. An atomic count, up and
///   down again, costs more than a copy of 100 bytes; sharing wins from between 400 and 800 bytes on.
/// - **it is one record with many fields** (an HTTP head, a line of CSV): one buffer and offsets into
///   it.
/// - **it grows:** `String`, then `Str::from`.
/// - **one thread clones it all the time:** `Rc<str>`, whose count is not atomic.
///
/// # Allocation
///
/// Never allocates while the text has at most 23 bytes; otherwise once, for at most `len + 31` bytes.
/// So it is for a copy; what is given as a `String`, `Bytes` or `'static` is not copied:
///
/// | from | blocks |
/// |---|---|
/// | `String` with 31 bytes of spare capacity (24 if they are aligned) | none, ever: the count lies there |
/// | `String` without | none; the first clone or slice that shares takes one of 24 bytes |
/// | `Bytes` | one of 56 bytes, for them and the count |
/// | `pool::PooledBytes` | none with 63 bytes of room behind the text, where nobody else has the block; else one of 56 bytes |
/// | `&'static str` by [`Str::from_static`] | none, ever |
/// | `&str` | one, for the text and the count |
///
/// # Empty text
///
/// An empty `Str` is inline, whatever it was cut from: it keeps no buffer alive, and its address says
/// nothing. [`slice_ref`](Self::slice_ref) takes an empty `&str` from anywhere.
///
/// # Overflow
///
/// More than `isize::MAX` handles to one buffer abort the process, as `Arc`s do: possible only by
/// forgetting them, or by a [`slicer`](Self::slicer) for as many.
///
/// # Lints
///
/// The first clone of a `String` without spare capacity puts the count's address into the value, so
/// clippy takes `Str` for a key that may change (`mutable_key_type`, `declare_interior_mutable_const`).
/// Its text never does. As for `Bytes`, which clippy knows by name, the answer is in `clippy.toml`:
/// `ignore-interior-mutability = ["..", "thrifty::share::Str"]`.
///
/// # Measured
///
/// ```text
#[doc = include_str!("../../tests/ledger/str.txt")]
/// ```
///
/// In time, an HTTP head into 26 `Str`s takes 0.42 of what it takes `bytestring` and 0.57 of `hipstr`;
/// 23 bytes out of 4 KiB 0.19 and 0.28; short text from a `&str` 0.84 of `compact_str`'s; a long clone
/// 0.98 of an `Arc<str>`'s. `cargo run --release --manifest-path benches/versus/Cargo.toml -- --room
/// share` measures them (glibc's malloc, x86-64, rustc 1.95).
#[repr(transparent)]
pub struct Str(Repr);

impl Str {
    /// The most bytes that lie in the value itself.
    pub const INLINE_CAPACITY: usize = INLINE;

    /// Makes an empty text.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// ```
    /// assert_eq!(thrifty::share::Str::new(), "");
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self::from_static("")
    }

    /// Makes a text of what lives for ever: clones and slices count nothing.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// static METHODS: [Str; 2] = [Str::from_static("GET"), Str::from_static("POST")];
    /// assert_eq!(METHODS[1].clone(), "POST");
    /// ```
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        Self(Repr::from_static(text))
    }

    /// Makes a text of bytes, with U+FFFD in place of what is no UTF-8.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most 23 bytes; otherwise once, for 56 bytes. They keep
    /// the `Bytes` and the count. Bytes that are no UTF-8 are copied into a `String` first.
    ///
    /// ```
    /// use thrifty::share::{Str, bytes::Bytes};
    ///
    /// assert_eq!(Str::from_utf8_lossy(Bytes::from_static(b"caf\xe9")), "caf\u{fffd}");
    /// ```
    #[must_use]
    pub fn from_utf8_lossy(bytes: Bytes) -> Self {
        Self::try_from(bytes)
            .unwrap_or_else(|error| Self::from(String::from_utf8_lossy(&error.into_bytes())))
    }

    /// Returns the text.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// ```
    /// let name = thrifty::share::Str::from("ada");
    /// assert_eq!(name.as_str(), "ada");
    /// ```
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Turns it into `Bytes`, sharing what it shares.
    ///
    /// # Allocation
    ///
    /// Never allocates while the text lies in a `Bytes` or a `'static` or is alone in a full
    /// `String`; otherwise once, for at most 32 bytes. Inline text needs its own length: it is copied.
    ///
    /// ```
    /// use thrifty::share::{Str, bytes::Bytes};
    ///
    /// let body = Bytes::from("a body of more than 23 bytes");
    /// let text = Str::try_from(body.clone())?;
    /// assert_eq!(text.slice(2..).into_bytes().as_ptr(), body[2..].as_ptr());
    /// # Ok::<(), thrifty::share::NotUtf8<Bytes>>(())
    /// ```
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        if self.is_inline() {
            return Bytes::copy_from_slice(self.as_bytes());
        }
        if let Some(text) = self.0.as_static() {
            return Bytes::from_static(text.as_bytes());
        }
        if let Some(bytes) = self.0.foreign() {
            return bytes.slice_ref(self.as_bytes());
        }
        match self.0.into_source() {
            Ok((source, offset, len)) => {
                let mut bytes = match source {
                    Source::Buffer(buffer) => Bytes::from(buffer),
                    Source::Foreign(bytes) => bytes,
                };
                bytes.advance(offset);
                bytes.truncate(len);
                bytes
            }
            Err(shared) => Bytes::from_owner(Self(shared)),
        }
    }

    /// Turns it into a `String`: its old one, if nobody shares it.
    ///
    /// # Allocation
    ///
    /// Never allocates while it is the only handle to a `String`'s buffer and starts where that does;
    /// otherwise once, for `len` bytes.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let string = String::from("more than twenty-three bytes");
    /// let address = string.as_ptr();
    /// let mut string = Str::from(string).into_string();
    /// assert_eq!(string.as_ptr(), address);
    /// string.push('!');
    /// ```
    #[must_use]
    pub fn into_string(self) -> String {
        if self.is_inline() {
            return String::from(self.as_str());
        }
        self.0.into_string().unwrap_or_else(|shared| String::from(shared.as_str()))
    }

    /// Returns the text, writable, after a copy if others share it.
    ///
    /// As `Arc::make_mut`: what there is to do in place is what `&mut str` does. To push, go through
    /// [`into_string`](Self::into_string).
    ///
    /// # Allocation
    ///
    /// Never allocates while it is inline, or the only handle to a `String`'s buffer; otherwise once,
    /// for at most `len + 31` bytes.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let mut host = Str::from("Example.COM");
    /// let as_sent = host.clone();
    /// host.make_mut().make_ascii_lowercase();
    /// assert_eq!((&*host, &*as_sent), ("example.com", "Example.COM"));
    /// ```
    pub fn make_mut(&mut self) -> &mut str {
        self.0.make_mut()
    }

    /// Copies the text out of a larger buffer, so that this can be freed.
    ///
    /// A slice keeps all of the buffer alive that it was cut from: see [`retained`](Self::retained).
    ///
    /// # Allocation
    ///
    /// Never allocates while the text has at most 23 bytes; otherwise once, for at most `len + 31`
    /// bytes.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let page = Str::from("x".repeat(1 << 20));
    /// let title = page.slice(..50);
    /// assert!(title.retained() >= 1 << 20);
    /// assert!(title.detach().retained() <= 81);
    /// ```
    #[must_use]
    pub fn detach(&self) -> Self {
        Self::from(self.as_str())
    }

    /// Returns how many bytes of heap stay alive while this value does.
    ///
    /// 0 for inline and static text, the capacity for a `String`'s buffer. Of a `Bytes` it is the
    /// length: what else that keeps alive it does not tell. The count is not included.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// assert_eq!(Str::from("short").retained(), 0);
    /// let text = Str::from(String::with_capacity(1000) + "a text of more than 23 bytes");
    /// assert_eq!(text.slice(..25).retained(), 1000);
    /// ```
    #[must_use]
    pub fn retained(&self) -> usize {
        self.0.retained()
    }

    /// Whether the text lies in the value itself, as all text of at most 23 bytes does.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// assert!(Str::from("x".repeat(23)).is_inline());
    /// assert!(!Str::from("x".repeat(24)).is_inline());
    /// ```
    #[must_use]
    #[inline]
    pub fn is_inline(&self) -> bool {
        self.0.is_inline()
    }

    /// Whether nobody shares the text: never true of long static text, always of inline text.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let text = Str::from("a text of more than 23 bytes");
    /// assert!(text.is_unique());
    /// let clone = text.clone();
    /// assert!(!text.is_unique());
    /// ```
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.0.is_unique()
    }

    /// Whether both are the same bytes at the same address, as only shared text can be.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let text = Str::from("a text of more than 23 bytes");
    /// assert!(text.ptr_eq(&text.clone()));
    /// assert!(!text.ptr_eq(&text.detach()));
    /// ```
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.as_str(), other.as_str())
    }
}

impl Clone for Str {
    #[inline]
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Default for Str {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Str {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}
