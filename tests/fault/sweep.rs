//! `sweep` tells clean code from code that hides a failure, leaks, or cannot be swept.

use std::cell::Cell;
use std::collections::TryReserveError;
use std::future::poll_fn;
use std::mem::replace;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Poll, Waker};
use std::thread;

use thrifty::fault::{self, Bomb, Fail};

use crate::panic_text;

fn block(bytes: usize) -> Result<Vec<u8>, TryReserveError> {
    let mut block = Vec::new();
    block.try_reserve_exact(bytes)?;
    Ok(block)
}

#[test]
fn clean_code_is_clean() {
    let mut runs = 0;
    let sweep = fault::sweep(|| {
        runs += 1;
        let blocks = [block(10)?, block(20)?, block(30)?];
        Ok::<_, TryReserveError>(blocks)
    });
    assert_eq!((sweep.points, sweep.refused), (3, 3));
    assert!(sweep.swallowed.is_empty() && sweep.leaked.is_empty());
    assert_eq!(runs, 5, "all granted, three failures, none left");
    assert_eq!(sweep.to_string(), "3 points, 3 refused, 0 swallowed, 0 leaked");
    sweep.assert_clean();
}

#[test]
fn no_request_is_no_point() {
    let sweep = fault::sweep(|| Ok::<_, ()>([1, 2, 3]));
    assert_eq!((sweep.points, sweep.refused), (0, 0));
    sweep.assert_clean();
}

#[test]
fn a_swallowed_failure_is_reported() {
    let sweep = fault::sweep(|| {
        let first = block(10)?;
        let spare = block(1_000).or_else(|_| block(1));
        Ok::<_, TryReserveError>((first, spare))
    });
    assert_eq!((sweep.points, sweep.refused), (2, 1));
    assert_eq!(sweep.swallowed, [2]);
    assert!(sweep.leaked.is_empty());
    let text = panic_text(|| sweep.assert_clean());
    assert!(text.contains("1 swallowed (at 2)"), "{text}");
}

#[test]
fn a_leak_on_the_way_out_is_reported() {
    // The test owns what the closure "leaks", so that leak checkers stay silent.
    let mut lost = Vec::with_capacity(8);
    let sweep = fault::sweep(|| {
        let first = block(64)?;
        match block(100) {
            Ok(second) => Ok((first, second)),
            Err(error) => {
                lost.push(first);
                Err(error)
            }
        }
    });
    assert_eq!(sweep.refused, 2);
    assert_eq!(sweep.leaked.len(), 1);
    assert_eq!((sweep.leaked[0].point, sweep.leaked[0].bytes), (2, 64));
    let text = panic_text(|| sweep.assert_clean());
    assert!(text.contains("1 leaked (64 bytes at 2)"), "{text}");
}

#[test]
fn a_leak_without_a_failure_is_reported() {
    let mut kept = Vec::with_capacity(8);
    let sweep = fault::sweep(|| block(48).map(|block| kept.push(block)));
    assert_eq!((sweep.points, sweep.leaked.len()), (1, 1));
    assert_eq!((sweep.leaked[0].point, sweep.leaked[0].bytes), (0, 48));
    let text = panic_text(|| sweep.assert_clean());
    assert!(text.contains("48 bytes when nothing failed"), "{text}");
}

/// A block that grew is weighed as it is now, and a resize that failed as it was before.
#[test]
fn a_resized_leak_is_weighed_once() {
    let mut kept = Vec::with_capacity(8);
    let sweep = fault::sweep(|| {
        let mut list = block(16)?;
        let resized = list.try_reserve_exact(80);
        kept.push(list);
        resized
    });
    assert_eq!((sweep.points, sweep.refused), (2, 2));
    let leaks: Vec<_> = sweep.leaked.iter().map(|leak| (leak.point, leak.bytes)).collect();
    assert_eq!(leaks, [(2, 16), (0, 80)]);
}

