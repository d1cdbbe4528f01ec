//! One dossier: where it stands, what can be done now, what happened.

use super::timeline::{Moment, timeline};
use super::{Answered, answered, channel_key, house, moment, names};
use crate::actions::{self, Act, By, House, NewPaper, load};
use crate::decide;
use crate::happening::Happening;
use crate::places::desk_path;
use crate::store::{self as sql, Loaded};
use crate::transitions::Verb;
use crate::worklist;
use ::store::Tx;
use askama::Template;
use axum::extract::Path;
use base::{Actor, Dong, Fault, Id, Instant, Permission, Problem};
use i18n::L;
use std::collections::HashMap;
use web::{Answer, Choice, Ctx, FormMap, PatientUpload};

struct Paper {
    name: String,
    required: bool,
    state: &'static str,
    state_word: String,
    /// Its files, in order; a card has two sides.
    hrefs: Vec<String>,
    /// Code of the earlier dossier it was taken from.
    from: String,
}

struct Input {
    kind: &'static str,
    id: String,
    name: &'static str,
    label: String,
    hint: String,
    required: bool,
    choices: Vec<Choice>,
    /// What was typed before something was refused.
    value: String,
    error: String,
}

struct Offer {
    verb: &'static str,
    label: String,
    blocked: String,
    open: bool,
    inputs: Vec<Input>,
}

#[derive(Template)]
#[template(path = "show.html")]
struct ShowPage {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    code: String,
    owner: String,
    procedure: String,
    procedure_code: String,
    status: String,
    state: &'static str,
    due_key: &'static str,
    due: String,
    first_due: String,
    percent: i64,
    word: String,
    intake: String,
    competent: String,
    return_to: String,
    channel: String,
    unit: String,
    step: String,
    handler: String,
    fee: String,
    paid: String,
    papers: Vec<Paper>,
    files: Vec<Paper>,
    person: Vec<(String, String)>,
    answers: Vec<Answered>,
    /// There is a receipt to print.
    has_slip: bool,
    offers: Vec<Offer>,
    timeline: Vec<Moment>,
}

/// Whether a person may read a dossier: their scope holds one of its four places, or it is theirs to work on.
pub fn may_read(actor: &Actor, loaded: &Loaded, house: &House) -> bool {
    let d = &loaded.dossier;
    d.handler == Some(actor.account)
        || [d.unit, d.competent, d.intake, d.return_to]
            .iter()
            .any(|place| actor.may_at(Permission::ReadDossiers, house.tree.path(*place)))
        || [d.intake, d.return_to]
            .iter()
            .any(|place| actor.may_at(Permission::ReadDossiers, desk_path(&house.tree, *place)))
}

/// Loads a dossier the person may read. One of another unit is answered like one that does not exist.
pub async fn load_readable(tx: &Tx, house: &House, actor: &Actor, code: &str) -> Result<Loaded, Fault> {
    let loaded = load(tx, code).await?;
    if may_read(actor, &loaded, house) || passed_through(tx, house, actor, &loaded).await? {
        return Ok(loaded);
    }
    Err(Fault::NotFound("dossier-not-found"))
}

/// Whoever acted on a dossier may follow what becomes of it, as long as they work within the agency that answers for it:
/// an officer sees the decision on what they drafted; one transferred elsewhere does not.
async fn passed_through(tx: &Tx, house: &House, actor: &Actor, loaded: &Loaded) -> Result<bool, Fault> {
    let competent = house.tree.path(loaded.dossier.competent);
    let within = |grant: &base::Grant| {
        grant.role.allows(Permission::ReadDossiers) && !competent.is_empty() && grant.agency_path.starts_with(competent)
    };
    if !actor.grants.iter().any(within) {
        return Ok(false);
    }
    let events = audit::events(tx, loaded.dossier.id).await?;
    Ok(events.iter().any(|event| event.actor == Some(actor.account)))
}

/// Everything the page shows, read in one snapshot.
struct Read {
    loaded: Loaded,
    papers: Vec<(i64, crate::Component)>,
    /// Number of a reused paper → code of the dossier it was taken from.
    sources: HashMap<i64, String>,
    files: Vec<(Id, String, String, Instant)>,
    events: Vec<audit::Event>,
    names: HashMap<Id, String>,
    people: Vec<(Id, String)>,
}

