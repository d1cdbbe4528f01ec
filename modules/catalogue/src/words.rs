//! The words a version is shown with.

use base::{Channel, Limit};
use i18n::L;

use crate::version::{Fee, ServiceLevel, Step, StepUnit, Version};

/// Service levels, most first.
pub const SERVICES: [&str; 3] = ["full", "partial", "info"];

/// "trong ngày", "3 ngày làm việc", "20 ngày", "8 giờ làm việc", "2 tháng".
pub fn limit(l: L, limit: Limit) -> String {
    let one = |n: i32, key: &'static str, single: &'static str| (if n == 1 { single } else { key }, n);
    let (key, n) = match limit {
        Limit::SameDay => return l.t("catalogue-limit-same-day"),
        Limit::WorkingDays(n) => one(n, "catalogue-limit-working-days", "catalogue-limit-working-day"),
        Limit::CalendarDays(n) => one(n, "catalogue-limit-days", "catalogue-limit-day"),
        Limit::Hours(n) => one(n, "catalogue-limit-hours", "catalogue-limit-hour"),
        Limit::Months(n) => one(n, "catalogue-limit-months", "catalogue-limit-month"),
    };
    l.tr(key, [("n", n.to_string())])
}

pub fn channel(l: L, channel: Channel) -> String {
    l.t(format!("catalogue-channel-{}", channel.as_str()))
}

pub fn service(l: L, level: &ServiceLevel) -> String {
    l.t(format!("catalogue-service-{}", level.as_str()))
}

/// The badge kind a service level is shown with.
pub fn service_kind(level: &ServiceLevel) -> &'static str {
    match level {
        ServiceLevel::Full => "ontime",
        ServiceLevel::Partial(_) => "new",
        ServiceLevel::InfoOnly => "done",
    }
}

/// The sum; "free" when stated or nothing else is said; a hint at the note when the source only speaks in words.
pub fn fees(l: L, fee: &[Fee], text: &str) -> String {
    let sum: i64 = fee.iter().map(|fee| fee.amount.0).sum();
    if sum > 0 {
        base::Dong(sum).to_string()
    } else if !fee.is_empty() || text.is_empty() {
        l.t("catalogue-fee-none")
    } else {
        l.t("catalogue-fee-see")
    }
}

/// Limits over the channels, each once: "15 ngày – 20 ngày".
pub fn limits(l: L, version: &Version) -> String {
    let mut words: Vec<String> = Vec::new();
    for terms in &version.channels {
        let word = limit(l, terms.limit);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() {
        return l.t("catalogue-limit-unclear");
    }
    words.join(" – ")
}

/// What is said of a fee, on the procedure's page, the form, the check page, the receipt and in the register alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeSaid {
    /// "8.000 đ", "free of charge", or that the note tells.
    pub sum: String,
    /// The source's own words: who is exempt, who sets the amount; empty for none.
    pub note: String,
}

/// The fee of a way of filing, or what is owed for a dossier filed that way (`owed`), in the words of [`FeeSaid`].
pub fn fee_said(l: L, version: &Version, channel: Channel, owed: Option<base::Dong>) -> FeeSaid {
    let terms = version.terms(channel).or_else(|| version.channels.first());
    let (fee, text) = terms.map_or((&[][..], ""), |terms| (terms.fee.as_slice(), terms.fee_text.as_str()));
    let sum = match owed {
        Some(owed) if owed.0 > 0 => owed.to_string(),
        // Nothing is owed although the terms name a sum: it was waived.
        Some(_) if fee.iter().any(|fee| fee.amount.0 > 0) => l.t("catalogue-fee-none"),
        _ => fees(l, fee, text),
    };
    FeeSaid { sum, note: text.to_owned() }
}

