//! Blocks that come back wrongly end the process: each crime in one of its own.

use std::alloc::{GlobalAlloc, Layout, System, alloc, alloc_zeroed, dealloc, realloc};
use std::env;
use std::hint::black_box;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::ptr;

use thrifty::fault::LayoutChecked;

const CRIME: &str = "THRIFTY_TEST_CRIME";

const MADE: Layout = Layout::new::<[u64; 3]>();

/// Names of crimes and what is said of each.
const CRIMES: [(&str, &str); 7] = [
    ("size", "came back with another layout: 16 bytes, alignment 8; it was made with 24 bytes"),
    ("alignment", "24 bytes, alignment 4; it was made with 24 bytes, alignment 8"),
    ("resize", "came back with another layout: 16 bytes"),
    ("twice", "came back twice, or was never handed out: 24 bytes"),
    ("foreign", "came back twice, or was never handed out: 24 bytes"),
    ("misaligned", "is misaligned: 24 bytes, alignment 8"),
    ("shared", "is handed out while somebody has it: 24 bytes"),
];

#[test]
fn each_crime_ends_the_process_and_is_named() {
    for (crime, expected) in CRIMES {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "layouts::a_crime", "--nocapture"])
            .env(CRIME, crime)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected), "{crime}: {said}");
        assert_eq!(output.status.signal(), Some(6), "{crime}: SIGABRT");
    }
}

/// An allocator that hands out what it should not, inside a `LayoutChecked`.
struct Wrong(usize);

// SAFETY: never used for anything that is written to or read.
unsafe impl GlobalAlloc for Wrong {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        ptr::without_provenance_mut(self.0)
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

/// Ends the process when `each_crime_ends_the_process_and_is_named` runs it, in one of its own.
#[test]
fn a_crime() {
    let Ok(crime) = env::var(CRIME) else { return };
    match crime.as_str() {
        "size" => free_as(made(), Layout::new::<[u64; 2]>()),
        "alignment" => free_as(made(), Layout::new::<[u32; 6]>()),
        "resize" => {
            // SAFETY: broken on purpose, and not reached by the allocator.
            let _ = unsafe { realloc(made(), Layout::new::<[u64; 2]>(), 100) };
        }
        "twice" => {
            let block = made();
            free_as(block, MADE);
            free_as(block, MADE);
        }
        "foreign" => {
            // SAFETY: the size is not zero.
            let block = unsafe { System.alloc(MADE) };
            free_as(block, MADE);
        }
        "misaligned" => hand_out(4),
        "shared" => {
            hand_out(4096);
            hand_out(4096);
        }
        other => panic!("no crime {other}"),
    }
    panic!("it went unseen");
}

/// Not seen through: a block that is made and freed may be left out as a whole.
fn made() -> *mut u8 {
    // SAFETY: the size is not zero.
    black_box(unsafe { alloc(MADE) })
}

fn free_as(block: *mut u8, layout: Layout) {
    // SAFETY: right, or broken on purpose and then not reached by the allocator inside.
    unsafe { dealloc(block, layout) };
}

fn hand_out(address: usize) {
    // SAFETY: the size is not zero.
    let _ = unsafe { LayoutChecked::new(Wrong(address)).alloc(MADE) };
}

#[test]
fn blocks_in_order_pass() {
    // SAFETY: the size is not zero.
    let block = unsafe { alloc_zeroed(MADE) };
    // SAFETY: just made with this layout; 100 is a size.
    let block = unsafe { realloc(block, MADE, 100) };
    let grown = Layout::from_size_align(100, MADE.align()).unwrap();
    // SAFETY: more than any allocator has; then the block is as it was.
    let refused = black_box(unsafe { realloc(block, grown, isize::MAX.unsigned_abs() - 4096) });
    assert!(refused.is_null());
    free_as(block, grown);
    for align in (0..13).map(|shift| 1 << shift) {
        let layout = Layout::from_size_align(3, align).unwrap();
        // SAFETY: the size is not zero.
        free_as(black_box(unsafe { alloc(layout) }), layout);
    }
}

/// Looked at from inside the allocator, where it is still somebody's.
#[test]
fn what_comes_back_is_overwritten() {
    struct Looking;

    // SAFETY: `System`'s own methods, with a look at a block that is about to be freed.
    unsafe impl GlobalAlloc for Looking {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller's promise is the callee's.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: it has been filled, and has that many bytes.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size().min(4096)) };
            assert!(bytes.iter().all(|&byte| byte == 0xDD), "{bytes:x?}");
            // SAFETY: the caller's promise is the callee's.
            unsafe { System.dealloc(block, layout) };
        }
    }

    let checked = LayoutChecked::new(Looking);
    for size in [1, 4095, 4096, 10_000] {
        let layout = Layout::from_size_align(size, 1).unwrap();
        // SAFETY: the size is not zero.
        let block = unsafe { checked.alloc(layout) };
        // SAFETY: just made, of that size.
        unsafe { block.write_bytes(7, size) };
        // SAFETY: just made with this layout.
        unsafe { checked.dealloc(block, layout) };
    }
}

/// With optimisation, and the system's own `free` inside, too. Read by way of the kernel: a block that
/// was freed is nobody's to look into.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn what_was_written_over_a_block_stays() {
    use std::os::unix::fs::FileExt as _;

    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    let layout = Layout::new::<[u8; 1000]>();
    let checked = LayoutChecked::new(System);
    // SAFETY: the size is not zero.
    let block = black_box(unsafe { checked.alloc(layout) });
    // SAFETY: just made with this layout.
    unsafe { checked.dealloc(block, layout) };
    let mut bytes = [0; 8];
    // Far from both ends, where allocators write what they need.
    memory.read_exact_at(&mut bytes, block.addr() as u64 + 500).unwrap();
    assert_eq!(bytes, [0xDD; 8]);
}
