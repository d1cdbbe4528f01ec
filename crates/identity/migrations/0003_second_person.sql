-- What one person asked to be done with an account and another has to confirm: a role, a new password, one-time codes taken
-- off, an identity card seen. Decided rows stay.
CREATE TABLE account_request (
  id {id} PRIMARY KEY,
  account_id {id} NOT NULL REFERENCES account (id),
  kind {text} NOT NULL CHECK (kind IN ('grant', 'password', 'codes', 'proof')),
  asked_by {id} NOT NULL REFERENCES account (id),
  asked_at {time} NOT NULL,
  role {text},
  agency_id {id},
  agency_path {text},
  valid_from {date},
  valid_to {date},
  basis {text},
  decided_by {id},
  decided_at {time},
  outcome {text} CHECK (outcome IN ('confirmed', 'refused', 'withdrawn'))
){strict};

CREATE INDEX account_request_waiting ON account_request (asked_at) WHERE decided_at IS NULL;
CREATE INDEX account_request_by_account ON account_request (account_id, id);

-- The two halves of the code a person sets a password with, each shown once, to two different people. The second is there once
-- the request is confirmed.
CREATE TABLE password_code (
  account_id {id} PRIMARY KEY REFERENCES account (id),
  first_hash {bytes} NOT NULL,
  second_hash {bytes},
  made_at {time} NOT NULL
){strict};

-- Up to which event of the account its owner has been told what others did; of the past, everything counts as told.
ALTER TABLE account ADD COLUMN told_n {int} NOT NULL DEFAULT 0;
UPDATE account SET told_n = coalesce((SELECT n FROM event_head WHERE subject_id = account.id), 0);
