-- What somebody is told, and over what. The news themselves follow from the events of their subjects.

-- The box in the portal, of citizens and officials.
CREATE TABLE inbox (
  id {id} NOT NULL PRIMARY KEY,
  account_id {id} NOT NULL,
  -- What it is about: `dossier`, `petition`, `reminder`, `digest`.
  topic {text} NOT NULL,
  subject_id {id} NOT NULL,
  code {text} NOT NULL,
  kind {text} NOT NULL,
  -- Numbers that belong to it, as a JSON object; never words about people.
  said {text} NOT NULL,
  at {time} NOT NULL,
  read_at {time}
){strict};
CREATE INDEX inbox_account ON inbox (account_id, at);
CREATE INDEX inbox_unread ON inbox (account_id) WHERE read_at IS NULL;
-- For verification, which goes through subjects in the order of their ids.
CREATE INDEX inbox_subject ON inbox (subject_id);

-- Where somebody is reached outside the portal. The address is sealed with the key beside the database.
CREATE TABLE contact (
  id {id} NOT NULL PRIMARY KEY,
  account_id {id} NOT NULL,
  -- `mail` or `sms`.
  channel {text} NOT NULL,
  sealed {bytes} NOT NULL,
  lang {text} NOT NULL,
  wanted {bool} NOT NULL,
  made_at {time} NOT NULL,
  confirmed_at {time},
  -- The code that was sent to it, sealed too, until when it is good, and how often it was typed wrong.
  code_sealed {bytes},
  code_until {time},
  tries {int} NOT NULL
){strict};
CREATE UNIQUE INDEX contact_account ON contact (account_id, channel);

-- What an official wants to be told beyond what everybody is.
CREATE TABLE notice_wish (
  account_id {id} NOT NULL PRIMARY KEY,
  -- Work assigned: `off`, `digest` (the box, and the weekly digest), `now` (the box and every channel).
  assigned {text} NOT NULL,
  -- Whether the weekly digest goes out by e-mail as well.
  digest {bool} NOT NULL
){strict};

-- What was sent over a channel, and whether it arrived there: neither address nor content.
CREATE TABLE sending (
  id {id} NOT NULL PRIMARY KEY,
  job_id {int} NOT NULL,
  channel {text} NOT NULL,
  topic {text} NOT NULL,
  subject_id {id} NOT NULL,
  account_id {id},
  kind {text} NOT NULL,
  -- `waiting`, `sent`, `refused` (the other side will not have it), `dropped` (nowhere to send it to any more), `given-up`.
  state {text} NOT NULL,
  attempts {int} NOT NULL,
  -- What went wrong last: a word of ours and a number of the other side, never its text.
  error {text} NOT NULL,
  ordered_at {time} NOT NULL,
  at {time} NOT NULL
){strict};
CREATE INDEX sending_state ON sending (state, channel, at);
CREATE INDEX sending_account ON sending (account_id, ordered_at);
