//! The forms of a dossier as PDF: what stands in them, and who gets them.

use base::Role;
use serde_json::json;

use super::one_stop::{act, asking};
use super::petitions::{sent, sorted};
use super::portal::{filed_online, newcomer};
use crate::harness::{BIRTH, Client, PASSWORD, TestApp, on_every_engine, on_fresh_provinces, settle_official};

const OWNER: &str = "Nguyễn Thị Mỹ Ngoặc Đặng Ứớ";

async fn receive(app: &TestApp, clerk: &mut Client) -> String {
    let commune = app.person(Role::Leader).agency.to_string();
    let body = json!({
        "procedure": BIRTH,
        "intake": commune,
        "competent": commune,
        "owner_name": OWNER,
        "owner_number": "094190000123",
        "owner_phone": "0939111222",
        "owner_address": "Ấp Đường Đức, xã Hỏa Tiến #panic(1) *đậm*",
        "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
    });
    let page = clerk.post_json("/api/v1/dossiers", &body).await;
    page.is(201);
    page.json()["code"].as_str().expect("a code").to_owned()
}

#[test]
fn the_receipt_as_pdf_says_what_the_page_says() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = receive(&app, &mut clerk).await;
        clerk.get(&format!("/dossiers/{code}")).await.is(200).shows(&format!("/dossiers/{code}/print/receipt"));
        let slip = clerk.get(&format!("/dossiers/{code}/slip")).await;
        slip.is(200).shows(&format!("/dossiers/{code}/print/receipt")).shows(OWNER);
        let rating = slip.between("Mã đánh giá", "</code>").and_then(|line| line.rsplit('>').next());
        let page = clerk.get(&format!("/dossiers/{code}/print/receipt")).await;
        let text = page.printed();
        for said in [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
            OWNER,
            "Ấp Đường Đức, xã Hỏa Tiến #panic(1) *đậm*",
            "094190000123",
            "0939111222",
            "Đăng ký khai sinh",
            "Bản giấy",
            "Trần Văn Một",
            "09 giờ 00 phút, ngày 25 tháng 11 năm 2026",
            &code,
            rating.expect("a code for the rating"),
        ] {
            assert!(text.contains(said), "`{said}` is not printed:\n{text}");
        }
        let header = |name: &str| page.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header("cache-control"), "private, no-store");
        assert!(header("content-disposition").contains(&format!("giay-tiep-nhan-{code}.pdf")));
        // In Vietnamese whatever the reader's own language is, and the same bytes at the same moment.
        let english = [("accept-language", "en")];
        let again = clerk
            .send(
                axum::http::Method::GET,
                &format!("/dossiers/{code}/print/receipt"),
                &english,
                axum::body::Body::empty(),
            )
            .await;
        assert!(again.bytes == page.bytes, "other bytes");
        clerk.get(&format!("/dossiers/{code}/print/dance")).await.is(404);
    });
}

#[test]
fn printed_forms_open_to_the_readers_of_the_dossier_only() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190100071").await;
        let code = filed_online(&app, &mut citizen).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        let (office, own) = (format!("/dossiers/{code}/print"), format!("/my/{code}/print"));
        // Not received yet: there is nothing to print.
        for form in ["receipt", "supplement", "refusal", "control"] {
            clerk.get(&format!("{office}/{form}")).await.is(404);
            citizen.get(&format!("{own}/{form}")).await.is(404);
        }
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        let receipt = citizen.get(&format!("{own}/receipt")).await.printed();
        assert!(receipt.contains(&code) && receipt.contains("HẸN TRẢ KẾT QUẢ"), "{receipt}");
        citizen.get(&format!("/my/{code}")).await.is(200).shows(&format!("{own}/receipt")).shows_not("print/control");
        citizen.get(&format!("{own}/control")).await.is(404);
        citizen.get(&format!("{office}/receipt")).await.is(403);
        let slip = clerk.get(&format!("{office}/control")).await.printed();
        assert!(slip.contains("PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ") && slip.contains("Trần Văn Một"), "{slip}");

        app.anonymous().get(&format!("{office}/receipt")).await.is(303);
        app.anonymous().get(&format!("{own}/receipt")).await.is(303);
        newcomer(&app, "094190100072").await.get(&format!("{own}/receipt")).await.is(404);
        let desk = app.tree().desk_of(app.tree().communes()[3].id).expect("a desk").clone();
        settle_official(app.db(), "print.elsewhere", Role::Clerk, &desk).await;
        let mut stranger = app.anonymous();
        stranger.sign_in_as("print.elsewhere", PASSWORD).await;
        for form in ["receipt", "control"] {
            stranger.get(&format!("{office}/{form}")).await.is(404);
        }
        let mut inspector = app.signed_in(Role::Inspector).await;
        inspector.get(&format!("{office}/control")).await.is(200);
        // Who printed is written down like who looked.
        let looks = app.record_of(&code).await;
        assert!(looks.iter().any(|look| look.route == "/dossiers/{code}/print/{form}"), "{looks:?}");
    });
}

