//! The procedures that come with the program: compact data files under `data/procedures`, expanded
//! into [`Version`]s. The files' README explains their shape.

use std::collections::BTreeMap;

use base::{BadData, Channel, Date, Dong, Level, Limit, PausePolicy, Role};
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
    ("insurance.toml", include_str!("../../../data/procedures/insurance.toml")),
    ("others.toml", include_str!("../../../data/procedures/others.toml")),
];

/// Process patterns and form groups used in several files.
pub const SHARED: &str = include_str!("../../../data/procedures/_shared.toml");

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

#[derive(Clone, Deserialize)]
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

/// A data file: what holds for all its procedures stands at its head.
#[derive(Deserialize)]
struct DataFile {
    #[serde(default)]
    group: Vec<NamedGroup>,
    procedure: Vec<toml::Table>,
    #[serde(flatten)]
    head: toml::Table,
}

/// What a procedure says, the head of its file standing in for what it leaves out.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    name: String,
    #[serde(default)]
    keywords: String,
    field: String,
    field_name: String,
    levels: Vec<Level>,
    department: Option<String>,
    division: String,
    process: String,
    norms: Vec<Limit>,
    decision: String,
    applicants: Vec<String>,
    channels: Option<Vec<Channel>>,
    limit: PerChannel<Limit>,
    #[serde(default)]
    limit_text: String,
    cut_off: Option<String>,
    #[serde(default)]
    pause_policy: PausePolicy,
    #[serde(default)]
    silence_consents: bool,
    fee: Option<PerChannel<i64>>,
    fee_name: Option<String>,
    #[serde(default)]
    fee_text: String,
    online: String,
    #[serde(default)]
    route: Route,
    form: Vec<String>,
    components: Vec<Component>,
    results: Vec<ResultPaper>,
    legal_bases: Vec<String>,
    #[serde(default)]
    conditions: String,
    yields_document: Option<bool>,
    source: String,
    #[serde(default)]
    later: Vec<Later>,
}

/// A dated change of fee or limit, announced after the opening.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    from: Date,
    decision: String,
    fee: Option<PerChannel<i64>>,
    fee_text: Option<String>,
    limit: Option<PerChannel<Limit>>,
}

