//! What is a piece of work, and what only looks like one: lead-ins, formulas of promulgation, general
//! duties that a document gives to everybody, sentences of funding and closing.

use crate::fold::patterns;

/// Fewer characters than this are no piece of work.
const WORK_CHARS_MIN: usize = 14;
/// Clauses of one duty that are looked at.
const CLAUSES_MAX: usize = 40;

patterns! {
    TASK_VERB = r"^\W*(?:chủ trì|phối hợp|tham mưu|xây dựng|tổ chức|triển khai|thực hiện|hướng dẫn|theo dõi|chủ động|định kỳ|tăng cường|đẩy mạnh|tiếp tục|báo cáo|rà soát|bố trí|cân đối|thẩm định|tuyên truyền|quán triệt|ban hành|chỉ đạo|đôn đốc|tổng hợp|nghiên cứu|tập trung|tiến hành|hằng năm|hàng năm|thường xuyên|bảo đảm|đảm bảo|quan tâm|đưa|giám sát|phát huy|lập|trình|gửi|tham gia|chịu trách nhiệm|căn cứ|trên cơ sở|là (?:cơ quan|đơn vị|đầu mối)|hoàn thành|hoàn thiện|đổi mới|nâng cao|xác định|trực tiếp|giao|công khai|cung cấp|kịp thời|khẩn trương|các sở|lồng ghép|vận động|kiểm tra|phân công|áp dụng|duy trì|phát triển|số hóa|nâng cấp|sắp xếp|đào tạo|đề xuất|thành lập|gắn|bồi dưỡng|mở|in|cập nhật|thu hút|huy động|yêu cầu|đề nghị|quản lý|khai thác|chuẩn hóa|kết nối|tích hợp|vận hành|đầu tư|thí điểm|hỗ trợ|khuyến khích|tập huấn|chấn chỉnh|lấy|xử lý|thông tin|phản ánh|đăng tải|khắc phục|giải quyết|thống kê|thông báo|chuẩn bị|kiện toàn|cải tạo|sửa chữa|tháo gỡ|phê duyệt|quy hoạch|thanh tra|giải tỏa|ngăn chặn|phát hiện|phòng|truyền thông|phổ biến|phân bổ|cải thiện|giáo dục|ứng dụng|chuyển đổi|chuyển|đánh giá|khảo sát|kiểm soát|siết chặt|nghiêm cấm|không (?:để|được)|tạo|thúc đẩy|củng cố|mở rộng|tuyển|sử dụng|giảm|phân cấp|làm tốt|nắm|sẵn sàng|tạo điều kiện|chăm lo|lựa chọn|ký kết|hợp tác|lãnh đạo|cử|rút ngắn|cắt giảm|bảo vệ|bảo tồn|bổ sung|trang bị|xem xét|thực thi|có (?:biện pháp|giải pháp|kế hoạch|phương án))\b";
    /// A duty that is only to report stands among the reports.
    REPORTING_ONLY = r"^\W*(?:(?:thực hiện (?:nghiêm )?chế độ |định kỳ|hằng năm|hàng năm|hằng quý|hàng quý|hằng tháng|hàng tháng|6 tháng|tổng hợp(?: kết quả| tình hình)?(?: thực hiện)?|gửi|lập|chậm nhất|trước (?:ngày )?[\d/]+(?: tháng \d+)?(?: (?:hằng|hàng) (?:năm|quý|tháng))?|thông tin|,|và)\s?)*báo cáo\b";
    PROMULGATES = r"^\W*(?:nghiêm túc |phải )*(?:tổ chức )?(?:triển khai,? )?(?:thực hiện)?\W*$|thực hiện nghiêm(?: túc)? (?:các nội dung |nội dung )?(?:chỉ thị|kế hoạch|quyết định|nghị quyết|công điện|công văn)(?: này)?[./]|chịu trách nhiệm thi hành|có hiệu lực (?:thi hành|kể|từ)|ban hành kèm theo|căn cứ (?:quyết định|chức năng) thi hành|ký ban hành";
    /// What a document asks of everybody: to carry it out, each within its duties.
    GENERAL = r"^\W*(?:(?:căn cứ|trên cơ sở|theo|bám sát)\b[^.;]{0,140}?[, ]\s?)?(?:(?:có trách nhiệm|chịu trách nhiệm|nghiêm túc|khẩn trương|chủ động|tích cực|phối hợp(?: chặt chẽ)?(?: với [^.;]{2,60})?|tổ chức|quán triệt|tập trung|chỉ đạo|lãnh đạo|thực hiện|triển khai|cụ thể hóa|và|,)[, ]*)+(?:(?:có hiệu quả|hiệu quả|nghiêm túc|nghiêm|tốt|đầy đủ|đồng bộ|kịp thời|toàn diện|các nội dung|nội dung|,|và)\s?)*(?:(?:các )?nhiệm vụ(?:,? giải pháp)?|(?:những |các )?nội dung|(?:chỉ thị|kế hoạch|quyết định|nghị quyết|chương trình|đề án|công điện|phương án|quy định))?(?: (?:này|nêu trên|trên|được giao|được phân công|nêu tại [^.;]{2,60}|của [^.;]{2,60}|theo [^.;]{2,80}|đảm bảo [^.;]{2,60}|bảo đảm [^.;]{2,60}|có hiệu quả|hiệu quả|phù hợp [^.;]{2,80}|trên địa bàn[^.;]{0,60}|tại [^.;]{2,60}|đến [^.;]{2,60}))*\W*$";
    NAMES_THIS = r"(?:chức năng|nhiệm vụ|thẩm quyền|kế hoạch|chỉ thị|quyết định|nghị quyết|chương trình|đề án|công điện|nội dung)";
    /// A concrete thing to make lifts a general duty to a piece of work.
    CONCRETE = r"xây dựng|ban hành|tham mưu|hướng dẫn|thẩm định|rà soát|kiểm tra|đôn đốc|tuyên truyền|tập huấn|cụ thể hóa|giám sát|bố trí|chủ trì|trước ngày|quý [iv]|theo dõi|lồng ghép|vận động|phổ biến|quán triệt [^.;]{0,60}\bđến\b";
    /// Sentences of law, funding and hope.
    NO_WORK = r"^\W*(?:kinh phí (?:thực hiện|triển khai|để)|nguồn kinh phí|tuân thủ (?:đúng |nghiêm |đầy đủ )?(?:các )?quy định|(?:và )?chịu trách nhiệm (?:trước|toàn diện|về)[^;]{0,200}$|trong quá trình|quá trình|nếu có|trường hợp|mọi|rất mong|mong|hy vọng|góp phần|nhằm|để |với (?:mục tiêu|phương châm)|qua đó|từ đó|đây là|việc )";
    CLOSING = r"^(?:trên đây|trong quá trình|quá trình (?:thực hiện|triển khai)|(?:kế hoạch|chỉ thị|quyết định|nghị quyết|đề án|chương trình|công điện) này|yêu cầu (?:các|thủ trưởng|giám đốc)|đề nghị các|nhận được|phụ lục|\(kèm|\(đính kèm|nếu (?:có|phát sinh)|kinh phí)";
    AUTHORITY = r"(?:chủ tịch|phó chủ tịch|ủy ban nhân dân|ubnd|thủ tướng|bộ trưởng|bộ|sở|tỉnh ủy|ban thường vụ|thường trực|giám đốc)[^.;:]{0,80}$";
}

