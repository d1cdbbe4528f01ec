//! A filing in progress: the procedure, the draft, the rules it is held to.

use crate::draft::{Body, Draft};
use crate::steps::{Step, steps_of};
use crate::together::Together;
use crate::{DRAFTS_MAX, store};
use base::{Actor, Channel, Fault, Id, Level, Problem};
use catalogue::Version;
use dossiers::House;
use dossiers::filing::{Places, check};
use dossiers::reuse::Earlier;
use std::sync::Arc;
use web::{Choice, Ctx};

/// Everything a screen needs.
pub(super) struct Desk {
    pub(super) house: House,
    pub(super) version: Arc<Version>,
    /// Where several are filed together, `version` is all of them as one.
    pub(super) together: Option<Together>,
    pub(super) actor: Actor,
    pub(super) draft: Draft,
    /// Whether the draft is in the database already.
    pub(super) kept: bool,
    /// Papers of the owner in earlier dossiers of this account.
    pub(super) earlier: Vec<Earlier>,
}

impl Desk {
    pub(super) fn steps(&self) -> Vec<Step> {
        steps_of(&self.version)
    }

    /// The screen of that number, held within the screens there are.
    pub(super) fn at(&self, number: usize) -> (usize, Step) {
        let steps = self.steps();
        let number = number.clamp(1, steps.len());
        (number, steps[number - 1])
    }

    /// Agencies that may be asked: every commune for what communes settle, the department for what the province does.
    pub(super) fn agencies(&self) -> Vec<Choice> {
        let mut choices = Vec::new();
        if self.version.levels.contains(&Level::Province)
            && let Some(id) = dossiers::places::department_of(&self.house.tree, &self.version)
        {
            choices.push(Choice::new(id.to_string(), self.house.tree.name(id)));
        }
        if self.version.levels.contains(&Level::Commune) {
            let mut communes = self.house.tree.communes();
            communes.sort_by_key(|agency| base::fold(&agency.short_name));
            choices.extend(communes.iter().map(|agency| Choice::new(agency.id.to_string(), agency.name.clone())));
        }
        choices
    }

    /// The paper that may stand in for a component today, the latest first.
    pub(super) fn stand_in(&self, component: &catalogue::Component, today: base::Date) -> Option<&Earlier> {
        let body = &self.draft.body;
        let for_another = body.owner_name.trim() != self.actor.name;
        self.earlier
            .iter()
            .find(|paper| paper.stands_in(component, body.owner_number.trim(), for_another, today).is_ok())
    }

    pub(super) fn competent(&self) -> Option<Id> {
        self.draft.body.competent.parse().ok()
    }

    /// Every problem of the draft as it is, by the rules of the one-stop itself.
    pub(super) fn problems(&self, ctx: &Ctx) -> Result<Vec<Problem>, Fault> {
        let competent = self.competent();
        let asked = competent.or_else(|| self.house.tree.root().map(|root| root.id)).unwrap_or_default();
        let places = Places {
            channel: Channel::Online,
            intake: asked,
            competent: asked,
            return_to: asked,
            account: Some(self.actor.account),
        };
        let (body, person) = (&self.draft.body, &self.actor.name);
        let checked = match &self.together {
            Some(together) => {
                let (handed, typed) = together.handed(body, person);
                let (lead, typed) = (together.lead(), (&handed, &typed));
                dossiers::check_together(&self.house, ctx.now, lead, places, typed, &self.earlier)
            }
            None => {
                let handed = body.handed(&self.version, person);
                check(&self.house.tree, &self.version, places, (&handed, &self.earlier), ctx.now).map(|_| ())
            }
        };
        let mut problems = match checked {
            Ok(()) => Vec::new(),
            Err(Fault::Invalid(problems)) => problems,
            Err(other) => return Err(other),
        };
        if let Some(together) = &self.together {
            problems = together.where_asked(problems);
        }
        // Intake and return follow the agency asked: one problem is enough.
        problems.retain(|p| !matches!(p.field.as_deref(), Some("intake" | "return_to")));
        if competent.is_none() {
            problems.retain(|p| p.field.as_deref() != Some("competent"));
            problems.insert(0, Problem::new("citizens-agency-required").field("competent"));
        }
        Ok(problems)
    }
}

pub(super) async fn open(ctx: &Ctx, procedure: &str) -> Result<Desk, Fault> {
    let actor = ctx.actor()?.clone();
    let shelf = catalogue::fresh_shelf(&ctx.app, ctx.now).await?;
    let together = Together::of(&shelf, procedure, ctx.now.date());
    let found = match &together {
        Some(together) => Some(Arc::new(together.as_one())),
        None => shelf.by_code(procedure, ctx.now.date()),
    };
    let version = found.ok_or(Fault::NotFound("dossier-procedure-unknown"))?;
    if !version.can_be_filed_online() {
        return Err(Fault::Conflict(Problem::new("dossier-not-online").arg("procedure", &version.code)));
    }
    let house = dossiers::pages::house(&ctx.app)?;
    let (asking, code, looking) = (actor.clone(), version.code.clone(), house.clone());
    let (found, person, earlier) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let draft = store::draft(tx, asking.account, &code).await?;
                let person = identity::account(tx, asking.account).await?;
                let owner = draft.as_ref().map(|draft| draft.body.owner_number.as_str());
                let owner = owner.or(asking.citizen_number.as_deref()).unwrap_or_default();
                let earlier = dossiers::reuse::papers_of(tx, &looking, &asking, owner).await?;
                Ok::<_, Fault>((draft, person, earlier))
            })
        })
        .await?;
    let kept = found.is_some();
    let draft = found.unwrap_or_else(|| Draft {
        id: dossiers::new_id(ctx.now),
        account: actor.account,
        procedure: version.code.clone(),
        // What the account knows need not be typed again.
        body: Body {
            owner_name: actor.name.clone(),
            owner_number: actor.citizen_number.clone().unwrap_or_default(),
            owner_phone: person.phone.unwrap_or_default(),
            ..Body::default()
        },
        step: 1,
        updated_at: ctx.now,
    });
    let mut desk = Desk { house, version, together, actor, draft, kept, earlier };
    if let [only] = desk.agencies().as_slice() {
        desk.draft.body.competent = only.value.clone();
    }
    Ok(desk)
}

pub(super) async fn save(ctx: &Ctx, desk: &Desk) -> Result<(), Fault> {
    let (draft, now, kept) = (desk.draft.clone(), ctx.now, desk.kept);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if !kept && store::count_drafts(tx, draft.account).await? >= DRAFTS_MAX {
                    return Err(Fault::Conflict(Problem::new("citizens-too-many-drafts").arg("max", DRAFTS_MAX)));
                }
                store::save(tx, &draft, now).await
            })
        })
        .await
}
