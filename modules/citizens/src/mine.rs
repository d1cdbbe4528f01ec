//! A citizen's own dossiers: the list, the line of milestones, what is asked of the applicant.

use crate::home::{Begun, begun_row};
use crate::milestones::{Milestone, Places, milestones};
use crate::supplement::{self, Asked};
use crate::{DRAFTS_MAX, OWN_DOSSIERS_MAX, store};
use ::store::Tx;
use askama::Template;
use axum::extract::Path;
use base::{Actor, Fault, Id, Instant, Problem, vn_date_time};
use dossiers::forms::{self, Form};
use dossiers::happening::Happening;
use dossiers::person::{self, Notice};
use dossiers::rating::Standing;
use dossiers::store::{self as theirs, Loaded};
use dossiers::verbs::Verb;
use dossiers::{Act, By, Component, ComponentState, House, Status, decide, worklist};
use i18n::L;
use std::collections::HashMap;
use web::{Answer, Ctx, FormMap};

/// Notices shown, the latest first.
const NOTICES_MAX: i64 = 8;
/// Looks of officials shown, the latest first.
const LOOKS_MAX: i64 = 50;

/// A dossier as a line of a list.
pub(crate) struct Row {
    pub code: String,
    pub procedure: String,
    pub owner: String,
    pub status: String,
    pub state: &'static str,
    pub filed: String,
    pub due: String,
    /// Something is asked of the applicant.
    pub waits: bool,
}

/// Colour of a status: asked of you, late, on its way, over.
fn state_of(ctx: &Ctx, house: &House, loaded: &Loaded) -> &'static str {
    let d = &loaded.dossier;
    match d.status {
        Status::Supplement | Status::Payment | Status::Decided => "near",
        Status::Returned => "done",
        Status::IntakeRefused | Status::Withdrawn | Status::Stopped => "paused",
        Status::Filed => "new",
        Status::Received | Status::Processing => match worklist::clock(d, &house.calendar, ctx.now).state {
            "late" => "late",
            _ => "ontime",
        },
    }
}

pub(crate) fn row(ctx: &Ctx, house: &House, loaded: &Loaded) -> Row {
    let d = &loaded.dossier;
    Row {
        code: d.code.clone(),
        procedure: house.shelf.version(d.version).map(|v| v.name.clone()).unwrap_or_default(),
        owner: loaded.applicant.owner_name.clone(),
        status: ctx.l.t(d.state_key()),
        state: state_of(ctx, house, loaded),
        filed: vn_date_time(d.filed_at),
        due: d.due_at.map(vn_date_time).unwrap_or_default(),
        waits: d.status.waits_for_applicant(),
    }
}

#[derive(Template)]
#[template(path = "my.html")]
struct My {
    l: L,
    csrf: String,
    rows: Vec<Row>,
    begun: Vec<Begun>,
    notices: Vec<Told>,
    /// Some notice has not been seen yet.
    unread: bool,
    /// The latest notice shown, in milliseconds: only what was shown is marked as seen.
    until: i64,
}

/// A notice as a line of the box.
struct Told {
    at: String,
    code: String,
    what: String,
    new: bool,
    /// With which the case is rated, where it can be.
    rating: String,
}

fn told(l: L, notice: &Notice, rating: Option<String>) -> Told {
    Told {
        rating: rating.unwrap_or_default(),
        at: vn_date_time(notice.at),
        code: notice.code.clone(),
        what: l.t(format!("dossier-event-{}", notice.kind)),
        new: !notice.read,
    }
}

/// `POST /my/notices`: what was shown has been seen.
pub(crate) async fn seen(ctx: Ctx, form: FormMap) -> Answer {
    let (account, now) = (ctx.actor()?.account, ctx.now);
    let until = form.text("until").parse().map_or(now, Instant).min(now);
    ctx.db().write(move |tx| Box::pin(async move { person::read_notices(tx, account, until, now).await })).await?;
    Ok(ctx.redirect("/my"))
}

/// `GET /my`
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let actor = ctx.actor()?.clone();
    let house = dossiers::pages::house(&ctx.app)?;
    let (rows, drafts, notices) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let rows = person::dossiers_of(tx, &actor, OWN_DOSSIERS_MAX).await?;
                let drafts = store::drafts(tx, actor.account, DRAFTS_MAX).await?;
                let notices = person::notices(tx, actor.account, NOTICES_MAX).await?;
                let mut with_codes = Vec::with_capacity(notices.len());
                for notice in notices {
                    let rating = person::rating_of(tx, &notice).await?;
                    with_codes.push((notice, rating));
                }
                Ok::<_, Fault>((rows, drafts, with_codes))
            })
        })
        .await?;
    let page = My {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        rows: rows.iter().map(|loaded| row(&ctx, &house, loaded)).collect(),
        begun: drafts.iter().map(|draft| begun_row(&ctx, &house.shelf, draft)).collect(),
        unread: notices.iter().any(|(notice, _)| !notice.read),
        until: notices.iter().map(|(notice, _)| notice.at.0).max().unwrap_or_default(),
        notices: notices.into_iter().map(|(notice, rating)| told(ctx.l, &notice, rating)).collect(),
    };
    Ok(ctx.page(&ctx.l.t("citizens-my"), &page))
}

