//! Two versions of a procedure side by side, with what differs marked.

use askama::Template;
use axum::extract::Path;
use base::{Date, Fault, Problem, vn_date};
use i18n::L;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use web::table::query_value;
use web::{Answer, Breadcrumb, Ctx};

use crate::shelf::fresh_shelf;
use crate::version::{ServiceLevel, Version};
use crate::words::{self, ChannelLine};

/// One thing said of a version, and whether the other says it too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub text: String,
    pub differs: bool,
}

/// One part of two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub label: String,
    pub before: Vec<Item>,
    pub after: Vec<Item>,
}

impl Pair {
    /// Whether anything of it differs, the order of what is said included.
    pub fn differs(&self) -> bool {
        self.before != self.after
    }
}

/// The word of a part, and what a version says there.
type Part = (&'static str, Vec<String>);

/// What a version says, part by part, in the order of its page.
fn parts(l: L, version: &Version) -> Vec<Part> {
    let v = version;
    let limits = |line: ChannelLine| {
        let words = [line.channel, line.limit, line.limit_text, line.fee, line.fee_text];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    let copies = |key, n: u16| (n > 0).then(|| l.tr(key, [("n", n.to_string())]));
    let paper = |paper: &crate::Component| {
        let said = [copies("catalogue-originals", paper.originals), copies("catalogue-copies", paper.copies)];
        let case = (!paper.required).then(|| l.t("catalogue-if-needed"));
        let more: Vec<String> = said.into_iter().flatten().chain(case).collect();
        if more.is_empty() { paper.name.clone() } else { format!("{} ({})", paper.name, more.join(", ")) }
    };
    let step = |step: &crate::Step| {
        let one = |one: crate::version::BranchStep| format!("{}: {}", words::unit(l, &one.unit), one.name);
        let chain = |side: &crate::version::Side| {
            (0..=side.then.len()).filter_map(|n| side.step(n)).map(one).collect::<Vec<_>>().join(" → ")
        };
        let beside: String = step.asks.iter().map(|side| format!(" · {}", chain(side))).collect();
        format!("{} · {} · {}{beside}", step.name, words::step_place(l, step), words::limit(l, step.norm))
    };
    let way = |way: &crate::Way| {
        let when = if way.when.is_empty() { String::new() } else { format!(": {}", way.when) };
        format!("{} → {}{when}", way.from, way.to)
    };
    let service = match &v.service_level {
        ServiceLevel::Partial(why) => format!("{}: {why}", words::service(l, &v.service_level)),
        level => words::service(l, level),
    };
    let lines = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    vec![
        ("catalogue-name", vec![v.name.clone()]),
        ("catalogue-field", vec![v.field_name.clone()]),
        ("catalogue-place", vec![words::levels(l, v)]),
        ("catalogue-channels", ChannelLine::all(l, v).into_iter().map(limits).collect()),
        ("catalogue-statutory", v.statutory.map(|limit| words::limit(l, limit)).into_iter().collect()),
        ("catalogue-papers", v.components.iter().map(paper).collect()),
        ("catalogue-results", v.results.iter().map(|result| result.name.clone()).collect()),
        ("catalogue-applicants", v.applicants.clone()),
        ("catalogue-conditions", lines(&v.conditions)),
        ("catalogue-sequence", v.sequence.clone()),
        ("catalogue-legal", v.legal_bases.clone()),
        ("catalogue-service", vec![service]),
        ("catalogue-payable-online", v.payable_online.then(|| l.t("catalogue-yes")).into_iter().collect()),
        ("catalogue-process", v.process.iter().map(step).collect()),
        ("catalogue-ways", v.ways.iter().map(way).collect()),
        ("catalogue-form", v.form.fields().map(|field| field.label.clone()).collect()),
    ]
}

/// Every part that either version says anything of.
pub fn pairs(l: L, before: Option<&Version>, after: Option<&Version>) -> Vec<Pair> {
    let none = Version::default();
    let of = |version: Option<&Version>| match version {
        Some(version) => parts(l, version),
        None => parts(l, &none).into_iter().map(|(key, _)| (key, Vec::new())).collect(),
    };
    let marked = |all: &[String], other: &[String]| {
        all.iter().map(|text| Item { text: text.clone(), differs: !other.contains(text) }).collect()
    };
    let pair = |((key, before), (_, after)): (Part, Part)| Pair {
        label: l.t(key),
        before: marked(&before, &after),
        after: marked(&after, &before),
    };
    let (one, other) = (of(before), of(after));
    let others = match (before, after) {
        (Some(before), Some(after)) => {
            let differs = |part: &str| one.iter().zip(&other).any(|(one, other)| one.0 == part && one.1 != other.1);
            others(l, (before, after), differs)
        }
        _ => None,
    };
    let all = one.into_iter().zip(other).map(pair).chain(others);
    all.filter(|pair| !pair.before.is_empty() || !pair.after.is_empty()).collect()
}

/// Keys of a version's body, and the part that tells them in words.
const TOLD: &[(&str, &str)] = &[
    ("name", "catalogue-name"),
    ("field_name", "catalogue-field"),
    ("levels", "catalogue-place"),
    ("channels", "catalogue-channels"),
    ("unclear_channels", "catalogue-channels"),
    ("statutory", "catalogue-statutory"),
    ("components", "catalogue-papers"),
    ("results", "catalogue-results"),
    ("applicants", "catalogue-applicants"),
    ("conditions", "catalogue-conditions"),
    ("sequence", "catalogue-sequence"),
    ("legal_bases", "catalogue-legal"),
    ("service_level", "catalogue-service"),
    ("payable_online", "catalogue-payable-online"),
    ("process", "catalogue-process"),
    ("ways", "catalogue-ways"),
    ("form", "catalogue-form"),
];

/// What a body says, key by key, as its keeper writes it: an entry of a list is a line of its own.
fn lines_of(version: &Version) -> BTreeMap<String, Vec<String>> {
    let Ok(Value::Object(body)) = serde_json::to_value(version) else { return BTreeMap::new() };
    let fields: Vec<Value> = version.form.fields().filter_map(|field| serde_json::to_value(field).ok()).collect();
    let line = |key: &str, value: Value| match value {
        Value::Array(all) => all.into_iter().map(|one| format!("{key}: {one}")).collect(),
        Value::Null => Vec::new(),
        Value::String(text) => vec![format!("{key}: {text}")],
        value => vec![format!("{key}: {value}")],
    };
    let said = body.into_iter().filter(|(key, _)| key != "remarks");
    said.map(|(key, value)| {
        let value = if key == "form" { Value::Array(fields.clone()) } else { value };
        (key.clone(), line(&key, value))
    })
    .collect()
}

/// What differs and is told by no part: the department, the route, what a step allows, a field's kind. Nothing of a body changes unseen.
fn others(l: L, (before, after): (&Version, &Version), differs: impl Fn(&str) -> bool) -> Option<Pair> {
    let (mut one, mut other) = (lines_of(before), lines_of(after));
    let keys: BTreeSet<String> = one.keys().chain(other.keys()).cloned().collect();
    let mut pair = Pair { label: l.t("catalogue-compare-others"), before: Vec::new(), after: Vec::new() };
    for key in keys.into_iter().filter(|key| !TOLD.iter().any(|(told, part)| told == key && differs(part))) {
        let (one, other) = (one.remove(&key).unwrap_or_default(), other.remove(&key).unwrap_or_default());
        let apart = |all: &[String], known: &[String]| -> Vec<Item> {
            let new = all.iter().filter(|line| !known.contains(line));
            new.map(|text| Item { text: text.clone(), differs: true }).collect()
        };
        let found = (apart(&one, &other), apart(&other, &one));
        if one != other && found.0.is_empty() && found.1.is_empty() {
            pair.after.push(Item { text: l.tr("catalogue-compare-order", [("key", key)]), differs: true });
        }
        pair.before.extend(found.0);
        pair.after.extend(found.1);
    }
    (!pair.before.is_empty() || !pair.after.is_empty()).then_some(pair)
}

#[derive(Template)]
#[template(path = "_compare.html")]
struct Fragment<'a> {
    l: L,
    heads: [&'a str; 2],
    /// What differs first, then what is the same, folded.
    differing: Vec<Pair>,
    same: Vec<Pair>,
}

/// Two versions as a part of a page, under these heads.
///
/// # Errors
/// None that versions can cause.
pub fn side_by_side(
    l: L,
    heads: [&str; 2],
    before: Option<&Version>,
    after: Option<&Version>,
) -> Result<String, Fault> {
    let (differing, same) = pairs(l, before, after).into_iter().partition(Pair::differs);
    Fragment { l, heads, differing, same }.render().map_err(Fault::internal)
}

#[derive(Template)]
#[template(path = "compare.html")]
struct Page<'a> {
    l: L,
    trail: Vec<Breadcrumb>,
    name: &'a str,
    code: &'a str,
    problems: Vec<Problem>,
    /// Days from which versions hold, to choose from: value and words.
    days: Vec<web::Choice>,
    from: String,
    to: String,
    compared: String,
}

/// GET /procedures/{code}/compare?from=&to=: the versions that begin on two days; the last two unless other days are asked for.
pub(crate) async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let (l, shelf) = (ctx.l, fresh_shelf(&ctx.app, ctx.now).await?);
    let unknown = || Fault::NotFound("catalogue-procedure-unknown");
    // Each version by itself: one of the Party's stays the officials' whatever came after it.
    let all = shelf.versions_of(&code).iter().filter(|version| crate::pages::may_see(&ctx, version.sort));
    let all: Vec<Arc<Version>> = all.cloned().collect();
    let last = all.last().ok_or_else(unknown)?;
    let asked = |name, otherwise: usize| -> Result<Arc<Version>, Fault> {
        let text = query_value(&ctx.uri, name);
        let day: Option<Date> = text.parse().ok();
        let named = all.iter().find(|version| Some(version.effective_from) == day);
        if !text.is_empty() && named.is_none() {
            return Err(unknown());
        }
        Ok(named.unwrap_or(&all[all.len().saturating_sub(otherwise).min(all.len() - 1)]).clone())
    };
    let (before, after) = (asked("from", 2)?, asked("to", 1)?);
    let said = |version: &Version| {
        l.tr(
            "catalogue-compare-head",
            [("from", vn_date(version.effective_from)), ("decision", version.decision.clone())],
        )
    };
    let heads = [said(&before), said(&after)];
    let page = Page {
        l,
        trail: vec![
            Breadcrumb::new(l.t("catalogue-procedures"), "/procedures"),
            Breadcrumb::new(last.name.clone(), format!("/procedures/{code}")),
            Breadcrumb::new(l.t("catalogue-compare"), ""),
        ],
        name: &last.name,
        code: &code,
        problems: Vec::new(),
        days: all.iter().map(|v| web::Choice::new(v.effective_from.to_string(), said(v))).collect(),
        from: before.effective_from.to_string(),
        to: after.effective_from.to_string(),
        compared: side_by_side(l, [&heads[0], &heads[1]], Some(&before), Some(&after))?,
    };
    Ok(ctx.page(&l.t("catalogue-compare"), &page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_marked_and_what_is_the_same_is_not() {
        i18n::install(&[web::locales(), web::base_locales(), crate::LOCALES]);
        let l = L(base::Lang::Vi);
        let before = crate::shipped::versions().unwrap().into_iter().find(|v| v.code == "1.001193").unwrap();
        assert!(pairs(l, Some(&before), Some(&before)).iter().all(|pair| !pair.differs()));
        let mut after = before.clone();
        after.components.remove(0);
        after.legal_bases.push("Luật 99/2026/QH16".to_owned());
        let differing: Vec<Pair> = pairs(l, Some(&before), Some(&after)).into_iter().filter(Pair::differs).collect();
        assert_eq!(differing.len(), 2, "{differing:?}");
        let (papers, laws) = (&differing[0], &differing[1]);
        assert!(papers.before[0].differs && papers.before.iter().skip(1).all(|item| !item.differs));
        assert!(papers.after.iter().all(|item| !item.differs));
        assert!(laws.after.last().unwrap().differs && laws.before.iter().all(|item| !item.differs));
        // Turned round it is a difference of order alone.
        let mut turned = before.clone();
        turned.components.reverse();
        let differing: Vec<Pair> = pairs(l, Some(&before), Some(&turned)).into_iter().filter(Pair::differs).collect();
        assert!(differing.len() == 1 && differing[0].after.iter().all(|item| !item.differs));
        // What no part tells in words is told as it is written.
        let mut other = before.clone();
        other.department = Some("so-tu-phap".to_owned());
        other.process[0].allowed.push("reject".to_owned());
        other.eligibility.online = Some(true);
        other.cut_off = Some("10:30".to_owned());
        let differing: Vec<Pair> = pairs(l, Some(&before), Some(&other)).into_iter().filter(Pair::differs).collect();
        assert_eq!(differing.len(), 1, "{differing:?}");
        let said: Vec<&str> = differing[0].after.iter().map(|item| item.text.as_str()).collect();
        for key in ["department: so-tu-phap", "cut_off: 10:30", "eligibility: ", "process: "] {
            assert!(said.iter().any(|line| line.starts_with(key)), "{key} {said:?}");
        }
        assert!(pairs(l, None, Some(&before)).iter().all(|pair| pair.before.is_empty() && pair.differs()));
    }
}
