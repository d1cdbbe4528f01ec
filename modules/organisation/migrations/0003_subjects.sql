-- Agencies live by their events: where the chain of each stands, empty until it is taken over (`records::adopt`); its former names and the
-- agencies that followed it, as JSON. `agency_name` and `agency_succession` are emptied when they are.
ALTER TABLE agency ADD COLUMN event_n {int};
ALTER TABLE agency ADD COLUMN event_hash {bytes};
ALTER TABLE agency ADD COLUMN former_names {text};
ALTER TABLE agency ADD COLUMN successors {text};
