//! The keeper's forms of the calendar: a form, then what it would change, then the change. Nothing typed is lost on the way, and what is
//! made is what was looked at.

use crate::calendar::{self, Change, HOURS, Planned, REMOVING, WEEK, keeps};
use crate::pages::find;
use crate::pages_calendar::{lines, row_words};
use crate::preview::{Compared, Previews};
use crate::{calendar_of, reload, tree_of};
use askama::Template;
use axum::extract::Path;
use base::{Date, Fault, Id, Problem, vn_date, vn_date_time};
use i18n::L;
use records::{Field, FormPage, Typed};
use std::collections::HashMap;
use web::{Answer, Breadcrumb, Ctx, FormMap};

/// Changed days named in a preview; more are counted.
const DAYS_SHOWN: usize = 20;
/// The name of the calendar that was looked at: what is confirmed is made only on top of it.
const SEEN: &str = "seen";
/// Back to the form.
const EDIT: &str = "edit";

/// A keeper's form: what it changes, what it asks for, what it says.
struct Form {
    change: Change,
    asks: &'static [Field],
    title: String,
    lead: String,
    back: String,
    above: Vec<Breadcrumb>,
    year: i16,
}

/// What an address names: `what` is added, or the line `id` taken back.
type Named = Path<HashMap<String, String>>;

fn province_only() -> Fault {
    Fault::Forbidden(Problem::new("organisation-calendar-province"))
}

impl Form {
    /// The form, if these days are this person's to keep; it is not shown to anybody else.
    async fn of(ctx: &Ctx, Path(named): Named) -> Result<Form, Fault> {
        let actor = ctx.require(crate::rights::KEEP_ORGANISATION)?.clone();
        let (l, tree) = (ctx.l, tree_of(&ctx.app).await?);
        let keeps_all = tree.root().is_some_and(|root| keeps(&actor, &root.path));
        let above = vec![Breadcrumb::new(l.t("organisation-calendar"), "/calendar")];
        let (back, year) = ("/calendar".to_owned(), ctx.now.date().year());
        if let Some(what) = named.get("what") {
            let (what, asks) = calendar::adding(what)?;
            if !keeps_all {
                return Err(province_only());
            }
            let (title, lead) = (format!("organisation-calendar-{what}"), format!("organisation-calendar-{what}-lead"));
            return Ok(Form { change: Change::Add(what), asks, title: l.t(title), lead: l.t(lead), back, above, year });
        }
        let (lines, id) = (lines(ctx).await?.0, named.get("id").and_then(|id| id.parse().ok()));
        let line = lines.iter().find(|line| Some(line.id.0) == id);
        let line = line.ok_or(Fault::NotFound("organisation-calendar-no-line"))?;
        let own = line.agency.and_then(|agency| tree.get(agency));
        match own {
            Some(agency) if crate::verbs::keeps(&actor, &tree, agency) => {}
            Some(_) => return Err(Fault::Forbidden(Problem::new("organisation-not-yours"))),
            None if keeps_all => {}
            None => return Err(province_only()),
        }
        let back = own.map_or(back, |agency| format!("/calendar/agencies?unit={}", agency.id));
        let whose = own.map(|agency| format!("{}: ", agency.name)).unwrap_or_default();
        let (title, lead) = (l.t("organisation-calendar-remove"), format!("{whose}{}", row_words(ctx, line)));
        let (change, year) = (Change::Remove(line.id), line.first_day().year());
        Ok(Form { change, asks: REMOVING, title, lead, back, above, year })
    }

    /// The hours of one agency.
    async fn of_agency(ctx: &Ctx, id: &str) -> Result<Form, Fault> {
        let actor = ctx.require(crate::rights::KEEP_ORGANISATION)?.clone();
        let (l, tree) = (ctx.l, tree_of(&ctx.app).await?);
        let agency = find(&tree, id)?;
        if !crate::verbs::keeps(&actor, &tree, agency) {
            return Err(Fault::Forbidden(Problem::new("organisation-not-yours")));
        }
        if !calendar::has_hours(&tree, agency) {
            return Err(Fault::Conflict(Problem::new("organisation-hours-part")));
        }
        Ok(Form {
            change: Change::Hours(agency.id),
            asks: HOURS,
            title: l.t("organisation-calendar-own-hours"),
            lead: l.tr("organisation-calendar-own-hours-lead", [("name", agency.name.clone())]),
            back: format!("/calendar/agencies?unit={}", agency.id),
            above: vec![
                Breadcrumb::new(l.t("organisation-units"), "/units"),
                Breadcrumb::new(agency.short_name.clone(), format!("/units/{}", agency.id)),
            ],
            year: ctx.now.date().year(),
        })
    }

