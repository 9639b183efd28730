//! Random programs against a model that anyone can check.

#[cfg(feature = "meter")]
mod meter;
#[cfg(all(feature = "inline", feature = "std"))]
mod small_map;
#[cfg(all(feature = "inline", feature = "std"))]
mod small_set;