/// A file of the dossier.
struct Doc {
    name: String,
    state: String,
    /// One or more: a card has two sides.
    hrefs: Vec<String>,
}

#[derive(Template)]
#[template(path = "dossier.html")]
struct DossierPage {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    code: String,
    procedure: String,
    procedure_code: String,
    owner: String,
    status: String,
    state: &'static str,
    agency: String,
    due: String,
    fee: String,
    /// Whether it is paid, in words; empty where nothing is owed.
    paid: String,
    /// Just filed: shows the code large, with what happens now.
    fresh: bool,
    qr: String,
    track: String,
    late: String,
    /// What is asked of the applicant.
    asked: Option<Asked>,
    payment: String,
    /// All that was filed together with it, itself among them, and by when all of it is promised.
    together: Vec<PartRow>,
    promised: String,
    line: Vec<Milestone>,
    /// When officials looked, and of which unit.
    looks: Vec<(String, String)>,
    papers: Vec<Doc>,
    results: Vec<Doc>,
    /// Its forms as PDF: name and address.
    forms: Vec<(String, String)>,
    /// What the applicant sent later.
    sent: Vec<Doc>,
    answers: Vec<dossiers::pages::Answered>,
    can_withdraw: bool,
    can_rate: bool,
    rated: bool,
    /// With which somebody without an account rates the case.
    rating_code: String,
    scores: Vec<(i64, String)>,
    /// What was typed as the reason of a withdrawal that was refused.
    why: String,
    withdraw_open: bool,
}

/// One of those that were filed together.
struct PartRow {
    code: String,
    procedure: String,
    agency: String,
    status: String,
    state: &'static str,
    due: String,
    /// Names of those it waits for.
    waits_for: String,
    here: bool,
}

/// All that was filed together with a dossier, for one page to follow all of it.
fn parts(l: L, house: &House, told: &[dossiers::actions::Told], code: &str) -> Vec<PartRow> {
    let name = |version: Id| house.shelf.version(version).map(|version| version.name.clone()).unwrap_or_default();
    let of_code = |code: &String| told.iter().find(|one| one.code == *code).map(|one| name(one.version));
    let row = |one: &dossiers::actions::Told| PartRow {
        code: one.code.clone(),
        procedure: name(one.version),
        agency: house.tree.name(one.competent),
        status: l.t(dossiers::dossier::state_key(one.status, one.outcome)),
        state: match one.status {
            Status::Supplement | Status::Payment | Status::Decided => "near",
            Status::Returned => "done",
            Status::IntakeRefused | Status::Withdrawn | Status::Stopped => "paused",
            Status::Filed => "new",
            Status::Received | Status::Processing => "ontime",
        },
        due: one.due_at.map(vn_date_time).unwrap_or_default(),
        waits_for: one.waits_for.iter().filter_map(of_code).collect::<Vec<_>>().join("; "),
        here: one.code == code,
    };
    told.iter().map(row).collect()
}

/// Everything the page shows, read in one snapshot.
pub(crate) struct Read {
    pub(crate) loaded: Loaded,
    pub(crate) papers: Vec<(i64, Component)>,
    /// Number of a reused paper → code of the dossier it was taken from.
    sources: HashMap<i64, String>,
    files: Vec<(Id, String, String)>,
    pub(crate) events: Vec<audit::Event>,
    seen: Vec<access::Seen>,
    rating: Standing,
    rating_code: Option<String>,
    together: Vec<dossiers::actions::Told>,
}

async fn read(tx: &Tx, actor: &Actor, code: &str) -> Result<Read, Fault> {
    let loaded = person::own(tx, actor, code).await?;
    let id = loaded.dossier.id;
    let papers = theirs::components(tx, id).await?;
    let files = person::files_of(tx, id).await?;
    let events = audit::events(tx, id).await?;
    let sources = dossiers::pages::sources(tx, &events).await?;
    let seen = access::seen_by(tx, &loaded.dossier.code, LOOKS_MAX).await?;
    let rating = dossiers::rating::standing(tx, &loaded.dossier).await?;
    let rating_code = dossiers::rating::code_of(tx, id).await?;
    let together = dossiers::together(tx, &loaded.dossier).await?;
    Ok(Read { loaded, papers, sources, files, events, seen, rating, rating_code, together })
}

