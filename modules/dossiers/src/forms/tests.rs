use super::receipt::Paper;
use super::*;

const CODE: &str = "H13.31-261125-0001";
const AT: Instant = Instant(1_795_572_000_000);

fn receipt(papers: usize, name: &str) -> Receipt {
    let text = |text: &str| text.to_owned();
    let track = format!("https://motcua.example/track?code={CODE}");
    Receipt {
        head: Head {
            code: text(CODE),
            above: text("Ủy ban nhân dân phường Ninh Kiều"),
            unit: text("Trung tâm Phục vụ hành chính công phường Ninh Kiều"),
            place: text("Ninh Kiều"),
            day: text("ngày 25 tháng 11 năm 2026"),
            submitter: text(name),
            owner: text(name),
            number: text("094190000123"),
            phone: text("0939 111 222"),
            address: text("Số 12 đường Nguyễn Trãi, phường Ninh Kiều, thành phố Cần Thơ"),
            channel: text("Trực tiếp"),
            procedure: text("Đăng ký khai sinh"),
            procedure_code: text("1.001193"),
            summary: text("Khai sinh cho con"),
            qr: print::qr(&track),
            track,
            own: Own::default(),
        },
        papers: (1..=papers)
            .map(|n| Paper {
                name: format!("Giấy tờ thứ {n} của thành phần hồ sơ, bản sao có chứng thực"),
                state: text("Bản giấy"),
            })
            .collect(),
        limit: text("5 ngày làm việc"),
        received: text("09:00 25/11/2026"),
        received_words: base::vn_moment_words(AT),
        due: text("16:00 30/11/2026"),
        due_words: text("16 giờ 00 phút, ngày 30 tháng 11 năm 2026"),
        together: Vec::new(),
        promised: String::new(),
        promised_words: String::new(),
        moved: String::new(),
        return_to: text("Ủy ban nhân dân phường Ninh Kiều"),
        fee: text("8.000 đ"),
        fee_note: String::new(),
        paid: true,
        clerk: text("Trần Văn Một"),
        rating_code: text("7KQ4-9M2P-XYZ2"),
        rate: text("https://motcua.example/rate"),
    }
}

fn printed(receipt: &Receipt) -> Pdf {
    let sheet = Sheet { title: Form::Receipt.title(), subject: CODE, at: AT, data: receipt };
    print::render(RECEIPT, sheet).unwrap_or_else(|failed| panic!("{failed}"))
}

#[test]
fn a_usual_receipt_is_one_page_and_forty_papers_flow_to_the_next() {
    let usual = receipt(6, "Nguyễn Thị Đường");
    assert_eq!(printed(&usual).pages, 1);
    assert_eq!(printed(&receipt(40, "Nguyễn Thị Đường")).pages, 2);
    let long = "Nguyễn Phúc Ưng Hoàng Đặng ".repeat(8);
    // Twice the name and a signature under it: more than one page, and never beyond the second.
    assert!(printed(&receipt(4, long.trim_end())).pages <= 2);
}

#[test]
fn forms_are_read_back_from_their_words() {
    for form in Form::ALL {
        assert_eq!(Form::read(form.as_str()), Some(form));
        assert!(form.file_name(CODE).ends_with(&format!("-{CODE}.pdf")));
    }
    assert_eq!(Form::read(""), None);
    assert!(Form::Control.is_internal() && !Form::Receipt.is_internal());
}

#[test]
fn a_register_of_many_rows_runs_over_pages_with_its_head_on_each() {
    let data = register::sample(60);
    let sheet = Sheet { title: "Sổ theo dõi hồ sơ", subject: "H13.31/2026-11", at: AT, data: &data };
    let pdf = print::render(REGISTER, sheet).unwrap_or_else(|failed| panic!("{failed}"));
    assert!(pdf.pages > 3, "{}", pdf.pages);
    let none = register::sample(0);
    let sheet = Sheet { title: "Sổ theo dõi hồ sơ", subject: "H13.31/2026-11", at: AT, data: &none };
    assert_eq!(print::render(REGISTER, sheet).unwrap_or_else(|failed| panic!("{failed}")).pages, 1);
}

#[test]
fn the_receipt_of_what_is_filed_together_has_two_pages_at_most() {
    let one = |code: &str, name: &str| super::receipt::Together {
        code: code.to_owned(),
        name: name.to_owned(),
        body: "Công an thành phố Cần Thơ".to_owned(),
        fee: "20.000 đ".to_owned(),
        papers: vec!["Tờ khai thay đổi thông tin cư trú (mẫu CT01)".to_owned()],
    };
    let receipt = Receipt {
        together: vec![one("H13.31-261125-0002", "Đăng ký thường trú"), one("H13.31-261125-0003", "Cấp thẻ BHYT")],
        promised_words: "17 giờ 00 phút, ngày 30 tháng 11 năm 2026".to_owned(),
        ..receipt(3, "Nguyễn Thị Đường")
    };
    // Its words are read in the journeys; A5 holds one procedure and its papers, what is filed together runs on.
    assert!(printed(&receipt).pages <= 2);
}
