use crate::{actor, databases, day, now, seed, seeded, shelf};
use base::{Channel, Fault, Instant, Limit, Role};
use catalogue::import::{Change, Fate, RecordReport};
use catalogue::{ImportReport, Origin};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use store::Db;

pub(crate) fn record(code: &str, name: &str, days: i64) -> Value {
    json!({
        "code": code, "name": name, "level": "Cấp xã", "field": "Thử nghiệm", "decision": "1/QĐ-BTP",
        "applicants": ["Công dân Việt Nam"],
        "methods": [{ "channel": "Trực tiếp", "time_value": days, "time_unit": "Ngày làm việc", "fee_value": 0, "fee_currency": null, "fee_text": "Miễn phí", "note": null }],
        "components": [{ "group": null, "name": "Tờ khai", "n_original": 1, "n_copy": 0, "is_note": 0 }],
        "results": [{ "name": "Giấy", "code": "KQ.G15.000001" }],
        "legal_basis": [], "conditions": "", "steps": [], "url": "", "source": "",
    })
}

pub(crate) fn lines(records: &[String]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.jsonl");
    std::fs::write(&path, records.join("\n")).unwrap();
    (dir, path)
}

async fn run(db: &Db, path: &Path, at: Instant) -> (ImportReport, Vec<RecordReport>) {
    let mut records = Vec::new();
    let report = catalogue::import(db, path, at, |record, _| records.push(record.clone())).await.unwrap();
    assert_eq!(report.records(), u64::try_from(records.len()).unwrap(), "every record counted once");
    assert_eq!(report.changed + report.unchanged, report.taken + report.doubted);
    (report, records)
}

#[tokio::test]
async fn every_line_is_counted_once_and_told_apart() {
    let mut unclear = record("1.900002", "Không rõ hạn", 1);
    unclear["methods"][0]["time_unit"] = Value::Null;
    let all = [
        record("1.900001", "Rõ ràng", 3).to_string(),
        unclear.to_string(),
        "{ broken".to_owned(),
        String::new(),
        record("1.900001", "Trùng mã", 5).to_string(),
        record("1900001", "Mã sai", 5).to_string(),
        "[1, 2]".to_owned(),
    ];
    let (_dir, path) = lines(&all);
    for db in databases().await {
        let (report, records) = run(&db, &path, now()).await;
        assert_eq!((report.taken, report.doubted, report.refused, report.changed, report.unchanged), (1, 1, 4, 2, 0));
        let told: Vec<(&str, Fate, &str)> = records
            .iter()
            .map(|r| (r.place.as_str(), r.fate, r.remarks.first().map_or("", |remark| remark.code)))
            .collect();
        assert_eq!(
            told,
            [
                ("records.jsonl:1", Fate::Taken, ""),
                ("records.jsonl:2", Fate::Doubted, "limit-no-unit"),
                ("records.jsonl:3", Fate::Refused, "line-broken"),
                ("records.jsonl:5", Fate::Refused, "code-twice"),
                ("records.jsonl:6", Fate::Refused, "code-wrong"),
                ("records.jsonl:7", Fate::Refused, "not-a-record"),
            ]
        );
        let shelf = shelf(&db).await;
        let clear = shelf.by_code("1.900001", now().date()).unwrap();
        assert_eq!((clear.name.as_str(), clear.origin), ("Rõ ràng", Origin::Imported));
        let unclear = shelf.by_code("1.900002", now().date()).unwrap();
        assert!(unclear.channels.is_empty() && unclear.unclear_channels.len() == 1);

        // Again: nothing changes.
        let (again, _) = run(&db, &path, now().plus_ms(86_400_000)).await;
        assert_eq!((again.taken, again.doubted, again.refused, again.changed, again.unchanged), (1, 1, 4, 0, 2));
        let shelf = crate::shelf(&db).await;
        assert_eq!(["1.900001", "1.900002"].map(|code| shelf.versions_of(code).len()), [1, 1]);
        db.close().await;
    }
}

