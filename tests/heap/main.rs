//! The allocators, each by its own type and behind `ByEnv` as the global one.
//!
//! `THRIFTY_ALLOC=mimalloc cargo test --test heap --features full` runs all of it on mimalloc.
#![cfg(feature = "heap")]

mod alone;
mod asked;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod bursts;
mod by_env;
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
mod mallctl;
mod pinned;
mod tuning;

use std::alloc::{GlobalAlloc, Layout, System};

#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
use thrifty::heap::mimalloc::MiMalloc;
use thrifty::heap::{self, Backend, ByEnv, ByFeature};

/// The variable that chooses for the whole binary.
const VARIABLE: &str = "THRIFTY_ALLOC";

#[global_allocator]
static GLOBAL: ByEnv = ByEnv::new(VARIABLE);

#[test]
fn the_features_choose_in_their_order() {
    let expected = if cfg!(feature = "jemalloc") {
        Backend::Jemalloc
    } else if cfg!(any(feature = "mimalloc", feature = "mimalloc-v3")) {
        Backend::Mimalloc
    } else {
        Backend::System
    };
    assert_eq!(ByFeature::BACKEND, expected);
}

/// Only glibc can prove that the system's allocator is active.
fn provable(backend: Backend) -> Option<Backend> {
    let glibc = cfg!(all(target_os = "linux", target_env = "gnu"));
    (backend != Backend::System || glibc).then_some(backend)
}

#[test]
fn the_active_backend_stays_known_while_other_threads_allocate() {
    let backend = heap::selection().unwrap().backend();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..50).for_each(|n| drop(vec![1_u8; (n + 1) << 16])));
        }
        for _ in 0..20 {
            assert_eq!(heap::active(), provable(backend));
        }
    });
}

#[test]
fn names_are_read_back() {
    for backend in [Backend::System, Backend::Mimalloc, Backend::Jemalloc] {
        assert_eq!(backend.to_string().parse(), Ok(backend));
    }
    let error = "Mimalloc".parse::<Backend>().unwrap_err().to_string();
    assert_eq!(error, "no such allocator: write `system`, `mimalloc` or `jemalloc`, in lower case");
    assert_eq!(format!("[{:>9}]", Backend::System), "[   system]");
}

#[test]
fn the_system_is_always_compiled_in_and_last() {
    assert_eq!(Backend::compiled().last(), Some(&Backend::System));
    assert_eq!(Backend::compiled()[0], ByFeature::BACKEND);
}

#[test]
fn system_keeps_the_contract() {
    keeps_the_contract(&System);
}

#[test]
fn by_feature_keeps_the_contract() {
    keeps_the_contract(&ByFeature::new());
}

#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
#[test]
fn mimalloc_keeps_the_contract() {
    keeps_the_contract(&heap::Mimalloc);
    keeps_the_contract(&MiMalloc);
}

#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
#[test]
fn mimalloc_lets_its_own_reallocation_move_a_block_of_the_crate() {
    // Both types are one allocator: what one makes, the other may grow and free.
    let layout = Layout::from_size_align(100, 64).unwrap();
    // SAFETY: the size is above zero.
    let block = unsafe { MiMalloc.alloc(layout) };
    // SAFETY: the block is live, with this layout; the size is above zero.
    let block = unsafe { heap::Mimalloc.realloc(block, layout, 9000) };
    assert_eq!(block.addr() % 64, 0);
    // SAFETY: the block is live, with this layout.
    unsafe { heap::Mimalloc.dealloc(block, Layout::from_size_align(9000, 64).unwrap()) };
}

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
#[test]
fn jemalloc_keeps_the_contract() {
    keeps_the_contract(&heap::Jemalloc);
}

/// Alignment and content of every size and alignment up to 4,096, through all four methods.
fn keeps_the_contract(allocator: &impl GlobalAlloc) {
    let aligns = || (0..=12).map(|bits| 1_usize << bits);
    // Several blocks at a time, so that they lie at different places in a page.
    let mut blocks = Vec::new();
    for align in aligns() {
        for size in (1..=4096).chain([5000, 40_000, 1 << 20]) {
            let layout = Layout::from_size_align(size, align).unwrap();
            // SAFETY: the size is above zero.
            let plain = unsafe { allocator.alloc(layout) };
            assert_aligned(plain, layout);
            fill(plain, size, 0xA5);
            // SAFETY: the size is above zero.
            let zeroed = unsafe { allocator.alloc_zeroed(layout) };
            assert_aligned(zeroed, layout);
            assert!(holds(zeroed, size, 0), "not zeroed: {layout:?}");
            blocks.push((plain, layout));
            blocks.push((zeroed, layout));
            if blocks.len() >= 64 {
                free(allocator, &mut blocks);
            }
        }
        free(allocator, &mut blocks);

        for old in [1, 7, 8, 9, 16, 48, 100, 1024, 4096, 70_000] {
            for new in [1, 2, 4, 8, 15, 24, 48, 200, 2048, 4097, 100_000] {
                let layout = Layout::from_size_align(old, align).unwrap();
                // SAFETY: the size is above zero.
                let block = unsafe { allocator.alloc(layout) };
                fill(block, old, 0x5A);
                // SAFETY: the block is live, with this layout; `new` is above zero and small.
                let block = unsafe { allocator.realloc(block, layout, new) };
                let layout = Layout::from_size_align(new, align).unwrap();
                assert_aligned(block, layout);
                assert!(holds(block, old.min(new), 0x5A), "content lost: {old} -> {layout:?}");
                blocks.push((block, layout));
            }
        }
        free(allocator, &mut blocks);
    }
}

fn assert_aligned(block: *mut u8, layout: Layout) {
    assert!(
        !block.is_null() && block.addr().is_multiple_of(layout.align()),
        "{block:?} {layout:?}"
    );
}

fn fill(block: *mut u8, size: usize, byte: u8) {
    // SAFETY: the callers pass a live block of at least `size` bytes.
    unsafe { block.write_bytes(byte, size) };
}

fn holds(block: *mut u8, size: usize, byte: u8) -> bool {
    // SAFETY: the callers pass a live block of which the first `size` bytes are initialised, and
    // nothing writes to it meanwhile.
    let bytes = unsafe { std::slice::from_raw_parts(block, size) };
    bytes.iter().all(|&b| b == byte)
}

fn free(allocator: &impl GlobalAlloc, blocks: &mut Vec<(*mut u8, Layout)>) {
    for (block, layout) in blocks.drain(..) {
        // SAFETY: `block` is live, came from `allocator` with this layout, and is forgotten here.
        unsafe { allocator.dealloc(block, layout) };
    }
}