async fn read(tx: &Tx, house: &House, actor: &Actor, code: &str, now: Instant) -> Result<Read, Fault> {
    let loaded = load_readable(tx, house, actor, code).await?;
    let id = loaded.dossier.id;
    let papers = sql::components(tx, id).await?;
    let mut files = Vec::new();
    for row in tx.query(sql::FILES, ::store::params![id]).await? {
        files.push((row.get("file_id")?, row.get("purpose")?, row.get("name")?, row.get("added_at")?));
    }
    let events = audit::events(tx, id).await?;
    let sources = sources(tx, &events).await?;
    let mut mentioned: Vec<Option<Id>> = events.iter().map(|event| event.actor).collect();
    mentioned.push(loaded.dossier.handler);
    mentioned.extend(events.iter().map(|event| match Happening::read(&event.data) {
        Ok(Happening::Assigned { handler }) => Some(handler),
        _ => None,
    }));
    let names = names(tx, mentioned.into_iter()).await?;
    let path = house.tree.path(loaded.dossier.unit);
    let people = if actor.may_at(Permission::AssignDossier, path) {
        identity::people_at(tx, path, now).await?
    } else {
        Vec::new()
    };
    Ok(Read { loaded, papers, sources, files, events, names, people })
}

/// The dossiers that reused papers were taken from, as the first event tells: number of the paper → code.
pub async fn sources(tx: &Tx, events: &[audit::Event]) -> Result<HashMap<i64, String>, Fault> {
    let mut sources = HashMap::new();
    let first = events.first().and_then(|event| Happening::read(&event.data).ok());
    if let Some(Happening::Filed { filing, .. } | Happening::Received { filing: Some(filing), .. }) = first {
        for (n, paper) in (0_i64..).zip(&filing.papers) {
            if let Some(source) = paper.source
                && let Some(earlier) = sql::by_id(tx, source.dossier).await?
            {
                sources.insert(n, earlier.dossier.code);
            }
        }
    }
    Ok(sources)
}

fn input(l: L, verb: Verb, kind: &'static str, name: &'static str, required: bool, problems: &[Problem]) -> Input {
    Input {
        kind,
        id: format!("{}-{name}", verb.as_str()),
        name,
        label: l.t(format!("dossier-input-{name}")),
        hint: String::new(),
        required,
        choices: Vec::new(),
        value: String::new(),
        error: web::error_of(l, problems, name),
    }
}

/// Where the summary of problems leads: an act's inputs carry the act's name before their own.
fn at_input(problem: Problem, tried: Option<Verb>) -> Problem {
    match (&problem.field, tried) {
        (Some(field), Some(verb)) => Problem { field: Some(format!("{}-{field}", verb.as_str())), ..problem },
        _ => problem,
    }
}

fn inputs(l: L, verb: Verb, read: &Read, actor: &Actor, problems: &[Problem]) -> Vec<Input> {
    let one = |kind, name, required| input(l, verb, kind, name, required, problems);
    match verb {
        Verb::RefuseIntake | Verb::SendBack | Verb::Refuse | Verb::Withdraw | Verb::Stop => {
            vec![one("textarea", "reason", true)]
        }
        Verb::Assign => {
            let mut handler = one("select", "handler", true);
            handler.choices = read.people.iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
            if !read.people.iter().any(|(id, _)| *id == actor.account) {
                handler.choices.insert(0, Choice::new(actor.account.to_string(), l.t("dossier-handler-me")));
            }
            vec![handler]
        }
        Verb::Forward => vec![one("textarea", "note", false), one("check", "paper", false)],
        Verb::RequestSupplement => {
            let mut inputs = vec![one("textarea", "reason", true)];
            if read.loaded.dossier.supplements > 0 {
                let mut again = one("textarea", "again", true);
                again.hint = l.t("dossier-second-supplement-warning");
                inputs.push(again);
            }
            inputs
        }
        Verb::CompleteSupplement => {
            let mut component = one("select", "component", false);
            component.choices.push(Choice::new("", l.t("dossier-paper-other")));
            component.choices.extend(read.papers.iter().map(|(n, paper)| Choice::new(n.to_string(), &paper.name)));
            vec![one("textarea", "note", false), component, one("file", "file", false)]
        }
        Verb::RequestPayment => {
            vec![one("number", "amount_dong", true), one("textarea", "reason", true), one("text", "basis", true)]
        }
        Verb::Approve => vec![one("textarea", "note", false), one("file", "result", false)],
        Verb::ReturnResult => vec![one("check", "by_post", false), one("file", "result", false)],
        _ => Vec::new(),
    }
}

