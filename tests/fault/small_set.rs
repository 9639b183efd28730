//! `SmallSet`: what it adds to the map, at every point.

use std::hash::RandomState;

use thrifty::fault::{Bomb, Fuse};
use thrifty::inline::SmallSet;

use crate::tally::{self, each_panic_point};

type Set = SmallSet<Bomb, 4, RandomState>;

#[test]
fn try_reserve_fails_and_loses_nothing() {
    let sweep = tally::sweep(|| {
        let mut set: SmallSet<u64, 4> = SmallSet::new();
        set.extend(0..4);
        let spilled = set.try_reserve(1);
        assert_eq!((set.spilled(), set.len()), (spilled.is_ok(), 4));
        assert!((0..4).all(|value| set.contains(&value)));
        spilled?;
        let grown = set.try_reserve(100);
        assert!((0..4).all(|value| set.contains(&value)));
        grown
    });
    assert_eq!(sweep.points, 2, "the table, and a larger one");
    sweep.assert_clean();
}

fn make(fuse: Fuse, n: u32) -> Set {
    (0..n).map(|value| fuse.bomb(value)).collect()
}

/// A legal set, which still works.
fn check(set: &mut Set, fuse: Fuse) {
    let mut values: Vec<u32> = set.iter().map(Bomb::get).collect();
    values.sort_unstable();
    values.dedup();
    assert_eq!(values.len(), set.len(), "a value is there twice");
    set.insert(fuse.bomb(77));
    assert!(set.contains(&fuse.bomb(77)));
}

macro_rules! panics {
    ($($name:ident($fuse:ident, $set:ident) $act:block)*) => {$(
        #[test]
        fn $name() {
            for n in [0, 1, 4, 7] {
                let panics = each_panic_point(|$fuse| {
                    let mut $set = make($fuse, n);
                    let _ = $fuse.catch(|| $act);
                    check(&mut $set, $fuse);
                });
                assert!(panics.points >= u64::from(2 * n), "{} points", panics.points);
                panics.assert_clean();
            }
        }
    )*};
}

panics! {
    replace_and_take(fuse, set) {
        set.replace(fuse.bomb(0));
        set.replace(fuse.bomb(9));
        set.take(&fuse.bomb(0));
    }

    get_or_insert(fuse, set) {
        set.get_or_insert(fuse.bomb(0));
        set.get_or_insert_with(&fuse.bomb(9), |value| {
            fuse.tick("closure");
            value.clone()
        });
    }

    retain_and_extract(fuse, set) {
        set.retain(|value| {
            fuse.tick("predicate");
            value.get() != 1
        });
        let taken = set.extract_if(|value| {
            fuse.tick("predicate");
            value.get() % 2 == 0
        });
        taken.take(1).for_each(drop);
    }

    removals(fuse, set) {
        set.remove(&fuse.bomb(1));
        set.drain().take(1).for_each(drop);
        set.extend((0..3).map(|value| fuse.bomb(value)));
        set.clear();
    }

    combinations(fuse, set) {
        let other: Set = (2..6).map(|value| fuse.bomb(value)).collect();
        let all = set.union(&other).count();
        assert_eq!(all, set.symmetric_difference(&other).count() + set.intersection(&other).count());
        assert!(set.difference(&other).count() <= all);
    }

    operators(fuse, set) {
        let other: Set = (2..6).map(|value| fuse.bomb(value)).collect();
        check(&mut (&set | &other), fuse);
        check(&mut (&set & &other), fuse);
        check(&mut (&set ^ &other), fuse);
        check(&mut (&set - &other), fuse);
        let _answers = (set.is_subset(&other), set.is_superset(&other), set.is_disjoint(&other));
    }
}

#[cfg(all(unix, not(miri)))]
#[test]
fn what_cannot_say_no_ends_the_process() {
    let sweep = tally::sweep_infallible(|| {
        let mut set = SmallSet::<String, 2>::with_capacity(5);
        set.extend(["one", "two", "three"].map(String::from));
        set.get_or_insert_with("four", |text: &str| text.to_owned());
        set.reserve(100);
        set.shrink_to(20);
        set.shrink_to_fit();
        (&set | &set.clone(), SmallSet::<u8, 2, _>::with_capacity_and_hasher(3, RandomState::new()))
    });
    assert!(sweep.points > 15, "{sweep}");
    // A smaller table is a wish: without it the set keeps the one that it has.
    assert_eq!(sweep.aborted + sweep.returned.len() as u64, sweep.points, "{sweep}");
    sweep.assert_clean();
}
