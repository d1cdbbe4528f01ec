//! What the province settled is delegated to the communes by a decision, with a dossier open across its day; later a part of it changes again.

use super::control::{settle_keeper, signed_in};
use super::one_stop::{act, to_owner};
use crate::harness::{Client, TestApp, on_fresh_provinces, settle_official};
use base::{Date, Level, Role};
use catalogue::Version;
use organisation::Agency;
use serde_json::{Value, json};
use std::sync::Arc;

const A_DAY_MS: i64 = 24 * 3_600_000;

/// What a department settles alone, at the counter, whose steps are its division's and its head's.
fn provincial(app: &TestApp, on: Date) -> (Arc<Version>, Agency) {
    let fits = |version: &Arc<Version>| {
        let named = version.department.is_some() && version.levels == [Level::Province];
        named && version.can_be_received() && version.terms(base::Channel::Counter).is_some()
    };
    let found = app.shelf().all(on).into_iter().filter(fits).find_map(|version| {
        let department = dossiers::places::department_of(app.tree(), &version)?;
        let agency = app.tree().get(department).filter(|agency| agency.kind == organisation::Kind::Department)?;
        let divisions =
            app.tree().children(agency.id).into_iter().any(|child| child.kind == organisation::Kind::Division);
        divisions.then(|| (version, agency.clone()))
    });
    found.expect("a procedure of a department")
}

fn filing(version: &Version, (intake, competent): (base::Id, base::Id), owner: &str) -> Value {
    let papers = version.components.iter().map(|component| (component.code.clone(), Value::from("paper")));
    json!({
        "procedure": version.code, "intake": intake.to_string(), "competent": competent.to_string(), "owner_name": owner,
        "owner_number": "094190000123", "components": papers.collect::<serde_json::Map<_, _>>(),
    })
}

async fn filed(clerk: &mut Client, version: &Version, places: (base::Id, base::Id), owner: &str) -> String {
    let made = clerk.post_json("/api/v1/dossiers", &filing(version, places, owner)).await;
    made.is(201);
    made.json()["code"].as_str().expect("a code").to_owned()
}

/// From where it lies to the decision, by whoever does each step there.
async fn settled(code: &str, people: &mut [&mut Client]) {
    for _ in 0..8 {
        for person in people.iter_mut() {
            if act(person, code, "approve", json!({ "note": "Đủ điều kiện" })).await.status == 200 {
                return;
            }
            act(person, code, "forward", json!({ "note": "Đã xem" })).await;
        }
    }
    panic!("{code} is not settled");
}

/// A decision with one line about one procedure, prepared by one keeper and issued by another.
async fn decided(
    app: &TestApp,
    keeper: &mut Client,
    second: &mut Client,
    (does, code): (&str, &str),
    from: &str,
    number: &str,
    written: Option<&str>,
) {
    let today = app.clock.now().date().to_string();
    let head = [
        ("title", "Phân cấp giải quyết thủ tục"),
        ("sort", "public"),
        ("authority", "Chủ tịch UBND thành phố"),
        ("law", "Nghị định 121/2026/NĐ-CP"),
        ("law_from", "2027-01-04"),
        ("effective_from", from),
    ];
    keeper.get("/announcements/new").await.is(200);
    let made = keeper.upload("/announcements/new", &head, &[]).await;
    let page = made.is(303).location.clone();
    keeper.upload(&format!("{page}/add"), &[("does", does), ("codes", code)], &[]).await.is(303);
    if let Some(version) = written {
        keeper.get(&format!("{page}/lines/1")).await.is(200);
        keeper.post(&format!("{page}/lines/1"), &[("version", version)]).await.leads_to(&page);
    }
    keeper.upload(&format!("{page}/submit"), &[], &[]).await.leads_to(&page);
    second.get(&page).await.is(200);
    let issuing = [("number", number), ("signed_on", today.as_str())];
    second.upload(&format!("{page}/issue"), &issuing, &[]).await.leads_to(&page);
}

