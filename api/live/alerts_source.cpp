// Alerts that go on, the newest first: few, so each change is answered whole.
#include "api/live/source.hpp"
#include "api/query/alert_answers.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::live {
namespace {

class AlertsSource final : public Source {
 public:
  AlertsSource(const Question& question, const SourceParts& parts)
      : question_(question), parts_(parts), reader_(parts.process) {}

  Result<std::optional<Reading>> follow() override {
    auto look = reader_.look();
    if (!look) return look.error();
    if (look->changes.all_cases) return std::optional<Reading>{};  // of a shard whose owner has to be asked, too
    if (!look->changes.any) return std::optional{Reading{}};
    auto answer = write(*look);
    if (!answer) return answer.error();
    return std::optional{Reading{std::move(*answer), true, {}}};
  }

  Result<std::string> load() override {
    auto look = reader_.look();
    if (!look) return look.error();
    return write(*look);
  }

 private:
  Result<std::string> write(ProcessFeed::Reader::Look& look) const {
    const std::string as_of = to_rfc3339(parts_.clock.now());
    const feed::Snapshots snapshots = look.process.snapshots();
    look.lock.unlock();
    auto rows = feed::list_alerts(snapshots, question_.workspace, false, {question_.process, {}, {}, {}}, "",
                                  question_.limit + 1);
    if (!rows) return rows.error();
    std::string next;
    if (rows->size() > question_.limit) {
      rows->resize(question_.limit);
      next = parts_.seal_cursor(question_, rows->back().place);
    }
    std::string answer;
    JsonWriter json{answer};
    query::write_alerts(json, *rows, as_of, next);
    return answer;
  }

  const Question question_;
  const SourceParts parts_;
  ProcessFeed::Reader reader_;
};

}  // namespace

std::unique_ptr<Source> alerts_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<AlertsSource>(question, parts);
}

}  // namespace weir::live
