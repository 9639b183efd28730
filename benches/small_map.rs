//! `SmallMap` beside std's `HashMap`: filled, asked for what is there and what is not, visited,
//! dropped.
//!
//! `u32` has 16 keys inline, `text` 8 header names; so the last lengths of each have spilled, where
//! `HashMap::with_capacity` wins. `fast` is the same with a hasher that is not seeded, for trusted
//! keys, in both maps. `text found` and `text missed` are look-ups alone, all of them inline.
//!
//! ```text
//! cargo bench --bench small_map
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::{
    alloc::System,
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher},
    hint::black_box,
};
use thrifty::{inline::SmallMap, meter::Metered};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const LENGTHS: [u64; 8] = [1, 2, 4, 6, 8, 12, 16, 24];

/// Multiplies, and nothing else.
#[derive(Default)]
struct Multiply(u64);

impl Hasher for Multiply {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(number)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}

type Fast = BuildHasherDefault<Multiply>;

fn main() {
    rows::run(groups);
}

fn groups(criterion: &mut Criterion) {
    let numbers: Vec<u32> = (0..48_u32).map(|n| n.wrapping_mul(0x9e37_79b9)).collect();
    let texts: Vec<String> = (0..48).map(|n| format!("x-header-{n:02}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    cycle::<_, 16>(criterion, "small_map/u32", &numbers);
    cycle::<_, 8>(criterion, "small_map/text", &texts);
    look_ups(criterion, "small_map/text found", &texts, 0);
    look_ups(criterion, "small_map/text missed", &texts, 24);
}

fn cycle<K: Copy + Eq + Hash, const N: usize>(
    criterion: &mut Criterion,
    name: &'static str,
    keys: &[K],
) {
    let mut rows = Rows::new(criterion, name);
    for n in LENGTHS {
        assert_eq!(ours::<K, N, Fast>(keys, n), theirs(HashMap::<K, u64>::new(), keys, n));
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std", n, |n| theirs(HashMap::<K, u64>::new(), keys, n));
        rows.row("std, with_capacity", n, |n| {
            theirs(HashMap::<K, u64>::with_capacity(to_usize(n)), keys, n)
        });
        rows.row("std, fast", n, |n| theirs(HashMap::<K, u64, Fast>::default(), keys, n));
        rows.row("thrifty", n, |n| ours::<K, N, std::hash::RandomState>(keys, n));
        rows.row("thrifty, fast", n, |n| ours::<K, N, Fast>(keys, n));
    }
}

/// `n` look-ups of the keys from `from` on, in a map of the first `n` keys; all are inline.
fn look_ups(criterion: &mut Criterion, name: &'static str, keys: &[&str], from: usize) {
    let mut rows = Rows::new(criterion, name);
    for n in [4, 8, 12, 16] {
        let entries = || keys.iter().copied().zip(0_u64..).take(to_usize(n));
        let asked = &keys[from..][..to_usize(n)];
        let std: HashMap<&str, u64> = entries().collect();
        let fast: HashMap<&str, u64, Fast> = entries().collect();
        let ours: SmallMap<&str, u64, 16> = entries().collect();
        assert!(!ours.spilled());
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std", n, |_| found(asked, |key| black_box(&std).get(key)));
        rows.row("std, fast", n, |_| found(asked, |key| black_box(&fast).get(key)));
        rows.row("thrifty", n, |_| found(asked, |key| black_box(&ours).get(key)));
    }
}

fn found<'a>(asked: &[&str], get: impl Fn(&str) -> Option<&'a u64>) -> u64 {
    asked.iter().filter_map(|key| get(key)).sum()
}

/// The sum of all values, and how many of `n` other keys are there: none.
fn ours<K, const N: usize, S>(keys: &[K], n: u64) -> (u64, usize)
where
    K: Copy + Eq + Hash,
    S: BuildHasher + Default,
{
    let mut map: SmallMap<K, u64, N, S> = SmallMap::default();
    let (there, others) = keys.split_at(to_usize(n));
    for (key, value) in there.iter().zip(0..) {
        map.insert(*key, value);
    }
    let found = there.iter().map(|key| map[key]).sum::<u64>();
    let others = others.iter().take(to_usize(n)).filter(|key| map.contains_key(*key)).count();
    let visited = black_box(&map).values().sum::<u64>();
    (found + visited, others)
}

fn theirs<K: Copy + Eq + Hash, S: BuildHasher>(
    mut map: HashMap<K, u64, S>,
    keys: &[K],
    n: u64,
) -> (u64, usize) {
    let (there, others) = keys.split_at(to_usize(n));
    for (key, value) in there.iter().zip(0..) {
        map.insert(*key, value);
    }
    let found = there.iter().map(|key| map[key]).sum::<u64>();
    let others = others.iter().take(to_usize(n)).filter(|key| map.contains_key(*key)).count();
    let visited = black_box(&map).values().sum::<u64>();
    (found + visited, others)
}

fn to_usize(n: u64) -> usize {
    n.try_into().unwrap()
}
