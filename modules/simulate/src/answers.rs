//! Answers that fit their questions: a place where a place is asked for, an address of electronic mail that reads as one.

use base::Date;
use catalogue::{Field, FieldKind};

/// Who answers, where, and when.
pub struct Answering<'a> {
    pub name: &'a str,
    pub phone: &'a str,
    pub number: &'a str,
    /// Where the person lives, as an address.
    pub address: &'a str,
    pub day: Date,
}

/// Names of bodies and things; the rest that ends in `_name` is a person's.
const NAMED: [(&str, &str); 8] = [
    ("paper_name", "Bằng tốt nghiệp trung học phổ thông"),
    ("business_name", "Hộ kinh doanh Sao Mai"),
    ("company_name", "Công ty TNHH Sao Mai"),
    ("company_short_name", "Sao Mai"),
    ("cooperative_name", "Hợp tác xã Sao Mai"),
    ("organisation_name", "Công ty TNHH Sao Mai"),
    ("site_name", "Xưởng cơ khí Sao Mai"),
    ("works_name", "Nhà ở riêng lẻ"),
];
/// Parts of a field's name that ask for a person.
const PERSONS: [&str; 6] = ["_name", "_head", "_person", "_guardian", "_parties", "funeral_by"];
/// … for a place.
const PLACES: [&str; 8] = ["address", "place", "origin", "_office", "residences", "_at", "service_work", "asset"];
/// Words for other questions, by a part of the field's name.
const WORDS: [(&str, &str); 19] = [
    ("profession_office", "Văn phòng công chứng Sao Mai"),
    ("planning_purpose", "Làm nhà ở"),
    ("ethnicity", "Kinh"),
    ("cause", "Tuổi cao, sức yếu"),
    ("marriage_times", "Lần thứ nhất"),
    ("relation", "Con"),
    ("degree", "Đại học"),
    ("study", "Trung học phổ thông"),
    ("practice_field", "Khám bệnh, chữa bệnh"),
    ("plates", "83A-123.45"),
    ("account", "0112233445"),
    ("plot_number", "125"),
    ("plot_sheet", "14"),
    ("transaction_kind", "Hợp đồng tặng cho"),
    ("lines", "Bán lẻ hàng tạp hóa"),
    ("designer", "Công ty TNHH Thiết kế Sao Mai"),
    ("purpose", "Bổ sung hồ sơ xin việc"),
    ("family", "Cha, mẹ làm nông"),
    ("members", "Hai con cùng hộ"),
];
/// Numbers by a part of the field's name.
const NUMBERS: [(&str, &str); 5] =
    [("year", "2019"), ("since", "2015"), ("capital", "200000000"), ("area", "120"), ("height", "7,5")];

/// What a person answers to a question.
pub fn answer(field: &Field, asked: &Answering<'_>) -> String {
    let name = field.name.as_str();
    let by_part =
        |words: &[(&str, &'static str)]| words.iter().find(|(part, _)| name.contains(part)).map(|(_, word)| *word);
    let text = match field.kind {
        FieldKind::Date => asked.day.to_string(),
        FieldKind::Number => by_part(&NUMBERS).unwrap_or("2").to_owned(),
        FieldKind::Select => field.options.first().cloned().unwrap_or_default(),
        FieldKind::Phone => asked.phone.to_owned(),
        FieldKind::CitizenNumber => asked.number.to_owned(),
        FieldKind::Text | FieldKind::Textarea => {
            if let Some((_, named)) = NAMED.iter().find(|(field, _)| *field == name) {
                (*named).to_owned()
            } else if name.contains("email") {
                format!("nguoidan{}@example.vn", asked.number.get(6..).unwrap_or_default())
            } else if let Some(word) = by_part(&WORDS) {
                word.to_owned()
            } else if PERSONS.iter().any(|part| name.ends_with(part)) {
                asked.name.to_owned()
            } else if PLACES.iter().any(|part| name.contains(part)) {
                asked.address.to_owned()
            } else if ["number", "card", "licence", "certificate"].iter().any(|part| name.contains(part)) {
                format!("{}/2024", asked.number.get(8..).unwrap_or("12"))
            } else {
                "Theo giấy tờ kèm theo.".to_owned()
            }
        }
    };
    text.chars().take(usize::from(field.max_len)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERING: Answering<'_> = Answering {
        name: "Nguyễn Thị Đường",
        phone: "0912345678",
        number: "094190000017",
        address: "Số 12, phường Ninh Kiều",
        day: Date::constant(2026, 11, 20),
    };

    #[test]
    fn every_question_of_every_shipped_form_gets_an_answer_that_fits() {
        let mut asked = 0;
        for version in catalogue::shipped::versions().expect("the shipped procedures") {
            for field in version.form.fields() {
                let given = answer(field, &ANSWERING);
                assert!(!given.is_empty() && given.chars().count() <= usize::from(field.max_len), "{}", field.name);
                let label = base::fold(&field.label);
                if given == ANSWERING.name {
                    let of_a_person = ["ho ten", "ten", "nguoi", "dai dien", "cac ben", "chu ho"];
                    assert!(of_a_person.iter().any(|word| label.contains(word)), "{}: {given}", field.label);
                }
                if label.contains("thu dien tu") {
                    assert!(given.contains('@'), "{}: {given}", field.label);
                }
                let of_a_place = ["noi ", "dia chi", "dia diem"].iter().any(|word| label.starts_with(word));
                if of_a_place && !label.starts_with("noi dung") {
                    assert_eq!(given, ANSWERING.address, "{}", field.label);
                }
                asked += 1;
            }
        }
        assert!(asked > 300, "{asked}");
    }
}
