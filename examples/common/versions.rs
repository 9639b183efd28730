//! With what the figures were made.

use std::process::{Command, Stdio};

use thrifty::heap::Backend;

/// The allocator's name, with the version of the library that was linked, where it can be asked.
pub(crate) fn allocator(backend: Backend) -> String {
    let library = if backend == Backend::System { "glibc " } else { "" };
    let Some(version) = backend.version() else { return backend.to_string() };
    // jemalloc's goes on with the commit that it was built from.
    let version = version.to_string();
    let number = version.split('-').next().unwrap_or(&version);
    format!("{backend} ({library}{number})")
}

/// The compiler, known only under `cargo run`, which says which toolchain it is.
pub(crate) fn rustc() -> Option<String> {
    std::env::var_os("CARGO")?;
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split(' ').nth(1)?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allocator_is_named_with_its_library() {
        for &backend in Backend::compiled() {
            let text = allocator(backend);
            let version = backend.version().is_some();
            assert_eq!(text.ends_with(')'), version, "{text}");
            assert!(text.starts_with(backend.name()) && !text.contains('-'), "{text}");
        }
    }
}
