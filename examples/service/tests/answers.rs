//! All three variants give the same bytes: to good requests, and to bad ones.

use thrifty_service::app;
use thrifty_service::in_process::InProcess;
use thrifty_service::self_test::wire;
use thrifty_service::store::Store;
use workload::request::{Draft, corpus};

#[path = "../../../benches/support/mod.rs"]
mod workload;

const VARIANTS: [&str; 3] = ["naive", "existing", "thrifty"];

fn service() -> InProcess {
    InProcess::new(app::router(Store::in_memory())).unwrap()
}

/// What all three answer to the request, whose path has `{}` in the place of their name.
fn same(service: &mut InProcess, request: &[u8], what: &str) -> (u16, Vec<u8>) {
    let at = request.windows(2).position(|two| two == b"{}").unwrap();
    let mut answers = VARIANTS.map(|variant| {
        let request = [&request[..at], variant.as_bytes(), &request[at + 2..]].concat();
        let (status, body) = service.exchange(&request).unwrap();
        (status, body.to_vec())
    });
    for (variant, (status, body)) in VARIANTS.iter().zip(&answers) {
        let text = String::from_utf8_lossy(body);
        assert!(answers[0] == (*status, body.clone()), "{variant}: {status} {text}: {what}");
    }
    std::mem::take(&mut answers[0])
}

fn order() -> Draft {
    let mut draft = Draft::embedded();
    draft.start = "POST /{}/orders?source=checkout HTTP/1.1".into();
    draft
}

fn protobuf() -> Draft {
    let bytes = wire("/{}/orders/protobuf");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let mut draft = Draft::embedded();
    draft.start = "POST /{}/orders/protobuf HTTP/1.1".into();
    draft.set("Content-Type", "application/x-protobuf");
    draft.set_body(&bytes[end + 4..]);
    draft
}

#[test]
fn the_order_of_the_benchmarks_has_the_receipt_of_the_benchmarks() {
    let (status, body) = same(&mut service(), &order().bytes(), "the embedded order");
    let mut naive = workload::variant("naive").unwrap();
    let receipt = naive.handle(workload::REQUEST).unwrap();
    assert_eq!((status, &*body), (200, receipt));
}

#[test]
fn two_hundred_different_orders() {
    let mut service = service();
    let mut accepted = 0;
    let mut refused = 0;
    for request in corpus(200) {
        let text = "POST /v1/orders";
        assert!(request.starts_with(text.as_bytes()));
        let request = [b"POST /{}/orders", &request[text.len()..]].concat();
        let (status, _) = same(&mut service, &request, &String::from_utf8_lossy(&request));
        accepted += usize::from(status == 200);
        // A third has a blank before the semicolon of its content type, some have two keys.
        refused += usize::from(matches!(status, 401 | 415));
    }
    assert!(accepted > 100 && accepted + refused == 200, "{accepted} accepted, {refused} refused");
}

#[test]
fn bad_heads() {
    let mut service = service();
    for (name, value, expected) in [
        ("Authorization", None, 400),
        ("Authorization", Some("Bearer nobody"), 401),
        ("Authorization", Some("Basic demo"), 401),
        ("Content-Type", None, 400),
        ("Content-Type", Some("text/plain"), 415),
        ("Content-Type", Some("Application/JSON"), 200),
        ("X-Request-Id", None, 200),
        ("Accept-Language", None, 200),
        ("Idempotency-Key", None, 200),
        ("Idempotency-Key", Some("short"), 200),
        ("Idempotency-Key", Some("żółć"), 200),
    ] {
        let mut draft = order();
        match value {
            Some(value) => draft.set(name, value),
            None => draft.remove(name),
        }
        let what = format!("{name}: {value:?}");
        let (status, body) = same(&mut service, &draft.bytes(), &what);
        assert_eq!(status, expected, "{what}: {}", body.escape_ascii());
    }
    let mut unnamed = order();
    unnamed.remove("X-Request-Id");
    unnamed.remove("Traceparent");
    assert_eq!(same(&mut service, &unnamed.bytes(), "no name").0, 400);
}

