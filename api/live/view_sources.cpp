// Map, KPIs and variants of all cases: read once, then entry by entry as they change.
#include <algorithm>
#include <set>

#include "api/live/source.hpp"
#include "api/query/answers.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::live {
namespace {

using dataflow::CellKey;
using dataflow::Table;
using Look = ProcessFeed::Reader::Look;

/// Tells that only load() can.
std::optional<Reading> must_load() { return std::nullopt; }

std::vector<CellKey> of_tables(const feed::Changes& changes, std::initializer_list<Table> tables) {
  std::vector<CellKey> keys;
  for (const CellKey& key : changes.cells) {
    if (std::find(tables.begin(), tables.end(), key.table) != tables.end()) keys.push_back(key);
  }
  return keys;
}

class MapSource final : public Source {
 public:
  MapSource(const Question& question, const SourceParts& parts)
      : process_(question.process), clock_(parts.clock), reader_(parts.process) {}

  Result<std::optional<Reading>> follow() override {
    const std::string as_of = to_rfc3339(clock_.now());
    auto look = reader_.look();
    if (!look) return look.error();
    if (look->changes.all_cells) return must_load();
    const auto keys = of_tables(look->changes, {Table::activities, Table::edges, Table::starts, Table::ends});
    if (keys.empty()) return std::optional{Reading{}};
    auto view = look->process.read(keys);
    if (!view) return view.error();
    if (*view == nullptr) return must_load();
    Reading reading;
    for (const CellKey& key : keys) {
      reading.looked_at.push_back({list_of(key.table), std::string{look->process.name(key.a)},
                                   key.table == Table::edges ? std::string{look->process.name(key.b)} : ""});
    }
    look->lock.unlock();
    JsonWriter json{reading.answer};
    query::write_map(json, **view, process_, as_of);
    return std::optional{std::move(reading)};
  }

  Result<std::string> load() override {
    const std::string as_of = to_rfc3339(clock_.now());
    auto look = reader_.look();
    if (!look) return look.error();
    auto view = look->process.read_all({Table::activities, Table::edges, Table::starts, Table::ends});
    if (!view) return view.error();
    look->lock.unlock();
    std::string answer;
    JsonWriter json{answer};
    query::write_map(json, **view, process_, as_of);
    return answer;
  }

 private:
  /// Index in shape_of(Channel::map).
  static std::size_t list_of(Table table) {
    return table == Table::activities ? 0 : table == Table::edges ? 1 : table == Table::starts ? 2 : 3;
  }

  const std::string process_;
  const Clock& clock_;
  ProcessFeed::Reader reader_;
};

class KpisSource final : public Source {
 public:
  KpisSource(const Question& question, const SourceParts& parts)
      : process_(question.process), clock_(parts.clock), reader_(parts.process) {}

  Result<std::optional<Reading>> follow() override {
    const std::string as_of = to_rfc3339(clock_.now());
    auto look = reader_.look();
    if (!look) return look.error();
    const feed::VariantCounts* variants = look->process.variants();
    if (look->changes.all_cells || view_ == nullptr || variants == nullptr) return must_load();
    if (!look->changes.any) return std::optional{Reading{}};
    const auto keys = of_tables(look->changes, {Table::activities, Table::totals, Table::quarters});
    auto changed = look->process.read(keys);
    if (!changed) return changed.error();
    if (*changed == nullptr) return must_load();
    for (const CellKey& key : keys) take(key, look->process, **changed);
    forget_changes();
    view_->record = (*changed)->record;
    const query::KpiCounts counts{variants->size(), activities_.size()};
    look->lock.unlock();
    return std::optional{Reading{write(counts, as_of), true, {}}};
  }

  Result<std::string> load() override {
    const std::string as_of = to_rfc3339(clock_.now());
    auto look = reader_.look();
    if (!look) return look.error();
    if (const auto counted = look->process.count_variants(); !counted) return counted.error();
    std::vector<Table> tables{Table::totals, Table::quarters, Table::activities};
    const feed::VariantCounts* variants = look->process.variants();
    if (variants == nullptr) tables.push_back(Table::variants);
    auto read = look->process.read_all(tables);
    if (!read) return read.error();
    view_ = std::move(*read);
    query::KpiCounts counts = query::counts_of(*view_);
    if (variants != nullptr) counts.variants = variants->size();
    look->lock.unlock();
    activities_.clear();
    view_->views.each(Table::activities, [&](const CellKey& key, const dataflow::Cell&) {
      activities_.emplace(view_->names.text(static_cast<dataflow::NameId>(key.a)));
    });
    forget_changes();
    return write(counts, as_of);
  }