/// Whether a block closes the document: nobody's list goes on after it.
pub(crate) fn closing(flat: &str) -> bool {
    CLOSING.is_match(&flat[..flat.len().min(80)])
}

/// Whether a text opens with a verb of work.
pub(crate) fn begins(flat: &str) -> bool {
    TASK_VERB.is_match(&flat[..flat.len().min(80)])
}

/// Whether a text ends with the authority that asks.
pub(crate) fn authority(flat: &str) -> bool {
    AUTHORITY.is_match(flat)
}

/// Long enough to be a piece of work.
pub(crate) fn long_enough(text: &str) -> bool {
    text.chars().count() > WORK_CHARS_MIN
}

/// Work to do: not a lead-in to a list, not a formula of promulgation, not only a report, not what a
/// document asks of everybody.
pub(crate) fn is_work(duty: &str) -> bool {
    let duty = duty.trim_end();
    if duty.ends_with(':') {
        return false;
    }
    let sentences = duty.split_inclusive(". ").flat_map(|s| s.split_inclusive(';'));
    sentences.take(CLAUSES_MAX).any(|clause| {
        clause.len() > WORK_CHARS_MIN
            && !PROMULGATES.is_match(clause)
            && !REPORTING_ONLY.is_match(clause)
            && !NO_WORK.is_match(clause)
            && !general(clause)
    })
}

/// The clause only asks to carry out the document.
fn general(clause: &str) -> bool {
    let clause = clause.trim_end_matches(['.', '/', ' ', ';']);
    GENERAL.is_match(clause) && NAMES_THIS.is_match(clause) && !CONCRETE.is_match(clause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;

    #[test]
    fn a_concrete_duty_is_work() {
        for text in [
            "Chủ trì, phối hợp với các sở, ngành triển khai Kế hoạch này.",
            "Căn cứ Kế hoạch này, xây dựng kế hoạch của đơn vị và tổ chức thực hiện.",
            "Theo dõi, đôn đốc các cơ quan thực hiện Chỉ thị này, báo cáo Chủ tịch.",
            "đẩy nhanh tiến độ thực hiện Đề án định danh, phấn đấu 90% người dân kích hoạt tài khoản.",
            "Tổ chức dạy bơi an toàn cho học sinh.",
            "tổ chức quán triệt Chỉ thị này đến toàn thể cán bộ, công chức, viên chức, người lao động.",
        ] {
            assert!(is_work(&folded(text)), "{text}");
        }
    }

    #[test]
    fn general_duties_funding_hopes_and_reports_alone_are_no_work() {
        for text in [
            "căn cứ chức năng, nhiệm vụ được giao tổ chức triển khai thực hiện Kế hoạch này.",
            "nghiêm túc triển khai thực hiện Chỉ thị này; định kỳ hằng tháng báo cáo kết quả về Sở Y tế.",
            "căn cứ nội dung Kế hoạch, tổ chức triển khai thực hiện; báo cáo kết quả về Văn phòng.",
            "theo chức năng, nhiệm vụ thực hiện nhiệm vụ được giao.",
            "Kinh phí thực hiện được bố trí từ ngân sách nhà nước.",
            "Tuân thủ quy định của pháp luật về ngân sách.",
            "Tổng hợp kết quả, báo cáo UBND tỉnh và Bộ Nội vụ theo quy định.",
            "Hằng năm, trước ngày 15 tháng 12, gửi báo cáo về Bộ Khoa học và Công nghệ.",
            "Thực hiện chế độ báo cáo định kỳ 6 tháng về Sở Y tế.",
            "chịu trách nhiệm thi hành Quyết định này.",
        ] {
            assert!(!is_work(&folded(text)), "{text}");
        }
    }
}
