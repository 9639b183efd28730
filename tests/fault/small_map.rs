//! `SmallMap`: memory runs out, and keys, values and closures panic, at every point.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use thrifty::fault::{Bomb, Fail, Fuse};
use thrifty::inline::SmallMap;
use thrifty::inline::small_map::{self, Entry};

use crate::tally::{self, each_panic_point};

/// Keys and values are bombs; the hasher is always the same, and so are the points.
type Map = SmallMap<Bomb, Bomb, 4, Sum>;

#[derive(Clone, Copy, Default)]
struct Sum;

struct SumHasher(u64);

impl BuildHasher for Sum {
    type Hasher = SumHasher;

    fn build_hasher(&self) -> SumHasher {
        SumHasher(0)
    }
}

impl Hasher for SumHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |sum, byte| sum * 31 + u64::from(*byte));
    }

    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

#[test]
fn try_reserve_fails_and_loses_nothing() {
    let sweep = tally::sweep(|| {
        let mut map: SmallMap<u64, u64, 4> = SmallMap::new();
        map.extend((0..4).map(|key| (key, key)));
        map.try_reserve(0)?;
        let spilled = map.try_reserve(1);
        assert_eq!((map.spilled(), map.len()), (spilled.is_ok(), 4));
        assert!((0..4).all(|key| map[&key] == key));
        if let Err(error) = &spilled {
            assert!(error.to_string().contains("as they were"), "{error}");
        }
        spilled?;
        map.insert(4, 4);
        let grown = map.try_reserve(100);
        assert!((0..5).all(|key| map[&key] == key));
        grown
    });
    assert_eq!(sweep.points, 2, "the table, and a larger one");
    sweep.assert_clean();
}

/// The table for all that the iterator promises is refused; the usual one is not.
#[test]
fn a_promise_without_memory_is_none() {
    let run = tally::with(Fail::Nth(1), || {
        let map: SmallMap<u64, u64, 4> = (0..1000).map(|key| (key, key)).collect();
        assert!((0..1000).all(|key| map[&key] == key));
        map.len()
    });
    assert_eq!((run.value, run.failed), (1000, 1));
    assert!(run.requests > 2, "it grew: {} requests", run.requests);
}

/// Half of what is promised to a table with entries is asked for at once, as std's map does.
#[test]
fn a_table_asks_for_a_promise_as_std_does() {
    fn requests<M: Default + Extend<(u64, u64)>>() -> u64 {
        let mut map = M::default();
        map.extend((0..5).map(|key| (key, key)));
        tally::with(Fail::Nth(0), || map.extend((0..2000).map(|key| (key, key)))).requests
    }
    let std = requests::<HashMap<u64, u64>>();
    assert_eq!((requests::<SmallMap<u64, u64, 4>>(), std), (2, 2));
}

/// `n` entries of bombs, of which four fit inline.
fn make(fuse: Fuse, n: u32) -> Map {
    (0..n).map(|key| (fuse.bomb(key), fuse.bomb(key + 100))).collect()
}

/// A legal map: as many keys as values, each key once and with its own value, and it still works.
fn check(map: &mut Map, fuse: Fuse) {
    let mut keys: Vec<u32> = map.keys().map(Bomb::get).collect();
    assert_eq!((keys.len(), map.values().count()), (map.len(), map.len()));
    for (key, value) in &*map {
        assert!(value.get() % 100 == key.get() % 100, "{key:?} has another's value {value:?}");
    }
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), map.len(), "a key is there twice");
    map.insert(fuse.bomb(77), fuse.bomb(77));
    assert_eq!(map.get(&fuse.bomb(77)).map(Bomb::get), Some(77));
}

macro_rules! panics {
    ($($name:ident($fuse:ident, $map:ident) $act:block)*) => {$(
        #[test]
        fn $name() {
            let mut points = 0;
            // Empty, one, full, just spilled, spilled.
            for n in [0, 1, 4, 5, 7] {
                let panics = each_panic_point(|$fuse| {
                    let mut $map = make($fuse, n);
                    let _ = $fuse.catch(|| $act);
                    check(&mut $map, $fuse);
                });
                points += panics.points;
                panics.assert_clean();
            }
            assert!(points > 50, "{points} points: too few to mean anything");
        }
    )*};
}

