//! Random programs against a model that anyone can check.

#[cfg(feature = "share")]
mod clone_from;
#[cfg(feature = "share")]
mod cow;
#[cfg(feature = "share")]
mod fields;
#[cfg(feature = "meter")]
mod meter;
