//! Requests that are no orders: malformed ones, each with its error, and sound ones of another
//! shape.

use super::error::Error;
use super::request::{Draft, REQUEST};

/// A request that every variant refuses with the same error.
#[derive(Debug)]
pub struct Malformed {
    pub what: String,
    pub request: Vec<u8>,
    pub expected: Error,
}

/// Requests with one thing wrong in each.
pub fn malformed() -> Vec<Malformed> {
    let mut cases = heads();
    cases.extend(header_checks());
    cases.extend(bodies());
    cases.extend(missing_fields());
    cases.extend(wrong_types());
    cases.extend(broken_rules());
    cases
}

fn case(what: impl Into<String>, request: impl Into<Vec<u8>>, expected: Error) -> Malformed {
    Malformed { what: what.into(), request: request.into(), expected }
}

/// The embedded request with a change.
fn changed(what: &str, expected: Error, change: impl FnOnce(&mut Draft)) -> Malformed {
    let mut draft = Draft::embedded();
    change(&mut draft);
    case(what, draft.bytes(), expected)
}

/// The embedded request with a part of its body replaced.
fn replaced(part: &str, by: &str, expected: Error) -> Malformed {
    changed(&format!("{part} becomes {by}"), expected, |draft| draft.replace(part, by))
}

fn heads() -> Vec<Malformed> {
    let head = REQUEST.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_default();
    let mut cases = vec![
        case("nothing", "", Error::TruncatedHead),
        case("half a word", "PO", Error::TruncatedHead),
        case("no HTTP", "\x16\x03\x01\x02\x00\x01", Error::MalformedHead),
        case("no version", "POST /v1/orders\r\n\r\n", Error::MalformedHead),
        case("no colon", "POST /v1/orders HTTP/1.1\r\nhost\r\n\r\n", Error::MalformedHead),
        case("a space in a name", "GET / HTTP/1.1\r\na b: c\r\n\r\n", Error::MalformedHead),
        changed("33 headers", Error::TooManyHeaders, |draft| {
            for number in draft.headers.len()..33 {
                draft.set(&format!("x-extra-{number}"), "");
            }
        }),
        changed("a GET", Error::NoSuchRoute, |draft| {
            draft.start = "GET /v1/orders HTTP/1.1".into();
        }),
        changed("a longer path", Error::NoSuchRoute, |draft| {
            draft.start = "POST /v1/orders/7 HTTP/1.1".into();
        }),
    ];
    for end in [20, head / 2, head, head + 3] {
        cases.push(case(format!("cut at {end}"), &REQUEST[..end], Error::TruncatedHead));
    }
    cases
}

fn header_checks() -> Vec<Malformed> {
    let mut cases = vec![
        changed("no request id", Error::MissingHeader("x-request-id"), |draft| {
            draft.remove("x-request-id");
            draft.remove("traceparent");
        }),
        changed("a request id that is no text", Error::MissingHeader("x-request-id"), |draft| {
            draft.set("x-request-id", b"\xc3\x28");
            draft.remove("traceparent");
        }),
        changed("a form", Error::UnsupportedMediaType, |draft| {
            draft.set("content-type", "application/x-www-form-urlencoded");
        }),
        changed("another key", Error::Unauthorized, |draft| {
            draft.set("authorization", "Bearer demo-key-acme-2f61c1");
        }),
        changed("no bearer", Error::Unauthorized, |draft| {
            draft.set("authorization", "Basic ZGVtbzpkZW1v");
        }),
        changed("a body that is cut", Error::ContentLength, |draft| {
            draft.body.pop();
        }),
        changed("a body that goes on", Error::ContentLength, |draft| draft.body.push(b'\n')),
    ];
    for name in ["content-type", "content-length", "authorization"] {
        cases.push(changed(&format!("no {name}"), Error::MissingHeader(name), |draft| {
            draft.remove(name);
        }));
    }
    for length in ["", "-1", "many", "1e3", "99999999999999999999999"] {
        cases.push(changed(&format!("content-length {length}"), Error::ContentLength, |draft| {
            draft.set("content-length", length);
        }));
    }
    cases
}

