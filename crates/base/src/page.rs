//! Where a page of a list lies.

/// Where a page of a list lies. Beside a row it stays whatever comes or goes meanwhile; counted off, a row that came in before it
/// pushes the last row of the page before onto it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<K> {
    /// After so many rows.
    At(i64),
    /// It begins right after this row.
    After(K),
    /// It ends right before this row.
    Before(K),
}

impl<K> Place<K> {
    /// The beginning of a list.
    pub const START: Place<K> = Place::At(0);

    /// For SQL: how many rows to pass over.
    pub fn offset(&self) -> i64 {
        match self {
            Place::At(rows) => (*rows).max(0),
            Place::After(_) | Place::Before(_) => 0,
        }
    }

    /// The row it lies beside.
    pub fn row(&self) -> Option<&K> {
        match self {
            Place::At(_) => None,
            Place::After(row) | Place::Before(row) => Some(row),
        }
    }

    /// Whether its rows are found against the order of the list, from its last to its first.
    pub fn is_backwards(&self) -> bool {
        matches!(self, Place::Before(_))
    }
}
