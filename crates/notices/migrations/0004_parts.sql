-- Of one name a subject may owe several parts: each is reminded of by itself.
--sqlite
CREATE TABLE reminder_told_parts (
  subject_id {id} NOT NULL,
  due_name {text} NOT NULL,
  side {text} NOT NULL,
  due_at {time} NOT NULL,
  part {int} NOT NULL DEFAULT 0,
  PRIMARY KEY (subject_id, due_name, part, side)
){clustered};
INSERT INTO reminder_told_parts (subject_id, due_name, side, due_at) SELECT subject_id, due_name, side, due_at FROM reminder_told;
DROP TABLE reminder_told;
ALTER TABLE reminder_told_parts RENAME TO reminder_told;
--end
--postgres
ALTER TABLE reminder_told ADD COLUMN part {int} NOT NULL DEFAULT 0;
ALTER TABLE reminder_told DROP CONSTRAINT reminder_told_pkey;
ALTER TABLE reminder_told ADD PRIMARY KEY (subject_id, due_name, part, side);
--end
