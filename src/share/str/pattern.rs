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
    fn split_once(self, text: &str) -> Option<(&str, &str)>;
    #[doc(hidden)]
    fn rsplit_once(self, text: &str) -> Option<(&str, &str)>;
    #[doc(hidden)]
    fn strip_prefix(self, text: &str) -> Option<&str>;
    #[doc(hidden)]
    fn strip_suffix(self, text: &str) -> Option<&str>;
}

macro_rules! patterns {
    ($([$($generic:tt)*] $pattern:ty: $kind:ty;)*) => {$(
        impl<$($generic)*> Pattern<$kind> for $pattern {
            #[inline]
            fn split(self, text: &str) -> impl Iterator<Item = &str> {
                text.split(self)
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
    [] char: str;
    [] &str: str;
    [] &String: str;
    [] &[char]: str;
    [const N: usize] [char; N]: str;
    [const N: usize] &[char; N]: str;
    [F: FnMut(char) -> bool] F: fn(char) -> bool;
}
