//! The lives at the counter on both engines: who may what, what is counted, what the proof sees.

#![allow(clippy::unwrap_used)]

mod duties;
mod hall;
mod plans;
mod points;
mod regulations;
mod slots;

use base::calendar::Calendar;
use base::{Actor, CitizenId, Fault, Grant, Id, Instant, Role};
use desk::house::House;
use desk::queue_acts::Wish;
use desk::{Counter, Ticket};
use identity::{Cost, DemoAccount, Hasher, Password};
use organisation::Agency;
use records::{Asker, Held, Listener, Machine, Typed};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{BoxFuture, Db, Tx};

/// Wednesday 25/11/2026, 09:00.
pub(crate) const NOW: Instant = Instant(1_795_572_000_000);
/// Minutes in milliseconds.
pub(crate) const MINUTE: i64 = 60_000;

/// A fresh province, with six people who have accounts.
pub(crate) struct Province {
    pub(crate) db: Db,
    pub(crate) house: House,
    /// Two clerks of the first desk, the head of its commune, a clerk of another desk, a citizen.
    pub(crate) clerk: Actor,
    pub(crate) other: Actor,
    pub(crate) head: Actor,
    pub(crate) stranger: Actor,
    pub(crate) citizen: Actor,
    /// A clerk of the whole province.
    pub(crate) rover: Actor,
}

pub(crate) async fn provinces() -> Vec<Province> {
    static TABLES: store::testing::Made<Vec<Id>> = store::testing::Made::nothing();
    let tree = Arc::new(organisation::demo_tree().unwrap());
    let desk = |n: usize| tree.desk_of(tree.communes()[n].id).unwrap().clone();
    let posts = [
        (Role::Clerk, desk(0)),
        (Role::Clerk, desk(0)),
        (Role::Leader, tree.communes()[0].clone()),
        (Role::Clerk, desk(1)),
        (Role::Citizen, tree.root().unwrap().clone()),
        (Role::Clerk, tree.root().unwrap().clone()),
    ];
    let (people, put) = (posts.clone(), &posts);
    let made = TABLES.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            jobs::MIGRATIONS,
            records::MIGRATIONS,
            identity::MIGRATIONS,
            desk::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        let hasher = Hasher::new(Cost::TESTS).unwrap();
        let password = hasher.hash(Password::parse("mưa thuận gió hòa", &[]).unwrap()).await.unwrap();
        let accounts: Vec<DemoAccount> = put
            .iter()
            .enumerate()
            .map(|(n, (role, agency))| DemoAccount {
                login: format!("nguoi{n}"),
                name: format!("Người số {n}"),
                role: *role,
                agency: agency.id,
                path: agency.path.clone(),
                password: password.clone(),
                citizen_number: (*role == Role::Citizen).then(|| "094190000017".parse::<CitizenId>().unwrap()),
                phone: None,
            })
            .collect();
        let seeded = db.write(move |tx| Box::pin(async move { identity::seed_people(tx, &accounts, NOW).await }));
        seeded.await.unwrap()
    });
    let mut all = Vec::new();
    for (db, ids) in made.await {
        let actor = |n: usize| {
            let (role, agency) = &people[n];
            let grants = vec![Grant::new(*role, agency.id, agency.path.clone())];
            Actor { account: ids[n], name: format!("Người số {n}"), grants, citizen_number: None }
        };
        let fields = [("dat-dai", "Đất đai"), ("ho-tich", "Hộ tịch")].map(|(code, name)| (code.into(), name.into()));
        let org = organisation::House { tree: tree.clone(), calendar: Calendar::shipped().clone() };
        let house = House { org, fields: Arc::new(fields.into()) };
        let [clerk, other, head, stranger, citizen, rover] = [0, 1, 2, 3, 4, 5].map(actor);
        all.push(Province { db, house, clerk, other, head, stranger, citizen, rover });
    }
    all
}

pub(crate) fn typed<const N: usize>(fields: [(&str, &str); N]) -> Typed {
    Typed::from(fields)
}

/// The code of the first problem.
pub(crate) fn refusal(fault: Fault) -> &'static str {
    match fault {
        Fault::NotFound(code) => code,
        Fault::Forbidden(problem) | Fault::Conflict(problem) => problem.code,
        Fault::Invalid(problems) => problems[0].code,
        other => panic!("{other:?}"),
    }
}

impl Province {
    pub(crate) fn desk(&self) -> Agency {
        self.house.org.tree.desk_of(self.house.org.tree.communes()[0].id).unwrap().clone()
    }

