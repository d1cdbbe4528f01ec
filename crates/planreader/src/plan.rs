//! What a plan says, as records. The JSON names are those of the hand labels the reader is scored by.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A plan read from text: what the document is, what it asks to reach, who does what, who reports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub metadata: Metadata,
    pub targets: Vec<Target>,
    pub tasks: Vec<Task>,
    pub reports: Vec<Report>,
}

/// What the document says of itself. A field it does not state is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Số, ký hiệu: `681/QĐ-UBND`.
    pub number: Option<String>,
    /// The kind of document as it names itself: `Quyết định`, `Kế hoạch`, `Chỉ thị`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Cơ quan ban hành.
    pub issuer: Option<String>,
    /// Địa danh before the date.
    pub place: Option<String>,
    /// ISO date (`2021-10-27`).
    pub date: Option<String>,
    pub title: Option<String>,
    /// The acts named after *Căn cứ*.
    pub legal_bases: Vec<String>,
    #[serde(serialize_with = "two_decimals")]
    pub confidence: f64,
    pub reason: String,
}

/// One number the document asks to reach, keep, raise or cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub value: Value,
    pub unit: Unit,
    pub comparator: Comparator,
    pub level: Option<Level>,
    /// Year (`2025`) the document sets, `None` when it sets none.
    pub due: Option<String>,
    /// The shortest clause that holds the number and its subject: an exact piece of the input.
    pub quote: String,
    /// Where the quote starts, in characters of the input.
    pub offset: usize,
    /// What is counted.
    pub subject: String,
    pub tags: Vec<String>,
    /// From 0 to 1: how sure the rules are.
    #[serde(serialize_with = "two_decimals")]
    pub confidence: f64,
    /// The rule that accepted the number.
    pub reason: String,
}

/// A confidence is a rough figure: 0.93, not 0.9299999999999999.
fn two_decimals<S: Serializer>(confidence: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((confidence * 100.0).round() / 100.0)
}

/// A single value, or the two ends of a range. Whole numbers are written without a fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    One(f64),
    Range(f64, f64),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = |v: f64| {
            if v.fract() == 0.0 && v.abs() < 9e15 { serde_json::json!(v as i64) } else { serde_json::json!(v) }
        };
        match self {
            Value::One(v) => number(*v).serialize(serializer),
            Value::Range(low, high) => [number(*low), number(*high)].serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(n) => n.as_f64().map(Value::One).ok_or_else(|| D::Error::custom("not a number")),
            serde_json::Value::Array(ends) => match ends.as_slice() {
                [low, high] => low
                    .as_f64()
                    .zip(high.as_f64())
                    .map(|(low, high)| Value::Range(low, high))
                    .ok_or_else(|| D::Error::custom("a range has two numbers")),
                _ => Err(D::Error::custom("a range has two numbers")),
            },
            _ => Err(D::Error::custom("a value is a number or two")),
        }
    }
}

/// What one unit of the value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Percent,
    /// Things, people, đồng: whatever the subject names.
    Count,
    /// Calendar or working days.
    Days,
    Hours,
    Minutes,
    Points,
    /// *gấp 2 lần*.
    Times,
    TimesPerYear,
    TimesPerQuarter,
    TimesPerMonth,
    #[serde(rename = "per_100")]
    Per100,
    #[serde(rename = "per_1000")]
    Per1000,
    #[serde(rename = "per_10000")]
    Per10000,
    #[serde(rename = "per_100000")]
    Per100000,
    /// *nhóm 20 tỉnh dẫn đầu*.
    RankGroup,
    /// *tăng 1 bậc*.
    RankSteps,
}

/// How a measured value is held against the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparator {
    Gte,
    Lte,
    Eq,
    Range,
    ReduceBy,
    IncreaseBy,
    RankWithin,
}

/// The tier of government a target is set for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Province,
    District,
    Commune,
    All,
}

/// A piece of work the document gives to somebody.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub task: String,
    /// Kết quả, sản phẩm.
    pub product: Option<String>,
    /// As written: a date or a rule (*Quý I hàng năm*, *Thường xuyên*).
    pub deadline: Option<String>,
    /// Cơ quan chủ trì.
    pub lead: Option<String>,
    /// Cơ quan phối hợp.
    pub coordinating: Option<String>,
    /// The heading the row stands under.
    pub group: Option<String>,
    /// The row's own number (`1`, `a)`).
    pub ordinal: Option<String>,
    pub quote: String,
    pub offset: usize,
    #[serde(serialize_with = "two_decimals")]
    pub confidence: f64,
    pub reason: String,
}

/// A duty to report: who, to whom, by when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub from: Option<String>,
    pub to: Option<String>,
    /// As written: a date or a period.
    pub by: Option<String>,
    pub quote: String,
    pub offset: usize,
    #[serde(serialize_with = "two_decimals")]
    pub confidence: f64,
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_values_are_written_without_a_fraction() {
        assert_eq!(serde_json::to_string(&Value::One(100.0)).unwrap(), "100");
        assert_eq!(serde_json::to_string(&Value::One(0.7)).unwrap(), "0.7");
        assert_eq!(serde_json::to_string(&Value::Range(25.0, 35.5)).unwrap(), "[25,35.5]");
    }

    #[test]
    fn units_carry_the_names_of_the_labels() {
        assert_eq!(serde_json::to_string(&Unit::Per100000).unwrap(), "\"per_100000\"");
        assert_eq!(serde_json::to_string(&Unit::TimesPerYear).unwrap(), "\"times_per_year\"");
        assert_eq!(serde_json::to_string(&Comparator::RankWithin).unwrap(), "\"rank_within\"");
    }
}
