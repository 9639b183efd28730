//! The rows in PostgreSQL: the same answers as from memory, 503 while it is down, and back again.
//!
//! `./postgres.sh` starts the database. Where PostgreSQL is not installed these tests say so and pass.

mod support;

use std::net::TcpListener;

use support::Service;
use support::postgres::Postgres;

const VARIANTS: [&str; 3] = ["naive", "existing", "thrifty"];

fn booking(variant: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!("POST /{variant}/stock HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
    let rest = format!("content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
    [head, rest].concat().into_bytes()
}

#[test]
fn the_rows_are_the_same_as_in_memory() {
    let Some(postgres) = Postgres::start("same") else { return };
    let (stored, memory) = (Service::start(Some(&postgres.url), &[]), Service::start(None, &[]));
    for query in ["MS-0412", "TEA-GRN-500,BK-SQL-9,MN-27-4K,BK-SQL-9", "nothing", ""] {
        let expected = memory.get(&format!("/naive/stock?skus={query}"));
        assert_eq!(expected.status, 200);
        for variant in VARIANTS {
            let answer = stored.get(&format!("/{variant}/stock?skus={query}"));
            let what = format!("{variant} {query}");
            assert_eq!((answer.status, &answer.body), (200, &expected.body), "{what}");
        }
    }
    for variant in VARIANTS {
        assert_eq!(stored.get(&format!("/{variant}/stock?skus=MS-0412%00")).status, 400);
    }
    let body = r#"[{"sku":"MS-0412","change":-2},{"sku":"TEA-GRN-500","change":5}]"#;
    for variant in VARIANTS {
        let answer = stored.send(&booking(variant, body));
        assert_eq!((answer.status, &*answer.body), (200, r#"{"booked":2}"#), "{variant}");
    }
}

#[test]
fn it_is_503_while_the_database_is_down_and_recovers() {
    let Some(postgres) = Postgres::start("down") else { return };
    let service = Service::start(Some(&postgres.url), &[]);
    let path = |variant: &str| format!("/{variant}/stock?skus=MS-0412");
    let first = service.get(&path("thrifty"));
    assert_eq!(first.status, 200);
    postgres.stop();
    for variant in VARIANTS {
        let answer = service.get(&path(variant));
        assert_eq!(answer.status, 503, "{variant}: {answer:?}");
        assert!(answer.head.contains("retry-after: 1"), "{}", answer.head);
        assert!(answer.body.contains("does not answer"), "{}", answer.body);
    }
    // What needs no rows goes on.
    assert_eq!(service.get("/health").status, 200);
    postgres.start_again();
    for variant in VARIANTS {
        assert_eq!(service.wait_for(&path(variant), 200).body, first.body, "{variant}");
    }
}

/// Needs no database: nobody listens there.
#[test]
fn a_service_starts_without_its_database() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let service = Service::start(Some(&format!("postgres://nobody@127.0.0.1:{port}/none")), &[]);
    for variant in VARIANTS {
        assert_eq!(service.get(&format!("/{variant}/stock?skus=MS-0412")).status, 503);
        assert_eq!(
            service.send(&booking(variant, "[{\"sku\":\"MS-0412\",\"change\":1}]")).status,
            503
        );
    }
    assert_eq!(service.get("/health").status, 200);
}
