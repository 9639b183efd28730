//! Random programs against a model that anyone can check.

#[cfg(feature = "meter")]
mod meter;
#[cfg(feature = "inline")]
mod small_map;
#[cfg(feature = "inline")]
mod small_set;
