//! `/find`: one search over all subjects the reader may open, kind by kind.
//!
//! A kind's hits come from the index within the reader's units, and each is asked the kind's own rule of reading before it counts: what
//! may not be read is neither shown nor counted. Bounded: so many looked at for each kind, so few shown.

use crate::kind::{Card, Hits, Kind, Kinds, Searched};
use crate::side::kinds_of;
use crate::words::{find, of_code, words_of};
use askama::Template;
use base::{Fault, Id, Problem};
use i18n::L;
use std::collections::HashMap;
use std::sync::Arc;
use web::table::{encode, query_value};
use web::{Answer, Ctx};

/// Letters of a question that count.
const QUESTION_MAX: usize = 100;
/// Shown of a kind among the others.
const SHOWN: usize = 5;
/// Shown of a kind alone; counted so far.
const LOOKED: usize = 60;
/// Hits read at a time, and how often: what lies within the units and may yet not be read is passed over.
const PAGE: usize = 60;
const PAGES: usize = 10;

/// The hits of one kind.
struct Group {
    title: String,
    cards: Vec<Card>,
    /// How many there are, in words.
    count: String,
    /// Where all of them are; empty where all are shown.
    all: String,
}

#[derive(Template)]
#[template(path = "find.html")]
struct Page {
    l: L,
    q: String,
    /// The kind looked in alone: its title; empty for all.
    only: String,
    /// Where all kinds are looked in.
    back: String,
    groups: Vec<Group>,
}

/// GET /find?q=&in=
pub(crate) async fn show(ctx: Ctx) -> Answer {
    ctx.official()?;
    let kinds = ctx.app.get::<Kinds>().ok_or_else(|| Fault::internal("no kinds are known"))?;
    let q: String = base::clean::soft_line(&query_value(&ctx.uri, "q")).chars().take(QUESTION_MAX).collect();
    let only = query_value(&ctx.uri, "in");
    let looked = kinds.all.iter().filter_map(|kind| Some((kind, kind.searched?)));
    let looked: Vec<(&Kind, Searched)> = looked.filter(|(kind, _)| only.is_empty() || kind.word == only).collect();
    if looked.is_empty() {
        return Err(Fault::invalid(Problem::new("records-find-kind").field("in")).into());
    }
    // A code that one thing has leads straight to it; where several have it, they come first.
    let (known, alone) = by_code(&ctx, &kinds, &q).await?;
    if let ([(_, card)], true) = (known.as_slice(), only.is_empty() && alone) {
        return Ok(ctx.redirect(card.href.clone()));
    }
    let asked = encode(&q);
    let (mut groups, mut exact) = (Vec::new(), Vec::new());
    for (kind, searched) in looked {
        let most = if only.is_empty() { SHOWN } else { LOOKED };
        let mut hits =
            if q.is_empty() { Hits::default() } else { look(&ctx, &kinds, kind, searched, &q, most).await? };
        let first: Vec<Card> =
            known.iter().filter(|(word, _)| word == kind.word).map(|(_, card)| card.clone()).collect();
        hits.cards.retain(|card| !first.contains(card));
        hits.cards.splice(..0, first);
        hits.cards.truncate(most);
        if hits.cards.is_empty() {
            continue;
        }
        // One's own is found by its code and not among those of one's units.
        hits.n = hits.n.max(hits.cards.len());
        if kind.is_elsewhere() {
            exact.extend(hits.cards.iter().filter(|card| same(&card.code, &q)).map(|card| card.href.clone()));
        }
        let rest = hits.more || hits.n > hits.cards.len();
        let own =
            if searched.list.is_empty() { format!("/find?in={}&q=", kind.word) } else { searched.list.to_owned() };
        let narrowed = searched.list.is_empty() && !only.is_empty();
        groups.push(Group {
            title: ctx.l.t(searched.title),
            count: counted(ctx.l, &hits),
            all: if rest && !narrowed { format!("{own}{asked}") } else { String::new() },
            cards: hits.cards,
        });
    }
    // The same for what has no words here (procedures).
    if let ([href], true) = (exact.as_slice(), only.is_empty()) {
        return Ok(ctx.redirect(href.clone()));
    }
    let title = kinds.all.iter().find(|kind| kind.word == only).and_then(|kind| kind.searched);
    let only = title.map(|searched| ctx.l.t(searched.title)).unwrap_or_default();
    let body = Page { l: ctx.l, back: format!("/find?q={asked}"), q, only, groups };
    Ok(ctx.page(&ctx.l.t("records-find-title"), &body))
}

/// The words of a code, however it is typed.
fn same(code: &str, typed: &str) -> bool {
    !code.is_empty() && words_of(code) == words_of(typed)
}

