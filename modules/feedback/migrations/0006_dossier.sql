-- The dossier that a petition is about, where whoever sent it said so.
ALTER TABLE petition ADD COLUMN dossier_id {id};
