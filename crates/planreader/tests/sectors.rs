//! Goals of sectors (tourism, poverty, health, environment, indexes), party resolutions and news pages.

mod common;

use common::holds;
use planreader::read_plan;

#[test]
fn a_party_resolution_numbers_with_dashes_and_looks_ahead() {
    let text = "TỈNH ỦY NAM HẢI\n*\nSố 15-NQ/TU\nĐẢNG CỘNG SẢN VIỆT NAM\nNam Hải, ngày 22 tháng 7 năm 2021\n\nNGHỊ QUYẾT\nvề phát triển du lịch giai đoạn 2021 - 2025, định hướng đến năm 2030\n\nI- QUAN ĐIỂM, MỤC TIÊU\n1- Mục tiêu đến năm 2025\n- Mức chi tiêu bình quân đạt 1,5 triệu đồng/lượt khách.\n2- Định hướng đến năm 2030\nĐón 12 triệu lượt khách; tổng thu đạt 20.000 tỷ đồng.\n\nII- TỔ CHỨC THỰC HIỆN\n1- Ban cán sự đảng UBND tỉnh xây dựng kế hoạch thực hiện; định kỳ 6 tháng, hằng năm báo cáo Ban Thường vụ Tỉnh ủy.";
    holds(text, &["1500000 count eq - 2025", "12000000 count eq - 2030", "20000000000000 count eq - 2030"]);
    let report = &read_plan(text).reports[0];
    assert_eq!(report.from.as_deref(), Some("Ban cán sự đảng UBND tỉnh"));
    assert_eq!(report.by.as_deref(), Some("định kỳ 6 tháng, hằng năm"));
}

#[test]
fn a_rate_at_the_end_counts_for_the_whole_list() {
    holds(
        "Mục tiêu đến năm 2030:\n- Đạt 11 bác sĩ, 3,0 dược sĩ đại học, 33 điều dưỡng trên 10.000 dân.\n- Tuổi thọ trung bình khoảng 74,5 tuổi, số năm sống khỏe đạt tối thiểu 67 năm.",
        &[
            "11 per_10000 eq - 2030",
            "3 per_10000 eq - 2030",
            "33 per_10000 eq - 2030",
            "74.5 count eq - 2030",
            "67 count gte - 2030",
        ],
    );
}

#[test]
fn how_a_class_is_laid_out_or_a_support_is_capped_is_no_aim() {
    holds(
        "Mục tiêu đến năm 2025:\n- Đào tạo 500 cán bộ. Mỗi lớp không quá 40 học viên, thời gian 03 ngày.\n- Mức chi hỗ trợ dự án không quá 95% tổng chi phí.\n- Xóa tình trạng không còn xã dưới 15 tiêu chí.\n- Tỷ lệ học sinh học 2 buổi/ngày đạt 90%.",
        &["500 count eq - 2025", "90 percent eq - 2025"],
    );
}

#[test]
fn what_a_share_is_of_may_hold_a_number() {
    holds(
        "Chỉ tiêu năm 2024:\n- Số hồ sơ phải bổ sung quá 01 lần: ≤ 5%.\n- Không để tỷ lệ hồ sơ trễ hạn vượt quá 1%.\n- Giá trị sản xuất trên 1 ha đất canh tác đạt 130 triệu đồng.\n- Thu ngân sách trên địa bàn đạt trên 160 tỷ đồng.",
        &["5 percent lte - 2024", "1 percent lte - 2024", "130000000 count eq - 2024", "160000000000 count gte - 2024"],
    );
}

#[test]
fn so_many_of_so_many() {
    holds(
        "Mục tiêu đến năm 2025:\n- Phấn đấu 02/05 huyện nghèo thoát nghèo.\n- Công tác chỉ đạo, điều hành: 8,2/8,5 điểm.",
        &["2 count eq - 2025", "8.2 points eq - 2025"],
    );
    assert!(read_plan("I. THỰC TRẠNG\nCó 11/11 xã đạt chuẩn; đạt 8,2/8,5 điểm.").targets.is_empty());
}

