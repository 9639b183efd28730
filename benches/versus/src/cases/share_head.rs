//! The head of an HTTP request, parsed into 26 fields that own their text, and dropped.
//!
//! | case | head | parser | what happens to the record |
//! |---|---|---|---|
//! | `head` | a browser's page load | cuts lines, by `memchr` | it is made and dropped |
//! | `head-read` | the same | the same | all 26 fields are read as well |
//! | `head-api` | a client's POST | the same | it is made and dropped |
//! | `head-httparse` | a browser's page load | `httparse` | it is made and dropped |
//!
//! All implementations of a case have the same parser. Every operation begins with the head as it
//! was read, in a `String` of its own with room left, as nobody knows a head's length before.

#![expect(clippy::inline_always, reason = "an implementation is measured, not the calls around it")]

use core::hint::black_box;
use core::ops::Deref;
use std::sync::Arc;

use arcstr::{ArcStr, Substr};
use bytes_str::BytesStr;
use bytestring::ByteString;
use compact_str::CompactString;
use ecow::EcoString;
use flexstr::str::SharedStrRef;
use hipstr::HipStr;
use imstr::ImString;
use lean_string::LeanString;
use smol_str::SmolStr;
use thrifty::share::{Fields, Str};

use super::Entry;

const HEADERS: usize = 12;
const FIELDS: usize = 2 * (1 + HEADERS);

/// What a read buffer holds.
const READ: usize = 1024;

trait Request {
    const HEAD: &str;
}

/// 7 of its 26 fields have more than 23 bytes: the text that does not fit into a `Str` itself.
struct Browser;

impl Request for Browser {
    const HEAD: &str = concat!(
        "GET /products/keyboards?page=2&sort=price HTTP/1.1\r\n",
        "Host: shop.example.com\r\n",
        "Connection: keep-alive\r\n",
        "Cache-Control: max-age=0\r\n",
        "Upgrade-Insecure-Requests: 1\r\n",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ",
        "Chrome/141.0.0.0 Safari/537.36\r\n",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n",
        "Sec-Fetch-Site: same-origin\r\n",
        "Sec-Fetch-Mode: navigate\r\n",
        "Referer: https://shop.example.com/products/keyboards\r\n",
        "Accept-Encoding: gzip, deflate, br, zstd\r\n",
        "Accept-Language: de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7\r\n",
        "Cookie: session=5f3a9c1e7b2d4f60a8c1e3b5d7f90123; theme=dark; cart=b7f2-4410; consent=1\r\n",
        "\r\n",
    );
}

/// 9 of its 26 fields have more than 23 bytes.
struct Api;

impl Request for Api {
    const HEAD: &str = concat!(
        "POST /v1/orders?source=checkout HTTP/1.1\r\n",
        "Host: api.example.com\r\n",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n",
        "Accept: application/json, text/plain, */*\r\n",
        "Accept-Language: de-DE,de;q=0.8,en-US;q=0.5,en;q=0.3\r\n",
        "Accept-Encoding: gzip, deflate, br, zstd\r\n",
        "Content-Type: application/json; charset=utf-8\r\n",
        "Content-Length: 737\r\n",
        "Authorization: Bearer demo-key-acme-2f61c0\r\n",
        "Origin: https://shop.example.com\r\n",
        "Idempotency-Key: 0b6f42aa-7c1d-4e0b-9a53-6d2f8c1e90b4\r\n",
        "X-Request-Id: 7f0c2a91-51de-4c3b-8f6e-20d9b1a4c7e5\r\n",
        "X-Forwarded-For: 203.0.113.7, 10.1.0.12\r\n",
        "\r\n",
    );
}

/// A head that is parsed: lends its fields, and is dropped with all that it owns.
trait Head {
    fn with<P: Parser, T>(read: String, then: impl Then<T>) -> T;
}

/// What happens to the record.
trait Then<T> {
    fn then<R: Record>(self, record: &R) -> T;
}

