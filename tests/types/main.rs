//! What the compiler has to allow and to refuse: where types may go, and how long they may live.
//!
//! Borrows are tried in `borrows.rs`, which the library compiles as doctests.

mod lists;
#[cfg(all(
    feature = "fault",
    feature = "heap",
    feature = "inline",
    feature = "meter",
    feature = "pool",
    feature = "share"
))]
mod matrix;
