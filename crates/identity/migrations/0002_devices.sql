-- Accounts of people who do not exist: those of a demonstration, and those a simulation made. They sign in nowhere but in a
-- demonstration. Those made before this step are known by what no real account has: a password hash (with its salt) that
-- several share, or no password at all.
ALTER TABLE account ADD COLUMN invented {bool} NOT NULL DEFAULT FALSE;
UPDATE account SET invented = TRUE WHERE password_hash IS NULL OR password_hash IN
  (SELECT password_hash FROM account GROUP BY password_hash HAVING count(*) > 1);

-- Browsers an account has signed in with. The token is in the browser's cookie; here is its SHA-256. `label` says what kind
-- of browser it was, never where.
CREATE TABLE account_device (
  account_id {id} NOT NULL REFERENCES account (id),
  device_hash {bytes} NOT NULL,
  label {text} NOT NULL,
  first_at {time} NOT NULL,
  seen_at {time} NOT NULL,
  PRIMARY KEY (account_id, device_hash)
){strict};

CREATE INDEX account_device_by_hash ON account_device (device_hash);
CREATE INDEX account_device_by_age ON account_device (seen_at);
