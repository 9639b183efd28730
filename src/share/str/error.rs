//! Bytes that are no text.

use core::error::Error;
use core::fmt;
use core::str::Utf8Error;

/// Bytes that are not UTF-8, handed back with the place where they stop being it.
///
/// # Allocation
///
/// Never allocates.
///
/// ```
/// use thrifty::share::{Str, bytes::Bytes};
///
/// let refused = Str::try_from(Bytes::from_static(b"caf\xe9!")).unwrap_err();
/// assert_eq!(refused.utf8_error().valid_up_to(), 3);
/// assert_eq!(refused.into_bytes(), b"caf\xe9!"[..]);
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUtf8<B> {
    pub(super) bytes: B,
    pub(super) error: Utf8Error,
}

impl<B> NotUtf8<B> {
    /// Returns the bytes as they were given.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let refused = Str::try_from(vec![b'a', 0xff]).unwrap_err();
    /// assert_eq!(refused.into_bytes(), [b'a', 0xff]);
    /// ```
    #[must_use]
    pub fn into_bytes(self) -> B {
        self.bytes
    }

    /// Returns the bytes, to look at.
    #[must_use]
    pub fn bytes(&self) -> &B {
        &self.bytes
    }

    /// Returns std's verdict, with the offset.
    #[must_use]
    pub fn utf8_error(&self) -> Utf8Error {
        self.error
    }
}

impl<B: AsRef<[u8]>> fmt::Display for NotUtf8<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, all) = (self.error.valid_up_to(), self.bytes.as_ref().len());
        write!(f, "not UTF-8 from byte {at} of {all} on")?;
        match self.bytes.as_ref().get(at) {
            Some(byte) if self.error.error_len().is_some() => write!(f, " (0x{byte:02x})")?,
            _ => write!(f, " (it ends inside of a char)")?,
        }
        write!(f, ": `into_bytes` gives the bytes back, `Str::from_utf8_lossy` replaces them")
    }
}

impl<B: AsRef<[u8]> + fmt::Debug> Error for NotUtf8<B> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}
