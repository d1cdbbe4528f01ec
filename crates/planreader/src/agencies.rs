//! Names of agencies, and who leads and who helps in a sentence.

use crate::fold::patterns;
use crate::view::View;

/// Longest name of an agency or list of agencies, in characters.
const NAME_CHARS_MAX: usize = 320;

/// Words as written that fold like the first word of an agency.
const OTHER_WORDS: [&str; 20] = [
    "bảo", "bao", "bào", "bố", "bổ", "sơ", "bản", "bàn", "bán", "bạn", "đại", "đãi", "phong", "phóng", "viên", "viễn",
    "hồi", "hối", "vũ", "ngánh",
];

patterns! {
    /// Opens with an agency. What is asked of it follows.
    OPENS = r"^(?:trách nhiệm (?:của |thực hiện )?|đề nghị |giao |yêu cầu |phân công |đối với |nhiệm vụ của )?(?:các )?(?:giám đốc |thủ trưởng |chủ tịch |chánh |trưởng |người đứng đầu |phó |đồng chí )?(?:các )?(?:sở\b|bộ\b|ban\b|văn phòng|thanh tra|công an|bộ chỉ huy|bộ tư lệnh|ủy ban|ubnd|ubmttq|mttq|hđnd|hội đồng|cục\b|chi cục|tổng cục|vụ\b|kho bạc|bảo hiểm xã hội|báo |đài\b|trung tâm|trường (?:chính trị|đại học|cao đẳng)|phòng\b|cơ quan|đơn vị|ngành|địa phương|hội\b|đoàn (?:thanh niên|thể)|tỉnh đoàn|liên đoàn|mặt trận|ngân hàng|viện\b|bưu điện|vnpt|viettel|mobifone|doanh nghiệp|tập đoàn|hiệp hội|cổng thông tin|đảng ủy|huyện ủy|thành ủy|thị ủy|tỉnh ủy|cấp ủy|các huyện|thành viên|tổ (?:công tác|chuyên|công nghệ)|thường trực|tòa án|viện kiểm sát|liên minh|thủ trưởng|công ty|điện lực|cơ sở|chủ (?:rừng|đầu tư|cơ sở|tàu|dự án|phương tiện|hộ)|nhà thầu|nhà trường|hiệu trưởng|học viện|bệnh viện|hạt kiểm lâm|tổng công ty|lực lượng)\b";
    /// Words that begin like an agency and are none: *ban hành*, *báo cáo*, *sơ kết*, *bộ chỉ số*.
    NOT_AGENCY = r"^(?:đề nghị |giao |yêu cầu |phân công |đối với )?(?:các )?(?:ban hành|báo cáo|bộ (?:phận|chỉ số|tiêu chí|dữ liệu|máy|thủ tục|câu hỏi|tài liệu)|sơ (?:kết|đồ|tổng)|phòng,? chống|hội (?:nghị|thảo|thi)|vụ (?:việc|đông|xuân)|cơ sở (?:dữ liệu|hạ tầng|vật chất|pháp)|đài thọ|đoàn (?:kết|viên)|trung tâm (?:của|là)|cục diện|đơn vị (?:tính|hành chính)|báo (?:chí|hiệu|động|tin)|bảo (?:đảm|vệ|quản|tồn|dưỡng|hộ|mật)|bố trí|bổ (?:sung|nhiệm))";
    VERB = r"[,:]?\s(?:sẽ |cần |đã )?(?:là (?:cơ quan|đơn vị|đầu mối)|chủ trì|chịu trách nhiệm|có trách nhiệm|phối hợp|tham mưu|xây dựng|tổ chức|triển khai|thực hiện|hướng dẫn|theo dõi|căn cứ|chủ động|định kỳ|tăng cường|đẩy mạnh|tiếp tục|báo cáo|rà soát|bố trí|cân đối|thẩm định|tuyên truyền|quán triệt|ban hành|chỉ đạo|đôn đốc|tổng hợp|lãnh đạo|nghiên cứu|tập trung|tiến hành|hằng năm|hàng năm|thường xuyên|bảo đảm|đảm bảo|có (?:phương án|kế hoạch|biện pháp|giải pháp|nhiệm vụ)|vận động|khẩn trương|quản lý|sử dụng|xử lý|giải quyết|chuẩn bị|dự thảo|đẩy nhanh|hoàn thiện|hoàn thành|thành lập|phổ biến|tích cực|sẵn sàng|quan tâm|cụ thể hóa|đưa|giám sát|phát huy|lập|trình|gửi|tham gia|phản ánh|xác định|kịp thời|khẩn trương|công bố|công khai|cung cấp|nâng cao|hỗ trợ|kiểm tra|trên cơ sở|trong phạm vi|theo chức năng|thông qua|đăng tải|vận động|lồng ghép|phát động|trực tiếp|nghiêm túc|nghiêm chỉnh|phải)\b";
    /// *tổ chức chính trị*, *tổ chức đảng*: a body, not the verb.
    NOUN_AFTER = r"^\s(?:chính trị|đảng|đoàn|xã hội|thành viên|hội\b|có liên quan|liên quan|cơ sở|sự nghiệp|khoa học|tín dụng|công đoàn|kinh tế)";
    HELPS = r"phối hợp(?: chặt chẽ)?(?:,? ?với|:)?\s((?:các )?(?:sở|bộ|ban|cơ quan|đơn vị|ủy ban|ubnd|văn phòng|ngành|địa phương|huyện|thanh tra|công an|cục|chi cục|hội|mặt trận|đoàn|tổ chức|trung tâm|bưu điện|phòng|báo|đài|kho bạc|bảo hiểm|viện|trường|doanh nghiệp|mttq|tỉnh|liên đoàn|vnpt|ngân hàng)\b[^.;:()]{0,260})";
    HELP_ENDS = r"\s(?:tham mưu|xây dựng|thực hiện|tổ chức|triển khai|hướng dẫn|rà soát|thẩm định|đẩy mạnh|nâng cao|kiểm tra|theo dõi|trình|đề xuất|đổi mới|tiếp tục|nghiên cứu|tuyên truyền|hoàn thiện|bố trí|cân đối|để|trong việc|đôn đốc|giám sát|tiến hành|ban hành|tăng cường|lập|cung cấp|công bố|quản lý|phát triển|đánh giá|chỉ đạo|duy trì|vận hành|tổng hợp|báo cáo|bảo đảm|đảm bảo|hỗ trợ|cập nhật|số hóa|tích hợp|kết nối|mở|phát động|nâng cấp|khảo sát|điều tra|lấy ý kiến|chuẩn bị|thành lập|biên soạn|sửa đổi|đào tạo|bồi dưỡng|khẩn trương|thường xuyên|kịp thời|xử lý|kiểm soát|giải quyết|tháo gỡ|khắc phục|xác định|phân bổ|phổ biến|vận động|ứng dụng|tập huấn|quyết toán|tính toán|dự thảo|soạn thảo|phân loại|chuyển|bảo vệ|quy hoạch|đầu tư|phòng, chống|ngăn chặn|phát hiện|tập trung|bổ sung|thống nhất|đăng tải|cụ thể hóa|thông tin|thông báo)\b";
    LEADS_OVER = r"^(?:bên cạnh đó|đồng thời|ngoài ra|cùng với đó|theo đó|trước mắt|cụ thể|bên cạnh việc đó|mặt khác)[,:]\s";
    POLITE = r"^(?:trách nhiệm (?:của |thực hiện )?|đề nghị |giao |yêu cầu |phân công |đối với |nhiệm vụ của )";
    LEADS = r"(?:chủ trì|tham mưu|chịu trách nhiệm|có trách nhiệm|phối hợp|thực hiện|xây dựng|tổ chức|triển khai|chủ động|hướng dẫn|theo dõi|rà soát)";
}

