-- What each emergency decision moved: a row for each dossier, once. The list of a decision reads it; the proof compares it with the events.
CREATE TABLE dossier_moved_day (
  closing_id {id} NOT NULL,
  dossier_id {id} NOT NULL,
  -- The event.
  n {int} NOT NULL,
  -- The promise before and after; NULL where only dates of the office's own moved.
  was_at {time},
  due_at {time},
  PRIMARY KEY (closing_id, dossier_id)
){clustered};
CREATE INDEX dossier_moved_day_of ON dossier_moved_day (dossier_id);
