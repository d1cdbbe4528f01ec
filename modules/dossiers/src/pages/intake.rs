//! Counter intake: choose the procedure, then everything on one screen, in the order of the work.

use super::{channel_choices, house};
use crate::actions::{By, CounterIntake, House, LinkedTyped};
use crate::decide::{self, PostTyped};
use crate::filing::Handed;
use crate::places::department_of;
use crate::reuse::Earlier;
use crate::uploads;
use askama::Template;
use base::{Actor, Channel, Dong, Fault, Id, Level, Problem};
use catalogue::Version;
use i18n::L;
use linked::Chosen;
use papers::{PaperRow, Questions, answers_of, paper_rows, papers_of, questions};
use person::{before, find_person};
use web::table::query_value;
use web::{Answer, Choice, Ctx, FormMap, PatientUpload, Upload};

mod begun;
mod group;
mod linked;
mod papers;
mod people;
mod person;

pub use begun::{drop_begun, keep_typed};
pub use group::received;

/// Procedures shown to choose from.
const CHOICES_MAX: usize = 20;

#[derive(Template)]
#[template(path = "intake_choose.html")]
struct ChoosePage {
    l: L,
    q: String,
    csrf: String,
    /// code, name, field
    found: Vec<(String, String, String)>,
    /// Code of the dossier whose person brings another; empty for anybody.
    after: String,
    /// What was begun and not received.
    begun: Vec<begun::Row>,
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
    /// Under what it is kept while it is typed.
    begun: Id,
    /// The others of a group, a line each.
    people: String,
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
    let (code, after) = (query_value(&ctx.uri, "procedure"), query_value(&ctx.uri, "after"));
    let begun = match query_value(&ctx.uri, "begun").parse::<Id>() {
        Ok(id) => {
            let account = actor.account;
            Some(ctx.db().read(move |tx| Box::pin(async move { crate::begun::one(tx, account, id).await })).await?)
        }
        Err(_) => None,
    };
    let (code, linked) = match &begun {
        Some(begun) => (begun.procedure.clone(), begun.linked.clone()),
        None => (code, query_value(&ctx.uri, "linked")),
    };
    if code.is_empty() {
        return choose(&ctx, &actor, &house, after).await;
    }
    let version = house
        .shelf
        .by_code(&code, ctx.now.date())
        .filter(|version| version.can_be_received())
        .ok_or(Fault::NotFound("dossier-procedure-unknown"))?;
    let chosen = Chosen::of(&ctx, &house, &version, &linked)?;
    let of = (version.as_ref(), chosen.as_ref());
    let typed = match begun {
        Some(begun) => Typed { begun: Some(begun.id), ..Typed::of(&FormMap(begun.fields.into_iter().collect()), of) },
        None if !after.is_empty() => {
            Typed { handed: person::of_dossier(&ctx, &actor, &house, &after).await?, ..Typed::default() }
        }
        None => Typed::default(),
    };
    let page = form(&ctx, &actor, &house, of, typed, (Before::default(), Vec::new()));
    Ok(ctx.page(&ctx.l.t("dossier-intake-title"), &page))
}

async fn choose(ctx: &Ctx, actor: &Actor, house: &House, after: String) -> Answer {
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
        let same = if after.is_empty() { String::new() } else { format!("&after={}", web::table::encode(&after)) };
        return Ok(ctx.redirect(format!("/intake?procedure={}{same}", only.code)));
    }
    let page = ChoosePage {
        l: ctx.l,
        q,
        csrf: ctx.csrf.clone(),
        after,
        begun: begun::rows(ctx).await?,
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
    /// Under what it is kept.
    begun: Option<Id>,
    people: String,
}

impl Typed {
    /// The fields of the form, sent or kept.
    fn of(fields: &FormMap, (version, chosen): (&Version, Option<&Chosen>)) -> Typed {
        let text = |name: &str| fields.text(name).to_owned();
        let all_papers = fields.get("all_papers").is_some();
        let handed = Handed {
            owner_name: text("owner_name"),
            owner_number: text("owner_number"),
            owner_phone: text("owner_phone"),
            owner_address: text("owner_address"),
            submitter_name: text("submitter_name"),
            summary: text("summary"),
            owner_paper: text("owner_paper"),
            owner_nationality: text("owner_nationality"),
            sure: fields.get("sure").is_some(),
            components: papers_of(fields, version, "", all_papers),
            answers: answers_of(fields, version, ""),
        };
        Typed {
            handed,
            intake: text("intake"),
            competent: text("competent"),
            return_to: text("return_to"),
            channel: text("channel"),
            paid: fields.get("paid").is_some(),
            all_papers,
            post: PostTyped {
                carrier: text("post_carrier"),
                number: text("post_number"),
                day: web::iso_day(&text("post_day")),
                time: text("post_time"),
            },
            linked: chosen.map(|chosen| chosen.typed(fields, all_papers)),
            begun: fields.text("begun").parse().ok(),
            people: text("people"),
        }
    }
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
        begun: typed.begun.unwrap_or_else(|| crate::new_id(ctx.now)),
        people: typed.people,
        problems,
    }
}

fn agency(upload: &Upload, field: &'static str) -> Result<Id, Problem> {
    upload.fields.text(field).parse().map_err(|_| Problem::new("dossier-agency-unknown").field(field))
}

/// `POST /intake`
pub async fn receive(ctx: Ctx, PatientUpload { upload, refused }: PatientUpload) -> Answer {
    let actor = ctx.require(crate::rights::RECEIVE_DOSSIER)?.clone();
    let house = house(&ctx.app)?;
    let fields = &upload.fields;
    if fields.get("keep").is_some() {
        return begun::keep(&ctx, fields).await;
    }
    let version = house
        .shelf
        .by_code(fields.text("procedure"), ctx.now.date())
        .ok_or(Fault::NotFound("dossier-procedure-unknown"))?;
    let chosen = Chosen::of(&ctx, &house, &version, fields.text("linked"))?;
    let of = (version.as_ref(), chosen.as_ref());
    let mut typed = Typed::of(fields, of);
    // A scanner types what stands in the card's code, and presses Enter.
    let card = crate::owner::card::read(&typed.handed.owner_number);
    if let Some(card) = &card {
        let handed = &mut typed.handed;
        handed.owner_number.clone_from(&card.number);
        // Whoever's card it is: what stood there may have been the one's before.
        handed.owner_name.clone_from(&card.name);
        handed.owner_address.clone_from(&card.address);
    }
    let (mut handed, mut linked) = (typed.handed.clone(), typed.linked.clone());
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
        let group = group::Group::of(&intake, &typed.people, ctx.l).map_err(Fault::invalid)?;
        let by = By { actor: actor.clone(), now: ctx.now };
        let (house, begun) = (house.clone(), typed.begun);
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    let first = uploads::receive(tx, &house, &by, intake, (&staged, &parts)).await?;
                    let others = group.receive(tx, &house, &by).await?;
                    if let Some(begun) = begun {
                        crate::begun::drop(tx, by.actor.account, begun).await?;
                    }
                    Ok::<_, Fault>(std::iter::once(first.code).chain(others).collect::<Vec<_>>())
                })
            })
            .await
    }
    .await;
    match outcome {
        Ok(codes) => match codes.as_slice() {
            [only] => Ok(ctx.flash(format!("/dossiers/{only}"), "dossier-received-now")),
            several => {
                let codes = several.join(",");
                Ok(ctx.flash(format!("/intake/received?codes={codes}"), "dossier-received-now"))
            }
        },
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
