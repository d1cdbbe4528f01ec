-- What paper the owner's number is of, where it is no Vietnamese number, and the nationality declared with it.
ALTER TABLE dossier ADD COLUMN owner_paper {text} NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN owner_nationality {text} NOT NULL DEFAULT '';