/// Looks at a dossier in words: the unit and the time. Who it was is for inspectors; several looks of a minute are one line.
fn looks(l: L, house: &House, seen: &[access::Seen]) -> Vec<(String, String)> {
    let unit = |seen: &access::Seen| match seen.agency.map(|id| house.tree.name(id)).unwrap_or_default() {
        name if name.is_empty() => l.t("citizens-looks-elsewhere"),
        name => name,
    };
    let mut lines: Vec<_> = seen.iter().map(|seen| (vn_date_time(seen.at), unit(seen))).collect();
    lines.dedup();
    lines
}

/// The code as a QR drawing that leads to its public status.
fn qr(address: &str) -> String {
    let Ok(code) = qrcode::QrCode::new(address.as_bytes()) else { return String::new() };
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(148, 148).build();
    svg.find("<svg")
        .map(|at| svg[at..].replacen("<svg", "<svg class=\"qr\" role=\"img\" aria-label=\"QR\"", 1))
        .unwrap_or_default()
}

fn page(
    ctx: &Ctx,
    house: &House,
    actor: &Actor,
    read: Read,
    problems: Vec<Problem>,
    typed: &FormMap,
) -> Result<DossierPage, Fault> {
    let l = ctx.l;
    let (d, a) = (&read.loaded.dossier, &read.loaded.applicant);
    let version = house.version(d.version)?;
    let office = house.office(&version, ctx.now);
    let may = |verb| decide::check(d, verb, actor, &office).is_ok();
    let href = |file: Id| format!("/my/{}/files/{file}", d.code);
    let places = Places {
        intake: house.tree.name(d.intake),
        unit: house.tree.name(d.unit),
        return_to: house.tree.name(d.return_to),
    };
    let last = |wanted: fn(&Happening) -> bool| {
        read.events.iter().rev().filter_map(|e| Happening::read(&e.data).ok()).find(wanted)
    };
    let payment = match last(|h| matches!(h, Happening::PaymentRequested { .. })) {
        Some(Happening::PaymentRequested { amount_dong, reason, .. }) if d.status == Status::Payment => {
            l.tr("citizens-pay", [("amount", base::Dong(amount_dong).to_string()), ("reason", reason)])
        }
        _ => String::new(),
    };
    let clock = worklist::clock(d, &house.calendar, ctx.now);
    let is_late = clock.state == "late" && d.finished_at.is_none() && d.status.clock_runs();
    let later = |wanted: &dyn Fn(&str) -> bool| -> Vec<Doc> {
        let files = read.files.iter().filter(|(_, purpose, _)| wanted(purpose));
        files
            .map(|(file, purpose, name)| Doc {
                name: name.clone(),
                state: l.t(format!("dossier-file-{purpose}")),
                hrefs: vec![href(*file)],
            })
            .collect()
    };
    let track = format!("{}/track?code={}", ctx.origin, d.code);
    let withdraw_open = problems.iter().any(|problem| problem.field.as_deref() == Some("reason"));
    let asked = supplement::asked(&version, &read, &problems, typed).filter(|_| may(Verb::CompleteSupplement));
    Ok(DossierPage {
        l,
        csrf: ctx.csrf.clone(),
        problems,
        code: d.code.clone(),
        procedure: version.name.clone(),
        procedure_code: version.code.clone(),
        owner: a.owner_name.clone(),
        status: l.t(d.state_key()),
        state: state_of(ctx, house, &read.loaded),
        agency: house.tree.name(d.competent),
        due: match d.due_at.map(vn_date_time) {
            Some(due) if d.status.waits_for_applicant() => l.tr("citizens-due-paused", [("due", due)]),
            due => due.unwrap_or_default(),
        },
        fee: catalogue::fee_said(l, &version, d.channel, Some(base::Dong(d.fee_dong))).sum,
        paid: match d.fee_dong {
            0 => String::new(),
            fee if d.paid_dong >= fee => l.t("citizens-paid"),
            _ => l.t("citizens-not-paid"),
        },
        fresh: d.status == Status::Filed && read.events.len() == 1,
        qr: qr(&track),
        track,
        late: if is_late { l.tr(clock.key, [("n", clock.n.to_string())]) } else { String::new() },
        asked,
        payment,
        together: parts(l, house, &read.together, &d.code),
        promised: read.together.iter().find_map(|one| one.promised).map(vn_date_time).unwrap_or_default(),
        line: milestones(l, d, &read.events, &places),
        looks: looks(l, house, &read.seen),
        papers: read
            .papers
            .iter()
            .filter(|(_, paper)| paper.required || !paper.files.is_empty())
            .map(|(n, paper)| Doc {
                name: paper.name.clone(),
                state: match read.sources.get(n) {
                    Some(code) if paper.state == ComponentState::Reused => {
                        l.tr("citizens-reused-from", [("code", code.clone())])
                    }
                    _ => l.t(format!("dossier-paper-{}", paper.state.as_str())),
                },
                hrefs: paper.files.iter().copied().map(href).collect(),
            })
            .collect(),
        forms: forms::forms_of(&read.events, true)
            .into_iter()
            .map(|form| (l.t(form.key()), format!("/my/{}/print/{}", d.code, form.as_str())))
            .collect(),
        results: later(&|purpose| purpose == "result"),
        sent: later(&|purpose| purpose != "result"),
        answers: dossiers::pages::answered(&version, &a.answers),
        can_withdraw: may(Verb::Withdraw),
        can_rate: read.rating == Standing::Open && may(Verb::Rate),
        rated: read.rating == Standing::Rated,
        rating_code: read.rating_code.unwrap_or_default(),
        scores: (1..=5).rev().map(|score| (score, l.t(format!("dossier-rating-{score}")))).collect(),
        why: typed.text("reason").to_owned(),
        withdraw_open,
    })
}

