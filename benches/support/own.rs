//! Text of our own blocks in serde: `SmallString` for [`small`](super::small), `Str` for
//! [`shared`](super::shared).
//!
//! With `thrifty`'s feature `serde` these types have `Deserialize` themselves, and [`with_source`] is
//! `Str::with_source`; then [`Own`] only passes them on. The report and the tests run with the
//! default features, which are without serde: there this file does by the public interface what
//! the feature does inside. Both ways allocate the same, and the tests run with either.

use core::ops::Deref;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

#[cfg(feature = "serde")]
pub use self::by_feature::with_source;
#[cfg(not(feature = "serde"))]
pub use self::by_hand::with_source;

/// A text that serde reads and writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Own<T>(pub T);

impl<T: Deref<Target = str>> Deref for Own<T> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<T: for<'s> From<&'s str>> From<&str> for Own<T> {
    #[inline]
    fn from(text: &str) -> Self {
        Self(T::from(text))
    }
}

impl<T: Deref<Target = str>> Serialize for Own<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

#[cfg(feature = "serde")]
mod by_feature {
    use thrifty::share::Str;

    use super::{Deserialize, Deserializer, Own};

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Own<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            T::deserialize(deserializer).map(Self)
        }
    }

    /// Deserialises long `Str`s as slices of `source`.
    pub fn with_source<T>(source: &Str, f: impl FnOnce() -> T) -> T {
        Str::with_source(source, f)
    }
}

#[cfg(not(feature = "serde"))]
mod by_hand {
    use core::cell::RefCell;
    use core::fmt;
    use core::marker::PhantomData;

    use serde::de::{Error, Visitor};
    use thrifty::inline::SmallString;
    use thrifty::share::Str;

    use super::{Deserialize, Deserializer, Own};

    thread_local! {
        static SOURCE: RefCell<Option<Str>> = const { RefCell::new(None) };
    }

    /// Deserialises long `Str`s as slices of `source`.
    pub fn with_source<T>(source: &Str, f: impl FnOnce() -> T) -> T {
        SOURCE.set(Some(source.clone()));
        let read = f();
        SOURCE.set(None);
        read
    }

    /// What becomes of a text that the parser has borrowed from the input.
    pub trait Keep: for<'s> From<&'s str> {
        fn keep(text: &str) -> Self {
            Self::from(text)
        }
    }

    impl<const N: usize> Keep for SmallString<N> {}

    impl Keep for Str {
        fn keep(text: &str) -> Self {
            if text.len() <= Self::INLINE_CAPACITY {
                return Self::from(text);
            }
            let slice = |source: &Option<Self>| source.as_ref()?.try_slice_ref(text);
            SOURCE.with_borrow(slice).unwrap_or_else(|| Self::from(text))
        }
    }

    impl<'de, T: Keep> Deserialize<'de> for Own<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_str(TextVisitor(PhantomData)).map(Self)
        }
    }

    struct TextVisitor<T>(PhantomData<T>);

    impl<'de, T: Keep> Visitor<'de> for TextVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<T, E> {
            Ok(T::keep(text))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            Ok(T::from(text))
        }
    }
}
