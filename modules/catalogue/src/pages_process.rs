//! The designer of internal processes: a table of steps, one of ways, one of what others are asked, and the picture they make. Nothing is
//! kept before it is announced: what is typed travels with the form, and every button shows it again.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use base::{Fault, Problem, Role};
use i18n::L;
use organisation::{Kind, Tree};
use records::Typed;
use std::collections::BTreeSet;
use std::sync::Arc;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap, PatientUpload, Upload};

use crate::shelf::{fresh_shelf, reload};
use crate::version::{ACTIONS, BranchStep, Step, StepUnit, Version, Way};
use crate::{actions, drawn, flow, picture, procedure, rules, shipped, words};

mod rows;

use rows::{ROWS_MAX, Rows, norm_shown, places_shown, pressed, typed};

/// Who may hold a step.
const ROLES: [Role; 4] = [Role::Clerk, Role::Officer, Role::DivisionHead, Role::Leader];

struct StepRow {
    id: String,
    name: String,
    role: String,
    unit: String,
    norm: String,
    norm_of: String,
    /// Word, its name, whether it is allowed.
    allowed: Vec<(&'static str, String, bool)>,
}

struct WayRow {
    from: String,
    to: String,
    when: String,
    name: String,
}

struct SideRow {
    /// Whether it is the next step of the branch above.
    then: bool,
    id: String,
    role: String,
    step: String,
    unit: String,
    name: String,
    norm: String,
    norm_of: String,
}

#[derive(Template)]
#[template(path = "process.html")]
struct ProcessPage {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    name: String,
    code: String,
    problems: Vec<Problem>,
    steps: Vec<StepRow>,
    ways: Vec<WayRow>,
    sides: Vec<SideRow>,
    roles: Vec<Choice>,
    units: Vec<Choice>,
    ids: Vec<Choice>,
    norms: Vec<Choice>,
    picture: String,
    /// Where shapes were moved to; empty while the program lays them out.
    places: String,
    /// Working hours of the longest way, and of the shortest limit.
    hours: i64,
    limit: i64,
    fields: Vec<String>,
    decision: String,
    effective_from: String,
}

async fn latest(ctx: &Ctx, code: &str) -> Result<Arc<Version>, Fault> {
    let latest = fresh_shelf(&ctx.app, ctx.now).await?.versions_of(code).last().cloned();
    latest.ok_or(Fault::NotFound("catalogue-procedure-unknown"))
}

/// Where steps can be done: by rule, and in the province's own divisions and agencies. `there` is what stands in the process already.
fn units(l: L, tree: &Tree, there: &BTreeSet<String>) -> Vec<Choice> {
    let by_rule = [StepUnit::Desk, StepUnit::Leader, StepUnit::Intake, StepUnit::Department];
    let mut found: Vec<Choice> = by_rule.iter().map(|unit| Choice::new(unit.word(), words::unit(l, unit))).collect();
    let standing = || tree.all().iter().filter(|agency| agency.valid_to.is_none());
    let mut add = |word: String, label: String| {
        if !found.iter().any(|choice| choice.value == word) {
            found.push(Choice::new(word, label));
        }
    };
    add("division:chuyen-mon".to_owned(), l.t("catalogue-unit-specialist"));
    for division in standing().filter(|agency| agency.kind == Kind::Division) {
        if let Some(duty) = &division.duty {
            add(
                format!("division:{duty}"),
                l.tr("catalogue-unit-division-of", [("name", division.short_name.as_str())]),
            );
        }
    }
    for agency in tree.departments().into_iter().chain(tree.bodies()) {
        add(format!("agency:{}", agency.code), agency.name.clone());
    }
    // What the process names and the tree does not have stays choosable.
    for word in there {
        add(word.clone(), word.clone());
    }
    found
}

/// A unit in words, for the lanes of the picture.
fn lane(l: L, choices: &[Choice], unit: &StepUnit) -> String {
    let word = unit.word();
    choices
        .iter()
        .find(|choice| choice.value == word)
        .map_or_else(|| words::unit(l, unit), |choice| choice.label.clone())
}

/// A drawing of another program, in place of the rows.
async fn imported(upload: &Upload, version: &mut Version) -> Result<Vec<Problem>, Fault> {
    let at_file = |code| Problem::new(code).field("file");
    let none = || Fault::invalid(at_file("catalogue-drawn-none"));
    let file = upload.files_of("file").next().ok_or_else(none)?;
    if file.size_bytes > bpmn::BYTES_MAX as u64 {
        return Err(Fault::invalid(at_file("catalogue-drawn-refused").arg("why", bpmn::BYTES_MAX)));
    }
    let bytes = tokio::fs::read(file.path()).await.map_err(Fault::internal)?;
    // In a process of its own, which is waited for beside those who serve.
    let read = tokio::task::spawn_blocking(move || bpmn::read_apart(&bytes)).await.map_err(Fault::internal)?;
    let refused = |refusal: bpmn::Refusal| Fault::invalid(at_file("catalogue-drawn-refused").arg("why", refusal));
    let (diagram, _) = read.map_err(refused)?;
    let read = drawn::read(&diagram);
    (version.process, version.ways, version.places) = (read.process, read.ways, read.places);
    drawn::settle(version);
    Ok(read.problems)
}

/// What is done beside a step, row by row; of a branch, the place of each of its steps.
fn branch_steps(step: &Step) -> impl Iterator<Item = (Option<usize>, BranchStep)> {
    step.asks.iter().flat_map(|side| {
        let steps = (0..=side.then.len()).filter_map(|n| side.step(n)).enumerate();
        steps.map(|(n, one)| (side.is_branch().then_some(n), one))
    })
}

struct Asked<'f> {
    decision: &'f str,
    effective_from: &'f str,
}

