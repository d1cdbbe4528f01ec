//! Words and papers of people that come with an act, and in whose name it is done.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_event_names_the_post_that_allowed_the_act() {
    for office in offices().await {
        // Clerk at the far desk first, officer of the near division second; leader of the near commune third.
        let mut grants = far_clerk().grants;
        grants.extend(officer().grants);
        grants.extend(leader().grants);
        let posts = base::Actor { grants, ..officer() };
        let abroad = CounterIntake { intake: FAR, return_to: FAR, ..counter() };
        let dossier = office.receive(posts.clone(), november(2, 9, 0), abroad).await.unwrap();
        office.act(&posts, november(2, 9, 5), &dossier.code, forward()).await.unwrap();
        office.act(&head(), november(2, 9, 10), &dossier.code, forward()).await.unwrap();
        let approve = Act::of(Verb::Approve);
        office.act(&posts, november(2, 9, 15), &dossier.code, approve).await.unwrap();
        office.act(&posts, november(2, 9, 20), &dossier.code, hand_out(None)).await.unwrap();
        let id = dossier.id;
        let events = office.write(move |tx| Box::pin(async move { audit::events(tx, id).await })).await;
        let agencies: Vec<_> = events.iter().map(|event| event.agency).collect();
        assert_eq!(agencies, [FAR_DESK, NEAR_DIVISION, NEAR_DIVISION, NEAR, FAR_DESK].map(Some));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplement_corrects_answers_and_the_old_ones_are_kept() {
    for office in offices().await {
        let filed = office.file(citizen(), november(2, 9, 0), handed()).await.unwrap();
        office.act(&clerk(), november(2, 10, 0), &filed.code, Act::of(Verb::ReceiveOnline)).await.unwrap();
        let wrong =
            Asked { answers: vec!["sex".to_owned()], papers: Vec::new(), ..asked("Sai giới tính của bé", "") };
        office.act(&officer(), november(2, 11, 0), &filed.code, Act::from(wrong)).await.unwrap();
        let correct = |answer: &str| {
            let answers = BTreeMap::from([("sex".to_owned(), answer.to_owned())]);
            Act::from(Supplement { answers, ..Supplement::default() })
        };
        // The same answer again is nothing, and no answer of the form is refused by name.
        let nothing = office.act(&citizen(), november(2, 13, 40), &filed.code, correct("Nam")).await;
        assert_eq!(code(nothing), "dossier-asked-answer-same");
        let other = office.act(&citizen(), november(2, 13, 40), &filed.code, correct("?")).await;
        assert_eq!(code(other), "dossier-answer-choice");
        let after = office.act(&citizen(), november(2, 14, 0), &filed.code, correct("Nữ")).await.unwrap();
        assert!(after.flags & crate::dossier::mark::SUPPLEMENTED != 0);
        assert_eq!(after.asked_until, None);
        let id = filed.id;
        let (loaded, asides, events) = office
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let loaded = sql::by_id(tx, id).await?.unwrap();
                    Ok::<_, Fault>((loaded, crate::aside::of(tx, id).await?, audit::events(tx, id).await?))
                })
            })
            .await
            .unwrap();
        assert!(loaded.applicant.answers.contains("Nữ") && !loaded.applicant.answers.contains("Nam"));
        assert_eq!(asides.len(), 1);
        assert!(asides[0].2.contains("Nam"), "{asides:?}");
        assert!(events.iter().all(|event| !event.data.contains("Nguyễn Văn Bé")), "no answer stands in the log");
        let report = crate::verify::verify(&office.db, Default::default(), |_| ()).await.unwrap();
        assert_eq!(report.chain, "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_once_given_is_not_given_again() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let ask = |reason: &str, again: &str| Act::from(asked(reason, again));
        office.act(&officer(), november(2, 9, 5), &dossier.code, ask("Thiếu giấy chứng sinh", "")).await.unwrap();
        let papers = vec![office.paper(Some(2)).await];
        office.act(&clerk(), november(2, 9, 10), &dossier.code, supplement(papers)).await.unwrap();
        let again = ask("thieu  giấy, chứng sinh.", "Người dân chưa nộp đủ");
        let repeated = office.act(&officer(), november(2, 9, 15), &dossier.code, again).await;
        assert_eq!(code(repeated), "dossier-reason-repeated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_goes_with_the_dossier_and_the_applicant_does_not_see_it() {
    for office in offices().await {
        let filed = office.file(citizen(), november(2, 9, 0), handed()).await.unwrap();
        office.act(&clerk(), november(2, 10, 0), &filed.code, Act::of(Verb::ReceiveOnline)).await.unwrap();
        let draft = office.paper(None).await;
        let file = draft.file;
        let to = |handler: Id| {
            let forward = Act::of(Verb::Forward).with("note", "Dự thảo giấy khai sinh");
            forward.with("handler", handler.to_string()).bringing([draft.clone()])
        };
        // An officer does not review: the next step is the head's.
        let wrong = office.act(&officer(), november(2, 11, 0), &filed.code, to(office.officer.account)).await;
        assert_eq!(code(wrong), "dossier-handler-not-there");
        let given = office.act(&officer(), november(2, 11, 0), &filed.code, to(office.head.account)).await.unwrap();
        assert_eq!(given.handler, Some(office.head.account));
        assert_eq!(office.number("SELECT COUNT(*) FROM dossier_file WHERE purpose = 'draft'").await, 1);
        let id = filed.id;
        let (seen, opens) = office
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let seen = crate::person::files_of(tx, id).await?;
                    Ok::<_, Fault>((seen, crate::person::has_file(tx, id, file).await?))
                })
            })
            .await
            .unwrap();
        assert!(seen.is_empty() && !opens);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_withdraws_only_on_the_applicants_request_which_is_kept() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let withdraw = |reason: &str, wished: Wished, request| withdraw(reason, wished, request);
        let now = november(2, 10, 0);
        let fields = |refused: Result<Dossier, Fault>| match refused {
            Err(Fault::Invalid(problems)) => problems.into_iter().filter_map(|p| p.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let nobody = office.act(&clerk(), now, &dossier.code, withdraw("x", Wished::default(), None)).await;
        assert_eq!(fields(nobody), ["reason", "wished_how", "wished_by", "wished_words"]);
        let wished = |how: &str, paper| Wished {
            by: "Nguyễn Thị Đường".to_owned(),
            how: how.to_owned(),
            words: "đơn ngày 02/11/2026".to_owned(),
            paper,
        };
        let why = "Gia đình xin rút hồ sơ về";
        let no_letter = office.act(&clerk(), now, &dossier.code, withdraw(why, wished("paper", false), None)).await;
        assert_eq!(fields(no_letter), ["file"]);
        let letter = Some(office.paper(None).await);
        office.act(&clerk(), now, &dossier.code, withdraw(why, wished("paper", true), letter)).await.unwrap();
        assert_eq!(office.number("SELECT COUNT(*) FROM dossier_file WHERE purpose = 'request'").await, 1);
        assert_eq!(office.number("SELECT COUNT(*) FROM dossier_aside WHERE kind = 'wish'").await, 1);
        let id = dossier.id;
        let events = office.write(move |tx| Box::pin(async move { audit::events(tx, id).await })).await;
        assert!(events.iter().all(|event| !event.data.contains("Đường")));
        let report = crate::verify::verify(&office.db, Default::default(), |_| ()).await.unwrap();
        assert_eq!(report.chain, "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_handed_to_somebody_on_some_authority() {
    for office in offices().await {
        let approve = Act::of(Verb::Approve);
        let to = |to: &str, name: &str, authority: &str, tracking: &str| {
            let handing = Handing {
                to: to.into(),
                name: name.into(),
                authority: authority.into(),
                tracking: tracking.into(),
                ..Handing::default()
            };
            hand(handing, None)
        };
        let now = november(3, 9, 0);
        let cases: [(Act, &[&str]); 5] = [
            (to("", "", "", ""), &["handed_to"]),
            (to("somebody", "", "", ""), &["handed_to"]),
            (to("authorised", "", " ", ""), &["receiver", "authority"]),
            (to("post", "", "", ""), &["tracking"]),
            (to("account", "", "", ""), &["handed_to"]),
        ];
        let dossier = office.at_leader(november(2, 9, 0)).await;
        office.act(&leader(), november(3, 8, 0), &dossier.code, approve).await.unwrap();
        for (act, wanted) in cases {
            match office.act(&clerk(), now, &dossier.code, act).await {
                Err(Fault::Invalid(problems)) => {
                    let fields: Vec<_> = problems.iter().filter_map(|problem| problem.field.as_deref()).collect();
                    assert_eq!(fields, wanted);
                }
                other => panic!("{other:?}"),
            }
        }
        let given = to("authorised", "Trần Thị Bưởi", "Giấy ủy quyền số 5 ngày 02/11/2026", "");
        office.act(&clerk(), now, &dossier.code, given).await.unwrap();
        let id = dossier.id;
        let events = office.write(move |tx| Box::pin(async move { audit::events(tx, id).await })).await;
        let last = &events.last().unwrap().data;
        assert!(last.contains(r#""to":"authorised""#) && !last.contains("Bưởi"), "{last}");
        for tamper in ["UPDATE dossier_aside SET data = '{}'", "DELETE FROM dossier_aside"] {
            office.write(move |tx| Box::pin(async move { tx.execute(tamper, params![]).await })).await;
            let report = crate::verify::verify(&office.db, Default::default(), |_| ()).await.unwrap();
            assert!(
                report.chain.starts_with(&format!("dossier_aside {} #5 receipt", dossier.code)),
                "{}",
                report.chain
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_answered_item_by_item() {
    for office in offices().await {
        let filed = office.file(citizen(), november(2, 9, 0), handed()).await.unwrap();
        office.act(&clerk(), november(2, 10, 0), &filed.code, Act::of(Verb::ReceiveOnline)).await.unwrap();
        let list = Asked {
            papers: vec!["giay-chung-sinh".to_owned(), "anh".to_owned()],
            answers: vec!["sex".to_owned()],
            ..asked("Thiếu ảnh và sai giới tính", "")
        };
        office.act(&officer(), november(2, 11, 0), &filed.code, Act::from(list)).await.unwrap();
        let words = |words: &[(&str, &str)]| -> BTreeMap<String, String> {
            words.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let now = november(2, 14, 0);
        let (one, other) = (office.paper(Some(1)).await, office.paper(Some(2)).await);
        let told =
            async |by: Actor, brought: Supplement| match office.act(&by, now, &filed.code, Act::from(brought)).await {
                Err(Fault::Invalid(problems)) => {
                    problems.into_iter().map(|p| (p.field.unwrap_or_default(), p.code)).collect::<Vec<_>>()
                }
                done => panic!("{done:?}"),
            };
        let missing = |code: &str| (format!("absent.{code}"), "dossier-asked-paper-missing");
        let same = ("answers.sex".to_owned(), "dossier-asked-answer-same");
        // Nothing, one of two papers, thin words, words about a paper nobody asked for; the applicant and the desk alike.
        for by in [citizen(), clerk()] {
            let nothing = told(by.clone(), Supplement::default()).await;
            assert_eq!(nothing, [missing("giay-chung-sinh"), missing("anh"), same.clone()]);
            let half =
                Supplement { papers: vec![one.clone()], answers: words(&[("sex", "Nữ")]), ..Supplement::default() };
            assert_eq!(told(by.clone(), half.clone()).await, [missing("anh")]);
            let thin = Supplement { absent: words(&[("anh", "x")]), ..half.clone() };
            assert_eq!(told(by.clone(), thin).await, [("absent.anh".to_owned(), "dossier-reason-too-thin")]);
            let beside = Supplement {
                absent: words(&[("to-khai", "Không có bản nào"), ("anh", "Không có máy ảnh")]),
                ..half
            };
            assert_eq!(told(by, beside).await, [("absent.to-khai".to_owned(), "dossier-absent-not-asked")]);
        }
        // Another paper in its place is not the one that was asked for.
        let elsewhere = Supplement {
            papers: vec![one.clone(), office.paper(None).await],
            answers: words(&[("sex", "Nữ")]),
            ..Supplement::default()
        };
        assert_eq!(told(citizen(), elsewhere).await, [missing("anh")]);
        let brought = Supplement {
            papers: vec![one, other],
            answers: words(&[("sex", "Nữ")]),
            // What is there needs no excuse.
            absent: words(&[("anh", "")]),
            ..Supplement::default()
        };
        let after = office.act(&citizen(), now, &filed.code, Act::from(brought)).await.unwrap();
        assert_eq!(after.status, crate::Status::Processing);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_brought_is_said_and_the_officer_reads_it() {
    for office in offices().await {
        let filed = office.file(citizen(), november(2, 9, 0), handed()).await.unwrap();
        office.act(&clerk(), november(2, 10, 0), &filed.code, Act::of(Verb::ReceiveOnline)).await.unwrap();
        let ask = Act::from(asked("Thiếu giấy chứng sinh", ""));
        office.act(&officer(), november(2, 11, 0), &filed.code, ask).await.unwrap();
        let absent = BTreeMap::from([("anh".to_owned(), "Nhà ở xa, chưa chụp được ảnh".to_owned())]);
        let said = Act::from(Supplement { absent, ..Supplement::default() });
        let after = office.act(&citizen(), november(2, 14, 0), &filed.code, said).await.unwrap();
        // The applicant did something: it is no empty declaration of the office.
        assert_eq!(after.flags & crate::dossier::mark::HOLLOW, 0);
        let id = filed.id;
        let events = office.write(move |tx| Box::pin(async move { audit::events(tx, id).await })).await;
        let Ok(Happening::SupplementCompleted { absent, .. }) = Happening::read(&events.last().unwrap().data) else {
            panic!("{events:?}")
        };
        assert_eq!((absent[0].paper.as_str(), absent[0].reason.as_str()), ("anh", "Nhà ở xa, chưa chụp được ảnh"));
        let report = crate::verify::verify(&office.db, Default::default(), |_| ()).await.unwrap();
        assert_eq!(report.chain, "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_signed_as_it_is_and_becomes_the_result() {
    for office in offices().await {
        let filed = office.file(citizen(), november(2, 9, 0), handed()).await.unwrap();
        office.act(&clerk(), november(2, 10, 0), &filed.code, Act::of(Verb::ReceiveOnline)).await.unwrap();
        let sign = || Act::of(Verb::Approve).with("sign_draft", "1");
        let with = |draft: Option<NewPaper>| forward().with("note", "Dự thảo").bringing(draft);
        office.act(&officer(), november(2, 11, 0), &filed.code, with(None)).await.unwrap();
        let draft = office.paper(None).await;
        let file = draft.file;
        office.act(&head(), november(2, 11, 5), &filed.code, with(Some(draft))).await.unwrap();
        // What was sent back is no proposal any more.
        let back = Act::of(Verb::SendBack).with("reason", "Sai tên mẹ".to_owned());
        office.act(&leader(), november(2, 11, 10), &filed.code, back).await.unwrap();
        office.act(&head(), november(2, 11, 15), &filed.code, with(None)).await.unwrap();
        assert_eq!(code(office.act(&leader(), november(2, 11, 20), &filed.code, sign()).await), "dossier-no-draft");
        let back = Act::of(Verb::SendBack).with("reason", "Thiếu dự thảo".to_owned());
        office.act(&leader(), november(2, 11, 25), &filed.code, back).await.unwrap();
        let better = office.paper(None).await;
        let signed = better.file;
        office.act(&head(), november(2, 11, 30), &filed.code, with(Some(better))).await.unwrap();
        let after = office.act(&leader(), november(2, 11, 35), &filed.code, sign()).await.unwrap();
        assert!(after.flags & flag::DIGITISED != 0);
        let id = filed.id;
        let (seen, opens, first) = office
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let seen = crate::person::files_of(tx, id).await?;
                    let opens = crate::person::has_file(tx, id, signed).await?;
                    Ok::<_, Fault>((seen, opens, crate::person::has_file(tx, id, file).await?))
                })
            })
            .await
            .unwrap();
        assert_eq!(
            seen.iter().map(|(id, purpose, _)| (*id, purpose.as_str())).collect::<Vec<_>>(),
            [(signed, "result")]
        );
        assert!(opens && !first, "the applicant opens what was signed, and not what was sent back");
        let report = crate::verify::verify(&office.db, Default::default(), |_| ()).await.unwrap();
        assert_eq!(report.chain, "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_goes_by_post_to_an_address() {
    for office in offices().await {
        let homeless = Handed { owner_address: String::new(), ..handed() };
        for (handed, typed, wanted) in [
            (homeless.clone(), "", Err("dossier-handed-missing")),
            (homeless.clone(), "1", Err("base-address-short")),
            (homeless, "Số 4 đường 30/4, An Bình", Ok("Số 4 đường 30/4, An Bình")),
            (
                Handed { owner_address: "Ấp Mỹ Hòa, xã Mỹ Tú".to_owned(), ..self::handed() },
                " ",
                Ok("Ấp Mỹ Hòa, xã Mỹ Tú"),
            ),
        ] {
            let intake = CounterIntake { handed, ..counter() };
            let dossier = office.receive(clerk(), november(2, 9, 0), intake).await.unwrap();
            office
                .act(&officer(), november(2, 9, 5), &dossier.code, Act::of(Verb::Refuse).with("reason", reason()))
                .await
                .unwrap();
            let handing = Handing {
                to: "post".to_owned(),
                tracking: "RP000000012VN".to_owned(),
                address: typed.to_owned(),
                ..Handing::default()
            };
            let sent = hand(handing, None);
            let done = office.act(&clerk(), november(2, 9, 10), &dossier.code, sent).await;
            match wanted {
                Err(wanted) => assert_eq!(code(done), wanted),
                Ok(address) => {
                    done.unwrap();
                    let id = dossier.id;
                    let asides = office.write(move |tx| Box::pin(async move { crate::aside::of(tx, id).await })).await;
                    assert!(asides[0].2.contains(address), "{asides:?}");
                }
            }
        }
    }
}

/// A scan that lay in the dossier already is nothing new: an official who hands it in once more gains no day.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_once_more_are_no_supplement() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let ask = Act::from(asked("Ảnh chụp mờ, không đọc được số", ""));
        office.act(&officer(), november(2, 10, 0), &dossier.code, ask).await.unwrap();
        let staged = |byte: &str| files::Staged {
            sha256: byte.repeat(32),
            size_bytes: 3,
            media_type: "application/pdf".to_owned(),
            name: "giay.pdf".to_owned(),
        };
        let keep = async |byte: &str| {
            let (staged, owner) = (staged(byte), dossier.id);
            office
                .write(move |tx| {
                    Box::pin(async move { files::keep(tx, &staged, owner, None, november(2, 9, 0)).await })
                })
                .await
        };
        keep("aa").await;
        let hollow = async |byte: &str, at: Instant| {
            let papers = vec![NewPaper { component: Some(2), file: keep(byte).await }];
            let brought = Supplement { papers, ..Supplement::default() };
            let done = office.act(&clerk(), at, &dossier.code, Act::from(brought)).await.unwrap();
            let id = dossier.id;
            let events = office.write(move |tx| Box::pin(async move { audit::events(tx, id).await })).await;
            let told = &events.last().expect("an event").data;
            assert!(done.status != crate::dossier::Status::Supplement, "{told}");
            told.contains("\"hollow\":true")
        };
        assert!(hollow("aa", november(3, 9, 0)).await, "the bytes of the intake");
        let again = Act::from(asked("Còn thiếu trang hai của giấy", "Trang hai chỉ thấy thiếu khi thẩm định"));
        office.act(&officer(), november(3, 10, 0), &dossier.code, again).await.unwrap();
        assert!(!hollow("bb", november(3, 14, 0)).await, "another scan");
    }
}
