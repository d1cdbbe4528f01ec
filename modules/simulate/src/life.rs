//! One dossier's life: what happens to it and when, decided by the same rules as in the office.

use crate::answers::{Answering, answer};
use crate::dice::Dice;
use crate::officials::Officials;
use crate::people::People;
use crate::returning::Remembered;
use crate::volume::Drawn;
use base::calendar::Calendar;
use base::{Actor, Channel, Fault, Id, Instant, Level, Role};
use catalogue::{StepUnit, Version};
use dossiers::bulk::Case;
use dossiers::decide::{self, Asked, Handing, Office, Supplied};
use dossiers::filing::{self, Handed, Places};
use dossiers::happening::Happening;
use dossiers::places::{department_of, first_step, next_step};
use dossiers::rating::Secret;
use dossiers::reuse::Earlier;
use dossiers::verbs::Verb;
use dossiers::{Brought, ComponentState, Dossier};
use jiff::ToSpan;
use organisation::Tree;
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 8 * HOUR_MS;

/// The province as the simulation sees it.
pub struct Province<'a> {
    pub tree: &'a Tree,
    pub calendar: &'a Calendar,
    /// What the codes for rating are made with.
    pub secret: &'a Secret,
    pub officials: &'a Officials,
    pub communes: &'a Drawn<Id>,
    /// A commune with a larger share, in thousandths.
    pub focus: Option<(Id, u64)>,
    /// Nothing happens after this moment.
    pub until: Instant,
    /// How far the period has come at the filing, 0 to 1000: habits change over the months.
    pub progress: u64,
}

/// What is drawn for one dossier.
pub struct Draw<'a> {
    pub dice: &'a mut Dice,
    pub people: &'a mut People,
    pub turn: usize,
    /// Who may come back.
    pub remembered: &'a mut Remembered,
}

/// A life ends when the next thing would happen after the present.
struct Life<'a> {
    province: &'a Province<'a>,
    version: &'a Version,
    case: Case,
    at: Instant,
}

/// Why a life went no further.
enum End {
    /// The present came, or the story is told.
    Here,
    Fault(Fault),
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<'a> Life<'a> {
    fn office(&self) -> Office<'_> {
        Office {
            tree: self.province.tree,
            calendar: self.province.calendar,
            version: self.version,
            now: self.at,
            applicant: None,
        }
    }

    fn dossier(&self) -> Result<&Dossier, End> {
        self.case.state.as_ref().ok_or(End::Here)
    }

    /// Time passes: to the first working moment after `ms` of working time.
    fn later(&mut self, ms: i64) -> Result<(), End> {
        self.at = self.province.calendar.add_working_ms(self.at, ms.max(MINUTE_MS));
        if self.at > self.province.until { Err(End::Here) } else { Ok(()) }
    }

    fn happen(&mut self, actor: &Actor, happening: &Happening) -> Result<(), End> {
        // Who lives here holds one post; citizens act in nobody's name.
        let agency = self
            .case
            .state
            .as_ref()
            .and_then(|dossier| decide::standing(dossier, happening.verb(), actor, &self.office()))
            .map_or_else(|| actor.home().map(|grant| grant.agency), |standing| standing.agency);
        self.case
            .happen(actor.account, agency, self.at, happening)
            .map_err(|_| End::Fault(Fault::internal(format!("{} does not follow", happening.kind()))))
    }

    fn desk(&self, agency: Id, turn: usize) -> Result<&'a Actor, End> {
        let desk = self.province.tree.desk_of(agency).ok_or(End::Here)?;
        self.province.officials.at(desk.id, Role::Clerk, turn).ok_or(End::Here)
    }

    /// The person who holds the current step.
    fn holder(&self, turn: usize) -> Result<&'a Actor, End> {
        let dossier = self.dossier()?;
        let step = usize::try_from(dossier.step).ok().and_then(|n| self.version.process.get(n)).ok_or(End::Here)?;
        let officials = self.province.officials;
        officials
            .at(dossier.unit, step.role, turn)
            .or_else(|| officials.at(dossier.unit, Role::DivisionHead, turn))
            .or_else(|| officials.at(dossier.unit, Role::Leader, turn))
            .ok_or(End::Here)
    }
}

