use super::*;
use crate::seed::tests::{keeper, seeded};
use jiff::civil::date;

fn now() -> Instant {
    Instant::from_local(date(2026, 11, 22).at(9, 0, 0, 0))
}

fn basis<const N: usize>(day: &str, more: [(&str, &str); N]) -> Typed {
    let mut typed = Typed::from([("decision", "12/QĐ-UBND"), ("reason", "Sắp xếp lại"), ("day", day)]);
    typed.fields.extend(more.map(|(name, text)| (name.to_owned(), text.to_owned())));
    typed
}

fn division(code: &str, day: &str) -> Typed {
    basis(day, [("code", code), ("name", "Phòng Thi đua"), ("kind", "division"), ("duty", "merit-awards")])
}

/// The fields that are wrong, or the code of the refusal.
fn wrong(fault: Fault) -> Vec<String> {
    match fault {
        Fault::Invalid(problems) => problems.into_iter().filter_map(|problem| problem.field).collect(),
        Fault::Conflict(problem) | Fault::Forbidden(problem) => vec![problem.code.to_owned()],
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_agency_is_opened_renamed_and_ended_with_its_history() {
    for db in seeded().await {
        let actor = keeper("/1/");
        let id = db
            .write(move |tx| {
                Box::pin(async move {
                    let id = open(tx, &actor, now(), (Id(102), "open"), &division("H13.02.09", "2026-11-02")).await?;
                    let named = basis("2026-11-10", [("name", "Phòng Thi đua - Khen thưởng")]);
                    act(tx, &actor, now(), (id, "rename"), &named, &[]).await?;
                    let again = basis("2026-11-10", [("name", "Phòng Khen thưởng")]);
                    let twice = act(tx, &actor, now(), (id, "rename"), &again, &[]).await.unwrap_err();
                    assert_eq!(wrong(twice), ["organisation-renamed-that-day"]);
                    act(tx, &actor, now(), (id, "end"), &basis("2026-11-20", [("successor", "1021")]), &[]).await?;
                    let after = act(tx, &actor, now(), (id, "rename"), &named, &[]).await.unwrap_err();
                    assert_eq!(wrong(after), ["records-not-now"]);
                    Ok::<_, Fault>(id)
                })
            })
            .await
            .unwrap();
        let (tree, events, words) = db
            .read(move |tx| {
                Box::pin(async move {
                    let events = audit::events(tx, id).await?;
                    Ok::<_, Fault>((crate::load_tree(tx).await?, events, records::asides(tx, id).await?))
                })
            })
            .await
            .unwrap();
        let agency = tree.get(id).unwrap();
        assert_eq!(agency.name_on(date(2026, 11, 9)), "Phòng Thi đua");
        assert_eq!(agency.name_on(date(2026, 11, 10)), "Phòng Thi đua - Khen thưởng");
        assert!(agency.stands_on(date(2026, 11, 20)) && !agency.stands_on(date(2026, 11, 21)));
        assert_eq!(agency.path, format!("/1/102/{id}/"));
        assert_eq!(agency.successors, [Id(1021)]);
        let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["open", "rename", "end"]);
        assert!(events.iter().all(|event| !event.data.contains("Sắp xếp")), "reasons stand beside the log");
        assert_eq!(words.len(), 3);
    }
}

#[tokio::test]
async fn a_keeper_changes_only_what_lies_below_his_own_agency() {
    for db in seeded().await {
        let actor = keeper("/1/103/");
        let refused = db.write(move |tx| {
            Box::pin(async move {
                let opened = open(tx, &actor, now(), (Id(102), "open"), &division("H13.02.09", "2026-11-02")).await;
                let named = basis("2026-11-10", [("name", "Phòng khác")]);
                let renamed = act(tx, &actor, now(), (Id(1021), "rename"), &named, &[]).await;
                Ok::<_, Fault>([wrong(opened.unwrap_err()), wrong(renamed.unwrap_err())].concat())
            })
        });
        assert_eq!(refused.await.unwrap(), ["organisation-not-yours", "records-not-yours"]);
    }
}

#[tokio::test]
async fn a_change_needs_a_free_code_a_decision_a_reason_and_a_day_that_has_come() {
    for db in seeded().await {
        let actor = keeper("/1/");
        let refused = db.write(move |tx| {
            Box::pin(async move {
                let mut bare = division("H13.02.01", "2026-11-23");
                bare.fields.insert("decision".into(), " ".into());
                bare.fields.remove("reason");
                let bare = open(tx, &actor, now(), (Id(102), "open"), &bare).await.unwrap_err();
                let late =
                    open(tx, &actor, now(), (Id(102), "open"), &division("H13.02.01", "2026-11-23")).await.unwrap_err();
                Ok::<_, Fault>((wrong(bare), wrong(late)))
            })
        });
        let (bare, late) = refused.await.unwrap();
        assert_eq!(
            (bare.as_slice(), late.as_slice()),
            (&["decision".into(), "reason".into()][..], &["day".into(), "code".into()][..])
        );
    }
}

#[tokio::test]
async fn an_agency_with_units_below_or_without_a_successor_is_not_ended() {
    for db in seeded().await {
        let actor = keeper("/1/");
        let refused = db.write(move |tx| {
            Box::pin(async move {
                let mut all = Vec::new();
                for (id, successor) in [(102, "103"), (1021, ""), (1021, "1021"), (1, "102")] {
                    let typed = basis("2026-11-20", [("successor", successor)]);
                    all.push(wrong(act(tx, &actor, now(), (Id(id), "end"), &typed, &[]).await.unwrap_err()).concat());
                }
                Ok::<_, Fault>(all)
            })
        });
        assert_eq!(refused.await.unwrap(), ["organisation-has-units", "successor", "successor", "organisation-root"]);
    }
}

fn root(system: &str, code: &str) -> Typed {
    basis("2026-11-02", [("system", system), ("code", code), ("name", "Kho bạc Nhà nước khu vực")])
}

#[tokio::test]
async fn another_system_has_a_tree_of_its_own_that_no_grant_of_the_state_reaches_into_and_the_other_way_round() {
    for db in seeded().await {
        let (province, part) = (keeper("/1/"), keeper("/1/102/"));
        let done = db.write(move |tx| {
            Box::pin(async move {
                let refused = open(tx, &part, now(), (Id(102), "establish"), &root("vertical", "G12.90")).await;
                assert!(matches!(refused, Err(Fault::NotFound("records-no-act"))));
                let refused = open(tx, &part, now(), (Id(1), "establish"), &root("vertical", "G12.90")).await;
                assert_eq!(wrong(refused.unwrap_err()), ["organisation-not-yours"]);
                let refused = open(tx, &province, now(), (Id(1), "establish"), &root("state", "G12.90")).await;
                assert_eq!(wrong(refused.unwrap_err()), ["system"]);
                let id = open(tx, &province, now(), (Id(1), "establish"), &root("vertical", "G12.90")).await?;
                let tree = crate::load_tree(tx).await?;
                let body = tree.get(id).unwrap();
                assert_eq!((body.path.clone(), body.parent, body.kind), (format!("/vertical/{id}/"), None, Kind::Body));
                assert_eq!(tree.root().unwrap().id, Id(1));
                // Its own keeper keeps what lies below; the province's does not, and neither keeps the other's.
                let own = keeper(&body.path);
                let below = |code| division(code, "2026-11-03");
                let refused = open(tx, &province, now(), (id, "open"), &below("G12.90.01")).await;
                assert_eq!(wrong(refused.unwrap_err()), ["organisation-not-yours"]);
                let refused = open(tx, &own, now(), (Id(102), "open"), &below("H13.02.09")).await;
                assert_eq!(wrong(refused.unwrap_err()), ["organisation-not-yours"]);
                let mut department = below("G12.90.01");
                department.fields.insert("kind".into(), "department".into());
                let refused = open(tx, &own, now(), (id, "open"), &department).await;
                assert_eq!(wrong(refused.unwrap_err()), ["kind"]);
                let part = open(tx, &own, now(), (id, "open"), &below("G12.90.01")).await?;
                // Its figures count for its own tree alone.
                let rows = tx
                    .query("SELECT node_id FROM fact_scope WHERE agency_id = $1 ORDER BY 1 LIMIT 9", params![part])
                    .await?;
                let nodes: Vec<Id> = rows.iter().map(|row| row.get("node_id")).collect::<Result<_, _>>()?;
                assert_eq!(nodes, [id, part]);
                // A root is renamed by both, and ended by the province alone, once nothing stands below.
                let named = basis("2026-11-10", [("name", "Kho bạc Nhà nước Khu vực XIX")]);
                act(tx, &own, now(), (id, "rename"), &named, &[]).await?;
                let over = basis("2026-11-20", [("successor", "7001")]);
                let refused = act(tx, &own, now(), (id, "end"), &over, &[]).await.unwrap_err();
                assert_eq!(wrong(refused), ["records-not-yours"]);
                let refused = act(tx, &province, now(), (id, "end"), &over, &[]).await.unwrap_err();
                assert_eq!(wrong(refused), ["organisation-has-units"]);
                act(tx, &own, now(), (part, "end"), &over, &[]).await?;
                act(tx, &province, now(), (id, "end"), &over, &[]).await?;
                Ok::<_, Fault>(())
            })
        });
        done.await.unwrap();
    }
}
