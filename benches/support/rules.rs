//! The shop: what the service knows, and how an order is checked, priced and taxed.
//!
//! The rules work on single values and never on a variant's own types, so every variant calls
//! the same rules in the same order, and differs only in how it holds the data. Nothing here
//! allocates after [`App::new`], but for `App::clone`.

use core::fmt;
use core::hash::BuildHasherDefault;
use std::collections::{HashMap, hash_map::DefaultHasher};
use std::sync::Arc;

use super::error::Error;

/// The most lines an order may have.
pub const MAX_ITEMS: usize = 50;
/// The most pieces a line may have.
pub const MAX_QUANTITY: i64 = 999;

/// The map that everybody uses, with std's own hash function, but with the same keys in every
/// process. With random ones the order in which a map drops its strings differs from run to run,
/// and with it the work of the allocator: by up to a sixth of all instructions of `naive`.
pub type Map<V> = HashMap<String, V, BuildHasherDefault<DefaultHasher>>;

/// What the service keeps between requests: the `State<App>` of a web framework.
///
/// The tables are shared; a clone copies two short strings and two pointers.
#[derive(Clone, Debug)]
pub struct App {
    /// Where this process runs; the first part of every order number.
    pub region: String,
    /// The only currency that is accepted.
    pub currency: String,
    /// Products by article number.
    pub products: Arc<Map<Product>>,
    /// Tenants by API key.
    pub tenants: Arc<Map<Tenant>>,
}

/// A row of the price list.
#[derive(Clone, Debug)]
pub struct Product {
    /// Net price of one piece.
    pub price: Cents,
    /// Whether the reduced tax rate applies.
    pub reduced: bool,
    /// Where the product is shipped from.
    pub warehouse: String,
}

/// The owner of an API key.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Short name; part of every order number.
    pub code: String,
    /// The name that customers know.
    pub shop: String,
}

/// An amount of money. Displays with two decimals: `1234.05`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cents(pub u64);

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// API keys that the service accepts.
pub const API_KEYS: [(&str, &str, &str); 3] = [
    ("demo-key-acme-2f61c0", "acme", "Acme Tools"),
    ("demo-key-nord-77b3e9", "nord", "Nordlicht"),
    ("demo-key-lumo-c4d158", "lumo", "Lumo & Söhne"),
];

/// Article number, net price in cents, reduced tax rate, warehouse.
pub const PRICE_LIST: [(&str, u64, bool, &str); 16] = [
    ("KB-087-DE", 12_900, false, "CGN-1"),
    ("KB-104-UK", 13_900, false, "CGN-1"),
    ("MS-0412", 4_995, false, "CGN-1"),
    ("MN-27-4K", 42_900, false, "ROT-4"),
    ("MN-ARM-2", 8_950, false, "ROT-4"),
    ("DK-160-OAK", 61_500, false, "ROT-4"),
    ("CH-MESH-B", 28_800, false, "ROT-4"),
    ("HS-NC-700", 19_999, false, "CGN-1"),
    ("CB-USBC-2M", 1_290, false, "LEJ-2"),
    ("CB-HDMI-1M", 990, false, "LEJ-2"),
    ("HUB-7P", 3_475, false, "LEJ-2"),
    ("BK-RUST-3", 3_990, true, "LEJ-2"),
    ("BK-SQL-9", 4_450, true, "LEJ-2"),
    ("TEA-GRN-500", 1_685, true, "WAW-3"),
    ("COF-ARA-1K", 2_340, true, "WAW-3"),
    ("MUG-STEEL", 1_850, false, "WAW-3"),
];

impl App {
    /// Builds the tables.
    pub fn new() -> Self {
        let products = PRICE_LIST.iter().map(|&(number, price, reduced, warehouse)| {
            (number.into(), Product { price: Cents(price), reduced, warehouse: warehouse.into() })
        });
        let tenants = API_KEYS.iter().map(|&(key, code, shop)| {
            (key.into(), Tenant { code: code.into(), shop: shop.into() })
        });
        Self {
            region: "eu1".into(),
            currency: "EUR".into(),
            products: Arc::new(products.collect()),
            tenants: Arc::new(tenants.collect()),
        }
    }
}