/// The page of a dossier; `typed` is what was sent and refused.
pub(crate) async fn render(ctx: &Ctx, code: String, problems: Vec<Problem>, typed: &FormMap) -> Answer {
    let actor = ctx.actor()?.clone();
    let house = dossiers::pages::house(&ctx.app)?;
    let asking = actor.clone();
    let found = ctx.db().read(move |tx| Box::pin(async move { read(tx, &asking, &code).await })).await?;
    let wrong = !problems.is_empty();
    let page = page(ctx, &house, &actor, found, problems, typed)?;
    let title = format!("{} · {}", page.code, page.procedure);
    Ok(if wrong { ctx.invalid_page(&title, &page) } else { ctx.page(&title, &page) })
}

/// `GET /my/{code}`
pub(crate) async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    render(&ctx, code, Vec::new(), &FormMap::default()).await
}

/// `GET /my/{code}/files/{file}`: papers handed in and results, to their own applicant.
pub(crate) async fn download(ctx: Ctx, Path((code, file)): Path<(String, Id)>) -> Answer {
    let actor = ctx.actor()?.clone();
    ctx.db()
        .read(move |tx| {
            Box::pin(async move {
                let loaded = person::own(tx, &actor, &code).await?;
                let belongs = person::has_file(tx, loaded.dossier.id, file).await?;
                if belongs { Ok(()) } else { Err(Fault::NotFound("files-not-found")) }
            })
        })
        .await?;
    Ok(files::download(&ctx, file, |_| Ok(())).await?)
}

/// `GET /my/{code}/print/{form}`: a form of one's own dossier as a PDF; not the office's own.
pub(crate) async fn print(ctx: Ctx, Path((code, form)): Path<(String, String)>) -> Answer {
    let actor = ctx.actor()?.clone();
    let form = Form::read(&form).filter(|form| !form.is_internal()).ok_or(Fault::NotFound("dossier-form-unknown"))?;
    let house = dossiers::pages::house(&ctx.app)?;
    let read = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let loaded = person::own(tx, &actor, &code).await?;
                forms::read(tx, loaded).await
            })
        })
        .await?;
    dossiers::pages::give(&ctx, &house, form, &read).await
}

/// Does one thing to one's own dossier; a refusal that names fields shows the page again with what was typed.
pub(crate) async fn act(
    ctx: &Ctx,
    code: String,
    act: Act,
    staged: Vec<(Option<i64>, files::Staged)>,
    typed: &FormMap,
) -> Answer {
    let actor = ctx.actor()?.clone();
    let house = dossiers::pages::house(&ctx.app)?;
    let (now, wanted) = (ctx.now, code.clone());
    let done = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let id = person::own(tx, &actor, &wanted).await?.dossier.id;
                let act = supplement::with_files(tx, act, &staged, (id, actor.account, now)).await?;
                dossiers::act(tx, &house, &By { actor, now }, &wanted, &act).await
            })
        })
        .await;
    match done {
        Ok(_) => Ok(ctx.flash(format!("/my/{code}"), "citizens-done")),
        Err(Fault::Invalid(problems)) => render(ctx, code, problems, typed).await,
        Err(other) => Err(other.into()),
    }
}

/// `POST /my/{code}/withdraw`
pub(crate) async fn withdraw(ctx: Ctx, Path(code): Path<String>, form: FormMap) -> Answer {
    act(&ctx, code, Act::of(Verb::Withdraw).with("reason", form.text("reason")), Vec::new(), &form).await
}

/// `POST /my/{code}/rate`: 1 (very dissatisfied) to 5.
pub(crate) async fn rate(ctx: Ctx, Path(code): Path<String>, form: FormMap) -> Answer {
    act(&ctx, code, Act::of_form(Verb::Rate, &form), Vec::new(), &form).await
}
