//! Every public function says what it allocates, in words from a closed list.

use crate::tree::{Complaint, Source};
use std::collections::BTreeMap;
use syn::{
    Attribute, Expr, FnArg, GenericParam, ImplItem, ImplItemFn, Item, ItemImpl, ItemTrait, Lit,
    Meta, Stmt, TraitItem, Type, Visibility,
};

const RULE: &str = "allocation";

/// The first sentence of an `# Allocation` section; `...` stands for words within the sentence.
const SENTENCES: [&str; 8] = [
    "Never allocates.",
    "Never allocates while ...; otherwise once, for ... bytes.",
    "Allocates once, for ... bytes.",
    "Allocates amortised O(log n) times.",
    "Allocates only on the first call per thread.",
    "Frees ...; never allocates.",
    "Allocates whatever ... allocates, and nothing else.",
    "Allocates freely: a tool for tests.",
];

/// Public types by room and name, and whether their docs have the section.
type Types = BTreeMap<(String, String), bool>;

pub(crate) fn check(sources: &[Source]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut parsed = Vec::with_capacity(sources.len());
    for source in sources {
        match source.parse(RULE) {
            Ok(file) => parsed.push((source, file)),
            Err(complaint) => complaints.push(complaint),
        }
    }
    let mut types = Types::new();
    for (source, file) in &parsed {
        collect_types(&room(source), &file.items, &mut types);
    }
    for (source, file) in &parsed {
        let mut reader = Reader { source, types: &types, line: 1, complaints: Vec::new() };
        reader.items(&file.items);
        complaints.append(&mut reader.complaints);
    }
    complaints
}

struct Reader<'a> {
    source: &'a Source,
    types: &'a Types,
    /// The line of the item last looked at: the next one stands below it.
    line: usize,
    complaints: Vec<Complaint>,
}

impl Reader<'_> {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Fn(f) if is_public(&f.vis) => {
                    self.function(&f.attrs, &f.sig.ident.to_string());
                }
                Item::Impl(block) if block.trait_.is_none() => self.inherent_impl(block),
                Item::Trait(declared) if is_public(&declared.vis) => self.trait_items(declared),
                Item::Mod(module) if !is_exempt(&module.attrs) => {
                    if let Some((_, items)) = &module.content {
                        self.items(items);
                    }
                }
                Item::Macro(defined) if has_attribute(&defined.attrs, "macro_export") => {
                    if let Some(name) = &defined.ident {
                        self.named(&defined.attrs, "macro_rules!", &name.to_string());
                    }
                }
                Item::Struct(x) if is_public(&x.vis) => {
                    self.type_docs(&x.attrs, "struct", &x.ident.to_string());
                }
                Item::Enum(x) if is_public(&x.vis) => {
                    self.type_docs(&x.attrs, "enum", &x.ident.to_string());
                }
                Item::Union(x) if is_public(&x.vis) => {
                    self.type_docs(&x.attrs, "union", &x.ident.to_string());
                }
                _ => {}
            }
        }
    }

    fn inherent_impl(&mut self, block: &ItemImpl) {
        if is_exempt(&block.attrs) {
            return;
        }
        let described = self_name(&block.self_ty)
            .and_then(|name| self.types.get(&(room(self.source), name)))
            .is_some_and(|&has_section| has_section);
        for item in &block.items {
            if let ImplItem::Fn(method) = item
                && is_public(&method.vis)
                && !(described && is_plain_getter(method) && section(&method.attrs).is_none())
            {
                self.function(&method.attrs, &method.sig.ident.to_string());
            }
        }
    }

    fn trait_items(&mut self, declared: &ItemTrait) {
        if is_exempt(&declared.attrs) {
            return;
        }
        for item in &declared.items {
            if let TraitItem::Fn(method) = item {
                self.function(&method.attrs, &method.sig.ident.to_string());
            }
        }
    }

    fn function(&mut self, attrs: &[Attribute], name: &str) {
        self.named(attrs, "fn", name);
    }

    /// A public item that must have the section.
    fn named(&mut self, attrs: &[Attribute], keyword: &str, name: &str) {
        if is_exempt(attrs) {
            return;
        }
        self.line = self.source.line_of(self.line, &format!("{keyword} {name}"));
        match section(attrs) {
            Some(text) => self.sentence(&text, name),
            None => self.complain(format!(
                "`{name}` has no `# Allocation` section: add one, beginning with a sentence of \
                 the list in tests/house/allocation.rs"
            )),
        }
    }

    /// A type may have the section, and then in the same words.
    fn type_docs(&mut self, attrs: &[Attribute], keyword: &str, name: &str) {
        if let Some(text) = section(attrs).filter(|_| !is_exempt(attrs)) {
            self.line = self.source.line_of(self.line, &format!("{keyword} {name}"));
            self.sentence(&text, name);
        }
    }

    fn sentence(&mut self, text: &str, name: &str) {
        if !SENTENCES.iter().any(|sentence| begins_with(text, sentence)) {
            let list = SENTENCES.join("` | `");
            self.complain(format!(
                "`# Allocation` of `{name}` begins {text:?}; begin with one of `{list}`"
            ));
        }
    }

    fn complain(&mut self, fix: String) {
        self.complaints.push(Complaint::new(&*self.source.path, self.line, RULE, fix));
    }
}

