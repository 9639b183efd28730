//! A set that keeps its first values inline.

mod iter;
mod ops;
#[cfg(feature = "serde")]
mod serde;

use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::mem;
use hashbrown::Equivalent;
#[cfg(feature = "std")]
use std::hash::RandomState;

use super::small_map::{SmallMap, TryReserveError};
pub use iter::{Drain, ExtractIf, IntoIter, Iter};
pub use ops::{Difference, Intersection, SymmetricDifference, Union};

SETDOC
pub struct SmallSet<
    T,
    const N: usize,
    #[cfg(feature = "std")] S = RandomState,
    #[cfg(not(feature = "std"))] S,
> {
    map: SmallMap<T, (), N, S>,
}

