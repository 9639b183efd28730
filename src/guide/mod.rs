//! Chapters that only teach: in the documentation, and in no build.

#[cfg(feature = "meter")]
pub mod heap_figures;
#[cfg(all(feature = "inline", feature = "share"))]
pub mod share;
