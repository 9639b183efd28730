//! `each_panic_point` tells sound containers from unsound ones.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::mem::ManuallyDrop;
use std::panic::{catch_unwind, panic_any, resume_unwind};
use std::ptr;
use std::thread;

use thrifty::fault::{Blown, Bomb, Fuse, each_panic_point};

use crate::panic_text;

#[test]
fn every_trait_is_a_point() {
    let count = |f: fn(Fuse)| each_panic_point(f).points;
    assert_eq!(count(|_| ()), 0);
    assert_eq!(count(|fuse| fuse.tick("own")), 1);
    assert_eq!(count(|fuse| drop(fuse.bomb(1))), 1);
    assert_eq!(count(|fuse| drop([&fuse.bomb(1)].map(Clone::clone))), 3);
    assert_eq!(count(|fuse| assert!(fuse.bomb(1) == fuse.bomb(1))), 3);
    assert_eq!(count(|fuse| assert!(fuse.bomb(1) < fuse.bomb(2))), 3);
    assert_eq!(count(|fuse| assert!(fuse.bomb(1).max(fuse.bomb(2)).get() == 2)), 3);
    assert_eq!(count(|fuse| assert!(BTreeSet::from([fuse.bomb(1)]).len() == 1)), 1);
    let hash = |bomb: &Bomb| BuildHasherDefault::<DefaultHasher>::default().hash_one(bomb);
    assert_eq!(each_panic_point(|fuse| assert_ne!(hash(&fuse.bomb(1)), 0)).points, 2);
    assert_eq!(count(|_| assert!(Bomb::<u8>::default().get() == 0)), 2);
    let show = |bomb: &Bomb| assert_eq!(format!("{bomb:?}"), "Bomb(7)");
    assert_eq!(each_panic_point(|fuse| show(&fuse.bomb(7))).points, 1);
}

#[test]
fn each_point_blows_once_and_in_turn() {
    let mut seen: Vec<Option<Blown>> = Vec::new();
    let panics = each_panic_point(|fuse| {
        let caught = fuse.catch(|| {
            fuse.tick("one");
            fuse.tick("two");
        });
        seen.push(caught.err());
    });
    let seen: Vec<_> =
        seen.iter().map(|blown| blown.map(|blown| (blown.point, blown.what))).collect();
    assert_eq!(seen, [None, Some((1, "one")), Some((2, "two")), None]);
    assert_eq!((panics.points, panics.blown), (2, 2));
    assert_eq!(panics.to_string(), "2 points, 2 blown, 0 misused, 0 leaked");
    panics.assert_clean();
}

#[test]
fn the_panic_hook_is_not_called() {
    // Other tests of this process may panic at the same time, so only ours are counted.
    thread_local! {
        static CALLS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        CALLS.set(CALLS.get() + 1);
        before(info);
    }));
    each_panic_point(|fuse| drop(vec![fuse.bomb(1), fuse.bomb(2)])).assert_clean();
    assert_eq!(CALLS.get(), 0);
    // That the counter counts.
    assert!(catch_unwind(|| panic!("seen by the hook")).is_err());
    assert_eq!(CALLS.get(), 1);
}

#[test]
fn a_leak_is_reported() {
    let panics = each_panic_point(|fuse| {
        let kept = ManuallyDrop::new(fuse.bomb(1));
        fuse.tick("after");
        drop(ManuallyDrop::into_inner(kept));
    });
    assert_eq!(panics.points, 2);
    assert_eq!(panics.leaked.len(), 1);
    let stray = panics.leaked[0];
    assert_eq!((stray.point, stray.blown_in, stray.bombs), (1, "after", 1));
    panics.assert_sound();
    let text = panic_text(|| panics.assert_clean());
    assert!(text.contains("1 leaked (1 bombs at 1 (after))"), "{text}");
}

/// Drops its elements one after the other and only then forgets them: the defect of the day.
struct Naive<T> {
    items: Vec<ManuallyDrop<T>>,
}

impl Naive<Bomb> {
    fn new(items: impl IntoIterator<Item = Bomb>) -> Self {
        Self { items: items.into_iter().map(ManuallyDrop::new).collect() }
    }

    fn clear(&mut self) {
        for item in &mut self.items {
            // SAFETY: the place is valid and aligned for a `Bomb`, borrowed mutably by the loop.
            // It may have been dropped before, which is what the test is about: all fields of a
            // `Bomb` are plain numbers that its `Drop` only reads, so they are still valid then.
            unsafe { ManuallyDrop::drop(item) };
        }
        self.items.clear();
    }
}

impl<T> Drop for Naive<T> {
    fn drop(&mut self) {
        for item in &mut self.items {
            // SAFETY: only `Naive<Bomb>` can be made, and for that the reason in `clear` holds.
            unsafe { ManuallyDrop::drop(item) };
        }
    }
}

#[test]
fn a_double_drop_is_caught() {
    let panics = each_panic_point(|fuse| {
        let mut naive = Naive::new([1, 2, 3].map(|value| fuse.bomb(value)));
        naive.clear();
    });
    assert_eq!(panics.points, 3);
    let found: Vec<_> = panics.misused.iter().map(|m| (m.point, m.bomb, m.what)).collect();
    let expected = [1, 2, 3].map(|point| match point {
        1 => vec![(1, 0, "drop")],
        2 => vec![(2, 0, "drop"), (2, 1, "drop")],
        _ => vec![(3, 0, "drop"), (3, 1, "drop"), (3, 2, "drop")],
    });
    assert_eq!(found, expected.concat());
    assert!(panics.misused.iter().all(|misuse| misuse.blown_in == "drop"));
    let text = panic_text(|| panics.assert_sound());
    assert!(text.contains("drop of the dropped bomb 0 at 1 (drop)"), "{text}");
    assert!(panic_text(|| panics.assert_clean()).contains("6 misused"));
}

