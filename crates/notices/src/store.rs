//! SQL of this crate, and nothing else.

::store::statements! {
    /// Something told in the portal; told once, however often its job runs.
    pub INSERT_INBOX = "INSERT INTO inbox (id, account_id, topic, subject_id, code, kind, said, at, read_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL) ON CONFLICT (id) DO NOTHING";
    /// What an account was told, the latest first, after a place.
    pub INBOX = "SELECT id, account_id, topic, subject_id, code, kind, said, at, read_at FROM inbox WHERE account_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4";
    /// … about one topic.
    pub INBOX_TOPIC = "SELECT id, account_id, topic, subject_id, code, kind, said, at, read_at FROM inbox WHERE account_id = $1 AND topic = $2 ORDER BY at DESC, id DESC LIMIT $3";
    /// What was shown has been seen.
    pub INBOX_READ = "UPDATE inbox SET read_at = $3 WHERE account_id = $1 AND at <= $2 AND read_at IS NULL";
    /// … about one topic.
    pub INBOX_READ_TOPIC = "UPDATE inbox SET read_at = $4 WHERE account_id = $1 AND topic = $2 AND at <= $3 AND read_at IS NULL";
    /// How much has not been seen.
    pub INBOX_UNREAD = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM inbox WHERE account_id = $1 AND read_at IS NULL LIMIT 100) AS unread";
    /// What was told of subjects of a range.
    pub INBOX_BETWEEN = "SELECT id, account_id, topic, subject_id, code, kind, said, at, read_at FROM inbox WHERE subject_id > $1 AND subject_id <= $2 AND topic = $3 ORDER BY subject_id, id";

    /// Where an account is reached.
    pub CONTACTS = "SELECT id, account_id, channel, sealed, lang, wanted, confirmed_at, code_sealed, code_until, tries FROM contact WHERE account_id = $1 ORDER BY channel";
    /// One of them.
    pub CONTACT = "SELECT id, account_id, channel, sealed, lang, wanted, confirmed_at, code_sealed, code_until, tries FROM contact WHERE account_id = $1 AND channel = $2";
    /// A new one, waiting for its code.
    pub INSERT_CONTACT = "INSERT INTO contact (id, account_id, channel, sealed, lang, wanted, made_at, confirmed_at, code_sealed, code_until, tries) VALUES ($1, $2, $3, $4, $5, TRUE, $6, NULL, $7, $8, 0)";
    /// The code came back.
    pub CONFIRM_CONTACT = "UPDATE contact SET confirmed_at = $2, code_sealed = NULL, code_until = NULL, tries = 0 WHERE id = $1";
    /// A code was typed: counted before it is compared, so that parallel guesses do not outrun the count.
    pub COUNT_TRY = "UPDATE contact SET tries = tries + 1 WHERE id = $1 AND tries < $2";
    /// Whether it is used.
    pub WANT_CONTACT = "UPDATE contact SET wanted = $2 WHERE id = $1";
    /// It is used no more.
    pub DELETE_CONTACT = "DELETE FROM contact WHERE id = $1";

    /// What an official wants.
    pub WISH = "SELECT assigned, digest FROM notice_wish WHERE account_id = $1";
    /// Wants it otherwise.
    pub SET_WISH = "INSERT INTO notice_wish (account_id, assigned, digest) VALUES ($1, $2, $3) ON CONFLICT (account_id) DO UPDATE SET assigned = excluded.assigned, digest = excluded.digest";

    /// Something to be sent.
    pub INSERT_SENDING = "INSERT INTO sending (id, job_id, channel, topic, subject_id, account_id, kind, state, attempts, error, ordered_at, at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, '', $8, $8)";
    /// How it went.
    pub SENT = "UPDATE sending SET state = $2, attempts = attempts + 1, error = $3, at = $4 WHERE job_id = $1 AND state <> 'sent'";
    /// Whether it went out already.
    pub STATE_OF = "SELECT state FROM sending WHERE job_id = $1";
    /// Set off again by a person.
    pub AGAIN = "UPDATE sending SET state = 'waiting', at = $2 WHERE id = $1 AND state = 'given-up'";
    /// How many are in which state.
    pub SENDING_COUNTS = "SELECT channel, state, COUNT(*) AS n FROM sending WHERE ordered_at > $1 OR state IN ('waiting', 'given-up') GROUP BY channel, state ORDER BY channel, state";
    /// Those of one state that did not go out at their first attempt, the latest first, after a place; of any channel or one.
    pub SENDING_TROUBLE = "SELECT id, job_id, channel, topic, kind, state, attempts, error, ordered_at, at FROM sending WHERE state = $1 AND attempts > 0 AND (at, id) < ($2, $3) AND (CAST($4 AS TEXT) = '' OR channel = $4) ORDER BY at DESC, id DESC LIMIT $5";
    /// Those that were given up.
    pub GIVEN_UP = "SELECT id, job_id FROM sending WHERE state = 'given-up' ORDER BY job_id LIMIT $1";
    /// The job of one that was given up.
    pub JOB_OF = "SELECT job_id FROM sending WHERE id = $1 AND state = 'given-up'";
    /// Codes sent for an account since a moment.
    pub CODES_SINCE = "SELECT COUNT(*) AS n FROM sending WHERE account_id = $1 AND topic = 'contact' AND ordered_at > $2";
    /// What went out long ago goes, a bounded number at a time.
    pub SENDING_PRUNE = "DELETE FROM sending WHERE id IN (SELECT id FROM sending WHERE state IN ('sent', 'refused', 'dropped') AND at < $1 LIMIT $2)";
}
