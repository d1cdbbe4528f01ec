//! Pieces in the style of plans of other provinces, ministries, years and genres, with what a careful
//! reader takes from them. One line a target: value unit comparator level due.

mod common;

use common::holds;
use planreader::read_plan;

#[test]
fn a_digital_transformation_plan() {
    holds(
        "II. MỤC TIÊU\n1. Mục tiêu đến năm 2025\na) Phát triển chính quyền số\n- 80% dịch vụ công trực tuyến mức độ 4 được cung cấp trên nhiều phương tiện truy cập khác nhau;\n- 90% hồ sơ công việc tại cấp tỉnh; 80% hồ sơ công việc tại cấp huyện và 60% hồ sơ công việc tại cấp xã được xử lý trên môi trường mạng;\n- Tỉnh thuộc nhóm 20 tỉnh, thành phố dẫn đầu cả nước về chuyển đổi số (DTI).\nb) Phát triển kinh tế số\n- Kinh tế số chiếm 20% GRDP;\n- Tỷ trọng kinh tế số trong từng ngành, lĩnh vực đạt tối thiểu 10%;\n- Năng suất lao động hằng năm tăng tối thiểu 7%.\nc) Phát triển xã hội số\n- Hạ tầng mạng băng rộng cáp quang phủ trên 80% hộ gia đình, 100% xã;\n- Phổ cập dịch vụ mạng di động 4G/5G và điện thoại di động thông minh;\n- Tỷ lệ dân số có tài khoản thanh toán điện tử trên 50%.\n2. Mục tiêu đến năm 2030\n- Kinh tế số chiếm trên 30% GRDP;\n- Phổ cập dịch vụ mạng di động 5G.",
        &[
            "80 percent eq - 2025",
            "90 percent eq province 2025",
            "80 percent eq district 2025",
            "60 percent eq commune 2025",
            "20 rank_group rank_within - 2025",
            "20 percent eq - 2025",
            "10 percent gte - 2025",
            "7 percent increase_by - 2025",
            "80 percent gte - 2025",
            "100 percent eq commune 2025",
            "50 percent gte - 2025",
            "30 percent gte - 2030",
        ],
    );
}

#[test]
fn new_countryside() {
    holds(
        "1. Mục tiêu cụ thể\nĐến năm 2025: Có ít nhất 80% số xã đạt chuẩn nông thôn mới, trong đó có ít nhất 40% số xã đạt chuẩn nông thôn mới nâng cao; phấn đấu có ít nhất 03 huyện đạt chuẩn nông thôn mới; thu nhập bình quân của người dân nông thôn tăng ít nhất 1,5 lần so với năm 2020. Mỗi xã có ít nhất 01 sản phẩm OCOP đạt từ 3 sao trở lên.",
        &[
            "80 percent gte commune 2025",
            "40 percent gte commune 2025",
            "3 count gte district 2025",
            "1.5 times increase_by - 2025",
            "1 count gte commune 2025",
        ],
    );
}

#[test]
fn health() {
    holds(
        "III. CHỈ TIÊU ĐẾN NĂM 2025\n- Đạt 10 bác sĩ/10.000 dân; 30 giường bệnh/10.000 dân.\n- Tỷ lệ bao phủ bảo hiểm y tế trên 95% dân số.\n- Tỷ suất tử vong trẻ em dưới 5 tuổi còn 18,5‰.\n- Tỷ số tử vong mẹ dưới 42/100.000 trẻ đẻ sống.\n- Tỷ lệ suy dinh dưỡng thể thấp còi ở trẻ dưới 5 tuổi giảm xuống dưới 20%.\n- 100% trạm y tế xã có bác sĩ làm việc.",
        &[
            "10 per_10000 eq - 2025",
            "30 per_10000 eq - 2025",
            "95 percent gte - 2025",
            "18.5 per_1000 eq - 2025",
            "42 per_100000 lte - 2025",
            "20 percent lte - 2025",
            "100 percent eq commune 2025",
        ],
    );
}

