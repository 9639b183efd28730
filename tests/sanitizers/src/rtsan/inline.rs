use std::hint::black_box;

use thrifty::inline::small_map::{Entry, EntryRef};
use thrifty::inline::{
    ArrayString, ArrayVec, SmallMap, SmallSet, SmallString, SmallVec, small_concat, small_format,
};

use crate::Calls;

pub(crate) fn check(calls: &mut Calls) {
    // Inline, and beyond: what is promised holds for both.
    map(calls, &mut (0..4).map(|key| (key, key)).collect());
    map(calls, &mut (0..40).map(|key| (key, key)).collect());
    map_inline(calls);
    set(calls, &mut (0..4).collect(), &(2..6).collect());
    set(calls, &mut (0..40).collect(), &(20..60).collect());
    string(calls);
    others(calls);
}

fn map(calls: &mut Calls, map: &mut SmallMap<u32, u32, 8>) {
    let len = map.len();
    calls.never("inline/small_map::len", || map.len());
    calls.never("inline/small_map::is_empty", || map.is_empty());
    calls.never("inline/small_map::capacity", || map.capacity());
    calls.never("inline/small_map::hasher", || map.hasher().is_some());
    calls.never("inline/small_map::iter", || map.iter().count());
    calls.never("inline/small_map::iter_mut", || map.iter_mut().for_each(|(_, value)| *value += 1));
    calls.never("inline/small_map::keys", || map.keys().max().copied());
    calls.never("inline/small_map::values", || map.values().sum::<u32>());
    calls.never("inline/small_map::values_mut", || map.values_mut().for_each(|value| *value -= 1));
    assert_eq!(calls.never("inline/small_map::get", || map.get(&3).copied()), Some(3));
    calls.never("inline/small_map::get_mut", || map.get_mut(&3).map(|value| *value = 7));
    calls.never("inline/small_map::get_key_value", || map.get_key_value(&1).is_some());
    calls.never("inline/small_map::contains_key", || map.contains_key(&100));
    calls.never("inline/small_map::get_disjoint_mut", || {
        map.get_disjoint_mut([&0, &1]).map(|value| value.is_some())
    });
    calls.never("inline/small_map::remove", || map.remove(&0));
    calls.never("inline/small_map::remove_entry", || map.remove_entry(&1));
    calls.never("inline/small_map::entry", || matches!(map.entry(2), Entry::Occupied(_)));
    calls.never("inline/small_map::entry_ref", || {
        matches!(map.entry_ref(&2), EntryRef::Occupied(_))
    });
    calls.never("inline/small_map/entry::key", || {
        *map.entry(2).key() + *map.entry(1_000).key() + *map.entry_ref(&1_000).key()
    });
    if let Entry::Occupied(mut entry) = map.entry(2) {
        calls.never("inline/small_map/entry::key", || *entry.key());
        calls.never("inline/small_map/entry::get", || *entry.get());
        calls.never("inline/small_map/entry::get_mut", || *entry.get_mut() += 1);
        calls.never("inline/small_map/entry::insert", || entry.insert(9));
        calls.never("inline/small_map/entry::into_mut", move || *entry.into_mut());
    }
    if let Entry::Vacant(entry) = map.entry(1_000) {
        calls.never("inline/small_map/entry::key", || *entry.key());
        calls.never("inline/small_map/entry::into_key", move || entry.into_key());
    }
    if let Entry::Occupied(entry) = map.entry(2) {
        calls.never("inline/small_map/entry::remove", move || entry.remove());
    }
    if let Entry::Occupied(entry) = map.entry(3) {
        calls.never("inline/small_map/entry::remove_entry", move || entry.remove_entry());
    }
    calls.never("inline/small_map::insert", || map.insert(0, 0));
    calls.never("inline/small_map::retain", || map.retain(|key, _| key % 2 == 0));
    calls.never("inline/small_map::extract_if", || map.extract_if(|key, _| *key == 0).count());
    calls.never("inline/small_map::drain", || map.drain().count());
    calls.never("inline/small_map::clear", || map.clear());
    assert!(map.is_empty() && map.capacity() >= len.min(8));
}

