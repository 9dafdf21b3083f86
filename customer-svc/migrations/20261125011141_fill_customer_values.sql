-- migrate:up
INSERT IGNORE INTO customer_values (kind, value, customer_id)
SELECT 1, tag.value, customers.id
  FROM customers JOIN JSON_TABLE(customers.tags, '$[*]' COLUMNS (value VARCHAR(64) PATH '$')) AS tag
 WHERE customers.tags IS NOT NULL
UNION ALL
SELECT 2, region_code.value, customers.id
  FROM customers JOIN JSON_TABLE(customers.addresses, '$[*].region_code' COLUMNS (value VARCHAR(2) PATH '$')) AS region_code
 WHERE customers.addresses IS NOT NULL
UNION ALL
SELECT 3, postal_code.value, customers.id
  FROM customers JOIN JSON_TABLE(customers.addresses, '$[*].postal_code' COLUMNS (value VARCHAR(32) PATH '$')) AS postal_code
 WHERE customers.addresses IS NOT NULL
UNION ALL
SELECT 4, locality.value, customers.id
  FROM customers JOIN JSON_TABLE(customers.addresses, '$[*].locality' COLUMNS (value VARCHAR(128) PATH '$')) AS locality
 WHERE customers.addresses IS NOT NULL
UNION ALL
SELECT 5, external_ids.system, external_ids.customer_id FROM external_ids;

-- migrate:down
DELETE FROM customer_values;
