//! Tasks given in prose: items under a lead agency, *Sở X: chủ trì, phối hợp …*, and items followed
//! by lines *Cơ quan chủ trì: …*.

use crate::agencies;
use crate::blocks::{Block, Marker};
use crate::fold::patterns;
use crate::labels::{Field, labels};
use crate::outline::{Place, Section};
use crate::plan::Task;
use crate::view::View;
use crate::work;

/// Longest block that can be an agency standing alone as a heading.
const AGENCY_CHARS_MAX: usize = 260;
/// Furthest an order may stand behind what it is about, in characters.
const STATEMENT_AT_MAX: usize = 240;
/// Longest agency standing alone without a number or a colon.
const PLAIN_AGENCY_CHARS_MAX: usize = 120;

patterns! {
    /// When a task is to be done, as written.
    DEADLINE = r"(?:trước (?:\d{1,2}(?:h|g| giờ)\d{0,2} ?,? ?)?(?:ngày \d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?|ngày \d{1,2} tháng \d{1,2}(?: năm \d{4})?|ngày \d{1,2}|\d{1,2}[/.]\d{1,2}(?:[/.]\d{4})?|tháng \d{1,2}(?:[/-]\d{4}| năm \d{4})?|quý [iv]{1,3}(?:/\d{4})?)(?:(?: và|,) (?:ngày )?\d{1,2}/\d{1,2}(?:/\d{4})?)*(?: (?:hàng|hằng) (?:năm|quý|tháng))?|trong (?:quý (?:[iv]{1,3}|\d)(?:[/-]\d{4}| năm \d{4})?|năm \d{4}|tháng \d{1,2}(?:[/-]\d{4}| năm \d{4}))|quý (?:[iv]{1,3}|[1-4])(?:[/-]\d{4}| năm \d{4})|chậm nhất (?:là )?(?:ngày )?\d{1,2}/\d{1,2}(?:/\d{4})?|(?:hoàn thành|xong) (?:vào |trong )?(?:năm|tháng \d{1,2}[/-]) ?\d{4}|(?:đến|vào) (?:hết )?năm \d{4})";
    /// A period says when only where it stands for itself, not inside a name (*kế hoạch hàng năm*).
    PERIOD = r"^\W*((?:định kỳ )?(?:hàng|hằng) (?:năm|quý|tháng|tuần)|thường xuyên)\b|(định kỳ (?:hàng|hằng) (?:năm|quý|tháng|tuần))|[,;.] ((?:hàng|hằng) (?:năm|quý|tháng|tuần)),|\s((?:hàng|hằng) (?:tháng|tuần))\W*$";
    LEAD_IN_BRACKETS = r"\(([^():]{3,140}?) (?:chủ trì|làm đầu mối|tham mưu)\b[^()]*\)|\((?:cơ quan |đơn vị )?chủ trì(?: thực hiện)?:? ([^();]{3,140})[^()]*\)";
    RECIPIENTS = r"^nơi nhận";
    /// *Căn cứ Kế hoạch này, các sở …*: what it rests on, then who.
    RESTS_ON = r"^(?:căn cứ|trên cơ sở|theo|thực hiện)\b[^.;:,]{0,160},\s";
    /// *Chủ tịch UBND tỉnh yêu cầu các sở …*: who asks, then who is asked.
    ASKS = r"(?:yêu cầu|chỉ thị|giao|đề nghị)\s";
}

struct Holder {
    marker: Marker,
    name: String,
    /// Named by a lead-in that announces a list ("… thực hiện các nội dung sau:").
    announced: bool,
}

/// What lines under an item said before a lead made it a task.
#[derive(Default)]
struct Pending {
    fields: Vec<(Field, String)>,
}

/// Tasks of the prose, in the order of the text. `skip` marks blocks that belong to tables.
/// Gives who is asked at each block, for the duties to report.
pub(crate) fn duties(
    view: &View,
    blocks: &[Block],
    places: &[Place],
    skip: &[bool],
    out: &mut Vec<Task>,
) -> Vec<Option<String>> {
    let mut reader = Reader { view, blocks, holder: None, item: None, added: None, pending: Pending::default(), out };
    let mut held = vec![None; blocks.len()];
    let mut recipients = false;
    for (i, block) in blocks.iter().enumerate() {
        if skip[i] || block.cell.is_some() || block.closes_cell || block.end <= block.body {
            continue;
        }
        let flat = view.flat(block.body, block.end);
        recipients = recipients && block.marker == Marker::Dash || RECIPIENTS.is_match(flat);
        if recipients || places[i].section == Some(Section::Situation) {
            continue;
        }
        reader.read(i, block, flat, places[i].section);
        held[i] = reader.holder.as_ref().map(|h| h.name.clone());
    }
    held
}

