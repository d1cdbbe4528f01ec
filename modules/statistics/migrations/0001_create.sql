-- An assessment of a unit's one-stop over a period by a set of criteria. What was written stands in `aside`, beside the log.
CREATE TABLE assessment (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  state {text} NOT NULL,
  -- The set of criteria, `tt01-2018` or `qd766`.
  criteria {text} NOT NULL,
  -- The unit that is assessed, with everything below it.
  unit_id {id} NOT NULL,
  -- Whose office assesses.
  assessor_id {id} NOT NULL,
  -- `2026-Q4` or `2026`.
  period {text} NOT NULL,
  opened_at {time} NOT NULL,
  -- Until then the unit may explain.
  explain_by {time} NOT NULL,
  publish_by {time} NOT NULL,
  -- The unit has nothing, or nothing more, to explain.
  agreed_at {time},
  -- What was explained, of which index, and what the assessor said to it: JSON.
  explained {text},
  published_at {time},
  -- The figures as they were published: JSON.
  figures {text},
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX assessment_code ON assessment (code);
CREATE UNIQUE INDEX assessment_of ON assessment (unit_id, criteria, period);
CREATE INDEX assessment_state ON assessment (state, id);
