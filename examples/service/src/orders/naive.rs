//! What most back ends write: the framework's extractors, everything owned.
//!
//! No line here is wasteful on purpose. The state is cloned for each request, the header map too, the
//! query becomes a map of its own, and each part of the order and of the receipt is a `String`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{Query, State};
use http::{HeaderMap, StatusCode};

use crate::head::{media_type, trace_id};
use crate::refusal::Refusal;
use crate::support::Error;
use crate::support::naive::{Context, Order, Receipt, price};
use crate::support::rules::{self, App};

/// `POST /naive/orders`
pub(crate) async fn create_order(
    State(app): State<App>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    order: Result<Json<Order>, JsonRejection>,
) -> Result<Json<Receipt>, Refusal> {
    let context = Context::new(&app, &headers, "application/json")?;
    let Json(order) = order.map_err(refusal)?;
    let source = query.get("source").cloned().unwrap_or_default();
    tracing::debug!(source, request_id = context.request_id, "an order");

    let (parcels, totals) = price(&app, &order)?;
    let suffix = rules::order_suffix(context.idempotency_key.as_deref(), &context.request_id);
    let thanks = rules::thanks(context.language.as_deref());
    Ok(Json(Receipt {
        order_id: format!("{}-{}-{suffix}", app.region, context.tenant.code),
        message: format!(
            "{thanks}, {}! {} items from {}.",
            order.customer.name,
            order.items.len(),
            context.tenant.shop
        ),
        request_id: context.request_id,
        parcels,
        totals,
        metadata: order.metadata,
    }))
}

impl Context {
    /// Checks the head, and keeps what is needed of it.
    pub(crate) fn new(app: &App, headers: &HeaderMap, media: &str) -> Result<Self, Error> {
        let get = |name: &str| headers.get(name)?.to_str().ok().map(str::to_string);
        let content_type = get("content-type").ok_or(Error::MissingHeader("content-type"))?;
        if media_type(&content_type).to_lowercase() != media {
            return Err(Error::UnsupportedMediaType);
        }
        let authorization = get("authorization").ok_or(Error::MissingHeader("authorization"))?;
        let key = authorization.strip_prefix("Bearer ").ok_or(Error::Unauthorized)?;
        let tenant = app.tenants.get(key).cloned().ok_or(Error::Unauthorized)?;
        let traced = || trace_id(&get("traceparent")?).map(str::to_string);
        let request_id = get("x-request-id").or_else(traced);
        Ok(Self {
            tenant,
            request_id: request_id.ok_or(Error::MissingHeader("x-request-id"))?,
            language: get("accept-language"),
            idempotency_key: get("idempotency-key"),
        })
    }
}

/// What axum's extractor says, in the words of the service.
pub(crate) fn refusal(rejection: JsonRejection) -> Refusal {
    match rejection {
        JsonRejection::JsonDataError(_) => Refusal::BodyUnexpected,
        JsonRejection::JsonSyntaxError(_) => Refusal::BodyNotJson,
        JsonRejection::MissingJsonContentType(_) => Error::UnsupportedMediaType.into(),
        JsonRejection::BytesRejection(rejection) => bytes_refusal(&rejection),
        _ => Refusal::BodyIncomplete,
    }
}

/// What axum's extractor of a whole body says, in the words of the service.
pub(crate) fn bytes_refusal(rejection: &BytesRejection) -> Refusal {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::BodyTooLarge
    } else {
        Refusal::BodyIncomplete
    }
}
