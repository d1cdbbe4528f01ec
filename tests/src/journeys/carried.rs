//! What every room holds of two communes that become one goes along: petitions, sittings, initiatives, counters with their duties and slots,
//! documents being read, roles.

use super::reorganised::signed_in;
use super::two_people::administrator;
use crate::harness::{Client, TestApp, on_fresh_provinces, plan_read, settle_official};
use base::{Id, Role};

/// The only number of a query.
async fn number(app: &TestApp, sql: String) -> i64 {
    let read = app.db().read(move |tx| {
        Box::pin(async move { tx.query_one(store::Sql::from(sql), &[]).await?.at::<i64>(0) })
            as store::BoxFuture<'_, Result<i64, store::StoreError>>
    });
    read.await.expect("a number")
}

/// A decision that merges the first two communes, executed by a second keeper; the new commune.
async fn merged(app: &TestApp, today: &str) -> organisation::Agency {
    let mut keeper = app.administrator().await;
    let (mut second, _) = administrator(app, "mang.theo").await;
    let head = [
        ("title", "Sắp xếp hai xã"),
        ("number", "12/NQ"),
        ("authority", "Chủ tịch"),
        ("day", today),
        ("reason", "Theo đề án"),
    ];
    keeper.get("/reorganisations/new").await.is(200);
    let page = keeper.upload("/reorganisations/new", &head, &[]).await.is(303).location.clone();
    let codes: Vec<String> = app.tree().communes()[..2].iter().map(|commune| commune.code.clone()).collect();
    let codes = codes.join(" ");
    let line = [("codes", codes.as_str()), ("code", "H13.990"), ("name", "Ủy ban nhân dân xã Hợp Nhất")];
    keeper.upload(&format!("{page}/merge"), &line, &[]).await.is(303);
    let rehearsal = keeper.get(&format!("{page}/rehearsal")).await;
    rehearsal.is(200).shows_not("Cản trở").shows("Quầy chưa kết thúc").shows("vai trò");
    keeper.upload(&format!("{page}/submit"), &[], &[]).await.is(303);
    second.get(&page).await.is(200);
    second.upload(&format!("{page}/execute"), &[], &[]).await.leads_to(&page);
    let done = second.get(&page).await;
    done.is(200)
        .shows("phản ánh, kiến nghị")
        .shows("sáng kiến")
        .shows("quầy")
        .shows("lịch hẹn")
        .shows("văn bản đang đọc");
    let tree = app.db().read(|tx| Box::pin(async move { organisation::load_tree(tx).await })).await.expect("a tree");
    tree.by_code("H13.990").expect("the new commune").clone()
}

/// A counter at a desk, open; its address.
async fn counter(app: &TestApp, leader: &mut Client, commune: Id) {
    let desk = app.tree().desk_of(commune).expect("a desk").id.to_string();
    leader.get("/counters/new").await.is(200);
    leader.upload("/counters/new", &[("unit", &desk), ("number", "1")], &[]).await.is(303);
}

