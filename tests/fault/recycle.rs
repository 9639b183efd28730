//! Items that panic in their drop; requests that fail.

use thrifty::fault::Bomb;
use thrifty::pool::{RecycleSlot, recycle};

use crate::tally::{self, each_panic_point};

#[test]
fn drops_that_panic_lose_no_item() {
    let panics = each_panic_point(|fuse| {
        let bombs: Vec<Bomb> = (0..3).map(|value| fuse.bomb(value)).collect();
        if let Ok(mut again) = fuse.catch(|| recycle::<Bomb, Bomb>(bombs)) {
            assert!(again.is_empty() && again.capacity() >= 3);
            again.push(fuse.bomb(9));
        }
    });
    assert_eq!(panics.points, 4);
    panics.assert_clean();
}

#[test]
fn a_slot_outlives_every_panic() {
    let panics = each_panic_point(|fuse| {
        let mut slot = RecycleSlot::<Bomb>::new();
        let used = fuse.catch(|| {
            let mut bombs = slot.lend::<Bomb>();
            bombs.extend([fuse.bomb(1), fuse.bomb(2)]);
            fuse.tick("inside");
        });
        // A panic inside does not lose the memory; a panic of a drop does.
        let inside = used.is_err_and(|blown| blown.what == "inside");
        assert!(slot.capacity() >= 2 || (used.is_err() && !inside), "{used:?}");
        slot.lend::<Bomb>().push(fuse.bomb(3));
        assert!(slot.capacity() >= 1);
    });
    assert_eq!(panics.points, 1 + 3);
    panics.assert_clean();
}

#[test]
fn nothing_is_asked_for() {
    let sweep = tally::sweep(|| {
        let mut slot = RecycleSlot::<u64>::new();
        slot.lend::<f64>().try_reserve_exact(10)?;
        // In the memory of the request above.
        slot.lend::<i64>().extend(0..10);
        let mut other: Vec<u64> = Vec::new();
        other.try_reserve_exact(3)?;
        let other: Vec<i64> = recycle(other);
        assert_eq!(other.capacity(), 3);
        Ok::<_, std::collections::TryReserveError>(())
    });
    assert_eq!(sweep.points, 2, "the two that the test makes itself");
    sweep.assert_clean();
}
