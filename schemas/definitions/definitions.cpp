#include "schemas/definitions/definitions.hpp"

// clang-format off: assembler, a directive a line
// The bytes of a file between two symbols (paths are seen from the folder that the compiler is told of).
#define WEIR_EMBED(name, file)                         \
  __asm__(                                             \
      ".section .rodata\n"                             \
      ".global weir_" #name "_begin\n"                 \
      ".global weir_" #name "_end\n"                   \
      "weir_" #name "_begin:\n"                        \
      ".incbin \"" WEIR_DEFINITIONS "/" file "\"\n"    \
      "weir_" #name "_end:\n"                          \
      ".byte 0\n"                                      \
      ".text\n");                                      \
  extern "C" const char weir_##name##_begin[];         \
  extern "C" const char weir_##name##_end[]
// clang-format on

WEIR_EMBED(openapi, "openapi.json");
WEIR_EMBED(asyncapi, "asyncapi.json");
WEIR_EMBED(event, "event.schema.json");
WEIR_EMBED(hook, "hook.schema.json");
WEIR_EMBED(process, "process.schema.json");
WEIR_EMBED(rule, "rule.schema.json");
WEIR_EMBED(sla, "sla.schema.json");
WEIR_EMBED(alerts, "alerts.schema.json");
WEIR_EMBED(target, "target.schema.json");
WEIR_EMBED(threshold, "threshold.schema.json");

namespace weir::definitions {

std::string_view openapi() { return {weir_openapi_begin, weir_openapi_end}; }
std::string_view asyncapi() { return {weir_asyncapi_begin, weir_asyncapi_end}; }
std::string_view event_schema() { return {weir_event_begin, weir_event_end}; }
std::string_view hook_schema() { return {weir_hook_begin, weir_hook_end}; }
std::string_view process_schema() { return {weir_process_begin, weir_process_end}; }
std::string_view rule_schema() { return {weir_rule_begin, weir_rule_end}; }
std::string_view sla_schema() { return {weir_sla_begin, weir_sla_end}; }
std::string_view alerts_schema() { return {weir_alerts_begin, weir_alerts_end}; }
std::string_view threshold_schema() { return {weir_threshold_begin, weir_threshold_end}; }
std::string_view target_schema() { return {weir_target_begin, weir_target_end}; }

}  // namespace weir::definitions
