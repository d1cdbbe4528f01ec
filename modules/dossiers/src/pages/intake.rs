//! Counter intake: choose the procedure, then everything on one screen, in the order of the work.

use super::{channel_choices, house};
use crate::actions::{By, CounterIntake, House, LinkedTyped};
use crate::decide::{self, PostTyped};
use crate::filing::Handed;
use crate::places::department_of;
use crate::reuse::{self, Earlier};
use crate::uploads;
use askama::Template;
use base::{Actor, Channel, Dong, Fault, Id, Level, Problem};
use catalogue::Version;
use i18n::L;
use linked::Chosen;
use papers::{PaperRow, Questions, answers_of, paper_rows, papers_of, questions};
use web::table::query_value;
use web::{Answer, Choice, Ctx, PatientUpload, Upload};

mod linked;
mod papers;

/// Procedures shown to choose from.
const CHOICES_MAX: usize = 20;

#[derive(Template)]
#[template(path = "intake_choose.html")]
struct ChoosePage {
    l: L,
    q: String,
    /// code, name, field
    found: Vec<(String, String, String)>,
}

/// What is known of the person whose number was typed.
#[derive(Default)]
struct Before {
    /// Papers handed in earlier.
    papers: Vec<Earlier>,
    /// What the look-up found, in words.
    told: String,
    /// Open dossiers of theirs for the same procedure.
    same: Vec<String>,
}

#[derive(Template)]
#[template(path = "intake.html")]
struct IntakePage {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    procedure: String,
    procedure_code: String,
    handed: Handed,
    paper_kinds: Vec<Choice>,
    /// Something declared disagrees with a personal number: whether it is so.
    asks_sure: bool,
    papers: Vec<PaperRow>,
    /// The form's questions under their headings; what stands on the paper form need not be typed.
    groups: Vec<(String, Questions)>,
    /// Something of the form was typed or is wrong.
    form_open: bool,
    intakes: Vec<Choice>,
    competents: Vec<Choice>,
    returns: Vec<Choice>,
    channels: Vec<Choice>,
    intake: String,
    competent: String,
    return_to: String,
    channel: String,
    fee: catalogue::FeeSaid,
    limit: String,
    due: String,
    has_fee: bool,
    paid: bool,
    /// What the post brought.
    post: PostTyped,
    all_papers: bool,
    told: String,
    /// Open dossiers of the person for the same procedure.
    same: Vec<String>,
    /// What can be filed together with it, and the part of each that is.
    offered: Vec<linked::Offered>,
    linked: String,
    parts: Vec<linked::PartForm>,
    /// By when all of it is promised, if it is received now.
    promised: String,
}

/// The committee or department the clerk's desk belongs to.
fn own_house(actor: &Actor, house: &House) -> Option<Id> {
    let grant = actor.grants.iter().find(|grant| grant.allows(crate::rights::RECEIVE_DOSSIER))?;
    house.tree.house_of(grant.agency).map(|agency| agency.id)
}

/// `GET /intake`, `GET /intake?procedure=`
pub async fn choose_or_form(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::RECEIVE_DOSSIER)?.clone();
    let house = house(&ctx.app)?;
    let code = query_value(&ctx.uri, "procedure");
    if code.is_empty() {
        return choose(&ctx, &actor, &house);
    }
    let version = house
        .shelf
        .by_code(&code, ctx.now.date())
        .filter(|version| version.can_be_received())
        .ok_or(Fault::NotFound("dossier-procedure-unknown"))?;
    let chosen = Chosen::of(&ctx, &house, &version, &query_value(&ctx.uri, "linked"))?;
    let of = (version.as_ref(), chosen.as_ref());
    let page = form(&ctx, &actor, &house, of, Typed::default(), (Before::default(), Vec::new()));
    Ok(ctx.page(&ctx.l.t("dossier-intake-title"), &page))
}

