// SLA clocks: how many stand how, those that are over, and those that are due next. All are small, so each change is
// answered whole.
#include "api/live/source.hpp"
#include "api/query/sla_answers.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/feed/clocks.hpp"

namespace weir::live {
namespace {

class SlaSource final : public Source {
 public:
  SlaSource(const Question& question, const SourceParts& parts)
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
  Result<std::string> write(ProcessFeed::Reader::Look& look) {
    const Time now = parts_.clock.now();
    const auto view = look.process.read_all({dataflow::Table::clocks});
    if (!view) return view.error();
    const feed::Snapshots snapshots = look.process.snapshots();
    look.lock.unlock();
    const auto documents = documents::Documents::read(*snapshots.front(), format::Scope{question_.workspace});
    if (!documents) return documents.error();
    const auto urgent = feed::urgent_clocks(snapshots, question_.workspace, question_.process, now, question_.limit);
    if (!urgent) return urgent.error();
    std::string answer;
    JsonWriter json{answer};
    query::write_sla(json, **view, sla::newest_policies(*documents, question_.process), *urgent, question_.process,
                     to_rfc3339(now));
    return answer;
  }

  const Question question_;
  const SourceParts parts_;
  ProcessFeed::Reader reader_;
};

}  // namespace

std::unique_ptr<Source> sla_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<SlaSource>(question, parts);
}

}  // namespace weir::live
