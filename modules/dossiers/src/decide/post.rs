//! What comes by the public post (QĐ 45/2016/QĐ-TTg Điều 7): the filing counts from the moment the hand-over minutes are signed.

use super::{Office, or_problems, short};
use crate::aside::{self, Aside, Posting};
use crate::happening::Posted;
use base::{Channel, Date, Fault, Instant, Problem, Time};

/// Working days after the hand-over within which it is entered: papers are not found weeks later.
pub const POST_DAYS_MAX: i64 = 5;
const RULE: &str = "QĐ 45/2016/QĐ-TTg Điều 7 khoản 4";

/// What the desk types of an item of the post; all empty for what is brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostTyped {
    /// Who carried it.
    pub carrier: String,
    /// Number of the item.
    pub number: String,
    /// Day and time of the hand-over minutes, `2026-11-30` and `09:15`; now where neither is typed.
    pub day: String,
    pub time: String,
}

/// When the minutes were signed.
fn handed_at(typed: &PostTyped, office: &Office<'_>) -> Result<Instant, Problem> {
    let wrong = |code, field: &str| Problem::new(code).field(field.to_owned()).rule(RULE);
    let (day, time) = (typed.day.trim(), typed.time.trim());
    if day.is_empty() && time.is_empty() {
        return Ok(office.now);
    }
    let day = match day {
        "" => office.now.date(),
        day => day.parse::<Date>().map_err(|_| wrong("dossier-asked-until-date", "post_day"))?,
    };
    let time = Time::strptime("%H:%M", time).map_err(|_| wrong("dossier-post-time", "post_time"))?;
    let at = Instant::from_local(day.to_datetime(time));
    if at > office.now {
        return Err(wrong("dossier-post-ahead", "post_time"));
    }
    if office.calendar.working_days_in(day, office.now.date()) > POST_DAYS_MAX + 1 {
        return Err(wrong("dossier-post-long-ago", "post_day").arg("days", POST_DAYS_MAX));
    }
    Ok(at)
}

/// What is kept of it; none for what is brought to the desk.
///
/// # Errors
/// At `post_carrier`, `post_number`, `post_day`, `post_time`; something of them typed for what did not come by post, at `channel`.
pub fn posted(
    channel: Channel,
    typed: &PostTyped,
    office: &Office<'_>,
) -> Result<Option<(Posted, Option<Aside>)>, Fault> {
    if channel != Channel::Post {
        let nothing = *typed == PostTyped::default();
        let problem = Problem::new("dossier-post-not-by-post").field("channel");
        return if nothing { Ok(None) } else { Err(Fault::invalid(problem)) };
    }
    let mut problems = Vec::new();
    let posting = Posting {
        carrier: or_problems(short("post_carrier", &typed.carrier), &mut problems),
        number: or_problems(short("post_number", &typed.number), &mut problems),
    };
    let handed_at = handed_at(typed, office).unwrap_or_else(|problem| {
        problems.push(problem);
        office.now
    });
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let aside = (posting != Posting::default()).then(|| Aside::of(aside::POST, &posting));
    Ok(Some((Posted { handed_at, aside: aside.as_ref().map(Aside::digest) }, aside)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::*;

    fn typed(day: &str, time: &str) -> PostTyped {
        PostTyped { day: day.to_owned(), time: time.to_owned(), ..PostTyped::default() }
    }

    fn at(typed: &PostTyped) -> Result<Instant, &'static str> {
        let story = Story::begin(version(), november(4, 10, 0));
        match posted(Channel::Post, typed, &story.office()) {
            Ok(Some((posted, None))) => Ok(posted.handed_at),
            Err(Fault::Invalid(problems)) => Err(problems[0].code),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_minutes_say_when_it_was_filed_and_are_not_of_tomorrow_nor_of_long_ago() {
        assert_eq!(at(&typed("", "")), Ok(november(4, 10, 0)), "signed as it is entered");
        assert_eq!(at(&typed("", "08:15")), Ok(november(4, 8, 15)));
        assert_eq!(at(&typed("2026-11-03", "16:40")), Ok(november(3, 16, 40)));
        assert_eq!(at(&typed("2026-11-04", "10:01")), Err("dossier-post-ahead"));
        assert_eq!(at(&typed("2026-11-03", "")), Err("dossier-post-time"));
        assert_eq!(at(&typed("3/11", "08:00")), Err("dossier-asked-until-date"));
        // Five working days before Wednesday, the 4th.
        assert_eq!(
            at(&typed("2026-10-28", "08:00")),
            Ok(Instant::from_local(jiff::civil::date(2026, 10, 28).at(8, 0, 0, 0)))
        );
        assert_eq!(at(&typed("2026-10-27", "08:00")), Err("dossier-post-long-ago"));
    }

    #[test]
    fn what_is_brought_to_the_desk_has_no_post() {
        let story = Story::begin(version(), november(4, 10, 0));
        assert_eq!(posted(Channel::Counter, &PostTyped::default(), &story.office()).unwrap(), None);
        let wrong = PostTyped { number: "RB123456789VN".to_owned(), ..PostTyped::default() };
        assert_eq!(code(posted(Channel::Counter, &wrong, &story.office())), "dossier-post-not-by-post");
        let (kept, aside) = posted(Channel::Post, &wrong, &story.office()).unwrap().unwrap();
        assert!(aside.unwrap().data.contains("RB123456789VN") && kept.aside.is_some());
    }
}
