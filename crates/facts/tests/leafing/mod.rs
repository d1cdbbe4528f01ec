//! The cases behind a figure, page after page.

use base::Id;
use base::page::Place;
use facts::{Asked, Case, Cut, Filter, Indicator, Part, Spot};
use store::{StoreError, Tx};

/// All cases of one side, a page after the other; a page in the middle must be the same one from wherever it is reached.
pub async fn leaf(
    tx: &Tx,
    (indicator, node): (&Indicator, Id),
    filter: &Filter,
    part: Part,
) -> Result<Vec<Case>, StoreError> {
    leaf_asked(tx, &Asked { indicator, node, filter, cut: Cut::Whole, part }).await
}

/// The same for a part of a figure.
pub async fn leaf_asked(tx: &Tx, asked: &Asked<'_>) -> Result<Vec<Case>, StoreError> {
    let mut all: Vec<Case> = Vec::new();
    loop {
        let place = all.last().map_or(Place::START, |last| Place::After(last.spot()));
        let more = facts::cases(tx, asked, 500, &place).await?;
        if more.is_empty() {
            break;
        }
        all.extend(more);
    }
    let middle = all.len() / 2;
    if let Some(case) = all.get(middle) {
        let counted = facts::cases(tx, asked, 7, &Place::At(middle as i64)).await?;
        assert_eq!(counted, all[middle..all.len().min(middle + 7)]);
        let back = facts::cases(tx, asked, 7, &Place::Before(case.spot())).await?;
        assert_eq!(back, all[middle.saturating_sub(7)..middle]);
        assert_eq!(Spot::read(&case.spot().to_string()), Some(case.spot()));
    }
    Ok(all)
}
