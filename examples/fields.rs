//! The head of an HTTP request, kept beyond its parser: 12 headers, no `String` for any of them.
//!
//! ```text
//! cargo run --example fields
//! ```

use std::alloc::System;
use thrifty::meter::{Metered, measure};
use thrifty::share::{Fields, Marks};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const HEAD: &str = "GET /v1/orders/4711 HTTP/1.1\r\nHost: api.example.com\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:142.0)\r\nAccept: application/json\r\n\
    Accept-Language: de-DE,de;q=0.8\r\nAccept-Encoding: gzip, br\r\nConnection: keep-alive\r\n\
    Authorization: Bearer demo-key\r\nOrigin: https://shop.example.com\r\nDNT: 1\r\n\
    X-Request-Id: 7f0c2a91\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\r\n";

/// Method, path, then name and value of each header.
fn head<'t>(text: &'t str, marks: &mut Marks<'t, 26>) -> Result<(), httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut request = httparse::Request::new(&mut headers);
    request.parse(text.as_bytes())?;
    marks.mark(request.method.unwrap_or_default());
    marks.mark(request.path.unwrap_or_default());
    for header in request.headers.iter() {
        marks.mark(header.name);
        marks.mark_bytes(header.value);
    }
    Ok(())
}

fn main() {
    let buf = HEAD.to_owned();
    let (request, thrifty) = measure(|| Fields::try_parse(buf, head).expect("a valid head"));

    let (strings, std) = measure(|| request.iter().map(str::to_owned).collect::<Vec<_>>());
    assert_eq!((strings.len(), request.len()), (26, 26));

    let mut headers = request.pairs().skip(1);
    let host = headers.find(|(name, _)| name.eq_ignore_ascii_case("host"));
    assert_eq!(host, Some(("Host", "api.example.com")));

    println!(
        "26 fields of one head: as Strings {} allocations, {} bytes; as Fields {} and {}",
        std.allocs, std.bytes_allocated, thrifty.allocs, thrifty.bytes_allocated,
    );
}