#[test]
fn an_index_by_its_points_and_its_place() {
    holds(
        "II. MỤC TIÊU NĂM 2025\n1. PAR INDEX đạt từ 89% trở lên, xếp vị trí từ thứ 15 trở lên.\n2. Phấn đấu PCI vào nhóm 12.\n3. Chỉ số \"Chi phí không chính thức\" đạt 7,2 điểm; thời gian cấp phép xây dựng tối đa 15 ngày.\n4. Kết quả từng chỉ số thành phần:\n- Cải cách thể chế: từ 9,0 điểm trở lên.",
        &[
            "89 percent gte - 2025",
            "15 rank_group rank_within - 2025",
            "12 rank_group rank_within - 2025",
            "7.2 points eq - 2025",
            "15 days lte - 2025",
            "9 points gte - 2025",
        ],
    );
}

#[test]
fn a_news_page_keeps_its_counters_its_past_and_its_other_news_to_itself() {
    holds(
        "Tỉnh Hà Trung đặt mục tiêu cao về PCI\nThứ Ba, 12/03/2024 | 09:45\nLượt xem: 1.284 | Cỡ chữ: 14\nUBND tỉnh vừa ban hành Kế hoạch nâng cao Chỉ số năng lực cạnh tranh cấp tỉnh (PCI) năm 2024.\nTheo công bố, năm 2023 PCI đứng thứ 31/63.\nKế hoạch đặt mục tiêu năm 2024, PCI đạt trên 68 điểm.\nĐể đạt mục tiêu, tỉnh giao Sở Kế hoạch và Đầu tư khảo sát đối với 18 sở, ngành và 9 huyện.\nCác tin khác\n- 98% hồ sơ giải quyết đúng hạn (08/03)",
        &["68 points gte - 2024"],
    );
}

#[test]
fn a_congress_approves_what_was_before_it_sets_what_comes() {
    holds(
        "NGHỊ QUYẾT\nĐẠI HỘI ĐẢNG BỘ TỈNH NHIỆM KỲ 2020 - 2025\nI. Tán thành đánh giá kết quả 5 năm 2015 - 2020: tăng trưởng GRDP bình quân 7,1%/năm; 14/18 chỉ tiêu đạt.\nII. Các chỉ tiêu chủ yếu đến năm 2025\n(1) Tăng trưởng GRDP bình quân từ 8,0 - 8,5%/năm.",
        &["8..8.5 percent range - 2025"],
    );
}

#[test]
fn a_year_gone_told_in_one_sentence_covers_the_next() {
    holds(
        "QUYẾT ĐỊNH\nPhê duyệt Chương trình phát triển chăn nuôi giai đoạn 2024 - 2030\nHà Nội, ngày 03 tháng 4 năm 2024\nI. NỘI DUNG\n1. Đến hết năm 2023, đàn lợn đạt 26,3 triệu con. Cả nước có 24.000 trang trại, 38% đạt chứng nhận.\n2. Phấn đấu 60% trang trại xử lý chất thải đạt quy chuẩn vào năm 2027.",
        &["60 percent eq - 2027"],
    );
}

#[test]
fn a_short_item_that_ends_with_a_semicolon_is_no_heading() {
    holds(
        "2. Mục tiêu cụ thể đến năm 2030\na) Sản lượng trứng khoảng 23 tỷ quả và sữa khoảng 2,6 triệu tấn;\nb) Hiến máu 200 đơn vị; trồng mới 1.000 cây xanh.",
        &["23000000000 count eq - 2030", "2600000 count eq - 2030", "200 count eq - 2030", "1000 count eq - 2030"],
    );
}

