//! Papers of a filing: both sides of a card, and what need not be handed in again.

#![allow(clippy::unwrap_used)]

mod support;

use axum::http::StatusCode;
use support::browser::{BIRTH, Browser, all_between, file_birth};
use support::{NAME, START, database, databases, portal};
use web::Clock;

sandbox::test_entry!();

/// The number of the screen with the papers.
async fn papers_screen(citizen: &Browser<'_>) -> String {
    let last = citizen.get(&format!("/file/{BIRTH}?step=99")).await;
    let number: usize = all_between(&last.body, "name=\"step\" value=\"", "\"")[0].parse().unwrap();
    format!("/file/{BIRTH}?step={}", number - 1)
}

/// The service, its commune, and the citizen's birth that was granted there.
async fn with_a_birth_granted(
    of: (store::Db, [base::Id; 2]),
    folder: &std::path::Path,
) -> (axum::Router, base::Id, String) {
    let (router, commune) = portal(of, folder, Clock::fixed(START)).await;
    let first = file_birth(&Browser { router: &router, who: "citizen" }, commune).await;
    granted(&router, &first).await;
    (router, commune, first)
}

/// The office grants it.
async fn granted(router: &axum::Router, code: &str) {
    for (who, act) in [("clerk", "receive-online"), ("officer", "forward"), ("leader", "approve")] {
        let done = Browser { router, who }.upload(&format!("/dossiers/{code}/{act}"), &[], &[]).await;
        done.to();
    }
}

#[tokio::test]
async fn both_sides_of_a_card_are_two_files_of_one_paper() {
    for db in databases().await {
        let directory = tempfile::tempdir().unwrap();
        let (router, commune) = portal(db, directory.path(), Clock::fixed(START)).await;
        let citizen = Browser { router: &router, who: "citizen" };
        let papers = format!("/file/{BIRTH}/papers");
        let screen = papers_screen(&citizen).await;
        let card = "component_giay-to-tuy-than";
        let both = [(card, "mặt trước.pdf", "%PDF-1.7 trước"), (card, "mặt sau.pdf", "%PDF-1.7 sau")];
        citizen.upload(&papers, &[("go", "stay")], &both).await.to();
        let page = citizen.get(&screen).await;
        page.shows("mặt trước.pdf");
        page.shows("mặt sau.pdf");
        // A third is added to them, and the first taken back.
        citizen.upload(&papers, &[("go", "stay")], &[(card, "thừa.pdf", "%PDF-1.7 thừa")]).await.to();
        let page = citizen.get(&screen).await;
        let drops = all_between(&page.body, "name=\"go\" value=\"drop-", "\"");
        assert_eq!(drops.len(), 3);
        citizen.upload(&papers, &[("go", &format!("drop-{}", drops[2]))], &[]).await.to();
        assert!(!citizen.get(&screen).await.body.contains("thừa.pdf"));

        // Eleven are one too many: ten are kept and the field says so.
        let notice = "component_giay-chung-sinh";
        let many: Vec<(String, String)> = (0..11).map(|n| (format!("{n}.pdf"), format!("%PDF-1.7 {n}"))).collect();
        let many: Vec<_> = many.iter().map(|(name, text)| (notice, name.as_str(), text.as_str())).collect();
        let full = citizen.upload(&papers, &[("go", "next")], &many).await;
        assert_eq!(full.status, StatusCode::UNPROCESSABLE_ENTITY);
        full.shows(&format!("href=\"#{notice}\""));
        full.shows(&format!("id=\"{notice}\""));

        let code = file_birth(&citizen, commune).await;
        let page = citizen.get(&format!("/my/{code}")).await;
        let files = all_between(&page.body, &format!("href=\"/my/{code}/files/"), "\"");
        for file in &files {
            let got = citizen.get(&format!("/my/{code}/files/{file}")).await;
            assert_eq!(got.status, StatusCode::OK, "{file}");
        }
        let clerk = Browser { router: &router, who: "clerk" };
        let page = clerk.get(&format!("/dossiers/{code}")).await;
        let seen = all_between(&page.body, &format!("href=\"/dossiers/{code}/files/"), "\"");
        assert_eq!(seen.len(), files.len(), "the clerk sees what the citizen sees");
        let back = clerk.get(&format!("/dossiers/{code}/files/{}", drops[1])).await;
        assert_eq!((back.status, back.body.as_str()), (StatusCode::OK, "%PDF-1.7 sau"));
    }
}

