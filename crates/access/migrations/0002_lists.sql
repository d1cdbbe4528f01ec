-- The inspector's list of one kind, the latest first.
CREATE INDEX access_record_by_kind ON access_record (kind, id);
