//! One buffer and where its fields are.
//!
//! ```text
//!   buf    | GET /orders/7 HTTP/1.1 ⏎ host: api.example.com ⏎ ...
//!            0   4       13         24    30             45
//!   spans  | 0..3 | 4..13 | 24..28 | 30..45 |           8 bytes each, N of them in the value,
//!            GET    /or../7  host    api.ex..           more of them in a Vec
//! ```
//!
//! A field is a pair of 32-bit offsets, so marking one costs no allocation and no reference count,
//! and nothing borrows from the buffer: the whole moves, is stored and sent on like a `String`.

#![forbid(unsafe_code)]

mod error;
mod iter;
mod marks;
mod spans;

use alloc::string::String;
use core::convert::Infallible;
use core::fmt;
use core::ops::Index;

pub use self::error::{FieldsError, Rejected};
pub use self::iter::{FieldsIter, FieldsPairs};
pub use self::marks::Marks;

use self::iter::field;
use self::spans::Spans;
use super::Str;

/// A record: one owned text, and where its fields are.
///
/// For what is parsed once and then kept or handed on: the head of an HTTP request, a line of CSV,
/// a line of a log. A parser of `&str` or `&[u8]` runs over the buffer and marks what it finds; the
/// fields are as cheap as borrowed ones, but the record owns its text and has no lifetime. Up to `N`
/// fields lie in the value, more of them in a `Vec`.
///
/// `B` is the buffer. A `String` can be [reused](Self::reset); a [`Str`] gives [fields as
/// `Str`](Self::get_str) that share it; `Box<str>`, `Arc<str>` or any other `AsRef<str>` do too.
///
/// # Take something else when
///
/// - **the fields do not outlive the buffer:** a `Vec<&str>` or an array of them.
/// - **few of many fields are kept:** copy those into `String`s and let the buffer go. A record keeps
///   all of it; [`detach`](Self::detach) keeps the part with the fields.
/// - **fields are changed one by one:** `String`s.
/// - **the text is not UTF-8 as a whole:** `Bytes` and its `slice_ref`. A field may be marked as
///   `&[u8]`, but the buffer is text.
///
/// # Allocation
///
/// Never allocates while there are at most `N` fields; otherwise once, for `16 * N` bytes. From there
/// it grows like a `Vec` of 8 bytes a field. The buffer comes from the caller and is not copied.
///
/// # Examples
///
/// An HTTP head. The names and values are those that the parser borrows from the buffer:
///
/// ```
/// use thrifty::share::{Fields, FieldsError, Marks};
///
/// /// Method, path, then name and value of each header.
/// fn head<'t>(text: &'t str, marks: &mut Marks<'t, 26>) -> Result<(), httparse::Error> {
///     let mut headers = [httparse::EMPTY_HEADER; 12];
///     let mut request = httparse::Request::new(&mut headers);
///     request.parse(text.as_bytes())?;
///     marks.mark(request.method.unwrap_or_default());
///     marks.mark(request.path.unwrap_or_default());
///     for header in request.headers.iter() {
///         marks.mark(header.name);
///         marks.mark_bytes(header.value);
///     }
///     Ok(())
/// }
///
/// let text = String::from("GET /orders/7 HTTP/1.1\r\nHost: api.example.com\r\n\r\n");
/// let request = Fields::try_parse(text, head).unwrap();
/// assert_eq!((&request[0], &request[1]), ("GET", "/orders/7"));
/// let mut headers = request.pairs().skip(1);
/// assert_eq!(headers.next(), Some(("Host", "api.example.com")));
///
/// // What is no head comes back whole.
/// let rejected = Fields::try_parse(String::from("GET\0"), head).unwrap_err();
/// assert_eq!(rejected.error, FieldsError::Parser(httparse::Error::Token));
/// assert_eq!(rejected.buf, "GET\0");
/// ```
///
/// Lines of CSV, all of them in the same buffer:
///
/// ```
/// use std::io::BufRead;
/// use thrifty::share::Fields;
///
/// let mut csv = "4711,Zoë,12.50\n4712,Nils,3\n".as_bytes();
/// let mut line = Fields::<8>::new(String::new());
/// let mut names = Vec::new();
/// loop {
///     let buf = line.reset();
///     buf.clear();
///     if csv.read_line(buf)? == 0 {
///         break;
///     }
///     line.mark(|text, marks| marks.extend(text.trim_end().split(',')))?;
///     names.push(line[1].to_owned());
/// }
/// assert_eq!(names, ["Zoë", "Nils"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A line of a log that is kept, and one long field of it that is handed on without a copy:
///
/// ```
/// use thrifty::share::{Fields, Str};
///
/// let line = Str::from("2026-11-24T09:53:02Z WARN disk: 93 % of /var/lib/postgresql is in use");
/// let entry = Fields::<3, _>::parse(line, |text, marks| marks.extend(text.splitn(3, ' ')))?;
/// assert_eq!(entry.get(1), Some("WARN"));
/// let message: Str = entry.get_str(2).unwrap();
/// assert_eq!(message, "disk: 93 % of /var/lib/postgresql is in use");
/// # Ok::<(), thrifty::share::Rejected<Str>>(())
/// ```
///
/// # Measured
///
/// ```text
#[doc = include_str!("../../tests/ledger/fields.txt")]
/// ```
///
/// An HTTP head into 26 fields, made and dropped: 0.37 of the time of 26 `String`s and 1.1 to 1.23,
/// as the code is placed, of that of 26 `&str`; 0.47 and 1.42 when all fields are read too, since
/// each read checks the offsets again. `cargo run --release --manifest-path benches/versus/Cargo.toml -- --case 'share/head-fields*'`
/// measures it (glibc's malloc, x86-64, rustc 1.95).
pub struct Fields<const N: usize = 16, B = String> {
    buf: B,
    /// Ends of characters in `buf` when they were marked. Nothing relies on it: a buffer that
    /// changes behind a shared reference gives other text, or none.
    spans: Spans<N>,
}

