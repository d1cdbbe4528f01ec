//! What makes a version fit to be announced. Each rule has a code, which is also the message's key.

use base::{Limit, Problem, Time};

use crate::version::{ACTIONS, Form, ServiceLevel, Sort, Step, Version};

/// Longest internal process; real ones have two to nine steps.
pub const STEPS_MAX: usize = 20;
/// Most papers in one dossier.
pub const COMPONENTS_MAX: usize = 400;
/// Most fields in one form, so that a filed form stays within a request body.
pub const FIELDS_MAX: usize = 200;
/// Longest name in characters; the longest of the national catalogue has about 700.
pub const NAME_LEN_MAX: usize = 1000;

/// Everything wrong with a version somebody wants to announce; empty when it may be.
pub fn check(version: &Version) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !is_code(&version.code) {
        problems.push(Problem::new("catalogue-code-wrong").field("code").arg("value", &version.code));
    }
    if version.name.trim().is_empty() || version.name.chars().count() > NAME_LEN_MAX {
        problems.push(Problem::new("catalogue-name-required").field("name"));
    }
    if !is_slug(&version.field) || version.field_name.trim().is_empty() {
        problems.push(Problem::new("catalogue-field-wrong").field("field").arg("value", &version.field));
    }
    // The Party's bodies are none of the levels of government.
    if version.levels.is_empty() && version.sort != Sort::Party {
        problems.push(Problem::new("catalogue-level-required").field("levels").rule("NĐ 63/2010/NĐ-CP Điều 8"));
    }
    // How agencies and the Party's bodies file among themselves is theirs: no law of people's procedures asks for it.
    if version.channels.is_empty() && version.sort == Sort::Public {
        problems.push(Problem::new("catalogue-channel-required").field("channels").rule("NĐ 63/2010/NĐ-CP Điều 8"));
    }
    for (at, terms) in version.channels.iter().enumerate() {
        if version.channels.iter().take(at).any(|earlier| earlier.channel == terms.channel) {
            problems
                .push(Problem::new("catalogue-channel-twice").field("channels").arg("channel", terms.channel.as_str()));
        }
        if terms.fee.iter().any(|fee| fee.amount.0 < 0) {
            problems.push(Problem::new("catalogue-fee-wrong").field("channels"));
        }
    }
    if matches!(&version.service_level, ServiceLevel::Partial(reason) if reason.trim().is_empty()) {
        problems
            .push(Problem::new("catalogue-partial-reason").field("service_level").rule("NĐ 224/2025/NĐ-CP Điều 14"));
    }
    if let Some(text) = &version.cut_off
        && time_of_day(text).is_none()
    {
        problems.push(Problem::new("catalogue-cut-off-wrong").field("cut_off").arg("value", text));
    }
    let found = &version.eligibility;
    let unfounded = found.reason.trim().is_empty() || found.decision.trim().is_empty();
    if (found.online.is_some() || found.duty.is_some()) && unfounded {
        problems.push(Problem::new("catalogue-eligibility-unfounded").field("eligibility"));
    }
    check_components(version, &mut problems);
    check_process(version, &mut problems);
    check_form(&version.form, &mut problems);
    problems
}

fn check_components(version: &Version, problems: &mut Vec<Problem>) {
    if version.components.len() > COMPONENTS_MAX {
        problems.push(Problem::new("catalogue-too-many").field("components").arg("max", COMPONENTS_MAX));
    }
    for (at, component) in version.components.iter().enumerate() {
        let twice = version.components.iter().take(at).any(|earlier| earlier.code == component.code);
        if twice || !is_slug(&component.code) || component.name.trim().is_empty() {
            problems.push(Problem::new("catalogue-component-wrong").field("components").arg("code", &component.code));
        }
    }
}

fn check_process(version: &Version, problems: &mut Vec<Problem>) {
    let process = &version.process;
    if process.is_empty() {
        // The one-stop receives nothing of the other catalogues.
        if version.sort == Sort::Public {
            problems.push(Problem::new("catalogue-process-required").field("process").rule("NĐ 61/2018/NĐ-CP Điều 8"));
        }
        return;
    }
    if process.len() > STEPS_MAX {
        problems.push(Problem::new("catalogue-too-many").field("process").arg("max", STEPS_MAX));
    }
    for (at, step) in process.iter().enumerate() {
        let named = |code| Problem::new(code).field("process").arg("step", &step.name);
        if step.role == base::Role::Citizen {
            problems.push(named("catalogue-step-role"));
        }
        if !is_slug(&step.id) || process.iter().take(at).any(|earlier| earlier.id == step.id) {
            problems.push(named("catalogue-step-id"));
        }
        if let Some(word) = step.allowed.iter().find(|word| !ACTIONS.contains(&word.as_str())) {
            problems.push(named("catalogue-step-action").arg("action", word));
        }
        let last = match version.ways.is_empty() {
            true => at + 1 == process.len(),
            false => !version.ways.iter().any(|way| way.from == step.id),
        };
        if is_dead_end(step, last) {
            problems.push(named("catalogue-step-dead-end"));
        }
        if at == 0 && step.allowed.iter().any(|word| word == "return") {
            problems.push(named("catalogue-step-return"));
        }
    }
    crate::flow::check(version, problems);
    let norms = version.longest_hours();
    for terms in &version.channels {
        if norms > working_hours(terms.limit) {
            problems.push(
                Problem::new("catalogue-norms-over-limit")
                    .field("process")
                    .arg("norms", norms)
                    .arg("limit", working_hours(terms.limit))
                    .arg("channel", terms.channel.as_str()),
            );
        }
    }
}

