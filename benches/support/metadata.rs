//! Free-form metadata in a vector instead of a map: sorted by key, each key once.
//!
//! Orders carry a handful of entries. For so few, a binary search in one piece of memory is
//! faster than hashing, needs no node, and leaves the entries in the order in which they are
//! sent back.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use smallvec::SmallVec;

/// Entries that fit on the stack.
pub const INLINE: usize = 4;

/// Keys and values of one string type.
#[derive(Debug)]
pub struct Metadata<S>(SmallVec<[(S, S); INLINE]>);

impl<S> Metadata<S> {
    /// Sorted by key.
    pub fn entries(&self) -> &[(S, S)] {
        &self.0
    }
}

impl<S: Serialize> Serialize for Metadata<S> {
    fn serialize<Ser: Serializer>(&self, serializer: Ser) -> Result<Ser::Ok, Ser::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de, S: Deserialize<'de> + Ord> Deserialize<'de> for Metadata<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<S>(PhantomData<S>);

impl<'de, S: Deserialize<'de> + Ord> Visitor<'de> for EntriesVisitor<S> {
    type Value = Metadata<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut metadata = Metadata::<S>(SmallVec::new());
        let entries = &mut metadata.0;
        while let Some((key, value)) = map.next_entry::<S, S>()? {
            // As in a map, the last of two equal keys counts.
            match entries.binary_search_by(|(known, _)| known.cmp(&key)) {
                Ok(at) => entries[at].1 = value,
                Err(at) => entries.insert(at, (key, value)),
            }
        }
        Ok(metadata)
    }
}