/// Sum of a measure at an agency, and of what is offered at a level on the days up to one.
async fn received_at(app: &TestApp, agency: base::Id) -> i64 {
    let sum =
        "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS n FROM fact WHERE measure = 'received' AND agency_id = $1";
    let found = app
        .db()
        .read(move |tx| Box::pin(async move { tx.query_one(sum, store::params![agency]).await?.get::<i64>("n") }));
    found.await.expect("a sum")
}

async fn offered(app: &TestApp, level: Level, until: Date) -> i64 {
    let sum = "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS n FROM fact WHERE measure = 'procedure_offered' AND level = $1 AND day <= $2";
    let found = app.db().read(move |tx| {
        Box::pin(
            async move { tx.query_one(sum, store::params![level.as_str(), until.to_string()]).await?.get::<i64>("n") },
        )
    });
    found.await.expect("a sum")
}

async fn is_proven(app: &TestApp) {
    let outside = dossiers::verify::Outside {
        proofs: motcua::proofs(),
        kinds: motcua::kinds(),
        ..dossiers::verify::Outside::default()
    };
    let report = dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("the proof runs");
    assert!(report.is_well(), "{:?} {:?}", report.broken, report.wrong);
}

#[test]
fn an_open_dossier_ends_where_it_is_and_new_ones_go_to_the_communes_from_the_day_of_the_decision() {
    on_fresh_provinces(|app| async move {
        let commune = app.person(Role::Leader).agency;
        let commune = app.tree().house_of(commune).expect("a commune").clone();
        let (version, department) = provincial(&app, app.clock.now().date());
        for (login, role, at) in [
            ("so.chuyenvien", Role::Officer, &department),
            ("so.truongphong", Role::DivisionHead, &department),
            ("so.giamdoc", Role::Leader, &department),
            ("xa.chuyenvien", Role::Officer, &commune),
            ("xa.truongphong", Role::DivisionHead, &commune),
        ] {
            settle_official(app.db(), login, role, at).await;
        }
        settle_keeper(&app, "danhmuc.hai").await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        let (mut keeper, mut second) =
            (app.signed_in(Role::CatalogueKeeper).await, signed_in(&app, "danhmuc.hai").await);
        let page = format!("/procedures/{}", version.code);
        clerk.get(&page).await.is(200).shows("Cơ quan cấp tỉnh");

        // Wednesday: received for the department; a commune does not settle it.
        let places = (commune.id, department.id);
        let open = filed(&mut clerk, &version, places, "Nguyễn Thị Bắc Cầu").await;
        let early =
            clerk.post_json("/api/v1/dossiers", &filing(&version, (commune.id, commune.id), "Lê Văn Sớm")).await;
        early.is(422).shows("competent");
        let (at_department, at_commune) = (received_at(&app, department.id).await, received_at(&app, commune.id).await);
        let wednesday = app.clock.now().date();
        let thursday = wednesday.tomorrow().expect("a day");
        let was = (offered(&app, Level::Province, wednesday).await, offered(&app, Level::Commune, wednesday).await);
        decided(&app, &mut keeper, &mut second, ("delegate", &version.code), &thursday.to_string(), "78/QĐ-UBND", None)
            .await;
        // Decided, and not yet in effect.
        clerk.get(&page).await.is(200).shows("Cơ quan cấp tỉnh");
        assert_eq!(
            (offered(&app, Level::Province, wednesday).await, offered(&app, Level::Commune, wednesday).await),
            was
        );

        // Thursday: from its day it is the communes', on the page, at the counter and in the figures.
        app.clock.advance_ms(A_DAY_MS);
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get(&page).await.is(200).shows("Ủy ban nhân dân cấp xã").shows_not("Cơ quan cấp tỉnh");
        let late = clerk.post_json("/api/v1/dossiers", &filing(&version, places, "Trần Văn Muộn")).await;
        late.is(422).shows("competent");
        let delegated = app.shelf().by_code(&version.code, app.clock.now().date()).expect("it stands");
        let new = filed(&mut clerk, &delegated, (commune.id, commune.id), "Phạm Thị Mới").await;
        assert_eq!(received_at(&app, department.id).await, at_department);
        assert_eq!(received_at(&app, commune.id).await, at_commune + 1);
        let now = (offered(&app, Level::Province, thursday).await, offered(&app, Level::Commune, thursday).await);
        assert_eq!(now, (was.0 - 1, was.1 + 1));
        // The open one keeps its version, its agency and its day, and ends at the department.
        let view = clerk.get_json(&format!("/api/v1/dossiers/{open}")).await.json();
        assert_eq!(view["competent"], department.id.to_string());
        let mut officer = signed_in(&app, "so.chuyenvien").await;
        let mut head = signed_in(&app, "so.truongphong").await;
        let mut director = signed_in(&app, "so.giamdoc").await;
        let mut leader = app.signed_in(Role::Leader).await;
        // Where it was taken in it is read, and not decided.
        act(&mut leader, &open, "approve", json!({ "note": "Đủ điều kiện" })).await.is(403);
        settled(&open, &mut [&mut clerk, &mut officer, &mut head, &mut director]).await;
        // And the new one at the commune, where the department does not even read it.
        act(&mut officer, &new, "forward", json!({})).await.is(404);
        let (mut desk, mut of_commune) =
            (signed_in(&app, "xa.chuyenvien").await, signed_in(&app, "xa.truongphong").await);
        settled(&new, &mut [&mut clerk, &mut desk, &mut of_commune, &mut leader]).await;

        // A later change of what was delegated: the department has it again from Friday; what the commune took in stays the commune's.
        let meanwhile = filed(&mut clerk, &delegated, (commune.id, commune.id), "Võ Thị Giữa").await;
        let friday = thursday.tomorrow().expect("a day");
        let again = Version {
            levels: vec![Level::Province],
            department: version.department.clone(),
            ..Version::clone(&delegated)
        };
        let written = catalogue::to_toml(&again).expect("a version");
        let line = ("change", version.code.as_str());
        let (mut keeper, mut second) =
            (app.signed_in(Role::CatalogueKeeper).await, signed_in(&app, "danhmuc.hai").await);
        decided(&app, &mut keeper, &mut second, line, &friday.to_string(), "79/QĐ-UBND", Some(&written)).await;
        app.clock.advance_ms(A_DAY_MS);
        let (mut clerk, mut leader) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Leader).await);
        let (mut desk, mut of_commune) =
            (signed_in(&app, "xa.chuyenvien").await, signed_in(&app, "xa.truongphong").await);
        clerk.get(&page).await.is(200).shows("Cơ quan cấp tỉnh");
        let refused =
            clerk.post_json("/api/v1/dossiers", &filing(&again, (commune.id, commune.id), "Đỗ Văn Sau")).await;
        refused.is(422).shows("competent");
        filed(&mut clerk, &again, places, "Đỗ Văn Sau").await;
        assert_eq!(received_at(&app, department.id).await, at_department + 1);
        settled(&meanwhile, &mut [&mut clerk, &mut desk, &mut of_commune, &mut leader]).await;
        let at_friday = (offered(&app, Level::Province, friday).await, offered(&app, Level::Commune, friday).await);
        assert_eq!(at_friday, was);
        // All three versions stand side by side, each with the dossiers that were received under it.
        assert_eq!(app.shelf().versions_of(&version.code).len(), 3);
        for code in [&open, &new, &meanwhile] {
            act(&mut clerk, code, "take-over", json!({ "papers_came": true })).await;
            act(&mut clerk, code, "record-payment", json!({})).await;
            act(&mut clerk, code, "return-result", to_owner()).await.is(200);
        }
        is_proven(&app).await;
    });
}