#[test]
fn bad_orders() {
    let mut service = service();
    for (part, by, expected) in [
        (r#""quantity":2}"#, r#""quantity":0}"#, 422),
        (r#""quantity":2}"#, r#""quantity":"2"}"#, 400),
        (r#""quantity":2}"#, r#""quantity":1e400}"#, 400),
        (r#""quantity":2}"#, r#""quantity":2,"note":null,"more":[1,{}]}"#, 200),
        (r#""discount":15"#, r#""discount":91"#, 422),
        ("KB-087-DE", "KB-087-XX", 422),
        ("KB-087-DE", r"KB\u002d087-DE", 200),
        (r#""currency":"EUR""#, r#""currency":"USD""#, 422),
        (r#""currency":"EUR","#, "", 400),
        (r#""coupon":"SPRING10""#, r#""coupon":"NEVER""#, 422),
        (r#""coupon":"SPRING10","#, "", 200),
        (r#""country":"DE""#, r#""country":"XX""#, 422),
        (r#"{"customer""#, r#"{{"customer""#, 400),
        (r#""cart":"b7f2-4410""#, r#""channel":"twice","":"\n\u0000""#, 200),
    ] {
        let mut draft = order();
        draft.replace(part, by);
        let (status, body) = same(&mut service, &draft.bytes(), by);
        assert_eq!(status, expected, "{part} -> {by}: {}", body.escape_ascii());
    }
    for body in [&b""[..], b"null", b"[]", b"{\"customer\":\"\xff\"}", b"{\"\xff\":1}"] {
        let mut draft = order();
        draft.set_body(body);
        assert_eq!(same(&mut service, &draft.bytes(), "no order").0, 400);
    }
}

#[test]
fn long_bodies() {
    let mut service = service();
    let mut draft = order();
    draft.replace("ring twice, please", &"x".repeat(40_000));
    assert_eq!(same(&mut service, &draft.bytes(), "in several pieces").0, 200);
    // The longest that is read to its end, and one byte more.
    for (length, expected) in [(2 << 20, 400), ((2 << 20) + 1, 413)] {
        let mut draft = order();
        draft.set_body("x".repeat(length));
        assert_eq!(same(&mut service, &draft.bytes(), "not JSON").0, expected, "{length}");
    }
    let mut draft = order();
    draft.replace("ring twice, please", &"x".repeat(3 << 20));
    // The service hangs up on what it did not read, so each variant has a connection of its own.
    let request = draft.bytes();
    let at = request.windows(2).position(|two| two == b"{}").unwrap();
    for variant in VARIANTS {
        let mut alone = self::service();
        let request = [&request[..at], variant.as_bytes(), &request[at + 2..]].concat();
        match alone.exchange(&request) {
            Ok((status, _)) => assert_eq!(status, 413, "{variant}"),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe, "{variant}"),
        }
    }
}

#[test]
fn protobuf_orders() {
    let mut service = service();
    let good = protobuf();
    assert_eq!(same(&mut service, &good.bytes(), "good").0, 200);
    let mut cut = good.clone();
    cut.set_body(&good.body[..good.body.len() - 1]);
    assert_eq!(same(&mut service, &cut.bytes(), "cut").0, 400);
    let mut json = good.clone();
    json.set("Content-Type", "application/json");
    assert_eq!(same(&mut service, &json.bytes(), "said to be JSON").0, 415);
    // Each text in turn is none: prost refuses a `String`, and we the `Bytes`.
    for text in ["C-20418", "Nils", "50674", "EUR", "24\" arm", "SPRING10", "campaign", "b7f2"] {
        let text = text.as_bytes();
        let at = good.body.windows(text.len()).position(|found| found == text).unwrap();
        let mut draft = good.clone();
        let mut body = good.body.clone();
        body[at] = 0xff;
        draft.set_body(body);
        let what = String::from_utf8_lossy(text);
        assert_eq!(same(&mut service, &draft.bytes(), &what).0, 400, "{what}");
    }
}

#[test]
fn stock_in_memory() {
    let mut service = service();
    let many = "A,".repeat(100);
    for (query, status) in [
        ("?skus=KB-087-DE,BK-SQL-9", 200),
        ("?skus=BK-SQL-9,KB-087-DE,BK-SQL-9,nothing", 200),
        ("?skus=KB%2D087-DE%2CBK-SQL-9", 200),
        ("?skus=&x=1", 200),
        ("?skus=a&skus=MS-0412", 200),
        ("?skus=%FF", 200),
        ("?skus=KB-087-DE%00", 400),
        ("", 400),
        ("?sku=KB-087-DE", 400),
        (&format!("?skus={many}"), 400),
    ] {
        let request = format!("GET /{{}}/stock{query} HTTP/1.1\r\nhost: x\r\n\r\n");
        let (got, body) = same(&mut service, request.as_bytes(), query);
        assert_eq!(got, status, "{query}: {}", body.escape_ascii());
    }
    let (_, rows) =
        same(&mut service, b"GET /{}/stock?skus=MS-0412 HTTP/1.1\r\nhost: x\r\n\r\n", "one row");
    assert_eq!(rows, br#"[{"sku":"MS-0412","quantity":102,"warehouse":"CGN-1"}]"#);
}

#[test]
fn bookings_in_memory() {
    let mut service = service();
    for (body, expected) in [
        (r#"[{"sku":"MS-0412","change":-2},{"sku":"TEA-GRN-500","change":5}]"#, 200),
        (r#"[{"sku":"MS\u002d0412","change":-2}]"#, 200),
        (r#"[{"sku":"MS-0412","change":-2},{"sku":"nothing","change":5}]"#, 422),
        (r#"[{"sku":"MS-0412"}]"#, 400),
        ("[]", 400),
        ("[", 400),
    ] {
        let mut draft = order();
        draft.start = "POST /{}/stock HTTP/1.1".into();
        draft.set_body(body);
        let (status, answer) = same(&mut service, &draft.bytes(), body);
        assert_eq!(status, expected, "{body}: {}", answer.escape_ascii());
    }
    let mut unnamed = order();
    unnamed.start = "POST /{}/stock HTTP/1.1".into();
    unnamed.remove("Content-Type");
    assert_eq!(same(&mut service, &unnamed.bytes(), "no content-type").0, 415);
}

#[test]
fn a_forecast_is_the_same_wherever_it_is_computed() {
    let mut service = service();
    let mut forecast = |route: &str| {
        let request = format!("GET /{route}/forecast?seed=7&months=3 HTTP/1.1\r\nhost: x\r\n\r\n");
        let (status, body) = service.exchange(request.as_bytes()).unwrap();
        assert_eq!(status, 200);
        body.to_vec()
    };
    assert_eq!(forecast("blocked"), forecast("offloaded"));
}
