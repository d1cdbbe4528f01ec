//! A province in a database, its people, and petitions brought into any state.

use base::calendar::Calendar;
use base::{Actor, Fault, Grant, Id, Instant, Role};
use feedback::{House, Petition, Receipt};
use organisation::Agency;
use records::{Asker, Due, Held, Listener, Subject, Typed};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Db, params};

/// Wednesday 25/11/2026, 09:00: a working day, in office hours.
pub const START: Instant = Instant(1_795_572_000_000);
pub const DAY: i64 = 86_400_000;

pub struct Province {
    pub db: Db,
    pub house: House,
    pub commune: Agency,
    pub division: Agency,
}

/// One on each engine.
pub async fn provinces() -> Vec<Province> {
    static TABLES: store::testing::Made<()> = store::testing::Made::nothing();
    let mut provinces = Vec::new();
    let made = TABLES.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            access::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            identity::MIGRATIONS,
            jobs::MIGRATIONS,
            records::MIGRATIONS,
            feedback::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
    });
    for (db, ()) in made.await {
        let tree = Arc::new(organisation::demo_tree().unwrap());
        let commune = tree.communes()[0].clone();
        let division = tree.division(commune.id, "economy").unwrap().clone();
        provinces.push(Province { db, house: House::new(tree, Calendar::shipped().clone()), commune, division });
    }
    provinces
}

fn official(account: i64, role: Role, agency: &Agency) -> Actor {
    let grant = Grant::new(role, agency.id, agency.path.clone());
    Actor {
        account: Id(account),
        name: format!("{} {account}", role.as_str()),
        grants: vec![grant],
        citizen_number: None,
    }
}

/// Who asks; the sender shows the key.
#[derive(Clone)]
pub enum Person {
    Official(Actor),
    Sender(String),
    Nobody,
}

impl Province {
    pub fn root(&self) -> Agency {
        self.house.tree.root().unwrap().clone()
    }

    pub fn desk(&self) -> Agency {
        self.house.tree.desk_of(self.commune.id).unwrap().clone()
    }

    pub fn clerk(&self) -> Person {
        Person::Official(official(101, Role::Clerk, &self.desk()))
    }

    pub fn officer(&self) -> Person {
        Person::Official(official(102, Role::Officer, &self.division))
    }

    pub fn head(&self) -> Person {
        Person::Official(official(103, Role::DivisionHead, &self.division))
    }

    pub fn leader(&self) -> Person {
        Person::Official(official(104, Role::Leader, &self.commune))
    }

    pub fn chairman(&self) -> Person {
        Person::Official(official(105, Role::Leader, &self.root()))
    }

    pub fn inspector(&self) -> Person {
        Person::Official(official(106, Role::Inspector, &self.root()))
    }

    /// The officer of the provincial division that works on the conduct of officials.
    pub fn investigator(&self) -> Person {
        let unit = self.house.unit_of("conduct", None).unwrap();
        Person::Official(official(107, Role::Officer, self.house.tree.get(unit).unwrap()))
    }

    /// The leader of the department that division belongs to.
    pub fn chief_inspector(&self) -> Person {
        let unit = self.house.unit_of("conduct", None).unwrap();
        Person::Official(official(108, Role::Leader, self.house.tree.house_of(unit).unwrap()))
    }

    /// Somebody else of another commune.
    pub fn stranger(&self) -> Person {
        let other = self.house.tree.communes()[1];
        Person::Official(official(109, Role::Leader, other))
    }

    /// Somebody with an account and a role, as others find them.
    pub async fn engaged(&self, role: Role, agency: &Agency) -> Person {
        use identity::{Hashed, NewAccount};
        let (at, path) = (agency.id, agency.path.clone());
        let made = self.db.write(move |tx| {
            Box::pin(async move {
                let login = identity::Login::new(&format!("can-bo-{}", Id::next(START))).map_err(Fault::invalid)?;
                let account = NewAccount::official(login, format!("Cán bộ {}", role.as_str()), Hashed::none());
                let account = identity::create_account(tx, account, START).await?;
                identity::grant(tx, account, role, at, &path, START).await?;
                Ok::<_, Fault>(account)
            })
        });
        Person::Official(official(made.await.unwrap().0, role, agency))
    }

    /// Sorted to the division.
    pub async fn handled(&self) -> Receipt {
        let (receipt, unit) = (self.sent().await, self.division.id.to_string());
        let sorting = [("class", "place"), ("topic", "roads"), ("unit", unit.as_str())];
        self.act(&self.clerk(), &receipt.held.code, "sort", &sorting, START).await.unwrap();
        receipt
    }

    pub async fn send(&self, fields: &[(&str, &str)], now: Instant) -> Result<Receipt, Fault> {
        let (house, typed) = (self.house.clone(), typed(fields));
        self.db.write(move |tx| Box::pin(async move { feedback::send(tx, &house, None, now, &typed).await })).await
    }

    /// Taken in by an official.
    pub async fn take(&self, person: &Person, fields: &[(&str, &str)], now: Instant) -> Result<Receipt, Fault> {
        let Person::Official(actor) = person.clone() else { panic!("nobody who takes anything in") };
        let (house, typed) = (self.house.clone(), typed(fields));
        self.db.write(move |tx| Box::pin(async move { feedback::take(tx, &house, &actor, now, &typed).await })).await
    }