#[tokio::test]
async fn a_changed_record_makes_a_new_version_and_the_old_one_stays() {
    for db in databases().await {
        let (_dir, path) = lines(&[record("1.900001", "Thử", 3).to_string()]);
        run(&db, &path, now()).await;
        let (_dir, path) = lines(&[record("1.900001", "Thử", 2).to_string()]);
        let tomorrow = now().plus_ms(86_400_000);
        let (report, records) = run(&db, &path, tomorrow).await;
        assert_eq!((report.changed, records[0].change), (1, Change::Version));
        let shelf = shelf(&db).await;
        let limit = |on| shelf.by_code("1.900001", on).unwrap().terms(Channel::Counter).unwrap().limit;
        assert_eq!(limit(now().date()), Limit::WorkingDays(3));
        assert_eq!(limit(tomorrow.date()), Limit::WorkingDays(2));
        assert_eq!(shelf.versions_of("1.900001").len(), 2);
        db.close().await;
    }
}

#[tokio::test]
async fn what_the_province_announced_or_ended_stands() {
    for db in seeded().await {
        let (_dir, path) =
            lines(&[record("1.001193", "Đăng ký khai sinh", 30).to_string(), record("1.900001", "Thử", 3).to_string()]);
        let (report, records) = run(&db, &path, now()).await;
        assert_eq!(records[0].change, Change::OwnKept);
        assert_eq!((report.taken, report.changed, report.unchanged, report.own_kept), (2, 1, 1, 1));
        let birth = shelf(&db).await.by_code("1.001193", now().date()).unwrap();
        assert_eq!(birth.terms(Channel::Counter).unwrap().limit, Limit::SameDay);

        let keeper = actor(Role::CatalogueKeeper);
        db.write(move |tx| {
            Box::pin(async move {
                let typed = crate::register::ending("9/QĐ-UBND", day(2026, 11, 24));
                catalogue::abolish(tx, &keeper, now(), "1.900001", &typed).await
            })
        })
        .await
        .unwrap();
        let (_dir, path) = lines(&[record("1.900001", "Thử", 9).to_string()]);
        let (_, records) = run(&db, &path, now().plus_ms(2 * 86_400_000)).await;
        assert_eq!(records[0].change, Change::OwnKept);
        assert!(shelf(&db).await.by_code("1.900001", day(2026, 11, 25)).is_none());
        db.close().await;
    }
}

#[tokio::test]
async fn a_procedure_imported_first_still_gets_its_shipped_version() {
    for db in databases().await {
        let (_dir, path) = lines(&[
            record("1.001193", "Đăng ký khai sinh", 30).to_string(),
            record("1.002010", "Luật sư", 9).to_string(),
        ]);
        run(&db, &path, now()).await;
        let later = now().plus_ms(86_400_000);
        let added = db.write(move |tx| Box::pin(async move { catalogue::seed(tx, later).await })).await.unwrap();
        assert!(added >= 40);
        assert_eq!(seed(&db).await, 0);
        let shelf = shelf(&db).await;
        let limit = |on| shelf.by_code("1.001193", on).unwrap().terms(Channel::Counter).unwrap().limit;
        assert_eq!((limit(now().date()), limit(later.date())), (Limit::WorkingDays(30), Limit::SameDay));
        assert!(shelf.by_code("1.001193", later.date()).unwrap().can_be_received());
        // The shipped versions that were over by then stay out; the one to come is kept.
        let froms: Vec<_> = shelf.versions_of("1.002010").iter().map(|v| v.effective_from).collect();
        assert_eq!(froms, [now().date(), later.date(), day(2027, 1, 1)]);
        db.close().await;
    }
}

#[tokio::test]
async fn a_table_is_read_too_and_never_takes_papers_away() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("table.csv");
    let header = "code,name,field,level,decision,applicants,has_online,has_post,has_direct,time_online,time_direct,time_post,fee_online,fee_direct,result_names,result_codes,legal_basis,url,source";
    let row = |days: i64| {
        format!(
            "{header}\n1.900001,\"Thử\",Thử nghiệm,Cấp xã,1/QĐ-BTP,Công dân Việt Nam,0,0,1,,{days} Ngày làm việc,,,0,Giấy,KQ.G15.000001,,,\n1.900003,\"Không rõ, hạn\",Thử nghiệm,Cấp xã,1/QĐ-BTP,,1,0,0,1 ?,,,8000 VND,,,,,,\n"
        )
    };
    for db in databases().await {
        let (_dir, path) = lines(&[record("1.900001", "Thử", 3).to_string()]);
        run(&db, &path, now()).await;
        std::fs::write(&table, row(3)).unwrap();
        let (report, records) = run(&db, &table, now()).await;
        assert_eq!((report.taken, report.doubted, report.refused), (1, 1, 0));
        assert_eq!((records[0].change, records[1].change), (Change::Unchanged, Change::New));
        assert_eq!(records[1].remarks[0].code, "limit-no-unit");
        std::fs::write(&table, row(2)).unwrap();
        let (_, records) = run(&db, &table, now().plus_ms(86_400_000)).await;
        assert_eq!((records[0].change, records[1].change), (Change::Version, Change::Unchanged));
        let changed = shelf(&db).await.by_code("1.900001", day(2026, 11, 24)).unwrap();
        assert_eq!(changed.terms(Channel::Counter).unwrap().limit, Limit::WorkingDays(2));
        assert_eq!(changed.components.len(), 1, "the papers stay");
        std::fs::write(&table, "a,b\n1,2\n").unwrap();
        assert!(matches!(catalogue::import(&db, &table, now(), |_, _| {}).await, Err(Fault::Invalid(_))));
        db.close().await;
    }
}

