//! Each index from hand-made facts: the rows of its table of points, rounding, what is left out, and bands. Facts go through both engines.

#![allow(clippy::unwrap_used)]

use base::{Date, Fault, Id, Instant, Level};
use facts::{Fact, Measures};
use jiff::civil::date;
use organisation::Tree;
use statistics::assessment::criteria::{Criteria, Scope, Sets};
use statistics::assessment::measure::{self, Over};
use statistics::assessment::score::{Left, Sheet, sheet};
use std::sync::Arc;
use store::Db;

/// Monday 18/01/2027, 09:00: the last quarter of 2026 is over.
fn now() -> Instant {
    Instant::from_local(date(2027, 1, 18).at(9, 0, 0, 0))
}

fn known() -> Measures {
    let kinds = [
        catalogue::stock::KIND,
        dossiers::owed::KIND,
        feedback::KIND,
        feedback::dialogue::ITEMS,
        control::KIND,
        control::REVIEWS,
        statistics::KIND,
    ];
    records::measures(&kinds).unwrap()
}

fn sets() -> Sets {
    Sets::shipped(&known()).unwrap()
}

struct Province {
    db: Db,
    tree: Arc<Tree>,
}

async fn provinces() -> Vec<Province> {
    static TABLES: store::testing::Made<()> = store::testing::Made::nothing();
    let tree = Arc::new(organisation::demo_tree().unwrap());
    let made = TABLES.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            records::MIGRATIONS,
            jobs::MIGRATIONS,
            identity::MIGRATIONS,
            notices::MIGRATIONS,
            organisation::MIGRATIONS,
            catalogue::MIGRATIONS,
            dossiers::MIGRATIONS,
            statistics::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        db.write(|tx| Box::pin(async move { organisation::seed_agencies(tx, Instant(0)).await })).await.unwrap();
    });
    made.await.into_iter().map(|(db, ())| Province { db, tree: tree.clone() }).collect()
}

/// A fact in a line of a history: measure, flags by name, channel, how many such.
type Line<'a> = (&'a str, &'a [&'a str], i64, i64);

const COUNTER: i64 = 1;
const ONLINE: i64 = 2;
const POST: i64 = 3;

impl Province {
    fn commune(&self, n: usize) -> Id {
        self.tree.communes()[n].id
    }

    fn root(&self) -> Id {
        self.tree.root().unwrap().id
    }

    /// Writes a history at an agency; every fact is of a subject of its own, done by an official.
    async fn history(&self, agency: Id, official: Option<Id>, lines: &[Line<'_>]) {
        let known = known();
        let level = self.tree.get(agency).map_or(Level::Province, |agency| agency.level);
        let mut facts = Vec::new();
        for (measure, flags, channel, n) in lines {
            let measure = known.get(measure).unwrap();
            let flags = flags.iter().map(|name| measure.flag(name).unwrap()).sum();
            for k in 0..*n {
                let subject = Id(agency.0 * 1_000_000 + facts.len() as i64 * 1_000 + k);
                let one = Fact::one(measure, date(2026, 11, 20), (agency, level), subject);
                let official = official.filter(|_| measure.by_official);
                facts.push(Fact { flags, channel: *channel, field: "ho-tich".into(), official, ..one });
            }
        }
        self.db
            .write(move |tx| Box::pin(async move { Ok::<_, Fault>(facts::append(tx, &facts).await?) }))
            .await
            .unwrap();
    }

    fn over(&self, node: Id) -> Over {
        Over { node, from: date(2026, 10, 1), to: date(2026, 12, 31), now: now() }
    }

    /// Points of each index by its id, in hundredths; and the sum.
    async fn points(&self, set: &Criteria, node: Id) -> Points {
        let (tree, read, over) = (self.tree.clone(), set.clone(), self.over(node));
        let counted = self.db.read(move |tx| Box::pin(async move { measure::of_unit(tx, &tree, &read, &over).await }));
        Points::of(&sheet(set, over.to, Scope::Agency, &counted.await.unwrap()))
    }

    async fn points_of(&self, set: &Criteria, node: Id, official: Id) -> Points {
        let (read, over) = (set.clone(), self.over(node));
        let all = self.db.read(move |tx| Box::pin(async move { measure::of_officials(tx, &read, &over).await }));
        let all = all.await.unwrap();
        let (_, counted) = all.iter().find(|(id, _)| *id == official).unwrap();
        Points::of(&sheet(set, over.to, Scope::Official, counted))
    }
}

#[derive(Debug)]
struct Points {
    all: Vec<(String, Result<i64, Left>)>,
    sum: Option<i64>,
}

impl Points {
    fn of(sheet: &Sheet<'_>) -> Points {
        let one =
            |(index, score): &(&statistics::assessment::criteria::Index, statistics::assessment::score::Score)| {
                (index.id.clone(), score.points.clone())
            };
        Points { all: sheet.scores.iter().map(one).collect(), sum: sheet.sum }
    }

