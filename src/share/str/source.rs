//! The text that is being deserialised, so that strings become slices of it.
//!
//! A thread's current source is one value in a thread-local. `with_source` puts its own there and
//! the former one back, also when the closure panics: so calls may nest, and each deserialiser sees
//! the innermost. What does not lie in it (text from another input, or that had escapes) is copied.

use core::cell::RefCell;

use super::Str;
use super::repr::Pool;

std::thread_local! {
    static SOURCE: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

impl Str {
    /// Deserialises `Str`s as slices of `source`, without a lifetime in their type.
    ///
    /// While `f` runs, each `Str` that a deserialiser on this thread has borrowed from `source` shares
    /// it instead of being copied; text of at most 23 bytes is inline, and text with escapes is a
    /// copy. The count is raised by batches, not for each string. All long strings then keep `source`
    /// alive: see [`detach`](Self::detach). Take `#[serde(borrow)] &str` where a lifetime is no burden.
    ///
    /// It takes a closure, since nothing must be awaited inside.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else. Only a long `source` that has no
    /// count yet gets it before: 24 bytes.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct User {
    ///     name: Str,
    ///     motto: Str,
    /// }
    ///
    /// let body = Str::from(r#"{"name":"Ada","motto":"That brain of mine is more than mortal"}"#);
    /// let user: User = Str::with_source(&body, || serde_json::from_str(&body))?;
    /// assert!(user.name.is_inline());
    /// assert_eq!(user.motto.retained(), body.retained());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn with_source<T>(source: &Self, f: impl FnOnce() -> T) -> T {
        let pool = Pool::new(&source.0);
        // While the thread ends there may be no place for it: then all is copied.
        let former = SOURCE.try_with(|current| current.replace(Some(pool)));
        let _restore = former.map(Restore);
        f()
    }
}

/// Puts the former source back.
struct Restore(Option<Pool>);

impl Drop for Restore {
    fn drop(&mut self) {
        // The source may be the last handle to user code's owner: drop it outside of the borrow.
        drop(SOURCE.try_with(|current| current.replace(self.0.take())));
    }
}

/// A slice of the thread's source if `text` lies in it, else a copy.
pub(super) fn part_or_copy(text: &str) -> Str {
    if text.len() <= Str::INLINE_CAPACITY {
        return Str::from(text);
    }
    // While the thread ends there may be no source any more.
    let part = SOURCE.try_with(|source| source.borrow_mut().as_mut()?.part(text));
    part.ok().flatten().map_or_else(|| Str::from(text), Str)
}
