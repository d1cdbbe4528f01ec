//! The draft of a dossier's result: written from a wording, edited, looked at as it would be printed, with what was said when it was sent back.

use super::show::looked;
use super::{house, names};
use crate::actions::{self, Act, By, House};
use crate::aside::Drafted;
use crate::decide;
use crate::dossier::Dossier;
use crate::forms::result::{self, Set, Setting};
use crate::happening::Happening;
use crate::issue;
use crate::reading::{self, Asking, Readable};
use crate::verbs::Verb;
use crate::wording::{self, Current, Paper, Pieces, current_of};
use crate::written::{Signing, Written};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Problem};
use i18n::L;
use records::{Shown, shown};
use std::collections::HashMap;
use web::table::query_value;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap, PatientUpload};

/// What is said of the draft on the dossier's page.
pub(super) struct Line {
    pub(super) words: Vec<String>,
    pub(super) href: String,
    /// Colour and words of the signature, once something is numbered.
    pub(super) signing: Option<(&'static str, String)>,
}

/// The badge of a signature.
fn signing(l: L, written: &Written) -> Option<(&'static str, String)> {
    let colour = match written.signing {
        Signing::None => return None,
        Signing::Pending => "near",
        Signing::Signed => "done",
        Signing::StandIn => "paused",
        Signing::Failed => "late",
    };
    Some((colour, l.t(format!("dossier-signing-{}", written.signing.as_str()))))
}

/// That of a dossier for which something is written.
pub(super) fn line(l: L, d: &Dossier) -> Option<Line> {
    let written = d.written.as_ref()?;
    let paper = l.t(written.paper.key());
    let drafts = l.tr("dossier-draft-standing", [("paper", paper), ("n", written.drafts.to_string())]);
    let passed = (written.passed > 0 && written.n == 0)
        .then(|| l.tr("dossier-draft-passed", [("n", written.passed.to_string())]));
    let number = written
        .number()
        .map(|number| l.tr("dossier-draft-numbered", [("number", number), ("n", written.draft.to_string())]));
    Some(Line {
        words: [Some(drafts), passed, number].into_iter().flatten().collect(),
        href: format!("/dossiers/{}/draft", d.code),
        signing: signing(l, written),
    })
}

/// One draft that was kept.
struct Version {
    n: i64,
    at: String,
    who: String,
    name: String,
    href: String,
}

/// Something said on the way: sent back with a remark, or passed on.
struct Remark {
    at: String,
    who: String,
    what: String,
    words: String,
    back: bool,
}

#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    code: String,
    lead: String,
    /// Wordings to begin from, and which is chosen.
    templates: Vec<Choice>,
    template: String,
    /// What can be edited; nothing where it is not the reader's now.
    fields: Vec<Shown>,
    /// Why nothing can be written, where somebody else has it.
    blocked: String,
    places: String,
    remarks: Vec<Remark>,
    versions: Vec<Version>,
    signing: Option<(&'static str, String)>,
    numbered: String,
}

/// Everything the page shows, read in one snapshot.
struct Read {
    readable: Readable,
    events: Vec<audit::Event>,
    drafts: Vec<(i64, Drafted)>,
    names: HashMap<Id, String>,
    wordings: Vec<Current>,
    /// What the chosen wording says, filled from the dossier.
    begun: Option<(Current, Pieces)>,
}

async fn read(ctx: &Ctx, house: &House, code: &str, template: &str) -> Result<Read, Fault> {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let (looking, of, chosen, now) = (house.clone(), code.to_owned(), template.to_owned(), ctx.now);
    let purpose = query_value(&ctx.uri, "purpose");
    let who = actor.clone();
    let found = ctx.db().read(move |tx| {
        Box::pin(async move {
            let asking = Asking { purpose: &purpose, ..Asking::official(&who, now) };
            let readable = reading::readable(tx, &looking, asking, &of).await?;
            let loaded = readable.loaded();
            let events = audit::events(tx, loaded.dossier.id).await?;
            let drafts = issue::drafts(tx, loaded.dossier.id).await?;
            let names = names(tx, events.iter().map(|event| event.actor)).await?;
            let version = looking.version(loaded.dossier.version)?;
            let office = looking.office(&version, now).of(&loaded.applicant);
            let mut wordings = current_of(tx, now.date()).await?;
            wordings.retain(|one| one.is_for(&version.code));
            let begun = wordings.iter().find(|one| one.code == chosen).cloned();
            let begun = begun.map(|one| {
                let pieces = issue::filled(&one.pieces, &loaded.dossier, &office);
                (one, pieces)
            });
            Ok::<_, Fault>(Read { readable, events, drafts, names, wordings, begun })
        })
    });
    let found = found.await?;
    looked(ctx, &actor, house, &found.readable).await?;
    Ok(found)
}

/// Who said what on the way, the latest first.
fn remarks(l: L, read: &Read) -> Vec<Remark> {
    let remark = |event: &audit::Event| {
        let (what, words, back) = match Happening::read(&event.data).ok()? {
            Happening::SentBack { reason, .. } => (l.t("dossier-event-sent-back"), reason, true),
            Happening::Forwarded { written: Some(n), note, .. } => {
                (l.tr("dossier-more-initialled", [("n", n.to_string())]), note, false)
            }
            _ => return None,
        };
        let who = event.actor.and_then(|id| read.names.get(&id).cloned()).unwrap_or_default();
        Some(Remark { at: base::vn_date_time(event.at), who, what, words, back })
    };
    read.events.iter().rev().filter_map(remark).collect()
}

fn page(
    ctx: &Ctx,
    house: &House,
    read: Read,
    typed: Option<&FormMap>,
    problems: Vec<Problem>,
) -> Result<DraftPage, Fault> {
    let l = ctx.l;
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?;
    let loaded = read.readable.loaded();
    let d = &loaded.dossier;
    let version = house.version(d.version)?;
    let office = house.office(&version, ctx.now).of(&loaded.applicant);
    let blocked = match decide::check(d, Verb::Draft, actor, &office) {
        Ok(()) => String::new(),
        Err(fault) => fault.problems().first().map(|problem| web::problem_text(l, problem)).unwrap_or_default(),
    };
    let latest = read.drafts.last().map(|(_, drafted)| drafted);
    // A wording that is chosen begins anew; without one, what was kept last is edited.
    let (template, pieces) = match (&read.begun, latest) {
        (Some((one, pieces)), _) => (one.code.clone(), pieces.clone()),
        (None, Some(drafted)) => (drafted.template.clone(), drafted.pieces.clone()),
        (None, None) => (String::new(), Pieces::default()),
    };
    let template = typed.map_or(template, |typed| typed.text("template").to_owned());
    let value = |field: &records::Field| match typed {
        Some(typed) => typed.text(field.name).to_owned(),
        None => pieces.get(field.name).to_owned(),
    };
    let fields = match blocked.is_empty() && !template.is_empty() {
        true => shown(l, "wording", &wording::pages::OF_A_RESULT, value, |_| Vec::new()),
        false => Vec::new(),
    };
    let drafted = read.events.iter().filter(|event| event.kind == "drafted");
    let versions = drafted.zip(1_i64..).map(|(event, n)| Version {
        n,
        at: base::vn_date_time(event.at),
        who: event.actor.and_then(|id| read.names.get(&id).cloned()).unwrap_or_default(),
        name: read.drafts.iter().find(|(of, _)| *of == event.n).map(|(_, one)| one.name.clone()).unwrap_or_default(),
        href: format!("/dossiers/{}/draft/{n}", d.code),
    });
    let mut versions: Vec<Version> = versions.collect();
    versions.reverse();
    let written = d.written.as_ref();
    let numbered = written.and_then(|written| {
        let number = written.number()?;
        Some(l.tr("dossier-draft-numbered", [("number", number), ("n", written.draft.to_string())]))
    });
    let answers = version.form.fields().map(|field| format!("{{{}{}}}", wording::place::ANSWERS, field.name));
    let places = wording::place::KNOWN.iter().map(|name| format!("{{{name}}}")).chain(answers);
    Ok(DraftPage {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![
            Breadcrumb::new(l.t("dossier-work"), "/work"),
            Breadcrumb::new(d.code.clone(), format!("/dossiers/{}", d.code)),
            Breadcrumb::new(l.t("dossier-draft-title"), ""),
        ],
        problems,
        code: d.code.clone(),
        lead: format!("{} · {}", loaded.applicant.owner_name, version.name),
        templates: read
            .wordings
            .iter()
            .map(|one| Choice::new(&one.code, format!("{} · {}", l.t(one.paper.key()), one.name)))
            .collect(),
        template,
        fields,
        blocked,
        places: places.collect::<Vec<_>>().join(" "),
        remarks: remarks(l, &read),
        versions,
        signing: written.and_then(|written| signing(l, written)),
        numbered: numbered.unwrap_or_default(),
    })
}

async fn render(ctx: &Ctx, code: &str, typed: Option<&FormMap>, problems: Vec<Problem>) -> Answer {
    let house = house(&ctx.app)?;
    let chosen = query_value(&ctx.uri, "template");
    let read = read(ctx, &house, code, &chosen).await?;
    let wrong = !problems.is_empty();
    let page = page(ctx, &house, read, typed, problems)?;
    let title = ctx.l.t("dossier-draft-title");
    Ok(if wrong { ctx.invalid_page(&title, &page) } else { ctx.page(&title, &page) })
}

/// `GET /dossiers/{code}/draft?template=`
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    render(&ctx, &code, None, Vec::new()).await
}