    fn page(self, ctx: &Ctx, given: &FormMap, refused: Option<Fault>) -> Answer {
        let (l, today, change) = (ctx.l, ctx.now.date(), self.change);
        let whose = if let Change::Hours(agency) = change { agency } else { Id(0) };
        let (all, hours) = (calendar_of(&ctx.app), matches!(change, Change::Hours(_)));
        let calendar = all.at(whose, whose);
        let likely = |name: &str| match WEEK.iter().position(|day| *day == name) {
            // What is left empty follows the province, whatever becomes of its hours.
            Some(_) if hours && !all.has_own(whose) => String::new(),
            Some(day) => calendar.hours_on(today).day_text(day),
            None if name == "kind" => "holiday".to_owned(),
            None => String::new(),
        };
        let typed = |field: &Field| given.text(field.name).to_owned();
        let value = |field: &Field| if given.0.is_empty() { likely(field.name) } else { typed(field) };
        let mut fields = records::shown(l, "organisation-calendar", self.asks, value, |_| Vec::new());
        if let Some(day) = fields.iter_mut().find(|field| change == Change::Add("swap") && field.name == "first_day") {
            day.label = l.t("organisation-calendar-off-day");
        }
        FormPage {
            above: self.above,
            title: self.title,
            lead: self.lead,
            action: ctx.path().to_owned(),
            back: self.back,
            fields,
            refused,
            open: Vec::new(),
        }
        .answer(ctx)
    }
}

struct DayRow {
    day: String,
    before: String,
    after: String,
}

struct ExampleRow {
    limit: String,
    received: String,
    before: String,
    after: String,
    moves: bool,
}

#[derive(Template)]
#[template(path = "calendar_preview.html")]
struct Preview<'a> {
    l: L,
    csrf: &'a str,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    action: String,
    back: String,
    days: Vec<DayRow>,
    /// Further days, counted.
    more: String,
    examples: Vec<ExampleRow>,
    /// What the modules above find: words, and where it is listed.
    found: Vec<(String, String)>,
    /// What was typed, to be sent again.
    typed: Vec<(&'a str, &'a str)>,
    seen: String,
    /// The calendar changed while this was looked at.
    anew: bool,
}

