-- The box in the portal is everybody's now: what applicants were told moves there as it stands.
INSERT INTO inbox (id, account_id, topic, subject_id, code, kind, said, at, read_at)
SELECT n.id, n.account_id, 'dossier', n.dossier_id, d.code, n.kind, '{}', n.at, n.read_at FROM notice n JOIN dossier d ON d.id = n.dossier_id;
DROP TABLE notice;
