//! The designer of internal processes: a table of steps, one of ways, one of what others are asked, and the picture they make. Nothing is
//! kept before it is announced: what is typed travels with the form, and every button shows it again.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use base::{Fault, Limit, Problem, Role};
use i18n::L;
use organisation::{Kind, Tree};
use records::Typed;
use std::collections::BTreeSet;
use std::sync::Arc;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap, PatientUpload, Upload};

use crate::shelf::{fresh_shelf, reload};
use crate::version::process::free_id;
use crate::version::{ACTIONS, Side, Step, StepUnit, Version, Way};
use crate::{actions, drawn, flow, picture, procedure, rules, shipped, words};

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

/// Hours or working days: what a clerk counts in.
fn norm_shown(norm: Limit) -> (String, String) {
    match norm {
        Limit::WorkingDays(n) => (n.to_string(), "wd".to_owned()),
        Limit::Hours(n) => (n.to_string(), "h".to_owned()),
        other => (rules::working_hours(other).to_string(), "h".to_owned()),
    }
}

fn norm_read(form: &FormMap, start: &str) -> Result<Limit, Problem> {
    let text = format!("{}{}", form.text(&format!("{start}norm")).trim(), form.text(&format!("{start}norm_of")));
    text.parse::<Limit>().map_err(|problem| problem.field(format!("{start}norm")))
}

/// Most rows of a table that are read.
const ROWS_MAX: usize = 60;

/// What the form says.
struct Rows {
    version: Version,
    /// Where each row of what others are asked stands: its step, and its place there.
    sides: Vec<(usize, usize)>,
    /// What is wrong with a row: then nothing is done but to show the rows as they were typed.
    problems: Vec<Problem>,
}

fn typed(form: &FormMap, before: &Version) -> Rows {
    let (mut version, mut problems, mut sides) = (before.clone(), Vec::new(), Vec::new());
    (version.process, version.ways) = (Vec::new(), Vec::new());
    let is_there = |name: String| form.get(&name).is_some();
    for (row, table) in [("s", "process"), ("w", "ways"), ("b", "sides")] {
        let name = if row == "s" {
            "name"
        } else if row == "w" {
            "from"
        } else {
            "step"
        };
        if is_there(format!("{row}{ROWS_MAX}_{name}")) {
            problems.push(Problem::new("catalogue-too-many").field(table).arg("max", ROWS_MAX));
        }
    }
    for n in (0..ROWS_MAX).take_while(|n| is_there(format!("s{n}_name"))) {
        let start = format!("s{n}_");
        let text = |name: &str| form.text(&format!("{start}{name}")).trim().to_owned();
        let norm = norm_read(form, &start).unwrap_or_else(|problem| {
            problems.push(problem);
            Limit::Hours(1)
        });
        let unit = StepUnit::read(&text("unit")).unwrap_or_else(|| {
            problems.push(Problem::new("catalogue-step-unit").field(format!("{start}unit")));
            StepUnit::Leader
        });
        let allowed = ACTIONS.iter().filter(|word| form.get(&format!("{start}{word}")).is_some());
        let taken = |id: &String| version.process.iter().any(|step: &Step| step.id == *id);
        let id = match text("id") {
            id if rules::is_slug(&id) && !taken(&id) => id,
            _ => {
                let wanted = rules::slug(&text("name"));
                free_id(if wanted.is_empty() { "buoc" } else { &wanted }, &version.process)
            }
        };
        version.process.push(Step {
            id,
            name: text("name"),
            role: text("role").parse().unwrap_or(Role::Officer),
            unit,
            norm,
            allowed: allowed.map(|word| (*word).to_owned()).collect(),
            asks: Vec::new(),
        });
    }
    for n in (0..ROWS_MAX).take_while(|n| is_there(format!("w{n}_from"))) {
        let text = |name: &str| form.text(&format!("w{n}_{name}")).trim().to_owned();
        version.ways.push(Way { from: text("from"), to: text("to"), when: text("when"), name: text("name") });
    }
    for n in (0..ROWS_MAX).take_while(|n| is_there(format!("b{n}_step"))) {
        let start = format!("b{n}_");
        let text = |name: &str| form.text(&format!("{start}{name}")).trim().to_owned();
        let norm = norm_read(form, &start);
        let at = version.process.iter().position(|step| step.id == text("step"));
        match (at.and_then(|at| Some((at, version.process.get_mut(at)?))), StepUnit::read(&text("unit")), norm) {
            (Some((at, step)), Some(unit), Ok(norm)) => {
                sides.push((at, step.asks.len()));
                step.asks.push(Side { name: text("name"), unit, norm });
            }
            (_, _, Err(problem)) => problems.push(problem),
            _ => problems.push(Problem::new("catalogue-side-row").field(format!("{start}step"))),
        }
    }
    Rows { version, sides, problems }
}