 private:
  /// Takes over one entry as it is now.
  void take(const CellKey& key, const feed::LiveProcess& process, feed::ProcessView& changed) {
    if (key.table == Table::activities) {
      const std::string name{process.name(key.a)};
      const auto id = changed.names.find(name);
      if (id != dataflow::no_name && changed.views.find({Table::activities, id}) != nullptr) {
        activities_.insert(name);
      } else {
        activities_.erase(name);
      }
    } else if (const dataflow::Cell* cell = changed.views.find(key)) {
      view_->views.change(key) = *cell;
    } else {
      view_->views.change(key) = {};
    }
  }

  /// The list of changed cells is of no use here; emptying it drops what became empty.
  void forget_changes() { view_->views.write_changed({}, nullptr); }

  std::string write(const query::KpiCounts& counts, const std::string& as_of) {
    std::string answer;
    JsonWriter json{answer};
    query::write_kpis(json, *view_, counts, process_, as_of);
    return answer;
  }

  const std::string process_;
  const Clock& clock_;
  ProcessFeed::Reader reader_;
  std::unique_ptr<feed::ProcessView> view_;        // totals and quarters
  std::set<std::string, std::less<>> activities_;  // their names
};

class VariantsSource final : public Source {
 public:
  VariantsSource(const Question& question, const SourceParts& parts)
      : question_(question), parts_(parts), reader_(parts.process) {}

  Result<std::optional<Reading>> follow() override {
    auto look = reader_.look();
    if (!look) return look.error();
    if (look->changes.all_cells || look->process.variants() == nullptr) return must_load();
    if (of_tables(look->changes, {Table::variants}).empty()) return std::optional{Reading{}};
    auto answer = answer_by_counts(*look);
    if (!answer) return answer.error();
    if (!*answer) return must_load();
    return std::optional{Reading{std::move(**answer), true, {}}};
  }

  Result<std::string> load() override {
    auto look = reader_.look();
    if (!look) return look.error();
    if (const auto counted = look->process.count_variants(); !counted) return counted.error();
    if (look->process.variants() != nullptr) {
      auto answer = answer_by_counts(*look);
      if (!answer) return answer.error();
      if (*answer) return std::move(**answer);
    }
    auto view = look->process.read_all({Table::variants});
    if (!view) return view.error();
    return write(**view, look->process.snapshots(), {});
  }

 private:
  /// Reads the variants of the page alone; none where an extreme has to be looked up.
  Result<std::optional<std::string>> answer_by_counts(Look& look) {
    const feed::VariantCounts& counts = *look.process.variants();
    std::vector<CellKey> keys;
    for (const Hash128& id : counts.top(question_.limit)) keys.push_back({Table::variants, id.high, id.low});
    const query::VariantTotals totals{counts.size(), counts.cases()};
    auto view = look.process.read(keys);
    if (!view) return view.error();
    if (*view == nullptr) return std::optional<std::string>{};
    const feed::Snapshots snapshots = look.process.snapshots();
    look.lock.unlock();
    auto answer = write(**view, snapshots, totals);
    if (!answer) return answer.error();
    return std::optional{std::move(*answer)};
  }

  Result<std::string> write(feed::ProcessView& view, const feed::Snapshots& snapshots,
                            const std::optional<query::VariantTotals>& totals) {
    std::string answer;
    JsonWriter json{answer};
    const auto written = query::write_variants(
        json, query::VariantList{view, totals}, question_.process, to_rfc3339(parts_.clock.now()), {0, question_.limit},
        [&](const std::string& case_id) {
          return feed::activities_of(snapshots, question_.workspace, question_.process, {}, case_id);
        },
        [&](std::size_t skip) { return parts_.seal_cursor(question_, std::to_string(skip)); });
    if (!written) return written.error();
    return answer;
  }

  const Question question_;
  const SourceParts parts_;
  ProcessFeed::Reader reader_;
};

}  // namespace

std::unique_ptr<Source> map_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<MapSource>(question, parts);
}
std::unique_ptr<Source> kpis_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<KpisSource>(question, parts);
}
std::unique_ptr<Source> variants_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<VariantsSource>(question, parts);
}

}  // namespace weir::live