#[test]
fn poverty_reduction() {
    holds(
        "KẾ HOẠCH\nGIẢM NGHÈO BỀN VỮNG GIAI ĐOẠN 2021 - 2025\n\nII. MỤC TIÊU\n- Tỷ lệ hộ nghèo dân tộc thiểu số giảm trên 3%/năm.\n- Phấn đấu 30% huyện nghèo, 30% xã đặc biệt khó khăn thoát khỏi tình trạng nghèo.\n- Hỗ trợ xây dựng, nhân rộng trên 1.000 mô hình giảm nghèo.\n- Giảm tỷ lệ hộ nghèo từ 5,2% (năm 2021) xuống còn dưới 2% (năm 2025).",
        &[
            "3 percent reduce_by - 2025",
            "30 percent eq district 2025",
            "30 percent eq commune 2025",
            "1000 count gte - 2025",
            "2 percent lte - 2025",
        ],
    );
}

#[test]
fn education() {
    holds(
        "2. Mục tiêu cụ thể đến năm 2030\n- Tỷ lệ huy động trẻ em trong độ tuổi nhà trẻ đạt ít nhất 35%, mẫu giáo đạt 97%; riêng trẻ 5 tuổi đạt 99,9%.\n- Có 65% trường mầm non, 70% trường tiểu học, 60% trường trung học cơ sở đạt chuẩn quốc gia.\n- Duy trì kết quả phổ cập giáo dục tiểu học mức độ 3.",
        &[
            "35 percent gte - 2030",
            "97 percent eq - 2030",
            "99.9 percent eq - 2030",
            "65 percent eq - 2030",
            "70 percent eq - 2030",
            "60 percent eq - 2030",
        ],
    );
}

#[test]
fn the_identity_scheme() {
    holds(
        "KẾ HOẠCH\nTriển khai Đề án 06 năm 2023\n\nI. MỤC TIÊU\n- Tối thiểu 50% người dân từ 15 tuổi trở lên có tài khoản định danh điện tử mức độ 2.\n- Thu nhận 250.000 hồ sơ cấp tài khoản định danh điện tử.\n- 100% cơ sở khám, chữa bệnh tiếp nhận thẻ căn cước công dân gắn chip.\n- Hoàn thành 25/25 dịch vụ công thiết yếu.",
        &["50 percent gte - 2023", "250000 count eq - 2023", "100 percent eq - 2023"],
    );
}

#[test]
fn ranks_and_scores_of_indices() {
    holds(
        "I. MỤC TIÊU\n- Năm 2023, Chỉ số cải cách hành chính (PAR INDEX) của tỉnh đạt trên 86 điểm, tăng ít nhất 05 bậc so với năm 2022.\n- Chỉ số năng lực cạnh tranh cấp tỉnh (PCI) nằm trong top 20, Chỉ số PAPI thuộc nhóm 15 tỉnh, thành phố dẫn đầu.\n- Chỉ số SIPAS xếp thứ 25/63 tỉnh, thành phố.",
        &[
            "86 points gte - 2023",
            "5 rank_steps increase_by - 2023",
            "20 rank_group rank_within - -",
            "15 rank_group rank_within - -",
            "25 rank_group rank_within - -",
        ],
    );
}

#[test]
fn economy_and_society() {
    holds(
        "NGHỊ QUYẾT\nVỀ KẾ HOẠCH PHÁT TRIỂN KINH TẾ - XÃ HỘI 5 NĂM 2021 - 2025\n\nĐiều 1. Mục tiêu, chỉ tiêu chủ yếu\n1. Tốc độ tăng trưởng kinh tế (GRDP) bình quân đạt 8 - 8,5%/năm.\n2. GRDP bình quân đầu người đến năm 2025 đạt 75 triệu đồng.\n3. Thu ngân sách nhà nước trên địa bàn tăng bình quân 10%/năm.\n4. Tỷ lệ đô thị hóa đạt 35%.\n5. Tỷ lệ che phủ rừng duy trì ổn định 42%.\n6. Giải quyết việc làm mới cho 20.000 lao động/năm.\n7. Kim ngạch xuất khẩu đạt 1,5 tỷ USD.",
        &[
            "8..8.5 percent range - 2025",
            "75000000 count eq - 2025",
            "10 percent increase_by - 2025",
            "35 percent eq - 2025",
            "42 percent eq - 2025",
            "20000 count eq - 2025",
            "1500000000 count eq - 2025",
        ],
    );
}

