//! What a block may allocate is swept: each such function is named in the block's fault test.

use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, ItemFn, Visibility};

use crate::allocation::section;
use crate::pairs::{Block, Kind};
use crate::tree::{Complaint, Source, has_word};

const RULE: &str = "sweeps";

/// Functions that no sweep can be made of, and why.
const EXEMPT: [(&str, &str); 2] = [
    ("small_string", "leak"),  // what it returns is never given back
    ("buffer_pool", "global"), // is made once in a process
];

/// The files are those of `src`; `test` reads the fault test of a block.
pub(crate) fn check(
    blocks: &[Block],
    sources: &[Source],
    test: impl Fn(&str) -> Option<String>,
) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for Block(room, name, kind) in blocks {
        let whole = match kind {
            Kind::Own => name,
            Kind::PartOf(whole) if is_own(blocks, room, whole) => whole,
            _ => continue,
        };
        let path = format!("src/{room}/{name}.rs");
        // `pairs` complains where one of the two is missing.
        let Some(source) = sources.iter().find(|source| source.path == path) else { continue };
        let Some(test) = test(whole) else { continue };
        let mut found = Allocating(Vec::new());
        if let Ok(file) = source.parse(RULE) {
            found.visit_file(&file);
        }
        for function in found.0 {
            let exempt = EXEMPT.contains(&(*whole, function.as_str()));
            if exempt || test.lines().any(|line| has_word(line, &function)) {
                continue;
            }
            let fix = format!(
                "`{function}` may allocate: sweep it in tests/fault/{whole}.rs, by `tally::sweep` or \
                 `tally::sweep_infallible`"
            );
            complaints.push(Complaint::new(&*path, source.line_of(1, &function), RULE, fix));
        }
    }
    complaints
}

fn is_own(blocks: &[Block], room: &str, name: &str) -> bool {
    blocks.iter().any(|block| block.0 == room && block.1 == name && matches!(block.2, Kind::Own))
}

/// Names of public functions whose section promises less than `Never allocates.`
struct Allocating(Vec<String>);

impl Allocating {
    fn function(&mut self, visible: &Visibility, attrs: &[Attribute], name: &syn::Ident) {
        let says = section(attrs).filter(|_| matches!(visible, Visibility::Public(_)));
        if says.is_some_and(|says| !says.starts_with("Never allocates.")) {
            self.0.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Allocating {
    fn visit_impl_item_fn(&mut self, f: &'ast ImplItemFn) {
        self.function(&f.vis, &f.attrs, &f.sig.ident);
        visit::visit_impl_item_fn(self, f);
    }

    fn visit_item_fn(&mut self, f: &'ast ItemFn) {
        self.function(&f.vis, &f.attrs, &f.sig.ident);
        visit::visit_item_fn(self, f);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    #[test]
    fn a_function_that_is_not_swept_is_a_complaint() {
        let blocks = [
            Block("share", "text", Kind::Own),
            Block("share", "text/part", Kind::PartOf("text")),
            Block("share", "tool", Kind::Tool),
        ];
        let function = |name: &str, says: &str| {
            format!(
                "impl T {{\n/// Does.\n///\n/// # Allocation\n///\n/// {says}\npub fn {name}() {{}}\n}}\n"
            )
        };
        let sources = [
            Source::new("src/share/text.rs", function("grow", "Allocates once, for x bytes.")),
            Source::new("src/share/text/part.rs", function("cut", "Allocates once, for x bytes.")),
            Source::new(
                "src/share/tool.rs",
                function("any", "Allocates freely: a tool for tests."),
            ),
            Source::new("src/share/other.rs", function("any", "Allocates once, for x bytes.")),
        ];
        let with = |test: &str| check(&blocks, &sources, |_| Some(test.to_owned()));
        assert_complaints(&with("text.grow(); text.cut()"), &[]);
        assert_complaints(
            &with("text.cut_grown()"),
            &["text.rs:7: sweeps: `grow`", "part.rs:7: sweeps: `cut`"],
        );
        let never = [Source::new("src/share/text.rs", function("len", "Never allocates."))];
        assert_complaints(&check(&blocks, &never, |_| Some(String::new())), &[]);
        let may =
            [Source::new("src/share/text.rs", function("f", "Never allocates while it fits; or"))];
        assert_complaints(&check(&blocks, &may, |_| Some(String::new())), &["sweeps: `f`"]);
    }
}
