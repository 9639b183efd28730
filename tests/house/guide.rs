//! The guide answers what the tools say, and has a row for each block.
//!
//! | page | has |
//! |---|---|
//! | `src/guide/read.rs` | every kind and every remedy of `meter::advise`, word by word |
//! | `src/guide/choosing.rs` | every block with an example, by the command that runs it |

use crate::pairs::{Block, Kind};
use crate::tree::{Complaint, Source};
use syn::{ImplItem, Item, LitStr, visit::Visit};

const RULE: &str = "guide";

/// The texts of `advise`: the kinds' names in `kinds`, the remedies in `remedies`.
pub(crate) fn check_advice(kinds: &Source, remedies: &Source, page: &Source) -> Vec<Complaint> {
    let mut texts = Vec::new();
    let mut complaints = Vec::new();
    for source in [kinds, remedies] {
        match source.parse(RULE) {
            Ok(file) => texts.extend(said(&file)),
            Err(complaint) => complaints.push(complaint),
        }
    }
    if texts.is_empty() {
        let fix = "no text of `advise` was found: correct tests/house/guide.rs";
        complaints.push(Complaint::new(&*remedies.path, 1, RULE, fix));
    }
    for text in texts.iter().filter(|text| !page.text.contains(&**text)) {
        let fix = format!("`advise` says {text:?}: add a row for it, word by word");
        complaints.push(Complaint::new(&*page.path, 1, RULE, fix));
    }
    complaints
}

/// The texts in a function `advice`, and in an implementation for `Kind` of a function `fmt`.
fn said(file: &syn::File) -> Vec<String> {
    let mut texts = Texts::default();
    for item in &file.items {
        match item {
            Item::Fn(function) if function.sig.ident == "advice" => texts.visit_item_fn(function),
            Item::Impl(block) => {
                for item in &block.items {
                    let is_kind = matches!(&*block.self_ty, syn::Type::Path(path) if path.path.is_ident("Kind"));
                    if let ImplItem::Fn(function) = item
                        && is_kind
                        && function.sig.ident == "fmt"
                    {
                        texts.visit_impl_item_fn(function);
                    }
                }
            }
            _ => {}
        }
    }
    texts.0
}

#[derive(Default)]
struct Texts(Vec<String>);

impl Visit<'_> for Texts {
    fn visit_lit_str(&mut self, text: &LitStr) {
        self.0.push(text.value());
    }
}

/// Each block that must have an example of its own is a row of the page.
pub(crate) fn check_choosing(blocks: &[Block], page: &Source) -> Vec<Complaint> {
    let of_its_own = |kind: &Kind| matches!(kind, Kind::Own | Kind::Reexport);
    let mut complaints = Vec::new();
    for Block(room, name, kind) in blocks {
        let command = format!("--example {name}`");
        if of_its_own(kind) && !page.text.contains(&command) {
            let fix = format!(
                "no row for block `{name}` of room `{room}`: you see X, take Y, else Z, \
                 and `cargo run --example {name}`"
            );
            complaints.push(Complaint::new(&*page.path, 1, RULE, fix));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    const KINDS: &str = "impl Display for Kind { fn fmt(&self) { f(\"a clone\") } }\n\
        impl Kind { fn other() { f(\"not said\") } }\n";
    const REMEDIES: &str = "fn advice() { f(\"borrow `it`\") }\nfn remedy() { f(\"reserve\") }\n";

    fn advice(page: &str) -> Vec<Complaint> {
        check_advice(
            &Source::new("kind.rs", KINDS),
            &Source::new("remedy.rs", REMEDIES),
            &Source::new("read.rs", page),
        )
    }

    #[test]
    fn each_text_of_advise_has_a_row() {
        assert_complaints(&advice("//! | a clone | borrow `it` |\n"), &[]);
        assert_complaints(
            &advice("//! | a clone | borrow it |\n"),
            &["read.rs:1: guide: `advise` says \"borrow `it`\""],
        );
    }

    #[test]
    fn no_text_at_all_is_a_complaint() {
        let none = Source::new("kind.rs", "");
        let page = Source::new("read.rs", "");
        assert_complaints(&check_advice(&none, &none, &page), &["no text of `advise` was found"]);
    }

    #[test]
    fn each_block_has_a_row() {
        let blocks = [
            Block("share", "text", Kind::Own),
            Block("share", "text/repr", Kind::PartOf("text")),
            Block("inline", "ring", Kind::Reexport),
            Block("meter", "scope", Kind::Tool),
        ];
        let page = Source::new("choosing.rs", "//! `cargo run --example text`\n");
        assert_complaints(
            &check_choosing(&blocks, &page),
            &["choosing.rs:1: guide: no row for block `ring`"],
        );
    }
}
