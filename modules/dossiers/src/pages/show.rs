//! One dossier: where it stands, what can be done now, what happened.

use super::acts::{self, Offer, at_input, done, offers};
use super::timeline::{Beside, Moment, timeline};
use super::{Answered, answered, channel_key, draft, house, moment, names, opinions, together};
use crate::actions::{self, Act, By, House};
use crate::decide;
use crate::happening::Happening;
use crate::issue;
use crate::reading::{self, Asking, Ground, Purpose, Readable};
use crate::store::{self as sql, Loaded};
use crate::uploads;
use crate::verbs::Verb;
use crate::worklist;
use ::store::Tx;
use askama::Template;
use axum::extract::Path;
use base::{Actor, Dong, Fault, Id, Instant, Problem};
use i18n::L;
use std::collections::HashMap;
use web::table::query_value;
use web::{Answer, Ctx, FormMap, PatientUpload};

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

#[derive(Template)]
#[template(path = "show.html")]
struct ShowPage {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    code: String,
    /// The list one came from, and the same within an address; both empty when one came otherwise.
    list: String,
    from: String,
    owner: String,
    procedure: String,
    procedure_code: String,
    status: String,
    /// What should be seen at once, and whether it is about the office's own work.
    marks: Vec<(String, bool)>,
    /// Open dossiers of the same person for the same procedure.
    same: Vec<String>,
    /// The last day for what the applicant was asked.
    asked_until: String,
    state: &'static str,
    due_key: &'static str,
    due: String,
    first_due: String,
    /// The date before it was put off, where that is not the first one.
    promised: String,
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
    /// The reader takes dossiers in: the same person may bring another.
    receives: bool,
    /// Its forms as PDF: name and address.
    forms: Vec<(String, String)>,
    offers: Vec<Offer>,
    /// What is written for it here.
    draft: Option<draft::Line>,
    /// What other units were asked, and said.
    opinions: Vec<opinions::Line>,
    /// What was filed together, itself among it.
    together: Vec<together::Line>,
    /// By when all of it is promised.
    promised_together: String,
    /// What it points to, and what points to it.
    links: String,
    timeline: Vec<Moment>,
}

/// Everything the page shows, read in one snapshot.
pub(super) struct Read {
    readable: Readable,
    pub(super) papers: Vec<(i64, crate::Component)>,
    /// Number of a reused paper → code of the dossier it was taken from.
    sources: HashMap<i64, String>,
    pub(super) files: Vec<(Id, String, String, Instant)>,
    pub(super) events: Vec<audit::Event>,
    names: HashMap<Id, String>,
    /// Who the dossier can be given to where it lies.
    pub(super) people: Vec<(Id, String)>,
    /// Who it can be passed on to at the next step.
    pub(super) next_people: Vec<(Id, String)>,
    /// Who an opinion can be given to at the unit that is asked for it.
    pub(super) asked_people: Vec<(Id, String)>,
    /// Open dossiers of the same person for the same procedure.
    same: Vec<String>,
    /// Words about people that belong to its events: number of the event, kind, data.
    pub(super) asides: Vec<(i64, String, String)>,
    /// What was filed together, itself among it.
    pub(super) together: Vec<actions::Told>,
}

impl Read {
    pub(super) fn loaded(&self) -> &Loaded {
        self.readable.loaded()
    }

    /// By when all that was filed together is promised.
    fn promised_together(&self) -> Option<Instant> {
        self.together.first().and_then(|lead| lead.promised)
    }

    /// Why the result cannot be handed out yet, as far as others are concerned that were filed with it.
    pub(super) fn bars_handing_out(&self) -> Option<Problem> {
        actions::bars_handing_out(&self.together, &self.loaded().dossier.code)
    }
}

