-- migrate:up
-- What came before is in the history; here begins the record with what is true now.
INSERT INTO ownerships (customer_id, id, owner_id, team_id, start_time, actor, method, reason)
SELECT id, id, owner_id, team_id, update_time, '', '', '' FROM customers;

-- migrate:down
DELETE FROM ownerships;
