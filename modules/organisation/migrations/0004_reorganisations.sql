-- Decisions that merge, split and dissolve agencies in one act (sắp xếp cơ quan).
CREATE TABLE reorganisation (
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
  -- The first day of what follows.
  day {date} NOT NULL,
  -- What ends, and what follows it: JSON.
  lines {text},
  next_line {int} NOT NULL,
  executed_at {time},
  -- What moved, by room: JSON.
  moved {text},
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX reorganisation_code ON reorganisation (code);
CREATE INDEX reorganisation_state ON reorganisation (state, id);
