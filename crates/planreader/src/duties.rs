//! Tasks given in prose: items under a lead agency, *Sở X: chủ trì, phối hợp …*, and items followed
//! by lines *Cơ quan chủ trì: …*.

use crate::agencies;
use crate::blocks::{Block, Marker};
use crate::fold::patterns;
use crate::outline::{Place, Section};
use crate::plan::Task;
use crate::view::View;

/// Fewer characters than this are no piece of work.
const WORK_CHARS_MIN: usize = 14;
/// Longest block that can be an agency standing alone as a heading.
const AGENCY_CHARS_MAX: usize = 260;

patterns! {
    /// When a task is to be done, as written.
    DEADLINE = r"(?:trước (?:ngày \d{1,2}[/-]\d{1,2}(?:[/-]\d{4})?|ngày \d{1,2} tháng \d{1,2}(?: năm \d{4})?|ngày \d{1,2}|\d{1,2}/\d{1,2}(?:/\d{4})?|tháng \d{1,2}(?:[/-]\d{4}| năm \d{4})?|quý [iv]{1,3}(?:/\d{4})?)(?:(?: và|,) (?:ngày )?\d{1,2}/\d{1,2}(?:/\d{4})?)*(?: (?:hàng|hằng) (?:năm|quý|tháng))?|trong (?:quý (?:[iv]{1,3}|\d)(?:[/-]\d{4}| năm \d{4})?|năm \d{4}|tháng \d{1,2}(?:[/-]\d{4}| năm \d{4}))|quý (?:[iv]{1,3}|[1-4])(?:[/-]\d{4}| năm \d{4})|chậm nhất (?:là )?(?:ngày )?\d{1,2}/\d{1,2}(?:/\d{4})?)";
    /// A period says when only where it stands for itself, not inside a name (*kế hoạch hàng năm*).
    PERIOD = r"^\W*((?:định kỳ )?(?:hàng|hằng) (?:năm|quý|tháng|tuần)|thường xuyên)\b|(định kỳ (?:hàng|hằng) (?:năm|quý|tháng|tuần))|[,;.] ((?:hàng|hằng) (?:năm|quý|tháng|tuần)),";
    LEAD_IN_BRACKETS = r"\(([^()]{3,140}?) (?:chủ trì|làm đầu mối|tham mưu)\b[^()]*\)|\((?:cơ quan |đơn vị )?chủ trì(?: thực hiện)?:? ([^();]{3,140})[^()]*\)";
    LABEL = r"^\W*(?:(?:cơ quan|đơn vị)\s?)?(?:(chủ trì(?: thực hiện)?|thực hiện|chủ trì, tham mưu)|(phối hợp(?: thực hiện)?)|(thời gian(?: thực hiện| hoàn thành)?|thời hạn(?: hoàn thành)?|tiến độ(?: thực hiện)?|hoàn thành)|((?:kết quả|sản phẩm)(?: đầu ra| dự kiến|/sản phẩm|, sản phẩm|, kết quả)?))\s?:\s*";
    TASK_VERB = r"^\W*(?:chủ trì|phối hợp|tham mưu|xây dựng|tổ chức|triển khai|thực hiện|hướng dẫn|theo dõi|chủ động|định kỳ|tăng cường|đẩy mạnh|tiếp tục|báo cáo|rà soát|bố trí|cân đối|thẩm định|tuyên truyền|quán triệt|ban hành|chỉ đạo|đôn đốc|tổng hợp|nghiên cứu|tập trung|tiến hành|hằng năm|hàng năm|thường xuyên|bảo đảm|đảm bảo|quan tâm|đưa|giám sát|phát huy|lập|trình|gửi|tham gia|chịu trách nhiệm|căn cứ|trên cơ sở|là (?:cơ quan|đơn vị|đầu mối)|hoàn thành|hoàn thiện|đổi mới|nâng cao|xác định|trực tiếp|giao|công khai|cung cấp|kịp thời|khẩn trương|các sở|lồng ghép|vận động|kiểm tra|phân công|áp dụng|duy trì|phát triển|số hóa|nâng cấp|sắp xếp|đào tạo|đề xuất|thành lập|gắn|bồi dưỡng|mở|in|cập nhật|thu hút|huy động|yêu cầu|đề nghị|quản lý|khai thác|chuẩn hóa|kết nối|tích hợp|vận hành|đầu tư|thí điểm|hỗ trợ|khuyến khích|tập huấn|chấn chỉnh|lấy|xử lý|thông tin|phản ánh|đăng tải)\b";
    REPORTING_ONLY = r"^\W*(?:(?:định kỳ|hằng năm|hàng năm|hằng quý|hàng quý|6 tháng|tổng hợp|,|và)\s?)*báo cáo\b";
    /// Words that close a document: nobody's list goes on after them.
    CLOSING = r"^(?:trên đây|trong quá trình|quá trình (?:thực hiện|triển khai)|(?:kế hoạch|chỉ thị|quyết định|nghị quyết|đề án|chương trình) này|căn cứ (?:kế hoạch|chỉ thị|quyết định) này|yêu cầu (?:các|thủ trưởng|giám đốc)|đề nghị các|nhận được|phụ lục|\(kèm|\(đính kèm)";
    PROMULGATES = r"^\W*(?:nghiêm túc |phải )*(?:tổ chức )?(?:triển khai,? )?(?:thực hiện)?\W*$|thực hiện nghiêm(?: túc)? (?:các nội dung |nội dung )?(?:chỉ thị|kế hoạch|quyết định|nghị quyết|công điện|công văn)(?: này)?[./]|chịu trách nhiệm thi hành|có hiệu lực|ban hành kèm theo|căn cứ (?:quyết định|chức năng) thi hành|ký ban hành";
    RECIPIENTS = r"^nơi nhận";
}

