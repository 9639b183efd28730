//! The code under measurement: one function for each case and implementation.

pub mod global;
#[cfg(feature = "heap")]
pub mod heap;
#[cfg(feature = "heap-time")]
pub mod heap_time;
#[cfg(feature = "inline")]
pub mod inline;
#[cfg(feature = "maps")]
pub mod maps;
#[cfg(feature = "meter-time")]
pub mod meter_time;
#[cfg(feature = "pool")]
mod pool_buffers;
#[cfg(feature = "pool-oxidizer")]
mod pool_oxidizer;
#[cfg(feature = "pool")]
mod pool_peers;
#[cfg(feature = "pool")]
mod pool_reuse;
#[cfg(feature = "report")]
pub mod report;
#[cfg(feature = "service")]
pub mod service;
#[cfg(feature = "share")]
pub mod share_head;
#[cfg(feature = "share")]
pub mod share_json;
#[cfg(feature = "share")]
pub mod share_text;
#[cfg(feature = "strings")]
pub mod strings;
#[cfg(any(feature = "heap-time", feature = "meter-time"))]
mod values;

/// One implementation of one case.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The case's name inside its driver.
    pub case: &'static str,
    /// The implementation's name, unique in its case.
    pub name: &'static str,
    /// Runs the operation that often.
    pub run: fn(ops: u64),
    /// What one operation yields; equal for all implementations of a case.
    pub result: fn() -> Vec<u64>,
}

/// One implementation of a case that is about resident memory.
#[derive(Clone, Copy, Debug)]
pub struct Resident {
    /// The case's name inside its driver.
    pub case: &'static str,
    /// The implementation's name, unique in its case.
    pub name: &'static str,
    /// Measures it: bytes, or the share of freed bytes that stays.
    pub figure: fn() -> Result<f64, String>,
}

/// The cases of the room `share`.
#[cfg(feature = "share")]
#[must_use]
pub fn share() -> Vec<Entry> {
    [
        share_head::ENTRIES,
        share_text::ENTRIES,
        share_text::MADE,
        share_text::COPIES,
        share_json::ENTRIES,
    ]
    .concat()
}

/// The cases of the room `pool`.
#[cfg(feature = "pool")]
#[must_use]
pub fn pool() -> Vec<Entry> {
    #[cfg_attr(not(feature = "pool-oxidizer"), expect(unused_mut, reason = "that one adds some"))]
    let mut entries = [&pool_buffers::entries(), pool_reuse::ENTRIES].concat();
    #[cfg(feature = "pool-oxidizer")]
    entries.extend(pool_oxidizer::entries());
    entries
}
