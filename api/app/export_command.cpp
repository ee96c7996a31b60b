#include "api/app/commands.hpp"

namespace weir::app {

int export_process(const Settings& settings) { return failed(name_of(settings.command), {Code::not_implemented, ""}); }

}  // namespace weir::app