/// Acts an official does not offer: they belong to the applicant or have their own page.
fn is_office_act(verb: Verb) -> bool {
    !matches!(verb, Verb::FileOnline | Verb::ReceiveAtCounter | Verb::Rate)
}

fn offers(
    l: L,
    read: &Read,
    actor: &Actor,
    office: &decide::Office<'_>,
    problems: &[Problem],
    tried: Option<Verb>,
) -> Vec<Offer> {
    let offers: Vec<(Verb, Option<Problem>)> = decide::offers(&read.loaded.dossier, actor, office)
        .into_iter()
        .filter(|(verb, _)| is_office_act(*verb))
        .collect();
    // The act that moves the dossier on is the likely one; what was just tried stays open.
    let likely =
        [Verb::ReceiveOnline, Verb::CompleteSupplement, Verb::Approve, Verb::Forward, Verb::ReturnResult, Verb::Assign]
            .into_iter()
            .find(|verb| offers.iter().any(|(offered, blocked)| offered == verb && blocked.is_none()));
    let mut shown: Vec<Offer> = offers
        .into_iter()
        .map(|(verb, blocked)| Offer {
            verb: verb.as_str(),
            label: l.t(verb.key()),
            open: tried.map_or(likely == Some(verb), |tried| tried == verb),
            // Several acts ask for a reason: what was wrong with one is not said of the others.
            inputs: match (&blocked, tried == Some(verb)) {
                (None, true) => inputs(l, verb, read, actor, problems),
                (None, false) => inputs(l, verb, read, actor, &[]),
                (Some(_), _) => Vec::new(),
            },
            blocked: blocked.map(|problem| web::problem_text(l, &problem)).unwrap_or_default(),
        })
        .collect();
    shown.sort_by_key(|offer| (!offer.open, !offer.blocked.is_empty()));
    shown
}

