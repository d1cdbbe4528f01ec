//! The life of an errand on both engines: what an act writes, who is shown what, what the proof sees.

#![allow(clippy::unwrap_used)]

use base::calendar::Calendar;
use base::{Actor, Fault, Grant, Id, Instant, Role};
use errands::{Errand, State};
use organisation::House;
use records::{Asker, Listener, Subject, Typed};
use std::sync::Arc;

/// Wednesday 25/11/2026, 09:00.
const NOW: Instant = Instant(1_795_572_000_000);

fn typed(name: &str, text: &str) -> Typed {
    Typed { fields: [(name.to_owned(), text.to_owned())].into(), files: Vec::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn written_down_done_and_proven() {
    for db in store::testing::databases().await {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            jobs::MIGRATIONS,
            records::MIGRATIONS,
            errands::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        let house = House { tree: Arc::new(organisation::demo_tree().unwrap()), calendar: Calendar::shipped().clone() };
        let (here, there) = (house.tree.communes()[0].clone(), house.tree.communes()[1].clone());
        let officer = |account, unit: &organisation::Agency| Actor {
            account: Id(account),
            name: "Cán bộ".to_owned(),
            grants: vec![Grant::new(Role::Officer, unit.id, unit.path.clone())],
            citizen_number: None,
        };
        let (own, stranger) = (officer(1, &here), officer(2, &there));
        db.write(move |tx| {
            Box::pin(async move {
                let empty = errands::write(tx, &house, &own, NOW, &typed("title", " ")).await;
                assert!(
                    matches!(empty, Err(Fault::Invalid(problems)) if problems[0].field.as_deref() == Some("title"))
                );
                let held = errands::write(tx, &house, &own, NOW, &typed("title", "Thay bóng đèn")).await?;
                assert_eq!(held.state.dues()[0].unit, here.id);
                let act = |actor: &Actor| {
                    let (asker, code, house) = (actor.clone(), held.code.clone(), house.clone());
                    async move {
                        let asker = Asker::actor(&asker, NOW);
                        let note = typed("note", "Đã thay");
                        records::act::<Errand>(tx, &house, &asker, (&code, "finish"), &note).await
                    }
                };
                assert!(matches!(act(&stranger).await, Err(Fault::NotFound("records-not-found"))));
                let held = act(&own).await?;
                assert_eq!((records::Machine::state(&held.state), held.state.dues().len()), (State::Done, 0));
                assert!(matches!(act(&own).await, Err(Fault::Conflict(problem)) if problem.code == "records-not-now"));
                let (mut wrong, mut counted) = (Vec::new(), 0);
                let mut listener =
                    Listener { fact: &mut |fact| counted += fact.qty, wrong: &mut |row| wrong.push(row) };
                records::prove(tx, &[errands::KIND], None, &mut listener).await?;
                assert_eq!((wrong, counted), (Vec::new(), 1));
                Ok::<_, Fault>(())
            })
        })
        .await
        .unwrap();
    }
}

#[test]
fn programs_are_told_what_its_acts_ask_for() {
    let described = (errands::KIND.api.unwrap())();
    let body = &described["schemas"]["ErrandActBody"]["anyOf"][0];
    assert_eq!(
        (body["title"].as_str(), body["properties"]["note"]["maxLength"].as_i64()),
        (Some("finish"), Some(1_000))
    );
    assert_eq!(described["schemas"]["ErrandNewBody"]["required"][0], "title");
    let routes = errands::module().routes;
    for route in routes.entries().iter().filter(|route| route.path.starts_with("/api/")) {
        let operation = &described["paths"][route.path][route.method.to_lowercase()];
        assert!(operation["responses"].is_object(), "{} {}", route.method, route.path);
    }
}

#[test]
fn every_word_of_its_pages_is_there_in_both_languages() {
    i18n::install(&[errands::LOCALES, records::LOCALES, web::base_locales()]);
    let mut wanted = records::frame::words_of::<Errand>();
    wanted.extend(errands::pages::LIST.declared().words);
    wanted.extend(errands::KIND.dues.iter().map(|due| due.word.to_owned()));
    for key in wanted {
        for lang in [base::Lang::Vi, base::Lang::En] {
            assert!(i18n::has(lang, &key) || key.starts_with("lists-"), "{key} {lang:?}");
        }
    }
}
