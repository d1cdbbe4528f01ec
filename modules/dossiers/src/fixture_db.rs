//! The small province of [`crate::fixture`] in a database, on each engine.

use crate::actions::{self, Act, By, CounterIntake, House, NewPaper};
use crate::decide::{Asked, Handing, PostTyped, Wished};
use crate::dossier::Dossier;
use crate::filing::Handed;
use crate::fixture;
use crate::happening::{Happening, Rules};
use crate::verbs::Verb;
use crate::verify::{Outside, Report, check};
use ::store::{BoxFuture, Db, StoreError, Tx, params};
use base::calendar::Calendar;
use base::{Actor, Channel, Fault, Id, Instant, Role};
use catalogue::Shelf;
use files::Staged;
use identity::{Hashed, Login, NewAccount};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A database with the agencies' scopes and two officials' accounts.
pub struct Office {
    pub db: Db,
    pub house: House,
    /// An officer and a head with accounts, as assignments want them.
    pub officer: Actor,
    pub head: Actor,
}

/// One on each engine.
pub async fn offices() -> Vec<Office> {
    static OFFICE: ::store::testing::Made<(Actor, Actor)> = ::store::testing::Made::nothing();
    let tree = Arc::new(fixture::tree());
    let made = OFFICE.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            jobs::MIGRATIONS,
            files::MIGRATIONS,
            records::MIGRATIONS,
            identity::MIGRATIONS,
            notices::MIGRATIONS,
            organisation::MIGRATIONS,
            catalogue::MIGRATIONS,
            crate::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        let planted = tree.clone();
        db.write(move |tx| {
            Box::pin(async move {
                for agency in planted.all() {
                    let nodes: Vec<Id> = agency.lineage().into_iter().rev().collect();
                    facts::set_scope(tx, agency.id, &nodes).await?;
                }
                let officer = account(tx, "thuly", Role::Officer, fixture::officer()).await?;
                let head = account(tx, "truongphong", Role::DivisionHead, fixture::head()).await?;
                Ok::<_, Fault>((officer, head))
            })
        })
        .await
        .unwrap()
    });
    let shelf = Arc::new(Shelf::of(vec![fixture::version()]));
    let office = |(db, (officer, head))| {
        let house = House { tree: tree.clone(), shelf: shelf.clone(), calendar: Calendar::shipped().clone() };
        Office { db, house, officer, head }
    };
    made.await.into_iter().map(office).collect()
}

async fn account(tx: &Tx, login: &str, role: Role, like: Actor) -> Result<Actor, Fault> {
    let now = fixture::november(1, 9, 0);
    let login = Login::new(login).map_err(Fault::invalid)?;
    let id = identity::create_account(tx, NewAccount::official(login, &like.name, Hashed::none()), now).await?;
    let grant = &like.grants[0];
    identity::grant(tx, id, role, grant.agency, &grant.agency_path, now).await?;
    Ok(Actor { account: id, ..like })
}

/// On to the next step, electronically.
pub fn forward() -> Act {
    Act::of(Verb::Forward)
}

/// Into the applicant's own hands.
pub fn hand_out(result: Option<NewPaper>) -> Act {
    hand(fixture::to_owner(), result)
}

/// Into somebody's hands.
pub fn hand(to: Handing, result: Option<NewPaper>) -> Act {
    let act = Act::of(Verb::ReturnResult).with("handed_to", to.to).with("receiver", to.name).bringing(result);
    act.with("authority", to.authority).with("tracking", to.tracking).with("address", to.address)
}

/// Taken back on the applicant's request.
pub fn withdraw(reason: &str, wished: Wished, request: Option<NewPaper>) -> Act {
    let act = Act::of(Verb::Withdraw).with("reason", reason).with("wished_how", wished.how).bringing(request);
    act.with("wished_by", wished.by).with("wished_words", wished.words)
}

impl From<Asked> for Act {
    fn from(asked: Asked) -> Act {
        let act = Act::of(Verb::RequestSupplement).with("reason", asked.reason).with("again", asked.again);
        let act = act.with("papers", asked.papers.join("\n")).with("asked_answers", asked.answers.join("\n"));
        act.with("other", asked.other).with("until", asked.until)
    }
}

/// What is brought for a supplement.
#[derive(Debug, Clone, Default)]
pub struct Supplement {
    pub note: String,
    pub papers: Vec<NewPaper>,
    /// Corrected answers, by the name of their field.
    pub answers: BTreeMap<String, String>,
    /// Why papers asked for cannot be brought, by the component's code.
    pub absent: BTreeMap<String, String>,
    pub sure: bool,
}

