# Thông báo của crate base: mỗi mã lỗi là một khóa.

# Văn bản
base-text-control = Có ký tự điều khiển ({ $code }) không hiện ra và không được nhận. Vui lòng xóa đi và gõ lại phần này.

# Tên, địa chỉ
base-name-short = Tên phải có ít nhất hai chữ cái. Vui lòng ghi đầy đủ họ, chữ đệm và tên như trên giấy tờ.
base-name-digits = Tên người không có chữ số. Vui lòng ghi họ, chữ đệm và tên như trên giấy tờ; nếu là tổ chức, hãy nhập mã số thuế của tổ chức.
base-name-signs = Ký tự “{ $sign }” không dùng trong tên người. Vui lòng ghi tên như trên giấy tờ.
base-name-case = Tên được viết hoa chữ cái đầu mỗi từ. Có phải là “{ $written }”?
base-address-short = Địa chỉ quá ngắn. Vui lòng ghi số nhà, đường hoặc thôn, ấp và xã, phường, ví dụ: 12 đường 3/2, phường Ninh Kiều.

# Mã định danh cơ quan
base-agency-code-long = Mã định danh cơ quan dài quá { $max } ký tự. Quyết định 20/2020/QĐ-TTg chỉ cho phép tối đa { $max } ký tự; hãy kiểm tra lại mã “{ $value }”.
base-agency-code-letters = Mã định danh cơ quan “{ $value }” có ký tự không được dùng. Mã chỉ gồm chữ số, chữ cái không dấu A–Z và dấu chấm (Quyết định 20/2020/QĐ-TTg).
base-agency-code-head = Mã định danh cơ quan “{ $value }” chưa đúng phần đầu. Mã cấp 1 gồm một chữ cái từ A đến Y và hai chữ số, ví dụ H13 (Quyết định 20/2020/QĐ-TTg).
base-agency-code-group = Mã định danh cơ quan “{ $value }” có nhóm trống hoặc dài quá { $max } ký tự. Mỗi cấp dưới là một nhóm từ 1 đến { $max } ký tự, cách nhau bằng dấu chấm, ví dụ H13.08.

# Mã số hồ sơ
base-dossier-code-shape = Mã số hồ sơ “{ $value }” chưa đủ ba phần. Mã gồm mã cơ quan, ngày tiếp nhận và số thứ tự, ví dụ H13.08-261122-0012; mã có trên giấy tiếp nhận.
base-dossier-code-date = Phần ngày “{ $part }” trong mã số hồ sơ không phải là ngày có thật. Phần này viết theo thứ tự năm, tháng, ngày, mỗi phần hai chữ số, ví dụ 261122 là ngày 22/11/2026.
base-dossier-code-counter = Số thứ tự “{ $part }” ở cuối mã số hồ sơ phải có bốn hoặc năm chữ số, ví dụ 0012.

# Số định danh cá nhân
base-citizen-id-digits = Số định danh cá nhân chỉ gồm chữ số. Hãy bỏ chữ cái và dấu khác rồi nhập lại 12 số trên thẻ căn cước.
base-citizen-id-old = Đây là số chứng minh nhân dân 9 số, không còn giá trị sử dụng sau ngày 31/12/2024. Hãy nhập số định danh cá nhân gồm 12 chữ số.
base-citizen-id-length = Số định danh cá nhân phải có đúng 12 chữ số; số vừa nhập có { $count } chữ số.
base-citizen-id-place = Ba chữ số đầu “{ $place }” không phải là mã nơi đăng ký khai sinh. Hãy so lại với thẻ căn cước.
base-citizen-id-century = Chữ số thứ tư “{ $digit }” không hợp lệ: chữ số này cho biết thế kỷ sinh và giới tính, hiện chỉ dùng 0, 1, 2 hoặc 3.
base-citizen-id-future = Số định danh cá nhân này là của người sinh năm { $inNumber }, chưa tới. Hãy so lại với thẻ căn cước hoặc giấy khai sinh.
base-citizen-id-birth-year = Năm sinh đã khai là { $declared }, còn số định danh cá nhân cho biết năm { $inNumber }. Hãy kiểm tra lại ngày sinh hoặc số định danh.
base-citizen-id-sex = Giới tính đã khai khác với giới tính thể hiện trong số định danh cá nhân. Hãy kiểm tra lại.

# Mã số thuế
base-tax-code-digits = Mã số thuế chỉ gồm chữ số; được phép có dấu gạch ngang trước ba số của đơn vị phụ thuộc.
base-tax-code-length = Mã số thuế phải có 10 hoặc 13 chữ số; mã vừa nhập có { $count } chữ số. Cá nhân và hộ kinh doanh dùng số định danh cá nhân 12 số.
base-tax-code-check = Mã số thuế không đúng chữ số kiểm tra (chữ số thứ mười). Có thể một chữ số bị nhập nhầm; hãy so lại với giấy đăng ký.
base-tax-code-branch = Ba chữ số cuối của mã số thuế đơn vị phụ thuộc phải từ 001 đến 999.

# Số của người, tổ chức
base-person-number-digits = Số này chỉ gồm chữ số: số định danh cá nhân 12 số hoặc mã số thuế 10, 13 số. Người nước ngoài dùng hộ chiếu thì chọn loại giấy tờ “Hộ chiếu”.
base-person-number-length = Số định danh cá nhân có 12 chữ số, mã số thuế có 10 hoặc 13 chữ số; số vừa nhập có { $count } chữ số.

