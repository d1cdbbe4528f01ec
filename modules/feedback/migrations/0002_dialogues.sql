-- Dialogues of an agency's head with people: the sitting, and what is asked and promised at it. Words stand in `aside`, beside the log.
CREATE TABLE dialogue (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  agency_id {id} NOT NULL,
  held_at {time} NOT NULL,
  ask_until {time} NOT NULL,
  minutes_due_at {time},
  published_at {time},
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX dialogue_code ON dialogue (code);
CREATE INDEX dialogue_held ON dialogue (held_at, id);

CREATE TABLE dialogue_item (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  -- `question` or `commitment`.
  class {text} NOT NULL,
  -- `portal` or `sitting`.
  channel {text} NOT NULL,
  dialogue_id {id} NOT NULL,
  agency_id {id} NOT NULL,
  unit_id {id} NOT NULL,
  level {text} NOT NULL,
  account_id {id},
  due_at {time} NOT NULL,
  settled_at {time},
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX dialogue_item_code ON dialogue_item (code);
CREATE INDEX dialogue_item_dialogue ON dialogue_item (dialogue_id, id);
CREATE INDEX dialogue_item_unit ON dialogue_item (unit_id, state, id);
