//! A few processes of the kind that offices have.

use bpmn::{CEL, Diagram, Flow, Kind, Lane, Node};

/// Built from lines: nodes, then flows between them.
pub struct Draft(pub Diagram);

impl Draft {
    pub fn new(id: &str, name: &str) -> Draft {
        Draft(Diagram { id: id.into(), name: name.into(), ..Diagram::default() })
    }

    pub fn node(mut self, id: &str, kind: Kind, name: &str) -> Draft {
        self.0.nodes.push(Node { id: id.into(), name: name.into(), kind, says: Default::default() });
        self
    }

    /// What the last node says beside BPMN.
    pub fn says(mut self, key: &str, value: &str) -> Draft {
        self.0.nodes.last_mut().expect("a node").says.insert(key.into(), value.into());
        self
    }

    /// One flow after the other: `a > b > c`.
    pub fn chain(mut self, ids: &str) -> Draft {
        let ids: Vec<&str> = ids.split(" > ").collect();
        for pair in ids.windows(2) {
            self = self.flow(pair[0], pair[1], "", "");
        }
        self
    }

    pub fn flow(mut self, from: &str, to: &str, name: &str, when: &str) -> Draft {
        let language = if when.is_empty() { "" } else { CEL };
        let id = format!("f{}", self.0.flows.len() + 1);
        let (name, from, to) = (name.into(), from.into(), to.into());
        let (when, language) = (when.into(), language.into());
        self.0.flows.push(Flow { id, name, from, to, when, language, otherwise: false, times: 0 });
        self
    }

    /// The last flow is the one taken otherwise.
    pub fn otherwise(mut self) -> Draft {
        self.0.flows.last_mut().expect("a flow").otherwise = true;
        self
    }

    /// The last flow is a way back.
    pub fn times(mut self, times: u8) -> Draft {
        self.0.flows.last_mut().expect("a flow").times = times;
        self
    }

    pub fn lane(mut self, name: &str, nodes: &str) -> Draft {
        let id = format!("lane-{}", self.0.lanes.len() + 1);
        let nodes = nodes.split_whitespace().map(str::to_owned).collect();
        self.0.lanes.push(Lane { id, name: name.into(), nodes });
        self
    }
}

pub fn all() -> Vec<(&'static str, Diagram)> {
    vec![("list", list()), ("choice", choice()), ("branches", branches()), ("lanes", lanes()), ("crowded", crowded())]
}

/// Steps in a row, as most procedures are.
fn list() -> Diagram {
    Draft::new("1.001193", "Đăng ký khai sinh")
        .node("start", Kind::Start, "Đã tiếp nhận")
        .node("check", Kind::Step, "Kiểm tra hồ sơ, đối chiếu giấy tờ")
        .says("role", "officer")
        .says("norm", "4h")
        .says("allowed", "forward return \"supplement\" <b> & more")
        .node("appraise", Kind::Step, "Thẩm định")
        .node("sign", Kind::Step, "Ký giấy khai sinh")
        .node("end", Kind::End, "Trả kết quả")
        .chain("start > check > appraise > sign > end")
        .0
}

/// One choice, one way back, one call of another procedure.
fn choice() -> Diagram {
    Draft::new("cap-phep-xay-dung", "Cấp giấy phép xây dựng")
        .node("start", Kind::Start, "")
        .node("check", Kind::Step, "Kiểm tra hồ sơ")
        .node("whole", Kind::Choice, "Hồ sơ đủ và hợp lệ?")
        .node("supplement", Kind::Step, "Yêu cầu bổ sung")
        .node("survey", Kind::Step, "Khảo sát thực địa")
        .node("fire", Kind::Call("1.001193".into()), "Thẩm duyệt phòng cháy")
        .node("how", Kind::Choice, "Kết quả thẩm định?")
        .node("refuse", Kind::Step, "Thông báo từ chối")
        .node("sign", Kind::Step, "Ký giấy phép")
        .node("end", Kind::End, "Trả giấy phép")
        .node("refused", Kind::End, "Đã từ chối")
        .chain("start > check > whole")
        .flow("whole", "survey", "Đủ, công trình cấp III trở xuống", "answers.cap >= 3 && channel != \"post\"")
        .flow("whole", "fire", "Đủ, thuộc diện thẩm duyệt", "answers.cap < 3")
        .flow("whole", "supplement", "Còn thiếu", "")
        .otherwise()
        .flow("supplement", "check", "Đã bổ sung", "")
        .times(2)
        .chain("survey > how")
        .chain("fire > how")
        .flow("how", "sign", "Đạt", "proposal == \"approve\"")
        .flow("how", "refuse", "Không đạt", "")
        .otherwise()
        .chain("sign > end")
        .chain("refuse > refused")
        .0
}

