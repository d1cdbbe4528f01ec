//! Links between subjects, read from both ends: what one points to, and what points to it, as far as the reader may open it.

use crate::kind::{Card, Kind, Kinds};
use crate::search_page::opened;
use crate::side::{kinds_of, links_from, links_to};
use askama::Template;
use base::{Fault, Id};
use i18n::L;
use std::collections::{BTreeMap, HashMap};
use web::Ctx;

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
    pub cards: Vec<Card>,
}

#[derive(Template)]
#[template(path = "_links.html")]
struct Fragment {
    l: L,
    links: Vec<Linked>,
}

/// The links of a subject of any kind from both ends, the latest first, some hundred of each way at most. What the reader may not open
/// is left out.
///
/// # Errors
/// The database's.
pub async fn linked(ctx: &Ctx, id: Id) -> Result<Vec<Linked>, Fault> {
    let Some(kinds) = ctx.app.get::<Kinds>() else { return Ok(Vec::new()) };
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let (from, to) = (links_from(tx, id).await?, links_to(tx, id).await?);
            let ids: Vec<Id> = from.iter().chain(&to).map(|(_, other)| *other).collect();
            let known = if ids.is_empty() { Vec::new() } else { kinds_of(tx, &ids).await? };
            Ok::<_, Fault>((from, to, known))
        })
    });
    let (from, to, known) = read.await?;
    let known: HashMap<Id, String> = known.into_iter().collect();
    let mut cards: HashMap<Id, Card> = HashMap::new();
    for kind in &kinds.all {
        let of_it = |id: &Id| match known.get(id) {
            Some(word) => word == kind.word,
            // What is no subject of the shared pieces is asked of the kinds outside.
            None => kind.is_elsewhere() && kind.reads.is_some(),
        };
        let mut ids: Vec<Id> = from.iter().chain(&to).map(|(_, other)| *other).filter(of_it).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            cards.extend(opened(ctx, kind, ids).await?);
        }
    }
    let mut groups: BTreeMap<(usize, bool), Vec<Card>> = BTreeMap::new();
    let names: Vec<&LinkKind> = kinds.all.iter().flat_map(|kind: &Kind| kind.links).collect();
    for (back, (name, other)) in from.iter().map(|one| (false, one)).chain(to.iter().map(|one| (true, one))) {
        let place = names.iter().position(|link| link.name == name);
        if let (Some(place), Some(card)) = (place, cards.get(other)) {
            groups.entry((place, back)).or_default().push(card.clone());
        }
    }
    let word = |place: usize, back: bool| {
        names.get(place).map(|link| ctx.l.t(if back { link.back } else { link.word })).unwrap_or_default()
    };
    Ok(groups.into_iter().map(|((place, back), cards)| Linked { word: word(place, back), cards }).collect())
}

/// The same as a part of a page, for rooms whose page is their own; empty where there is none.
///
/// # Errors
/// The database's.
pub async fn links_part(ctx: &Ctx, id: Id) -> Result<String, Fault> {
    let links = linked(ctx, id).await?;
    if links.is_empty() {
        return Ok(String::new());
    }
    Fragment { l: ctx.l, links }.render().map_err(Fault::internal)
}
