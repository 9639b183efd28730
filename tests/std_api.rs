//! std's names against ours: each method and trait that std's type has is here, or has its reason.
//!
//! `tests/std_api/*.txt` hold what the documentation of std lists. To compare another type, add a
//! line to [`PAIRS`]; a name that is missing and not excused fails, and so does an excuse for a
//! name that is there.
//!
//! Three things have std's name and another signature. `hasher` returns an `Option`: a map that never
//! spilled has made none. The error of `try_reserve` is our own: std's cannot be made outside of std.
//! Owned and draining iterators, and entries, have the parameter `N`.
//!
//! ```text
//! cargo test --test std_api -- --nocapture   # prints the gaps with their reasons
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use syn::{ImplItem, Item, ItemMacro, Type, Visibility};

/// The list of std's names, our block, and the names of its types there and here.
const PAIRS: [(&str, &str, Renamed); 3] = [
    ("hash_map", "src/inline/small_map", &[("HashMap", "SmallMap")]),
    ("hash_set", "src/inline/small_set", &[("HashSet", "SmallSet")]),
    ("string", "src/inline/small_string", &[("String", "SmallString"), ("Drain", "StringDrain")]),
];

type Renamed = &'static [(&'static str, &'static str)];

/// A name that we do not have, or not as std has it, and why.
const GAPS: &[(&str, &str)] = &[
    ("*::new_in", "no allocator parameter, as long as std's is unstable"),
    ("*::with_capacity_in", "no allocator parameter, as long as std's is unstable"),
    ("*::with_hasher_in", "no allocator parameter, as long as std's is unstable"),
    ("*::with_capacity_and_hasher_in", "no allocator parameter, as long as std's is unstable"),
    ("HashMap::get_disjoint_unchecked_mut", "needs `unsafe`, which this room forbids"),
    ("HashSet::entry", "unstable in std; `get_or_insert_with` and `replace` do what it is for"),
    ("HashMap: UnwindSafe", "automatic here: `tests/model/small_map.rs` asserts it"),
    ("String::try_with_capacity", "unstable in std; `try_reserve` on an empty text does it"),
    ("String::from_utf8_lossy_owned", "unstable in std"),
    ("String::from_utf16le", "unstable in std"),
    ("String::from_utf16le_lossy", "unstable in std"),
    ("String::from_utf16be", "unstable in std"),
    ("String::from_utf16be_lossy", "unstable in std"),
    ("String::into_raw_parts", "an inline text has none; `into_string` first"),
    ("String::from_raw_parts", "needs `unsafe`, which this room forbids; `String`'s, then `from`"),
    (
        "String::from_utf8_unchecked",
        "needs `unsafe`, which this room forbids; `String`'s, then `from`",
    ),
    ("String::as_mut_vec", "needs `unsafe`, and an inline text is no `Vec`"),
    ("String::remove_matches", "unstable in std"),
    ("String::into_chars", "unstable in std"),
    ("String::replace_first", "unstable in std"),
    ("String::replace_last", "unstable in std"),
    ("IntoChars::as_str", "unstable in std"),
    ("IntoChars::into_string", "unstable in std"),
    ("IntoChars: Clone", "unstable in std"),
    ("IntoChars: Debug", "unstable in std"),
    ("IntoChars: DoubleEndedIterator", "unstable in std"),
    ("IntoChars: FusedIterator", "unstable in std"),
    ("IntoChars: Iterator", "unstable in std"),
    ("String: DerefPure", "unstable in std"),
    ("String: Pattern", "unstable in std: pass `&*text`"),
    ("String: StructuralPartialEq", "unstable in std"),
    ("Drain: Send", "automatic here: `tests/model/small_string.rs` asserts it"),
    ("Drain: Sync", "automatic here: `tests/model/small_string.rs` asserts it"),
];

