-- Lines of one agency: its hours over the province's days, or days on which it is closed. NULL: the province's.
ALTER TABLE calendar_entry ADD COLUMN agency_id {id};
-- The emergency decision that closed these days.
ALTER TABLE calendar_entry ADD COLUMN closing_id {id};

-- Emergency decisions that close days of the whole province or of some agencies, and move what was promised.
CREATE TABLE closing (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  -- The province's root: only there it is prepared and executed.
  office_id {id} NOT NULL,
  author_id {id},
  -- Accounts that had a hand in it: JSON. None of them executes it.
  writers {text},
  number {text} NOT NULL,
  authority {text} NOT NULL,
  first_day {date} NOT NULL,
  last_day {date} NOT NULL,
  -- The agencies that are closed: JSON. NULL: the whole province.
  agencies {text},
  executed_at {time},
  -- The revision of the calendar it made.
  revision {int},
  -- What moved, in words with a number each: JSON.
  moved {text},
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX closing_code ON closing (code);
CREATE INDEX closing_state ON closing (state, id);
