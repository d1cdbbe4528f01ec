//! SQL of reminders, and nothing else.

::store::statements! {
    /// Rules kept, the oldest first.
    pub RULES = "SELECT id, due_name, side, since, span, whom, active, basis FROM reminder_rule ORDER BY due_name, side, since LIMIT 2000";
    /// One more.
    pub INSERT_RULE = "INSERT INTO reminder_rule (id, due_name, side, since, span, whom, active, basis, kept_by, kept_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (due_name, side, since) DO NOTHING";
    /// Told from now on; nothing where it was told before, wherever its due date has moved to.
    pub MARK = "INSERT INTO reminder_told (subject_id, due_name, part, side, due_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (subject_id, due_name, part, side) DO NOTHING";
    /// The same for a week of an account.
    pub MARK_WEEK = "INSERT INTO reminder_told (subject_id, due_name, part, side, due_at) VALUES ($1, $2, 0, $3, $4) ON CONFLICT (subject_id, due_name, part, side) DO UPDATE SET due_at = excluded.due_at WHERE reminder_told.due_at < excluded.due_at";
    /// What was told, in the order of its key.
    pub MARKS = "SELECT subject_id, due_name, part FROM reminder_told WHERE (subject_id, due_name, part) > ($1, $2, $3) ORDER BY subject_id, due_name, part LIMIT $4";
    /// It may be told again.
    pub UNMARK = "DELETE FROM reminder_told WHERE subject_id = $1 AND due_name = $2 AND part = $3";
    /// How much each was reminded of in a slot.
    pub REMINDED = "SELECT account_id, COUNT(*) AS n FROM inbox WHERE topic = 'reminder' AND at = $1 GROUP BY account_id ORDER BY account_id";
}
