-- Officials' lists about one subject …
CREATE INDEX petition_unit_topic ON petition (unit_id, state, topic, id);
CREATE INDEX petition_state_topic ON petition (state, topic, id);
-- … and by what falls due first: the moment that a petition of each state owes something by, as `dues` says.
CREATE INDEX petition_unit_due ON petition (unit_id, state, (CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END), id);
CREATE INDEX petition_state_due ON petition (state, (CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END), id);
-- Those that complain of a unit, which are counted one by one.
CREATE INDEX petition_concerned ON petition (state, id) WHERE concerned_id IS NOT NULL;
