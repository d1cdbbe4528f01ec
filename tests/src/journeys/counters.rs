//! The counter through its pages: set up, a number taken at the kiosk, called with one press, a slot booked from a telephone, the roster.

use base::Role;

use crate::harness::{Client, PASSWORD, TestApp, on_fresh_provinces, settle_official};

/// The identifier of the desk where the province's clerk works.
fn desk(app: &TestApp) -> (String, String) {
    let desk = app.person(Role::Clerk).agency;
    let code = app.tree().get(desk).expect("a desk").code.clone();
    (code, desk.to_string())
}

/// A counter set up by the commune's head and opened by the clerk; its address.
pub(crate) async fn opened(app: &TestApp, leader: &mut Client, clerk: &mut Client, number: &str) -> String {
    let (_, unit) = desk(app);
    leader.get("/counters/new").await.is(200).shows("Thêm quầy");
    let fields = [("unit", unit.as_str()), ("number", number), ("counter_name", "Hộ tịch"), ("fields", "ho-tich")];
    let made = leader.upload("/counters/new", &fields, &[]).await;
    let counter = made.is(303).location.clone();
    clerk.get(&format!("{counter}/call")).await.is(200).shows("Mở quầy");
    clerk.post(&format!("{counter}/stand/open"), &[]).await.leads_to(&format!("{counter}/call"));
    counter
}

