-- Initiatives, models and pilots (sáng kiến, mô hình, thí điểm). What was written stands in `aside`, beside the log.
CREATE TABLE initiative (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  -- `initiative`, `model` or `pilot`.
  sort {text} NOT NULL,
  author_id {id},
  unit_id {id} NOT NULL,
  agency_id {id} NOT NULL,
  level {text} NOT NULL,
  submitted_at {time} NOT NULL,
  assess_due_at {time} NOT NULL,
  decided_at {time},
  -- `agency` or `province` once recognised.
  reach {text} NOT NULL,
  -- Where it was taken up: ids, JSON.
  taken_up {text},
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX initiative_code ON initiative (code);
CREATE INDEX initiative_unit ON initiative (unit_id, state, id);
CREATE INDEX initiative_state ON initiative (state, id);
