//! Reading one record of the national catalogue (Cơ sở dữ liệu quốc gia về TTHC) into a version.
//!
//! Pure: the same record always gives the same outcome. What the record leaves unclear is kept as
//! unclear and doubted, never guessed; above all a time limit of "1" with no unit is not one day.

use base::{Channel, Dong, Level, Limit, clean};
use serde_json::Value;

use crate::rules;
use crate::version::{ChannelTerms, Component, Fee, Origin, ResultPaper, UnclearTerms, Version};

/// Something about a record: a stable code (message key `catalogue-remark-…`) and the source's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub code: &'static str,
    pub detail: String,
}

impl Remark {
    fn new(code: &'static str, detail: impl Into<String>) -> Remark {
        Remark { code, detail: detail.into().chars().take(300).collect() }
    }

    /// As kept with the version: `code: detail`.
    pub fn line(&self) -> String {
        format!("{}: {}", self.code, self.detail)
    }
}

/// Why a record was taken only with reserve.
pub type Doubt = Remark;
/// Why a record was not taken.
pub type Reason = Remark;

/// What became of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Taken(Box<Version>),
    Doubted(Box<Version>, Vec<Doubt>),
    Refused(Vec<Reason>),
}

/// Smallest amount a fee can have. The source's smaller ones have lost their zeros (50 for 50.000).
const FEE_DONG_MIN: i64 = 1000;
/// Most copies of one paper that can be meant; larger numbers are years that slipped into the column.
const COPIES_MAX: i64 = 20;
/// Longest text kept of one value; the longest real ones have about 20,000 characters.
const TEXT_LEN_MAX: usize = 40_000;

/// Fields of the source that the shipped procedures know under a shorter name.
const FIELDS: &[(&str, &str, &str)] = &[
    ("Thành lập và hoạt động doanh nghiệp (hộ kinh doanh)", "ho-kinh-doanh", "Hộ kinh doanh"),
    ("Thành lập và hoạt động của doanh nghiệp", "doanh-nghiep", "Thành lập và hoạt động của doanh nghiệp"),
    ("Đăng ký, quản lý cư trú", "cu-tru", "Đăng ký, quản lý cư trú"),
    ("Hoạt động xây dựng", "xay-dung", "Hoạt động xây dựng"),
    ("Quy hoạch đô thị và nông thôn", "quy-hoach", "Quy hoạch đô thị và nông thôn"),
    (
        "Quản lý chất lượng nông lâm sản và thủy sản",
        "chat-luong-nong-san",
        "Quản lý chất lượng nông lâm sản và thủy sản",
    ),
];

/// Reads one record in the shape of the catalogue's detail lines.
pub fn read_record(record: &Value) -> Outcome {
    let Some(object) = record.as_object() else {
        return Outcome::Refused(vec![Reason::new("not-a-record", record.to_string())]);
    };
    let mut reasons = Vec::new();
    for list in ["methods", "components", "results", "applicants", "legal_basis", "steps"] {
        if object.get(list).is_some_and(|value| !value.is_array() && !value.is_null()) {
            reasons.push(Reason::new("wrong-shape", list));
        }
    }
    // Codes of provinces carry a tail, `1.001193.000.00.00.H51`; the first part is the national code.
    let whole = text(record, "code");
    let code: String = whole.split('.').take(2).collect::<Vec<_>>().join(".");
    if !rules::is_code(&code) {
        reasons.push(Reason::new("code-wrong", &whole));
    }
    let name = plain_name(&text(record, "name"));
    if name.is_empty() {
        reasons.push(Reason::new("name-missing", &whole));
    }
    if !reasons.is_empty() {
        return Outcome::Refused(reasons);
    }

    let mut doubts = Vec::new();
    let (field, field_name) = field(&text(record, "field"), &mut doubts);
    let mut version = Version {
        origin: Origin::Imported,
        decision: text(record, "decision"),
        code,
        name,
        field,
        field_name,
        levels: levels(&text(record, "level"), &mut doubts),
        applicants: applicants(record),
        components: components(record, &mut doubts),
        results: results(record),
        legal_bases: strings(record, "legal_basis"),
        conditions: text(record, "conditions"),
        sequence: strings(record, "steps"),
        source: source(record),
        ..Version::default()
    };
    version.yields_document = !version.results.is_empty();
    if version.decision.is_empty() {
        doubts.push(Doubt::new("decision-missing", ""));
    }
    channels(record, &mut version, &mut doubts);
    if doubts.is_empty() {
        Outcome::Taken(Box::new(version))
    } else {
        version.remarks = doubts.iter().map(Remark::line).collect();
        Outcome::Doubted(Box::new(version), doubts)
    }
}