#[test]
fn a_news_page_that_quotes_a_plan_and_tells_results() {
    holds(
        "Quảng Nam đẩy mạnh cải cách hành chính\n\n(14:30 | 12/03/2023)\n\nÔng Nguyễn Văn A cho biết, năm 2022 tỉnh đã tiếp nhận 120.000 hồ sơ, tỷ lệ giải quyết đúng hạn đạt 98,5%. Hiện nay, toàn tỉnh có 1.850 thủ tục hành chính.\n\nTheo Kế hoạch, đến năm 2025, tỉnh phấn đấu 100% thủ tục hành chính đủ điều kiện được cung cấp trực tuyến toàn trình; tỷ lệ hồ sơ trực tuyến đạt tối thiểu 70%.\n\nLiên hệ: 0235.3852739. Ảnh: VGP",
        &["100 percent eq - 2025", "70 percent gte - 2025"],
    );
}

#[test]
fn the_present_situation_has_no_targets() {
    holds(
        "I. KẾT QUẢ THỰC HIỆN NĂM 2022\n1. Về cải cách thủ tục hành chính\n- Tỷ lệ giải quyết thủ tục hành chính đúng hạn đạt 99,2%, tăng 2,1% so với năm 2021.\n- 100% cơ quan đã công khai thủ tục hành chính.\n- Đã số hóa 25.000 kết quả.\n2. Tồn tại, hạn chế\n- Tỷ lệ hồ sơ trực tuyến mới đạt 35%.\nII. PHƯƠNG HƯỚNG, NHIỆM VỤ NĂM 2023\n- Phấn đấu tỷ lệ hồ sơ trực tuyến đạt trên 60%.",
        &["60 percent gte - 2023"],
    );
}

#[test]
fn results_told_under_a_heading_of_goals() {
    holds(
        "II. MỤC TIÊU ĐẾN NĂM 2025\n- Tỷ lệ hài lòng của người dân đạt trên 90% (năm 2021 đạt 85,6%).\n- Hiện nay mới có 45% hồ sơ được nộp trực tuyến; phấn đấu đến năm 2025 đạt 80%.\n- Tính đến ngày 31/12/2021, toàn tỉnh đã có 62% xã đạt chuẩn.",
        &["90 percent gte - 2025", "80 percent eq - 2025"],
    );
}

#[test]
fn times_to_shorten() {
    holds(
        "MỤC TIÊU NĂM 2024\n- Rút ngắn thời gian đăng ký thành lập doanh nghiệp xuống còn 02 ngày làm việc.\n- Thời gian chờ của người dân tại Bộ phận một cửa không quá 30 phút/lượt giao dịch.\n- Giảm thời gian nộp thuế còn dưới 110 giờ/năm.\n- Cắt giảm ít nhất 30% thời gian giải quyết thủ tục.",
        &["2 days eq - 2024", "30 minutes lte - 2024", "110 hours lte - 2024", "30 percent reduce_by - 2024"],
    );
}

#[test]
fn money_of_awards_and_funding_is_no_target() {
    holds(
        "IV. KINH PHÍ THỰC HIỆN\n- Tổng kinh phí: 125,5 tỷ đồng, trong đó ngân sách tỉnh 80%.\nV. KHEN THƯỞNG\n- Giải nhất: 10.000.000 đồng/giải; mức thưởng không quá 50 triệu đồng.\n- Hỗ trợ tối đa 70% chi phí mua phần mềm.\n- Đối với các đơn vị có tỷ lệ hồ sơ trực tuyến dưới 50% thì không xét thi đua.",
        &[],
    );
}

#[test]
fn where_a_change_starts_from_is_no_target() {
    holds(
        "MỤC TIÊU\n- Nâng tỷ lệ lao động qua đào tạo từ 55% năm 2020 lên 70% vào năm 2025, trong đó có bằng cấp, chứng chỉ đạt 30%.\n- Giảm số giờ thực hiện thủ tục từ 120 giờ xuống 80 giờ.",
        &["70 percent eq - 2025", "30 percent eq - 2025", "80 hours eq - -"],
    );
}

