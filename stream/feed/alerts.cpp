#include "stream/feed/alerts.hpp"

#include "schemas/base/event.hpp"
#include "stream/feed/row_list.hpp"
#include "stream/log/partitioner.hpp"
#include "stream/runtime/case_clocks.hpp"
#include "stream/runtime/threshold_book.hpp"

namespace weir::feed {

bool AlertFilter::takes(const runtime::ListedAlert& alert) const {
  const auto is_of = [&](alerts::Source source, const std::optional<std::string>& document) {
    return !document || (alert.name.source == source && alert.name.document == *document);
  };
  const bool is_of_process = !process || *process == alert.process || (with_engine && alert.process.empty());
  return is_of_process && is_of(alerts::Source::sla, policy) && is_of(alerts::Source::rule, rule) &&
         is_of(alerts::Source::threshold, threshold) && (!severity || *severity == alert.severity);
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

std::string AlertId::text() const { return is_of_case() ? name.text() + '/' + process + '/' + case_id : name.text(); }

std::uint32_t AlertId::partition(std::uint32_t partitions) const {
  return is_of_case() ? log::partition_of(process, case_id, partitions)
                      : thresholds::partition_of(name.document, partitions);
}

AlertId id_of(const runtime::ListedAlert& alert) {
  if (alert.name.source == alerts::Source::threshold) return {alert.name, {}, {}};
  return {alert.name, alert.process, alert.case_id};
}

std::optional<AlertId> alert_id(std::string_view text) {
  auto name = alerts::take_alert_name(text);
  if (name && name->source == alerts::Source::threshold) {
    const bool is_one = text.empty() && is_plain_name(name->document) && name->number > 0;
    return is_one ? std::optional{AlertId{*std::move(name), {}, {}}} : std::nullopt;
  }
  const std::size_t split = text.find('/');
  if (!name || split == std::string_view::npos) return std::nullopt;
  AlertId id{*std::move(name), std::string{text.substr(0, split)}, std::string{text.substr(split + 1)}};
  const bool is_one = is_plain_name(id.process) && !id.case_id.empty() && id.name.number > 0;
  return is_one ? std::optional{std::move(id)} : std::nullopt;
}

namespace {

/// Of its case, or its threshold.
Result<runtime::KeptAlerts> read_kept(const store::Reader& shard, const format::Scope& scope, const AlertId& id) {
  if (!id.is_of_case()) {
    auto kept = runtime::read_threshold(shard, scope, id.name.document);
    if (!kept) return kept.error();
    return std::move(kept->alerts);
  }
  const auto stored = shard.get(scope.clocks(id.process, id.case_id));
  if (!stored) return stored.error();
  if (!*stored) return runtime::KeptAlerts{};
  auto kept = runtime::decode_kept_clocks(**stored);
  if (!kept) return kept.error();
  return std::move(kept->alerts);
}

}  // namespace

Result<std::optional<FoundAlert>> read_alert(const std::shared_ptr<const store::Snapshot>& shard,
                                             const std::string& workspace, const AlertId& id) {
  const auto whole = asking::whole(shard, workspace);
  if (!whole) return whole.error();
  const auto kept = read_kept(**whole, format::Scope{workspace}, id);
  if (!kept) return kept.error();
  for (const runtime::MadeRow& made : kept->rows) {
    if (!runtime::is_listed_alert(format::Scope{workspace}, made)) continue;
    const auto row = (*whole)->get(made.key);
    if (!row) return row.error();
    auto alert = *row ? runtime::decode_listed_alert(**row) : Result<runtime::ListedAlert>{runtime::ListedAlert{}};
    if (!alert) return alert.error();
    if (alert->name == id.name) return std::optional{FoundAlert{*std::move(alert), kept->commands.all().size()}};
  }
  return std::optional<FoundAlert>{};
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
