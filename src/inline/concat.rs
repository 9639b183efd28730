//! Texts, chars and numbers put together without the formatting machinery.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;
use core::num::NonZero;

use super::{ArrayString, SmallString};

/// Joins texts, chars, bools and integers into a [`SmallString`](crate::inline::SmallString).
///
/// `small_concat!(N; "user:", id, ':', name)` is `small_format!(N; "user:{id}:{name}")` without the
/// machinery of `core::fmt`: the digits of an integer come from a table, the rest is copied. Each
/// piece is an expression of a type with [`Piece`](crate::inline::Piece); it is borrowed, not
/// moved. Take [`small_format!`](crate::small_format) for a width, a float or any other `Display`.
///
/// # Allocation
///
/// Never allocates while the text has at most `N` bytes; otherwise once, for `text.len()` bytes.
///
/// # Panics
///
/// If the pieces add up to more than `isize::MAX` bytes.
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
        $crate::inline::SmallString::<{ $n }>::concat([$(
            $crate::inline::Piece::text(&$piece, &mut ::core::default::Default::default()),
        )*])
    };
}

/// What [`small_concat!`] can put into a text.
///
/// Implement it for an id or a name of your own, by way of what is inside:
///
/// ```
/// use thrifty::inline::{Piece, small_concat};
///
/// struct UserId(u64);
///
/// impl Piece for UserId {
///     type Space = <u64 as Piece>::Space;
///
///     fn text<'a>(&'a self, space: &'a mut Self::Space) -> &'a str {
///         self.0.text(space)
///     }
/// }
///
/// assert_eq!(small_concat!(32; "user:", UserId(4711)), "user:4711");
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
    /// Room on the stack for a text that has to be made first; `()` if it exists already.
    type Space: Default;

    /// The text, which may stand in `space`.
    ///
    /// # Allocation
    ///
    /// Never allocates. An implementation of your own should not either.
    fn text<'a>(&'a self, space: &'a mut Self::Space) -> &'a str;
}

/// Room for the digits of any integer.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Debug)]
pub struct Digits(Buffer);

#[derive(Clone)]
struct Buffer(itoa::Buffer);

impl core::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("..")
    }
}

impl Default for Digits {
    #[inline]
    fn default() -> Self {
        Self(Buffer(itoa::Buffer::new()))
    }
}

/// Pieces that are a text already.
macro_rules! texts {
    ($($({$($generics:tt)*})? $text:ty),*) => {$(
        impl$(<$($generics)*>)? Piece for $text {
            type Space = ();

            #[inline]
            fn text<'a>(&'a self, (): &'a mut ()) -> &'a str {
                self
            }
        }
    )*};
}

texts!(str, String, Cow<'_, str>, {const N: usize} SmallString<N>, {const N: usize} ArrayString<N>);

/// Pieces that are one behind a pointer.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<T: Piece + ?Sized> Piece for $pointer {
            type Space = T::Space;

            #[inline]
            fn text<'a>(&'a self, space: &'a mut T::Space) -> &'a str {
                (**self).text(space)
            }
        }
    )*};
}

pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl Piece for char {
    type Space = [u8; 4];

    #[inline]
    fn text<'a>(&'a self, space: &'a mut [u8; 4]) -> &'a str {
        self.encode_utf8(space)
    }
}

impl Piece for bool {
    type Space = ();

    #[inline]
    fn text<'a>(&'a self, (): &'a mut ()) -> &'a str {
        if *self { "true" } else { "false" }
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Piece for $integer {
            type Space = Digits;

            #[inline]
            fn text<'a>(&'a self, space: &'a mut Digits) -> &'a str {
                space.0.0.format(*self)
            }
        }

        impl Piece for NonZero<$integer> {
            type Space = Digits;

            #[inline]
            fn text<'a>(&'a self, space: &'a mut Digits) -> &'a str {
                space.0.0.format(self.get())
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