struct Reader<'a, 'b> {
    view: &'a View<'a>,
    blocks: &'a [Block],
    holder: Option<Holder>,
    /// The last block that may turn out to be a task when a line *Cơ quan chủ trì:* follows.
    item: Option<usize>,
    /// The task that such lines are about.
    added: Option<usize>,
    pending: Pending,
    out: &'b mut Vec<Task>,
}

impl Reader<'_, '_> {
    fn read(&mut self, i: usize, block: &Block, flat: &str, section: Option<Section>) {
        let said = labels(flat);
        if said.first().is_some_and(|l| l.at == 0) {
            for label in &said {
                let value = agencies::name(self.view, block.body + label.value.0, block.body + label.value.1);
                self.label(label.field, value);
            }
            return;
        }
        self.item = Some(i);
        self.added = None;
        self.pending = Pending::default();
        if closes(block, &self.holder) || block.marker == Marker::None && work::closing(flat) {
            self.holder = None;
        }
        if let Some(task) = self.item_with_labels(block, &said) {
            self.push(task);
            return;
        }
        if let Some((a, b)) = bracketed_lead(flat) {
            let lead = agencies::name(self.view, block.body + a, block.body + b);
            self.push(self.prose_task(block, block.body, Some(lead), "an item with its lead in brackets"));
            return;
        }
        let from = self.asked_from(flat);
        match agencies::opening(self.view, block.body + from, &flat[from..]) {
            Some(((start, end), rest)) if self.takes_over(i, flat, from, (end, rest), section.is_some()) => {
                let name = agencies::name(self.view, block.body + from + start, block.body + from + end);
                self.lead(block, &flat[from..], from, rest, name, section);
            }
            _ => self.under_holder(i, block, flat, section),
        }
    }

    /// A line that says who, with whom, when or what of the item above it.
    fn label(&mut self, field: Field, value: String) {
        if self.added.is_none() && field == Field::Lead {
            let Some(item) = self.item.and_then(|at| self.blocks.get(at)) else { return };
            let task = Task {
                deadline: None,
                coordinating: None,
                confidence: 0.85,
                ..self.prose_task(item, item.body, None, "an item with its own lead")
            };
            self.push(task);
            for (field, value) in std::mem::take(&mut self.pending.fields) {
                self.label(field, value);
            }
        }
        match self.added.and_then(|at| self.out.get_mut(at)) {
            Some(task) => fill(task, field, value),
            None => self.pending.fields.push((field, value)),
        }
    }

    /// "Nâng cấp hệ thống (Cơ quan chủ trì: …; thời gian: …)": an item that says all of it in its own text.
    fn item_with_labels(&self, block: &Block, said: &[crate::labels::Label]) -> Option<Task> {
        let lead = said.iter().find(|l| l.field == Field::Lead)?;
        let first = said.first().map_or(lead.at, |l| l.at.min(lead.at));
        let text = self.view.text(block.body, block.body + first);
        let text = text.trim_end_matches(|c: char| c.is_whitespace() || "(.;,-–".contains(c));
        let mut task = self.prose_task(block, block.body, None, "an item with its own lead");
        (task.deadline, task.coordinating, task.task) = (None, None, text.to_owned());
        for label in said {
            fill(
                &mut task,
                label.field,
                agencies::name(self.view, block.body + label.value.0, block.body + label.value.1),
            );
        }
        let named = task.lead.as_deref().is_some_and(|l| agencies::opens(&crate::fold::folded(l)));
        (named && work::long_enough(text)).then_some(task)
    }

    /// Where the one who is asked is named: after *Căn cứ …,* or after *Chủ tịch … yêu cầu*.
    fn asked_from(&self, flat: &str) -> usize {
        if let Some((_, end)) = RESTS_ON.find(&flat[..flat.len().min(240)])
            && agencies::opens(&flat[end..])
        {
            return end;
        }
        let over = agencies::lead_over(flat);
        if over > 0 && agencies::opens(&flat[over..]) {
            return over;
        }
        let head = &flat[..flat.len().min(1200)];
        let announces = flat.trim_end().ends_with(':');
        let asked = ASKS.all(head).into_iter().filter(|(at, end)| *at > 0 && agencies::opens(&head[*end..]));
        let asked: Vec<(usize, usize)> = asked.collect();
        if announces {
            return asked.last().map_or(0, |(_, end)| *end);
        }
        // "Về giải ngân: yêu cầu các chủ đầu tư …", "Đồng ý chủ trương; giao Sở Công Thương …".
        let begins = |at: usize| head[..at].trim_end().ends_with([':', ';', '.']) && at < STATEMENT_AT_MAX;
        let told = |at: usize| at < 60 && work::authority(&head[..at]) || begins(at);
        asked.into_iter().find(|(at, _)| told(*at)).map_or(0, |(_, end)| end)
    }

