//! What a parser says about the buffer.

use core::ops::Range;

use super::spans::{Span, Spans};

/// Takes the fields that a parser finds.
///
/// Given to the closures of [`Fields::parse`](super::Fields::parse) and its kin, with the text that
/// the fields must lie in. A slice of anything else that could be too short-lived does not compile;
/// a `'static` one is refused at run time, when the closure has returned.
///
/// ```compile_fail
/// use thrifty::share::Fields;
///
/// let other = String::from("elsewhere");
/// let fields = Fields::<8>::parse(String::from("here"), |_, marks| marks.mark(&other));
/// ```
#[derive(Debug)]
pub struct Marks<'t, const N: usize> {
    text: &'t str,
    spans: &'t mut Spans<N>,
    len: usize,
    /// The number of the first field that does not lie in the text.
    outside: Option<usize>,
}

impl<'t, const N: usize> Marks<'t, N> {
    /// Refuses a text that 32 bits cannot count, with its length.
    #[inline]
    pub(super) fn start(text: &'t str, spans: &'t mut Spans<N>) -> Result<Self, usize> {
        // Until `finish` there are no fields: so a panic or an error leaves none behind.
        seeded!(spans.clear(), "fields-former-kept" => ());
        if seeded!(u32::try_from(text.len()).is_err(), "fields-span-wraps" => false) {
            return Err(text.len());
        }
        Ok(Self { text, spans, len: 0, outside: None })
    }

    #[inline]
    pub(super) fn finish(self) -> Result<(), usize> {
        if let Some(field) = self.outside {
            return Err(field);
        }
        self.spans.set_len(self.len);
        Ok(())
    }

    /// Marks a part of the text as the next field.
    ///
    /// Fields may overlap, and come in any order. An empty one may come from anywhere.
    ///
    /// # Allocation
    ///
    /// Never allocates while there are at most `N` fields; otherwise once, for `16 * N` bytes.
    /// From there it grows like a `Vec`.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::Fields;
    ///
    /// let fields = Fields::<2>::parse(String::from("key = value"), |text, marks| {
    ///     marks.mark(&text[..3]);
    ///     marks.mark(text.trim_start_matches("key = "));
    /// })?;
    /// assert_eq!(fields, ["key", "value"]);
    /// # Ok::<(), thrifty::share::Rejected<String>>(())
    /// ```
    #[inline]
    pub fn mark(&mut self, field: &'t str) {
        let span = self.span_of(field.as_bytes());
        self.push(span);
    }

    /// Marks a part of the text, as the bytes that a parser has of it.
    ///
    /// It must begin and end between characters; it is not looked at for UTF-8 again.
    ///
    /// # Allocation
    ///
    /// Never allocates while there are at most `N` fields; otherwise once, for `16 * N` bytes.
    /// From there it grows like a `Vec`.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::Fields;
    ///
    /// let fields = Fields::<1>::parse(String::from("key = value"), |text, marks| {
    ///     marks.mark_bytes(&text.as_bytes()[6..]);
    /// })?;
    /// assert_eq!(fields, ["value"]);
    /// # Ok::<(), thrifty::share::Rejected<String>>(())
    /// ```
    #[inline]
    pub fn mark_bytes(&mut self, field: &'t [u8]) {
        let span = self.span_of(field).filter(|span| span.of(self.text).is_some());
        // An empty one may lie inside of a character.
        self.push(if field.is_empty() { Some(Span::EMPTY) } else { span });
    }

    /// Marks a range of the text's bytes as the next field.
    ///
    /// # Allocation
    ///
    /// Never allocates while there are at most `N` fields; otherwise once, for `16 * N` bytes.
    /// From there it grows like a `Vec`.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::share::Fields;
    ///
    /// let fixed = String::from("4711  Zoë");
    /// let fields = Fields::<2>::parse(fixed, |text, marks| {
    ///     marks.mark_range(0..4);
    ///     marks.mark_range(6..text.len());
    /// })?;
    /// assert_eq!(fields, ["4711", "Zoë"]);
    /// # Ok::<(), thrifty::share::Rejected<String>>(())
    /// ```
    #[inline]
    pub fn mark_range(&mut self, range: Range<usize>) {
        let field = self.text.get(range.clone());
        self.push(field.map(|_| Span::new(range.start, range.end)));
    }

    /// Where `field` lies in the text.
    ///
    /// Two slices that are alive share bytes only if they are parts of one object, so addresses
    /// decide; and one `str` never begins or ends inside of another's character.
    #[inline]
    fn span_of(&self, field: &[u8]) -> Option<Span> {
        let start = field.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
        let end = start.wrapping_add(field.len());
        // Of what starts before the text, `start` is nearly 2^64, and so is `end`, or it is small.
        if start <= end && seeded!(end, "fields-end-off-by-one" => end - 1) <= self.text.len() {
            return Some(Span::new(start, end));
        }
        field.is_empty().then_some(Span::EMPTY)
    }

    #[inline]
    fn push(&mut self, span: Option<Span>) {
        let span = span.unwrap_or_else(|| {
            self.outside.get_or_insert(self.len);
            Span::EMPTY
        });
        self.spans.put(self.len, span);
        self.len += 1;
    }
}

/// Marks each item as a field: `marks.extend(text.split(','))`.
impl<'t, const N: usize> Extend<&'t str> for Marks<'t, N> {
    #[inline]
    fn extend<I: IntoIterator<Item = &'t str>>(&mut self, fields: I) {
        for field in fields {
            self.mark(field);
        }
    }
}
