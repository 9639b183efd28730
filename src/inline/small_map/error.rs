//! Why there is no room, or no need.

use core::alloc::Layout;
use core::fmt;

use super::OccupiedEntry;

/// Why `try_reserve` found no room.
///
/// std's own error cannot be made outside of std, so this one has its name and its two reasons.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TryReserveError {
    /// More than the largest possible table.
    CapacityOverflow,
    /// The allocator had no memory for it.
    AllocError {
        /// What it was asked for.
        layout: Layout,
    },
}

impl fmt::Display for TryReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CapacityOverflow => f.write_str(
                "the capacity asked for is above the limit of isize::MAX bytes: ask for less",
            ),
            Self::AllocError { layout } => write!(
                f,
                "the allocator has no {} bytes for the table: free memory or ask for less; the \
                 entries are as they were",
                layout.size()
            ),
        }
    }
}

impl core::error::Error for TryReserveError {}

impl From<hashbrown::TryReserveError> for TryReserveError {
    fn from(error: hashbrown::TryReserveError) -> Self {
        match error {
            hashbrown::TryReserveError::CapacityOverflow => Self::CapacityOverflow,
            hashbrown::TryReserveError::AllocError { layout } => Self::AllocError { layout },
        }
    }
}

/// Why [`SmallMap::try_insert`](super::SmallMap::try_insert) put nothing in.
pub struct OccupiedError<'a, K, V, const N: usize> {
    /// The entry that is there.
    pub entry: OccupiedEntry<'a, K, V, N>,
    /// The value that was not put in.
    pub value: V,
}

impl<K: fmt::Debug, V: fmt::Debug, const N: usize> fmt::Debug for OccupiedError<'_, K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedError")
            .field("key", self.entry.key())
            .field("old_value", self.entry.get())
            .field("new_value", &self.value)
            .finish_non_exhaustive()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, const N: usize> fmt::Display for OccupiedError<'_, K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} was not put in: the key {:?} has the value {:?}; use `insert` to replace it",
            self.value,
            self.entry.key(),
            self.entry.get(),
        )
    }
}

impl<K: fmt::Debug, V: fmt::Debug, const N: usize> core::error::Error
    for OccupiedError<'_, K, V, N>
{
}
