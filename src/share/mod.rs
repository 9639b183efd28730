//! Hand data on without copying it, when that is really cheaper.
//!
//! The shared bytes are those of [`bytes`], re-exported as they are.

pub use ::bytes;

mod str;

pub use self::str::{NotUtf8, Pattern, Slicer, Str};
