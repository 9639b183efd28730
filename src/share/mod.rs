//! Hand data on without copying it, when that is really cheaper.
//!
//! The shared bytes are those of [`bytes`], re-exported as they are.

mod clone_from;
mod cow;
mod fields;
mod str;

pub use self::str::{NotUtf8, Pattern, Slicer, Str};
pub use ::bytes;
pub use cow::CowExt;
pub use fields::{Fields, FieldsError, FieldsIter, FieldsPairs, Marks, Rejected};

#[doc(inline)]
pub use crate::clone_from;
