//! What `tune_at_start!` has set before `main`, as the allocators themselves tell.
//!
//! Each test runs in a process of its own: environments differ, and settings stay.
#![cfg(all(feature = "heap", feature = "meter"))]

#[path = "heap/alone.rs"]
mod alone;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[path = "heap/bursts.rs"]
mod bursts;
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
#[path = "heap/mallctl.rs"]
mod mallctl;

use std::fmt::Write as _;
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

/// Runs `body` in a process of its own.
#[track_caller]
fn alone(test: &str, variables: &[(&str, &str)], body: impl FnOnce()) {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if !alone::is_child() {
        // A child inherits this from us, who have it from the macro.
        // SAFETY: sets a flag of the process and takes nothing by reference.
        assert_eq!(unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, 0, 0, 0, 0) }, 0);
    }
    alone::alone(test, variables, body);
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
    use crate::bursts::faults_of_bursts;
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
                    faults_of_bursts(1);
                    barrier.wait();
                });
            }
        });
    }

    #[test]
    fn a_burst_of_written_buffers_has_next_to_no_page_faults() {
        let name = "on_glibc::a_burst_of_written_buffers_has_next_to_no_page_faults";
        super::alone(name, &[], || {
            faults_of_bursts(3);
            let faults = faults_of_bursts(100);
            assert!(faults < 100, "{faults}");
        });
    }

    #[test]
    fn and_thousands_with_the_thresholds_of_the_environment() {
        let name = "on_glibc::and_thousands_with_the_thresholds_of_the_environment";
        super::alone(name, &[("MALLOC_TRIM_THRESHOLD_", "131072")], || {
            faults_of_bursts(3);
            let faults = faults_of_bursts(100);
            assert!(faults > 100 * 150, "{faults}");
        });
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
    use crate::mallctl::read;
    use std::ffi::{CStr, c_char};

    fn thp() -> &'static CStr {
        let mode = read::<*const c_char>(c"opt.thp").unwrap();
        // SAFETY: one of jemalloc's static texts.
        unsafe { CStr::from_ptr(mode) }
    }

    #[test]
    fn its_configuration_is_the_exported_symbol() {
        alone("on_jemalloc::its_configuration_is_the_exported_symbol", &[], || {
            assert_eq!(read(c"opt.narenas"), Some(3_u32));
            assert_eq!(read(c"opt.dirty_decay_ms"), Some(1234_isize));
            assert_eq!(read(c"opt.muzzy_decay_ms"), Some(0_isize));
            assert_eq!(read(c"opt.background_thread"), Some(true));
            assert_eq!(read(c"background_thread"), Some(true));
            assert_eq!(thp(), c"never");
        });
    }

    #[test]
    fn the_environment_wins() {
        let text = "narenas:5,thp:default";
        let variables = [("_RJEM_MALLOC_CONF", text), ("MALLOC_CONF", text)];
        alone("on_jemalloc::the_environment_wins", &variables, || {
            assert_eq!(read(c"opt.narenas"), Some(5_u32));
            assert_eq!(thp(), c"default");
            assert_eq!(read(c"opt.dirty_decay_ms"), Some(1234_isize));
        });
    }
}