struct Holder {
    marker: Marker,
    name: String,
}

/// Tasks of the prose, in the order of the text. `skip` marks blocks that belong to tables.
pub(crate) fn duties(view: &View, blocks: &[Block], places: &[Place], skip: &[bool], out: &mut Vec<Task>) {
    let mut holder: Option<Holder> = None;
    let mut recipients = false;
    let mut last_item: Option<usize> = None;
    // Items that may turn out to be tasks when a line "Cơ quan chủ trì:" follows.
    let mut added: Option<usize> = None;
    for (i, block) in blocks.iter().enumerate() {
        if skip[i] || block.cell.is_some() || block.closes_cell || block.end <= block.body {
            continue;
        }
        let flat = view.flat(block.body, block.end);
        recipients = recipients && block.marker == Marker::Dash || RECIPIENTS.is_match(flat);
        if recipients || places[i].section == Some(Section::Situation) {
            continue;
        }
        if let Some((field, start)) = label(flat) {
            let value = agencies::name(view, block.body + start, block.end);
            let at = added.filter(|_| last_item.is_some()).or_else(|| {
                let item = blocks.get(last_item?)?;
                out.push(item_task(view, item, None, "an item with its own lead"));
                Some(out.len() - 1)
            });
            added = at;
            if let Some(task) = at.and_then(|at| out.get_mut(at)) {
                fill(task, field, value);
            }
            continue;
        }
        last_item = Some(i);
        added = None;
        if closes(block, &holder) || block.marker == Marker::None && closing(flat) {
            holder = None;
        }
        if let Some((a, b)) = bracketed_lead(flat) {
            let lead = agencies::name(view, block.body + a, block.body + b);
            out.push(prose_task(view, block, block.body, Some(lead), "an item with its lead in brackets"));
            added = Some(out.len() - 1);
            continue;
        }
        match agencies::opening(view, block.body, flat) {
            Some(((start, end), rest)) if takes_over(block, flat, end, rest, holder.is_some()) => {
                let name = agencies::name(view, block.body + start, block.body + end);
                let duty = flat.get(rest..).unwrap_or("");
                let named = flat[end..rest].contains(':');
                if is_work(duty) && (named || agencies::asks(flat)) {
                    out.push(prose_task(
                        view,
                        block,
                        block.body + rest,
                        Some(name.clone()),
                        "a lead agency and its duty",
                    ));
                    added = Some(out.len() - 1);
                }
                if duty.len() <= 200 || block.marker != Marker::None {
                    holder = Some(Holder { marker: block.marker, name });
                }
            }
            _ => {
                if let Some(held) = &holder
                    && (held.marker < Marker::Dash || TASK_VERB.is_match(flat))
                    && is_work(flat)
                {
                    out.push(prose_task(
                        view,
                        block,
                        block.body,
                        Some(held.name.clone()),
                        "an item under a lead agency",
                    ));
                    added = Some(out.len() - 1);
                }
            }
        }
    }
}

