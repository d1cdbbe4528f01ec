//! What an emergency decision would move, or has moved: each dossier with both dates, paged and as a file. Nothing that names a person.

use super::house;
use crate::dates::{DateMoved, moved_list, would_list};
use askama::Template;
use base::Fault;
use i18n::L;
use lists::{Ask, Asked, Cell, Column, Filter, Kind, List, Shape, Whole};
use organisation::closing::{self, Closing, State};
use organisation::rights::KEEP_ORGANISATION;
use records::{Asker, Machine};
use web::{Answer, Breadcrumb, Ctx};

/// Dossiers listed at most; the decision's page counts them all.
const LISTED_MAX: usize = 50_000;

/// A dossier with both dates, in words.
#[derive(Clone)]
pub struct Row {
    moved: DateMoved,
    procedure: String,
    unit: String,
}

/// Dossiers whose promise moves.
pub static LIST: List<Row> = List {
    key: "closing-dossiers",
    path: "/closings/dossiers",
    title: "dossier-closing-list",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[Filter { max: 20, ..Filter::new("closing", "dossier-closing-of", Ask::Text) }],
    columns: &[
        Column::new("code", "dossier-code", Kind::Word, |row: &Row| Cell::code(&row.moved.code)).unlabelled(),
        Column::new("procedure", "dossier-procedure", Kind::Text, |row: &Row| Cell::text(&row.procedure)).unlabelled(),
        Column::new("unit", "dossier-place-competent", Kind::Text, |row: &Row| Cell::text(&row.unit)),
        Column::new("was", "dossier-closing-was", Kind::Moment, |row: &Row| Cell::moment(Some(row.moved.was))),
        Column::new("due", "dossier-closing-due", Kind::Moment, |row: &Row| Cell::moment(Some(row.moved.due))),
    ],
    order: ("code", false),
    shape: Shape::AT,
    empty: ("dossier-closing-none", "dossier-closing-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "closing_dossiers.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    lead: String,
    list: String,
}

/// GET /closings/dossiers?closing=
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let code = asked.value("closing").to_owned();
    let (l, now) = (ctx.l, ctx.now);
    let actor = ctx.require(KEEP_ORGANISATION)?.clone();
    let (rooms, house) = (Closing::house(&ctx).await?, house(&ctx.app)?);
    let of = code.clone();
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let seen = records::open::<Closing>(tx, &rooms, &Asker::actor(&actor, now), &of).await?;
            let rows = match seen.state().state {
                State::Executed => moved_list(tx, seen.held().id, LISTED_MAX).await?,
                State::Dropped => Vec::new(),
                State::Draft | State::Submitted => {
                    let closing = closing::closing(tx, &rooms, &seen, now.date()).await?;
                    would_list(tx, &closing, LISTED_MAX).await?.0
                }
            };
            let title = seen.words.get("title").cloned().unwrap_or_default();
            Ok::<_, Fault>((title, seen.state().state == State::Executed, rows))
        })
    });
    let (title, executed, rows) = read.await?;
    let row = |moved: DateMoved| Row {
        procedure: house.shelf.version(moved.version).map(|version| version.name.clone()).unwrap_or_default(),
        unit: house.tree.name(moved.competent),
        moved,
    };
    let back = format!("/closings/{code}");
    let whole = Whole::of(&LIST, &asked, rows.into_iter().map(row).collect(), |row: &Row| row.moved.id);
    let opened = lists::open(&ctx, &LIST, asked, whole).await?;
    let trail = vec![
        Breadcrumb::new(l.t("closing-title"), "/closings"),
        Breadcrumb::new(code, back),
        Breadcrumb::new(l.t(LIST.title), ""),
    ];
    let said = if executed { "dossier-closing-moved" } else { "dossier-closing-would" };
    let lead = format!("{title}. {}", l.t(said));
    opened.page(&ctx, &l.t(LIST.title), |list| Page { l, trail, lead, list })
}
