//! A request for a list, from its address to its page or its file.

use crate::asked::Asked;
use crate::declare::{List, Lists, On};
use crate::file::{About, ROWS_MAX, Sheet};
use crate::show::{Read, Seat, Shown, filtered};
use crate::source::Source;
use crate::views::{self, Reader, View};
use askama::Template;
use axum::response::Response;
use base::{Fault, vn_date_time};
use store::{StoreError, Tx};
use web::{Answer, Ctx};

/// Rows read at once for a file: they are let go before the next are read.
const BATCH: usize = 1_000;

/// What a request for a list comes to.
pub enum Opened {
    /// The list, to stand in the room's page.
    Page(Box<Shown>),
    /// A file, or the way to the person's default view.
    Answer(Response),
}

impl Opened {
    /// The room's page around the list; what was asked and does not fit is 422. `page` is handed the list's markup.
    ///
    /// # Errors
    /// None; an answer for handlers to return.
    pub fn page<T: Template>(self, ctx: &Ctx, title: &str, page: impl FnOnce(String) -> T) -> Answer {
        match self {
            Opened::Answer(response) => Ok(response),
            Opened::Page(shown) if shown.is_refused() => Ok(ctx.invalid_page(title, &page(shown.html()))),
            Opened::Page(shown) => Ok(ctx.page(title, &page(shown.html()))),
        }
    }
}

/// Opens a list.
///
/// # Errors
/// 422 where a file of an unknown kind is asked for; what the room's source says.
pub async fn open<S: Source>(
    ctx: &Ctx,
    list: &'static List<S::Row>,
    mut asked: Asked,
    source: S,
) -> Result<Opened, Fault> {
    if !list.files {
        asked.format.clear();
    }
    if asked.is_file() {
        if !asked.public {
            ctx.official()?;
        }
        if !asked.problems.is_empty() {
            return Err(Fault::Invalid(asked.problems));
        }
        return Ok(Opened::Answer(file(ctx, list, asked, source).await?));
    }
    if !asked.problems.is_empty() {
        return Ok(Opened::Page(Box::new(Shown::new(&Seat::of(ctx), list, &asked, Read::default()))));
    }
    let reader = reader(ctx, list);
    let bare = !asked.uri.contains('?') && !ctx.htmx;
    let (after, limit) = (asked.after.clone(), asked.per_page);
    let read = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let views = match kept(tx, reader.as_ref(), list, bare).await? {
                    Ok(views) => views,
                    Err(default) => return Ok(Err(default)),
                };
                let batch = source.rows(tx, after.as_ref(), limit).await?;
                let counts = source.counts(tx).await?;
                Ok::<_, Fault>(Ok(Read { rows: batch.rows, next: batch.next, counts, paging: batch.paging, views }))
            })
        })
        .await?;
    Ok(match read {
        Ok(read) => Opened::Page(Box::new(Shown::new(&Seat::of(ctx), list, &asked, read))),
        Err(default) => Opened::Answer(ctx.redirect(default)),
    })
}

/// Who keeps views of a list: none where it has none.
pub fn reader<R>(ctx: &Ctx, list: &List<R>) -> Option<Reader> {
    Reader::of(ctx).filter(|_| ctx.app.get::<Lists>().is_some_and(|all| all.find(list.key).is_some()))
}

/// The views that a reader sees of a list; or, where nothing was asked of it (`bare`), the address of their default.
///
/// # Errors
/// The database's.
pub async fn kept<R>(
    tx: &Tx,
    reader: Option<&Reader>,
    list: &List<R>,
    bare: bool,
) -> Result<Result<Option<Vec<View>>, String>, StoreError> {
    let Some(reader) = reader else { return Ok(Ok(None)) };
    let views = views::seen(tx, reader, list.key).await?;
    Ok(match views.iter().find(|view| bare && view.default) {
        Some(default) => Err(default.address(list.path)),
        None => Ok(Some(views)),
    })
}

/// The list as a file: the same rows as on its pages, up to [`ROWS_MAX`].
async fn file<S: Source>(ctx: &Ctx, list: &'static List<S::Row>, asked: Asked, source: S) -> Result<Response, Fault> {
    let l = ctx.l;
    let mut lines: Vec<(String, String)> =
        filtered(l, list, &asked).into_iter().map(|(_, label, value)| (label, value)).collect();
    if let Some(tab) = list.tabs.get(asked.tab) {
        lines.insert(0, (l.t("lists-about-tab"), l.t(format!("{}{tab}", list.tab_word))));
    }
    lines.push((l.t("lists-about-at"), vn_date_time(ctx.now)));
    lines.extend(ctx.actor.as_ref().map(|actor| (l.t("lists-about-by"), actor.name.clone())));
    let title = l.t(list.title);
    let mut sheet = Sheet::begin(l, list, &asked.format, About { title, lines })?;
    let sheet = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let mut after = None;
                loop {
                    let batch = source.rows(tx, after.as_ref(), BATCH).await?;
                    for row in &batch.rows {
                        let columns = list.columns.iter().filter(|column| column.on != On::Page);
                        let cells: Vec<_> = columns.map(|column| (column.cell)(row)).collect();
                        sheet.row(&cells)?;
                    }
                    after = batch.next;
                    if after.is_none() {
                        break;
                    }
                    if sheet.room() == 0 {
                        sheet.is_cut();
                        break;
                    }
                }
                Ok::<_, Fault>(sheet)
            })
        })
        .await?;
    debug_assert!(sheet.room() <= ROWS_MAX);
    sheet.answer(&base::fold(&l.t(list.title)).replace(' ', "-"))
}
