//! What several journeys hand in: a procedure, a paper, a plan, the counter's form.

use base::Role;

use super::{Client, TestApp};

/// Đăng ký khai sinh: clerk checks, officer appraises, leader signs; the same day.
pub const BIRTH: &str = "1.001193";
/// The smallest paper that is taken.
pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

const PLAN: &str = "ỦY BAN NHÂN DÂN TỈNH\nSố: 12/KH-UBND\nKẾ HOẠCH\nCải cách hành chính giai đoạn 2026 - 2030\nII. MỤC TIÊU\n1. Đến năm 2027, tối thiểu 80% hồ sơ được xử lý trực tuyến.\n2. Đến năm 2030, tối thiểu 95% người dân hài lòng.\n";

/// The counter's form for a birth registration at the people's own commune, both papers handed in on paper.
pub fn counter_form(app: &TestApp, owner: &str) -> Vec<(&'static str, String)> {
    let commune = app.person(Role::Leader).agency.to_string();
    [
        ("procedure", BIRTH),
        ("intake", commune.as_str()),
        ("competent", commune.as_str()),
        ("return_to", commune.as_str()),
        ("owner_name", owner),
        ("owner_number", "094190000123"),
        ("component_giay-to-tuy-than", "paper"),
        ("component_giay-chung-sinh", "paper"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

/// A plan of two targets, read; its address.
pub async fn plan_read(officer: &mut Client) -> String {
    let read = officer.upload("/plans/new", &[], &[("document", "ke-hoach.txt", PLAN.as_bytes())]).await;
    read.is(303);
    read.location
}

/// Saves what was taken of a plan as a draft programme; its address.
pub async fn plan_saved(officer: &mut Client, plan: &str) -> String {
    let form = officer.get(&format!("{plan}/save")).await;
    let version = form.between("name=\"version\" value=\"", "\"").expect("a version").to_owned();
    let head = [
        ("version", version.as_str()),
        ("name", "Cải cách hành chính 2026 - 2030"),
        ("number", "12/KH-UBND"),
        ("issuer", "UBND tỉnh"),
        ("decided", "2026-01-05"),
        ("until", "2030"),
    ];
    let saved = officer.post(&format!("{plan}/save"), &head).await;
    saved.is(303);
    saved.location
}