trait Record {
    fn each(&self, field: impl FnMut(&str));
}

impl<T: Deref<Target = str>> Record for Vec<T> {
    #[inline(always)]
    fn each(&self, field: impl FnMut(&str)) {
        self.iter().map(Deref::deref).for_each(field);
    }
}

impl Record for [&str; FIELDS] {
    #[inline(always)]
    fn each(&self, field: impl FnMut(&str)) {
        self.iter().copied().for_each(field);
    }
}

impl Record for Fields<FIELDS> {
    #[inline(always)]
    fn each(&self, field: impl FnMut(&str)) {
        self.iter().for_each(field);
    }
}

/// Hands out the first two words, then name and value of each line.
trait Parser {
    fn parse<'t>(text: &'t str, pair: impl FnMut(&'t str, &'t str));
}

/// Cuts lines and checks nothing: what is left is what the fields cost.
struct Lines;

/// Checks every byte, as a server does.
struct Httparse;

impl Parser for Lines {
    #[inline(always)]
    fn parse<'t>(text: &'t str, mut pair: impl FnMut(&'t str, &'t str)) {
        let (request, mut rest) = cut(text, b'\n');
        let (method, request) = cut(request, b' ');
        pair(method, cut(request, b' ').0);
        while rest.len() > 2 {
            let (line, behind) = cut(rest, b'\n');
            let (name, value) = cut(line, b':');
            pair(name, &value[1..value.len() - 1]);
            rest = behind;
        }
    }
}

impl Parser for Httparse {
    #[inline(always)]
    fn parse<'t>(text: &'t str, mut pair: impl FnMut(&'t str, &'t str)) {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let parsed = request.parse(text.as_bytes());
        assert!(parsed.is_ok_and(|status| status.is_complete()));
        pair(request.method.unwrap_or_default(), request.path.unwrap_or_default());
        for header in request.headers.iter() {
            let start = header.value.as_ptr().addr() - text.as_ptr().addr();
            pair(header.name, &text[start..start + header.value.len()]);
        }
    }
}

/// What stands before and behind the byte.
#[inline(always)]
fn cut(text: &str, at: u8) -> (&str, &str) {
    let found = memchr::memchr(at, text.as_bytes()).expect("a head has this byte");
    (&text[..found], &text[found + 1..])
}

/// The name of a type for each implementation, and how it makes and lends its record.
macro_rules! heads {
    ($($name:literal $head:ident: |$read:ident, $then:ident| $with:block)*) => {
        $(
            struct $head;

            impl Head for $head {
                #[inline(always)]
                fn with<P: Parser, T>($read: String, $then: impl Then<T>) -> T {
                    $with
                }
            }
        )*

        /// All implementations of each case.
        pub static ENTRIES: &[Entry] = &[$(
            entry::<$head, Lines, Browser, Keep>("head", $name),
            entry::<$head, Lines, Browser, Sum>("head-read", $name),
            entry::<$head, Lines, Api, Keep>("head-api", $name),
            entry::<$head, Httparse, Browser, Keep>("head-httparse", $name),
        )*];
    };
}

/// A `Vec` of what `field` makes of the parts of the text.
macro_rules! all {
    ($text:expr, $then:ident, $field:expr) => {{
        let mut fields = Vec::with_capacity(FIELDS);
        let field = $field;
        P::parse($text, |name, value| {
            fields.push(field(name));
            fields.push(field(value));
        });
        $then.then(&fields)
    }};
}