fn answers(version: &Version, asked: &Answering<'_>) -> BTreeMap<String, String> {
    version.form.fields().map(|field| (field.name.clone(), answer(field, asked))).collect()
}

fn channel(version: &Version, working: bool, province: &Province<'_>, dice: &mut Dice) -> Channel {
    // Of what can be filed online nearly everything is by the end. With certified copies, a third of the work and for the
    // counter only, that makes a good half of all dossiers, as published.
    let online = 820 + 160 * province.progress / 1_000;
    let can = version.can_be_filed_online();
    if can && (!working || dice.permille(online)) {
        Channel::Online
    } else if dice.permille(45) {
        Channel::Post
    } else {
        Channel::Counter
    }
}

/// Where it is filed and settled; one in twenty-five is handed in at another commune than the competent one.
fn places(
    version: &Version,
    channel: Channel,
    account: Option<Id>,
    province: &Province<'_>,
    dice: &mut Dice,
) -> Option<Places> {
    let commune = match province.focus {
        Some((commune, share)) if dice.permille(share) => commune,
        _ => *province.communes.draw(dice)?,
    };
    let competent =
        if version.levels.contains(&Level::Commune) { commune } else { department_of(province.tree, version)? };
    let intake = match channel {
        Channel::Online => competent,
        _ if dice.permille(40) => *province.communes.draw(dice)?,
        _ => competent,
    };
    let return_to = if channel == Channel::Online { competent } else { intake };
    Some(Places { channel, intake, competent, return_to, account })
}

/// What was drawn for a filing.
pub struct Filed {
    pub places: Places,
    pub handed: Handed,
    /// Papers of theirs in earlier dossiers.
    pub earlier: Vec<Earlier>,
    pub citizen: Option<Actor>,
}

/// Draws who files what where. `at` is inside office hours for everything but online filings.
pub fn draw(
    version: &Version,
    working: bool,
    at: Instant,
    province: &Province<'_>,
    draw: &mut Draw<'_>,
) -> Result<Option<Filed>, Fault> {
    let dice = &mut *draw.dice;
    let channel = channel(version, working, province, dice);
    let citizen = if channel == Channel::Online { dice.pick(&province.officials.citizens).cloned() } else { None };
    let Some(places) = places(version, channel, citizen.as_ref().map(|one| one.account), province, dice) else {
        return Ok(None);
    };
    let key = citizen.as_ref().map_or(places.intake, |one| one.account);
    let back = if dice.permille(450) { draw.remembered.draw(key, at, dice) } else { None };
    let (name, phone, number, earlier) = match back {
        Some(person) => (person.name, person.phone, person.number, person.earlier),
        None => {
            let person = draw.people.adult(at.date()).map_err(|error| Fault::internal(error.to_string()))?;
            (person.name, person.phone.to_string(), person.citizen.to_string(), Vec::new())
        }
    };
    let dice = &mut *draw.dice;
    // Whoever may leave a paper at home learns it over the months.
    let reuse = 500 + 450 * province.progress / 1_000;
    // At the counter a growing share is scanned at once.
    let scanned = 250 + 500 * province.progress / 1_000;
    let components = version
        .components
        .iter()
        .map(|component| {
            let again = earlier.iter().find(|paper| paper.stands_in(component, &number, false, at.date()).is_ok());
            let brought = match again.filter(|_| dice.permille(reuse)) {
                Some(paper) => Brought::reused(&paper.dossier),
                None if channel == Channel::Online || dice.permille(scanned) => ComponentState::File.into(),
                None => ComponentState::Paper.into(),
            };
            let wanted = component.required || dice.permille(300);
            (component.code.clone(), if wanted { brought } else { Brought::default() })
        })
        .collect();
    let near = province.tree.get(places.intake).map(|agency| agency.short_name.clone()).unwrap_or_default();
    let address = format!("Số {}, {near}", dice.between(1, 400));
    let asked = Answering { name: &name, phone: &phone, number: &number, address: &address, day: at.date() };
    let answers = if channel == Channel::Online { answers(version, &asked) } else { BTreeMap::new() };
    let handed = Handed {
        owner_name: name,
        owner_number: number,
        owner_phone: phone,
        owner_address: address,
        submitter_name: String::new(),
        summary: version.name.clone(),
        answers,
        components,
        // What is made up for the form agrees with no number.
        sure: true,
        ..Handed::default()
    };
    Ok(Some(Filed { places, handed, earlier, citizen }))
}

