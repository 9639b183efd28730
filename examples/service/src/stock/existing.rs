//! One statement for all rows: `= ANY` to read, `unnest` to write. As in the order route the body is
//! parsed without axum's extractor, which remembers the path to each field for its messages.

use axum::body::to_bytes;
use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use compact_str::CompactString;
use smallvec::SmallVec;

use super::{Booked, MAX_SKUS, Movement, Shelves, wanted};
use crate::body::{MAX_BODY, from_json};
use crate::head::is_json;
use crate::orders::existing::{body_refusal, json};
use crate::refusal::Refusal;
use crate::support::Error;

/// `GET /existing/stock`
pub(crate) async fn read(
    State(shelves): State<Shelves>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let skus = wanted(query.as_deref())?;
    let skus: SmallVec<[&str; 32]> = skus.split(',').collect();
    if skus.len() > MAX_SKUS {
        return Err(Refusal::Skus);
    }
    Ok(json(&shelves.store.many::<CompactString>(&skus).await?)?)
}

/// `POST /existing/stock`
pub(crate) async fn book(
    State(shelves): State<Shelves>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        return Err(Error::UnsupportedMediaType.into());
    }
    let body = to_bytes(body, MAX_BODY).await.map_err(|error| body_refusal(&error))?;
    let movements: SmallVec<[Movement<CompactString>; 16]> = from_json(&body)?;
    shelves.check(&movements)?;
    let skus: SmallVec<[&str; 16]> = movements.iter().map(|movement| &*movement.sku).collect();
    let changes: SmallVec<[i64; 16]> = movements.iter().map(|movement| movement.change).collect();
    shelves.store.book_many(&skus, &changes).await?;
    Ok(json(&Booked { booked: movements.len() })?)
}
