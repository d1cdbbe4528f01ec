-- What the indicators count. Appended by actions, never authoritative: rebuilt from the events, they come out the same.
CREATE TABLE fact (
  seq {serial},
  measure {text} NOT NULL,
  day {date} NOT NULL,
  agency_id {id} NOT NULL,
  level {text} NOT NULL,
  field {text} NOT NULL,
  channel {int} NOT NULL,
  flags {int} NOT NULL,
  qty {int} NOT NULL,
  subject_id {id} NOT NULL,
  procedure_id {id} NOT NULL,
  rolled {bool} NOT NULL
){strict};
CREATE INDEX fact_drill ON fact (measure, agency_id, day);
CREATE INDEX fact_tail ON fact (seq) WHERE NOT rolled;

-- Sums of facts per node of the agency tree. period: '2026' and '2026-11' at every node, '2026-11-22' at the topmost only
-- (below it a day has so few facts that they are read themselves).
CREATE TABLE fact_rollup (
  node_id {id} NOT NULL,
  measure {text} NOT NULL,
  period {text} NOT NULL,
  level {text} NOT NULL,
  field {text} NOT NULL,
  channel {int} NOT NULL,
  flags {int} NOT NULL,
  n {int} NOT NULL,
  PRIMARY KEY (node_id, measure, period, level, field, channel, flags)
){clustered};
--postgres
-- Sums are added to again and again: with room beside it, a row changes in its page and its index entry stays.
ALTER TABLE fact_rollup SET (fillfactor = 75);
--end

-- The agency tree as seen from here: each agency with every node it counts for, itself included.
CREATE TABLE fact_scope (
  agency_id {id} NOT NULL,
  node_id {id} NOT NULL,
  topmost {bool} NOT NULL,
  PRIMARY KEY (agency_id, node_id)
){clustered};
CREATE INDEX fact_scope_node ON fact_scope (node_id, agency_id);

-- Counted up by every transaction that changes what is rolled up, or for which nodes an agency counts: two snapshots with the
-- same number have the same rolled-up sums, so that these may be remembered between readings.
CREATE TABLE fact_generation (
  id {id} PRIMARY KEY,
  n {int} NOT NULL
){strict};
INSERT INTO fact_generation (id, n) VALUES (1, 0);
