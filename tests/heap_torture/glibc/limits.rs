//! Memory that runs out for real.

use thrifty::fault::live_blocks;
use thrifty::heap::{self, Backend};

use crate::begin;

/// The kernel gives 64 MiB more and no byte beyond.
pub(super) fn memory_that_runs_out(backend: Backend) {
    const PIECE: usize = 100_000;
    begin(backend);
    let mut pieces: Vec<Vec<u8>> = Vec::with_capacity(10_000);
    let live = live_blocks();
    // Some allocators have set memory aside: it is not theirs to run out of.
    let used = heap::stats().virtual_mem.expect("the kernel's figure");
    let limit = libc::rlimit { rlim_cur: used + (64 << 20), rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is a `struct rlimit`.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
    // What was mapped before the limit may be much.
    let large = || Vec::<u8>::new().try_reserve_exact(4 << 30);
    assert!(large().is_err());
    for round in 0..3 {
        while pieces.len() < pieces.capacity() {
            let mut piece = Vec::new();
            if piece.try_reserve_exact(PIECE).is_err() {
                break;
            }
            piece.push(mark(pieces.len()));
            pieces.push(piece);
        }
        assert!(pieces.len() > 10, "round {round}: {} pieces", pieces.len());
        assert!(large().is_err());
        if pieces.len() < pieces.capacity() {
            // To grow a live block fails as well, and leaves it as it was.
            let piece = pieces.last_mut().unwrap();
            let (held, room) = (piece[0], piece.capacity());
            assert!(piece.try_reserve_exact(1 << 30).is_err());
            assert_eq!((piece[0], piece.len(), piece.capacity()), (held, 1, room));
        }
        assert!(heap::stats().rss.is_some());
        assert!(pieces.iter().enumerate().all(|(n, piece)| piece[0] == mark(n)));
        pieces.clear();
        assert_eq!(live_blocks(), live);
        heap::purge();
    }
}

fn mark(number: usize) -> u8 {
    number.to_le_bytes()[0]
}