impl From<Supplement> for Act {
    fn from(brought: Supplement) -> Act {
        let sure = if brought.sure { "1" } else { "" };
        let act = Act::of(Verb::CompleteSupplement).with("note", brought.note).with("sure", sure);
        let act = brought.answers.iter().fold(act, |act, (name, text)| act.with(&format!("answers.{name}"), text));
        let act = brought.absent.iter().fold(act, |act, (code, why)| act.with(&format!("absent.{code}"), why));
        act.bringing(brought.papers)
    }
}

/// A supplement is there.
pub fn supplement(papers: Vec<NewPaper>) -> Act {
    Supplement { papers, ..Supplement::default() }.into()
}

/// The counter's filing at the near commune.
pub fn counter() -> CounterIntake {
    CounterIntake {
        procedure: fixture::version().code,
        channel: Channel::Counter,
        intake: fixture::NEAR,
        competent: fixture::NEAR,
        return_to: fixture::NEAR,
        handed: fixture::handed(),
        paid: false,
        post: PostTyped::default(),
        linked: None,
    }
}

impl Office {
    pub async fn receive(&self, by: Actor, now: Instant, intake: CounterIntake) -> Result<Dossier, Fault> {
        let (house, by) = (self.house.clone(), By { actor: by, now });
        self.db
            .write(move |tx| Box::pin(async move { actions::receive_at_counter(tx, &house, &by, &intake).await }))
            .await
    }

    pub async fn file(&self, by: Actor, now: Instant, handed: Handed) -> Result<Dossier, Fault> {
        let (house, by) = (self.house.clone(), By { actor: by, now });
        let code = fixture::version().code;
        self.db
            .write(move |tx| {
                Box::pin(async move { actions::file_online(tx, &house, &by, &code, fixture::NEAR, &handed).await })
            })
            .await
    }

    pub async fn act(&self, by: &Actor, now: Instant, code: &str, act: Act) -> Result<Dossier, Fault> {
        let (house, by, code) = (self.house.clone(), By { actor: by.clone(), now }, code.to_owned());
        self.db.write(move |tx| Box::pin(async move { actions::act(tx, &house, &by, &code, &act).await })).await
    }

    /// A decision with the result that was set for it, as both doors do it.
    pub async fn act_with(
        &self,
        by: &Actor,
        now: Instant,
        code: &str,
        act: Act,
        ready: Option<crate::issue::Ready>,
    ) -> Result<Dossier, Fault> {
        act_with(&self.db, &self.house, by, now, code, (act, ready)).await
    }

    /// Sets the result of a decision.
    pub async fn freeze(
        &self,
        store: &files::Store,
        by: &Actor,
        now: Instant,
        code: &str,
        act: &Act,
    ) -> Result<Option<crate::issue::Ready>, Fault> {
        let by = By { actor: by.clone(), now };
        let asked = (act.verb, &act.typed, !act.papers.is_empty());
        crate::issue::freeze((&self.db, store, &self.house), (&by, code, false), asked, "(chưa ký số)").await
    }

    /// Decides with what was written.
    pub async fn issue(
        &self,
        store: &files::Store,
        by: &Actor,
        now: Instant,
        code: &str,
        act: Act,
    ) -> Result<Dossier, Fault> {
        issue_with(&self.db, &self.house, store, by, now, code, act).await
    }

    /// An event as the first rules wrote it.
    pub async fn once_happened(&self, by: &Actor, now: Instant, code: &str, happening: Happening) -> Dossier {
        let (by, code) = (By { actor: by.clone(), now }, code.to_owned());
        let written = self.db.write(move |tx| {
            Box::pin(async move {
                let loaded = actions::load(tx, &code).await?;
                actions::write_under(
                    tx,
                    Some(&loaded),
                    None,
                    (&by, crate::decide::Standing::at(None)),
                    Rules::First,
                    &happening,
                )
                .await
            })
        });
        written.await.unwrap()
    }

    /// The procedure's first online payment, as the first rules recorded it.
    pub async fn once_paid_online(&self, by: &Actor, now: Instant, code: &str) {
        let paid = Happening::Paid { amount_dong: 8_000, online: true, clock: None, first_online: true };
        let dossier = self.once_happened(by, now, code, paid).await;
        let row = "INSERT INTO procedure_first_payment (procedure_id, dossier_id, at) VALUES ($1, $2, $3)";
        self.write(move |tx| {
            Box::pin(async move { tx.execute(row, params![dossier.procedure, dossier.id, now]).await })
        })
        .await;
    }

    /// Records a file whose bytes are nowhere, as a paper to come with an act.
    pub async fn paper(&self, component: Option<i64>) -> NewPaper {
        let staged = Staged {
            sha256: "ab".repeat(32),
            size_bytes: 3,
            media_type: "application/pdf".to_owned(),
            name: "ket-qua.pdf".to_owned(),
        };
        NewPaper { component, file: self.keep(staged).await }
    }

