//! Texts, chars and numbers put together without the formatting machinery.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::num::NonZero;

use super::{ArrayString, SmallString, digits};

/// Joins texts, chars, bools and integers into a [`SmallString`](crate::inline::SmallString).
///
/// `small_concat!(N; "user:", id, ':', name)` is `small_format!(N; "user:{id}:{name}")` without the
/// machinery of `core::fmt`. Each piece is an expression of a type with
/// [`Piece`](crate::inline::Piece), an integer, say; it is borrowed, not moved. Take
/// [`small_format!`](crate::small_format) for a width, a float or any other `Display`.
///
/// # Allocation
///
/// Never allocates while the text has at most `N` bytes; otherwise once, for `text.len()` bytes.
///
/// # Panics
///
/// If the pieces add up to more than `isize::MAX` bytes, or a `Piece` of your own returns an error.
///
/// # Examples
///
/// ```
/// use thrifty::inline::small_concat;
///
/// let (id, name) = (4711_u64, String::from("alice"));
/// let key = small_concat!(32; "user:", id, ':', name);
/// assert_eq!(key, "user:4711:alice");
/// assert!(!key.spilled());
///
/// // One block of the right size if it does not fit.
/// let key = small_concat!(8; "user:", id, ':', name);
/// assert_eq!((key.spilled(), key.capacity()), (true, 15));
/// ```
///
/// A float has no text of its own here:
///
/// ```compile_fail,E0277
/// thrifty::inline::small_concat!(16; "ratio ", 0.5_f64);
/// ```
#[macro_export]
macro_rules! small_concat {
    ($n:expr; $($piece:expr),* $(,)?) => {
        $crate::inline::SmallString::<{ $n }>::concat(&$crate::__pieces!($($piece),*))
    };
}

/// `a, b, c` as `(&a, (&b, (&c, ())))`.
#[doc(hidden)]
#[macro_export]
macro_rules! __pieces {
    () => { () };
    ($first:expr $(, $rest:expr)*) => { (&$first, $crate::__pieces!($($rest),*)) };
}

/// What [`small_concat!`] can put into a text.
///
/// Implement it for an id or a name of your own, by way of what is inside:
///
/// ```
/// use core::fmt;
/// use thrifty::inline::{Piece, Sink, small_concat};
///
/// struct UserId(u64);
///
/// impl Piece for UserId {
///     fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
///         to.write_char('u')?;
///         self.0.append_to(to)
///     }
/// }
///
/// assert_eq!(small_concat!(32; "users/", UserId(4711)), "users/u4711");
/// ```
///
/// Floats have none: std's text of one and that of the fast algorithms differ, so which it should
/// be is for the caller to say.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no piece of text that `small_concat!` knows",
    label = "not a text, char, bool or integer",
    note = "`small_format!` takes whatever has `Display`"
)]
pub trait Piece {
    /// Appends the text.
    ///
    /// It is asked up to three times, for the inline place, for the length and for the heap, and
    /// has to say the same each time.
    ///
    /// # Allocation
    ///
    /// Never allocates. An implementation of your own should not either.
    ///
    /// # Errors
    ///
    /// Only those of `to`, which has no room; an error of its own makes `small_concat!` panic.
    fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result;
}

/// Where a [`Piece`] writes its text, with the methods of `core::fmt::Write`.
///
/// Only this crate has types of it.
pub trait Sink: fmt::Write + Sealed {
    /// Appends an integer.
    #[doc(hidden)]
    fn write_digits(&mut self, n: u64) -> fmt::Result;
}

#[allow(unnameable_types, reason = "so that `Sink` is for this crate alone")]
pub trait Sealed {}

/// Appends all pieces, which fit into `N` bytes, or says that they do not.
#[inline(always)]
#[expect(clippy::inline_always, reason = "only inlined are the lengths of literals known")]
pub(super) fn inline<const N: usize>(pieces: &impl Piece) -> Option<ArrayString<N>> {
    let mut text = ArrayString::new();
    pieces.append_to(&mut text).ok().map(|()| text)
}

/// Appends all pieces to a `String` with room for them.
#[cold]
#[inline(never)]
pub(super) fn on_the_heap(pieces: &impl Piece) -> String {
    let mut len = Length(0);
    let counted = pieces.append_to(&mut len);
    let mut text = String::with_capacity(len.0);
    let appended = pieces.append_to(&mut text);
    counted.and(appended).expect("a `Piece` returned an error, although there is room for it");
    text
}

/// Counts bytes. Too many for a `usize` are too many for a `String` as well.
struct Length(usize);

impl fmt::Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.saturating_add(text.len());
        Ok(())
    }
}

impl<const N: usize> Sealed for ArrayString<N> {}
impl Sealed for Length {}
impl Sealed for String {}

impl<const N: usize> Sink for ArrayString<N> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `inline`")]
    fn write_digits(&mut self, n: u64) -> fmt::Result {
        if digits::push(self, n) { Ok(()) } else { Err(fmt::Error) }
    }
}

impl Sink for Length {
    fn write_digits(&mut self, n: u64) -> fmt::Result {
        self.0 = self.0.saturating_add(digits::count(n));
        Ok(())
    }
}

impl Sink for String {
    fn write_digits(&mut self, n: u64) -> fmt::Result {
        self.push_str(&digits::text(n));
        Ok(())
    }
}

impl Piece for () {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `inline`")]
    fn append_to<S: Sink>(&self, _: &mut S) -> fmt::Result {
        Ok(())
    }
}

/// One piece and those behind it.
impl<A: Piece + ?Sized, B: Piece> Piece for (&A, B) {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `inline`")]
    fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
        self.0.append_to(to)?;
        self.1.append_to(to)
    }
}

/// Pieces that are a text already.
macro_rules! texts {
    ($($({$($generics:tt)*})? $text:ty),*) => {$(
        impl$(<$($generics)*>)? Piece for $text {
            #[inline(always)]
            fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
                to.write_str(self)
            }
        }
    )*};
}

texts!(str, String, Cow<'_, str>, {const N: usize} SmallString<N>, {const N: usize} ArrayString<N>);

/// Pieces that are one behind a pointer.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<T: Piece + ?Sized> Piece for $pointer {
            #[inline(always)]
            fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
                (**self).append_to(to)
            }
        }
    )*};
}

pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl Piece for char {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `inline`")]
    fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
        to.write_char(*self)
    }
}

impl Piece for bool {
    #[inline]
    fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
        to.write_str(if *self { "true" } else { "false" })
    }
}

impl Piece for u128 {
    fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
        match u64::try_from(*self) {
            Ok(small) => to.write_digits(small),
            Err(_) => to.write_str(&digits::text_wide(*self)),
        }
    }
}

/// Integers of up to 64 bits.
macro_rules! unsigned {
    ($($unsigned:ty)*) => {$(
        impl Piece for $unsigned {
            #[inline(always)]
            #[allow(trivial_numeric_casts, clippy::cast_lossless, reason = "`usize` has no `From`")]
            fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
                to.write_digits(*self as u64)
            }
        }
    )*};
}

unsigned!(u8 u16 u32 u64 usize);

macro_rules! signed {
    ($($signed:ty)*) => {$(
        impl Piece for $signed {
            #[inline]
            fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
                if *self < 0 {
                    to.write_char('-')?;
                }
                self.unsigned_abs().append_to(to)
            }
        }
    )*};
}

signed!(i8 i16 i32 i64 i128 isize);

macro_rules! non_zero {
    ($($integer:ty)*) => {$(
        impl Piece for NonZero<$integer> {
            #[inline]
            fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
                self.get().append_to(to)
            }
        }
    )*};
}

non_zero!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
