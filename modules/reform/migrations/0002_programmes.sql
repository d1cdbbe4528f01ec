-- Programmes read from documents or made on the form: drafts, and (checked by a second person) in force.
CREATE TABLE programme (
  number {int} NOT NULL PRIMARY KEY,
  -- The subject of its events.
  id {id} NOT NULL,
  -- The agency it is of; it is steered in its subtree.
  agency_id {id} NOT NULL,
  -- The document it was read in; saving that again replaces the draft.
  source_id {id} UNIQUE,
  name {text} NOT NULL,
  document {text} NOT NULL,
  targets {int} NOT NULL,
  -- The programme file, as in data/programmes.
  body {text} NOT NULL,
  -- 'draft', 'proposed' or 'in-force'; what is in force is not changed any more.
  state {text} NOT NULL,
  -- Was it changed on the form? Then the document it came from replaces it no more.
  by_form {bool} NOT NULL,
  -- Counts the changes: who comes second is told.
  version {int} NOT NULL,
  saved_by {id} NOT NULL,
  saved_name {text} NOT NULL,
  saved_at {time} NOT NULL,
  proposed_by {id},
  proposed_name {text},
  proposed_at {time},
  decided_by {id},
  decided_name {text},
  decided_at {time},
  decision_note {text}
){strict};
