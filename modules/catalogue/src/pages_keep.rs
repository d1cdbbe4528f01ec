//! The keeper's forms, from the table of acts: announce a version of a procedure, announce a new procedure, end one. The version is
//! prefilled with the one in force: everything an announcement lays down can be changed, nothing is hidden.

use axum::extract::Path;
use base::Fault;
use records::{FormPage, Shown, Typed};
use std::sync::Arc;
use web::{Answer, Breadcrumb, Ctx, FormMap};

use crate::actions;
use crate::procedure::{ANNOUNCING, ENDING, STANDARD};
use crate::shelf::{fresh_shelf, reload};
use crate::version::{Step, Version};
use crate::{shipped, words};

/// The latest version of the procedure an address names, with what is already announced; none for a new one.
async fn named(ctx: &Ctx, code: Option<Path<String>>) -> Result<Option<Arc<Version>>, Fault> {
    let Some(Path(code)) = code else { return Ok(None) };
    let latest = fresh_shelf(&ctx.app, ctx.now).await?.versions_of(&code).last().cloned();
    latest.ok_or(Fault::NotFound("catalogue-procedure-unknown")).map(Some)
}

/// The form, filled with what was typed, or with what is likely.
fn page(ctx: &Ctx, of: Option<&Version>, given: &FormMap, refused: Option<Fault>) -> Answer {
    let (l, ends) = (ctx.l, ctx.path().ends_with("/end"));
    let (act, room, asks) = match of {
        Some(_) if ends => ("end", "catalogue", ENDING),
        Some(_) => ("announce", "catalogue-announcing", ANNOUNCING),
        None => ("announce-new", "catalogue-announcing", ANNOUNCING),
    };
    let version = of.cloned().unwrap_or_default();
    let (name, back) = (version.name.clone(), format!("/procedures/{}", version.code));
    let written = actions::to_toml(&version)?;
    let likely = |name: &str| match name {
        "version" => written.clone(),
        "process" if of.is_some() && version.process.is_empty() => STANDARD.to_owned(),
        "process" => "written".to_owned(),
        _ => String::new(),
    };
    let value = |field: &records::Field| given.get(field.name).map_or_else(|| likely(field.name), str::to_owned);
    let mut fields = records::shown(l, room, asks, value, |_| Vec::new());
    let unclear: Vec<String> = version.unclear_channels.iter().map(|terms| words::channel(l, terms.channel)).collect();
    fields.retain(|field| field.name != "limit_days" || !unclear.is_empty());
    let steps = shipped::standard_process(&version).map_err(Fault::internal)?;
    let step = |step: &Step| format!("{}: {}, {}", step.name, words::step_place(l, step), words::limit(l, step.norm));
    let steps: Vec<String> = steps.iter().map(step).collect();
    for Shown { name, hint, ask, .. } in &mut fields {
        match *name {
            "limit_days" => *hint = l.tr("catalogue-limit-days-hint", [("channels", unclear.join(", "))]),
            "process" => *hint = l.tr("catalogue-process-hint", [("steps", steps.join("; "))]),
            "version" => *ask = "code",
            _ => {}
        }
    }
    let mut above = vec![Breadcrumb::new(l.t("catalogue-procedures"), "/procedures")];
    above.extend(of.map(|_| Breadcrumb::new(name.clone(), back.clone())));
    let lead = match of {
        _ if ends => l.t("catalogue-end-lead"),
        Some(version) if !version.can_be_received() => l.t("catalogue-unready"),
        _ => name,
    };
    let (title, action) = (l.t(format!("catalogue-{act}")), ctx.path().to_owned());
    FormPage { above, title, lead, action, back, fields, refused, open: Vec::new() }.answer(ctx)
}

/// GET /catalogue/new, GET /catalogue/{code}/announce, GET /catalogue/{code}/end
pub(crate) async fn form(ctx: Ctx, code: Option<Path<String>>) -> Answer {
    page(&ctx, named(&ctx, code).await?.as_deref(), &FormMap::default(), None)
}

/// POST /catalogue/new, POST /catalogue/{code}/announce, POST /catalogue/{code}/end: to the procedure, or the form again with what is wrong.
pub(crate) async fn act(ctx: Ctx, code: Option<Path<String>>, given: FormMap) -> Answer {
    let of = named(&ctx, code).await?;
    let (actor, now, typed) = (ctx.actor()?.clone(), ctx.now, Typed::from(&given));
    let (ends, code) = (ctx.path().ends_with("/end"), of.as_ref().map(|version| version.code.clone()));
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            match code {
                Some(code) if ends => actions::abolish(tx, &actor, now, &code, &typed).await.map(|()| code),
                code => actions::announce(tx, &actor, now, code.as_deref(), &typed).await.map(|version| version.code),
            }
        })
    });
    match done.await {
        Ok(code) => {
            reload(&ctx.app).await?;
            let said = if ends { "catalogue-ended" } else { "catalogue-announced" };
            Ok(ctx.flash(format!("/procedures/{code}"), said))
        }
        Err(fault) => page(&ctx, of.as_deref(), &given, Some(fault)),
    }
}
