//! Equal, ordered and hashed as the text is.

use alloc::borrow::Cow;
use alloc::string::String;
use core::cmp::Ordering;
use core::hash::{Hash, Hasher};

use super::SmallString;

impl<const N: usize, const M: usize> PartialEq<SmallString<M>> for SmallString<N> {
    #[inline]
    fn eq(&self, other: &SmallString<M>) -> bool {
        self.as_str() == other.as_str()
    }
}

impl<const N: usize> Eq for SmallString<N> {}

impl<const N: usize, const M: usize> PartialOrd<SmallString<M>> for SmallString<N> {
    #[inline]
    fn partial_cmp(&self, other: &SmallString<M>) -> Option<Ordering> {
        Some(self.as_str().cmp(other.as_str()))
    }
}

impl<const N: usize> Ord for SmallString<N> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl<const N: usize> Hash for SmallString<N> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// Equality with what std's `String` can be compared with, both ways.
macro_rules! equal_to {
    ($($other:ty),*) => {$(
        impl<const N: usize> PartialEq<$other> for SmallString<N> {
            #[inline]
            fn eq(&self, other: &$other) -> bool {
                self.as_str() == &**other
            }
        }

        impl<const N: usize> PartialEq<SmallString<N>> for $other {
            #[inline]
            fn eq(&self, other: &SmallString<N>) -> bool {
                &**self == other.as_str()
            }
        }
    )*};
}

equal_to!(String, &str, Cow<'_, str>);

impl<const N: usize> PartialEq<str> for SmallString<N> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl<const N: usize> PartialEq<SmallString<N>> for str {
    #[inline]
    fn eq(&self, other: &SmallString<N>) -> bool {
        self == other.as_str()
    }
}
