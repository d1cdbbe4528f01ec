//! The round of an assessment on both engines: who may what and when, what is kept, and that the proof sees every change.

#![allow(clippy::unwrap_used)]

use base::calendar::Calendar;
use base::{Actor, Fault, Grant, Id, Instant, Role};
use jiff::civil::date;
use organisation::{Agency, House};
use records::frame::Pages;
use records::{Asker, Held, Listener, Subject, Typed};
use statistics::assessment::criteria::Sets;
use statistics::assessment::subject::{Assessment, EXPLAIN, PUBLISH, State};
use statistics::assessment::{Rooms, verbs};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Db, StoreError, Tx};

/// Monday 18/01/2027, 09:00.
fn now() -> Instant {
    Instant::from_local(date(2027, 1, 18).at(9, 0, 0, 0))
}

fn later(days: i64) -> Instant {
    now().plus_ms(days * 86_400_000)
}

struct Province {
    db: Db,
    rooms: Rooms,
}

async fn provinces() -> Vec<Province> {
    static TABLES: store::testing::Made<()> = store::testing::Made::nothing();
    let tree = Arc::new(organisation::demo_tree().unwrap());
    let kinds = [
        catalogue::stock::KIND,
        dossiers::owed::KIND,
        feedback::KIND,
        feedback::dialogue::ITEMS,
        control::KIND,
        control::REVIEWS,
        statistics::KIND,
    ];
    let sets = Arc::new(Sets::shipped(&records::measures(&kinds).unwrap()).unwrap());
    let made = TABLES.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            records::MIGRATIONS,
            jobs::MIGRATIONS,
            identity::MIGRATIONS,
            organisation::MIGRATIONS,
            catalogue::MIGRATIONS,
            notices::MIGRATIONS,
            dossiers::MIGRATIONS,
            statistics::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        db.write(|tx| Box::pin(async move { organisation::seed_agencies(tx, Instant(0)).await })).await.unwrap();
    });
    let house = House { tree, calendar: Calendar::shipped().clone() };
    let province = |(db, ())| Province { db, rooms: Rooms { house: house.clone(), sets: sets.clone() } };
    made.await.into_iter().map(province).collect()
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
        self.rooms.house.tree.communes()[n]
    }

    fn assessor(&self) -> Actor {
        person(1, Role::ReformOfficer, self.rooms.house.tree.root().unwrap())
    }

    async fn open(&self, by: &Actor, unit: Id, period: &str) -> Result<Held<Assessment>, &'static str> {
        let unit = unit.to_string();
        let typed = typed(&[("unit", &unit), ("criteria", "tt01-2018"), ("period", period)]);
        let (rooms, by) = (self.rooms.clone(), by.clone());
        let opened =
            self.db.write(move |tx| Box::pin(async move { verbs::open(tx, &rooms, &by, now(), &typed).await }));
        opened.await.map_err(refusal)
    }

    async fn act(
        &self,
        by: &Actor,
        at: Instant,
        (code, word): (&str, &'static str),
        fields: &[(&str, &str)],
    ) -> Result<Held<Assessment>, &'static str> {
        let (rooms, by, code, typed) = (self.rooms.clone(), by.clone(), code.to_owned(), typed(fields));
        let done = self.db.write(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&by, at);
                Assessment::perform(tx, &rooms, &asker, (&code, word), &typed).await
            })
        });
        done.await.map_err(refusal)
    }

    /// What the proof says is wrong, and what it counts.
    async fn proven(&self) -> (Vec<String>, BTreeMap<String, i64>) {
        self.db.read(|tx| Box::pin(async move { proof(tx).await })).await.unwrap()
    }

    /// How many rows a change behind the program's back reaches, and whether the proof notices; then it is taken back.
    async fn changed(&self, sql: &'static str) -> (u64, bool) {
        let tampered = self.db.write(move |tx| {
            Box::pin(async move {
                let rows = tx.execute(sql, &[]).await?;
                let noticed = proof(tx).await.map_or(true, |(wrong, _)| !wrong.is_empty());
                Err::<(), _>(TakenBack(rows, noticed))
            })
        });
        let TakenBack(rows, noticed) = tampered.await.unwrap_err();
        (rows, noticed)
    }
}

#[derive(Debug)]
struct TakenBack(u64, bool);

impl From<StoreError> for TakenBack {
    fn from(_: StoreError) -> Self {
        TakenBack(0, false)
    }
}

