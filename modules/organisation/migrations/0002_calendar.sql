-- The working calendar: days off, swapped days and office hours, each on a decision. A row is never changed but by its end:
-- a calendar of any revision can be put together again, so that every due date can be counted anew as it was counted.
CREATE TABLE calendar_entry (
  id {id} NOT NULL PRIMARY KEY,
  -- holiday, compensatory, swap, hours
  kind {text} NOT NULL,
  -- Of a swap: the working day that is off.
  first_day {date} NOT NULL,
  -- NULL: from the first day on (hours).
  last_day {date},
  -- Of a swap: the day off that is worked for it.
  worked_day {date},
  name_vi {text} NOT NULL,
  name_en {text} NOT NULL,
  -- Of hours: seven days from Monday on, divided by semicolons.
  hours {text},
  decision {text} NOT NULL,
  reason {text} NOT NULL,
  added_revision {int} NOT NULL,
  added_at {time} NOT NULL,
  added_by {id},
  removed_revision {int},
  removed_at {time},
  removed_by {id},
  removal_decision {text},
  removal_reason {text}
){strict};

-- What each revision is called in the basis of a due date.
CREATE TABLE calendar_version (
  revision {int} NOT NULL PRIMARY KEY,
  version {text} NOT NULL UNIQUE,
  made_at {time} NOT NULL
){strict};
