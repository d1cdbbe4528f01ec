-- Opinions asked of other units, each with a day of its own; the questions and answers stand in the events.
CREATE TABLE dossier_opinion (
  dossier_id {id} NOT NULL,
  n {int} NOT NULL,
  unit_id {id} NOT NULL,
  -- The agency that the unit acts for, and its level: what its figures count for.
  agency_id {id} NOT NULL,
  level {text} NOT NULL,
  -- The unit that asked.
  asked_by {id} NOT NULL,
  handler_id {id},
  -- asked, given, misrouted, dropped, silent
  state {text} NOT NULL,
  open {bool} NOT NULL,
  -- agree, agree-if, disagree; empty while none is given
  stance {text} NOT NULL,
  -- Whether silence counts as consent, by the procedure.
  consents {bool} NOT NULL,
  asked_at {time} NOT NULL,
  due_at {time} NOT NULL,
  ended_at {time},
  PRIMARY KEY (dossier_id, n)
){clustered};
CREATE INDEX dossier_opinion_unit ON dossier_opinion (unit_id, due_at, dossier_id) WHERE open;
CREATE INDEX dossier_opinion_asked_by ON dossier_opinion (asked_by, due_at, dossier_id) WHERE open;
-- How many were asked for.
ALTER TABLE dossier ADD COLUMN opinion_n {int} NOT NULL DEFAULT 0;