#[test]
fn levels_in_every_order() {
    holds(
        "MỤC TIÊU ĐẾN NĂM 2025\n- Cấp tỉnh tối thiểu 90%, cấp huyện tối thiểu 80%, cấp xã tối thiểu 70% hồ sơ được xử lý trực tuyến.\n- Số hóa kết quả giải quyết đạt 100% (cấp tỉnh), 90% (cấp huyện), 80% (cấp xã).\n- Tỷ lệ hồ sơ trực tuyến của cấp tỉnh, cấp huyện, cấp xã lần lượt đạt 60%, 50% và 40%.\n- 100% phòng, ban, đơn vị thuộc UBND huyện và 100% UBND các xã, thị trấn sử dụng chữ ký số.\n- 100% xã, phường, đặc khu vận hành Trung tâm Phục vụ hành chính công.",
        &[
            "90 percent gte province 2025",
            "80 percent gte district 2025",
            "70 percent gte commune 2025",
            "100 percent eq province 2025",
            "90 percent eq district 2025",
            "80 percent eq commune 2025",
            "60 percent eq province 2025",
            "50 percent eq district 2025",
            "40 percent eq commune 2025",
            "100 percent eq district 2025",
            "100 percent eq commune 2025",
            "100 percent eq commune 2025",
        ],
    );
}

#[test]
fn how_often_a_year() {
    holds(
        "III. NHIỆM VỤ\n- Tổ chức tối thiểu 02 hội nghị đối thoại với doanh nghiệp/năm.\n- Mỗi năm kiểm tra ít nhất 30% cơ quan, đơn vị; kiểm tra đột xuất tối thiểu 01 lần/quý.\n- Thực hiện báo cáo định kỳ 01 lần/quý theo quy định.",
        &["2 times_per_year gte - -", "30 percent gte - -", "1 times_per_quarter gte - -"],
    );
}

#[test]
fn cutting_rules_and_costs() {
    holds(
        "Phấn đấu đến năm 2025 cắt giảm, đơn giản hóa ít nhất 20% số quy định và cắt giảm ít nhất 20% chi phí tuân thủ quy định liên quan đến hoạt động kinh doanh. Việc cắt giảm này giúp tiết kiệm khoảng 12 tỷ đồng/năm cho doanh nghiệp.",
        &["20 percent reduce_by - 2025", "20 percent reduce_by - 2025"],
    );
}

#[test]
fn markdown_with_stars_and_escapes() {
    holds(
        "## II. MỤC TIÊU\n\n### Đến năm 2025\n\n* **100\\%** cơ quan nhà nước *cấp tỉnh* cung cấp dữ liệu mở[1];\n* Tối thiểu **80%** hồ sơ trực tuyến toàn trình[^2].\n\n### Đến năm 2030\n\n* **70%** dịch vụ công.",
        &["100 percent eq province 2025", "80 percent gte - 2025", "70 percent eq - 2030"],
    );
}

#[test]
fn slips_of_the_scanner() {
    holds(
        "1. Mục tiêu đên năm 2025:\n+ Tôi thiêu 80 % hồ sơ giải quyêt thủ tục hành chính được luân chuyên;\n+ Phân đấu 100% cán bộ, công chức câp xã đạt chuân.\n+ Tỷ lệ hô sơ đạt từ 50% trở lên.",
        &["80 percent gte - 2025", "100 percent eq commune 2025", "50 percent gte - 2025"],
    );
}

#[test]
fn documents_dates_and_names_are_no_targets() {
    holds(
        "Thực hiện Quyết định số 942/QĐ-TTg ngày 15/6/2021, Nghị quyết số 52-NQ/TW ngày 27/9/2019, Kế hoạch 145/KH-UBND, Luật số 80/2015/QH13 và khoản 2 Điều 7 Nghị định 61/2018/NĐ-CP; triển khai mô hình 3 không, 5 rõ, 24/7, mạng 5G, IPv6, ISO 9001:2015; họp lúc 14h30 ngày 20/5 tại phòng 305; kỷ niệm 50 năm ngày giải phóng; trẻ em dưới 16 tuổi; đô thị loại II; Tổ công tác số 3 gồm 15 thành viên. Điện thoại: 02903.831.267.",
        &[],
    );
}

#[test]
fn counts_to_reach_under_goals() {
    holds(
        "II. MỤC TIÊU ĐẾN NĂM 2025\n- Có trên 1.000 doanh nghiệp công nghệ số hoạt động trên địa bàn tỉnh.\n- Hình thành 01 khu công nghệ thông tin tập trung.\n- Đào tạo, bồi dưỡng 5.000 lượt cán bộ, công chức về chuyển đổi số.\n- Thực hiện 03 đột phá chiến lược và 12 nhóm nhiệm vụ, giải pháp.\n- Thu nhập bình quân đầu người đạt 60 - 65 triệu đồng/năm.",
        &[
            "1000 count gte - 2025",
            "1 count eq - 2025",
            "5000 count eq - 2025",
            "60000000..65000000 count range - 2025",
        ],
    );
}

