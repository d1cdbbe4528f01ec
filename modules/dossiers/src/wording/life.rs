//! Wordings over time, on both engines: proposed and announced by two people, holding from a day to come; what was printed stays.

use super::template::{Proposal, Template, propose};
use super::*;
use crate::actions::Act;
use crate::fixture::*;
use crate::fixture_db::*;
use crate::forms::{Receipt, Words, read as read_forms};
use crate::verbs::Verb;
use base::{Actor, Date, Fault, Instant};
use records::{Asker, Held, Typed};

fn pieces(text: &str) -> Pieces {
    Pieces {
        title: "Giấy phép".to_owned(),
        text: text.to_owned(),
        signer: "Chủ tịch".to_owned(),
        symbol: "GP-UBND".to_owned(),
        ..Pieces::default()
    }
}

fn permit(from: Date, text: &str) -> Proposal {
    Proposal {
        paper: Paper::Permit,
        procedure: version().code,
        name: "Giấy phép khai sinh".to_owned(),
        valid_from: from,
        basis: "Quyết định 12/QĐ-UBND".to_owned(),
        pieces: pieces(text),
    }
}

fn receipt(from: Date, closing: &str) -> Proposal {
    let pieces =
        Pieces { closing: closing.to_owned(), footer: "Đường dây nóng 1022".to_owned(), ..Pieces::default() };
    let name = "Mẫu 01 của tỉnh".to_owned();
    Proposal { paper: Paper::Receipt, procedure: String::new(), name, pieces, ..permit(from, "") }
}

impl Office {
    async fn propose(&self, by: &Actor, now: Instant, proposal: Proposal) -> Result<Held<Template>, Fault> {
        let (house, by) = (self.house.clone(), by.clone());
        let made = self
            .db
            .write(move |tx| Box::pin(async move { propose(tx, &house, &Asker::actor(&by, now), &proposal).await }));
        made.await
    }

    async fn wording(&self, by: &Actor, now: Instant, code: &str, verb: &'static str) -> Result<Held<Template>, Fault> {
        let (house, by, code) = (self.house.clone(), by.clone(), code.to_owned());
        let typed: Typed = [("reason", "Chưa đúng mẫu")].into();
        let done = self.db.write(move |tx| {
            Box::pin(async move {
                records::act::<Template>(tx, &house, &Asker::actor(&by, now), (&code, verb), &typed).await
            })
        });
        done.await
    }

    async fn announced(&self, now: Instant, proposal: Proposal) -> String {
        let held = self.propose(&keeper(), now, proposal).await.unwrap();
        self.wording(&chairman(), now, &held.code, "announce").await.unwrap();
        held.code
    }

    async fn current(&self, day: Date) -> Vec<Current> {
        self.db.read(move |tx| Box::pin(async move { current_of(tx, day).await })).await.unwrap()
    }

    /// The receipt of a dossier as it is printed now.
    async fn receipt_of(&self, house: &crate::House, code: &str) -> Receipt {
        let of = code.to_owned();
        let read =
            self.db.read(move |tx| Box::pin(async move { read_forms(tx, crate::actions::load(tx, &of).await?).await }));
        let read = read.await.unwrap();
        Receipt::of(Words::of_forms(house, "https://motcua.example"), &read).unwrap().unwrap()
    }
}

const SOON: Date = Date::constant(2026, 11, 10);

