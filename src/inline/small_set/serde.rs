//! A set for serde; a table grows as values arrive, not as the input promises.

use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::marker::PhantomData;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::SmallSet;

impl<T: Serialize, const N: usize, S> Serialize for SmallSet<T, N, S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de, T, const N: usize, S> Deserialize<'de> for SmallSet<T, N, S>
where
    T: Deserialize<'de> + Eq + Hash,
    S: BuildHasher + Default,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Values(PhantomData))
    }
}

struct Values<T, const N: usize, S>(PhantomData<SmallSet<T, N, S>>);

impl<'de, T, const N: usize, S> Visitor<'de> for Values<T, N, S>
where
    T: Deserialize<'de> + Eq + Hash,
    S: BuildHasher + Default,
{
    type Value = SmallSet<T, N, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        let mut set = SmallSet::default();
        while let Some(value) = values.next_element()? {
            set.map.insert_promised(value, (), values.size_hint());
        }
        Ok(set)
    }
}
