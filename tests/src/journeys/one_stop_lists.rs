//! Worklists as addresses: what narrows and sorts them is kept, what they show is what they export.

use base::Role;
use serde_json::json;

use crate::harness::{BIRTH, Client, TestApp, on_every_engine};

pub(super) async fn receive(app: &TestApp, clerk: &mut Client, owner: &str) -> String {
    let commune = app.person(Role::Leader).agency.to_string();
    let body = json!({
        "procedure": BIRTH,
        "intake": commune,
        "competent": commune,
        "owner_name": owner,
        // An organisation: its name may hold any sign.
        "owner_number": "0100109106",
        "owner_address": "@SUM(1+1)",
        "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
    });
    let page = clerk.post_json("/api/v1/dossiers", &body).await;
    page.is(201);
    page.json()["code"].as_str().expect("a code").to_owned()
}

#[test]
fn search_filter_sort_and_page_stay_in_the_address() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut codes = Vec::new();
        for name in ["Lữ Thị Đanh Sách", "Lữ Văn Đanh Sách", "Lữ Đức Đanh Sách"] {
            codes.push(receive(&app, &mut clerk, name).await);
        }
        // Typed without marks, in any case.
        let list = "/work?tab=all&q=DANH+sach&field=ho-tich&channel=1&sort=-due&per_page=2";
        let page = clerk.get(list).await;
        page.is(200);
        let shown = codes.iter().filter(|code| page.body.contains(&format!("/dossiers/{code}?from="))).count();
        assert_eq!(shown, 2);
        let links: Vec<&str> = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let keeps = |link: &str, words: &[&str]| words.iter().all(|word| link.contains(word));
        let whole = ["tab=all", "q=DANH", "field=ho-tich", "channel=1"];
        let second =
            links.iter().find(|link| link.replace("&#38;", "&").contains("&page=2")).expect("a link to page 2");
        assert!(keeps(second, &whole) && keeps(second, &["sort=-due", "per_page=2"]), "{second}");
        let sorted = links.iter().find(|link| link.contains("sort=due")).expect("a link that turns the order");
        assert!(keeps(sorted, &whole), "{sorted}");
        for format in ["format=csv", "format=xlsx"] {
            let export = links.iter().find(|link| link.contains(format)).expect("a link to the export");
            assert!(keeps(export, &whole) && export.contains("sort=-due"), "{export}");
        }
        let rest = clerk.get(&second.replace("&#38;", "&").replace("&amp;", "&")).await;
        let shown = codes.iter().filter(|code| rest.body.contains(&format!("/dossiers/{code}?from="))).count();
        assert_eq!(shown, 1, "{second}");
        // Another channel: none of them.
        let posted = clerk.get("/work?tab=all&q=danh+sach&channel=3").await;
        assert!(codes.iter().all(|code| !posted.body.contains(code.as_str())));
        // Nonsense in the address is no error.
        clerk.get("/work?tab=nowhere&channel=x&sort=%27&page=-1&per_page=9999999&field=%3Cscript%3E").await.is(200);
    });
}

#[test]
fn an_export_holds_what_the_list_shows_and_runs_nothing_in_a_spreadsheet() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let first = receive(&app, &mut clerk, "=HYPERLINK(\"http://evil\";\"Xuatkhau\")").await;
        let second = receive(&app, &mut clerk, "Xuatkhau, Nguyễn \"Tư\"").await;
        let other = receive(&app, &mut clerk, "Người Khác Hẳn").await;
        // With a search and no tab the page looks everywhere; so does its export.
        for address in ["/work?tab=all&q=xuatkhau&format=csv", "/work?q=xuatkhau&format=csv"] {
            let csv = clerk.get(address).await;
            csv.is(200).shows(&first).shows(&second).shows_not(&other);
            assert!(csv.body.starts_with('\u{feff}'), "Excel needs the mark");
            assert!(csv.headers["content-type"].to_str().expect("type").starts_with("text/csv"));
            assert!(csv.headers["content-disposition"].to_str().expect("name").contains(".csv"));
            csv.shows("'=HYPERLINK").shows("'@SUM(1+1)").shows("\"Xuatkhau, Nguyễn \"\"Tư\"\"\"");
            assert_eq!(csv.body.trim_end().lines().count(), 3);
        }
        let xlsx = clerk.get("/work?tab=all&q=xuatkhau&format=xlsx").await;
        xlsx.is(200);
        assert!(xlsx.body.starts_with("PK"));
        clerk.get_json("/work?tab=all&format=pdf").await.is(422);
        // Nobody exports what they may not read.
        let mut passer_by = app.anonymous();
        passer_by.get("/work?tab=all&format=csv").await.is(303);
        let mut citizen = app.signed_in(Role::Citizen).await;
        citizen.get("/work?tab=all&format=csv").await.is(403);
    });
}

#[test]
fn the_api_lists_the_same_and_refuses_an_unknown_tab() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = receive(&app, &mut clerk, "Mạc Thị Giaodien").await;
        let list = clerk.get_json("/api/v1/dossiers?tab=all&q=giaodien&per_page=1").await.json();
        assert_eq!((list["total"].as_i64(), list["items"][0]["code"].as_str()), (Some(1), Some(code.as_str())));
        assert!(!list.to_string().contains("Giaodien"), "no personal data in lists for programs");
        let refused = clerk.get_json("/api/v1/dossiers?tab=nowhere").await;
        refused.is(422);
        assert_eq!(refused.json()["errors"][0]["field"], "tab");
    });
}
