//! A group that one person brings, received at once or not at all; and the page of what was received together.

use super::{house, people};
use crate::actions::{By, CounterIntake, House, receive_at_counter};
use crate::dossier::ComponentState;
use crate::reading::{self, Asking};
use ::store::Tx;
use askama::Template;
use base::{Fault, Problem};
use i18n::L;
use web::table::query_value;
use web::{Answer, Ctx};

/// The others of a group.
pub(super) struct Group {
    intakes: Vec<CounterIntake>,
    l: L,
}

impl Group {
    /// Those of the lines, with the papers and places of the form's own.
    ///
    /// # Errors
    /// At `people`: a line that is no person, or a group filed together with other procedures, which is one person's.
    pub(super) fn of(form: &CounterIntake, lines: &str, l: L) -> Result<Group, Problem> {
        let people = people::read(lines, &form.handed)?;
        if !people.is_empty() && form.linked.is_some() {
            return Err(Problem::new("dossier-people-linked").field("people"));
        }
        let intakes = people.into_iter().map(|mut handed| {
            for paper in handed.components.values_mut() {
                // Scans and papers from before are one person's; of the others the papers themselves lie there.
                if !matches!(paper.state, ComponentState::Missing | ComponentState::NotApplicable) {
                    *paper = ComponentState::Paper.into();
                }
            }
            CounterIntake { handed, ..form.clone() }
        });
        Ok(Group { intakes: intakes.collect(), l })
    }

    /// Receives each; their codes.
    ///
    /// # Errors
    /// What is wrong with any of them, at `people` and naming the line; nothing of it is received then.
    pub(super) async fn receive(&self, tx: &Tx, house: &House, by: &By) -> Result<Vec<String>, Fault> {
        let (mut codes, mut problems) = (Vec::with_capacity(self.intakes.len()), Vec::new());
        for (n, intake) in self.intakes.iter().enumerate() {
            match receive_at_counter(tx, house, by, intake).await {
                Ok(dossier) => codes.push(dossier.code),
                Err(Fault::Invalid(wrong)) => {
                    let why = |problem: &Problem| web::problem_text(self.l, problem);
                    problems.extend(wrong.iter().map(|problem| people::at_line(n + 1, why(problem))));
                }
                Err(fault) => return Err(fault),
            }
        }
        if problems.is_empty() { Ok(codes) } else { Err(Fault::Invalid(problems)) }
    }
}

/// One of what was received together.
struct Row {
    code: String,
    owner: String,
    due: String,
}

#[derive(Template)]
#[template(path = "intake_received.html")]
struct Page {
    l: L,
    procedure: String,
    rows: Vec<Row>,
    /// Whose person may bring another.
    first: String,
}

/// `GET /intake/received?codes=`: what was received together, each with its receipt; of what the reader may read.
pub async fn received(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::RECEIVE_DOSSIER)?.clone();
    let (house, now) = (house(&ctx.app)?, ctx.now);
    let codes: Vec<String> =
        query_value(&ctx.uri, "codes").split(',').take(people::PEOPLE_MAX + 1).map(str::to_owned).collect();
    let looking = house.clone();
    let found = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for code in &codes {
                    let asking = Asking::official(&actor, now);
                    found.push(reading::readable(tx, &looking, asking, code).await?.loaded().clone());
                }
                Ok::<_, Fault>(found)
            })
        })
        .await?;
    let version = found.first().map(|loaded| house.version(loaded.dossier.version)).transpose()?;
    let page = Page {
        l: ctx.l,
        procedure: version.map(|version| version.name.clone()).unwrap_or_default(),
        first: found.first().map(|loaded| loaded.dossier.code.clone()).unwrap_or_default(),
        rows: found
            .into_iter()
            .map(|loaded| Row {
                code: loaded.dossier.code,
                owner: loaded.applicant.owner_name,
                due: loaded.dossier.due_at.map(base::vn_date_time).unwrap_or_default(),
            })
            .collect(),
    };
    Ok(ctx.page(&ctx.l.t("dossier-received-together"), &page))
}
