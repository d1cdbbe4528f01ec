//! JSON of the one-stop. The same actions as the pages.

use crate::actions::linked::prefix;
use crate::actions::{self, By, CounterIntake, LinkedTyped};
use crate::decide::PostTyped;
use crate::dossier::{ComponentState, Dossier};
use crate::filing::{Brought, Handed};
use crate::issue;
use crate::opinion::{Opinion, Stance};
use crate::pages::house;
use crate::reading::{self, Asking};
use crate::uploads;
use crate::verbs::Verb;
use crate::worklist::{self, Asked, Narrow, Scope, Spot, Tab};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Channel, DossierCode, Fault, Id, Instant, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::params::{Kind, PAGE, PER_PAGE, Param};
use web::table::{Paging, query_value};
use web::{Answer, Ctx, Sent};

mod acting;
mod body;

use acting::{Came, done};
pub use body::ActBody;

/// A dossier as the API shows it to those who may read it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DossierView {
    /// Mã số hồ sơ.
    code: String,
    /// National code of the procedure.
    procedure: String,
    /// Status code 1–10 of the national portal.
    status: i64,
    channel: &'static str,
    level: &'static str,
    field: String,
    #[schema(value_type = String)]
    intake: Id,
    #[schema(value_type = String)]
    competent: Id,
    #[schema(value_type = String)]
    return_to: Id,
    #[schema(value_type = String)]
    unit: Id,
    step: i64,
    /// Account of who holds it.
    #[schema(value_type = Option<String>)]
    handler: Option<Id>,
    /// RFC 3339, Vietnam time; absent while not reached.
    filed_at: Option<String>,
    received_at: Option<String>,
    due_at: Option<String>,
    first_due_at: Option<String>,
    /// Where it was put off with an apology: the date before, by which it is counted.
    promised_at: Option<String>,
    /// How the due date came about.
    due_basis: String,
    finished_at: Option<String>,
    returned_at: Option<String>,
    /// "", "granted" or "refused".
    outcome: &'static str,
    supplements: i64,
    /// The last day for the supplement waited for.
    asked_until: Option<String>,
    fee_dong: i64,
    paid_dong: i64,
    /// Handed over to the unit it lies with, and not taken there yet: since when.
    offered_at: Option<String>,
    /// By when another agency takes it; until then the sender answers for it.
    take_by: Option<String>,
    /// The unit it came from, as long as it can be given back.
    #[schema(value_type = Option<String>)]
    sender: Option<Id>,
    /// Papers follow: by when they are handed over.
    papers_by: Option<String>,
    /// What went wrong by the office's own doing and is being mended: "error", "lost"; "" for nothing.
    mishap: &'static str,
    /// The last day for mending it.
    mishap_until: Option<String>,
    /// What other units were asked, in the order of their numbers; not said in lists.
    opinions: Option<Vec<OpinionView>>,
}

/// An opinion asked of another unit.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OpinionView {
    n: i64,
    #[schema(value_type = String)]
    unit: Id,
    /// "asked", "given", "misrouted", "dropped" or "silent".
    state: &'static str,
    /// "agree", "agree-if" or "disagree"; "" while none is given.
    stance: &'static str,
    asked_at: Option<String>,
    due_at: Option<String>,
    ended_at: Option<String>,
    /// Of a branch of several steps, the one it lies at, by its id; "" for what is answered by itself.
    step: String,
    step_due_at: Option<String>,
}

impl OpinionView {
    fn of(opinion: &Opinion) -> Self {
        Self {
            n: opinion.n,
            unit: opinion.unit,
            state: opinion.state.as_str(),
            stance: opinion.stance.map_or("", Stance::as_str),
            asked_at: time(Some(opinion.asked_at)),
            due_at: time(Some(opinion.due_at)),
            ended_at: time(opinion.ended_at),
            step: opinion.step.clone(),
            step_due_at: time(opinion.step_due_at),
        }
    }
}

fn time(at: Option<Instant>) -> Option<String> {
    at.map(|at| format!("{}+07:00", at.local().strftime("%Y-%m-%dT%H:%M:%S")))
}