    fn lead(&mut self, block: &Block, flat: &str, from: usize, rest: usize, name: String, section: Option<Section>) {
        let duty = flat.get(rest..).unwrap_or("");
        if work::is_work(duty) && section != Some(Section::Budget) {
            let at = block.body + from + rest;
            self.push(self.prose_task(block, at, Some(name.clone()), "a lead agency and its duty"));
        }
        if duty.len() <= 200 || block.marker != Marker::None {
            let announced = flat.trim_end().ends_with(':');
            self.holder = Some(Holder { marker: block.marker, name, announced });
        }
    }

    fn under_holder(&mut self, i: usize, block: &Block, flat: &str, section: Option<Section>) {
        let Some(held) = &self.holder else { return };
        let listed = held.marker < Marker::Dash || held.announced && block.marker != Marker::None;
        let asked = listed && !self.is_heading(i, flat) || work::begins(flat);
        if asked && work::is_work(flat) && section != Some(Section::Budget) {
            let name = held.name.clone();
            self.push(self.prose_task(block, block.body, Some(name), "an item under a lead agency"));
        }
    }

    /// A short item without an end, over deeper ones, only names what they are about.
    fn is_heading(&self, i: usize, flat: &str) -> bool {
        let deeper = self.blocks.get(i + 1).is_some_and(|next| next.marker > self.blocks[i].marker);
        deeper && flat.len() < 90 && !flat.trim_end().ends_with(['.', ';', ',']) && !work::begins(flat)
    }

    /// An agency takes over when it stands as a heading (numbered, or with a colon) or is told to do something.
    fn takes_over(&self, i: usize, whole: &str, from: usize, (name_end, rest): (usize, usize), outlined: bool) -> bool {
        let (block, flat) = (&self.blocks[i], &whole[from..]);
        let plainly = block.marker == Marker::None && self.holder.as_ref().is_some_and(|h| h.marker == Marker::None);
        let held = self.holder.is_some() && !plainly;
        let colon = flat[name_end..rest.min(flat.len())].contains(':') || flat.trim_end().ends_with(':');
        let numbered = block.marker < Marker::Dash;
        if rest >= flat.len() {
            let ended = flat.trim_end().ends_with(['.', ';']);
            let next = self.blocks.get(i + 1).map(|n| (n.marker, self.view.flat(n.body, n.end)));
            let plain = flat.len() < PLAIN_AGENCY_CHARS_MAX
                && !block.upper
                && self.view.char(block.body).is_some_and(char::is_uppercase)
                && next.is_some_and(|(marker, text)| marker >= Marker::Bracketed && work::begins(text));
            return !ended && (numbered || colon || plain) && flat.len() <= AGENCY_CHARS_MAX;
        }
        // A line of a news page that ends without a stop is a headline.
        if block.marker == Marker::None && !flat.trim_end().ends_with(['.', ';', ':', '/', ',']) {
            return false;
        }
        let given = from > 0
            || flat.starts_with("giao ")
            || flat.starts_with("DE nghi ")
            || flat.starts_with("yEu cAu ")
            || flat.starts_with("phAn cOng ");
        colon
            || given
            || numbered && (!held || block.marker <= Marker::Arabic)
            || outlined && !held && agencies::asks(&flat[name_end..])
    }

    fn push(&mut self, task: Task) {
        self.out.push(task);
        self.added = Some(self.out.len() - 1);
    }