#[tokio::test]
async fn papers_of_a_rare_case_appear_when_the_case_is_said_to_be_ones_own() {
    let directory = tempfile::tempdir().unwrap();
    let (router, commune) = portal(database().await, directory.path(), Clock::fixed(START)).await;
    let citizen = Browser { router: &router, who: "citizen" };
    let screen = papers_screen(&citizen).await;
    let rare = ["component_bien-ban-bo-roi", "component_mang-thai-ho", "component_uy-quyen"];
    let page = citizen.get(&screen).await;
    page.shows("component_giay-chung-sinh");
    assert!(rare.iter().all(|paper| !page.body.contains(paper)), "{}", page.body);
    let number: usize = screen.rsplit('=').next().unwrap().parse().unwrap();
    let cases = (number - 1).to_string();
    let page = citizen.get(&format!("/file/{BIRTH}?step={cases}")).await;
    page.shows("Người khác đi thay");
    let own = [("step", cases.as_str()), ("case", "Người khác đi thay"), ("case", "không có"), ("go", "next")];
    assert_eq!(citizen.post(&format!("/file/{BIRTH}"), &own).await.to(), screen);
    let page = citizen.get(&screen).await;
    page.shows(rare[2]);
    assert!(!page.body.contains(rare[0]));

    let code = file_birth(&citizen, commune).await;
    let clerk = Browser { router: &router, who: "clerk" };
    clerk.get(&format!("/dossiers/{code}")).await.shows("paper-not-applicable");
    let intake = clerk.get(&format!("/intake?procedure={BIRTH}")).await;
    intake.shows("name=\"component_uy-quyen\" value=\"not-applicable\" checked");
}

#[tokio::test]
async fn a_card_stands_in_again_by_naming_its_dossier_and_one_childs_birth_notice_never_for_the_next() {
    for db in databases().await {
        let directory = tempfile::tempdir().unwrap();
        let (router, commune) = portal(db, directory.path(), Clock::fixed(START)).await;
        let citizen = Browser { router: &router, who: "citizen" };
        let papers = format!("/file/{BIRTH}/papers");
        let first = file_birth(&citizen, commune).await;
        let screen = papers_screen(&citizen).await;
        let offers = |body: &str| all_between(body, "name=\"reuse\" value=\"", "\"").join(" ");
        assert_eq!(offers(&citizen.get(&screen).await.body), "", "nothing is granted yet");
        granted(&router, &first).await;

        let page = citizen.get(&screen).await;
        assert_eq!(offers(&page.body), "giay-to-tuy-than");
        page.shows(&first);
        let both = [("go", "stay"), ("reuse", "giay-to-tuy-than"), ("reuse", "giay-chung-sinh")];
        citizen.upload(&papers, &both, &[]).await.to();
        let page = citizen.get(&screen).await;
        page.shows(&format!("dùng lại từ hồ sơ {first}"));
        assert_eq!(all_between(&page.body, "value=\"drop-", "\"").len(), 1, "the birth notice was not taken over");

        // The same account files for somebody else: the card is not theirs.
        let commune_text = commune.to_string();
        let other = [
            ("competent", commune_text.as_str()),
            ("owner_name", "Trần Thị Lan"),
            ("owner_number", "094190000025"),
            ("owner_phone", "0912345678"),
            ("step", "1"),
            ("go", "save"),
        ];
        citizen.post(&format!("/file/{BIRTH}"), &other).await.to();
        let last = citizen.get(&format!("/file/{BIRTH}?step=99")).await;
        last.shows("#component_giay-to-tuy-than");
        assert_eq!(offers(&citizen.get(&screen).await.body), "");
        let own =
            [("owner_name", NAME), ("owner_number", "094190000017"), ("owner_phone", "0912345678"), ("step", "1")];
        citizen.post(&format!("/file/{BIRTH}"), &own).await;

        let second = file_birth(&citizen, commune).await;
        citizen.get(&format!("/my/{second}")).await.shows(&format!("dùng lại từ hồ sơ {first}"));
        Browser { router: &router, who: "clerk" }
            .get(&format!("/dossiers/{second}"))
            .await
            .shows(&format!("từ hồ sơ {first}"));
        let stranger = Browser { router: &router, who: "stranger" };
        assert!(!stranger.get(&screen).await.body.contains(&first));
    }
}

