// The parts of an XES file to events.
#include "stream/ingest/attribute_text.hpp"
#include "stream/ingest/file_stage.hpp"
#include "stream/ingest/xes_keys.hpp"
#include "stream/ingest/xes_reader.hpp"

namespace weir::ingest {
namespace {

constexpr std::string_view case_prefix = "case:";

/// OpenXES's word for "there is no default".
constexpr std::string_view no_default = "__INVALID__";

class XesStage : public FileStage, private XesHandler, private AttributeSource {
 public:
  explicit XesStage(FileContext& context)
      : context_(context), reader_(*this), times_(context.options.zone, habits_of(context.options)) {}

  Result<void> push(std::span<const char> bytes) override { return reader_.push(bytes); }
  Result<Pass> finish() override {
    if (auto ended = reader_.finish(); !ended) return ended.error();
    return Pass::complete;
  }
  FilePlace place() const override { return reader_.place(); }

 private:
  /// Numbers in XES come from programs that count milliseconds.
  static TimeHabits habits_of(const FileOptions& options) {
    TimeHabits habits;
    habits.order = options.date_order;
    habits.unit = EpochUnit::milliseconds;
    return habits;
  }

  Result<void> classifier(std::string_view name, std::string_view keys) override {
    if (name == context_.options.classifier && !name.empty()) classifier_ = classifier_keys(keys);
    return {};
  }
  Result<void> trace_begins() override;
  Result<void> event_begins(FilePlace place) override;
  Result<void> attribute(XesScope scope, std::size_t depth, XesType type, std::string_view key,
                         std::string_view value) override;
  Result<void> event_ends() override;
  Result<void> trace_ends() override {
    in_trace_ = false;
    return {};
  }

  XesAttributes* attributes_of(XesScope scope);
  Result<void> check_classifier() const;
  std::string_view field(std::string_view key) const;
  std::string_view activity();
  void name_case();
  Result<bool> read_times(EventView& view);
  bool attributes_fit() const;
  std::vector<Attribute> attributes() const override;
  void refuse(const EventFault& fault) {
    context_.errors.add(event_place_.line, event_place_.column, fault.code, fault.detail);
  }

