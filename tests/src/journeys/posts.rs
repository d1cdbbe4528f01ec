//! Whoever holds two posts acts now for one, now for the other; the log names the one that allowed the act, wherever it happens.

use base::{Id, Role};
use store::params;

use crate::harness::{PASSWORD, TestApp, on_every_engine, settle_official};

/// A procedure that no other journey needs.
const PROCEDURE: &str = "1.011608";

/// Kinds of events by one person, each with the agency in whose name; in the order of the kinds.
async fn acted_for(app: &TestApp, person: Id) -> Vec<(String, Option<Id>)> {
    let found = app.db().read(move |tx| {
        Box::pin(async move {
            let kinds = "SELECT DISTINCT kind, agency_id FROM event WHERE actor_id = $1 AND subject_id <> $1 ORDER BY kind, agency_id";
            let rows = tx.query(kinds, params![person]).await?;
            rows.iter()
                .map(|row| Ok((row.get("kind")?, row.get("agency_id")?)))
                .collect::<Result<Vec<_>, store::StoreError>>()
        })
    });
    found.await.expect("events")
}

#[test]
fn an_event_names_the_post_that_allowed_it_with_accounts_units_procedures_and_programmes_too() {
    on_every_engine(|app| async move {
        let tree = app.tree().clone();
        let root = tree.root().expect("root").clone();
        let commune = tree.communes()[13].clone();
        let desk = tree.desk_of(tree.communes()[14].id).expect("a desk").clone();
        // At a far desk first: the first post is never the one that allows what follows.
        let person = settle_official(app.db(), "hai.chuc.vu", Role::Clerk, &desk).await;
        let posts = [
            (Role::ReformOfficer, commune.clone()),
            (Role::Leader, commune.clone()),
            (Role::CatalogueKeeper, root.clone()),
            (Role::Administrator, root.clone()),
        ];
        let now = app.clock.now();
        app.db()
            .write(move |tx| {
                Box::pin(async move {
                    for (role, agency) in posts {
                        identity::grant(tx, person, role, agency.id, &agency.path, now).await?;
                    }
                    Ok::<_, base::Fault>(())
                })
            })
            .await
            .expect("posts");
        let mut client = app.anonymous();
        client.sign_in_as("hai.chuc.vu", PASSWORD).await;
        let actor = app.actor_of(&client).await;

        // As administrator of the province: makes an account, asks for a role at a commune, suspends somebody of the commune.
        client.get("/accounts/new").await.is(200);
        let made = client.post("/accounts/new", &[("name", "Mai Văn Hai"), ("login", "mai.hai"), ("phone", "")]).await;
        made.is(200);
        let ids = made.body.split("href=\"/accounts/").filter_map(|rest| rest.split('"').next()?.parse::<Id>().ok());
        let account = ids.last().expect("a link to the account");
        let fields = [("role", "clerk"), ("agency", desk.code.as_str()), ("basis", "QĐ 15/QĐ-UBND")];
        client.post(&format!("/accounts/{account}/grants"), &fields).await.is(303);
        let somebody = settle_official(app.db(), "nguoi.bi.khoa", Role::Officer, &commune).await;
        client.post(&format!("/accounts/{somebody}/state"), &[("state", "suspended")]).await.is(303);
        // As leader of the commune: confirms what another administrator asked for somebody of his.
        let colleague = settle_official(app.db(), "nguoi.duoc.giao", Role::Officer, &commune).await;
        let mut other = app.administrator().await;
        other.get(&format!("/accounts/{colleague}")).await.is(200);
        let fields = [("role", "division-head"), ("agency", commune.code.as_str()), ("basis", "QĐ 16/QĐ-UBND")];
        other.post(&format!("/accounts/{colleague}/grants"), &fields).await.is(303);
        let asked = app.db().read(move |tx| {
            Box::pin(async move { identity::requests::waiting_for(tx, colleague, now.plus_ms(60_000)).await })
        });
        let request = asked.await.expect("requests")[0].id;
        client.get("/accounts/requests").await.is(200);
        client.post(&format!("/accounts/requests/{request}/confirm"), &[]).await.is(303);

        // As keeper of units, of the catalogue, and of the commune's programmes and figures.
        let (parent, by) = (tree.departments()[1].clone(), actor.clone());
        let (inner, place) = (tree.clone(), commune.id);
        app.db()
            .write(move |tx| {
                Box::pin(async move {
                    let (code, day) = (format!("{}.98", parent.code), now.date().to_string());
                    let opening = [
                        ("kind", "division"),
                        ("code", code.as_str()),
                        ("name", "Phòng Hai chức vụ"),
                        ("decision", "15/QĐ-UBND"),
                        ("reason", "Sắp xếp lại"),
                        ("day", day.as_str()),
                    ];
                    organisation::verbs::open(tx, &by, now, (parent.id, "open"), &opening.into()).await?;
                    let ending = [("decision", "17/QĐ-UBND"), ("effective_from", "2028-01-01")];
                    catalogue::abolish(tx, &by, now, PROCEDURE, &ending.into()).await?;
                    let counted = records::measures(&motcua::kinds()).expect("declared");
                    let house = reform::House::new(std::sync::Arc::new(inner.clone()), &reform::shipped(&counted));
                    let day = now.date().to_string();
                    let fields = [("as_of", day.as_str()), ("numerator", "9"), ("denominator", "10")];
                    let evidence = files::Staged {
                        sha256: "cd".repeat(32),
                        size_bytes: 3,
                        media_type: "application/pdf".into(),
                        name: "bao-cao.pdf".into(),
                    };
                    let typed = records::Typed { files: vec![evidence], ..fields.into() };
                    let asker = records::Asker::actor(&by, now);
                    reform::declare::declare(tx, &house, &asker, ("ST-063", place), &typed).await?;
                    Ok::<_, base::Fault>(())
                })
            })
            .await
            .expect("acts");

        let told = acted_for(&app, person).await;
        let of = |kind: &str| -> Vec<Option<Id>> {
            told.iter().filter(|(found, _)| found == kind).map(|(_, agency)| *agency).collect()
        };
        for kind in ["account-created", "request-made", "account-state", "open", "end"] {
            assert_eq!(of(kind), [Some(root.id)], "{kind}: {told:?}");
        }
        for kind in ["request-decided", "role-granted", "declare"] {
            assert_eq!(of(kind), [Some(commune.id)], "{kind}: {told:?}");
        }
    });
}