/// Lives a dossier from its filing to wherever it is at the present.
pub fn live(
    id: Id,
    code: String,
    version: &Version,
    filed: &Filed,
    at: Instant,
    province: &Province<'_>,
    draw: &mut Draw<'_>,
) -> Result<Case, Fault> {
    let mut checked = filing::check(province.tree, version, filed.places, (&filed.handed, &filed.earlier), at)?;
    checked.filing.code = code;
    let case = Case::new(id, checked.applicant.clone(), checked.components.clone());
    let mut life = Life { province, version, case, at };
    match tell(&mut life, &checked, filed, draw) {
        Ok(()) | Err(End::Here) => {
            let key = filed.citizen.as_ref().map_or(filed.places.intake, |one| one.account);
            draw.remembered.keep(key, version, &life.case);
            Ok(life.case)
        }
        Err(End::Fault(fault)) => Err(fault),
    }
}

fn tell(life: &mut Life<'_>, checked: &filing::Checked, filed: &Filed, draw: &mut Draw<'_>) -> Result<(), End> {
    intake(life, checked, filed, draw)?;
    work(life, filed, draw)?;
    hand_out(life, filed, draw)
}

fn intake(life: &mut Life<'_>, checked: &filing::Checked, filed: &Filed, draw: &mut Draw<'_>) -> Result<(), End> {
    let clerk = life.desk(filed.places.intake, draw.turn)?;
    let fee = checked.filing.fee_dong;
    if let Some(citizen) = &filed.citizen {
        let answer_due_at = Some(decide::answer_due(&life.office(), filed.places.intake));
        life.happen(citizen, &Happening::Filed { filing: checked.filing.clone(), answer_due_at })?;
        life.later(draw.dice.between(10 * MINUTE_MS, 7 * HOUR_MS))?;
        if draw.dice.permille(15) {
            let no = decide::refuse_intake(
                life.dossier()?,
                clerk,
                &life.office(),
                "Hồ sơ không thuộc thẩm quyền giải quyết.",
            )?;
            life.happen(clerk, &no)?;
            return Err(End::Here);
        }
        let received = decide::receive_online(life.dossier()?, clerk, &life.office())?;
        life.happen(clerk, &received)?;
    } else {
        let received = {
            let office = life.office();
            Happening::Received {
                filing: Some(checked.filing.clone()),
                clock: decide::start_clock(
                    &office,
                    (filed.places.intake, filed.places.competent),
                    filed.places.channel,
                )?,
                place: office.place_of(&checked.filing),
                between: decide::passing(life.province.tree, &checked.filing),
                post: None,
                part: None,
            }
        };
        life.happen(clerk, &received)?;
    }
    // Nobody can pay online: whoever filed from home pays when the result is fetched, or comes to the desk before.
    if fee > 0 && (filed.citizen.is_none() || draw.dice.permille(700)) {
        let paid = decide::record_payment(life.dossier()?, clerk, &life.office())?;
        life.happen(clerk, &paid)?;
    }
    Ok(())
}

/// Counting the papers of a dossier takes so long.
const COUNTING_MS: i64 = 5 * MINUTE_MS;

