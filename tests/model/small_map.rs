//! `SmallMap` against std's `HashMap`: the same operations, the same answers.

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::marker::PhantomPinned;
use std::panic::{RefUnwindSafe, UnwindSafe};
use thrifty::inline::small_map::{self, Entry, EntryRef};
use thrifty::inline::{Equivalent, SmallMap};

/// Keys are few, so that most are met again; they go around the boundary of each size tested.
const KEYS: u8 = 12;

#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Op {
    Insert(u8, u32),
    TryInsert(u8, u32),
    Remove(u8),
    RemoveEntry(u8),
    GetMut(u8, u32),
    OrInsert(u8, u32),
    AndModify(u8, u32),
    InsertEntry(u8, u32),
    EntryRemove(u8),
    EntryRef(u8, u32),
    Disjoint(u8, u8),
    Retain(u8),
    ExtractIf(u8, usize),
    Drain(usize),
    ForgetDrain(usize),
    ValuesMut(u32),
    Extend(Vec<(u8, u32)>),
    Clear,
    Reserve(u8),
    TryReserve(u8),
    ShrinkTo(u8),
    ShrinkToFit,
    Clone,
    CloneFrom(Vec<(u8, u32)>),
    IntoIter,
}

fn op() -> impl Strategy<Value = Op> {
    let key = || 0..KEYS;
    let value = any::<u32>;
    let some = || vec((0..KEYS, any::<u32>()), 0..16);
    prop_oneof![
        8 => (key(), value()).prop_map(|(key, value)| Op::Insert(key, value)),
        1 => (key(), value()).prop_map(|(key, value)| Op::TryInsert(key, value)),
        3 => key().prop_map(Op::Remove),
        1 => key().prop_map(Op::RemoveEntry),
        1 => (key(), value()).prop_map(|(key, value)| Op::GetMut(key, value)),
        2 => (key(), value()).prop_map(|(key, value)| Op::OrInsert(key, value)),
        1 => (key(), value()).prop_map(|(key, value)| Op::AndModify(key, value)),
        1 => (key(), value()).prop_map(|(key, value)| Op::InsertEntry(key, value)),
        1 => key().prop_map(Op::EntryRemove),
        1 => (key(), value()).prop_map(|(key, value)| Op::EntryRef(key, value)),
        1 => (key(), key()).prop_map(|(one, two)| Op::Disjoint(one, two)),
        1 => (1..4_u8).prop_map(Op::Retain),
        1 => ((1..4_u8), (0..8_usize)).prop_map(|(each, taken)| Op::ExtractIf(each, taken)),
        1 => (0..8_usize).prop_map(Op::Drain),
        1 => (0..8_usize).prop_map(Op::ForgetDrain),
        1 => value().prop_map(Op::ValuesMut),
        1 => some().prop_map(Op::Extend),
        1 => Just(Op::Clear),
        1 => (0..20_u8).prop_map(Op::Reserve),
        1 => (0..20_u8).prop_map(Op::TryReserve),
        1 => (0..20_u8).prop_map(Op::ShrinkTo),
        2 => Just(Op::ShrinkToFit),
        1 => Just(Op::Clone),
        1 => some().prop_map(Op::CloneFrom),
        1 => Just(Op::IntoIter),
    ]
}

/// A key of a kind: plain and small, or with a `Drop`, so that both scans are tried.
pub(crate) trait Key: Eq + Hash + Clone + Ord + std::fmt::Debug {
    fn of(number: u8) -> Self;
}

impl Key for u8 {
    fn of(number: u8) -> Self {
        number
    }
}

impl Key for String {
    fn of(number: u8) -> Self {
        format!("key {number}")
    }
}

/// What `entry_ref` makes keys of.
struct Borrowed<K>(K);