fn page(ctx: &Ctx, tree: &Tree, (version, asked): (&Version, &Asked<'_>), problems: Vec<Problem>) -> ProcessPage {
    let l = ctx.l;
    let there = version
        .process
        .iter()
        .flat_map(|step| std::iter::once(step.unit.word()).chain(branch_steps(step).map(|(_, one)| one.unit.word())));
    let units = units(l, tree, &there.collect());
    let allowed = |step: &Step| {
        let one = |word: &&'static str| {
            (*word, l.t(format!("catalogue-action-{word}")), step.allowed.iter().any(|a| a == word))
        };
        ACTIONS.iter().map(one).collect()
    };
    let row = |step: &Step| {
        let (norm, norm_of) = norm_shown(step.norm);
        let (id, name, role, unit) =
            (step.id.clone(), step.name.clone(), step.role.as_str().to_owned(), step.unit.word());
        StepRow { id, name, role, unit, norm, norm_of, allowed: allowed(step) }
    };
    let side = |step: &Step, (at, one): (Option<usize>, BranchStep)| {
        let (norm, norm_of) = norm_shown(one.norm);
        // Who answers by itself is whoever speaks for the unit.
        let role = at.map(|_| one.role.as_str().to_owned()).unwrap_or_default();
        let then = at.is_some_and(|at| at > 0);
        let (step, unit, name, id) = (step.id.clone(), one.unit.word(), one.name, one.id);
        SideRow { then, id, role, step, unit, name, norm, norm_of }
    };
    let way = |way: &Way| {
        let Way { from, to, when, name } = way.clone();
        WayRow { from, to, when, name }
    };
    let named = |step: &Step| if step.name.is_empty() { step.id.clone() } else { step.name.clone() };
    let d = drawn::diagram(version, |unit| lane(l, &units, unit));
    let limits = version.channels.iter().map(|terms| rules::working_hours(terms.limit));
    let known = flow::NAMES.iter().filter(|name| **name != "answers").map(|name| (*name).to_owned());
    let answers = version.form.fields().map(|field| format!("answers.{}", field.name));
    ProcessPage {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![
            Breadcrumb::new(l.t("catalogue-procedures"), "/procedures"),
            Breadcrumb::new(version.name.clone(), format!("/procedures/{}", version.code)),
            Breadcrumb::new(l.t("catalogue-process-draw"), ""),
        ],
        name: version.name.clone(),
        code: version.code.clone(),
        problems,
        steps: version.process.iter().map(row).collect(),
        ways: version.ways.iter().map(way).collect(),
        sides: version.process.iter().flat_map(|step| branch_steps(step).map(move |one| side(step, one))).collect(),
        roles: ROLES.map(|role| Choice::new(role.as_str(), l.t(format!("base-role-{}", role.as_str())))).to_vec(),
        ids: version.process.iter().map(|step| Choice::new(step.id.clone(), named(step))).collect(),
        norms: ["h", "wd"].map(|of| Choice::new(of, l.t(format!("catalogue-norm-{of}")))).to_vec(),
        places: if version.places.is_empty() { String::new() } else { places_shown(&drawn::places(&d)) },
        picture: picture::svg(&d, &l.tr("catalogue-process-picture", [("name", version.name.as_str())])),
        hours: version.longest_hours(),
        limit: limits.min().unwrap_or(0),
        fields: known.chain(answers).collect(),
        decision: asked.decision.to_owned(),
        effective_from: asked.effective_from.to_owned(),
        units,
    }
}

