//! Programs that must not compile, each beside one that does and differs in a line or two.
//!
//! The library has this file as doctests (`cargo test --doc borrows`). The program that compiles shows
//! that the other one is refused for the borrow, and not for a slip of the pen.

macro_rules! refused {
    ($($name:ident: $start:literal, not $bad:literal, but $good:literal;)*) => {$(
        // Warnings must not be what refuses a program.
        #[doc = concat!("```\n#[allow(warnings)]\nfn main() {\n", $start, "\n", $good, "\n}\n```\n")]
        #[doc = concat!("```compile_fail\n#[allow(warnings)]\nfn main() {\n", $start, "\n", $bad, "\n}\n```\n")]
        struct $name;
    )*};
}

#[cfg(all(feature = "inline", feature = "std"))]
refused! {
    Iter:
        "let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::from([(1, 1)]);
         let iter: thrifty::inline::small_map::Iter<'_, u8, u8> = map.iter();",
        not "map.clear(); drop(iter);",
        but "drop(iter); map.clear();";
    IterMut:
        "let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::from([(1, 1)]);
         let iter: thrifty::inline::small_map::IterMut<'_, u8, u8> = map.iter_mut();",
        not "assert_eq!(map.len(), 1); drop(iter);",
        but "drop(iter); assert_eq!(map.len(), 1);";
    Keys:
        "let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::from([(1, 1)]);
         let key = map.keys().next();",
        not "map.remove(&1); assert_eq!(key, Some(&1));",
        but "assert_eq!(key, Some(&1)); map.remove(&1);";
    ValuesMut:
        "let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::from([(1, 1)]);
         let value = map.values_mut().next();",
        not "map.shrink_to_fit(); *value.unwrap() += 1;",
        but "*value.unwrap() += 1; map.shrink_to_fit();";
    Drain:
        "let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::from([(1, 1)]);
         let drain: thrifty::inline::small_map::Drain<'_, u8, u8, 4> = map.drain();",
        not "map.insert(2, 2); drop(drain);",
        but "drop(drain); map.insert(2, 2);";
    ExtractIf:
        "let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::from([(1, 1)]);
         let chosen = map.extract_if(|_, _| true);",
        not "map.insert(2, 2); drop(chosen);",
        but "drop(chosen); map.insert(2, 2);";
    Get:
        "let mut map = thrifty::inline::SmallMap::<u8, String, 1>::new();
         map.insert(1, String::new());
         let value = map.get(&1).unwrap();",
        not "map.insert(2, String::new()); assert_eq!(value, \"\");",
        but "assert_eq!(value, \"\"); map.insert(2, String::new());";
    GetDisjoint:
        "let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::from([(1, 1), (2, 2)]);
         let [one, two] = map.get_disjoint_mut([&1, &2]);",
        not "let again = map.get_mut(&1); *one.unwrap() += 1; drop(again);",
        but "*one.unwrap() += 1; let again = map.get_mut(&1);";
    Entry:
        "use thrifty::inline::small_map::Entry;
         let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::new();
         let entry: Entry<'_, u8, u8, 4, _> = map.entry(1);",
        not "map.insert(2, 2); entry.or_insert(1);",
        but "entry.or_insert(1); map.insert(2, 2);";
    EntryRef:
        "use thrifty::inline::small_map::EntryRef;
         let mut map = thrifty::inline::SmallMap::<String, u8, 4>::new();
         let key = String::from(\"a\");
         let entry: EntryRef<'_, '_, String, str, u8, 4, _> = map.entry_ref(key.as_str());",
        not "drop(key); entry.or_insert(1);",
        but "entry.or_insert(1); drop(key);";
    OccupiedEntry:
        "use thrifty::inline::small_map::{Entry, OccupiedEntry};
         let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::from([(1, 1)]);
         let Entry::Occupied(entry) = map.entry(1) else { panic!() };
         let value: &mut u8 = entry.into_mut();",
        not "map.remove(&1); *value += 1;",
        but "*value += 1; map.remove(&1);";
    VacantEntry:
        "use thrifty::inline::small_map::{Entry, VacantEntry};
         let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::new();
         let Entry::Vacant(entry) = map.entry(1) else { panic!() };
         let value: &mut u8 = entry.insert(1);",
        not "map.remove(&1); *value += 1;",
        but "*value += 1; map.remove(&1);";
    VacantEntryRef:
        "use thrifty::inline::small_map::{EntryRef, VacantEntryRef};
         let mut map = thrifty::inline::SmallMap::<String, u8, 4>::new();
         let EntryRef::Vacant(entry) = map.entry_ref(\"a\") else { panic!() };
         let value: &mut u8 = entry.insert(1);",
        not "map.remove(\"a\"); *value += 1;",
        but "*value += 1; map.remove(\"a\");";
    OccupiedError:
        "use thrifty::inline::small_map::OccupiedError;
         let mut map = thrifty::inline::SmallMap::<u8, u8, 4>::from([(1, 1)]);
         let refused: OccupiedError<'_, u8, u8, 4> = map.try_insert(1, 2).unwrap_err();",
        not "map.clear(); drop(refused);",
        but "drop(refused); map.clear();";
    KeyThatIsGone:
        "let key = String::from(\"a\");
         let mut map = thrifty::inline::SmallMap::<&str, u8, 4>::new();
         map.insert(&key, 1);",
        not "drop(key); assert_eq!(map.len(), 1);",
        but "assert_eq!(map.len(), 1); drop(map); drop(key);";
    SetIter:
        "let mut set = thrifty::inline::SmallSet::<u8, 4>::from([1]);
         let iter: thrifty::inline::small_set::Iter<'_, u8> = set.iter();",
        not "set.clear(); drop(iter);",
        but "drop(iter); set.clear();";
    SetDrain:
        "let mut set = thrifty::inline::SmallSet::<u8, 4>::from([1]);
         let drain = set.drain();",
        not "set.insert(2); drop(drain);",
        but "drop(drain); set.insert(2);";
    Union:
        "use thrifty::inline::small_set::Union;
         let (mut one, two) = (thrifty::inline::SmallSet::<u8, 4>::from([1]), [2].into());
         let both: Union<'_, u8, 4, _> = one.union(&two);",
        not "one.clear(); drop(both);",
        but "drop(both); one.clear();";
    Intersection:
        "use thrifty::inline::small_set::Intersection;
         let (one, two) = (thrifty::inline::SmallSet::<u8, 4>::from([1]), [2].into());
         let both: Intersection<'_, u8, 4, _> = one.intersection(&two);",
        not "drop(two); drop(both);",
        but "drop(both); drop(two);";
    Difference:
        "use thrifty::inline::small_set::Difference;
         let (one, two) = (thrifty::inline::SmallSet::<u8, 4>::from([1]), [2].into());
         let some: Difference<'_, u8, 4, _> = one.difference(&two);",
        not "drop(two); drop(some);",
        but "drop(some); drop(two);";
    SymmetricDifference:
        "use thrifty::inline::small_set::SymmetricDifference;
         let (one, two) = (thrifty::inline::SmallSet::<u8, 4>::from([1]), [2].into());
         let some: SymmetricDifference<'_, u8, 4, _> = one.symmetric_difference(&two);",
        not "drop(one); drop(some);",
        but "drop(some); drop(one);";
    StringDrain:
        "let mut text = thrifty::inline::SmallString::<8>::from(\"text\");
         let drain: thrifty::inline::StringDrain<'_, 8> = text.drain(1..);",
        not "text.push('x'); drop(drain);",
        but "drop(drain); text.push('x');";
    SmallStringBorrow:
        "let mut text = thrifty::inline::SmallString::<8>::from(\"text\");
         let borrowed: &str = &text;",
        not "text.push('x'); assert_eq!(borrowed, \"text\");",
        but "assert_eq!(borrowed, \"text\"); text.push('x');";
}

#[cfg(feature = "share")]
refused! {
    Str:
        "let text = thrifty::share::Str::from(\"text\");
         let borrowed: &str = text.as_str();",
        not "drop(text); assert_eq!(borrowed, \"text\");",
        but "assert_eq!(borrowed, \"text\"); drop(text);";
    StrMadeMutable:
        "let mut text = thrifty::share::Str::from(\"text\");
         let borrowed: &mut str = text.make_mut();",
        not "let other = text.clone(); borrowed.make_ascii_uppercase();",
        but "borrowed.make_ascii_uppercase(); let other = text.clone();";
    StaticOnly:
        "let text = String::from(\"text\");",
        not "let text = thrifty::share::Str::from_static(&text);",
        but "let text = thrifty::share::Str::from(&text);";
    Slicer:
        "let text = thrifty::share::Str::from(\"text\");
         let mut slicer: thrifty::share::Slicer<'_> = text.slicer(2);",
        not "drop(text); slicer.slice(..2);",
        but "slicer.slice(..2); drop(slicer); drop(text);";
    SplitOfStr:
        "let text = thrifty::share::Str::from(\"a b\");
         let parts = text.split(' ');",
        not "drop(text); assert_eq!(parts.count(), 2);",
        but "assert_eq!(parts.count(), 2); drop(text);";
    NotUtf8:
        "let refused = thrifty::share::Str::try_from(vec![0xFF]).unwrap_err();
         let bytes = refused.bytes();",
        not "drop(refused.into_bytes()); assert_eq!(bytes.len(), 1);",
        but "assert_eq!(bytes.len(), 1); drop(refused.into_bytes());";
    FieldsGet:
        "let mut line = thrifty::share::Fields::<4>::parse(
             String::from(\"a,b\"), |text, marks| marks.extend(text.split(','))).unwrap();
         let field = line.get(0);",
        not "line.reset().clear(); assert_eq!(field, Some(\"a\"));",
        but "assert_eq!(field, Some(\"a\")); line.reset().clear();";
    FieldsIter:
        "let line = thrifty::share::Fields::<4>::new(String::from(\"a,b\"));
         let iter: thrifty::share::FieldsIter<'_> = line.iter();",
        not "drop(line); assert_eq!(iter.count(), 0);",
        but "assert_eq!(iter.count(), 0); drop(line);";
    FieldsPairs:
        "let line = thrifty::share::Fields::<4>::new(String::from(\"a,b\"));
         let pairs: thrifty::share::FieldsPairs<'_> = line.pairs();",
        not "drop(line); assert_eq!(pairs.count(), 0);",
        but "assert_eq!(pairs.count(), 0); drop(line);";
    Marks:
        "let other = String::from(\"b\");
         let mark = |text: &'static str| thrifty::share::Fields::<4>::parse(
             String::from(\"a\"), move |_, marks| marks.mark(text)).is_ok();",
        not "mark(&other);",
        but "mark(\"b\");";
    CowOfText:
        "use thrifty::share::CowExt;
         let text = String::from(\"text\");
         let cow = text.cow_to_lowercase();",
        not "drop(text); assert_eq!(cow, \"text\");",
        but "assert_eq!(cow, \"text\"); drop(cow); drop(text);";
}

#[cfg(feature = "pool")]
refused! {
    PooledBuf:
        "let pool = thrifty::pool::BufferPool::new(thrifty::pool::PoolConfig::new()).unwrap();
         let buf: thrifty::pool::PooledBuf = pool.get(10);
         let bytes: &[u8] = &buf;",
        not "drop(buf); assert!(bytes.is_empty());",
        but "assert!(bytes.is_empty()); drop(buf);";
    FrozenBuf:
        "let pool = thrifty::pool::BufferPool::new(thrifty::pool::PoolConfig::new()).unwrap();
         let mut buf = pool.get(10);
         let spare = buf.spare_capacity_mut();",
        not "let bytes = buf.freeze(); spare[0].write(1);",
        but "spare[0].write(1); let bytes = buf.freeze();";
    PooledBytes:
        "let pool = thrifty::pool::BufferPool::new(thrifty::pool::PoolConfig::new()).unwrap();
         let bytes: thrifty::pool::PooledBytes = pool.get(10).freeze();
         let part: &[u8] = &bytes[..0];",
        not "drop(bytes); assert!(part.is_empty());",
        but "assert!(part.is_empty()); drop(bytes);";
    Pooled:
        "static POOL: thrifty::pool::Pool<Vec<u8>> = thrifty::pool::Pool::new();
         let mut object: thrifty::pool::Pooled<Vec<u8>> = POOL.get();
         object.push(1);
         let first = &object[0];",
        not "drop(object); assert_eq!(*first, 1);",
        but "assert_eq!(*first, 1); drop(object);";
    DetachedObject:
        "static POOL: thrifty::pool::Pool<Vec<u8>> = thrifty::pool::Pool::new();
         let mut object = POOL.get();
         let inside: &mut Vec<u8> = &mut object;",
        not "let own = object.detach(); inside.push(1);",
        but "inside.push(1); let own = object.detach();";
    Lent:
        "let mut slot = thrifty::pool::RecycleSlot::<&'static str>::new();
         let mut lent: thrifty::pool::Lent<'_, &'static str, &str> = slot.lend();",
        not "slot.lend::<&str>(); lent.push(\"a\");",
        but "lent.push(\"a\"); drop(lent); slot.lend::<&str>();";
    LentItem:
        "let mut slot = thrifty::pool::RecycleSlot::<&'static str>::new();
         let line = String::from(\"a\");
         let mut lent = slot.lend::<&str>();
         lent.push(&line);",
        not "drop(line); assert_eq!(lent.len(), 1);",
        but "assert_eq!(lent.len(), 1); drop(lent); drop(line);";
    RecycledItem:
        "let line = String::from(\"a\");
         let mut parts = vec![&*line];",
        not "drop(line); let kept: Vec<&'static str> = thrifty::pool::recycle(parts.clone()); parts.len();",
        but "let kept: Vec<&'static str> = thrifty::pool::recycle(parts); drop(line);";
    ScratchThatEscapes:
        "thrifty::pool::scratch! { static NUMBERS: Vec<u8>, retain = 64 }",
        not "let kept: &mut Vec<u8> = NUMBERS.with(|numbers| numbers);",
        but "let kept: Vec<u8> = NUMBERS.with(|numbers| numbers.clone());";
    ScratchTextThatEscapes:
        "",
        not "let kept: &str = thrifty::pool::with_scratch_string(|text| text.as_str());",
        but "let kept: String = thrifty::pool::with_scratch_string(|text| text.clone());";
}

#[cfg(feature = "arena")]
refused! {
    ArenaValue:
        "let arenas = thrifty::pool::ArenaPool::new();
         let arena = arenas.get();
         let number = arena.alloc(1);",
        not "drop(arena); *number += 1;",
        but "*number += 1; drop(arena);";
}

#[cfg(feature = "meter")]
refused! {
    Scope:
        "use std::alloc::System;
         use thrifty::meter::{Metered, Scope};
         #[global_allocator]
         static GLOBAL: Metered<System> = Metered::new(System);
         let scope = Scope::enter();",
        not "std::thread::scope(|threads| { threads.spawn(move || scope.finish()); });",
        but "std::thread::scope(|threads| { threads.spawn(|| 1); }); scope.finish();";
    MeteredFuture:
        "use std::alloc::System;
         use thrifty::meter::{Metered, MeterFutureExt};
         #[global_allocator]
         static GLOBAL: Metered<System> = Metered::new(System);
         let text = String::from(\"text\");
         let future = async { text.len() }.metered();",
        not "drop(text); drop(future);",
        but "drop(future); drop(text);";
    InspectedFuture:
        "use std::alloc::System;
         use thrifty::meter::{Metered, MeterFutureExt};
         #[global_allocator]
         static GLOBAL: Metered<System> = Metered::new(System);
         let mut seen = 0;
         let future = std::future::ready(1).metered().inspect(|usage| seen = usage.allocs);",
        not "seen = 1; drop(future);",
        but "drop(future); seen = 1;";
    CloneProbe:
        "let probe = thrifty::meter::CloneProbe::new(String::from(\"a\"));
         let inside: &str = &probe;",
        not "drop(probe); assert_eq!(inside, \"a\");",
        but "assert_eq!(inside, \"a\"); drop(probe);";
}

#[cfg(feature = "heap")]
refused! {
    Settings:
        "let mut applied = thrifty::heap::Tuning::new().apply();
         let settings: thrifty::heap::Settings<'_> = applied.iter();",
        not "applied = thrifty::heap::Tuning::new().apply(); assert_eq!(settings.count(), 0);",
        but "assert_eq!(settings.count(), 0); applied = thrifty::heap::Tuning::new().apply();";
}
