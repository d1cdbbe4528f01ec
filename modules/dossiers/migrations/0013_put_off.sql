-- When a dossier was due before it was put off with an apology: the date it is counted by.
ALTER TABLE dossier ADD COLUMN promised_at {time};
