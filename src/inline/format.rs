//! `format!` into a string that may need no heap.

/// `format!` into a [`SmallString`](crate::inline::SmallString).
///
/// `small_format!(N; "{}", x)` takes what `format!` takes. Take
/// [`small_concat!`](crate::small_concat) if all pieces are texts, chars and integers: it needs a
/// quarter of the instructions.
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
/// use thrifty::inline::small_format;
///
/// let (id, share) = (7, 0.25);
/// let line = small_format!(32; "{id:>3}: {share:.1}");
/// assert_eq!(line, "  7: 0.2");
/// assert!(!line.spilled());
/// ```
#[macro_export]
macro_rules! small_format {
    ($n:expr; $($arguments:tt)+) => {
        $crate::inline::SmallString::<{ $n }>::from_fmt(::core::format_args!($($arguments)+))
    };
}
