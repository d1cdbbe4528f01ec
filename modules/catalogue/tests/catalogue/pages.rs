//! Journeys through the router: a visitor finds a procedure, the keeper announces and ends one.

use crate::{actor, now, seeded};
use axum::http::StatusCode;
use base::{Fault, Role};
use records::Typed;
use store::{Db, params};
use web::testing::Browser;

fn browser(db: Db, who: &str) -> Browser {
    let people = |name: &str| actor(if name == "keeper" { Role::CatalogueKeeper } else { Role::Clerk });
    Browser::new(db, (now(), std::env::temp_dir()), |_| vec![records::module(), catalogue::module()], people, who)
}

/// Where the link to the next page leads; empty on the last.
fn next_of(page: &str) -> String {
    let next = page.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
    next.unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&")
}

/// The form's text as a browser would send it back.
fn written(page: &str) -> String {
    let area = page.split("<textarea").nth(1).and_then(|rest| rest.split_once('>')).unwrap().1;
    let text = area.split("</textarea>").next().unwrap();
    text.replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn anybody_finds_a_procedure_and_sees_the_four_answers_first() {
    for db in seeded().await {
        let visitor = browser(db, "");
        let (status, page) = visitor.get("/procedures").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("70 thủ tục"), "{page}");
        assert!(!page.contains("/catalogue/new"));
        let (_, page) = visitor.get("/procedures?q=khai+s%C3%ADnh").await;
        let first = page.find("/procedures/1.001193").expect("birth registration");
        assert!(page.find("/procedures/1.004884").is_some_and(|other| other > first));
        let (_, page) = visitor.get("/procedures?q=zzzz").await;
        assert!(page.contains("Không tìm thấy thủ tục nào"));
        let (_, page) = visitor.get("/procedures?field=cu-tru&channel=online&sort=-code&per_page=3").await;
        assert!(page.contains("7 thủ tục") && page.contains("rel=\"next\""), "{page}");
        // Page by page, each once, in order, and back at the first by one link.
        let (mut uri, mut seen) =
            ("/procedures?field=cu-tru&channel=online&sort=-code&per_page=3".to_owned(), Vec::new());
        for _ in 0..3 {
            let (_, page) = visitor.get(&uri).await;
            let codes = page.split("row-link\" href=\"/procedures/").skip(1).filter_map(|rest| rest.split('"').next());
            seen.extend(codes.map(str::to_owned));
            uri = next_of(&page);
        }
        assert!(seen.len() == 7 && seen.windows(2).all(|pair| pair[0] > pair[1]) && uri.is_empty(), "{seen:?} {uri}");
        let (status, page) = visitor.get("/procedures/1.001193").await;
        assert_eq!(status, StatusCode::OK);
        for words in ["Bao lâu", "Trong ngày", "Nơi giải quyết", "Giấy khai sinh", "/file/1.001193", "Quy trình nội bộ"]
        {
            assert!(page.contains(words), "{words}");
        }
        assert!(page.find("Bao lâu").unwrap() < page.find("Cần có").unwrap());
        // Settled in a ministry's system: information only.
        let (_, page) = visitor.get("/procedures/1.004222").await;
        assert!(!page.contains("/file/1.004222") && page.contains("hệ thống của bộ"));
        // By date.
        let (_, page) = visitor.get("/procedures/1.002010?on=2025-06-30").await;
        assert!(page.contains("50.000 đ") && page.contains("không có hiệu lực hôm nay"));
        // A day as the form writes it: the list is that of the day, and leads to it.
        for on in ["2025-06-30", "30/06/2025"] {
            let (_, page) = visitor.get(&format!("/procedures?q=1.002010&on={on}")).await;
            assert!(page.contains("/procedures/1.002010?on=2025-06-30"), "{on}");
        }
        let (_, page) = visitor.get("/procedures/1.002010").await;
        assert!(page.contains("25.000 đ") && page.contains("Các phiên bản (3)"));
    }
}

