//! Crafted records: each clear value, each oddity.

use super::*;
use serde_json::json;

fn record() -> Value {
    json!({
        "code": "1.001193", "name": "Thủ tục đăng ký khai sinh", "level": "Cấp tỉnh, Cấp xã", "field": "Hộ tịch",
        "decision": "163/QĐ-BTP",
        "applicants": ["Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp", "HTX)"],
        "methods": [
            { "channel": "Trực tiếp", "time_value": 3, "time_unit": "Ngày làm việc", "fee_value": 8000, "fee_currency": "VND", "fee_text": "8,000 VNĐ", "note": null },
            { "channel": "Trực tuyến", "time_value": 20, "time_unit": "Ngày", "fee_value": 0, "fee_currency": null, "fee_text": "Miễn phí", "note": null },
        ],
        "components": [
            { "group": "* Giấy tờ phải nộp", "name": "Tờ khai", "n_original": 1, "n_copy": 0, "is_note": 0 },
            { "group": null, "name": "Trường hợp ủy quyền: văn bản ủy quyền", "n_original": 1, "n_copy": 0, "is_note": 0 },
            { "group": null, "name": "Lưu ý", "n_original": 0, "n_copy": 0, "is_note": 1 },
        ],
        "results": [{ "name": "- Giấy khai sinh", "code": "KQ.G15.000031" }],
        "legal_basis": ["60/2014/QH13"], "steps": ["a"], "conditions": "", "url": "https://x", "source": "y",
    })
}

fn with(change: impl FnOnce(&mut Value)) -> Outcome {
    let mut record = record();
    change(&mut record);
    read_record(&record)
}

fn doubts(outcome: &Outcome) -> Vec<&'static str> {
    match outcome {
        Outcome::Taken(_) => Vec::new(),
        Outcome::Doubted(_, doubts) => doubts.iter().map(|d| d.code).collect(),
        Outcome::Refused(reasons) => panic!("refused: {reasons:?}"),
    }
}

fn version(outcome: Outcome) -> Version {
    match outcome {
        Outcome::Taken(version) | Outcome::Doubted(version, _) => *version,
        Outcome::Refused(reasons) => panic!("refused: {reasons:?}"),
    }
}

#[test]
fn a_clear_record_is_taken_whole() {
    let outcome = read_record(&record());
    assert_eq!(doubts(&outcome), Vec::<&str>::new());
    let version = version(outcome);
    assert_eq!(version.name, "Đăng ký khai sinh");
    assert_eq!((version.field.as_str(), version.field_name.as_str()), ("ho-tich", "Hộ tịch"));
    assert_eq!(version.levels, [Level::Province, Level::Commune]);
    assert_eq!(version.applicants, ["Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp, HTX)"]);
    let counter = version.terms(Channel::Counter).unwrap();
    assert_eq!((counter.limit, counter.fee_total()), (Limit::WorkingDays(3), Dong(8000)));
    assert_eq!(version.terms(Channel::Online).unwrap().limit, Limit::CalendarDays(20));
    assert!(version.terms(Channel::Post).is_none());
    assert_eq!(version.components.len(), 2);
    assert!(version.components[0].required && !version.components[1].required);
    assert_eq!(version.components[0].group, "Giấy tờ phải nộp");
    assert_eq!(version.results[0].name, "Giấy khai sinh");
    assert!(!version.can_be_received(), "no internal process is approved yet");
}

#[test]
fn a_limit_of_one_without_unit_is_doubted_and_never_one_day() {
    let outcome = with(|r| {
        r["methods"][0]["time_value"] = json!(1);
        r["methods"][0]["time_unit"] = Value::Null;
    });
    assert_eq!(doubts(&outcome), ["limit-no-unit"]);
    let version = version(outcome);
    assert!(version.terms(Channel::Counter).is_none());
    assert_eq!(version.unclear_channels.len(), 1);
    assert_eq!(version.unclear_channels[0].limit_text, "1");
    assert_eq!(version.unclear_channels[0].fee[0].amount, Dong(8000));
    assert_eq!(version.remarks, ["limit-no-unit: counter: 1"]);
}

