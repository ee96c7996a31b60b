// A source of one process whose answers are small, so that each change is answered whole.
#pragma once

#include "api/live/source.hpp"

namespace weir::live {

class WholeSource : public Source {
 public:
  WholeSource(const Question& question, const SourceParts& parts)
      : question_(question), parts_(parts), reader_(parts.process) {}

  Result<std::optional<Reading>> follow() final;
  Result<std::string> load() final;

 protected:
  /// The answer as of the look. Who does not need its process any more unlocks it.
  virtual Result<std::string> write(ProcessFeed::Reader::Look& look) = 0;

  const Question& question() const { return question_; }
  const SourceParts& parts() const { return parts_; }

 private:
  const Question question_;
  const SourceParts parts_;
  ProcessFeed::Reader reader_;
};

}  // namespace weir::live
