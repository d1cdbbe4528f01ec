//! The counters of the demonstration's ward, set up by its people through the acts of the program, as at any desk.

use crate::accounts;
use base::{Actor, Fault, Id, Instant};
use desk::{Counter, House, Point};
use records::{Asker, Typed};
use std::sync::Arc;
use store::{Db, Tx, params};

store::statements! {
    /// Somebody of the demonstration.
    pub DEMO_PERSON = "SELECT id FROM account WHERE login = $1";
}

/// Number, name and fields of each counter; the last one receives whatever there is.
const COUNTERS: [(&str, &str, &[&str]); 3] = [
    ("1", "Hộ tịch, chứng thực", &["ho-tich", "chung-thuc"]),
    ("2", "Đất đai, xây dựng", &["dat-dai", "xay-dung"]),
    ("3", "", &[]),
];
/// What the ward's receiving point has; the cameras are still missing.
const EQUIPMENT: [&str; 5] = ["information", "counters", "queue-machine", "look-up", "citizen-computers"];

async fn person(tx: &Tx, login: &str, now: Instant) -> Result<Option<Actor>, Fault> {
    let row = tx.query_opt(DEMO_PERSON, params![login]).await?;
    let Some(id) = row.map(|row| row.get::<Id>("id")).transpose()? else { return Ok(None) };
    Ok(identity::actor(tx, id, now).await?)
}

/// Declares the ward's receiving point and sets three counters up, which the clerk opens; once.
pub(crate) async fn set_up(db: &Db, now: Instant) -> Result<(), Fault> {
    db.write(move |tx| {
        Box::pin(async move {
            let tree = Arc::new(organisation::load_tree(tx).await?);
            let calendar = organisation::load_calendar(tx).await?;
            let shelf = catalogue::load_shelf(tx).await?;
            let fields: Vec<(String, String)> =
                shelf.fields(now.date()).into_iter().map(|(code, name, _)| (code, name)).collect();
            let Some(unit) = accounts::demo_commune(&tree).and_then(|ward| tree.desk_of(ward.id)).cloned() else {
                return Ok(());
            };
            let house = House { org: organisation::House { tree, calendar }, fields: Arc::new(fields) };
            let (head, clerk) = (person(tx, "chutich", now).await?, person(tx, "motcua", now).await?);
            let (Some(head), Some(clerk)) = (head, clerk) else { return Ok(()) };
            if !desk::store::counters(tx, unit.id).await?.is_empty() {
                return Ok(());
            }
            let at = unit.id.to_string();
            let point = desk::point::declare(tx, &house, &head, now, &[("unit", at.as_str())].into()).await?;
            let asker = Asker::actor(&head, now);
            let there: Typed = [("items", EQUIPMENT.join("\n").as_str())].into();
            records::act::<Point>(tx, &house, &asker, (&point.code, "equip"), &there).await?;
            let built: Typed = [("decision", "Biên bản bàn giao 01/BB-UBND")].into();
            records::act::<Point>(tx, &house, &asker, (&point.code, "build"), &built).await?;
            for (number, name, wanted) in COUNTERS {
                let known = |code: &&&str| house.fields.iter().any(|(field, _)| field == **code);
                let fields: Vec<&str> = wanted.iter().filter(known).copied().collect();
                let fields = fields.join("\n");
                let asked =
                    [("unit", at.as_str()), ("number", number), ("counter_name", name), ("fields", fields.as_str())];
                let counter = desk::counter::set_up(tx, &house, &head, now, &asked.into()).await?;
                let stands = Asker::actor(&clerk, now);
                records::act::<Counter>(tx, &house, &stands, (&counter.code, "open"), &Typed::default()).await?;
            }
            Ok(())
        })
    })
    .await
}