#[test]
fn a_use_after_the_drop_is_caught() {
    let panics = each_panic_point(|fuse| {
        let bomb = fuse.bomb(5);
        // SAFETY: `bomb` is valid and aligned; all fields of a `Bomb` are plain numbers, so a
        // copy of them is a valid value too. It is never dropped.
        let twin = ManuallyDrop::new(unsafe { ptr::read(&raw const bomb) });
        drop(bomb);
        let _ = twin.get();
        let copy = (*twin).clone();
        assert!(*twin == copy);
        assert!(copy == *twin);
        assert!(*twin <= copy);
        assert!(copy <= *twin);
    });
    let last: Vec<_> = panics.misused.iter().filter(|m| m.point == 0).map(|m| m.what).collect();
    assert_eq!(last, ["get", "clone", "eq", "eq", "cmp", "cmp"], "on either side of the operator");
    let text = panic_text(|| panics.assert_sound());
    assert!(text.contains("clone of the dropped bomb 0 at 2 (clone), "), "{text}");
}

#[test]
fn a_drop_while_unwinding_only_counts() {
    let mut duds = 0;
    let panics = each_panic_point(|fuse| {
        let unwound = catch_unwind(move || {
            let _bomb = fuse.bomb(1);
            // Not our panic, so the bomb's drop is still ahead of the fuse.
            resume_unwind(Box::new("a panic of the test's own"));
        });
        assert!(unwound.is_err());
        duds += 1;
    });
    assert_eq!((panics.points, panics.blown), (1, 0));
    assert_eq!(duds, 3, "no run was cut short");
    panics.assert_clean();
}

#[test]
fn other_panics_pass_through() {
    let text = panic_text(|| {
        let _ = each_panic_point(|fuse| {
            fuse.tick("first");
            panic!("found a defect");
        });
    });
    assert_eq!(text, "found a defect");
    let text = panic_text(|| {
        let _ = each_panic_point(|fuse| {
            let blown = fuse.catch(|| fuse.tick("first")).is_err();
            assert!(!blown, "the state after the panic is wrong");
        });
    });
    assert!(text.contains("the state after the panic is wrong"), "{text}");
    let payload = catch_unwind(|| {
        each_panic_point(|fuse| {
            let _ = fuse.catch(|| panic_any(5_u8));
        })
    });
    assert_eq!(payload.unwrap_err().downcast_ref::<u8>(), Some(&5));
}

#[test]
fn an_endless_run_is_cut_off() {
    let mut more = 0;
    let text = panic_text(|| {
        let _ = each_panic_point(|fuse| {
            more += 1;
            (0..more).for_each(|_| fuse.tick("again"));
        });
    });
    assert!(text.contains("point 1003 is above the limit of 1002"), "{text}");
}

#[test]
fn runs_nest() {
    let outer = each_panic_point(|outer| {
        let inner = each_panic_point(|inner| {
            inner.tick("inner");
            outer.tick("outer");
            drop(Bomb::<u8>::default());
        });
        // Only without a panic of `outer`, which ends the inner sweep too.
        assert_eq!(inner.points, 3);
        inner.assert_clean();
        drop(Bomb::<u8>::default());
    });
    assert_eq!(outer.points, 4 + 2, "`outer` is passed in four of the five inner runs");
    outer.assert_clean();
}

#[test]
fn each_fuse_catches_its_own() {
    let mut outer_caught = Vec::new();
    let outer = each_panic_point(|outer| {
        let caught = outer.catch(|| {
            each_panic_point(|inner| {
                let _ = inner.catch(|| inner.tick("inner"));
                outer.tick("outer");
            })
            .assert_clean();
        });
        outer_caught.push(caught.err().map(|blown| blown.point));
    });
    assert_eq!(outer.points, 3, "once in each of the three inner runs");
    assert_eq!(outer_caught, [None, Some(1), Some(2), Some(3), None]);
}

#[test]
fn a_defect_after_a_swallowed_panic_passes_through() {
    let text = panic_text(|| {
        let _ = each_panic_point(|fuse| {
            let swallowed = catch_unwind(|| fuse.tick("swallowed")).is_err();
            assert!(!swallowed, "a defect of its own");
        });
    });
    assert!(text.contains("a defect of its own"), "{text}");
}

#[test]
fn a_bomb_may_outlive_its_run() {
    let mut kept = Vec::new();
    let panics = each_panic_point(|fuse| kept.push(fuse.bomb(1)));
    assert_eq!(panics.leaked.len(), 1, "it is alive at the end of the run");
    assert_eq!(kept.pop().unwrap().get(), 1);
    drop(kept);
}

#[test]
fn bombs_go_to_other_threads() {
    let panics = each_panic_point(|fuse| {
        let bomb = fuse.bomb(1);
        let result = thread::spawn(move || drop(bomb)).join();
        if let Err(payload) = result {
            resume_unwind(payload);
        }
    });
    assert_eq!((panics.points, panics.blown), (1, 1));
    panics.assert_clean();
}

#[test]
fn default_needs_a_run() {
    let text = panic_text(|| drop(Bomb::<u8>::default()));
    assert!(text.contains("outside of `each_panic_point`"), "{text}");
}