impl<const N: usize, B: AsRef<str>> Fields<N, B> {
    /// Takes a buffer, without any fields yet.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// ```
    /// use thrifty::share::Fields;
    ///
    /// let line = Fields::<8>::new(String::with_capacity(100));
    /// assert!(line.is_empty());
    /// ```
    #[inline]
    pub const fn new(buf: B) -> Self {
        Self { buf, spans: Spans::new() }
    }

    /// Takes a buffer and the fields that `f` marks in it.
    ///
    /// For a parser that cannot fail; else take [`try_parse`](Self::try_parse).
    ///
    /// # Allocation
    ///
    /// Never allocates while `f` marks at most `N` fields; otherwise once, for `16 * N` bytes.
    /// From there it grows like a `Vec`. What `f` itself allocates comes on top.
    ///
    /// # Errors
    ///
    /// If `f` marks what does not lie in the buffer, or the buffer has more than 4 GiB. Either way
    /// the buffer comes back in the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::Fields;
    ///
    /// let line = String::from("4711,Zoë,12.50");
    /// let at = line.as_ptr();
    /// let fields = Fields::<3>::parse(line, |text, marks| marks.extend(text.split(',')))?;
    /// assert_eq!(fields, ["4711", "Zoë", "12.50"]);
    /// assert_eq!(fields.text().as_ptr(), at, "nothing was copied");
    /// # Ok::<(), thrifty::share::Rejected<String>>(())
    /// ```
    #[inline]
    pub fn parse(
        buf: B,
        f: impl for<'t> FnOnce(&'t str, &mut Marks<'t, N>),
    ) -> Result<Self, Rejected<B>> {
        Self::try_parse(buf, |text, marks| {
            f(text, marks);
            Ok(())
        })
    }

    /// Takes a buffer and the fields that `f` marks in it, if `f` succeeds.
    ///
    /// # Allocation
    ///
    /// Never allocates while `f` marks at most `N` fields; otherwise once, for `16 * N` bytes.
    /// From there it grows like a `Vec`. What `f` itself allocates comes on top.
    ///
    /// # Errors
    ///
    /// What `f` returns, as [`FieldsError::Parser`]; and those of [`parse`](Self::parse). The buffer
    /// comes back in the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::{Fields, FieldsError};
    ///
    /// let parse = |text: String| {
    ///     Fields::<2>::try_parse(text, |text, marks| {
    ///         let (name, value) = text.split_once(": ").ok_or("no colon")?;
    ///         marks.mark(name);
    ///         marks.mark(value);
    ///         Ok(())
    ///     })
    /// };
    /// assert_eq!(parse("host: example.com".into()).unwrap(), ["host", "example.com"]);
    ///
    /// let rejected = parse("example.com".into()).unwrap_err();
    /// assert_eq!(rejected.error, FieldsError::Parser("no colon"));
    /// assert_eq!(rejected.buf, "example.com");
    /// ```
    #[inline]
    pub fn try_parse<E>(
        buf: B,
        f: impl for<'t> FnOnce(&'t str, &mut Marks<'t, N>) -> Result<(), E>,
    ) -> Result<Self, Rejected<B, E>> {
        let mut fields = Self::new(buf);
        match fields.try_mark(f) {
            Ok(()) => Ok(fields),
            Err(error) => Err(Rejected { buf: fields.buf, error }),
        }
    }

