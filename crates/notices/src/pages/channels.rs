//! `/notices/channels`: where somebody is reached outside the portal, and what an official wants to be told.

use crate::channels::{Channel, Channels, vault};
use crate::contact::{self, Contact};
use crate::wish::{self, Assigned, Wishes};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Problem};
use i18n::L;
use web::{Answer, Choice, Ctx, FormMap};

struct Way {
    word: &'static str,
    name: String,
    on: bool,
    /// The address given; empty for none.
    address: String,
    confirmed: bool,
    wanted: bool,
    label: String,
    kind: &'static str,
    autocomplete: &'static str,
    /// The problems of this channel's forms, and what was typed.
    problems: Vec<Problem>,
    typed: String,
}

#[derive(Template)]
#[template(path = "channels.html")]
struct Page {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    ways: Vec<Way>,
    official: bool,
    assigned: String,
    choices: Vec<Choice>,
    digest: bool,
}

fn way(ctx: &Ctx, channels: &Channels, channel: Channel, known: &[Contact], refused: Option<&Refused>) -> Way {
    let contact = known.iter().find(|contact| contact.channel == channel);
    let refused = refused.filter(|refused| refused.channel == channel);
    let (kind, autocomplete) = match channel {
        Channel::Mail => ("email", "email"),
        Channel::Sms => ("tel", "tel"),
    };
    Way {
        word: channel.as_str(),
        name: ctx.l.t(format!("notices-channel-{}", channel.as_str())),
        on: channels.is_on(channel),
        address: match contact {
            Some(contact) => contact.address.clone().unwrap_or_else(|| ctx.l.t("notices-address-closed")),
            None => String::new(),
        },
        confirmed: contact.is_some_and(|contact| contact.confirmed),
        wanted: contact.is_some_and(|contact| contact.wanted),
        label: ctx.l.t(format!("notices-address-{}-label", channel.as_str())),
        kind,
        autocomplete,
        problems: refused.map(|refused| refused.problems.clone()).unwrap_or_default(),
        typed: refused.map(|refused| refused.typed.clone()).unwrap_or_default(),
    }
}

/// A form that was refused.
struct Refused {
    channel: Channel,
    problems: Vec<Problem>,
    typed: String,
}

async fn page(ctx: &Ctx, refused: Option<Refused>) -> Answer {
    let (account, vault) = (ctx.actor()?.account, vault(&ctx.app));
    let (known, wishes) = ctx
        .db()
        .read(move |tx| {
            Box::pin(
                async move { Ok::<_, Fault>((contact::of(tx, &vault, account).await?, wish::of(tx, account).await?)) },
            )
        })
        .await?;
    let channels = Channels::of(&ctx.app);
    let page = Page {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        problems: refused.as_ref().map(|refused| refused.problems.clone()).unwrap_or_default(),
        ways: Channel::ALL.map(|channel| way(ctx, &channels, channel, &known, refused.as_ref())).into_iter().collect(),
        official: ctx.is_official(),
        assigned: wishes.assigned.as_str().to_owned(),
        choices: Assigned::ALL
            .map(|one| Choice {
                value: one.as_str().to_owned(),
                label: ctx.l.t(format!("notices-assigned-{}", one.as_str())),
            })
            .into_iter()
            .collect(),
        digest: wishes.digest,
    };
    let title = ctx.l.t("notices-channels-title");
    Ok(if refused.is_some() { ctx.invalid_page(&title, &page) } else { ctx.page(&title, &page) })
}

fn channel(word: &str) -> Result<Channel, Fault> {
    Channel::read(word).ok_or(Fault::NotFound("notices-no-channel"))
}

/// GET /notices/channels
pub(crate) async fn show(ctx: Ctx) -> Answer {
    page(&ctx, None).await
}

/// POST /notices/channels/{channel}: a code is sent to the address.
pub(crate) async fn give(ctx: Ctx, Path(word): Path<String>, form: FormMap) -> Answer {
    let channel = channel(&word)?;
    if !Channels::of(&ctx.app).is_on(channel) {
        return Err(Fault::Conflict(Problem::new("notices-channel-off")).into());
    }
    let (account, vault, lang, now) = (ctx.actor()?.account, vault(&ctx.app), ctx.lang, ctx.now);
    let typed = form.text("address").to_owned();
    let address = typed.clone();
    let given = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move { contact::give(tx, &vault, account, (channel, &address), lang, now).await })
        })
        .await;
    match given {
        Ok(()) => Ok(ctx.flash("/notices/channels", "notices-code-on-its-way")),
        Err(Fault::Invalid(problems)) => page(&ctx, Some(Refused { channel, problems, typed })).await,
        Err(other) => Err(other.into()),
    }
}

/// POST /notices/channels/{channel}/confirm: the code came back.
pub(crate) async fn confirm(ctx: Ctx, Path(word): Path<String>, form: FormMap) -> Answer {
    let channel = channel(&word)?;
    let (account, vault, now) = (ctx.actor()?.account, vault(&ctx.app), ctx.now);
    let code = form.text("code").to_owned();
    let confirmed = ctx
        .db()
        .write(move |tx| Box::pin(async move { contact::confirm(tx, &vault, account, (channel, &code), now).await }))
        .await?;
    match confirmed {
        Ok(()) => Ok(ctx.flash("/notices/channels", "notices-confirmed")),
        Err(problem) => page(&ctx, Some(Refused { channel, problems: vec![problem], typed: String::new() })).await,
    }
}

/// POST /notices/channels/{channel}/remove
pub(crate) async fn remove(ctx: Ctx, Path(word): Path<String>, _: FormMap) -> Answer {
    let channel = channel(&word)?;
    let (account, vault, now) = (ctx.actor()?.account, vault(&ctx.app), ctx.now);
    ctx.db().write(move |tx| Box::pin(async move { contact::remove(tx, &vault, account, channel, now).await })).await?;
    Ok(ctx.flash("/notices/channels", "notices-removed"))
}

/// POST /notices/channels/wishes
pub(crate) async fn wishes(ctx: Ctx, form: FormMap) -> Answer {
    let (account, vault, now) = (ctx.actor()?.account, vault(&ctx.app), ctx.now);
    let wanted = Channel::ALL.map(|channel| (channel, form.get(&format!("want_{}", channel.as_str())).is_some()));
    let wishes = ctx.is_official().then(|| Wishes {
        assigned: Assigned::read(form.text("assigned")).unwrap_or_default(),
        digest: form.get("digest").is_some(),
    });
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                for (channel, wanted) in wanted {
                    contact::want(tx, &vault, account, channel, wanted, now).await?;
                }
                if let Some(wishes) = wishes {
                    wish::set(tx, account, wishes).await?;
                }
                Ok::<_, Fault>(())
            })
        })
        .await?;
    Ok(ctx.flash("/notices/channels", "notices-wishes-kept"))
}