impl<K: Hash> Hash for Borrowed<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Eq> Equivalent<K> for Borrowed<K> {
    fn equivalent(&self, key: &K) -> bool {
        self.0 == *key
    }
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Wrapped<K>(K);

impl<K: Clone> From<&Borrowed<Wrapped<K>>> for Wrapped<K> {
    fn from(borrowed: &Borrowed<Wrapped<K>>) -> Self {
        borrowed.0.clone()
    }
}

impl<K: Key> Key for Wrapped<K> {
    fn of(number: u8) -> Self {
        Self(K::of(number))
    }
}

pub(crate) fn run<K: Key, const N: usize>(ops: Vec<Op>) -> Result<(), TestCaseError> {
    let mut ours: SmallMap<Wrapped<K>, u32, N> = SmallMap::new();
    let mut std: HashMap<Wrapped<K>, u32> = HashMap::new();
    let mut was_beyond = false;
    for op in ops {
        let was_spilled = ours.spilled();
        let had = ours.len();
        apply(&mut ours, &mut std, op.clone())?;
        was_beyond |= std.len() > N;
        check(&ours, &std)?;
        let asks_for_room =
            matches!(op, Op::Reserve(_) | Op::TryReserve(_) | Op::Extend(_) | Op::CloneFrom(_));
        if !was_spilled && !asks_for_room {
            prop_assert_eq!(ours.spilled(), ours.len() > N, "from {} by {:?}", had, op);
        }
        if matches!(op, Op::ShrinkToFit | Op::Clone) {
            prop_assert_eq!(ours.spilled(), ours.len() > N);
        }
    }
    if !was_beyond {
        ours.shrink_to_fit();
        prop_assert!(!ours.spilled());
    }
    Ok(())
}

fn check<K: Key, const N: usize>(
    ours: &SmallMap<K, u32, N>,
    std: &HashMap<K, u32>,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(ours.len(), std.len());
    prop_assert_eq!(ours.is_empty(), std.is_empty());
    prop_assert!(ours.capacity() >= ours.len());
    prop_assert_eq!(sorted(ours.iter()), sorted(std.iter()));
    prop_assert_eq!(sorted(ours.keys()), sorted(std.keys()));
    prop_assert_eq!(sorted(ours.values()), sorted(std.values()));
    prop_assert_eq!(ours.iter().len(), std.len());
    for number in 0..KEYS {
        let key = K::of(number);
        prop_assert_eq!(ours.get(&key), std.get(&key));
        prop_assert_eq!(ours.get_key_value(&key), std.get_key_value(&key));
        prop_assert_eq!(ours.contains_key(&key), std.contains_key(&key));
    }
    // Another order, another hasher, perhaps another place.
    let mut other: SmallMap<K, u32, N> = SmallMap::with_capacity(N + 1);
    other.extend(sorted(std.iter()).into_iter().rev().map(|(key, value)| (key.clone(), *value)));
    prop_assert_eq!(ours, &other);
    if let Some(value) = other.values_mut().next() {
        *value = value.wrapping_add(1);
        prop_assert_ne!(ours, &other);
    }
    Ok(())
}

#[allow(clippy::too_many_lines, reason = "one arm for each operation")]
fn apply<K: Key, const N: usize>(
    ours: &mut SmallMap<Wrapped<K>, u32, N>,
    std: &mut HashMap<Wrapped<K>, u32>,
    op: Op,
) -> Result<(), TestCaseError> {
    let key = Wrapped::<K>::of;
    let pairs = |list: Vec<(u8, u32)>| list.into_iter().map(move |(k, v)| (Wrapped::<K>::of(k), v));
    match op {
        Op::Insert(k, v) => prop_assert_eq!(ours.insert(key(k), v), std.insert(key(k), v)),
        Op::TryInsert(k, v) => {
            let there = std.get(&key(k)).copied();
            match ours.try_insert(key(k), v) {
                Ok(new) => prop_assert_eq!((*new, there), (v, None)),
                Err(refused) => {
                    prop_assert_eq!((Some(*refused.entry.get()), refused.value), (there, v));
                }
            }
            std.entry(key(k)).or_insert(v);
        }
        Op::Remove(k) => prop_assert_eq!(ours.remove(&key(k)), std.remove(&key(k))),
        Op::RemoveEntry(k) => {
            prop_assert_eq!(ours.remove_entry(&key(k)), std.remove_entry(&key(k)));
        }
        Op::GetMut(k, v) => {
            let (one, two) = (ours.get_mut(&key(k)), std.get_mut(&key(k)));
            prop_assert_eq!(&one, &two);
            if let (Some(one), Some(two)) = (one, two) {
                (*one, *two) = (v, v);
            }
        }
        Op::OrInsert(k, v) => {
            prop_assert!(*ours.entry(key(k)).key() == key(k));
            prop_assert_eq!(ours.entry(key(k)).or_insert(v), std.entry(key(k)).or_insert(v));
        }
        Op::AndModify(k, v) => {
            let add = |value: &mut u32| *value = value.wrapping_add(v);
            let one = ours.entry(key(k)).and_modify(add).or_insert_with_key(|_| v);
            prop_assert_eq!(one, std.entry(key(k)).and_modify(add).or_insert_with_key(|_| v));
        }
        Op::InsertEntry(k, v) => {
            let entry = ours.entry(key(k)).insert_entry(v);
            prop_assert_eq!((entry.key(), entry.get()), (&key(k), &v));
            std.entry(key(k)).insert_entry(v);
        }
        Op::EntryRemove(k) => {
            let one = match ours.entry(key(k)) {
                Entry::Occupied(entry) => Some(entry.remove()),
                Entry::Vacant(entry) => {
                    prop_assert_eq!(entry.into_key(), key(k));
                    None
                }
            };
            prop_assert_eq!(one, std.remove(&key(k)));
        }
        Op::EntryRef(k, v) => {
            let borrowed = Borrowed(key(k));
            let one = match ours.entry_ref(&borrowed) {
                EntryRef::Occupied(mut entry) => entry.insert(v),
                EntryRef::Vacant(entry) => *entry.insert(v),
            };
            prop_assert_eq!(one, std.insert(key(k), v).unwrap_or(v));
        }
        Op::Disjoint(one, two) if one != two => {
            let keys = [&key(one), &key(two)];
            prop_assert_eq!(ours.get_disjoint_mut(keys), std.get_disjoint_mut(keys));
        }
        Op::Disjoint(..) => {}
        Op::Retain(each) => {
            let keep = |_: &Wrapped<K>, value: &mut u32| !value.is_multiple_of(u32::from(each) + 1);
            ours.retain(keep);
            std.retain(keep);
        }
        Op::ExtractIf(each, taken) => {
            let chosen =
                |_: &Wrapped<K>, value: &mut u32| value.is_multiple_of(u32::from(each) + 1);
            for (key, value) in ours.extract_if(chosen).take(taken) {
                prop_assert!(value.is_multiple_of(u32::from(each) + 1));
                prop_assert_eq!(std.remove(&key), Some(value));
            }
        }
        Op::Drain(taken) => {
            let mut drain = ours.drain();
            for _ in 0..taken {
                prop_assert_eq!(drain.len(), std.len());
                let Some((key, value)) = drain.next() else { break };
                prop_assert_eq!(std.remove(&key), Some(value));
            }
            drop(drain);
            std.clear();
        }
        Op::ForgetDrain(taken) => {
            let mut drain = ours.drain();
            drain.by_ref().take(taken).for_each(drop);
            #[allow(clippy::mem_forget, reason = "what is tested")]
            std::mem::forget(drain);
            // What is left is the map's choice; it must be a part of what was there.
            for (key, value) in &*ours {
                prop_assert_eq!(std.get(key), Some(value));
            }
            *std = ours.iter().map(|(key, value)| (key.clone(), *value)).collect();
        }
        Op::ValuesMut(v) => {
            ours.values_mut().for_each(|value| *value ^= v);
            for value in std.values_mut() {
                *value ^= v;
            }
        }
        Op::Extend(list) => {
            ours.extend(pairs(list.clone()));
            std.extend(pairs(list));
        }
        Op::Clear => {
            ours.clear();
            std.clear();
        }
        Op::Reserve(more) => {
            ours.reserve(more.into());
            prop_assert!(ours.capacity() >= ours.len() + usize::from(more));
        }
        Op::TryReserve(more) => {
            prop_assert!(ours.try_reserve(more.into()).is_ok());
            prop_assert!(ours.capacity() >= ours.len() + usize::from(more));
            prop_assert!(ours.try_reserve(usize::MAX).is_err());
        }
        Op::ShrinkTo(least) => ours.shrink_to(least.into()),
        Op::ShrinkToFit => ours.shrink_to_fit(),
        Op::Clone => *ours = ours.clone(),
        Op::CloneFrom(list) => {
            ours.clone_from(&pairs(list.clone()).collect());
            *std = pairs(list).collect();
        }
        Op::IntoIter => {
            let copy = ours.clone();
            prop_assert_eq!(sorted(copy.clone().into_keys()), sorted(std.clone().into_keys()));
            prop_assert_eq!(sorted(copy.clone().into_values()), sorted(std.clone().into_values()));
            prop_assert_eq!(sorted(copy), sorted(std.clone()));
        }
    }
    Ok(())
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

macro_rules! sizes {
    ($($name:ident: $key:ty, $n:literal;)*) => {
        proptest! {$(
            #[test]
            fn $name(ops in vec(op(), 0..40)) {
                run::<$key, $n>(ops)?;
            }
        )*}
    };
}

sizes! {
    plain_keys_none_inline: u8, 0;
    plain_keys_one_inline: u8, 1;
    plain_keys_three_inline: u8, 3;
    plain_keys_eight_inline: u8, 8;
    plain_keys_eleven_inline: u8, 11;
    owned_keys_none_inline: String, 0;
    owned_keys_one_inline: String, 1;
    owned_keys_eight_inline: String, 8;
}

/// Each number of keys from none to beyond the first table, one by one.
#[test]
fn every_length_around_the_boundary() {
    fn lengths<const N: usize>() {
        let mut map: SmallMap<usize, usize, N> = SmallMap::new();
        for key in 0..=2 * N + 1 {
            assert_eq!(map.spilled(), map.len() > N);
            assert_eq!(map.insert(key, key), None);
            for known in 0..=key {
                assert_eq!(map.insert(known, known + 1), Some(known));
                assert_eq!(map.insert(known, known), Some(known + 1));
                assert_eq!(map[&known], known);
            }
            assert_eq!(map.get(&(key + 1)), None);
            assert_eq!((map.len(), map.spilled()), (key + 1, key + 1 > N));
        }
    }
    lengths::<0>();
    lengths::<1>();
    lengths::<2>();
    lengths::<4>();
    lengths::<7>();
    lengths::<16>();
}

#[test]
fn things_of_no_size() {
    let mut unit: SmallMap<(), (), 1> = SmallMap::new();
    assert_eq!((unit.insert((), ()), unit.insert((), ())), (None, Some(())));
    assert_eq!((unit.len(), unit.spilled()), (1, false));
    let mut never_inline: SmallMap<(), (), 0> = SmallMap::new();
    assert_eq!(never_inline.insert((), ()), None);
    assert_eq!((never_inline.remove(&()), never_inline.len()), (Some(()), 0));
    let mut values: SmallMap<u8, (), 4> = (0..9).map(|key| (key, ())).collect();
    assert_eq!(values.drain().count(), 9);
}

/// Promises more or less than it has.
struct Promising<I>(I, usize);

impl<I: Iterator> Iterator for Promising<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.1, Some(self.1))
    }
}

