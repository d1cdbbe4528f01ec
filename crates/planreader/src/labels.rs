//! Labels inside a task: *Cơ quan chủ trì: …; thời gian: …*.

use crate::fold::patterns;

/// Longest stretch of a block looked at for labels, in characters.
const LOOK_CHARS: usize = 1200;

patterns! {
    LABEL = r"(?:^|[;.(,]\s?|\s-\s|\)\s)\W*(?:(?:cơ quan|đơn vị)\s)?(?:(chủ trì(?: thực hiện| tham mưu)?|thực hiện|chủ trì, tham mưu|chịu trách nhiệm)|((?:cơ quan |đơn vị )?phối hợp(?: thực hiện)?)|(thời gian(?: thực hiện| hoàn thành| trình)?|thời hạn(?: hoàn thành| thực hiện)?|tiến độ(?: thực hiện)?|hoàn thành)|((?:kết quả|sản phẩm)(?: đầu ra| dự kiến|/sản phẩm|, sản phẩm|, kết quả| hoàn thành)?))\s?:\s*";
    /// Inside a text only words that can be nothing else are labels.
    SURE = r"chủ trì|phối hợp|thời gian|thời hạn|tiến độ|sản phẩm|(?:cơ quan|đơn vị) thực hiện";
    ENDS = r"[;)]|\.\s|\.$";
}

/// What a label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Lead,
    Coordinating,
    Deadline,
    Product,
}

/// A label at a place of a text, and the range of its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    pub(crate) field: Field,
    /// 0 when the text opens with it.
    pub(crate) at: usize,
    pub(crate) value: (usize, usize),
}

/// The labels of a block's folded text, left to right.
pub(crate) fn labels(flat: &str) -> Vec<Label> {
    let flat = &flat[..flat.len().min(LOOK_CHARS)];
    let mut out: Vec<Label> = Vec::new();
    for groups in LABEL.all_groups(flat) {
        let Some((at, end)) = groups[0] else { continue };
        let fields = [Field::Lead, Field::Coordinating, Field::Deadline, Field::Product];
        let field = fields.into_iter().zip(&groups[1..]).find_map(|(f, g)| g.map(|_| f));
        let Some(field) = field.filter(|_| end < flat.len() && (at == 0 || SURE.is_match(&flat[at..end]))) else {
            continue;
        };
        if let Some(last) = out.last_mut() {
            last.value.1 = last.value.1.min(at);
        }
        out.push(Label { field, at, value: (end, flat.len()) });
    }
    let many = out.len() > 1 || out.first().is_some_and(|l| l.at > 0);
    for label in out.iter_mut().filter(|_| many) {
        let value = &flat[label.value.0..label.value.1];
        label.value.1 = ENDS.find(value).map_or(label.value.1, |(at, _)| label.value.0 + at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;

    fn read(text: &str) -> Vec<(Field, String)> {
        let flat = folded(text);
        labels(&flat)
            .iter()
            .map(|l| (l.field, text.chars().skip(l.value.0).take(l.value.1 - l.value.0).collect()))
            .collect()
    }

    #[test]
    fn one_line_may_hold_several_labels() {
        assert_eq!(
            read("Chủ trì: Sở Nội vụ; phối hợp: các sở, ban, ngành"),
            [(Field::Lead, "Sở Nội vụ".into()), (Field::Coordinating, "các sở, ban, ngành".into())]
        );
        assert_eq!(read("Cơ quan chủ trì: Sở Nội vụ; Sở Tài chính"), [(Field::Lead, "Sở Nội vụ; Sở Tài chính".into())]);
        assert!(read("Tổ chức thực hiện: các sở triển khai").is_empty());
    }
}
