//! Each field is judged by itself, and what is right in many spellings is kept in one.

use super::*;
use crate::fixture::{handed, november};

const TODAY: Date = Date::constant(2026, 11, 29);

fn judged(channel: Channel, change: impl FnOnce(&mut Handed)) -> (Owner, Vec<(String, &'static str)>) {
    let mut handed = handed();
    change(&mut handed);
    let mut problems = Vec::new();
    let owner = owner(&handed, channel, TODAY, &mut problems);
    (owner, problems.into_iter().map(|p| (p.field.unwrap_or_default(), p.code)).collect())
}

fn wrong(change: impl FnOnce(&mut Handed)) -> Vec<(String, &'static str)> {
    judged(Channel::Counter, change).1
}

fn one(field: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(field.to_owned(), code)]
}

#[test]
fn a_number_pasted_in_any_way_is_kept_in_one_shape() {
    for (typed, kept) in [
        ("092 190 000 025", "092190000025"),
        ("092.190.000.025", "092190000025"),
        ("\u{202a}092190000025\u{202c}", "092190000025"),
        ("0100109106-001", "0100109106-001"),
        ("0100109106 – 001", "0100109106-001"),
        ("1800123450-001", "1800123450-001"),
    ] {
        let (owner, problems) = judged(Channel::Counter, |h| h.owner_number = typed.into());
        let check = problems.iter().any(|(_, code)| *code == "base-tax-code-check");
        assert!(owner.number == kept || check, "{typed}: {owner:?} {problems:?}");
    }
    for typed in ["\u{202a}0912 345 678\u{202c}", "0912–345–678", "(+84) 912 345 678", "0084 912.345.678"] {
        let (owner, problems) = judged(Channel::Online, |h| h.owner_phone = typed.into());
        assert_eq!((owner.phone.as_str(), problems.len()), ("0912345678", 0), "{typed}");
    }
}

#[test]
fn each_kind_of_number_is_refused_in_its_own_words() {
    for (typed, code) in [
        ("0100109107", "base-tax-code-check"),
        ("0100109106-00", "base-tax-code-length"),
        ("0100109106-000", "base-tax-code-branch"),
        ("361234567", "base-citizen-id-old"),
        ("09219000000", "base-person-number-length"),
        ("C01234567", "base-person-number-digits"),
        ("092399000011", "base-citizen-id-future"),
    ] {
        assert_eq!(wrong(|h| h.owner_number = typed.into()), one("owner_number", code), "{typed}");
    }
    let as_citizen = |h: &mut Handed| {
        h.owner_paper = "citizen".into();
        h.owner_number = "0100109106".into();
    };
    assert_eq!(wrong(as_citizen), one("owner_number", "base-citizen-id-length"));
}

#[test]
fn a_foreigner_is_known_by_a_passport_and_a_telephone_from_abroad() {
    let foreigner = |h: &mut Handed| {
        h.owner_name = "John Smith".into();
        h.owner_paper = "passport".into();
        h.owner_number = "c 0123 4567".into();
        h.owner_nationality = "Hoa Kỳ".into();
        h.owner_phone = "+1 (415) 555-0100".into();
    };
    let (owner, problems) = judged(Channel::Online, foreigner);
    assert_eq!(problems, []);
    assert_eq!((owner.number.as_str(), owner.nationality.as_str()), ("C01234567", "Hoa Kỳ"));
    assert_eq!((owner.phone.as_str(), owner.paper), ("+14155550100", PaperKind::Passport));
    for pasted in ["Ｃ０１２３４５６７", "C0123\u{2011}4567", "\u{202a}C01234567\u{202c}"] {
        let (owner, problems) = judged(Channel::Online, |h| {
            foreigner(h);
            h.owner_number = pasted.into();
        });
        assert_eq!((owner.number.as_str(), problems.len()), ("C01234567", 0), "{pasted}");
    }
    let stateless = |h: &mut Handed| {
        foreigner(h);
        h.owner_nationality.clear();
    };
    assert_eq!(wrong(stateless), one("owner_nationality", "dossier-nationality-required"));
    let half = |h: &mut Handed| {
        foreigner(h);
        h.owner_number = "ABC".into();
    };
    assert_eq!(wrong(half), one("owner_number", "dossier-passport-shape"));
    let unknown = |h: &mut Handed| h.owner_paper = "library-card".into();
    assert_eq!(wrong(unknown), one("owner_paper", "dossier-paper-kind-unknown"));
}

#[test]
fn names_and_addresses_are_judged_in_words_that_help() {
    for (typed, code) in [
        ("nguyễn văn an", "base-name-case"),
        ("A", "base-name-short"),
        ("Nguyễn Văn 2", "base-name-digits"),
        ("<b>An</b>", "base-name-signs"),
        ("\u{200b}\u{200b}", "dossier-owner-name-required"),
        ("A\0B", "base-text-control"),
    ] {
        assert_eq!(wrong(|h| h.owner_name = typed.into()), one("owner_name", code), "{typed:?}");
    }
    let company = |h: &mut Handed| {
        h.owner_name = "Công ty TNHH 1 thành viên A&B".into();
        h.owner_number = "0100109106".into();
    };
    assert_eq!(wrong(company), []);
    assert_eq!(wrong(|h| h.owner_address = "1".into()), one("owner_address", "base-address-short"));
    assert_eq!(wrong(|h| h.submitter_name = "12".into()), one("submitter_name", "base-name-short"));
    let (_, by_post) = judged(Channel::Post, |h| h.owner_address.clear());
    assert_eq!(by_post, one("owner_address", "dossier-address-required"));
}