async fn proof(tx: &Tx) -> Result<(Vec<String>, BTreeMap<String, i64>), StoreError> {
    let (mut wrong, mut facts) = (Vec::new(), BTreeMap::<String, i64>::new());
    let mut listener = Listener {
        fact: &mut |fact| *facts.entry(fact.measure.name.to_owned()).or_default() += fact.qty,
        wrong: &mut |row| wrong.push(row),
    };
    records::prove(tx, &[organisation::KIND, statistics::KIND], None, &mut listener).await?;
    Ok((wrong, facts))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_has_its_days_and_publishing_waits_for_them_and_for_every_answer() {
    for province in provinces().await {
        let (commune, assessor) = (province.commune(0), province.assessor());
        let (leader, other) = (person(2, Role::Leader, commune), person(3, Role::Leader, province.commune(1)));
        assert_eq!(province.open(&leader, commune.id, "2026-Q4").await.unwrap_err(), "records-not-yours");
        assert_eq!(province.open(&assessor, commune.id, "2027-Q1").await.unwrap_err(), "assessment-period-runs");
        assert_eq!(province.open(&assessor, commune.id, "r2026-Q4").await.unwrap_err(), "assessment-period");
        assert_eq!(province.open(&assessor, Id(7), "2026-Q4").await.unwrap_err(), "assessment-unit");
        let held = province.open(&assessor, commune.id, "2026-Q4").await.unwrap();
        assert_eq!(province.open(&assessor, commune.id, "2026-Q4").await.unwrap_err(), "assessment-exists");
        let code = held.code.as_str();
        // Five working days, then ten more.
        assert_eq!(held.state.explain_by.date(), date(2027, 1, 25));
        let dues: Vec<(&str, Id)> = held.state.dues().iter().map(|due| (due.name, due.unit)).collect();
        assert_eq!(dues, [(EXPLAIN, commune.id), (PUBLISH, held.state.assessor)]);

        let why = [("index", "feedback"), ("text", "Không có phản ánh nào.")];
        assert_eq!(province.act(&other, now(), (code, "explain"), &why).await.unwrap_err(), "records-not-found");
        let held = province.act(&leader, later(7), (code, "explain"), &why).await.unwrap();
        assert_eq!((held.state.explained.len(), held.state.explained[0].n), (1, 1));
        assert_eq!(
            province.act(&leader, later(8), (code, "explain"), &why).await.unwrap_err(),
            "assessment-explain-over"
        );
        assert_eq!(
            province.act(&assessor, later(9), (code, "publish"), &[]).await.unwrap_err(),
            "assessment-unanswered"
        );
        let no = [("explanation", "1"), ("reason", "Sổ ghi khác.")];
        province.act(&assessor, later(9), (code, "decline"), &no).await.unwrap();
        let again = province.act(&assessor, later(9), (code, "accept"), &no).await;
        assert_eq!(again.unwrap_err(), "assessment-explanation", "answered once");
        let held = province.act(&assessor, later(9), (code, "publish"), &[]).await.unwrap();
        assert_eq!((held.state.state, held.state.dues().len()), (State::Published, 0));
        // Of the nine, that of petitions is measured where nothing happened: two points, kept with its counts.
        let kept: Vec<(&str, Option<i64>)> =
            held.state.figures.iter().map(|one| (one.index.as_str(), one.points)).collect();
        assert_eq!(kept.len(), 9);
        assert_eq!(kept.iter().filter(|(_, points)| points.is_some()).collect::<Vec<_>>(), [&("feedback", Some(200))]);
        assert_eq!(province.act(&assessor, later(9), (code, "publish"), &[]).await.unwrap_err(), "records-not-now");
        let (wrong, counted) = province.proven().await;
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(counted, [("assessment_published".to_owned(), 1)].into());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_has_nothing_to_explain_lets_it_be_published_at_once() {
    for province in provinces().await {
        let (commune, assessor) = (province.commune(0), province.assessor());
        let leader = person(2, Role::Leader, commune);
        let code = province.open(&assessor, commune.id, "2026").await.unwrap().code;
        assert_eq!(
            province.act(&assessor, now(), (&code, "publish"), &[]).await.unwrap_err(),
            "assessment-explain-still"
        );
        province.act(&leader, now(), (&code, "agree"), &[]).await.unwrap();
        assert_eq!(province.act(&leader, now(), (&code, "agree"), &[]).await.unwrap_err(), "assessment-explain-over");
        province.act(&assessor, now(), (&code, "publish"), &[]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verification_notices_when_published_figures_or_answers_are_changed_behind_the_programs_back() {
    for province in provinces().await {
        let (commune, assessor) = (province.commune(0), province.assessor());
        let leader = person(2, Role::Leader, commune);
        let code = province.open(&assessor, commune.id, "2026-Q4").await.unwrap().code;
        let why = [("index", "total-time"), ("text", "Mạng hỏng hai tuần.")];
        province.act(&leader, now(), (&code, "explain"), &why).await.unwrap();
        province
            .act(&assessor, now(), (&code, "decline"), &[("explanation", "1"), ("reason", "Không có biên bản.")])
            .await
            .unwrap();
        province.act(&leader, now(), (&code, "agree"), &[]).await.unwrap();
        province.act(&assessor, now(), (&code, "publish"), &[]).await.unwrap();
        assert!(province.proven().await.0.is_empty());
        for change in [
            "UPDATE assessment SET figures = replace(figures, '200', '100')",
            "UPDATE assessment SET explained = replace(explained, 'declined', 'accepted')",
            "UPDATE assessment SET period = '2026-Q3'",
            "UPDATE assessment SET published_at = published_at + 1",
        ] {
            assert_eq!(province.changed(change).await, (1, true), "{change}");
            assert!(province.proven().await.0.is_empty(), "taken back");
        }
    }
}

#[test]
fn every_word_of_its_pages_is_there_in_both_languages() {
    i18n::install(&[statistics::LOCALES, records::LOCALES, web::base_locales()]);
    let mut wanted = records::frame::words_of::<Assessment>();
    wanted.extend(statistics::assessment::LIST.declared().words);
    wanted.extend(statistics::KIND.dues.iter().map(|due| due.word.to_owned()));
    wanted.extend(statistics::columns::Column::WORDS.map(|column| format!("statistics-column-{column}")));
    wanted.extend(statistics::reading::Rows::WORDS.map(|rows| format!("statistics-by-{rows}")));
    wanted
        .extend(["year", "half", "quarter", "month", "days", "report"].map(|kind| format!("statistics-period-{kind}")));
    wanted.extend(["waits", "accepted", "declined"].map(|verdict| format!("assessment-verdict-{verdict}")));
    let missing: Vec<String> = [base::Lang::Vi, base::Lang::En]
        .into_iter()
        .flat_map(|lang| {
            wanted.iter().filter(move |key| !i18n::has(lang, key)).map(move |key| format!("{key} {lang:?}"))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
