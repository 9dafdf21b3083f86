-- Who ordered a product: a slice of every report.
-- migrate:up
ALTER TABLE order_lines ADD KEY order_lines_by_product (product_id, order_id);

-- migrate:down
ALTER TABLE order_lines DROP KEY order_lines_by_product;
