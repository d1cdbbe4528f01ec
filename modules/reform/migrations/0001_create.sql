-- Figures declared by people for targets with no record behind them. A row is never changed but by its check.
CREATE TABLE declared_figure (
  id {id} NOT NULL PRIMARY KEY,
  target_id {text} NOT NULL,
  -- The agency it is declared for.
  agency_id {id} NOT NULL,
  as_of {date} NOT NULL,
  -- Either a numerator and a denominator, or a value in hundredths of its unit, or (a deadline) only the day it was done.
  numerator {int},
  denominator {int},
  value_hundredths {int},
  note {text} NOT NULL,
  evidence_id {id},
  declared_by {id} NOT NULL,
  declared_name {text} NOT NULL,
  declared_at {time} NOT NULL,
  -- 'declared' until a second person has looked, then 'checked' or 'returned'.
  state {text} NOT NULL,
  checked_by {id},
  checked_name {text},
  checked_at {time},
  check_note {text}
){strict};
CREATE INDEX declared_figure_target ON declared_figure (agency_id, target_id, as_of);