#[tokio::test]
async fn a_missing_path_and_an_overlong_line_are_told() {
    for db in databases().await {
        let missing = catalogue::import(&db, Path::new("/nonexistent/x.jsonl"), now(), |_, _| {}).await;
        assert!(matches!(missing, Err(Fault::Invalid(problems)) if problems[0].code == "catalogue-file-unreadable"));
        let long = format!("{{\"code\": \"{}\"}}", "x".repeat(5 * 1024 * 1024));
        let (_dir, path) = lines(&[long, record("1.900001", "Thử", 3).to_string()]);
        let (report, records) = run(&db, &path, now()).await;
        assert_eq!((report.refused, report.taken), (1, 1));
        assert_eq!(records[0].remarks[0].code, "line-too-long");
        assert_eq!(records[1].place, "records.jsonl:2");
        db.close().await;
    }
}

/// The real catalogue, when it lies beside the project.
fn real() -> Option<PathBuf> {
    let start = Path::new(env!("CARGO_MANIFEST_DIR"));
    start.ancestors().map(|dir| dir.join("shared/data/tthc")).find(|dir| dir.join("tthc_detail_commune.jsonl").exists())
}

#[tokio::test]
async fn the_real_catalogue_is_read_whole_and_reading_it_again_changes_nothing() {
    let Some(path) = real() else {
        eprintln!("no real catalogue beside the project: not tried");
        return;
    };
    for db in seeded().await {
        let (report, records) = run(&db, &path, now()).await;
        assert_eq!(report.records(), 2849);
        assert_eq!(report.refused, 0);
        assert!(report.taken > 1000, "{report:?}");
        // 356 procedures carry a limit with no unit: each is doubted.
        let no_unit = records.iter().filter(|r| r.remarks.iter().any(|remark| remark.code == "limit-no-unit")).count();
        assert_eq!(no_unit, 356);
        let (again, _) = run(&db, &path, now().plus_ms(86_400_000)).await;
        assert_eq!((again.taken, again.doubted, again.changed), (report.taken, report.doubted, 0));
        // The same catalogue as a table.
        let (table, _) = run(&db, &path.join("tthc_catalog.csv"), now().plus_ms(86_400_000)).await;
        assert_eq!((table.records(), table.refused), (2849, 0));
        eprintln!("{report:?} {table:?}");
        let shelf = shelf(&db).await;
        let found = shelf.search("hải quan tờ khai", &catalogue::Filter::default(), now().date());
        assert!(!found.is_empty());
        let birth = shelf.search("khai sính", &catalogue::Filter::default(), now().date());
        assert_eq!(birth[0].code, "1.001193");
        db.close().await;
    }
}

