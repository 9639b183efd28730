//! `Clone` whose `clone_from` reuses what the target holds.

#![forbid(unsafe_code)]

/// Implements [`Clone`] for a struct so that `clone_from` reuses the target's heap memory.
///
/// `#[derive(Clone)]` has only `clone`: `target.clone_from(&source)` then makes a whole new value and
/// drops the old one. This does it field by field, so a `String` or `Vec` that is long enough is
/// filled again. For values that are copied over and over into the same place: a snapshot of the
/// configuration, the state of a simulation, scratch records. Take the derive if a value is cloned
/// into a new place only; `clone` is the same with both.
///
/// List every field: one that is missing, or was added later, is a compile error. Tuple structs list
/// their numbers. Generics, lifetimes and `where` are written as in any `impl`. Enums are not
/// supported: a match over two variants is best written by hand.
///
/// # Allocation
///
/// Allocates whatever the fields' `clone_from` allocates, and nothing else. That is nothing for
/// `String`, `PathBuf`, `Vec`, `Box<T>`, `Option`, arrays and `Cow::Owned` of those, as long as what
/// they hold is large enough; `VecDeque` and `HashMap` keep their own block and clone what is in
/// it; tuples, `Box<str>`, `BTreeMap` and every type with a derived `Clone` start anew.
///
/// # Panics
///
/// Only if a field's `clone_from` does. The fields before it have their new value then, the others
/// the old one: a legal value of the type, unless fields must agree with each other. Where they
/// must, assign a `clone` instead.
///
/// # Examples
///
/// ```
/// use thrifty::share::clone_from;
///
/// #[derive(Debug, PartialEq)]
/// struct Order<'a, T> {
///     id: String,
///     tags: Vec<String>,
///     note: Option<String>,
///     origin: &'a str,
///     extra: T,
/// }
/// clone_from! { impl<T: Clone> Clone for Order<'_, T> { id, tags, note, origin, extra } }
///
/// struct Line(String, u32);
/// clone_from! { impl Clone for Line { 0, 1 } }
///
/// let mut kept = Line("a long line".to_owned(), 0);
/// let at = kept.0.as_ptr();
/// kept.clone_from(&Line("a short one".to_owned(), 7));
/// assert_eq!((&*kept.0, kept.1), ("a short one", 7));
/// assert_eq!(kept.0.as_ptr(), at, "the same block");
/// ```
///
/// A field too few:
///
/// ```compile_fail,E0063
/// struct Point { x: u32, y: u32 }
/// thrifty::clone_from! { impl Clone for Point { x } }
/// ```
///
/// An enum:
///
/// ```compile_fail
/// enum Either { Left(String), Right(String) }
/// thrifty::clone_from! { impl Clone for Either { Left, Right } }
/// ```
///
/// # Measured
///
/// ```text
#[doc = include_str!("../../tests/ledger/clone_from.txt")]
/// ```
#[macro_export]
macro_rules! clone_from {
    (impl $($header:tt)*) => {
        $crate::__clone_from! { @generics [] $($header)* }
    };
    ($($other:tt)*) => {
        $crate::__clone_from! { @wrong }
    };
}

/// Reads up to `Clone for`, then up to the last braces.
#[doc(hidden)]
#[macro_export]
macro_rules! __clone_from {
    (@generics [$($generics:tt)*] Clone for $($rest:tt)*) => {
        $crate::__clone_from! { @target [$($generics)*] [] $($rest)* }
    };
    (@generics [$($generics:tt)*] $next:tt $($rest:tt)*) => {
        $crate::__clone_from! { @generics [$($generics)* $next] $($rest)* }
    };
    (@target [$($generics:tt)*] [$($target:tt)+] { $($field:tt),* $(,)? }) => {
        impl $($generics)* ::core::clone::Clone for $($target)* {
            #[inline]
            fn clone(&self) -> Self {
                Self { $($field: ::core::clone::Clone::clone(&self.$field)),* }
            }

            #[inline]
            fn clone_from(&mut self, source: &Self) {
                $(::core::clone::Clone::clone_from(&mut self.$field, &source.$field);)*
            }
        }
    };
    (@target [$($generics:tt)*] [$($target:tt)*] $next:tt $($rest:tt)*) => {
        $crate::__clone_from! { @target [$($generics)*] [$($target)* $next] $($rest)* }
    };
    ($($other:tt)*) => {
        ::core::compile_error! {
            "clone_from! takes `impl Clone for Type { field, field }`, with every field of a struct \
             (`{ 0, 1 }` of a tuple struct) and generics as in any `impl`; it does not take the \
             struct's own definition, and no enum"
        }
    };
}
