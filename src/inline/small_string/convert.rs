//! From and to other kinds of text, and what makes it one.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::borrow::{Borrow, BorrowMut};
use core::convert::Infallible;
use core::error::Error;
use core::fmt;
use core::ops::{Deref, DerefMut, Index, IndexMut};
use core::slice::SliceIndex;
use core::str::FromStr;

use arrayvec::ArrayString;

use super::{Heap, Inline, SmallString};

impl<const N: usize> From<&str> for SmallString<N> {
    /// Allocates once if the text has more than `N` bytes.
    #[inline]
    fn from(text: &str) -> Self {
        match ArrayString::from(text) {
            Ok(inline) => Self(Inline(inline)),
            Err(_) => Self(Heap(String::from(text))),
        }
    }
}

impl<const N: usize> From<String> for SmallString<N> {
    /// Never allocates: takes the block over, or frees it if it has no room for more than `N` bytes.
    #[inline]
    fn from(text: String) -> Self {
        if text.capacity() > N {
            return Self(Heap(text));
        }
        Self::from(&*text)
    }
}

impl<const N: usize> From<Box<str>> for SmallString<N> {
    /// Never allocates: takes the block over, or frees it if the text fits inline.
    fn from(text: Box<str>) -> Self {
        Self::from(String::from(text))
    }
}

impl<const N: usize> From<Cow<'_, str>> for SmallString<N> {
    /// Allocates once if the text is borrowed and has more than `N` bytes.
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::from(text),
            Cow::Owned(text) => Self::from(text),
        }
    }
}

impl<const N: usize> From<&mut str> for SmallString<N> {
    #[inline]
    fn from(text: &mut str) -> Self {
        Self::from(&*text)
    }
}

impl<const N: usize> From<&String> for SmallString<N> {
    #[inline]
    fn from(text: &String) -> Self {
        Self::from(&**text)
    }
}

impl<const N: usize> From<char> for SmallString<N> {
    #[inline]
    fn from(ch: char) -> Self {
        Self::from(&*ch.encode_utf8(&mut [0; 4]))
    }
}

impl<const N: usize> FromStr for SmallString<N> {
    type Err = Infallible;

    #[inline]
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

/// What a `String` becomes, by way of it: a spilled text hands its block on.
macro_rules! into {
    ($($target:ty),*) => {$(
        impl<const N: usize> From<SmallString<N>> for $target {
            #[inline]
            fn from(text: SmallString<N>) -> Self {
                text.into_string().into()
            }
        }
    )*};
}

into!(String, Vec<u8>, Cow<'_, str>, Box<dyn Error>, Box<dyn Error + Send + Sync>);
#[cfg(feature = "std")]
into!(std::ffi::OsString, std::path::PathBuf);

impl<const N: usize> From<SmallString<N>> for Box<str> {
    #[inline]
    fn from(text: SmallString<N>) -> Self {
        text.into_boxed_str()
    }
}

impl<const N: usize> From<SmallString<N>> for Rc<str> {
    #[inline]
    fn from(text: SmallString<N>) -> Self {
        Self::from(text.as_str())
    }
}

impl<const N: usize> From<SmallString<N>> for Arc<str> {
    #[inline]
    fn from(text: SmallString<N>) -> Self {
        Self::from(text.as_str())
    }
}

impl<'a, const N: usize> From<&'a SmallString<N>> for Cow<'a, str> {
    #[inline]
    fn from(text: &'a SmallString<N>) -> Self {
        Self::Borrowed(text)
    }
}

impl<const N: usize> Clone for SmallString<N> {
    /// A spilled text that fits inline is copied there.
    #[inline]
    fn clone(&self) -> Self {
        match &self.0 {
            Inline(text) => Self(Inline(*text)),
            Heap(text) => Self::from(&**text),
        }
    }

    /// Uses the room that is there.
    #[inline]
    fn clone_from(&mut self, source: &Self) {
        self.clear();
        self.push_str(source);
    }
}

impl<const N: usize> Default for SmallString<N> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Deref for SmallString<N> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> DerefMut for SmallString<N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut str {
        self.as_mut_str()
    }
}

impl<const N: usize> Borrow<str> for SmallString<N> {
    #[inline]
    fn borrow(&self) -> &str {
        self
    }
}

impl<const N: usize> BorrowMut<str> for SmallString<N> {
    #[inline]
    fn borrow_mut(&mut self) -> &mut str {
        self
    }
}

impl<const N: usize> AsRef<str> for SmallString<N> {
    #[inline]
    fn as_ref(&self) -> &str {
        self
    }
}

impl<const N: usize> AsMut<str> for SmallString<N> {
    #[inline]
    fn as_mut(&mut self) -> &mut str {
        self
    }
}

impl<const N: usize> AsRef<[u8]> for SmallString<N> {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

#[cfg(feature = "std")]
impl<const N: usize> AsRef<std::ffi::OsStr> for SmallString<N> {
    #[inline]
    fn as_ref(&self) -> &std::ffi::OsStr {
        self.as_str().as_ref()
    }
}

#[cfg(feature = "std")]
impl<const N: usize> AsRef<std::path::Path> for SmallString<N> {
    #[inline]
    fn as_ref(&self) -> &std::path::Path {
        self.as_str().as_ref()
    }
}

#[cfg(feature = "std")]
impl<const N: usize> std::net::ToSocketAddrs for SmallString<N> {
    type Iter = std::vec::IntoIter<std::net::SocketAddr>;

    fn to_socket_addrs(&self) -> std::io::Result<Self::Iter> {
        self.as_str().to_socket_addrs()
    }
}

impl<I: SliceIndex<str>, const N: usize> Index<I> for SmallString<N> {
    type Output = I::Output;

    #[inline]
    fn index(&self, index: I) -> &I::Output {
        &self.as_str()[index]
    }
}

impl<I: SliceIndex<str>, const N: usize> IndexMut<I> for SmallString<N> {
    #[inline]
    fn index_mut(&mut self, index: I) -> &mut I::Output {
        &mut self.as_mut_str()[index]
    }
}

impl<const N: usize> fmt::Debug for SmallString<N> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl<const N: usize> fmt::Display for SmallString<N> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}