/// Whether a block closes the document: nobody's list goes on after it.
pub(crate) fn closing(flat: &str) -> bool {
    CLOSING.is_match(&flat[..flat.len().min(80)])
}

/// Work to do: not a lead-in to a list, not a formula of promulgation, not only a report.
fn is_work(duty: &str) -> bool {
    duty.len() > WORK_CHARS_MIN
        && !duty.trim_end().ends_with(':')
        && !PROMULGATES.is_match(duty)
        && !REPORTING_ONLY.is_match(duty)
}

/// "(Sở Nội vụ chủ trì, phối hợp với …)" at the end of an item.
fn bracketed_lead(flat: &str) -> Option<(usize, usize)> {
    let from = flat.len().saturating_sub(300);
    let groups = LEAD_IN_BRACKETS.groups(&flat[from..])?;
    let (a, b) = groups[1].or(groups[2])?;
    agencies::opens(&flat[from + a..from + b]).then_some((from + a, from + b))
}

/// An agency takes over when it stands as a heading (numbered, or with a colon) or is told to do something.
fn takes_over(block: &Block, flat: &str, name_end: usize, rest: usize, held: bool) -> bool {
    let alone = rest >= flat.len();
    let colon = flat[name_end..rest.min(flat.len())].contains(':') || flat.trim_end().ends_with(':');
    let numbered = block.marker < Marker::Dash;
    if alone {
        return (numbered || colon) && flat.len() <= AGENCY_CHARS_MAX;
    }
    let given = flat.starts_with("giao ")
        || flat.starts_with("DE nghi ")
        || flat.starts_with("yEu cAu ")
        || flat.starts_with("phAn cOng ");
    colon
        || given
        || (numbered && (!held || block.marker <= Marker::Arabic))
        || (!held && agencies::asks(&flat[name_end..]))
}

/// A heading of the holder's rank or above ends its list.
fn closes(block: &Block, holder: &Option<Holder>) -> bool {
    holder.as_ref().is_some_and(|h| block.marker < Marker::Dash && block.marker <= h.marker && h.marker != Marker::None)
        || block.upper
        || holder.as_ref().is_some_and(|h| h.marker == Marker::None && block.marker < Marker::Arabic)
}

fn prose_task(view: &View, block: &Block, start: usize, lead: Option<String>, reason: &str) -> Task {
    let flat = view.flat(start, block.end);
    let (quote, offset) = view.quote(block.body, block.end);
    let period = || PERIOD.groups(flat).and_then(|g| g[1].or(g[2]).or(g[3]));
    let deadline = DEADLINE.find(flat).or_else(period).map(|(a, b)| view.text(start + a, start + b));
    let coordinating = agencies::helpers(view, start, flat).map(|(a, b)| agencies::name(view, start + a, start + b));
    Task {
        task: view.text(start, block.end),
        product: None,
        deadline,
        lead,
        coordinating,
        group: None,
        ordinal: Some(view.text(block.start, block.body)).filter(|t| !t.is_empty() && t != "-" && t != "+"),
        quote,
        offset,
        confidence: 0.75,
        reason: reason.into(),
    }
}

