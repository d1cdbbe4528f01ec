//! Many rows at once.

use std::pin::pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use tokio_postgres::CopyInSink;
use tokio_postgres::types::Type;

use super::encode::copy_field;
use super::session::Session;
use crate::many::{Insert, insert_many};
use crate::{Engine, Rows, StoreError, Value};

/// What COPY's binary format begins with: its signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Sent in pieces of about this size, so that no second copy of all rows is held.
const PIECE_BYTES: usize = 128 * 1024;
/// Rows of one upsert, largest first: few shapes, so that each is prepared once. Their parameters stay below 30,000.
const SHAPES: [usize; 4] = [500, 50, 5, 1];

impl Session {
    /// Writes whole rows, which the caller has counted. `text` is what `insert` was parsed from.
    pub(crate) async fn insert(&self, text: &str, insert: &Insert<'_>, rows: &Rows) -> Result<u64, StoreError> {
        if !insert.tail.is_empty() {
            return self.upsert(text, insert, rows).await;
        }
        let client = self.client()?;
        let fail = |error| StoreError::postgres(error, text);
        // The server tells the columns' types: those of the parameters of the very same insert.
        let one = self.after_begin(client, self.statement(client, text)).await.map_err(fail)?;
        let copy = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", insert.table, insert.columns);
        let copy = self.statement(client, &copy).await.map_err(fail)?;
        let sink = client.copy_in(&copy).await.map_err(fail)?;
        send(sink, one.params(), rows, text).await
    }

    /// Rows that lie one after the other in `params`, in one statement.
    pub(crate) async fn insert_together(
        &self,
        text: &str,
        insert: &Insert<'_>,
        params: &[Value],
    ) -> Result<u64, StoreError> {
        if !params.len().is_multiple_of(insert.width) {
            return Err(StoreError::unfilled(params.len(), insert.width, text));
        }
        let sql = insert_many(insert.table, insert.columns, params.len() / insert.width, insert.tail);
        self.run(sql.text(Engine::Postgres), params, &mut |_| Ok(())).await
    }

    /// COPY knows no conflicts.
    async fn upsert(&self, text: &str, insert: &Insert<'_>, rows: &Rows) -> Result<u64, StoreError> {
        let mut values = rows.iter().map(Value::from);
        let mut left = rows.values() / insert.width;
        let mut changed = 0;
        while left > 0 {
            let take = SHAPES.into_iter().find(|shape| *shape <= left && shape * insert.width < 30_000).unwrap_or(1);
            let params: Vec<Value> = values.by_ref().take(take * insert.width).collect();
            changed += self.insert_together(text, insert, &params).await?;
            left -= take;
        }
        Ok(changed)
    }
}

/// An error on the way drops `sink`, which has the server give the COPY up.
async fn send(sink: CopyInSink<Bytes>, types: &[Type], rows: &Rows, text: &str) -> Result<u64, StoreError> {
    let fail = |error| StoreError::postgres(error, text);
    let mut sink = pin!(sink);
    let mut piece = BytesMut::with_capacity(PIECE_BYTES + PIECE_BYTES / 4);
    piece.extend_from_slice(HEADER);
    let width =
        i16::try_from(types.len()).map_err(|_| StoreError::Parameter(format!("too many columns: {text:.300}")))?;
    let mut values = rows.iter();
    for row in 1..=rows.values() / types.len().max(1) {
        piece.put_i16(width);
        for (column, (ty, value)) in types.iter().zip(values.by_ref()).enumerate() {
            copy_field(value, ty, &mut piece).map_err(|problem| {
                StoreError::Parameter(format!("row {row}, ${}: {problem} (in: {text:.300})", column + 1))
            })?;
        }
        if piece.len() >= PIECE_BYTES {
            sink.send(piece.split().freeze()).await.map_err(fail)?;
        }
    }
    // The end of the format.
    piece.put_i16(-1);
    sink.send(piece.split().freeze()).await.map_err(fail)?;
    sink.finish().await.map_err(fail)
}
