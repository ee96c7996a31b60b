// The first page of the list of cases, filtered or not: a changed case is looked at alone, and only if it may stand
// there.
#include <map>

#include "api/live/source.hpp"
#include "api/query/answers.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::live {
namespace {

class CaseSource final : public Source {
 public:
  CaseSource(const Question& question, const SourceParts& parts)
      : question_(question), parts_(parts), reader_(parts.process) {}

  Result<std::optional<Reading>> follow() override {
    std::vector<std::string> ids;
    feed::Snapshots snapshots;
    {
      const auto look = reader_.look();
      if (!look) return look.error();
      if (look->changes.all_cases) return std::optional<Reading>{};
      for (const std::string& id : look->changes.cases) {
        if (!full() || id <= rows_.rbegin()->first) ids.push_back(id);
      }
      snapshots = look->process.snapshots();
    }
    if (ids.empty()) return std::optional{Reading{}};
    const bool was_full = full();
    auto rows = feed::find_cases(snapshots, question_.workspace, question_.process, question_.filter, ids);
    if (!rows) return rows.error();
    for (const std::string& id : ids) rows_.erase(id);
    for (feed::CaseRow& row : *rows) rows_.insert_or_assign(row.case_id, row);
    while (rows_.size() > question_.limit + 1) rows_.erase(std::prev(rows_.end()));
    if (was_full && !full()) return std::optional<Reading>{};  // which case comes up now, only the list knows
    return std::optional{Reading{write(), true, {}}};
  }

  Result<std::string> load() override {
    feed::Snapshots snapshots;
    {
      const auto look = reader_.look();
      if (!look) return look.error();
      snapshots = look->process.snapshots();
    }
    auto rows =
        feed::list_cases(snapshots, question_.workspace, question_.process, question_.filter, {}, question_.limit + 1);
    if (!rows) return rows.error();
    rows_.clear();
    for (feed::CaseRow& row : *rows) rows_.insert_or_assign(row.case_id, row);
    return write();
  }

 private:
  /// The page and the case behind it are there: no other can come into it but by standing before.
  bool full() const { return rows_.size() > question_.limit; }

  std::string write() const {
    std::vector<feed::CaseRow> page;
    for (const auto& [id, row] : rows_) {
      if (page.size() < question_.limit) page.push_back(row);
    }
    const std::string next = full() ? parts_.seal_cursor(question_, page.back().case_id) : std::string{};
    std::string answer;
    JsonWriter json{answer};
    query::write_case_rows(json, page, question_.process, to_rfc3339(parts_.clock.now()), next);
    return answer;
  }

  const Question question_;
  const SourceParts parts_;
  ProcessFeed::Reader reader_;
  std::map<std::string, feed::CaseRow> rows_;  // of the page, and one more
};

}  // namespace

std::unique_ptr<Source> cases_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<CaseSource>(question, parts);
}

}  // namespace weir::live