    /// What one transaction comes to.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        job: impl for<'t> FnOnce(&'t Tx, &'t House) -> BoxFuture<'t, Result<T, Fault>> + Send + 'static,
    ) -> Result<T, &'static str> {
        let house = self.house.clone();
        let done = self.db.write(move |tx| Box::pin(async move { job(tx, &house).await }));
        done.await.map_err(refusal)
    }

    pub(crate) async fn act<S: Machine<House = House>>(
        &self,
        actor: &Actor,
        at: Instant,
        (code, word): (&str, &'static str),
        typed: Typed,
    ) -> Result<Held<S>, &'static str> {
        let (actor, code) = (actor.clone(), code.to_owned());
        self.write(move |tx, house| {
            Box::pin(
                async move { records::act::<S>(tx, house, &Asker::actor(&actor, at), (&code, word), &typed).await },
            )
        })
        .await
    }

    pub(crate) async fn set_up(
        &self,
        actor: &Actor,
        number: &str,
        fields: &str,
    ) -> Result<Held<Counter>, &'static str> {
        let unit = self.desk().id.to_string();
        let typed = typed([("unit", &unit), ("number", number), ("fields", fields)]);
        let actor = actor.clone();
        self.write(move |tx, house| {
            Box::pin(async move { desk::counter::set_up(tx, house, &actor, NOW, &typed).await })
        })
        .await
    }

    /// A counter that is open.
    pub(crate) async fn open(&self, number: &str, fields: &str) -> Held<Counter> {
        let held = self.set_up(&self.head, number, fields).await.unwrap();
        self.act(&self.clerk, NOW, (&held.code, "open"), Typed::default()).await.unwrap()
    }

    pub(crate) async fn take(&self, at: Instant, field: &str, priority: &str) -> Result<Held<Ticket>, &'static str> {
        let wish = Wish { field: field.to_owned(), priority: priority.to_owned(), ..Wish::default() };
        let desk = self.desk();
        self.write(move |tx, house| Box::pin(async move { desk::queue_acts::take(tx, house, &desk, at, &wish).await }))
            .await
    }

    pub(crate) async fn call(
        &self,
        actor: &Actor,
        at: Instant,
        counter: &Held<Counter>,
    ) -> Result<Option<Held<Ticket>>, &'static str> {
        let (actor, code) = (actor.clone(), counter.code.clone());
        self.write(move |tx, house| {
            Box::pin(async move { desk::queue_acts::call_next(tx, house, &actor, at, (&code, None)).await })
        })
        .await
    }

    /// With the ticket that the page of the counter showed.
    pub(crate) async fn press(
        &self,
        at: Instant,
        counter: &Held<Counter>,
        shown: &str,
    ) -> Result<Option<Held<Ticket>>, &'static str> {
        let (actor, code, shown) = (self.clerk.clone(), counter.code.clone(), shown.to_owned());
        self.write(move |tx, house| {
            Box::pin(async move { desk::queue_acts::call_next(tx, house, &actor, at, (&code, Some(&shown))).await })
        })
        .await
    }

    pub(crate) async fn close(
        &self,
        actor: &Actor,
        at: Instant,
        counter: &Held<Counter>,
    ) -> Result<Held<Counter>, &'static str> {
        let (actor, code) = (actor.clone(), counter.code.clone());
        self.write(move |tx, house| {
            Box::pin(async move { desk::queue_acts::close(tx, house, &actor, at, (&code, None)).await })
        })
        .await
    }

    pub(crate) async fn end(
        &self,
        actor: &Actor,
        at: Instant,
        counter: &Held<Counter>,
    ) -> Result<Held<Counter>, &'static str> {
        let (actor, code, typed) = (actor.clone(), counter.code.clone(), typed([("reason", "Gộp quầy")]));
        self.write(move |tx, house| {
            Box::pin(async move { desk::queue_acts::end(tx, house, &actor, at, (&code, &typed)).await })
        })
        .await
    }

    /// Nothing is wrong; what is counted, by measure and flags.
    pub(crate) async fn proven(&self) -> BTreeMap<(String, i64), i64> {
        let counted = self.db.read(|tx| {
            Box::pin(async move {
                let (mut wrong, mut facts) = (Vec::new(), BTreeMap::<(String, i64), i64>::new());
                let mut listener = Listener {
                    fact: &mut |fact| {
                        *facts.entry((fact.measure.name.to_owned(), fact.flags)).or_default() += fact.qty;
                    },
                    wrong: &mut |row| wrong.push(row),
                };
                let kinds =
                    [desk::POINTS, desk::COUNTERS, desk::TICKETS, desk::BOOKINGS, desk::DUTIES, desk::REGULATIONS];
                records::prove(tx, &kinds, None, &mut listener).await?;
                Ok::<_, store::StoreError>((wrong, facts))
            })
        });
        let (wrong, facts) = counted.await.unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
        facts
    }
}

/// Counted facts, for comparing.
pub(crate) fn counted<const N: usize>(wanted: [(&str, i64, i64); N]) -> BTreeMap<(String, i64), i64> {
    wanted.into_iter().map(|(measure, flags, n)| ((measure.to_owned(), flags), n)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_prepared_on_both_engines() {
    for province in provinces().await {
        store::testing::prepare_all(&province.db).await;
    }
}

#[test]
fn every_word_of_its_pages_is_there_in_both_languages() {
    i18n::install(&[desk::LOCALES, records::LOCALES, lists::LOCALES, web::base_locales()]);
    let mut wanted = records::frame::words_of::<desk::Point>();
    wanted.extend(records::frame::words_of::<Counter>());
    wanted.extend(records::frame::words_of::<desk::Regulation>());
    wanted.extend(["in-force", "ahead", "followed", "withdrawn"].map(|word| format!("regulation-stands-{word}")));
    wanted.extend(desk::lists().into_iter().flat_map(|list| list.words));
    wanted.extend(desk::DUTIES.dues.iter().map(|due| due.word.to_owned()));
    wanted.extend(desk::ticket::State::WORDS.map(|word| format!("ticket-state-{word}")));
    wanted.extend(desk::booking::State::WORDS.map(|word| format!("booking-state-{word}")));
    wanted.extend(desk::duty::State::WORDS.map(|word| format!("duty-state-{word}")));
    wanted.extend(desk::data::rule(NOW.date()).unwrap().priority.iter().map(|word| format!("desk-priority-{word}")));
    wanted.extend((1..=7).map(|day| format!("booking-weekday-{day}")));
    wanted.extend(["present", "absent", "dropped"].map(|word| format!("duty-done-{word}")));
    let missing: Vec<String> = [base::Lang::Vi, base::Lang::En]
        .into_iter()
        .flat_map(|lang| {
            wanted.iter().filter(move |key| !i18n::has(lang, key)).map(move |key| format!("{key} {lang:?}"))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
