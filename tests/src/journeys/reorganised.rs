//! The July 2025 merger replayed: the communes of one old district, Huyện Phong Điền of Cần Thơ, as they were until 30/06/2025, with open cases at
//! each, become the communes that stand since 01/07/2025.

use super::one_stop::act;
use crate::harness::{BIRTH, Client, PASSWORD, TestApp, provinces_of, run, settle_official_at};
use base::{Id, Instant, Level, Role};
use organisation::shipped::{self, Era};
use organisation::{Agency, Kind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Huyện Phong Điền, before 01/07/2025.
const DISTRICT: &str = "926";
/// Friday 27/06/2025, 09:00.
fn friday() -> Instant {
    Instant::from_local(shipped::LAST_DAY_BEFORE.at(9, 0, 0, 0)).plus_ms(-3 * 86_400_000)
}
/// Monday 30/06/2025, 09:00: the last day of the old communes.
fn last_day() -> Instant {
    Instant::from_local(shipped::LAST_DAY_BEFORE.at(9, 0, 0, 0))
}
/// Tuesday 01/07/2025, 08:00: the first day of the new ones.
fn first_day() -> Instant {
    Instant::from_local(shipped::FIRST_DAY_AFTER.at(8, 0, 0, 0))
}

const PARTS: [(Kind, i64, &str, &str); 4] = [
    (Kind::ServiceCentre, 1, "desk", "Bộ phận một cửa"),
    (Kind::Division, 2, "office", "Văn phòng"),
    (Kind::Division, 3, "economy", "Phòng Kinh tế"),
    (Kind::Division, 4, "culture-society", "Phòng Văn hóa - Xã hội"),
];

/// Its communes of before, as shipped.
fn communes() -> Vec<shipped::Unit> {
    let district = shipped::unit_id(Era::Before, Level::District, DISTRICT);
    let mut all = shipped::units();
    all.retain(|unit| unit.level == Level::Commune && unit.era == Era::Before && unit.parent == district);
    all
}

fn committee(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    format!("Ủy ban nhân dân {first}{}", letters.as_str())
}

/// The province's committee and the communes of the district of before, each with the parts of a commune.
fn before() -> Vec<Agency> {
    let root = Agency {
        id: Id(1),
        code: "H13".into(),
        name: "Ủy ban nhân dân thành phố Cần Thơ".into(),
        short_name: "UBND TP. Cần Thơ".into(),
        kind: Kind::PeoplesCommittee,
        level: Level::Province,
        path: "/1/".into(),
        ..Agency::default()
    };
    let mut all = vec![root];
    for (n, unit) in (0..).zip(communes()) {
        let (id, code) = (100 + 10 * n, format!("H13.{}", 61 + n));
        let commune = Agency {
            id: Id(id),
            code: code.clone(),
            name: committee(unit.name),
            short_name: committee(unit.name).replace("Ủy ban nhân dân", "UBND"),
            kind: Kind::CommuneCommittee,
            level: Level::Commune,
            parent: Some(Id(1)),
            path: format!("/1/{id}/"),
            unit_code: Some(unit.code.into()),
            ..Agency::default()
        };
        all.extend(PARTS.map(|(kind, n, duty, name)| Agency {
            id: Id(id + n),
            code: format!("{code}.{n:02}"),
            name: name.into(),
            short_name: name.into(),
            kind,
            duty: Some(duty.into()),
            parent: Some(Id(id)),
            path: format!("/1/{id}/{}/", id + n),
            ..commune.clone()
        }));
        all.push(commune);
    }
    all.sort_by_key(|agency| agency.id);
    all.iter_mut().enumerate().for_each(|(place, agency)| agency.place = place as i64);
    all
}

/// The communes of today that took them over, by default, with what each took: of another district's, what came from this one.
fn after() -> BTreeMap<i64, (shipped::Unit, Vec<shipped::Unit>)> {
    let all = shipped::units();
    let mut after: BTreeMap<i64, (shipped::Unit, Vec<shipped::Unit>)> = BTreeMap::new();
    for old in communes() {
        let steps = shipped::commune_successions();
        let to = steps.iter().find(|step| step.before == old.id && step.default).expect("a successor").after;
        let new = all.iter().find(|unit| unit.id == to).expect("a commune of today").clone();
        after.entry(to).or_insert_with(|| (new, Vec::new())).1.push(old);
    }
    after
}

pub(super) async fn signed_in(app: &TestApp, login: &str) -> Client {
    let mut person = app.anonymous();
    person.sign_in_as(login, PASSWORD).await;
    person
}

/// A birth registration at a desk, for a commune.
async fn receive(clerk: &mut Client, intake: Id, competent: Id, owner: &str) -> String {
    let body = json!({
        "procedure": BIRTH,
        "intake": intake.to_string(),
        "competent": competent.to_string(),
        "owner_name": owner,
        "owner_number": "094190000123",
        "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
    });
    let page = clerk.post_json("/api/v1/dossiers", &body).await;
    page.is(201);
    page.json()["code"].as_str().expect("a code").to_owned()
}

async fn seen(client: &mut Client, code: &str) -> Value {
    let page = client.get_json(&format!("/api/v1/dossiers/{code}")).await;
    page.is(200);
    page.json()
}

/// What of a dossier stays whatever becomes of its agencies.
fn kept(dossier: &Value) -> Value {
    let names = ["code", "status", "due_at", "first_due_at", "paused_at", "received_at", "handler", "step"];
    names.iter().map(|name| dossier[*name].clone()).collect()
}

/// Sums of a measure by agency.
async fn sums(app: &TestApp, measure: &'static str) -> BTreeMap<i64, i64> {
    let sum = "SELECT agency_id, CAST(SUM(qty) AS BIGINT) AS n FROM fact WHERE measure = $1 GROUP BY agency_id";
    let read = app.db().read(move |tx| {
        Box::pin(async move {
            let rows = tx.query(store::Sql::from(sum), store::params![measure]).await?;
            let read = |row: &store::Row| Ok((row.get::<i64>("agency_id")?, row.get::<i64>("n")?));
            rows.iter().map(read).collect::<Result<BTreeMap<_, _>, store::StoreError>>()
        }) as store::BoxFuture<'_, Result<BTreeMap<i64, i64>, store::StoreError>>
    });
    read.await.expect("figures")
}

/// What is open at an agency by its figures, and by its rows.
async fn open(app: &TestApp, agency: Id) -> (i64, i64) {
    let mut by_figures = 0;
    for (measure, sign) in [("received", 1), ("settled", -1), ("carried", 1)] {
        by_figures += sign * sums(app, measure).await.get(&agency.0).copied().unwrap_or_default();
    }
    let rows = "SELECT COUNT(*) AS n FROM dossier WHERE competent_id = $1 AND status IN (2, 4, 5, 6)";
    let rows = app.db().read(move |tx| {
        Box::pin(async move { tx.query_one(store::Sql::from(rows), store::params![agency]).await?.get::<i64>("n") })
            as store::BoxFuture<'_, Result<i64, store::StoreError>>
    });
    (by_figures, rows.await.expect("rows"))
}

/// Everything follows from the log.
async fn proven(app: &TestApp) {
    let outside = dossiers::verify::Outside {
        kinds: motcua::kinds(),
        proofs: motcua::proofs(),
        now: app.clock.now(),
        ..Default::default()
    };
    let report = dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("the proof runs");
    assert!(report.is_well(), "{:?} {:?}", report.broken, report.wrong);
}

/// The code a page was led to.
fn code_of(page: &crate::harness::Page) -> String {
    page.location.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A commune of before with its people.
struct Commune {
    id: Id,
    clerk: Client,
    officer: Client,
    leader: Client,
}

async fn people(app: &TestApp, id: Id) -> Commune {
    let tree = app.tree();
    let commune = tree.get(id).expect("a commune").clone();
    let desk = tree.desk_of(id).expect("a desk").clone();
    let division = tree.division(id, "culture-society").expect("a division").clone();
    for (role, name, at) in
        [(Role::Clerk, "mc", &desk), (Role::Officer, "cv", &division), (Role::Leader, "ct", &commune)]
    {
        settle_official_at(app.db(), friday(), &format!("{name}.{id}"), role, at).await;
    }
    Commune {
        id,
        clerk: signed_in(app, &format!("mc.{id}")).await,
        officer: signed_in(app, &format!("cv.{id}")).await,
        leader: signed_in(app, &format!("ct.{id}")).await,
    }
}

/// Prepares the decision and its lines through the pages, a line for each commune of today; the code of the decision.
async fn drafted(app: &TestApp, keeper: &mut Client) -> String {
    keeper.get("/reorganisations").await.is(200).shows("Soạn quyết định sắp xếp");
    let head = [
        ("title", "Sắp xếp các đơn vị hành chính cấp xã của huyện Phong Điền"),
        ("number", "1668/NQ-UBTVQH15"),
        ("authority", "Chủ tịch Quốc hội"),
        ("day", "01/07/2025"),
        ("reason", "Theo Nghị quyết về sắp xếp các đơn vị hành chính cấp xã"),
    ];
    keeper.get("/reorganisations/new").await.is(200);
    let code = code_of(keeper.upload("/reorganisations/new", &head, &[]).await.is(303));
    let page = format!("/reorganisations/{code}");
    for (n, (new, olds)) in after().into_values().enumerate() {
        let codes: Vec<String> = olds
            .iter()
            .map(|old| {
                let found = app.tree().communes().into_iter().find(|one| one.unit_code.as_deref() == Some(old.code));
                found.expect("a commune").code.clone()
            })
            .collect();
        let (codes, name, own) = (codes.join("\n"), committee(new.name), format!("H13.{}", 91 + n));
        let line = [("codes", codes.as_str()), ("code", &own), ("name", &name), ("unit_code", new.code)];
        keeper.upload(&format!("{page}/merge"), &line, &[]).await.leads_to(&page);
    }
    code
}

#[test]
fn the_merger_of_an_old_districts_communes_carries_every_open_case_along() {
    run(async {
        for province in provinces_of(before, friday()).await {
            let app = TestApp::at(province, friday()).await;
            eprintln!("on {:?}", app.db().engine());
            replay(&app).await;
        }
    });
}

async fn replay(app: &TestApp) {
    let mut communes_of = Vec::new();
    for commune in app.tree().communes() {
        communes_of.push(people(app, commune.id).await);
    }
    let count = communes_of.len();
    assert_eq!(count, 7, "Phong Điền, Nhơn Ái, Giai Xuân, Tân Thới, Trường Long, Mỹ Khánh, Nhơn Nghĩa");
    let mut codes: Vec<(Id, String)> = Vec::new();
    // On Friday one at each, which nobody works on: overdue on Monday.
    for at in &mut communes_of {
        let code = receive(&mut at.clerk, at.id, at.id, "Quá Thị Hạn").await;
        codes.push((at.id, code));
    }
    app.clock.set(last_day());
    // After the weekend everybody signs in again.
    for at in &mut communes_of {
        at.clerk = signed_in(app, &format!("mc.{}", at.id)).await;
        at.officer = signed_in(app, &format!("cv.{}", at.id)).await;
        at.leader = signed_in(app, &format!("ct.{}", at.id)).await;
    }
    let ids: Vec<Id> = communes_of.iter().map(|at| at.id).collect();
    let mut paused = Vec::new();
    for (n, at) in communes_of.iter_mut().enumerate() {
        // One that waits for the applicant.
        let code = receive(&mut at.clerk, at.id, at.id, "Chờ Thị Bổ Sung").await;
        let asked =
            json!({ "reason": "Thiếu giấy chứng sinh của trẻ", "other": "Giấy chứng sinh", "until": "2025-07-20" });
        act(&mut at.officer, &code, "request-supplement", asked).await.is(200);
        codes.push((at.id, code.clone()));
        paused.push(code);
        // One handed to the next commune, which has not taken it.
        let next = ids[(n + 1) % count];
        codes.push((next, receive(&mut at.clerk, at.id, next, "Bàn Thị Giao").await));
        // One about which the commune after the next is asked.
        let code = receive(&mut at.clerk, at.id, at.id, "Hỏi Thị Ý").await;
        let asked = [ids[(n + 2) % count].to_string()];
        let ask =
            json!({ "units": asked, "question": "Xác minh nơi sinh của trẻ tại trạm y tế", "until": "2025-06-30" });
        act(&mut at.officer, &code, "ask-opinions", ask).await.is(200);
        codes.push((at.id, code));
        // One signed, whose result waits.
        let code = receive(&mut at.clerk, at.id, at.id, "Chờ Thị Trả").await;
        act(&mut at.officer, &code, "forward", json!({})).await.is(200);
        act(&mut at.leader, &code, "approve", json!({})).await.is(200);
        codes.push((at.id, code));
    }
    let mut inspector = app.signed_in(Role::Inspector).await;
    let mut before_it = BTreeMap::new();
    for (_, code) in &codes {
        before_it.insert(code.clone(), seen(&mut inspector, code).await);
    }
    let (received, settled) = (sums(app, "received").await, sums(app, "settled").await);
    for id in &ids {
        let (by_figures, rows) = open(app, *id).await;
        assert_eq!((by_figures, rows), (4, 4), "of five at each, one is settled");
    }
    proven(app).await;

    // The decision: by one keeper of the province, rehearsed, executed by another on its day.
    let mut keeper = app.signed_in(Role::Administrator).await;
    let code = drafted(app, &mut keeper).await;
    let page = format!("/reorganisations/{code}");
    let rehearsal = keeper.get(&format!("{page}/rehearsal")).await;
    rehearsal.is(200).shows("Diễn tập").shows("hồ sơ đang nằm tại đây").shows("vai trò").shows("chưa đến");
    rehearsal.shows_not("Cản trở");
    let root = app.tree().root().expect("a root").clone();
    settle_official_at(app.db(), friday(), "quantri.hai", Role::Administrator, &root).await;
    let here = app.tree().get(ids[0]).expect("a commune").clone();
    settle_official_at(app.db(), friday(), "quantri.xa", Role::Administrator, &here).await;
    let mut second = signed_in(app, "quantri.hai").await;
    keeper.upload(&format!("{page}/submit"), &[], &[]).await.leads_to(&page);
    second.get(&page).await.is(200);
    second.upload(&format!("{page}/execute"), &[], &[]).await.is(409).shows("chưa thực hiện được trước ngày đó");
    app.clock.set(first_day());
    let mut keeper = app.signed_in(Role::Administrator).await;
    let mut second = signed_in(app, "quantri.hai").await;
    let mut of_commune = signed_in(app, "quantri.xa").await;
    of_commune.get("/reorganisations").await.is(200).shows_not("Soạn quyết định sắp xếp");
    of_commune.get(&page).await.is(404);
    of_commune.upload("/reorganisations/new", &[("title", "x")], &[]).await.is(403);
    keeper.get("/due").await.is(200).shows("Thực hiện quyết định sắp xếp cơ quan");
    keeper.upload(&format!("{page}/execute"), &[], &[]).await.is(403).shows("người thứ hai");
    second.get(&page).await.is(200).shows("Thực hiện");
    second.upload(&format!("{page}/execute"), &[], &[]).await.leads_to(&page);
    second.get(&page).await.is(200).shows("Đã thực hiện").shows("35 hồ sơ");
    proven(app).await;

    after_it(app, (&ids, &codes, &before_it), (received, settled)).await;
    settled_afterwards(app, &codes, &paused).await;
    proven(app).await;
}

/// Dossiers as programs see them, by code; sums by agency.
type Dossiers = BTreeMap<String, Value>;
type Sums = BTreeMap<i64, i64>;

/// Every case at the successor, with its code, its date, its clock; the figures to the day under the old names.
async fn after_it(
    app: &TestApp,
    (ids, codes, before_it): (&[Id], &[(Id, String)], &Dossiers),
    (received, settled): (Sums, Sums),
) {
    let tree = app.db().read(|tx| Box::pin(async move { organisation::load_tree(tx).await })).await.expect("the tree");
    let mut inspector = app.signed_in(Role::Inspector).await;
    for (old, code) in codes {
        let new = tree.followed(*old).expect("a successor");
        assert_eq!(new.valid_from, Some(shipped::FIRST_DAY_AFTER));
        let dossier = seen(&mut inspector, code).await;
        assert_eq!(kept(&dossier), kept(&before_it[code]), "{code}");
        let competent = app.db().read({
            let code = code.clone();
            move |tx| {
                Box::pin(async move {
                    let row = "SELECT competent_id FROM dossier WHERE code = $1";
                    tx.query_one(store::Sql::from(row), store::params![code]).await?.get::<Id>("competent_id")
                }) as store::BoxFuture<'_, Result<Id, store::StoreError>>
            }
        });
        assert_eq!(competent.await.expect("a row"), new.id, "{code}");
        app.anonymous().get(&format!("/track?code={code}")).await.is(200);
        inspector.get(&format!("/dossiers/{code}")).await.is(200).shows("Chuyển theo sắp xếp cơ quan").shows("1668/NQ");
    }
    assert_eq!(
        (sums(app, "received").await, sums(app, "settled").await),
        (received, settled),
        "to the day, as they were"
    );
    for id in ids {
        assert_eq!(open(app, *id).await, (0, 0));
        let new = tree.followed(*id).expect("a successor");
        let (by_figures, rows) = open(app, new.id).await;
        assert_eq!(by_figures, rows);
        // From either side to the other; an old address of the list leads to what is there now.
        let old = tree.get(*id).expect("the old one");
        let page = inspector.get(&format!("/units/{id}?on=2025-06-30")).await;
        page.is(200).shows(&format!("href=\"/units/{}\"", new.id));
        inspector.get(&format!("/units/{}", new.id)).await.is(200).shows(&format!("/units/{id}?on=2025-06-30"));
        let list = inspector.get(&format!("/work?tab=all&unit={}&per_page=100", old.code)).await;
        list.is(200)
            .shows("đã kết thúc hoạt động")
            .shows(&new.name)
            .shows(&codes.iter().find(|(of, _)| of == id).expect("one").1);
        let link = format!("/work?tab=all&unit={id}&per_page=100");
        inspector.get(&link).await.is(200).shows("đã kết thúc hoạt động").shows(&new.name);
    }
    let total: i64 = {
        let mut total = 0;
        for new in tree.communes() {
            total += open(app, new.id).await.0;
        }
        total
    };
    assert_eq!(total, 4 * ids.len() as i64, "nothing is lost and nothing comes twice");
}

/// The people of before go on at the new communes, and what they settle counts there.
async fn settled_afterwards(app: &TestApp, codes: &[(Id, String)], paused: &[String]) {
    let tree = app.db().read(|tx| Box::pin(async move { organisation::load_tree(tx).await })).await.expect("the tree");
    let (old, code) = &codes[0];
    let new = tree.followed(*old).expect("a successor").id;
    let before = open(app, new).await;
    let mut officer = signed_in(app, &format!("cv.{old}")).await;
    let mut leader = signed_in(app, &format!("ct.{old}")).await;
    let mut clerk = signed_in(app, &format!("mc.{old}")).await;
    officer.get("/work?tab=unit&per_page=100").await.is(200).shows(code);
    act(&mut officer, code, "forward", json!({})).await.is(200);
    act(&mut leader, code, "approve", json!({})).await.is(200);
    act(&mut clerk, code, "return-result", json!({ "handed_to": "owner" })).await.is(200);
    let after = open(app, new).await;
    assert_eq!((after.0, after.1), (before.0 - 1, before.1 - 1));
    assert_eq!(sums(app, "settled").await.get(&new.0), Some(&1));
    assert_eq!(sums(app, "returned").await.get(&new.0), Some(&1));
    // A result that was signed before goes out at the new desk; that it was settled stays with the old name.
    let mut inspector = app.signed_in(Role::Inspector).await;
    let mut signed = String::new();
    for (_, one) in codes.iter().filter(|(of, _)| of == old) {
        if seen(&mut inspector, one).await["status"] == 9 {
            signed.clone_from(one);
        }
    }
    let settled = sums(app, "settled").await.get(&old.0).copied();
    act(&mut clerk, &signed, "return-result", json!({ "handed_to": "owner" })).await.is(200);
    assert_eq!(sums(app, "settled").await.get(&old.0).copied(), settled);
    assert_eq!(sums(app, "returned").await.get(&new.0), Some(&2));
    // Who is found by a name is found in the lists of the new commune.
    clerk.get("/work?tab=all&q=cho+thi+bo+sung&per_page=100").await.is(200).shows(&paused[0]);
    // The accounts say what was taken and what was given.
    let mut keeper = app.signed_in(Role::Administrator).await;
    keeper.get("/accounts?q=mc").await.is(200);
}