#[test]
fn missing_strange_and_contradicting_limits_are_doubted() {
    assert_eq!(doubts(&with(|r| r["methods"][0]["time_value"] = Value::Null)), ["limit-missing"]);
    assert_eq!(doubts(&with(|r| r["methods"][0]["time_value"] = json!(0))), ["limit-strange"]);
    assert_eq!(doubts(&with(|r| r["methods"][0]["time_unit"] = json!("Tuần"))), ["limit-unit-unknown"]);
    assert_eq!(doubts(&with(|r| r["methods"][0]["time_value"] = json!("3"))), ["limit-missing"]);
    let several = with(|r| r["methods"][1]["channel"] = json!("Trực tiếp"));
    assert_eq!(doubts(&several), ["limit-several"]);
    assert!(version(several).channels.is_empty());
}

#[test]
fn units_are_kept_apart() {
    let limit = |value: Value, unit: &str| {
        let outcome = with(|r| {
            r["methods"][0]["time_value"] = value;
            r["methods"][0]["time_unit"] = json!(unit);
        });
        version(outcome).terms(Channel::Counter).map(|terms| terms.limit)
    };
    assert_eq!(limit(json!(2), "Giờ"), Some(Limit::Hours(2)));
    assert_eq!(limit(json!(2), "Tháng"), Some(Limit::Months(2)));
    assert_eq!(limit(json!(2), "Ngày"), Some(Limit::CalendarDays(2)));
    assert_eq!(limit(json!(1.5), "Ngày làm việc"), Some(Limit::Hours(12)));
    assert_eq!(limit(json!(0.5), "Giờ"), None);
}

#[test]
fn fees_that_lost_their_zeros_or_stand_in_words_are_doubted() {
    assert_eq!(doubts(&with(|r| r["methods"][0]["fee_value"] = json!(50))), ["fee-strange"]);
    assert_eq!(doubts(&with(|r| r["methods"][0]["fee_currency"] = json!("USD"))), ["fee-foreign"]);
    let in_words = with(|r| r["methods"][1]["note"] = json!("Lệ phí cấp: 135.000 đồng/lần."));
    assert_eq!(doubts(&in_words), ["fee-in-words"]);
    assert_eq!(doubts(&with(|r| r["methods"][0]["note"] = json!("8.000 đồng/bản"))), Vec::<&str>::new());
    assert_eq!(amounts("từ 1/7: 20.000đ/lần, 10,000 đồng; Điều 3, 15 ngày"), [20_000, 10_000]);
}

#[test]
fn other_oddities_are_doubted() {
    assert_eq!(doubts(&with(|r| r["components"][0]["n_original"] = json!(20240))), ["copies-strange"]);
    assert_eq!(doubts(&with(|r| r["level"] = json!("Cấp thôn, Cấp xã"))), ["level-unknown"]);
    assert_eq!(doubts(&with(|r| r["level"] = json!(""))), ["level-missing"]);
    assert_eq!(doubts(&with(|r| r["methods"] = json!([]))), ["channel-missing"]);
    assert_eq!(doubts(&with(|r| r["methods"][0]["channel"] = json!("Điện thoại"))), ["channel-unknown"]);
    assert_eq!(doubts(&with(|r| r["decision"] = json!(""))), ["decision-missing"]);
    assert_eq!(doubts(&with(|r| r["field"] = json!(""))), ["field-missing"]);
}

#[test]
fn records_that_cannot_be_read_are_refused_with_every_reason() {
    let reasons = |outcome: Outcome| match outcome {
        Outcome::Refused(reasons) => reasons.iter().map(|r| r.code).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(reasons(read_record(&json!([]))), ["not-a-record"]);
    assert_eq!(reasons(read_record(&json!({}))), ["code-wrong", "name-missing"]);
    assert_eq!(reasons(with(|r| r["code"] = json!("x"))), ["code-wrong"]);
    assert_eq!(reasons(with(|r| r["name"] = json!(" "))), ["name-missing"]);
    assert_eq!(reasons(with(|r| r["methods"] = json!({}))), ["wrong-shape"]);
    assert_eq!(version(with(|r| r["code"] = json!("1.001193.000.00.00.H51"))).code, "1.001193");
}
