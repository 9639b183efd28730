//! Guards and iterators that are forgotten half-way: their destructors never run.
//!
//! That may leak, and a drained collection may be empty early; nothing else may happen: what is left
//! is a collection with the right number of live values, which can be used and dropped.

#![expect(clippy::mem_forget, clippy::forget_non_drop, reason = "it is what is tried here")]

use std::mem::forget;

use thrifty::inline::small_map::Entry;
use thrifty::inline::{SmallMap, SmallSet, SmallString};
use thrifty::share::{CowExt, Fields, Str};

/// Inline and in a table, with keys and values that own memory.
fn maps() -> [SmallMap<String, String, 8>; 2] {
    [4, 20].map(|len| (0..len).map(|n| (format!("key {n}"), format!("value {n}"))).collect())
}

/// Uses all of the map, and makes it hold five keys.
fn use_map(mut map: SmallMap<String, String, 8>) {
    assert_eq!(map.iter().count(), map.len());
    for (key, value) in &mut map {
        assert!(key.starts_with("key"));
        value.push('!');
    }
    map.clear();
    map.extend((0..5).map(|n| (format!("key {n}"), n.to_string())));
    assert_eq!(map.get("key 3").map(String::as_str), Some("3"));
    assert_eq!(map.into_iter().count(), 5);
}

macro_rules! forgotten {
    ($(fn $name:ident($of:ident: $things:ident) $body:block use $used:ident)*) => {$(
        #[test]
        #[allow(unused_mut, reason = "some bodies only look")]
        fn $name() {
            for mut $of in $things() {
                $body
                $used($of);
            }
        }
    )*};
}

forgotten! {
    fn a_drain(map: maps) {
        let mut drain = map.drain();
        let taken = drain.next();
        forget(drain);
        assert!(taken.is_some());
    } use use_map

    fn a_drain_that_was_not_touched(map: maps) {
        forget(map.drain());
    } use use_map

    fn an_extraction(map: maps) {
        let len = map.len();
        let mut chosen = map.extract_if(|key, _| key.ends_with(['1', '3']));
        let taken = chosen.next();
        forget(chosen);
        assert_eq!(map.len() + usize::from(taken.is_some()), len);
    } use use_map

    fn iterators(map: maps) {
        let mut iter = map.iter_mut();
        iter.next().unwrap().1.push('?');
        forget(iter);
        let mut values = map.values_mut();
        values.next();
        forget(values);
        forget((map.iter(), map.keys(), map.values()));
    } use use_map

    fn an_owned_iterator(map: maps) {
        let mut iter = map.clone().into_iter();
        let taken = iter.next();
        forget(iter);
        assert!(taken.is_some());
    } use use_map

    fn entries(map: maps) {
        let len = map.len();
        forget(map.entry("key 1".to_owned()));
        forget(map.entry("key of nobody".to_owned()));
        forget(map.entry_ref("key 2"));
        forget(map.entry_ref("key of nobody"));
        let Entry::Occupied(mut entry) = map.entry("key 3".to_owned()) else { panic!() };
        entry.insert("other".to_owned());
        forget(entry);
        forget(map.try_insert("key 3".to_owned(), String::new()));
        assert_eq!((map.len(), &*map["key 3"]), (len, "other"));
    } use use_map

    fn a_drain_of_a_set(set: sets) {
        let mut drain = set.drain();
        drain.next();
        forget(drain);
    } use use_set

    fn an_extraction_from_a_set(set: sets) {
        let mut chosen = set.extract_if(|value| value.ends_with('1'));
        chosen.next();
        forget(chosen);
    } use use_set

    fn iterators_of_sets(set: sets) {
        let other = set.clone();
        let mut owned = set.clone().into_iter();
        owned.next();
        forget(owned);
        forget((set.iter(), set.union(&other), set.intersection(&other)));
        forget((set.difference(&other), set.symmetric_difference(&other)));
    } use use_set

    fn a_drain_of_a_string(text: strings) {
        let before = text.clone();
        let mut drain = text.drain(1..4);
        drain.next();
        forget(drain);
        assert!(before.starts_with(text.as_str()) || text.starts_with(&before[..1]));
    } use use_string

    fn handles_of_a_text(text: texts) {
        let expected = text.as_str().to_owned();
        let mut slicer = text.slicer(5);
        let part = slicer.slice(1..);
        forget(slicer);
        forget(part);
        forget(text.clone());
        let mut parts = text.split(' ');
        parts.next();
        forget((parts, text.lines(), text.split_whitespace()));
        // Whoever has been forgotten counts as alive, and so is not written under.
        text.make_mut().make_ascii_uppercase();
        assert_eq!(*text, *expected.to_ascii_uppercase());
    } use drop

    fn parts_of_a_record(record: records) {
        forget((record.iter(), record.pairs()));
        forget(record.get_str(0));
        forget(record.detach());
        forget(record.clone());
        assert_eq!(record.get(1), Some("a field that is too long to lie inline"));
    } use drop
}

fn sets() -> [SmallSet<String, 8>; 2] {
    [4, 20].map(|len| (0..len).map(|n| format!("value {n}")).collect())
}

fn use_set(mut set: SmallSet<String, 8>) {
    assert_eq!(set.iter().count(), set.len());
    set.clear();
    assert!(set.insert("again".to_owned()) && set.contains("again"));
}

fn strings() -> [SmallString<8>; 2] {
    ["a text", "a text that is too long to lie inline"].map(SmallString::from)
}

fn use_string(mut text: SmallString<8>) {
    text.push_str(" and more");
    assert!(text.ends_with(" and more"));
    assert_eq!(text.cow_replace("and", "or"), text.as_str().replace("and", "or"));
}

fn texts() -> [Str; 4] {
    let long = "some words that are too long to lie inline, and a few more";
    let mut roomy = String::with_capacity(200);
    roomy.push_str(long);
    [Str::from("some words"), Str::from(long.to_owned()), Str::from(roomy), Str::from_static(long)]
}

fn records() -> [Fields<2, Str>; 2] {
    ["a,a field that is too long to lie inline", "a,a field that is too long to lie inline,b,c"]
        .map(|text| {
            Fields::parse(Str::from(text), |text, marks| marks.extend(text.split(','))).unwrap()
        })
}
