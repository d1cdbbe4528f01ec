-- Work to be done after the transaction that ordered it: the outbox, and what the schedule orders.
CREATE TABLE job (
    id           {serial},
    -- What is to be done, such as portal.progress; its first part names the queue within which order is kept.
    kind         {text} NOT NULL,
    queue        {text} NOT NULL,
    -- Names the thing to be done once: a second order with the same key is the same job.
    job_key      {text} NOT NULL UNIQUE,
    -- Jobs of one queue with the same order key (a dossier) run one after another.
    order_key    {id},
    payload      {json} NOT NULL,
    ordered_at   {time} NOT NULL,
    -- When it may be taken; while it runs, when its lease ends and it may be taken again.
    run_at       {time} NOT NULL,
    attempts     {int} NOT NULL,
    max_attempts {int} NOT NULL CHECK (max_attempts > 0),
    state        {text} NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    locked_until {time},
    finished_at  {time},
    last_error   {text}
){strict};

CREATE INDEX job_ready ON job (run_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_order ON job (queue, order_key, id) WHERE state <> 'done';
CREATE INDEX job_finished ON job (finished_at) WHERE state = 'done';

-- The last slot for which each schedule was set off.
CREATE TABLE job_schedule (
    name {text} NOT NULL PRIMARY KEY,
    slot {time} NOT NULL
){clustered};
