//! The closure, the default, the reset and the drops panic, at every point; requests fail.

use thrifty::fault::{Bomb, Fuse};
use thrifty::pool::{Reset, scratch, with_scratch, with_scratch_string};

use crate::tally::{self, each_panic_point};

#[test]
fn every_panic_leaves_the_scratch_usable() {
    scratch! { static BOMBS: Vec<Bomb>, retain = 1 << 20 }
    let panics = each_panic_point(|fuse| {
        let used = fuse.catch(|| {
            BOMBS.with(|outer| {
                assert!(outer.is_empty(), "nothing of the run before");
                outer.extend([fuse.bomb(1), fuse.bomb(2)]);
                fuse.tick("closure");
                BOMBS.with(|inner| {
                    assert!(inner.is_empty());
                    inner.push(fuse.bomb(3));
                    fuse.tick("inner closure");
                });
                outer.len()
            })
        });
        assert!(used.is_err() || used == Ok(2));
        BOMBS.with(|again| assert!(again.is_empty()));
    });
    assert_eq!(panics.points, 2 + 3, "two closures, three drops");
    panics.assert_clean();
}

/// One field, so that the bombs are only made where a fuse burns.
#[derive(Default)]
struct Resetting {
    held: Option<(Fuse, Bomb)>,
}

impl Reset for Resetting {
    fn reset(&mut self) {
        if let Some((fuse, _)) = &self.held {
            fuse.tick("reset");
        }
        self.held = None;
    }
}

#[test]
fn a_value_whose_reset_panics_is_dropped() {
    scratch! { static VALUE: Resetting, retain = 0 }
    let panics = each_panic_point(|fuse| {
        let used = fuse.catch(|| {
            VALUE.with(|value| {
                assert!(value.held.is_none(), "it was reset, or it is another one");
                value.held = Some((fuse, fuse.bomb(1)));
            });
        });
        VALUE.with(|value| assert!(value.held.is_none(), "{used:?}"));
    });
    assert_eq!(panics.points, 2, "the reset and the drop of what it held");
    panics.assert_clean();
}

#[test]
fn a_default_that_panics_changes_nothing() {
    struct Made;
    thread_local! { static FUSE: std::cell::Cell<Option<Fuse>> = const { std::cell::Cell::new(None) } }
    impl Default for Made {
        fn default() -> Self {
            FUSE.get().unwrap().tick("default");
            Self
        }
    }
    impl Reset for Made {
        fn reset(&mut self) {
            FUSE.get().unwrap().tick("reset");
        }
        // Never kept, so that each use makes one.
        fn retain(&self, _: usize) -> bool {
            false
        }
    }
    scratch! { static MADE: Made, retain = 0 }
    let panics = each_panic_point(|fuse| {
        FUSE.set(Some(fuse));
        let _ = fuse.catch(|| MADE.with(|_| fuse.tick("closure")));
        MADE.with(|_| ());
    });
    assert_eq!(panics.points, 3 + 2);
    panics.assert_clean();
}

#[test]
fn a_request_that_fails_is_the_closures_own() {
    scratch! { static BYTES: Vec<u8>, retain = 1000 }
    let sweep = tally::sweep(|| {
        BYTES.with(|bytes| *bytes = Vec::new());
        let reserved = BYTES.with(|bytes| {
            bytes.try_reserve_exact(100)?;
            with_scratch(|other| {
                *other = Vec::new();
                other.try_reserve_exact(10)
            })
        });
        BYTES.with(|bytes| assert!(bytes.is_empty()));
        // What is kept is no leak: it goes before the books are closed.
        BYTES.with(|bytes| *bytes = Vec::new());
        with_scratch(|bytes| *bytes = Vec::new());
        reserved
    });
    assert_eq!(sweep.points, 2);
    sweep.assert_clean();
}

#[cfg(all(unix, not(miri)))]
#[test]
fn what_cannot_say_no_ends_the_process() {
    // On a thread of its own, whose scratch is not there yet.
    let sweep = std::thread::spawn(|| {
        tally::sweep_infallible(|| {
            with_scratch_string(|text| text.extend(["a text"; 100]));
            with_scratch(|bytes| bytes.resize(100_000, 1));
        })
    });
    let sweep = sweep.join().unwrap();
    assert!(sweep.points > 0, "what is above the limit is not kept: {sweep}");
    assert_eq!(sweep.aborted, sweep.points, "{sweep}");
}
