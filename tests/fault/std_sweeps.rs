//! The fallible calls of std, each request failing in turn: the anchor that the tool is right.

use std::collections::{BinaryHeap, HashMap, HashSet, TryReserveError, VecDeque};
use std::ffi::OsString;

use thrifty::fault;

/// Reserves twice, so that a block is made and then resized, and sweeps it.
macro_rules! reserve_twice {
    ($($test:ident: $new:expr, |$value:ident| $check:expr;)*) => {$(
        #[test]
        fn $test() {
            let sweep = fault::sweep(|| {
                let mut $value = $new;
                $value.try_reserve(8)?;
                let resized = $value.try_reserve(1_000);
                assert!($check, "a failed request must not change the value");
                resized.map(|()| $value)
            });
            assert_eq!((sweep.points, sweep.refused), (2, 2));
            sweep.assert_clean();
        }
    )*};
}

reserve_twice! {
    vec: Vec::<u64>::new(), |list| list.is_empty() && list.capacity() >= 8;
    deque: VecDeque::<u64>::new(), |list| list.is_empty() && list.capacity() >= 8;
    heap: BinaryHeap::<u64>::new(), |list| list.is_empty() && list.capacity() >= 8;
    string: String::new(), |text| text.is_empty() && text.capacity() >= 8;
    os_string: OsString::new(), |text| text.is_empty() && text.capacity() >= 8;
    map: HashMap::<u64, u64>::new(), |map| map.is_empty() && map.capacity() >= 8;
    set: HashSet::<u64>::new(), |set| set.is_empty() && set.capacity() >= 8;
}

#[test]
fn values_survive_a_failed_resize() {
    let sweep = fault::sweep(|| {
        let mut list = Vec::new();
        list.try_reserve_exact(3)?;
        list.extend([1_u64, 2, 3]);
        let mut map = HashMap::new();
        map.try_reserve(3)?;
        map.extend([(1_u64, 'a'), (2, 'b'), (3, 'c')]);
        let resized = list.try_reserve(100).and_then(|()| map.try_reserve(100));
        assert_eq!(list, [1, 2, 3]);
        assert_eq!((map.len(), map[&1], map[&3]), (3, 'a', 'c'));
        resized
    });
    assert_eq!(sweep.points, 4);
    sweep.assert_clean();
}

#[test]
fn a_deque_that_wraps_survives_a_failed_resize() {
    let sweep = fault::sweep(|| {
        let mut ring = VecDeque::new();
        ring.try_reserve_exact(4)?;
        ring.extend([0_u8, 1, 2, 3]);
        while ring.front() != Some(&2) {
            ring.rotate_left(1);
        }
        let resized = ring.try_reserve(100);
        assert!(ring.iter().eq(&[2, 3, 0, 1]));
        resized
    });
    assert_eq!(sweep.points, 2);
    sweep.assert_clean();
}

/// A request too large for any layout is refused before it becomes a request.
#[test]
fn overflow_is_no_request() {
    let sweep = fault::sweep(|| {
        let too_much: Result<(), TryReserveError> = Vec::<u64>::new().try_reserve(usize::MAX);
        if too_much.is_err() { Ok(()) } else { Err("capacity overflow expected") }
    });
    assert_eq!(sweep.points, 0);
    sweep.assert_clean();
}
