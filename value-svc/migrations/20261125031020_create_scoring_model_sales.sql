-- The models of repeat buying that were fitted for a scoring model: BG/NBD, Pareto/NBD (in weeks), Gamma-Gamma (in the
-- base currency), and the pooled rates that stand in where `fitted` is 0.
-- migrate:up
CREATE TABLE scoring_model_sales (
  model_id BINARY(16) NOT NULL,
  customer_count BIGINT NOT NULL,
  repeat_buyer_count BIGINT NOT NULL,
  fitted TINYINT NOT NULL,
  bg_nbd_r DOUBLE NOT NULL,
  bg_nbd_alpha DOUBLE NOT NULL,
  bg_nbd_a DOUBLE NOT NULL,
  bg_nbd_b DOUBLE NOT NULL,
  pareto_nbd_r DOUBLE NOT NULL,
  pareto_nbd_alpha DOUBLE NOT NULL,
  pareto_nbd_s DOUBLE NOT NULL,
  pareto_nbd_beta DOUBLE NOT NULL,
  gamma_gamma_p DOUBLE NOT NULL,
  gamma_gamma_q DOUBLE NOT NULL,
  gamma_gamma_gamma DOUBLE NOT NULL,
  pooled_gap DOUBLE NOT NULL,
  pooled_spend DOUBLE NOT NULL,
  PRIMARY KEY (model_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scoring_model_sales;
