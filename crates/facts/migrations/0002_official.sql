-- Who acted, where the measure is cut by officials; none for facts of events before that (decision 0023).
ALTER TABLE fact ADD COLUMN official_id {id};
