//! The procedures that come with the program: compact data files under `data/procedures`, expanded
//! into [`Version`]s. The files' README explains their shape.

use std::collections::BTreeMap;

use base::{Channel, Date, Dong, Level, Limit, PausePolicy, Role};
use serde::Deserialize;

use crate::version::{
    ChannelTerms, Component, Fee, Form, Group, Origin, ResultPaper, Route, ServiceLevel, Step, StepUnit, Version,
};

/// The shipped files, name and text; `_shared.toml` apart.
pub const FILES: &[(&str, &str)] = &[
    ("civil-status.toml", include_str!("../../../data/procedures/civil-status.toml")),
    ("certification.toml", include_str!("../../../data/procedures/certification.toml")),
    ("residence.toml", include_str!("../../../data/procedures/residence.toml")),
    ("household-business.toml", include_str!("../../../data/procedures/household-business.toml")),
    ("land.toml", include_str!("../../../data/procedures/land.toml")),
    ("construction.toml", include_str!("../../../data/procedures/construction.toml")),
    ("social.toml", include_str!("../../../data/procedures/social.toml")),
    ("province.toml", include_str!("../../../data/procedures/province.toml")),
    ("others.toml", include_str!("../../../data/procedures/others.toml")),
];

/// Process patterns and form groups used in several files.
pub const SHARED: &str = include_str!("../../../data/procedures/_shared.toml");

/// What is wrong with a data file: a sentence naming the file and the procedure.
#[derive(Debug)]
pub struct DataError(pub String);

impl std::fmt::Display for DataError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DataError {}

#[derive(Deserialize)]
struct Shared {
    opening: Date,
    process: Vec<Pattern>,
    group: Vec<NamedGroup>,
}

/// A process pattern: steps without norms and without the name of the division.
#[derive(Deserialize)]
struct Pattern {
    id: String,
    steps: Vec<PatternStep>,
    sequence: Vec<String>,
}

#[derive(Deserialize)]
struct PatternStep {
    id: String,
    name: String,
    role: Role,
    unit: String,
    allowed: Vec<String>,
}

#[derive(Deserialize)]
struct NamedGroup {
    id: String,
    #[serde(flatten)]
    group: Group,
}

/// One value for every channel, or one for each.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum PerChannel<T> {
    All(T),
    Each(BTreeMap<String, T>),
}

impl<T: Copy> PerChannel<T> {
    fn of(&self, channel: Channel) -> Option<T> {
        match self {
            PerChannel::All(value) => Some(*value),
            PerChannel::Each(map) => map.get(channel.as_str()).copied(),
        }
    }
}

/// What a procedure says for itself, or a file for all its procedures.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Entry {
    code: Option<String>,
    name: Option<String>,
    keywords: Option<String>,
    field: Option<String>,
    field_name: Option<String>,
    levels: Option<Vec<Level>>,
    department: Option<String>,
    division: Option<String>,
    process: Option<String>,
    norms: Option<Vec<Limit>>,
    decision: Option<String>,
    applicants: Option<Vec<String>>,
    channels: Option<Vec<Channel>>,
    limit: Option<PerChannel<Limit>>,
    limit_text: Option<String>,
    cut_off: Option<String>,
    pause_policy: Option<String>,
    fee: Option<PerChannel<i64>>,
    fee_name: Option<String>,
    fee_text: Option<String>,
    online: Option<String>,
    route: Option<String>,
    form: Option<Vec<String>>,
    components: Option<Vec<Component>>,
    results: Option<Vec<ResultPaper>>,
    legal_bases: Option<Vec<String>>,
    conditions: Option<String>,
    yields_document: Option<bool>,
    source: Option<String>,
    later: Vec<Later>,
    // At the head of a file only.
    group: Vec<toml::Value>,
    procedure: Vec<toml::Value>,
}

/// A dated change of fee or limit, announced after the opening.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    from: Date,
    decision: String,
    #[serde(default)]
    fee: Option<PerChannel<i64>>,
    #[serde(default)]
    fee_text: Option<String>,
    #[serde(default)]
    limit: Option<PerChannel<Limit>>,
}

impl Entry {
    /// Takes from the file's head whatever the procedure leaves out.
    fn under(mut self, head: &Entry) -> Entry {
        macro_rules! inherit {
            ($($name:ident),*) => { $( if self.$name.is_none() { self.$name = head.$name.clone(); } )* };
        }
        inherit!(
            field,
            field_name,
            levels,
            department,
            division,
            process,
            norms,
            decision,
            applicants,
            channels,
            limit,
            limit_text,
            cut_off,
            pause_policy,
            fee,
            fee_name,
            fee_text,
            online,
            route,
            form,
            legal_bases,
            source
        );
        self
    }
}

