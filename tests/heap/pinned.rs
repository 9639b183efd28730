//! What a process runs on, proven, and the library behind it.

use std::panic::catch_unwind;

use thrifty::heap::{self, Backend, assert_active};

use super::provable;

#[test]
fn the_pin_holds_for_one_backend_only() {
    let backend = heap::selection().unwrap().backend();
    let pins: [(Backend, fn()); 3] = [
        (Backend::System, || assert_active!(System)),
        (Backend::Mimalloc, || assert_active!(Mimalloc)),
        (Backend::Jemalloc, || heap::assert_active!(Jemalloc,)),
    ];
    for (pinned, pin) in pins {
        let result = catch_unwind(pin);
        if pinned == backend && provable(backend).is_some() {
            result.unwrap();
            continue;
        }
        let panic = result.unwrap_err();
        let text = panic.downcast_ref::<String>().unwrap();
        let to_do = if Backend::compiled().contains(&pinned) {
            format!("set the variable to `{pinned}`")
        } else {
            format!("turn on the feature `{pinned}`")
        };
        let active = provable(backend).map_or("none that can be proven", Backend::name);
        for part in [
            format!("assert_active!({pinned:?}) failed\n"),
            format!("active:       {active}\n"),
            format!("environment:  {backend}: "),
            to_do,
        ] {
            assert!(text.contains(&part), "{part:?} is missing in:\n{text}");
        }
    }
}

#[test]
fn the_version_is_that_of_the_library() {
    for &backend in Backend::compiled() {
        let version = backend.version();
        let text = version.map(|version| version.to_string()).unwrap_or_default();
        let line = match backend {
            Backend::Mimalloc if cfg!(feature = "mimalloc") => "2.3.",
            Backend::Mimalloc => "3.3.",
            Backend::Jemalloc => "5.3.",
            _ if cfg!(all(target_os = "linux", target_env = "gnu")) => "2.",
            _ => "",
        };
        assert!(text.starts_with(line), "{backend}: {text}");
        assert_eq!(version.is_some(), !line.is_empty());
        let major = line.split('.').next().and_then(|digits| digits.parse().ok());
        assert_eq!(version.and_then(heap::Version::major), major);
    }
    let absent = [Backend::Mimalloc, Backend::Jemalloc]
        .into_iter()
        .filter(|backend| !Backend::compiled().contains(backend));
    for backend in absent {
        assert_eq!(backend.version(), None);
    }
}