/// Iterators that promise too much, too little, or the impossible.
#[test]
fn promises_of_iterators_are_only_promises() {
    for promised in [0, 1, 5, 1000, usize::MAX / 64, usize::MAX] {
        for n in [0, 3, 4, 5, 9] {
            let map: SmallMap<u32, u32, 4> = Promising((0..n).map(|k| (k, k)), promised).collect();
            assert_eq!(sorted(map.into_keys()), (0..n).collect::<Vec<_>>());
        }
    }
}

/// Not even itself, or every other one: an answer may be wrong, the map stays a map.
#[test]
fn keys_that_lie() {
    #[derive(Clone, Debug)]
    struct Liar(u32, u8);
    impl PartialEq for Liar {
        fn eq(&self, other: &Self) -> bool {
            match self.1 {
                0 => false,
                1 => true,
                _ => self.0 % 2 == other.0 % 3,
            }
        }
    }
    impl Eq for Liar {}
    impl Hash for Liar {
        fn hash<H: Hasher>(&self, state: &mut H) {
            COUNT.set(COUNT.get() + 1);
            state.write_u32(COUNT.get());
        }
    }
    thread_local!(static COUNT: Cell<u32> = const { Cell::new(0) });

    for kind in 0..3 {
        let mut map: SmallMap<Liar, Box<u32>, 4> = SmallMap::new();
        for number in 0..40 {
            map.insert(Liar(number % 10, kind), Box::new(number));
            let _ = map.get_disjoint_mut([&Liar(1, 0)]);
            **map.entry(Liar(number, kind)).or_default() += 1;
            if number % 7 == 0 {
                map.remove(&Liar(3, kind));
                map.retain(|_, value| **value % 5 != 0);
                map.shrink_to_fit();
            }
            let copy = map.clone();
            assert_eq!(copy.len(), map.len());
            assert_eq!(copy.iter().count(), copy.len());
            assert_eq!(copy.into_iter().count(), map.len());
        }
        let len = map.len();
        assert_eq!(map.drain().count(), len);
    }
}

