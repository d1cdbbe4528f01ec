//! An indicator unit by unit: rolled-up sums remembered by generation, plus the facts not yet rolled up.

use crate::definitions::indicators;
use crate::kept::Kept;
use crate::live::At;
use crate::view::Scope;
use base::{Date, Fault, Id};
use facts::{Figure, Filter};
use std::collections::BTreeMap;
use std::sync::Arc;
use web::Ctx;

/// Lists remembered at a time.
const LISTS_MAX: usize = 512;

/// Node, indicator, level, first and last day, and the day whose definition counts.
type Key = (Id, String, At, (Date, Date), Date);
type List = Vec<(Id, Figure)>;

/// Rolled-up lists by the generation of the roll-up.
struct Lists(Kept<Key, i64, List>);

impl Default for Lists {
    fn default() -> Self {
        Self(Kept::new(LISTS_MAX))
    }
}

/// Forgets what was summed under definitions of before.
pub(crate) fn forget(app: &web::App) {
    app.put(Lists::default());
}

/// The figures of the committees and departments below the scope's unit, exact at this moment.
pub(crate) async fn by_unit(ctx: &Ctx, scope: &Scope, indicator: &str, level: At) -> Result<List, Fault> {
    let as_of = scope.period.as_of(ctx.now.date());
    let filter = Filter { level, ..scope.period.filter() };
    let key = (scope.node, indicator.to_owned(), level, (scope.period.from, scope.period.to), as_of);
    let lists = ctx.app.own::<Lists>();
    let read = |sum| read_once(ctx, &lists, &key, &filter, sum);
    let list = lists.0.in_turn(key.clone(), read).await?.unwrap_or_default();
    // A committee's or department's sums hold those of its parts already.
    let is_house = |id: Id| scope.tree.get(id).is_some_and(|agency| agency.house().is_some());
    let known = indicators(&ctx.app);
    let definition = known.get(indicator, as_of);
    let shown = |figure: Figure| definition.is_none_or(|definition| definition.shown(figure).is_some());
    Ok(list.into_iter().filter(|(id, figure)| is_house(*id) && shown(*figure)).collect())
}

/// One snapshot. `None` when the list of its generation is not remembered and shall not be read here.
async fn read_once(
    ctx: &Ctx,
    lists: &Arc<Lists>,
    key: &Key,
    filter: &Filter,
    sum: bool,
) -> Result<Option<List>, Fault> {
    let Some(definition) = indicators(&ctx.app).get(&key.1, key.4).cloned() else { return Ok(Some(List::new())) };
    let (lists, key, filter) = (lists.clone(), key.clone(), filter.clone());
    ctx.db()
        .read(move |tx| {
            Box::pin(async move {
                let node = key.0;
                let generation = facts::generation(tx).await?;
                let rolled = match lists.0.get(&key).filter(|(known, _)| *known == generation) {
                    Some((_, rolled)) => rolled,
                    None if sum => {
                        let rolled = facts::rolled_by_unit(tx, &definition, node, &filter).await?;
                        lists.0.put(key, generation, rolled)
                    }
                    None => return Ok(None),
                };
                let mut sums: BTreeMap<Id, Figure> = rolled.iter().copied().collect();
                for (unit, figure) in facts::tail_by_unit(tx, &definition, node, &filter).await? {
                    *sums.entry(unit).or_default() += figure;
                }
                sums.retain(|_, figure| *figure != Figure::default());
                Ok::<_, Fault>(Some(sums.into_iter().collect()))
            })
        })
        .await
}
