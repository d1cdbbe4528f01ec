-- Reviews of procedures (rà soát, đánh giá), with what it costs to comply before and after.
CREATE TABLE review (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  unit_id {id} NOT NULL,
  office_id {id} NOT NULL,
  level {text} NOT NULL,
  author_id {id},
  -- Accounts that began, assessed or submitted any of it: JSON. None of them approves it.
  writers {text},
  submitted_on {date},
  -- The plan behind it, and the day until which it is to be handed on.
  basis {text} NOT NULL,
  until {date} NOT NULL,
  -- The procedures, their costs and what is proposed: JSON.
  items {text},
  next_item {int} NOT NULL,
  decision {text} NOT NULL,
  approved_on {date},
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX review_code ON review (code);
CREATE INDEX review_unit ON review (unit_id, state, id);
CREATE INDEX review_state ON review (state, id);
