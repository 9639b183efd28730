//! Work that costs page faults wherever glibc gives freed memory back.

use std::alloc::{GlobalAlloc, Layout, System};

const BUFFERS: usize = 64;

/// Takes 64 buffers of 16 KiB, writes to each page of each, and frees them, `rounds` times.
/// Returns the page faults of that.
pub(crate) fn faults_of_bursts(rounds: usize) -> u64 {
    let layout = Layout::new::<[u8; 16 << 10]>();
    let before = page_faults();
    for _ in 0..rounds {
        let blocks: [*mut u8; BUFFERS] = std::array::from_fn(|_| {
            // SAFETY: the size is above zero.
            let block = unsafe { System.alloc(layout) };
            assert!(!block.is_null());
            for page in 0..4 {
                // SAFETY: within the block, which is live and 4 pages long.
                unsafe { block.wrapping_add(page << 12).write_volatile(1) };
            }
            block
        });
        for block in blocks {
            // SAFETY: live, from this allocator, with this layout.
            unsafe { System.dealloc(block, layout) };
        }
    }
    page_faults() - before
}

fn page_faults() -> u64 {
    // SAFETY: all zero is a legal value of this plain structure.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: writes to the structure that it is given.
    assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) }, 0);
    u64::try_from(usage.ru_minflt).unwrap()
}