#[tokio::test]
async fn wrong_addresses_are_answered_with_the_field() {
    for db in seeded().await {
        let visitor = browser(db, "");
        assert_eq!(visitor.get("/procedures/9.999999").await.0, StatusCode::NOT_FOUND);
        for wrong in [
            "/procedures?level=hamlet",
            "/procedures?channel=x",
            "/procedures?service=x",
            "/procedures?on=x",
            "/procedures?format=pdf",
            "/procedures?field=nowhere",
            "/procedures?state=doubted",
            "/procedures?sort=fee",
            "/procedures?after=x",
        ] {
            assert_eq!(visitor.get(wrong).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        let (status, body) = visitor.get("/api/v1/procedures?level=hamlet").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("\"field\":\"level\""), "{body}");
        assert_eq!(visitor.get("/api/v1/procedures/9.999999").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_api_and_the_export_give_what_the_page_shows() {
    for db in seeded().await {
        let visitor = browser(db, "");
        let (status, body) = visitor.get("/api/v1/procedures?q=khai%20sinh&per_page=2").await;
        assert_eq!(status, StatusCode::OK);
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(value["items"][0]["code"], "1.001193");
        assert_eq!(value["items"].as_array().unwrap().len(), 2);
        assert!(value["total"].as_i64().unwrap() > 2);
        // By its place every procedure comes once, whatever the order; pages counted off still do.
        for order in ["", "&sort=-name", "&q=d%C4%83ng%20k%C3%BD"] {
            let (mut after, mut seen) = (String::new(), Vec::new());
            let first = json(&visitor, &format!("/api/v1/procedures?per_page=100{order}")).await;
            let codes = |page: &serde_json::Value| -> Vec<String> {
                page["items"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
            };
            loop {
                let page = json(&visitor, &format!("/api/v1/procedures?per_page=20{order}{after}")).await;
                seen.extend(codes(&page));
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
            }
            assert_eq!((&seen, seen.len() as i64), (&codes(&first), first["total"].as_i64().unwrap()), "{order}");
            let second = json(&visitor, &format!("/api/v1/procedures?per_page=5&page=2{order}")).await;
            assert_eq!(codes(&second), seen[5..10], "{order}");
        }
        let (status, body) = visitor.get("/api/v1/procedures?after=7").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let (_, body) = visitor.get("/api/v1/procedures/1.001612").await;
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(value["channels"][1]["fee"][0]["amount"], 150_000);
        assert_eq!(value["origin"], "shipped");
        assert!(value["process"].as_array().unwrap().len() >= 2);
        let (status, csv) = visitor.get("/procedures?format=csv&field=cu-tru").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(csv.lines().count(), 8);
        assert!(csv.contains("Đăng ký thường trú"));
    }
}

async fn json(visitor: &Browser, uri: &str) -> serde_json::Value {
    let (status, body) = visitor.get(uri).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn the_keeper_announces_a_version_and_the_page_shows_it() {
    for db in seeded().await {
        let clerk = browser(db.clone(), "clerk");
        assert_eq!(clerk.get("/catalogue/1.001193/announce").await.0, StatusCode::FORBIDDEN);
        let keeper = browser(db, "keeper");
        let (status, page) = keeper.get("/catalogue/1.001193/announce").await;
        assert_eq!(status, StatusCode::OK);
        let text = written(&page);
        let shorter = text.replace("limit = \"same-day\"", "limit = \"8h\"");
        assert_ne!(shorter, text);

        let refused = |decision: &'static str, from: &'static str, version: String| {
            let keeper = &keeper;
            async move {
                let fields = [("decision", decision), ("effective_from", from), ("version", version.as_str())];
                let (status, _, page) =
                    keeper.post("/catalogue/1.001193/announce", "/catalogue/1.001193/announce", &fields).await;
                assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
                page
            }
        };
        assert!(refused("12/QĐ-UBND", "x", shorter.clone()).await.contains("Không phải ngày"));
        assert!(refused("", "2026-12-01", shorter.clone()).await.contains("Cần điền mục này"));
        assert!(refused("12/QĐ-UBND", "2026-12-01", "name = ".into()).await.contains("chưa đọc được"));
        let other = shorter.replace("1.001193", "1.001194");
        assert!(refused("12/QĐ-UBND", "2026-12-01", other).await.contains("không đổi mã"));
        let over = shorter.replace("limit = \"8h\"", "limit = \"2h\"");
        assert!(refused("12/QĐ-UBND", "2026-12-01", over).await.contains("vượt thời hạn"));

        let fields = [("decision", "12/QĐ-UBND"), ("effective_from", "2026-12-01"), ("version", shorter.as_str())];
        let (status, to, _) =
            keeper.post("/catalogue/1.001193/announce", "/catalogue/1.001193/announce", &fields).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/procedures/1.001193"));
        let (_, page) = keeper.get("/procedures/1.001193").await;
        assert!(page.contains("Các phiên bản (2)") && page.contains("Sắp hiệu lực"));
        let (_, page) = keeper.get("/procedures/1.001193?on=2026-12-01").await;
        assert!(page.contains("8 giờ làm việc"));

        let (status, to, _) = keeper
            .post(
                "/catalogue/2.000815/end",
                "/catalogue/2.000815/end",
                &[("decision", "13/QĐ-UBND"), ("effective_from", "2026-11-23")],
            )
            .await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/procedures/2.000815"));
        let (_, page) = keeper.get("/procedures").await;
        assert!(page.contains("69 thủ tục"));
    }
}

#[tokio::test]
async fn an_imported_procedure_is_made_receivable_with_a_limit_and_the_standard_process() {
    let mut unclear = crate::import::record("1.900002", "Không rõ hạn", 1);
    unclear["methods"][0]["time_unit"] = serde_json::Value::Null;
    let (_dir, path) = crate::import::lines(&[unclear.to_string()]);
    for db in seeded().await {
        catalogue::import(&db, &path, now(), |_, _| {}).await.unwrap();
        let keeper = browser(db.clone(), "keeper");
        let (_, page) = keeper.get("/catalogue/1.900002/announce").await;
        assert!(page.contains("chưa nhận hồ sơ được") && page.contains("Thẩm tra, dự thảo kết quả"), "{page}");
        assert!(page.contains("name=\"process\" value=\"standard\" checked"));
        let text = written(&page);
        let mut fields = vec![
            ("decision", "12/QĐ-UBND"),
            ("effective_from", "2026-12-01"),
            ("process", "standard"),
            ("version", text.as_str()),
        ];
        // Without a limit nothing can be received, and the form says so.
        let (status, _, page) =
            keeper.post("/catalogue/1.900002/announce", "/catalogue/1.900002/announce", &fields).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("name=\"process\" value=\"standard\" checked"));
        fields.push(("limit_days", "0"));
        let (_, _, page) = keeper.post("/catalogue/1.900002/announce", "/catalogue/1.900002/announce", &fields).await;
        assert!(page.contains("từ 1 đến 365"), "{page}");
        fields.pop();
        fields.push(("limit_days", "10"));
        let (status, _, page) =
            keeper.post("/catalogue/1.900002/announce", "/catalogue/1.900002/announce", &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let shelf = crate::shelf(&db).await;
        let version = shelf.by_code("1.900002", base::Date::constant(2026, 12, 1)).unwrap();
        assert!(version.can_be_received());
        let norms: Vec<String> = version.process.iter().map(|step| step.norm.to_string()).collect();
        assert_eq!(norms, ["1wd", "8wd", "1wd"]);
    }
}

#[test]
fn the_standard_process_keeps_within_every_limit_from_two_hours_on() {
    let limits = [2, 3, 4, 7, 8, 16, 20, 24, 40, 120, 240, 8_000].map(base::Limit::Hours);
    for (limit, level) in limits
        .into_iter()
        .flat_map(|limit| [base::Level::Commune, base::Level::Province].into_iter().map(move |level| (limit, level)))
    {
        let shipped = catalogue::shipped::versions().unwrap().into_iter().next().unwrap();
        let mut version = catalogue::Version { levels: vec![level], ..shipped };
        version.channels.iter_mut().for_each(|terms| terms.limit = limit);
        version.process = catalogue::shipped::standard_process(&version).unwrap();
        assert_eq!(catalogue::rules::check(&version), Vec::new(), "{limit} {level}");
    }
}

#[test]
fn every_word_stands_in_both_languages_and_every_key_used_is_there() {
    assert_eq!(i18n::check(&[catalogue::LOCALES]), Vec::<String>::new());
    i18n::install(&[web::locales(), web::base_locales(), lists::LOCALES, records::LOCALES, catalogue::LOCALES]);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = std::collections::BTreeSet::new();
    for folder in ["src", "templates"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                used.extend(i18n::keys_used(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(used.len() > 60, "{}", used.len());
    used.extend(catalogue::lists().into_iter().flat_map(|list| list.words));
    let asked = catalogue::ANNOUNCING.iter().map(|field| format!("catalogue-announcing-field-{}", field.name));
    used.extend(asked.chain(["standard", "written"].map(|word| format!("catalogue-announcing-process-{word}"))));
    let missing: Vec<&String> = used.iter().filter(|key| !i18n::has(base::Lang::Vi, key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // Every remark of the import has its words.
    let national = std::fs::read_to_string(root.join("src/national.rs")).unwrap();
    for part in national.split("Doubt::new(\"").skip(1) {
        let code = part.split('"').next().unwrap();
        assert!(i18n::has(base::Lang::Vi, &format!("catalogue-remark-{code}")), "{code}");
    }
}

#[tokio::test]
async fn a_version_of_the_party_stays_the_officials_even_before_one_for_everybody() {
    for db in seeded().await {
        let stands = crate::shelf(&db).await.by_code("1.001193", now().date()).unwrap();
        let (id, old) = (stands.id, stands.effective_from);
        let later = catalogue::Version { name: "Khai sinh mới".to_owned(), ..(*stands).clone() };
        let typed = Typed::default()
            .with("decision", "9/QĐ")
            .with("effective_from", now().date().to_string())
            .with("process", "written")
            .with("version", catalogue::to_toml(&later).unwrap());
        let keeper = actor(Role::CatalogueKeeper);
        // No act makes such a history any more; a row of before may.
        let sql = "UPDATE procedure_version SET body = REPLACE(body, '{\"code\":', '{\"sort\":\"party\",\"code\":') WHERE id = $1";
        let written = db.write(move |tx| {
            Box::pin(async move {
                catalogue::announce(tx, &keeper, now(), Some("1.001193"), &typed).await?;
                Ok::<_, Fault>(tx.execute(sql, params![id]).await?)
            })
        });
        assert_eq!(written.await.unwrap(), 1);
        let named = format!("compare?from={old}");
        let compare = format!("/procedures/1.001193/{named}");
        let visitor = browser(db.clone(), "");
        let (status, page) = visitor.get("/procedures/1.001193").await;
        assert!(status == StatusCode::OK && page.contains("Khai sinh mới") && !page.contains(&named), "{page}");
        assert_eq!(visitor.get(&compare).await.0, StatusCode::NOT_FOUND);
        let clerk = browser(db, "clerk");
        assert!(clerk.get("/procedures/1.001193").await.1.contains(&named));
        assert_eq!(clerk.get(&compare).await.0, StatusCode::OK);
    }
}
