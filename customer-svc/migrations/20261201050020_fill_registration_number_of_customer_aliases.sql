-- migrate:up
UPDATE customer_aliases
  JOIN customer_merges ON customer_merges.merged_id = customer_aliases.alias_id AND customer_merges.state = 1
  JOIN JSON_TABLE(customer_merges.merged_before, '$[*]'
                  COLUMNS (field VARCHAR(64) PATH '$.field', value VARCHAR(64) PATH '$.new')) AS snapshot
    ON snapshot.field = 'registration_number'
   SET customer_aliases.registration_number = snapshot.value
 WHERE customer_merges.merged_before IS NOT NULL;

-- migrate:down
UPDATE customer_aliases SET registration_number = NULL;
