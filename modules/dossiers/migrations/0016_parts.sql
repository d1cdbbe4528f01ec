-- Dossiers that were filed together: which leads, which waits for which. Of most dossiers there is no row.
CREATE TABLE dossier_part (
  dossier_id {id} NOT NULL PRIMARY KEY,
  -- Code of the group of linked procedures.
  linked {text} NOT NULL,
  -- The leading dossier: its own id for itself.
  lead_id {id} NOT NULL,
  -- Its place among them; the leading one stands at 0.
  n {int} NOT NULL,
  -- Places of those that must be granted first, `0,1`; empty for what begins at once.
  after {text} NOT NULL,
  -- By when all of it is promised; of the leading one, once it is received.
  due_at {time}
){clustered};
CREATE INDEX dossier_part_lead ON dossier_part (lead_id, n);
