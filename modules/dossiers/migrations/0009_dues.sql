-- What open dossiers owe now, beside what other kinds owe (`records`); the same as src/owed.rs says of each.
INSERT INTO due (subject_id, name, unit_id, holder_id, due_at)
  SELECT id, 'dossier-receive', intake_id, NULL, answer_due_at FROM dossier WHERE status = 1 AND answer_due_at IS NOT NULL;
INSERT INTO due (subject_id, name, unit_id, holder_id, due_at)
  SELECT id, 'dossier-settle', unit_id, handler_id, due_at FROM dossier WHERE status IN (2, 4) AND due_at IS NOT NULL;
INSERT INTO due (subject_id, name, unit_id, holder_id, due_at)
  SELECT id, 'dossier-return', return_id, NULL, due_at FROM dossier WHERE status = 9 AND due_at IS NOT NULL;
