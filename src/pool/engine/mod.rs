//! Per-thread magazines over a shared depot: what all pools of this room stand on.
//!
//! ```text
//!  a thread          magazine (64)        depot, two shards        allocator
//!  take, give  <-->  one per class  <-->  half a magazine   <-->   the rest
//!                    no lock, no RMW      try_lock, or not at all
//! ```
//!
//! Items are pointers to something on the heap. A [`Kind`] says how one is disposed of, and a
//! [`Tag`] in the holder's handle says to which class of which pool it belongs. A pool's shared part
//! stands in a table that is never freed; a generation in the tag tells a pool from the one that had
//! its place before, so handles may outlive their pool.

mod budget;
mod core;
mod depot;
mod local;
mod lock;
#[cfg(feature = "async")]
mod queue;
mod slot;
mod table;
mod tag;
mod waiting;
mod wanted;

pub(super) use self::core::{Core, Item, Kind, Limits};
pub(super) use local::{flush, give, magazine, take, take_any, take_slowly};
pub(super) use lock::OnDrop;
#[cfg(feature = "async")]
pub(super) use queue::Queue;
pub(super) use table::{close, dismiss, find, open};
pub(super) use tag::{POOLS, Tag};
