-- Procedures live by their events: where the chain of each stands, empty until it is taken over (`records::adopt`), and what is known of its
-- versions beside their bodies, as JSON.
ALTER TABLE procedure ADD COLUMN event_n {int};
ALTER TABLE procedure ADD COLUMN event_hash {bytes};
ALTER TABLE procedure ADD COLUMN editions {text};
