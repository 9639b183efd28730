//! The third-party vectors that room `inline` hands on.

use thrifty::fault::{Bomb, Fuse};
use thrifty::inline::{ArrayString, ArrayVec, SmallVec};

use crate::tally::{self, each_panic_point};

#[test]
fn smallvec_try_reserve() {
    let sweep = tally::sweep(|| {
        let mut list: SmallVec<[u64; 2]> = SmallVec::new();
        list.try_reserve(2)?;
        list.extend([1, 2]);
        let spilled = list.try_reserve(1);
        assert_eq!((list.as_slice(), list.spilled()), ([1, 2].as_slice(), spilled.is_ok()));
        spilled?;
        list.push(3);
        let grown = list.try_reserve(100);
        assert_eq!(list.as_slice(), [1, 2, 3]);
        grown
    });
    assert_eq!(sweep.points, 2, "the spill makes a block, the growth resizes it");
    sweep.assert_clean();
}

#[test]
fn smallvec_try_grow() {
    let sweep = tally::sweep(|| {
        let mut list: SmallVec<[u64; 2]> = SmallVec::from_slice(&[1, 2]);
        list.try_grow(2)?;
        list.try_grow(10)?;
        assert!(list.spilled());
        let grown = list.try_grow(20);
        assert_eq!(list.as_slice(), [1, 2]);
        grown?;
        // Back to the inline place: the block is freed, nothing is asked for.
        list.try_grow(2).map(|()| assert!(!list.spilled()))
    });
    assert_eq!(sweep.points, 2);
    sweep.assert_clean();
}

#[test]
fn smallvec_try_reserve_exact_overflows_without_a_request() {
    let sweep = tally::sweep(|| {
        let mut list: SmallVec<[u64; 2]> = SmallVec::from_slice(&[1, 2]);
        let too_much = list.try_reserve_exact(usize::MAX);
        assert_eq!(list.as_slice(), [1, 2]);
        if too_much.is_err() { Ok(()) } else { Err("capacity overflow expected") }
    });
    assert_eq!(sweep.points, 0);
    sweep.assert_clean();
}

#[test]
fn arrayvec_asks_for_nothing() {
    let sweep = tally::sweep(|| {
        let mut list: ArrayVec<u64, 4> = ArrayVec::new();
        list.try_extend_from_slice(&[1, 2, 3])?;
        assert!(list.try_insert(0, 0).is_ok());
        assert_eq!(list.try_push(9).unwrap_err().element(), 9);
        list.retain(|number| *number > 0);
        let mut text: ArrayString<8> = ArrayString::new();
        assert!(text.try_push_str("no heap").is_ok());
        list.try_extend_from_slice(&[4]).map(|()| (list, text))
    });
    assert_eq!((sweep.points, sweep.refused), (0, 0));
    sweep.assert_clean();
}

