//! What looks into the heap asks for nothing of its own: it works where there is no memory.

use std::fmt;

use thrifty::fault::{self, Fail};
use thrifty::heap;

use crate::tally::{self, each_panic_point};

#[test]
fn figures_need_no_memory() {
    // What cannot be proven is tried anew by each call, with blocks: under valgrind.
    let proven = heap::active().is_some();
    let run = tally::with(Fail::From(1), || {
        let stats = heap::stats();
        assert_eq!(stats.rss.is_some(), heap::rss().is_some());
        let purged = heap::purge();
        assert!(purged.freed().is_none_or(|freed| Some(freed) <= purged.before));
        heap::purge_thread();
        assert_eq!(
            heap::selection().map(|one| one.reason()),
            heap::selection().map(|one| one.reason())
        );
        let active = if proven { heap::active() } else { None };
        (active, stats.fragmentation().is_some())
    });
    assert_eq!((run.requests, run.failed, run.held), (0, 0, 0), "{:?}", run.value);
}

/// Whoever takes the text down may panic at each piece of it.
#[test]
fn the_writer_panics() {
    struct Touchy(fault::Fuse, usize);
    impl fmt::Write for Touchy {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            self.0.tick("write");
            self.1 += piece.len();
            Ok(())
        }
    }
    // Not those of this process: each backend knows other figures, and the tally wants the same ones.
    let mut stats = heap::Stats::default();
    stats.rss = Some(1 << 20);
    stats.peak_rss = Some(2 << 20);
    stats.allocated = Some(1 << 19);
    stats.committed = Some(3 << 20);
    stats.threads = Some(8);
    let panics = each_panic_point(|fuse| {
        let mut writer = Touchy(fuse, 0);
        let written = fuse.catch(|| stats.write_prometheus(&mut writer));
        assert!(written.is_err() || written == Ok(Ok(())));
    });
    panics.assert_clean();
    // Each backend knows other figures, so these points are in no tally.
    let full = heap::stats();
    let panics = fault::each_panic_point(|fuse| {
        let _ = fuse.catch(|| full.write_prometheus(&mut Touchy(fuse, 0)));
    });
    assert!(panics.points > 10 || full.rss.is_none(), "{panics}");
    panics.assert_clean();
}
