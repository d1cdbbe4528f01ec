//! What a document says of itself: number, kind, issuer, place, date, title, legal bases.

use crate::blocks::{Block, Marker};
use crate::fold::patterns;
use crate::outline::{Section, section};
use crate::plan::Metadata;
use crate::targets::Frame;
use crate::view::View;
use crate::years::heading_due;

/// Blocks of the head that are looked at.
const HEAD_BLOCKS: usize = 400;
/// Years from the making of a five-year plan to its end.
const PLAN_YEARS: u16 = 4;
/// Blocks in which a campaign says from when to when it lasts.
const CAMPAIGN_BLOCKS: usize = 60;
/// Longest title, in characters.
const TITLE_CHARS_MAX: usize = 600;

patterns! {
    NUMBER = r"\bsố\s?:?\s?(\d{1,5}[a-zđ]?\s?(?:/\s?(?:19|20)\d\d)?\s?[/\-]\s?[a-zWAEDOQU0-9][a-zWAEDOQU0-9&.\-/ ]{0,24}?)(?:[\s,;).|]|$)";
    NUMBER_LINE = r"^số\s?:";
    DATE = r"ngày\s?(\d{1,2})\s?(?:tháng|/|-|\.)\s?(\d{1,2})\s?(?:năm|/|-|\.)\s?((?:19|20)\d\d)";
    PLACE_DATE = r"^([^,;:/\d]{2,40}),\s?ngày\b";
    /// The own date left open: "ngày      tháng 5 năm 2026", "ngày … tháng … năm 2026", "ngày   /  /2026".
    BLANK_DATE = r"\bngày[\s._]*tháng[\s._]*(?:\d{1,2}[\s._]*)?năm[\s._]*((?:19|20)\d\d)?|\bngày\s?\d{1,2}\s?tháng[\s._]*năm[\s._]*((?:19|20)\d\d)?|\bngày[\s._]*/[\s._\d]{0,4}/\s?((?:19|20)\d\d)?";
    /// The two halves of a letterhead on one line.
    NUMBER_PLACE_DATE = r"^số\s?:?\s?[\d._]{0,6}\s?[/\-]\s?[^\s,]{1,26}\s+([^,;:/\d]{2,40}),\s?ngày\b";
    /// The acts a document rests on carry dates of their own.
    CITES = r"^-?\s?(?:căn cứ|theo |xét |thực hiện|triển khai|trên cơ sở)|(?:luật|nghị quyết|nghị định|quyết định|thông tư|chỉ thị|kết luận|công văn)\b[^.;]{0,60}ngày";
    /// A campaign dated by its days: "từ 01/9 đến 30/11/2025".
    CAMPAIGN = r"(?:cao điểm|chiến dịch|đợt|thời gian(?: thực hiện| triển khai| tổ chức)?|phát động|ra quân)\b[^.;]{0,90}(?:đến|-)\s?(?:hết |trước )?(?:ngày )?\d{1,2}[/.-]\d{1,2}[/.-](20\d\d)";
    SUBJECT_LINE = r"^(?:v/v|về việc)\s*:?\s*";
    PLAN_NAMED = r"(?:kế hoạch|chương trình|nghị quyết|đề án|mục tiêu|chỉ tiêu|nhiệm kỳ)[^.;]{0,120}";
    STAMP = r"(\d{1,2})[/-](\d{1,2})[/-]((?:19|20)\d\d)";
    KIND_LINE = r"^(quyết định|nghị quyết|kế hoạch|chỉ thị|chương trình hành động|chương trình|đề án|công văn|báo cáo|thông báo|công điện|tờ trình|hướng dẫn|kết luận|nghị định|thông tư|quy định|quy chế|thông tri)\b";
    KIND_ALONE = r"^(?:quyết định|nghị quyết|kế hoạch|chỉ thị|chương trình hành động|chương trình|đề án|công văn|báo cáo|thông báo|công điện|tờ trình|hướng dẫn|kết luận|nghị định|thông tư)\s?:?$";
    TITLE_ENDS = r"^(?:căn cứ|\(ban hành|\(kèm|kính gửi|số\s?:|điều 1|chủ tịch ủy ban|ủy ban nhân dân tỉnh [a-z ]{2,20}$|hội đồng nhân dân [a-zWAEDOQU ]{2,30}$|-{3,})|ngày \d";
    /// *Thực hiện Nghị quyết số …*: the text begins, once there is a title.
    CARRIES_OUT = r"^(?:thực hiện|triển khai thực hiện) (?:nghị|quyết|kế|chỉ|công|chương|đề|kết)";
    ISSUER = r"^(?:(?:văn phòng )?ủy ban nhân dân|ubnd|hội đồng nhân dân|hđnd|thủ tướng chính phủ|chính phủ|tỉnh ủy|huyện ủy|thành ủy|thị ủy|đảng ủy|ban chấp hành|ban thường vụ|ban cán sự đảng|ban chỉ đạo|bộ (?:trưởng bộ )?[a-zWAEDOQU]|sở [a-zWAEDOQU]|cục |tổng cục |quốc hội|văn phòng chính phủ|đảng bộ|ngân hàng nhà nước|bảo hiểm xã hội|chủ tịch ủy ban)";
    SUBORDINATE = r"^(?:sở|chi cục|văn phòng|phòng|cục|ban quản lý|thanh tra|trung tâm) ";
    /// A Party body, and the bodies whose letterhead names it first.
    PARTY = r"^(?:đảng bộ|tỉnh ủy|thành ủy|huyện ủy|thị ủy|quận ủy|đảng ủy|ban chấp hành)\b";
    UNDER_PARTY = r"^(?:thành ủy|huyện ủy|thị ủy|quận ủy|đảng ủy|chi bộ|ban (?:tổ chức|tuyên giáo|nội chính|dân vận|thường vụ|chấp hành)|ủy ban kiểm tra|văn phòng)\b";
    TERRITORY = r"^(?:tỉnh|thành phố|tp\.?|huyện|quận|thị xã|xã|phường|thị trấn) ";
    BASIS = r"^-?\s?(?:căn cứ|theo đề nghị|xét đề nghị|xét tờ trình)\b\s?";
    /// A document that sets what is paid or granted, not what is to be reached.
    NORMS = r"quy định (?:về )?(?:mức|chính sách|chế độ|định mức|phí|lệ phí|giá|một số (?:mức|chính sách|chế độ))|mức (?:thu (?:phí|lệ phí|học phí|tiền)|chi (?:hỗ trợ|bồi dưỡng|cho|đối với|thực hiện|tổ chức|tiếp)|hỗ trợ)";
    NATION = r"cộng hòa xã hội|độc lập\s?-|đảng cộng sản việt nam";
    /// What a letterhead sets beside or under the issuer.
    BESIDE_ISSUER = r"\s(?:cộng hòa xã hội|đảng cộng sản việt nam|độc lập\s?-|đại hội (?:đại biểu|lần)|nhiệm kỳ|số\s?:|\(?dự thảo)";
    DATED = r"ngày \d{1,2}|giai đoạn|năm 20";
    NEWS_TITLE = r"kế hoạch|chương trình|tổng kết|mục tiêu|chuyển đổi số|cải cách|nghị quyết|đề án|phấn đấu|chỉ tiêu|chiến lược";
}