/// What a button does to the rows.
fn pressed(word: &str, version: &mut Version, sides: &[(usize, usize)]) {
    let (act, n) = match word.rsplit_once('-') {
        Some((act, n)) if n.bytes().all(|b| b.is_ascii_digit()) => (act, n.parse::<usize>().unwrap_or(usize::MAX)),
        _ => (word, usize::MAX),
    };
    let steps = &mut version.process;
    match act {
        "add-step" if steps.len() < rules::STEPS_MAX => {
            let id = (1..).map(|n| format!("buoc-{n}")).find(|id| !steps.iter().any(|step| step.id == *id));
            let allowed = ["forward", "return", "request_supplement"].map(str::to_owned).to_vec();
            let unit = StepUnit::Division("chuyen-mon".to_owned());
            let (id, role, norm) = (id.unwrap_or_default(), Role::Officer, Limit::Hours(4));
            let at = steps.len().saturating_sub(1);
            steps.insert(at, Step { id, name: String::new(), role, unit, norm, allowed, asks: Vec::new() });
        }
        "drop-step" if n < steps.len() => {
            let gone = steps.remove(n);
            version.ways.retain(|way| way.from != gone.id && way.to != gone.id);
        }
        "up" if n > 0 && n < steps.len() => steps.swap(n, n - 1),
        "down" if n + 1 < steps.len() => steps.swap(n, n + 1),
        "add-way" => {
            // The line as it is, so that a way more is one more and not the only one.
            if version.ways.is_empty() {
                let pair = |two: &[Step]| Way { from: two[0].id.clone(), to: two[1].id.clone(), ..Way::default() };
                version.ways = steps.windows(2).map(pair).collect();
            }
            version.ways.push(Way::default());
        }
        "drop-way" if n < version.ways.len() => {
            version.ways.remove(n);
        }
        "add-side" => {
            if let Some(step) = steps.iter_mut().find(|step| step.unit != StepUnit::Desk) {
                let norm = step.norm;
                step.asks.push(Side { name: String::new(), unit: StepUnit::Department, norm });
            }
        }
        "drop-side" => {
            let found = sides.get(n).and_then(|(step, side)| Some((steps.get_mut(*step)?, *side)));
            if let Some((step, side)) = found.filter(|(step, side)| *side < step.asks.len()) {
                step.asks.remove(side);
            }
        }
        _ => {}
    }
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
    (version.process, version.ways) = (read.process, read.ways);
    Ok(read.problems)
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
        .flat_map(|step| std::iter::once(step.unit.word()).chain(step.asks.iter().map(|side| side.unit.word())));
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
    let side = |step: &Step, side: &Side| {
        let (norm, norm_of) = norm_shown(side.norm);
        SideRow { step: step.id.clone(), unit: side.unit.word(), name: side.name.clone(), norm, norm_of }
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
        sides: version.process.iter().flat_map(|step| step.asks.iter().map(move |one| side(step, one))).collect(),
        roles: ROLES.map(|role| Choice::new(role.as_str(), l.t(format!("base-role-{}", role.as_str())))).to_vec(),
        ids: version.process.iter().map(|step| Choice::new(step.id.clone(), named(step))).collect(),
        norms: ["h", "wd"].map(|of| Choice::new(of, l.t(format!("catalogue-norm-{of}")))).to_vec(),
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
            SideRow { step, unit, name, norm: text("norm"), norm_of: text("norm_of") }
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
        word => pressed(word, &mut version, &sides),
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
