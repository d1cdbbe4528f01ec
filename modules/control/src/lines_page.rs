//! The lines of a decision: their table on its page, and the page on which one is written beside the version in force.

use crate::announcement::Announcement;
use crate::house::Rooms;
use crate::issue::bodies;
use crate::line::{Does, Line};
use crate::verbs::stands;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Fault, Problem};
use catalogue::Version;
use i18n::L;
use records::frame::Pages;
use records::{Asker, Field, Machine, Seen, Shown, Typed};
use std::sync::Arc;
use web::{Answer, Breadcrumb, Ctx, FormMap};

struct Row {
    n: i64,
    colour: &'static str,
    does_word: String,
    code: String,
    name: String,
    /// Where its version is written, or read beside the one before; empty where there is nothing to see.
    href: String,
    /// What is still to be done, or what it lacks.
    note: String,
    /// The procedure's page, once issued.
    procedure: String,
}

#[derive(Template)]
#[template(path = "lines.html")]
struct Table<'a> {
    l: L,
    csrf: &'a str,
    code: &'a str,
    lines: Vec<Row>,
    keeps: bool,
}

/// Whether the reader may change lines now.
fn keeps(seen: &Seen<Announcement>, rooms: &Rooms, asker: &Asker<'_>) -> bool {
    records::forms(seen, rooms, asker).iter().any(|verb| verb.word == "write")
}

/// The lines as a part of the decision's page.
pub(crate) fn table(ctx: &Ctx, rooms: &Rooms, seen: &Seen<Announcement>) -> Result<String, Fault> {
    let (l, a, code) = (ctx.l, seen.state(), &seen.held().code);
    let one = |line: &Line| {
        let colour = match line.does {
            Does::New => "ontime",
            Does::Change => "new",
            Does::End => "late",
            Does::Delegate => "near",
        };
        let missing: Vec<String> = line.missing.iter().map(|part| l.t(format!("catalogue-part-{part}"))).collect();
        let note = match () {
            () if line.basis && line.written == 0 => l.t("control-line-basis"),
            () if line.lacks_version() => l.t("control-line-to-write"),
            () if !missing.is_empty() => l.tr("control-line-lacks", [("parts", missing.join(", "))]),
            () => String::new(),
        };
        Row {
            n: line.n,
            colour,
            does_word: l.t(format!("announcement-does-{}", line.does.as_str())),
            code: line.code.clone(),
            name: line.name.clone(),
            href: if line.does == Does::End {
                String::new()
            } else {
                format!("/announcements/{code}/lines/{}", line.n)
            },
            note,
            procedure: line.procedure.map(|_| format!("/procedures/{}", line.code)).unwrap_or_default(),
        }
    };
    let keeps = keeps(seen, rooms, &Asker::actor(ctx.actor()?, ctx.now));
    let table = Table { l, csrf: &ctx.csrf, code, lines: a.lines.iter().map(one).collect(), keeps };
    table.render().map_err(Fault::internal)
}

#[derive(Template)]
#[template(path = "line.html")]
struct LinePage {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    title: String,
    code: String,
    action: String,
    back: String,
    n: i64,
    keeps: bool,
    fields: Vec<Shown>,
    compared: String,
}

/// A line and what stands on either side of it.
struct Sides {
    seen: Seen<Announcement>,
    rooms: Rooms,
    line: Option<Line>,
    before: Option<Arc<Version>>,
    written: Option<Version>,
}

/// The line of a number, or none for one to be written anew.
async fn sides(ctx: &Ctx, code: &str, n: &str) -> Result<Sides, Fault> {
    let (actor, rooms, now) = (ctx.actor()?.clone(), Rooms::of(ctx).await?, ctx.now);
    let (known, of) = (rooms.clone(), code.to_owned());
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let seen = records::open::<Announcement>(tx, &known, &Asker::actor(&actor, now), &of).await?;
            let bodies = bodies(tx, seen.held().id).await?;
            Ok::<_, Fault>((seen, bodies))
        })
    });
    let (seen, mut bodies) = read.await?;
    let line = match n {
        "new" => None,
        n => {
            let line = n.parse().ok().and_then(|n| seen.state().line(n)).filter(|line| line.does != Does::End);
            Some(line.ok_or(Fault::NotFound("control-line-unknown"))?.clone())
        }
    };
    let mut written = line.as_ref().and_then(|line| bodies.remove(&line.written));
    // What it changes: once issued, the version before its own.
    let before = line.as_ref().filter(|line| line.does != Does::New).and_then(|line| match line.version {
        None => stands(&rooms, seen.state(), &line.code),
        Some(own) => {
            let all = rooms.shelf.versions_of(&line.code);
            let place = all.iter().position(|version| version.id == own)?;
            place.checked_sub(1).and_then(|place| all.get(place).cloned())
        }
    });
    if let (None, Some(line), Some(before)) = (&written, &line, &before) {
        written = line.follows_from(before, &seen.state().law);
    }
    Ok(Sides { seen, rooms, line, before, written })
}

