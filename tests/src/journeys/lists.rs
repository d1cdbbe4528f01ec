//! Lists declared once: filtered, sorted, kept as views, taken as files, on every list and for whom they are.

use base::{Lang, Role};

use super::petitions::{sent, sorted};
use crate::harness::{TestApp, modules, on_every_engine};

#[test]
fn every_declared_list_has_its_words_and_its_page() {
    i18n::install(&modules().iter().map(|module| module.locales).collect::<Vec<_>>());
    let lists = motcua::lists();
    assert!(lists.len() >= 8, "{}", lists.len());
    let routes: Vec<&str> =
        modules().iter().flat_map(|module| module.routes.entries().to_vec()).map(|route| route.path).collect();
    for list in &lists {
        assert!(routes.contains(&list.path), "{}", list.path);
        assert_eq!(lists.iter().filter(|other| other.key == list.key).count(), 1, "{}", list.key);
        for word in list.words.iter().filter(|word| !word.is_empty()) {
            assert!(i18n::has(Lang::Vi, word) && i18n::has(Lang::En, word), "{}: {word}", list.path);
        }
    }
}

#[test]
fn a_view_is_saved_opened_by_default_renamed_and_deleted_and_is_nobody_elses() {
    on_every_engine(|app: TestApp| async move {
        let mut officer = app.signed_in(Role::Officer).await;
        let list = "/petitions?tab=handling&late=1&sort=due";
        let page = officer.get(list).await;
        page.is(200).shows("class=\"chip\"").shows("Lưu bộ lọc này");
        let query = page.between("name=\"query\" value=\"", "\"").expect("what is kept").replace("&#38;", "&");
        let new = [("list", "petitions"), ("query", query.as_str()), ("name", "Việc trễ"), ("default", "1")];
        let kept = officer.post("/views", &new).await;
        kept.is(303);
        let address = kept.location.clone();
        assert!(address.starts_with("/petitions?tab=handling&late=1&sort=due&view="), "{address}");
        // The bare address opens it every morning; everything is one click away.
        officer.get("/petitions").await.leads_to(&address);
        officer.get("/petitions?view=all").await.is(200).shows("(mặc định)").shows_not("class=\"chip\"");
        officer.get(&address).await.is(200).shows("aria-current=\"true\">Việc trễ");
        officer.get("/views").await.is(200).shows("Việc trễ").shows("(mặc định)");
        // The same name again, no name, a list that is none.
        officer.post("/views", &new).await.is(422).shows("đã có bộ lọc tên này");
        officer.post("/views", &[("list", "petitions"), ("name", " ")]).await.is(422).shows("Cần đặt tên");
        officer.post("/views", &[("list", "passwords"), ("name", "X")]).await.is(422);

        let id = address.rsplit('=').next().expect("an id").to_owned();
        let own = format!("/views/{id}");
        officer.get(&own).await.leads_to(&address);
        // Somebody else's view is not there, neither to look at nor to change; for citizens there are none.
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get("/views").await.is(200).shows_not("Việc trễ");
        clerk.get(&own).await.is(404);
        for act in ["rename", "delete", "default", "share"] {
            clerk.post(&own, &[("act", act), ("name", "Mine"), ("unit", "1")]).await.is(404);
        }
        clerk.get("/petitions").await.is(200);
        app.signed_in(Role::Citizen).await.get(&own).await.is(403);
        app.anonymous().get(&own).await.is(303);
        officer.get("/views/x").await.is(404);

        officer.get("/views").await.is(200);
        officer.post(&own, &[("act", "rename"), ("name", "Trễ hạn")]).await.leads_to("/views");
        officer.post(&own, &[("act", "fly")]).await.is(422);
        officer.post(&own, &[("act", "share"), ("unit", "1")]).await.is(403);
        officer.post(&own, &[("act", "no-default")]).await.leads_to("/views");
        officer.get("/petitions").await.is(200).shows("Trễ hạn");
        officer.post(&own, &[("act", "delete")]).await.leads_to("/views");
        officer.get(&own).await.is(404);
        officer.get("/petitions?view=all").await.is(200).shows_not("Trễ hạn");
    });
}

