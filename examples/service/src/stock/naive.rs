//! One statement for each row, each awaited before the next is sent.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};

use super::{Booked, MAX_SKUS, Movement, Shelves, storable};
use crate::orders::naive::refusal;
use crate::refusal::Refusal;
use crate::store::Stock;

/// `GET /naive/stock`
pub(crate) async fn read(
    State(shelves): State<Shelves>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Stock<String>>>, Refusal> {
    let skus = query.get("skus").filter(|skus| storable(skus)).ok_or(Refusal::Skus)?;
    let mut skus: Vec<String> = skus.split(',').map(str::to_string).collect();
    if skus.len() > MAX_SKUS {
        return Err(Refusal::Skus);
    }
    skus.sort();
    skus.dedup();
    let mut rows = Vec::new();
    for sku in skus {
        if let Some(row) = shelves.store.one(&sku).await? {
            rows.push(row);
        }
    }
    Ok(Json(rows))
}

/// `POST /naive/stock`
///
/// If one fails, those before it are booked.
pub(crate) async fn book(
    State(shelves): State<Shelves>,
    movements: Result<Json<Vec<Movement<String>>>, JsonRejection>,
) -> Result<Json<Booked>, Refusal> {
    let Json(movements) = movements.map_err(refusal)?;
    shelves.check(&movements)?;
    let booked = movements.len();
    for movement in movements {
        shelves.store.book_one(&movement.sku, movement.change).await?;
    }
    Ok(Json(Booked { booked }))
}
