//! An HTTP head into 26 fields: owned `String`s, borrowed `&str`s, a record. One parser for all.
//!
//! ```text
//! cargo bench --bench fields
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::alloc::System;
use std::hint::black_box;
use thrifty::meter::Metered;
use thrifty::share::{Fields, Str};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const HEADERS: usize = 12;

fn main() {
    rows::run(|criterion| {
        head(criterion);
        csv(criterion);
    });
}

fn head(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "fields/head");
    let text = include_str!("support/request.http").replace('\n', "\r\n").replace("\r\r", "\r");
    let lines: Vec<&str> = text.split_inclusive("\r\n").take(1 + HEADERS).collect();
    let head = lines.concat() + "\r\n";
    let head = &*head;

    let record = Fields::<26>::parse(head.into(), |text, marks| parse(text, |f| marks.mark(f)));
    let record = record.unwrap();
    let mut borrowed = Vec::new();
    parse(head, |field| borrowed.push(field));
    assert_eq!(borrowed.len(), 26);
    assert!(record.iter().eq(borrowed));

    rows.group.throughput(Throughput::Bytes(head.len().try_into().unwrap()));
    rows.row("std, String", 26, |_| {
        let buf = String::from(black_box(head));
        let mut all = Vec::<String>::with_capacity(26);
        parse(&buf, |field| all.push(field.into()));
        (buf, all)
    });
    rows.row("std, borrowed", 26, |_| {
        let buf = String::from(black_box(head));
        let mut all = Vec::<&str>::with_capacity(26);
        parse(&buf, |field| all.push(field));
        black_box(&all).len()
    });
    rows.row("thrifty", 26, |_| {
        let buf = String::from(black_box(head));
        Fields::<26>::parse(buf, |text, marks| parse(text, |field| marks.mark(field)))
    });
    rows.row("thrifty, Str", 26, |_| {
        let buf = Str::from(String::from(black_box(head)));
        Fields::<26, _>::parse(buf, |text, marks| parse(text, |field| marks.mark(field)))
    });
}

fn csv(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "fields/csv");
    let line = "4711,Zoë Brandt,Lindenstraße 12,Köln,DE";
    let reused = std::cell::RefCell::new(Fields::<8>::new(String::new()));
    let reusing = || {
        let mut fields = reused.borrow_mut();
        let buf = fields.reset();
        buf.clear();
        buf.push_str(black_box(line));
        fields.mark(|text, marks| marks.extend(text.split(','))).unwrap();
        fields.len()
    };
    assert_eq!(reusing(), 5);
    assert!(reused.borrow().iter().eq(line.split(',')));

    rows.group.throughput(Throughput::Bytes(line.len().try_into().unwrap()));
    rows.row("std, String", 5, |_| {
        black_box(line).split(',').map(String::from).collect::<Vec<_>>()
    });
    rows.row("thrifty, reused", 5, |_| reusing());
}

/// Method, path, then name and value of each header.
fn parse<'t>(head: &'t str, mut field: impl FnMut(&'t str)) {
    let mut lines = head.split("\r\n").take_while(|line| !line.is_empty());
    lines.next().unwrap_or_default().split(' ').take(2).for_each(&mut field);
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        field(name);
        field(value.trim_ascii_start());
    }
}
