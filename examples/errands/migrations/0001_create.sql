-- Errands. What is to be done stands in `aside`, beside the log.
CREATE TABLE errand (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  event_n {int} NOT NULL,
  event_hash {bytes} NOT NULL,
  done {bool} NOT NULL,
  unit_id {id} NOT NULL,
  level {text} NOT NULL,
  due_at {time} NOT NULL,
  year {int} NOT NULL,
  n {int} NOT NULL
){strict};
CREATE UNIQUE INDEX errand_code ON errand (code);
CREATE INDEX errand_unit ON errand (unit_id, done, id);
CREATE INDEX errand_done ON errand (done, id);
