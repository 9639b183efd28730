//! The requests: one that is committed as a file, and as many different valid ones as asked for.

use fastrand::Rng;

use super::rules::{API_KEYS, PRICE_LIST};

/// The request that all figures are about: what a browser sends through two proxies.
pub const REQUEST: &[u8] = include_bytes!("request.http");

/// `count` valid orders, all different, the same on every call.
///
/// They differ in the number, order, spelling and values of the headers; in the number of items,
/// which is 5 to 10, and of metadata entries, 0 to 6, some twice; in escapes and scripts; in
/// discounts, coupons, countries and tenants; in the order of the fields, in fields that are
/// `null`, absent or unknown, and in white space.
pub fn corpus(count: usize) -> Vec<Vec<u8>> {
    let mut rng = Rng::with_seed(0x0b6f_42aa);
    (0..count).map(|serial| any_draft(&mut rng, serial).bytes()).collect()
}

/// A request that can be changed piece by piece before it is written out.
#[derive(Clone, Debug)]
pub struct Draft {
    pub start: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Draft {
    /// The pieces of [`REQUEST`].
    pub fn embedded() -> Self {
        let text = str::from_utf8(REQUEST).expect("request.http is UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").expect("request.http has CRLF lines");
        let mut lines = head.split("\r\n");
        let start = lines.next().unwrap_or_default().to_owned();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").expect("a header has a colon");
            (name.to_owned(), value.into())
        });
        Self { start, headers: headers.collect(), body: body.into() }
    }

    /// The request as it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2048);
        bytes.extend_from_slice(self.start.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        for (name, value) in &self.headers {
            for part in [name.as_bytes(), b": ", value, b"\r\n"] {
                bytes.extend_from_slice(part);
            }
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Replaces a header, or adds it.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Takes a header out.
    pub fn remove(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// Replaces the body, and `content-length` with it.
    pub fn set_body(&mut self, body: impl Into<Vec<u8>>) {
        self.body = body.into();
        self.set("content-length", self.body.len().to_string());
    }

    /// Replaces a part of the body that must be there.
    pub fn replace(&mut self, part: &str, by: &str) {
        let body = str::from_utf8(&self.body).expect("the body is UTF-8");
        assert!(body.contains(part), "the body has no {part}");
        self.set_body(body.replacen(part, by, 1));
    }
}

/// String contents as they stand in JSON, with every kind of escape.
const WORDS: [&str; 16] = [
    "Zoë Brandt",
    "Ana-María",
    r"Zo\u00eb",
    r#"24\" arm, \"left\""#,
    r"line one\nline two\twith tab",
    r"C:\\temp\\label.txt",
    r"and\/or",
    "Łódź",
    "渋谷区神南1-19-11",
    r"rocket \ud83d\ude80!",
    "🚲 bicycle",
    "",
    "plain words, nothing to escape",
    r"\u0001\u001f\b\f\r",
    "Kraków, ul. Długa 12 m. 4, domofon nie działa, proszę dzwonić",
    r"\u201cquoted\u201d and quite a bit longer than any short string is",
];

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15",
    "curl/8.9.1",
    "shop-backend/3.2 (+https://shop.example.com)",
];

const LANGUAGES: [&str; 6] = ["de-DE,de;q=0.8", "fr", "pl, en;q=0.5", "ja-JP", "en-GB", "*"];

const KEYS: [&str; 8] =
    ["channel", "campaign", "cart", "delivery", "gift", "z", r"\u006bey", "Straße"];

fn any_draft(rng: &mut Rng, serial: usize) -> Draft {
    let mut draft = Draft {
        start: "POST /v1/orders HTTP/1.1".to_owned(),
        headers: Vec::new(),
        body: any_order(rng, serial).into(),
    };
    if rng.bool() {
        draft.start = format!("POST /v1/orders?try={serial} HTTP/1.1");
    }
    let id = rng.u128(..);
    let (key, ..) = pick(rng, &API_KEYS);
    draft.set("Host", "api.example.com");
    draft.set("User-Agent", pick(rng, &AGENTS));
    draft.set("Accept", "application/json, text/plain, */*");
    draft.set("Accept-Encoding", "gzip, deflate, br, zstd");
    draft.set("Content-Length", draft.body.len().to_string());
    draft.set("Authorization", format!("Bearer {key}"));
    draft.set("X-Forwarded-For", format!("203.0.113.{}, 10.1.0.12", rng.u8(..)));
    draft.set(
        "Content-Type",
        pick(
            rng,
            &["application/json", "application/json; charset=utf-8", "Application/JSON ;v=1"],
        ),
    );
    // At least one of the two names the request.
    let named = rng.u8(0..3);
    if named != 0 {
        draft.set("X-Request-Id", format!("{id:032x}"));
    }
    if named != 1 {
        draft.set("Traceparent", format!("00-{id:032x}-{:016x}-01", rng.u64(..)));
    }
    if rng.bool() {
        draft.set("Idempotency-Key", pick(rng, &["0b6f42aa-7c1d", "short", "żółć-żółć-żółć"]));
    }
    if rng.bool() {
        draft.set("Accept-Language", pick(rng, &LANGUAGES));
    }
    for extra in ["Origin", "Referer", "Cookie", "DNT", "Sec-Fetch-Mode", "X-Forwarded-Proto"] {
        if rng.bool() {
            draft.set(extra, format!("value-{}", rng.u16(..)));
        }
    }
    rng.shuffle(&mut draft.headers);
    if rng.u8(0..8) == 0 {
        // Of two lines with one name the last counts, and a value that is not text never does.
        draft.headers.insert(0, ("authorization".into(), b"Bearer of the first line".into()));
        draft.headers.push(("AUTHORIZATION".into(), b"\xff\xfe".into()));
    }
    match rng.u8(0..3) {
        0 => draft.headers.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase()),
        1 => draft.headers.iter_mut().for_each(|(name, _)| name.make_ascii_uppercase()),
        _ => {}
    }
    draft
}

