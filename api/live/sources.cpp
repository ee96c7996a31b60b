// Map, KPIs and variants of the cases that a filter selects; uploads; and the choice of a source.
#include "api/live/source.hpp"
#include "api/query/answers.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/feed/filtered_view.hpp"

namespace weir::live {
namespace {

using dataflow::Table;

/// Cases that changed are looked at by follow(); where they are more, by load().
constexpr std::size_t quick_cases_max = 512;

/// Applies what each changed case contributed and contributes; scans all cases where that does not tell.
class FilteredSource final : public Source {
 public:
  FilteredSource(const Question& question, const SourceParts& parts)
      : question_(question),
        parts_(parts),
        reader_(parts.process),
        filtered_(parts.operators, question.workspace, question.process, question.filter) {}

  Result<std::optional<Reading>> follow() override {
    if (const auto looked = look(); !looked) return looked.error();
    if (!changes_.any) return std::optional{Reading{}};
    if (changes_.cases.size() > quick_cases_max) return std::optional<Reading>{};
    auto view = advance();
    if (!view) return view.error();
    if (*view == nullptr) return std::optional<Reading>{};
    auto answer = write(**view);
    if (!answer) return answer.error();
    return std::optional{Reading{std::move(*answer), true, {}}};
  }

  Result<std::string> load() override {
    if (const auto looked = look(); !looked) return looked.error();
    auto view = advance();
    if (view && *view == nullptr) view = filtered_.load(snapshots_);
    if (!view) return view.error();
    return write(**view);
  }

 private:
  /// Takes what changed to what was taken and not applied before.
  Result<void> look() {
    as_of_ = to_rfc3339(parts_.clock.now());
    auto look = reader_.look();
    if (!look) return look.error();
    changes_.add(std::move(look->changes));
    snapshots_ = look->process.snapshots();
    return {};
  }

  Result<std::unique_ptr<feed::ProcessView>> advance() {
    return filtered_.advance(snapshots_, std::exchange(changes_, {}));
  }

  Result<std::string> write(feed::ProcessView& view) {
    const auto& [workspace, process] = std::tie(question_.workspace, question_.process);
    std::string answer;
    JsonWriter json{answer};
    if (question_.channel == Channel::map) query::write_map(json, view, process, as_of_);
    if (question_.channel == Channel::kpis) query::write_kpis(json, view, process, as_of_);
    if (question_.channel != Channel::variants) return answer;
    const auto written = query::write_variants(
        json, query::VariantList{view}, process, as_of_, {0, question_.limit},
        [&](const std::string& case_id) {
          return feed::activities_of(snapshots_, workspace, process, question_.filter, case_id);
        },
        [&](std::size_t skip) { return parts_.seal_cursor(question_, std::to_string(skip)); });
    if (!written) return written.error();
    return answer;
  }

 private:
  const Question question_;
  const SourceParts parts_;
  ProcessFeed::Reader reader_;
  feed::FilteredView filtered_;
  feed::Changes changes_;      // since filtered_ was last brought up to date
  feed::Snapshots snapshots_;  // with them
  std::string as_of_;
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

std::unique_ptr<Source> filtered_source(const Question& question, const SourceParts& parts) {
  return std::make_unique<FilteredSource>(question, parts);
}

std::unique_ptr<Source> make_source(const Question& question, const SourceParts& parts) {
  if (question.channel == Channel::uploads) return std::make_unique<UploadsSource>(question, parts);
  if (question.channel == Channel::cases) return cases_source(question, parts);
  if (question.channel == Channel::sla) return sla_source(question, parts);
  if (question.channel == Channel::alerts) return alerts_source(question, parts);
  if (!question.takes_all()) return filtered_source(question, parts);
  if (question.channel == Channel::map) return map_source(question, parts);
  if (question.channel == Channel::kpis) return kpis_source(question, parts);
  return variants_source(question, parts);
}

}  // namespace weir::live
