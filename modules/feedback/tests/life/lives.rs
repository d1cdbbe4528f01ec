//! Whole lives, step by step.

use crate::support::{DAY, Person, START, provinces, refusal};
use base::Limit;
use feedback::State;

#[tokio::test(flavor = "multi_thread")]
async fn from_the_portal_to_the_published_answer_with_a_question_a_return_and_a_second_round() {
    for province in provinces().await {
        let Receipt { held, key } = province.sent().await;
        let (code, sender) = (held.code.as_str(), Person::Sender(key));
        assert_eq!((code, held.state.state, held.state.unit), ("PA26-000001", State::New, province.desk().id));
        let due = province.owed(&held).await.unwrap();
        // Two working days later, at the same time of day.
        assert_eq!((due.name, due.at), ("petition-sort", START.plus_ms(2 * DAY)));

        let unit = province.division.id.to_string();
        let sorting = [("class", "place"), ("topic", "roads"), ("unit", unit.as_str())];
        let (clerk, officer, leader) = (province.clerk(), province.officer(), province.leader());
        let held = province.act(&clerk, code, "sort", &sorting, START.plus_ms(DAY)).await.unwrap();
        let due = province.owed(&held).await.unwrap();
        let answer = province.house.due(START.plus_ms(DAY), Limit::WorkingDays(15)).due_at;
        assert_eq!((due.name, due.unit, due.holder, due.at), ("petition-answer", province.division.id, None, answer));

        let held = province.act(&officer, code, "take-on", &[], START.plus_ms(DAY)).await.unwrap();
        assert_eq!(province.owed(&held).await.unwrap().holder, Some(base::Id(102)));
        let twice = province.act(&officer, code, "take-on", &[], START.plus_ms(DAY)).await;
        assert_eq!(refusal(twice.unwrap_err()), "feedback-yours-already");

        // The clock stands still while the sender is asked: one working day of it.
        let asked_at = START.plus_ms(5 * DAY);
        let held = province.act(&officer, code, "ask", &[("text", "Ngập đoạn nào?")], asked_at).await.unwrap();
        assert_eq!(province.owed(&held).await.unwrap().name, "petition-follow-up");
        let early = province.act(&officer, code, "go-on", &[], asked_at.plus_ms(DAY)).await;
        assert_eq!(refusal(early.unwrap_err()), "feedback-still-waiting");
        let brought = [("text", "Từ số 10 đến số 20")];
        let held = province.act(&sender, code, "supply", &brought, asked_at.plus_ms(DAY)).await.unwrap();
        let due = province.owed(&held).await.unwrap();
        assert_eq!((due.name, due.at), ("petition-answer", answer.plus_ms(DAY)));
        assert!(held.state.answer_basis.contains("policy=resume"));

        let now = START.plus_ms(7 * DAY);
        let drafted = [("answer_text", "Sẽ nạo vét cống trong tháng 12.")];
        let held = province.act(&officer, code, "draft", &drafted, now).await.unwrap();
        let due = province.owed(&held).await.unwrap();
        assert_eq!((due.name, due.unit), ("petition-approve", province.commune.id));
        province.act(&leader, code, "return", &[("reason", "Ghi rõ ngày")], now).await.unwrap();
        province.act(&officer, code, "draft", &drafted, now).await.unwrap();
        let held = province.act(&leader, code, "approve", &[], now).await.unwrap();
        assert_eq!(province.owed(&held).await.unwrap().name, "petition-publish");
        assert_eq!(held.state.answered_at, Some(now));

        province.act(&sender, code, "rate", &[("score", "2")], now).await.unwrap();
        let twice = province.act(&sender, code, "rate", &[("score", "5")], now).await;
        assert_eq!(refusal(twice.unwrap_err()), "feedback-rated");
        let public = [
            ("public_title", "Ngập trên đường 3/2"),
            ("answer_question", "Đường 3/2 ngập khi mưa."),
            ("answer_public", "Sẽ nạo vét cống trong tháng 12."),
        ];
        let held = province.act(&leader, code, "publish", &public, now).await.unwrap();
        assert_eq!((held.state.state, province.owed(&held).await), (State::Published, None));

        let held = province.act(&sender, code, "reopen", &[("reason", "Vẫn ngập")], now.plus_ms(DAY)).await.unwrap();
        assert_eq!((held.state.state, held.state.reopened, held.state.score), (State::Handling, 1, None));
        let late = answer.plus_ms(60 * DAY);
        province.act(&officer, code, "draft", &drafted, late).await.unwrap();
        province.act(&leader, code, "approve", &[], late).await.unwrap();
        let held = province.act(&leader, code, "keep", &[("reason", "Đã công khai lần trước")], late).await.unwrap();
        assert_eq!(held.state.state, State::Kept);
        // Answered twice, once of it in time (16 is ON_TIME); rated once, not satisfied.
        let counted = province.proven().await;
        let wanted = [
            "feedback_answered/0: 1",
            "feedback_answered/16: 1",
            "feedback_rated/0: 1",
            "feedback_received/0: 1",
            "feedback_reopened/0: 1",
        ];
        assert_eq!(counted, wanted);
    }
}