/// Reads the head of the document. The frame gives the reader of targets the period of the title and
/// the year it was made; the section is set when the title itself announces a summary of results.
pub(crate) fn metadata(view: &View, blocks: &[Block]) -> (Metadata, Frame, Option<Section>) {
    let head = &blocks[..blocks.len().min(HEAD_BLOCKS)];
    let title_at = head.iter().position(|b| is_kind(view, b));
    let named = title_at.map(|at| title(view, head, at));
    let own_due =
        named.as_ref().and_then(|(_, title)| title.as_deref()).and_then(|t| heading_due(&crate::fold::folded(t)));
    // A dispatch names no kind: it opens with "V/v" and "Kính gửi", and may carry another document.
    let letter = letter(view, &head[..title_at.unwrap_or(head.len()).min(60)]);
    let (kind, title) = match (letter, named) {
        (Some(subject), _) => (Some("Công văn".to_owned()), Some(subject)),
        (None, Some(named)) => named,
        (None, None) => (None, plain_title(view, head)),
    };
    let number = head.iter().take(title_at.map_or(40, |t| t + 12)).find_map(|b| number(view, b));
    let OwnDate { place, date, left_open } = own_date(view, head, title_at);
    let legal_bases = head
        .iter()
        .filter(|b| BASIS.is_match(view.flat(b.start, b.end.min(b.start + 40))))
        .map(|b| basis(view, b))
        .collect();
    let issuer = issuer(view, head);
    let title_flat = title.as_deref().map(crate::fold::folded).unwrap_or_default();
    let title_due = own_due
        .or_else(|| heading_due(&title_flat))
        .or_else(|| later_title(view, blocks, title_at))
        .or_else(|| lead_due(view, head, title.is_some()))
        .or_else(|| campaign_due(view, head));
    let dated = date.as_ref().and_then(|d| d[..4].parse().ok());
    let made = dated.or(left_open).or_else(|| made_about(&title_flat, title_due));
    let known = [number.is_some(), kind.is_some(), issuer.is_some(), date.is_some(), title.is_some()];
    let confidence = 0.5 + 0.09 * known.iter().filter(|k| **k).count() as f64;
    let norms = NORMS.is_match(&title_flat).then_some(Section::Budget);
    let summary = section(&title_flat).filter(|s| *s == Section::Situation).or(norms);
    let metadata = Metadata {
        number,
        kind,
        issuer,
        place,
        date,
        title,
        legal_bases,
        confidence,
        reason: "the head of the document".into(),
    };
    (metadata, Frame { title_due, made }, summary)
}

