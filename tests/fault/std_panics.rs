//! std's containers, every call of their elements panicking in turn: the anchor that the tool is
//! right.
//!
//! Two are left out because they leak blocks of memory, which leak checkers would report: a
//! `HashMap` whose element panics in `drop`, and a `BTreeSet` collected from an iterator whose
//! elements panic in `eq`.

use std::collections::{BTreeSet, BinaryHeap, VecDeque};

use thrifty::fault::{Bomb, Fuse, each_panic_point};

fn bombs(fuse: Fuse, values: impl IntoIterator<Item = u32>) -> Vec<Bomb> {
    values.into_iter().map(|value| fuse.bomb(value)).collect()
}

fn values(list: &[Bomb]) -> Vec<u32> {
    list.iter().map(Bomb::get).collect()
}

#[test]
fn clone() {
    let panics = each_panic_point(|fuse| {
        let list = bombs(fuse, 0..3);
        let copy = fuse.catch(|| list.clone());
        assert_eq!(values(&list), [0, 1, 2], "the original is as it was");
        if let Ok(copy) = copy {
            assert_eq!(values(&copy), [0, 1, 2]);
        }
    });
    assert_eq!((panics.points, panics.blown), (9, 9), "three clones, six drops");
    panics.assert_clean();
}

#[test]
fn dedup() {
    let panics = each_panic_point(|fuse| {
        let mut list = bombs(fuse, [1, 1, 2, 2, 2, 3]);
        if fuse.catch(|| list.dedup()).is_ok() {
            assert_eq!(values(&list), [1, 2, 3]);
        } else {
            assert!(list.is_sorted_by_key(Bomb::get));
        }
    });
    assert_eq!(panics.points, 5 + 6, "five comparisons, six drops");
    panics.assert_clean();
}

#[test]
fn retain() {
    let panics = each_panic_point(|fuse| {
        let mut list = bombs(fuse, 0..6);
        let kept = fuse.catch(|| {
            list.retain(|bomb| {
                fuse.tick("predicate");
                bomb.get() % 2 == 0
            });
        });
        if kept.is_ok() {
            assert_eq!(values(&list), [0, 2, 4]);
        } else {
            assert!(list.is_sorted_by_key(Bomb::get));
        }
    });
    assert_eq!(panics.points, 6 + 6, "six predicates, six drops");
    panics.assert_clean();
}

#[test]
fn drain_and_splice() {
    each_panic_point(|fuse| {
        let mut list = bombs(fuse, 0..6);
        let _ = fuse.catch(|| {
            let mut drained = list.drain(1..4);
            drop(drained.next());
        });
        assert_eq!(values(&list), [0, 4, 5]);
        let new = (10..14).map(|value| {
            fuse.tick("next");
            fuse.bomb(value)
        });
        let _ = fuse.catch(|| drop(list.splice(1..2, new)));
        assert!(list.iter().all(|bomb| [0, 4, 5, 10, 11, 12, 13].contains(&bomb.get())));
    })
    .assert_clean();
}

#[test]
fn extend_from_a_panicking_iterator() {
    let panics = each_panic_point(|fuse| {
        let mut list = bombs(fuse, 0..2);
        let _ = fuse.catch(|| {
            list.extend((2..6).map(|value| {
                fuse.tick("next");
                fuse.bomb(value)
            }));
        });
        assert!(values(&list).into_iter().zip(0..).all(|(left, right)| left == right));
    });
    assert!(panics.points >= 4 + 2);
    panics.assert_clean();
}

#[test]
fn sort_keeps_every_element() {
    let panics = each_panic_point(|fuse| {
        let mut list = bombs(fuse, [3, 1, 4, 1, 5, 9, 2, 6]);
        let _ = fuse.catch(|| list.sort());
        let mut left = values(&list);
        left.sort_unstable();
        assert_eq!(left, [1, 1, 2, 3, 4, 5, 6, 9]);
    });
    assert!(panics.points > 8 + 7);
    panics.assert_clean();
}

#[test]
fn other_containers() {
    each_panic_point(|fuse| {
        let mut deque: VecDeque<_> = bombs(fuse, 0..5).into();
        deque.rotate_left(2);
        deque.truncate(1);
    })
    .assert_clean();
    each_panic_point(|fuse| {
        let mut set = BTreeSet::new();
        for bomb in bombs(fuse, 0..20) {
            set.insert(bomb);
        }
        let copy = set.clone();
        assert!(copy.is_subset(&set));
    })
    .assert_clean();
    each_panic_point(|fuse| {
        let mut heap = BinaryHeap::from(bombs(fuse, 0..8));
        heap.push(fuse.bomb(9));
        while heap.pop().is_some() {}
    })
    .assert_clean();
}
