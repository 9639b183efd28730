//! Where the results go.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// A folder below `target`, under `cargo run` in that of the package, wherever it was called from.
pub(crate) fn default_folder(name: &str) -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from);
    let here = env::current_dir().is_ok_and(|here| here == package);
    let package = if here { PathBuf::new() } else { package };
    package.join("target").join(name)
}

/// Makes the folder, and finds out whether the files can be written to it; changes none of them.
pub(crate) fn probe(folder: &Path, files: &[&str]) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for name in files {
        let path = folder.join(name);
        let opened = OpenOptions::new().append(true).open(&path);
        match opened.map_err(|error| (error.kind(), error)) {
            Ok(_) | Err((ErrorKind::NotFound, _)) => {}
            Err((_, error)) => return Err(unwritable(&path, &error)),
        }
    }
    // Nobody else's file: it is made here, or it is an error.
    let path = folder.join(format!(".probe-{}", process::id()));
    File::create_new(&path)
        .and_then(|_| fs::remove_file(&path))
        .map_err(|error| unwritable(folder, &error))
}

/// Writes a file.
pub(crate) fn write(path: &Path, content: &str) -> Result<(), String> {
    fs::write(path, content).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}; pass another folder with --out", path.display())
}

/// Prints to standard output; a reader that has seen enough is no failure.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
