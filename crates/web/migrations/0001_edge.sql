-- Requests that came with a key, so that the same one sent again is answered and not done again. Nothing here says who asked:
-- the key's hash holds the account.
CREATE TABLE web_once (
    key_hash {text} NOT NULL PRIMARY KEY,
    -- Hash of what was said; the same key for something else is refused.
    digest   {text} NOT NULL,
    -- The request that holds it.
    holder   {text} NOT NULL,
    at       {time} NOT NULL,
    -- Its answer, once given.
    status   {int},
    location {text},
    notice   {text},
    body     {text}
){strict};

CREATE INDEX web_once_at ON web_once (at);

-- Written to find out whether anything can be written.
CREATE TABLE web_pulse (
    id   {int} NOT NULL PRIMARY KEY,
    at   {time} NOT NULL,
    room {text} NOT NULL
){strict};

INSERT INTO web_pulse (id, at, room) VALUES (1, 0, '');
