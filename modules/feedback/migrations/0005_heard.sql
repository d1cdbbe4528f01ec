-- What people said to an official's face or by telephone, week by week, of one desk and of all; and what they asked at dialogues.
CREATE INDEX petition_heard_unit ON petition (intake_id, id) WHERE channel IN ('counter', 'phone');
CREATE INDEX petition_heard ON petition (id) WHERE channel IN ('counter', 'phone');
CREATE INDEX dialogue_item_heard_unit ON dialogue_item (agency_id, id) WHERE class = 'question';
CREATE INDEX dialogue_item_heard ON dialogue_item (id) WHERE class = 'question';