    fn get(&self, id: &str) -> Result<i64, Left> {
        self.all.iter().find(|(known, _)| known == id).unwrap_or_else(|| panic!("no index {id}")).1.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_index_gives_two_points_one_or_none_as_its_row_says() {
    let (sets, settled) = (sets(), "settled");
    let set = sets.get("tt01-2018").unwrap();
    // (index, a history, its points): one for each row of the table.
    let cases: &[(&str, &[Line<'_>], i64)] = &[
        ("total-time", &[(settled, &["EARLY", "ON_TIME"], COUNTER, 3)], 200),
        ("total-time", &[(settled, &["ON_TIME"], COUNTER, 3)], 100),
        ("total-time", &[(settled, &[], COUNTER, 3)], 0),
        // Ended late without a decision is late.
        ("total-time", &[(settled, &["UNDECIDED"], COUNTER, 1)], 0),
        ("contacts", &[(settled, &[], COUNTER, 2)], 200),
        ("contacts", &[(settled, &["SUPPLEMENTED"], COUNTER, 2)], 100),
        ("contacts", &[(settled, &["SUPPLEMENTED", "SUPPLEMENTED_AGAIN"], COUNTER, 2)], 0),
        ("agencies-contacted", &[(settled, &[], ONLINE, 2)], 200),
        ("agencies-contacted", &[(settled, &[], COUNTER, 1), (settled, &[], POST, 1)], 100),
        ("on-the-spot", &[(settled, &[], COUNTER, 2)], 200),
        ("on-the-spot", &[(settled, &[], COUNTER, 2), (settled, &["PASSED"], COUNTER, 1)], 100),
        ("feedback", &[], 200),
        ("feedback", &[("feedback_answered", &["ON_TIME"], 0, 10)], 200),
        ("feedback", &[("feedback_answered", &["ON_TIME"], 0, 9), ("feedback_answered", &[], 0, 1)], 100),
        ("feedback", &[("feedback_answered", &["ON_TIME"], 0, 8), ("feedback_answered", &[], 0, 1)], 0),
        ("online", &[("received", &[], ONLINE, 3), ("received", &[], COUNTER, 7)], 200),
        ("online", &[("received", &[], ONLINE, 15), ("received", &[], COUNTER, 85)], 100),
        ("online", &[("received", &[], ONLINE, 14), ("received", &[], COUNTER, 86)], 0),
        ("online", &[("received", &[], ONLINE, 5), (settled, &[], ONLINE, 1)], 0),
        // What is late at the counter is no late online one.
        ("online", &[("received", &[], ONLINE, 5), (settled, &[], COUNTER, 1)], 200),
    ];
    for province in provinces().await {
        for (n, (index, history, wanted)) in cases.iter().enumerate() {
            let commune = province.commune(n);
            province.history(commune, None, history).await;
            let found = province.points(set, commune).await;
            assert_eq!(found.get(index), Ok(*wanted), "{index}, case {n}, {:?}", province.db.engine());
        }
        // At province level a fifth is enough.
        let department = province.tree.departments()[0].id;
        province.history(department, None, &[(settled, &[], COUNTER, 1), (settled, &["PASSED"], COUNTER, 4)]).await;
        assert_eq!(province.points(set, department).await.get("on-the-spot"), Ok(200));
        let other = province.tree.departments()[1].id;
        province.history(other, None, &[(settled, &[], COUNTER, 1), (settled, &["PASSED"], COUNTER, 5)]).await;
        assert_eq!(province.points(set, other).await.get("on-the-spot"), Ok(100));
        // Posted in time and in full is all that is recorded of publicity: one point.
        let posted: &[Line<'_>] =
            &[("procedure_announced", &[], 0, 2), ("procedure_posted", &["ON_TIME", "FULL_PARTS"], 0, 2)];
        province.history(department, None, posted).await;
        assert_eq!(province.points(set, department).await.get("publicity"), Ok(100));
        province.history(department, None, &[("procedure_announced", &[], 0, 1)]).await;
        assert_eq!(province.points(set, department).await.get("publicity"), Ok(0));
        // Of fit procedures too few are offered online in the whole province: the second point is gone, everywhere.
        let offered: &[Line<'_>] = &[
            ("procedure_offered", &["ELIGIBLE_ONLINE"], 0, 9),
            ("procedure_offered", &["ELIGIBLE_ONLINE", "ONLINE"], 0, 1),
        ];
        province.history(province.root(), None, offered).await;
        assert_eq!(province.points(set, province.commune(15)).await.get("online"), Ok(100));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn points_are_rounded_half_up_and_what_has_no_record_is_left_out_of_the_sum() {
    let sets = sets();
    let set = sets.get("tt01-2018").unwrap();
    for province in provinces().await {
        let (commune, official) = (province.commune(0), Id(7_001));
        // 2·3 + 1·4 over 8 is 1.25: 1.3. Of contacts 2·7 + 1 over 8 is 1.875: 1.9.
        let history: &[Line<'_>] = &[
            ("settled", &["EARLY", "ON_TIME"], COUNTER, 3),
            ("settled", &["ON_TIME"], COUNTER, 3),
            ("settled", &["ON_TIME", "SUPPLEMENTED"], COUNTER, 1),
            ("settled", &[], COUNTER, 1),
        ];
        province.history(commune, Some(official), history).await;
        let found = province.points(set, commune).await;
        assert_eq!((found.get("total-time"), found.get("contacts")), (Ok(130), Ok(190)));
        assert!(matches!(found.get("attitude"), Err(Left::Unrecorded(_))), "{found:?}");
        assert!(matches!(found.get("unit-time"), Err(Left::Unrecorded(_))));
        assert_eq!(found.get("online"), Err(Left::Nothing), "nothing was received");
        assert_eq!(found.get("publicity"), Err(Left::Nothing));
        // 1.3 + 1.9 + 1 at the one-stop + 2 on the spot + 2 without petitions.
        assert_eq!(found.sum, Some(820));
        let own = province.points_of(set, commune, official).await;
        assert_eq!((own.get("total-time"), own.sum), (Ok(130), Some(420)));
        assert!(own.all.iter().all(|(id, _)| id != "feedback" && id != "online"), "{own:?}");
        // Nothing at all: every index but that of petitions is left out.
        let empty = province.points(set, province.commune(1)).await;
        assert_eq!(empty.sum, Some(200));
        assert_eq!(empty.all.iter().filter(|(_, points)| points.is_ok()).count(), 1);
    }
}

#[test]
fn bands_begin_where_their_articles_say() {
    let sets = sets();
    let set = sets.get("tt01-2018").unwrap();
    let band = |scope, sum| set.band(scope, sum).unwrap().name.vi.clone();
    let agency = [1_800, 1_500, 1_490, 1_200, 1_190, 900, 890, 600, 590, 0].map(|sum| band(Scope::Agency, sum));
    let wanted = ["Xuất sắc", "Xuất sắc", "Tốt", "Tốt", "Khá", "Khá", "Trung bình", "Trung bình", "Yếu", "Yếu"];
    assert_eq!(agency, wanted);
    let official = [500, 490, 350, 340].map(|sum| band(Scope::Official, sum));
    assert!(
        official[0].contains("100%") && official[1] == official[2] && official[3].contains("dưới 70%"),
        "{official:?}"
    );
    assert!(sets.get("qd766").unwrap().band(Scope::Agency, 9_000).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn components_of_766_are_shares_of_their_points_and_full_from_their_threshold() {
    let sets = sets();
    let set = sets.get("qd766").unwrap();
    for province in provinces().await {
        let [commune, other, few] = [0, 1, 2].map(|n| province.commune(n));
        let history: &[Line<'_>] = &[
            ("received", &["REUSED"], COUNTER, 8),
            ("received", &["FULL_SERVICE"], ONLINE, 1),
            ("received", &["FULL_SERVICE"], COUNTER, 2),
            ("settled", &["ON_TIME", "HAS_RESULT", "DIGITISED"], COUNTER, 1),
            ("settled", &["ON_TIME", "HAS_RESULT"], COUNTER, 1),
            ("settled", &["ON_TIME", "SUPPLEMENTED", "SUPPLEMENTED_AGAIN"], COUNTER, 1),
            ("settled", &[], COUNTER, 7),
            ("feedback_rated", &["SATISFIED"], 0, 4),
            ("feedback_rated", &[], 0, 1),
        ];
        province.history(commune, None, history).await;
        let found = province.points(set, commune).await;
        // 8 of 11 reused: 2 · (72.7 % ÷ 80 %) = 1.82; a third of 12; half of 6; four fifths of 6.
        assert_eq!((found.get("reused"), found.get("full-service")), (Ok(182), Ok(400)));
        assert_eq!((found.get("e-results"), found.get("feedback-satisfied")), (Ok(300), Ok(480)));
        // Two of ten are in time where a second supplement counts as late, and nobody rated: 30 % of 6 over 90 %.
        assert_eq!((found.get("progress"), found.get("satisfied")), (Ok(400), Ok(200)));
        assert!(matches!(found.get("payment"), Err(Left::Unrecorded(_))));
        province.history(other, None, &[("received", &["REUSED"], COUNTER, 9), ("received", &[], COUNTER, 1)]).await;
        assert_eq!(province.points(set, other).await.get("reused"), Ok(200), "no more than all of them");
        let answers: &[Line<'_>] = &[("settled", &["ON_TIME"], COUNTER, 9), ("rated", &[], COUNTER, 1)];
        province.history(few, None, answers).await;
        let found = province.points(set, few).await;
        assert_eq!(found.get("satisfied"), Err(Left::TooFew), "nobody's answer is told");
        assert_eq!(found.get("feedback-satisfied"), Err(Left::TooFew));
    }
}

#[test]
fn component_2_1_has_two_definitions_and_each_period_keeps_its_own() {
    let sets = sets();
    let set = sets.get("qd766").unwrap();
    let progress = |day: Date| {
        let all = set.on(day, Scope::Agency);
        let mut found = all.into_iter().filter(|index| index.id == "progress");
        let index = found.next().unwrap();
        assert!(found.next().is_none(), "one definition on a day");
        let again = catalogue_flag("SUPPLEMENTED_AGAIN");
        index.way.counts()[0].0.none & again != 0
    };
    assert!(!progress(date(2026, 9, 30)), "a second supplement isn't late by the first");
    assert!(progress(date(2026, 12, 31)));
    assert!(set.on(date(2022, 1, 1), Scope::Agency).is_empty(), "before it there was none");
}

fn catalogue_flag(name: &str) -> i64 {
    known().get("settled").unwrap().flag(name).unwrap()
}

#[test]
fn a_set_that_does_not_hold_together_is_refused_in_words() {
    let head =
        "id = \"x\"\ntitle_vi = \"\"\ntitle_en = \"\"\nsource = \"\"\nvalid_from = \"2026-01-01\"\ndecimals = 1\n";
    let index = |scope: &str, way: &str| {
        format!(
            "{head}[[index]]\nid = \"a\"\nnumber = \"1\"\nname_vi = \"\"\nname_en = \"\"\ndefinition_vi = \"\"\ndefinition_en = \"\"\nsource = \"\"\nscope = [\"{scope}\"]\nmax = 2\n[index.way]\n{way}\n"
        )
    };
    let share = |measure: &str| {
        format!(
            "kind = \"share\"\nnumerator = {{ measure = \"{measure}\" }}\ndenominator = {{ measure = \"{measure}\" }}"
        )
    };
    let why = |text: String| Criteria::read(&text, &known()).unwrap_err();
    assert!(why(index("agency", &share("nothing"))).contains("nobody counts"));
    assert!(why(index("official", &share("rated"))).contains("name no official"));
    assert!(why(index("agency", "kind = \"guess\"")).contains("guess"));
    let stock = share("received").replace("\"received\" }", "\"received\", stock = true }");
    assert!(why(index("agency", &stock)).contains("stock"));
    assert!(Criteria::read(&index("official", &share("settled")), &known()).is_ok());
}
