-- Moved when agencies were reorganised: the agency that a case was settled for before it moved, and the one it was taken in at and numbered
-- by. What was counted and numbered stays where it was.
ALTER TABLE dossier ADD COLUMN settled_for {id};
ALTER TABLE dossier ADD COLUMN first_intake {id};
CREATE INDEX dossier_first_intake ON dossier (first_intake, id) WHERE first_intake IS NOT NULL;
