//! Files stay short, and the front doors hold only docs and re-exports.

use crate::tree::{Complaint, Source};
use syn::{Attribute, Item, Meta};

const RULE: &str = "shape";
const MOST_LINES: usize = 800;

pub(crate) fn check_length(sources: &[Source]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        if lines > MOST_LINES {
            let fix = format!("{lines} lines, at most {MOST_LINES}: split it by concept");
            complaints.push(Complaint::new(&*source.path, MOST_LINES + 1, RULE, fix));
        }
    }
    complaints
}

/// `lib.rs` and `mod.rs`: modules, imports, and what only guards a build or a doctest.
pub(crate) fn check_front_doors(sources: &[Source]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in sources {
        let is_front_door = source.path == "src/lib.rs" || source.path.ends_with("/mod.rs");
        if !is_front_door {
            continue;
        }
        match source.parse(RULE) {
            Ok(file) => items(source, &file.items, &mut complaints),
            Err(complaint) => complaints.push(complaint),
        }
    }
    complaints
}

fn items(source: &Source, all: &[Item], complaints: &mut Vec<Complaint>) {
    for item in all {
        let (what, name) = match item {
            Item::Use(_) | Item::ExternCrate(_) => continue,
            Item::Mod(module) => {
                if let Some((_, inner)) = &module.content {
                    items(source, inner, complaints);
                }
                continue;
            }
            Item::Macro(called) if called.mac.path.is_ident("compile_error") => continue,
            Item::Struct(x) if is_doctest_only(&x.attrs) => continue,
            Item::Macro(x) => ("macro", x.ident.as_ref()),
            Item::Fn(x) => ("fn", Some(&x.sig.ident)),
            Item::Struct(x) => ("struct", Some(&x.ident)),
            Item::Enum(x) => ("enum", Some(&x.ident)),
            Item::Trait(x) => ("trait", Some(&x.ident)),
            Item::Type(x) => ("type", Some(&x.ident)),
            Item::Const(x) => ("const", Some(&x.ident)),
            Item::Static(x) => ("static", Some(&x.ident)),
            Item::Impl(_) => ("impl", None),
            _ => ("item", None),
        };
        let name = name.map(ToString::to_string).unwrap_or_default();
        let needle = if name.is_empty() { what } else { &*name };
        let line = source.line_of(1, needle);
        let fix = format!(
            "{} stands in a front door: move it to a file of its own and re-export it",
            format!("{what} {name}").trim_end()
        );
        complaints.push(Complaint::new(&*source.path, line, RULE, fix));
    }
}

/// `#[cfg(doctest)]`: carries README into the doctests.
fn is_doctest_only(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attribute| {
        matches!(&attribute.meta, Meta::List(list)
            if list.path.is_ident("cfg") && list.tokens.to_string() == "doctest")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    #[test]
    fn a_long_file_is_a_complaint() {
        let long = Source::new("tests/long.rs", "\n".repeat(801));
        assert_complaints(
            &check_length(&[Source::new("src/x.rs", "\n".repeat(800)), long]),
            &["tests/long.rs:801: shape: 801 lines, at most 800"],
        );
    }

    #[test]
    fn code_in_a_front_door_is_a_complaint() {
        let text = "//! Docs.\nmod x;\n\npub fn f() {}\nstruct S;\nimpl S {}\nmacro_rules! m { () => {} }\n\
            mod inner { const C: u8 = 0; }\n";
        let expected = [
            ".rs:4: shape: fn f",
            ".rs:5: shape: struct S",
            ".rs:6: shape: impl",
            ".rs:7: shape: macro m",
            ".rs:8: shape: const C",
        ];
        for front_door in ["src/lib.rs", "src/pool/mod.rs", "src/pool/deep/mod.rs"] {
            assert_complaints(&check_front_doors(&[Source::new(front_door, text)]), &expected);
        }
        assert_complaints(&check_front_doors(&[Source::new("src/pool/x.rs", text)]), &[]);
    }

    #[test]
    fn docs_and_re_exports_pass() {
        let text = "#![no_std]\n//! Docs.\nextern crate alloc;\n#[cfg(feature = \"x\")]\nmod x;\n\
            pub use x::{Y, z};\npub mod guide { #[doc = include_str!(\"g.md\")] pub mod g {} }\n\
            #[cfg(bad)]\ncompile_error!(\"no\");\n#[cfg(doctest)]\nstruct Readme;\n";
        assert_complaints(&check_front_doors(&[Source::new("src/lib.rs", text)]), &[]);
    }
}