#[test]
fn each_name_of_std_is_here_or_has_its_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = BTreeSet::new();
    let mut complaints = Vec::new();
    for (list, folder, names) in PAIRS {
        let ours = names_in(&root.join(folder), &root.join(format!("{folder}.rs")));
        let text = fs::read_to_string(root.join(format!("tests/std_api/{list}.txt"))).unwrap();
        let mut compared = 0;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let name = line.trim_end_matches(" unstable");
            let here = names
                .iter()
                .find_map(|(theirs, ours)| Some(format!("{ours}{}", name.strip_prefix(theirs)?)))
                .unwrap_or_else(|| name.to_owned());
            let gap = GAPS.iter().find(|(gap, _)| covers(gap, name));
            match (ours.contains(&here), gap) {
                (true, Some((gap, _))) if !gap.starts_with('*') => {
                    complaints.push(format!("{gap} is excused in GAPS, and it is there"));
                }
                (true, _) => compared += 1,
                (false, Some((gap, why))) => {
                    used.insert(*gap);
                    println!("{name}: {why}");
                }
                (false, None) => complaints.push(format!(
                    "std has `{line}`, {folder} has no `{here}`: write it, or say why in GAPS"
                )),
            }
        }
        println!("{folder}: {compared} names of std");
        assert!(compared > 50, "{folder}: only {compared} names were found, of std's {list}");
    }
    for (gap, _) in GAPS.iter().filter(|(gap, _)| !used.contains(gap)) {
        complaints.push(format!("{gap} excuses nothing: remove it from GAPS"));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_missing_name_would_be_seen() {
    let file = syn::parse_file(
        "pub struct S; impl S { pub fn here(&self) {} fn hidden(&self) {} } impl Clone for S {}
         macro_rules! m { () => { impl Debug for $name {} } } m! { T<'a, K>(K) }",
    );
    let mut names = BTreeSet::new();
    collect(&file.unwrap().items, &mut names);
    assert!(names.contains("S::here") && names.contains("S: Clone"));
    assert!(names.contains("T: Debug"));
    assert!(!names.contains("S::hidden") && !names.contains("S: Debug"));
    assert!(covers("*::new_in", "HashMap::new_in") && !covers("*::new_in", "HashMap::new"));
}

fn covers(gap: &str, name: &str) -> bool {
    match gap.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None => gap == name,
    }
}

/// `Type::method` and `Type: Trait` of a block's file and of those in its folder.
fn names_in(folder: &Path, file: &Path) -> BTreeSet<String> {
    let deeper = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut names = BTreeSet::new();
    for path in deeper.chain([file.to_owned()]) {
        let text = fs::read_to_string(&path).unwrap();
        collect(&syn::parse_file(&text).unwrap().items, &mut names);
    }
    names
}

fn collect(items: &[Item], names: &mut BTreeSet<String>) {
    let mut macros = Vec::new();
    for item in items {
        match item {
            Item::Impl(block) => {
                let Type::Path(path) = strip_reference(&block.self_ty) else { continue };
                let of = path.path.segments.last().unwrap().ident.to_string();
                if let Some((_, path, _)) = &block.trait_ {
                    names.insert(format!("{of}: {}", path.segments.last().unwrap().ident));
                    continue;
                }
                for item in &block.items {
                    if let ImplItem::Fn(method) = item
                        && matches!(method.vis, Visibility::Public(_))
                    {
                        names.insert(format!("{of}::{}", method.sig.ident));
                    }
                }
            }
            Item::Macro(called) => macros.push(called),
            _ => {}
        }
    }
    from_macros(&macros, names);
}

/// What `impl Trait for $name` makes of each name that the macro is called with.
fn from_macros(macros: &[&ItemMacro], names: &mut BTreeSet<String>) {
    let words = |called: &ItemMacro| -> Vec<String> {
        let text = called.mac.tokens.to_string();
        let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    for defined in macros.iter().filter(|called| called.mac.path.is_ident("macro_rules")) {
        let Some(macro_name) = &defined.ident else { continue };
        let body = words(defined);
        let traits: Vec<&String> = body
            .windows(3)
            .filter(|three| three[1] == "for" && three[2] == "name")
            .map(|three| &three[0])
            .collect();
        for called in macros.iter().filter(|called| called.mac.path.is_ident(macro_name)) {
            for of in words(called).iter().filter(|word| word.starts_with(char::is_uppercase)) {
                names.extend(traits.iter().map(|implemented| format!("{of}: {implemented}")));
            }
        }
    }
}

/// `&'a SmallMap` counts as `SmallMap`, for `IntoIterator`.
fn strip_reference(of: &Type) -> &Type {
    if let Type::Reference(reference) = of { &reference.elem } else { of }
}
