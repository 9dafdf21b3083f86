-- migrate:up
ALTER TABLE customers ADD KEY annual_revenue (annual_revenue), ADD KEY founded_year (founded_year);

-- migrate:down
ALTER TABLE customers DROP KEY annual_revenue, DROP KEY founded_year;
