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
        let some = all[..all.len() - 1].join("\n");
        let install = |items: &str| typed([("items", items)]);
        let head = &province.head;
        let not_listed = province.act::<Point>(head, NOW, (code, "install"), install("fountain")).await;
        assert_eq!(not_listed.unwrap_err(), "desk-item-unknown");
        let nobody = province.act::<Point>(&province.stranger, NOW, (code, "install"), install(&some)).await;
        assert_eq!(nobody.unwrap_err(), "records-not-found");
        let held = province.act::<Point>(head, NOW, (code, "install"), install(&some)).await.unwrap();
        assert!(!held.state.complete && held.state.items.len() == all.len() - 1);
        let again = province.act::<Point>(head, NOW, (code, "install"), install(&some)).await;
        assert_eq!(again.unwrap_err(), "desk-item-unknown");
        let decision = || typed([("decision", "12/QĐ-UBND")]);
        province.act::<Point>(head, NOW, (code, "fund"), decision()).await.unwrap();
        let held = province.act::<Point>(head, NOW, (code, "build"), decision()).await.unwrap();
        assert_eq!(held.state.state(), State::Built);
        assert_eq!(province.proven().await, counted([("point_known", 0, 1)]));
        let last = install(all[all.len() - 1]);
        let held = province.act::<Point>(head, NOW, (code, "install"), last).await.unwrap();
        assert_eq!(held.state.state(), State::Equipped);
        assert_eq!(province.proven().await, counted([("point_equipped", 0, 1), ("point_known", 0, 1)]));

        // What broke is taken back, in the state and in the figure.
        let broken = || typed([("items", all[0]), ("reason", "Hỏng")]);
        let held = province.act::<Point>(head, NOW, (code, "remove"), broken()).await.unwrap();
        assert_eq!(held.state.state(), State::Built);
        let gone = province.act::<Point>(head, NOW, (code, "remove"), broken()).await;
        assert_eq!(gone.unwrap_err(), "desk-item-not-there");
        assert_eq!(province.proven().await, counted([("point_equipped", 0, 0), ("point_known", 0, 1)]));
    }
}
