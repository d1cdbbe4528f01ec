-- Codes with which a case is rated, once. The code itself is only on the receipt and on its owner's page; here is its hash.
CREATE TABLE rating_code (
  dossier_id {id} PRIMARY KEY,
  code_hash {bytes} NOT NULL UNIQUE,
  used {bool} NOT NULL
){strict};

-- What people answered: of which agency, level, field and channel, on which day. Nothing leads back to the dossier; ids are drawn.
CREATE TABLE rating_answer (
  id {id} PRIMARY KEY,
  day {date} NOT NULL,
  agency_id {id} NOT NULL,
  level {text} NOT NULL,
  field {text} NOT NULL,
  channel {int} NOT NULL,
  score {int} NOT NULL
){strict};

-- What the codes are made with, so that a receipt can be printed again with the same one.
CREATE TABLE rating_secret (
  one {int} PRIMARY KEY CHECK (one = 1),
  secret {bytes} NOT NULL
){strict};
