//! What each screen of a filing shows.

use super::desk::Desk;
use crate::draft::Paper;
use crate::steps::{Step, number_of};
use askama::Template;
use base::{Channel, Problem};
use catalogue::FieldKind;
use dossiers::dossier::COMPONENT_FILES_MAX;
use dossiers::pages::{Question, question};
use dossiers::reuse::Earlier;
use i18n::L;
use web::{Answer, Ctx};

/// One paper as the screen shows it.
struct Wanted {
    code: String,
    field: String,
    name: String,
    /// Heading above it, where a new group of papers begins.
    heading: String,
    required: bool,
    files: Vec<There>,
    /// There is room for more files.
    more: bool,
    /// An earlier paper that may stand in, in words; empty for none.
    offer: String,
}

/// A file that is there.
struct There {
    id: String,
    name: String,
    href: String,
    size: String,
    reused_from: String,
}

/// A line of the check screen.
struct Line {
    label: String,
    value: String,
}

/// A part of the check screen, with the screen that mends it.
struct Part {
    title: String,
    step: usize,
    lines: Vec<Line>,
}

/// A problem found on the check screen, with the screen that mends it.
struct Mend {
    text: String,
    href: String,
}

#[derive(Template)]
#[template(path = "filing.html")]
struct FilingPage {
    l: L,
    csrf: String,
    procedure: String,
    code: String,
    /// Where it is told what this is.
    about: String,
    title: String,
    step: usize,
    steps: usize,
    /// "questions", "cases", "papers" or "check".
    screen: &'static str,
    problems: Vec<Problem>,
    /// What was answered disagrees with a personal number: the person is asked whether it is so.
    asks_sure: bool,
    sure: bool,
    agency: String,
    questions: Vec<Question>,
    /// The cases there are, each with whether it is the applicant's.
    cases: Vec<(String, bool)>,
    wanted: Vec<Wanted>,
    parts: Vec<Part>,
    mends: Vec<Mend>,
    limit: String,
    fee: catalogue::FeeSaid,
    saved: String,
}

/// What need not be typed again: the catalogue's forms call the person who files `applicant_…`.
fn known<'a>(desk: &'a Desk, field: &str) -> &'a str {
    let body = &desk.draft.body;
    let is_owner = body.owner_name == desk.actor.name;
    match field {
        "applicant_name" => &desk.actor.name,
        "applicant_number" => desk.actor.citizen_number.as_deref().unwrap_or_default(),
        "applicant_phone" => &body.owner_phone,
        "applicant_address" if is_owner => &body.owner_address,
        _ => "",
    }
}

fn owner_questions(l: L, desk: &Desk) -> Vec<Question> {
    let body = &desk.draft.body;
    let plain = |name: &str, value: &str, kind, inputmode, autocomplete, required| Question {
        name: name.to_owned(),
        label: l.t(format!("citizens-{}", name.replace('_', "-"))),
        value: value.to_owned(),
        kind,
        inputmode,
        autocomplete,
        hint: l.t(format!("citizens-{}-hint", name.replace('_', "-"))),
        required,
        maxlength: "700".to_owned(),
        choices: Vec::new(),
    };
    let mut questions = Vec::new();
    let agencies = desk.agencies();
    if agencies.len() > 1 {
        let mut where_to = plain("competent", &body.competent, "text", "", "", true);
        where_to.choices = agencies;
        questions.push(where_to);
    }
    questions.push(plain("owner_name", &body.owner_name, "text", "", "name", true));
    let mut paper = plain("owner_paper", &body.owner_paper, "text", "", "", false);
    paper.choices = dossiers::pages::paper_choices(l);
    questions.push(paper);
    questions.push(plain("owner_number", &body.owner_number, "text", "", "", true));
    questions.push(plain("owner_nationality", &body.owner_nationality, "text", "", "country-name", false));
    questions.push(plain("owner_phone", &body.owner_phone, "tel", "tel", "tel", true));
    questions.push(plain("owner_address", &body.owner_address, "text", "", "street-address", false));
    questions
}

fn there(code: &str, paper: &Paper) -> There {
    let own = paper.reused_from.is_empty();
    There {
        id: paper.file.to_string(),
        name: paper.name.clone(),
        href: if own { format!("/file/{code}/papers/{}", paper.file) } else { String::new() },
        size: format!("{} kB", (paper.size_bytes + 1023) / 1024),
        reused_from: paper.reused_from.clone(),
    }
}

fn wanted(l: L, desk: &Desk, today: base::Date) -> Vec<Wanted> {
    let mut last = "";
    desk.version
        .components
        .iter()
        .filter(|component| desk.draft.body.asks_for(&desk.version, component))
        .map(|component| {
            let papers = desk.draft.body.papers.get(&component.code).map_or(&[][..], Vec::as_slice);
            let offer = desk.stand_in(component, today).filter(|_| papers.is_empty());
            let words = |paper: &Earlier| {
                let until = base::vn_date(paper.until(component.lasting_months));
                let words =
                    [("code", paper.dossier.clone()), ("handed", base::vn_date(paper.handed_on)), ("until", until)];
                l.tr("citizens-reuse", words)
            };
            let wanted = Wanted {
                code: component.code.clone(),
                field: format!("component_{}", component.code),
                name: component.name.clone(),
                heading: if component.group == last { String::new() } else { component.group.clone() },
                required: component.required,
                files: papers.iter().map(|paper| there(&desk.version.code, paper)).collect(),
                more: papers.len() < COMPONENT_FILES_MAX && papers.iter().all(|paper| paper.reused_from.is_empty()),
                offer: offer.map(words).unwrap_or_default(),
            };
            last = &component.group;
            wanted
        })
        .collect()
}

