-- What is known of the time: by it, not by the clock alone, a day is held to be over. One row, none before the first look.
CREATE TABLE clock_watch (
  one {int} NOT NULL PRIMARY KEY,
  -- The latest moment that is vouched for.
  trusted_at {time} NOT NULL,
  -- What the clock said when it was last looked at, and whether that is believed.
  seen_at {time} NOT NULL,
  believed {bool} NOT NULL,
  -- The last time the clock jumped: when it was noticed (by the clock), and by how much.
  jumped_at {time},
  jumped_ms {int}
){strict};
