//! Sending a petition in. What is done with it afterwards goes through [`records::act`] and the table of [`crate::verbs`].

use crate::key;
use crate::petition::{BOOK, Event, Petition, Sent, code};
use crate::rights::{ENDORSE_FEEDBACK, HANDLE_FEEDBACK};
use crate::rules::{House, Looked, clock};
use crate::verbs::{SENDING, TAKING};
use crate::{store as sql, together};
use ::store::Tx;
use base::{Actor, DossierCode, Fault, Id, Instant, Phone, Problem};
use files::Seal;
use records::{Aside, Asker, By, Given, Held, Machine, Seen, Typed};

/// A petition that was sent, with the key that nobody is ever shown again.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub held: Held<Petition>,
    pub key: String,
}

/// Somebody sends a petition from the portal; with an account or without, with a name or without.
///
/// # Errors
/// `Invalid` with every problem at its field.
pub async fn send(
    tx: &Tx,
    house: &House,
    sender: Option<&Actor>,
    now: Instant,
    typed: &Typed,
) -> Result<Receipt, Fault> {
    let given = records::read_fields(SENDING, typed)?;
    let account = sender.filter(|actor| actor.citizen_number.is_some()).map(|actor| actor.account);
    let by = By { actor: account, agency: None, now };
    write(tx, house, by, typed, &given, Event::Send).await
}

/// An official takes one in: at the counter, by telephone, by post, out of the press.
///
/// # Errors
/// `Forbidden` with `records-not-yours` for whoever receives nowhere; else as [`send`].
pub async fn take(tx: &Tx, house: &House, actor: &Actor, now: Instant, typed: &Typed) -> Result<Receipt, Fault> {
    let post = actor.grants.iter().find(|grant| grant.allows(crate::rights::RECEIVE_FEEDBACK));
    let post = post.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let given = records::read_fields(TAKING, typed)?;
    let by = By { actor: Some(actor.account), agency: Some(post.agency), now };
    write(tx, house, by, typed, &given, Event::Take).await
}

async fn write(
    tx: &Tx,
    house: &House,
    by: By,
    typed: &Typed,
    given: &Given,
    event: fn(Sent) -> Event,
) -> Result<Receipt, Fault> {
    let taken = !given.text("channel").is_empty();
    let (words, topic) = (asides(given)?, crate::rules::topic(given.text("topic")));
    let topic = topic.filter(|topic| crate::rules::topics(by.now.date()).any(|one| one.id == topic.id));
    let topic = topic.ok_or_else(|| Fault::invalid(Problem::new("feedback-topic").field("topic")))?;
    let account = by.actor.filter(|_| !taken);
    if given.text("name").is_empty() && account.is_none() {
        crate::rules::may_stay_unnamed(topic, by.now.date())?;
    }
    let area = given.id("area");
    let concerned = house.complained_of(topic, area, given.id("concerned"))?;
    let intake = house.intake(area, concerned)?;
    let dossier = dossier_of(tx, given.text("dossier")).await?;

    let id = Id::next(by.now);
    let year = i64::from(by.now.date().year());
    let n = records::next_number(tx, BOOK, year).await?;
    let (code, key) = (code(year, n), key::draw());
    let mut pictures = Vec::with_capacity(typed.files.len());
    for staged in &typed.files {
        let file = files::keep(tx, staged, id, by.actor, by.now).await?;
        let file = files::file(tx, file).await?.ok_or_else(|| Fault::internal("a file without its row"))?;
        pictures.push(Seal::of(&file));
    }
    let sent = Sent {
        channel: if taken { given.text("channel") } else { "portal" }.to_owned(),
        topic: topic.id.clone(),
        area,
        concerned,
        dossier,
        intake,
        account,
        key_hash: key::hash(id, &key),
        year,
        n,
        sort_due_at: house.due(by.now, clock(by.now.date())?.sort).due_at,
        pictures,
    };
    let held = records::begin::<Petition>(tx, by, (id, &code), &event(sent), &words).await?;
    Ok(Receipt { held, key })
}

/// The petition of that code, for somebody who reads it for the office: that it is their own opens the sender's side, and not this one.
///
/// # Errors
/// `NotFound` with `records-not-found` where there is none, and for everybody who may not.
pub async fn opened(tx: &Tx, house: &House, asker: &Asker<'_>, code: &str) -> Result<Seen<Petition>, Fault> {
    let seen = records::open::<Petition>(tx, house, asker, code).await?;
    if Petition::may_read(seen.held(), house, asker) { Ok(seen) } else { Err(Fault::NotFound("records-not-found")) }
}

/// The dossier that a petition says it is about; none where it says none.
///
/// # Errors
/// `Invalid` with `feedback-dossier` at `dossier` for what is the code of none: whether there is one says the public look-up as well.
async fn dossier_of(tx: &Tx, typed: &str) -> Result<Option<Id>, Fault> {
    if typed.is_empty() {
        return Ok(None);
    }
    let none = || Fault::invalid(Problem::new("feedback-dossier").field("dossier"));
    let code: DossierCode = typed.parse().map_err(|_| none())?;
    let found = dossiers::store::by_code(tx, code.as_ref()).await?.ok_or_else(none)?;
    Ok(Some(found.dossier.id))
}