/// `POST /dossiers/{code}/draft`: keeps one more draft.
pub async fn keep(ctx: Ctx, Path(code): Path<String>, PatientUpload { upload, refused }: PatientUpload) -> Answer {
    let given = upload.fields;
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    if !refused.is_empty() {
        return render(&ctx, &code, Some(&given), refused).await;
    }
    let (by, of, act) = (By { actor, now: ctx.now }, code.clone(), Act::of_form(Verb::Draft, &given));
    let kept = ctx.db().write(move |tx| {
        Box::pin(async move {
            // What may not be read may not be acted on, and is not told apart from what is not there.
            reading::readable(tx, &house, Asking::official(&by.actor, by.now), &of).await?;
            actions::act(tx, &house, &by, &of, &act).await
        })
    });
    match kept.await {
        Ok(_) => Ok(ctx.flash(format!("/dossiers/{code}/draft"), "dossier-draft-kept")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => render(&ctx, &code, Some(&given), problems).await,
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /dossiers/{code}/draft/preview`: what is typed, as it would be printed; nothing of it is kept.
pub async fn preview(ctx: Ctx, Path(code): Path<String>, PatientUpload { upload, .. }: PatientUpload) -> Answer {
    let given = upload.fields;
    let house = house(&ctx.app)?;
    let read = read(&ctx, &house, &code, given.text("template")).await?;
    let before = read.drafts.last().filter(|(_, one)| one.template == given.text("template"));
    let written = read.readable.loaded().dossier.written.as_ref();
    // Of the wording that was chosen, or of the one that the draft before was made from.
    let of = match (&read.begun, before, written) {
        (Some((one, _)), ..) => Some((one.paper, one.name.clone())),
        (None, Some((_, drafted)), Some(written)) => Some((written.paper, drafted.name.clone())),
        _ => None,
    };
    let Some((paper, name)) = of else {
        let unknown = Problem::new("dossier-wording-unknown").field("template");
        return render(&ctx, &code, Some(&given), vec![unknown]).await;
    };
    let pieces = Pieces::typed(|name| given.text(name));
    let version = house.version(read.readable.loaded().dossier.version)?;
    let answers: Vec<&str> = version.form.fields().map(|field| field.name.as_str()).collect();
    let problems = pieces.problems(paper, Some(&answers));
    if !problems.is_empty() {
        return render(&ctx, &code, Some(&given), problems).await;
    }
    let loaded = read.readable.loaded();
    let office = house.office(&version, ctx.now).of(&loaded.applicant);
    let pieces = issue::filled(&pieces, &loaded.dossier, &office);
    let drafted = Drafted { template: given.text("template").to_owned(), name, pieces };
    print(&ctx, &house, &read.readable.loaded().dossier, (paper, &drafted), 0).await
}

/// `GET /dossiers/{code}/draft/{n}`: a draft that was kept, as a PDF that says it is one.
pub async fn version(ctx: Ctx, Path((code, n)): Path<(String, String)>) -> Answer {
    let house = house(&ctx.app)?;
    let read = read(&ctx, &house, &code, "").await?;
    let none = || Fault::NotFound("dossier-draft-none");
    let n: i64 = n.parse().map_err(|_| none())?;
    let mut drafted = read.events.iter().filter(|event| event.kind == "drafted");
    let event = usize::try_from(n - 1).ok().and_then(|at| drafted.nth(at)).ok_or_else(none)?;
    let Ok(Happening::Drafted { paper, .. }) = Happening::read(&event.data) else { return Err(none().into()) };
    let (_, text) = read.drafts.iter().find(|(of, _)| *of == event.n).ok_or_else(none)?;
    print(&ctx, &house, &read.readable.loaded().dossier, (paper, text), n).await
}

async fn print(ctx: &Ctx, house: &House, d: &Dossier, (paper, drafted): (Paper, &Drafted), n: i64) -> Answer {
    let agency = house.tree.house_of(d.unit).map_or(d.competent, |agency| agency.id);
    let setting = Setting { house, dossier: d, agency, paper, drafted, set: Set::Draft(n) };
    let pdf = result::print(&setting, ctx.now).await?;
    Ok(web::pdf(&format!("du-thao-{}-{n}.pdf", d.code), pdf.bytes))
}