#[test]
fn a_number_is_taken_at_the_kiosk_and_called_with_one_press() {
    on_fresh_provinces(|app| async move {
        let (mut leader, mut clerk) = (app.signed_in(Role::Leader).await, app.signed_in(Role::Clerk).await);
        let (code, _) = desk(&app);
        app.anonymous().get(&format!("/desks/{code}/kiosk")).await.is(200).shows("Chưa có quầy nào mở");
        let counter = opened(&app, &mut leader, &mut clerk, "1").await;
        let mut passer = app.anonymous();
        passer.get("/desks").await.is(200).shows(&format!("/desks/{code}"));
        let kiosk = passer.get(&format!("/desks/{code}/kiosk")).await;
        kiosk.is(200).shows("Hộ tịch").shows("Không phải chờ").shows("Người cao tuổi");
        // At home nothing goes away by itself while somebody chooses.
        assert!(!kiosk.headers.contains_key("refresh"));
        let take = format!("/desks/{code}/tickets");
        passer.post(&take, &[("field", "dat-dai")]).await.is(422).shows("Chưa có quầy nào đang mở nhận lĩnh vực này");
        let first = passer.post(&take, &[("field", "ho-tich")]).await.is(303).location.clone();
        passer.get(&first).await.is(200).shows("001");
        let old = passer.post(&take, &[("field", "ho-tich"), ("priority", "elderly")]).await.is(303).location.clone();
        let own = first.replace("?kiosk=1", "");
        passer.get(&own).await.is(200).shows("Trước bạn 1 người");

        // One press: the elderly one first; pressed again, done with her and on to the next.
        let call = format!("{counter}/call");
        clerk.get(&call).await.is(200).shows("Gọi số tiếp theo").shows("autofocus");
        clerk.post(&call, &[]).await.leads_to(&call);
        clerk.get(&call).await.is(200).shows("<p class=\"ticket-n\">002</p>").shows("Tiếp nhận hồ sơ");
        passer.get(&format!("/desks/{code}/screen")).await.is(200).shows("<td>002</td>");
        // Why somebody goes first the clerk is told, and nobody else; the next press is done with whom the page shows.
        passer.get(&old.replace("?kiosk=1", "")).await.is(200).shows("Mời đến quầy 1").shows_not("Người cao tuổi");
        let page = clerk.get(&call).await;
        page.is(200).shows("Người cao tuổi");
        let current = page.between("name=\"current\" value=\"", "\"").expect("the ticket").to_owned();
        clerk.post(&call, &[]).await.is(422).shows("Người khác vừa xử lý trước bạn");
        clerk.post(&format!("{counter}/stand/close"), &[]).await.is(422).shows("Người khác vừa xử lý trước bạn");
        // Pressed twice, sent twice: done once.
        let press = [("_once", "press-1"), ("current", current.as_str())];
        clerk.post(&call, &press).await.leads_to(&call);
        clerk.post(&call, &press).await.leads_to(&call);
        clerk.post_with_token(&call, &press, "forged").await.is(403);
        let page = clerk.get(&call).await;
        page.is(200).shows("<p class=\"ticket-n\">001</p>");
        let ticket = page.between("action=\"/tickets/", "/recall").expect("a ticket").to_owned();
        let at = counter.rsplit('/').next().expect("a code");
        clerk.post(&format!("/tickets/{ticket}/recall"), &[("at", at)]).await.leads_to(&call);
        clerk
            .post(&format!("/tickets/{ticket}/move"), &[("at", at), ("to", "QY-nowhere")])
            .await
            .is(422)
            .shows("href=\"#to\"");
        clerk.post(&format!("/tickets/{ticket}/miss"), &[("at", at)]).await.leads_to(&call);
        clerk.post(&call, &[]).await.leads_to(&call);
        clerk.get(&call).await.is(200).shows("Không còn ai chờ");
        let board = passer.get(&format!("/desks/{code}")).await;
        board.is(200).shows("Chờ trung bình").shows("Các quầy").shows("Đang mở");

        // What a device in the hall shows goes back to the beginning, whichever room's page it is; a telephone's does not.
        let start = format!("/desks/{code}/kiosk");
        let back = |page: &crate::harness::Page| {
            page.headers.get("refresh").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        assert_eq!(back(&passer.get("/track").await), "");
        let device = format!("/desks/{code}/device");
        passer.get(&format!("{start}?device=1")).await.is(200);
        assert_eq!(back(&passer.get("/track").await), "", "looking at a page makes no device");
        passer.post(&device, &[("stands", "1")]).await;
        clerk.post(&device, &[("stands", "1")]).await.is(403);
        assert_eq!(back(&passer.get("/track").await) + &back(&clerk.get("/track").await), "");
        let mut hall = app.signed_in(Role::Leader).await;
        hall.get("/counters").await.is(200).shows("Đặt máy này tại sảnh");
        hall.post(&device, &[("stands", "1")]).await.leads_to(&start);
        assert_eq!(back(&hall.get("/track").await), format!("60; url={start}"));
        hall.get("/counters").await.is(303);
        let screen = format!("/desks/{code}/screen");
        assert_eq!(back(&hall.get(&screen).await) + &back(&passer.get(&screen).await), "15");
        // Whoever signs in there and goes away is signed out by the kiosk.
        hall.sign_in(app.person(Role::Leader)).await;
        hall.get("/counters").await.is(200);
        hall.get(&start).await.leads_to(&start);
        hall.get("/counters").await.is(303);
        hall.sign_in(app.person(Role::Leader)).await;
        hall.get("/counters").await.is(200);
        hall.post(&device, &[("stands", "0")]).await.leads_to("/counters");
        assert_eq!(back(&hall.get("/track").await), "");

        // A part of the screen says the latest call once, in the place that is read out.
        let seen = passer.get(&screen).await;
        seen.is(200).shows("<p id=\"latest\" class=\"visually-hidden\" role=\"status\">");

        // Nobody at one place takes numbers without end.
        let mut player = app.anonymous();
        player.get(&start).await.is(200);
        let mut last = 303;
        for _ in 0..70 {
            last = player.post(&take, &[("field", "ho-tich")]).await.status.as_u16();
        }
        assert_eq!(last, 429);

        // Nobody but a clerk of this desk stands here.
        leader.post(&call, &[]).await.is(403);
        passer.get(&call).await.is(303);
        passer.get("/desks/H99.99").await.is(404);
        passer.get(&format!("/desks/{code}/tickets/ST-1")).await.is(404);
        // With its day a ticket's page is over.
        passer.get(&own).await.is(200);
        app.clock.advance_ms(24 * 3_600_000);
        passer.get(&own).await.is(404);
    });
}

#[test]
fn a_slot_is_booked_from_a_telephone_cancelled_and_another_used_at_the_desk() {
    on_fresh_provinces(|app| async move {
        let (mut leader, mut clerk) = (app.signed_in(Role::Leader).await, app.signed_in(Role::Clerk).await);
        let (code, _) = desk(&app);
        let counter = opened(&app, &mut leader, &mut clerk, "1").await;
        let mut citizen = app.signed_in(Role::Citizen).await;
        let book = format!("/desks/{code}/book");
        app.anonymous().get(&book).await.is(303);
        clerk.get(&book).await.is(403);
        let page = citizen.get(&format!("{book}?field=ho-tich&day=2026-11-26")).await;
        page.is(200).shows("Thứ năm 26/11/2026").shows("còn 3 chỗ");
        let slot = page.between("name=\"slot\" value=\"", "\"").expect("a slot").to_owned();
        let wish = [("field", "ho-tich"), ("day", "2026-11-26"), ("slot", slot.as_str())];
        citizen.post(&book, &wish).await.leads_to("/appointments");
        citizen.post(&book, &wish).await.is(422).shows("Bạn đã có lịch hẹn vào giờ này");
        let mine = citizen.get("/appointments").await;
        let booked = mine.is(200).between("action=\"/appointments/", "/cancel").expect("a code").to_owned();
        mine.shows(&format!("<p class=\"big-code\">{booked}</p>"));
        let mut other = app.signed_in(Role::Officer).await;
        other.post(&format!("/appointments/{booked}/cancel"), &[]).await.is(403);
        let cancel = format!("/appointments/{booked}/cancel");
        citizen.post_with_token(&cancel, &[], "forged").await.is(403);
        citizen.post(&cancel, &[("_once", "cancel-1")]).await.leads_to("/appointments");
        citizen.post(&cancel, &[("_once", "cancel-1")]).await.leads_to("/appointments");
        citizen.get("/appointments").await.is(200).shows("Đã hủy");

        citizen.get(&book).await.is(200);
        citizen.post(&book, &wish).await.leads_to("/appointments");
        let again = citizen.get("/appointments").await;
        let booked = again.between("action=\"/appointments/", "/cancel").expect("a code").to_owned();
        let mut kiosk = app.anonymous();
        kiosk.get(&format!("/desks/{code}/kiosk")).await.is(200).shows("Bạn đã đặt lịch?");
        let arrive = format!("/desks/{code}/arrive");
        kiosk.post(&arrive, &[("code", "LH-222222")]).await.is(422).shows("Không có lịch hẹn với mã này");
        kiosk.post(&arrive, &[("code", &booked)]).await.is(422).shows("Nhận số được từ");
        let slot: i64 = slot.parse().expect("a moment");
        app.clock.advance_ms(slot - app.clock.now().0);
        let walked_in = [("field", "ho-tich")];
        kiosk.post(&format!("/desks/{code}/tickets"), &walked_in).await.is(303);
        app.clock.advance_ms(60_000);
        let ticket = kiosk.post(&arrive, &[("code", &booked.to_lowercase())]).await.is(303).location.clone();
        kiosk.get(&ticket).await.is(200).shows("Hẹn lúc");
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get(&format!("{counter}/call")).await.is(200);
        clerk.post(&format!("{counter}/call"), &[]).await.is(303);
        clerk.get(&format!("{counter}/call")).await.is(200).shows("<p class=\"ticket-n\">002</p>");
    });
}

#[test]
fn a_receiving_point_is_noted_thing_by_thing_and_seen_among_all() {
    on_fresh_provinces(|app| async move {
        let mut leader = app.signed_in(Role::Leader).await;
        let (_, unit) = desk(&app);
        leader.get("/receiving-points").await.is(200).shows("Chưa khai báo").shows("Khai báo nơi tiếp nhận");
        leader.get("/receiving-points/new").await.is(200);
        let made = leader.upload("/receiving-points/new", &[("unit", &unit), ("text", "Nhà mới")], &[]).await;
        let point = made.is(303).location.clone();
        let page = leader.get(&point).await;
        page.is(200).shows("Chưa có vốn").shows("Máy lấy số xếp hàng").shows("name=\"items\"");
        let install = format!("{point}/equip");
        leader.upload(&install, &[("note", "x")], &[]).await.is(422).shows("Chưa có gì thay đổi");
        let things: Vec<(&str, &str)> =
            ["information", "counters", "queue-machine", "look-up", "citizen-computers", "cameras"]
                .map(|id| ("items", id))
                .into();
        leader.upload(&install, &things, &[]).await.leads_to(&point);
        leader.upload(&format!("{point}/build"), &[("decision", "12/QĐ-UBND")], &[]).await.leads_to(&point);
        leader.get(&point).await.is(200).shows("Đủ trụ sở và thiết bị").shows("12/QĐ-UBND");
        let mut inspector = app.signed_in(Role::Inspector).await;
        inspector.get("/receiving-points").await.is(200).shows("1/");
        inspector.get("/receiving-points?state=equipped").await.is(200).shows(&point);
        inspector.get("/receiving-points?state=nonsense").await.is(422);
        inspector.get("/receiving-points?format=csv").await.is(200).shows("Đủ trụ sở");
        inspector.upload(&install, &things, &[]).await.is(403);
    });
}

#[test]
fn the_roster_names_who_stands_where_and_who_is_missed() {
    on_fresh_provinces(|app| async move {
        let (mut leader, mut clerk) = (app.signed_in(Role::Leader).await, app.signed_in(Role::Clerk).await);
        let (code, unit) = desk(&app);
        let counter = opened(&app, &mut leader, &mut clerk, "1").await;
        let at = counter.rsplit('/').next().expect("a code").to_owned();
        let agency = app.tree().get(unit.parse().expect("an id")).expect("a desk").clone();
        let second = settle_official(app.db(), "thay.the", Role::Clerk, &agency).await.to_string();
        let first = app.person(Role::Clerk).id.to_string();
        let roster = format!("/desks/{code}/roster");
        leader.get(&roster).await.is(200).shows("Phân công").shows("thay.the");
        let duty = |substitute: &str| {
            [
                ("counter", at.clone()),
                ("half", "both".to_owned()),
                ("from", "25/11/2026".to_owned()),
                ("until", "26/11/2026".to_owned()),
                ("holder", first.clone()),
                ("substitute", substitute.to_owned()),
            ]
        };
        let same = duty(&first);
        let same: Vec<(&str, &str)> = same.iter().map(|(name, value)| (*name, value.as_str())).collect();
        leader.post(&roster, &same).await.is(422).shows("Người thay thế phải là người khác").shows("Điều 12 khoản 8");
        let good = duty(&second);
        let good: Vec<(&str, &str)> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
        clerk.post(&roster, &good).await.is(403);
        leader.post(&roster, &good).await.leads_to(&roster);
        leader.post(&roster, &good).await.is(422).shows("Quầy đã có người trực");

        // Nine o'clock: nobody is there yet, and the head sees it; then the clerk says so.
        leader.get(&roster).await.is(200).shows("Quầy chưa có người dù đã quá giờ: 1").shows("Ghi vắng");
        leader.get("/due").await.is(200).shows("Có mặt tại quầy được phân công");
        let planned = leader.get(&roster).await;
        let missed = planned.between("formaction=\"/duties/", "/absent").expect("a duty").to_owned();
        let none = [("desk", code.as_str()), ("reason", "")];
        leader.post(&format!("/duties/{missed}/absent"), &none).await.is(422).shows("href=\"#reason\"");
        leader.post(&format!("/duties/{missed}/drop"), &none).await.is(409).shows("hãy ghi vắng");
        // While somebody is planned there the counter does not end; the frame's page closes it as the other does.
        leader.get(&counter).await.is(200).shows("Đóng quầy");
        leader.upload(&format!("{counter}/close"), &[], &[]).await.leads_to(&counter);
        leader.upload(&format!("{counter}/end"), &[], &[]).await.is(422).shows("Bỏ quầy");
        leader.upload(&format!("{counter}/end"), &[("reason", "Gộp quầy")], &[]).await.is(409).shows("buổi trực");
        let page = clerk.get(&roster).await;
        let mine = page.is(200).between("action=\"/duties/", "/here").expect("a duty").to_owned();
        clerk.post(&format!("/duties/{mine}/here"), &[]).await.leads_to(&roster);
        clerk.get(&roster).await.is(200).shows("Có mặt: Trần Văn Một").shows("Quý này: 1/1 buổi");
        leader.post(&format!("/duties/{mine}/absent"), &[("reason", "x")]).await.is(409);
    });
}

#[test]
fn one_regulation_is_in_force_at_every_counter_and_the_queue_follows_its_numbers() {
    on_fresh_provinces(|app| async move {
        let (mut leader, mut clerk) = (app.signed_in(Role::Leader).await, app.signed_in(Role::Clerk).await);
        let (code, _) = desk(&app);
        let counter = opened(&app, &mut leader, &mut clerk, "1").await;
        let mut passer = app.anonymous();
        passer.get("/regulation").await.is(200).shows("Chưa có quy chế nào có hiệu lực");
        let root = app.tree().root().expect("a root").clone();
        settle_official(app.db(), "chu.tich.tinh", Role::Leader, &root).await;
        let mut chair = app.anonymous();
        chair.get("/sign-in").await.is(200);
        chair.sign_in_as("chu.tich.tinh", PASSWORD).await.is(303);
        chair.get("/regulations/new").await.is(200).shows("Thời gian chờ ngắn tối đa");
        let issue = |day: &'static str, number: &'static str| {
            [
                ("title", "Quy chế thực hiện cơ chế một cửa"),
                ("decision", number),
                ("effective_on", day),
                ("text", "Điều 1. Mọi quầy theo quy chế này."),
                ("slot_places", "1"),
            ]
        };
        // A commune's leader is none of the province's; nothing begins in the past.
        leader.get("/regulations/new").await.is(200);
        leader.upload("/regulations/new", &issue("25/11/2026", "1/QĐ"), &[]).await.is(403);
        chair.upload("/regulations/new", &issue("24/11/2026", "1/QĐ"), &[]).await.is(422).shows("sớm nhất là hôm nay");
        chair.get("/regulations/new").await.is(200);
        let now = chair.upload("/regulations/new", &issue("25/11/2026", "12/QĐ-UBND"), &[]).await;
        let now = now.is(303).location.clone();
        chair.get("/regulations/new").await.is(200);
        chair.upload("/regulations/new", &issue("01/12/2026", "34/QĐ-UBND"), &[]).await.is(303);
        let list = chair.get("/regulations").await;
        list.is(200).shows("Đang áp dụng").shows("Chưa đến ngày").shows("34/QĐ-UBND");
        passer.get("/regulation").await.is(200).shows("Mọi quầy theo quy chế này").shows("12/QĐ-UBND");
        passer.get(&format!("/desks/{code}")).await.is(200).shows("12/QĐ-UBND");
        passer.get(&format!("/desks/{code}/kiosk")).await.is(200).shows("12/QĐ-UBND");
        clerk.get(&format!("{counter}/call")).await.is(200).shows("12/QĐ-UBND");

        // One place a slot, as it says; withdrawn, the common rule holds again.
        let mut citizen = app.signed_in(Role::Citizen).await;
        let book = format!("/desks/{code}/book?field=ho-tich&day=2026-11-26");
        citizen.get(&book).await.is(200).shows("còn 1 chỗ").shows_not("còn 3 chỗ");
        chair.get(&now).await.is(200).shows("Bãi bỏ");
        leader.upload(&format!("{now}/withdraw"), &[("reason", "Sai")], &[]).await.is(403);
        chair.upload(&format!("{now}/withdraw"), &[("reason", "Sai")], &[]).await.leads_to(&now);
        citizen.get(&book).await.is(200).shows("còn 3 chỗ");
        passer.get("/regulation").await.is(200).shows("Chưa có quy chế nào có hiệu lực");
    });
}
