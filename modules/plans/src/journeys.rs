//! Journeys through the router: a document is read, looked through, corrected, added to and saved; others are kept out.

use axum::http::StatusCode;
use base::{Actor, Grant, Id, Instant, Role};
use store::Db;

const PLAN: &str = "ỦY BAN NHÂN DÂN TỈNH\nSố: 12/KH-UBND\nKẾ HOẠCH\nCải cách hành chính giai đoạn 2026 - 2030\nII. MỤC TIÊU\n1. Đến năm 2027, tối thiểu 80% hồ sơ được xử lý trực tuyến.\n2. Đến năm 2030, tối thiểu 95% người dân hài lòng.\nMỗi xã có một tổ công nghệ số.\nIII. TỔ CHỨC THỰC HIỆN\n1. Sở Nội vụ: Chủ trì tham mưu kế hoạch, báo cáo UBND tỉnh trước ngày 15/12 hằng năm.\n";

fn people(token: &str) -> Actor {
    let (id, role, path) = match token {
        "reform" => (13, Role::ReformOfficer, "/1/"),
        "colleague" => (14, Role::ReformOfficer, "/1/"),
        "elsewhere" => (15, Role::ReformOfficer, "/1/2001/"),
        _ => (16, Role::Leader, "/1/"),
    };
    let agency = path.trim_end_matches('/').rsplit('/').next().and_then(|id| id.parse().ok()).map_or(Id(1), Id);
    let grants = vec![Grant::new(role, agency, path)];
    Actor { account: Id(id), name: format!("Người số {id}"), grants, citizen_number: None }
}

struct Answer {
    status: u16,
    to: String,
    text: String,
}

impl From<(StatusCode, String, String)> for Answer {
    fn from((status, to, text): (StatusCode, String, String)) -> Answer {
        Answer { status: status.as_u16(), to, text }
    }
}

struct Browser(web::testing::Browser);

impl Browser {
    fn new(db: Db, folder: &std::path::Path) -> Browser {
        let at = (Instant(1_795_312_800_000), folder.to_owned());
        let modules = |_: &web::App| vec![reform::module(), crate::module()];
        Browser(web::testing::Browser::new(db, at, modules, people, "reform"))
    }

    /// The same service as somebody else.
    fn becomes(&self, who: &str) -> Browser {
        Browser(self.0.becomes(who))
    }

    async fn get(&self, uri: &str) -> Answer {
        let (status, text) = self.0.get(uri).await;
        (status, String::new(), text).into()
    }

    async fn post(&self, uri: &str, fields: &[(&str, &str)]) -> Answer {
        self.0.post("/plans/new", uri, fields).await.into()
    }

    async fn hand_in(&self, name: &str, bytes: &[u8]) -> Answer {
        self.0.upload("/plans/new", "/plans/new", &[], &[("document", name, bytes)]).await.into()
    }

    /// Hands in [`PLAN`] and gives its address.
    async fn read_plan(&self) -> String {
        let answer = self.hand_in("ke-hoach.txt", PLAN.as_bytes()).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        answer.to
    }
}

async fn services() -> Vec<(Db, Browser, tempfile::TempDir)> {
    static PROVINCE: store::testing::Made<()> = store::testing::Made::nothing();
    let mut all = Vec::new();
    let made = PROVINCE.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            records::MIGRATIONS,
            identity::MIGRATIONS,
            organisation::MIGRATIONS,
            reform::MIGRATIONS,
            crate::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        db.write(|tx| Box::pin(async move { organisation::seed_agencies(tx, Instant(0)).await })).await.unwrap();
    });
    for (db, ()) in made.await {
        let folder = tempfile::tempdir().unwrap();
        all.push((db.clone(), Browser::new(db, folder.path()), folder));
    }
    all
}