#[test]
fn what_every_room_holds_of_merged_communes_goes_along() {
    on_fresh_provinces(|app| async move {
        let (one, other) = (app.tree().communes()[0].clone(), app.tree().communes()[1].clone());
        settle_official(app.db(), "lanh.dao.hai", Role::Leader, &other).await;
        settle_official(app.db(), "cai.cach.xa", Role::ReformOfficer, &one).await;
        let (mut leader, mut clerk) = (app.signed_in(Role::Leader).await, app.signed_in(Role::Clerk).await);
        let mut second = signed_in(&app, "lanh.dao.hai").await;
        // One petition lies at the commune, one complains of it and lies above.
        let mut phone = app.anonymous();
        phone.get("/feedback/new").await.is(200);
        let area = one.id.to_string();
        let plain = [("text", "Đèn đường hỏng đã hai tuần"), ("topic", "roads"), ("area", area.as_str())];
        let named = [("name", "Nguyễn Thị Đào"), ("phone", "0912 345 678")];
        phone.upload("/feedback/new", &[&plain[..], &named].concat(), &[]).await.is(200);
        super::petitions::sent(&app, Some(area.clone())).await;
        let sitting = super::dialogues::announced(&app).await;
        let mut officer = app.signed_in(Role::Officer).await;
        officer.get("/initiatives/new").await.is(200);
        let words = [("title", "Hẹn giờ"), ("sort", "model"), ("text", "Chờ lâu."), ("answer_does", "Nhắn trước.")];
        let initiative = officer.upload("/initiatives/new", &words, &[]).await.is(303).location.clone();
        // Both desks have a counter one; at the first somebody is on duty, and somebody has booked.
        super::counters::opened(&app, &mut leader, &mut clerk, "1").await;
        counter(&app, &mut second, other.id).await;
        let mut citizen = app.signed_in(Role::Citizen).await;
        let desk = app.tree().desk_of(one.id).expect("a desk").clone();
        let book = format!("/desks/{}/book", desk.code);
        let slot = citizen.get(&book).await.is(200).between("name=\"slot\" value=\"", "\"").expect("a slot").to_owned();
        citizen.post(&book, &[("field", "ho-tich"), ("slot", &slot)]).await.is(303);
        let mut reformer = signed_in(&app, "cai.cach.xa").await;
        let plan = plan_read(&mut reformer).await;

        let new = merged(&app, &app.clock.now().date().to_string()).await;
        let olds = format!("({})", {
            let units = [one.id, other.id].into_iter().flat_map(|top| app.tree().subtree(top));
            units.map(|unit| unit.id.to_string()).collect::<Vec<_>>().join(", ")
        });
        for left in [
            format!(
                "SELECT COUNT(*) FROM petition WHERE unit_id IN {olds} OR intake_id IN {olds} OR concerned_id IN {olds}"
            ),
            format!("SELECT COUNT(*) FROM dialogue WHERE agency_id IN {olds}"),
            format!("SELECT COUNT(*) FROM initiative WHERE unit_id IN {olds} OR agency_id IN {olds}"),
            format!("SELECT COUNT(*) FROM desk_counter WHERE unit_id IN {olds}"),
            format!("SELECT COUNT(*) FROM desk_booking WHERE unit_id IN {olds}"),
            format!("SELECT COUNT(*) FROM plan_document WHERE agency_id IN {olds}"),
            format!("SELECT COUNT(*) FROM account_grant WHERE agency_id IN {olds} AND revoked_at IS NULL"),
            format!("SELECT COUNT(*) FROM due WHERE unit_id IN {olds}"),
        ] {
            assert_eq!(number(&app, left.clone()).await, 0, "{left}");
        }
        // What complains of the commune stays above it.
        let complaint =
            format!("SELECT COUNT(*) FROM petition WHERE concerned_id = {} AND unit_id <> {}", new.id, new.id);
        assert_eq!(number(&app, complaint).await, 1);
        // The same role at two communes that became one is one role, and nobody has a say over more than a counterpart.
        let wide =
            format!("SELECT COUNT(*) FROM account_grant WHERE revoked_at IS NULL AND agency_path = '{}'", new.path);
        assert_eq!(number(&app, wide).await, 3, "two leaders and a reform officer");
        assert_eq!(
            number(&app, "SELECT COUNT(DISTINCT number) FROM desk_counter WHERE state <> 'ended'".into()).await,
            2
        );
        officer.get(&initiative).await.is(200);
        reformer.get(&plan).await.is(200);
        leader.get(&format!("/sittings/{sitting}")).await.is(200);
        let new_desk = format!("{}.01", new.code);
        citizen.get(&format!("/desks/{new_desk}")).await.is(200);
        let outside = dossiers::verify::Outside {
            kinds: motcua::kinds(),
            proofs: motcua::proofs(),
            now: app.clock.now(),
            ..Default::default()
        };
        let report = dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("the proof runs");
        assert!(report.is_well(), "{:?} {:?}", report.broken, report.wrong);
    });
}