/// Every version of every shipped procedure, oldest first within a procedure.
///
/// # Errors
/// The first thing wrong with a file; a test keeps the shipped ones right.
pub fn versions() -> Result<Vec<Version>, DataError> {
    let mut all = Vec::new();
    for (name, text) in FILES {
        all.extend(read_file(name, text, SHARED)?);
    }
    Ok(all)
}

/// Expands one data file.
///
/// # Errors
/// A sentence naming the file and the procedure.
pub fn read_file(name: &str, text: &str, shared: &str) -> Result<Vec<Version>, DataError> {
    let fault = |what: &str| DataError(format!("data/procedures/{name}: {what}"));
    let shared: Shared = toml::from_str(shared).map_err(|e| fault(&format!("_shared.toml: {e}")))?;
    let head: Entry = toml::from_str(text).map_err(|e| fault(&e.to_string()))?;
    let mut groups: BTreeMap<String, Group> = shared.group.into_iter().map(|g| (g.id, g.group)).collect();
    for value in &head.group {
        let group: NamedGroup = value.clone().try_into().map_err(|e: toml::de::Error| fault(&e.to_string()))?;
        groups.insert(group.id, group.group);
    }
    let mut all = Vec::new();
    for value in &head.procedure {
        let entry: Entry = value.clone().try_into().map_err(|e: toml::de::Error| fault(&e.to_string()))?;
        let code = entry.code.clone().unwrap_or_default();
        let expanded = expand(entry.under(&head), shared.opening, &shared.process, &groups)
            .map_err(|what| fault(&format!("{code}: {what}")))?;
        all.extend(expanded);
    }
    Ok(all)
}

fn expand(
    entry: Entry,
    opening: Date,
    patterns: &[Pattern],
    groups: &BTreeMap<String, Group>,
) -> Result<Vec<Version>, String> {
    let first = Version {
        effective_from: opening,
        decision: entry.decision.clone().ok_or("no decision")?,
        origin: Origin::Shipped,
        code: entry.code.clone().ok_or("no code")?,
        name: entry.name.clone().ok_or("no name")?,
        keywords: entry.keywords.clone().unwrap_or_default(),
        field: entry.field.clone().ok_or("no field")?,
        field_name: entry.field_name.clone().ok_or("no field_name")?,
        levels: entry.levels.clone().ok_or("no levels")?,
        department: entry.department.clone(),
        applicants: entry.applicants.clone().ok_or("no applicants")?,
        channels: terms(&entry, entry.fee.as_ref(), entry.limit.as_ref(), entry.fee_text.as_deref())?,
        components: entry.components.clone().ok_or("no components")?,
        results: entry.results.clone().ok_or("no results")?,
        legal_bases: entry.legal_bases.clone().ok_or("no legal_bases")?,
        conditions: entry.conditions.clone().unwrap_or_default(),
        service_level: service_level(entry.online.as_deref())?,
        route: match entry.route.as_deref() {
            None | Some("provincial") => Route::Provincial,
            Some("ministry") => Route::Ministry,
            Some("national") => Route::National,
            Some(other) => return Err(format!("unknown route {other}")),
        },
        cut_off: entry.cut_off.clone(),
        pause_policy: match entry.pause_policy.as_deref() {
            None | Some("restart") => PausePolicy::Restart,
            Some("resume") => PausePolicy::Resume,
            Some(other) => return Err(format!("unknown pause_policy {other}")),
        },
        yields_document: entry.yields_document.unwrap_or(true),
        source: entry.source.clone().ok_or("no source")?,
        form: form(entry.form.as_deref().ok_or("no form")?, groups)?,
        ..Version::default()
    };
    let mut first = with_process(first, &entry, patterns)?;
    finish(&mut first);
    let mut all = vec![first];
    for change in &entry.later {
        let mut next = all[all.len() - 1].clone();
        next.effective_from = change.from;
        next.decision.clone_from(&change.decision);
        next.channels = terms(
            &entry,
            change.fee.as_ref().or(entry.fee.as_ref()),
            change.limit.as_ref().or(entry.limit.as_ref()),
            change.fee_text.as_deref().or(entry.fee_text.as_deref()),
        )?;
        finish(&mut next);
        if let Some(previous) = all.last_mut() {
            previous.effective_to = Some(change.from);
        }
        all.push(next);
    }
    Ok(all)
}

/// What follows from the rest: online means through the national portal, a fee online can be paid online.
fn finish(version: &mut Version) {
    let online = version.service_level.is_online();
    version.on_national_portal = online;
    version.payable_online = online && version.terms(Channel::Online).is_some_and(|terms| terms.fee_total() > Dong(0));
}

