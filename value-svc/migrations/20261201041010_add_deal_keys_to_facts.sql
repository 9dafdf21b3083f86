-- A deal's facts are found by any of them: who named the first of them owns them all (operations/deal_owners.h). Those of
-- an order and of a service project besides those of a source and of an opportunity, which have keys already.
-- migrate:up
ALTER TABLE facts
  ADD KEY facts_by_order (order_id),
  ADD KEY facts_by_service_project (service_project_id);

-- migrate:down
ALTER TABLE facts DROP KEY facts_by_order, DROP KEY facts_by_service_project;