use feedback::Receipt;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_handed_over_or_taken_back_ends_with_its_reason_and_owes_nothing() {
    for province in provinces().await {
        let (clerk, officer) = (province.clerk(), province.officer());
        let why = [("reason", "Không thuộc thẩm quyền")];
        let refused = province.sent().await;
        let held = province.act(&clerk, &refused.held.code, "refuse", &why, START).await.unwrap();
        assert_eq!((held.state.state, province.owed(&held).await), (State::Refused, None));

        let complaint = province.sent().await;
        let to = [("track", "complaint"), ("reason", "Khiếu nại quyết định thu hồi đất")];
        let held = province.act(&clerk, &complaint.held.code, "hand-over", &to, START).await.unwrap();
        assert_eq!((held.state.state, held.state.track.as_str()), (State::HandedOver, "complaint"));

        // Also once it is being worked on.
        let later = province.sent().await;
        let unit = province.division.id.to_string();
        let sorting = [("class", "other"), ("topic", "land"), ("unit", unit.as_str())];
        province.act(&clerk, &later.held.code, "sort", &sorting, START).await.unwrap();
        let to = [("track", "denunciation"), ("reason", "Tố cáo cán bộ")];
        let held = province.act(&officer, &later.held.code, "hand-over", &to, START).await.unwrap();
        assert_eq!(held.state.track, "denunciation");

        let regretted = province.sent().await;
        let sender = Person::Sender(regretted.key.clone());
        let held = province.act(&sender, &regretted.held.code, "withdraw", &[], START).await.unwrap();
        assert_eq!(held.state.state, State::Withdrawn);
        assert_eq!(
            province.proven().await,
            ["feedback_handed_over/0: 2", "feedback_received/0: 1", "feedback_refused/0: 1"]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_are_those_of_the_law_and_forwarding_within_an_agency_does_not_stretch_them() {
    for province in provinces().await {
        let receipt = province.sent().await;
        let (clerk, officer, code) = (province.clerk(), province.officer(), receipt.held.code.as_str());
        let unit = province.division.id.to_string();
        let sorting = [("class", "place"), ("topic", "roads"), ("unit", unit.as_str())];
        let held = province.act(&clerk, code, "sort", &sorting, START).await.unwrap();
        let first = held.state.answer_due_at.unwrap();
        // More may be asked within five working days, and no longer.
        let late = held.state.ask_until.unwrap().plus_ms(1);
        assert_eq!(held.state.ask_until.unwrap(), START.plus_ms(7 * DAY));
        let asked = province.act(&officer, code, "ask", &[("text", "Ở đâu?")], late).await;
        assert_eq!(refusal(asked.unwrap_err()), "feedback-ask-late");

        let tree = province.house.tree.clone();
        let office = tree.division(province.commune.id, "office").unwrap().id.to_string();
        let same = province.act(&officer, code, "forward", &[("unit", &unit)], START.plus_ms(DAY)).await;
        assert_eq!(refusal(same.unwrap_err()), "feedback-unit-same");
        let held = province.act(&officer, code, "forward", &[("unit", &office)], START.plus_ms(DAY)).await.unwrap();
        assert_eq!((held.state.unit.to_string(), held.state.answer_due_at), (office, Some(first)));
        // Another agency has its own time from now.
        let far = province.house.unit_of("roads", None).unwrap().to_string();
        let leader = province.leader();
        let held = province.act(&leader, code, "forward", &[("unit", &far)], START.plus_ms(5 * DAY)).await.unwrap();
        assert_eq!(held.state.level, "province");
        assert!(held.state.answer_due_at.unwrap() > first);
        // The office that passed it on has it no more; where it came in keeps reading.
        assert!(!province.sees(&officer, code).await && province.sees(&clerk, code).await);
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_have_no_gap_where_a_sending_was_refused() {
    for province in provinces().await {
        province.sent().await;
        let wrong = [
            (vec![("text", ""), ("topic", "roads")], "records-field-required"),
            (vec![("text", "Đường ngập"), ("topic", "moon")], "feedback-topic"),
            (vec![("text", "Đường ngập"), ("topic", "roads"), ("area", "7")], "feedback-area"),
            (vec![("text", "Đường ngập"), ("topic", "roads"), ("phone", "12")], "base-phone-length"),
            (vec![("text", "Đường ngập"), ("topic", "roads"), ("email", "a@b")], "feedback-email"),
            (vec![("text", "Đường ngập"), ("topic", "roads"), ("concerned", "7")], "feedback-concerned"),
        ];
        for (fields, code) in wrong {
            let refused = province.send(&fields, START).await;
            assert_eq!(refusal(refused.unwrap_err()), code, "{fields:?}");
        }
        assert_eq!(province.sent().await.held.code, "PA26-000002");
        province.proven().await;
    }
}