impl ProcessPage {
    /// What could not be read stands there again as it was typed.
    fn retype(&mut self, form: &FormMap) {
        for (n, step) in self.steps.iter_mut().enumerate() {
            form.text(&format!("s{n}_norm")).clone_into(&mut step.norm);
        }
        let rows = (0..ROWS_MAX).take_while(|n| form.get(&format!("b{n}_step")).is_some());
        let row = |n: usize| {
            let text = |name: &str| form.text(&format!("b{n}_{name}")).to_owned();
            let (step, unit, name) = (text("step"), text("unit"), text("name"));
            let (then, id, role) = (text("then") == "1", text("id"), text("role"));
            SideRow { then, id, role, step, unit, name, norm: text("norm"), norm_of: text("norm_of") }
        };
        self.sides = rows.map(row).collect();
    }
}

/// GET /catalogue/{code}/process
pub(crate) async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let mut version = latest(&ctx, &code).await?.as_ref().clone();
    // What was imported has no process of its own yet: the standard one is where its keeper begins.
    if version.process.is_empty() {
        version.process = shipped::standard_process(&version).map_err(Fault::internal)?;
    }
    let tree = organisation::tree_of(&ctx.app).await?;
    let page = page(&ctx, &tree, (&version, &Asked { decision: "", effective_from: "" }), Vec::new());
    Ok(ctx.page(&ctx.l.t("catalogue-process-draw"), &page))
}

/// POST /catalogue/{code}/process: shows what was typed again, or announces it.
pub(crate) async fn act(
    ctx: Ctx,
    Path(code): Path<String>,
    PatientUpload { upload, refused }: PatientUpload,
) -> Answer {
    let before = latest(&ctx, &code).await?;
    let form = &upload.fields;
    let Rows { mut version, sides, mut problems } = typed(form, &before);
    problems.extend(refused);
    // Moved by hand they are drawn anew around where they stand, and kept as they were drawn.
    drawn::settle(&mut version);
    let unread = !problems.is_empty();
    let mut as_typed = unread;
    let asked = Asked { decision: form.text("decision"), effective_from: form.text("effective_from") };
    match form.text("do") {
        "announce" if problems.is_empty() => {
            let written = actions::to_toml(&version)?;
            let given = Typed::of_form(procedure::ANNOUNCING, form).with("version", written).with("process", "written");
            let (actor, now, of) = (ctx.actor()?.clone(), ctx.now, code.clone());
            let announced = ctx
                .db()
                .write(move |tx| Box::pin(async move { actions::announce(tx, &actor, now, Some(&of), &given).await }));
            match announced.await {
                Ok(_) => {
                    reload(&ctx.app).await?;
                    return Ok(ctx.flash(format!("/procedures/{code}"), "catalogue-announced"));
                }
                Err(Fault::Invalid(wrong)) => problems = wrong,
                Err(Fault::Conflict(problem)) => problems.push(problem),
                Err(fault) => return Err(fault.into()),
            }
        }
        // Whatever stands in the rows: they are replaced.
        "import" => match imported(&upload, &mut version).await {
            Ok(wrong) => (problems, as_typed) = (wrong, false),
            Err(fault) => problems.extend(fault.problems().iter().cloned()),
        },
        _ if unread => {}
        "look" | "announce" => problems.extend(rules::check(&version)),
        word => {
            let (from, to) = (form.text("way_from").to_owned(), form.text("way_to").to_owned());
            pressed(word, &mut version, &sides, Some(Way { from, to, ..Way::default() }));
        }
    }
    let title = ctx.l.t("catalogue-process-draw");
    let invalid = !problems.is_empty();
    let tree = organisation::tree_of(&ctx.app).await?;
    let mut page = page(&ctx, &tree, (&version, &asked), problems);
    if as_typed {
        page.retype(form);
    }
    Ok(if invalid { ctx.invalid_page(&title, &page) } else { ctx.page(&title, &page) })
}

/// GET /procedures/{code}/process.bpmn: the process of the latest version as a file that other tools read.
pub(crate) async fn file(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let version = latest(&ctx, &code).await?;
    if version.process.is_empty() || version.sort == crate::Sort::Party {
        return Err(Fault::NotFound("catalogue-procedure-unknown").into());
    }
    let tree = organisation::tree_of(&ctx.app).await?;
    let choices = units(ctx.l, &tree, &BTreeSet::new());
    let text = bpmn::write(&drawn::diagram(&version, |unit| lane(ctx.l, &choices, unit)));
    let mut answer = text.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, web::table::attachment(&format!("quy-trinh-{code}.bpmn")));
    Ok(answer)
}
