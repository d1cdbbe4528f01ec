-- What went wrong by the office's own doing and is being mended: '' for nothing, 'error' in the result, 'lost' papers; and the last day it was promised for.
ALTER TABLE dossier ADD COLUMN mishap {text} NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN mishap_until {date};