fn item_task(view: &View, block: &Block, lead: Option<String>, reason: &str) -> Task {
    Task { deadline: None, coordinating: None, confidence: 0.85, ..prose_task(view, block, block.body, lead, reason) }
}

/// A line that only says who, with whom, when or what for the item above.
fn label(flat: &str) -> Option<(usize, usize)> {
    let groups = LABEL.groups(&flat[..flat.len().min(90)])?;
    let field = (1..=4).find(|i| groups[*i].is_some())?;
    groups[0].map(|(_, end)| (field, end)).filter(|(_, end)| *end < flat.len())
}

fn fill(task: &mut Task, field: usize, value: String) {
    let slot = match field {
        1 => &mut task.lead,
        2 => &mut task.coordinating,
        3 => &mut task.deadline,
        _ => &mut task.product,
    };
    *slot = Some(value);
}

#[cfg(test)]
mod tests {
    use crate::read_plan;

    #[test]
    fn lettered_items_belong_to_the_agency_above_them() {
        let plan = read_plan(
            "V. TỔ CHỨC THỰC HIỆN\n1. Sở Nội vụ:\na) Chủ trì, phối hợp với Sở Tài chính tham mưu kế hoạch, trình trước ngày 15/12 hằng năm.\nb) Theo dõi, đôn đốc việc thực hiện Kế hoạch này.\n2. Sở Y tế: Tổ chức khảo sát mức độ hài lòng của người bệnh.",
        );
        let leads: Vec<_> = plan.tasks.iter().map(|t| t.lead.clone().unwrap()).collect();
        assert_eq!(leads, ["Sở Nội vụ", "Sở Nội vụ", "Sở Y tế"]);
        assert_eq!(plan.tasks[0].coordinating.as_deref(), Some("Sở Tài chính"));
        assert_eq!(plan.tasks[0].deadline.as_deref(), Some("trước ngày 15/12 hằng năm"));
        assert_eq!(plan.tasks[2].task, "Tổ chức khảo sát mức độ hài lòng của người bệnh.");
    }

    #[test]
    fn an_order_to_one_agency_is_a_task() {
        let plan = read_plan(
            "1. Giao Sở Nội vụ chủ trì, phối hợp các cơ quan có liên quan tham mưu Ủy ban nhân dân tỉnh triển khai thực hiện Nghị quyết nêu trên.",
        );
        assert_eq!(plan.tasks.len(), 1);
        assert_eq!(plan.tasks[0].lead.as_deref(), Some("Sở Nội vụ"));
        assert_eq!(plan.tasks[0].coordinating.as_deref(), Some("các cơ quan có liên quan"));
    }

    #[test]
    fn lines_of_lead_time_and_product_belong_to_the_item_above() {
        let plan = read_plan(
            "III. NHIỆM VỤ\na) Xây dựng Kho dữ liệu dùng chung của tỉnh.\n- Cơ quan chủ trì: Sở Thông tin và Truyền thông.\n- Cơ quan phối hợp: Các sở, ban, ngành.\n- Thời gian hoàn thành: Quý IV/2023.\n- Sản phẩm: Kho dữ liệu.",
        );
        assert_eq!(plan.tasks.len(), 1);
        let task = &plan.tasks[0];
        assert_eq!(task.lead.as_deref(), Some("Sở Thông tin và Truyền thông"));
        assert_eq!(task.coordinating.as_deref(), Some("Các sở, ban, ngành"));
        assert_eq!(task.deadline.as_deref(), Some("Quý IV/2023"));
        assert_eq!(task.product.as_deref(), Some("Kho dữ liệu"));
    }
}