/// A hundred thousand keys that an unseeded hasher cannot tell apart.
#[test]
fn colliding_keys_do_not_collide_by_default() {
    /// The low bits alone make the bucket, as in a hasher that only multiplies.
    #[derive(Clone, Copy, Default)]
    struct Weak;
    struct WeakHasher(u64);
    impl Hasher for WeakHasher {
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = self.0 << 8 | u64::from(*byte);
            }
        }
        fn write_u64(&mut self, number: u64) {
            self.0 = number << 32;
        }
        fn finish(&self) -> u64 {
            self.0
        }
    }
    impl BuildHasher for Weak {
        type Hasher = WeakHasher;
        fn build_hasher(&self) -> WeakHasher {
            WeakHasher(0)
        }
    }
    #[derive(Clone, Copy, Debug)]
    struct Counted(u64);
    impl PartialEq for Counted {
        fn eq(&self, other: &Self) -> bool {
            EQS.set(EQS.get() + 1);
            self.0 == other.0
        }
    }
    impl Eq for Counted {}
    impl Hash for Counted {
        fn hash<H: Hasher>(&self, state: &mut H) {
            state.write_u64(self.0);
        }
    }
    thread_local!(static EQS: Cell<u64> = const { Cell::new(0) });
    let comparisons = |run: &dyn Fn()| {
        EQS.set(0);
        run();
        EQS.get()
    };

    let seeded = comparisons(&|| {
        let mut map: SmallMap<Counted, (), 8> = SmallMap::new();
        map.extend((0..100_000).map(|key| (Counted(key << 32), ())));
        assert_eq!(map.len(), 100_000);
    });
    assert!(seeded < 150_000, "{seeded} comparisons of 100,000 keys");

    // With the weak hasher it is as bad as in std, and not worse.
    let ours = comparisons(&|| {
        let mut map: SmallMap<Counted, (), 8, Weak> = SmallMap::default();
        map.extend((0..2_000).map(|key| (Counted(key << 32), ())));
    });
    let std = comparisons(&|| {
        let mut map: HashMap<Counted, u8, Weak> = HashMap::default();
        map.extend((0..2_000).map(|key| (Counted(key << 32), 0)));
    });
    assert!(std > 1_000_000, "the keys do collide: {std}");
    assert!(ours <= std + std / 10, "{ours} comparisons, std makes {std}");
    // Inline it is no more than there are keys.
    let inline = comparisons(&|| {
        let map: SmallMap<Counted, (), 8, Weak> =
            (0..8).map(|key| (Counted(key << 32), ())).collect();
        EQS.set(0);
        assert_eq!(map.get(&Counted(9 << 32)), None);
    });
    assert_eq!(inline, 8);
}

