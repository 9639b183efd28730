//! `make`, the reset and the drops panic, at every point; requests fail.

use std::cell::Cell;

use thrifty::fault::{Bomb, Fuse};
use thrifty::pool::{Pool, Pooled, Reset};

use crate::tally::{self, each_panic_point};

thread_local! { static FUSE: Cell<Option<Fuse>> = const { Cell::new(None) } }

fn tick(what: &'static str) {
    if let Some(fuse) = FUSE.get() {
        fuse.tick(what);
    }
}

/// Panics wherever it can: made, reset, dropped, and by what it holds.
struct Touchy {
    held: Vec<Bomb>,
    own: Option<Bomb>,
}

impl Touchy {
    fn make() -> Self {
        tick("make");
        Self { held: Vec::new(), own: FUSE.get().map(|fuse| fuse.bomb(0)) }
    }
}

impl Reset for Touchy {
    fn reset(&mut self) {
        tick("reset");
        self.held.reset();
    }

    fn footprint(&self) -> usize {
        self.held.footprint()
    }
}

fn with_fuse(fuse: Fuse, f: impl FnOnce()) {
    FUSE.set(Some(fuse));
    f();
    FUSE.set(None);
}

#[test]
fn every_panic_leaves_the_pool_usable() {
    let panics = each_panic_point(|fuse| {
        with_fuse(fuse, || {
            let pool = Pool::with(Touchy::make).max_objects(2);
            let used = fuse.catch(|| {
                let mut one = pool.get();
                one.held.extend([fuse.bomb(1), fuse.bomb(2)]);
                let mut two = pool.get();
                two.held.push(fuse.bomb(3));
                let _beside = pool.get();
                fuse.tick("in use");
            });
            let stats = pool.stats();
            assert_eq!(stats.in_use, 0, "{used:?}");
            assert!(stats.idle == 2 || used.is_err());
            let again = fuse.catch(|| {
                let one = pool.get();
                assert!(one.held.is_empty() && one.own.is_some());
            });
            assert!(used.is_ok() || again.is_ok());
            assert_eq!(pool.stats().in_use, 0);
            let _ = fuse.catch(|| drop(pool.get().detach()));
            let _ = fuse.catch(|| pool.trim(0));
            assert_eq!(pool.stats().idle, 0);
            let _ = fuse.catch(|| drop(pool));
        });
    });
    assert_eq!(panics.points, 13, "4 made, in use, 3 bombs, 2 + 1 resets, 2 + 1 dropped: {panics}");
    panics.assert_clean();
}

/// Who unwinds may have left it in any state.
#[test]
fn an_object_that_saw_a_panic_is_not_kept() {
    let panics = each_panic_point(|fuse| {
        let pool: Pool<Vec<u8>> = Pool::new();
        let used = fuse.catch(|| {
            let mut bytes = pool.get();
            bytes.push(1);
            fuse.tick("in use");
        });
        assert_eq!(pool.stats().idle, u64::from(used.is_ok()));
        assert_eq!(pool.stats().in_use, 0);
    });
    assert_eq!(panics.points, 1);
    panics.assert_clean();
}

/// The drop of an idle object is nobody's: its panic ends there, and the others are dropped too.
#[test]
fn idle_objects_whose_drop_panics_harm_nobody() {
    let panics = each_panic_point(|fuse| {
        with_fuse(fuse, || {
            let pool = Pool::with(Touchy::make);
            let made = fuse.catch(|| pool.prewarm(5));
            assert!(made == Ok(5) || pool.stats().idle < 5);
            let trimmed = fuse.catch(|| pool.trim(2));
            assert!(trimmed.is_ok(), "a drop of an idle object came through");
            assert_eq!(fuse.catch(|| drop(pool)), Ok(()));
        });
    });
    assert_eq!(panics.points, 5 + 5 + 5, "made, reset and dropped");
    panics.assert_clean();
}

/// What a panic carries may panic in its own drop, and that one's too.
#[test]
fn what_a_caught_panic_carries_harms_nobody() {
    struct Carried;

    impl Drop for Carried {
        fn drop(&mut self) {
            std::panic::panic_any(Inner);
        }
    }

    struct Inner;

    impl Drop for Inner {
        fn drop(&mut self) {
            std::panic::panic_any("not dropped by anybody");
        }
    }

    struct Throws;

    impl Reset for Throws {
        fn reset(&mut self) {}
    }

    impl Drop for Throws {
        fn drop(&mut self) {
            std::panic::panic_any(Carried);
        }
    }

    let pool = Pool::with(|| Throws);
    pool.prewarm(10);
    assert_eq!((pool.trim(0), pool.stats().idle), (10, 0));
}

#[test]
fn a_make_that_panics_gives_its_place_back() {
    let pool = Pool::with(Touchy::make).max_objects(1);
    let panics = each_panic_point(|fuse| {
        with_fuse(fuse, || {
            let got = fuse.catch(|| drop(pool.try_get().map(Pooled::detach)));
            assert_eq!(pool.stats().in_use, 0, "{got:?}");
            assert!(pool.try_get().is_ok_and(|object| fuse.catch(|| object.detach()).is_ok()));
        });
    });
    assert!(panics.points >= 4, "{panics}");
    panics.assert_clean();
}

/// Its own memory is not fallible: the requests are those of the user.
#[test]
fn a_request_that_fails_is_the_users_own() {
    let pool: Pool<Vec<u8>> = Pool::new();
    drop(pool.get());
    let sweep = tally::sweep(|| {
        let mut bytes = pool.get();
        let reserved = bytes.try_reserve_exact(100);
        *bytes = Vec::new();
        reserved
    });
    assert_eq!(sweep.points, 1);
    sweep.assert_clean();
}

#[cfg(all(unix, not(miri)))]
#[test]
fn what_cannot_say_no_ends_the_process_or_goes_on() {
    let sweep = tally::sweep_infallible(|| {
        let pool: Pool<Vec<u8>> = Pool::new().max_objects(8).thread_objects(2).retain(100);
        pool.prewarm(3);
        let held: Vec<_> = (0..10).map(|_| pool.get()).collect();
        drop(pool.get().detach());
        drop(held);
        pool.flush_thread();
        let stats = pool.stats();
        assert_eq!((stats.in_use, stats.idle <= 8), (0, true), "{stats:?}");
        pool.trim(0);
        assert_eq!(pool.stats().idle, 0);
    });
    assert!(sweep.points > 10, "{sweep}");
    // What the pool asks for itself it can do without, and leaves to the next pool in its place (so
    // that counts as leaked); an object it cannot.
    assert!(sweep.aborted > 0 && sweep.ended.is_empty(), "{sweep}");
}
