//! The lives of an initiative on both engines: who may what, what is counted, what the proof sees.

#![allow(clippy::unwrap_used)]

use base::calendar::Calendar;
use base::{Actor, Fault, Grant, Id, Instant, Role};
use initiatives::{Initiative, State};
use organisation::{Agency, House};
use records::{Asker, Held, Listener, Typed};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Db;

/// Wednesday 25/11/2026, 09:00.
const NOW: Instant = Instant(1_795_572_000_000);

struct Province {
    db: Db,
    house: House,
}

async fn provinces() -> Vec<Province> {
    static TABLES: store::testing::Made<()> = store::testing::Made::nothing();
    let mut all = Vec::new();
    let made = TABLES.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            jobs::MIGRATIONS,
            records::MIGRATIONS,
            initiatives::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
    });
    for (db, ()) in made.await {
        let tree = Arc::new(organisation::demo_tree().unwrap());
        all.push(Province { db, house: House { tree, calendar: Calendar::shipped().clone() } });
    }
    all
}

fn person(account: i64, role: Role, agency: &Agency) -> Actor {
    let grants = vec![Grant::new(role, agency.id, agency.path.clone())];
    Actor { account: Id(account), name: role.as_str().to_owned(), grants, citizen_number: None }
}

fn typed(fields: &[(&str, &str)]) -> Typed {
    let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Typed { fields, files: Vec::new() }
}

fn refusal(fault: Fault) -> &'static str {
    match fault {
        Fault::NotFound(code) => code,
        Fault::Forbidden(problem) | Fault::Conflict(problem) => problem.code,
        Fault::Invalid(problems) => problems[0].code,
        other => panic!("{other:?}"),
    }
}

impl Province {
    fn commune(&self, n: usize) -> &Agency {
        self.house.tree.communes()[n]
    }

    async fn submitted(&self, author: &Actor) -> Held<Initiative> {
        let fields = [
            ("title", "Trả kết quả tại nhà cho người cao tuổi"),
            ("sort", "model"),
            ("text", "Người cao tuổi phải đi xa."),
            ("answer_does", "Cán bộ đem kết quả đến nhà mỗi chiều thứ sáu."),
        ];
        let (house, author, typed) = (self.house.clone(), author.clone(), typed(&fields));
        let made = self
            .db
            .write(move |tx| Box::pin(async move { initiatives::submit(tx, &house, &author, NOW, &typed).await }));
        made.await.unwrap()
    }

