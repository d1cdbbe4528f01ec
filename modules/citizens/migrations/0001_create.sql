-- A filing somebody has begun and not yet sent: one for each procedure and account.
CREATE TABLE draft (
  id {id} NOT NULL PRIMARY KEY,
  account_id {id} NOT NULL,
  procedure_code {text} NOT NULL,
  -- What was typed so far and the papers uploaded so far.
  body {json} NOT NULL,
  -- The step to go on with, from 1.
  step {int} NOT NULL,
  updated_at {time} NOT NULL
){strict};
CREATE UNIQUE INDEX draft_account ON draft (account_id, procedure_code);
