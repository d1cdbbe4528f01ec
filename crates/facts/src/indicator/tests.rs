//! Definitions are read as they are written, and counted as they say.

use super::*;
use jiff::civil::date;

const NAMES: &[(&str, i64)] = &[("ON_TIME", 16), ("SUPPLEMENTED_AGAIN", 65_536)];
static SETTLED: Measure = Measure::once("settled").with(16 | 65_536, NAMES).cut(true, true);
static RECEIVED: Measure = Measure::once("received");
static FEES: Measure = Measure::dong("fees");

fn read(text: &str) -> Result<Indicators, String> {
    Indicators::from_toml(&[text], &Measures::of([&SETTLED, &RECEIVED, &FEES])?)
}

const TWO: &str = r#"
[[indicator]]
id = "on-time"
valid_from = "2021-01-01"
name_vi = "Đúng hạn"
name_en = "On time"
definition_vi = "Hồ sơ giải quyết đúng hạn trên tổng số hồ sơ đã giải quyết."
definition_en = "Dossiers settled on time over dossiers settled."
unit = "percent"
source = "NĐ 61/2018 Điều 31"
numerator = { measure = "settled", all = ["ON_TIME"] }
denominator = { measure = "settled" }

[[indicator]]
id = "on-time"
valid_from = "2026-07-01"
name_vi = "Đúng hạn"
name_en = "On time"
definition_vi = "Như trên, bổ sung lần hai tính là trễ."
definition_en = "As before, a second supplement counts as late."
unit = "percent"
source = "QĐ 766/QĐ-TTg"
numerator = { measure = "settled", all = ["ON_TIME"], none = ["SUPPLEMENTED_AGAIN"] }
denominator = { measure = "settled" }
"#;

#[test]
fn the_definition_of_the_day_is_used() {
    let indicators = read(TWO).unwrap();
    assert_eq!(indicators.get("on-time", date(2026, 6, 30)).unwrap().numerator.none, 0);
    assert_eq!(indicators.get("on-time", date(2026, 7, 1)).unwrap().numerator.none, 65_536);
    assert_eq!(indicators.get("on-time", date(2019, 1, 1)).unwrap().valid_from, date(2021, 1, 1));
    assert!(indicators.get("nothing", date(2026, 7, 1)).is_none());
}

#[test]
fn what_is_written_down_is_read_back_the_same() {
    let all = read(TWO).unwrap();
    for one in all.versions("on-time") {
        let text = Written::of(one).to_toml().unwrap();
        assert_eq!(Written::from_toml(&text).unwrap(), Written::of(one));
        let again = read(&text).unwrap();
        assert_eq!(again.versions("on-time"), std::slice::from_ref(one));
    }
    assert_eq!(all.versions("on-time").len(), 2);
    assert!(all.versions("nothing").is_empty());
}

#[test]
fn a_figure_over_too_few_answers_is_not_shown() {
    let text = TWO.replacen(
        "denominator = { measure = \"settled\" }",
        "denominator = { measure = \"settled\" }\nleast = 5",
        1,
    );
    let indicators = read(&text).unwrap();
    let indicator = indicators.get("on-time", date(2026, 6, 30)).unwrap();
    assert!(indicator.is_confidential());
    assert_eq!(indicator.shown(Figure { numerator: 4, denominator: 4 }), None);
    assert_eq!(indicator.shown(Figure::default()), None);
    let five = Figure { numerator: 4, denominator: 5 };
    assert_eq!(indicator.shown(five), Some(five));
    let open = indicators.get("on-time", date(2026, 7, 1)).unwrap();
    assert!(!open.is_confidential() && open.shown(Figure::default()).is_some());
}

#[test]
fn a_wrong_definition_is_refused_by_name() {
    let error = read(&TWO.replace("ON_TIME", "ONTIME")).unwrap_err();
    assert!(error.contains("on-time") && error.contains("ONTIME"), "{error}");
    let error = read(&TWO.replace("2026-07-01", "2021-01-01")).unwrap_err();
    assert!(error.contains("same day"), "{error}");
}

#[test]
fn money_and_things_are_kept_apart_and_a_measure_is_somebodys() {
    let all = |from: &str, to: &str| read(&TWO.replace(from, to)).map(|_| ()).unwrap_err();
    assert!(all("measure = \"settled\" }", "measure = \"sold\" }").contains("nobody counts sold"));
    assert!(all("denominator = { measure = \"settled\" }", "denominator = { measure = \"fees\" }").contains("money"));
    assert!(all("unit = \"percent\"", "unit = \"dong\"").contains("not money"));
    let fees = |unit: &str| {
        let text = TWO.replace("percent", unit).replace(", all = [\"ON_TIME\"]", "");
        read(&text.replace(", none = [\"SUPPLEMENTED_AGAIN\"]", "").replace("\"settled\"", "\"fees\""))
    };
    assert!(fees("count").unwrap_err().contains("not things"));
    assert!(fees("percent").is_ok());
    let dong = fees("dong").unwrap();
    let one = dong.get("on-time", date(2026, 7, 1)).unwrap();
    assert!(one.unit == Unit::Dong && !one.by_procedure() && !one.by_official());
    assert!(read(TWO).unwrap().get("on-time", date(2026, 7, 1)).unwrap().by_official());
    assert!(all("ON_TIME", "SATISFIED").contains("settled has no flag SATISFIED"));
}

#[test]
fn what_has_no_record_yet_counts_nothing_whatever_lies_in_the_database() {
    let needs = "needs_vi = \"Cổng thanh toán\"\nneeds_en = \"A payment gateway\"\n";
    let text = TWO.replacen("unit = \"percent\"\n", &format!("unit = \"percent\"\n{needs}"), 1);
    let indicators = read(&text).unwrap();
    let cell = Cell {
        measure: "settled".into(),
        level: "commune".into(),
        field: "ho-tich".into(),
        channel: 1,
        flags: 16,
        n: 1,
    };
    let before = indicators.get("on-time", date(2026, 6, 30)).unwrap();
    assert_eq!(before.needs.as_ref().map(|(_, en)| en.as_str()), Some("A payment gateway"));
    assert!(!before.numerator.takes(&cell, &Filter::year(2026)));
    assert!(!before.denominator.takes(&cell, &Filter::year(2026)));
    // The definition that begins with the record counts.
    assert!(indicators.get("on-time", date(2026, 7, 1)).unwrap().denominator.takes(&cell, &Filter::year(2026)));
    let error = read(&text.replace("needs_en = \"A payment gateway\"", "")).unwrap_err();
    assert!(error.contains("stand together"), "{error}");
}

#[test]
fn a_level_of_the_definition_and_one_of_the_question_must_agree() {
    let cell = Cell {
        measure: "settled".into(),
        level: "commune".into(),
        field: "ho-tich".into(),
        channel: 1,
        flags: 16,
        n: 1,
    };
    let count = |level| Count {
        measure: "settled".into(),
        of: Some(&SETTLED),
        all: 0,
        none: 0,
        channel: None,
        fields: None,
        level,
        stock: false,
    };
    let filter = |level| Filter { level, ..Filter::year(2026) };
    assert!(count(None).takes(&cell, &filter(None)));
    assert!(count(Some(Level::Commune)).takes(&cell, &filter(None)));
    assert!(!count(Some(Level::Commune)).takes(&cell, &filter(Some(Level::Province))));
    assert!(!count(None).takes(&cell, &filter(Some(Level::Province))));
}
