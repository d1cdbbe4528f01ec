-- One row per paper a person or an agency handed in; the bytes lie beside the database under their SHA-256, so the same
-- bytes handed in twice are kept once.
CREATE TABLE file (
  id {id} NOT NULL PRIMARY KEY,
  sha256 {text} NOT NULL,
  size_bytes {int} NOT NULL,
  media_type {text} NOT NULL,
  name {text} NOT NULL,
  owner_id {id} NOT NULL,
  created_at {time} NOT NULL,
  by_id {id}
){strict};
CREATE INDEX file_owner ON file (owner_id, id);
CREATE INDEX file_sha256 ON file (sha256);
