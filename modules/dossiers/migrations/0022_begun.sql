-- What a clerk has begun to take in at the counter and has not received: as typed, for a few days, for that clerk alone.
CREATE TABLE intake_begun (
  id {id} NOT NULL PRIMARY KEY,
  account_id {id} NOT NULL,
  procedure_code {text} NOT NULL,
  -- Code of the group that is filed together; empty for one alone.
  linked {text} NOT NULL,
  -- Fields of the form and their values.
  body {json} NOT NULL,
  updated_at {time} NOT NULL
){strict};
CREATE INDEX intake_begun_account ON intake_begun (account_id, updated_at);
