//! What stays secret: from the unit complained of, from whoever has the code alone, from the log, from the public.

use crate::support::{Person, START, provinces, refusal};
use feedback::State;
use store::params;

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_of_harassment_goes_past_the_unit_and_nobody_of_it_ever_sees_it() {
    for province in provinces().await {
        let receipt = province.complaining().await;
        let code = receipt.held.code.as_str();
        assert_eq!(receipt.held.state.intake, province.root().id);
        assert_eq!(province.owed(&receipt.held).await.unwrap().name, "petition-sort-by-head");
        let of_the_unit = [province.clerk(), province.officer(), province.head(), province.leader()];
        for person in of_the_unit.iter().chain(&[province.stranger(), Person::Nobody]) {
            assert!(!province.sees(person, code).await);
            let refused = province.act(person, code, "sort", &[], START).await;
            assert_eq!(refusal(refused.unwrap_err()), "records-not-found");
        }
        let chairman = province.chairman();
        assert!(province.sees(&chairman, code).await && province.sees(&province.inspector(), code).await);
        // It is never laid with the unit, nor below it.
        for unit in [province.commune.id, province.division.id] {
            let unit = unit.to_string();
            let sorting = [("class", "conduct"), ("topic", "conduct"), ("unit", unit.as_str())];
            let refused = province.act(&chairman, code, "sort", &sorting, START).await;
            assert_eq!(refusal(refused.unwrap_err()), "feedback-unit-concerned");
        }
        let unit = province.house.unit_of("conduct", None).unwrap().to_string();
        let sorting = [("class", "conduct"), ("topic", "conduct"), ("unit", unit.as_str())];
        province.act(&chairman, code, "sort", &sorting, START).await.unwrap();
        let answer = [("answer_text", "Đã xác minh và xử lý.")];
        province.act(&province.investigator(), code, "draft", &answer, START).await.unwrap();
        let held = province.act(&province.chief_inspector(), code, "approve", &[], START).await.unwrap();
        assert_eq!(held.state.state, State::Answered);
        for person in &of_the_unit {
            assert!(!province.sees(person, code).await);
        }
        assert!(province.sees(&Person::Sender(receipt.key.clone()), code).await);

        // A post at the unit shuts out whatever other posts somebody has.
        let (Person::Official(chief), Person::Official(own)) = (chairman, province.officer()) else { panic!() };
        let both = base::Actor { grants: [chief.grants.clone(), own.grants].concat(), ..chief };
        assert!(!province.sees(&Person::Official(both), code).await);
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_alone_opens_nothing_and_a_wrong_key_is_answered_as_no_petition() {
    for province in provinces().await {
        let receipt = province.sent().await;
        let other = province.sent().await;
        let code = receipt.held.code.as_str();
        assert!(province.sees(&Person::Sender(receipt.key.to_uppercase()), code).await);
        for key in ["", "k3m7p-x9q2r", &other.key] {
            assert!(!province.sees(&Person::Sender(key.to_owned()), code).await, "{key}");
        }
        assert!(!province.sees(&Person::Nobody, code).await);
        // The sender does what is the sender's, and nothing of the office's.
        let sender = Person::Sender(receipt.key.clone());
        let sorting = [("class", "place"), ("topic", "roads"), ("unit", "1")];
        let refused = province.act(&sender, code, "sort", &sorting, START).await;
        assert_eq!(refusal(refused.unwrap_err()), "records-not-yours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_and_no_row_of_the_register_holds_what_was_written_or_who_wrote_it() {
    for province in provinces().await {
        province.sent().await;
        let (events, rows) = province
            .db
            .read(|tx| {
                Box::pin(async move {
                    let events = tx.query("SELECT data FROM event", params![]).await?;
                    Ok::<_, store::StoreError>((events, tx.query("SELECT * FROM petition", params![]).await?))
                })
            })
            .await
            .unwrap();
        let all = format!("{events:?} {rows:?}");
        for secret in ["Đào", "0912345678", "ngập", "Hẻm 12"] {
            assert!(!all.contains(secret), "{secret}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_published_with_the_senders_name_or_anybodys_number_and_nobody_approves_their_own_draft() {
    for province in provinces().await {
        let receipt = province.sent().await;
        let (clerk, officer, leader, code) =
            (province.clerk(), province.officer(), province.leader(), receipt.held.code.as_str());
        let unit = province.division.id.to_string();
        let sorting = [("class", "place"), ("topic", "roads"), ("unit", unit.as_str())];
        province.act(&clerk, code, "sort", &sorting, START).await.unwrap();
        // One person with both posts.
        let (Person::Official(working), Person::Official(leading)) = (officer, leader.clone()) else { panic!() };
        let both = base::Actor { grants: [working.grants.clone(), leading.grants].concat(), ..working };
        let both = Person::Official(both);
        province.act(&both, code, "draft", &[("answer_text", "Sẽ nạo vét cống.")], START).await.unwrap();
        let own = province.act(&both, code, "approve", &[], START).await;
        assert_eq!(refusal(own.unwrap_err()), "feedback-own-draft");
        province.act(&leader, code, "approve", &[], START).await.unwrap();

        let public = |title: &'static str, answer: &'static str| {
            [("public_title", title), ("answer_question", "Đường ngập."), ("answer_public", answer)]
        };
        let tried = [
            (public("Đường nhà bà NGUYEN THI DAO", "Sẽ nạo vét."), "feedback-public-name"),
            (public("Đường ngập", "Gọi 0912 345 678 để hẹn."), "feedback-public-number"),
            (public("Đường ngập", "Viết đến dao@example.vn."), "feedback-public-email"),
        ];
        for (fields, refused) in tried {
            let outcome = province.act(&leader, code, "publish", &fields, START).await;
            assert_eq!(refusal(outcome.unwrap_err()), refused);
        }
        let fields = public("Đường 3/2 ngập", "Sẽ nạo vét cống, kinh phí 1.250.000.000 đồng.");
        let held = province.act(&leader, code, "publish", &fields, START).await.unwrap();
        assert_eq!(held.state.state, State::Published);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_petition_is_found_by_its_words_where_it_lies_and_a_complaint_not_at_the_unit_complained_of() {
    for province in provinces().await {
        let (road, complaint) = (province.sent().await, province.complaining().await);
        let (desk, division, commune) = (province.desk().id, province.division.id, province.commune.id);
        for words in ["đường 3/2 ngập", "NGUYEN THI DAO", "0912345678", "hẻm 12", "pa26-000001", "ngap moi khi mu"]
        {
            assert_eq!(province.found(words, Some(&[desk])).await, 1, "{words}");
            assert_eq!(province.found(words, None).await, 1, "{words}");
            assert_eq!(province.found(words, Some(&[division, commune])).await, 0, "{words}");
        }
        // It is found where it has gone to, and still where it came in.
        let unit = division.to_string();
        let sorting = [("class", "place"), ("topic", "roads"), ("unit", unit.as_str())];
        province.act(&province.clerk(), &road.held.code, "sort", &sorting, START).await.unwrap();
        assert_eq!(province.found("đường ngập", Some(&[division])).await, 1);
        assert_eq!(province.found("đường ngập", Some(&[desk])).await, 1);
        assert_eq!(province.found("đường khô", None).await, 0);
        assert_eq!(province.found(" % ", None).await, 0);
        // A word longer than any is found by its beginning, and breaks neither engine.
        let long = "ệ".repeat(3_000);
        province.send(&[("text", long.as_str()), ("topic", "roads")], START).await.unwrap();
        assert_eq!(province.found(&long, None).await, 1);

        let own = [commune, desk, division];
        assert_eq!(province.found("đòi thêm tiền", Some(&own)).await, 0);
        assert_eq!(province.found(&complaint.held.code, Some(&own)).await, 0);
        assert_eq!(province.found("đòi thêm tiền", Some(&[province.root().id])).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_petition_opens_the_senders_side_and_not_the_offices() {
    for province in provinces().await {
        // Somebody who is both: sent it from an account, and reads petitions, but elsewhere.
        let Person::Official(mut both) = province.stranger() else { panic!() };
        both.citizen_number = Some("094190000017".to_owned());
        let (house, sender, area) = (province.house.clone(), both.clone(), province.commune.id.to_string());
        let fields = crate::support::typed(&[("text", "Cầu gãy"), ("topic", "roads"), ("area", &area)]);
        let sent = province
            .db
            .write(move |tx| Box::pin(async move { feedback::send(tx, &house, Some(&sender), START, &fields).await }));
        let code = sent.await.unwrap().held.code;
        let office = async |person: Person| {
            let (house, code) = (province.house.clone(), code.clone());
            let opened = province.db.read(move |tx| {
                Box::pin(async move {
                    let asker = crate::support::asker(&person, START);
                    feedback::actions::opened(tx, &house, &asker, &code).await.map(|_| ())
                })
            });
            opened.await
        };
        assert!(province.sees(&Person::Official(both.clone()), &code).await);
        assert_eq!(refusal(office(Person::Official(both.clone())).await.unwrap_err()), "records-not-found");
        assert!(office(province.clerk()).await.is_ok());
        assert_eq!(refusal(office(province.stranger()).await.unwrap_err()), "records-not-found");
        // Where they read it as an official as well, they do.
        let Person::Official(clerk) = province.clerk() else { panic!() };
        both.grants.extend(clerk.grants);
        assert!(office(Person::Official(both)).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_no_dossiers_is_refused_at_its_field() {
    for province in provinces().await {
        let area = province.commune.id.to_string();
        for code in ["PA26-000001", "hồ sơ của tôi"] {
            let fields = [("text", "Quá hạn"), ("topic", "roads"), ("area", &area), ("dossier", code)];
            let Err(base::Fault::Invalid(problems)) = province.send(&fields, START).await else { panic!("{code}") };
            assert_eq!(problems[0].code, "feedback-dossier");
            assert_eq!(problems[0].field.as_deref(), Some("dossier"));
        }
        assert!(province.send(&[("text", "Quá hạn"), ("topic", "roads"), ("dossier", " ")], START).await.is_ok());
    }
}
