-- The last day for what was asked of the applicant, while it is waited for.
ALTER TABLE dossier ADD COLUMN asked_until {date};

-- Words about people that belong to an event and must not stand in the log: who asked for a withdrawal, who received a result, answers
-- before they were corrected. The event holds a digest of each.
CREATE TABLE dossier_aside (
  dossier_id {id} NOT NULL,
  -- Number of the event.
  n {int} NOT NULL,
  -- answers, wish, receipt
  kind {text} NOT NULL,
  data {text} NOT NULL,
  PRIMARY KEY (dossier_id, n, kind)
){clustered};
