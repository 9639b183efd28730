//! `ByEnv::tuned`: the knobs are turned when `main` begins, whichever backend is chosen.
#![cfg(all(feature = "heap", feature = "meter", unix))]

use std::process::Command;
use std::time::Duration;

use thrifty::heap::{self, Backend, ByEnv, Knob, Outcome, ReturnMemory, Tuning};
use thrifty::meter::{Metered, measure};

const TUNING: Tuning = Tuning::new()
    .return_memory(ReturnMemory::After(Duration::from_millis(1234)))
    .max_arenas(3)
    .trim_threshold(64 << 20)
    .mmap_threshold(16 << 20);

#[global_allocator]
static GLOBAL: Metered<ByEnv> = Metered::new(ByEnv::new("THRIFTY_ALLOC").tuned(TUNING));

#[test]
fn every_backend_is_tuned_before_main() {
    const MARK: &str = "THRIFTY_ALONE";
    if std::env::var_os(MARK).is_some() {
        return is_tuned();
    }
    for backend in Backend::compiled() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["every_backend_is_tuned_before_main", "--exact", "--nocapture"]);
        child.env(MARK, "1").env("THRIFTY_ALLOC", backend.name());
        let output = child.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.contains("1 passed"), "{backend}\n{text}{errors}");
    }
}

/// Nothing but the static has turned a knob so far.
fn is_tuned() {
    let selection = heap::selection().unwrap();
    assert_eq!(Some(selection.backend().name()), std::env::var("THRIFTY_ALLOC").ok().as_deref());
    #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
    {
        // SAFETY: takes every index; 15 is `purge_delay` in both C lines.
        assert_eq!(unsafe { libmimalloc_sys::mi_option_get(15) }, 1234);
    }
    #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
    assert_eq!(dirty_decay_ms(), 1234);

    let mut applied = TUNING.apply();
    let ((), usage) = measure(|| applied = TUNING.apply());
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (0, 0, 0));
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        // This is a second thread: had it not been set before, it would be too late.
        assert_eq!(applied.get(Knob::MaxArenas, Backend::System), Some(Outcome::Applied));
        let other = Tuning::new().max_arenas(4).apply();
        assert_eq!(other.get(Knob::MaxArenas, Backend::System), Some(Outcome::TooLate));
    }
    // jemalloc has woken up before the first request: this needs the macro.
    let arenas = applied.get(Knob::MaxArenas, Backend::Jemalloc);
    assert!(matches!(arenas, None | Some(Outcome::TooLate)), "{applied}");
}

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
fn dirty_decay_ms() -> isize {
    let (mut value, mut size) = (0_isize, size_of::<isize>());
    // SAFETY: the name ends with NUL; the option is an `ssize_t`; nothing is set.
    let code = unsafe {
        tikv_jemalloc_sys::mallctl(
            c"arenas.dirty_decay_ms".as_ptr(),
            (&raw mut value).cast(),
            &raw mut size,
            std::ptr::null_mut(),
            0,
        )
    };
    assert_eq!(code, 0);
    value
}
