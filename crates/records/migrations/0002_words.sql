-- Subjects of every kind are found by their words from now on, and a word of the index says the kind. How far the words of subjects
-- older than this have been made, from the latest down: 0 when whole. A later change of what subjects are found by sets it anew.
CREATE TABLE subject_words_made (one {int} NOT NULL PRIMARY KEY, below {id} NOT NULL){strict};
INSERT INTO subject_words_made (one, below) SELECT 1, COALESCE((SELECT MAX(id) + 1 FROM subject), 0);
