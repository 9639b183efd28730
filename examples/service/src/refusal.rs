//! Why a request was refused: a status and a sentence, the same from every variant.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::store::StoreError;
use crate::support;

/// A request that gets no answer but a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The shop's own rules.
    Shop(support::Error),
    /// The body is longer than [`MAX_BODY`](crate::body::MAX_BODY).
    BodyTooLarge,
    /// The connection broke before the body was complete.
    BodyIncomplete,
    /// The body is not JSON.
    BodyNotJson,
    /// The body is JSON, but a field is missing, twice there, or of another type.
    BodyUnexpected,
    /// The body is not the protobuf message of this route.
    BodyNotProtobuf,
    /// The query has no `skus`, or more than [`MAX_SKUS`](crate::stock::MAX_SKUS).
    Skus,
    /// The list of movements is empty or too long.
    Movements,
    /// The database does not answer.
    StoreUnavailable,
    /// The database answers, but refuses the statement.
    StoreFailed,
}

impl Refusal {
    /// The status of the response.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Shop(support::Error::Unauthorized) => StatusCode::UNAUTHORIZED,
            Self::Shop(support::Error::UnsupportedMediaType) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::StoreFailed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Shop(
                support::Error::Currency
                | support::Error::Country
                | support::Error::Coupon
                | support::Error::ItemCount
                | support::Error::UnknownProduct(_)
                | support::Error::Quantity(_)
                | support::Error::Discount(_),
            ) => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// What the caller is told.
    pub(crate) fn reason(self) -> String {
        let text = match self {
            Self::Shop(error) => return error.to_string(),
            Self::BodyTooLarge => "the body has more than 2 MiB",
            Self::BodyIncomplete => "the body is not complete",
            Self::BodyNotJson => "the body is not JSON",
            Self::BodyUnexpected => "the body is JSON, but not what this route takes",
            Self::BodyNotProtobuf => "the body is not an order in protobuf",
            Self::Skus => "the query is skus=A,B,C with 1 to 100 article numbers",
            Self::Movements => "a booking has 1 to 100 movements",
            Self::StoreUnavailable => "the database does not answer: try again in a second",
            Self::StoreFailed => "the database refused: the log says why",
        };
        text.to_owned()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.reason() }));
        let mut response = (self.status(), body).into_response();
        if self == Self::StoreUnavailable {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<support::Error> for Refusal {
    fn from(error: support::Error) -> Self {
        Self::Shop(error)
    }
}

/// To a caller a body is JSON or not, and if it is, what is asked for or not.
impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() { Self::BodyUnexpected } else { Self::BodyNotJson }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable => Self::StoreUnavailable,
            StoreError::Failed => Self::StoreFailed,
        }
    }
}
