-- migrate:up
-- The sets that clientele ships: what a direct-sales team should know before each step, gathered as the customer moves
-- on. Marketing brings what can be known from outside, sales what is learned by talking, service what is learned by
-- working together.
INSERT INTO requirement_sets (stage, requirements, version, update_time) VALUES
(1, '[
  {"id": "industry", "description": "The industry is not known.", "supplier": "MARKETING", "weight": 3, "field": "industry", "customer_type": "ORGANIZATION"},
  {"id": "source", "description": "How we came to know of the customer is not known.", "supplier": "MARKETING", "weight": 1, "field": "source"},
  {"id": "address", "description": "No address is known.", "supplier": "MARKETING", "weight": 1, "field": "addresses"}
]', 1, UTC_TIMESTAMP(6)),
(2, '[
  {"id": "industry", "description": "The industry is not known.", "supplier": "MARKETING", "weight": 2, "field": "industry", "customer_type": "ORGANIZATION"},
  {"id": "email_or_phone", "description": "Neither an e-mail address nor a phone number is known.", "supplier": "MARKETING", "weight": 4, "contact_point": {"kinds": ["EMAIL", "PHONE"]}},
  {"id": "contact", "description": "No contact is known.", "supplier": "MARKETING", "weight": 3, "contact": {"buying_roles": []}, "customer_type": "ORGANIZATION"},
  {"id": "owner", "description": "Nobody owns the customer.", "supplier": "SALES", "weight": 1, "field": "owner"}
]', 1, UTC_TIMESTAMP(6)),
(3, '[
  {"id": "owner", "description": "Nobody owns the customer.", "supplier": "SALES", "weight": 2, "field": "owner"},
  {"id": "employee_count", "description": "The number of employees is not known.", "supplier": "MARKETING", "weight": 1, "field": "employee_count", "customer_type": "ORGANIZATION"},
  {"id": "need", "description": "No need is known.", "supplier": "SALES", "weight": 4, "need": {"open": true}},
  {"id": "need_with_budget", "description": "A need with a budget is not known.", "supplier": "SALES", "weight": 3, "need": {"open": true, "with_budget": true}},
  {"id": "decision_maker", "description": "A decision maker among the contacts is not known.", "supplier": "SALES", "weight": 3, "contact": {"buying_roles": ["DECISION_MAKER", "ECONOMIC_BUYER"]}, "customer_type": "ORGANIZATION"},
  {"id": "recent_interaction", "description": "No interaction was held in the last 30 days.", "supplier": "SALES", "weight": 2, "interaction": {"within_days": 30, "channels": ["CALL", "MEETING", "VISIT", "EMAIL", "EVENT", "MESSAGE"]}}
]', 1, UTC_TIMESTAMP(6)),
(4, '[
  {"id": "registration_number", "description": "The registration number is not known.", "supplier": "SALES", "weight": 3, "field": "registration_number", "customer_type": "ORGANIZATION"},
  {"id": "address", "description": "No address is known to deliver and to send the bill to.", "supplier": "SALES", "weight": 3, "field": "addresses"},
  {"id": "need_with_decision_date", "description": "A need with a date of decision is not known.", "supplier": "SALES", "weight": 2, "need": {"with_decision_date": true}},
  {"id": "economic_buyer", "description": "Who pays is not known among the contacts.", "supplier": "SALES", "weight": 2, "contact": {"buying_roles": ["ECONOMIC_BUYER", "DECISION_MAKER"]}, "customer_type": "ORGANIZATION"},
  {"id": "email_or_phone", "description": "Neither an e-mail address nor a phone number is known.", "supplier": "SALES", "weight": 1, "contact_point": {"kinds": ["EMAIL", "PHONE"]}}
]', 1, UTC_TIMESTAMP(6)),
(5, '[
  {"id": "user", "description": "Nobody who uses what was bought is known among the contacts.", "supplier": "SERVICE", "weight": 3, "contact": {"buying_roles": ["USER", "TECHNICAL_EVALUATOR"]}, "customer_type": "ORGANIZATION"},
  {"id": "interaction_since_order", "description": "No call, meeting or visit was held in the last 90 days.", "supplier": "SERVICE", "weight": 3, "interaction": {"within_days": 90, "channels": ["CALL", "MEETING", "VISIT"]}},
  {"id": "open_need", "description": "No open need is known to buy again for.", "supplier": "SERVICE", "weight": 2, "need": {"open": true}}
]', 1, UTC_TIMESTAMP(6));

-- migrate:down
DELETE FROM requirement_sets;
