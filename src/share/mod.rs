//! Hand data on without copying it, when that is really cheaper.
//!
//! An atomic clone and its drop cost more than copying 100 bytes, so sharing everything is slower
//! than `String`s for the fields of a request. The blocks here make the decision that is right:
//!
//! | You have | Take | because |
//! |---|---|---|
//! | text that is stored, cloned and cut | [`Str`] | short text is inline, long text shared |
//! | a record: a request's head, a line of CSV or of a log | [`Fields`] | one buffer, and offsets into it |
//! | text that nearly always is as it should be | [`CowExt`] | borrowed until something changes |
//! | a value copied over and over into the same place | [`clone_from!`] | the target's memory is used again |
//! | bytes | [`bytes`] | re-exported as they are |
//!
//! # Take something else when
//!
//! - **it is a small part of a large buffer.** A shared slice keeps all of it alive:
//!   [`Str::retained`] tells how much, [`Str::detach`] and [`Fields::detach`] copy it out.
//! - **the data does not outlive its owner:** `&str`. Nothing here beats a borrow.
//! - **one thread shares it:** `Rc<str>`, whose count is not atomic.
//! - **a whole value is shared:** `Arc<T>`, `arc_swap` for what changes, `Arc::make_mut`: the guide's
//!   chapter `share` has them, with figures.
//! - **the text is a few hundred bytes and cloned once:** `String`.

mod clone_from;
mod cow;
mod fields;
mod str;

#[cfg(feature = "pool")]
pub(crate) use self::str::Lender;
pub use self::str::{NotUtf8, Pattern, Slicer, Str};
pub use ::bytes;
pub use cow::CowExt;
pub use fields::{Fields, FieldsError, FieldsIter, FieldsPairs, Marks, Rejected};

#[doc(inline)]
pub use crate::clone_from;
