-- What a citizen handed in at a counter is found by the citizen's number; what was filed online, by the account.
CREATE INDEX dossier_owner_number ON dossier (owner_number, filed_at) WHERE account_id IS NULL;
