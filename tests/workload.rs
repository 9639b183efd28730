//! The variants of the shared request workload are one service: the same bytes for the same
//! request, and the same error for the same fault.
#![cfg(all(feature = "inline", feature = "pool", feature = "share", feature = "std"))]

#[path = "../benches/support/mod.rs"]
mod support;

use std::collections::HashSet;

use support::{Error, Variant};

const ORDERS: usize = 400;

#[test]
fn names_are_unique_and_naive_is_first() {
    let variants = support::variants();
    let names: HashSet<_> = variants.iter().map(|variant| variant.name()).collect();
    assert_eq!(names.len(), variants.len());
    assert_eq!(variants[0].name(), "naive");
    for variant in &variants {
        assert!(!variant.about().is_empty());
        let found = support::variant(variant.name()).map(|found| found.about());
        assert_eq!(found, Some(variant.about()));
    }
    assert!(support::variant("nobody").is_none());
}

#[test]
fn the_embedded_request_is_as_documented() {
    let draft = support::request::Draft::embedded();
    assert_eq!(draft.bytes(), support::REQUEST, "request.http has lost its CRLF line ends");
    assert_eq!(draft.headers.len(), 14);
    assert!((700..=800).contains(&draft.body.len()), "{} bytes", draft.body.len());
    let order: serde_json::Value = serde_json::from_slice(&draft.body).unwrap();
    assert_eq!(order["items"].as_array().map(Vec::len), Some(8));
    assert_eq!(order["metadata"].as_object().map(serde_json::Map::len), Some(4));
}

#[test]
fn the_receipt_is_right() {
    for variant in &mut support::variants() {
        let receipt: serde_json::Value =
            serde_json::from_slice(variant.handle(support::REQUEST).unwrap()).unwrap();
        // 258.00 + 364.65 + 51.60 + 615.00 + 113.72 + 34.75 + 99.90 + 179.99 = 1717.61, of which
        // 113.72 are books; 10 percent off; 19 and 7 percent tax.
        let totals = serde_json::json!({
            "subtotal": "1717.61", "discount": "171.76", "shipping": "0.00",
            "tax": "281.43", "total": "1827.28",
        });
        assert_eq!(receipt["totals"], totals, "{}", variant.name());
        assert_eq!(receipt["order_id"], "eu1-acme-0b6f42aa");
        assert_eq!(receipt["message"], "Vielen Dank, Zoë Brandt! 8 items from Acme Tools.");
        let warehouses: Vec<_> = receipt["parcels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parcel| {
                (parcel["warehouse"].as_str().unwrap(), parcel["lines"][0]["sku"].clone())
            })
            .collect();
        assert_eq!(
            warehouses,
            [
                ("CGN-1", "KB-087-DE".into()),
                ("LEJ-2", "CB-USBC-2M".into()),
                ("ROT-4", "MN-27-4K".into()),
            ]
        );
    }
}

#[test]
fn the_corpus_is_varied_and_repeats() {
    let corpus = support::corpus(ORDERS);
    let distinct: HashSet<_> = corpus.iter().collect();
    assert_eq!(distinct.len(), ORDERS);
    assert_eq!(corpus, support::corpus(ORDERS));
    let mut naive = support::variant("naive").unwrap();
    let mut counts = HashSet::new();
    let mut warehouses = HashSet::new();
    for request in &corpus {
        let response = naive.handle(request).unwrap();
        let receipt: serde_json::Value = serde_json::from_slice(response).unwrap();
        let parcels = receipt["parcels"].as_array().unwrap();
        let lines: usize =
            parcels.iter().map(|parcel| parcel["lines"].as_array().unwrap().len()).sum();
        counts.insert(lines);
        warehouses.insert(parcels.len());
    }
    assert_eq!(counts, HashSet::from([5, 6, 7, 8, 9, 10]));
    assert!(warehouses.len() >= 3, "{warehouses:?}");
}

#[test]
fn an_amount_is_written_as_it_is_displayed() {
    use support::rules::Cents;
    let mut amounts = vec![0, 1, 9, 10, 99, 100, 101, 999, 1_000, 123_405, u64::MAX - 1, u64::MAX];
    amounts.extend((0..20).map(|power| 10_u64.pow(power)));
    for amount in amounts.into_iter().map(Cents) {
        assert_eq!(serde_json::to_string(&amount).unwrap(), format!("\"{amount}\""));
        let mut joined = Vec::new();
        support::json::amount(&mut joined, amount);
        assert_eq!(String::from_utf8(joined).unwrap(), amount.to_string());
    }
}

#[test]
fn a_joined_text_is_what_serde_json_writes() {
    let odd = (0..=0x80).chain([0xff, 0x100, 0x2028, 0x1_f6b2]).filter_map(char::from_u32);
    for odd in odd {
        for length in 0..20 {
            for at in 0..=length {
                let mut text = "x".repeat(length);
                text.insert(at, odd);
                let mut joined = Vec::new();
                support::json::text(&mut joined, &text).unwrap();
                assert_eq!(joined, serde_json::to_vec(&text).unwrap(), "{text:?}");
            }
        }
    }
}

