//! The rules that look at the words right beside a number: name, reason, where they look, pattern.

/// Where a rule looks, and which numbers it speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// Words that end right before the number.
    Before,
    /// Words that begin right after the number (its percent sign and multiplier included in it).
    After,
    /// As above, for numbers that are no percentage.
    BeforeCount,
    AfterCount,
}

/// One row a rule; a rule is added here and tested in the file above.
pub(super) const TABLE: &[(&str, &str, Looks, &str)] = &[
    (
        "date_day",
        "a day, month, quarter or year",
        Looks::BeforeCount,
        r"(?:\bngày|\bmùng|\btháng|\bnăm|\bquý|\bthế kỷ|\bniên độ|\bnăm học|\bniên khóa)\s?$",
    ),
    ("date_slash", "a date or a fraction", Looks::AfterCount, r"^\s?[/]\s?\d"),
    ("date_words", "a day of a month", Looks::AfterCount, r"^\s?tháng\s?\d|^\s?-\s?\d{1,2}\s?-\s?(?:19|20)\d\d"),
    ("clock", "a time of day", Looks::AfterCount, r"^\s?(?:h\b|h\d|g\d|:\d\d|giờ\s?\d|giờ (?:00|sáng|chiều|ngày)|/24)"),
    (
        "document_word",
        "the number of a document or of a part of it",
        Looks::BeforeCount,
        r"(?:\bđiều|\bkhoản|\bđiểm|\bchương|\bmục|\bphụ lục|\bbiểu(?: mẫu)?(?: số)?|\bmẫu(?: số)?|\bbảng(?: số)?|\bhình|\btrang|\bphần|\bkhóa|\bkỳ họp(?: thứ)?|\blần(?: thứ)?|\bđề án|\bquyết định|\bnghị quyết|\bnghị định|\bthông tư|\bchỉ thị|\bkế hoạch|\bcông văn|\bkết luận|\bluật|\bhướng dẫn|\btờ trình|\bthông báo|\bchương trình|\bdự án|\btiểu dự án|\bhợp phần|\bnội dung(?: thành phần)?|\btiêu chí(?: số)?|\bchỉ tiêu(?: số)?|\bnhiệm vụ|\bquy chuẩn|\bvăn bản|\bgiai đoạn|\bbáo cáo|\bcông điện|\btiểu mục|\bdòng|\bcột)\s?(?:số\s?)?:?\s?$",
    ),
    ("number_sign", "a number as a name", Looks::BeforeCount, r"\bsố:?\s?$"),
    (
        "code_after",
        "the number of a document",
        Looks::AfterCount,
        r"^\s?[/\-]\s?(?:[a-zWAEDOQU]{1,8}\d{0,2}(?:[-/ .]|$)|(?:19|20)\d\d\s?/)",
    ),
    (
        "standard",
        "a standard, version or technology",
        Looks::BeforeCount,
        r"(?:\biso(?:/iec)?|\btcvn|\bqcvn|\biec|\bipv|\bversion|\bphiên bản|\bv|\bwindows|\boffice|\bcông nghiệp|\bweb|\bcách mạng(?: công nghiệp)?(?: lần thứ)?)\s?:?\s?$",
    ),
    (
        "service_level",
        "a service level, class or step of a scale",
        Looks::BeforeCount,
        r"(?:mức độ|\bmức|cấp độ|\bloại|\bhạng|\bbậc|\bnhóm|\blớp|\bkhối|\btầng|\bvùng|khu vực|\bquận|\bphường|\btuyến|\bđường|\bquốc lộ|\btổ|\bkhu phố|\bthôn|\bấp|trình độ|\btrục|\bcụm|\bvòng|\bđợt|\bkỳ|\bbước|\bcông đoạn|\bthứ|\bphiên|\bphân khu|\bphương án|\bkhâu|\bngạch|\bđiểm c|\bkịch bản)\s?(?:số\s)?$",
    ),
    (
        "service_level_list",
        "a service level after another one",
        Looks::BeforeCount,
        r"(?:mức độ|mức|cấp độ|loại|hạng|bậc|nhóm) \d{1,2}(?:\s?,|\s?và|\s?/|\s?-|\s?hoặc|\s?,? ?(?:mức độ|mức))\s?$",
    ),
    (
        "named_scheme",
        "part of a name",
        Looks::AfterCount,
        r"^\s?(?:trong 1|trong một|không|nhà|trực tiếp|đột phá|tại chỗ|g\b|d\b|mặt trận|sẵn sàng|cùng|rõ|giảm|tăng cường|chữ vàng)\b",
    ),
    ("named_scheme_end", "part of a name", Looks::BeforeCount, r"\d (?:trong|không|trực tiếp)\s?$"),
    ("scheme_plus", "part of a name (3K, 5S)", Looks::AfterCount, r"^[a-z]{1,3}\b"),
    ("age", "an age", Looks::AfterCount, r"^\s?(?:tháng )?tuổi\b"),
    (
        "age_before",
        "an age",
        Looks::BeforeCount,
        r"(?:\btuổi|độ tuổi|\btừ đủ|nhóm tuổi)(?: (?:từ|dưới|trên|đủ|đến))*\s?$",
    ),
    (
        "duration",
        "how long something lasts",
        Looks::AfterCount,
        r"^\s?(?:năm|tháng|tuần|thập kỷ|thế kỷ|ngày đêm|nhiệm kỳ|kỳ họp|tiết|học kỳ|đêm)\b",
    ),
    (
        "plan_parts",
        "a count of goals, tasks or parts",
        Looks::AfterCount,
        r"^\s?(?:nhóm )?(?:mục tiêu|chỉ tiêu|nhiệm vụ|giải pháp|nhóm|nội dung|đột phá|trụ cột|trục|quan điểm|phần|chương|điều(?:[,.;:)]|$| của| và| khoản)|khâu|phương châm|bước|giai đoạn|vấn đề|nguyên tắc|bài học|hạn chế|nguyên nhân|yêu cầu|cấp\b|mặt\b|hợp phần|tiểu dự án|chuyên đề sau|định hướng|lĩnh vực (?:cải cách|trọng tâm|chính)|trọng tâm|tiêu chí (?:đánh giá|thành phần)|chương trình mục tiêu|đề án trọng)",
    ),
    (
        "document_list",
        "the number of a part of a document, in a list of them",
        Looks::BeforeCount,
        r"(?:\bđiều|\bkhoản|\bđiểm|\bmục|\bchương|\bphụ lục|\bbiểu(?: mẫu)?|\bmẫu|\bphần)(?: số)? (?:[a-zđ]|[\d.]{1,6}[a-zđ]?)(?:\s?(?:,|;|và|hoặc|-|đến)\s?(?:(?:điều|khoản|điểm|mục|số) )?(?:[a-zđ]|[\d.]{1,6}[a-zđ]?)){0,12}\s?(?:,|;|và|hoặc|đến)\s?$",
    ),
    ("linked", "part of a name", Looks::BeforeCount, r"(?:liên kết|hợp tác) (?:giữa )?$"),
    (
        "capacity",
        "how large or fast a thing is",
        Looks::BeforeCount,
        r"(?:tốc độ|băng thông|công suất|dung lượng|cấp điện áp|đường kính|chiều (?:dài|rộng|cao)|(?:cho|loại|cỡ) (?:tàu|xe)|trọng tải|tải trọng)(?: tải lên| tải xuống| truy cập| thiết kế| từ| trên| tối thiểu| đến)*\s?$",
    ),
    (
        "superlative",
        "the size of a group, not a goal",
        Looks::AfterCount,
        r"^\s?[a-zWAEDOQU][^.;,:%\d]{2,40}\s(?:phổ biến|quan trọng|nguy hiểm|trọng yếu|thường gặp|nhiều|lớn) nhất\b",
    ),
    (
        "award_share",
        "the cap of an award",
        Looks::Before,
        r"(?:tặng|khen thưởng|tặng thưởng|xét (?:tặng|chọn)|biểu dương|danh hiệu|bằng khen|giấy khen|bình xét)\b[^.;]{0,140}(?:không quá|tối đa|không vượt quá|không vượt)\s?$",
    ),
    (
        "norm",
        "a norm of building or nature",
        Looks::Before,
        r"(?:mật độ xây dựng|hệ số sử dụng đất|độ dốc|tầng cao|khoảng lùi|độ ẩm|nồng độ|độ mặn)\b[^.;%\d]{0,30}$",
    ),
    (
        "per_unit",
        "how long an activity lasts",
        Looks::AfterCount,
        r"^\s?ngày(?: làm việc)?\s?/\s?(?:đơn vị|cuộc|lớp|đợt|người|xã|cơ quan)\b",
    ),
    (
        "grading",
        "a step of a grading",
        Looks::After,
        r"^[^.;%\d]{0,24}\b(?:xếp loại|xếp hạng|phân loại)\s(?:yếu|kém|trung bình|khá|tốt|xuất sắc|không|hoàn thành|[a-d]\b)",
    ),
    ("conversion", "a unit turned into another", Looks::AfterCount, r"^\s?[^.;()%\d=]{0,30}=\s?\d"),
    (
        "award",
        "the cap of an award or an expense",
        Looks::BeforeCount,
        r"(?:giải (?:nhất|nhì|ba|khuyến khích|thưởng|đặc biệt)|tiền thưởng|mức thưởng|mức chi|mức hỗ trợ|mức tặng|hỗ trợ tối đa|định mức|mức phạt|phạt tiền|mức trần|mức lương|lương cơ sở|đơn giá)\b[^.;]{0,60}$",
    ),
    (
        "budget",
        "an amount of funding",
        Looks::BeforeCount,
        r"(?:kinh phí|dự toán|tổng mức|mức đầu tư|nguồn vốn|vốn (?:ngân sách|sự nghiệp|đối ứng)|ngân sách (?:nhà nước|tỉnh|trung ương|địa phương|huyện|xã)|chi phí|trị giá|số tiền)(?: thực hiện| dự kiến| khoảng| là| cần| chi| bố trí| cấp|[ :,]|[^.;%\d]{0,50})*$",
    ),
    (
        "support_cap",
        "the cap of a support",
        Looks::Before,
        r"(?:mức (?:chi )?hỗ trợ|mức (?:thu phí|thu lệ phí|thu học phí|chi trả|chi bồi dưỡng|phí|lệ phí|hưởng|đóng|phạt)|định mức hỗ trợ|hỗ trợ tối đa)\b[^.;%\d]{0,60}$",
    ),
    (
        "class_size",
        "how an activity is laid out",
        Looks::BeforeCount,
        r"mỗi (?:lớp|buổi|khóa học|khóa|đợt|đoàn|nhóm|ca)\b[^.;,%\d]{0,40}$",
    ),
    (
        "lasts",
        "how long an activity lasts",
        Looks::BeforeCount,
        r"(?:^|[,;.:(\-]\s?)thời (?:gian|lượng)(?: tổ chức| diễn ra| đào tạo| tập huấn| bồi dưỡng| học| là| mỗi lớp)*\s?:?\s?$",
    ),
    (
        "times_in_name",
        "part of what is counted",
        Looks::AfterCount,
        r"^\s?lần\s?(?::|≤|(?:đạt|chiếm|giảm|còn|dưới|không quá)\b)",
    ),
    ("a_day", "part of what is counted", Looks::AfterCount, r"^\s?(?:buổi|tiết|bữa|ca)\s?/\s?(?:ngày|tuần)\b"),
    (
        "none_below",
        "a condition on who is meant",
        Looks::BeforeCount,
        r"không (?:còn|có) [^.;,%\d]{1,30}\b(?:dưới|trên|quá)\s?$",
    ),
    (
        "page_counter",
        "a counter of a page",
        Looks::BeforeCount,
        r"(?:lượt xem|cỡ chữ|bình luận|lượt truy cập|đang truy cập|lượt đọc|đã xem|hôm nay|trực tuyến)\s?:\s?$",
    ),
    (
        "per_prize",
        "the amount of one award",
        Looks::AfterCount,
        r"^\s?(?:đồng|đ)?\s?/\s?(?:giải|người/ngày|lần thưởng|suất|buổi|bài|tác phẩm|sáng kiến)",
    ),
    (
        "condition",
        "a condition, not an aim",
        Looks::Before,
        r"(?:\bnếu|trường hợp|(?:^|[^n]) khi (?:có|đạt|tỷ lệ|số)|chỉ (?:xét|áp dụng)|được xét|điều kiện là|với điều kiện)\s[^.;,]{0,70}$",
    ),
    (
        "condition_on",
        "a condition on who is meant",
        Looks::BeforeCount,
        r"(?:\bđối với|\bnhững|áp dụng cho|\bcho các)\s[^.;,%]{0,50}\b(?:có|với|từ|dưới|trên)\s(?:tỷ lệ |từ |trên |dưới |quy mô |ít nhất )*$",
    ),
    (
        "condition_size",
        "a condition on who is meant",
        Looks::BeforeCount,
        r"(?:quy mô|diện tích|công suất|dân số|sử dụng)(?: lao động)? (?:từ|trên|dưới)\s?$",
    ),
    (
        "condition_share",
        "a condition on who is meant",
        Looks::Before,
        r"(?:\bđối với|\bnhững|áp dụng cho)\s[^.;,%\d]{0,40}\bcó (?:tỷ lệ|tỉ lệ|số lượng|số)\s[^.;,%\d]{2,60}$",
    ),
    (
        "time_limit",
        "a legal time limit",
        Looks::BeforeCount,
        r"(?:thời hạn|trong vòng|chậm nhất|quá hạn|trước)(?: là| sau| tối đa| không quá| khoảng| ít nhất)*\s?$",
    ),
    (
        "since",
        "a legal time limit",
        Looks::AfterCount,
        r"^\s?ngày(?: làm việc)?,? (?:kể từ|tính từ|sau khi|trước khi|trước ngày|từ ngày|sau ngày)",
    ),
    (
        "campaign",
        "the length of a campaign",
        Looks::BeforeCount,
        r"(?:cao điểm|chiến dịch|thi đua|ra quân|phát động|đợt hoạt động)\s[^.;,]{0,24}$",
    ),
    (
        "contact",
        "a telephone, post or account number",
        Looks::BeforeCount,
        r"(?:điện thoại|đt|số máy|fax|hotline|đường dây nóng|tổng đài|liên hệ|tài khoản số|mã số|zalo|email|msnv|di động)\s?:?\s?(?:\(?[\d.\- ]{0,16}\)?)$",
    ),
    (
        "formula",
        "a factor of a formula",
        Looks::Before,
        r"(?:\*|(?:^|[^<>])=|\bx|\bnhân với|trọng số|tỷ trọng điểm|hệ số)\s?$",
    ),
    ("formula_after", "a factor of a formula", Looks::After, r"^\s?(?:x\s\d|\*\s?\d|x\s?100)"),
    ("scale", "the top of a scale", Looks::BeforeCount, r"(?:thang điểm|tối đa(?: là)?|/)\s?$"),
    ("numbering_text", "numbering", Looks::AfterCount, r"^[.)]\s?[a-zWAEDOQU(]{3,}"),
    ("stars", "a class of quality", Looks::AfterCount, r"^\s?(?:sao|vụ)\b"),
    ("and_so", "a sheet or copy", Looks::AfterCount, r"^\s?(?:bản|trang|tờ|phụ lục|biểu|chữ số|ký tự|số cuối)\b"),
    (
        "present_count",
        "what there is now",
        Looks::BeforeCount,
        r"(?:hiện có|hiện nay có|hiện đang có|đang có|gồm(?: có)?|bao gồm|cụ thể|trong tổng số|trên tổng số|tổng số|tổng cộng|toàn tỉnh có|toàn huyện có|thuộc)\s?:?\s?$",
    ),
    (
        "support_share",
        "a share of funding or support",
        Looks::Before,
        r"(?:hỗ trợ|trợ cấp|ngân sách(?: nhà nước| tỉnh| trung ương| địa phương| cấp (?:tỉnh|huyện|xã))?(?: hỗ trợ| cấp| đảm bảo| bảo đảm)|đối ứng|tài trợ|vay|lãi suất(?: (?:cho )?vay(?: vốn)?)?|thuế suất|chiết khấu|khấu trừ)(?: tối đa| không quá| tối thiểu| là| mức| bằng| khoảng| với)*\s?$",
    ),
];