#[test]
fn the_hasher_is_made_once_and_kept() {
    let mut map: SmallMap<u32, u32, 2> = SmallMap::new();
    assert!(map.hasher().is_none());
    map.extend([(1, 1), (2, 2), (3, 3)]);
    let hash = map.hasher().unwrap().hash_one(7);
    map.remove(&1);
    map.shrink_to_fit();
    assert!(!map.spilled());
    assert_eq!(map.hasher().unwrap().hash_one(7), hash);
    map.insert(4, 4);
    assert!(map.spilled());
    assert_eq!(map.hasher().unwrap().hash_one(7), hash);
    assert_eq!(map.clone().hasher().unwrap().hash_one(7), hash);

    let mut other: SmallMap<u32, u32, 2> = SmallMap::new();
    other.extend([(9, 9), (8, 8), (7, 7)]);
    other.clone_from(&map);
    assert_eq!(other.hasher().unwrap().hash_one(7), hash);
    assert_eq!(other, map);
}

/// A hasher that is neither `Default` nor `Clone`, as a keyed one may be.
#[test]
fn a_hasher_without_default() {
    struct Keyed(RandomState);
    impl BuildHasher for Keyed {
        type Hasher = <RandomState as BuildHasher>::Hasher;
        fn build_hasher(&self) -> Self::Hasher {
            self.0.build_hasher()
        }
    }
    let mut map: SmallMap<u32, u32, 2, Keyed> = SmallMap::with_hasher(Keyed(RandomState::new()));
    for key in 0..5 {
        map.insert(key, key);
    }
    assert!((0..5).all(|key| map[&key] == key));
}

