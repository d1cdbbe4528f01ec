//! `/notices/reminders`: the rules in force, those to come, and a form for one more.

use crate::reminders::all_rules as rules;
use crate::reminders::keep::{self, Typed, keeps};
use crate::reminders::rules::{Rule, Side, Whom, in_force};
use askama::Template;
use base::{Fault, Problem, vn_date};
use i18n::L;
use records::Kinds;
use web::{Answer, Choice, Ctx, FormMap};

struct Row {
    what: String,
    when: String,
    whom: String,
    since: String,
    basis: String,
    active: bool,
}

#[derive(Template)]
#[template(path = "reminders.html")]
struct Page {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    now: Vec<Row>,
    coming: Vec<Row>,
    may_keep: bool,
    dues: Vec<Choice>,
    sides: Vec<Choice>,
    whoms: Vec<Choice>,
    typed: Typed,
}

fn row(l: L, kinds: &Kinds, rule: &Rule) -> Row {
    let span = rule.span.text();
    let (n, unit) = match span.strip_suffix("wd") {
        Some(n) => (n, "days"),
        None => (span.trim_end_matches('h'), "hours"),
    };
    Row {
        what: kinds.of_due(&rule.due).map_or_else(|| rule.due.clone(), |(_, due)| l.t(due.word)),
        when: l.tr(format!("notices-rule-{}-{unit}", rule.side.as_str()), [("n", n)]),
        whom: l.t(format!("notices-whom-{}", rule.whom.as_str())),
        since: vn_date(rule.since),
        basis: rule.basis.clone(),
        active: rule.active,
    }
}

async fn page(ctx: &Ctx, typed: Typed, problems: Vec<Problem>) -> Answer {
    let kinds = ctx.app.get::<Kinds>().ok_or_else(|| Fault::internal("no kinds are known"))?;
    let all = ctx.db().read(|tx| Box::pin(async move { Ok::<_, Fault>(rules(tx).await?) })).await?;
    let today = ctx.now.date();
    let refused = !problems.is_empty();
    let l = ctx.l;
    let words = |prefix: &str, words: &[&str]| {
        words.iter().map(|word| Choice::new(*word, l.t(format!("{prefix}{word}")))).collect::<Vec<_>>()
    };
    let page = Page {
        l,
        csrf: ctx.csrf.clone(),
        problems,
        now: in_force(&all, today).into_iter().map(|rule| row(l, &kinds, rule)).collect(),
        coming: all.iter().filter(|rule| rule.since > today).map(|rule| row(l, &kinds, rule)).collect(),
        may_keep: keeps(ctx.actor()?),
        dues: kinds.all.iter().flat_map(|kind| kind.dues).map(|due| Choice::new(due.name, l.t(due.word))).collect(),
        sides: words("notices-side-", &Side::WORDS),
        whoms: words("notices-whom-", &Whom::WORDS),
        typed,
    };
    let title = l.t("notices-rules-title");
    Ok(if refused { ctx.invalid_page(&title, &page) } else { ctx.page(&title, &page) })
}

/// GET /notices/reminders
pub(crate) async fn show(ctx: Ctx) -> Answer {
    page(&ctx, Typed { active: true, ..Typed::default() }, Vec::new()).await
}

/// POST /notices/reminders
pub(crate) async fn add(ctx: Ctx, form: FormMap) -> Answer {
    let kinds = ctx.app.get::<Kinds>().ok_or_else(|| Fault::internal("no kinds are known"))?;
    let text = |name: &str| form.text(name).to_owned();
    let typed = Typed {
        due: text("due"),
        side: text("side"),
        since: text("since"),
        span: text("span"),
        whom: text("whom"),
        active: form.get("active").is_some(),
        basis: text("basis"),
    };
    let (actor, given, now) = (ctx.actor()?.clone(), typed.clone(), ctx.now);
    let kept = ctx
        .db()
        .write(move |tx| {
            let (kinds, actor, given) = (kinds.clone(), actor.clone(), given.clone());
            Box::pin(async move { keep::keep(tx, &kinds, &actor, &given, now).await })
        })
        .await;
    match kept {
        Ok(_) => Ok(ctx.flash("/notices/reminders", "notices-rule-kept")),
        Err(Fault::Invalid(problems)) => page(&ctx, typed, problems).await,
        Err(other) => Err(other.into()),
    }
}
