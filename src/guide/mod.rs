//! Chapters that only teach: in the documentation, and in no build.

#[cfg(feature = "meter")]
pub mod heap_figures;