panics! {
    insert(fuse, map) {
        map.insert(fuse.bomb(9), fuse.bomb(109));
        map.insert(fuse.bomb(0), fuse.bomb(100));
    }

    entry(fuse, map) {
        map.entry(fuse.bomb(9)).or_insert_with(|| {
            fuse.tick("closure");
            fuse.bomb(109)
        });
        map.entry(fuse.bomb(1)).and_modify(|_| fuse.tick("closure")).or_insert(fuse.bomb(101));
    }

    remove(fuse, map) {
        map.remove(&fuse.bomb(0));
        map.remove(&fuse.bomb(3));
    }

    look_ups(fuse, map) {
        let key = fuse.bomb(2);
        assert_eq!(map.contains_key(&key), map.get_key_value(&key).is_some());
        if let Some(value) = map.get_mut(&key) {
            *value = fuse.bomb(202);
        }
        if let small_map::EntryRef::Occupied(mut entry) = map.entry_ref(&key) {
            *entry.get_mut() = fuse.bomb(302);
            *entry.into_mut() = fuse.bomb(102);
        }
        map.iter_mut().for_each(|(_, value)| drop(value.clone()));
        map.values_mut().for_each(|value| drop(value.clone()));
        map.remove_entry(&key);
        if let Entry::Occupied(entry) = map.entry(fuse.bomb(1)) {
            entry.remove_entry();
        }
    }

    made_on_the_spot(fuse, map) {
        *map.entry(fuse.bomb(0)).or_default() = fuse.bomb(100);
        map.entry(fuse.bomb(9)).or_insert_with_key(|key| {
            fuse.tick("closure");
            fuse.bomb(key.get() + 100)
        });
        if let Entry::Vacant(entry) = map.entry(fuse.bomb(10)) {
            drop(entry.into_key());
        }
        map.shrink_to(4);
    }

    retain(fuse, map) {
        map.retain(|key, _| {
            fuse.tick("predicate");
            key.get() % 2 == 0
        });
    }

    extract_if(fuse, map) {
        let taken = map.extract_if(|key, _| {
            fuse.tick("predicate");
            key.get() % 2 == 0
        });
        taken.take(2).for_each(drop);
    }

    extend(fuse, map) {
        map.extend((3..9).map(|key| {
            fuse.tick("next");
            (fuse.bomb(key), fuse.bomb(key + 100))
        }));
    }

    clone(fuse, map) {
        check(&mut map.clone(), fuse);
    }

    clone_from(fuse, map) {
        let other: Map = (2..7).map(|key| (fuse.bomb(key), fuse.bomb(key + 100))).collect();
        map.clone_from(&other);
        let few: Map = (5..8).map(|key| (fuse.bomb(key), fuse.bomb(key + 100))).collect();
        map.clone_from(&few);
    }

    clone_from_what_is_inline(fuse, map) {
        let few: Map = (5..8).map(|key| (fuse.bomb(key), fuse.bomb(key + 100))).collect();
        map.clone_from(&few);
    }

    clear(fuse, map) {
        map.clear();
    }

    comparison(fuse, map) {
        let other = make(fuse, 4);
        let _same = map == other;
    }

    reserve_and_shrink(fuse, map) {
        map.reserve(1);
        map.reserve(20);
        map.shrink_to_fit();
    }

    entry_taken_out(fuse, map) {
        if let Entry::Occupied(entry) = map.entry(fuse.bomb(0)) {
            entry.remove();
        }
        drop(map.try_insert(fuse.bomb(1), fuse.bomb(201)));
        map.entry(fuse.bomb(2)).insert_entry(fuse.bomb(302));
    }

    halves(fuse, map) {
        let copy = map.clone();
        let keys = copy.into_keys().map(|key| key.get()).fold(0, u32::max);
        let copy = map.clone();
        let mut vals = copy.into_values();
        drop(vals.next());
        let owned: Vec<Bomb> = vals.collect();
        let owned = map.clone().into_keys().fold(owned, |mut all, key| {
            all.push(key);
            all
        });
        assert!(usize::try_from(keys).unwrap() <= owned.len());
    }

    get_disjoint_mut(fuse, map) {
        let (one, two) = (fuse.bomb(0), fuse.bomb(2));
        let _both = map.get_disjoint_mut([&one, &two]);
    }
}