impl DossierView {
    fn of(d: &Dossier, house: &actions::House) -> Self {
        Self {
            code: d.code.clone(),
            procedure: house.shelf.version(d.version).map(|version| version.code.clone()).unwrap_or_default(),
            status: d.status.code(),
            channel: d.channel.as_str(),
            level: d.level.as_str(),
            field: d.field.clone(),
            intake: d.intake,
            competent: d.competent,
            return_to: d.return_to,
            unit: d.unit,
            step: d.step,
            handler: d.handler,
            filed_at: time(Some(d.filed_at)),
            received_at: time(d.received_at),
            due_at: time(d.due_at),
            first_due_at: time(d.first_due_at),
            promised_at: time(d.promised_at),
            due_basis: d.due_basis.clone(),
            finished_at: time(d.finished_at),
            returned_at: time(d.returned_at),
            outcome: d.outcome.as_str(),
            supplements: d.supplements,
            asked_until: d.asked_until.map(|day| day.to_string()),
            fee_dong: d.fee_dong,
            paid_dong: d.paid_dong,
            offered_at: time(d.offered_at),
            take_by: time(d.take_by),
            sender: d.sender,
            papers_by: time(d.papers_by),
            mishap: d.mishap.map_or("", crate::dossier::Mishap::as_str),
            mishap_until: d.mishap_until.map(|day| day.to_string()),
            opinions: Some(d.opinions.iter().map(OpinionView::of).collect()),
        }
    }
}

/// What anybody may know of a dossier.
#[derive(Serialize, utoipa::ToSchema)]
pub struct StatusView {
    code: String,
    /// Status code 1–10 of the national portal.
    status: i64,
    /// "", "granted" or "refused".
    outcome: &'static str,
    /// Degree of completion in percent.
    degree: i64,
}

/// `GET /api/v1/dossiers/{code}/status`
#[utoipa::path(get, path = "/api/v1/dossiers/{code}/status", params(("code" = String, Path)), responses((status = 200, body = StatusView)))]
pub async fn status(ctx: Ctx, Path(code): Path<String>) -> Answer {
    // What is no code belongs to no dossier.
    let code: DossierCode = code.parse().map_err(|_: Problem| Fault::NotFound("dossier-not-found"))?;
    let found = crate::pages::look_up(ctx.db(), &code).await?.ok_or(Fault::NotFound("dossier-not-found"))?;
    Ok(json(
        StatusCode::OK,
        &StatusView {
            degree: found.degree(),
            status: found.status.code(),
            outcome: found.outcome.as_str(),
            code: found.code,
        },
    ))
}

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    (status, axum::Json(serde_json::to_value(body).unwrap_or_default())).into_response()
}

/// What the list takes.
pub const LIST: &[&Param] = &[
    &Param {
        name: "tab",
        kind: Kind::OneOf(&Tab::WORDS),
        about: "Which part of the work; `all` where nothing is asked.",
    },
    &Param { name: "q", kind: Kind::Text, about: "Words of the owner, a code, a number." },
    &PAGE,
    &PER_PAGE,
    &Param {
        name: "after",
        kind: Kind::Like { pattern: Spot::PATTERN, takes: |text| Spot::read(text).is_some() },
        about: "`next` of the page before: the page begins behind it.",
    },
];

/// What one dossier takes.
pub const ONE: &[&Param] = &[&Param { name: "purpose", kind: Kind::Text, about: "Why a closed dossier is read." }];

/// A page of a worklist.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ListView {
    total: i64,
    page: u32,
    per_page: u32,
    /// What the next page is asked with as `after`: it begins where this one ends, whatever has come or gone meanwhile.
    next: Option<String>,
    items: Vec<DossierView>,
}

/// `GET /api/v1/dossiers?tab=&q=&page=&per_page=&after=`
#[utoipa::path(get, path = "/api/v1/dossiers", responses((status = 200, body = ListView)))]
pub async fn list(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let word = query_value(&ctx.uri, "tab");
    let tab = match word.as_str() {
        "" => Tab::All,
        word => Tab::read(word).ok_or_else(|| Fault::invalid(Problem::new("dossier-tab-unknown").field("tab")))?,
    };
    let paging = Paging::from_uri(&ctx.uri);
    let narrow = Narrow { words: query_value(&ctx.uri, "q"), ..Narrow::default() };
    let place = paging.place(Spot::read);
    let (now, limit) = (ctx.now, paging.limit());
    let asked = house.clone();
    let (found, total, next) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let scope = Scope::of(&actor, &asked);
                let page = Asked { scope: &scope, tab, narrow: &narrow, now, limit, place };
                let (found, total) = worklist::page(tx, &asked, &page).await?;
                let full = found.len() as i64 == limit;
                let next = found.last().filter(|_| full).map(|loaded| page.dossier_spot(&loaded.dossier).text());
                Ok::<_, Fault>((found, total, next))
            })
        })
        .await?;
    let items =
        found.iter().map(|loaded| DossierView { opinions: None, ..DossierView::of(&loaded.dossier, &house) }).collect();
    Ok(json(StatusCode::OK, &ListView { total, page: paging.page, per_page: paging.per_page, next, items }))
}

