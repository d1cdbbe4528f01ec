-- Words of a dossier, folded, each plain and once for every unit it belongs or belonged to: a search within a scope reads its
-- own hits only. Made anew in the background for the dossiers there are (src/finding.rs).
DROP TABLE dossier_search;
--sqlite
CREATE VIRTUAL TABLE dossier_words USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 0');
--end
--postgres
CREATE TABLE dossier_words (
  rowid BIGINT NOT NULL PRIMARY KEY,
  words TEXT NOT NULL,
  terms tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
);
CREATE INDEX dossier_words_terms ON dossier_words USING gin (terms);
--end
-- Dossiers below this id still lack their words; 0: none does.
CREATE TABLE dossier_words_made (one {int} NOT NULL PRIMARY KEY, below {id} NOT NULL){strict};
INSERT INTO dossier_words_made (one, below) SELECT 1, COALESCE((SELECT MAX(id) + 1 FROM dossier), 0);