fn field(kind: FieldKind) -> Field {
    Field {
        name: "f".into(),
        label: "F".into(),
        kind,
        required: true,
        options: Vec::new(),
        needs_address: Vec::new(),
        help: String::new(),
        max_len: 40,
        not_future: true,
        of: String::new(),
    }
}

#[test]
fn a_number_is_written_with_or_without_signs_between_thousands_and_is_never_less_than_nothing() {
    let read = |typed: &str| answer(&field(FieldKind::Number), typed, TODAY).map_err(|problem| problem.code);
    for typed in [
        "0",
        "12",
        "12,5",
        "12.5",
        "1.000",
        "1 000",
        "1.000.000",
        "1\u{a0}000\u{a0}000",
        "1,000,000",
        "1.000.000,75",
        "1 500,5",
    ] {
        assert_eq!(read(typed), Ok(base::clean::soft_line(typed)), "{typed}");
    }
    assert_eq!(read("１２，５").as_deref(), Ok("12,5"));
    for typed in [
        "-3",
        "+3",
        "\u{2212}3",
        "1e9",
        "NaN",
        "inf",
        "0x10",
        "1.2.3",
        "1..2",
        "1 2",
        ",",
        "50 m2",
        "1.000,000.000",
        "٣",
    ] {
        assert_eq!(read(typed), Err("dossier-answer-number"), "{typed}");
    }
    let number = |typed: &str| answer(&field(FieldKind::CitizenNumber), typed, TODAY).map_err(|problem| problem.code);
    assert_eq!(number("092.326.000.011").as_deref(), Ok("092326000011"));
    assert_eq!(number("092327000011"), Err("base-citizen-id-future"));
}

#[test]
fn a_date_of_the_past_lies_in_it_and_no_year_is_impossible() {
    let today = november(29, 9, 0).date();
    let read = |typed: &str| answer(&field(FieldKind::Date), typed, today).map_err(|problem| problem.code);
    assert_eq!(read("2026-11-29").unwrap(), "2026-11-29");
    assert_eq!(read("\u{200b}1990-02-01 ").unwrap(), "1990-02-01");
    assert_eq!(read("2026-11-30"), Err("dossier-answer-date-future"));
    assert_eq!(read("2030-01-01"), Err("dossier-answer-date-future"));
    assert_eq!(read("0001-01-01"), Err("dossier-answer-date-year"));
    let open = Field { not_future: false, ..field(FieldKind::Date) };
    assert!(answer(&open, "2030-01-01", today).is_ok());
    assert_eq!(answer(&open, "2999-01-01", today).unwrap_err().code, "dossier-answer-date-year");
}

#[test]
fn an_answer_is_kept_in_one_shape_and_of_one_line_where_one_is_asked() {
    let today = november(29, 9, 0).date();
    let kept = |kind, typed: &str| answer(&field(kind), typed, today).unwrap();
    assert_eq!(kept(FieldKind::Phone, "+84 912–345–678"), "0912345678");
    assert_eq!(kept(FieldKind::CitizenNumber, "092.190.000.025"), "092190000025");
    assert_eq!(kept(FieldKind::Text, "một\r\nhai"), "một hai");
    assert_eq!(kept(FieldKind::Textarea, "một\r\nhai"), "một\nhai");
    assert_eq!(answer(&field(FieldKind::Text), "\u{200b}", today).unwrap_err().code, "dossier-answer-required");
}

#[test]
fn a_personal_number_and_the_birth_declared_beside_it_are_compared() {
    let mut version = crate::fixture::version();
    let about = |name: &str, kind, of: &str| Field { name: name.into(), of: of.into(), ..field(kind) };
    version.form.groups[0].fields = vec![
        about("number", FieldKind::CitizenNumber, ""),
        about("born", FieldKind::Date, "number"),
        about("sex", FieldKind::Select, "number"),
    ];
    let found = |born: &'static str, sex: &'static str| -> Vec<(String, &'static str)> {
        let given = move |name: &str| match name {
            "number" => Some("092190000025"),
            "born" => Some(born),
            "sex" => Some(sex),
            _ => None,
        };
        disagreements(&version, given, "answer_").into_iter().map(|p| (p.field.unwrap_or_default(), p.code)).collect()
    };
    assert_eq!(found("1990-05-01", "Nữ"), []);
    assert_eq!(found("1991-05-01", "Nữ"), one("answer_born", "base-citizen-id-birth-year"));
    assert_eq!(found("1990-05-01", "Nam"), one("answer_sex", "base-citizen-id-sex"));
}