/// From the first step to the decision.
fn work(life: &mut Life<'_>, filed: &Filed, draw: &mut Draw<'_>) -> Result<(), End> {
    let (start, due) = {
        let dossier = life.dossier()?;
        (dossier.received_at.unwrap_or(life.at), dossier.due_at.unwrap_or(life.at))
    };
    let allowed = life.province.calendar.working_ms_between(start, due).max(2 * HOUR_MS);
    // Lateness falls over the months; nine in ten were on time nationally in 2025.
    let late = draw.dice.permille(95 - 55 * life.province.progress / 1_000);
    let share = if late { draw.dice.between(1_050, 1_900) } else { draw.dice.between(150, 780) };
    let steps = life.version.process.len().saturating_sub(first_step(life.version)).max(1) as i64;
    let pace = (allowed.saturating_mul(share) / 1_000 / steps).max(5 * MINUTE_MS);
    if draw.dice.permille(9) {
        life.later(pace / 2)?;
        if let Some(citizen) = &filed.citizen {
            let withdrawn = decide::withdraw(life.dossier()?, citizen, &life.office(), "Tôi chưa có nhu cầu nữa.")?;
            life.happen(citizen, &withdrawn)?;
            return Err(End::Here);
        }
    }
    let stops = draw.dice.permille(4);
    // Tax and registration duty come up with land, hardly elsewhere.
    let mut duty = draw.dice.permille(if life.version.field == "dat-dai" { 280 } else { 2 });
    let mut supplements = if draw.dice.permille(7) { 2 } else { u32::from(draw.dice.permille(55)) };
    loop {
        take_over(life, draw)?;
        assign(life, draw)?;
        life.later(pace * draw.dice.between(800, 1_200) / 1_000)?;
        let holder = life.holder(draw.turn)?;
        if supplements > 0 && decide::check(life.dossier()?, Verb::RequestSupplement, holder, &life.office()).is_ok() {
            supplements -= 1;
            supplement(life, holder, filed, draw)?;
            continue;
        }
        if stops {
            let ground = "Tạm dừng theo yêu cầu của cơ quan có thẩm quyền.";
            let stopped = decide::stop(life.dossier()?, holder, &life.office(), ground)?;
            life.happen(holder, &stopped)?;
            return Err(End::Here);
        }
        if std::mem::take(&mut duty) {
            pay_duty(life, holder, filed, draw)?;
        }
        let step = usize::try_from(life.dossier()?.step).unwrap_or(0);
        let holder = life.holder(draw.turn)?;
        if decide::check(life.dossier()?, Verb::Approve, holder, &life.office()).is_ok() {
            let may_refuse = decide::check(life.dossier()?, Verb::Refuse, holder, &life.office()).is_ok();
            let decision = if draw.dice.permille(18) && may_refuse {
                decide::refuse(life.dossier()?, holder, &life.office(), "Không đủ điều kiện theo quy định.")?
            } else {
                let base = if life.dossier()?.level == Level::Commune { 380 } else { 520 };
                let digitised = draw.dice.permille(base + 330 * life.province.progress / 1_000);
                decide::approve(life.dossier()?, holder, &life.office(), digitised, "")?
            };
            return life.happen(holder, &decision);
        }
        if next_step(life.version, step).is_none() {
            return Err(End::Here);
        }
        let electronic = draw.dice.permille(600 + 260 * life.province.progress / 1_000);
        let forward = decide::forward(life.dossier()?, holder, &life.office(), electronic, "")?;
        life.happen(holder, &forward)?;
    }
}

/// Papers that follow are counted and confirmed by whoever takes them; what comes as files alone is taken by working on it.
fn take_over(life: &mut Life<'_>, draw: &mut Draw<'_>) -> Result<(), End> {
    if life.dossier()?.papers_by.is_none() {
        return Ok(());
    }
    let Ok(holder) = life.holder(draw.turn) else { return Ok(()) };
    life.later(COUNTING_MS)?;
    let taken = decide::take_over(life.dossier()?, holder, &life.office(), true)?;
    life.happen(holder, &taken)
}

/// The head gives it to an officer, or an officer takes it.
fn assign(life: &mut Life<'_>, draw: &mut Draw<'_>) -> Result<(), End> {
    let dossier = life.dossier()?;
    let (unit, step) = (dossier.unit, usize::try_from(dossier.step).unwrap_or(0));
    let in_division = life.version.process.get(step).is_some_and(|step| matches!(step.unit, StepUnit::Division(_)));
    if !in_division || dossier.handler.is_some() {
        return Ok(());
    }
    let officials = life.province.officials;
    let Some(officer) = officials.at(unit, Role::Officer, draw.turn) else { return Ok(()) };
    let actor =
        officials.at(unit, Role::DivisionHead, draw.turn).filter(|_| draw.turn.is_multiple_of(3)).unwrap_or(officer);
    life.later(draw.dice.between(2 * MINUTE_MS, HOUR_MS))?;
    let assigned = decide::assign(life.dossier()?, actor, &life.office(), officer.account, true)?;
    life.happen(actor, &assigned)
}

