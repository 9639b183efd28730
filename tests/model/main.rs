//! Random programs against a model that anyone can check.

#[cfg(feature = "share")]
mod clone_from;
#[cfg(feature = "share")]
mod cow;
#[cfg(feature = "share")]
mod fields;
#[cfg(feature = "meter")]
mod meter;
#[cfg(feature = "share")]
mod str;
#[cfg(all(feature = "serde", feature = "share", feature = "std"))]
mod str_source;