fn any_order(rng: &mut Rng, serial: usize) -> String {
    let mut fields = vec![
        member("customer", &any_customer(rng, serial)),
        member("ship_to", &any_address(rng)),
        member("currency", r#""EUR""#),
        member("items", &any_items(rng)),
        member("metadata", &any_metadata(rng)),
    ];
    match rng.u8(0..4) {
        0 => fields.push(member("coupon", r#""SPRING10""#)),
        1 => fields.push(member("coupon", r#""WELCOME\u0035""#)),
        2 => fields.push(member("coupon", "null")),
        _ => {}
    }
    if rng.bool() {
        fields.push(member("client", r#"{"build":[1,-2.5e3,true,null],"ok":{"\n":""}}"#));
    }
    rng.shuffle(&mut fields);
    let order = object(&fields);
    if rng.bool() { order } else { order.replace(",\"", ",\n  \"") }
}

fn any_customer(rng: &mut Rng, serial: usize) -> String {
    let mut fields = vec![
        member("id", &format!("\"C-{serial}\"")),
        member("name", &word(rng)),
        member("email", &format!("\"customer.{serial}@example.org\"")),
    ];
    if rng.bool() {
        fields.push(member("phone", pick(rng, &["null", r#""+49 221 555 0142""#])));
    }
    object(&fields)
}

fn any_address(rng: &mut Rng) -> String {
    let country = pick(rng, &["DE", "FR", "PL", "AT", r"\u004eL"]);
    object(&[
        member("name", &word(rng)),
        member("street", &word(rng)),
        member("city", &word(rng)),
        member("postcode", &format!("\"{:05}\"", rng.u32(..100_000))),
        member("country", &format!("\"{country}\"")),
    ])
}

fn any_items(rng: &mut Rng) -> String {
    let items: Vec<String> = (0..rng.usize(5..=10))
        .map(|_| {
            let (article, ..) = pick(rng, &PRICE_LIST);
            let escaped = article.replacen('-', r"\u002d", usize::from(rng.u8(0..8) == 0));
            let mut fields = vec![
                member("sku", &format!("\"{escaped}\"")),
                member("quantity", &rng.u16(1..=999).to_string()),
            ];
            if rng.bool() {
                fields.push(member("discount", pick(rng, &["null", "0", "15", "90"])));
            }
            if rng.bool() {
                fields.push(member("note", &word(rng)));
            }
            rng.shuffle(&mut fields);
            object(&fields)
        })
        .collect();
    format!("[{}]", items.join(","))
}

fn any_metadata(rng: &mut Rng) -> String {
    let entries: Vec<String> =
        (0..rng.usize(0..=6)).map(|_| member(pick(rng, &KEYS), &word(rng))).collect();
    object(&entries)
}

fn word(rng: &mut Rng) -> String {
    format!("\"{}\"", pick(rng, &WORDS))
}

fn pick<T: Copy>(rng: &mut Rng, choices: &[T]) -> T {
    choices[rng.usize(..choices.len())]
}

fn member(key: &str, value: &str) -> String {
    format!("\"{key}\":{value}")
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}