/// Words that lead over to who is meant: *Bên cạnh đó, các sở …*; their length, 0 for none.
pub(crate) fn lead_over(flat: &str) -> usize {
    LEADS_OVER.find(&flat[..flat.len().min(60)]).map_or(0, |(_, end)| end)
}

/// Whether a text opens with the name of an agency.
pub(crate) fn opens(flat: &str) -> bool {
    let head = &flat[..flat.len().min(120)];
    OPENS.is_match(head) && !NOT_AGENCY.is_match(head)
}

/// A verb, and not a word of a name: *Ban Tổ chức Tỉnh ủy*, *tổ chức chính trị - xã hội*.
fn is_verb(view: &View, at: usize, text: &str, (start, end): (usize, usize)) -> bool {
    let first = start + text[start..end].len() - text[start..end].trim_start_matches([' ', ',', ':']).len();
    let named = text[start..].starts_with(' ') && view.char(at + first).is_some_and(char::is_uppercase);
    let noun = text[start..end].ends_with("tO chUc") && NOUN_AFTER.is_match(&text[end..]);
    !named && !noun
}

/// A word that only without its tones is that of an agency: *bảo* is no *báo*, *sơ* no *sở*.
fn misread(view: &View, at: usize, head: &str) -> bool {
    let start = POLITE.find(head).map_or(0, |(_, end)| end);
    let start = start + if head[start..].starts_with("cac ") { 4 } else { 0 };
    let end = head[start..].find(' ').map_or(head.len(), |length| start + length);
    let word = view.text(at + start, at + end).to_lowercase();
    let insurance = head[start..].starts_with("bao hiEm");
    !insurance && OTHER_WORDS.contains(&word.as_str())
}