    /// Replaces the fields by those that `f` marks in the buffer.
    ///
    /// With [`reset`](Self::reset) it is [`parse`](Self::parse) for a record that is used again. If
    /// `f` panics, the buffer stays and there are no fields.
    ///
    /// # Allocation
    ///
    /// Never allocates while `f` marks at most `N` fields, or as many as in an earlier call;
    /// otherwise once, for `16 * N` bytes. From there it grows like a `Vec`.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse). The buffer stays and there are no fields.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::{Fields, FieldsError};
    ///
    /// let mut line = Fields::<8>::new(String::from("a b"));
    /// line.mark(|text, marks| marks.extend(text.split(' ')))?;
    /// assert_eq!(line, ["a", "b"]);
    ///
    /// let wrong = line.mark(|_, marks| marks.mark("from elsewhere"));
    /// assert_eq!(wrong, Err(FieldsError::Outside(0)));
    /// assert!(line.is_empty());
    /// # Ok::<(), FieldsError>(())
    /// ```
    #[inline]
    pub fn mark(
        &mut self,
        f: impl for<'t> FnOnce(&'t str, &mut Marks<'t, N>),
    ) -> Result<(), FieldsError> {
        self.try_mark(|text, marks| {
            f(text, marks);
            Ok::<(), Infallible>(())
        })
    }

    /// Replaces the fields by those that `f` marks in the buffer, if `f` succeeds.
    ///
    /// # Allocation
    ///
    /// Never allocates while `f` marks at most `N` fields, or as many as in an earlier call;
    /// otherwise once, for `16 * N` bytes. From there it grows like a `Vec`.
    ///
    /// # Errors
    ///
    /// As for [`try_parse`](Self::try_parse). The buffer stays and there are no fields.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::{Fields, FieldsError};
    ///
    /// let mut line = Fields::<8>::new(String::from("a b"));
    /// let none = line.try_mark(|text, _| if text.contains(';') { Ok(()) } else { Err("one field") });
    /// assert_eq!(none, Err(FieldsError::Parser("one field")));
    /// ```
    #[inline]
    pub fn try_mark<E>(
        &mut self,
        f: impl for<'t> FnOnce(&'t str, &mut Marks<'t, N>) -> Result<(), E>,
    ) -> Result<(), FieldsError<E>> {
        let text = self.buf.as_ref();
        let mut marks = Marks::start(text, &mut self.spans).map_err(FieldsError::TooLong)?;
        f(text, &mut marks).map_err(FieldsError::Parser)?;
        marks.finish().map_err(FieldsError::Outside)
    }

    /// Forgets the fields and lends the buffer, to be filled anew.
    ///
    /// # Allocation
    ///
    /// Never allocates. The buffer keeps its text and capacity.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::Fields;
    ///
    /// let mut line = Fields::<8>::new(String::with_capacity(100));
    /// let at = line.text().as_ptr();
    /// for text in ["a;b", "c;d;e"] {
    ///     let buf = line.reset();
    ///     buf.clear();
    ///     buf.push_str(text);
    ///     line.mark(|text, marks| marks.extend(text.split(';')))?;
    ///     assert_eq!(line.text().as_ptr(), at);
    /// }
    /// assert_eq!(line, ["c", "d", "e"]);
    /// # Ok::<(), thrifty::share::FieldsError>(())
    /// ```
    #[inline]
    pub fn reset(&mut self) -> &mut B {
        self.spans.clear();
        &mut self.buf
    }

    /// Gives the buffer back.
    ///
    /// # Allocation
    ///
    /// Frees what more than `N` fields took; never allocates.
    #[inline]
    pub fn into_buf(self) -> B {
        self.buf
    }

    /// The buffer.
    #[inline]
    pub fn buf(&self) -> &B {
        &self.buf
    }

    /// All of the buffer's text, fields or not.
    #[inline]
    pub fn text(&self) -> &str {
        self.buf.as_ref()
    }

    /// The number of fields.
    #[inline]
    pub fn len(&self) -> usize {
        self.spans.as_slice().len()
    }

