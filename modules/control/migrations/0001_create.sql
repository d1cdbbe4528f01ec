-- Announcement decisions (quyết định công bố). The bodies of their lines stand in `aside`, beside the log.
CREATE TABLE announcement (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  -- `public`, `internal` or `party`: the catalogue it is about.
  sort {text} NOT NULL,
  -- The agency that prepared it, and the province's root, where it is issued and posted.
  unit_id {id} NOT NULL,
  office_id {id} NOT NULL,
  level {text} NOT NULL,
  author_id {id},
  -- Accounts that prepared, wrote or submitted any of it: JSON. None of them issues it.
  writers {text},
  submitted_on {date},
  authority {text} NOT NULL,
  -- The legal text behind it and the day that takes effect.
  law {text} NOT NULL,
  law_from {date},
  effective_from {date} NOT NULL,
  -- What it does to which procedure: JSON.
  lines {text},
  next_line {int} NOT NULL,
  number {text} NOT NULL,
  signed_on {date},
  -- The last days that are on time, by the calendar of the day it was issued.
  announce_by {date},
  post_by {date},
  entered_on {date},
  posted_at {time},
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX announcement_code ON announcement (code);
CREATE INDEX announcement_unit ON announcement (unit_id, state, id);
CREATE INDEX announcement_state ON announcement (state, id);
CREATE INDEX announcement_number ON announcement (number);
CREATE INDEX announcement_signed ON announcement (signed_on, id);
