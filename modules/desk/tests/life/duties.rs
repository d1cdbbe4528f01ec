//! The roster: a substitute for everybody, who was there, who was missed, how steady a counter is.

use crate::{MINUTE, NOW, Province, counted, provinces, typed};
use base::time::DAY_MS;
use base::{Actor, Instant};
use desk::duty::{COVERED, SAME, State, stability};
use desk::{Counter, Duty};
use records::{Held, Subject, Typed};

impl Province {
    async fn assign(
        &self,
        actor: &Actor,
        counter: &Held<Counter>,
        (half, until): (&str, &str),
        (holder, substitute): (&Actor, &Actor),
    ) -> Result<usize, &'static str> {
        let (holder, substitute) = (holder.account.to_string(), substitute.account.to_string());
        let typed = typed([
            ("counter", &counter.code),
            ("half", half),
            ("from", "2026-11-25"),
            ("until", until),
            ("holder", &holder),
            ("substitute", &substitute),
        ]);
        let (actor, desk) = (actor.clone(), self.desk());
        self.write(move |tx, house| {
            Box::pin(async move { desk::duty_acts::assign(tx, house, &actor, NOW, (&desk, &typed)).await })
        })
        .await
    }

    async fn duties(&self) -> Vec<Held<Duty>> {
        let desk = self.desk().id;
        let days = (NOW.day(), NOW.day() + 40);
        self.write(move |tx, _| Box::pin(async move { Ok(desk::store::duties(tx, desk, days).await?) })).await.unwrap()
    }

    async fn here(&self, actor: &Actor, at: Instant, code: &str) -> Result<Held<Duty>, &'static str> {
        let (actor, code) = (actor.clone(), code.to_owned());
        self.write(move |tx, house| Box::pin(async move { desk::duty_acts::here(tx, house, &actor, at, &code).await }))
            .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_on_duty_has_a_substitute_and_no_half_day_is_given_twice() {
    for province in provinces().await {
        let counter = province.set_up(&province.head, "1", "").await.unwrap();
        let second = province.set_up(&province.head, "2", "").await.unwrap();
        let Province { head, clerk, other, stranger, .. } = &province;
        let week = ("both", "2026-11-30");
        assert_eq!(province.assign(clerk, &counter, week, (clerk, other)).await.unwrap_err(), "records-not-yours");
        assert_eq!(province.assign(head, &counter, week, (stranger, other)).await.unwrap_err(), "desk-duty-person");
        assert_eq!(province.assign(head, &counter, week, (clerk, clerk)).await.unwrap_err(), "desk-duty-substitute");
        let back = ("both", "2026-11-24");
        assert_eq!(province.assign(head, &counter, back, (clerk, other)).await.unwrap_err(), "desk-duty-days");
        // Wednesday to Monday, without the Saturday and the Sunday.
        assert_eq!(province.assign(head, &counter, week, (clerk, other)).await, Ok(8));
        let pair = (other, clerk);
        assert_eq!(province.assign(head, &counter, week, pair).await.unwrap_err(), "desk-duty-taken");
        let same = province.assign(head, &second, week, (clerk, other)).await;
        assert_eq!(same.unwrap_err(), "desk-duty-elsewhere");
        // What is taken off in time can be given again.
        let afternoon = province.duties().await.remove(1);
        province.act::<Duty>(head, NOW, (&afternoon.code, "drop"), Typed::default()).await.unwrap();
        assert_eq!(province.assign(head, &counter, ("pm", "2026-11-25"), pair).await, Ok(1));
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_there_says_so_and_whoever_is_not_is_missed_after_the_time_of_the_rule() {
    for province in provinces().await {
        let counter = province.set_up(&province.head, "1", "").await.unwrap();
        let Province { head, clerk, other, stranger, .. } = &province;
        province.assign(head, &counter, ("am", "2026-11-27"), (clerk, other)).await.unwrap();
        let all = province.duties().await;
        let [wednesday, thursday, friday] = &all[..] else { panic!("{all:?}") };
        let late = desk::data::rule(NOW.date()).unwrap().absent_after_minutes * MINUTE;
        let due = &Subject::dues(&wednesday.state)[0];
        assert_eq!((due.at, due.holder), (wednesday.state.opens_at.plus_ms(late), Some(clerk.account)));

        assert_eq!(province.here(stranger, NOW, &wednesday.code).await.unwrap_err(), "records-not-found");
        assert_eq!(province.here(head, NOW, &wednesday.code).await.unwrap_err(), "records-not-yours");
        assert_eq!(province.here(clerk, NOW, &thursday.code).await.unwrap_err(), "desk-duty-early");
        let there = province.here(clerk, NOW, &wednesday.code).await.unwrap();
        assert_eq!((there.state.state, there.state.present), (State::Present, Some(clerk.account)));
        assert!(Subject::dues(&there.state).is_empty());
        assert_eq!(province.here(other, NOW, &wednesday.code).await.unwrap_err(), "records-not-now");
        province.here(other, NOW.plus_ms(DAY_MS), &thursday.code).await.unwrap();

        let why = || typed([("reason", "Đi họp")]);
        let early = province.act::<Duty>(head, NOW, (&friday.code, "absent"), why()).await;
        assert_eq!(early.unwrap_err(), "desk-duty-not-missed");
        let at = friday.state.absent_at.plus_ms(1);
        assert!(friday.state.is_missed(at) && !friday.state.is_missed(friday.state.absent_at));
        assert_eq!(
            province.act::<Duty>(clerk, at, (&friday.code, "absent"), why()).await.unwrap_err(),
            "records-not-yours"
        );
        province.act::<Duty>(head, at, (&friday.code, "absent"), why()).await.unwrap();
        let wanted = [("duty_held", SAME, 1), ("duty_held", COVERED, 1), ("duty_missed", 0, 1)];
        assert_eq!(province.proven().await, counted(wanted));
        let (desk, days) = (province.desk().id, (NOW.day(), NOW.day() + 5));
        let stood = province.write(move |tx, _| Box::pin(async move { Ok(desk::store::stood(tx, desk, days).await?) }));
        assert_eq!(stability(&stood.await.unwrap()), Some((1, 2)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_stands_at_two_desks_at_once_and_a_substitute_is_free() {
    for province in provinces().await {
        let Province { head, clerk, other, rover, .. } = &province;
        let (one, two) = (province.set_up(head, "1", "").await.unwrap(), province.set_up(head, "2", "").await.unwrap());
        let day = ("am", "2026-11-25");
        // On duty at another desk.
        let tree = &province.house.org.tree;
        let far = tree.desk_of(tree.communes()[1].id).unwrap().clone();
        let chief =
            Actor { grants: vec![base::Grant::new(base::Role::Leader, far.id, far.path.clone())], ..head.clone() };
        let unit = far.id.to_string();
        let set_up = typed([("unit", unit.as_str()), ("number", "1")]);
        let (stranger, rover_id) = (province.stranger.account.to_string(), rover.account.to_string());
        province
            .write(move |tx, house| {
                Box::pin(async move {
                    let counter = desk::counter::set_up(tx, house, &chief, NOW, &set_up).await?;
                    let duty = typed([
                        ("counter", counter.code.as_str()),
                        ("half", "am"),
                        ("from", "2026-11-25"),
                        ("until", "2026-11-25"),
                        ("holder", rover_id.as_str()),
                        ("substitute", stranger.as_str()),
                    ]);
                    desk::duty_acts::assign(tx, house, &chief, NOW, (&far, &duty)).await
                })
            })
            .await
            .unwrap();
        assert_eq!(province.assign(head, &one, day, (rover, other)).await.unwrap_err(), "desk-duty-elsewhere");
        assert_eq!(province.assign(head, &one, day, (clerk, rover)).await.unwrap_err(), "desk-duty-elsewhere");
        assert_eq!(province.assign(head, &one, ("pm", "2026-11-25"), (clerk, rover)).await, Ok(1));
        // At one's own desk: whoever stands in for somebody stands at no counter then, nor the other way round.
        assert_eq!(province.assign(head, &one, day, (clerk, other)).await, Ok(1));
        assert_eq!(province.assign(head, &two, day, (other, clerk)).await.unwrap_err(), "desk-duty-elsewhere");
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_there_while_the_half_day_lasts_and_what_was_missed_is_not_taken_off() {
    for province in provinces().await {
        let counter = province.set_up(&province.head, "1", "").await.unwrap();
        let Province { head, clerk, other, .. } = &province;
        province.assign(head, &counter, ("both", "2026-11-26"), (clerk, other)).await.unwrap();
        let all = province.duties().await;
        let [_, afternoon, thursday, late] = &all[..] else { panic!("{all:?}") };
        let calendar = &province.house.org.calendar;
        // It is morning: the afternoon is not yet to be stood, nor is last night's.
        assert_eq!(province.here(clerk, NOW, &afternoon.code).await.unwrap_err(), "desk-duty-early");
        let (from, until) = thursday.state.open_for(calendar);
        assert!(from < thursday.state.opens_at && until > thursday.state.absent_at && until < late.state.opens_at);
        assert!(!calendar.is_working_time(until) && calendar.is_working_time(until.plus_ms(-1)));
        assert_eq!(province.here(clerk, from.plus_ms(-1), &thursday.code).await.unwrap_err(), "desk-duty-early");
        assert_eq!(province.here(clerk, until.plus_ms(1), &thursday.code).await.unwrap_err(), "desk-duty-over");
        province.here(clerk, from, &thursday.code).await.unwrap();

        let missed = late.state.absent_at;
        let drop =
            async |at: Instant, code: &str| province.act::<Duty>(head, at, (code, "drop"), Typed::default()).await;
        assert_eq!(drop(missed.plus_ms(1), &late.code).await.unwrap_err(), "desk-duty-missed");
        // A counter at which somebody is planned does not end, for nobody could settle that any more.
        assert_eq!(province.end(head, missed, &counter).await.unwrap_err(), "desk-counter-duties");
        drop(NOW, &afternoon.code).await.unwrap();
        drop(missed, &late.code).await.unwrap();
        let why = typed([("reason", "Nghỉ ốm")]);
        province.act::<Duty>(head, missed, (&all[0].code, "absent"), why).await.unwrap();
        province.end(head, missed, &counter).await.unwrap();
        assert_eq!(province.proven().await, counted([("duty_held", SAME, 1), ("duty_missed", 0, 1)]));
    }
}
