//! Lists in pages stay in place: rows that come in while somebody leafs neither show twice nor push others out of sight.

use base::Role;

use super::one_stop_lists::receive;
use crate::harness::{Client, Page, TestApp, on_every_engine};

/// Where the page's own link to its neighbour leads.
fn neighbour(page: &Page, which: &str) -> Option<String> {
    let href = page.between(&format!("rel=\"{which}\" href=\""), "\"")?;
    Some(href.replace("&#38;", "&").replace("&amp;", "&"))
}

/// Which of these a page shows.
fn shown<'a>(page: &Page, all: &[&'a str]) -> Vec<&'a str> {
    page.is(200);
    all.iter().copied().filter(|one| page.body.contains(&format!(">{one}<"))).collect()
}

async fn official(administrator: &mut Client, login: &str, name: &str) {
    administrator.get("/accounts/new").await.is(200);
    administrator.post("/accounts/new", &[("name", name), ("login", login), ("phone", "")]).await.is(200);
}

#[test]
fn an_account_made_while_somebody_leafs_moves_no_other() {
    on_every_engine(|app: TestApp| async move {
        let mut administrator = app.administrator().await;
        let all = ["Giở Văn An", "Giở Văn Bình", "Giở Văn Châu", "Giở Văn Dung", "Giở Văn Em"];
        for (n, name) in all.iter().enumerate().filter(|(n, _)| *n != 1) {
            official(&mut administrator, &format!("gio.{n}"), name).await;
        }
        let first = administrator.get("/accounts?q=gio+van&per_page=2").await;
        assert_eq!(shown(&first, &all), [all[0], all[2]]);
        assert_eq!(neighbour(&first, "prev"), None);
        // It comes between the two.
        official(&mut administrator, "gio.1", all[1]).await;
        let second = administrator.get(&neighbour(&first, "next").expect("a next page")).await;
        assert_eq!(shown(&second, &all), [all[3], all[4]]);
        assert_eq!(neighbour(&second, "next"), None);
        let previous = neighbour(&second, "prev").expect("a page before");
        assert!(!previous.contains("Gi%E1"), "an account is named by its id: {previous}");
        let back = administrator.get(&previous).await;
        assert_eq!(shown(&back, &all), [all[1], all[2]]);
        let start = administrator.get(&neighbour(&back, "prev").expect("one more before")).await;
        assert_eq!(shown(&start, &all), [all[0], all[1]]);
        // What names nobody is the start of the list, not an empty page.
        let nobody = administrator.get("/accounts?q=gio+van&per_page=2&page=7&after=12").await;
        assert_eq!(shown(&nobody, &all), [all[0], all[1]]);
    });
}

#[test]
fn a_dossier_received_while_somebody_leafs_moves_no_other() {
    on_every_engine(|app: TestApp| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut codes = Vec::new();
        for name in ["Trang Thị Một", "Trang Thị Hai", "Trang Thị Ba", "Trang Thị Bốn"] {
            codes.push(receive(&app, &mut clerk, name).await);
        }
        let first = clerk.get("/work?tab=all&q=trang+thi&per_page=2").await;
        assert_eq!(listed(&first, &codes), [3, 2]);
        codes.push(receive(&app, &mut clerk, "Trang Thị Năm").await);
        let second = clerk.get(&neighbour(&first, "next").expect("a next page")).await;
        assert_eq!(listed(&second, &codes), [1, 0]);
        assert_eq!(neighbour(&second, "next"), None);
        let back = clerk.get(&neighbour(&second, "prev").expect("a page before")).await;
        assert_eq!(listed(&back, &codes), [3, 2]);
        let start = clerk.get(&neighbour(&back, "prev").expect("the new one")).await;
        assert_eq!(listed(&start, &codes), [4, 3]);
        // Another order begins at its start.
        let turned = back.between("class=\"sort sort-none\" href=\"", "\"").expect("a head that sorts");
        assert!(!turned.contains("before=") && !turned.contains(";page="), "{turned}");
    });
}

/// The dossiers of a list by their place among `codes`, in the order of the page.
fn listed(page: &Page, codes: &[String]) -> Vec<usize> {
    page.is(200);
    let mut found: Vec<(usize, usize)> = codes
        .iter()
        .enumerate()
        .filter_map(|(n, code)| Some((page.body.find(&format!("/dossiers/{code}?from="))?, n)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, n)| n).collect()
}

#[test]
fn a_look_recorded_while_somebody_leafs_moves_no_other() {
    on_every_engine(|app: TestApp| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = receive(&app, &mut clerk, "Sổ Thị Xem").await;
        let look = async |clerk: &mut Client| {
            app.clock.advance_ms(60_000);
            clerk.get(&format!("/dossiers/{code}")).await.is(200);
            app.record_of(&code).await.len()
        };
        for _ in 0..4 {
            look(&mut clerk).await;
        }
        let mut inspector = app.signed_in(Role::Inspector).await;
        let times = |page: &Page| -> Vec<String> {
            page.is(200);
            let cells = page.body.split("<tr><td><span class=\"nowrap\">").skip(1);
            cells.map(|cell| cell.split('<').next().unwrap_or_default().to_owned()).collect()
        };
        let first = inspector.get(&format!("/access?subject={code}&per_page=2")).await;
        let seen = times(&first);
        assert_eq!(seen.len(), 2);
        look(&mut clerk).await;
        let second = inspector.get(&neighbour(&first, "next").expect("a next page")).await;
        assert_eq!(times(&second).len(), 2);
        assert!(times(&second).iter().all(|time| !seen.contains(time)));
        let back = inspector.get(&neighbour(&second, "prev").expect("a page before")).await;
        assert_eq!(times(&back), seen);
        assert!(neighbour(&back, "prev").is_some(), "the latest look");
    });
}
