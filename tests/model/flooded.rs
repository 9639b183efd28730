//! Keys that an attacker picks: the work for each grows with their number, not with its square.
//!
//! Work is counted in calls of `Eq` and `Hash`, so the figures do not depend on the machine.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use thrifty::inline::{SmallMap, SmallSet};

thread_local! {
    static CALLS: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// A key that counts how often it is compared and hashed.
#[derive(Clone, Debug)]
struct Key(u64);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        CALLS.set((CALLS.get().0 + 1, CALLS.get().1));
        self.0 == other.0
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        CALLS.set((CALLS.get().0, CALLS.get().1 + 1));
        self.0.hash(state);
    }
}

/// `Eq` and `Hash` calls of `f`.
fn calls(f: impl FnOnce()) -> (u64, u64) {
    CALLS.set((0, 0));
    f();
    CALLS.get()
}

/// Numbers that collide in tables with a weak hash: multiples of large powers of two, equal low or high
/// halves, what undoes a well-known multiplier.
const ATTACKS: [fn(u64) -> u64; 6] = [
    |n| n << 32,
    |n| n << 48,
    |n| n << 16 | 0xFFFF,
    |n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15),
    |n| n.wrapping_mul(0xF1DE_83E1_9937_733D),
    |n| n.reverse_bits(),
];

#[test]
fn chosen_keys_cost_what_others_cost() {
    for attack in ATTACKS {
        let mut last = None;
        for count in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000] {
            let keys: Vec<_> = (0..count).map(|n| Key(attack(n))).collect();
            let work = calls(|| {
                let mut map: SmallMap<Key, u64, 8> = SmallMap::new();
                let mut set: SmallSet<Key, 8> = SmallSet::new();
                for key in &keys {
                    map.insert(key.clone(), key.0);
                    set.insert(key.clone());
                }
                assert!(map.spilled() && set.spilled());
                assert!(keys.iter().all(|key| map.get(key) == Some(&key.0) && set.contains(key)));
                assert!(keys.iter().all(|key| map.remove(key).is_some()));
            });
            let work = work.0 + work.1;
            // Five operations on each key, and the table hashes all again whenever it doubles.
            assert!(work < 20 * count, "{work} calls for {count} keys");
            if let Some(last) = last.replace(work) {
                assert!(work < 3 * last, "{last} calls, and {work} for twice as many keys");
            }
        }
    }
}

/// Up to `N` keys there is no hash to attack, and at most one comparison for each.
#[test]
fn inline_keys_are_compared_once_each() {
    let mut map: SmallMap<Key, (), 8> = SmallMap::new();
    let work = calls(|| (0..8).for_each(|n| _ = map.insert(Key(n << 57), ())));
    assert_eq!(work, ((0..8).sum(), 0));
    let (eq, hash) = calls(|| assert!(!map.contains_key(&Key(1))));
    assert_eq!((eq, hash), (8, 0));
}

/// A caller's own hasher, which maps all keys to one place, is as bad as it is for std, and no worse.
#[test]
fn a_hasher_without_a_seed_is_the_callers_choice() {
    #[derive(Clone, Default)]
    struct Constant;
    impl BuildHasher for Constant {
        type Hasher = Self;
        fn build_hasher(&self) -> Self {
            Self
        }
    }
    impl Hasher for Constant {
        fn write(&mut self, _: &[u8]) {}
        fn finish(&self) -> u64 {
            7
        }
    }
    let std = calls(|| {
        let mut map = HashMap::with_hasher(Constant);
        (0..500).for_each(|n| _ = map.insert(Key(n), n));
        assert!((0..500).all(|n| map[&Key(n)] == n));
    });
    let ours = calls(|| {
        let mut map: SmallMap<Key, u64, 8, Constant> = SmallMap::with_hasher(Constant);
        (0..500).for_each(|n| _ = map.insert(Key(n), n));
        assert!((0..500).all(|n| map.get(&Key(n)) == Some(&n)));
    });
    assert!(std.0 > 500 * 100, "the keys do not collide: {std:?}");
    assert!(ours.0 + ours.1 <= std.0 + std.1 + 8 * 8, "{ours:?}, and std {std:?}");
}

/// The seed differs from map to map: what one map's order tells is no help against another.
#[test]
fn each_map_has_a_seed_of_its_own() {
    let order = || {
        let map: SmallMap<u64, (), 8> = (0..1_000).map(|n| (n, ())).collect();
        map.keys().copied().collect::<Vec<_>>()
    };
    assert_ne!(order(), order());
}
