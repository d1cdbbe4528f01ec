-- The subject whose decision announced a version (an announcement of the room above); empty for what came with the program, was imported or
-- was announced by itself.
ALTER TABLE procedure_version ADD COLUMN act_id {id};
