//! Files that are replaced as a whole: a reader sees the old text or the new one.

use std::path::{Path, PathBuf};
use std::{fs, io, process};

/// Writes a draft beside the file and renames it; makes the folder if there is none.
pub(super) fn replace(file: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(file.parent().unwrap_or_else(|| Path::new("")))?;
    let draft = beside(file, &format!(".{}.tmp", process::id()));
    let written = fs::write(&draft, text).and_then(|()| fs::rename(&draft, file));
    if written.is_err() {
        // The first error is the one to report; the draft may not even be there.
        let _ = fs::remove_file(&draft);
    }
    written
}

/// The file's own path with something behind its name.
pub(super) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