    async fn act(
        &self,
        actor: &Actor,
        code: &str,
        word: &'static str,
        fields: &[(&str, &str)],
    ) -> Result<Held<Initiative>, &'static str> {
        let (house, actor, code, typed) = (self.house.clone(), actor.clone(), code.to_owned(), typed(fields));
        let done = self.db.write(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&actor, NOW);
                records::act::<Initiative>(tx, &house, &asker, (&code, word), &typed).await
            })
        });
        done.await.map_err(refusal)
    }

    async fn sees(&self, actor: &Actor, code: &str) -> bool {
        let (house, actor, code) = (self.house.clone(), actor.clone(), code.to_owned());
        let seen = self.db.read(move |tx| {
            Box::pin(async move {
                records::open::<Initiative>(tx, &house, &Asker::actor(&actor, NOW), &code).await.map(|_| ())
            })
        });
        seen.await.is_ok()
    }

    /// Nothing is wrong; what is counted, by measure.
    async fn proven(&self) -> BTreeMap<String, i64> {
        let counted = self.db.read(|tx| {
            Box::pin(async move {
                let (mut wrong, mut facts) = (Vec::new(), BTreeMap::<String, i64>::new());
                let mut listener = Listener {
                    fact: &mut |fact| *facts.entry(fact.measure.name.to_owned()).or_default() += fact.qty,
                    wrong: &mut |row| wrong.push(row),
                };
                records::prove(tx, &[initiatives::KIND], None, &mut listener).await?;
                Ok::<_, store::StoreError>((wrong, facts))
            })
        });
        let (wrong, facts) = counted.await.unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
        facts
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn handed_in_recognised_twice_and_taken_up() {
    for province in provinces().await {
        let (commune, other) = (province.commune(0), province.commune(1));
        let author = person(1, Role::Clerk, province.house.tree.desk_of(commune.id).unwrap());
        let leader = person(2, Role::Leader, commune);
        let chairman = person(3, Role::Leader, province.house.tree.root().unwrap());
        let stranger = person(4, Role::Officer, other);
        let held = province.submitted(&author).await;
        let code = held.code.as_str();
        assert_eq!((code, held.state.agency), ("SK26-000001", commune.id));
        assert_eq!(records::Subject::dues(&held.state)[0].unit, commune.id);
        assert!(province.sees(&author, code).await && province.sees(&leader, code).await);
        assert!(!province.sees(&stranger, code).await);

        // The agency's head for the agency, the province's for the province; each once.
        let here = [("reach", "agency"), ("decision", "12/QĐ-UBND")];
        let wide = [("reach", "province"), ("decision", "77/QĐ-UBND")];
        assert_eq!(province.act(&author, code, "recognise", &here).await.unwrap_err(), "records-not-yours");
        assert_eq!(province.act(&leader, code, "recognise", &wide).await.unwrap_err(), "initiative-reach-not-yours");
        province.act(&leader, code, "recognise", &here).await.unwrap();
        assert_eq!(province.act(&leader, code, "recognise", &here).await.unwrap_err(), "initiative-recognised-already");
        assert!(province.sees(&stranger, code).await);
        province.act(&chairman, code, "recognise", &wide).await.unwrap();

        let unit = other.id.to_string();
        let held = province.act(&leader, code, "take-up", &[("unit", &unit)]).await.unwrap();
        assert_eq!(held.state.taken_up, [other.id]);
        let again = province.act(&leader, code, "take-up", &[("unit", &unit)]).await;
        assert_eq!(again.unwrap_err(), "initiative-unit-already");
        assert_eq!(province.act(&leader, code, "take-up", &[("unit", "7")]).await.unwrap_err(), "initiative-unit");
        let counted = province.proven().await;
        let wanted = [("initiative_recognised", 1), ("initiative_submitted", 1), ("initiative_taken_up", 1)];
        assert_eq!(counted, wanted.map(|(measure, n)| (measure.to_owned(), n)).into());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_recognises_their_own_and_what_is_over_stays_over() {
    for province in provinces().await {
        let leader = person(2, Role::Leader, province.commune(0));
        let own = province.submitted(&leader).await;
        // The head's own is decided above.
        assert_eq!(own.state.agency, province.house.tree.root().unwrap().id);
        let here = [("reach", "agency"), ("decision", "12/QĐ-UBND")];
        assert_eq!(province.act(&leader, &own.code, "recognise", &here).await.unwrap_err(), "records-not-yours");
        let chairman = person(9, Role::Leader, province.house.tree.root().unwrap());
        let highest = province.submitted(&chairman).await;
        let alone = province.act(&chairman, &highest.code, "recognise", &here).await;
        assert_eq!(alone.unwrap_err(), "initiative-own");
        let held = province.act(&leader, &own.code, "withdraw", &[]).await.unwrap();
        assert_eq!((held.state.state, records::Subject::dues(&held.state).len()), (State::Withdrawn, 0));
        assert_eq!(province.act(&leader, &own.code, "withdraw", &[]).await.unwrap_err(), "records-not-now");

        let author = person(5, Role::Officer, province.commune(0));
        let other = province.submitted(&author).await;
        assert_eq!(province.act(&leader, &other.code, "decline", &[]).await.unwrap_err(), "records-field-required");
        province.act(&leader, &other.code, "decline", &[("reason", "Đã làm từ lâu")]).await.unwrap();
        assert_eq!(province.act(&author, &other.code, "withdraw", &[]).await.unwrap_err(), "records-not-now");
        province.proven().await;
    }
}

#[test]
fn every_word_of_its_pages_is_there_in_both_languages() {
    i18n::install(&[initiatives::LOCALES, records::LOCALES, web::base_locales()]);
    let mut wanted = records::frame::words_of::<Initiative>();
    wanted.extend(initiatives::pages::LIST.declared().words);
    wanted.extend(initiatives::KIND.dues.iter().map(|due| due.word.to_owned()));
    wanted.extend(
        ["sort", "author", "unit-of", "submitted", "decided", "reach", "taken-up"]
            .map(|f| format!("initiative-field-{f}")),
    );
    let missing: Vec<String> = [base::Lang::Vi, base::Lang::En]
        .into_iter()
        .flat_map(|lang| {
            wanted.iter().filter(move |key| !i18n::has(lang, key)).map(move |key| format!("{key} {lang:?}"))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