fn collect_types(room: &str, items: &[Item], types: &mut Types) {
    for item in items {
        let (attrs, name) = match item {
            Item::Struct(x) => (&x.attrs, &x.ident),
            Item::Enum(x) => (&x.attrs, &x.ident),
            Item::Union(x) => (&x.attrs, &x.ident),
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    collect_types(room, items, types);
                }
                continue;
            }
            _ => continue,
        };
        // A type declared twice, for two platforms, is described if either is.
        *types.entry((room.to_owned(), name.to_string())).or_default() |= section(attrs).is_some();
    }
}

/// `src/ROOM/x.rs`: a type's methods may be spread over the files of its room.
fn room(source: &Source) -> String {
    let inside = source.path.strip_prefix("src/").unwrap_or(&source.path);
    inside.split_once('/').map_or("", |(room, _)| room).to_owned()
}

fn self_name(self_type: &Type) -> Option<String> {
    match self_type {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// A `&self` function without type parameters whose body is one expression.
fn is_plain_getter(method: &ImplItemFn) -> bool {
    let mut arguments = method.sig.inputs.iter();
    let shared = matches!(
        arguments.next(),
        Some(FnArg::Receiver(this)) if this.reference.is_some() && this.mutability.is_none()
    );
    let generic = |parameter| !matches!(parameter, &GenericParam::Lifetime(_));
    let takes_impl = arguments
        .any(|argument| matches!(argument, FnArg::Typed(x) if matches!(*x.ty, Type::ImplTrait(_))));
    let [Stmt::Expr(body, None)] = &*method.block.stmts else { return false };
    let one = !matches!(body, Expr::Block(_) | Expr::Unsafe(_)) || is_one_expression(body);
    shared && one && !takes_impl && !method.sig.generics.params.iter().any(generic)
}

/// `unsafe { x }` is one expression if `x` is.
fn is_one_expression(body: &Expr) -> bool {
    match body {
        Expr::Unsafe(inner) => matches!(&*inner.block.stmts, [Stmt::Expr(_, None)]),
        Expr::Block(inner) => matches!(&*inner.block.stmts, [Stmt::Expr(_, None)]),
        _ => true,
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Hidden from the docs, or only there for tests.
fn is_exempt(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("doc") => list.tokens.to_string() == "hidden",
        Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string() == "test",
        _ => false,
    })
}

fn has_attribute(attrs: &[Attribute], name: &str) -> bool {
    attrs.iter().any(|attribute| attribute.path().is_ident(name))
}

/// The first paragraph below `# Allocation`, on one line.
pub(crate) fn section(attrs: &[Attribute]) -> Option<String> {
    let mut docs = String::new();
    for attribute in attrs {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(literal) = &pair.value
            && let Lit::Str(text) = &literal.lit
        {
            docs.push_str(&text.value());
            docs.push('\n');
        }
    }
    let mut lines = docs.lines().map(str::trim).skip_while(|line| *line != "# Allocation");
    lines.next()?;
    let paragraph: Vec<_> = lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty() && !line.starts_with("# "))
        .collect();
    Some(paragraph.join(" "))
}

/// Whether `text` begins with the sentence; a `...` matches words up to the end of the sentence.
fn begins_with(text: &str, sentence: &str) -> bool {
    let mut pieces = sentence.split("...");
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) if !rest[..at].trim().is_empty() && !rest[..at].contains(". ") => {
                rest = &rest[at + piece.len()..];
            }
            _ => return false,
        }
    }
    rest.is_empty() || rest.starts_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    fn complaints(text: &str) -> Vec<Complaint> {
        check(&[Source::new("src/pool/x.rs", text)])
    }

    #[test]
    fn a_function_without_the_section_is_a_complaint() {
        assert_complaints(
            &complaints(
                "/// Push.\n///\n/// # Allocations\n/// Never allocates.\npub fn push() {}",
            ),
            &["src/pool/x.rs:5: allocation: `push` has no `# Allocation` section"],
        );
    }

    #[test]
    fn methods_traits_and_macros_count() {
        let text = "
            pub struct S;
            impl S { pub const fn new() -> Self { S } fn private(&self) {} pub(crate) fn near() {} }
            impl Clone for S { fn clone(&self) -> S { S } }
            pub trait T { fn ask(&self); }
            trait Private { fn ask(&self); }
            mod inner { pub unsafe fn deep() {} }
            #[macro_export] macro_rules! shout { () => {} }
            macro_rules! whisper { () => {} }
            #[doc(hidden)] pub fn hidden() {}
            #[cfg(test)] mod tests { pub fn helper() {} }";
        assert_complaints(
            &complaints(text),
            &["x.rs:3: allocation: `new`", "x.rs:5:", "x.rs:7:", "x.rs:8: allocation: `shout`"],
        );
    }

    #[test]
    fn a_sentence_outside_the_list_is_a_complaint() {
        for bad in [
            "Does not allocate.",
            "Never allocates, mostly.",
            "Allocates once.",
            "Allocates once, for  bytes.",
            "Allocates once, for two things. Then it copies bytes.",
            "Never allocates.No space",
            "",
        ] {
            let text = format!("/// # Allocation\n///\n/// {bad}\npub fn push() {{}}");
            assert_complaints(&complaints(&text), &["`# Allocation` of `push` begins"]);
        }
        assert_complaints(
            &complaints("/// # Allocation\n/// Hardly ever.\npub struct S;"),
            &["x.rs:3: allocation: `# Allocation` of `S` begins \"Hardly ever.\""],
        );
    }

    #[test]
    fn every_sentence_of_the_list_passes() {
        for good in [
            "Never allocates.",
            "Never allocates. A failed call neither.",
            "Never allocates while `len < N`; otherwise once, for\n/// `2 * N * size_of::<T>()` bytes.",
            "Allocates once, for `text.len()` bytes.",
            "Allocates amortised O(log n) times.",
            "Allocates only on the first call per thread.",
            "Frees the buffer; never allocates.",
            "Allocates whatever `T::clone` allocates, and nothing else.",
            "Allocates whatever the closure allocates, and nothing else.",
            "Allocates whatever `T::clone` (or the closure) allocates, and nothing else.",
            "Allocates freely: a tool for tests.",
        ] {
            let text =
                format!("/// # Allocation\n///\n/// {good}\n///\n/// # Panics\npub fn f() {{}}");
            assert_complaints(&complaints(&text), &[]);
        }
    }

    #[test]
    fn a_plain_getter_shares_the_section_of_its_type() {
        let getters = "impl<T> S<T> {
            pub fn len(&self) -> usize { self.0 }
            pub fn get<'a>(&'a self, at: usize) -> &'a T { &self.1[at] }
        }";
        let described = "/// # Allocation\n/// Never allocates.\npub struct S<T>(usize, [T; 1]);";
        assert_complaints(&complaints(&format!("{described}{getters}")), &[]);
        assert_complaints(
            &complaints(&format!("pub struct S<T>(usize, [T; 1]);{getters}")),
            &["`len` has no", "`get` has no"],
        );
    }

    #[test]
    fn other_functions_do_not_share_it() {
        let text = "/// # Allocation\n/// Never allocates.\npub struct S(usize);
            impl S {
                pub fn set(&mut self) -> usize { self.0 }
                pub fn take(self) -> usize { self.0 }
                pub fn new() -> Self { S(0) }
                pub fn with<F: Fn()>(&self, f: F) { f() }
                pub fn each(&self, f: impl Fn()) { f() }
                pub fn long(&self) -> usize { let x = self.0; x }
                pub fn inner(&self) -> usize { unsafe { let x = self.0; x } }
            }";
        let all = ["`set`", "`take`", "`new`", "`with`", "`each`", "`long`", "`inner`"];
        assert_complaints(&complaints(text), &all);
    }

    #[test]
    fn what_is_not_rust_is_a_complaint() {
        assert_complaints(&complaints("pub fn {"), &["src/pool/x.rs:1: allocation: not Rust"]);
    }
}
