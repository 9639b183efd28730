//! An allocator that uses a pool itself: whatever the pool asks it for leads back into that pool.
#![cfg(feature = "pool")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use thrifty::pool::{BufferPool, PoolConfig, StaticBufferPool};

static POOL: StaticBufferPool =
    BufferPool::new_static(PoolConfig::new().block_sizes(256, 4096).thread_bytes(9000));

thread_local! {
    /// Whether the allocator is to use the pool. It does not while it is at that.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    static USES: Cell<usize> = const { Cell::new(0) };
}

struct Uses;

fn use_the_pool() {
    if INSIDE.replace(false) {
        for size in [256, 1024, 4096] {
            let held = [POOL.get(size), POOL.get(size), POOL.get(size)];
            drop(held);
        }
        USES.set(USES.get() + 1);
        INSIDE.set(true);
    }
}

// SAFETY: all memory is `System`'s.
unsafe impl GlobalAlloc for Uses {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        use_the_pool();
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        use_the_pool();
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static GLOBAL: Uses = Uses;

#[test]
fn the_pool_may_be_used_by_the_allocator_that_it_asks() {
    drop(POOL.get(64)); // opens it
    let used = std::thread::spawn(|| {
        INSIDE.set(true);
        for round in 0..100 {
            for size in [4096, 256, 1024] {
                let mut held = [POOL.get(size), POOL.get(size), POOL.get(size), POOL.get(size)];
                for (mark, buf) in (0..).zip(&mut held) {
                    buf.resize(size, mark);
                }
                for (mark, buf) in (0..).zip(&held) {
                    assert!(buf.iter().all(|&byte| byte == mark), "round {round}, {size} bytes");
                }
            }
        }
        INSIDE.set(false);
        USES.get()
    });
    assert!(used.join().unwrap() > 10, "the allocator has used the pool");
    let stats = POOL.stats();
    assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes), "{stats:?}");
    POOL.trim(0);
    assert_eq!(POOL.stats().allocated_bytes, 0);
}
