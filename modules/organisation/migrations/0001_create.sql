-- Administrative units (đơn vị hành chính) on both sides of 01/07/2025.
CREATE TABLE unit (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  name {text} NOT NULL,
  folded {text} NOT NULL,
  kind {text} NOT NULL,
  level {text} NOT NULL,
  parent_id {id} REFERENCES unit (id),
  valid_from {date},
  valid_to {date}
){strict};
CREATE INDEX unit_code ON unit (code);
CREATE INDEX unit_parent ON unit (parent_id, code);

-- Which unit (or a part of it) went to which.
CREATE TABLE unit_succession (
  before_id {id} NOT NULL REFERENCES unit (id),
  after_id {id} NOT NULL REFERENCES unit (id),
  partial {bool} NOT NULL,
  is_default {bool} NOT NULL,
  PRIMARY KEY (before_id, after_id)
){clustered};
CREATE INDEX unit_succession_after ON unit_succession (after_id);

-- Agencies (cơ quan, đơn vị): committees, departments, divisions, service centres, past ones too.
CREATE TABLE agency (
  id {id} NOT NULL PRIMARY KEY,
  code {text} NOT NULL,
  old_code {text},
  name {text} NOT NULL,
  short_name {text} NOT NULL,
  kind {text} NOT NULL,
  duty {text},
  level {text} NOT NULL,
  parent_id {id} REFERENCES agency (id),
  path {text} NOT NULL,
  unit_code {text},
  valid_from {date},
  valid_to {date},
  decision {text},
  place {int} NOT NULL
){strict};
-- One code names one standing agency.
CREATE UNIQUE INDEX agency_standing_code ON agency (code) WHERE valid_to IS NULL;

CREATE TABLE agency_succession (
  before_id {id} NOT NULL REFERENCES agency (id),
  after_id {id} NOT NULL REFERENCES agency (id),
  PRIMARY KEY (before_id, after_id)
){clustered};

-- One row that counts changes, so that every process notices another's.
CREATE TABLE agency_revision (
  one {int} NOT NULL PRIMARY KEY,
  revision {int} NOT NULL
){strict};
INSERT INTO agency_revision (one, revision) VALUES (1, 0);

-- Former names: what an agency was called until a day.
CREATE TABLE agency_name (
  agency_id {id} NOT NULL REFERENCES agency (id),
  valid_to {date} NOT NULL,
  name {text} NOT NULL,
  short_name {text} NOT NULL,
  decision {text},
  PRIMARY KEY (agency_id, valid_to)
){clustered};
