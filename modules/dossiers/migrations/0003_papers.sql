-- A paper may have several files: the first stands in its own row, the others here in their order.
CREATE TABLE dossier_component_file (
  dossier_id {id} NOT NULL,
  n {int} NOT NULL,
  -- From 1; place 0 is the first file.
  place {int} NOT NULL,
  file_id {id} NOT NULL,
  PRIMARY KEY (dossier_id, n, place)
){clustered};
-- All dossiers of a person, the latest first: what need not be handed in again, and who comes again.
CREATE INDEX dossier_owner ON dossier (owner_number, filed_at);
DROP INDEX dossier_owner_number;
