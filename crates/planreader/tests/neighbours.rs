//! More pieces from neighbouring genres, with what must and what must not be taken from them.

mod common;

use common::holds;
use planreader::read_plan;

#[test]
fn a_ministry_plan_with_item_lines() {
    let text = "KẾ HOẠCH\nCải cách hành chính năm 2024 của Bộ Tư pháp\n\nI. MỤC TIÊU\n1. 100% nhiệm vụ trong Kế hoạch được hoàn thành đúng tiến độ.\n2. Tối thiểu 95% hồ sơ thủ tục hành chính được giải quyết đúng hạn.\n\nII. NHIỆM VỤ\n1. Cải cách thể chế\na) Hoàn thiện hồ sơ dự án Luật Công chứng (sửa đổi).\n- Đơn vị chủ trì: Cục Bổ trợ tư pháp.\n- Đơn vị phối hợp: Các đơn vị thuộc Bộ.\n- Thời gian hoàn thành: Tháng 10/2024.\n- Kết quả: Dự án Luật trình Quốc hội.\nb) Rà soát văn bản quy phạm pháp luật.\n- Đơn vị chủ trì: Cục Kiểm tra văn bản.\n- Thời gian: Cả năm.";
    holds(text, &["100 percent eq - 2024", "95 percent gte - 2024"]);
    let plan = read_plan(text);
    assert_eq!(plan.tasks.len(), 2, "{:?}", plan.tasks);
    assert_eq!(plan.tasks[0].lead.as_deref(), Some("Cục Bổ trợ tư pháp"));
    assert_eq!(plan.tasks[0].deadline.as_deref(), Some("Tháng 10/2024"));
    assert_eq!(plan.tasks[1].deadline.as_deref(), Some("Cả năm"));
    assert_eq!(plan.metadata.kind.as_deref(), Some("Kế hoạch"));
}

#[test]
fn paragraphs_under_agency_headings() {
    let text = "IV. TỔ CHỨC THỰC HIỆN\n\n1. Văn phòng UBND tỉnh\n\n- Theo dõi, đôn đốc việc thực hiện Kế hoạch; tổng hợp, báo cáo UBND tỉnh trước ngày 25 của tháng cuối quý.\n\n- Chủ trì, phối hợp với Sở Thông tin và Truyền thông nâng cấp Cổng dịch vụ công trong quý II/2023.\n\n2. Các sở, ban, ngành; UBND các huyện, thành phố\n\nXây dựng kế hoạch thực hiện trước ngày 15/02/2023; định kỳ hằng quý báo cáo kết quả về Văn phòng UBND tỉnh.\n\n3. Đề nghị Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh và các tổ chức chính trị - xã hội tăng cường giám sát việc thực hiện Kế hoạch.";
    holds(text, &[]);
    let plan = read_plan(text);
    let leads: Vec<_> = plan.tasks.iter().map(|t| t.lead.as_deref().unwrap_or("-")).collect();
    assert_eq!(
        leads,
        [
            "Văn phòng UBND tỉnh",
            "Văn phòng UBND tỉnh",
            "Các sở, ban, ngành; UBND các huyện, thành phố",
            "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh và các tổ chức chính trị - xã hội"
        ]
    );
    assert_eq!(plan.tasks[1].coordinating.as_deref(), Some("Sở Thông tin và Truyền thông"));
    assert_eq!(plan.tasks[1].deadline.as_deref(), Some("trong quý II/2023"));
    assert_eq!(plan.tasks[2].deadline.as_deref(), Some("trước ngày 15/02/2023"));
    assert_eq!(plan.reports.len(), 2, "{:?}", plan.reports);
    assert_eq!(plan.reports[0].to.as_deref(), Some("UBND tỉnh"));
    assert_eq!(plan.reports[0].by.as_deref(), Some("trước ngày 25 của tháng cuối quý"));
    assert_eq!(plan.reports[1].from.as_deref(), Some("Các sở, ban, ngành; UBND các huyện, thành phố"));
    assert_eq!(plan.reports[1].to.as_deref(), Some("Văn phòng UBND tỉnh"));
    assert_eq!(plan.reports[1].by.as_deref(), Some("định kỳ hằng quý"));
}

