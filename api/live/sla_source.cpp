// SLA clocks: how many stand how, those that are over, and those that are due next. All are small, so each change is
// answered whole.
#include "api/live/whole_source.hpp"
#include "api/query/sla_answers.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/feed/clocks.hpp"

namespace weir::live {
namespace {

class SlaSource final : public WholeSource {
 public:
  using WholeSource::WholeSource;

 private:
  Result<std::string> write(ProcessFeed::Reader::Look& look) override {
    const Time now = parts().clock.now();
    const auto view = look.process.read_all({dataflow::Table::clocks});
    if (!view) return view.error();
    const feed::Snapshots snapshots = look.process.snapshots();
    look.lock.unlock();
    const auto documents = documents::Documents::read(*snapshots.front(), format::Scope{question().workspace});
    if (!documents) return documents.error();
    const auto urgent = feed::urgent_clocks(snapshots, question().workspace, question().process, now, question().limit);
    if (!urgent) return urgent.error();
    std::string answer;
    JsonWriter json{answer};
    query::write_sla(json, **view, sla::newest_policies(*documents, question().process), *urgent, question().process,
                     to_rfc3339(now));
    return answer;
  }
};

}  // namespace

std::unique_ptr<Source> sla_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<SlaSource>(question, parts);
}

}  // namespace weir::live
