//! What `tune_at_start!` has set before `main`, as the allocators themselves tell.
//!
//! Each test runs in a process of its own: environments differ, and settings stay.
#![cfg(all(feature = "heap", feature = "meter"))]

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use thrifty::heap::{self, Backend, ByFeature, Knob, Outcome, ReturnMemory, Tuning};
use thrifty::meter::{Metered, measure};

#[global_allocator]
static GLOBAL: Metered<ByFeature> = Metered::new(ByFeature::new());

const TUNING: Tuning = Tuning::new()
    .return_memory(ReturnMemory::After(Duration::from_millis(1234)))
    .max_arenas(3)
    .background_purge(true)
    .huge_pages(false)
    .trim_threshold(64 << 20)
    .mmap_threshold(16 << 20);
heap::tune_at_start!(TUNING);

/// Runs `body` in a new process of this program, with these variables.
#[track_caller]
fn alone(test: &str, variables: &[(&str, &str)], body: impl FnOnce()) {
    const MARK: &str = "THRIFTY_ALONE";
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    // A child inherits this from us, who have it from the macro.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: sets a flag of the process and takes nothing by reference.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, 0, 0, 0, 0) }, 0);
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([test, "--exact", "--nocapture"]).env(MARK, "1");
    let output = child.envs(variables.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{variables:?}\n{said}{errors}");
}

#[test]
fn from_main_everything_is_in_force() {
    alone("from_main_everything_is_in_force", &[], || {
        for row in &TUNING.apply() {
            let expected = match (row.backend, row.knob) {
                (Backend::System, _) if cfg!(not(all(target_os = "linux", target_env = "gnu"))) => {
                    Outcome::Unsupported
                }
                (Backend::System, Knob::BackgroundPurge | Knob::HugePages)
                | (Backend::Mimalloc, Knob::BackgroundPurge | Knob::MaxArenas) => {
                    Outcome::Unsupported
                }
                (Backend::Mimalloc, Knob::HugePages) if cfg!(not(target_os = "linux")) => {
                    Outcome::Unsupported
                }
                _ => Outcome::Applied,
            };
            assert_eq!(row.outcome, expected, "{row:?}");
        }
    });
}

#[test]
fn what_the_macro_did_not_set_is_too_late() {
    alone("what_the_macro_did_not_set_is_too_late", &[], || {
        let applied = Tuning::new().max_arenas(4).huge_pages(true).apply();
        if cfg!(all(target_os = "linux", target_env = "gnu")) {
            let outcome = applied.get(Knob::MaxArenas, Backend::System);
            assert_eq!(outcome, Some(Outcome::TooLate));
        }
        for row in applied.iter().filter(|row| row.backend == Backend::Jemalloc) {
            assert_eq!(row.outcome, Outcome::TooLate, "{row:?}");
        }
        if let Some(pages) = applied.get(Knob::HugePages, Backend::Mimalloc) {
            assert_eq!(pages, Outcome::TooLate);
        }
    });
}

#[test]
fn applying_and_printing_never_allocate() {
    let mut line = heapless::Line { bytes: [0; 1024], len: 0 };
    let ((), usage) = measure(|| {
        let applied = TUNING.apply();
        write!(line, "{applied}").unwrap();
        assert!(applied.get(Knob::MaxArenas, Backend::System).is_some());
        assert!(applied.iter().count() >= 5);
    });
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (0, 0, 0));
    assert!(line.text().starts_with("max_arenas: ") || line.text().starts_with("return_memory: "));
}

mod heapless {
    pub(super) struct Line {
        pub(super) bytes: [u8; 1024],
        pub(super) len: usize,
    }

    impl Line {
        pub(super) fn text(&self) -> &str {
            std::str::from_utf8(&self.bytes[..self.len]).unwrap()
        }
    }

