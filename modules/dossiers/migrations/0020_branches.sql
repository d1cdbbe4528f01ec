-- A branch of several steps beside a step of the process: the one it lies at, by its id, and by when that one is to be done. Empty for what is
-- answered by itself.
ALTER TABLE dossier_opinion ADD COLUMN step {text} NOT NULL DEFAULT '';
ALTER TABLE dossier_opinion ADD COLUMN step_due_at {time};