  FileContext& context_;
  XesReader reader_;
  TimeReader times_;
  std::vector<std::string> classifier_;
  XesAttributes trace_globals_;
  XesAttributes event_globals_;
  XesAttributes trace_;
  XesAttributes event_;
  std::vector<std::string> path_;  // keys of the attributes that are open, joined from the outermost
  std::vector<std::size_t> open_;  // where they stand
  std::uint64_t traces_ = 0;
  bool in_trace_ = false;
  bool case_named_ = false;
  std::string case_id_;
  std::string activity_;
  FilePlace event_place_;
};

Result<void> XesStage::check_classifier() const {
  if (context_.options.classifier.empty() || !classifier_.empty()) return {};
  return Error{Code::missing_column,
               "the log declares no classifier \"" + context_.options.classifier.substr(0, 64) + "\""};
}

Result<void> XesStage::trace_begins() {
  ++traces_;
  trace_.clear();
  in_trace_ = true;
  case_named_ = false;
  return check_classifier();
}

Result<void> XesStage::event_begins(FilePlace place) {
  ++context_.facts.rows;
  event_.clear();
  event_place_ = place;
  return check_classifier();
}

XesAttributes* XesStage::attributes_of(XesScope scope) {
  switch (scope) {
    case XesScope::trace_global:
      return &trace_globals_;
    case XesScope::event_global:
      return &event_globals_;
    case XesScope::trace:
      return &trace_;
    case XesScope::event:
      return &event_;
    case XesScope::log:
      break;
  }
  return nullptr;
}

Result<void> XesStage::attribute(XesScope scope, std::size_t depth, XesType type, std::string_view key,
                                 std::string_view value) {
  auto* attributes = attributes_of(scope);
  if (attributes == nullptr) return {};
  path_.resize(depth + 1);
  open_.resize(depth + 1);
  auto& path = path_[depth];
  path.clear();
  if (depth > 0) path.append(path_[depth - 1]).append(":");
  path.append(key);
  if (depth > 0) attributes->set_parent(open_[depth - 1]);
  open_[depth] = attributes->add(path, value, type);
  return {};
}

/// The event's own value, else the one that the log declares for all; nothing is a value too.
std::string_view XesStage::field(std::string_view key) const {
  if (const auto* own = event_.find(key)) return own->value;
  const auto* global = event_globals_.find(key);
  return global == nullptr || global->value == no_default ? std::string_view() : std::string_view(global->value);
}

std::string_view XesStage::activity() {
  if (classifier_.empty()) return field(xes::name_key);
  activity_.clear();
  bool any = false;
  for (const auto& key : classifier_) {
    const auto value = field(key);
    any |= !value.empty();
    if (&key != &classifier_.front()) activity_.push_back('+');
    activity_.append(value);
  }
  return any ? std::string_view(activity_) : std::string_view();
}

/// A trace without a name is a case of its own, named by its place; a declared default would make one case of all.
void XesStage::name_case() {
  if (case_named_) return;
  case_named_ = true;
  const auto* name = trace_.find(xes::name_key);
  case_id_ = name != nullptr && !name->value.empty() ? name->value : "trace-" + std::to_string(traces_);
}

/// False: the event is refused; an error: the file.
Result<bool> XesStage::read_times(EventView& view) {
  for (const auto key : {xes::time_key, xes::start_key}) {
    const auto* entry = event_.find(key);
    const bool is_start = key == xes::start_key;
    if (entry == nullptr || entry->value.empty()) {
      if (is_start) continue;
      refuse({"timestamp", Code::missing_value, "the event has no time:timestamp"});
      return false;
    }
    if (entry->type != XesType::date) ++context_.facts.text_times;
    const auto parsed = times_.read(entry->value);
    context_.facts.zoneless |= times_.zoneless();
    const auto fault = fault_of(parsed.fault, is_start ? "start" : "timestamp");
    if (parsed.fault == TimeFault::order && context_.options.date_order == DateOrder::undecided) {
      return Error{Code::ambiguous_date_order, "day and month of a time cannot be told apart; declare the order"};
    }
    if (fault) {
      refuse({fault->field, parsed.fault == TimeFault::order ? Code::bad_timestamp : fault->code, fault->detail});
      return false;
    }
    if (is_start) view.start = parsed.time;
    if (!is_start) view.timestamp = parsed.time;
  }
  return true;
}

Result<void> XesStage::event_ends() {
  EventView view;
  if (in_trace_) {
    name_case();
    view.case_id = case_id_;
  }
  view.activity = activity();
  view.resource = field(xes::resource_key);
  view.lifecycle = lifecycle_of(field(xes::lifecycle_key));
  view.instance = field(xes::instance_key);
  view.id = field(xes::id_key);
  view.source = field(xes::source_key);
  view.sequence = context_.facts.rows;
  view.line = event_place_.line;
  view.extra = this;
  auto timed = read_times(view);
  if (!timed) return timed.error();
  if (!*timed) return {};
  if (const auto fault = fault_of(view)) {
    refuse(*fault);
    return {};
  }
  if (!attributes_fit()) {
    refuse({"attributes", Code::attributes_limit, "the event has more than 64 attributes or more than 16 KiB of them"});
    return {};
  }
  ++context_.facts.events;
  context_.sink.event(view);
  return {};
}

/// Asks the attributes themselves only where there is enough to matter.
bool XesStage::attributes_fit() const {
  if (event_.overflown() || trace_.overflown() || event_globals_.overflown() || trace_globals_.overflown())
    return false;
  const std::size_t count = event_.size() + trace_.size() + event_globals_.size() + trace_globals_.size();
  const std::size_t bytes = event_.bytes() + trace_.bytes() + event_globals_.bytes() + trace_globals_.bytes();
  constexpr std::size_t growth = 6;  // \u0000
  const bool surely = count <= attributes_max && growth * (bytes + count) <= attribute_bytes_max;
  return surely || within_limits(attributes());
}

/// The event's, then its trace's as `case:KEY`, then the declared defaults of both for what is missing.
std::vector<Attribute> XesStage::attributes() const {
  std::vector<Attribute> all;
  const auto take = [&all](const XesAttributes& from, const XesAttributes* instead_of, std::string_view prefix) {
    for (const auto& entry : from) {
      const bool is_first = from.find(entry.key) == &entry;
      const bool in_use =
          prefix.empty() ? xes::is_field(entry.key) && is_first : entry.key == xes::name_key && is_first;
      const bool absent =
          instead_of == nullptr || (instead_of->find(entry.key) == nullptr && entry.value != no_default);
      if (in_use || !absent || (entry.type == XesType::list && entry.has_children)) continue;
      std::string_view key = entry.key;
      if (key.substr(0, xes::escape.size()) == xes::escape) key.remove_prefix(xes::escape.size());
      all.push_back({std::string(prefix).append(key), entry.json()});
    }
  };
  take(event_, nullptr, "");
  take(event_globals_, &event_, "");
  if (in_trace_) {
    take(trace_, nullptr, case_prefix);
    take(trace_globals_, &trace_, case_prefix);
  }
  order_attributes(all);
  return all;
}

}  // namespace

std::unique_ptr<FileStage> xes_stage(FileContext& context) { return std::make_unique<XesStage>(context); }

}  // namespace weir::ingest