/// A page without a title still names its plan in its first lines ("ban hành kế hoạch … năm 2025").
fn lead_due(view: &View, head: &[Block], titled: bool) -> Option<u16> {
    let lead = head.iter().take(if titled { 0 } else { 4 }).filter(|b| b.cell.is_none());
    lead.filter_map(|b| {
        let flat = view.flat(b.body, b.end.min(b.body + 400));
        PLAN_NAMED.find(flat).and_then(|(a, b)| heading_due(&flat[a..b]))
    })
    .next()
}

/// The year in which a campaign ends that the first paragraphs date by its days.
fn campaign_due(view: &View, head: &[Block]) -> Option<u16> {
    head.iter().take(CAMPAIGN_BLOCKS).find_map(|b| {
        let flat = view.flat(b.body, b.end.min(b.body + 400));
        let groups = CAMPAIGN.groups(flat)?;
        groups[1].and_then(|(from, to)| flat[from..to].parse().ok())
    })
}

/// About when an undated document was made: in the first year of its period, or in the year of its
/// title, or, when the title only says *đến năm N*, within the five years of a plan before N.
fn made_about(title: &str, due: Option<u16>) -> Option<u16> {
    let named = crate::years::mentions(title).into_iter().find(|m| Some(m.year) == due);
    match named {
        Some(mention) if mention.from.is_some() => mention.from,
        Some(mention) if title[..mention.start].trim_end().ends_with("DEn") => due.map(|year| year - PLAN_YEARS),
        Some(_) => due,
        None => None,
    }
}

/// The subject of a dispatch: its *V/v* line, when it is addressed to somebody.
fn letter(view: &View, head: &[Block]) -> Option<String> {
    head.iter().find(|b| view.flat(b.start, b.end.min(b.start + 20)).starts_with("kinh gUi"))?;
    let at = head.iter().position(|b| SUBJECT_LINE.is_match(view.flat(b.start, b.end.min(b.start + 20))))?;
    let subject = head[at];
    let skip = SUBJECT_LINE.find(view.flat(subject.start, subject.end)).map_or(0, |(_, end)| end);
    // The subject is set in a narrow column: its short lines go on.
    let goes_on = |b: &&Block| {
        let flat = view.flat(b.start, b.end);
        !b.upper
            && b.marker == Marker::None
            && b.end - b.start < 60
            && !flat.starts_with("kinh gUi")
            && !PLACE_DATE.is_match(flat)
    };
    let end = head[at + 1..].iter().take_while(goes_on).last().map_or(subject.end, |b| b.end);
    Some(view.text(subject.start + skip, end))
}

fn is_kind(view: &View, block: &Block) -> bool {
    let flat = view.flat(block.body, block.end.min(block.body + 60));
    (block.upper || KIND_ALONE.is_match(view.flat(block.body, block.end)))
        && KIND_LINE.is_match(flat)
        && block.marker == Marker::None
}