# Số điện thoại
base-phone-foreign = Số điện thoại nước ngoài viết dấu + rồi mã quốc gia và số, tất cả từ 8 đến 15 chữ số, ví dụ +1 415 555 0100; số vừa nhập có { $count } chữ số.
base-phone-digits = Số điện thoại chỉ gồm chữ số, có thể bắt đầu bằng dấu +.
base-phone-length = Số điện thoại không đủ hoặc thừa chữ số (đọc được { $count } số). Số di động có 10 chữ số, ví dụ 0912 345 678; số cố định bắt đầu bằng 02 và có 10 hoặc 11 chữ số.
base-phone-prefix = Đầu số { $prefix } không phải là đầu số đang dùng tại Việt Nam. Hãy kiểm tra ba chữ số đầu.

# Số tiền
base-money = “{ $value }” không đọc được là số tiền. Hãy nhập số đồng nguyên, ví dụ 150000 hoặc 150.000.

# Thời hạn, lịch làm việc
base-limit = Thời hạn “{ $value }” không đọc được. Cách viết: 5wd (ngày làm việc), 3d (ngày), 8h (giờ làm việc), 1m (tháng) hoặc same-day (trong ngày); số từ 1 đến 9999.
base-pause-policy = Cách tính khi tạm dừng “{ $value }” không có. Chọn restart (tính lại từ đầu) hoặc resume (tính tiếp).
base-basis = Căn cứ tính hạn “{ $value }” không đọc được.
base-hours = Giờ làm việc “{ $value }” không đọc được. Cách viết: 07:00-11:30, giờ bắt đầu phải trước giờ kết thúc.
base-hours-order = Các khoảng giờ làm việc trong ngày phải theo thứ tự và không chồng lên nhau; hãy xem lại “{ $value }”.
base-hours-none = Lịch không có giờ làm việc nào trong tuần, nên không thể tính hạn.
base-calendar-text = Tệp lịch làm việc không đúng cấu trúc: { $detail }
base-calendar-version = Tên phiên bản lịch “{ $value }” không hợp lệ. Chỉ dùng chữ cái không dấu, chữ số, dấu chấm, gạch ngang và gạch dưới.
base-calendar-day = Ngày nghỉ “{ $value }” ({ $name }) trong tệp lịch không hợp lệ: ngày không có thật, khoảng ngày bị ngược hoặc tên chưa được khai báo.
base-calendar-swap = Việc hoán đổi ngày { $day } không hợp lệ: ngày nghỉ phải là ngày làm việc, ngày làm bù phải là ngày nghỉ hằng tuần, không trùng ngày lễ, và mỗi ngày chỉ dùng một lần.
base-extension-second = Hồ sơ này đã được hẹn lại một lần. Việc hẹn lại ngày trả kết quả không được thực hiện quá một lần (Nghị định 61/2018/NĐ-CP Điều 19 khoản 9).
base-extension-late = Phải xin lỗi và hẹn lại chậm nhất một ngày trước khi hết hạn ({ $due }). Nếu vẫn cần hẹn lại, hãy ghi rõ lý do (Nghị định 61/2018/NĐ-CP Điều 19 khoản 9).

# Mã và danh mục đóng
base-id = Mã nội bộ không đọc được; mã chỉ gồm chữ số.
base-lang = Không có ngôn ngữ “{ $value }”. Chọn vi (tiếng Việt) hoặc en (tiếng Anh).
base-level = Không có cấp “{ $value }”. Chọn province (tỉnh), district (huyện, trước 01/07/2025) hoặc commune (xã).
base-channel = Không có kênh nộp “{ $value }”. Chọn counter (trực tiếp), online (trực tuyến) hoặc post (bưu chính).
base-role = Không có vai trò “{ $value }”.
base-sex = Không có giới tính “{ $value }”. Chọn male (nam) hoặc female (nữ).

# Từ dùng trên màn hình
base-level-province = Cấp tỉnh
base-level-district = Cấp huyện
base-level-commune = Cấp xã
base-channel-counter = Trực tiếp
base-channel-online = Trực tuyến
base-channel-post = Bưu chính
base-sex-male = Nam
base-sex-female = Nữ
base-role-clerk = Công chức một cửa
base-role-officer = Công chức thụ lý
base-role-division-head = Lãnh đạo phòng
base-role-leader = Lãnh đạo cơ quan
base-role-reform-officer = Công chức cải cách hành chính
base-role-inspector = Người kiểm tra
base-role-catalogue-keeper = Quản trị danh mục thủ tục
base-role-administrator = Quản trị hệ thống
base-role-own = Vai trò riêng của tỉnh
base-role-citizen = Công dân, tổ chức
base-limit-working-days = { $n } ngày làm việc
base-limit-calendar-days = { $n } ngày
base-limit-hours = { $n } giờ làm việc
base-limit-months = { $n } tháng
base-limit-same-day = Trong ngày
base-system = Không có hệ thống “{ $value }”. Chọn state, vertical, party hoặc front.
base-system-state = Hành chính nhà nước
base-system-vertical = Ngành dọc Trung ương
base-system-party = Cấp ủy, cơ quan Đảng
base-system-front = Mặt trận Tổ quốc và tổ chức chính trị - xã hội
base-text-long = Dài quá: nhiều nhất { $max } chữ.
