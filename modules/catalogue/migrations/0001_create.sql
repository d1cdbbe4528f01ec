-- Procedures and their versions. A version's body is never changed; only its end is written once.
CREATE TABLE procedure (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL UNIQUE,
  -- Digest of the record last read from the national catalogue; NULL when none was.
  national_hash {text}
){strict};

CREATE TABLE procedure_version (
  id {id} NOT NULL PRIMARY KEY,
  procedure_id {id} NOT NULL REFERENCES procedure (id),
  -- First day in force, and first day no longer in force.
  effective_from {date} NOT NULL,
  effective_to {date},
  decision {text} NOT NULL,
  -- shipped, announced, imported
  origin {text} NOT NULL,
  -- The version as JSON; text on both engines, so that its bytes stay what was announced.
  body {text} NOT NULL,
  created_at {time} NOT NULL,
  created_by {id},
  -- How far it stands in the stock facts: 0 not yet, 1 its beginning, 2 its beginning and its end.
  stock {int} NOT NULL DEFAULT 0
){strict};
CREATE INDEX procedure_version_procedure ON procedure_version (procedure_id, effective_from);
CREATE INDEX procedure_version_stock ON procedure_version (stock, effective_to);

-- One row that counts changes, so that every process notices another's.
CREATE TABLE catalogue_revision (
  one {int} NOT NULL PRIMARY KEY,
  revision {int} NOT NULL
){strict};
INSERT INTO catalogue_revision (one, revision) VALUES (1, 0);
