-- One row a thing that happened to a subject. `data` is text, not jsonb: its bytes are what the hash covers.
CREATE TABLE event (
  subject_id {id} NOT NULL,
  n {int} NOT NULL,
  at {time} NOT NULL,
  kind {text} NOT NULL,
  actor_id {id},
  agency_id {id},
  data {text} NOT NULL,
  hash {bytes} NOT NULL,
  PRIMARY KEY (subject_id, n)
){clustered};
CREATE INDEX event_at ON event (at);

-- Head of the chain of subjects that keep none in a row of their own.
CREATE TABLE event_head (
  subject_id {id} NOT NULL PRIMARY KEY,
  n {int} NOT NULL,
  hash {bytes} NOT NULL
){strict};

-- The chain of chains: one row a closed day (local date).
CREATE TABLE event_day (
  day {date} NOT NULL PRIMARY KEY,
  events {int} NOT NULL,
  digest {bytes} NOT NULL,
  hash {bytes} NOT NULL
){strict};
