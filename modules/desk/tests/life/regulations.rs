//! The regulation: one in force on a day, and what the rules of the queue take from it.

use crate::{NOW, Province, provinces, typed};
use base::time::DAY_MS;
use base::{Actor, Grant, Instant, Role};
use desk::data::Rule;
use desk::regulation::Regulation;
use records::Held;

impl Province {
    async fn issue(&self, actor: &Actor, day: &str, waits: &str) -> Result<Held<Regulation>, &'static str> {
        let typed = typed([
            ("title", "Quy chế"),
            ("decision", "12/QĐ-UBND"),
            ("effective_on", day),
            ("text", "Điều 1."),
            ("short_wait_minutes", waits),
        ]);
        let actor = actor.clone();
        self.write(move |tx, house| {
            Box::pin(async move { desk::regulation::issue(tx, house, &actor, NOW, &typed).await })
        })
        .await
    }

    async fn rule(&self, at: Instant) -> Rule {
        self.write(move |tx, _| Box::pin(async move { desk::regulation::rule(tx, at).await })).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_regulation_that_has_begun_is_followed_and_one_withdrawn_is_not() {
    for province in provinces().await {
        let root = province.house.org.tree.root().unwrap().clone();
        let grants = vec![Grant::new(Role::Leader, root.id, root.path.clone())];
        let chair = Actor { grants, ..province.head.clone() };
        let shipped = desk::data::rule(NOW.date()).unwrap();
        assert_eq!(province.issue(&province.head, "2026-11-25", "7").await.unwrap_err(), "records-not-yours");
        assert_eq!(province.issue(&chair, "2026-11-24", "7").await.unwrap_err(), "desk-regulation-past");
        assert_eq!(province.issue(&chair, "2026-11-25", "0").await.unwrap_err(), "records-field-number");
        let first = province.issue(&chair, "2026-11-25", "7").await.unwrap();
        let second = province.issue(&chair, "2026-11-27", "5").await.unwrap();
        assert_eq!((first.code.as_str(), second.code.as_str()), ("QC26-0001", "QC26-0002"));
        let rule = province.rule(NOW).await;
        assert_eq!((rule.short_wait_minutes, rule.slot_places), (7, shipped.slot_places));
        assert_eq!(province.rule(NOW.plus_ms(2 * DAY_MS)).await.short_wait_minutes, 5);
        let why = typed([("reason", "Sai")]);
        province.act::<Regulation>(&chair, NOW, (&second.code, "withdraw"), why).await.unwrap();
        assert_eq!(province.rule(NOW.plus_ms(2 * DAY_MS)).await.short_wait_minutes, 7);
        province.proven().await;
    }
}