/// What the change would do, to be confirmed.
async fn preview(ctx: &Ctx, form: Form, given: &FormMap, planned: &Planned) -> Answer {
    let (l, tree) = (ctx.l, tree_of(&ctx.app).await?);
    let compared = Compared {
        before: planned.before.clone(),
        after: planned.after.clone(),
        from: planned.from,
        agency: planned.agency,
        tree,
        now: ctx.now,
    };
    let previews = ctx.app.get::<Previews>();
    let limits = previews.as_ref().map(|above| (above.limits)(&ctx.app, ctx.now.date())).unwrap_or_default();
    let mut found = Vec::new();
    if let Some(above) = previews {
        let looked = compared.clone();
        let read = ctx.db().read(move |tx| {
            Box::pin(async move {
                let mut all = Vec::new();
                for look in &above.looks {
                    all.extend(look(tx, &looked).await?);
                }
                Ok::<_, Fault>(all)
            })
        });
        let actor = ctx.actor()?;
        found.extend(read.await?.into_iter().map(|open| {
            let href = if open.count > 0 && actor.may(open.needs) { open.href } else { String::new() };
            (l.tr(open.what, [("n", l.number(open.count))]), href)
        }));
    }
    let hours = |spans: &str| if spans.is_empty() { l.t("organisation-calendar-day-off") } else { spans.to_owned() };
    let days = compared.days();
    let more = days.len().saturating_sub(DAYS_SHOWN);
    let shown = days.iter().take(DAYS_SHOWN).map(|changed| {
        let weekday = l.t(format!("organisation-weekday-{}", changed.day.weekday().to_monday_one_offset()));
        let desk = l.tr("organisation-calendar-counter", [("hours", changed.desk.clone())]);
        let after = if changed.desk.is_empty() { hours(&changed.after) } else { desk };
        DayRow { day: format!("{weekday}, {}", vn_date(changed.day)), before: hours(&changed.before), after }
    });
    let examples = compared.examples(&limits).into_iter().map(|example| {
        let (key, n) = example.limit.words();
        ExampleRow {
            limit: l.tr(key, [("n", n.to_string())]),
            received: vn_date_time(example.received),
            before: vn_date_time(example.before),
            after: vn_date_time(example.after),
            moves: example.before != example.after,
        }
    });
    let mut trail = form.above.clone();
    trail.push(Breadcrumb::new(form.title.clone(), ""));
    let page = Preview {
        l,
        csrf: &ctx.csrf,
        trail,
        lead: form.lead.clone(),
        action: ctx.path().to_owned(),
        back: form.back.clone(),
        days: shown.collect(),
        more: if more > 0 {
            l.tr("organisation-calendar-days-more", [("n", l.number(more as i64))])
        } else {
            String::new()
        },
        examples: examples.collect(),
        found,
        typed: form.asks.iter().map(|field| (field.name, given.text(field.name))).collect(),
        seen: planned.before.version().to_owned(),
        anew: given.get(SEEN).is_some(),
        title: form.title,
    };
    Ok(ctx.page(&page.title, &page))
}

/// The form again, what it would change, or the change itself and back to the list.
async fn answer(ctx: Ctx, form: Form, given: FormMap) -> Answer {
    if given.get(EDIT).is_some() {
        return form.page(&ctx, &given, None);
    }
    let (actor, now, typed, change) = (ctx.actor()?.clone(), ctx.now, Typed::of_form(form.asks, &given), form.change);
    let thought = (actor.clone(), typed.clone());
    let planned =
        ctx.db().read(move |tx| Box::pin(async move { calendar::plan(tx, &thought.0, now, change, &thought.1).await }));
    let planned = match planned.await {
        Ok(planned) => planned,
        Err(fault) => return form.page(&ctx, &given, Some(fault)),
    };
    if given.text(SEEN) != planned.before.version() {
        return preview(&ctx, form, &given, &planned).await;
    }
    let done = ctx.db().write(move |tx| Box::pin(async move { calendar::make(tx, &actor, now, change, &typed).await }));
    match done.await {
        Ok(_) => {
            reload(&ctx.app).await?;
            let (said, agency) = match change {
                Change::Remove(_) => ("organisation-calendar-removed", planned.agency),
                _ => ("organisation-calendar-added", planned.agency),
            };
            let year = web::iso_day(given.text("first_day")).parse().map_or(form.year, |day: Date| day.year());
            let to = if agency.is_some() { form.back } else { format!("/calendar?year={year}") };
            Ok(ctx.flash(to, said))
        }
        Err(fault) => form.page(&ctx, &given, Some(fault)),
    }
}

/// GET /calendar/add/{what}, GET /calendar/{id}/remove
pub(crate) async fn form(ctx: Ctx, named: Named) -> Answer {
    Form::of(&ctx, named).await?.page(&ctx, &FormMap::default(), None)
}

/// POST /calendar/add/{what}, POST /calendar/{id}/remove
pub(crate) async fn change(ctx: Ctx, named: Named, given: FormMap) -> Answer {
    let form = Form::of(&ctx, named).await?;
    answer(ctx, form, given).await
}

/// GET /units/{id}/hours
pub(crate) async fn hours(ctx: Ctx, Path(id): Path<String>) -> Answer {
    Form::of_agency(&ctx, &id).await?.page(&ctx, &FormMap::default(), None)
}

/// POST /units/{id}/hours
pub(crate) async fn change_hours(ctx: Ctx, Path(id): Path<String>, given: FormMap) -> Answer {
    let form = Form::of_agency(&ctx, &id).await?;
    answer(ctx, form, given).await
}
