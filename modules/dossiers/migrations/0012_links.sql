-- Dossiers point to those whose papers stand in for theirs; the same as src/owed.rs says of each, for those filed before.
--sqlite
INSERT INTO link (subject_id, name, other_id)
  SELECT DISTINCT e.subject_id, 'reuses', CAST(json_extract(t.value, '$.dossier') AS INTEGER)
  FROM event e CROSS JOIN json_tree(e.data) t
  WHERE e.n = 1 AND e.data LIKE '%"source":{"dossier":%' AND t.key = 'source' AND t.type = 'object'
    AND EXISTS (SELECT 1 FROM dossier d WHERE d.id = e.subject_id);
--end
--postgres
INSERT INTO link (subject_id, name, other_id)
  SELECT DISTINCT e.subject_id, 'reuses', CAST(s.value #>> '{}' AS BIGINT)
  FROM (SELECT subject_id, data FROM event WHERE n = 1 AND data LIKE '%"source":{"dossier":%') e
  CROSS JOIN LATERAL jsonb_path_query(CAST(e.data AS JSONB), 'lax $.filing.papers[*].source.dossier') AS s (value)
  WHERE EXISTS (SELECT 1 FROM dossier d WHERE d.id = e.subject_id);
--end