fn bodies() -> Vec<Malformed> {
    let mut cases = vec![
        changed("Latin 1", Error::BodyNotUtf8, |draft| {
            let text = String::from_utf8_lossy(&draft.body).replace('ë', "\u{1}");
            let latin = text.bytes().map(|byte| if byte == 1 { 0xeb } else { byte });
            draft.set_body(latin.collect::<Vec<u8>>());
        }),
        changed("bad UTF-8 in an unknown field", Error::BodyNotUtf8, |draft| {
            let mut body = b"{\"x\":\"\xff\",".to_vec();
            body.extend_from_slice(&draft.body[1..]);
            draft.set_body(body);
        }),
        changed("half the JSON", Error::BodyNotJson, |draft| {
            draft.set_body(&draft.body[..draft.body.len() / 2].to_vec()[..]);
        }),
        replaced(r#""currency":"#, r#""currency""#, Error::BodyNotJson),
        replaced(r#"24\" arm"#, r"24\x arm", Error::BodyNotJson),
        replaced(r#"24\" arm"#, r"\ud83d alone", Error::BodyNotJson),
        replaced(r#"24\" arm"#, "a\nline", Error::BodyNotJson),
        replaced(r#""quantity":2"#, r#""quantity":02"#, Error::BodyNotJson),
        replaced(r#""quantity":2"#, r#""quantity":1e400"#, Error::BodyNumberTooLarge),
    ];
    for body in ["", " ", "order=1", "{}{}", "{'a':1}", "[", "nul"] {
        cases.push(changed(&format!("body {body}"), Error::BodyNotJson, |draft| {
            draft.set_body(body);
        }));
    }
    // `{}` alone is JSON, and lacks all fields; what follows it is never reached.
    if let Some(case) = cases.iter_mut().find(|case| case.what == "body {}{}") {
        case.expected = Error::BodyNotAnOrder;
    }
    cases.push(changed("an order and more", Error::BodyNotJson, |draft| {
        let mut body = draft.body.clone();
        body.extend_from_slice(b" ,");
        draft.set_body(body);
    }));
    cases
}

fn missing_fields() -> Vec<Malformed> {
    let keys = [
        "customer", "id", "name", "email", "ship_to", "street", "city", "postcode", "country",
        "currency", "items", "sku", "quantity", "metadata",
    ];
    let renamed =
        |key| replaced(&format!("\"{key}\":"), &format!("\"no_{key}\":"), Error::BodyNotAnOrder);
    keys.into_iter().map(renamed).collect()
}

fn wrong_types() -> Vec<Malformed> {
    let changes = [
        (r#""quantity":2"#, r#""quantity":"2""#),
        (r#""quantity":2"#, r#""quantity":2.5"#),
        (r#""quantity":2"#, r#""quantity":null"#),
        (r#""quantity":2"#, r#""quantity":99999999999999999999"#),
        (r#""quantity":2"#, r#""quantity":2,"quantity":2"#),
        (r#""discount":15"#, r#""discount":true"#),
        (r#""currency":"EUR""#, r#""currency":978"#),
        (r#""currency":"EUR""#, r#""currency":null"#),
        (r#""currency":"EUR""#, r#""currency":"EUR","currency":"EUR""#),
        (r#""coupon":"SPRING10""#, r#""coupon":["SPRING10"]"#),
        (r#""channel":"web""#, r#""channel":7"#),
        (r#""channel":"web""#, r#""channel":null"#),
        (r#""metadata":{"#, r#""metadata":"m","x":{"#),
        (r#""metadata":{"#, r#""metadata":[],"x":{"#),
        (r#""items":["#, r#""items":{},"x":["#),
        (r#""items":["#, r#""items":[7,"#),
    ];
    changes.map(|(part, by)| replaced(part, by, Error::BodyNotAnOrder)).into()
}

fn broken_rules() -> Vec<Malformed> {
    let third = r#""CB-USBC-2M","quantity":4"#;
    let mut cases = vec![
        replaced(r#""EUR""#, r#""USD""#, Error::Currency),
        replaced(r#""country":"DE""#, r#""country":"XX""#, Error::Country),
        replaced(r#""country":"DE""#, r#""country":"de""#, Error::Country),
        replaced("SPRING10", "SPRING99", Error::Coupon),
        replaced("SPRING10", "", Error::Coupon),
        replaced(r#""items":["#, r#""items":[],"x":["#, Error::ItemCount),
        replaced("KB-087-DE", "KB-087-XX", Error::UnknownProduct(0)),
        replaced("CB-USBC-2M", r"CB\nUSBC", Error::UnknownProduct(2)),
        replaced(r#""discount":15"#, r#""discount":91"#, Error::Discount(1)),
        replaced(r#""discount":15"#, r#""discount":-1"#, Error::Discount(1)),
        changed("51 items", Error::ItemCount, |draft| {
            let more = r#"{"sku":"HUB-7P","quantity":1},"#.repeat(43);
            draft.replace(r#""items":["#, &format!(r#""items":[{more}"#));
        }),
    ];
    for quantity in ["0", "-4", "1000", "-9223372036854775808"] {
        let by = third.replace('4', quantity);
        cases.push(replaced(third, &by, Error::Quantity(2)));
    }
    cases
}

/// Sound requests whose bodies are no orders, as a reader may have captured them.
pub fn others() -> Vec<(&'static str, Vec<u8>)> {
    let json = |body: &str| {
        let mut draft = Draft::embedded();
        draft.set_body(body);
        draft.bytes()
    };
    let as_type = |content_type: &str, body: &[u8]| {
        let mut draft = Draft::embedded();
        draft.set_body(body);
        draft.set("content-type", content_type);
        draft.bytes()
    };
    let with_newline = [REQUEST, b"\r\n"].concat();
    let nested = format!("{}1{}", "[{\"k\":".repeat(40), "}]".repeat(40));
    vec![
        ("the order itself", REQUEST.into()),
        ("with the line end of an editor", with_newline),
        ("a GET", "GET /health HTTP/1.1\r\nHost: a\r\nX-Request-Id: 7\r\n\r\n".into()),
        ("no headers", "GET / HTTP/1.0\r\n\r\n".into()),
        ("bare line feeds", "PUT /x HTTP/1.1\ncontent-type: text/json\n\n[1]".into()),
        ("a form", as_type("application/x-www-form-urlencoded", b"a=1&b=%C3%A9")),
        ("an image", as_type("image/png", b"\x89PNG\r\n\x1a\n\x00\xff")),
        ("JSON without its type", as_type("", b"{\"a\":1}")),
        ("a problem", as_type("application/problem+json; v=1", br#"{"title":"Out of stock"}"#)),
        ("nothing", json("")),
        ("a string", json(r#""caf\u00e9 \ud83d\ude80 \/ \"x\"""#)),
        ("a literal", json(" true ")),
        ("null", json("null")),
        (
            "numbers",
            json(
                "[0,-0,-0.0,1.0,1e3,1E-7,-7,18446744073709551615,18446744073709551616,\
             -9223372036854775808,-9223372036854775809,0.1,1e300,123456789.125]",
            ),
        ),
        ("keys out of order", json(r#"{"z":1,"a":{"b":[],"a":{}},"é":2,"B":3,"":4}"#)),
        ("keys twice", json(r#"{"a":1,"b":2,"a":{"x":1,"x":2},"\u0061":3,"b":[null]}"#)),
        ("a long list", json(&format!("[{}0]", r#"{"id":7,"tags":["x","y\n"]},"#.repeat(40)))),
        (
            "many keys",
            json(&{
                let members: Vec<String> =
                    (0..60).map(|number| format!("\"k{}\":{number}", number * 37 % 50)).collect();
                format!("{{{}}}", members.join(", "))
            }),
        ),
        ("deep", json(&nested)),
    ]
}

/// Requests that no variant can even send back, each with its error.
pub fn malformed_others() -> Vec<Malformed> {
    let mut cases: Vec<Malformed> = heads();
    cases.retain(|case| case.expected != Error::NoSuchRoute);
    cases.extend(bodies().into_iter().filter(|case| {
        matches!(case.expected, Error::BodyNotUtf8) || case.what == "half the JSON"
    }));
    cases.push(changed("a body that is cut", Error::ContentLength, |draft| {
        draft.body.pop();
    }));
    cases.push(changed("JSON too deep", Error::BodyNotJson, |draft| {
        draft.set_body("[".repeat(200));
    }));
    for body in ["1e400", "[0,-1e400]", r#"{"a":{"b":1e309}}"#] {
        cases.push(changed(body, Error::BodyNumberTooLarge, |draft| draft.set_body(body)));
    }
    cases.push(changed("two values", Error::BodyNotJson, |draft| draft.set_body("{} {}")));
    cases
}
