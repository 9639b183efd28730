//! Hand data on without copying it, when that is really cheaper.
//!
//! The shared bytes are those of [`bytes`], re-exported as they are.

pub use ::bytes;
