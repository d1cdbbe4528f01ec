-- Roles that the province has made itself. What one carries never changes; it is asked for by one person and confirmed by another.
CREATE TABLE own_role (
  id {id} PRIMARY KEY,
  name_vi {text} NOT NULL,
  name_en {text} NOT NULL,
  basis {text} NOT NULL,
  asked_by {id} NOT NULL REFERENCES account (id),
  asked_at {time} NOT NULL,
  decided_by {id},
  decided_at {time},
  outcome {text} CHECK (outcome IN ('confirmed', 'refused', 'withdrawn')),
  ended_by {id},
  ended_at {time}
){strict};

-- What a role carries: names of permissions that modules declare.
CREATE TABLE own_role_permission (
  role_id {id} NOT NULL REFERENCES own_role (id),
  permission {text} NOT NULL,
  PRIMARY KEY (role_id, permission)
){strict};

-- Which of them a grant, or a wish for one, is of; and the fields it is limited to (a JSON list; none: all of them).
ALTER TABLE account_grant ADD COLUMN own_role {id};
ALTER TABLE account_grant ADD COLUMN fields {json};
ALTER TABLE account_request ADD COLUMN own_role {id};
ALTER TABLE account_request ADD COLUMN fields {json};

-- Accounts of programs: no password, no pages, a token for the API alone. What they may follows from grants, as for people.
ALTER TABLE account ADD COLUMN machine {bool};

-- Tokens of such accounts. The token itself is shown once; here is its SHA-256.
CREATE TABLE machine_token (
  id {id} PRIMARY KEY,
  account_id {id} NOT NULL REFERENCES account (id),
  token_hash {bytes} NOT NULL UNIQUE,
  label {text} NOT NULL,
  made_by {id} NOT NULL,
  made_at {time} NOT NULL,
  valid_to {date} NOT NULL,
  used_on {date},
  revoked_by {id},
  revoked_at {time}
){strict};

CREATE INDEX machine_token_by_account ON machine_token (account_id, id);