async fn read(tx: &Tx, house: &House, (asking, l): (Asking<'_>, L), code: &str) -> Result<Read, Fault> {
    let readable = reading::readable(tx, house, asking, code).await?;
    let (loaded, actor, now) = (readable.loaded(), asking.actor, asking.now);
    let id = loaded.dossier.id;
    let papers = sql::components(tx, id).await?;
    let mut files = Vec::new();
    for row in tx.query(sql::FILES, ::store::params![id]).await? {
        files.push((row.get("file_id")?, row.get("purpose")?, row.get("name")?, row.get("added_at")?));
    }
    let events = audit::events(tx, id).await?;
    let sources = sources(tx, &events).await?;
    let mut mentioned: Vec<Option<Id>> = events.iter().map(|event| event.actor).collect();
    mentioned.extend(events.iter().map(|event| Happening::instead_of(&event.data)));
    mentioned.push(loaded.dossier.handler);
    mentioned.extend(events.iter().map(|event| match Happening::read(&event.data) {
        Ok(Happening::Assigned { handler } | Happening::OpinionAssigned { handler, .. }) => Some(handler),
        _ => None,
    }));
    let names = names(tx, mentioned.into_iter()).await?;
    let path = house.tree.path(loaded.dossier.unit);
    let version = house.version(loaded.dossier.version)?;
    let people = if actor.may_in(crate::rights::ASSIGN_DOSSIER, path, &version.field) {
        identity::people_who(tx, crate::rights::PROCESS_DOSSIER, path, Some(&version.field), now).await?
    } else {
        Vec::new()
    };
    let office = house.office(&version, now).of(&loaded.applicant);
    let mut next_people = Vec::new();
    if decide::check(&loaded.dossier, Verb::Forward, actor, &office).is_ok()
        && let Some(next) = decide::next_place(&loaded.dossier, &office)
    {
        let step = usize::try_from(next.step).ok().and_then(|step| version.process.get(step));
        let does = step.map_or(crate::rights::PROCESS_DOSSIER, |step| crate::places::permission_for(step.role));
        next_people = identity::people_who(tx, does, house.tree.path(next.unit), Some(&version.field), now).await?;
    }
    let people = super::told_who_is_away(tx, l, people, now).await?;
    let next_people = super::told_who_is_away(tx, l, next_people, now).await?;
    let mut asked_people = Vec::new();
    for opinion in loaded.dossier.opinions.iter().filter(|opinion| opinion.is_open()) {
        let (path, field) = (house.tree.path(opinion.unit), &version.field);
        if actor.may_in(crate::rights::ASSIGN_DOSSIER, path, field) {
            let step = decide::step_of_branch(&loaded.dossier, &office, opinion.n);
            let does = step.map_or(crate::rights::PROCESS_DOSSIER, |step| crate::places::permission_for(step.role));
            let there = identity::people_who(tx, does, path, Some(field), now).await?;
            asked_people.extend(there.into_iter().filter(|one| !asked_people.contains(one)).collect::<Vec<_>>());
        }
    }
    let asides = crate::aside::of(tx, id).await?;
    let number = (loaded.applicant.owner_number.as_str(), loaded.dossier.procedure);
    // Of what has ended, nobody asks whether it was filed twice.
    let same = match loaded.dossier.status.is_open() {
        true => crate::reuse::same_open(tx, house, actor, number, Some(id)).await?,
        false => Vec::new(),
    };
    let together = actions::together(tx, &loaded.dossier).await?;
    Ok(Read {
        readable,
        papers,
        sources,
        files,
        events,
        names,
        people,
        next_people,
        asked_people,
        same,
        asides,
        together,
    })
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

fn page(
    ctx: &Ctx,
    actor: &Actor,
    house: &House,
    read: Read,
    problems: Vec<Problem>,
    tried: Option<Verb>,
) -> Result<ShowPage, Fault> {
    let l = ctx.l;
    let version = house.version(read.loaded().dossier.version)?;
    let office = house.office(&version, ctx.now).of(&read.loaded().applicant);
    let list = list_from(ctx);
    let (d, a) = (&read.loaded().dossier, &read.loaded().applicant);
    let clock = worklist::clock(d, &house.calendar, ctx.now);
    let purpose = match read.readable.ground() {
        Ground::Purpose(purpose) => format!("?purpose={}", purpose.as_str()),
        _ => String::new(),
    };
    let forms = crate::forms::forms_of(&read.events, false).into_iter();
    let forms = forms.map(|form| (l.t(form.key()), format!("/dossiers/{}/print/{}{purpose}", d.code, form.as_str())));
    let forms = forms.collect();
    let file_href = |file: Id| format!("/dossiers/{}/files/{file}{purpose}", d.code);
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
        receives: ctx.actor.as_ref().is_some_and(|actor| actor.may(crate::rights::RECEIVE_DOSSIER)),
        from: web::table::encode(&list),
        list,
        owner: a.owner_name.clone(),
        procedure: version.name.clone(),
        procedure_code: version.code.clone(),
        status: l.t(d.state_key()),
        marks: d.marks(ctx.now.date()).into_iter().map(|mark| (l.t(mark.key()), mark.is_watched())).collect(),
        same: read.same.clone(),
        asked_until: d.asked_until.map(base::vn_date).unwrap_or_default(),
        state: if clock.state == "done" { super::track::state_of(d.status) } else { clock.state },
        // Before intake the clock that runs is the office's answer; the result has no date yet.
        due_key: if d.due_at.is_none() && d.answer_due_at.is_some() { "dossier-answer-due" } else { "dossier-due" },
        due: moment(d.due_at.or(d.answer_due_at)),
        first_due: if d.first_due_at == d.due_at { String::new() } else { moment(d.first_due_at) },
        promised: moment(d.promised_at.filter(|promised| Some(*promised) != d.first_due_at)),
        percent: clock.percent,
        word: l.tr(clock.key, [("n", clock.n.to_string())]),
        intake: house.tree.name(d.intake),
        competent: house.tree.name(d.competent),
        return_to: house.tree.name(d.return_to),
        channel: l.t(channel_key(d.channel)),
        unit: house.tree.name(d.unit),
        step: office.step(d).map(|step| step.name.clone()).unwrap_or_default(),
        handler: d.handler.and_then(|id| read.names.get(&id).cloned()).unwrap_or_else(|| l.t("dossier-handler-none")),
        fee: catalogue::fee_said(l, &version, d.channel, Some(Dong(d.fee_dong))).sum,
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
        forms,
        links: String::new(),
        has_slip: d.received_at.is_some() && actor.may(crate::rights::RECEIVE_DOSSIER),
        draft: draft::line(l, d),
        opinions: opinions::lines(l, d, house, &read.names, ctx.now),
        together: together::lines(l, &read.together, house, &d.code),
        promised_together: moment(read.promised_together()),
        offers: offers(l, &read, actor, (&office, house), &problems, tried),
        timeline: timeline(l, &read.events, &read.names, &Beside::of(&read.asides, &version, a), house),
        problems: problems.into_iter().map(|problem| at_input(problem, tried)).collect(),
    })
}

