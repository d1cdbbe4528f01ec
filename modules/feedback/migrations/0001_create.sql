-- Petitions and recommendations (phản ánh, kiến nghị). Who sent one and what was written stands in `aside`, beside the log.
CREATE TABLE petition (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  channel {text} NOT NULL,
  class {text} NOT NULL,
  topic {text} NOT NULL,
  area_id {id},
  concerned_id {id},
  intake_id {id} NOT NULL,
  unit_id {id} NOT NULL,
  level {text} NOT NULL,
  approver_id {id},
  handler_id {id},
  account_id {id},
  key_hash {text} NOT NULL,
  year {int} NOT NULL,
  n {int} NOT NULL,
  sent_at {time} NOT NULL,
  sort_due_at {time} NOT NULL,
  ask_until {time},
  answer_due_at {time},
  answer_basis {text} NOT NULL,
  asked_at {time},
  supply_until {time},
  drafted_by {id},
  answered_at {time},
  publish_due_at {time},
  reopen_until {time},
  published_at {time},
  track {text} NOT NULL,
  score {int},
  reopened {int} NOT NULL
){strict};
CREATE UNIQUE INDEX petition_code ON petition (code);
-- Officials' lists: of a few units, or of a whole province.
CREATE INDEX petition_unit ON petition (unit_id, state, id);
CREATE INDEX petition_state ON petition (state, id);
-- The public's list: all of it, by what, by where.
CREATE INDEX petition_published ON petition (published_at, id) WHERE state = 'published';
CREATE INDEX petition_published_topic ON petition (topic, published_at, id) WHERE state = 'published';
CREATE INDEX petition_published_area ON petition (area_id, published_at, id) WHERE state = 'published';
CREATE INDEX petition_account ON petition (account_id, id) WHERE account_id IS NOT NULL;
