-- A dossier: its state as its events have made it, and whom it is about.
CREATE TABLE dossier (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  procedure_id {id} NOT NULL,
  version_id {id} NOT NULL,
  field {text} NOT NULL,
  level {text} NOT NULL,
  channel {int} NOT NULL,
  -- Place of intake, competent agency and place of return are three things (NĐ 118/2025/NĐ-CP).
  intake_id {id} NOT NULL,
  competent_id {id} NOT NULL,
  return_id {id} NOT NULL,
  account_id {id},
  status {int} NOT NULL,
  open {bool} NOT NULL,
  step {int} NOT NULL,
  unit_id {id} NOT NULL,
  handler_id {id},
  filed_at {time} NOT NULL,
  answer_due_at {time},
  received_at {time},
  due_at {time},
  first_due_at {time},
  due_basis {text} NOT NULL,
  step_due_at {time},
  paused_at {time},
  supplements {int} NOT NULL,
  finished_at {time},
  returned_at {time},
  outcome {text} NOT NULL,
  flags {int} NOT NULL,
  fee_dong {int} NOT NULL,
  paid_dong {int} NOT NULL,
  rating {int},
  owner_name {text} NOT NULL,
  owner_number {text} NOT NULL,
  owner_phone {text} NOT NULL,
  owner_address {text} NOT NULL,
  submitter_name {text} NOT NULL,
  summary {text} NOT NULL,
  answers {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL
){strict};
CREATE UNIQUE INDEX dossier_code ON dossier (code);
-- Worklists. A dossier is in one lane at a time: worked on, waiting for the applicant, or to be handed out.
-- Each page of a lane is a range of its index in the order shown; the status is in the index so that counting never leaves it.
CREATE INDEX dossier_unit_worked ON dossier (unit_id, due_at, id, status) WHERE status IN (2, 4);
CREATE INDEX dossier_due_worked ON dossier (due_at, id, status, competent_id) WHERE status IN (2, 4);
CREATE INDEX dossier_handler_worked ON dossier (handler_id, due_at, id, status) WHERE status IN (2, 4);
CREATE INDEX dossier_unit_waiting ON dossier (unit_id, due_at, id, status) WHERE status IN (5, 6);
CREATE INDEX dossier_unit_decided ON dossier (unit_id, due_at, id, status) WHERE status = 9;
CREATE INDEX dossier_intake_filed ON dossier (intake_id, filed_at, id, status) WHERE status = 1;
-- Everything of a unit, finished ones too, latest first; a place that is the same as another is found under that one.
CREATE INDEX dossier_unit ON dossier (unit_id, id);
CREATE INDEX dossier_competent ON dossier (competent_id, id);
CREATE INDEX dossier_intake_apart ON dossier (intake_id, id, competent_id) WHERE intake_id <> competent_id;
CREATE INDEX dossier_return_apart ON dossier (return_id, id, competent_id, intake_id) WHERE return_id <> competent_id AND return_id <> intake_id;
CREATE INDEX dossier_account ON dossier (account_id, filed_at) WHERE account_id IS NOT NULL;

-- The papers of a dossier.
CREATE TABLE dossier_component (
  dossier_id {id} NOT NULL,
  n {int} NOT NULL,
  code {text} NOT NULL,
  name {text} NOT NULL,
  required {bool} NOT NULL,
  -- missing, paper, file, reused
  state {text} NOT NULL,
  file_id {id},
  PRIMARY KEY (dossier_id, n)
){clustered};

-- Results and other files that came to a dossier later; purpose: supplement, result.
CREATE TABLE dossier_file (
  dossier_id {id} NOT NULL,
  file_id {id} NOT NULL,
  purpose {text} NOT NULL,
  name {text} NOT NULL,
  added_at {time} NOT NULL,
  PRIMARY KEY (dossier_id, file_id)
){clustered};

-- The daily counter of a receiving agency (TT 01/2018/TT-VPCP Điều 19).
CREATE TABLE dossier_counter (
  agency_id {id} NOT NULL,
  day {date} NOT NULL,
  last {int} NOT NULL,
  PRIMARY KEY (agency_id, day)
){clustered};

-- The first dossier of a procedure whose fee was paid online.
CREATE TABLE procedure_first_payment (
  procedure_id {id} NOT NULL PRIMARY KEY,
  dossier_id {id} NOT NULL,
  at {time} NOT NULL
){strict};

-- What the applicant is told inside the portal.
CREATE TABLE notice (
  id {id} NOT NULL PRIMARY KEY,
  account_id {id} NOT NULL,
  dossier_id {id} NOT NULL,
  kind {text} NOT NULL,
  at {time} NOT NULL,
  read_at {time}
){strict};
CREATE INDEX notice_account ON notice (account_id, at);
-- For verification, which goes through the dossiers in the order of their ids.
CREATE INDEX notice_dossier ON notice (dossier_id);

-- Words of a dossier, folded: code, owner, summary.
--sqlite
CREATE VIRTUAL TABLE dossier_search USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='3');
--end
--postgres
CREATE TABLE dossier_search (
  rowid BIGINT NOT NULL PRIMARY KEY,
  words TEXT NOT NULL,
  terms tsvector GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED
);
CREATE INDEX dossier_search_terms ON dossier_search USING gin (terms);
--end
