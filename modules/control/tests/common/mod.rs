//! A province with its catalogue and without people: who acts is made up by each test.

#![allow(clippy::unwrap_used, dead_code, reason = "each file of tests uses some of it")]

use base::calendar::Calendar;
use base::{Actor, Fault, Grant, Id, Instant, Role};
use catalogue::Shelf;
use control::{Announcement, Rooms};
use organisation::{Agency, House};
use records::frame::Pages;
use records::{Asker, Held, Listener, Typed};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Db, params};

/// Wednesday 25/11/2026, 09:00.
pub const NOW: Instant = Instant(1_795_572_000_000);

pub struct Province {
    pub db: Db,
    pub house: House,
}

pub async fn provinces() -> Vec<Province> {
    static TABLES: store::testing::Made<()> = store::testing::Made::nothing();
    let made = TABLES.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            jobs::MIGRATIONS,
            records::MIGRATIONS,
            organisation::MIGRATIONS,
            catalogue::MIGRATIONS,
            control::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        db.write(|tx| Box::pin(async move { catalogue::seed(tx, NOW).await })).await.unwrap();
    });
    let mut all = Vec::new();
    for (db, ()) in made.await {
        let tree = Arc::new(organisation::demo_tree().unwrap());
        all.push(Province { db, house: House { tree, calendar: Calendar::shipped().clone() } });
    }
    all
}

pub fn person(account: i64, role: Role, agency: &Agency) -> Actor {
    let grants = vec![Grant::new(role, agency.id, agency.path.clone())];
    Actor { account: Id(account), name: role.as_str().to_owned(), grants, citizen_number: None }
}

pub fn typed(fields: &[(&str, &str)]) -> Typed {
    let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Typed { fields, files: Vec::new() }
}

/// The codes of what was refused.
pub fn refusal(fault: Fault) -> Vec<&'static str> {
    match fault {
        Fault::NotFound(code) => vec![code],
        Fault::Forbidden(problem) | Fault::Conflict(problem) => vec![problem.code],
        Fault::Invalid(problems) => problems.into_iter().map(|problem| problem.code).collect(),
        other => panic!("{other:?}"),
    }
}

impl Province {
    pub fn root(&self) -> &Agency {
        self.house.tree.root().unwrap()
    }

    pub fn commune(&self, n: usize) -> &Agency {
        self.house.tree.communes()[n]
    }

    pub fn department(&self, n: usize) -> &Agency {
        self.house.tree.departments()[n]
    }

    pub fn keeper(&self, account: i64) -> Actor {
        person(account, Role::CatalogueKeeper, self.root())
    }

    pub fn chairman(&self) -> Actor {
        person(2, Role::Leader, self.root())
    }

    pub async fn shelf(&self) -> Arc<Shelf> {
        Arc::new(self.db.read(|tx| Box::pin(async move { catalogue::load_shelf(tx).await })).await.unwrap())
    }

    pub async fn rooms(&self) -> Rooms {
        Rooms { house: self.house.clone(), shelf: self.shelf().await }
    }

    pub async fn prepare(
        &self,
        actor: &Actor,
        fields: &[(&str, &str)],
    ) -> Result<Held<Announcement>, Vec<&'static str>> {
        let (rooms, actor, typed) = (self.rooms().await, actor.clone(), typed(fields));
        let made =
            self.db.write(move |tx| Box::pin(async move { control::prepare(tx, &rooms, &actor, NOW, &typed).await }));
        made.await.map_err(refusal)
    }

    async fn acted(
        &self,
        actor: &Actor,
        code: &str,
        word: &'static str,
        fields: &[(&str, &str)],
    ) -> Result<Held<Announcement>, Fault> {
        let (rooms, actor, code, typed) = (self.rooms().await, actor.clone(), code.to_owned(), typed(fields));
        let done = self.db.write(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&actor, NOW);
                Announcement::perform(tx, &rooms, &asker, (&code, word), &typed).await
            })
        });
        done.await
    }

    pub async fn act(
        &self,
        actor: &Actor,
        code: &str,
        word: &'static str,
        fields: &[(&str, &str)],
    ) -> Result<Held<Announcement>, Vec<&'static str>> {
        self.acted(actor, code, word, fields).await.map_err(refusal)
    }

    /// The fields at which issuing it is refused.
    pub async fn refused_at(&self, actor: &Actor, code: &str, fields: &[(&str, &str)]) -> Vec<String> {
        match self.acted(actor, code, "issue", fields).await {
            Err(Fault::Invalid(problems)) => problems.into_iter().filter_map(|problem| problem.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    pub async fn announce(&self, actor: &Actor, code: &str, fields: &[(&str, &str)]) {
        let (actor, code, typed) = (actor.clone(), code.to_owned(), typed(fields));
        let done = self.db.write(move |tx| {
            Box::pin(async move { catalogue::announce(tx, &actor, NOW, Some(&code), &typed).await.map(|_| ()) })
        });
        done.await.unwrap();
    }

    pub async fn sees(&self, actor: &Actor, code: &str) -> bool {
        let (rooms, actor, code) = (self.rooms().await, actor.clone(), code.to_owned());
        let seen = self.db.read(move |tx| {
            Box::pin(async move {
                records::open::<Announcement>(tx, &rooms, &Asker::actor(&actor, NOW), &code).await.map(|_| ())
            })
        });
        seen.await.is_ok()
    }

    /// Everything the catalogue holds, as it stands.
    pub async fn versions(&self) -> Vec<String> {
        let sql = "SELECT id, effective_to, decision FROM procedure_version ORDER BY id";
        let rows = self.db.read(move |tx| Box::pin(async move { tx.query(sql, params![]).await })).await.unwrap();
        rows.iter().map(|row| format!("{row:?}")).collect()
    }

    /// Facts of a measure with a flag.
    pub async fn flagged(&self, measure: &'static str, flag: i64) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM fact WHERE measure = $1 AND (flags / $2) % 2 = 1";
        let row = self.db.read(move |tx| Box::pin(async move { tx.query_one(sql, params![measure, flag]).await }));
        row.await.unwrap().get("n").unwrap()
    }

    /// Nothing is wrong; what is counted of decisions, by measure.
    pub async fn proven(&self) -> BTreeMap<String, i64> {
        let counted = self.db.read(|tx| {
            Box::pin(async move {
                let (mut wrong, mut facts) = (Vec::new(), BTreeMap::<String, i64>::new());
                let mut listener = Listener {
                    fact: &mut |fact| *facts.entry(fact.measure.name.to_owned()).or_default() += fact.qty,
                    wrong: &mut |row| wrong.push(row),
                };
                records::prove(tx, &[control::KIND, catalogue::KIND], None, &mut listener).await?;
                if let Some(derived) = catalogue::PROOF.derived {
                    wrong.extend(derived(tx).await?);
                }
                Ok::<_, store::StoreError>((wrong, facts))
            })
        });
        let (wrong, facts) = counted.await.unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
        facts
    }
}