#[tokio::test(flavor = "multi_thread")]
async fn a_wording_is_proposed_by_one_and_announced_by_another_before_its_first_day() {
    for office in offices().await {
        let now = november(2, 9, 0);
        let wrong = permit(SOON, "{answers.nmae}");
        assert_eq!(code(office.propose(&keeper(), now, wrong).await), "wording-place-unknown");
        let common = Proposal { procedure: String::new(), ..permit(SOON, "{answers.name}") };
        assert_eq!(code(office.propose(&keeper(), now, common).await), "wording-place-of-a-procedure");
        let unknown = Proposal { procedure: "9.999999".to_owned(), ..permit(SOON, "x") };
        assert_eq!(code(office.propose(&keeper(), now, unknown).await), "wording-procedure");
        let today = permit(now.date(), "x");
        assert_eq!(code(office.propose(&keeper(), now, today).await), "wording-past");
        for person in [clerk(), leader(), chairman()] {
            assert_eq!(code(office.propose(&person, now, permit(SOON, "x")).await), "wording-province");
        }
        let held = office.propose(&keeper(), now, permit(SOON, "Bé {answers.name}.")).await.unwrap();
        assert_eq!(held.code, "MG26-0001");
        assert_eq!(code(office.propose(&keeper(), now, permit(SOON, "y")).await), "wording-waits");
        // Nobody announces what is their own, and nobody of a commune announces for the province.
        let both = Actor { grants: [keeper().grants, chairman().grants].concat(), ..keeper() };
        assert_eq!(code(office.wording(&both, now, &held.code, "announce").await), "wording-second-person");
        assert!(office.wording(&leader(), now, &held.code, "announce").await.is_err());
        let late = office.wording(&chairman(), november(10, 8, 0), &held.code, "announce").await;
        assert_eq!(code(late), "wording-past");
        office.wording(&chairman(), now, &held.code, "announce").await.unwrap();
        assert!(office.wording(&chairman(), now, &held.code, "refuse").await.is_err(), "announced for good");
        let earlier = permit(Date::constant(2026, 11, 5), "z");
        assert_eq!(code(office.propose(&keeper(), now, earlier).await), "wording-before");
        let next = office.propose(&keeper(), now, permit(Date::constant(2026, 12, 1), "Bé")).await.unwrap();
        office.wording(&keeper(), now, &next.code, "withdraw").await.unwrap();

        let codes = |all: &[Current]| all.iter().map(|one| one.code.clone()).collect::<Vec<_>>();
        let shipped: Vec<String> = Paper::RESULTS.iter().map(|word| format!("goc-{word}")).collect();
        assert_eq!(codes(&office.current(Date::constant(2026, 11, 9)).await), shipped);
        let from_then = office.current(SOON).await;
        assert_eq!(from_then[0].code, held.code, "that of the procedure first");
        assert_eq!(from_then.len(), shipped.len() + 1);
        assert!(from_then[0].is_for(&version().code) && !from_then[0].is_for("1.000001"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_names_the_version_it_was_made_from_and_a_later_one_leaves_it_alone() {
    for office in offices().await {
        let first = office.announced(november(2, 9, 0), permit(SOON, "Bé {answers.name}.")).await;
        let dossier = office.receive(clerk(), november(10, 9, 0), counter()).await.unwrap();
        let draft = Act::of(Verb::Draft).with("template", first.as_str());
        office.act(&officer(), november(10, 9, 5), &dossier.code, draft).await.unwrap();
        let second =
            office.announced(november(10, 10, 0), permit(Date::constant(2026, 11, 11), "Trẻ {answers.name}.")).await;
        let id = dossier.id;
        let text = office.db.read(move |tx| Box::pin(async move { crate::issue::drafted(tx, id).await }));
        let text = text.await.unwrap().unwrap();
        assert_eq!((text.template.as_str(), text.pieces.text.as_str()), (first.as_str(), "Bé Nguyễn Văn Bé."));
        // What is edited stays of the first; a new one begins from what holds today.
        let edited = Act::of(Verb::Draft).with("title", "Giấy phép").with("text", "Bé.").with("signer", "Chủ tịch");
        let edited = edited.with("symbol", "GP-UBND");
        let kept = office.act(&officer(), november(11, 9, 0), &dossier.code, edited).await.unwrap();
        assert_eq!(kept.written.unwrap().template, first);
        let anew = Act::of(Verb::Draft).with("template", second.as_str());
        let anew = office.act(&officer(), november(11, 9, 5), &dossier.code, anew).await.unwrap();
        assert_eq!(anew.written.unwrap().template, second);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_printed_again_says_what_it_said_on_its_day() {
    for office in offices().await {
        office.announced(november(1, 9, 0), receipt(Date::constant(2026, 11, 2), "Mang theo giấy này.")).await;
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let first = office.receipt_of(&office.house, &dossier.code).await;
        assert_eq!(first.head.own.closing, ["Mang theo giấy này."]);
        assert!(first.head.own.version.ends_with("phiên bản MG26-0001."), "{}", first.head.own.version);
        assert!(!first.papers.iter().any(|paper| paper.name == "Giấy anh") && !first.paid);
        // Another version, a supplement, money, and another name of the desk and its agency.
        office.announced(november(2, 10, 0), receipt(Date::constant(2026, 11, 3), "Không cần mang giấy.")).await;
        let request = Act::from(asked("Thiếu giấy chứng sinh", ""));
        office.act(&officer(), november(2, 10, 0), &dossier.code, request).await.unwrap();
        let photo = office.paper(Some(2)).await;
        office.act(&clerk(), november(3, 9, 0), &dossier.code, supplement(vec![photo])).await.unwrap();
        office.act(&clerk(), november(3, 9, 5), &dossier.code, Act::of(Verb::RecordPayment)).await.unwrap();
        let renamed = |agency: &organisation::Agency| {
            let mut agency = agency.clone();
            if [NEAR, NEAR_DESK].contains(&agency.id) {
                agency.former_names.push(organisation::FormerName {
                    until: Date::constant(2026, 11, 3),
                    name: agency.name.clone(),
                    short_name: agency.short_name.clone(),
                    decision: None,
                });
                agency.name = "Ủy ban nhân dân phường Cái Khế".to_owned();
            }
            agency
        };
        let tree = organisation::Tree::new(office.house.tree.all().iter().map(renamed).collect());
        let house = crate::House { tree: tree.into(), ..office.house.clone() };
        let again = office.receipt_of(&house, &dossier.code).await;
        assert_eq!(again, first);
        // A form of a later day has the names and the version of that day.
        let later = office.receive(clerk(), november(4, 9, 0), counter()).await.unwrap();
        let later = office.receipt_of(&house, &later.code).await;
        assert_eq!(
            (later.head.above.as_str(), later.head.place.as_str()),
            ("Ủy ban nhân dân phường Cái Khế", "Cái Khế")
        );
        assert_eq!(later.head.own.closing, ["Không cần mang giấy."]);
    }
}
