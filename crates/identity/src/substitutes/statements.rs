//! SQL of those who are away and of those who act for them, and nothing else.

store::statements! {
    /// One more.
    pub INSERT = "INSERT INTO substitution (id, account_id, substitute_id, valid_from, valid_to, reason, basis, named_by, named_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// The substitute says yes.
    pub ACCEPT = "UPDATE substitution SET accepted_at = $2 WHERE id = $1 AND accepted_at IS NULL AND ended_at IS NULL";
    /// It is over, by somebody.
    pub END = "UPDATE substitution SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL";
    /// One.
    pub GET = "SELECT * FROM substitution WHERE id = $1";
    /// Those of somebody who is away that touch some days.
    pub AWAY_IN = "SELECT * FROM substitution WHERE account_id = $1 AND ended_at IS NULL AND valid_to >= $2 AND valid_from <= $3 ORDER BY valid_from, id LIMIT 1";
    /// What somebody has to do with, the latest first.
    pub OF = "SELECT * FROM substitution WHERE account_id = $1 OR substitute_id = $1 ORDER BY valid_to DESC, id DESC LIMIT $2";
    /// Those under way or to come of people whose post lies within a path, by the day they begin.
    pub WITHIN = "SELECT * FROM substitution s WHERE s.ended_at IS NULL AND s.valid_to >= $2 AND EXISTS (SELECT 1 FROM account_grant g \
        WHERE g.account_id = s.account_id AND g.agency_path LIKE $1 AND g.revoked_at IS NULL AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2)) \
        ORDER BY s.valid_from, s.id LIMIT $3";
    /// Those nobody said yes to, of before a day.
    pub WAITING = "SELECT * FROM substitution WHERE accepted_at IS NULL AND ended_at IS NULL AND valid_to < $1 ORDER BY id LIMIT $2";
    /// Who acts today for some people.
    pub ACTING = sqlite "SELECT account_id, substitute_id, valid_to FROM substitution WHERE account_id IN (SELECT value FROM json_each($1)) AND accepted_at IS NOT NULL AND ended_at IS NULL AND valid_from <= $2 AND valid_to >= $2 ORDER BY account_id, id LIMIT 500",
        postgres "SELECT account_id, substitute_id, valid_to FROM substitution WHERE account_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) AND accepted_at IS NOT NULL AND ended_at IS NULL AND valid_from <= $2 AND valid_to >= $2 ORDER BY account_id, id LIMIT 500";
    /// Officials with a post within a path today, by name.
    pub COLLEAGUES = "SELECT DISTINCT a.name, a.id FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.agency_path LIKE $1 AND a.kind = 'official' AND a.machine IS NULL AND a.state = 'active' AND g.revoked_at IS NULL \
        AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) ORDER BY a.name, a.id LIMIT 300";
}
