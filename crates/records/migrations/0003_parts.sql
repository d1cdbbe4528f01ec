-- A subject may owe one thing to several units at once: each is a part of that name, with a unit and a day of its own.
--sqlite
CREATE TABLE due_parts (
  subject_id {id} NOT NULL,
  name {text} NOT NULL,
  unit_id {id} NOT NULL,
  holder_id {id},
  due_at {time} NOT NULL,
  -- 0 where there is one alone; else a number the kind gives.
  part {int} NOT NULL DEFAULT 0,
  PRIMARY KEY (subject_id, name, part)
){clustered};
INSERT INTO due_parts (subject_id, name, unit_id, holder_id, due_at) SELECT subject_id, name, unit_id, holder_id, due_at FROM due;
DROP TABLE due;
ALTER TABLE due_parts RENAME TO due;
--end
--postgres
ALTER TABLE due ADD COLUMN part {int} NOT NULL DEFAULT 0;
ALTER TABLE due DROP CONSTRAINT due_pkey;
ALTER TABLE due ADD PRIMARY KEY (subject_id, name, part);
DROP INDEX due_unit;
DROP INDEX due_holder;
--end
CREATE INDEX due_unit ON due (unit_id, name, due_at, subject_id, part);
CREATE INDEX due_holder ON due (holder_id, due_at, subject_id, part) WHERE holder_id IS NOT NULL;
