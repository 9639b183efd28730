//! What a text can be split at.

use alloc::string::String;

/// What [`Str::split`](super::Str::split) and its kin look for, as std's unstable `Pattern`.
///
/// A `char`, a `&str` or `&String`, an array or slice of `char`s, or a closure `|c: char| -> bool`.
/// `Kind` only tells closures from the rest, and is never written.
///
/// ```
/// use thrifty::share::Str;
///
/// let text = Str::from("a=1;b=2");
/// assert!(text.split(';').eq(["a=1", "b=2"]));
/// assert!(text.split([';', '=']).eq(["a", "1", "b", "2"]));
/// assert!(text.split(|c: char| c.is_ascii_punctuation()).eq(["a", "1", "b", "2"]));
/// assert_eq!(text.strip_prefix("a=").unwrap(), "1;b=2");
/// ```
pub trait Pattern<Kind: ?Sized = str>: Sized {
    #[doc(hidden)]
    fn split(self, text: &str) -> impl Iterator<Item = &str>;
    #[doc(hidden)]
    fn match_indices(self, text: &str) -> impl Iterator<Item = (usize, &str)>;
    /// The byte that it looks for, if that is a single one.
    #[doc(hidden)]
    fn one_byte(&self) -> Option<u8>;
    #[doc(hidden)]
    fn split_once(self, text: &str) -> Option<(&str, &str)>;
    #[doc(hidden)]
    fn rsplit_once(self, text: &str) -> Option<(&str, &str)>;
    #[doc(hidden)]
    fn strip_prefix(self, text: &str) -> Option<&str>;
    #[doc(hidden)]
    fn strip_suffix(self, text: &str) -> Option<&str>;
}

macro_rules! patterns {
    ($([$($generic:tt)*] $pattern:ty: $kind:ty, $one_byte:expr;)*) => {$(
        impl<$($generic)*> Pattern<$kind> for $pattern {
            #[inline]
            fn split(self, text: &str) -> impl Iterator<Item = &str> {
                text.split(self)
            }

            #[inline]
            fn match_indices(self, text: &str) -> impl Iterator<Item = (usize, &str)> {
                text.match_indices(self)
            }

            #[inline]
            fn one_byte(&self) -> Option<u8> {
                $one_byte(self)
            }

            #[inline]
            fn split_once(self, text: &str) -> Option<(&str, &str)> {
                text.split_once(self)
            }

            #[inline]
            fn rsplit_once(self, text: &str) -> Option<(&str, &str)> {
                text.rsplit_once(self)
            }

            #[inline]
            fn strip_prefix(self, text: &str) -> Option<&str> {
                text.strip_prefix(self)
            }

            #[inline]
            fn strip_suffix(self, text: &str) -> Option<&str> {
                text.strip_suffix(self)
            }
        }
    )*};
}

patterns! {
    [] char: str, |c: &char| u8::try_from(*c).ok().filter(u8::is_ascii);
    [] &str: str, |text: &str| one_byte(text);
    [] &String: str, |text: &str| one_byte(text);
    [] &[char]: str, |_| None;
    [const N: usize] [char; N]: str, |_| None;
    [const N: usize] &[char; N]: str, |_| None;
    [F: FnMut(char) -> bool] F: fn(char) -> bool, |_| None;
}

#[inline]
fn one_byte(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] => Some(*byte),
        _ => None,
    }
}
