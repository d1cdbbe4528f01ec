-- Wordings of papers: what a dossier results in says, and the pieces of the printed forms that a province may change. Proposed by whoever keeps
-- them, announced by a second person; a row is never changed once it is decided, a later version is a row of its own.
CREATE TABLE paper_template (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  -- decision, confirmation, permit, refusal-letter; receipt … register
  paper {text} NOT NULL,
  -- The procedure it is of; empty for all.
  procedure {text} NOT NULL,
  name {text} NOT NULL,
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
  -- The pieces, a JSON object.
  body {text} NOT NULL,
  basis {text} NOT NULL
){strict};
CREATE UNIQUE INDEX paper_template_code ON paper_template (code);
CREATE INDEX paper_template_stage ON paper_template (stage, id);
CREATE INDEX paper_template_of ON paper_template (paper, procedure, name, valid_from);

-- What is being written for a dossier: its draft, its number, its signature. Of a dossier without a draft there is no row. The drafts themselves
-- lie in dossier_aside.
CREATE TABLE dossier_written (
  dossier_id {id} NOT NULL PRIMARY KEY,
  paper {text} NOT NULL,
  -- The version of the wording that the latest draft was made from.
  template {text} NOT NULL,
  -- How many drafts there were; which of them was passed upward last, 0 for none.
  drafts {int} NOT NULL,
  passed {int} NOT NULL,
  -- Once it is numbered: the book, the number in it, and what was frozen.
  agency_id {id},
  year {int} NOT NULL,
  n {int} NOT NULL,
  symbol {text} NOT NULL,
  draft {int} NOT NULL,
  file_id {id},
  -- Empty before; pending, signed, stand-in, failed
  signing {text} NOT NULL,
  -- Which request for a signature it is.
  request {int} NOT NULL
){clustered};
-- One number of an agency, a paper and a year.
CREATE UNIQUE INDEX dossier_written_number ON dossier_written (agency_id, paper, year, n) WHERE n > 0;
CREATE INDEX dossier_written_signing ON dossier_written (signing, dossier_id) WHERE signing = 'pending';
