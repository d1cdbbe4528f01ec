use store::{Db, Engine, Migrations, StoreError, params};

use crate::TABLES;
use crate::crash::child;

const MANY: Migrations = Migrations {
    module: "many",
    steps: &[
        ("0001_create", "CREATE TABLE a (id {id} PRIMARY KEY, n {int} NOT NULL){strict};\nCREATE INDEX a_n ON a (n);"),
        ("0002_column", "ALTER TABLE a ADD COLUMN note {text};"),
        ("0003_fill", "INSERT INTO a (id, n) VALUES (1, 1);"),
        (
            "0004_differ",
            "--sqlite\nCREATE VIRTUAL TABLE a_search USING fts5 (note);\n--end\n\
             --postgres\nALTER TABLE a ADD COLUMN words tsvector;\n--end\n\
             CREATE VIEW report_a AS SELECT id, n FROM a;",
        ),
        ("0005_serial", "CREATE TABLE line (seq {serial}, at {time} NOT NULL){strict};"),
    ],
};

#[tokio::test]
async fn steps_are_applied_once_and_in_order() {
    for db in store::testing::databases().await {
        let names = db.migrate(&[MANY, TABLES]).await.unwrap();
        assert_eq!(names.len(), 6);
        assert_eq!((names[0].as_str(), names[5].as_str()), ("many/0001_create", "test/0001_create"));
        assert!(db.migrate(&[MANY, TABLES]).await.unwrap().is_empty());
        let seq: i64 = db
            .write(|tx| {
                Box::pin(
                    async move { tx.query_one("INSERT INTO line (at) VALUES (5) RETURNING seq", &[]).await?.at(0) },
                )
            })
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"));
        assert_eq!(seq, 1);
    }
}

#[tokio::test]
async fn a_changed_step_is_refused_with_its_name_and_the_way_out() {
    const CHANGED: Migrations = Migrations {
        module: "many",
        steps: &[("0001_create", "CREATE TABLE a (id {id} PRIMARY KEY, n {int}){strict};")],
    };
    // Line ends and trailing blanks are no change: git may have turned them.
    const SPACED: Migrations = Migrations {
        module: "many",
        steps: &[(
            "0001_create",
            "CREATE TABLE a (id {id} PRIMARY KEY, n {int} NOT NULL){strict};  \r\nCREATE INDEX a_n ON a (n);\r\n",
        )],
    };
    for db in store::testing::databases().await {
        db.migrate(&[MANY]).await.unwrap();
        assert!(db.migrate(&[SPACED]).await.unwrap().is_empty());
        let said = db.migrate(&[CHANGED]).await.unwrap_err().to_string();
        assert!(
            said.contains("many/0001_create") && said.contains("changed since") && said.contains("new step"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_failing_step_leaves_the_steps_before_it_and_nothing_of_itself() {
    const BROKEN: Migrations = Migrations {
        module: "broken",
        steps: &[
            ("0001_good", "CREATE TABLE good (id {id} PRIMARY KEY){strict};"),
            ("0002_bad", "CREATE TABLE half (id {id} PRIMARY KEY){strict}; INSERT INTO nowhere VALUES (1);"),
        ],
    };
    const UNCLOSED: Migrations = Migrations { module: "unclosed", steps: &[("0001", "--sqlite\nSELECT 1;\n")] };
    for db in store::testing::databases().await {
        let said = db.migrate(&[BROKEN]).await.unwrap_err().to_string();
        assert!(said.contains("broken/0002_bad") && said.contains("nowhere"), "{said}");
        let lines = store::testing::schema(&db).await.unwrap();
        assert!(lines.iter().any(|line| line.contains("good")));
        assert!(!lines.iter().any(|line| line.contains("half")), "{lines:?}");
        assert!(db.migrate(&[UNCLOSED]).await.unwrap_err().to_string().contains("--end"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..20 {
        let url = store::testing::sqlite_url();
        let opened = (0..8).map(|_| {
            tokio::spawn({
                let url = url.clone();
                async move { Db::open(&url).await.map(drop) }
            })
        });
        for one in futures_util::future::join_all(opened).await {
            one.unwrap().unwrap();
        }
    }
}

#[tokio::test]
#[ignore = "a child process of the tests beside it"]
async fn child_migrates() {
    let Ok(url) = std::env::var("STORE_TEST_URL") else { return };
    Db::open(&url).await.unwrap().migrate(&[MANY, TABLES]).await.unwrap();
}

#[tokio::test]
async fn many_callers_and_processes_may_migrate_at_once() {
    let mut urls = vec![store::testing::sqlite_url()];
    urls.extend(store::testing::postgres_url().await);
    for url in urls {
        let mut children: Vec<_> = (0..3).map(|_| child("migrating::child_migrates", &url)).collect();
        let handles = (0..4).map(|_| {
            let url = url.clone();
            async move { Db::open(&url).await.unwrap().migrate(&[MANY, TABLES]).await.unwrap() }
        });
        let here: Vec<_> = futures_util::future::join_all(handles).await.concat();
        assert!(here.len() <= 6, "no step is applied twice: {here:?}");
        for child in &mut children {
            assert!(child.wait().unwrap().success());
        }
        let db = Db::open(&url).await.unwrap();
        let steps: i64 = db
            .read(|tx| {
                Box::pin(async move { tx.query_one("SELECT count(*) FROM schema_step", params![]).await?.at(0) })
            })
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"));
        assert_eq!(steps, 6);
    }
}

#[tokio::test]
async fn all_steps_one_by_one_equal_the_fresh_install() {
    assert_eq!(store::testing::steps_equal_fresh_install(&[MANY, TABLES]).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_province_has_a_schema_of_its_own() {
    let Some(url) = store::testing::postgres_url().await else { return };
    let open = |schema: &str| {
        let url = format!("{url}&schema={schema}");
        async move { Db::open(&url).await.unwrap() }
    };
    let (one, two) = (open("can_tho").await, open("hau_giang").await);
    one.migrate(&[TABLES]).await.unwrap();
    two.migrate(&[TABLES]).await.unwrap();
    one.write(|tx| Box::pin(async move { tx.execute("INSERT INTO item (id, name) VALUES (1, 'a')", &[]).await }))
        .await
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
    assert_eq!((crate::count(&one).await, crate::count(&two).await), (1, 0));
    assert_eq!(one.engine(), Engine::Postgres);
}
