//! With what the figures were made.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use thrifty::heap::Backend;

/// The lock file of this checkout; empty if there is none.
pub(crate) fn lock() -> String {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    fs::read_to_string(lock).unwrap_or_default()
}

/// The allocator's name, with what is known of its version.
pub(crate) fn allocator(backend: Backend, lock: &str) -> String {
    let version = match backend {
        Backend::Mimalloc => {
            locked(lock, "libmimalloc-sys").map(|v| format!("libmimalloc-sys {v}"))
        }
        Backend::Jemalloc => locked(lock, "tikv-jemalloc-sys").map(|version| {
            let version = version.split_once('-').map_or(version.as_str(), |(short, _)| short);
            format!("tikv-jemalloc-sys {version}")
        }),
        _ => libc_version().map(|version| format!("glibc {version}")),
    };
    version.map_or_else(|| backend.to_string(), |version| format!("{backend} ({version})"))
}

/// The newest version of a crate in a lock file.
pub(crate) fn locked(lock: &str, name: &str) -> Option<String> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = lock.rsplit_once(&entry)?;
    Some(rest.split('"').next()?.to_owned())
}

/// The compiler, known only under `cargo run`, which says which toolchain it is.
pub(crate) fn rustc() -> Option<String> {
    std::env::var_os("CARGO")?;
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split(' ').nth(1)?.trim().to_owned())
}

/// The version of the C library: part of the name of its allocator.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn libc_version() -> Option<&'static str> {
    use std::ffi::{CStr, c_char};

    unsafe extern "C" {
        safe fn gnu_get_libc_version() -> *const c_char;
    }

    let version = gnu_get_libc_version();
    // SAFETY: glibc returns a constant string that ends with NUL (gnu/libc-version.h).
    unsafe { CStr::from_ptr(version) }.to_str().ok()
}

/// Elsewhere there is nothing to ask.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
const fn libc_version() -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let lock = "[[package]]\nname = \"smallvec\"\nversion = \"1.16.6\"\n\n[[package]]\n\
                    name = \"tikv-jemalloc-sys\"\nversion = \"0.7.1+5.3.1-0-gabc\"\n";
        assert_eq!(locked(lock, "smallvec").as_deref(), Some("1.16.6"));
        assert_eq!(locked(lock, "small"), None);
        let jemalloc = allocator(Backend::Jemalloc, lock);
        assert_eq!(jemalloc, "jemalloc (tikv-jemalloc-sys 0.7.1+5.3.1)");
    }
}