    fn prose_task(&self, block: &Block, start: usize, lead: Option<String>, reason: &str) -> Task {
        let view = self.view;
        let flat = view.flat(start, block.end);
        let (quote, offset) = view.quote(block.body, block.end);
        let period = || PERIOD.groups(flat).and_then(|g| g[1].or(g[2]).or(g[3]).or(g[4]));
        let deadline = DEADLINE.find(flat).or_else(period).map(|(a, b)| view.text(start + a, start + b));
        let coordinating =
            agencies::helpers(view, start, flat).map(|(a, b)| agencies::name(view, start + a, start + b));
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
}

/// "(Sở Nội vụ chủ trì, phối hợp với …)" at the end of an item.
fn bracketed_lead(flat: &str) -> Option<(usize, usize)> {
    let from = flat.len().saturating_sub(300);
    let groups = LEAD_IN_BRACKETS.groups(&flat[from..])?;
    let (a, b) = groups[1].or(groups[2])?;
    agencies::opens(&flat[from + a..from + b]).then_some((from + a, from + b))
}

/// A heading of the holder's rank or above ends its list.
fn closes(block: &Block, holder: &Option<Holder>) -> bool {
    let Some(held) = holder else { return false };
    let ranked = held.marker != Marker::None && block.marker < Marker::Dash && block.marker <= held.marker;
    let outranked = held.marker == Marker::None && block.marker < Marker::Arabic;
    ranked || outranked || block.upper
}

fn fill(task: &mut Task, field: Field, value: String) {
    let slot = match field {
        Field::Lead => &mut task.lead,
        Field::Coordinating => &mut task.coordinating,
        Field::Deadline => &mut task.deadline,
        Field::Product => &mut task.product,
    };
    *slot = Some(value);
}

#[cfg(test)]
mod tests {
    use crate::read_plan;

    #[test]
    fn lettered_items_belong_to_the_agency_above_them() {
        let plan = read_plan(
            "V. TỔ CHỨC THỰC HIỆN\n1. Sở Nội vụ:\na) Chủ trì, phối hợp với Sở Tài chính tham mưu kế hoạch, trình trước ngày 15/12 hằng năm.\nb) Bảo đảm việc theo dõi, đôn đốc thực hiện Kế hoạch này.\n2. Sở Y tế: Tổ chức khảo sát mức độ hài lòng của người bệnh.",
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
            "III. NHIỆM VỤ\na) Xây dựng Kho dữ liệu dùng chung của tỉnh.\n- Thời gian hoàn thành: Quý IV/2023.\n- Cơ quan chủ trì: Sở Thông tin và Truyền thông.\n- Cơ quan phối hợp: Các sở, ban, ngành.\n- Sản phẩm: Kho dữ liệu.",
        );
        assert_eq!(plan.tasks.len(), 1);
        let task = &plan.tasks[0];
        assert_eq!(task.lead.as_deref(), Some("Sở Thông tin và Truyền thông"));
        assert_eq!(task.coordinating.as_deref(), Some("Các sở, ban, ngành"));
        assert_eq!(task.deadline.as_deref(), Some("Quý IV/2023"));
        assert_eq!(task.product.as_deref(), Some("Kho dữ liệu"));
    }

    #[test]
    fn a_line_of_time_alone_makes_no_task() {
        assert!(read_plan("KẾ HOẠCH\nHội thi tuyên truyền\nThời gian: từ ngày 5/6 đến 30/6/2025.").tasks.is_empty());
    }

    #[test]
    fn an_item_may_say_its_lead_and_time_in_its_own_text() {
        let plan = read_plan(
            "III. NHIỆM VỤ\n1. Nâng cấp hệ thống thông tin một cửa (Cơ quan chủ trì: Văn phòng UBND tỉnh; thời gian hoàn thành: Quý III/2026).\n2. Tổ chức hội nghị sơ kết. Đơn vị thực hiện: Sở Nội vụ. Thời gian: tháng 12/2026.",
        );
        let found: Vec<_> =
            plan.tasks.iter().map(|t| (t.task.as_str(), t.lead.as_deref(), t.deadline.as_deref())).collect();
        assert_eq!(
            found,
            [
                ("Nâng cấp hệ thống thông tin một cửa", Some("Văn phòng UBND tỉnh"), Some("Quý III/2026")),
                ("Tổ chức hội nghị sơ kết", Some("Sở Nội vụ"), Some("tháng 12/2026")),
            ]
        );
    }

    #[test]
    fn a_lead_in_that_names_the_asked_gives_the_list_to_them() {
        let plan = read_plan(
            "Để thực hiện tốt công tác trên, Chủ tịch Ủy ban nhân dân tỉnh yêu cầu Giám đốc các sở, Chủ tịch Ủy ban nhân dân các xã, phường thực hiện các nội dung sau:\n1. Rà soát, cập nhật phương án ứng phó thiên tai.\n2. Quản lý chặt chẽ tàu thuyền ra khơi.",
        );
        assert_eq!(plan.tasks.len(), 2, "{:?}", plan.tasks);
        let lead = plan.tasks[1].lead.as_deref();
        assert_eq!(lead, Some("Giám đốc các sở, Chủ tịch Ủy ban nhân dân các xã, phường"));
    }
}
