//! A small map's whole life: every key inserted, found, another one missed, all read, dropped.
//!
//! The compiler knows neither how many keys there will be nor which.

use core::hash::{BuildHasherDefault, Hash};
use core::hint::black_box;
use std::collections::{BTreeMap, HashMap};

use rustc_hash::FxHasher;
use thrifty::inline::SmallMap;

use super::Entry;

/// What the cases need of a map from `K` to `u64`.
trait Map<K> {
    fn new() -> Self;
    fn insert(&mut self, key: K, value: u64);
    fn get(&self, key: &K) -> Option<&u64>;
    fn values(&self) -> impl Iterator<Item = &u64>;
}

macro_rules! maps {
    ($($name:ident: $map:ty = $new:expr;)*) => {$(
        struct $name<K: Key, const N: usize>($map);

        impl<K: Key, const N: usize> Map<K> for $name<K, N> {
            #[inline(always)]
            fn new() -> Self {
                Self($new)
            }

            #[inline(always)]
            fn insert(&mut self, key: K, value: u64) {
                let _ = self.0.insert(key, value);
            }

            #[inline(always)]
            fn get(&self, key: &K) -> Option<&u64> {
                self.0.get(key)
            }

            #[inline(always)]
            fn values(&self) -> impl Iterator<Item = &u64> {
                self.0.iter().map(|(_, value)| value)
            }
        }
    )*};
}

type Fx = BuildHasherDefault<FxHasher>;

maps! {
    Thrifty: SmallMap<K, u64, N, Fx> = SmallMap::with_hasher(Fx::default());
    ThriftyDefault: SmallMap<K, u64, N> = SmallMap::new();
    Std: HashMap<K, u64> = HashMap::new();
    BTree: BTreeMap<K, u64> = BTreeMap::new();
    Hashbrown: hashbrown::HashMap<K, u64, Fx> = hashbrown::HashMap::with_hasher(Fx::default());
    SmallMapCrate: small_map::SmallMap<N, K, u64, Fx, Fx> =
        small_map::SmallMap::with_hashers(Fx::default(), Fx::default());
    Turbocow: turbocow::SmallMap<K, u64, N, Fx> = turbocow::SmallMap::with_hasher(Fx::default());
    SmallHashMap: small_hash_map::SmallHashMap<K, u64, N, Fx> =
        small_hash_map::SmallHashMap::with_hasher(Fx::default());
    Halfbrown: halfbrown::SizedHashMap<K, u64, Fx, N> =
        halfbrown::SizedHashMap::with_hasher(Fx::default());
    Tinymap: tinymap::TinyMap<K, u64, N> = tinymap::TinyMap::new();
    Micromap: micromap::Map<K, u64, N> = micromap::Map::new();
    Heapless: heapless::LinearMap<K, u64, N> = heapless::LinearMap::new();
}

/// Keys that are inserted, and as many that are not.
trait Key: Copy + Ord + Hash + 'static {
    fn keys<const LEN: usize>() -> ([Self; LEN], [Self; LEN]);
}

impl Key for u32 {
    fn keys<const LEN: usize>() -> ([Self; LEN], [Self; LEN]) {
        let key = |index: usize| (index as Self).wrapping_mul(0x9E37_79B1);
        (core::array::from_fn(key), core::array::from_fn(|index| key(index + 100)))
    }
}

impl Key for &'static str {
    /// Names of HTTP headers; those that are missed are as long.
    fn keys<const LEN: usize>() -> ([Self; LEN], [Self; LEN]) {
        const FOUND: [&str; 8] = [
            "host",
            "accept",
            "user-agent",
            "content-type",
            "content-length",
            "authorization",
            "accept-encoding",
            "x-request-id",
        ];
        const MISSED: [&str; 8] = [
            "etag",
            "expect",
            "keep-alive",
            "x-powered-by",
            "sec-fetch-mode",
            "cache-control",
            "accept-language",
            "x-real-ip-v4",
        ];
        (core::array::from_fn(|index| FOUND[index]), core::array::from_fn(|index| MISSED[index]))
    }
}

#[inline(always)]
fn cycle<K: Key, M: Map<K>>(keys: &[K], missed: &[K]) -> u64 {
    let mut map = M::new();
    for (value, key) in (1..).zip(keys) {
        map.insert(*key, value);
    }
    let found: u64 = keys.iter().filter_map(|key| map.get(key)).sum();
    let absent = missed.iter().filter(|key| map.get(key).is_none()).count() as u64;
    found + 1_000 * absent + 1_000_000 * map.values().sum::<u64>()
}

#[inline(never)]
fn run<K: Key, M: Map<K>, const LEN: usize>(ops: u64) {
    let (keys, missed) = K::keys::<LEN>();
    for _ in 0..ops {
        black_box(cycle::<K, M>(&black_box(&keys)[..], &black_box(&missed)[..]));
    }
}

fn result<K: Key, M: Map<K>, const LEN: usize>() -> Vec<u64> {
    let (keys, missed) = K::keys::<LEN>();
    vec![cycle::<K, M>(&keys, &missed)]
}

const fn entry<K: Key, M: Map<K>, const LEN: usize>(
    case: &'static str,
    name: &'static str,
) -> Entry {
    Entry { case, name, run: run::<K, M, LEN>, result: result::<K, M, LEN> }
}

macro_rules! entries {
    ($($case:literal: $key:ty, $length:literal in $inline:literal $(+ $fixed:ident)?;)*) => {
        /// All implementations of each case.
        pub static ENTRIES: &[Entry] = &[$(
            entry::<$key, Thrifty<$key, $inline>, $length>($case, "thrifty"),
            entry::<$key, ThriftyDefault<$key, $inline>, $length>($case, "thrifty-default"),
            entry::<$key, Std<$key, $inline>, $length>($case, "std"),
            entry::<$key, BTree<$key, $inline>, $length>($case, "btree"),
            entry::<$key, Hashbrown<$key, $inline>, $length>($case, "hashbrown"),
            entry::<$key, SmallMapCrate<$key, $inline>, $length>($case, "small-map"),
            entry::<$key, Turbocow<$key, $inline>, $length>($case, "turbocow"),
            entry::<$key, SmallHashMap<$key, $inline>, $length>($case, "small_hash_map"),
            entry::<$key, Halfbrown<$key, $inline>, $length>($case, "halfbrown"),
            entry::<$key, Tinymap<$key, $inline>, $length>($case, "tinymap"),
            $(
                entry::<$key, Micromap<$key, $inline>, $length>($case, stringify!($fixed)),
                entry::<$key, Heapless<$key, $inline>, $length>($case, "heapless"),
            )?
        )*];
    };
}

// Those that never spill are in no case that spills.
entries! {
    "map-u32-4": u32, 4 in 8 + micromap;
    "map-u32-8": u32, 8 in 8 + micromap;
    "map-u32-9": u32, 9 in 8;
    "map-u32-16": u32, 16 in 16 + micromap;
    "map-u32-24": u32, 24 in 8;
    "map-str-4": &'static str, 4 in 8 + micromap;
    "map-str-8": &'static str, 8 in 8 + micromap;
}