#[test]
fn a_party_resolution_in_long_sentences() {
    holds(
        "Phấn đấu đến năm 2030, tỉnh Bình Định thuộc nhóm tỉnh phát triển hàng đầu khu vực; tốc độ tăng trưởng GRDP bình quân đạt 8,5%/năm; GRDP bình quân đầu người đạt 204 triệu đồng; tỷ trọng kinh tế số chiếm khoảng 30% GRDP; tỷ lệ lao động qua đào tạo có bằng cấp, chứng chỉ đạt 40%; không còn hộ nghèo; 100% xã đạt chuẩn nông thôn mới, trong đó trên 50% xã đạt nông thôn mới nâng cao.",
        &[
            "8.5 percent eq - 2030",
            "204000000 count eq - 2030",
            "30 percent eq - 2030",
            "40 percent eq - 2030",
            "100 percent eq commune 2030",
            "50 percent gte commune 2030",
        ],
    );
}

#[test]
fn issuing_and_granting_counts() {
    holds(
        "II. MỤC TIÊU NĂM 2024\n- Cấp 5.000 chữ ký số cá nhân cho người dân.\n- Cung cấp tối thiểu 50 bộ dữ liệu mở.\n- Thành lập mới 1.200 doanh nghiệp, hợp tác xã.\n- 70% người dân trong độ tuổi lao động được đào tạo kỹ năng số cơ bản.",
        &["5000 count eq - 2024", "50 count gte - 2024", "1200 count eq - 2024", "70 percent eq - 2024"],
    );
}

#[test]
fn ages_are_not_counted_but_their_share_is() {
    holds(
        "Mục tiêu đến năm 2025:\n- Trên 80% trẻ em từ 6 đến 14 tuổi được khám sức khỏe định kỳ ít nhất 1 lần/năm.\n- Tối thiểu 90% người cao tuổi (từ 60 tuổi trở lên) có thẻ bảo hiểm y tế.\n- 98% trẻ dưới 1 tuổi tiêm đủ 8 loại vắc xin.",
        &["80 percent gte - 2025", "1 times_per_year gte - 2025", "90 percent gte - 2025", "98 percent eq - 2025"],
    );
}

#[test]
fn an_outlook_after_the_period() {
    holds(
        "ĐỀ ÁN\nPhát triển du lịch giai đoạn 2021 - 2025, định hướng đến năm 2030\n\nMỤC TIÊU\n1. Đến năm 2025\n- Đón 5 triệu lượt khách, trong đó khách quốc tế 500 nghìn lượt.\n- Tổng thu từ du lịch đạt 12.000 tỷ đồng.\n2. Định hướng đến năm 2030\n- Đón trên 8 triệu lượt khách.",
        &[
            "5000000 count eq - 2025",
            "500000 count eq - 2025",
            "12000000000000 count eq - 2025",
            "8000000 count gte - 2030",
        ],
    );
}

#[test]
fn a_plan_for_one_year_takes_its_year() {
    holds(
        "ỦY BAN NHÂN DÂN\nHUYỆN CHÂU THÀNH\n\nSố: 15/KH-UBND\n\nChâu Thành, ngày 10 tháng 01 năm 2024\n\nKẾ HOẠCH\nCải cách hành chính năm 2024 trên địa bàn huyện\n\nI. MỤC TIÊU\n- 100% cơ quan, đơn vị ban hành kế hoạch cải cách hành chính.\n- Tỷ lệ hồ sơ nộp trực tuyến: 60%.\n- Tỷ lệ hài lòng: ≥ 95%.\n- Số hồ sơ trễ hạn: dưới 0,5%.",
        &["100 percent eq - 2024", "60 percent eq - 2024", "95 percent gte - 2024", "0.5 percent lte - 2024"],
    );
}

