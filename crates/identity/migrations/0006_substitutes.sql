-- Who acts for whom while somebody is away. Named by the person or the head, it holds once the substitute has said yes; never longer than its last day.
CREATE TABLE substitution (
  id {id} PRIMARY KEY,
  account_id {id} NOT NULL REFERENCES account (id),
  substitute_id {id} NOT NULL REFERENCES account (id),
  valid_from {date} NOT NULL,
  valid_to {date} NOT NULL,
  reason {text} NOT NULL CHECK (reason IN ('travel', 'leave', 'training', 'other')),
  basis {text} NOT NULL,
  named_by {id} NOT NULL REFERENCES account (id),
  named_at {time} NOT NULL,
  accepted_at {time},
  ended_by {id},
  ended_at {time},
  CHECK (valid_to >= valid_from AND account_id <> substitute_id)
){strict};

CREATE INDEX substitution_of_account ON substitution (account_id, valid_to) WHERE ended_at IS NULL;
CREATE INDEX substitution_of_substitute ON substitution (substitute_id, valid_to) WHERE ended_at IS NULL;