fn choose(ctx: &Ctx, actor: &Actor, house: &House) -> Answer {
    let q = query_value(&ctx.uri, "q");
    let level = own_house(actor, house).and_then(|id| house.tree.get(id)).map(|agency| agency.level);
    let today = ctx.now.date();
    let found = if q.trim().is_empty() {
        house.shelf.all(today)
    } else {
        house.shelf.search(&q, &catalogue::Filter::default(), today)
    };
    let mut versions: Vec<_> = found
        .into_iter()
        .filter(|version| version.can_be_received() && version.route == catalogue::Route::Provincial)
        .collect();
    // Procedures of the clerk's own level first: most people ask for those.
    versions.sort_by_key(|version| !level.is_some_and(|level| version.levels.contains(&level)));
    // A code, or words that fit one procedure only, need no choosing.
    if let ([only], false) = (versions.as_slice(), q.trim().is_empty()) {
        return Ok(ctx.redirect(format!("/intake?procedure={}", only.code)));
    }
    let page = ChoosePage {
        l: ctx.l,
        q,
        found: versions
            .into_iter()
            .take(CHOICES_MAX)
            .map(|version| (version.code.clone(), version.name.clone(), version.field_name.clone()))
            .collect(),
    };
    Ok(ctx.page(&ctx.l.t("dossier-intake-title"), &page))
}

/// What the clerk typed, to be shown again.
#[derive(Default)]
struct Typed {
    handed: Handed,
    intake: String,
    competent: String,
    return_to: String,
    channel: String,
    paid: bool,
    all_papers: bool,
    post: PostTyped,
    linked: Option<LinkedTyped>,
}

fn choices<'a>(agencies: impl IntoIterator<Item = &'a organisation::Agency>) -> Vec<Choice> {
    agencies.into_iter().map(|agency| Choice::new(agency.id.to_string(), &agency.short_name)).collect()
}

fn form(
    ctx: &Ctx,
    actor: &Actor,
    house: &House,
    (version, chosen): (&Version, Option<&Chosen>),
    typed: Typed,
    (before, problems): (Before, Vec<Problem>),
) -> IntakePage {
    let l = ctx.l;
    let own = own_house(actor, house);
    let tree = &house.tree;
    let mut competents = Vec::new();
    if version.levels.contains(&Level::Commune) {
        competents.extend(tree.communes());
    }
    if version.levels.contains(&Level::Province) {
        competents.extend(tree.departments());
        competents.extend(tree.root());
    }
    let likely = own
        .filter(|own| competents.iter().any(|agency| agency.id == *own))
        .or_else(|| version.levels.contains(&Level::Province).then(|| department_of(tree, version)).flatten());
    let intakes: Vec<_> = tree
        .communes()
        .into_iter()
        .chain(tree.departments())
        .chain(tree.root())
        .filter(|agency| {
            Some(agency.id) == own || actor.may_at(crate::rights::RECEIVE_DOSSIER, tree.desk_path(agency.id))
        })
        .collect();
    let returns: Vec<_> = tree.root().into_iter().chain(tree.communes()).collect();
    let own_text = own.map(|id| id.to_string()).unwrap_or_default();
    let or_own = |text: String| if text.is_empty() { own_text.clone() } else { text };
    let office = house.office(version, ctx.now);
    let terms = version.terms(Channel::Counter).or_else(|| version.channels.first());
    let fee = terms.map_or(Dong(0), |terms| terms.fee_total());
    let start = "";
    let papers = paper_rows(ctx, version, (start, &typed.handed), &before, &problems);
    let groups = questions(version, (start, &typed.handed), |_| false);
    let promised = chosen.map(|chosen| house.calendar.due(ctx.now, chosen.group.limit, chosen.group.cut_off()).due_at);
    let parts = chosen.map(|chosen| {
        chosen.forms((ctx, house), version, (&typed.handed, typed.linked.as_ref()), (&before, &problems))
    });
    IntakePage {
        l,
        csrf: ctx.csrf.clone(),
        procedure: version.name.clone(),
        procedure_code: version.code.clone(),
        paper_kinds: super::paper_choices(l),
        asks_sure: typed.handed.sure || crate::filing::asks_whether_sure(&problems),
        papers,
        form_open: !typed.handed.answers.is_empty()
            || problems.iter().any(|problem| problem.field.as_deref().is_some_and(|f| f.starts_with("answer_"))),
        groups,
        intakes: choices(intakes),
        competents: choices(competents),
        returns: choices(returns),
        channels: channel_choices(l).into_iter().filter(|choice| choice.value != "2").collect(),
        intake: or_own(typed.intake),
        competent: if typed.competent.is_empty() {
            likely.map(|id| id.to_string()).unwrap_or_default()
        } else {
            typed.competent
        },
        return_to: or_own(typed.return_to),
        channel: if typed.channel.is_empty() { "1".to_owned() } else { typed.channel },
        limit: terms
            .map(|terms| {
                let (key, n) = terms.limit.words();
                l.tr(key, [("n", n.to_string())])
            })
            .unwrap_or_default(),
        due: decide::start_clock(
            &office,
            (own.or(likely).unwrap_or_default(), likely.or(own).unwrap_or_default()),
            Channel::Counter,
        )
        .map(|clock| base::vn_date_time(clock.due_at))
        .unwrap_or_default(),
        has_fee: fee.0 > 0,
        fee: catalogue::fee_said(l, version, Channel::Counter, None),
        paid: typed.paid,
        post: typed.post,
        all_papers: typed.all_papers,
        handed: typed.handed,
        told: before.told,
        same: before.same,
        offered: linked::offered(ctx, house, version, chosen.map_or("", |chosen| &chosen.group.code)),
        linked: chosen.map(|chosen| chosen.group.code.clone()).unwrap_or_default(),
        parts: parts.unwrap_or_default(),
        promised: promised.map(base::vn_date_time).unwrap_or_default(),
        problems,
    }
}

