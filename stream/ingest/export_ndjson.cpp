#include "schemas/codec/event_json.hpp"
#include "stream/ingest/export_writer.hpp"

namespace weir::ingest {
namespace {

class NdjsonWriter : public ExportWriter {
 public:
  void begin(std::string&) override {}
  void event(const Event& event, std::string& out) override {
    if (event.upload.empty()) {
      encode_event(event, out);
    } else {  // which upload brought it is no business of another server
      auto copy = event;
      copy.upload.clear();
      encode_event(copy, out);
    }
    out.push_back('\n');
  }
  void end(std::string&) override {}
};

}  // namespace

std::unique_ptr<ExportWriter> ndjson_writer() { return std::make_unique<NdjsonWriter>(); }

}  // namespace weir::ingest