fn counted(l: L, hits: &Hits) -> String {
    let n = [("n", l.number(hits.n as i64))];
    l.tr(if hits.more { "records-find-more-than" } else { "records-find-count" }, n)
}

/// Subjects of that very code that the reader may open, each with its kind, and whether it is one subject's code alone.
async fn by_code(ctx: &Ctx, kinds: &Arc<Kinds>, q: &str) -> Result<(Vec<(String, Card)>, bool), Fault> {
    let typed = q.to_owned();
    let found = ctx.db().read(move |tx| {
        Box::pin(async move {
            let ids = of_code(tx, &typed, LOOKED as i64).await?;
            kinds_of(tx, &ids).await
        })
    });
    let found = found.await?;
    // Each kind is asked once, and what came is put back into the order found.
    let mut cards: HashMap<Id, Card> = HashMap::new();
    for kind in kinds.all.iter().filter(|kind| kind.searched.is_some()) {
        let ids: Vec<Id> = found.iter().filter(|(_, word)| word == kind.word).map(|(id, _)| *id).collect();
        if !ids.is_empty() {
            cards.extend(opened(ctx, kind, ids).await?);
        }
    }
    let alone = found.len() == 1;
    let known = found.into_iter().filter_map(|(id, word)| Some((word, cards.remove(&id)?)));
    Ok((known.take(SHOWN).collect(), alone))
}

/// The cards of those that the reader may open, in the order given.
async fn opened(ctx: &Ctx, kind: &Kind, ids: Vec<Id>) -> Result<Vec<(Id, Card)>, Fault> {
    let (eyes, asking, cards) = ((kind.sees)(ctx).await?, ctx.clone(), kind.cards);
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let seen = eyes(tx, ids.clone()).await?;
            let ids: Vec<Id> = ids.into_iter().filter(|id| seen.contains(id)).collect();
            if ids.is_empty() {
                return Ok(Vec::new());
            }
            let mut cards = cards(tx, &asking, ids.clone()).await?;
            Ok::<_, Fault>(ids.iter().filter_map(|id| Some((*id, cards.remove(id)?))).collect())
        })
    });
    read.await
}

/// Looks in one kind.
async fn look(ctx: &Ctx, kinds: &Kinds, kind: &Kind, searched: Searched, q: &str, most: usize) -> Result<Hits, Fault> {
    let mut hits = match searched.seek {
        Some(seek) => seek(ctx, q, most).await?,
        None => Hits::default(),
    };
    // Kinds outside the shared pieces have no words here.
    if kind.is_elsewhere() {
        return Ok(hits);
    }
    let (units, eyes) = (units(ctx, kinds, kind, searched)?, (kind.sees)(ctx).await?);
    let (mut seen, mut after, mut whole) = (Vec::new(), None, false);
    for _ in 0..PAGES {
        let (word, typed, units, eyes) = (kind.word, q.to_owned(), units.clone(), eyes.clone());
        let found = ctx.db().read(move |tx| {
            Box::pin(async move {
                let ids = find(tx, word, &typed, units.as_deref(), after, PAGE as i64).await?;
                let may = if ids.is_empty() { Default::default() } else { eyes(tx, ids.clone()).await? };
                Ok::<_, Fault>((ids, may))
            })
        });
        let (ids, may) = found.await?;
        whole = ids.len() < PAGE;
        after = ids.last().copied();
        seen.extend(ids.into_iter().filter(|id| may.contains(id)));
        if whole || seen.len() > LOOKED {
            break;
        }
    }
    hits.n += seen.len();
    hits.more |= !whole;
    seen.truncate(most.saturating_sub(hits.cards.len()));
    hits.cards.extend(opened(ctx, kind, seen).await?.into_iter().map(|(_, card)| card));
    Ok(hits)
}

/// The units in which the reader finds subjects of a kind; none for the whole province.
fn units(ctx: &Ctx, kinds: &Kinds, kind: &Kind, searched: Searched) -> Result<Option<Vec<Id>>, Fault> {
    let (actor, Some(reads)) = (ctx.official()?, kind.reads) else { return Ok(Some(Vec::new())) };
    let mut units = (kinds.units)(&ctx.app, actor, reads);
    if let Some(units) = units.as_mut().filter(|_| searched.of_house) {
        let posts = actor.grants.iter().filter(|grant| grant.allows(reads)).map(|grant| grant.agency);
        units.extend(posts.filter_map(|post| (kinds.house_of)(&ctx.app, post)));
        units.sort_unstable();
        units.dedup();
    }
    Ok(units)
}