async fn events(db: &Db, address: &str) -> Vec<String> {
    let id: Id = address.rsplit('/').next().unwrap().parse().unwrap();
    let events = db.read(move |tx| Box::pin(async move { audit::events(tx, id).await })).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn a_plan_is_read_looked_through_and_saved_as_a_draft_programme() {
    for (db, me, _folder) in services().await {
        assert!(me.get("/plans").await.text.contains("Chưa có văn bản nào được đọc"));
        let plan = me.read_plan().await;
        let page = me.get(&plan).await.text;
        // Each mark leads to its item and back.
        for part in ["href=\"#i-1\"", "id=\"q-1\"", "href=\"#q-1\"", "id=\"i-1\"", "≥ 80 %", "Sở Nội vụ"] {
            assert!(page.contains(part), "{part}");
        }
        assert_eq!(me.post(&format!("{plan}/save"), &[("version", "1")]).await.status, 409);
        assert_eq!(me.get(&format!("{plan}/save")).await.status, 409);

        let back = format!("{plan}?kind=target");
        let accepted = me.post(&format!("{plan}/items/1/accept"), &[("version", "1"), ("back", &back)]).await;
        assert_eq!((accepted.status, accepted.to), (303, format!("{back}#i-1")));
        let stale = me.becomes("colleague").post(&format!("{plan}/items/1/reject"), &[("version", "1")]).await;
        assert_eq!(stale.status, 409);
        assert!(stale.text.contains("Người số 13"));

        let form = [
            ("version", "1"),
            ("quote", "tối thiểu 95% người dân hài lòng"),
            ("subject", "mức độ hài lòng"),
            ("value", "95,5"),
            ("comparator", "gte"),
            ("unit", "percent"),
            ("level", "commune"),
            ("due", "2030"),
        ];
        let correct = format!("{plan}/items/2/correct");
        assert!(me.get(&correct).await.text.contains("95%"));
        let mut wrong = form;
        wrong[3].1 = "chín lăm";
        let refused = me.post(&correct, &wrong).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("href=\"#value\"") && refused.text.contains("chín lăm"));
        assert_eq!(me.post(&correct, &form).await.status, 303);
        assert_eq!(me.post(&correct, &form).await.status, 409);

        let page = me.get(&plan).await.text;
        let version = page.split("name=\"version\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let version = version.unwrap().to_owned();
        let head = [
            ("version", version.as_str()),
            ("name", "Cải cách hành chính 2026 - 2030"),
            ("number", "12/KH-UBND"),
            ("issuer", "UBND tỉnh"),
            ("decided", "2026-01-05"),
            ("until", "2030"),
        ];
        let mut early = head;
        early[0].1 = "1";
        assert_eq!(me.post(&format!("{plan}/save"), &early).await.status, 409);
        assert_eq!(me.post(&format!("{plan}/save"), &head[..4]).await.status, 422);
        let saved = me.post(&format!("{plan}/save"), &head).await;
        assert_eq!((saved.status, saved.to.as_str()), (303, "/steering/drafts/1"));
        let file = me.get("/steering/drafts/1?format=toml").await.text;
        let programmes = reform::Programmes::from_toml(&[&file]).unwrap();
        let values: Vec<f64> = programmes.targets().map(|placed| placed.target.value).collect();
        assert_eq!(values, [80.0, 95.5]);
        assert!(me.get("/steering/drafts/1").await.text.contains("tối thiểu 95,5 %"));
        assert_eq!(events(&db, &plan).await, ["plan-read", "plan-item-accepted", "plan-item-corrected", "plan-saved"]);
        assert!(me.get("/plans").await.text.contains("Đã lưu chương trình"));
    }
}

#[tokio::test]
async fn many_proposals_are_taken_at_once_and_one_is_left_out_with_its_reason() {
    for (db, me, _folder) in services().await {
        let plan = me.read_plan().await;
        let all = format!("{plan}/accept-all");
        assert_eq!(me.post(&all, &[("version", "1"), ("at_least", "101")]).await.status, 422);
        assert_eq!(me.post(&all, &[("version", "9"), ("at_least", "50")]).await.status, 409);
        let taken = me.post(&all, &[("version", "1"), ("at_least", "0"), ("kind", "target")]).await;
        assert_eq!(taken.status, 303);
        let page = me.get(&format!("{plan}?state=accepted")).await.text;
        assert!(page.contains("id=\"i-1\"") && !page.contains("plan-item-proposed"));
        assert!(me.get(&format!("{plan}?state=proposed&kind=target")).await.text.contains("Không có mục nào khớp"));
        let nothing = me.post(&all, &[("version", "2"), ("at_least", "0"), ("kind", "target")]).await;
        assert_eq!(nothing.status, 409);
        let left =
            me.post(&format!("{plan}/items/1/reject"), &[("version", "2"), ("reason", "Nói lại mục khác")]).await;
        assert_eq!(left.status, 303);
        let page = me.get(&format!("{plan}?state=rejected")).await.text;
        assert!(page.contains("Nói lại mục khác") && page.contains("hl-off"));
        assert_eq!(events(&db, &plan).await, ["plan-read", "plan-items-accepted", "plan-item-rejected"]);
    }
}

#[tokio::test]
async fn what_was_not_seen_is_added_by_its_exact_words() {
    for (db, me, _folder) in services().await {
        let plan = me.read_plan().await;
        let quote = "Mỗi xã có một tổ công nghệ số";
        let form = me.get(&format!("{plan}/add?kind=target&quote={}", web::table::encode(quote))).await;
        assert_eq!(form.status, 200);
        assert!(form.text.contains("<mark"));
        let mut fields = vec![
            ("kind", "target"),
            ("quote", "Mỗi xã có hai tổ công nghệ số"),
            ("subject", "tổ công nghệ số"),
            ("value", "1"),
            ("comparator", "eq"),
            ("unit", "count"),
            ("level", "commune"),
        ];
        let refused = me.post(&format!("{plan}/add"), &fields).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("href=\"#quote\""));
        fields[1] = ("quote_first", "Mỗi xã");
        fields.push(("quote_last", "công nghệ số"));
        let added = me.post(&format!("{plan}/add"), &fields).await;
        assert_eq!(added.status, 303, "{}", added.text);
        let page = me.get(&plan).await.text;
        assert!(page.contains(&format!(">{quote}</a>")) && page.contains("Người thêm"));
        assert_eq!(events(&db, &plan).await, ["plan-read", "plan-item-added"]);
    }
}

