//! An HTTP head into 26 fields, a line of CSV, and what is kept of them.

use crate::ledger::{Block, NOTHING, Row, heap, measure};
use std::hint::black_box;
use thrifty::share::{Fields, Str};

/// 12 headers; with the method and the path 26 fields. 540 bytes..
const HEAD: &str = "POST /v1/orders?source=checkout HTTP/1.1\r\n\
    host: api.example.com\r\n\
    user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0\r\n\
    accept: application/json, text/plain, */*\r\n\
    accept-language: de-DE,de;q=0.8,en-US;q=0.5,en;q=0.3\r\n\
    accept-encoding: gzip, deflate, br, zstd\r\n\
    content-type: application/json; charset=utf-8\r\n\
    content-length: 737\r\n\
    authorization: Bearer demo-key-acme-2f61c0\r\n\
    origin: https://shop.example.com\r\n\
    x-request-id: 7f0c2a91-51de-4c3b-8f6e-20d9b1a4c7e5\r\n\
    x-forwarded-for: 203.0.113.7, 10.1.0.12\r\n\
    x-forwarded-proto: https\r\n\r\n";
const LINE: &str = "4711,Zoë Brandt,Lindenstraße 12,Köln,DE";

pub(crate) fn block() -> Block {
    let mut rows = parsed();
    rows.extend(kept());
    Block {
        name: "fields",
        about: "The buffer counts too: `head` is a copy of 540 bytes, then method, path and 12 \
                headers.\nVecs are made with room for all.",
        rows,
    }
}

fn parsed() -> Vec<Row> {
    let buffer = heap(1, 540, 540);
    vec![
        Row::thrifty("head", "Fields<26>", buffer, || measure(|| record::<26, _>(buf()))),
        Row::thrifty("head", "Fields<26, Str>", buffer, || measure(|| record::<26, _>(buf_str()))),
        Row::thrifty("head", "Fields<16>", heap(2, 540 + 256, 540 + 256), || {
            measure(|| record::<16, _>(buf()))
        }),
        Row::std("head", "Vec<&str>", heap(2, 540 + 416, 540 + 416), || {
            measure(|| {
                let buf = buf();
                let mut all = Vec::with_capacity(26);
                all.extend(fields(&buf));
                black_box(all).len()
            })
        }),
        Row::std("head", "Vec<String>", heap(28, 540 + 624 + 478, 540 + 624 + 478), || {
            measure(|| {
                let buf = buf();
                let mut all = Vec::with_capacity(26);
                all.extend(fields(&buf).map(String::from));
                (buf, all)
            })
        }),
        Row::thrifty("100 lines of CSV", "Fields<8>", NOTHING, || {
            let mut line = Fields::<8>::new(String::with_capacity(80));
            measure(|| {
                for _ in 0..100 {
                    read_line(&mut line);
                    assert_eq!(line.len(), 5);
                }
            })
        }),
        Row::thrifty("100 lines of CSV", "Fields<4>", NOTHING, || {
            let mut line = Fields::<4>::new(String::with_capacity(80));
            read_line(&mut line);
            measure(|| {
                for _ in 0..100 {
                    read_line(&mut line);
                    assert_eq!(line.len(), 5);
                }
            })
        }),
        Row::std("100 lines of CSV", "Vec<String>", heap(600, 15_800, 158), || {
            measure(|| {
                for _ in 0..100 {
                    let mut all: Vec<String> = Vec::with_capacity(5);
                    all.extend(black_box(LINE).split(',').map(String::from));
                    drop(black_box(all));
                }
            })
        }),
    ]
}

fn kept() -> Vec<Row> {
    vec![
        Row::thrifty("get_str of 55 bytes", "Fields<26, Str>", NOTHING, || {
            let record = record::<26, _>(buf_str());
            drop(record.get_str(5));
            measure(|| record.get_str(black_box(5)))
        }),
        Row::std("get_str of 55 bytes", "String::from", heap(1, 55, 55), || {
            let record = record::<26, _>(buf());
            measure(|| String::from(&record[black_box(5)]))
        }),
        Row::thrifty("clone", "Fields<26, Str>", NOTHING, || {
            let record = record::<26, _>(buf_str());
            drop(record.clone());
            measure(|| record.clone())
        }),
        Row::thrifty("clone", "Fields<26>", heap(1, 540, 540), || {
            let record = record::<26, _>(buf());
            measure(|| record.clone())
        }),
        // The block of the five fields before is not worth a copy.
        Row::thrifty("clone, fields were more", "Fields<4>", heap(1, 42, 42), || {
            let line = one_field_after_five();
            measure(|| line.clone())
        }),
        Row::thrifty("clone_from, fields were more", "Fields<4>", NOTHING, || {
            let (line, mut target) = (one_field_after_five(), Fields::new(LINE.to_owned()));
            measure(|| target.clone_from(&line))
        }),
        Row::thrifty("clone_from", "Fields<26>", NOTHING, || {
            let (record, mut target) = (record::<26, _>(buf()), record::<26, _>(buf()));
            measure(|| target.clone_from(&record))
        }),
        Row::thrifty("detach 4 of 4096 bytes", "Fields<1>", heap(1, 4, 4), || {
            let read = "4711".to_owned() + &" ".repeat(4092);
            let record = Fields::<1>::parse(read, |text, marks| marks.mark(text.trim_end()));
            let record = record.unwrap();
            measure(|| record.detach())
        }),
        Row::thrifty("detach 26 fields", "Fields<4>", heap(2, 536 + 208, 536 + 208), || {
            let record = record::<4, _>(buf());
            measure(|| record.detach())
        }),
        Row::thrifty("into Fields<26, Str>", "Fields<26>", NOTHING, || {
            let mut record = record::<26, _>(String::with_capacity(600));
            record.reset().push_str(HEAD);
            measure(|| {
                let shared: Fields<26, Str> = std::mem::take(&mut record).into();
                record = Fields::new(shared.into_buf().into_string());
            })
        }),
        Row::thrifty("a field from elsewhere", "Fields<4>", NOTHING, || {
            let mut buf = LINE.to_owned();
            measure(|| {
                let given = std::mem::take(&mut buf);
                let refused = Fields::<4>::parse(given, |_, marks| marks.mark("elsewhere"));
                buf = refused.unwrap_err().buf;
            })
        }),
    ]
}

fn buf() -> String {
    black_box(HEAD).to_owned()
}

/// The count goes into the capacity that is left.
fn buf_str() -> Str {
    Str::from(buf())
}

fn record<const N: usize, B: AsRef<str>>(buf: B) -> Fields<N, B> {
    Fields::parse(buf, |text, marks| marks.extend(fields(text))).unwrap()
}

fn fields(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.split("\r\n").take_while(|line| !line.is_empty());
    let request = lines.next().unwrap_or_default();
    request.split(' ').take(2).chain(lines.flat_map(|line| line.splitn(2, ": ")))
}

fn read_line<const N: usize>(line: &mut Fields<N>) {
    let buf = line.reset();
    buf.clear();
    buf.push_str(black_box(LINE));
    line.mark(|text, marks| marks.extend(text.split(','))).unwrap();
}

fn one_field_after_five() -> Fields<4> {
    let mut line = Fields::new(String::with_capacity(80));
    read_line(&mut line);
    line.mark(|text, marks| marks.mark(text)).unwrap();
    line
}
