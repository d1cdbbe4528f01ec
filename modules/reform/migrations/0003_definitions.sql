-- What an indicator counts from a day on: proposed by whoever keeps programmes, put into force by a second person of the whole
-- province. A row is never changed once it is decided; a later definition is a row of its own.
CREATE TABLE indicator_definition (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  indicator {text} NOT NULL,
  valid_from {date} NOT NULL,
  -- proposed, in-force, refused, withdrawn
  stage {text} NOT NULL,
  unit_id {id} NOT NULL,
  n {int} NOT NULL,
  year {int} NOT NULL,
  proposed_by {id} NOT NULL,
  proposed_at {time} NOT NULL,
  decided_by {id},
  decided_at {time},
  -- The definition as in data/indicators.
  body {text} NOT NULL,
  basis {text} NOT NULL
){strict};
CREATE UNIQUE INDEX indicator_definition_code ON indicator_definition (code);
CREATE INDEX indicator_definition_stage ON indicator_definition (stage, id);
CREATE INDEX indicator_definition_of ON indicator_definition (indicator, id);
