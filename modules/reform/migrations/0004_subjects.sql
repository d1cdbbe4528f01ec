-- Declared figures and programmes live by their events: where the chain of each stands, empty until it is taken over (`records::adopt`).
ALTER TABLE declared_figure ADD COLUMN event_n {int};
ALTER TABLE declared_figure ADD COLUMN event_hash {bytes};
-- Until when the second person is to look.
ALTER TABLE declared_figure ADD COLUMN check_due_at {time};
CREATE INDEX declared_figure_state ON declared_figure (state, id);
CREATE INDEX declared_figure_unit ON declared_figure (agency_id, state, id);
ALTER TABLE programme ADD COLUMN event_n {int};
ALTER TABLE programme ADD COLUMN event_hash {bytes};
-- Until when the second person is to decide.
ALTER TABLE programme ADD COLUMN decide_due_at {time};
CREATE UNIQUE INDEX programme_id ON programme (id);
CREATE INDEX programme_state ON programme (state, number);