/// The same panics in every vector: four bombs are inline, six have spilled where that exists.
macro_rules! panic_sweeps {
    ($($room:ident: $vec:ty, $items:expr;)*) => {$(
        mod $room {
            use super::{Fuse, each_panic_point, values};
            #[allow(clippy::wildcard_imports, reason = "one of the two vectors")]
            use super::*;

            fn make(fuse: Fuse) -> $vec {
                (0..$items).map(|value| fuse.bomb(value)).collect()
            }

            #[test]
            fn clone() {
                let panics = each_panic_point(|fuse| {
                    let list = make(fuse);
                    let copy = fuse.catch(|| list.clone());
                    assert!(values(&list).eq(0..$items), "the original is as it was");
                    assert!(copy.is_err() || values(&copy.unwrap()).eq(0..$items));
                });
                assert_eq!(panics.points, 3 * $items, "a clone and two drops for each");
                panics.assert_clean();
            }

            #[test]
            fn retain() {
                let panics = each_panic_point(|fuse| {
                    let mut list = make(fuse);
                    let kept = fuse.catch(|| {
                        list.retain(|bomb| {
                            fuse.tick("predicate");
                            bomb.get() % 2 == 0
                        });
                    });
                    if kept.is_ok() {
                        assert!(values(&list).eq((0..$items).step_by(2)));
                    } else {
                        assert!(list.is_sorted_by_key(Bomb::get));
                    }
                    list.push(fuse.bomb(99));
                });
                assert_eq!(panics.points, 2 * $items + 1, "a predicate and a drop for each");
                panics.assert_clean();
            }

            #[test]
            fn extend_from_a_panicking_iterator() {
                each_panic_point(|fuse| {
                    let mut list = make(fuse);
                    list.truncate(2);
                    let _ = fuse.catch(|| {
                        list.extend((2..$items).map(|value| {
                            fuse.tick("next");
                            fuse.bomb(value)
                        }));
                    });
                    assert!(values(&list).zip(0..$items).all(|(left, right)| left == right));
                })
                .assert_clean();
            }

            #[test]
            fn truncate_and_clear() {
                each_panic_point(|fuse| {
                    let mut list = make(fuse);
                    let truncated = fuse.catch(|| list.truncate(2));
                    assert!(truncated.is_err() || list.len() == 2);
                    assert!(values(&list).eq((0..$items).take(list.len())), "the front is left");
                    let cleared = fuse.catch(|| list.clear());
                    assert!(cleared.is_err() || list.is_empty());
                    assert!(values(&list).eq((0..$items).take(list.len())), "the front is left");
                    list.push(fuse.bomb(1));
                })
                .assert_clean();
            }

            #[test]
            fn comparison() {
                each_panic_point(|fuse| {
                    let (one, two) = (make(fuse), make(fuse));
                    assert!(one == two && one <= two);
                })
                .assert_clean();
            }

            /// All three leak what is behind an element that panics in a drain's `drop`; safe.
            #[test]
            fn drain() {
                each_panic_point(|fuse| {
                    let mut list = make(fuse);
                    let drained = fuse.catch(|| {
                        let mut drained = list.drain(1..3);
                        drop(drained.next());
                    });
                    if drained.is_ok() {
                        assert!(values(&list).eq([0].into_iter().chain(3..$items)));
                    }
                    list.push(fuse.bomb(99));
                })
                .assert_sound();
            }

            /// `SmallVec` leaks what is behind an element that panics in this `drop`; safe.
            #[test]
            fn into_iter_dropped_half_way() {
                each_panic_point(|fuse| {
                    let mut items = make(fuse).into_iter();
                    assert_eq!(items.next().map(|bomb| bomb.get()), Some(0));
                    assert_eq!(items.next_back().map(|bomb| bomb.get()), Some($items - 1));
                })
                .assert_sound();
            }
        }
    )*};
}

panic_sweeps! {
    smallvec_inline: SmallVec<[Bomb; 4]>, 4;
    smallvec_spilled: SmallVec<[Bomb; 4]>, 6;
    arrayvec: ArrayVec<Bomb, 8>, 6;
}

/// These exist on `SmallVec` alone.
#[test]
fn smallvec_dedup_and_insert_many() {
    let panics = each_panic_point(|fuse| {
        let mut list: SmallVec<[Bomb; 4]> =
            [1, 1, 2, 2, 2, 3].into_iter().map(|value| fuse.bomb(value)).collect();
        let _ = fuse.catch(|| list.dedup());
        assert!(list.iter().all(|bomb| (1..=3).contains(&bomb.get())));
        let _ = fuse.catch(|| {
            list.insert_many(
                1,
                (10..13).map(|value| {
                    fuse.tick("next");
                    fuse.bomb(value)
                }),
            );
        });
        list.push(fuse.bomb(4));
    });
    assert!(panics.points > 5 + 3);
    panics.assert_clean();
}

fn values(list: &[Bomb]) -> impl Iterator<Item = u32> {
    list.iter().map(Bomb::get)
}