/// A text value, cleaned but for its breaks and blanks, without surrounding ones; empty when absent or of another kind.
fn text(record: &Value, name: &str) -> String {
    cleaned(record.get(name).and_then(Value::as_str).unwrap_or_default()).chars().take(TEXT_LEN_MAX).collect()
}

/// A control character in a record is nobody's word: it is a blank.
fn cleaned(text: &str) -> String {
    clean::verbatim(text).unwrap_or_else(|_| clean::soft_line(text)).trim().to_owned()
}

fn items<'a>(record: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    record.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn strings(record: &Value, name: &str) -> Vec<String> {
    items(record, name).filter_map(Value::as_str).map(cleaned).filter(|s| !s.is_empty()).collect()
}

/// "Thủ tục đăng ký khai sinh" → "Đăng ký khai sinh".
fn plain_name(name: &str) -> String {
    let words = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = words.split(' ').take(2).map(base::fold).eq(["thu", "tuc"]) && words.split(' ').count() > 2;
    let bare = if said { words.splitn(3, ' ').nth(2).unwrap_or_default() } else { &words };
    let mut chars = bare.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn field(name: &str, doubts: &mut Vec<Doubt>) -> (String, String) {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((_, code, known)) = FIELDS.iter().find(|(national, ..)| base::fold(national) == base::fold(&name)) {
        return ((*code).to_owned(), (*known).to_owned());
    }
    let code = rules::slug(&name);
    if code.is_empty() {
        doubts.push(Doubt::new("field-missing", ""));
        return ("khac".to_owned(), "Lĩnh vực khác".to_owned());
    }
    (code, name)
}

fn levels(words: &str, doubts: &mut Vec<Doubt>) -> Vec<Level> {
    let mut levels = Vec::new();
    let mut known = false;
    for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match base::fold(word).as_str() {
            "cap tinh" => levels.push(Level::Province),
            "cap huyen" => levels.push(Level::District),
            "cap xa" => levels.push(Level::Commune),
            "cap bo" | "co quan khac" => {}
            _ => {
                doubts.push(Doubt::new("level-unknown", word));
                continue;
            }
        }
        known = true;
    }
    if !known {
        doubts.push(Doubt::new("level-missing", words));
    }
    levels
}

/// The list of applicants; a name the source cut at the comma inside its brackets is put together again.
fn applicants(record: &Value) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for part in strings(record, "applicants") {
        match all.last_mut() {
            Some(open) if open.contains('(') && !open.contains(')') => {
                open.push_str(", ");
                open.push_str(&part);
            }
            _ => all.push(part),
        }
    }
    all
}

fn components(record: &Value, doubts: &mut Vec<Doubt>) -> Vec<Component> {
    let mut all = Vec::new();
    for item in items(record, "components") {
        let name = text(item, "name");
        let is_note = item.get("is_note").is_some_and(|flag| flag == 1 || flag == true);
        if name.is_empty() || is_note {
            continue;
        }
        let mut number = |key: &str| match item.get(key).and_then(Value::as_i64).unwrap_or(0) {
            n @ 0..=COPIES_MAX => u16::try_from(n).unwrap_or(0),
            strange => {
                doubts.push(Doubt::new("copies-strange", strange.to_string()));
                1
            }
        };
        let (originals, copies) = (number("n_original"), number("n_copy"));
        let group = text(item, "group").trim_start_matches(['*', '-', '+', ' ']).to_owned();
        all.push(Component {
            code: format!("giay-to-{:02}", all.len() + 1),
            required: !is_case(&name) && !is_case(&group),
            name,
            originals,
            copies,
            group,
            ..Component::default()
        });
        if all.len() == rules::COMPONENTS_MAX {
            doubts.push(Doubt::new("too-many-components", rules::COMPONENTS_MAX.to_string()));
            break;
        }
    }
    all
}