/// A step nobody can leave forwards: the last one must be able to approve, the others to pass on.
fn is_dead_end(step: &Step, last: bool) -> bool {
    let allows = |word: &str| step.allowed.iter().any(|allowed| allowed == word);
    if last { !allows("approve") } else { !allows("forward") && !allows("approve") }
}

fn check_form(form: &Form, problems: &mut Vec<Problem>) {
    if form.fields().count() > FIELDS_MAX {
        problems.push(Problem::new("catalogue-too-many").field("form").arg("max", FIELDS_MAX));
    }
    let mut seen = Vec::new();
    for field in form.fields() {
        let select = field.kind == crate::version::FieldKind::Select;
        if seen.contains(&field.name.as_str())
            || !is_field_name(&field.name)
            || field.label.trim().is_empty()
            || (select && field.options.is_empty())
        {
            problems.push(Problem::new("catalogue-form-field").field("form").arg("name", &field.name));
        }
        seen.push(&field.name);
    }
}

/// A limit in working hours as process sheets count: a day is eight hours, whether working day or
/// calendar day (30 days ↔ 240 hours), a month thirty days.
pub fn working_hours(limit: Limit) -> i64 {
    match limit {
        Limit::SameDay => 8,
        Limit::Hours(n) => i64::from(n),
        Limit::WorkingDays(n) | Limit::CalendarDays(n) => 8 * i64::from(n),
        Limit::Months(n) => 240 * i64::from(n),
    }
}

/// National code: group digit, point, six digits (`1.001193`).
pub fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 8 && bytes[1] == b'.' && bytes.iter().enumerate().all(|(at, b)| at == 1 || b.is_ascii_digit())
}

