-- Who decided, or ended it: a correction of the figure it counted for takes it back from the same person. None for what was decided
-- under the rules before (decision 0023).
ALTER TABLE dossier ADD COLUMN decided_by {id};
