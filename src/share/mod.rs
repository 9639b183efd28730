//! Hand data on without copying it, when that is really cheaper.
//!
//! | the text | take | because |
//! |---|---|---|
//! | is read and dropped | `&str` | nothing is cheaper |
//! | is short, or kept in many places | [`Str`] | up to 23 bytes inline, longer text shared |
//! | is bytes | [`bytes::Bytes`] | what hyper, tonic and the rest speak |
//! | is long, and one thread clones it often | `Rc<str>` | no atomic count |
//!
//! # Take something else when
//!
//! - **it is cloned to be dropped soon and is no longer than some hundred bytes.** An atomic count,
//!   up and down, costs more than to copy 100 bytes: `cargo bench --bench str -- clone` shows where
//!   sharing begins to win.
//! - **it is a small part of a large buffer.** A shared slice keeps all of it alive:
//!   [`Str::retained`] tells how much, [`Str::detach`] copies it out.
//!
//! The shared bytes are those of [`bytes`], re-exported as they are.

pub use ::bytes;

mod str;

pub use self::str::{NotUtf8, Pattern, Slicer, Str};