#[test]
fn milestones_year_by_year() {
    holds(
        "Mục tiêu: Năm 2023 đạt 40%, năm 2024 đạt 60%, năm 2025 đạt 80% hồ sơ trực tuyến. Giai đoạn 2026 - 2030, mỗi năm tăng thêm ít nhất 5%.",
        &["40 percent eq - 2023", "60 percent eq - 2024", "80 percent eq - 2025", "5 percent increase_by - 2030"],
    );
}

#[test]
fn shares_that_explain_or_fund_are_left_out() {
    holds(
        "- Mức độ hài lòng được tính bằng số phiếu hài lòng/tổng số phiếu x 100%.\n- Trường hợp đạt dưới 70% thì xếp loại không hoàn thành.\n- Ngân sách trung ương hỗ trợ 70% kinh phí; lãi suất vay 6,6%/năm.\n- Tiêu chí này có trọng số 15%.",
        &[],
    );
}

#[test]
fn pipe_table_of_tasks_with_a_share_inside() {
    let text = "| TT | Nội dung nhiệm vụ | Cơ quan chủ trì | Thời gian |\n|---|---|---|---|\n| 1 | Số hóa 100% kết quả giải quyết thủ tục hành chính còn hiệu lực của cấp huyện | UBND cấp huyện | Trước 30/6/2025 |\n| 2 | Tập huấn cho cán bộ | Sở Nội vụ | Quý III năm 2024 |";
    holds(text, &["100 percent eq district -"]);
    assert_eq!(read_plan(text).tasks.len(), 2);
}

#[test]
fn a_summary_report_tells_only_the_past() {
    holds(
        "BÁO CÁO\nKết quả thực hiện công tác cải cách hành chính năm 2023\n\n1. Kết quả\nToàn tỉnh tiếp nhận 350.120 hồ sơ, giải quyết đúng hạn 348.500 hồ sơ, đạt 99,5%. Chỉ số PAR INDEX xếp thứ 12/63, tăng 5 bậc. 100% xã có bộ phận một cửa.\n2. Hạn chế\nTỷ lệ thanh toán trực tuyến còn thấp (15%).\n3. Phương hướng năm 2024\nPhấn đấu tỷ lệ thanh toán trực tuyến đạt 45%; PAR INDEX thuộc nhóm 10 tỉnh, thành phố dẫn đầu cả nước.",
        &["45 percent eq - 2024", "10 rank_group rank_within - 2024"],
    );
}

#[test]
fn keep_raise_and_cut_without_numbers_of_levels() {
    holds(
        "MỤC TIÊU ĐẾN 2025: Duy trì 100% thủ tục được công khai; giữ vững thứ hạng PCI trong nhóm 10 địa phương dẫn đầu; tăng 15% số hồ sơ qua bưu chính so với năm 2021; giảm 50% chi phí đi lại; giảm tỷ lệ hồ sơ trễ hạn còn dưới 1%.",
        &[
            "100 percent eq - 2025",
            "10 rank_group rank_within - 2025",
            "15 percent increase_by - 2025",
            "50 percent reduce_by - 2025",
            "1 percent lte - 2025",
        ],
    );
}

#[test]
fn a_wrapped_text_of_a_printed_page() {
    holds(
        "1. Mục tiêu cụ thể đến năm 2025\n\na) Tối thiểu 80% thủ tục hành chính có yêu cầu nghĩa vụ tài chính, được triển\nkhai thanh toán trực tuyến, trong số đó, tỷ lệ giao dịch thanh toán trực tuyến đạt từ\n30% trở lên.\n\nb) Mức độ hài lòng của người dân, doanh nghiệp về giải quyết thủ tục hành chính\nđạt tối thiểu 90%. Trong đó, mức độ hài lòng về giải quyết các thủ tục hành chính\nlĩnh vực đất đai, xây dựng, đầu tư đạt tối thiểu\n85%.\n\nc) 100% công chức cấp xã được bồi dưỡng nghiệp vụ.\n\nd) Đến năm 2023, 50% trường học dùng học bạ số.",
        &[
            "80 percent gte - 2025",
            "30 percent gte - 2025",
            "90 percent gte - 2025",
            "85 percent gte - 2025",
            "100 percent eq commune 2025",
            "50 percent eq - 2023",
        ],
    );
}