/// Every version of every shipped procedure, oldest first within a procedure.
///
/// # Errors
/// The first thing wrong with a file; a test keeps the shipped ones right.
pub fn versions() -> Result<Vec<Version>, BadData> {
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
pub fn read_file(name: &str, text: &str, shared: &str) -> Result<Vec<Version>, BadData> {
    let fault = |what: String| BadData(format!("data/procedures/{name}: {what}"));
    let shared: Shared = toml::from_str(shared).map_err(|e| fault(format!("_shared.toml: {e}")))?;
    let DataFile { group, procedure, head } = toml::from_str(text).map_err(|e| fault(e.to_string()))?;
    let groups = shared.group.into_iter().chain(group).map(|named| (named.id, named.group)).collect();
    let mut all = Vec::new();
    for said in procedure {
        let code = said.get("code").map(ToString::to_string).unwrap_or_default();
        let mut whole = head.clone();
        whole.extend(said);
        let entry: Result<Entry, String> = whole.try_into().map_err(|e: toml::de::Error| e.to_string());
        let expanded = entry.and_then(|entry| expand(entry, shared.opening, &shared.process, &groups));
        all.extend(expanded.map_err(|what| fault(format!("{code}: {what}")))?);
    }
    Ok(all)
}

fn expand(
    mut entry: Entry,
    opening: Date,
    patterns: &[Pattern],
    groups: &BTreeMap<String, Group>,
) -> Result<Vec<Version>, String> {
    let (later, channels) = (std::mem::take(&mut entry.later), terms(&entry)?);
    let changed = |Later { from, decision, fee, fee_text, limit }: Later| {
        let said = Entry {
            fee: fee.or(entry.fee.clone()),
            fee_text: fee_text.unwrap_or(entry.fee_text.clone()),
            limit: limit.unwrap_or(entry.limit.clone()),
            ..entry.clone()
        };
        Ok((from, decision, terms(&said)?))
    };
    let later: Vec<(Date, String, Vec<ChannelTerms>)> =
        later.into_iter().map(changed).collect::<Result<_, String>>()?;
    let (sequence, process) = process(&entry.process, &entry.norms, &entry.division, patterns)?;
    let mut all = vec![Version {
        effective_from: opening,
        decision: entry.decision,
        origin: Origin::Shipped,
        code: entry.code,
        name: entry.name,
        keywords: entry.keywords,
        field: entry.field,
        field_name: entry.field_name,
        levels: entry.levels,
        department: entry.department,
        applicants: entry.applicants,
        channels,
        components: entry.components,
        results: entry.results,
        legal_bases: entry.legal_bases,
        conditions: entry.conditions,
        sequence,
        service_level: service_level(&entry.online)?,
        route: entry.route,
        process,
        cut_off: entry.cut_off,
        pause_policy: entry.pause_policy,
        silence_consents: entry.silence_consents,
        yields_document: entry.yields_document.unwrap_or(true),
        source: entry.source,
        form: form(&entry.form, groups)?,
        ..Version::default()
    }];
    for (from, decision, channels) in later {
        let before = all.len() - 1;
        all[before].effective_to = Some(from);
        all.push(Version { effective_from: from, effective_to: None, decision, channels, ..all[before].clone() });
    }
    all.iter_mut().for_each(finish);
    Ok(all)
}

/// What follows from the rest: online means through the national portal, a fee online can be paid online.
fn finish(version: &mut Version) {
    let online = version.service_level.is_online();
    version.on_national_portal = online;
    version.payable_online = online && version.terms(Channel::Online).is_some_and(|terms| terms.fee_total() > Dong(0));
}

fn terms(entry: &Entry) -> Result<Vec<ChannelTerms>, String> {
    let channels: Vec<Channel> = match (&entry.channels, &entry.limit) {
        (Some(channels), _) => channels.clone(),
        (None, PerChannel::Each(map)) => Channel::ALL.into_iter().filter(|c| map.contains_key(c.as_str())).collect(),
        (None, PerChannel::All(_)) => Channel::ALL.to_vec(),
    };
    let one = |channel: Channel| {
        let fee = match (entry.fee.as_ref().and_then(|fee| fee.of(channel)), &entry.fee_name) {
            (None, _) => Vec::new(),
            (Some(0), None) => vec![Fee::free()],
            (Some(_), None) => return Err("a fee without fee_name".to_owned()),
            (Some(amount), Some(name)) => vec![Fee { name: name.clone(), amount: Dong(amount), note: String::new() }],
        };
        let limit = entry.limit.of(channel).ok_or_else(|| format!("no limit for {}", channel.as_str()))?;
        let (limit_text, fee_text) = (entry.limit_text.clone(), entry.fee_text.clone());
        Ok(ChannelTerms { channel, limit, limit_text, fee, fee_text })
    };
    channels.into_iter().map(one).collect()
}

/// `full`, `none` or `partial: the reason`.
fn service_level(word: &str) -> Result<ServiceLevel, String> {
    match word.split_once(':').unwrap_or((word, "")) {
        ("full", _) => Ok(ServiceLevel::Full),
        ("none", _) => Ok(ServiceLevel::InfoOnly),
        ("partial", reason) if !reason.trim().is_empty() => Ok(ServiceLevel::Partial(reason.trim().to_owned())),
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

/// What an applicant goes through, and the steps of the office, by a pattern and the norms of its steps.
fn process(
    name: &str,
    norms: &[Limit],
    division: &str,
    patterns: &[Pattern],
) -> Result<(Vec<String>, Vec<Step>), String> {
    let pattern = patterns.iter().find(|p| p.id == name).ok_or_else(|| format!("unknown process {name}"))?;
    if norms.len() != pattern.steps.len() {
        return Err(format!("{name} has {} steps, {} norms given", pattern.steps.len(), norms.len()));
    }
    let step = |(step, norm): (&PatternStep, &Limit)| {
        let PatternStep { id, name, role, unit, allowed } = step.clone();
        let unit = match unit.as_str() {
            "desk" => StepUnit::Desk,
            "division" => StepUnit::Division(division.to_owned()),
            "leader" => StepUnit::Leader,
            other => return Err(format!("unknown unit {other}")),
        };
        Ok(Step { id, name, role, unit, norm: *norm, allowed, asks: Vec::new() })
    };
    let steps = pattern.steps.iter().zip(norms).map(step).collect::<Result<_, String>>()?;
    Ok((pattern.sequence.clone(), steps))
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
    let side = (limit / 8).clamp(1, 8);
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
    Ok(process(name, &norms, "chuyen-mon", &shared.process)?.1)
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
