//! Keep small things on the stack.

#[doc(inline)]
pub use arrayvec::{ArrayString, ArrayVec};
#[doc(inline)]
pub use smallvec::{SmallVec, smallvec};
