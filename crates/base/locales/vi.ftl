# Thông báo của crate base
