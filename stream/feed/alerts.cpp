#include "stream/feed/alerts.hpp"

#include "stream/feed/row_list.hpp"

namespace weir::feed {

bool AlertFilter::takes(const runtime::ListedAlert& alert) const {
  const auto is_of = [&](alerts::Source source, const std::optional<std::string>& document) {
    return !document || (alert.name.source == source && alert.name.document == *document);
  };
  return (!process || *process == alert.process) && is_of(alerts::Source::sla, policy) &&
         is_of(alerts::Source::rule, rule) && (!severity || *severity == alert.severity);
}

Result<std::vector<AlertRow>> list_alerts(const Snapshots& snapshots, const std::string& workspace, bool are_over,
                                          const AlertFilter& filter, std::string_view after, std::size_t limit) {
  const auto read = [&](std::string_view place, std::string_view value) -> Result<std::optional<AlertRow>> {
    auto alert = runtime::decode_listed_alert(value);
    if (!alert) return alert.error();
    if (!filter.takes(*alert)) return std::optional<AlertRow>{};
    return std::optional{AlertRow{std::string{place}, *std::move(alert)}};
  };
  return list_rows<AlertRow>(snapshots, workspace, format::Scope{workspace}.alerts(are_over), after, limit, read);
}

Result<std::vector<DeliveryRow>> list_deliveries(const Snapshots& snapshots, const std::string& workspace,
                                                 const DeliveryFilter& filter, std::string_view after,
                                                 std::size_t limit) {
  const auto read = [&](std::string_view place, std::string_view value) -> Result<std::optional<DeliveryRow>> {
    auto delivery = alerts::decode_delivery(value);
    if (!delivery) return delivery.error();
    if (filter.target && *filter.target != delivery->telling.target) return std::optional<DeliveryRow>{};
    if (filter.outcome && *filter.outcome != delivery->outcome) return std::optional<DeliveryRow>{};
    auto effect = effects::decode_effect(delivery->effect);
    if (!effect) return effect.error();
    return std::optional{DeliveryRow{std::string{place}, *std::move(delivery), *std::move(effect)}};
  };
  return list_rows<DeliveryRow>(snapshots, workspace, format::Scope{workspace}.deliveries(), after, limit, read);
}

Result<std::vector<WaitingRow>> list_waiting(const Snapshots& snapshots, const std::string& workspace,
                                             const std::optional<std::string>& target, std::string_view after,
                                             std::size_t limit) {
  const auto read = [&](std::string_view place, std::string_view value) -> Result<std::optional<WaitingRow>> {
    auto row = runtime::decode_outbox_row(value);
    if (!row) return row.error();
    if (target && *target != row->announcement.telling.target) return std::optional<WaitingRow>{};
    auto effect = effects::decode_effect(row->announcement.effect);
    if (!effect) return effect.error();
    return std::optional{WaitingRow{std::string{place}, *std::move(row), *std::move(effect)}};
  };
  return list_rows<WaitingRow>(snapshots, workspace, format::Scope{workspace}.outboxes(), after, limit, read);
}

}  // namespace weir::feed