fn page(ctx: &Ctx, sides: Sides, typed: &FormMap, problems: Vec<Problem>) -> Result<Response, Fault> {
    let (l, code) = (ctx.l, sides.seen.held().code.clone());
    let back = format!("{}/{code}", Announcement::PATH);
    // What is given to the communes stays as it stands: there is nothing to write.
    let writes = sides.line.as_ref().is_none_or(|line| line.does != Does::Delegate);
    let keeps = writes && keeps(&sides.seen, &sides.rooms, &Asker::actor(ctx.actor()?, ctx.now));
    let sort = sides.seen.state().sort;
    let likely = match (&sides.written, &sides.before) {
        (Some(written), _) => catalogue::to_toml(written)?,
        (None, Some(before)) => catalogue::to_toml(before)?,
        (None, None) => catalogue::to_toml(&Version { sort, ..Version::default() })?,
    };
    let word = if sides.line.is_some() { "write" } else { "add-new" };
    let asks = Announcement::VERBS.iter().find(|verb| verb.word == word).map_or(&[][..], |verb| verb.asks);
    let value = |field: &Field| typed.get(field.name).map_or_else(|| likely.clone(), str::to_owned);
    let mut fields = records::shown(l, Announcement::WORD, asks, value, |_| Vec::new());
    fields.retain(|field| field.name == "version");
    fields.iter_mut().for_each(|field| field.ask = "code");
    let heads = [l.t("control-line-before"), l.t("control-line-after")];
    let compared = match &sides.written {
        None => String::new(),
        written => {
            catalogue::compare::side_by_side(l, [&heads[0], &heads[1]], sides.before.as_deref(), written.as_ref())?
        }
    };
    let title = sides.line.as_ref().map_or_else(|| l.t("control-line-new"), |line| line.name.clone());
    let wrong = !problems.is_empty();
    let body = LinePage {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![
            Breadcrumb::new(l.t("announcement-title"), Announcement::PATH),
            Breadcrumb::new(code, back.clone()),
            Breadcrumb::new(title.clone(), ""),
        ],
        problems,
        code: sides.line.as_ref().map(|line| line.code.clone()).unwrap_or_default(),
        n: sides.line.as_ref().map_or(0, |line| line.n),
        title: title.clone(),
        action: ctx.path().to_owned(),
        back,
        keeps,
        fields,
        compared,
    };
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// GET /announcements/{code}/lines/{line}
pub(crate) async fn show(ctx: Ctx, Path((code, line)): Path<(String, String)>) -> Answer {
    let sides = sides(&ctx, &code, &line).await?;
    Ok(page(&ctx, sides, &FormMap::default(), Vec::new())?)
}

/// POST /announcements/{code}/lines/{line}: to the decision, or the form again with what is wrong.
pub(crate) async fn write(ctx: Ctx, Path((code, line)): Path<(String, String)>, given: FormMap) -> Answer {
    let known = sides(&ctx, &code, &line).await?;
    let word = if known.line.is_some() { "write" } else { "add-new" };
    let mut typed = Typed::default().with("version", given.text("version"));
    if let Some(line) = &known.line {
        typed = typed.with("line", line.n.to_string());
    }
    let (actor, now, rooms, of) = (ctx.actor()?.clone(), ctx.now, known.rooms.clone(), code.clone());
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            records::act::<Announcement>(tx, &rooms, &Asker::actor(&actor, now), (&of, word), &typed).await
        })
    });
    match done.await {
        Ok(_) => Ok(ctx.flash(format!("{}/{code}", Announcement::PATH), "announcement-done")),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, known, &given, problems)?),
        Err(fault) => Err(fault.into()),
    }
}
