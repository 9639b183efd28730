//! Random programs against a model that anyone can check.

#[cfg(feature = "inline")]
mod capacity;
#[cfg(feature = "meter")]
mod meter;
#[cfg(feature = "inline")]
mod small_string;