/// How the service thanks for an order, by the first language that the caller accepts.
pub fn thanks(accept_language: Option<&str>) -> &'static str {
    match accept_language.and_then(|value| value.get(..2)) {
        Some("de") => "Vielen Dank",
        Some("fr") => "Merci",
        Some("pl") => "Dziękujemy",
        Some("ja") => "ありがとう",
        _ => "Thank you",
    }
}

/// What makes an order number unique: the start of the idempotency key, else of the request id.
pub fn order_suffix<'a>(idempotency_key: Option<&'a str>, request_id: &'a str) -> &'a str {
    let unique = idempotency_key.unwrap_or(request_id);
    unique.get(..8).unwrap_or(unique)
}

/// The running sums of one order.
#[derive(Debug)]
pub struct Tally {
    standard_rate: u64,
    reduced_rate: u64,
    coupon_percent: u64,
    lines: usize,
    standard: u64,
    reduced: u64,
}

/// The sums at the foot of a receipt.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Totals {
    /// Net sum of all lines.
    pub subtotal: Cents,
    /// What the coupon takes off.
    pub discount: Cents,
    /// Postage.
    pub shipping: Cents,
    /// Tax on the discounted lines.
    pub tax: Cents,
    /// What the customer pays.
    pub total: Cents,
}

impl Tally {
    /// Checks what concerns the whole order.
    pub fn open(
        app: &App,
        currency: &str,
        country: &str,
        coupon: Option<&str>,
        items: usize,
    ) -> Result<Self, Error> {
        if currency != app.currency {
            return Err(Error::Currency);
        }
        // In hundredths of a percent: standard, reduced.
        let (standard_rate, reduced_rate) = match country {
            "DE" => (1_900, 700),
            "FR" => (2_000, 550),
            "PL" => (2_300, 500),
            "AT" => (2_000, 1_000),
            "NL" => (2_100, 900),
            _ => return Err(Error::Country),
        };
        let coupon_percent = match coupon {
            None => 0,
            Some("SPRING10") => 10,
            Some("WELCOME5") => 5,
            Some(_) => return Err(Error::Coupon),
        };
        if items == 0 || items > MAX_ITEMS {
            return Err(Error::ItemCount);
        }
        Ok(Self { standard_rate, reduced_rate, coupon_percent, lines: 0, standard: 0, reduced: 0 })
    }

    /// Checks and prices the next line: its product and its net sum.
    pub fn line<'app>(
        &mut self,
        app: &'app App,
        article: &str,
        quantity: i64,
        discount: Option<i64>,
    ) -> Result<(&'app Product, Cents), Error> {
        let line = self.lines;
        self.lines += 1;
        let product = app.products.get(article).ok_or(Error::UnknownProduct(line))?;
        let pieces = u64::try_from(quantity).map_err(|_| Error::Quantity(line))?;
        if pieces == 0 || quantity > MAX_QUANTITY {
            return Err(Error::Quantity(line));
        }
        let percent = u64::try_from(discount.unwrap_or(0)).map_err(|_| Error::Discount(line))?;
        if percent > 90 {
            return Err(Error::Discount(line));
        }
        let net = share(product.price.0 * pieces, 100 - percent, 100);
        *(if product.reduced { &mut self.reduced } else { &mut self.standard }) += net;
        Ok((product, Cents(net)))
    }

    /// The sums, once all lines and the number of parcels are known.
    pub fn close(&self, shipments: usize) -> Totals {
        let subtotal = self.standard + self.reduced;
        let keep = 100 - self.coupon_percent;
        let (standard, reduced) = (share(self.standard, keep, 100), share(self.reduced, keep, 100));
        let goods = standard + reduced;
        let tax =
            share(standard, self.standard_rate, 10_000) + share(reduced, self.reduced_rate, 10_000);
        // 4.90 a parcel, free from 150.00.
        let shipping = if goods >= 15_000 { 0 } else { 490 * shipments as u64 };
        Totals {
            subtotal: Cents(subtotal),
            discount: Cents(subtotal - goods),
            shipping: Cents(shipping),
            tax: Cents(tax),
            total: Cents(goods + tax + shipping),
        }
    }
}

/// `amount * part / whole`, rounded half up.
fn share(amount: u64, part: u64, whole: u64) -> u64 {
    (amount * part + whole / 2) / whole
}
