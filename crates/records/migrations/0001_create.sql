-- What every register shares beside its own table. A register's own table has `id`, `code`, `event_n`, `event_hash` and the columns
-- it names; everything here is written by `records::happen` in the transaction of the act.

-- Every subject of every kind, never changed: the kind of an id, opening by code, and one pass of the log for the proof.
CREATE TABLE subject (
  id {id} NOT NULL PRIMARY KEY,
  kind {text} NOT NULL,
  code {text} NOT NULL
){strict};
CREATE UNIQUE INDEX subject_code ON subject (code);

-- What is owed now: one row for each name a subject owes something by. What is met is deleted; the log has the past.
CREATE TABLE due (
  subject_id {id} NOT NULL,
  name {text} NOT NULL,
  unit_id {id} NOT NULL,
  holder_id {id},
  due_at {time} NOT NULL,
  PRIMARY KEY (subject_id, name)
){clustered};
CREATE INDEX due_unit ON due (unit_id, name, due_at, subject_id);
CREATE INDEX due_holder ON due (holder_id, due_at, subject_id) WHERE holder_id IS NOT NULL;

-- From one subject to another: what it is about, what it follows.
CREATE TABLE link (
  subject_id {id} NOT NULL,
  name {text} NOT NULL,
  other_id {id} NOT NULL,
  PRIMARY KEY (subject_id, name, other_id)
){clustered};
CREATE INDEX link_other ON link (other_id, name, subject_id);

-- Running numbers without gaps, by book and period.
CREATE TABLE number (
  book {text} NOT NULL,
  period {int} NOT NULL,
  last {int} NOT NULL,
  PRIMARY KEY (book, period)
){clustered};

-- Words that belong to an event and stand in none: what people wrote, who they are. The event holds a digest, salted by row.
CREATE TABLE aside (
  subject_id {id} NOT NULL,
  n {int} NOT NULL,
  name {text} NOT NULL,
  salt {bytes} NOT NULL,
  words {text} NOT NULL,
  PRIMARY KEY (subject_id, n, name)
){clustered};

-- Words of subjects, folded, each plain and once for every unit it is found at: a search within a scope reads its own hits only.
--sqlite
CREATE VIRTUAL TABLE subject_words USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 0');
--end
--postgres
CREATE TABLE subject_words (
  rowid BIGINT NOT NULL PRIMARY KEY,
  words TEXT NOT NULL,
  terms tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
);
CREATE INDEX subject_words_terms ON subject_words USING gin (terms);
--end
