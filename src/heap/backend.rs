//! The names of the allocators that this room knows.

use core::error::Error;
use core::fmt;
use core::str::FromStr;

/// An allocator that can serve the whole process.
///
/// Every backend is listed on every target and with every feature; [`Backend::compiled`] says which
/// ones this build can use.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::heap::Backend;
///
/// assert_eq!("jemalloc".parse(), Ok(Backend::Jemalloc));
/// assert_eq!(Backend::System.to_string(), "system");
/// assert!(Backend::compiled().contains(&Backend::System));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Backend {
    /// The platform's own allocator, by way of [`std::alloc::System`].
    System,
    /// mimalloc, with the feature `mimalloc` (C line v2) or `mimalloc-v3`.
    Mimalloc,
    /// jemalloc, with the feature `jemalloc`.
    Jemalloc,
}

impl Backend {
    /// Returns the backends that are compiled into this build.
    ///
    /// The order is that of precedence in [`ByFeature`](super::ByFeature), best first.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn compiled() -> &'static [Self] {
        &[
            #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
            Self::Jemalloc,
            #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
            Self::Mimalloc,
            Self::System,
        ]
    }

    /// Returns the name that `Display` prints and `FromStr` reads.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Mimalloc => "mimalloc",
            Self::Jemalloc => "jemalloc",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Backend {
    type Err = UnknownBackend;

    /// Reads the exact lower-case name of a backend, compiled in or not.
    fn from_str(name: &str) -> Result<Self, UnknownBackend> {
        match name {
            "system" => Ok(Self::System),
            "mimalloc" => Ok(Self::Mimalloc),
            "jemalloc" => Ok(Self::Jemalloc),
            _ => Err(UnknownBackend { _private: () }),
        }
    }
}

/// The text names no [`Backend`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownBackend {
    _private: (),
}

impl fmt::Display for UnknownBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such allocator: write `system`, `mimalloc` or `jemalloc`, in lower case")
    }
}

impl Error for UnknownBackend {}