#[test]
fn what_is_asked_for_and_why_it_is_refused_are_printed_from_the_acts() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190100073").await;
        let code = filed_online(&app, &mut citizen).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        let mut officer = app.signed_in(Role::Officer).await;
        act(&mut officer, &code, "request-supplement", asking("Ảnh chụp giấy chứng sinh bị mờ")).await.is(200);
        for (who, address) in
            [(&mut citizen, format!("/my/{code}/print")), (&mut clerk, format!("/dossiers/{code}/print"))]
        {
            let text = who.get(&format!("{address}/supplement")).await.printed();
            for said in ["YÊU CẦU BỔ SUNG", "Ảnh chụp giấy chứng sinh bị mờ", "Bản chụp rõ hơn", "20 tháng 12 năm 2026"]
            {
                assert!(text.contains(said), "`{said}` is not printed:\n{text}");
            }
            who.get(&format!("{address}/refusal")).await.is(404);
        }

        let other = filed_online(&app, &mut citizen).await;
        let why = json!({ "reason": "Không thuộc thẩm quyền của phường này" });
        act(&mut clerk, &other, "refuse-intake", why).await.is(200);
        let text = citizen.get(&format!("/my/{other}/print/refusal")).await.printed();
        assert!(text.contains("TỪ CHỐI TIẾP NHẬN") && text.contains("Không thuộc thẩm quyền của phường này"), "{text}");
        citizen.get(&format!("/my/{other}/print/receipt")).await.is(404);
    });
}

#[test]
fn the_control_slip_holds_every_hand_over_with_its_time() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = receive(&app, &mut clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        app.clock.advance_ms(20 * 60_000);
        act(&mut officer, &code, "forward", json!({ "note": "Đủ điều kiện cấp" })).await.is(200);
        app.clock.advance_ms(10 * 3_600_000);
        let mut leader = app.signed_in(Role::Leader).await;
        act(&mut leader, &code, "approve", json!({})).await.is(200);
        let mut clerk = app.signed_in(Role::Clerk).await;
        act(&mut clerk, &code, "return-result", json!({ "handed_to": "owner" })).await.is(200);
        let text = clerk.get(&format!("/dossiers/{code}/print/control")).await.printed();
        for said in ["Đủ điều kiện cấp", "Đã duyệt", "Quá hạn", "Người nộp hồ sơ", "Trả kết quả"]
        {
            assert!(text.contains(said), "`{said}` is not printed:\n{text}");
        }
        assert_eq!(text.matches("09 giờ 20").count(), 1, "{text}");
    });
}

#[test]
fn the_register_holds_what_a_desk_received_in_a_period_and_names_what_is_missing() {
    on_fresh_provinces(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = receive(&app, &mut clerk).await;
        let commune = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        clerk.get("/work?tab=all").await.is(200).shows("/work/register");
        clerk.get("/work/register").await.is(200).shows(&commune.name);
        let period =
            |unit: &str, from: &str, to: &str| format!("/work/register?format=pdf&unit={unit}&from={from}&to={to}");
        let page = clerk.get(&period(&commune.code, "2026-11-24", "26%2F11%2F2026")).await;
        let text = page.printed();
        for said in
            ["SỔ THEO DÕI HỒ SƠ", "24/11/2026", "26/11/2026", &code, OWNER, "1 hồ sơ", "Số bộ hồ sơ", "Trang 1/1"]
        {
            assert!(text.replace(' ', "").contains(&said.replace(' ', "")), "`{said}` is not printed:\n{text}");
        }
        assert!(!text.contains("Địa chỉ: thiếu"), "{text}");
        assert!(
            clerk
                .get(&period(&commune.code, "2026-11-26", "2026-11-26"))
                .await
                .printed()
                .contains("Không có hồ sơ nào")
        );

        clerk.get(&period(&commune.code, "2026-11-26", "2026-11-24")).await.is(422).shows("Ngày cuối không được trước");
        clerk.get(&period(&commune.code, "hôm", "2026-11-24")).await.is(422).shows("22/11/2026").shows("#from");
        let elsewhere = app.tree().communes()[5].code.clone();
        clerk.get(&period(&elsewhere, "2026-11-24", "2026-11-26")).await.is(422).shows("#unit");
        let mut citizen = newcomer(&app, "094190100074").await;
        citizen.get(&period(&commune.code, "2026-11-24", "2026-11-26")).await.is(403);
        app.anonymous().get("/work/register").await.is(303);
    });
}