fn parts(l: L, desk: &Desk, today: base::Date) -> Vec<Part> {
    let body = &desk.draft.body;
    let agency = desk.competent().map(|id| desk.house.tree.name(id)).unwrap_or_default();
    let line = |label: String, value: &str| Line { label, value: value.to_owned() };
    let mut parts = vec![Part {
        title: l.t("citizens-step-owner"),
        step: 1,
        lines: vec![
            line(l.t("citizens-competent"), &agency),
            line(l.t("citizens-owner-name"), &body.owner_name),
            line(l.t("citizens-owner-number"), &body.owner_number),
            line(l.t("citizens-owner-nationality"), &body.owner_nationality),
            line(l.t("citizens-owner-phone"), &body.owner_phone),
            line(l.t("citizens-owner-address"), &body.owner_address),
        ],
    }];
    for (n, group) in desk.version.form.groups.iter().enumerate() {
        let answer = |field: &catalogue::Field| {
            let typed = body.answers.get(&field.name).map_or("", String::as_str);
            match typed.parse::<base::Date>() {
                Ok(date) if field.kind == FieldKind::Date => base::vn_date(date),
                _ => typed.to_owned(),
            }
        };
        let lines = group.fields.iter().map(|field| line(field.label.clone(), &answer(field))).collect();
        parts.push(Part { title: group.title.clone(), step: n + 2, lines });
    }
    let cases = desk.version.cases();
    if let (false, Some(step)) = (cases.is_empty(), desk.steps().iter().position(|step| *step == Step::Cases)) {
        let answer = |case: &str| l.t(if body.cases.contains(case) { "citizens-yes" } else { "citizens-no" });
        let lines = cases.iter().map(|case| line((*case).to_owned(), &answer(case))).collect();
        parts.push(Part { title: l.t("citizens-step-cases"), step: step + 1, lines });
    }
    if !desk.version.components.is_empty() {
        let papers = wanted(l, desk, today).into_iter().filter(|w| w.required || !w.files.is_empty());
        let names = |w: &Wanted| w.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>().join("; ");
        let lines = papers.map(|w| Line { value: names(&w), label: w.name }).collect();
        parts.push(Part { title: l.t("citizens-step-papers"), step: desk.steps().len() - 1, lines });
    }
    parts
}

pub(super) fn screen(ctx: &Ctx, desk: &Desk, number: usize, problems: Vec<Problem>) -> Answer {
    let l = ctx.l;
    let (number, step) = desk.at(number);
    let version = &desk.version;
    let (title, screen) = match step {
        Step::Owner => (l.t("citizens-step-owner"), "questions"),
        Step::Group(n) => (version.form.groups[n].title.clone(), "questions"),
        Step::Cases => (l.t("citizens-step-cases"), "cases"),
        Step::Papers => (l.t("citizens-step-papers"), "papers"),
        Step::Check => (l.t("citizens-step-check"), "check"),
    };
    let questions = match step {
        Step::Owner => owner_questions(l, desk),
        Step::Group(n) => version.form.groups[n]
            .fields
            .iter()
            .map(|field| match desk.draft.body.answers.get(&field.name) {
                Some(typed) => question(field, typed),
                None => question(field, known(desk, &field.name)),
            })
            .collect(),
        _ => Vec::new(),
    };
    let (mut mends, mut parts_here) = (Vec::new(), Vec::new());
    if step == Step::Check {
        parts_here = parts(l, desk, ctx.now.date());
        mends = desk
            .problems(ctx)?
            .iter()
            .map(|problem| {
                let field = problem.field.clone().unwrap_or_default();
                Mend {
                    text: web::problem_text(l, problem),
                    href: format!("/file/{}?step={}#{field}", version.code, number_of(version, &field)),
                }
            })
            .collect();
    }
    let terms = version.terms(Channel::Online);
    let wrong = !problems.is_empty();
    let page = FilingPage {
        l,
        csrf: ctx.csrf.clone(),
        procedure: version.name.clone(),
        code: version.code.clone(),
        title: title.clone(),
        step: number,
        steps: desk.steps().len(),
        screen,
        asks_sure: desk.draft.body.sure || dossiers::filing::asks_whether_sure(&problems),
        sure: desk.draft.body.sure,
        problems,
        agency: desk.competent().map(|id| desk.house.tree.name(id)).unwrap_or_default(),
        questions,
        cases: version
            .cases()
            .into_iter()
            .map(|case| (case.to_owned(), desk.draft.body.cases.contains(case)))
            .collect(),
        wanted: if step == Step::Papers { wanted(l, desk, ctx.now.date()) } else { Vec::new() },
        parts: parts_here,
        mends,
        limit: match (&desk.together, terms) {
            (Some(together), _) => together.limit(l),
            (None, Some(terms)) => {
                let (key, n) = terms.limit.words();
                l.tr(key, [("n", n.to_string())])
            }
            (None, None) => String::new(),
        },
        fee: match &desk.together {
            Some(together) => catalogue::fee_said(l, together.lead(), Channel::Online, Some(together.fee())),
            None => catalogue::fee_said(l, version, Channel::Online, None),
        },
        about: match &desk.together {
            Some(together) => format!("/together/{}", together.linked.code),
            None => format!("/procedures/{}", version.code),
        },
        saved: if desk.kept { base::vn_date_time(desk.draft.updated_at) } else { String::new() },
    };
    let title = format!("{title} · {}", version.name);
    Ok(if wrong { ctx.invalid_page(&title, &page) } else { ctx.page(&title, &page) })
}
