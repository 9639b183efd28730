//! The same statements; the query is read where it stands, and each row goes from the driver's buffer
//! straight into the response.

use axum::extract::{Request, State};
use thrifty::inline::SmallVec;
use thrifty::share::Str;

use super::{Booked, MAX_SKUS, Movement, Shelves, wanted};
use crate::body::{POOL, Payload, Pooled, from_json};
use crate::head::is_json;
use crate::refusal::Refusal;
use crate::store::Stock;
use crate::support::{Error, text};

/// `GET /thrifty/stock`
pub(crate) async fn read(
    State(shelves): State<Shelves>,
    request: Request,
) -> Result<Pooled, Refusal> {
    let skus = wanted(request.uri().query())?;
    let skus: SmallVec<[&str; 32]> = skus.split(',').collect();
    if skus.len() > MAX_SKUS {
        return Err(Refusal::Skus);
    }
    let mut json = POOL.get(2048);
    json.push(b'[');
    let mut written = Ok(());
    let show = |row: Stock<&str>| {
        if json.len() > 1 {
            json.push(b',');
        }
        written = serde_json::to_writer(&mut json, &row);
    };
    shelves.store.each(&skus, show).await?;
    written?;
    json.push(b']');
    Ok(Pooled::new(json, "application/json"))
}

/// A part of the body, or text of its own if it had an escape.
type Text<'a> = text::Text<'a, Str>;

/// `POST /thrifty/stock`
pub(crate) async fn book(
    State(shelves): State<Shelves>,
    request: Request,
) -> Result<Pooled, Refusal> {
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        return Err(Error::UnsupportedMediaType.into());
    }
    let body = Payload::read(body).await?;
    let movements: SmallVec<[Movement<Text<'_>>; 16]> = from_json(&body)?;
    shelves.check(&movements)?;
    let skus: SmallVec<[&str; 16]> = movements.iter().map(|movement| &*movement.sku).collect();
    let changes: SmallVec<[i64; 16]> = movements.iter().map(|movement| movement.change).collect();
    shelves.store.book_many(&skus, &changes).await?;
    Ok(Pooled::json(&Booked { booked: movements.len() })?)
}