    impl std::fmt::Write for Line {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.bytes[self.len..][..text.len()].copy_from_slice(text.as_bytes());
            self.len += text.len();
            Ok(())
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod on_glibc {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::sync::Barrier;

    #[test]
    fn threads_share_the_arenas_that_there_may_be() {
        super::alone("on_glibc::threads_share_the_arenas_that_there_may_be", &[], || {
            in_threads(8);
            assert_eq!(arenas(), 3);
        });
    }

    #[test]
    fn the_arenas_of_the_environment_win() {
        let variables = [("MALLOC_ARENA_MAX", "6")];
        super::alone("on_glibc::the_arenas_of_the_environment_win", &variables, || {
            in_threads(8);
            assert_eq!(arenas(), 6);
        });
    }

    /// How many arenas glibc has, as it says itself.
    fn arenas() -> usize {
        let (mut text, mut len) = (std::ptr::null_mut(), 0);
        // SAFETY: both live until the stream is closed.
        let stream = unsafe { libc::open_memstream(&raw mut text, &raw mut len) };
        assert!(!stream.is_null());
        // SAFETY: an open stream; 0 is the only option there is.
        assert_eq!(unsafe { libc::malloc_info(0, stream) }, 0);
        // SAFETY: open, and not used from here on.
        assert_eq!(unsafe { libc::fclose(stream) }, 0);
        // SAFETY: `fclose` has left a text that ends with NUL there.
        let xml = unsafe { std::ffi::CStr::from_ptr(text) }.to_str().unwrap().to_owned();
        // SAFETY: made by `open_memstream` for the caller to free.
        unsafe { libc::free(text.cast()) };
        xml.matches("<heap nr=").count()
    }

    fn in_threads(count: usize) {
        let barrier = Barrier::new(count);
        std::thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(|| {
                    barrier.wait();
                    bursts(1);
                    barrier.wait();
                });
            }
        });
    }

    #[test]
    fn a_burst_of_written_buffers_has_next_to_no_page_faults() {
        let name = "on_glibc::a_burst_of_written_buffers_has_next_to_no_page_faults";
        super::alone(name, &[], || {
            bursts(3);
            let before = page_faults();
            bursts(100);
            let faults = page_faults() - before;
            assert!(faults < 100, "{faults}");
        });
    }

    #[test]
    fn and_thousands_with_the_thresholds_of_the_environment() {
        let name = "on_glibc::and_thousands_with_the_thresholds_of_the_environment";
        super::alone(name, &[("MALLOC_TRIM_THRESHOLD_", "131072")], || {
            bursts(3);
            let before = page_faults();
            bursts(100);
            let faults = page_faults() - before;
            assert!(faults > 100 * 150, "{faults}");
        });
    }

    /// Takes 64 buffers of 16 KiB, writes to each page of each, and frees them, `rounds` times.
    fn bursts(rounds: usize) {
        let layout = Layout::new::<[u8; 16 << 10]>();
        for _ in 0..rounds {
            let blocks: [*mut u8; 64] = std::array::from_fn(|_| {
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
    }

    fn page_faults() -> i64 {
        // SAFETY: all zero is a legal value of this plain structure.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: writes to the structure that it is given.
        assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) }, 0);
        usage.ru_minflt
    }
}

#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
mod on_mimalloc {
    use super::{Backend, Knob, Outcome, TUNING, alone};

    fn delay() -> std::ffi::c_long {
        // SAFETY: takes every index; 15 is `purge_delay` in both C lines.
        unsafe { libmimalloc_sys::mi_option_get(15) }
    }

    #[test]
    fn its_options_are_set_before_main() {
        alone("on_mimalloc::its_options_are_set_before_main", &[], || {
            assert_eq!(delay(), 1234);
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            {
                // SAFETY: reads a flag of the process.
                assert_eq!(unsafe { libc::prctl(libc::PR_GET_THP_DISABLE, 0, 0, 0, 0) }, 1);
            }
        });
    }

    #[test]
    fn the_environment_wins() {
        let variables = [("MIMALLOC_PURGE_DELAY", "77"), ("MIMALLOC_ALLOW_THP", "1")];
        alone("on_mimalloc::the_environment_wins", &variables, || {
            assert_eq!(delay(), 77);
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            {
                // SAFETY: reads a flag of the process.
                assert_eq!(unsafe { libc::prctl(libc::PR_GET_THP_DISABLE, 0, 0, 0, 0) }, 0);
                let pages = TUNING.apply().get(Knob::HugePages, Backend::Mimalloc);
                assert_eq!(pages, Some(Outcome::Environment("MIMALLOC_ALLOW_THP")));
            }
            let memory = TUNING.apply().get(Knob::ReturnMemory, Backend::Mimalloc);
            assert_eq!(memory, Some(Outcome::Environment("MIMALLOC_PURGE_DELAY")));
        });
    }
}

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
mod on_jemalloc {
    use super::alone;
    use std::ffi::{CStr, c_char};

    fn read<T>(name: &CStr, mut value: T) -> T {
        let mut size = size_of::<T>();
        // SAFETY: the name ends with NUL; the callers pass a value of the option's type, of which
        // jemalloc checks the size; nothing is set.
        let code = unsafe {
            tikv_jemalloc_sys::mallctl(
                name.as_ptr(),
                (&raw mut value).cast(),
                &raw mut size,
                std::ptr::null_mut(),
                0,
            )
        };
        assert_eq!(code, 0, "{name:?}");
        value
    }

    fn thp() -> &'static CStr {
        let mode = read::<*const c_char>(c"opt.thp", std::ptr::null());
        // SAFETY: one of jemalloc's static texts.
        unsafe { CStr::from_ptr(mode) }
    }

    #[test]
    fn its_configuration_is_the_exported_symbol() {
        alone("on_jemalloc::its_configuration_is_the_exported_symbol", &[], || {
            assert_eq!(read(c"opt.narenas", 0_u32), 3);
            assert_eq!(read(c"opt.dirty_decay_ms", 0_isize), 1234);
            assert_eq!(read(c"opt.muzzy_decay_ms", 7_isize), 0);
            assert!(read(c"opt.background_thread", false));
            assert!(read(c"background_thread", false));
            assert_eq!(thp(), c"never");
        });
    }

    #[test]
    fn the_environment_wins() {
        let text = "narenas:5,thp:default";
        let variables = [("_RJEM_MALLOC_CONF", text), ("MALLOC_CONF", text)];
        alone("on_jemalloc::the_environment_wins", &variables, || {
            assert_eq!(read(c"opt.narenas", 0_u32), 5);
            assert_eq!(thp(), c"default");
            assert_eq!(read(c"opt.dirty_decay_ms", 0_isize), 1234);
        });
    }
}
