-- Documents read as plans. The text is kept whole: every quote is an exact piece of it.
CREATE TABLE plan_document (
  id {id} NOT NULL PRIMARY KEY,
  -- The agency it was read for; its subtree sees it.
  agency_id {id} NOT NULL,
  agency_path {text} NOT NULL,
  file_name {text} NOT NULL,
  -- 'text', 'markdown', 'docx', 'pdf'.
  format {text} NOT NULL,
  -- The bytes as handed in, where the kind is one that is kept.
  file_id {id},
  body {text} NOT NULL,
  -- What the document says of itself.
  metadata {json} NOT NULL,
  read_ms {int} NOT NULL,
  -- Moves with every change of an item.
  version {int} NOT NULL,
  read_by {id} NOT NULL,
  read_by_name {text} NOT NULL,
  read_at {time} NOT NULL,
  -- The draft programme it was last saved as.
  draft_number {int},
  saved_at {time}
){strict};
CREATE INDEX plan_document_agency ON plan_document (agency_path, id);

-- What was read in a document or added by a person.
CREATE TABLE plan_item (
  document_id {id} NOT NULL,
  -- Counts from 1 in the order of the text; what is added comes after.
  n {int} NOT NULL,
  -- 'target', 'task', 'report'.
  kind {text} NOT NULL,
  -- 'proposed', 'accepted', 'corrected', 'rejected'.
  state {text} NOT NULL,
  added {bool} NOT NULL,
  body {json} NOT NULL,
  -- Why it was rejected.
  note {text} NOT NULL,
  version {int} NOT NULL,
  changed_by {id},
  changed_name {text} NOT NULL,
  changed_at {time},
  PRIMARY KEY (document_id, n)
){clustered};