    /// About a road in the commune, from somebody with a name.
    pub async fn sent(&self) -> Receipt {
        let area = self.commune.id.to_string();
        let fields = [
            ("text", "Đường 3/2 trước nhà tôi ngập mỗi khi mưa"),
            ("topic", "roads"),
            ("area", area.as_str()),
            ("place", "Hẻm 12"),
            ("name", "Nguyễn Thị Đào"),
            ("phone", "0912 345 678"),
        ];
        self.send(&fields, START).await.unwrap()
    }

    /// About the commune's own people.
    pub async fn complaining(&self) -> Receipt {
        let area = self.commune.id.to_string();
        let fields =
            [("text", "Bị đòi thêm tiền khi làm giấy"), ("topic", "conduct"), ("area", &area), ("concerned", &area)];
        self.send(&fields, START).await.unwrap()
    }

    pub async fn act(
        &self,
        person: &Person,
        code: &str,
        word: &str,
        fields: &[(&str, &str)],
        now: Instant,
    ) -> Result<Held<Petition>, Fault> {
        let (house, person, typed) = (self.house.clone(), person.clone(), typed(fields));
        let (code, word) = (code.to_owned(), word.to_owned());
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let asker = asker(&person, now);
                    feedback::act(tx, &house, &asker, (&code, &word), &typed).await
                })
            })
            .await
    }

    pub async fn sees(&self, person: &Person, code: &str) -> bool {
        let (house, person, code) = (self.house.clone(), person.clone(), code.to_owned());
        let seen = self.db.read(move |tx| {
            Box::pin(async move { records::open::<Petition>(tx, &house, &asker(&person, START), &code).await })
        });
        seen.await.is_ok()
    }

    /// Codes that a reader of some units finds; none: of the whole province.
    pub async fn found(&self, words: &str, units: Option<&[Id]>) -> usize {
        let (words, units) = (words.to_owned(), units.map(<[Id]>::to_vec));
        let ids = self.db.read(move |tx| {
            Box::pin(async move { records::find(tx, "petition", &words, units.as_deref(), None, 50).await })
        });
        ids.await.unwrap().len()
    }

    /// What the table of dues holds of a petition; the same as its state says.
    pub async fn owed(&self, held: &Held<Petition>) -> Option<Due> {
        let id = held.id;
        let rows = self.db.read(move |tx| {
            Box::pin(async move {
                tx.query("SELECT name, unit_id, due_at FROM due WHERE subject_id = $1", params![id]).await
            })
        });
        let rows = rows.await.unwrap();
        let said = held.state.dues();
        assert_eq!(rows.len(), said.len());
        if let (Some(row), Some(due)) = (rows.first(), said.first()) {
            assert_eq!((row.text("name").unwrap(), row.get::<Id>("unit_id").unwrap()), (due.name, due.unit));
        }
        said.into_iter().next()
    }

    /// Nothing is wrong, and these facts are called for: measure, flags, how often.
    pub async fn proven(&self) -> Vec<String> {
        let counted = self.db.read(|tx| {
            Box::pin(async move {
                let (mut wrong, mut facts) = (Vec::new(), BTreeMap::<(String, i64), i64>::new());
                let mut listener = Listener {
                    fact: &mut |fact| *facts.entry((fact.measure.name.to_owned(), fact.flags)).or_default() += fact.qty,
                    wrong: &mut |row| wrong.push(row),
                };
                records::prove(tx, &[feedback::KIND], None, &mut listener).await?;
                let stored = "SELECT measure, flags, CAST(SUM(qty) AS BIGINT) AS n FROM fact GROUP BY measure, flags";
                for row in tx.query(stored, params![]).await? {
                    let key = (row.get("measure")?, row.get("flags")?);
                    let (there, called_for) = (row.get::<i64>("n")?, facts.get(&key).copied().unwrap_or_default());
                    if there != called_for {
                        wrong.push(format!("{key:?}: {there} and {called_for}"));
                    }
                }
                Ok::<_, store::StoreError>((wrong, facts))
            })
        });
        let (wrong, facts) = counted.await.unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
        facts.into_iter().map(|((measure, flags), n)| format!("{measure}/{flags}: {n}")).collect()
    }
}

pub fn typed(fields: &[(&str, &str)]) -> Typed {
    let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Typed { fields, files: Vec::new() }
}

pub fn asker(person: &Person, now: Instant) -> Asker<'_> {
    match person {
        Person::Official(actor) => Asker::actor(actor, now),
        Person::Sender(key) => Asker { actor: None, key: Some(key), now },
        Person::Nobody => Asker { actor: None, key: None, now },
    }
}

/// The code of a refusal.
pub fn refusal(fault: Fault) -> &'static str {
    match fault {
        Fault::NotFound(code) => code,
        Fault::Forbidden(problem) | Fault::Conflict(problem) => problem.code,
        Fault::Invalid(problems) => problems[0].code,
        other => panic!("{other:?}"),
    }
}
