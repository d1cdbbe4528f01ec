-- Who must say yes to a draft (JSON, empty without one), and the petition that one about the same matter goes with.
ALTER TABLE petition ADD COLUMN approval {text} NOT NULL DEFAULT '';
ALTER TABLE petition ADD COLUMN lead_id {id};
CREATE INDEX petition_lead ON petition (lead_id, state, id) WHERE lead_id IS NOT NULL;