#[tokio::test]
async fn a_refused_file_names_its_rule_at_the_form() {
    for (_, me, _folder) in services().await {
        let kind = me.hand_in("a.doc", b"\xD0\xCF\x11\xE0").await;
        assert_eq!(kind.status, 415);
        assert!(kind.text.contains("Không đọc loại tệp này") && kind.text.contains("href=\"#document\""));
        assert_eq!(me.hand_in("a.txt", b"").await.status, 422);
        assert_eq!(me.hand_in("", b"").await.status, 422);
        let long = "a ".repeat(crate::document::TEXT_BYTES_MAX / 2 + 1);
        assert_eq!(me.hand_in("a.txt", long.as_bytes()).await.status, 413);
    }
}

#[tokio::test]
async fn only_those_who_keep_programmes_of_that_agency_see_a_plan() {
    for (_, me, _folder) in services().await {
        let plan = me.read_plan().await;
        assert_eq!(me.becomes("leader").get("/plans").await.status, 403);
        let elsewhere = me.becomes("elsewhere");
        assert_eq!(elsewhere.get(&plan).await.status, 403);
        assert_eq!(elsewhere.post(&format!("{plan}/items/1/accept"), &[("version", "1")]).await.status, 403);
        assert!(!elsewhere.get("/plans").await.text.contains(&plan));
        assert_eq!(me.becomes("colleague").get(&plan).await.status, 200);
        assert_eq!(me.get("/plans/1").await.status, 404);
        assert_eq!(StatusCode::NOT_FOUND.as_u16(), me.get(&format!("{plan}/file")).await.status);
    }
}
