//! Where the fields are: the first `N` in the value, from `N + 1` on all of them in a `Vec`.

use alloc::vec::Vec;
use core::ops::Range;

/// The bytes of one field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// `spilled` counts if `len > N`, else `inline` does.
#[derive(Debug)]
pub(super) struct Spans<const N: usize> {
    len: usize,
    inline: [Span; N],
    spilled: Vec<Span>,
}

impl Span {
    pub(super) const EMPTY: Self = Self { start: 0, end: 0 };

    /// For offsets of at most `u32::MAX`, which `Spans` has been asked for.
    #[expect(clippy::cast_possible_truncation, reason = "Marks::start refuses longer text")]
    #[inline]
    pub(super) const fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    #[inline]
    pub(super) const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    #[inline]
    pub(super) fn of(self, text: &str) -> Option<&str> {
        text.get(self.range())
    }
}

impl<const N: usize> Spans<N> {
    #[inline]
    pub(super) const fn new() -> Self {
        Self { len: 0, inline: [Span::EMPTY; N], spilled: Vec::new() }
    }

    #[inline]
    pub(super) fn as_slice(&self) -> &[Span] {
        if self.len <= N { &self.inline[..self.len] } else { &self.spilled }
    }

    #[inline]
    fn as_mut_slice(&mut self) -> &mut [Span] {
        if self.len <= N { &mut self.inline[..self.len] } else { &mut self.spilled }
    }

    /// Keeps the block of what had spilled.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    /// Writes span number `at`, where `at` counts up from 0. It is there once
    /// [`set_len`](Self::set_len) says so.
    #[inline]
    pub(super) fn put(&mut self, at: usize, span: Span) {
        match self.inline.get_mut(at) {
            Some(slot) => *slot = span,
            None => self.spill(at, span),
        }
    }

    /// Makes the first `len` of the spans that were put count.
    #[inline]
    pub(super) fn set_len(&mut self, len: usize) {
        self.len = len;
    }

    /// The range from the first start to the last end, and the spans counted from there.
    ///
    /// An empty field says nothing about where the record is.
    pub(super) fn moved_to_front(&self) -> (Span, Self) {
        let spans = self.as_slice();
        let full = || spans.iter().filter(|span| span.start < span.end);
        let start = full().map(|span| span.start).min().unwrap_or_default();
        let end = full().map(|span| span.end).max().unwrap_or_default();
        let mut copy = self.clone();
        for span in copy.as_mut_slice() {
            *span = if span.start < span.end {
                Span { start: span.start - start, end: span.end - start }
            } else {
                Span::EMPTY
            };
        }
        (Span { start, end }, copy)
    }

    #[cold]
    fn spill(&mut self, at: usize, span: Span) {
        if at == N {
            self.spilled.clear();
            self.spilled.reserve(2 * N);
            self.spilled.extend_from_slice(&self.inline);
        }
        self.spilled.push(span);
    }
}

/// Copies what counts: not what an earlier, larger record has left in `spilled`.
impl<const N: usize> Clone for Spans<N> {
    fn clone(&self) -> Self {
        let spilled = if self.len > N { self.spilled.clone() } else { Vec::new() };
        Self { len: self.len, inline: self.inline, spilled }
    }

    fn clone_from(&mut self, source: &Self) {
        self.len = source.len;
        self.inline = source.inline;
        if seeded!(source.len > N, "fields-spilled-stale" => source.len > N + 1) {
            self.spilled.clone_from(&source.spilled);
        }
    }
}
