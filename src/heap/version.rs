//! Which version of a C library was linked.

use core::ffi::{CStr, c_int};
use core::fmt;

use super::Backend;

impl Backend {
    /// Returns the version of the C library behind this backend, as the library itself tells it.
    ///
    /// `None` for a backend that is not compiled in, and for the system's on all but Linux with glibc.
    /// Take it over the version of a crate in a lock file: one crate has several C lines, and which of
    /// them is linked is decided by the features of the whole graph.
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
    /// for &backend in Backend::compiled() {
    ///     match backend.version() {
    ///         Some(version) => println!("{backend} {version}"),
    ///         None => println!("{backend}, of a version that cannot be asked for"),
    ///     }
    /// }
    /// # #[cfg(all(target_os = "linux", target_env = "gnu"))]
    /// assert!(Backend::System.version().is_some_and(|glibc| glibc.major() == Some(2)));
    /// ```
    #[must_use]
    pub fn version(self) -> Option<Version> {
        match self {
            #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
            Self::Mimalloc => Some(Version { said: Said::Number(super::with_mimalloc::version()) }),
            #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
            Self::Jemalloc => super::with_jemalloc::version().and_then(Version::of_text),
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            Self::System => {
                // SAFETY: the function has no precondition.
                let text = unsafe { libc::gnu_get_libc_version() };
                // SAFETY: glibc returns a constant string that ends with NUL (gnu/libc-version.h).
                Version::of_text(unsafe { CStr::from_ptr(text) })
            }
            #[allow(unreachable_patterns, reason = "where every backend can be asked")]
            _ => None,
        }
    }
}

/// The version of a C library, such as `2.3.2` or `5.3.1-0-g81034ce1`; see [`Backend::version`].
///
/// `Display` prints all of it.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Version {
    said: Said,
}

/// What the library says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Five digits: the major version, two for the minor one, two for the patch. Three up to 2025.
    Number(c_int),
    Text(&'static str),
}

impl Version {
    /// Returns the first number, or `None` if the library's text has none.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn major(self) -> Option<u32> {
        match self.said {
            Said::Number(number) => u32::try_from(parts(number)[0]).ok(),
            Said::Text(text) => text.split('.').next()?.parse().ok(),
        }
    }

    fn of_text(text: &'static CStr) -> Option<Self> {
        Some(Self { said: Said::Text(text.to_str().ok()?) })
    }
}

const fn parts(number: c_int) -> [c_int; 3] {
    let base = if number < 10_000 { 10 } else { 100 };
    [number / (base * base), number / base % base, number % base]
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.said {
            Said::Number(number) => {
                let [major, minor, patch] = parts(number);
                write!(f, "{major}.{minor}.{patch}")
            }
            Said::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({self})")
    }
}