fn map_inline(calls: &mut Calls) {
    let text = String::from("a key that is borrowed");
    let mut map: SmallMap<&str, u64, 8> = calls.never("inline/small_map::new", SmallMap::new);
    calls.never("inline/small_map::insert", || map.insert(black_box(&text), 1));
    calls.never("inline/small_map/entry::or_insert", || *map.entry("other").or_insert(2) += 1);
    calls.never("inline/small_map/entry::or_default", || *map.entry("third").or_default() += 1);
    calls.never("inline/small_map::clone", || map.clone() == map);
    calls.never("inline/small_map::extend", || map.extend([("4", 4), ("5", 5)]));
    assert!(!map.spilled());
}

fn set(calls: &mut Calls, set: &mut SmallSet<u32, 8>, other: &SmallSet<u32, 8>) {
    calls.never("inline/small_set::len", || set.len());
    calls.never("inline/small_set::is_empty", || set.is_empty());
    calls.never("inline/small_set::capacity", || set.capacity());
    calls.never("inline/small_set::hasher", || set.hasher().is_some());
    calls.never("inline/small_set::iter", || set.iter().sum::<u32>());
    calls.never("inline/small_set::contains", || set.contains(&3));
    calls.never("inline/small_set::get", || set.get(&3).copied());
    calls.never("inline/small_set::difference", || set.difference(other).count());
    calls.never("inline/small_set::symmetric_difference", || {
        set.symmetric_difference(other).count()
    });
    calls.never("inline/small_set::intersection", || set.intersection(other).count());
    calls.never("inline/small_set::union", || set.union(other).count());
    calls.never("inline/small_set::is_disjoint", || set.is_disjoint(other));
    calls.never("inline/small_set::is_subset", || set.is_subset(other));
    calls.never("inline/small_set::is_superset", || set.is_superset(other));
    assert!(calls.never("inline/small_set::remove", || set.remove(&1)));
    calls.never("inline/small_set::take", || set.take(&2));
    calls.never("inline/small_set::insert", || set.insert(1));
    calls.never("inline/small_set::replace", || set.replace(1));
    calls.never("inline/small_set::retain", || set.retain(|value| value % 2 == 0));
    calls.never("inline/small_set::drain", || set.drain().count());
    calls.never("inline/small_set::clear", || set.clear());
}

fn string(calls: &mut Calls) {
    let mut text = SmallString::<24>::from("inline");
    calls.never("inline/small_string::push_str", || text.push_str(" text"));
    calls.never("inline/small_string::insert", || text.insert(0, '>'));
    calls.never("inline/small_string::as_mut_str", || text.as_mut_str().make_ascii_uppercase());
    calls.never("inline/small_string::pop", || text.pop());
    calls.never("inline/small_string::remove", || text.remove(0));
    calls.never("inline/small_string::drain", || text.drain(..2).count());
    calls.never("inline/small_string::clone", || text.clone() == text);
    calls.never("inline/small_string::truncate", || text.truncate(2));
    calls.never("inline/small_string::clear", || text.clear());
    let mut long = SmallString::<8>::from("a text that lies on the heap");
    calls.never("inline/small_string::as_mut_str", || long.as_mut_str().make_ascii_uppercase());
    calls.never("inline/small_string::pop", || long.pop());
    calls.never("inline/small_string::remove", || long.remove(0));
    calls.never("inline/small_string::drain", || long.drain(..2).count());
    calls.never("inline/small_string::truncate", || long.truncate(2));
    calls.never("inline/small_string::clear", || long.clear());
    let bytes = b"bytes of a vector that becomes the text".to_vec();
    let made = calls.never("inline/small_string/make::from_utf8", || {
        SmallString::<8>::from_utf8(bytes).is_ok_and(|made| {
            std::mem::forget(made);
            true
        })
    });
    assert!(made);
    calls.never("inline::small_format!", || small_format!(24; "order-{}", 7).len());
    calls.never("inline::small_concat!", || small_concat!(24; "order-", 7_u32, '!').len());
}

fn others(calls: &mut Calls) {
    calls.never("inline::SmallVec", || (1..=8).collect::<SmallVec<[u64; 8]>>().len());
    calls.never("inline::ArrayVec", || (1..=8).collect::<ArrayVec<u64, 8>>().len());
    calls.never("inline::ArrayString", || ArrayString::<8>::from("text").is_ok());
}
