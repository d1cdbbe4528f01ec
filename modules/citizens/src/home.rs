//! The portal's front: the search is the page. Below it six life events, the look-up of a dossier, what waits for this
//! person, what is new in the catalogue.

use crate::mine::{self, Row};
use crate::store;
use crate::together::Together;
use askama::Template;
use axum::extract::Path;
use base::{Actor, Fault, vn_date};
use catalogue::{Version, life::LifeEvent};
use i18n::L;
use std::sync::Arc;
use web::{Answer, Ctx};

/// Procedures that changed lately, shown at most.
const NEWS_MAX: usize = 4;
/// What waits for a person, shown at most.
const WAITING_MAX: usize = 5;

struct Event {
    id: String,
    icon: String,
    name: String,
}

struct News {
    day: String,
    code: String,
    name: String,
}

/// A begun filing.
pub(crate) struct Begun {
    pub name: String,
    pub code: String,
    pub saved: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    l: L,
    events: Vec<Event>,
    news: Vec<News>,
    online: usize,
    in_all: usize,
    waiting: Vec<Row>,
    begun: Vec<Begun>,
    signed_in: bool,
}

/// Where an official's day begins; citizens stay on the home page.
fn desk_of(ctx: &Ctx, actor: &Actor) -> Option<&'static str> {
    actor.home().map(|_| web::home(&ctx.app, actor))
}

fn news(versions: &[Arc<Version>]) -> Vec<News> {
    let mut latest: Vec<&Arc<Version>> = versions.iter().collect();
    latest.sort_by(|a, b| b.effective_from.cmp(&a.effective_from).then_with(|| a.name.cmp(&b.name)));
    latest
        .into_iter()
        .take(NEWS_MAX)
        .map(|v| News { day: vn_date(v.effective_from), code: v.code.clone(), name: v.name.clone() })
        .collect()
}

/// `GET /`
pub(crate) async fn home(ctx: Ctx) -> Answer {
    if let Some(href) = ctx.actor.as_ref().and_then(|actor| desk_of(&ctx, actor)) {
        return Ok(ctx.redirect(href));
    }
    let shelf = catalogue::fresh_shelf(&ctx.app, ctx.now).await?;
    let offered = shelf.all(ctx.now.date());
    let (mut waiting, mut begun) = (Vec::new(), Vec::new());
    if let Some(actor) = &ctx.actor {
        let actor = actor.clone();
        let (rows, drafts) = ctx
            .db()
            .read(move |tx| {
                Box::pin(async move {
                    let rows = dossiers::person::dossiers_of(tx, &actor, crate::OWN_DOSSIERS_MAX).await?;
                    Ok::<_, Fault>((rows, store::drafts(tx, actor.account, WAITING_MAX).await?))
                })
            })
            .await?;
        let house = dossiers::pages::house(&ctx.app)?;
        waiting = rows
            .iter()
            .filter(|loaded| loaded.dossier.status.waits_for_applicant())
            .take(WAITING_MAX)
            .map(|loaded| mine::row(&ctx, &house, loaded))
            .collect();
        begun = drafts.iter().map(|draft| begun_row(&ctx, &shelf, draft)).collect();
    }
    let page = Home {
        l: ctx.l,
        events: catalogue::life::events()
            .into_iter()
            .map(|e: LifeEvent| Event { name: e.name(ctx.lang).to_owned(), id: e.id, icon: e.icon })
            .collect(),
        news: news(&offered),
        online: offered.iter().filter(|v| v.can_be_filed_online()).count(),
        in_all: offered.len(),
        waiting,
        begun,
        signed_in: ctx.actor.is_some(),
    };
    Ok(ctx.page(&ctx.l.t("citizens-home-title"), &page))
}

/// A draft as a line of a list.
pub(crate) fn begun_row(ctx: &Ctx, shelf: &catalogue::Shelf, draft: &crate::Draft) -> Begun {
    let version = shelf.by_code(&draft.procedure, ctx.now.date());
    Begun {
        name: match (version, shelf.linked(&draft.procedure)) {
            (Some(version), _) => version.name.clone(),
            (None, Some(linked)) => linked.name.clone(),
            (None, None) => draft.procedure.clone(),
        },
        code: draft.procedure.clone(),
        saved: base::vn_date_time(draft.updated_at),
    }
}

struct Offer {
    code: String,
    name: String,
    field: String,
    online: bool,
    /// Code and name of what it can be filed together with.
    together: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "life.html")]
struct Life {
    l: L,
    name: String,
    query: String,
    offers: Vec<Offer>,
}

/// `GET /life/{event}`: the procedures people need then.
pub(crate) async fn life(ctx: Ctx, Path(event): Path<String>) -> Answer {
    let event =
        catalogue::life::events().into_iter().find(|e| e.id == event).ok_or(Fault::NotFound("citizens-no-event"))?;
    let shelf = catalogue::fresh_shelf(&ctx.app, ctx.now).await?;
    let offers = event
        .procedures
        .iter()
        .filter_map(|code| shelf.by_code(code, ctx.now.date()))
        .map(|v| Offer {
            code: v.code.clone(),
            name: v.name.clone(),
            field: v.field_name.clone(),
            online: v.can_be_filed_online(),
            together: Together::led_by(&shelf, &v.code, ctx.now.date())
                .into_iter()
                .map(|together| (together.linked.code, together.linked.short))
                .collect(),
        })
        .collect();
    let name = event.name(ctx.lang).to_owned();
    Ok(ctx.page(&name, &Life { l: ctx.l, name: name.clone(), query: web::table::encode(&event.query), offers }))
}