fn terms(
    entry: &Entry,
    fee: Option<&PerChannel<i64>>,
    limit: Option<&PerChannel<Limit>>,
    fee_text: Option<&str>,
) -> Result<Vec<ChannelTerms>, String> {
    let limit = limit.ok_or("no limit")?;
    let all = [Channel::Counter, Channel::Online, Channel::Post];
    let channels: Vec<Channel> = match (&entry.channels, limit) {
        (Some(channels), _) => channels.clone(),
        (None, PerChannel::Each(map)) => all.into_iter().filter(|c| map.contains_key(c.as_str())).collect(),
        (None, PerChannel::All(_)) => all.to_vec(),
    };
    channels
        .into_iter()
        .map(|channel| {
            let amount = fee.and_then(|fee| fee.of(channel));
            Ok(ChannelTerms {
                channel,
                limit: limit.of(channel).ok_or_else(|| format!("no limit for {}", channel.as_str()))?,
                limit_text: entry.limit_text.clone().unwrap_or_default(),
                fee: match (amount, &entry.fee_name) {
                    (None, _) => Vec::new(),
                    (Some(0), None) => vec![Fee::free()],
                    (Some(_), None) => return Err("a fee without fee_name".to_owned()),
                    (Some(amount), Some(name)) => {
                        vec![Fee { name: name.clone(), amount: Dong(amount), note: String::new() }]
                    }
                },
                fee_text: fee_text.unwrap_or_default().to_owned(),
            })
        })
        .collect()
}

/// `full`, `none` or `partial: the reason`.
fn service_level(word: Option<&str>) -> Result<ServiceLevel, String> {
    match word.map(|word| word.split_once(':').unwrap_or((word, ""))) {
        Some(("full", _)) => Ok(ServiceLevel::Full),
        Some(("none", _)) => Ok(ServiceLevel::InfoOnly),
        Some(("partial", reason)) if !reason.trim().is_empty() => Ok(ServiceLevel::Partial(reason.trim().to_owned())),
        _ => Err("online must be full, none or partial: reason".to_owned()),
    }
}

fn form(names: &[String], groups: &BTreeMap<String, Group>) -> Result<Form, String> {
    let groups: Result<Vec<Group>, String> = names
        .iter()
        .map(|name| groups.get(name).cloned().ok_or_else(|| format!("unknown form group {name}")))
        .collect();
    Ok(Form { groups: groups? })
}

fn with_process(mut version: Version, entry: &Entry, patterns: &[Pattern]) -> Result<Version, String> {
    let name = entry.process.as_deref().ok_or("no process")?;
    let pattern = patterns.iter().find(|p| p.id == name).ok_or_else(|| format!("unknown process {name}"))?;
    let norms = entry.norms.as_deref().ok_or("no norms")?;
    if norms.len() != pattern.steps.len() {
        return Err(format!("{name} has {} steps, {} norms given", pattern.steps.len(), norms.len()));
    }
    let division = entry.division.as_deref().ok_or("no division")?;
    version.sequence.clone_from(&pattern.sequence);
    version.process = pattern
        .steps
        .iter()
        .zip(norms)
        .map(|(step, norm)| {
            Ok(Step {
                id: step.id.clone(),
                name: step.name.clone(),
                role: step.role,
                unit: match step.unit.as_str() {
                    "desk" => StepUnit::Desk,
                    "division" => StepUnit::Division(division.to_owned()),
                    "leader" => StepUnit::Leader,
                    other => return Err(format!("unknown unit {other}")),
                },
                norm: *norm,
                allowed: step.allowed.clone(),
            })
        })
        .collect::<Result<_, String>>()?;
    Ok(version)
}