/// "Trường hợp …", "Đối với …": a paper some applicants need, not all.
fn is_case(words: &str) -> bool {
    let folded = base::fold(words.trim_start_matches(|c: char| !c.is_alphabetic()));
    ["truong hop", "doi voi", "neu "].iter().any(|start| folded.starts_with(start))
}

fn results(record: &Value) -> Vec<ResultPaper> {
    items(record, "results")
        .map(|item| ResultPaper {
            code: text(item, "code"),
            name: text(item, "name").trim_start_matches(['-', '+', ' ']).to_owned(),
        })
        .filter(|result| !result.name.is_empty())
        .collect()
}

fn source(record: &Value) -> String {
    ["Cơ sở dữ liệu quốc gia về TTHC", &text(record, "url")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

/// One line of the source's channels.
struct Line {
    limit: Result<Limit, String>,
    fee: Option<i64>,
    fee_text: String,
    /// What a note says about a fee given as 0; empty when it is simply free.
    fee_in_words: String,
    note: String,
}

fn channels(record: &Value, version: &mut Version, doubts: &mut Vec<Doubt>) {
    let mut lines: Vec<(Channel, Line)> = Vec::new();
    for item in items(record, "methods") {
        let word = text(item, "channel");
        let Some(channel) = channel(&word) else {
            doubts.push(Doubt::new("channel-unknown", word));
            continue;
        };
        lines.push((channel, line(item, channel, doubts)));
    }
    if lines.is_empty() {
        doubts.push(Doubt::new("channel-missing", ""));
    }
    for channel in [Channel::Counter, Channel::Online, Channel::Post] {
        let of: Vec<&Line> = lines.iter().filter(|(c, _)| *c == channel).map(|(_, line)| line).collect();
        let Some(first) = of.first() else { continue };
        let (fee, fee_text) = (fees(&of), joined(of.iter().map(|line| line.fee_text.as_str())));
        let limit_text = joined(of.iter().map(|line| line.note.as_str()));
        match &first.limit {
            Ok(limit) if of.iter().all(|line| line.limit == first.limit) => {
                version.channels.push(ChannelTerms { channel, limit: *limit, limit_text, fee, fee_text });
            }
            _ => {
                let words = joined(of.iter().map(|line| match &line.limit {
                    Ok(limit) => limit.to_string(),
                    Err(words) => words.clone(),
                }));
                if of.iter().all(|line| line.limit.is_ok()) {
                    doubts.push(Doubt::new("limit-several", format!("{}: {words}", channel.as_str())));
                }
                let limit_text = joined([words.as_str(), &limit_text].into_iter());
                version.unclear_channels.push(UnclearTerms { channel, limit_text, fee, fee_text });
            }
        }
    }
}

fn channel(word: &str) -> Option<Channel> {
    match base::fold(word).as_str() {
        "truc tiep" => Some(Channel::Counter),
        "truc tuyen" => Some(Channel::Online),
        "dich vu buu chinh" | "buu chinh cong ich" => Some(Channel::Post),
        _ => None,
    }
}

/// Different texts, each once, in order.
fn joined<S: AsRef<str>>(texts: impl Iterator<Item = S>) -> String {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        let text = text.as_ref().trim();
        if !text.is_empty() && !all.iter().any(|known| known == text) {
            all.push(text.to_owned());
        }
    }
    all.join("; ")
}

/// The amounts of a channel's lines, each once.
fn fees(lines: &[&Line]) -> Vec<Fee> {
    let mut fees: Vec<Fee> = Vec::new();
    for amount in lines.iter().filter_map(|line| line.fee).filter(|amount| *amount > 0) {
        if !fees.iter().any(|fee| fee.amount.0 == amount) {
            fees.push(Fee { name: "Phí, lệ phí".to_owned(), amount: Dong(amount), note: String::new() });
        }
    }
    if fees.is_empty() && lines.iter().all(|line| line.fee == Some(0) && line.fee_in_words.is_empty()) {
        return vec![Fee::free()];
    }
    // Several amounts are cases of which one applies, not parts of a sum: the first is kept, the words tell the rest.
    fees.truncate(1);
    fees
}

fn line(item: &Value, channel: Channel, doubts: &mut Vec<Doubt>) -> Line {
    let at = |detail: &str| format!("{}: {detail}", channel.as_str());
    let limit = limit(item);
    if let Err((code, words)) = &limit {
        doubts.push(Doubt::new(code, at(words)));
    }
    let (note, words) = (text(item, "note"), text(item, "fee_text"));
    let value = item.get("fee_value").and_then(Value::as_i64);
    let currency = text(item, "fee_currency");
    let fee = match value {
        None | Some(0) => value,
        Some(_) if !currency.is_empty() && currency != "VND" => {
            doubts.push(Doubt::new("fee-foreign", at(&words)));
            None
        }
        Some(amount) if amount < FEE_DONG_MIN => {
            doubts.push(Doubt::new("fee-strange", at(&words)));
            None
        }
        amount => amount,
    };
    if amounts(&note).into_iter().any(|amount| amount >= FEE_DONG_MIN && Some(amount) != fee) {
        doubts.push(Doubt::new("fee-in-words", at(&note)));
    }
    let fee_text = match value {
        None => String::new(),
        // "Miễn phí" beside a note that names who sets the amount says nothing of its own.
        Some(0) if !note.is_empty() => note.clone(),
        Some(_) => joined([words.as_str(), &note].into_iter()),
    };
    Line {
        limit: limit.map_err(|(_, words)| words),
        fee,
        fee_text,
        fee_in_words: if value == Some(0) { note.clone() } else { String::new() },
        note: if value.is_none() { note } else { String::new() },
    }
}

/// The limit, or why there is none with the source's words.
fn limit(item: &Value) -> Result<Limit, (&'static str, String)> {
    let value = item.get("time_value").unwrap_or(&Value::Null);
    let unit = text(item, "time_unit");
    let words =
        || format!("{} {unit}", if value.is_null() { "–".to_owned() } else { value.to_string() }).trim().to_owned();
    let Some(number) = value.as_f64() else {
        return Err(("limit-missing", if value.is_null() { text(item, "note") } else { words() }));
    };
    if unit.is_empty() {
        return Err(("limit-no-unit", words()));
    }
    let whole = |n: f64| (n.fract() == 0.0 && (1.0..=9999.0).contains(&n)).then_some(n as i32);
    let limit = match base::fold(&unit).as_str() {
        "ngay lam viec" => {
            // Half working days exist in the law ("1,5 ngày làm việc"); a working day is eight hours.
            whole(number).map(Limit::WorkingDays).or_else(|| whole(number * 8.0).map(Limit::Hours))
        }
        "ngay" => whole(number).map(Limit::CalendarDays),
        "gio" => whole(number).map(Limit::Hours),
        "thang" => whole(number).map(Limit::Months),
        _ => return Err(("limit-unit-unknown", words())),
    };
    limit.ok_or_else(|| ("limit-strange", words()))
}

/// Amounts of money named in a text: digits grouped by points or commas, followed by a word for đồng.
fn amounts(text: &str) -> Vec<i64> {
    let mut found = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < chars.len()
            && (chars[at].is_ascii_digit()
                || ((chars[at] == '.' || chars[at] == ',') && chars.get(at + 1).is_some_and(char::is_ascii_digit)))
        {
            at += 1;
        }
        let digits: String = chars[start..at].iter().filter(|c| c.is_ascii_digit()).collect();
        let rest: String = chars[at..].iter().take(6).collect();
        let rest = rest.trim_start().to_lowercase();
        let money = ["đồng", "vnđ", "vnd", "đ/", "đ)", "đ "].iter().any(|unit| rest.starts_with(unit)) || rest == "đ";
        if money && let Ok(amount) = digits.parse() {
            found.push(amount);
        }
    }
    found
}

#[cfg(test)]
mod tests;
