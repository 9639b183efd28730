//! Filled from iterators, writers and `+`.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::ops::{Add, AddAssign};

use super::SmallString;

impl<const N: usize> fmt::Write for SmallString<N> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }

    #[inline]
    fn write_char(&mut self, ch: char) -> fmt::Result {
        self.push(ch);
        Ok(())
    }
}

impl<const N: usize> Add<&str> for SmallString<N> {
    type Output = Self;

    #[inline]
    fn add(mut self, text: &str) -> Self {
        self.push_str(text);
        self
    }
}

impl<const N: usize> AddAssign<&str> for SmallString<N> {
    #[inline]
    fn add_assign(&mut self, text: &str) {
        self.push_str(text);
    }
}

impl<const N: usize> Extend<char> for SmallString<N> {
    /// Reserves a byte for each char that the iterator says it has, as `String` does.
    fn extend<I: IntoIterator<Item = char>>(&mut self, chars: I) {
        let chars = chars.into_iter();
        self.reserve(chars.size_hint().0);
        chars.for_each(|ch| self.push(ch));
    }
}

impl<'a, const N: usize> Extend<&'a char> for SmallString<N> {
    fn extend<I: IntoIterator<Item = &'a char>>(&mut self, chars: I) {
        self.extend(chars.into_iter().copied());
    }
}

/// Texts, one after the other.
macro_rules! extend_by {
    ($({$($lifetime:lifetime)?} $text:ty),*) => {$(
        impl<$($lifetime,)? const N: usize> Extend<$text> for SmallString<N> {
            fn extend<I: IntoIterator<Item = $text>>(&mut self, texts: I) {
                texts.into_iter().for_each(|text| self.push_str(&text));
            }
        }
    )*};
}

extend_by!({'a} &'a str, {'a} Cow<'a, str>, {} String, {} Box<str>);

impl<const N: usize, const M: usize> Extend<SmallString<M>> for SmallString<N> {
    fn extend<I: IntoIterator<Item = SmallString<M>>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push_str(&text));
    }
}

impl<T, const N: usize> FromIterator<T> for SmallString<N>
where
    Self: Extend<T>,
{
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut text = Self::new();
        text.extend(items);
        text
    }
}

impl<const N: usize> Extend<SmallString<N>> for String {
    fn extend<I: IntoIterator<Item = SmallString<N>>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push_str(&text));
    }
}

impl<const N: usize> FromIterator<SmallString<N>> for String {
    fn from_iter<I: IntoIterator<Item = SmallString<N>>>(texts: I) -> Self {
        let mut all = Self::new();
        all.extend(texts);
        all
    }
}
