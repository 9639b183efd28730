//! The fields one after the other, and two by two.

use core::iter::FusedIterator;
use core::slice;

use super::spans::Span;

/// The fields of a record: see [`Fields::iter`](super::Fields::iter).
#[derive(Clone, Debug)]
pub struct FieldsIter<'a> {
    text: &'a str,
    spans: slice::Iter<'a, Span>,
}

/// The fields of a record, two by two: see [`Fields::pairs`](super::Fields::pairs).
#[derive(Clone, Debug)]
pub struct FieldsPairs<'a> {
    text: &'a str,
    pairs: slice::Iter<'a, [Span; 2]>,
}

impl<'a> FieldsIter<'a> {
    #[inline]
    pub(super) fn new(text: &'a str, spans: &'a [Span]) -> Self {
        Self { text, spans: spans.iter() }
    }
}

impl<'a> FieldsPairs<'a> {
    #[inline]
    pub(super) fn new(text: &'a str, spans: &'a [Span]) -> Self {
        Self { text, pairs: spans.as_chunks().0.iter() }
    }
}

/// A field of `text`; nothing if the buffer is no longer what was marked, or if it is empty and lies
/// inside of a character.
#[inline]
pub(super) fn field(text: &str, span: Span) -> &str {
    span.of(text).unwrap_or_default()
}

#[inline]
fn pair(text: &str, [name, value]: [Span; 2]) -> (&str, &str) {
    (field(text, name), field(text, value))
}

macro_rules! iterators {
    ($($iterator:ident, $inner:ident, $each:ident, $item:ty;)*) => {$(
        impl<'a> Iterator for $iterator<'a> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.$inner.next().map(|span| $each(self.text, *span))
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.$inner.size_hint()
            }

            #[inline]
            fn nth(&mut self, n: usize) -> Option<$item> {
                self.$inner.nth(n).map(|span| $each(self.text, *span))
            }
        }

        impl DoubleEndedIterator for $iterator<'_> {
            #[inline]
            fn next_back(&mut self) -> Option<Self::Item> {
                self.$inner.next_back().map(|span| $each(self.text, *span))
            }
        }

        impl ExactSizeIterator for $iterator<'_> {}
        impl FusedIterator for $iterator<'_> {}
    )*};
}

iterators! {
    FieldsIter, spans, field, &'a str;
    FieldsPairs, pairs, pair, (&'a str, &'a str);
}
