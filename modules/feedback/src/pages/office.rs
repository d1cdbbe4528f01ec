//! The officials' list.

use super::{house, state_colour, state_word, unit_name};
use crate::petition::{Petition, State};
use crate::rules::{House, topic_name};
use crate::store as sql;
use askama::Template;
use base::{Actor, Fault, Id, vn_date_time};
use i18n::L;
use records::{Asker, Held, Machine};
use web::table::{query_value, with};
use web::{Answer, Ctx};

/// Rows of a page.
const ROWS: i64 = 25;
/// Letters of what was written, in a row.
const SHOWN: usize = 140;

/// A tab with the states it shows.
const TABS: [(&str, &[State]); 5] = [
    ("new", &[State::New]),
    ("handling", &[State::Handling, State::Asked, State::Joined]),
    ("drafted", &[State::Drafted]),
    ("answered", &[State::Answered]),
    ("done", &[State::Published, State::Kept, State::Refused, State::HandedOver, State::Withdrawn]),
];

struct Row {
    code: String,
    text: String,
    topic: String,
    unit: String,
    due: String,
    late: bool,
    state: String,
    colour: &'static str,
}

struct Tab {
    word: String,
    href: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "work.html")]
struct Work {
    l: L,
    takes: bool,
    tabs: Vec<Tab>,
    q: String,
    rows: Vec<Row>,
    first: String,
    next: String,
}

/// The units of a person's scopes; none for who reads the whole province.
fn units_of(house: &House, actor: &Actor) -> Option<Vec<Id>> {
    let scopes = actor.scopes(crate::rights::READ_FEEDBACK);
    if house.tree.root().is_some_and(|root| scopes.contains(&root.path.as_str())) {
        return None;
    }
    let all = house.tree.all().iter().filter(|agency| scopes.iter().any(|scope| agency.path.starts_with(scope)));
    Some(all.map(|agency| agency.id).collect())
}

/// The tab that a person's work begins with.
fn first_tab(actor: &Actor) -> usize {
    match actor {
        actor if actor.may(crate::rights::RECEIVE_FEEDBACK) => 0,
        actor if actor.may(crate::rights::ANSWER_FEEDBACK) => 2,
        _ => 1,
    }
}

/// GET /petitions
pub async fn work(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::READ_FEEDBACK)?.clone();
    let (house, asked) = (house(&ctx.app).await?, query_value(&ctx.uri, "tab"));
    let tab = TABS.iter().position(|(word, _)| *word == asked).unwrap_or_else(|| first_tab(&actor));
    let after = query_value(&ctx.uri, "after").parse::<Id>().ok();
    let q = query_value(&ctx.uri, "q");
    let (known, reader, now, typed) = (house.clone(), actor.clone(), ctx.now, q.clone());
    let (found, texts, last) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let units = units_of(&known, &reader);
                let scope = units.as_deref();
                let mut found = match typed.is_empty() {
                    true => sql::of_units(tx, scope, TABS[tab].1, after, ROWS + 1).await?,
                    false => {
                        let ids = records::find(tx, &typed, scope, after, ROWS + 1).await?;
                        let mut found = sql::some(tx, &ids).await?;
                        found.sort_by_key(|held| std::cmp::Reverse(held.id));
                        found
                    }
                };
                let more = found.len() as i64 > ROWS;
                found.truncate(ROWS as usize);
                let last = found.last().filter(|_| more).map(|held| held.id);
                // Those that complain of the reader's own unit are not there for them.
                let asker = Asker::actor(&reader, now);
                found.retain(|held| Petition::may_read(held, &known, &asker));
                let ids: Vec<Id> = found.iter().map(|held| held.id).collect();
                Ok::<_, Fault>((found, records::asides_of(tx, &ids, "text").await?, last))
            })
        })
        .await?;
    let page = Work {
        l: ctx.l,
        takes: actor.may(crate::rights::RECEIVE_FEEDBACK),
        tabs: TABS
            .iter()
            .enumerate()
            .map(|(n, (word, _))| Tab {
                word: ctx.l.t(format!("feedback-tab-{word}")),
                href: with(&ctx.uri, &[("tab", word), ("after", ""), ("q", "")]),
                here: n == tab && q.is_empty(),
            })
            .collect(),
        rows: found
            .iter()
            .map(|held| row(&ctx, &house, held, texts.get(&held.id).map_or("", String::as_str)))
            .collect(),
        first: if after.is_some() { with(&ctx.uri, &[("after", "")]) } else { String::new() },
        next: last.map(|id| with(&ctx.uri, &[("after", &id.to_string())])).unwrap_or_default(),
        q,
    };
    Ok(ctx.page(&ctx.l.t("feedback-nav-petitions"), &page))
}

fn row(ctx: &Ctx, house: &House, held: &Held<Petition>, text: &str) -> Row {
    let p = &held.state;
    let due = crate::petition::dues(p).first().map(|due| due.at);
    let short = base::text::clip(text, SHOWN);
    Row {
        code: held.code.clone(),
        text: if short.len() < text.len() { format!("{short}…") } else { text.to_owned() },
        topic: topic_name(&p.topic, ctx.lang),
        unit: unit_name(house, Some(p.unit)),
        due: due.map(vn_date_time).unwrap_or_default(),
        late: due.is_some_and(|due| due < ctx.now),
        state: state_word(ctx.l, p.state),
        colour: state_colour(p.state),
    }
}