#[test]
fn a_table_a_cell_a_line_with_the_year_before_and_units_in_small_letters() {
    holds(
        "QUYẾT ĐỊNH\nBan hành Kế hoạch bảo vệ môi trường giai đoạn 2022 - 2026\nVĩnh An, ngày 28 tháng 4 năm 2022\nPHỤ LỤC\nTT\nChỉ tiêu\nĐơn vị\nNăm 2021\nMục tiêu 2024\nMục tiêu 2026\n1\nTỷ lệ thu gom chất thải rắn\n%\n91\n94\n97\n2\nSố trạm quan trắc tự động\ntrạm\n6\n10\n15\n3\nTỷ lệ chôn lấp\n%\n70\n< 50\n< 30",
        &[
            "94 percent eq - 2024",
            "97 percent eq - 2026",
            "10 count eq - 2024",
            "15 count eq - 2026",
            "50 percent lte - 2024",
            "30 percent lte - 2026",
        ],
    );
}

#[test]
fn each_commune_is_the_commune_tier() {
    holds(
        "Chỉ tiêu năm 2024:\n- Mỗi xã, thị trấn tổ chức tối thiểu 02 hội nghị đối thoại/năm.",
        &["2 times_per_year gte commune 2024"],
    );
}

#[test]
fn a_letterhead_beside_the_motto_keeps_only_the_issuer() {
    let head = "BỘ NÔNG NGHIỆP   CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 1120/QĐ-BNN\tHà Nội, ngày 03 tháng 4 năm 2024\nQUYẾT ĐỊNH\nPhê duyệt Chương trình";
    let metadata = read_plan(head).metadata;
    assert_eq!(metadata.issuer.as_deref(), Some("BỘ NÔNG NGHIỆP"));
    assert_eq!(metadata.number.as_deref(), Some("1120/QĐ-BNN"));
    assert_eq!(metadata.place.as_deref(), Some("Hà Nội"));
    assert_eq!(metadata.date.as_deref(), Some("2024-04-03"));
}

#[test]
fn a_clause_that_names_its_own_agency_reports_for_it() {
    let plan = read_plan(
        "IV. TỔ CHỨC THỰC HIỆN\n1. Các huyện ủy, thành ủy xây dựng kế hoạch trước ngày 30/9/2022; Văn phòng Tỉnh ủy theo dõi, định kỳ hằng năm báo cáo Ban Thường vụ.\n2. Sở Y tế gửi báo cáo về Bộ (qua Cục Quản lý) trước ngày 30 tháng 11 hằng năm.",
    );
    assert_eq!(plan.reports[0].from.as_deref(), Some("Văn phòng Tỉnh ủy"));
    assert_eq!(plan.reports[1].to.as_deref(), Some("Bộ"));
}

#[test]
fn a_confidence_is_written_with_two_decimals() {
    let json = serde_json::to_value(read_plan("Sở Y tế báo cáo UBND tỉnh trước ngày 15/12.")).unwrap();
    let confidence = json["reports"][0]["confidence"].to_string();
    assert!(confidence.len() <= 4, "{confidence}");
}

#[test]
fn items_that_count_from_one_again_stand_under_their_heading() {
    holds(
        "1. Hiện trạng: 100% sở, ngành dùng chung phần mềm.\n2. Mục tiêu đến năm 2025\n1. 100% hệ thống kết nối qua trục.\n2. Tối thiểu 90% cán bộ được tập huấn.\n3. Thời gian khôi phục sự cố không quá 4 giờ.\n3. Nguyên tắc thực hiện: băng thông 10 Gbps; 02 trung tâm cách nhau 30 km.",
        &["100 percent eq - 2025", "90 percent gte - 2025", "4 hours lte - 2025"],
    );
}

#[test]
fn what_a_budget_takes_in_is_asked_for() {
    holds(
        "Các chỉ tiêu chủ yếu năm 2024:\n- Tổng thu ngân sách nhà nước trên địa bàn đạt 9.850 tỷ đồng, tăng 8% so với ước thực hiện năm 2023.\n- Mức giảm sinh 0,1‰; đạt 9,8 bác sĩ và 33,5 giường bệnh trên 1 vạn dân.",
        &[
            "9850000000000 count eq - 2024",
            "8 percent increase_by - 2024",
            "0.1 per_1000 eq - 2024",
            "9.8 per_10000 eq - 2024",
            "33.5 per_10000 eq - 2024",
        ],
    );
}