#[derive(Template)]
#[template(path = "purpose.html")]
struct PurposePage {
    l: L,
    code: String,
    problems: Vec<Problem>,
    purposes: Vec<(&'static str, String)>,
}

/// Asks for what a closed dossier is read again.
fn purpose_page(ctx: &Ctx, code: &str, problems: Vec<Problem>) -> axum::response::Response {
    let l = ctx.l;
    let purposes = Purpose::ALL.map(|purpose| (purpose.as_str(), l.t(purpose.key()))).to_vec();
    let page = PurposePage { l, code: code.to_owned(), problems, purposes };
    let mut answer = ctx.page(code, &page);
    *answer.status_mut() = axum::http::StatusCode::FORBIDDEN;
    answer
}

/// Writes down a reading that is to be written down.
pub(crate) async fn looked(ctx: &Ctx, actor: &Actor, house: &House, readable: &Readable) -> Result<(), Fault> {
    if !matches!(readable.ground(), Ground::Purpose(_)) {
        return Ok(());
    }
    let (actor, house, readable, now) = (actor.clone(), house.clone(), readable.clone(), ctx.now);
    ctx.db().write(move |tx| Box::pin(async move { reading::record(tx, &readable, &actor, &house, now).await })).await
}

/// The list the page was opened from.
fn list_from(ctx: &Ctx) -> String {
    let from = web::table::query_value(&ctx.uri, "from");
    if from.is_empty() { from } else { super::list_of(&from) }
}

/// `GET /dossiers/{code}`
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    render(&ctx, code, Vec::new(), None).await
}

