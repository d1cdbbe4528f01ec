-- A person's own named views of lists: what was filtered and how it was sorted. They decide nothing and are nobody's record.
CREATE TABLE list_view (
  id {id} NOT NULL PRIMARY KEY,
  account_id {id} NOT NULL,
  -- Key of the list, as its room declares it: `petitions`.
  list {text} NOT NULL,
  name {text} NOT NULL,
  -- What stands after the `?` of its address, of the list's own names alone.
  query {text} NOT NULL,
  -- The unit whose people see it, too.
  shared_unit_id {id},
  made_at {time} NOT NULL
){strict};
CREATE UNIQUE INDEX list_view_name ON list_view (account_id, list, name);
CREATE INDEX list_view_shared ON list_view (shared_unit_id, list) WHERE shared_unit_id IS NOT NULL;

-- The view, one's own or a shared one, that a list opens with for a person.
CREATE TABLE list_default (
  account_id {id} NOT NULL,
  list {text} NOT NULL,
  view_id {id} NOT NULL,
  PRIMARY KEY (account_id, list)
){clustered};
CREATE INDEX list_default_view ON list_default (view_id);
