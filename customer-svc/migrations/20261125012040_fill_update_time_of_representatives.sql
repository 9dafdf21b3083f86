-- migrate:up
UPDATE representatives SET update_time = create_time WHERE update_time = '1970-01-01 00:00:00';

-- migrate:down
SELECT 1;