/// Two branches worked at once, one longer than the other.
fn branches() -> Diagram {
    Draft::new("lien-thong", "Khai sinh, cư trú và thẻ bảo hiểm")
        .node("start", Kind::Start, "Nhận hồ sơ liên thông")
        .node("birth", Kind::Step, "Đăng ký khai sinh")
        .node("fork", Kind::Fork, "")
        .node("home", Kind::Step, "Đăng ký thường trú")
        .node("home-sign", Kind::Step, "Xác nhận cư trú")
        .node("card", Kind::Step, "Cấp thẻ bảo hiểm y tế cho trẻ dưới sáu tuổi")
        .node("inform", Kind::Step, "Báo tin cho gia đình")
        .node("join", Kind::Join, "")
        .node("gather", Kind::Step, "Ghép kết quả")
        .node("end", Kind::End, "")
        .chain("start > birth > fork > home > home-sign > join > gather > end")
        .chain("fork > card > join")
        .chain("fork > inform > join")
        .0
}

/// Several desks, a way back over two of them, a path that skips one.
fn lanes() -> Diagram {
    Draft::new("dat-dai", "Cấp giấy chứng nhận quyền sử dụng đất")
        .node("start", Kind::Start, "Nộp hồ sơ")
        .node("receive", Kind::Step, "Tiếp nhận")
        .node("check", Kind::Step, "Kiểm tra hiện trạng")
        .node("fork", Kind::Fork, "")
        .node("tax", Kind::Step, "Xác định nghĩa vụ tài chính")
        .node("map", Kind::Step, "Trích đo địa chính")
        .node("join", Kind::Join, "")
        .node("draft", Kind::Step, "Dự thảo giấy chứng nhận")
        .node("look", Kind::Step, "Xem xét")
        .node("agree", Kind::Choice, "Đồng ý?")
        .node("sign", Kind::Step, "Ký")
        .node("hand", Kind::Step, "Trả kết quả")
        .node("end", Kind::End, "")
        .lane("Bộ phận một cửa", "start receive hand end")
        .lane("Phòng Quản lý đất đai", "check fork map join draft")
        .lane("Thuế cơ sở", "tax")
        .lane("Lãnh đạo Sở", "look agree sign")
        .chain("start > receive > check > fork > map > join > draft > look > agree")
        .chain("fork > tax > join")
        .flow("agree", "sign", "Đồng ý", "proposal == \"approve\"")
        .flow("agree", "draft", "Sửa lại dự thảo", "round < 3")
        .times(3)
        .flow("agree", "hand", "Không giải quyết", "")
        .otherwise()
        .chain("sign > hand > end")
        .0
}

/// Many ways that cross, two ways back to one step, a step that is its own way back.
fn crowded() -> Diagram {
    let mut draft = Draft::new("phuc-tap", "Quy trình nhiều nhánh").node("start", Kind::Start, "").node(
        "split",
        Kind::Choice,
        "Loại hồ sơ",
    );
    for n in 1..=4 {
        draft = draft.node(&format!("a{n}"), Kind::Step, &format!("Việc thứ {n}"));
        draft = draft.node(&format!("b{n}"), Kind::Choice, &format!("Xong việc {n}?"));
    }
    draft = draft.node("meet", Kind::Step, "Tổng hợp").node("end", Kind::End, "").chain("start > split");
    for n in 1..=4 {
        let (a, b) = (format!("a{n}"), format!("b{n}"));
        draft = draft.flow("split", &a, &format!("Loại {n}"), &format!("case == \"{n}\""));
        draft = draft.flow(&a, &b, "", "").flow(&b, "meet", "Xong", "true");
    }
    draft = draft.flow("b1", "a2", "Chuyển tiếp", "").otherwise().flow("b2", "a1", "Trả lại", "").otherwise().times(1);
    draft = draft.flow("b3", "a3", "Làm lại", "").otherwise().times(2).flow("b4", "a3", "Sang việc 3", "").otherwise();
    draft.flow("split", "meet", "Không thuộc loại nào", "").otherwise().chain("meet > end").0
}