fn page(
    ctx: &Ctx,
    actor: &Actor,
    house: &House,
    read: Read,
    problems: Vec<Problem>,
    tried: Option<Verb>,
) -> Result<ShowPage, Fault> {
    let l = ctx.l;
    let version = house.version(read.loaded.dossier.version)?;
    let office = house.office(&version, ctx.now);
    let (d, a) = (&read.loaded.dossier, &read.loaded.applicant);
    let clock = worklist::clock(d, house.calendar, ctx.now);
    let file_href = |file: Id| format!("/dossiers/{}/files/{file}", d.code);
    let number = super::number_words(l, a);
    let person = [
        ("dossier-owner-name", &a.owner_name),
        ("dossier-owner-number", &number),
        ("dossier-owner-phone", &a.owner_phone),
        ("dossier-owner-address", &a.owner_address),
        ("dossier-submitter-name", &a.submitter_name),
        ("dossier-summary", &a.summary),
    ];
    Ok(ShowPage {
        l,
        csrf: ctx.csrf.clone(),
        code: d.code.clone(),
        owner: a.owner_name.clone(),
        procedure: version.name.clone(),
        procedure_code: version.code.clone(),
        status: l.t(d.status.key()),
        state: if clock.state == "done" { super::track::state_of(d.status) } else { clock.state },
        // Before intake the clock that runs is the office's answer; the result has no date yet.
        due_key: if d.due_at.is_none() && d.answer_due_at.is_some() { "dossier-answer-due" } else { "dossier-due" },
        due: moment(d.due_at.or(d.answer_due_at)),
        first_due: if d.first_due_at == d.due_at { String::new() } else { moment(d.first_due_at) },
        percent: clock.percent,
        word: l.tr(clock.key, [("n", clock.n.to_string())]),
        intake: house.tree.name(d.intake),
        competent: house.tree.name(d.competent),
        return_to: house.tree.name(d.return_to),
        channel: l.t(channel_key(d.channel)),
        unit: house.tree.name(d.unit),
        step: office.step(d).map(|step| step.name.clone()).unwrap_or_default(),
        handler: d.handler.and_then(|id| read.names.get(&id).cloned()).unwrap_or_else(|| l.t("dossier-handler-none")),
        fee: Dong(d.fee_dong).to_string(),
        paid: match (d.fee_dong, d.paid_dong) {
            (0, _) => String::new(),
            (fee, paid) if paid >= fee => l.t("dossier-paid"),
            _ => l.t("dossier-not-paid"),
        },
        papers: read
            .papers
            .iter()
            .map(|(n, paper)| Paper {
                name: paper.name.clone(),
                required: paper.required,
                state: paper.state.as_str(),
                state_word: l.t(format!("dossier-paper-{}", paper.state.as_str())),
                hrefs: paper.files.iter().copied().map(file_href).collect(),
                from: match paper.state {
                    crate::ComponentState::Reused => read.sources.get(n).cloned().unwrap_or_default(),
                    _ => String::new(),
                },
            })
            .collect(),
        files: read
            .files
            .iter()
            .map(|(file, purpose, name, _)| Paper {
                name: name.clone(),
                required: true,
                state: "file",
                state_word: l.t(format!("dossier-file-{purpose}")),
                hrefs: vec![file_href(*file)],
                from: String::new(),
            })
            .collect(),
        person: person
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| (l.t(key), (*value).clone()))
            .collect(),
        answers: answered(&version, &a.answers),
        // Those at the counter print it; others find it by its address.
        has_slip: d.received_at.is_some() && actor.may(Permission::ReceiveDossier),
        offers: offers(l, &read, actor, &office, &problems, tried),
        timeline: timeline(l, &read.events, &read.names, house),
        problems: problems.into_iter().map(|problem| at_input(problem, tried)).collect(),
    })
}

/// `GET /dossiers/{code}`
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    render(&ctx, code, Vec::new(), None).await
}

async fn render(ctx: &Ctx, code: String, problems: Vec<Problem>, tried: Option<(Verb, &FormMap)>) -> Answer {
    let actor = ctx.require(Permission::ReadDossiers)?.clone();
    let house = house(&ctx.app)?;
    let now = ctx.now;
    let (asking, looking) = (actor.clone(), house.clone());
    let found = {
        let code = code.clone();
        ctx.db().read(move |tx| Box::pin(async move { read(tx, &looking, &asking, &code, now).await })).await?
    };
    let invalid = !problems.is_empty();
    let mut page = page(ctx, &actor, &house, found, problems, tried.map(|(verb, _)| verb))?;
    if let Some((verb, fields)) = tried {
        for input in page.offers.iter_mut().filter(|offer| offer.verb == verb.as_str()).flat_map(|o| &mut o.inputs) {
            input.value = fields.text(input.name).to_owned();
        }
    }
    Ok(if invalid { ctx.invalid_page(&code, &page) } else { ctx.page(&code, &page) })
}

