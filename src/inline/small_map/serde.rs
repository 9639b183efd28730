//! A map for serde; a table grows as entries arrive, not as the input promises.

use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::marker::PhantomData;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::SmallMap;

/// The most bytes that a promise of the input may allocate.
const PROMISED_BYTES: usize = 64 * 1024;

impl<K: Serialize, V: Serialize, const N: usize, S> Serialize for SmallMap<K, V, N, S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K, V, const N: usize, S> Deserialize<'de> for SmallMap<K, V, N, S>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<K, V, const N: usize, S>(PhantomData<SmallMap<K, V, N, S>>);

impl<'de, K, V, const N: usize, S> Visitor<'de> for Entries<K, V, N, S>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
{
    type Value = SmallMap<K, V, N, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = SmallMap::default();
        while let Some((key, value)) = entries.next_entry()? {
            if map.len() == N && !map.spilled() && !map.contains_key(&key) {
                let most = PROMISED_BYTES / size_of::<(K, V)>().max(1);
                map.expect_more(entries.size_hint().unwrap_or(0).min(most));
            }
            map.insert(key, value);
        }
        Ok(map)
    }
}
