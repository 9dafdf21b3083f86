-- What the explanation of credit and the conditions of policies tell of a customer's credit limit; 0 without one.
-- migrate:up
ALTER TABLE scores ADD COLUMN credit_limit DECIMAL(20,6) NOT NULL DEFAULT 0;

-- migrate:down
ALTER TABLE scores DROP COLUMN credit_limit;
