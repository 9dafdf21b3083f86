-- PROFESSIONAL (1) is worked out with the customer before the sale and built after it; GENERAL (2) is introduced before the
-- sale and localized after it; PROCESS (3) is sold and shipped by an excellent process. Departments: 1 marketing, 2 sales,
-- 3 service.
-- migrate:up
INSERT INTO delivery_template_steps
  (delivery_model, is_task, position, step_key, title, department, due_days, planned_minutes, depends_on) VALUES
  (1, 0, 0, 'needs', 'Work out what the customer needs', 2, 10, 480, ''),
  (1, 0, 1, 'concept', 'Write the concept', 2, 30, 1440, 'needs'),
  (1, 0, 2, 'proof', 'Prove the concept at the customer', 3, 60, 960, 'concept'),
  (1, 0, 3, 'offer', 'Make the tailored offer', 2, 75, 480, 'proof'),
  (1, 1, 0, 'kickoff', 'Start with the customer', 3, 7, 240, ''),
  (1, 1, 1, 'specification', 'Agree on the specification', 3, 21, 960, 'kickoff'),
  (1, 1, 2, 'build', 'Build what was specified', 3, 75, 4800, 'specification'),
  (1, 1, 3, 'training', 'Train the users', 3, 85, 960, 'specification'),
  (1, 1, 4, 'acceptance', 'Have it accepted', 3, 90, 480, 'build,training'),
  (2, 0, 0, 'introduction', 'Introduce the product', 1, 7, 120, ''),
  (2, 0, 1, 'demonstration', 'Demonstrate it with the customer''s own case', 2, 21, 240, 'introduction'),
  (2, 0, 2, 'offer', 'Make the offer', 2, 30, 120, 'demonstration'),
  (2, 1, 0, 'delivery', 'Deliver', 3, 10, 120, ''),
  (2, 1, 1, 'localization', 'Localize: language, rules, connections', 3, 25, 960, 'delivery'),
  (2, 1, 2, 'training', 'Train the users', 3, 30, 240, 'localization'),
  (2, 1, 3, 'review', 'Ask whether it works as promised', 3, 45, 60, 'training'),
  (3, 0, 0, 'information', 'Send product, price and delivery time', 1, 2, 20, ''),
  (3, 0, 1, 'quote', 'Quote', 2, 5, 20, 'information'),
  (3, 1, 0, 'shipping', 'Ship', 3, 3, 30, ''),
  (3, 1, 1, 'satisfaction', 'Ask whether all is well', 3, 14, 15, 'shipping');

-- migrate:down
DELETE FROM delivery_template_steps;
