//! Links between subjects, read from both ends: what one points to, and what points to it, as far as the reader may open it.

use crate::kind::{Card, Kind, Kinds};
use crate::side::{LINKS_MAX, kinds_of, links_from, links_to};
use ::store::Tx;
use askama::Template;
use base::{Fault, Id};
use i18n::L;
use std::collections::{BTreeMap, HashMap};
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

/// What is linked with a subject of any kind, from both ends, before anybody asks who may open it: read in the transaction of a page,
/// shown after it.
pub struct Ends {
    from: Vec<(String, Id)>,
    to: Vec<(String, Id)>,
    /// The kinds of those that are subjects of the shared pieces.
    known: HashMap<Id, String>,
}

impl Ends {
    /// The latest first, a hundred of each way at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(tx: &Tx, id: Id) -> Result<Ends, Fault> {
        let (from, to) = (links_from(tx, id).await?, links_to(tx, id).await?);
        let ids: Vec<Id> = from.iter().chain(&to).map(|(_, other)| *other).collect();
        let known = if ids.is_empty() { HashMap::new() } else { kinds_of(tx, &ids).await?.into_iter().collect() };
        Ok(Ends { from, to, known })
    }

    /// The other ends that may be of a kind.
    fn of_kind(&self, kind: &Kind) -> Vec<Id> {
        let of_it = |id: &Id| match self.known.get(id) {
            Some(word) => word == kind.word,
            // What is no subject of the shared pieces is asked of the kinds outside.
            None => kind.is_elsewhere() && kind.reads.is_some(),
        };
        let mut ids: Vec<Id> = self.from.iter().chain(&self.to).map(|(_, other)| *other).filter(of_it).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// What the reader may open of it as a part of a page; empty where there is none.
    ///
    /// # Errors
    /// The database's, and those of the houses of the kinds that occur.
    pub async fn part(self, ctx: &Ctx) -> Result<String, Fault> {
        let Some(kinds) = ctx.app.get::<Kinds>() else { return Ok(String::new()) };
        // Houses may have to be read themselves: only those that are asked, and before the transaction.
        let mut asked = Vec::new();
        for kind in &kinds.all {
            let ids = self.of_kind(kind);
            if !ids.is_empty() {
                asked.push((kind.cards, (kind.sees)(ctx).await?, ids));
            }
        }
        if asked.is_empty() {
            return Ok(String::new());
        }
        let reader = ctx.clone();
        let cards = ctx.db().read(move |tx| {
            Box::pin(async move {
                let mut cards: HashMap<Id, Card> = HashMap::new();
                for (of, eyes, ids) in asked {
                    let seen: Vec<Id> = eyes(tx, ids).await?.into_iter().collect();
                    if !seen.is_empty() {
                        cards.extend(of(tx, &reader, seen).await?);
                    }
                }
                Ok::<_, Fault>(cards)
            })
        });
        let links = self.grouped(ctx.l, &kinds, &cards.await?);
        if links.is_empty() {
            return Ok(String::new());
        }
        Fragment { l: ctx.l, links }.render().map_err(Fault::internal)
    }

    /// One group for each way of being linked, in the order in which the kinds name them.
    fn grouped(&self, l: L, kinds: &Kinds, cards: &HashMap<Id, Card>) -> Vec<Linked> {
        let mut groups: BTreeMap<(usize, bool), Vec<Card>> = BTreeMap::new();
        let names: Vec<&LinkKind> = kinds.all.iter().flat_map(|kind| kind.links).collect();
        let both = self.from.iter().map(|one| (false, one)).chain(self.to.iter().map(|one| (true, one)));
        for (back, (name, other)) in both {
            let place = names.iter().position(|link| link.name == name);
            if let (Some(place), Some(card)) = (place, cards.get(other)) {
                groups.entry((place, back)).or_default().push(card.clone());
            }
        }
        let word = |place: usize, back: bool| {
            names.get(place).map(|link| l.t(if back { link.back } else { link.word })).unwrap_or_default()
        };
        let cut = |back: bool| if back { self.to.len() >= LINKS_MAX } else { self.from.len() >= LINKS_MAX };
        groups.into_iter().map(|((place, back), cards)| Linked::of(word(place, back), cards, cut(back))).collect()
    }
}

/// The links of a subject as a part of a page, read by themselves.
///
/// # Errors
/// As [`Ends::part`].
pub async fn links_part(ctx: &Ctx, id: Id) -> Result<String, Fault> {
    let ends = ctx.db().read(move |tx| Box::pin(async move { Ends::read(tx, id).await })).await?;
    ends.part(ctx).await
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