#[test]
fn a_petition_list_goes_into_a_file_with_its_filter_and_who_took_it_is_written_down() {
    on_every_engine(|app: TestApp| async move {
        let (_, land, _) = sent(&app, None).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        sorted(&app, &mut clerk, &land).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let list = "/petitions?tab=handling&topic=civil-status&per_page=100";
        officer.get(list).await.is(200).shows(&land).shows("topic=civil-status&#38;");
        officer.get("/petitions?tab=handling&topic=roads").await.is(200).shows_not(&land);
        officer.get("/petitions?tab=handling&sort=due").await.is(200).shows("aria-sort=\"ascending\"");
        let csv = officer.get(&format!("{list}&format=csv")).await;
        csv.is(200).shows(&land).shows("Phòng tiếp dân của phường");
        assert!(csv.body.starts_with('\u{feff}'), "spreadsheets need the mark");
        let mut reader = csv::Reader::from_reader(csv.body.trim_start_matches('\u{feff}').as_bytes());
        let heads = reader.headers().expect("heads").clone();
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows of one length");
        let code = heads.iter().position(|head| head == "Mã phản ánh").expect("the code's column");
        let topic = heads.iter().position(|head| head == "Lĩnh vực").expect("the subject's column");
        assert!(rows.iter().any(|row| row[code] == land), "{rows:?}");
        assert!(rows.iter().all(|row| row[topic] == rows[0][topic]), "the filter holds for the file");
        // Nothing due, nothing late: the same filter, no row.
        let none = officer.get(&format!("{list}&late=1&format=csv")).await;
        assert!(!none.body.contains(&land));
        let book = officer.get(&format!("{list}&format=xlsx")).await;
        book.is(200);
        assert!(book.body.starts_with("PK"));
        officer.get_json(&format!("{list}&format=pdf")).await.is(422);
        // What was refused on the page is refused as a file.
        officer.get_json("/petitions?topic=nothing&format=csv").await.is(422);
        app.signed_in(Role::CatalogueKeeper).await.get(&format!("{list}&format=csv")).await.is(403);
        app.anonymous().get(&format!("{list}&format=csv")).await.is(303);
        // The public's list is no file.
        app.anonymous().get("/feedback?format=csv").await.is(200).shows("</html>");
        app.record_of("").await;
        let mut inspector = app.signed_in(Role::Inspector).await;
        let taken = inspector.get("/access?kind=exported&format=csv").await;
        let name = app.actor_of(&officer).await.name;
        let took = |line: &&str| line.contains("/petitions") && line.contains(&name);
        assert!(taken.is(200).body.lines().filter(took).count() >= 3, "{}", taken.body);
    });
}

#[test]
fn what_a_list_does_not_know_is_refused_by_its_field() {
    on_every_engine(|app: TestApp| async move {
        let mut officer = app.signed_in(Role::Officer).await;
        let long = format!("/petitions?q={}", "a".repeat(10_000));
        let cases = [
            ("/petitions?sort=password", "sort"),
            ("/petitions?sort=-due", "sort"),
            ("/petitions?after=%27%3B--", "after"),
            ("/petitions?after=1-2-3-4", "after"),
            ("/petitions?tab=nowhere", "tab"),
            ("/petitions?topic=%3Cscript%3E", "topic"),
            ("/petitions?unit=999", "unit"),
            ("/due?what=nothing", "what"),
            ("/due?after=7", "after"),
            (&long, "q"),
        ];
        for (address, field) in cases {
            let page = officer.get(address).await;
            page.is(422).shows("error-summary").shows(&format!("href=\"#{field}\"")).shows_not("<script>alert");
        }
        for address in ["/feedback?area=x", "/feedback?topic=nothing", "/feedback?after=x", "/dialogues?after=x"] {
            app.anonymous().get(address).await.is(422);
        }
        app.administrator().await.get("/accounts?kind=robot").await.is(422);
    });
}