/// The papers of the person typed that may stand in; an unreadable number has none.
async fn before(ctx: &Ctx, actor: &Actor, house: &House, number: &str) -> Result<Vec<Earlier>, Fault> {
    let (actor, house, number) = (actor.clone(), house.clone(), number.to_owned());
    ctx.db().read(move |tx| Box::pin(async move { reuse::papers_of(tx, &house, &actor, &number).await })).await
}

/// The person was here before: name, telephone and address need not be typed again, and papers that last need not be
/// handed in again. Only what lies within the clerk's own scope is told.
async fn find_person(
    ctx: &Ctx,
    actor: &Actor,
    house: &House,
    (version, chosen): (&Version, Option<&Chosen>),
    mut typed: Typed,
) -> Answer {
    let title = ctx.l.t("dossier-intake-title");
    let number = crate::filing::number_of(&typed.handed.owner_number);
    let mut problems = crate::filing::number_problem(&number).into_iter().collect::<Vec<_>>();
    let mut found = Before::default();
    if problems.is_empty() {
        let (asking, looking, wanted) = (actor.clone(), house.clone(), number.clone());
        let procedure = version.procedure_id;
        let read = ctx.db().read(move |tx| {
            Box::pin(async move {
                let known = reuse::known(tx, &looking, &asking, &wanted).await?;
                let same = reuse::same_open(tx, &looking, &asking, (&wanted, procedure), None).await?;
                Ok::<_, Fault>((known, same))
            })
        });
        let (known, same) = read.await?;
        found.same = same;
        found.papers = before(ctx, actor, house, &number).await?;
        match known {
            Some(known) => {
                let handed = &mut typed.handed;
                for (typed, known) in [
                    (&mut handed.owner_name, known.name),
                    (&mut handed.owner_phone, known.phone),
                    (&mut handed.owner_address, known.address),
                ] {
                    if typed.trim().is_empty() {
                        *typed = known;
                    }
                }
                found.told = ctx.l.tr("dossier-person-known", [("code", known.dossier)]);
            }
            None => found.told = ctx.l.t("dossier-person-unknown"),
        }
    }
    problems.truncate(1);
    let wrong = !problems.is_empty();
    let page = form(ctx, actor, house, (version, chosen), typed, (found, problems));
    Ok(if wrong { ctx.invalid_page(&title, &page) } else { ctx.page(&title, &page) })
}

fn agency(upload: &Upload, field: &'static str) -> Result<Id, Problem> {
    upload.fields.text(field).parse().map_err(|_| Problem::new("dossier-agency-unknown").field(field))
}