/// The agency a text opens with: up to the colon or the verb of what is asked. `at` is where the text
/// stands in the view. Gives its range within the text and where the duty starts.
pub(crate) fn opening(view: &View, at: usize, flat: &str) -> Option<((usize, usize), usize)> {
    let head = &flat[..flat.len().min(NAME_CHARS_MAX)];
    if !opens(head) || misread(view, at, head) {
        return None;
    }
    let start = POLITE.find(head).map_or(0, |(_, end)| end);
    let colon = head.find(':');
    let verb =
        VERB.all(head).into_iter().find(|(a, b)| *a > start + 2 && is_verb(view, at, head, (*a, *b))).map(|(a, _)| a);
    let end = match (colon, verb) {
        (Some(c), Some(v)) => {
            // "Các Sở: Nội vụ, Tài chính chủ trì": the colon belongs to the name.
            if c < v && matches!(head[start..c].trim(), "cac sQ" | "cac bO" | "sQ" | "cac ban") { v } else { c.min(v) }
        }
        (Some(c), None) => c,
        (None, Some(v)) => v,
        (None, None) if flat.len() <= NAME_CHARS_MAX => head.len(),
        (None, None) => return None,
    };
    let name_end = start + head[start..end].trim_end_matches([' ', ',', ':']).len();
    let rest = end + flat[end..].len() - flat[end..].trim_start_matches([' ', ',', ':']).len();
    // "Đối với ngành có tỷ lệ nữ dưới 30% thì …" says on which condition, not who.
    let conditional = head[start..end].contains('%') || head[start..end].contains("ty lE");
    (name_end > start + 2 && !conditional).then_some(((start, name_end), rest))
}

/// Those named after *phối hợp với*, as a range within the text.
pub(crate) fn helpers(view: &View, at: usize, flat: &str) -> Option<(usize, usize)> {
    let groups = HELPS.groups(&flat[..flat.len().min(900)])?;
    let (start, end) = groups[1]?;
    let named = &flat[start..end];
    let ends = HELP_ENDS.all(named).into_iter().find(|found| is_verb(view, at + start, named, *found));
    let cut = ends.map_or(named.len(), |(at, _)| at);
    let trimmed = named[..cut].trim_end_matches([' ', ',']).len();
    (trimmed > 2).then_some((start, start + trimmed))
}

/// Whether a text gives somebody something to do.
pub(crate) fn asks(flat: &str) -> bool {
    LEADS.is_match(&flat[..flat.len().min(NAME_CHARS_MAX)])
}

/// A name as written, without brackets left open and closing signs.
pub(crate) fn name(view: &View, start: usize, end: usize) -> String {
    view.text(start, end).trim_matches(|c: char| c.is_whitespace() || ",;:.-".contains(c)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;

    fn agency(text: &str) -> Option<String> {
        let view = View::new(text);
        opening(&view, 0, &folded(text)).map(|((a, b), _)| name(&view, a, b))
    }

    #[test]
    fn an_agency_ends_at_the_colon_or_the_verb() {
        assert_eq!(agency("Sở Tư pháp: Chủ trì, phối hợp").as_deref(), Some("Sở Tư pháp"));
        assert_eq!(agency("Giao Sở Nội vụ chủ trì, phối hợp các cơ quan").as_deref(), Some("Sở Nội vụ"));
        assert_eq!(
            agency("Văn phòng Ủy ban nhân dân tỉnh có trách nhiệm theo dõi").as_deref(),
            Some("Văn phòng Ủy ban nhân dân tỉnh")
        );
        assert_eq!(
            agency("Trách nhiệm của Thủ trưởng các Sở, ban, ngành:").as_deref(),
            Some("Thủ trưởng các Sở, ban, ngành")
        );
        assert_eq!(agency("Tiếp tục rà soát thủ tục"), None);
    }

    #[test]
    fn helpers_end_where_the_work_begins() {
        let view = View::new("Chủ trì, phối hợp với Sở Tài chính đổi mới cơ chế");
        let text = view.all();
        let (a, b) = helpers(&view, 0, text).unwrap();
        assert_eq!(&text[a..b], folded("Sở Tài chính"));
        let view =
            View::new("Chủ trì, phối hợp với Ban Tổ chức Tỉnh ủy, các cơ quan, đơn vị liên quan tham mưu UBND tỉnh");
        let text = view.all();
        let (a, b) = helpers(&view, 0, text).unwrap();
        assert_eq!(&text[a..b], folded("Ban Tổ chức Tỉnh ủy, các cơ quan, đơn vị liên quan"));
    }
}