#[test]
fn a_table_of_goals_one_cell_a_line() {
    holds(
        "PHỤ LỤC\nCHỈ TIÊU CHUYỂN ĐỔI SỐ ĐẾN NĂM 2025\nSTT\nChỉ tiêu\nĐơn vị tính\nMục tiêu đến năm 2025\nCơ quan chủ trì\n1\nTỷ lệ hồ sơ xử lý trực tuyến\n%\n80\nVăn phòng UBND tỉnh\n2\nTỷ lệ người dân hài lòng\n%\n≥ 90\nSở Nội vụ",
        &["80 percent eq - 2025", "90 percent gte - 2025"],
    );
}

#[test]
fn a_directive_without_numbers_to_reach() {
    let text = "CHỈ THỊ\nVề việc chấn chỉnh kỷ luật, kỷ cương hành chính\n\n1. Thủ trưởng các sở, ban, ngành thực hiện nghiêm 8 giờ vàng ngọc, không uống rượu bia trong giờ làm việc; xử lý hồ sơ trong thời hạn 03 ngày làm việc kể từ ngày nhận được.\n2. Báo cáo kết quả về Sở Nội vụ trước ngày 20 hằng tháng.";
    holds(text, &[]);
    let plan = read_plan(text);
    assert_eq!(plan.reports.len(), 1);
    assert_eq!(plan.reports[0].to.as_deref(), Some("Sở Nội vụ"));
    assert_eq!(plan.reports[0].by.as_deref(), Some("trước ngày 20 hằng tháng"));
}

#[test]
fn respectively_without_signs() {
    holds(
        "Năm 2022, tỷ lệ số hóa hồ sơ tại cấp tỉnh, cấp huyện, cấp xã đạt tối thiểu tương ứng là 40, 35 và 30%.",
        &["40 percent gte province 2022", "35 percent gte district 2022", "30 percent gte commune 2022"],
    );
}

#[test]
fn two_years_in_one_sentence() {
    holds(
        "Mục tiêu: Tỷ lệ dịch vụ công trực tuyến toàn trình đạt 60% năm 2024, 80% năm 2025 và tầm nhìn đến năm 2045 hoàn thành chính quyền số. Đến hết quý II/2026 có 50% bệnh viện triển khai bệnh án điện tử; trước ngày 31/12/2027 đạt 100%.",
        &["60 percent eq - 2024", "80 percent eq - 2025", "50 percent eq - 2026", "100 percent eq - 2027"],
    );
}

#[test]
fn a_factor_and_a_decrease_by_count() {
    holds(
        "Mục tiêu đến năm 2030: số doanh nghiệp tăng gấp 2 lần so với năm 2020; giảm ít nhất 5 đầu mối bên trong các sở, ngành; tỷ lệ hộ nghèo giảm bình quân 1 - 1,5%/năm.",
        &["2 times eq - 2030", "5 count reduce_by - 2030", "1..1.5 percent range - 2030"],
    );
}

#[test]
fn tables_of_goals_one_after_another() {
    holds(
        "CÁC CHỈ TIÊU CHUYỂN ĐỔI SỐ NĂM 2024\n| STT | Mục tiêu | Kết quả năm 2023 | Mục tiêu năm 2024 |\n|---|---|---|---|\n| 1 | Tỷ lệ hồ sơ số hóa (%) | 50 | 80 |\n| 2 | Xếp hạng DTI | 30 | Trong nhóm 20 |\n\n| TT | Chỉ tiêu | Năm 2025 | Năm 2030 |\n|---|---|---|---|\n| 1 | Tỷ lệ hài lòng | trên 90% | trên 95% |\n\nTT\nNội dung chỉ tiêu\nĐVT\nNăm 2024\nGhi chú\n1\nTỷ lệ thôn có cáp quang\n%\n100\n2\nSố doanh nghiệp công nghệ số\nDoanh nghiệp\n250\n",
        &[
            "80 percent eq - 2024",
            "20 rank_group rank_within - 2024",
            "90 percent gte - 2025",
            "95 percent gte - 2030",
            "100 percent eq - 2024",
            "250 count eq - 2024",
        ],
    );
}