/// Kebab-case ASCII, `ho-tich`.
pub fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Snake-case ASCII, `child_name`.
fn is_field_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 60
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// `15:00` as a time of day.
pub fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    if hour.len() != 2 || minute.len() != 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// Makes a slug of any words: `Hộ tịch` → `ho-tich`.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in base::fold(text).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
        if slug.len() >= 80 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::{ChannelTerms, Component, Field, FieldKind, Group, StepUnit};
    use base::{Channel, Level, Role};

    fn good() -> Version {
        let step = |id: &str, role, unit, norm, allowed: &[&str]| Step {
            id: id.to_owned(),
            name: id.to_owned(),
            role,
            unit,
            norm,
            allowed: allowed.iter().map(|&word| word.to_owned()).collect(),
            asks: Vec::new(),
        };
        Version {
            code: "1.001193".to_owned(),
            name: "Đăng ký khai sinh".to_owned(),
            field: "ho-tich".to_owned(),
            field_name: "Hộ tịch".to_owned(),
            levels: vec![Level::Commune],
            channels: vec![ChannelTerms {
                channel: Channel::Counter,
                limit: Limit::SameDay,
                limit_text: String::new(),
                fee: Vec::new(),
                fee_text: String::new(),
            }],
            process: vec![
                step("check", Role::Clerk, StepUnit::Desk, Limit::Hours(2), &["forward"]),
                step("sign", Role::Leader, StepUnit::Leader, Limit::Hours(6), &["approve", "return"]),
            ],
            service_level: ServiceLevel::Full,
            ..Version::default()
        }
    }

    fn codes(version: &Version) -> Vec<&'static str> {
        check(version).into_iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn a_complete_version_may_be_announced() {
        assert_eq!(codes(&good()), Vec::<&str>::new());
    }

    #[test]
    fn a_code_is_a_digit_a_point_and_six_digits() {
        for wrong in ["", "1001193", "1.00119", "1.0011933", "a.001193", "1.00119x", "1,001193", "１.001193"] {
            let version = Version { code: wrong.to_owned(), ..good() };
            assert_eq!(codes(&version), ["catalogue-code-wrong"], "{wrong}");
        }
    }

    #[test]
    fn name_field_level_and_channel_are_required() {
        assert_eq!(codes(&Version { name: " ".to_owned(), ..good() }), ["catalogue-name-required"]);
        assert_eq!(codes(&Version { field: "Hộ tịch".to_owned(), ..good() }), ["catalogue-field-wrong"]);
        assert_eq!(codes(&Version { levels: Vec::new(), ..good() }), ["catalogue-level-required"]);
        assert_eq!(codes(&Version { channels: Vec::new(), ..good() }), ["catalogue-channel-required"]);
    }

    #[test]
    fn a_channel_stands_once_and_no_fee_is_negative() {
        let mut version = good();
        version.channels.push(version.channels[0].clone());
        assert_eq!(codes(&version), ["catalogue-channel-twice"]);
        let mut version = good();
        version.channels[0].fee =
            vec![crate::version::Fee { name: "x".to_owned(), amount: base::Dong(-1), note: String::new() }];
        assert_eq!(codes(&version), ["catalogue-fee-wrong"]);
    }

    #[test]
    fn what_was_found_of_eligibility_names_its_reason_and_its_decision() {
        let found = |reason: &str, decision: &str| {
            let (reason, decision) = (reason.to_owned(), decision.to_owned());
            let eligibility = crate::version::Eligibility { duty: Some(false), reason, decision, ..Default::default() };
            codes(&Version { eligibility, ..good() })
        };
        assert_eq!(found("Không thu phí", ""), ["catalogue-eligibility-unfounded"]);
        assert_eq!(found(" ", "QĐ 45/QĐ-UBND"), ["catalogue-eligibility-unfounded"]);
        assert_eq!(found("Không thu phí", "QĐ 45/QĐ-UBND"), Vec::<&str>::new());
    }

    #[test]
    fn procedures_between_agencies_and_of_the_party_need_no_way_of_filing_and_no_process() {
        let bare = |sort| codes(&Version { sort, channels: Vec::new(), process: Vec::new(), ..good() });
        assert_eq!((bare(Sort::Internal), bare(Sort::Party)), (Vec::new(), Vec::new()));
        assert_eq!(bare(Sort::Public), ["catalogue-channel-required", "catalogue-process-required"]);
    }

    #[test]
    fn a_partial_service_says_why() {
        let version = Version { service_level: ServiceLevel::Partial(" ".to_owned()), ..good() };
        assert_eq!(codes(&version), ["catalogue-partial-reason"]);
    }

    #[test]
    fn the_cut_off_is_a_time_of_day() {
        assert_eq!(codes(&Version { cut_off: Some("25:00".to_owned()), ..good() }), ["catalogue-cut-off-wrong"]);
        assert_eq!(codes(&Version { cut_off: Some("15:00".to_owned()), ..good() }), Vec::<&str>::new());
    }

    #[test]
    fn norms_stay_within_the_limit_of_every_channel() {
        let mut version = good();
        version.process[1].norm = Limit::Hours(7);
        assert_eq!(codes(&version), ["catalogue-norms-over-limit"]);
        version.channels[0].limit = Limit::WorkingDays(2);
        assert_eq!(codes(&version), Vec::<&str>::new());
        version.channels.push(ChannelTerms {
            channel: Channel::Online,
            limit: Limit::Hours(4),
            ..version.channels[0].clone()
        });
        assert_eq!(codes(&version), ["catalogue-norms-over-limit"]);
    }

    #[test]
    fn every_step_leads_on_and_the_last_can_approve() {
        let mut version = good();
        version.process[0].allowed = vec!["request_supplement".to_owned()];
        assert_eq!(codes(&version), ["catalogue-step-dead-end"]);
        let mut version = good();
        version.process[1].allowed = vec!["return".to_owned(), "forward".to_owned()];
        assert_eq!(codes(&version), ["catalogue-step-dead-end"]);
        let mut version = good();
        version.process[0].allowed.push("return".to_owned());
        assert_eq!(codes(&version), ["catalogue-step-return"]);
    }

    #[test]
    fn every_step_is_done_by_an_official() {
        let mut version = good();
        version.process[0].role = Role::Citizen;
        assert_eq!(codes(&version), ["catalogue-step-role"]);
        assert_eq!(codes(&Version { process: Vec::new(), ..good() }), ["catalogue-process-required"]);
    }

    #[test]
    fn steps_have_their_own_ids_and_known_actions() {
        let mut version = good();
        version.process[1].id = "check".to_owned();
        assert_eq!(codes(&version), ["catalogue-step-id"]);
        let mut version = good();
        version.process[0].allowed.push("shred".to_owned());
        assert_eq!(codes(&version), ["catalogue-step-action"]);
    }

    #[test]
    fn components_and_fields_have_their_own_codes() {
        let (code, name) = ("to-khai".to_owned(), "Tờ khai".to_owned());
        let component = Component { code, name, ..Component::default() };
        let version = Version { components: vec![component.clone(), component], ..good() };
        assert_eq!(codes(&version), ["catalogue-component-wrong"]);
        let (name, label) = ("sex".to_owned(), "Giới tính".to_owned());
        let field = Field { name, label, kind: FieldKind::Select, ..Field::default() };
        let mut version = good();
        version.form.groups = vec![Group { title: "x".to_owned(), fields: vec![field] }];
        assert_eq!(codes(&version), ["catalogue-form-field"]);
    }

    #[test]
    fn words_become_slugs() {
        assert_eq!(slug("Hộ tịch"), "ho-tich");
        assert_eq!(slug("Đăng ký, quản lý cư trú"), "dang-ky-quan-ly-cu-tru");
        assert_eq!(slug("  -- "), "");
    }
}