async fn render(ctx: &Ctx, code: String, problems: Vec<Problem>, tried: Option<(Verb, &FormMap)>) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let (now, l) = (ctx.now, ctx.l);
    let (who, looking) = (actor.clone(), house.clone());
    let purpose = query_value(&ctx.uri, "purpose");
    let found = {
        let asked = code.clone();
        let found = ctx.db().read(move |tx| {
            Box::pin(async move {
                let asking = Asking { purpose: &purpose, ..Asking::official(&who, now) };
                let found = read(tx, &looking, (asking, l), &asked).await?;
                let ends = records::Ends::read(tx, found.loaded().dossier.id).await?;
                Ok((found, ends))
            })
        });
        match found.await {
            Err(fault @ (Fault::Forbidden(_) | Fault::Invalid(_))) if !ctx.wants_json => {
                return Ok(purpose_page(ctx, &code, fault.problems().to_vec()));
            }
            found => found?,
        }
    };
    let (found, ends) = found;
    looked(ctx, &actor, &house, &found.readable).await?;
    let invalid = !problems.is_empty();
    let mut page = page(ctx, &actor, &house, found, problems, tried.map(|(verb, _)| verb))?;
    page.links = ends.part(ctx).await?;
    if let Some((verb, fields)) = tried {
        acts::refill(&mut page.offers, verb, fields);
    }
    Ok(if invalid { ctx.invalid_page(&code, &page) } else { ctx.page(&code, &page) })
}

/// `POST /dossiers/{code}/{verb}`: does one thing, or shows the page again with what is wrong.
pub async fn act(
    ctx: Ctx,
    Path((code, verb)): Path<(String, String)>,
    PatientUpload { upload, refused }: PatientUpload,
) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let verb = Verb::read(&verb).filter(|verb| verb.row().is_of_the_office());
    let verb = verb.ok_or(Fault::NotFound("dossier-act-unknown"))?;
    let house = house(&ctx.app)?;
    let outcome = async {
        if !refused.is_empty() {
            return Err(Fault::Invalid(refused));
        }
        let staged = match verb {
            Verb::CompleteSupplement => uploads::of_supplement(&ctx, &upload).await?,
            _ => {
                let first = uploads::first(&ctx, &upload, &uploads::OF_AN_ACT).await?;
                first.into_iter().map(|staged| (None, staged)).collect()
            }
        };
        let typed = Act::of_form(verb, &upload.fields);
        let by = By { actor: actor.clone(), now: ctx.now };
        let (store, unsigned) = (files::Store::of(&ctx.app), crate::signing::port(&ctx.app).unsigned());
        let mut round = 1;
        loop {
            let asked = (verb, &typed.typed, !staged.is_empty());
            let ready = issue::freeze((ctx.db(), &store, &house), (&by, &code, false), asked, unsigned).await?;
            let outcome = done(&ctx, &house, (&by, &code), &typed, &staged, ready).await;
            if !issue::again(&outcome) || round == issue::ROUNDS {
                return outcome;
            }
            round += 1;
        }
    }
    .await;
    match outcome {
        // The way to the next one stands beside what was done.
        Ok(_) => match list_from(&ctx) {
            list if list.is_empty() => Ok(ctx.flash(format!("/dossiers/{code}"), "dossier-done")),
            list => Ok(ctx.flash(format!("/dossiers/{code}?from={}", web::table::encode(&list)), "dossier-done")),
        },
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
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let file: Id = file.parse().map_err(|_| Fault::NotFound("dossier-file-unknown"))?;
    let (who, looking, purpose, now) = (actor.clone(), house.clone(), query_value(&ctx.uri, "purpose"), ctx.now);
    let readable = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let asking = Asking { purpose: &purpose, ..Asking::official(&who, now) };
                let readable = reading::readable(tx, &looking, asking, &code).await?;
                let dossier = readable.loaded().dossier.id;
                let belongs = tx.query(sql::FILE_BELONGS, ::store::params![dossier, file]).await?;
                if belongs.is_empty() { Err(Fault::NotFound("dossier-file-unknown")) } else { Ok(readable) }
            })
        })
        .await?;
    looked(&ctx, &actor, &house, &readable).await?;
    uploads::download(&ctx, file).await
}
