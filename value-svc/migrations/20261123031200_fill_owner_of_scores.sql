-- migrate:up
UPDATE scores JOIN customers ON customers.id = scores.customer_id
   SET scores.owner_id = customers.owner_id, scores.team_id = customers.team_id;

-- migrate:down
UPDATE scores SET owner_id = NULL, team_id = NULL;