/// Fees over the channels: one amount, a span, or what the words say.
pub fn fee_span(l: L, version: &Version) -> String {
    let (fee, text): (Vec<&[Fee]>, Vec<&str>) = match version.channels.as_slice() {
        [] => version.unclear_channels.iter().map(|t| (t.fee.as_slice(), t.fee_text.as_str())).unzip(),
        all => all.iter().map(|t| (t.fee.as_slice(), t.fee_text.as_str())).unzip(),
    };
    let sums: Vec<i64> = fee.iter().map(|fee| fee.iter().map(|f| f.amount.0).sum()).collect();
    match (sums.iter().min(), sums.iter().max()) {
        (Some(low), Some(high)) if low != high => format!("{} – {}", base::Dong(*low), base::Dong(*high)),
        (Some(_), Some(_)) => fees(l, fee[0], text[0]),
        _ => l.t("catalogue-fee-see"),
    }
}

/// Where it is settled: "Cấp xã", "Cấp tỉnh, cấp xã"; ministries when no local level does.
pub fn levels(l: L, version: &Version) -> String {
    of_levels(l, version, "level")
}

/// Who settles it: "Ủy ban nhân dân cấp xã".
pub fn settled_by(l: L, version: &Version) -> String {
    of_levels(l, version, "settled")
}

fn of_levels(l: L, version: &Version, what: &str) -> String {
    let levels = version.levels.iter().map(|level| level.as_str());
    let said = levels.chain(version.levels.is_empty().then_some("ministry"));
    said.map(|word| l.t(format!("catalogue-{what}-{word}"))).collect::<Vec<_>>().join(", ")
}

/// Who does a step, and where.
pub fn step_place(l: L, step: &Step) -> String {
    let role = l.t(format!("base-role-{}", step.role.as_str()));
    format!("{role} · {}", unit(l, &step.unit))
}

/// Where something is done.
pub fn unit(l: L, unit: &StepUnit) -> String {
    match unit {
        StepUnit::Desk => l.t("catalogue-unit-desk"),
        StepUnit::Leader => l.t("catalogue-unit-leader"),
        StepUnit::Division(_) => l.t("catalogue-unit-division"),
        StepUnit::Agency(code) => l.tr("catalogue-unit-agency", [("code", code.as_str())]),
        StepUnit::Department => l.t("catalogue-unit-department"),
        StepUnit::Intake => l.t("catalogue-unit-intake"),
    }
}

/// A line of the table of channels.
pub struct ChannelLine {
    pub channel: String,
    pub limit: String,
    pub limit_text: String,
    pub fee: String,
    pub fee_text: String,
    pub clear: bool,
}

/// What all ways of filing have in common is said once, not in every line: the notes on limits and fees.
pub fn common_notes(lines: &mut [ChannelLine]) -> Vec<String> {
    let mut notes = Vec::new();
    let mut lift = |of: fn(&mut ChannelLine) -> &mut String| {
        let texts: Vec<String> = lines.iter_mut().map(|line| of(line).clone()).collect();
        let Some(first) = texts.first().filter(|text| !text.is_empty() && texts.len() > 1) else { return };
        if texts.iter().all(|text| text == first) {
            notes.push(first.clone());
            lines.iter_mut().for_each(|line| of(line).clear());
        }
    };
    lift(|line| &mut line.limit_text);
    lift(|line| &mut line.fee_text);
    notes
}

impl ChannelLine {
    /// Every way of filing, the clear ones first.
    pub fn all(l: L, version: &Version) -> Vec<ChannelLine> {
        let line = |one: Channel, known: Option<Limit>, limit_text: &str, fee: &[Fee], fee_text: &str| ChannelLine {
            channel: channel(l, one),
            limit: known.map_or_else(|| l.t("catalogue-limit-unclear"), |known| limit(l, known)),
            limit_text: limit_text.to_owned(),
            fee: fees(l, fee, fee_text),
            fee_text: fee_text.to_owned(),
            clear: known.is_some(),
        };
        let clear = version.channels.iter();
        let clear = clear.map(|t| line(t.channel, Some(t.limit), &t.limit_text, &t.fee, &t.fee_text));
        let unclear = version.unclear_channels.iter();
        clear.chain(unclear.map(|t| line(t.channel, None, &t.limit_text, &t.fee, &t.fee_text))).collect()
    }
}

/// A remark of the import (`code: detail`) in words.
pub fn remark(l: L, line: &str) -> String {
    let (code, detail) = line.split_once(": ").unwrap_or((line, ""));
    l.tr(format!("catalogue-remark-{code}"), [("detail", detail)])
}
