files-type-refused = Tệp “{ $name }” không thuộc loại được nhận. Chỉ nhận PDF, PNG, JPEG, DOCX và XLSX; loại được xác định theo nội dung tệp.
files-extension-disagrees = Tệp “{ $name }” có phần mở rộng không khớp nội dung (nội dung là { $found }). Hãy đổi tên cho đúng hoặc gửi tệp khác.
files-macros-refused = Tệp “{ $name }” có chứa macro nên không được nhận. Hãy lưu lại không kèm macro hoặc xuất ra PDF.
files-empty = Tệp “{ $name }” rỗng.
files-too-large = Tệp “{ $name }” lớn hơn { $megabytes } MB.
files-not-found = Không tìm thấy tệp này.
