-- Another system's `7` and `7 ` are two rows; a text column would compare them without the space.
-- migrate:up
ALTER TABLE moves MODIFY external_id VARBINARY(764) NULL;
ALTER TABLE products MODIFY external_id VARBINARY(764) NULL;
ALTER TABLE opportunities MODIFY external_id VARBINARY(764) NULL;
ALTER TABLE orders MODIFY external_id VARBINARY(764) NULL;
ALTER TABLE payments MODIFY external_id VARBINARY(764) NULL;
ALTER TABLE referrals MODIFY external_id VARBINARY(764) NULL;
ALTER TABLE order_returns MODIFY external_id VARBINARY(764) NULL;

-- migrate:down
ALTER TABLE moves MODIFY external_id VARCHAR(191) NULL;
ALTER TABLE products MODIFY external_id VARCHAR(191) NULL;
ALTER TABLE opportunities MODIFY external_id VARCHAR(191) NULL;
ALTER TABLE orders MODIFY external_id VARCHAR(191) NULL;
ALTER TABLE payments MODIFY external_id VARCHAR(191) NULL;
ALTER TABLE referrals MODIFY external_id VARCHAR(191) NULL;
ALTER TABLE order_returns MODIFY external_id VARCHAR(191) NULL;
