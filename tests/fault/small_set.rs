//! `SmallSet`: what it adds to the map, at every point.

use std::hash::RandomState;

use thrifty::fault::{self, Bomb, Fuse, each_panic_point};
use thrifty::inline::SmallSet;

type Set = SmallSet<Bomb, 4, RandomState>;

#[test]
fn try_reserve_fails_and_loses_nothing() {
    let sweep = fault::sweep(|| {
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

    operators(fuse, set) {
        let other: Set = (2..6).map(|value| fuse.bomb(value)).collect();
        check(&mut (&set | &other), fuse);
        check(&mut (&set & &other), fuse);
        check(&mut (&set ^ &other), fuse);
        check(&mut (&set - &other), fuse);
        let _answers = (set.is_subset(&other), set.is_superset(&other), set.is_disjoint(&other));
    }
}