/// `GET /api/v1/dossiers/{code}`
#[utoipa::path(get, path = "/api/v1/dossiers/{code}", params(("code" = String, Path)), responses((status = 200, body = DossierView)))]
pub async fn get(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let asked = house.clone();
    let (who, purpose, now) = (actor.clone(), query_value(&ctx.uri, "purpose"), ctx.now);
    let readable = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let asking = Asking { purpose: &purpose, ..Asking::official(&who, now) };
                reading::readable(tx, &asked, asking, &code).await
            })
        })
        .await?;
    crate::pages::looked(&ctx, &actor, &house, &readable).await?;
    Ok(json(StatusCode::OK, &DossierView::of(&readable.loaded().dossier, &house)))
}

/// A dossier handed in at the counter.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntakeBody {
    #[schema(min_length = 1)]
    procedure: String,
    /// "counter" (default) or "post".
    #[serde(default)]
    #[schema(pattern = "^(counter|post)$")]
    channel: Option<String>,
    #[schema(value_type = String, pattern = "^([1-9][0-9]{0,17}|[1-8][0-9]{18})$")]
    intake: Id,
    #[schema(value_type = String, pattern = "^([1-9][0-9]{0,17}|[1-8][0-9]{18})$")]
    competent: Id,
    #[schema(value_type = Option<String>, pattern = "^([1-9][0-9]{0,17}|[1-8][0-9]{18})$")]
    return_to: Option<Id>,
    #[schema(min_length = 1)]
    owner_name: String,
    /// Personal identity number (12 digits) or tax code (10 digits, with -NNN for a branch), spaced as one likes; or the number
    /// of the paper named in `owner_paper`.
    #[schema(min_length = 1)]
    owner_number: String,
    /// "citizen", "tax", "passport" or "other"; empty: a Vietnamese number, told by its form.
    #[serde(default)]
    owner_paper: String,
    /// Needed with a passport or another paper.
    #[serde(default)]
    owner_nationality: String,
    /// What is declared disagrees with the personal number, and it is so.
    #[serde(default)]
    sure: bool,
    /// With its country code after + when it is not of Vietnam.
    #[serde(default)]
    owner_phone: String,
    #[serde(default)]
    owner_address: String,
    #[serde(default)]
    submitter_name: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// Component code → "missing", "paper", "reused" or "not-applicable".
    #[serde(default)]
    components: BTreeMap<String, String>,
    /// For each reused component: code of the earlier dossier of the same person whose paper stands in.
    #[serde(default)]
    reused_from: BTreeMap<String, String>,
    #[serde(default)]
    paid: bool,
    /// By post: who carried it.
    #[serde(default)]
    post_carrier: String,
    /// By post: number of the item.
    #[serde(default)]
    post_number: String,
    /// By post: day of the hand-over minutes, as in `2026-12-31`; the filing counts from then. Today where nothing is said.
    #[serde(default)]
    post_day: String,
    /// By post: time of the minutes, as in `09:15`; needed with a day.
    #[serde(default)]
    post_time: String,
    /// Code of a group of linked procedures that this one leads: all of it is filed at once.
    #[serde(default)]
    linked: Option<String>,
    /// With `linked`: what is handed in for each of its procedures after the leading one, in their order.
    #[serde(default)]
    #[schema(max_items = 10)]
    parts: Vec<PartBody>,
}

/// What is handed in for one of the procedures that are filed together; whose it is stands with the leading one.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartBody {
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// Component code → "missing", "paper" or "not-applicable".
    #[serde(default)]
    components: BTreeMap<String, String>,
}

impl IntakeBody {
    /// What is filed together with it.
    fn linked(&mut self) -> Result<Option<LinkedTyped>, Fault> {
        let parts = std::mem::take(&mut self.parts);
        let Some(code) = self.linked.take().filter(|code| !code.is_empty()) else {
            let alone = || Fault::invalid(Problem::new("dossier-linked-unknown").field("linked").arg("code", ""));
            return if parts.is_empty() { Ok(None) } else { Err(alone()) };
        };
        let part = |(n, part): (usize, PartBody)| {
            let components = brought(part.components, &format!("components.{}", prefix(n + 1)))?;
            Ok::<_, Fault>(Handed { answers: part.answers, components, ..Handed::default() })
        };
        let parts = parts.into_iter().enumerate().map(part).collect::<Result<_, _>>()?;
        Ok(Some(LinkedTyped { code, parts }))
    }
}

/// How papers were brought, by their words; `at` begins the field of one that is none.
fn brought(words: BTreeMap<String, String>, at: &str) -> Result<BTreeMap<String, Brought>, Fault> {
    let one = |(code, word): (String, String)| {
        let state = ComponentState::read(&word).filter(|state| *state != ComponentState::File);
        let state = state
            .ok_or_else(|| Fault::invalid(Problem::new("dossier-component-state").field(format!("{at}{code}"))))?;
        Ok((code, Brought::from(state)))
    };
    words.into_iter().map(one).collect()
}