#[test]
fn an_answered_petition_is_a_letter_for_whoever_sent_it_and_for_its_readers() {
    on_every_engine(|app| async move {
        let (mut phone, code, key) = sent(&app, None).await;
        let own = [("code", code.as_str()), ("key", key.as_str())];
        let office = format!("/petitions/{code}/letter");
        let mut clerk = app.signed_in(Role::Clerk).await;
        sorted(&app, &mut clerk, &code).await;
        let mut officer = app.signed_in(Role::Officer).await;
        officer.get(&format!("/petitions/{code}")).await.is(200);
        let draft = [("answer_text", "Phòng tiếp dân mở cửa lại. #panic(1)\n\nXin lỗi vì sự bất tiện.")];
        officer.upload(&format!("/petitions/{code}/draft"), &draft, &[]).await.is(303);
        // What nobody has approved is no letter.
        officer.get(&office).await.is(404);
        phone.post("/feedback/letter", &own).await.is(404);

        let mut leader = app.signed_in(Role::Leader).await;
        leader.get(&format!("/petitions/{code}")).await.is(200);
        super::petitions::endorsed(&app, &code).await;
        leader.upload(&format!("/petitions/{code}/approve"), &[], &[]).await.is(303);
        phone.post("/feedback/mine", &own).await.is(200).shows("action=\"/feedback/letter\"");
        for page in [phone.post("/feedback/letter", &own).await, clerk.get(&office).await] {
            let text = page.printed();
            for said in ["Kính gửi: Nguyễn Thị Đào", "mở cửa lại. #panic(1) Xin lỗi", "tiếp dân của phường", &code]
            {
                assert!(text.contains(said), "`{said}` is not printed:\n{text}");
            }
        }
        phone.post("/feedback/letter", &[("code", &code), ("key", "aaaaa-aaaaa")]).await.is(404);
        app.anonymous().get(&office).await.is(303);
        newcomer(&app, "094190100075").await.get(&office).await.is(403);
    });
}

#[test]
fn what_is_taken_back_or_stopped_has_its_notice_with_how_it_was_wished_and_what_was_done_with_it() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190100074").await;
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let own = filed_online(&app, &mut citizen).await;
        citizen.get(&format!("/my/{own}/print/stop")).await.is(404);
        let withdrawn = citizen.post(&format!("/my/{own}/withdraw"), &[("reason", "Tôi nộp nhầm thủ tục")]).await;
        withdrawn.is(303);
        let asked = filed_online(&app, &mut citizen).await;
        act(&mut clerk, &asked, "receive-online", json!({})).await.is(200);
        act(&mut officer, &asked, "request-supplement", asking("Ảnh chụp giấy chứng sinh bị mờ")).await.is(200);
        act(&mut officer, &asked, "stop", json!({ "reason": "Có bản án của toà án liên quan" })).await.is(200);
        for (code, said, not) in [
            (&own, ["qua tài khoản trên cổng", "Tôi nộp nhầm thủ tục", "chưa tiếp nhận"], "Phí, lệ phí đã nộp"),
            (
                &asked,
                ["dừng giải quyết hồ sơ này", "Có bản án của toà án liên quan", "đang chờ bổ sung"],
                "Theo yêu cầu của",
            ),
        ] {
            for (who, room) in [(&mut citizen, "my"), (&mut clerk, "dossiers")] {
                let text = who.get(&format!("/{room}/{code}/print/stop")).await.printed();
                for words in said.iter().chain(&["THÔNG BÁO", "về việc dừng giải quyết hồ sơ", code.as_str()])
                {
                    assert!(text.contains(words), "`{words}` is not printed:\n{text}");
                }
                assert!(!text.contains(not), "{text}");
            }
        }
    });
}

#[test]
fn what_hangs_at_the_counter_is_what_the_counter_takes_dossiers_in_by() {
    on_fresh_provinces(|app| async move {
        let commune = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        let mut passer = app.anonymous();
        passer.get("/posting").await.is(200).shows("Niêm yết thủ tục hành chính");
        let at = format!("/posting?unit={}", commune.code);
        let version = app.shelf().by_code(crate::harness::BIRTH, app.clock.now().date()).expect("the procedure");
        let field = version.field.clone();
        let page = passer.get(&format!("{at}&field={field}")).await;
        page.is(200).shows(&version.name).shows(crate::harness::BIRTH).shows("format=pdf");
        let sheet = passer.get(&format!("{at}&field={field}&format=pdf")).await.printed();
        let flat = sheet.replace(' ', "");
        for said in ["NIÊM YẾT THỦ TỤC HÀNH CHÍNH", &commune.name, &version.name, &version.decision] {
            assert!(flat.to_lowercase().contains(&said.replace(' ', "").to_lowercase()), "`{said}`: {sheet}");
        }
        passer.get(&format!("{at}&day=30.13.2026")).await.is(422).shows("id=\"day-error\"");
        passer.get("/posting?unit=H99.99").await.is(422).shows("id=\"unit-error\"");
    });
}
