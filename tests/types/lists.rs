//! No public type is left out of `matrix.rs`, and no type that borrows out of `borrows.rs`.

use std::fs;
use std::path::{Path, PathBuf};

use syn::{GenericParam, Generics, Item, Visibility};

/// What macros expand to, or what only a backend that is compiled in has.
const NOT_IN_THE_MATRIX: [&str; 5] = ["AllocsGuard", "Bound", "ClonesGuard", "Site", "Snapshot"];

/// Guards without a lifetime: their contents are borrowed all the same, or a thread is theirs.
const GUARDS: [&str; 5] = ["PooledBuf", "PooledBytes", "Pooled", "Scope", "Str"];

struct Type {
    name: String,
    borrows: bool,
}

fn types() -> Vec<Type> {
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut types = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        let parsed = syn::parse_file(&text).expect("Rust");
        for item in parsed.items {
            let (vis, name, generics) = match item {
                Item::Struct(item) => (item.vis, item.ident, item.generics),
                Item::Enum(item) => (item.vis, item.ident, item.generics),
                _ => continue,
            };
            if matches!(vis, Visibility::Public(_)) {
                types.push(Type { name: name.to_string(), borrows: has_lifetime(&generics) });
            }
        }
    }
    types
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the source is there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

fn has_lifetime(generics: &Generics) -> bool {
    generics.params.iter().any(|param| matches!(param, GenericParam::Lifetime(_)))
}

fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part))
}

#[test]
fn every_public_type_is_in_the_matrix() {
    let matrix = include_str!("matrix.rs");
    let types = types();
    assert!(types.len() > 80, "only {} types found", types.len());
    let missing: Vec<_> = types
        .iter()
        .map(|of| &*of.name)
        .filter(|name| !has_word(matrix, name) && !NOT_IN_THE_MATRIX.contains(name))
        .collect();
    assert!(missing.is_empty(), "write a row in tests/types/matrix.rs for each of {missing:?}");
}

#[test]
fn every_type_that_borrows_is_tried() {
    let borrows = include_str!("borrows.rs");
    let types = types();
    let borrowing = types.iter().filter(|of| of.borrows).map(|of| &*of.name);
    let missing: Vec<_> = borrowing
        .chain(GUARDS)
        .filter(|name| !has_word(borrows, name) && !NOT_IN_THE_MATRIX.contains(name))
        .collect();
    assert!(missing.is_empty(), "write a case in tests/types/borrows.rs for each of {missing:?}");
}
