-- Handed over and not taken by the unit it went to: since when, by when another agency takes it, and from which unit it came, which answers
-- for it until then. What passed before was taken as it came.
ALTER TABLE dossier ADD COLUMN offered_at {time};
ALTER TABLE dossier ADD COLUMN take_by {time};
ALTER TABLE dossier ADD COLUMN sender_id {id};
-- Papers on their way: by when they are handed over, and the unit that has them.
ALTER TABLE dossier ADD COLUMN papers_by {time};
ALTER TABLE dossier ADD COLUMN papers_from {id};
-- The division that does the divisions' steps, where one was chosen by hand.
ALTER TABLE dossier ADD COLUMN division_id {id};
-- Whoever received what was handed over: the figure moves from and to the same person where another agency turns out to be competent.
ALTER TABLE dossier ADD COLUMN received_by {id};
CREATE INDEX dossier_offered ON dossier (unit_id, due_at, id) WHERE offered_at IS NOT NULL;
CREATE INDEX dossier_sent ON dossier (sender_id, due_at, id) WHERE offered_at IS NOT NULL;
CREATE INDEX dossier_papers_from ON dossier (papers_from, unit_id, id) WHERE papers_from IS NOT NULL;