/// A full inline map that cannot hash is still the same inline map.
#[test]
fn a_spill_that_panics_changes_nothing() {
    each_panic_point(|fuse| {
        let mut map = make(fuse, 4);
        if fuse.catch(|| map.reserve(1)).is_err() {
            assert!(!map.spilled());
        }
        assert_eq!(map.len(), 4);
        assert!((0..4).all(|key| map.keys().any(|known| known.get() == key)));
    })
    .assert_clean();
}

#[test]
fn iterators_dropped_half_way() {
    for n in [4, 7] {
        let panics = each_panic_point(|fuse| {
            let mut map = make(fuse, n);
            let _ = fuse.catch(|| drop(map.drain().next()));
            check(&mut map, fuse);
        });
        panics.assert_clean();
        let panics = each_panic_point(|fuse| {
            drop(make(fuse, n).into_iter().next());
        });
        panics.assert_clean();
    }
}

/// A table full of places that were left is put in order where it is, and hashes all keys for it.
/// Those that it has not hashed when one panics are dropped, in std's table too.
#[test]
fn a_table_that_is_put_in_order() {
    /// One key beside the other, so that a place in the middle is not free again when it is left.
    #[derive(Clone, Copy, Default)]
    struct Dense;
    struct DenseHasher(u64);
    impl BuildHasher for Dense {
        type Hasher = DenseHasher;
        fn build_hasher(&self) -> DenseHasher {
            DenseHasher(0)
        }
    }
    impl Hasher for DenseHasher {
        fn write(&mut self, bytes: &[u8]) {
            self.0 = u64::from(bytes[0]);
        }
        fn finish(&self) -> u64 {
            self.0
        }
    }

    let mut most_lost = 0;
    let panics = each_panic_point(|fuse| {
        let mut map: SmallMap<Bomb, Bomb, 4, Dense> = SmallMap::default();
        map.reserve(28);
        let room = map.capacity();
        map.extend((0..28).map(|key| (fuse.bomb(key), fuse.bomb(key + 100))));
        let taken_out = fuse.catch(|| map.retain(|key, _| key.get() < 6 || key.get() >= 22));
        let before = map.len();
        let put_in = fuse.catch(|| map.insert(fuse.bomb(30), fuse.bomb(130)));
        assert!(map.capacity() <= room || taken_out.is_err(), "a larger table");
        most_lost = most_lost.max(before - map.len().min(before));
        assert!(put_in.is_err() || map.len() == before + 1);
        for (key, value) in &map {
            assert_eq!(key.get() + 100, value.get());
        }
        assert_eq!(map.iter().count(), map.len());
    });
    assert!(most_lost > 1, "the table was not put in order: this test sees nothing");
    panics.assert_clean();
}

#[cfg(all(unix, not(miri)))]
#[test]
fn what_cannot_say_no_ends_the_process() {
    let sweep = tally::sweep_infallible(|| {
        let mut map = SmallMap::<u64, String, 4, Sum>::with_capacity_and_hasher(5, Sum);
        map.entry(1).or_default().push_str("longer than nothing");
        map.entry(2).or_insert_with_key(|key| format!("the value of {key}"));
        map.entry(3).or_insert_with(|| String::from("a value"));
        map.extend((3..9).map(|key| (key, String::from("another"))));
        map.reserve(100);
        map.shrink_to(20);
        map.shrink_to_fit();
        let mut copy = SmallMap::<u64, String, 4, Sum>::default();
        copy.clone_from(&map);
        let inline = SmallMap::<u64, u64, 4>::with_capacity(9);
        (map.clone(), copy, inline)
    });
    assert!(sweep.points > 20, "{sweep}");
    assert_eq!(sweep.aborted + sweep.returned.len() as u64, sweep.points, "{sweep}");
    sweep.assert_clean();
}
