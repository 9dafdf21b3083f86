-- Whether an order followed finished service work of its customer.
-- migrate:up
ALTER TABLE service_projects ADD KEY service_projects_by_completion (customer_id, state, complete_time);

-- migrate:down
ALTER TABLE service_projects DROP KEY service_projects_by_completion;