#[test]
fn what_the_result_holds_is_no_leak() {
    /// An error that owns memory, taken after the refused request.
    struct Costly(#[expect(dead_code, reason = "held only")] Vec<u8>);
    let sweep = fault::sweep(|| block(10).map_err(|_| Costly(block(500).unwrap_or_default())));
    assert_eq!(sweep.refused, 1);
    sweep.assert_clean();
}

#[test]
fn what_is_built_once_is_no_leak() {
    let mut cache = None;
    let sweep = fault::sweep(|| {
        if cache.is_none() {
            cache = Some(block(100)?);
        }
        block(10)
    });
    assert_eq!(sweep.points, 1);
    sweep.assert_clean();
}

#[test]
fn freeing_older_memory_is_no_leak() {
    let mut old = vec![vec![0_u8; 100]; 8];
    fault::sweep(|| {
        old.pop();
        block(10)
    })
    .assert_clean();
}

#[test]
fn requests_of_the_results_drop_are_not_refused() {
    struct Noisy(Option<TryReserveError>);
    impl Drop for Noisy {
        fn drop(&mut self) {
            self.0 = block(10).err();
            assert!(self.0.is_none());
        }
    }
    let sweep = fault::sweep(|| Ok::<_, ()>(Noisy(None)));
    assert_eq!(sweep.points, 0);
}

#[test]
fn a_closure_that_always_fails_proves_nothing() {
    let text = panic_text(|| {
        let _ = fault::sweep(|| block(10).map_or(Err("no memory"), |_| Err::<(), _>("always")));
    });
    assert!(text.contains("returned `Err` although no request of it failed"), "{text}");
}

#[test]
fn an_endless_sweep_is_cut_off() {
    let mut more = 0;
    let text = panic_text(|| {
        let _ = fault::sweep(|| {
            more += 1;
            (0..more).try_for_each(|_| block(1).map(drop))
        });
    });
    assert!(text.contains("point 1003 is above the limit of 1002"), "{text}");
}

#[test]
fn a_huge_sweep_is_refused() {
    let mut runs = 0;
    let text = panic_text(|| {
        let _ = fault::sweep(|| {
            runs += 1;
            (0..100_001).try_for_each(|_| block(1).map(drop))
        });
    });
    assert!(text.contains("100001 requests, above the limit of 100000"), "{text}");
    assert_eq!(runs, 1);
}

#[test]
fn a_panic_passes_through_and_ends_the_sweep() {
    let text = panic_text(|| {
        let _ = fault::sweep(|| {
            block(10).expect("the wrong way to ask");
            Ok::<_, ()>(())
        });
    });
    assert!(text.starts_with("the wrong way to ask"), "{text}");
    assert_eq!(fault::with(Fail::Nth(1), || block(1)).failed, 1, "the thread is free again");
}

#[test]
fn long_reports_are_cut() {
    let sweep = fault::sweep(|| {
        (0..12).for_each(|_| drop(block(1)));
        Ok::<_, ()>(())
    });
    let text = sweep.to_string();
    assert!(text.contains("12 swallowed (at 1, at 2, at 3"), "{text}");
    assert!(text.contains("at 8, and 4 more)"), "{text}");
}

/// The ledger of the bombs is never short of memory and never weighs anything.
#[test]
fn bombs_may_be_used_inside() {
    let points = Cell::new(0);
    let panics = fault::each_panic_point(|fuse| {
        let sweep = fault::sweep(|| {
            let mut list: Vec<Bomb> = Vec::new();
            list.try_reserve_exact(100)?;
            list.extend((0..100).map(|value| fuse.bomb(value)));
            list.try_reserve_exact(200).map(|()| list)
        });
        sweep.assert_clean();
        points.set(sweep.points);
    });
    assert_eq!(points.get(), 2);
    assert_eq!(panics.points, 300, "the drops of the first, the third and the last run");
    panics.assert_clean();
}

/// Not ready until somebody has woken the waker that `lent` was given.
async fn woken(lent: &Mutex<Option<Waker>>) {
    let mut asked = false;
    poll_fn(|context| {
        if replace(&mut asked, true) {
            return Poll::Ready(());
        }
        *lent.lock().unwrap() = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}

#[test]
fn a_future_is_swept_across_its_awaits() {
    let (lent, done) = (Mutex::new(None::<Waker>), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Relaxed) {
                lent.lock().unwrap().take().map_or_else(thread::yield_now, Waker::wake);
            }
        });
        let sweep = fault::sweep_async(async || {
            let first = block(10)?;
            woken(&lent).await;
            block(20).map(|second| (first, second))
        });
        done.store(true, Relaxed);
        assert_eq!((sweep.points, sweep.refused), (2, 2), "{sweep}");
        sweep.assert_clean();
    });
}

#[test]
fn a_future_that_hides_its_failure_is_told() {
    let sweep = fault::sweep_async(async || {
        let _ = block(10);
        Ok::<_, ()>(())
    });
    assert_eq!((sweep.points, sweep.swallowed), (1, vec![1]));
}
