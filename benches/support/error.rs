//! What can be wrong with a request: one small enum, the same from every variant.

use core::fmt;

/// Why a request was refused.
///
/// Lines are counted from 0, in the order of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The bytes end before the empty line that ends the head.
    TruncatedHead,
    /// The head is not HTTP/1.1.
    MalformedHead,
    /// The head has more header lines than [`MAX_HEADERS`](super::head::MAX_HEADERS).
    TooManyHeaders,
    /// The method or the path is not that of the order route.
    NoSuchRoute,
    /// A header that the route needs is absent, or its value is not text.
    MissingHeader(&'static str),
    /// `content-type` is not `application/json`.
    UnsupportedMediaType,
    /// `content-length` is not a number, or not that of the bytes received.
    ContentLength,
    /// `authorization` is not a bearer key that the service knows.
    Unauthorized,
    /// The body is not UTF-8.
    BodyNotUtf8,
    /// The body is not JSON.
    BodyNotJson,
    /// A number in the body is JSON, and larger than a 64-bit float can be: `1e400`.
    BodyNumberTooLarge,
    /// The body is JSON, but not an order: a field is missing, twice there, or of another type.
    BodyNotAnOrder,
    /// The order's currency is not the service's.
    Currency,
    /// The service does not sell to this country.
    Country,
    /// There is no such coupon.
    Coupon,
    /// The order has no items or more than [`MAX_ITEMS`](super::rules::MAX_ITEMS).
    ItemCount,
    /// No product has the article number of this line.
    UnknownProduct(usize),
    /// The quantity of this line is below 1 or above the limit.
    Quantity(usize),
    /// The discount of this line is not within 0 to 90 percent.
    Discount(usize),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TruncatedHead => f.write_str("the request ends inside its head"),
            Self::MalformedHead => f.write_str("the head is not HTTP/1.1"),
            Self::TooManyHeaders => {
                write!(f, "the head has more than {} headers", super::head::MAX_HEADERS)
            }
            Self::NoSuchRoute => f.write_str("the route is POST /v1/orders"),
            Self::MissingHeader(name) => write!(f, "the header {name} is missing"),
            Self::UnsupportedMediaType => f.write_str("content-type must be application/json"),
            Self::ContentLength => f.write_str("content-length is not the length of the body"),
            Self::Unauthorized => f.write_str("authorization holds no known key"),
            Self::BodyNotUtf8 => f.write_str("the body is not UTF-8"),
            Self::BodyNotJson => f.write_str("the body is not JSON"),
            Self::BodyNumberTooLarge => {
                f.write_str("a number in the body is too large for any variant, as 1e400 is")
            }
            Self::BodyNotAnOrder => f.write_str("the body is not an order"),
            Self::Currency => f.write_str("the order is in a currency that is not accepted"),
            Self::Country => f.write_str("the country is not delivered to"),
            Self::Coupon => f.write_str("there is no such coupon"),
            Self::ItemCount => {
                write!(f, "an order has 1 to {} items", super::rules::MAX_ITEMS)
            }
            Self::UnknownProduct(line) => write!(f, "items[{line}]: no such product"),
            Self::Quantity(line) => {
                write!(f, "items[{line}]: a quantity is 1 to {}", super::rules::MAX_QUANTITY)
            }
            Self::Discount(line) => write!(f, "items[{line}]: a discount is 0 to 90 percent"),
        }
    }
}

impl core::error::Error for Error {}

impl From<httparse::Error> for Error {
    fn from(error: httparse::Error) -> Self {
        match error {
            httparse::Error::TooManyHeaders => Self::TooManyHeaders,
            _ => Self::MalformedHead,
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() {
            return Self::BodyNotAnOrder;
        }
        // To `serde_json` that is a fault of the syntax, and only its text tells it from others.
        if error.to_string().starts_with("number out of range") {
            return Self::BodyNumberTooLarge;
        }
        Self::BodyNotJson
    }
}

impl From<core::str::Utf8Error> for Error {
    fn from(_: core::str::Utf8Error) -> Self {
        Self::BodyNotUtf8
    }
}
