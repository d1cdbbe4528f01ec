-- Programmes read from documents: kept as programme files, not steered until somebody takes them over.
CREATE TABLE draft_programme (
  number {int} NOT NULL PRIMARY KEY,
  -- The document it was read in; saving again replaces its draft.
  source_id {id} NOT NULL UNIQUE,
  name {text} NOT NULL,
  document {text} NOT NULL,
  targets {int} NOT NULL,
  -- The programme file, as in data/programmes.
  body {text} NOT NULL,
  saved_by {id} NOT NULL,
  saved_name {text} NOT NULL,
  saved_at {time} NOT NULL
){strict};
