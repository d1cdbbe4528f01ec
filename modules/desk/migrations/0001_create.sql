-- The counter itself. Every row here is a subject's, written by `records::happen` and replayed by the proof.

-- A receiving point: one for each reception unit. What was written about it stands in `aside`.
CREATE TABLE desk_point (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  unit_id {id} NOT NULL,
  level {text} NOT NULL,
  funded {bool} NOT NULL,
  built {bool} NOT NULL,
  complete {bool} NOT NULL,
  -- What is there of the required list: words of data/desk/equipment.toml, JSON.
  items {text},
  changed_at {time} NOT NULL
){strict};
CREATE UNIQUE INDEX desk_point_code ON desk_point (code);
CREATE UNIQUE INDEX desk_point_unit ON desk_point (unit_id);

-- A counter of a desk.
CREATE TABLE desk_counter (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  unit_id {id} NOT NULL,
  level {text} NOT NULL,
  number {int} NOT NULL,
  name {text} NOT NULL,
  -- Codes of the fields it serves, JSON; empty: every field.
  fields {text},
  changed_at {time} NOT NULL
){strict};
CREATE UNIQUE INDEX desk_counter_code ON desk_counter (code);
CREATE INDEX desk_counter_unit ON desk_counter (unit_id, number);

-- A queue ticket: many a day, alive for an hour, of nobody (decision 0031).
CREATE TABLE desk_ticket (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  unit_id {id} NOT NULL,
  level {text} NOT NULL,
  -- The local day as days since 1970, and the running number of that desk and day.
  day {int} NOT NULL,
  n {int} NOT NULL,
  field {text} NOT NULL,
  -- Why it may be called before others; empty for most.
  priority {text} NOT NULL,
  -- The slot it was booked for, if the person came in time.
  slot_at {time},
  taken_at {time} NOT NULL,
  counter_id {id},
  -- When it was called first, which ends the wait, and when last.
  called_at {time},
  last_call_at {time},
  done_at {time},
  calls {int} NOT NULL
){strict};
CREATE UNIQUE INDEX desk_ticket_code ON desk_ticket (code);
CREATE UNIQUE INDEX desk_ticket_number ON desk_ticket (unit_id, day, n);
CREATE INDEX desk_ticket_state ON desk_ticket (day, state, unit_id, n);

-- A slot booked by somebody with an account.
CREATE TABLE desk_booking (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  unit_id {id} NOT NULL,
  owner_id {id},
  field {text} NOT NULL,
  slot_at {time} NOT NULL,
  slot_minutes {int} NOT NULL,
  -- Which of the slot's places; empty once it is given back. Two cannot have the same.
  seat {int},
  ticket_id {id}
){strict};
CREATE UNIQUE INDEX desk_booking_code ON desk_booking (code);
CREATE UNIQUE INDEX desk_booking_seat ON desk_booking (unit_id, slot_at, seat);
CREATE INDEX desk_booking_owner ON desk_booking (owner_id, slot_at);

-- Somebody's duty at a counter on a half-day.
CREATE TABLE desk_duty (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  unit_id {id} NOT NULL,
  level {text} NOT NULL,
  counter_id {id} NOT NULL,
  day {int} NOT NULL,
  -- `am` or `pm`.
  half {text} NOT NULL,
  holder_id {id} NOT NULL,
  substitute_id {id} NOT NULL,
  opens_at {time} NOT NULL,
  absent_at {time} NOT NULL,
  -- Who came, and when.
  present_id {id},
  present_at {time},
  -- 1 while the half-day is theirs; empty once it is taken off, so that it can be given again.
  stands {int}
){strict};
CREATE UNIQUE INDEX desk_duty_code ON desk_duty (code);
CREATE UNIQUE INDEX desk_duty_post ON desk_duty (counter_id, day, half, stands);
CREATE UNIQUE INDEX desk_duty_person ON desk_duty (holder_id, day, half, stands);
CREATE INDEX desk_duty_substitute ON desk_duty (substitute_id, day, half);
CREATE INDEX desk_duty_unit ON desk_duty (unit_id, day, half);

-- A version of the operating regulation. Its title and text stand in `aside`, beside the log.
CREATE TABLE desk_regulation (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  unit_id {id} NOT NULL,
  decision {text} NOT NULL,
  effective_on {date} NOT NULL,
  -- The numbers the rules of the queue follow; empty where it says none.
  short_wait_minutes {int},
  priority_in_a_row {int},
  absent_after_minutes {int},
  slot_places {int},
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX desk_regulation_code ON desk_regulation (code);
CREATE INDEX desk_regulation_day ON desk_regulation (state, effective_on, id);