#[test]
fn hundred_percent_of_the_three_tiers() {
    holds(
        "Mục tiêu đến năm 2025\n- 100% cơ quan hành chính nhà nước từ cấp tỉnh đến cấp xã kết nối mạng truyền số liệu chuyên dùng.\n- 100% cán bộ, công chức cấp huyện, cấp xã được cấp hộp thư công vụ.\n- 100% sở, ban, ngành, UBND cấp huyện có bộ phận chuyên trách.",
        &["100 percent eq all 2025", "100 percent eq - 2025", "100 percent eq - 2025"],
    );
}

#[test]
fn a_decision_with_articles() {
    let text = "BỘ THÔNG TIN VÀ TRUYỀN THÔNG\n-------\nSố: 922/QĐ-BTTTT\n\nHà Nội, ngày 20 tháng 5 năm 2022\n\nQUYẾT ĐỊNH\nPhê duyệt Đề án “Xác định Bộ chỉ số đánh giá chuyển đổi số”\n\nBỘ TRƯỞNG BỘ THÔNG TIN VÀ TRUYỀN THÔNG\n\nCăn cứ Nghị định số 17/2017/NĐ-CP ngày 17 tháng 02 năm 2017 của Chính phủ;\nCăn cứ Quyết định số 749/QĐ-TTg ngày 03/6/2020;\nTheo đề nghị của Cục trưởng Cục Chuyển đổi số.\n\nQUYẾT ĐỊNH:\n\nĐiều 1. Phê duyệt Đề án gồm 3 trụ cột với 98 chỉ số.\nĐiều 2. Quyết định này có hiệu lực kể từ ngày ký.";
    holds(text, &[]);
    let m = read_plan(text).metadata;
    assert_eq!(m.number.as_deref(), Some("922/QĐ-BTTTT"));
    assert_eq!(m.issuer.as_deref(), Some("BỘ THÔNG TIN VÀ TRUYỀN THÔNG"));
    assert_eq!(m.date.as_deref(), Some("2022-05-20"));
    assert_eq!(m.place.as_deref(), Some("Hà Nội"));
    assert_eq!(m.legal_bases.len(), 3);
    assert!(m.title.unwrap().starts_with("Phê duyệt Đề án"));
}

#[test]
fn facts_in_the_news_are_no_targets() {
    holds(
        "Tỉnh A đứng đầu cả nước về tỷ trọng kinh tế số\n\nTỷ trọng kinh tế số trên GRDP của tỉnh A là 51,27%; đứng thứ 2 là tỉnh B với 40,13%; tiếp đó là tỉnh C (38,5%), chênh nhau hơn 9 lần.\n\nTỉnh có diện tích 12.300 km2; dân số hơn 1,5 triệu người, gồm 14 dân tộc, sinh sống tại 10 huyện và 190 xã.\n\nTỉnh D tiếp tục tăng 6 bậc so với năm 2021, xếp vị trí thứ 20/63 tỉnh, thành phố.",
        &[],
    );
}

#[test]
fn the_goals_of_a_congress_in_one_paragraph() {
    holds(
        "Một số chỉ tiêu chủ yếu (nhiệm kỳ 2020 - 2025): 1. Tốc độ tăng giá trị sản xuất bình quân đạt 15%, trong đó: Nông nghiệp tăng 5%; dịch vụ tăng 17,5%. 2. Thu nhập bình quân đầu người đến năm 2025: 62 triệu đồng. 3. Diện tích đất được tích tụ đạt 1.800 ha. 4. Tỷ lệ thôn đạt chuẩn nông thôn mới 58,9% (66/112 thôn). 5. Tốc độ tăng dân số dưới 1%. 6. Tỷ lệ số xã đạt chuẩn nông thôn mới: 50% trở lên.",
        &[
            "15 percent eq - 2025",
            "5 percent increase_by - 2025",
            "17.5 percent increase_by - 2025",
            "62000000 count eq - 2025",
            "1800 count eq - 2025",
            "58.9 percent eq - 2025",
            "1 percent lte - 2025",
            "50 percent gte commune 2025",
        ],
    );
}

