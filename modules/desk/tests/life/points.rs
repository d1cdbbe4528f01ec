//! Receiving points: declared once, noted thing by thing, counted when whole.

use crate::{NOW, Province, counted, provinces, typed};
use base::Actor;
use desk::Point;
use desk::point::State;
use records::{Held, Machine};

impl Province {
    async fn declared(&self, actor: &Actor, unit: &str) -> Result<Held<Point>, &'static str> {
        let (actor, typed) = (actor.clone(), typed([("unit", unit), ("text", "Nhà cấp 4, 120 m²")]));
        self.write(move |tx, house| Box::pin(async move { desk::point::declare(tx, house, &actor, NOW, &typed).await }))
            .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiving_point_is_whole_with_building_and_everything_required_and_counted_so() {
    for province in provinces().await {
        let desk = province.desk().id.to_string();
        assert_eq!(province.declared(&province.clerk, &desk).await.unwrap_err(), "records-not-yours");
        let commune = province.house.org.tree.communes()[0].id.to_string();
        assert_eq!(province.declared(&province.head, &commune).await.unwrap_err(), "desk-unit-none");
        let held = province.declared(&province.head, &desk).await.unwrap();
        assert_eq!(held.state.state(), State::Bare);
        assert_eq!(province.declared(&province.head, &desk).await.unwrap_err(), "desk-point-declared");

        let code = held.code.as_str();
        let all: Vec<&str> = desk::data::items(NOW.date()).iter().map(|item| item.id.as_str()).collect();
        let (some, whole) = (all[..all.len() - 1].join("\n"), all.join("\n"));
        let equip = async |actor: &Actor, items: &str| {
            province.act::<Point>(actor, NOW, (code, "equip"), typed([("items", items)])).await
        };
        let head = &province.head;
        assert_eq!(equip(head, "fountain").await.unwrap_err(), "desk-item-unknown");
        assert_eq!(equip(&province.stranger, &some).await.unwrap_err(), "records-not-found");
        assert_eq!(equip(&province.clerk, &some).await.unwrap_err(), "records-not-yours");
        let held = equip(head, &some).await.unwrap();
        assert!(!held.state.complete && held.state.items.len() == all.len() - 1);
        assert_eq!(equip(head, &some).await.unwrap_err(), "desk-item-same");
        let decision = || typed([("decision", "12/QĐ-UBND")]);
        province.act::<Point>(head, NOW, (code, "fund"), decision()).await.unwrap();
        let held = province.act::<Point>(head, NOW, (code, "build"), decision()).await.unwrap();
        assert_eq!(held.state.state(), State::Built);
        assert_eq!(province.proven().await, counted([("point_known", 0, 1)]));
        assert_eq!(equip(head, &whole).await.unwrap().state.state(), State::Equipped);
        assert_eq!(province.proven().await, counted([("point_equipped", 0, 1), ("point_known", 0, 1)]));

        // What broke is taken back, in the state and in the figure.
        assert_eq!(equip(head, all[0]).await.unwrap().state.state(), State::Built);
        assert_eq!(province.proven().await, counted([("point_equipped", 0, 0), ("point_known", 0, 1)]));
    }
}
