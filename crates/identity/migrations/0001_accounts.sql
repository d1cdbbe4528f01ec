-- People and officials who sign in. `login` is normalised (lower case, no spaces); `citizen_number` is unique because
-- one person has one number (Luật Căn cước 2023, Điều 12).
CREATE TABLE account (
  id {id} PRIMARY KEY,
  login {text} NOT NULL UNIQUE,
  kind {text} NOT NULL CHECK (kind IN ('official', 'citizen')),
  name {text} NOT NULL,
  search_text {text} NOT NULL,
  phone {text},
  citizen_number {text} UNIQUE,
  identity_proven_at {time},
  state {text} NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
  password_hash {text},
  password_changed_at {time} NOT NULL,
  must_change_password {bool} NOT NULL,
  totp_secret {bytes},
  totp_confirmed_at {time},
  totp_last_step {int},
  created_at {time} NOT NULL,
  created_by {id}
){strict};

CREATE INDEX account_by_name ON account (kind, search_text, id);
CREATE INDEX account_by_phone ON account (phone) WHERE phone IS NOT NULL;

-- A role at an agency and everything below it, from a day to a day (both inclusive), with the paper it rests on.
CREATE TABLE account_grant (
  id {id} PRIMARY KEY,
  account_id {id} NOT NULL REFERENCES account (id),
  role {text} NOT NULL,
  agency_id {id} NOT NULL,
  agency_path {text} NOT NULL,
  valid_from {date} NOT NULL,
  valid_to {date},
  basis {text} NOT NULL,
  granted_by {id},
  granted_at {time} NOT NULL,
  revoked_by {id},
  revoked_at {time}
){strict};

CREATE INDEX account_grant_by_account ON account_grant (account_id);
CREATE INDEX account_grant_by_path ON account_grant (agency_path);

-- A signed-in browser. The token itself is only in the browser's cookie; here is its SHA-256. `stage` 'code' waits for
-- the one-time code and opens nothing.
CREATE TABLE session (
  id {id} PRIMARY KEY,
  token_hash {bytes} NOT NULL UNIQUE,
  account_id {id} NOT NULL REFERENCES account (id),
  stage {text} NOT NULL CHECK (stage IN ('code', 'open')),
  csrf {text} NOT NULL,
  created_at {time} NOT NULL,
  seen_at {time} NOT NULL
){strict};

CREATE INDEX session_by_account ON session (account_id);
CREATE INDEX session_by_age ON session (seen_at);

-- A form that came in when its session was over, waiting an hour for the same person to sign in again. `words` is JSON.
CREATE TABLE kept_form (
  token_hash {bytes} PRIMARY KEY,
  account_id {id} NOT NULL REFERENCES account (id),
  words {json} NOT NULL,
  kept_at {time} NOT NULL
){strict};

CREATE INDEX kept_form_by_account ON kept_form (account_id);
CREATE INDEX kept_form_by_age ON kept_form (kept_at);

-- Failures in a row per login tried, whether or not anybody has that login. The login is hashed: people type
-- passwords into the wrong field.
CREATE TABLE sign_in_attempt (
  login_hash {bytes} PRIMARY KEY,
  failures {int} NOT NULL,
  last_at {time} NOT NULL
){strict};

CREATE INDEX sign_in_attempt_by_age ON sign_in_attempt (last_at);

-- One row per recovery code still unused.
CREATE TABLE recovery_code (
  code_hash {bytes} PRIMARY KEY,
  account_id {id} NOT NULL REFERENCES account (id),
  created_at {time} NOT NULL
){strict};

CREATE INDEX recovery_code_by_account ON recovery_code (account_id);
