//! `ByEnv::tuned`: the knobs are turned when `main` begins, whichever backend is chosen.
#![cfg(all(feature = "heap", feature = "meter", unix))]

#[path = "heap/alone.rs"]
mod alone;
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
#[path = "heap/mallctl.rs"]
mod mallctl;

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
    if alone::is_child() {
        return is_tuned();
    }
    for backend in Backend::compiled() {
        alone::start("every_backend_is_tuned_before_main", &[("THRIFTY_ALLOC", backend.name())]);
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
    assert_eq!(mallctl::read(c"arenas.dirty_decay_ms"), Some(1234_isize));

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
