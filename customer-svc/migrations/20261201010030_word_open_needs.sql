-- migrate:up
-- A met or withdrawn need is known, too; what is missing is an open one. A text that somebody has worded otherwise stays.
UPDATE requirement_sets
   SET requirements = REPLACE(REPLACE(requirements,
         '"description": "No need is known."', '"description": "No open need is known."'),
         '"description":"No need is known."', '"description":"No open need is known."'),
       version = version + 1, update_time = UTC_TIMESTAMP(6)
 WHERE requirements LIKE '%"No need is known."%';

-- migrate:down
UPDATE requirement_sets
   SET requirements = REPLACE(REPLACE(requirements,
         '"description": "No open need is known."', '"description": "No need is known."'),
         '"description":"No open need is known."', '"description":"No need is known."'),
       version = version + 1, update_time = UTC_TIMESTAMP(6)
 WHERE requirements LIKE '%"No open need is known."%';
