-- Random bytes of each account. The log holds digests of an account's rows; without these bytes, which go with the row,
-- nobody can guess from a digest whose name or number it was.
ALTER TABLE account ADD COLUMN salt {bytes};
--sqlite
UPDATE account SET salt = randomblob(16);
--end
--postgres
UPDATE account SET salt = uuid_send(gen_random_uuid());
--end
