-- Who looked at what: reads of personal data, searches, exports, sign-ins good and failed, refusals, acts on accounts. Holds no
-- personal data: accounts by id, dossiers by code, routes by their pattern.
CREATE TABLE access_record (
  id {id} PRIMARY KEY,
  at {time} NOT NULL,
  kind {text} NOT NULL,
  actor_id {id},
  agency_id {id},
  agency_path {text} NOT NULL,
  subject {text} NOT NULL,
  route {text} NOT NULL,
  purpose {text} NOT NULL,
  amount {int} NOT NULL
){strict};

CREATE INDEX access_record_by_subject ON access_record (subject, id) WHERE subject <> '';
CREATE INDEX access_record_by_actor ON access_record (actor_id, id);
CREATE INDEX access_record_by_time ON access_record (at);
