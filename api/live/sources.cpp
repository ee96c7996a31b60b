// Sources that answer as the queries do, and the choice of a source.
#include "api/live/source.hpp"
#include "api/query/answers.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::live {
namespace {

using dataflow::Table;

/// Scans the cases whenever something changed.
class ScanSource final : public Source {
 public:
  ScanSource(const Question& question, const SourceParts& parts)
      : question_(question), parts_(parts), reader_(parts.process) {}

  Result<std::optional<Reading>> follow() override {
    const auto look = reader_.look();
    if (!look) return look.error();
    if (look->changes.any) return std::optional<Reading>{};
    return std::optional{Reading{}};
  }

  Result<std::string> load() override {
    const std::string as_of = to_rfc3339(parts_.clock.now());
    feed::Snapshots snapshots;
    {
      const auto look = reader_.look();
      if (!look) return look.error();
      snapshots = look->process.snapshots();
    }
    const auto& [workspace, process] = std::tie(question_.workspace, question_.process);
    auto view = feed::scan_view(snapshots, workspace, process, parts_.operators, question_.filter);
    if (!view) return view.error();
    std::string answer;
    JsonWriter json{answer};
    if (question_.channel == Channel::map) query::write_map(json, **view, process, as_of);
    if (question_.channel == Channel::kpis) query::write_kpis(json, **view, process, as_of);
    if (question_.channel != Channel::variants) return answer;
    const auto written = query::write_variants(
        json, query::VariantList{**view}, process, as_of, {0, question_.limit},
        [&](const std::string& case_id) {
          return feed::activities_of(snapshots, workspace, process, question_.filter, case_id);
        },
        [&](std::size_t skip) { return parts_.seal_cursor(question_, std::to_string(skip)); });
    if (!written) return written.error();
    return answer;
  }

 private:
  const Question question_;
  const SourceParts parts_;
  ProcessFeed::Reader reader_;
};

/// Uploads change with every row that is read: looked at a few times a second.
class UploadsSource final : public Source {
 public:
  UploadsSource(const Question& question, const SourceParts& parts) : question_(question), parts_(parts) {}

  Result<std::optional<Reading>> follow() override { return std::optional<Reading>{}; }
  Result<std::string> load() override { return parts_.uploads(question_.workspace, question_.limit); }
  std::optional<Clock::Steady> poll_interval() const override { return std::chrono::milliseconds{250}; }

 private:
  const Question question_;
  const SourceParts parts_;
};

}  // namespace

std::unique_ptr<Source> scan_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<ScanSource>(question, parts);
}

std::unique_ptr<Source> make_source(const Question& question, const SourceParts& parts) {
  if (question.channel == Channel::uploads) return std::make_unique<UploadsSource>(question, parts);
  if (question.channel == Channel::cases) return cases_source(question, parts);
  if (!question.takes_all()) return scan_source(question, parts);
  if (question.channel == Channel::map) return map_source(question, parts);
  if (question.channel == Channel::kpis) return kpis_source(question, parts);
  return variants_source(question, parts);
}

}  // namespace weir::live