/// A sensible process for a procedure that has none: received at the desk, handled by the specialist division, decided by
/// the head; a provincial one is also assigned and reviewed. The handling gets most of the shortest limit, the others a day or
/// a small part of it, and the sum of norms is the limit. To be approved by the keeper like any other process.
pub fn standard_process(version: &Version) -> Result<Vec<Step>, String> {
    let limit = version.channels.iter().map(|terms| crate::rules::working_hours(terms.limit)).min().unwrap_or(40);
    let at_commune = version.levels.is_empty() || version.levels.contains(&Level::Commune);
    let name = match (at_commune, limit) {
        (_, ..=2) => "commune-2",
        (true, _) => "commune-3",
        (false, ..=8) => "commune-3",
        (false, _) => "province-5",
    };
    let shared: Shared = toml::from_str(SHARED).map_err(|error| error.to_string())?;
    let pattern = shared.process.iter().find(|p| p.id == name).ok_or_else(|| format!("no process {name}"))?;
    let steps = i64::try_from(pattern.steps.len()).unwrap_or(1);
    // The side steps: an eighth each, whole days where there are some, at most one day.
    let side = match limit / 8 {
        0 => 1,
        eighth => eighth.min(8),
    };
    let main = (limit - side * (steps - 1)).max(1);
    let norms: Vec<Limit> = pattern
        .steps
        .iter()
        .map(|step| if step.id == "appraise" { main } else { side })
        .map(|hours| match i32::try_from(hours).unwrap_or(i32::MAX) {
            hours if hours % 8 == 0 => Limit::WorkingDays(hours / 8),
            hours => Limit::Hours(hours),
        })
        .collect();
    let entry = Entry {
        process: Some(name.to_owned()),
        norms: Some(norms),
        division: Some("chuyen-mon".to_owned()),
        ..Entry::default()
    };
    Ok(with_process(version.clone(), &entry, &shared.process)?.process)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn all() -> Vec<Version> {
        versions().unwrap()
    }

    #[test]
    fn every_shipped_version_may_be_announced() {
        for version in all() {
            assert_eq!(crate::rules::check(&version), Vec::new(), "{} {}", version.code, version.name);
        }
    }

    #[test]
    fn at_least_forty_procedures_ship_over_the_fields_people_need_most() {
        let codes: BTreeSet<String> = all().into_iter().map(|v| v.code).collect();
        assert!(codes.len() >= 40, "{}", codes.len());
        for field in ["ho-tich", "chung-thuc", "cu-tru", "ho-kinh-doanh", "dat-dai", "xay-dung", "bao-tro-xa-hoi"] {
            assert!(all().iter().filter(|v| v.field == field).count() >= 4, "{field}");
        }
        let provincial =
            all().iter().filter(|v| v.levels == [Level::Province]).map(|v| v.code.clone()).collect::<BTreeSet<_>>();
        assert!(provincial.len() >= 8, "{provincial:?}");
        assert!(all().iter().filter(|v| v.levels == [Level::Province]).all(|v| v.department.is_some()));
    }

    #[test]
    fn every_shipped_value_has_a_source_a_process_of_two_to_five_steps_and_a_form() {
        for version in all() {
            assert!(version.source.len() > 20, "{}", version.code);
            assert!((2..=5).contains(&version.process.len()), "{}", version.code);
            assert!(!version.form.groups.is_empty(), "{}", version.code);
            assert!(!version.components.is_empty() && !version.results.is_empty(), "{}", version.code);
            assert!(version.route != Route::Provincial || version.can_be_received(), "{}", version.code);
        }
    }

    #[test]
    fn known_facts_of_the_national_catalogue_are_kept() {
        let find = |code: &str| all().into_iter().find(|v| v.code == code).unwrap();
        let birth = find("1.001193");
        assert_eq!(birth.terms(Channel::Counter).unwrap().limit, Limit::SameDay);
        assert_eq!(birth.cut_off_time(), base::Time::new(15, 0, 0, 0).ok());
        let shop = find("1.001612");
        assert_eq!(shop.terms(Channel::Online).unwrap().fee_total(), Dong(150_000));
        assert_eq!(shop.terms(Channel::Counter).unwrap().fee_total(), Dong(50_000));
        let residence = find("1.004222");
        assert_eq!(residence.terms(Channel::Online).unwrap().limit, Limit::WorkingDays(7));
        assert_eq!(residence.terms(Channel::Online).unwrap().fee_total(), Dong(10_000));
        assert!(residence.terms(Channel::Post).is_none());
        let permit = find("1.013225");
        assert_eq!(permit.terms(Channel::Counter).unwrap().limit, Limit::CalendarDays(15));
        assert_eq!(permit.terms(Channel::Online).unwrap().limit, Limit::CalendarDays(20));
        assert_eq!(find("2.000635").terms(Channel::Online).unwrap().fee_total(), Dong(8_000));
        assert!(!find("2.000815").can_be_filed_online());
    }

    #[test]
    fn versions_of_a_procedure_follow_each_other_without_gap() {
        let mut seen: BTreeSet<(String, Date)> = BTreeSet::new();
        for pair in all().windows(2) {
            if pair[0].code == pair[1].code {
                assert_eq!(pair[0].effective_to, Some(pair[1].effective_from));
            } else {
                assert_eq!(pair[0].effective_to, None);
            }
        }
        for version in all() {
            assert!(seen.insert((version.code.clone(), version.effective_from)), "{} twice", version.code);
        }
    }

    #[test]
    fn a_data_file_that_is_wrong_says_where() {
        let text = "field = \"x\"\n[[procedure]]\ncode = \"1.000001\"\nname = \"x\"\n";
        let error = read_file("x.toml", text, SHARED).unwrap_err().to_string();
        assert!(error.contains("x.toml") && error.contains("1.000001"), "{error}");
    }
}
