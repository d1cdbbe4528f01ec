//! An indicator unit by unit, kept for a short while: the whole province is a hundred units, and a list of them need not be of this second.

use crate::live::{At, indicators};
use crate::view::Scope;
use base::{Fault, Id, Instant};
use facts::{Figure, Filter};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use web::Ctx;

/// How long a list of units is shown before it is read anew.
const UNITS_MS: i64 = 60_000;
/// Lists kept at a time.
const LISTS_MAX: usize = 512;

type Key = (Id, String, At, String);
type List = Arc<Vec<(Id, Figure)>>;

#[derive(Default)]
struct Lists(Mutex<HashMap<Key, (Instant, List)>>);

/// The figures of the committees and departments below the scope's unit. At most a minute old.
pub(crate) async fn by_unit(ctx: &Ctx, scope: &Scope, indicator: &str, level: At) -> Result<List, Fault> {
    let lists = match ctx.app.get::<Lists>() {
        Some(lists) => lists,
        None => ctx.app.put(Lists::default()),
    };
    let key = (scope.node, indicator.to_owned(), level, scope.period.word.clone());
    let known = lists.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get(&key).cloned();
    if let Some((at, list)) = known
        && (0..UNITS_MS).contains(&ctx.now.ms_since(at))
    {
        return Ok(list);
    }
    let as_of = scope.period.as_of(ctx.now.date());
    let Some(definition) = indicators().get(indicator, as_of) else { return Ok(Arc::default()) };
    let filter = Filter { level, ..scope.period.filter() };
    let node = scope.node;
    let figures = ctx
        .db()
        .read(move |tx| Box::pin(async move { Ok::<_, Fault>(facts::by_unit(tx, definition, node, &filter).await?) }))
        .await?;
    // A committee's or department's sums hold those of its parts already.
    let is_house = |id: Id| scope.tree.get(id).is_some_and(|agency| agency.house().is_some());
    let list: List = Arc::new(figures.into_iter().filter(|(id, _)| is_house(*id)).collect());
    let mut map = lists.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if map.len() >= LISTS_MAX {
        map.clear();
    }
    map.insert(key, (ctx.now, list.clone()));
    Ok(list)
}
