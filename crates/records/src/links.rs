//! Links between subjects, read from both ends: what one points to, and what points to it, as far as the reader may open it.

use crate::kind::{Card, Eyes, Kinds};
use crate::side::{LINKS_MAX, kinds_of, links_from, links_to};
use ::store::Tx;
use askama::Template;
use base::{Fault, Id};
use i18n::L;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use web::Ctx;

/// Shown of one way of being linked; of the others their number.
const SHOWN: usize = 20;

/// One name by which the subjects of a kind point to others; it belongs to one kind.
#[derive(Debug, Clone, Copy)]
pub struct LinkKind {
    pub name: &'static str,
    /// Fluent key of what it says where it stands.
    pub word: &'static str,
    /// … and at what it points to.
    pub back: &'static str,
}

/// Subjects that are linked in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// In the reader's language.
    pub word: String,
    /// The first of them.
    pub cards: Vec<Card>,
    /// How many there are besides; 0 where all are shown.
    pub more: usize,
    /// There may be more than these.
    pub at_least: bool,
}

impl Linked {
    fn of(word: String, mut cards: Vec<Card>, at_least: bool) -> Linked {
        let more = cards.len().saturating_sub(SHOWN);
        cards.truncate(SHOWN);
        Linked { word, cards, more, at_least: at_least && more > 0 }
    }

    /// What stands below the cards; empty where all are shown.
    fn rest(&self, l: L) -> String {
        let n = [("n", l.number(i64::try_from(self.more).unwrap_or(i64::MAX)))];
        match (self.more, self.at_least) {
            (0, _) => String::new(),
            (_, true) => l.tr("records-links-more-than", n),
            (_, false) => l.tr("records-links-more", n),
        }
    }
}

#[derive(Template)]
#[template(path = "_links.html")]
struct Fragment {
    l: L,
    links: Vec<Linked>,
}

/// Reads links in a transaction: made outside of it, for who may open what is told by houses that may have to be read.
pub struct Linker {
    ctx: Ctx,
    kinds: Option<Arc<Kinds>>,
    /// One for each kind, in their order.
    eyes: Vec<Eyes>,
}

impl Linker {
    /// For whoever asks.
    ///
    /// # Errors
    /// Those of the houses.
    pub async fn of(ctx: &Ctx) -> Result<Linker, Fault> {
        let kinds = ctx.app.get::<Kinds>();
        let mut eyes = Vec::new();
        for kind in kinds.iter().flat_map(|kinds| &kinds.all) {
            eyes.push((kind.sees)(ctx).await?);
        }
        Ok(Linker { ctx: ctx.clone(), kinds, eyes })
    }

    /// The links of a subject of any kind from both ends, the latest first, a hundred of each way at most. What the reader may not open
    /// is left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn linked(&self, tx: &Tx, id: Id) -> Result<Vec<Linked>, Fault> {
        let Some(kinds) = &self.kinds else { return Ok(Vec::new()) };
        let (from, to) = (links_from(tx, id).await?, links_to(tx, id).await?);
        if from.is_empty() && to.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Id> = from.iter().chain(&to).map(|(_, other)| *other).collect();
        let known: HashMap<Id, String> = kinds_of(tx, &ids).await?.into_iter().collect();
        let mut cards: HashMap<Id, Card> = HashMap::new();
        for (kind, eyes) in kinds.all.iter().zip(&self.eyes) {
            let of_it = |id: &Id| match known.get(id) {
                Some(word) => word == kind.word,
                // What is no subject of the shared pieces is asked of the kinds outside.
                None => kind.is_elsewhere() && kind.reads.is_some(),
            };
            let mut ids: Vec<Id> = ids.iter().copied().filter(of_it).collect();
            ids.sort_unstable();
            ids.dedup();
            let seen = if ids.is_empty() { Vec::new() } else { eyes(tx, ids).await?.into_iter().collect() };
            if !seen.is_empty() {
                cards.extend((kind.cards)(tx, &self.ctx, seen).await?);
            }
        }
        let mut groups: BTreeMap<(usize, bool), Vec<Card>> = BTreeMap::new();
        let names: Vec<&LinkKind> = kinds.all.iter().flat_map(|kind| kind.links).collect();
        for (back, (name, other)) in from.iter().map(|one| (false, one)).chain(to.iter().map(|one| (true, one))) {
            let place = names.iter().position(|link| link.name == name);
            if let (Some(place), Some(card)) = (place, cards.get(other)) {
                groups.entry((place, back)).or_default().push(card.clone());
            }
        }
        let word = |place: usize, back: bool| {
            names.get(place).map(|link| self.ctx.l.t(if back { link.back } else { link.word })).unwrap_or_default()
        };
        let cut = |back: bool| if back { to.len() >= LINKS_MAX } else { from.len() >= LINKS_MAX };
        Ok(groups.into_iter().map(|((place, back), cards)| Linked::of(word(place, back), cards, cut(back))).collect())
    }

    /// The same as a part of a page; empty where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn part(&self, tx: &Tx, id: Id) -> Result<String, Fault> {
        let links = self.linked(tx, id).await?;
        if links.is_empty() {
            return Ok(String::new());
        }
        Fragment { l: self.ctx.l, links }.render().map_err(Fault::internal)
    }
}

/// The links of a subject as a part of a page, read by themselves.
///
/// # Errors
/// The database's.
pub async fn links_part(ctx: &Ctx, id: Id) -> Result<String, Fault> {
    let linker = Linker::of(ctx).await?;
    ctx.db().read(move |tx| Box::pin(async move { linker.part(tx, id).await })).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_of_a_group_are_shown_and_the_number_of_the_others() {
        let cards = |n: usize| (0..n).map(|n| Card { code: n.to_string(), ..Card::default() }).collect::<Vec<_>>();
        let all = Linked::of(String::new(), cards(SHOWN), true);
        assert_eq!((all.cards.len(), all.more, all.at_least), (20, 0, false));
        let some = Linked::of(String::new(), cards(23), false);
        assert_eq!((some.cards.len(), some.more, some.at_least), (20, 3, false));
        assert_eq!(some.cards[19].code, "19");
        let cut = Linked::of(String::new(), cards(100), true);
        assert_eq!((cut.cards.len(), cut.more, cut.at_least), (20, 80, true));
    }
}
