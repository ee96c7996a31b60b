// What the program asks of its allocator beyond what main.cpp says for every command.
#pragma once

#include <chrono>

namespace weir::app {

/// What is freed from now on goes back to the system after about `delay`. Nothing happens where another allocator than
/// jemalloc is linked (sanitizers, tests). Any thread.
void give_memory_back_after(std::chrono::milliseconds delay);

}  // namespace weir::app
