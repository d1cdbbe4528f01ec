//! Every SQL statement of the product prepares on both engines, and migrations one by one give the fresh install.

use crate::harness::{self, on_every_engine};

#[test]
fn every_statement_prepares_on_both_engines() {
    on_every_engine(|app| async move {
        let refused = store::testing::prepare_all(app.db()).await;
        assert!(refused.is_empty(), "on {:?}:\n{}", app.engine(), refused.join("\n"));
        assert!(store::registered().len() > 30, "the statements of all crates are linked in");
        // Registers' own tables: their statements are made of their columns.
        let made: Vec<String> = motcua::kinds().iter().flat_map(records::Kind::statements).collect();
        assert!(made.iter().any(|sql| sql.starts_with("UPDATE dossier SET")));
        for sql in made {
            let text = sql.clone();
            let prepared =
                app.db().read(move |tx| Box::pin(async move { tx.prepare(store::Sql::from(sql)).await })).await;
            assert!(prepared.is_ok(), "on {:?}: {text}: {prepared:?}", app.engine());
        }
    });
}

#[test]
fn migrations_one_by_one_equal_the_fresh_install() {
    harness::run(async {
        let differences = store::testing::steps_equal_fresh_install(&harness::migrations()).await.expect("migrations");
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    });
}
