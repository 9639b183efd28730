//! A test binary on `ByEnv` runs on the backend that `.ci/lane/allocators` asks for.

use thrifty::heap::{self, Backend, ByFeature, Reason};

#[test]
fn the_environment_of_this_process_is_obeyed() {
    let selection = heap::selection().expect("no `ByEnv` is the global allocator");
    let expected = match std::env::var("THRIFTY_ALLOC") {
        Ok(name) if cfg!(unix) => name.parse().unwrap(),
        _ => ByFeature::BACKEND,
    };
    assert_eq!(selection.backend(), expected, "{selection}");
    assert_eq!(selection.reason() == Reason::Unsupported, cfg!(not(unix)));
    // Only glibc can prove that the system's allocator is active.
    if expected != Backend::System || cfg!(all(target_os = "linux", target_env = "gnu")) {
        assert_eq!(heap::active(), Some(expected));
    }
}
