// What a subscription shows: the question that the channel's GET would be asked, in one form, so that everybody with
// the same question shares one topic.
#pragma once

#include <string>
#include <vector>

#include "api/live/document.hpp"
#include "api/live/request.hpp"
#include "stream/feed/process_view.hpp"

namespace weir::live {

struct Question {
  std::string workspace;
  Channel channel = Channel::map;
  std::string process;
  std::vector<net::Parameter> parameters;  // sorted
  feed::Filter filter;
  std::size_t limit = 100;  // of variants, cases, uploads

  /// Every event of every case is asked about: the stored views answer.
  bool takes_all() const { return filter.takes_all(); }
  /// The same for the same question, another for any other.
  std::string key() const;
};

/// Error: bad_query, with all that is wrong.
Result<Question> question_of(const std::string& workspace, const Subscribe& subscribe);

/// How the channel's answers are compared. Lives for ever.
const Shape& shape_of(Channel channel);

/// A slow reader may be given the newest value for all that it missed. Of other channels each change is told, or
/// snapshot_required.
bool conflates(Channel channel);

}  // namespace weir::live