#[tokio::test]
async fn at_the_counter_a_reused_paper_is_chosen_from_the_persons_own_dossiers_and_never_just_ticked() {
    for db in databases().await {
        let directory = tempfile::tempdir().unwrap();
        let known = db.0.clone();
        let (router, commune, first) = with_a_birth_granted(db, directory.path()).await;
        let clerk = Browser { router: &router, who: "clerk" };
        let commune = commune.to_string();
        let place = [("intake", commune.as_str()), ("competent", &commune), ("return_to", &commune), ("channel", "1")];
        let with = |more: &[(&'static str, &str)]| -> Vec<(String, String)> {
            let all = place.iter().chain(&[("procedure", BIRTH), ("all_papers", "1")]).chain(more);
            all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let send = async |fields: Vec<(String, String)>| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            clerk.upload("/intake", &fields, &[]).await
        };
        let from_first = format!("reused:{first}");
        let card = "component_giay-to-tuy-than";

        // The person is brought by number; what was typed stays.
        let found = send(with(&[("owner_number", "094 190 000 017"), ("find", "1")])).await;
        assert_eq!(found.status, StatusCode::OK);
        found.shows(&format!("value=\"{NAME}\""));
        found.shows("value=\"0912345678\"");
        found.shows(&format!("name=\"{card}\" value=\"{from_first}\""));
        assert!(!found.body.contains(&format!("name=\"component_giay-chung-sinh\" value=\"{from_first}\"")));
        let unknown =
            send(with(&[("owner_number", "094190000025"), ("owner_name", "Trần Thị Lan"), ("find", "1")])).await;
        unknown.shows("value=\"Trần Thị Lan\"");
        assert!(!unknown.body.contains(&first));
        let unreadable = send(with(&[("owner_number", "12"), ("find", "1")])).await;
        assert_eq!(unreadable.status, StatusCode::UNPROCESSABLE_ENTITY);

        let owner = [("owner_name", NAME), ("owner_number", "094190000017")];
        let other = [("owner_name", "Trần Thị Lan"), ("owner_number", "094190000025")];
        let notice = "component_giay-chung-sinh";
        for (who, field, mark) in [
            (owner, card, "reused"),
            (owner, card, "reused:H13.99-260101-0001"),
            (owner, notice, from_first.as_str()),
            (other, card, from_first.as_str()),
        ] {
            let refused = send(with(&[who[0], who[1], (field, mark)])).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {mark}");
            refused.shows(&format!("href=\"#{field}\""));
        }
        let taken = send(with(&[owner[0], owner[1], (card, &from_first)])).await;
        let code = taken.to().replace("/dossiers/", "");
        clerk.get(&format!("/dossiers/{code}")).await.shows(&format!("từ hồ sơ {first}"));

        // Each leads to the other, and the link is held to the filing.
        clerk.get(&format!("/dossiers/{code}")).await.shows(&format!("href=\"/dossiers/{first}\""));
        clerk.get(&format!("/dossiers/{first}")).await.shows(&format!("href=\"/dossiers/{code}\""));
        let broken = async || {
            let outside = dossiers::verify::Outside::default();
            dossiers::verify::verify(&known, outside, |_| ()).await.unwrap().broken
        };
        let change = async |sql: String| {
            let changed = known.write(move |tx| Box::pin(async move { tx.execute(store::Sql::from(sql), &[]).await }));
            assert_eq!(changed.await.unwrap(), 1);
        };
        assert!(!broken().await.iter().any(|row| row.ends_with(": link")));
        change(format!(
            "INSERT INTO link (subject_id, name, other_id) SELECT id, 'reuses', 7 FROM dossier WHERE code = '{first}'"
        ))
        .await;
        assert!(broken().await.contains(&format!("dossier {first}: link")));
        change("DELETE FROM link WHERE other_id = 7".to_owned()).await;
        change("DELETE FROM link WHERE name = 'reuses'".to_owned()).await;
        assert!(broken().await.contains(&format!("dossier {code}: link")));
    }
}

#[tokio::test]
async fn links_of_dossiers_filed_before_there_were_any_are_made_by_the_migration_on_each_engine() {
    for db in databases().await {
        let directory = tempfile::tempdir().unwrap();
        let known = db.0.clone();
        let (router, commune, first) = with_a_birth_granted(db, directory.path()).await;
        let citizen = Browser { router: &router, who: "citizen" };
        let clerk = Browser { router: &router, who: "clerk" };
        // One reuses the card from the portal, another at the counter; a third reuses nothing.
        let papers = format!("/file/{BIRTH}/papers");
        papers_screen(&citizen).await;
        citizen.upload(&papers, &[("go", "stay"), ("reuse", "giay-to-tuy-than")], &[]).await.to();
        let online = file_birth(&citizen, commune).await;
        let (commune_text, from_first) = (commune.to_string(), format!("reused:{first}"));
        let fields = [
            ("intake", commune_text.as_str()),
            ("competent", &commune_text),
            ("return_to", &commune_text),
            ("channel", "1"),
            ("procedure", BIRTH),
            ("all_papers", "1"),
            ("owner_name", NAME),
            ("owner_number", "094190000017"),
            ("component_giay-to-tuy-than", &from_first),
        ];
        let counter = clerk.upload("/intake", &fields, &[]).await.to().replace("/dossiers/", "");
        file_birth(&citizen, commune).await;

        let links = async || {
            let pairs = "SELECT d.code AS code, o.code AS other FROM link JOIN dossier d ON d.id = subject_id
                JOIN dossier o ON o.id = other_id WHERE name = 'reuses' ORDER BY d.id";
            let rows = known.read(move |tx| Box::pin(async move { tx.query(pairs, &[]).await })).await.unwrap();
            let pair = |row: &store::Row| (row.get("code").unwrap(), row.get("other").unwrap());
            rows.iter().map(pair).collect::<Vec<(String, String)>>()
        };
        let broken = async || {
            let report = dossiers::verify::verify(&known, dossiers::verify::Outside::default(), |_| ()).await.unwrap();
            report.broken.into_iter().filter(|row| row.ends_with(": link")).collect::<Vec<_>>()
        };
        let written = links().await;
        assert_eq!(written, [(online.clone(), first.clone()), (counter.clone(), first.clone())]);
        assert_eq!(broken().await, Vec::<String>::new());

        // As the version before links left it.
        let before = known.write(|tx| {
            Box::pin(async move {
                tx.execute("DELETE FROM link", &[]).await?;
                let step = "DELETE FROM schema_step WHERE module = 'dossiers' AND name = '0012_links'";
                tx.execute(step, &[]).await
            })
        });
        assert_eq!(before.await.unwrap(), 1);
        assert_eq!(broken().await, [format!("dossier {online}: link"), format!("dossier {counter}: link")]);
        assert_eq!(known.migrate(&support::migrations()).await.unwrap(), ["dossiers/0012_links"]);
        assert_eq!(links().await, written);
        assert_eq!(broken().await, Vec::<String>::new());
        clerk.get(&format!("/dossiers/{first}")).await.shows(&format!("href=\"/dossiers/{online}\""));
    }
}
