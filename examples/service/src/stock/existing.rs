//! One statement for all rows: `= ANY` to read, `unnest` to write.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{RawQuery, State};
use compact_str::CompactString;
use smallvec::SmallVec;

use super::{Booked, MAX_SKUS, Movement, Shelves, wanted};
use crate::orders::naive::refusal;
use crate::refusal::Refusal;
use crate::store::Stock;

/// `GET /existing/stock`
pub(crate) async fn read(
    State(shelves): State<Shelves>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Stock<String>>>, Refusal> {
    let skus = wanted(query.as_deref())?;
    let skus: SmallVec<[&str; 32]> = skus.split(',').collect();
    if skus.len() > MAX_SKUS {
        return Err(Refusal::Skus);
    }
    Ok(Json(shelves.store.many(&skus).await?))
}

/// `POST /existing/stock`
pub(crate) async fn book(
    State(shelves): State<Shelves>,
    movements: Result<Json<Vec<Movement<CompactString>>>, JsonRejection>,
) -> Result<Json<Booked>, Refusal> {
    let Json(movements) = movements.map_err(refusal)?;
    shelves.check(&movements)?;
    let skus: SmallVec<[&str; 32]> = movements.iter().map(|movement| &*movement.sku).collect();
    let changes: SmallVec<[i64; 32]> = movements.iter().map(|movement| movement.change).collect();
    shelves.store.book_many(&skus, &changes).await?;
    Ok(Json(Booked { booked: movements.len() }))
}