fn read_act(verb: Verb, fields: &FormMap, paper: Option<NewPaper>) -> Result<Act, Fault> {
    let text = |name: &str| fields.text(name).to_owned();
    Ok(match verb {
        Verb::ReceiveOnline => Act::ReceiveOnline,
        Verb::RefuseIntake => Act::RefuseIntake { reason: text("reason") },
        Verb::Assign => Act::Assign {
            handler: fields
                .text("handler")
                .parse()
                .map_err(|_| Fault::invalid(Problem::new("dossier-handler-required").field("handler")))?,
        },
        Verb::Forward => Act::Forward { electronic: fields.get("paper").is_none(), note: text("note") },
        Verb::SendBack => Act::SendBack { reason: text("reason") },
        Verb::RequestSupplement => Act::RequestSupplement { reason: text("reason"), again: text("again") },
        Verb::CompleteSupplement => Act::CompleteSupplement {
            note: text("note"),
            papers: paper
                .map(|paper| NewPaper { component: text("component").parse().ok(), ..paper })
                .into_iter()
                .collect(),
        },
        Verb::RequestPayment => Act::RequestPayment {
            amount_dong: fields
                .text("amount_dong")
                .parse()
                .map_err(|_| Fault::invalid(Problem::new("dossier-amount-not-a-number").field("amount_dong")))?,
            reason: text("reason"),
            basis: text("basis"),
        },
        Verb::RecordPayment => Act::RecordPayment { online: false },
        Verb::Approve => Act::Approve { note: text("note"), result: paper },
        Verb::Refuse => Act::Refuse { reason: text("reason") },
        Verb::Withdraw => Act::Withdraw { reason: text("reason") },
        Verb::Stop => Act::Stop { reason: text("reason") },
        Verb::ReturnResult => Act::ReturnResult { by_post: fields.get("by_post").is_some(), result: paper },
        // The applicant's own, or a page of its own.
        Verb::Rate | Verb::FileOnline | Verb::ReceiveAtCounter => return Err(Fault::NotFound("dossier-act-unknown")),
    })
}

/// `POST /dossiers/{code}/{verb}`: does one thing, or shows the page again with what is wrong.
pub async fn act(
    ctx: Ctx,
    Path((code, verb)): Path<(String, String)>,
    PatientUpload { upload, refused }: PatientUpload,
) -> Answer {
    let actor = ctx.require(Permission::ReadDossiers)?.clone();
    let verb = Verb::read(&verb).filter(|verb| is_office_act(*verb)).ok_or(Fault::NotFound("dossier-act-unknown"))?;
    let house = house(&ctx.app)?;
    let outcome = async {
        if !refused.is_empty() {
            return Err(Fault::Invalid(refused));
        }
        let staged = crate::uploads::first(&ctx, &upload, &["file", "result"]).await?;
        // The file gets its number inside the transaction.
        let paper = staged.as_ref().map(|_| NewPaper { component: None, file: Id(0) });
        let mut act = read_act(verb, &upload.fields, paper)?;
        let by = By { actor: actor.clone(), now: ctx.now };
        let code = code.clone();
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    // What may not be read may not be acted on, and is not told apart from what is not there.
                    let loaded = load_readable(tx, &house, &by.actor, &code).await?;
                    if let (Some(staged), Some(paper)) = (&staged, act.paper_mut()) {
                        let owner = loaded.dossier.id;
                        paper.file = files::keep(tx, staged, owner, Some(by.actor.account), by.now).await?;
                    }
                    actions::act(tx, &house, &by, &code, &act).await
                })
            })
            .await
    }
    .await;
    match outcome {
        Ok(_) => Ok(ctx.flash(format!("/dossiers/{code}"), "dossier-done")),
        // A file refused is mended on the form like anything else: what was typed stays.
        Err(Fault::Invalid(problems)) if !ctx.wants_json => {
            render(&ctx, code, problems, Some((verb, &upload.fields))).await
        }
        Err(Fault::UnsupportedType(problem) | Fault::TooLarge(problem)) if !ctx.wants_json => {
            render(&ctx, code, vec![problem], Some((verb, &upload.fields))).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// `GET /dossiers/{code}/files/{id}`: a file of a dossier one may read.
pub async fn download(ctx: Ctx, Path((code, file)): Path<(String, String)>) -> Answer {
    let actor = ctx.require(Permission::ReadDossiers)?.clone();
    let house = house(&ctx.app)?;
    let file: Id = file.parse().map_err(|_| Fault::NotFound("dossier-file-unknown"))?;
    ctx.db()
        .read(move |tx| {
            Box::pin(async move {
                let loaded = load_readable(tx, &house, &actor, &code).await?;
                let belongs = tx.query(sql::FILE_BELONGS, ::store::params![loaded.dossier.id, file]).await?;
                if belongs.is_empty() { Err(Fault::NotFound("dossier-file-unknown")) } else { Ok(()) }
            })
        })
        .await?;
    crate::uploads::download(&ctx, file).await
}
