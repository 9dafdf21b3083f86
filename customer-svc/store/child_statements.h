#ifndef CUSTOMER_SVC_STORE_CHILD_STATEMENTS_H_
#define CUSTOMER_SVC_STORE_CHILD_STATEMENTS_H_

#include <vector>

#include "customer-svc/domain/contact.h"
#include "customer-svc/domain/interaction.h"
#include "customer-svc/domain/need.h"
#include "servicekit/mysql/row.h"
#include "servicekit/mysql/sql.h"

namespace clientele::customer {

// The SQL of one kind of child: all statements of the table in one place. Aliases the table as `child`.
// Select reads id, customer_id, external_system, external_id, version, create_time, update_time, then the
// columns of its own; Insert and Update write the columns of its own first, then the shared ones.
template <typename Child>
struct ChildStatements;

template <>
struct ChildStatements<Contact> {
  static constexpr servicekit::SqlText kSelect = R"sql(
      SELECT child.id, child.customer_id, child.external_system, child.external_id, child.version, child.create_time,
             child.update_time, child.display_name, child.job_title, child.buying_role, child.contact_points
        FROM contacts AS child)sql";
  static constexpr servicekit::SqlText kInsert = R"sql(
      INSERT INTO contacts (display_name, job_title, buying_role, contact_points, external_system, external_id,
                            version, update_time, id, customer_id, create_time) VALUES )sql";
  static constexpr servicekit::SqlText kUpdate = R"sql(
      UPDATE contacts
         SET display_name = ?, job_title = ?, buying_role = ?, contact_points = ?, external_system = ?,
             external_id = ?, version = ?, update_time = ?
       WHERE id = ?)sql";
  static std::vector<servicekit::Parameter> Values(const Contact& contact);
  static void Read(const servicekit::Row& row, size_t column, Contact& contact);
};

template <>
struct ChildStatements<Need> {
  static constexpr servicekit::SqlText kSelect = R"sql(
      SELECT child.id, child.customer_id, child.external_system, child.external_id, child.version, child.create_time,
             child.update_time, child.description, child.product_interest, child.quantity, child.budget,
             child.budget_currency, child.decision_date, child.urgency, child.state
        FROM needs AS child)sql";
  static constexpr servicekit::SqlText kInsert = R"sql(
      INSERT INTO needs (description, product_interest, quantity, budget, budget_currency, decision_date, urgency,
                         state, external_system, external_id, version, update_time, id, customer_id, create_time)
      VALUES )sql";
  static constexpr servicekit::SqlText kUpdate = R"sql(
      UPDATE needs
         SET description = ?, product_interest = ?, quantity = ?, budget = ?, budget_currency = ?,
             decision_date = ?, urgency = ?, state = ?, external_system = ?, external_id = ?, version = ?,
             update_time = ?
       WHERE id = ?)sql";
  static std::vector<servicekit::Parameter> Values(const Need& need);
  static void Read(const servicekit::Row& row, size_t column, Need& need);
};

template <>
struct ChildStatements<Interaction> {
  static constexpr servicekit::SqlText kSelect = R"sql(
      SELECT child.id, child.customer_id, child.external_system, child.external_id, child.version, child.create_time,
             child.update_time, child.channel, child.direction, child.event_time, child.subject, child.outcome,
             child.state, child.representative_id
        FROM interactions AS child)sql";
  static constexpr servicekit::SqlText kInsert = R"sql(
      INSERT INTO interactions (channel, direction, event_time, subject, outcome, state, representative_id,
                                external_system, external_id, version, update_time, id, customer_id, create_time)
      VALUES )sql";
  static constexpr servicekit::SqlText kUpdate = R"sql(
      UPDATE interactions
         SET channel = ?, direction = ?, event_time = ?, subject = ?, outcome = ?, state = ?, representative_id = ?,
             external_system = ?, external_id = ?, version = ?, update_time = ?
       WHERE id = ?)sql";
  static std::vector<servicekit::Parameter> Values(const Interaction& interaction);
  static void Read(const servicekit::Row& row, size_t column, Interaction& interaction);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_CHILD_STATEMENTS_H_