#[test]
fn all_variants_send_the_same_bytes() {
    let mut requests = support::corpus(ORDERS);
    requests.push(support::REQUEST.to_vec());
    // Each request twice, in random order, so that a buffer that is not cleared shows.
    requests.extend_from_within(..);
    fastrand::Rng::with_seed(7).shuffle(&mut requests);
    let mut variants = support::variants();
    for request in &requests {
        let responses = answers(&mut variants, |variant| variant.handle(request));
        assert_same(&responses, request);
        assert!(responses[0].1.is_ok(), "{responses:?}\n{}", String::from_utf8_lossy(request));
    }
}

#[test]
fn all_variants_send_other_requests_back() {
    let mut requests = support::others();
    requests.extend_from_within(..);
    fastrand::Rng::with_seed(8).shuffle(&mut requests);
    let mut variants = support::variants();
    for (what, request) in &requests {
        let responses = answers(&mut variants, |variant| variant.handle_other(request));
        assert_same(&responses, request);
        let response = responses[0].1.as_ref().unwrap_or_else(|error| panic!("{what}: {error}"));
        let echo: serde_json::Value = serde_json::from_slice(response).unwrap();
        let json = ![
            "a GET",
            "no headers",
            "a form",
            "an image",
            "JSON without its type",
            "nothing",
            "null",
        ]
        .contains(what);
        assert_eq!(!echo["body"].is_null(), json, "{what}");
    }
    // The body comes back as `Value` would write it: that is what all of them agree on.
    let (_, order) = &support::others()[0];
    let echo: serde_json::Value =
        serde_json::from_slice(variants[0].handle_other(order).unwrap()).unwrap();
    let body = &support::request::Draft::embedded().body;
    assert_eq!(echo["body"], serde_json::from_slice::<serde_json::Value>(body).unwrap());
    assert_eq!(echo["headers"], 14);
    assert_eq!(echo["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
}

#[test]
fn malformed_requests_get_the_same_error_and_break_nothing() {
    let mut cases = support::malformed();
    assert!(cases.len() > 80, "{} cases", cases.len());
    fastrand::Rng::with_seed(9).shuffle(&mut cases);
    let mut variants = support::variants();
    let sound = variants[0].handle(support::REQUEST).unwrap().to_vec();
    for case in &cases {
        for variant in &mut variants {
            let name = variant.name();
            let result = variant.handle(&case.request).map(String::from_utf8_lossy);
            assert_eq!(result, Err(case.expected), "{name}: {}", case.what);
            assert_eq!(variant.handle(support::REQUEST), Ok(&sound[..]), "{name}: {}", case.what);
        }
    }
}

#[test]
fn malformed_other_requests_get_the_same_error_and_break_nothing() {
    let mut variants = support::variants();
    let sound = variants[0].handle_other(support::REQUEST).unwrap().to_vec();
    for case in &support::malformed_others() {
        for variant in &mut variants {
            let name = variant.name();
            let result = variant.handle_other(&case.request).map(String::from_utf8_lossy);
            assert_eq!(result, Err(case.expected), "{name}: {}", case.what);
            let again = variant.handle_other(support::REQUEST);
            assert_eq!(again, Ok(&sound[..]), "{name}: {}", case.what);
        }
    }
}

#[test]
fn every_cut_of_the_request_gets_the_same_answer() {
    let mut variants = support::variants();
    for end in 0..support::REQUEST.len() {
        let request = &support::REQUEST[..end];
        assert_same(&answers(&mut variants, |variant| variant.handle(request)), request);
        assert_same(&answers(&mut variants, |variant| variant.handle_other(request)), request);
    }
}

#[test]
fn every_flipped_byte_of_the_body_gets_the_same_answer() {
    let mut variants = support::variants();
    let mut request = support::REQUEST.to_vec();
    let body = request.len() - support::request::Draft::embedded().body.len();
    for at in body..request.len() {
        let byte = request[at];
        for flipped in [b'"', b'\\', 0xff, byte ^ 1] {
            request[at] = flipped;
            let orders = answers(&mut variants, |variant| variant.handle(&request));
            assert_same(&orders, &request);
            let echoes = answers(&mut variants, |variant| variant.handle_other(&request));
            assert_same(&echoes, &request);
        }
        request[at] = byte;
    }
}

type Answer = (&'static str, Result<Vec<u8>, Error>);

fn answers(
    variants: &mut [Box<dyn Variant>],
    mut serve: impl FnMut(&mut dyn Variant) -> Result<&[u8], Error>,
) -> Vec<Answer> {
    variants
        .iter_mut()
        .map(|variant| (variant.name(), serve(&mut **variant).map(<[u8]>::to_vec)))
        .collect()
}

fn assert_same(answers: &[Answer], request: &[u8]) {
    let (_, first) = &answers[0];
    for (name, answer) in &answers[1..] {
        assert_eq!(
            answer.as_deref().map(String::from_utf8_lossy),
            first.as_deref().map(String::from_utf8_lossy),
            "{name} and naive differ on:\n{}",
            String::from_utf8_lossy(request)
        );
    }
}