/// Does one thing to a petition, and what follows from it for those that go with it. Pages and programs come through here.
///
/// # Errors
/// Those of [`records::act`].
pub async fn act(
    tx: &Tx,
    house: &House,
    asker: &Asker<'_>,
    (code, word): (&str, &str),
    typed: &Typed,
) -> Result<Held<Petition>, Fault> {
    let mut house = house.clone();
    for code in together::locked(word, code, typed) {
        tx.lock(&code).await?;
    }
    house.looked = look(tx, &house, asker, (code, word), typed).await?;
    let held = records::act::<Petition>(tx, &house, asker, (code, word), typed).await?;
    together::follow(tx, &house, asker, word, &held).await?;
    Ok(held)
}

/// What the rule of an act needs to know of others: who works at the unit, which petition is meant. Of one that the asker may not read it
/// knows nothing.
async fn look(
    tx: &Tx,
    house: &House,
    asker: &Asker<'_>,
    (code, word): (&str, &str),
    typed: &Typed,
) -> Result<Looked, Fault> {
    let mut looked = Looked::default();
    if !matches!(word, "assign" | "draft" | "approve" | "join") {
        return Ok(looked);
    }
    let Some(held) = sql::by_code(tx, code).await? else { return Ok(looked) };
    let mut lead = Some(held.id);
    match word {
        "assign" => looked.people = workers(tx, house, &held.state, asker.now).await?,
        "join" => {
            let named = sql::by_code(tx, &together::named(typed)).await?;
            looked.named = named.filter(|named| Petition::may_read(named, house, asker));
            lead = looked.named.as_ref().map(|named| named.id);
        }
        _ => looked.heads = Some(endorsers(tx, house, &held.state, asker.now).await?),
    }
    if let Some(lead) = lead.filter(|_| word != "assign") {
        looked.joined = sql::of_lead(tx, lead, crate::State::Joined, together::JOINED_MAX as i64).await?.len();
    }
    Ok(looked)
}

/// Who may be given a petition: people who work at the unit, without those of a unit it complains of.
///
/// # Errors
/// The database's.
pub(crate) async fn workers(tx: &Tx, house: &House, p: &Petition, now: Instant) -> Result<Vec<(Id, String)>, Fault> {
    let people = identity::people_who(tx, HANDLE_FEEDBACK, house.tree.path(p.unit), None, now).await?;
    let mut able = Vec::with_capacity(people.len());
    for (id, name) in people {
        let barred = match p.concerned {
            Some(_) => identity::actor(tx, id, now).await?.is_none_or(|person| house.is_of_concerned(p, &person)),
            None => false,
        };
        if !barred {
            able.push((id, name));
        }
    }
    Ok(able)
}

/// Heads of the very unit who may say yes to a draft: it is in their list, and nobody of a unit it complains of is among them.
pub(crate) async fn endorsers(tx: &Tx, house: &House, p: &Petition, now: Instant) -> Result<Vec<Id>, Fault> {
    let people = identity::people_who(tx, ENDORSE_FEEDBACK, house.tree.path(p.unit), None, now).await?;
    let mut able = Vec::with_capacity(people.len());
    for (id, _) in people {
        let Some(person) = identity::actor(tx, id, now).await? else { continue };
        let here =
            |grant: &base::Grant| grant.agency == p.unit && grant.fields.is_none() && grant.allows(ENDORSE_FEEDBACK);
        if person.grants.iter().any(here) && !house.is_of_concerned(p, &person) {
            able.push(id);
        }
    }
    Ok(able)
}

/// What was written, and who wrote it; each as far as it was told.
fn asides(given: &Given) -> Result<Vec<Aside>, Fault> {
    let mut told: Vec<Aside> = ["text", "place", "name"]
        .into_iter()
        .map(|name| Aside { name, text: given.text(name).to_owned() })
        .filter(|aside| !aside.text.is_empty())
        .collect();
    told.extend(reach(given)?);
    Ok(told)
}

/// Where somebody without an account is reached: a telephone number and an e-mail address, as far as they are told.
///
/// # Errors
/// `Invalid` at `phone` and `email`.
pub(crate) fn reach(given: &Given) -> Result<Vec<Aside>, Fault> {
    let (mut problems, mut told) = (Vec::new(), Vec::new());
    match given.text("phone") {
        "" => {}
        typed => match typed.parse::<Phone>() {
            Ok(phone) => told.push(Aside { name: "phone", text: phone.to_string() }),
            Err(problem) => problems.push(problem.field("phone")),
        },
    }
    let email = given.text("email");
    let is_email = |(user, host): (&str, &str)| {
        !user.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains('@')
    };
    match email {
        "" => {}
        email if email.contains(' ') || !email.split_once('@').is_some_and(is_email) => {
            problems.push(Problem::new("feedback-email").field("email"));
        }
        email => told.push(Aside { name: "email", text: email.to_owned() }),
    }
    if problems.is_empty() { Ok(told) } else { Err(Fault::Invalid(problems)) }
}
