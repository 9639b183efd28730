//! A room imports only the rooms it may, so that each compiles alone.

use crate::tree::{Complaint, Source};
use syn::{
    UseTree,
    visit::{self, Visit},
};

const RULE: &str = "rooms";

/// Each room, and the rooms it may import.
const MAY_IMPORT: [(&str, &[&str]); 6] = [
    ("meter", &["heap"]),
    ("heap", &[]),
    ("inline", &[]),
    // A `PooledBytes` may become a `Str` where both rooms are on.
    ("pool", &["share"]),
    ("share", &[]),
    ("fault", &[]),
];

pub(crate) fn check(sources: &[Source]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in sources {
        let Some((room, file)) = source.path.strip_prefix("src/").and_then(|x| x.split_once('/'))
        else {
            continue;
        };
        if room == "guide" {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == room) else {
            let fix = format!(
                "room `{room}` is not in the table of tests/house/rooms.rs: say there what it may \
                 import"
            );
            complaints.push(Complaint::new(&*source.path, 1, RULE, fix));
            continue;
        };
        match source.parse(RULE) {
            Ok(parsed) => {
                let depth = depth_of(file);
                let mut imports = Imports { source, room, allowed, depth, complaints };
                imports.visit_file(&parsed);
                complaints = imports.complaints;
            }
            Err(complaint) => complaints.push(complaint),
        }
    }
    complaints
}

/// How many `super` lead from a file of a room to the crate's root.
fn depth_of(file: &str) -> usize {
    let deeper = file.split('/').filter(|part| *part != "mod.rs").count();
    1 + deeper
}

struct Imports<'a> {
    source: &'a Source,
    room: &'a str,
    allowed: &'a [&'a str],
    depth: usize,
    complaints: Vec<Complaint>,
}

impl Imports<'_> {
    /// Looks at a path from its first segment on.
    fn path(&mut self, segments: &[String]) {
        let supers = segments.iter().take_while(|segment| *segment == "super").count();
        let target = match segments.first().map(String::as_str) {
            Some("crate") => segments.get(1),
            Some("super") if supers == self.depth => segments.get(supers),
            _ => None,
        };
        if let Some(target) = target {
            self.import(target, &segments.join("::"));
        }
    }

    fn import(&mut self, target: &str, shown: &str) {
        let is_room = MAY_IMPORT.iter().any(|(room, _)| *room == target);
        if !is_room || target == self.room || self.allowed.contains(&target) {
            return;
        }
        let may =
            if self.allowed.is_empty() { "no other room".into() } else { self.allowed.join(", ") };
        let fix = format!(
            "`{shown}`: room `{}` may import {may}; move the code or pass it in",
            self.room
        );
        let line = self.source.line_of(1, target);
        self.complaints.push(Complaint::new(&*self.source.path, line, RULE, fix));
    }

    fn use_tree(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.use_tree(&path.tree, before);
                before.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, before);
                }
            }
            UseTree::Name(name) => self.end_of_use(name.ident.to_string(), before),
            UseTree::Rename(name) => self.end_of_use(name.ident.to_string(), before),
            UseTree::Glob(_) => self.path(before),
        }
    }

    fn end_of_use(&mut self, last: String, before: &mut Vec<String>) {
        before.push(last);
        self.path(before);
        before.pop();
    }
}

impl<'ast> Visit<'ast> for Imports<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|x| x.ident.to_string()).collect();
        self.path(&segments);
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.depth += 1;
        visit::visit_item_mod(self, module);
        self.depth -= 1;
    }

    /// Inside a macro there is only text; its tokens are parted by single spaces.
    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        let text = called.tokens.to_string().replace(' ', "");
        for (room, _) in MAY_IMPORT {
            for shown in [format!("crate::{room}::"), format!("crate::{{{room}::")] {
                if text.contains(&shown) {
                    self.import(room, shown.trim_end_matches(':'));
                }
            }
        }
        visit::visit_macro(self, called);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    fn complaints(path: &str, text: &str) -> Vec<Complaint> {
        check(&[Source::new(path, text)])
    }

    #[test]
    fn an_import_that_is_not_allowed_is_a_complaint() {
        assert_complaints(
            &complaints("src/inline/x.rs", "//! About.\n\nuse crate::meter::Usage;\n"),
            &["src/inline/x.rs:3: rooms: `crate::meter::Usage`: room `inline` may import no other"],
        );
    }

    #[test]
    fn every_way_to_write_it_is_seen() {
        for bad in [
            "use crate::{heap, pool::Pool};",
            "use crate::{self, sync, heap as h, pool};",
            "use crate::heap::*; use crate::pool;",
            "fn f() -> crate::heap::Backend { crate::pool::get() }",
            "use super::super::{heap::A, pool::B};",
            "fn f() { g!(crate::heap::active(), crate::pool::X) }",
            "macro_rules! m { () => { $crate::heap::f(); $crate::pool::g() } }",
            "mod deep { use super::super::super::heap::A; use super::super::super::pool; }",
        ] {
            assert_complaints(&complaints("src/fault/x.rs", bad), &["::heap", "pool"]);
        }
    }

    #[test]
    fn an_allowed_import_passes() {
        assert_complaints(&complaints("src/meter/x.rs", "use crate::heap::active;"), &[]);
        assert_complaints(&complaints("src/pool/x.rs", "use crate::share::Str;"), &[]);
        assert_complaints(
            &complaints(
                "src/heap/deep/x.rs",
                "use super::super::active; use crate::heap; use crate::sync::A;",
            ),
            &[],
        );
        assert_complaints(&complaints("src/lib.rs", "pub use crate::heap::active;"), &[]);
        assert_complaints(&complaints("src/heap/mod.rs", "use super::meter;"), &["`super::meter`"]);
    }

    #[test]
    fn the_exception_holds_in_one_direction() {
        assert_complaints(&complaints("src/share/x.rs", "use crate::pool::A;"), &["room `share`"]);
        assert_complaints(&complaints("src/heap/x.rs", "use crate::meter::A;"), &["room `heap`"]);
    }

    #[test]
    fn a_new_room_must_say_what_it_may_import() {
        assert_complaints(&complaints("src/attic/x.rs", ""), &["room `attic` is not in the table"]);
    }
}