#[tokio::test]
async fn a_file_is_understood_however_it_was_saved() {
    let pretty = serde_json::to_string_pretty(&record("1.900001", "Thủ tục thử", 3)).unwrap();
    let list = serde_json::to_string_pretty(&[record("1.900001", "Thử", 3), record("1.900002", "Thử hai", 4)]).unwrap();
    let decomposed: String = {
        use unicode_normalization::UnicodeNormalization as _;
        record("1.900001", "Thủ tục thử", 3).to_string().nfd().collect()
    };
    let spaced = record("1.900001", "Thủ tục thử", 3).to_string().replace("Ngày làm việc", "ngày làm\u{a0}việc");
    let hidden = record("1.900001", "Thủ tục\u{200b} thử", 3).to_string().replace("Trực tiếp", "TRỰC TIẾP");
    let header = "code,name,field,level,decision,has_direct,time_direct,fee_direct";
    let row = "1.900001,Thủ tục thử,Thử nghiệm,Cấp xã,1/QĐ-BTP,1,\"1,5 ngày làm việc\",8.000 VND";
    let semicolons = "code;name;field;level;decision;has_direct;time_direct;fee_direct\n1.900001;Thủ tục thử;Thử nghiệm;Cấp xã;1/QĐ-BTP;1;1,5 Ngày làm việc;8.000 VND";
    let bom = format!("\u{feff}{header}\r\n{row}\r\n");
    let files = [
        ("one.json", pretty.clone(), 1),
        ("list.json", list.clone(), 2),
        ("list.jsonl", format!("\u{feff} {list}\n"), 2),
        ("one-line.json", serde_json::to_string(&[record("1.900001", "Thử", 3)]).unwrap(), 1),
        ("nfd.jsonl", decomposed, 1),
        ("nbsp.jsonl", spaced, 1),
        ("hidden.jsonl", hidden, 1),
        ("table.CSV", bom, 1),
        ("semicolons.csv", semicolons.to_owned(), 1),
        ("tabs.csv", semicolons.replace(';', "\t"), 1),
    ];
    let dir = tempfile::tempdir().unwrap();
    for db in databases().await {
        for (n, (name, text, records)) in files.iter().enumerate() {
            // Each file brings procedures of its own.
            let prefix = format!("1.9{n:02}0");
            let path = dir.path().join(name);
            std::fs::write(&path, text.replace("1.9000", &prefix)).unwrap();
            let (report, told) = run(&db, &path, now()).await;
            assert_eq!((report.taken, report.doubted, report.refused), (*records, 0, 0), "{name}: {told:?}");
            let shelf = shelf(&db).await;
            let version = shelf.by_code(&format!("{prefix}01"), now().date()).unwrap();
            let terms = version.terms(Channel::Counter).unwrap();
            let is_table = name.to_lowercase().ends_with("csv");
            assert_eq!(terms.limit, if is_table { Limit::Hours(12) } else { Limit::WorkingDays(3) }, "{name}");
            assert_eq!(terms.fee_total().0, if is_table { 8_000 } else { 0 }, "{name}");
            assert_eq!(version.name, "Thử", "{name}");
        }
    }
}

#[tokio::test]
async fn an_overlong_row_of_a_table_is_told_once_and_never_held_whole() {
    let dir = tempfile::tempdir().unwrap();
    let header = "code,name,field,level\n";
    let good = "1.900001,\"Thủ tục \"\"thử\"\"\nhai dòng\",Thử nghiệm,Cấp xã\n";
    let long = format!("1.900002,\"{}\",Thử nghiệm,Cấp xã\n", "dài, \n".repeat(1024 * 1024));
    for db in databases().await {
        let path = dir.path().join("table.csv");
        std::fs::write(&path, format!("{header}{good}{long}{good}")).unwrap();
        let (report, records) = run(&db, &path, now()).await;
        assert_eq!((report.refused, report.records()), (1, 2), "{records:?}");
        assert!(records[1].remarks[0].detail.contains("longer than"), "{records:?}");
        std::fs::write(&path, "a".repeat(5 * 1024 * 1024)).unwrap();
        assert!(matches!(catalogue::import(&db, &path, now(), |_, _| {}).await, Err(Fault::Invalid(_))));
        db.close().await;
    }
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_with_the_reason_and_one_without_a_good_record_is_a_failure() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let db = databases().await.remove(0);
    for (name, bytes, why) in [
        ("book.csv", b"PK\x03\x04...".as_slice(), "save it as CSV"),
        ("wide.csv", b"\xFF\xFEc\0o\0".as_slice(), "UTF-8"),
        ("other.csv", b"a;b\n1;2\n".as_slice(), "no column"),
    ] {
        let fault = catalogue::import(&db, &write(name, bytes), now(), |_, _| {}).await.unwrap_err();
        let Fault::Invalid(problems) = fault else { panic!("{name}: {fault:?}") };
        assert!(problems[0].args.iter().any(|(_, value)| value.contains(why)), "{name}: {problems:?}");
    }
    let nothing = write("nothing.jsonl", b"{ broken\n{ broken too\n");
    let (report, read) = catalogue::cli_import(&db, &nothing, now()).await.unwrap();
    assert!(!read && report["refused"] == 2, "{report}");
}