/// As the type's page says.
#[cfg(target_pointer_width = "64")]
#[test]
fn sizes() {
    type Unseeded = BuildHasherDefault<std::hash::DefaultHasher>;
    assert_eq!(size_of::<SmallMap<u32, u64, 8, Unseeded>>(), 128);
    assert_eq!(size_of::<SmallMap<&str, u64, 8, Unseeded>>(), 224);
    assert_eq!(size_of::<SmallMap<u32, u64, 8>>(), 136);
}

#[test]
fn names_and_texts() {
    const EMPTY: SmallMap<&str, u8, 2> = SmallMap::new();
    assert_eq!((SmallMap::<u8, u8, 3>::INLINE, EMPTY.len()), (3, 0));
    let mut map: SmallMap<&str, u8, 2> = EMPTY;
    map.insert("a", 1);
    assert_eq!(format!("{map:?}"), r#"{"a": 1}"#);
    let refused = map.try_insert("a", 2).unwrap_err();
    assert_eq!(
        refused.to_string(),
        r#"2 was not put in: the key "a" has the value 1; use `insert` to replace it"#
    );
    assert_eq!(format!("{:?}", map.iter()), r#"[("a", 1)]"#);
    assert_eq!(format!("{:?}", map.iter_mut()), r#"[("a", 1)]"#);
    assert_eq!(format!("{:?} {:?}", map.keys(), map.values()), r#"["a"] [1]"#);
    assert_eq!(format!("{:?}", map.clone().into_iter()), r#"[("a", 1)]"#);
    assert_eq!(format!("{:?}", map.entry("b")), r#"Entry(VacantEntry("b"))"#);
    assert_eq!(format!("{:?}", map.drain()), r#"[("a", 1)]"#);
    let overflow = map.try_reserve(usize::MAX).unwrap_err();
    assert_eq!(overflow, small_map::TryReserveError::CapacityOverflow);
    assert!(overflow.to_string().contains("isize::MAX"), "{overflow}");
    assert_eq!(small_map::Iter::<u8, u8>::default().len(), 0);
    assert_eq!(small_map::IntoIter::<u8, u8, 4>::default().len(), 0);
}

#[test]
#[should_panic(expected = "duplicate keys found")]
fn one_value_is_not_lent_twice() {
    let mut map = SmallMap::<_, _, 4>::from([(1, 'a'), (2, 'b')]);
    let _ = map.get_disjoint_mut([&1, &1]);
}

/// As std's map says it.
#[test]
#[should_panic(expected = "Hash table capacity overflow")]
fn more_room_than_there_is() {
    let _ = SmallMap::<u8, u8, 4>::with_capacity(usize::MAX);
}

#[test]
#[should_panic(expected = "no entry found for key")]
fn an_index_that_is_not_there() {
    let _ = SmallMap::<_, _, 4>::from([(1, 'a')])[&2];
}

/// Shorter lifetimes are fine, as in std's map; compiles or not.
#[allow(dead_code, reason = "that it compiles is the test")]
mod variance {
    use super::{RandomState, SmallMap, small_map};

    fn map<'a>(map: SmallMap<&'static str, &'static str, 4>) -> SmallMap<&'a str, &'a str, 4> {
        map
    }

    macro_rules! covariant {
        ($($name:ident $type:ident<$($lifetime:lifetime,)? $($n:literal)?>;)*) => {$(
            fn $name<$($lifetime,)? 'b>(
                longer: small_map::$type<$($lifetime,)? &'static str, &'static str $(, $n)?>,
            ) -> small_map::$type<$($lifetime,)? &'b str, &'b str $(, $n)?> {
                longer
            }
        )*};
    }

    // As of std's, not those through which an entry can be put in: `IterMut`, `ExtractIf`, entries.
    covariant! {
        iter Iter<'a,>;
        keys Keys<'a,>;
        values Values<'a,>;
        drain Drain<'a, 4>;
        into_iter IntoIter<4>;
        into_keys IntoKeys<4>;
        into_values IntoValues<4>;
    }

    fn hasher<'a>(
        map: SmallMap<u8, u8, 4, (&'static str, RandomState)>,
    ) -> SmallMap<u8, u8, 4, (&'a str, RandomState)> {
        map
    }
}

/// A map goes where its keys, values and hasher go.
#[test]
fn auto_traits() {
    fn all<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    fn goes<T: Send + Sync + Unpin>() {}
    all::<SmallMap<String, u64, 4>>();
    all::<small_map::Iter<'static, String, u64>>();
    all::<small_map::Keys<'static, String, u64>>();
    all::<small_map::Values<'static, String, u64>>();
    all::<small_map::IntoIter<String, u64, 4>>();
    all::<small_map::IntoKeys<String, u64, 4>>();
    all::<small_map::IntoValues<String, u64, 4>>();
    all::<small_map::TryReserveError>();
    goes::<small_map::IterMut<'static, String, u64>>();
    goes::<small_map::ValuesMut<'static, String, u64>>();
    goes::<small_map::Drain<'static, String, u64, 4>>();
    goes::<small_map::ExtractIf<'static, String, u64, 4, fn(&String, &mut u64) -> bool>>();
    goes::<Entry<'static, String, u64, 4, RandomState>>();
    goes::<EntryRef<'static, 'static, String, str, u64, 4, RandomState>>();
    goes::<small_map::OccupiedEntry<'static, String, u64, 4>>();
    goes::<small_map::OccupiedError<'static, String, u64, 4>>();
    goes::<small_map::VacantEntry<'static, String, u64, 4, RandomState>>();
    goes::<small_map::VacantEntryRef<'static, 'static, String, str, u64, 4, RandomState>>();

    // And nowhere else: `None` is picked only where the bound does not hold.
    macro_rules! is {
        ($type:ty: $bound:ident) => {{
            #[allow(dead_code, reason = "not asked where the bound holds")]
            trait Fallback {
                const IS: bool = false;
            }
            impl<T: ?Sized> Fallback for T {}
            struct Ask<T: ?Sized>(std::marker::PhantomData<T>);
            #[allow(dead_code, reason = "shadows the fallback where the bound holds")]
            impl<T: ?Sized + $bound> Ask<T> {
                const IS: bool = true;
            }
            <Ask<$type>>::IS
        }};
    }
    assert!(is!(SmallMap<u8, u8, 4>: Send));
    assert!(!is!(SmallMap<std::rc::Rc<u8>, u8, 4>: Send));
    assert!(!is!(SmallMap<u8, std::rc::Rc<u8>, 4>: Send));
    assert!(!is!(SmallMap<u8, Cell<u8>, 4>: Sync));
    assert!(!is!(SmallMap<u8, u8, 4, Cell<u8>>: Sync));
    assert!(!is!(SmallMap<u8, PhantomPinned, 4>: Unpin));
}

#[cfg(feature = "serde")]
#[test]
fn serde_there_and_back() {
    for n in [0, 1, 4, 5, 100] {
        let map: SmallMap<u32, String, 4> = (0..n).map(|key| (key, key.to_string())).collect();
        let text = serde_json::to_string(&map).unwrap();
        let back: SmallMap<u32, String, 4> = serde_json::from_str(&text).unwrap();
        assert_eq!((&back, back.spilled()), (&map, n > 4));
    }
    serde_json::from_str::<SmallMap<u32, u32, 4>>("[1]").unwrap_err();
}

/// A key that comes twice has its last value, as in std; what the input promises is hardly believed.
#[cfg(feature = "serde")]
#[test]
fn serde_of_input_that_repeats_and_lies() {
    use serde::Deserialize;
    use serde::de::value::{Error, MapDeserializer};

    let map: SmallMap<u32, u32, 2> = serde_json::from_str(r#"{"1":1,"2":2,"1":3}"#).unwrap();
    assert_eq!((map[&1], map.len(), map.spilled()), (3, 2, false));
    for promised in [0, 5, 1 << 24, usize::MAX] {
        let entries = Promising((0..5_u32).map(|key| (key, key)), promised);
        let input = MapDeserializer::<_, Error>::new(entries);
        let map = SmallMap::<u32, u32, 4>::deserialize(input).unwrap();
        assert_eq!(map.len(), 5);
        assert!(map.capacity() < 20_000, "room for {} after {promised}", map.capacity());
    }
}