    /// Whether there are no fields.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.spans.as_slice().is_empty()
    }

    /// Field number `index`, counted from 0 in the order of marking.
    #[inline]
    pub fn get(&self, index: usize) -> Option<&str> {
        self.spans.as_slice().get(index).map(|span| field(self.buf.as_ref(), *span))
    }

    /// The fields in the order of marking.
    #[inline]
    pub fn iter(&self) -> FieldsIter<'_> {
        FieldsIter::new(self.buf.as_ref(), self.spans.as_slice())
    }

    /// The first and second field, the third and fourth, and so on: names and values.
    ///
    /// The last of an odd number of fields is in no pair.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::Fields;
    ///
    /// let query = String::from("page=2&sort=name");
    /// let query = Fields::<4>::parse(query, |text, marks| marks.extend(text.split(['&', '='])))?;
    /// assert!(query.pairs().eq([("page", "2"), ("sort", "name")]));
    /// # Ok::<(), thrifty::share::Rejected<String>>(())
    /// ```
    #[inline]
    pub fn pairs(&self) -> FieldsPairs<'_> {
        FieldsPairs::new(self.buf.as_ref(), self.spans.as_slice())
    }

    /// Copies the part of the buffer that has fields, from the first byte to the last of them.
    ///
    /// For a record that is kept while its buffer holds more than the record, say a whole read from
    /// a socket, or is shared with others.
    ///
    /// # Allocation
    ///
    /// Allocates once, for the copied bytes. More than `N` fields take one more block, of 8
    /// bytes a field.
    ///
    /// # Cost
    ///
    /// O(n) in the bytes and the fields.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::{Fields, Str};
    ///
    /// let read = Str::from("id=4711;".to_owned() + &"x".repeat(4096));
    /// let id = Fields::<2, _>::parse(read, |text, marks| {
    ///     marks.extend(text.split(['=', ';']).take(2));
    /// })?;
    /// let kept = id.detach();
    /// assert_eq!(kept, id);
    /// assert_eq!(kept.into_buf(), "id=4711");
    /// # Ok::<(), thrifty::share::Rejected<Str>>(())
    /// ```
    #[must_use]
    pub fn detach(&self) -> Fields<N, String> {
        let text = self.buf.as_ref();
        let (covered, spans) = self.spans.moved_to_front();
        Fields { buf: covered.of(text).unwrap_or_default().into(), spans }
    }
}

impl<const N: usize> Fields<N, Str> {
    /// Field number `index` as a text of its own, which shares the buffer if it is long.
    ///
    /// # Allocation
    ///
    /// Never allocates while the field has at most 23 bytes, or the buffer has its count already;
    /// otherwise once, for the count's 24 bytes. See [`Str::slice`].
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::{Fields, Str};
    ///
    /// let line = Str::from("user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:142.0)");
    /// let header = Fields::<2, _>::parse(line, |text, marks| marks.extend(text.split(": ")))?;
    /// assert!(header.get_str(0).unwrap().is_inline());
    /// assert_eq!(header.get_str(1).unwrap().as_str().as_ptr(), header[1].as_ptr());
    /// assert_eq!(header.get_str(2), None);
    /// # Ok::<(), thrifty::share::Rejected<Str>>(())
    /// ```
    #[inline]
    pub fn get_str(&self, index: usize) -> Option<Str> {
        let span = self.spans.as_slice().get(index)?;
        Some(self.buf.try_slice(span.range()).unwrap_or_default())
    }
}

crate::clone_from! { impl<const N: usize, B: Clone> Clone for Fields<N, B> { buf, spans } }

impl<const N: usize, B: AsRef<str> + Default> Default for Fields<N, B> {
    fn default() -> Self {
        Self::new(B::default())
    }
}

/// Without copying: the buffer becomes the `Str`'s.
impl<const N: usize> From<Fields<N, String>> for Fields<N, Str> {
    fn from(fields: Fields<N, String>) -> Self {
        Self { buf: fields.buf.into(), spans: fields.spans }
    }
}

/// # Panics
///
/// If there is no such field.
impl<const N: usize, B: AsRef<str>> Index<usize> for Fields<N, B> {
    type Output = str;

    #[track_caller]
    #[inline]
    fn index(&self, index: usize) -> &str {
        self.get(index).unwrap_or_else(|| no_such_field(index, self.len()))
    }
}

impl<'a, const N: usize, B: AsRef<str>> IntoIterator for &'a Fields<N, B> {
    type Item = &'a str;
    type IntoIter = FieldsIter<'a>;

    #[inline]
    fn into_iter(self) -> FieldsIter<'a> {
        self.iter()
    }
}

/// The fields in their order; not the text between them.
impl<const N: usize, B: AsRef<str>, const M: usize, C: AsRef<str>> PartialEq<Fields<M, C>>
    for Fields<N, B>
{
    fn eq(&self, other: &Fields<M, C>) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<const N: usize, B: AsRef<str>> Eq for Fields<N, B> {}

impl<const N: usize, B: AsRef<str>, T: AsRef<str>, const M: usize> PartialEq<[T; M]>
    for Fields<N, B>
{
    fn eq(&self, other: &[T; M]) -> bool {
        self.iter().eq(other.iter().map(T::as_ref))
    }
}

impl<const N: usize, B: AsRef<str>> fmt::Debug for Fields<N, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

#[cold]
#[track_caller]
#[expect(clippy::panic, reason = "documented, as for a slice")]
fn no_such_field(index: usize, len: usize) -> ! {
    panic!("no field {index} among {len} fields: ask `get`, which returns an `Option`")
}
