//! Why there is no room.

use core::alloc::Layout;
use core::fmt;

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
