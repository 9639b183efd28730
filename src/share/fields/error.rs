//! Why there is no record.

use core::convert::Infallible;
use core::error::Error;
use core::fmt;

/// Why no fields were marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldsError<E = Infallible> {
    /// The text has this many bytes, more than the `u32::MAX` that an offset can count.
    TooLong(usize),
    /// This field, counted from 0, is no part of the text, or cuts a character of it in two.
    Outside(usize),
    /// What the parser returned.
    Parser(E),
}

/// The buffer that no record was made of, and why.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected<B, E = Infallible> {
    /// As it was given.
    pub buf: B,
    /// What was wrong.
    pub error: FieldsError<E>,
}

impl<E: fmt::Display> fmt::Display for FieldsError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(len) => write!(
                f,
                "a text of {len} bytes for fields, of which 32-bit offsets allow {}: split it \
                 first",
                u32::MAX
            ),
            Self::Outside(field) => write!(
                f,
                "field {field} does not lie in the text that was parsed, or cuts a character of \
                 it: mark slices of the closure's first argument"
            ),
            Self::Parser(error) => error.fmt(f),
        }
    }
}

impl<E: Error> Error for FieldsError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Parser(error) => error.source(),
            _ => None,
        }
    }
}

/// Without the buffer, which may be long.
impl<B, E: fmt::Debug> fmt::Debug for Rejected<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<B, E: fmt::Display> fmt::Display for Rejected<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<B, E: Error> Error for Rejected<B, E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}