/// `POST /intake`
pub async fn receive(ctx: Ctx, PatientUpload { upload, refused }: PatientUpload) -> Answer {
    let actor = ctx.require(crate::rights::RECEIVE_DOSSIER)?.clone();
    let house = house(&ctx.app)?;
    let fields = &upload.fields;
    let text = |name: &str| fields.text(name).to_owned();
    let version = house
        .shelf
        .by_code(fields.text("procedure"), ctx.now.date())
        .ok_or(Fault::NotFound("dossier-procedure-unknown"))?;
    let mut handed = Handed {
        owner_name: text("owner_name"),
        owner_number: text("owner_number"),
        owner_phone: text("owner_phone"),
        owner_address: text("owner_address"),
        submitter_name: text("submitter_name"),
        summary: text("summary"),
        owner_paper: text("owner_paper"),
        owner_nationality: text("owner_nationality"),
        sure: fields.get("sure").is_some(),
        ..Handed::default()
    };
    // A scanner types what stands in the card's code, and presses Enter.
    let card = crate::owner::card::read(&handed.owner_number);
    if let Some(card) = &card {
        handed.owner_number.clone_from(&card.number);
        // Whoever's card it is: what stood there may have been the one's before.
        handed.owner_name.clone_from(&card.name);
        handed.owner_address.clone_from(&card.address);
    }
    let all_papers = fields.get("all_papers").is_some();
    handed.components = papers_of(fields, &version, "", all_papers);
    handed.answers = answers_of(fields, &version, "");
    let chosen = Chosen::of(&ctx, &house, &version, fields.text("linked"))?;
    let mut linked = chosen.as_ref().map(|chosen| chosen.typed(fields, all_papers));
    let of = (version.as_ref(), chosen.as_ref());
    let typed = Typed {
        intake: text("intake"),
        competent: text("competent"),
        return_to: text("return_to"),
        channel: text("channel"),
        paid: fields.get("paid").is_some(),
        post: PostTyped {
            carrier: text("post_carrier"),
            number: text("post_number"),
            day: web::iso_day(&text("post_day")),
            time: text("post_time"),
        },
        all_papers,
        handed: handed.clone(),
        linked: linked.clone(),
    };
    if fields.get("find").is_some() || card.is_some() {
        return find_person(&ctx, &actor, &house, of, typed).await;
    }
    let outcome = async {
        if !refused.is_empty() {
            return Err(Fault::Invalid(refused));
        }
        let staged = uploads::of_components(&ctx, &upload, &version, &mut handed).await?;
        let parts = match (&mut linked, &chosen) {
            (Some(linked), Some(chosen)) => uploads::of_parts(&ctx, &upload, &chosen.versions, linked).await?,
            _ => Vec::new(),
        };
        let place = |field| agency(&upload, field).map_err(Fault::invalid);
        let channel = match typed.channel.as_str() {
            "1" | "" => Channel::Counter,
            "3" => Channel::Post,
            _ => return Err(Fault::invalid(Problem::new("dossier-channel-unknown").field("channel"))),
        };
        let intake = CounterIntake {
            procedure: version.code.clone(),
            channel,
            intake: place("intake")?,
            competent: place("competent")?,
            return_to: place("return_to")?,
            handed,
            paid: typed.paid,
            post: typed.post.clone(),
            linked,
        };
        let by = By { actor: actor.clone(), now: ctx.now };
        let house = house.clone();
        ctx.db()
            .write(move |tx| {
                Box::pin(async move { uploads::receive(tx, &house, &by, intake, (&staged, &parts)).await })
            })
            .await
    }
    .await;
    match outcome {
        Ok(dossier) => Ok(ctx.flash(format!("/dossiers/{}", dossier.code), "dossier-received-now")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => {
            let papers = before(&ctx, &actor, &house, &typed.handed.owner_number).await?;
            let page = form(&ctx, &actor, &house, of, typed, (Before { papers, ..Before::default() }, problems));
            Ok(ctx.invalid_page(&ctx.l.t("dossier-intake-title"), &page))
        }
        // Half a page typed with the person waiting is not lost for one wrong scan.
        Err(Fault::UnsupportedType(problem) | Fault::TooLarge(problem)) if !ctx.wants_json => {
            let papers = before(&ctx, &actor, &house, &typed.handed.owner_number).await?;
            let page = form(&ctx, &actor, &house, of, typed, (Before { papers, ..Before::default() }, vec![problem]));
            Ok(ctx.invalid_page(&ctx.l.t("dossier-intake-title"), &page))
        }
        Err(fault) => Err(fault.into()),
    }
}
