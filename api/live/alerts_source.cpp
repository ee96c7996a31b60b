// Alerts that go on, the newest first: few, so each change is answered whole.
#include "api/live/whole_source.hpp"
#include "api/query/alert_answers.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::live {
namespace {

class AlertsSource final : public WholeSource {
 public:
  using WholeSource::WholeSource;

 private:
  Result<std::string> write(ProcessFeed::Reader::Look& look) override {
    const std::string as_of = to_rfc3339(parts().clock.now());
    const feed::Snapshots snapshots = look.process.snapshots();
    look.lock.unlock();
    const feed::AlertFilter filter{question().process, {}, {}, {}, {}, true};
    auto rows = feed::list_alerts(snapshots, question().workspace, false, filter, "", question().limit + 1);
    if (!rows) return rows.error();
    std::string next;
    if (rows->size() > question().limit) {
      rows->resize(question().limit);
      next = parts().seal_cursor(question(), rows->back().place);
    }
    std::string answer;
    JsonWriter json{answer};
    query::write_alerts(json, *rows, as_of, next);
    return answer;
  }
};

}  // namespace

std::unique_ptr<Source> alerts_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<AlertsSource>(question, parts);
}

}  // namespace weir::live