    /// Records a file.
    pub async fn keep(&self, staged: Staged) -> Id {
        let now = fixture::november(1, 9, 0);
        self.write(move |tx| Box::pin(async move { files::keep(tx, &staged, Id(1), None, now).await })).await
    }

    /// From the counter to the leader's desk, electronically.
    pub async fn at_leader(&self, now: Instant) -> Dossier {
        let dossier = self.receive(fixture::clerk(), now, counter()).await.unwrap();
        for person in [fixture::officer(), fixture::head()] {
            let forward = forward();
            self.act(&person, now.plus_ms(60_000), &dossier.code, forward).await.unwrap();
        }
        self.load(&dossier.code).await
    }

    pub async fn load(&self, code: &str) -> Dossier {
        let code = code.to_owned();
        self.db
            .read(move |tx| Box::pin(async move { Ok::<_, Fault>(actions::load(tx, &code).await?.dossier) }))
            .await
            .unwrap()
    }

    /// The only number of a query.
    pub async fn number(&self, sql: &'static str) -> i64 {
        self.db.read(move |tx| Box::pin(async move { tx.query_one(sql, params![]).await?.at::<i64>(0) })).await.unwrap()
    }

    /// The only number of a query that ends in a unit's id.
    pub async fn due_at(&self, sql: &str, unit: Id) -> i64 {
        let sql = ::store::Sql::from(format!("{sql}{unit}"));
        let read = self.db.read(move |tx| Box::pin(async move { tx.query_one(sql, params![]).await?.at::<i64>(0) }));
        read.await.unwrap()
    }

    /// What the proof says of changes made behind the program's back, `;` between them; they are taken back again.
    pub async fn tampered(&self, changes: &str) -> Report {
        struct TakenBack(Report);
        impl From<StoreError> for TakenBack {
            fn from(error: StoreError) -> Self {
                panic!("{error}")
            }
        }
        let changes: Vec<String> = changes.split(';').map(str::to_owned).collect();
        let changed = self.db.write(move |tx| {
            Box::pin(async move {
                for sql in changes {
                    let text = sql.clone();
                    assert!(tx.execute(::store::Sql::from(sql), params![]).await? > 0, "{text} changes nothing");
                }
                Err::<(), _>(TakenBack(check(tx, &Outside::default(), &|_| ()).await?))
            })
        });
        match changed.await {
            Err(TakenBack(report)) => report,
            Ok(()) => unreachable!("always taken back"),
        }
    }

    /// Everything the four tables of an action hold.
    pub async fn counts(&self) -> [i64; 4] {
        [
            self.number("SELECT COUNT(*) FROM dossier").await,
            self.number("SELECT COUNT(*) FROM event WHERE subject_id NOT IN (SELECT subject_id FROM event_head)").await,
            self.number("SELECT COUNT(*) FROM fact").await,
            self.number("SELECT COUNT(*) FROM job").await,
        ]
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + 'static,
    ) -> T {
        self.db.write(work).await.unwrap()
    }
}

async fn act_with(
    db: &Db,
    house: &House,
    by: &Actor,
    now: Instant,
    code: &str,
    (act, ready): (Act, Option<crate::issue::Ready>),
) -> Result<Dossier, Fault> {
    let (house, by, code) = (house.clone(), By { actor: by.clone(), now }, code.to_owned());
    let written = db.write(move |tx| {
        Box::pin(async move {
            let id = actions::load(tx, &code).await?.dossier.id;
            let issued = crate::issue::keep(tx, ready.as_ref(), id, &by).await?;
            actions::act(tx, &house, &by, &code, &Act { issued, ..act }).await
        })
    });
    written.await
}

/// Decides with what was written, set anew as often as the number was taken meanwhile.
pub async fn issue_with(
    db: &Db,
    house: &House,
    store: &files::Store,
    person: &Actor,
    now: Instant,
    code: &str,
    act: Act,
) -> Result<Dossier, Fault> {
    let by = By { actor: person.clone(), now };
    let asked = (act.verb, &act.typed, !act.papers.is_empty());
    let mut round = 1;
    loop {
        let ready = crate::issue::freeze((db, store, house), (&by, code, false), asked, "(chưa ký số)").await?;
        let outcome = act_with(db, house, person, now, code, (act.clone(), ready)).await;
        if !crate::issue::again(&outcome) || round == crate::issue::ROUNDS {
            return outcome;
        }
        round += 1;
    }
}

/// Does a job that tells something, as the program's worker does.
pub(crate) async fn told(tx: &Tx, job: &jobs::Claimed) -> Result<(), Fault> {
    let (channels, vault) = (notices::Channels::default(), identity::Vault::closed());
    notices::deliver(tx, (&channels, &vault), job.id, &notices::Told::read(&job.payload)?, job.ordered_at).await
}
