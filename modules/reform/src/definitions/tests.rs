use super::*;
use crate::testing::{account, counted, database, definitions, now};
use base::{Actor, Role};
use organisation::Tree;
use std::collections::BTreeMap;
use std::sync::Arc;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn body(from: &str) -> String {
    let mut written = facts::Written::of(definitions().versions("on-time").last().unwrap());
    written.valid_from = from.to_owned();
    written.numerator.none = vec!["SUPPLEMENTED_AGAIN".to_owned()];
    written.to_toml().unwrap()
}

fn proposal(from: &str) -> Proposal {
    Proposal { indicator: "on-time".into(), valid_from: day(from), body: body(from), basis: "QĐ 5/QĐ-UBND".into() }
}

fn house(tree: &Arc<Tree>) -> House {
    House::new(tree.clone(), definitions())
}

fn code(fault: &Fault) -> &'static str {
    match fault {
        Fault::Invalid(problems) => problems[0].code,
        Fault::Conflict(problem) | Fault::Forbidden(problem) => problem.code,
        Fault::NotFound(code) => code,
        other => panic!("{other:?}"),
    }
}

async fn act(tx: &Tx, house: &House, by: &Actor, code: &str, word: &str) -> Result<Held<Definition>, Fault> {
    let fields: BTreeMap<String, String> = [("reason".to_owned(), "Chưa có căn cứ".to_owned())].into();
    let fields = if word == "refuse" { fields } else { BTreeMap::new() };
    let typed = records::Typed { fields, files: Vec::new() };
    records::act::<Definition>(tx, house, &Asker::actor(by, now()), (code, word), &typed).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_takes_two_people_and_a_day_that_comes() {
    for (db, tree) in database().await {
        let done = db.write(move |tx| {
            Box::pin(async move {
                let (house, tree) = (house(&tree), tree.clone());
                let root = tree.root().unwrap().path.clone();
                let commune = tree.communes()[0].path.clone();
                let keeper = account(5, Role::ReformOfficer, &root);
                let leader = account(6, Role::Leader, &root);
                let local = account(7, Role::ReformOfficer, &commune);
                // Not for a commune, not for a day that has begun, not before the latest.
                let tomorrow = now().date().tomorrow().unwrap().to_string();
                let today = now().date().to_string();
                let refused = make(tx, &house, &Asker::actor(&local, now()), proposal(&tomorrow)).await.unwrap_err();
                assert_eq!(code(&refused), "reform-definition-province");
                let refused = make(tx, &house, &Asker::actor(&keeper, now()), proposal(&today)).await.unwrap_err();
                assert_eq!(code(&refused), "reform-definition-past");
                let asked = make(tx, &house, &Asker::actor(&keeper, now()), proposal("2031-01-01")).await?;
                assert_eq!(asked.state.stage, Stage::Proposed);
                let again = make(tx, &house, &Asker::actor(&keeper, now()), proposal("2031-02-01")).await.unwrap_err();
                assert_eq!(code(&again), "reform-definition-waits");
                // Who proposed it does not decide, whatever else they hold; a leader of one commune neither.
                let both = Actor { account: keeper.account, ..leader.clone() };
                let refused = act(tx, &house, &both, &asked.code, "confirm").await.unwrap_err();
                assert_eq!(code(&refused), "reform-second-person");
                let part = account(8, Role::Leader, &commune);
                let refused = act(tx, &house, &part, &asked.code, "confirm").await.unwrap_err();
                assert_eq!(code(&refused), "records-not-yours");
                let no = act(tx, &house, &leader, &asked.code, "refuse").await?;
                assert_eq!((no.state.stage, no.state.decided_by), (Stage::Refused, Some(leader.account)));
                let refused = act(tx, &house, &leader, &asked.code, "confirm").await.unwrap_err();
                assert_eq!(code(&refused), "records-not-now");
                let second = make(tx, &house, &Asker::actor(&keeper, now()), proposal("2031-01-01")).await?;
                let yes = act(tx, &house, &leader, &second.code, "confirm").await?;
                assert_eq!(yes.state.stage, Stage::InForce);
                // The next one lies after it.
                let mut files: Vec<&str> = known::SHIPPED.to_vec();
                files.push(&yes.state.body);
                let known = Indicators::from_toml(&files, &counted()).unwrap();
                assert_eq!(known.versions("on-time").len(), definitions().versions("on-time").len() + 1);
                let later = House::new(tree.clone(), &known);
                let refused =
                    make(tx, &later, &Asker::actor(&keeper, now()), proposal("2030-12-31")).await.unwrap_err();
                assert_eq!(code(&refused), "reform-definition-before");
                let third = make(tx, &later, &Asker::actor(&keeper, now()), proposal("2031-02-01")).await?;
                let back = act(tx, &later, &keeper, &third.code, "withdraw").await?;
                assert_eq!(back.state.stage, Stage::Withdrawn);
                Ok::<_, Fault>(())
            })
        });
        done.await.unwrap();
    }
}

#[test]
fn a_figure_of_a_day_follows_the_definition_of_that_day() {
    let later = body("2031-01-01");
    let mut files: Vec<&str> = known::SHIPPED.to_vec();
    files.push(&later);
    let known = Indicators::from_toml(&files, &counted()).unwrap();
    let none = |on: &str| known.get("on-time", day(on)).unwrap().numerator.none;
    assert_eq!((none("2030-12-31"), none("2031-01-01")), (0, dossiers::flag::SUPPLEMENTED_AGAIN));
    for indicator in definitions().all(day("2030-12-31")) {
        assert_eq!(known.get(&indicator.id, day("2030-12-31")), Some(indicator));
    }
}