/// The kind and the lines under it, up to the bases or the first outline number.
fn title(view: &View, head: &[Block], at: usize) -> (Option<String>, Option<String>) {
    let block = &head[at];
    let flat = view.flat(block.body, block.end);
    let kind_end = KIND_LINE.find(flat).map_or(0, |(_, end)| end);
    let kind = capitalised(&view.text(block.body, block.body + kind_end));
    let rest = view.text(block.body + kind_end, block.end);
    let mut title = rest.trim_matches(|c: char| c.is_whitespace() || ":.-".contains(c)).to_owned();
    for next in &head[at + 1..] {
        let flat = view.flat(next.body, next.end);
        let stops = !title.is_empty() && CARRIES_OUT.is_match(flat)
            || next.marker != Marker::None
            || TITLE_ENDS.is_match(flat)
            || next.cell.is_some()
            || flat.len() > 400
            || NATION.is_match(flat);
        let done =
            !title.is_empty() && (!next.upper && !title.is_empty() && !DATED.is_match(flat) || ISSUER.is_match(flat));
        if stops || done || is_kind(view, next) || title.len() > TITLE_CHARS_MAX {
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(&view.text(next.body, next.end));
        if !next.upper {
            break;
        }
    }
    (Some(kind), Some(title).filter(|t| !t.is_empty()))
}

/// A page of news or a cut-out: its first line that speaks of a plan.
fn plain_title(view: &View, head: &[Block]) -> Option<String> {
    let fits = |b: &&Block| {
        let length = b.end - b.body;
        (12..260).contains(&length) && b.cell.is_none() && !NATION.is_match(view.flat(b.body, b.end))
    };
    let speaking = |b: &&Block| {
        let flat = view.flat(b.body, b.end);
        NEWS_TITLE.is_match(flat) && b.marker == Marker::None && !flat.ends_with(['.', ';', ':'])
    };
    let dated = |b: &&Block| !crate::years::mentions(view.flat(b.body, b.end)).is_empty();
    let lines = || head.iter().take(30).filter(fits).filter(speaking);
    lines().find(dated).or_else(|| lines().next()).map(|b| view.text(b.body, b.end))
}

/// The period of a second title ("KẾ HOẠCH … GIAI ĐOẠN 2021 - 2025") when the first one names none.
fn later_title(view: &View, blocks: &[Block], first: Option<usize>) -> Option<u16> {
    let from = first.map_or(0, |f| f + 1);
    blocks.iter().skip(from).take(HEAD_BLOCKS).filter(|b| b.upper && b.cell.is_none() && !b.closes_cell).find_map(|b| {
        let flat = view.flat(b.body, b.end.min(b.body + TITLE_CHARS_MAX));
        heading_due(flat)
    })
}

fn number(view: &View, block: &Block) -> Option<String> {
    let flat = view.flat(block.start, block.end.min(block.start + 120));
    let line = NUMBER_LINE.is_match(flat) || flat.len() < 60 && flat.starts_with("sO");
    let groups = NUMBER.groups(flat).filter(|_| line)?;
    let (a, b) = groups[1]?;
    let text: String = view.text(block.start + a, block.start + b).chars().filter(|c| !c.is_whitespace()).collect();
    Some(text.trim_end_matches(['.', '-', '/']).to_owned())
}

/// What the document says of its own place and day.
#[derive(Default)]
struct OwnDate {
    place: Option<String>,
    date: Option<String>,
    /// The year of a date whose day or month is still to be written.
    left_open: Option<u16>,
}

/// The line *X, ngày … tháng … năm …*, else a short line with a date. A line left open in a draft means that
/// there is no date: those further down are dates of other documents.
fn own_date(view: &View, head: &[Block], title_at: Option<usize>) -> OwnDate {
    for block in head.iter().take(title_at.map_or(60, |t| t + 30)) {
        let flat = view.flat(block.start, block.end.min(block.start + 160));
        if CITES.is_match(flat) {
            continue;
        }
        let groups = PLACE_DATE.groups(flat).or_else(|| NUMBER_PLACE_DATE.groups(flat));
        let place = groups.and_then(|g| g[1]).map(|(a, b)| view.text(block.start + a, block.start + b));
        if place.is_some()
            && let Some(date) = date(flat, &DATE)
        {
            return OwnDate { place, date: Some(date), left_open: None };
        }
        if let Some(blank) = BLANK_DATE.groups(flat).filter(|_| place.is_some() || flat.len() < 60) {
            let year = blank[1..].iter().flatten().next().and_then(|(a, b)| flat[*a..*b].parse().ok());
            return OwnDate { place, date: None, left_open: year };
        }
    }
    let short = |b: &&Block| b.end - b.start < 90;
    let date = head.iter().take(20).filter(short).find_map(|b| {
        let flat = view.flat(b.start, b.end);
        let own = b.marker == Marker::None && !flat.contains("sO ") && !CITES.is_match(flat);
        date(flat, &DATE).or_else(|| date(flat, &STAMP)).filter(|_| own)
    });
    OwnDate { date, ..OwnDate::default() }
}

fn date(flat: &str, pattern: &crate::fold::Pattern) -> Option<String> {
    let groups = pattern.groups(flat)?;
    let part = |i: usize| groups[i].and_then(|(a, b)| flat[a..b].parse::<u32>().ok());
    let (day, month, year) = (part(1)?, part(2)?, part(3)?);
    ((1..=31).contains(&day) && (1..=12).contains(&month)).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn issuer(view: &View, head: &[Block]) -> Option<String> {
    let named = |b: &&Block| b.upper && ISSUER.is_match(view.flat(b.body, b.end)) && b.end - b.body < 120;
    let short =
        |b: &&Block| ISSUER.is_match(view.flat(b.body, b.end)) && b.end - b.body < 50 && b.marker == Marker::None;
    let at = head.iter().take(40).position(|b| named(&b)).or_else(|| head.iter().take(4).position(|b| short(&b)))?;
    // A department's letterhead names its superior first.
    let subordinate = |b: &Block| b.upper && SUBORDINATE.is_match(view.flat(b.body, b.end)) && b.end - b.body < 80;
    let party = PARTY.is_match(view.flat(head[at].body, head[at].end));
    let under_party = |b: &Block| party && b.upper && UNDER_PARTY.is_match(view.flat(b.body, b.end));
    let at = if head.get(at + 1).is_some_and(|b| subordinate(b) || under_party(b)) { at + 1 } else { at };
    let text = view.text(head[at].body, head[at].end);
    let whole = view.flat(head[at].body, head[at].end);
    let text: String = match BESIDE_ISSUER.find(whole) {
        Some((cut, _)) if cut > 8 => text.chars().take(cut).collect(),
        _ => text,
    };
    let mut name = text.trim_end_matches(['-', '_', '*', ' ']).to_owned();
    // The second line of the letterhead, when it stands as a paragraph of its own.
    if let Some(next) = head.get(at + 1)
        && TERRITORY.is_match(view.flat(next.body, next.end))
        && next.upper == head[at].upper
        && next.end - next.body < 60
    {
        name = format!("{name} {}", view.text(next.body, next.end));
    }
    Some(name)
}

/// The act after *Căn cứ*, without the closing sign.
fn basis(view: &View, block: &Block) -> String {
    let flat = view.flat(block.start, block.end);
    let skip = BASIS.find(flat).map_or(0, |(_, end)| end);
    let keep = if flat[..skip].contains("cWn cU") { skip } else { 0 };
    view.text(block.start + keep, block.end).trim_end_matches([';', '.', ',', ' ']).to_owned()
}

fn capitalised(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut letters = lower.chars();
    letters.next().map(|c| c.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::blocks;

    fn read(text: &str) -> (Metadata, Frame) {
        let mut view = View::new(text);
        let blocks = blocks(&mut view);
        let (metadata, frame, _) = metadata(&view, &blocks);
        (metadata, frame)
    }

    #[test]
    fn a_date_left_open_is_none_and_no_date_of_a_law_takes_its_place() {
        for line in [
            "Hải Lâm, ngày      tháng 5 năm 2026",
            "Hải Lâm, ngày … tháng … năm 2026",
            "Hải Lâm, ngày ... tháng ... năm 2026",
            "Hải Lâm, ngày    /   /2026",
            "Hải Lâm, ngày 12 tháng    năm 2026",
        ] {
            let (m, frame) = read(&format!(
                "ỦY BAN NHÂN DÂN\nTỈNH HẢI LÂM\n\nSố:      /KH-UBND\n\n{line}\n\nKẾ HOẠCH\nPhòng, chống thiên tai\n\nCăn cứ Luật Phòng, chống thiên tai ngày 19 tháng 6 năm 2013;\n\nCăn cứ Quyết định số 5/QĐ-TTg ngày 02/3/2025;\n"
            ));
            assert_eq!((m.date, m.number), (None, None), "{line}");
            assert_eq!(m.place.as_deref(), Some("Hải Lâm"), "{line}");
            assert_eq!(frame.made, Some(2026), "{line}");
        }
    }

    #[test]
    fn the_date_of_a_law_is_not_the_own_date_of_a_text_without_letterhead() {
        let (m, _) =
            read("KẾ HOẠCH\nCải cách hành chính\n\nCăn cứ Luật Đất đai ngày 18 tháng 01 năm 2024;\n\nI. MỤC TIÊU");
        assert_eq!(m.date, None);
    }

    #[test]
    fn a_number_left_open_does_not_go_on_the_place() {
        let (m, _) = read("Số:      /QĐ-UBND Bình Thuận, ngày 05 tháng 6 năm 2025\nQUYẾT ĐỊNH\nBan hành Kế hoạch");
        assert_eq!(m.place.as_deref(), Some("Bình Thuận"));
        assert_eq!(m.date.as_deref(), Some("2025-06-05"));
        let (m, _) = read("Số 412/QĐ-UBND Bình Thuận, ngày 05 tháng 6 năm 2025\nQUYẾT ĐỊNH\nBan hành Kế hoạch");
        assert_eq!((m.place.as_deref(), m.number.as_deref()), (Some("Bình Thuận"), Some("412/QĐ-UBND")));
    }

    #[test]
    fn the_stamp_of_a_draft_and_the_superior_body_are_no_part_of_the_issuer() {
        let issuer = |text: &str| read(text).0.issuer.unwrap_or_default();
        assert_eq!(
            issuer("ỦY BAN NHÂN DÂN\nTỈNH HẢI LÂM\nDỰ THẢO\n\nKẾ HOẠCH\nCải cách"),
            "ỦY BAN NHÂN DÂN TỈNH HẢI LÂM"
        );
        assert_eq!(
            issuer("ỦY BAN NHÂN DÂN TỈNH HẢI LÂM (DỰ THẢO)\nKẾ HOẠCH\nCải cách"),
            "ỦY BAN NHÂN DÂN TỈNH HẢI LÂM"
        );
        assert_eq!(issuer("DỰ THẢO LẦN 2\nỦY BAN NHÂN DÂN\nTỈNH HẢI LÂM\n\nKẾ HOẠCH"), "ỦY BAN NHÂN DÂN TỈNH HẢI LÂM");
        assert_eq!(issuer("ĐẢNG BỘ TỈNH HẢI LÂM\nHUYỆN ỦY TÂN PHÚ\n*\nSố 12-NQ/HU\n\nNGHỊ QUYẾT"), "HUYỆN ỦY TÂN PHÚ");
        assert_eq!(issuer("TỈNH ỦY HẢI LÂM\nBAN TỔ CHỨC\n*\nSố 12-KH/BTCTU\n\nKẾ HOẠCH"), "BAN TỔ CHỨC");
        assert_eq!(issuer("TỈNH ỦY HẢI LÂM\n*\nSố 15-NQ/TU\n\nNGHỊ QUYẾT"), "TỈNH ỦY HẢI LÂM");
    }

    #[test]
    fn a_campaign_dated_by_its_days_sets_the_year() {
        let (_, frame) = read("KẾ HOẠCH\nCao điểm thu gom rác thải\n\nThời gian: đợt cao điểm từ 01/9 đến 30/11/2025.");
        assert_eq!(frame.title_due, Some(2025));
    }

    #[test]
    fn the_head_of_a_decision_is_read() {
        let (m, frame) = read(
            "ỦY BAN NHÂN DÂN\nTỈNH NINH THUẬN\n-------\nSố: 681/QĐ-UBND\n\nNinh Thuận, ngày 27 tháng 10 năm 2021\n\nQUYẾT ĐỊNH\nBAN HÀNH KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH GIAI ĐOẠN 2021 - 2025\n\nCăn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;\n",
        );
        assert_eq!(m.number.as_deref(), Some("681/QĐ-UBND"));
        assert_eq!(m.kind.as_deref(), Some("Quyết định"));
        assert_eq!(m.issuer.as_deref(), Some("ỦY BAN NHÂN DÂN TỈNH NINH THUẬN"));
        assert_eq!(m.place.as_deref(), Some("Ninh Thuận"));
        assert_eq!(m.date.as_deref(), Some("2021-10-27"));
        assert_eq!(m.legal_bases, ["Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015"]);
        assert_eq!((frame.title_due, frame.made), (Some(2025), Some(2021)));
    }
}
