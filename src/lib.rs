//! Heap allocations are a number: know it, test it, shrink it.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "std"), no_std)]
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::panic)]
#![doc(test(no_crate_inject, attr(deny(warnings), allow(dead_code, unused_variables))))]

extern crate alloc;

#[cfg(feature = "fault")]
pub mod fault;
#[cfg(feature = "heap")]
pub mod heap;
#[cfg(feature = "inline")]
pub mod inline;
#[cfg(feature = "meter")]
pub mod meter;