fn supplement(life: &mut Life<'_>, holder: &Actor, filed: &Filed, draw: &mut Draw<'_>) -> Result<(), End> {
    let asked = Asked {
        reason: "Đề nghị bổ sung giấy tờ còn thiếu theo phiếu hướng dẫn.".to_owned(),
        again: "Giấy tờ bổ sung chưa hợp lệ.".to_owned(),
        other: "Giấy tờ theo phiếu hướng dẫn".to_owned(),
        basis: "Quy định của pháp luật chuyên ngành về thời hạn kiểm tra hồ sơ".to_owned(),
        until: life.at.date().checked_add(30.days()).map(|day| day.to_string()).unwrap_or_default(),
        ..Asked::default()
    };
    let request = decide::request_supplement(life.dossier()?, holder, &life.office(), &asked, &[])?;
    life.happen(holder, &request)?;
    life.later(draw.dice.between(2 * HOUR_MS, 9 * DAY_MS))?;
    let clerk = life.desk(filed.places.intake, draw.turn)?;
    let by = filed.citizen.as_ref().unwrap_or(clerk);
    // Papers of people who do not exist have no files, but they are brought.
    let brought = Supplied { papers: 1, ..Supplied::default() };
    let completed = decide::complete_supplement(life.dossier()?, by, &life.office(), "", brought)?;
    life.happen(by, &completed)
}

/// The dossier waits for a duty to be paid; the wait is added to the time allowed.
fn pay_duty(life: &mut Life<'_>, holder: &Actor, filed: &Filed, draw: &mut Draw<'_>) -> Result<(), End> {
    let amount = life.dossier()?.paid_dong + draw.dice.between(50, 4_000) * 1_000;
    let (why, basis) = ("Thông báo nộp thuế và lệ phí trước bạ.", "NĐ 10/2022/NĐ-CP");
    let request = decide::request_payment(life.dossier()?, holder, &life.office(), amount, why, basis)?;
    life.happen(holder, &request)?;
    life.later(draw.dice.between(3 * HOUR_MS, 6 * DAY_MS))?;
    let clerk = life.desk(filed.places.intake, draw.turn)?;
    let paid = decide::record_payment(life.dossier()?, clerk, &life.office())?;
    life.happen(clerk, &paid)
}

fn hand_out(life: &mut Life<'_>, filed: &Filed, draw: &mut Draw<'_>) -> Result<(), End> {
    let clerk = life.desk(filed.places.return_to, draw.turn)?;
    let online = filed.citizen.is_some();
    let wait =
        if online { draw.dice.between(5 * MINUTE_MS, 4 * HOUR_MS) } else { draw.dice.between(HOUR_MS, 4 * DAY_MS) };
    life.later(wait)?;
    let scanned = draw.dice.permille(120);
    let by_post = filed.places.channel == Channel::Post || draw.dice.permille(60);
    let to = if by_post { "post" } else { "owner" };
    let tracking = if by_post { format!("RP{:09}VN", draw.dice.between(0, 999_999_999)) } else { String::new() };
    let handing =
        Handing { to: to.to_owned(), tracking, ..Handing::default() }.to_applicant(&filed.handed.owner_address);
    let (returned, aside) = decide::return_result(life.dossier()?, clerk, &life.office(), &handing, scanned)?;
    life.case.asides.extend(aside.map(|aside| (life.case.next_event(), aside)));
    life.happen(clerk, &returned)?;
    rate(life, online, draw)
}

/// Some rate how it went: from their account, or with the code of their receipt.
fn rate(life: &mut Life<'_>, online: bool, draw: &mut Draw<'_>) -> Result<(), End> {
    if !draw.dice.permille(if online { 380 } else { 120 }) {
        return Ok(());
    }
    life.later(draw.dice.between(MINUTE_MS, 3 * DAY_MS))?;
    let dossier = life.dossier()?;
    let late = dossier.finished_at > dossier.due_at;
    let happy = draw.dice.permille(if late { 480 } else { 935 });
    let score = if happy { 4 + i64::from(draw.dice.permille(600)) } else { draw.dice.between(1, 3) };
    // Drawn like everything else here, and still no way back to the case.
    let id = Id(i64::try_from(draw.dice.roll() >> 1).unwrap_or_default());
    life.case.rate(life.province.secret, id, life.at.date(), score);
    Ok(())
}