/// `POST /api/v1/dossiers`
#[utoipa::path(post, path = "/api/v1/dossiers", request_body = IntakeBody, responses((status = 201, body = DossierView)))]
pub async fn receive(ctx: Ctx, Sent { mut body, upload }: Sent<IntakeBody>) -> Answer {
    let by = By { actor: ctx.require(crate::rights::RECEIVE_DOSSIER)?.clone(), now: ctx.now };
    let house = house(&ctx.app)?;
    // What is asked for comes before how it was filled in.
    let version =
        house.shelf.by_code(&body.procedure, ctx.now.date()).ok_or(Fault::NotFound("dossier-procedure-unknown"))?;
    let is_known = |field: &str| version.components.iter().any(|c| field.strip_prefix("file_") == Some(&c.code));
    uploads::only(&upload, is_known)?;
    let channel = match body.channel.as_deref() {
        None | Some("counter") => Channel::Counter,
        Some("post") => Channel::Post,
        Some(_) => return Err(Fault::invalid(Problem::new("dossier-channel-unknown").field("channel")).into()),
    };
    let linked = body.linked()?;
    let mut components = brought(body.components, "components.")?;
    for (code, from) in body.reused_from {
        match components.get_mut(&code) {
            Some(paper) if paper.state == ComponentState::Reused => paper.from = from,
            _ => {
                let problem = Problem::new("dossier-reuse-not-asked").field(format!("reused_from.{code}"));
                return Err(Fault::invalid(problem).into());
            }
        }
    }
    let mut intake = CounterIntake {
        procedure: body.procedure,
        channel,
        intake: body.intake,
        competent: body.competent,
        return_to: body.return_to.unwrap_or(body.intake),
        handed: Handed {
            owner_name: body.owner_name,
            owner_number: body.owner_number,
            owner_phone: body.owner_phone,
            owner_address: body.owner_address,
            submitter_name: body.submitter_name,
            summary: body.summary,
            answers: body.answers,
            components,
            owner_paper: body.owner_paper,
            owner_nationality: body.owner_nationality,
            sure: body.sure,
        },
        paid: body.paid,
        post: PostTyped {
            carrier: body.post_carrier,
            number: body.post_number,
            day: body.post_day,
            time: body.post_time,
        },
        linked,
    };
    let staged = uploads::of_components(&ctx, &upload, &version, &mut intake.handed).await?;
    let asked = house.clone();
    let dossier = ctx
        .db()
        .write(move |tx| Box::pin(async move { uploads::receive(tx, &asked, &by, intake, (&staged, &[])).await }))
        .await?;
    Ok(json(StatusCode::CREATED, &DossierView::of(&dossier, &house)))
}

/// `POST /api/v1/dossiers/{code}/{verb}`
#[utoipa::path(post, path = "/api/v1/dossiers/{code}/{verb}", params(("code" = String, Path), ("verb" = String, Path)), request_body = ActBody, responses((status = 200, body = DossierView)))]
pub async fn act(ctx: Ctx, Path((code, verb)): Path<(String, String)>, Sent { body, upload }: Sent<ActBody>) -> Answer {
    let actor = ctx.actor()?.clone();
    let house = house(&ctx.app)?;
    let by = By { actor, now: ctx.now };
    let verb = Verb::read(&verb).ok_or(Fault::NotFound("dossier-act-unknown"))?;
    // A supplement brings several papers, each under the code of its component.
    let completes = verb == Verb::CompleteSupplement;
    let of_paper = |field: &str| completes && field.starts_with(uploads::OF_A_PAPER);
    uploads::only(&upload, |field| uploads::OF_AN_ACT.contains(&field) || of_paper(field))?;
    let staged = uploads::first(&ctx, &upload, &uploads::OF_AN_ACT).await?;
    let scans = if completes { uploads::of_papers(&ctx, &upload).await? } else { Vec::new() };
    let came = Came { component: body.text("component").to_owned(), first: staged, scans };
    let (typed, store): (records::Typed, _) = (body.into(), files::Store::of(&ctx.app));
    let unsigned = crate::signing::port(&ctx.app).unsigned();
    let mut round = 1;
    let dossier = loop {
        let wanted = (verb, &typed, came.first.is_some());
        let ready = issue::freeze((ctx.db(), &store, &house), (&by, &code, true), wanted, unsigned).await?;
        let outcome = done(&ctx, &house, (&by, &code), (verb, &typed), (&came, ready)).await;
        if !issue::again(&outcome) || round == issue::ROUNDS {
            break outcome?;
        }
        round += 1;
    };
    Ok(json(StatusCode::OK, &DossierView::of(&dossier, &house)))
}