#[test]
fn a_year_in_the_next_statement_belongs_to_it() {
    holds(
        "Tỉnh đề ra mục tiêu đến năm 2025, kinh tế số chiếm khoảng 20% và đến năm 2030, kinh tế số chiếm khoảng 30% GRDP.",
        &["20 percent eq - 2025", "30 percent eq - 2030"],
    );
}

#[test]
fn a_news_page_in_running_sentences() {
    holds(
        "Huyện B đặt mục tiêu chuyển đổi số\n\nNgày 3/4, UBND huyện B ban hành kế hoạch chuyển đổi số năm 2025.\n\nVề chính quyền số, huyện đặt mục tiêu 100% hồ sơ công việc được xử lý trên môi trường mạng. Tỷ lệ số hóa hồ sơ đạt 90%, đồng thời nâng mức hài lòng của người dân, doanh nghiệp lên 95%.\n\nHuyện hướng đến 80% hộ gia đình có internet cáp quang; phổ cập mạng 4G/5G.",
        &["100 percent eq - 2025", "90 percent eq - 2025", "95 percent eq - 2025", "80 percent eq - 2025"],
    );
}

#[test]
fn the_goals_of_a_year_in_the_news() {
    holds(
        "22 chỉ tiêu phấn đấu năm 2024\n\n20:03 11-12-2023 | :155\n\nCác chỉ tiêu vừa được Kỳ họp thứ 15, HĐND tỉnh thông qua. Cụ thể:\n\n- Tốc độ tăng trưởng kinh tế (GRDP): Trên 9,5%\n\n- Tổng vốn đầu tư toàn xã hội: 55.000 tỷ đồng\n\n- Tổng khách du lịch trên 7 triệu lượt\n\n- Số giường bệnh trên 1 vạn dân: 44,5 giường; 13,5 bác sĩ/1 vạn dân\n\n- 70 xã đạt 19 tiêu chí nông thôn mới\n\n- Tỷ lệ giảm nghèo đa chiều trên 4%",
        &[
            "9.5 percent gte - 2024",
            "55000000000000 count eq - 2024",
            "7000000 count gte - 2024",
            "44.5 per_10000 eq - 2024",
            "13.5 per_10000 eq - 2024",
            "70 count eq commune 2024",
            "4 percent gte - 2024",
        ],
    );
}

#[test]
fn an_estimate_of_the_year_that_ends_is_a_result() {
    holds(
        "Dự ước đến hết năm 2023, tổng sản phẩm trên địa bàn tỉnh đạt 8.900 tỷ đồng, tăng trưởng 6,2%; khu vực dịch vụ ước tăng 5,9%. Thu ngân sách năm 2023 ước đạt 850 tỷ đồng, bằng 104% dự toán trung ương giao.",
        &[],
    );
}

#[test]
fn a_lead_named_in_brackets() {
    let plan = read_plan(
        "II. NHIỆM VỤ\n1. Công tác chỉ đạo\n- Ban hành Kế hoạch cải cách hành chính trước ngày 31/01/2023 (Sở Nội vụ chủ trì).\n- Kiểm tra công vụ tại các đơn vị (Thanh tra tỉnh chủ trì, phối hợp với Sở Nội vụ; hoàn thành trong quý III/2023).",
    );
    let found: Vec<_> = plan.tasks.iter().map(|t| (t.lead.as_deref(), t.deadline.as_deref())).collect();
    assert_eq!(
        found,
        [(Some("Sở Nội vụ"), Some("trước ngày 31/01/2023")), (Some("Thanh tra tỉnh"), Some("trong quý III/2023"))]
    );
    assert_eq!(plan.tasks[1].coordinating.as_deref(), Some("Sở Nội vụ"));
}