heads! {
    "thrifty" Shared: |read, then| {
        let text = Str::from(read);
        all!(&text, then, |part| text.slice_ref(part))
    }
    "thrifty-slicer" Sliced: |read, then| {
        let text = Str::from(read);
        let mut fields = Vec::with_capacity(FIELDS);
        let mut slicer = text.slicer(FIELDS);
        P::parse(&text, |name, value| {
            fields.push(slicer.slice_ref(name));
            fields.push(slicer.slice_ref(value));
        });
        drop(slicer);
        then.then(&fields)
    }
    "thrifty-fields" Offsets: |read, then| {
        let fields = Fields::<FIELDS>::parse(read, |text, marks| {
            P::parse(text, |name, value| {
                marks.mark(name);
                marks.mark(value);
            });
        });
        then.then(fields.as_ref().expect("the fields lie in the head"))
    }
    "borrowed" Borrowed: |read, then| {
        let mut fields = [""; FIELDS];
        let mut at = 0;
        P::parse(&read, |name, value| {
            fields[at] = name;
            fields[at + 1] = value;
            at += 2;
        });
        then.then(&fields)
    }
    "borrowed Vec" BorrowedVec: |read, then| { all!(&read, then, |part| part) }
    "String" Strings: |read, then| { all!(&read, then, String::from) }
    "Arc<str>" Arcs: |read, then| { all!(&read, then, Arc::<str>::from) }
    "bytestring" ByteStrings: |read, then| {
        let text = ByteString::from(read);
        all!(&text, then, |part| text.slice_ref(part))
    }
    "bytes-utils" Utils: |read, then| {
        let text = bytes_utils::Str::from(read);
        all!(&text, then, |part| text.slice_ref(part))
    }
    "bytes-str" BytesStrs: |read, then| {
        let text = BytesStr::from(read);
        all!(&text, then, |part| text.slice_ref(part))
    }
    "hipstr" Hips: |read, then| {
        let text = HipStr::from(read);
        all!(&text, then, |part| text.slice_ref(part))
    }
    "arcstr" Substrs: |read, then| {
        let text = ArcStr::from(read);
        all!(&text, then, |part| -> Substr { text.substr_from(part) })
    }
    "imstr" Ims: |read, then| {
        let text = ImString::from(read);
        all!(&text, then, |part| text.str_ref(part))
    }
    "ecow" Ecos: |read, then| { all!(&read, then, EcoString::from) }
    "smol_str" Smols: |read, then| { all!(&read, then, SmolStr::new) }
    "compact_str" Compacts: |read, then| { all!(&read, then, CompactString::new) }
    "lean_string" Leans: |read, then| { all!(&read, then, LeanString::from) }
    "flexstr" Flexes: |read, then| {
        all!(&read, then, |part: &str| SharedStrRef::from_borrowed(part).into_owned())
    }
}

#[inline(always)]
fn read(text: &str) -> String {
    let mut buffer = String::with_capacity(READ);
    buffer.push_str(text);
    buffer
}

/// Makes and drops the record.
#[derive(Default)]
struct Keep;
/// Reads every field's length and first byte.
#[derive(Default)]
struct Sum;
/// Reads every field's bytes.
struct Hash;

impl Then<u64> for Keep {
    #[inline(always)]
    fn then<R: Record>(self, record: &R) -> u64 {
        black_box(record);
        0
    }
}

impl Then<u64> for Sum {
    #[inline(always)]
    fn then<R: Record>(self, record: &R) -> u64 {
        let mut sum = 0;
        black_box(record).each(|field| {
            sum += field.len() as u64 + field.bytes().next().map_or(0, u64::from);
        });
        sum
    }
}

impl Then<Vec<u64>> for Hash {
    fn then<R: Record>(self, record: &R) -> Vec<u64> {
        let mut hashes = Vec::new();
        record.each(|field| {
            let mix = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            hashes.push(field.bytes().fold(field.len() as u64, mix));
        });
        hashes
    }
}

const fn entry<H: Head, P: Parser, R: Request, D: Then<u64> + Default>(
    case: &'static str,
    name: &'static str,
) -> Entry {
    Entry { case, name, run: run::<H, P, R, D>, result: || H::with::<P, _>(read(R::HEAD), Hash) }
}

#[inline(never)]
fn run<H: Head, P: Parser, R: Request, D: Then<u64> + Default>(ops: u64) {
    for _ in 0..ops {
        black_box(H::with::<P, _>(read(black_box(R::HEAD)), D::default()));
    }
}
