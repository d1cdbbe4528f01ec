-- When somebody is reminded of what is owed: dated rows. Of one due and one side of it the latest row whose day has come counts;
-- the shipped rules (data/notices/reminders.toml) are the first. Nothing is changed or taken away.
CREATE TABLE reminder_rule (
  id {id} NOT NULL PRIMARY KEY,
  due_name {text} NOT NULL,
  -- `before` or `after` the moment it is due.
  side {text} NOT NULL,
  since {date} NOT NULL,
  -- How long before or after: `2wd` working days, `8h` working hours.
  span {text} NOT NULL,
  -- `holder`, `heads`, `both`.
  whom {text} NOT NULL,
  active {bool} NOT NULL,
  basis {text} NOT NULL,
  kept_by {id} NOT NULL,
  kept_at {time} NOT NULL
){strict};
CREATE UNIQUE INDEX reminder_rule_day ON reminder_rule (due_name, side, since);

-- What was reminded of, as long as it is owed: once, whatever restarts or moves. The weekly digest of an account stands here too, as
-- `digest` with the account for its subject and the Monday for its due date.
CREATE TABLE reminder_told (
  subject_id {id} NOT NULL,
  due_name {text} NOT NULL,
  side {text} NOT NULL,
  due_at {time} NOT NULL,
  PRIMARY KEY (subject_id, due_name, side)
){clustered};

CREATE INDEX inbox_reminder ON inbox (at, account_id) WHERE topic = 'reminder';
