//! Random programs against a model that anyone can check.
//!
//! `THRIFTY_ALLOC=mimalloc cargo test --test model --features full` runs all of it on mimalloc.
#![cfg(feature = "meter")]

mod meter;

use thrifty::meter::Metered;

#[cfg(feature = "heap")]
#[global_allocator]
static GLOBAL: Metered<thrifty::heap::ByEnv> =
    Metered::new(thrifty::heap::ByEnv::new("THRIFTY_ALLOC"));

#[cfg(not(feature = "heap"))]
#[global_allocator]
static GLOBAL: Metered<std::alloc::System> = Metered::new(std::alloc::System);

/// `.ci/lane/allocators` names each backend in turn.
#[cfg(all(feature = "heap", unix))]
#[test]
fn the_backend_is_the_one_that_was_asked_for() {
    use thrifty::heap::{self, Backend, ByFeature};

    let asked = std::env::var("THRIFTY_ALLOC").ok();
    let expected = asked.map_or(ByFeature::BACKEND, |name| name.parse().unwrap());
    assert_eq!(heap::selection().map(|selection| selection.backend()), Some(expected));
    if expected != Backend::System || cfg!(all(target_os = "linux", target_env = "gnu")) {
        assert_eq!(heap::active(), Some(expected));
    }
}
